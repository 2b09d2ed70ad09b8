# SPDX-License-Identifier: GPL-2.0-or-later
#
# Fuzzers, for those who have clang and its runtime (Debian: clang,
# libclang-rt-dev). Not part of `make test`.
#
#	make fuzz		builds all
#	make fuzz-codec		runs one for FUZZ_SECONDS

FUZZ_SECONDS := 300
FUZZ_SRC := $(wildcard test/fuzz/fuzz_*.c)
FUZZ := $(FUZZ_SRC:test/fuzz/%.c=$(O)/fuzz/%)
FUZZ_CFLAGS := -std=gnu11 -O1 -g -fsanitize=fuzzer,address,undefined \
	-fno-sanitize-recover=all $(INC) $(PROTO_INC)

.PHONY: fuzz $(FUZZ:$(O)/fuzz/fuzz_%=fuzz-%)
fuzz: $(FUZZ)

$(O)/fuzz/fuzz_codec: $(wildcard spice/codec/*.[ch]) spice/pix/pix_pixmap.c
$(O)/fuzz/fuzz_session: $(SPICE_SRC) $(wildcard spice/*/*.h) \
	$(O)/host/libbearssl.a

$(FUZZ): $(O)/fuzz/%: test/fuzz/%.c
	@mkdir -p $(@D)
	clang $(FUZZ_CFLAGS) -o $@ $(filter %.c %.a,$^)

# Inputs that were worth keeping stay in build/fuzz/NAME.corpus.
$(FUZZ:$(O)/fuzz/fuzz_%=fuzz-%): fuzz-%: $(O)/fuzz/fuzz_%
	@mkdir -p $<.corpus
	@! test -f test/fuzz/seeds_$*.py || \
		$(PYTHON) test/fuzz/seeds_$*.py $<.corpus
	$< -max_total_time=$(FUZZ_SECONDS) -max_len=20000 -print_final_stats=1 \
		-artifact_prefix=$<. $<.corpus
