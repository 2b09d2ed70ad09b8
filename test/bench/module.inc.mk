# SPDX-License-Identifier: GPL-2.0-or-later
#
# Benchmarks. Not part of `make test`, but for one short run that sees to it
# that bin/spice-bench works.
#
#	make bench		runs both
#	make bench-codec	decoders, drawing: bin/spice-bench on the vectors
#	make bench-tls		handshakes and records: bin/tls-bench
#	make bench-network	the cards; C=card and R=release: only those

.PHONY: bench bench-codec bench-tls bench-network
bench: bench-codec
	@$(MAKE) bench-network

bench-codec: $(B)/spice-bench
	@$< test/vectors 27

bench-tls: $(B)/tls-bench
	@test/bench/bench_tls.py

bench-network: all
	@test/bench/bench_network.py $(C) $(R)

# The bare PC's own objects, memcpy too, below a main that a workstation runs.
BENCH_SRC := $(wildcard spice/codec/*.c spice/draw/*.c spice/pix/*.c) \
	romlayout/libc/string_mem.c
ALL += $(B)/spice-bench
$(B)/spice-bench: $(O)/bench/spice_bench.o $(BENCH_SRC:%.c=$(O)/fw/%.o)
	@mkdir -p $(@D)
	@echo "  $@"
	$(Q)$(CC) -m32 -no-pie -o $@ $^

TLS_BENCH_SRC := $(wildcard spice/tls/*.c spice/wire/*.c) \
	romlayout/libc/string_mem.c
ALL += $(B)/tls-bench
$(B)/tls-bench: $(O)/bench/tls_bench.o $(TLS_BENCH_SRC:%.c=$(O)/fw/%.o) \
		$(O)/fw/libbearssl.a
	@mkdir -p $(@D)
	@echo "  $@"
	$(Q)$(CC) -m32 -no-pie -o $@ $^

$(O)/bench/%.o: test/bench/%.c
	@mkdir -p $(@D)
	@echo "  $@"
	$(Q)$(CC) -m32 -std=gnu11 -O2 -g $(WARN) -fno-pie $(INC) $(PROTO_INC) \
		-MMD -MP -c -o $@ $<

-include $(wildcard $(O)/bench/*.d)
