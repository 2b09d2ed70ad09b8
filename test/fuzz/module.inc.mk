# SPDX-License-Identifier: GPL-2.0-or-later
#
# Fuzzers. A new target is a file fuzz_WHAT.c: no edit here.
#
#	make fuzz		builds all; needs clang and its runtime (Debian:
#				clang, libclang-rt-dev)
#	make fuzz-WHAT		runs one for FUZZ_SECONDS
#
# `make test` has what they found worth keeping replayed, without clang:
# build/test/fuzz/replay_WHAT is the same target with a main of ours.

FUZZ_SECONDS := 600
FUZZ_SRC := $(wildcard test/fuzz/fuzz_*.c)
FUZZ := $(FUZZ_SRC:test/fuzz/%.c=$(O)/fuzz/%)
FUZZ_CFLAGS := -std=gnu11 -O1 -g -fsanitize=address,undefined \
	-fno-sanitize-recover=all $(INC) $(PROTO_INC)
# The bounds of one input: seconds, megabytes in all and in one allocation.
FUZZ_BOUNDS := -timeout=10 -rss_limit_mb=1024 -malloc_limit_mb=64

REPLAY := $(FUZZ_SRC:test/fuzz/fuzz_%.c=$(O)/test/fuzz/replay_%)
PEERS += $(REPLAY)

.PHONY: fuzz $(FUZZ:$(O)/fuzz/fuzz_%=fuzz-%)
fuzz: $(FUZZ)

# All parts, with the sanitizers and libFuzzer's counters.
FUZZ_PARTS := $(SPICE_SRC) $(KBD_SRC) $(GLUE_SRC) test/host/port_posix.c
$(O)/fuzz/%.o: %.c
	@mkdir -p $(@D)
	@echo "  $@"
	$(Q)clang $(FUZZ_CFLAGS) -fsanitize=fuzzer-no-link -MMD -MP -c -o $@ $<

$(O)/fuzz/libparts.a: $(FUZZ_PARTS:%.c=$(O)/fuzz/%.o)
	@rm -f $@
	@ar rcs $@ $^

$(FUZZ): $(O)/fuzz/%: $(O)/fuzz/test/fuzz/%.o $(O)/fuzz/libparts.a \
		$(O)/host/libbearssl.a
	@echo "  $@"
	$(Q)clang $(FUZZ_CFLAGS) -fsanitize=fuzzer -o $@ $^

$(REPLAY): $(O)/test/fuzz/replay_%: $(O)/asan/test/fuzz/fuzz_%.o \
		$(O)/asan/test/fuzz/replay.o \
		$(O)/asan/libhelp.a $(O)/asan/libparts.a \
		$(O)/host/libbearssl.a
	@mkdir -p $(@D)
	@echo "  $@"
	$(Q)$(CC) -fsanitize=address,undefined -o $@ $(filter %.o,$^) \
		-Wl,--start-group $(filter %.a,$^) -Wl,--end-group

# Inputs that were worth keeping stay in build/fuzz/WHAT, what crashed, hung
# or took too much beside it.
$(FUZZ:$(O)/fuzz/fuzz_%=fuzz-%): fuzz-%: $(O)/fuzz/fuzz_%
	@test/fuzz/pack.py unpack $* $(O)/fuzz/$*
	$< -max_total_time=$(FUZZ_SECONDS) -max_len=65535 $(FUZZ_BOUNDS) \
		-print_final_stats=1 -artifact_prefix=$(O)/fuzz/$*. \
		$(O)/fuzz/$*

-include $(shell find $(O)/fuzz -name '*.d' 2>/dev/null)
