# SPDX-License-Identifier: GPL-2.0-or-later
#
# Benchmarks: `make bench` builds and runs them all, `make bench-network` only
# that of the cards, with C=card and R=release only those. Not part of
# `make test`.
# Compiled as the firmware is, as far as a workstation runs that: no vectors.

BENCH_SRC := $(wildcard test/bench/bench_*.c)
BENCH := $(BENCH_SRC:test/bench/%.c=$(O)/bench/%)
BENCH_CFLAGS := -std=gnu11 -O2 -g $(INC) $(PROTO_INC)

.PHONY: bench bench-network
bench: $(BENCH)
	@for program in $^; do echo "$$program"; $$program || exit 1; done
	@$(MAKE) bench-network

bench-network: all
	@test/bench/bench_network.py $(C) $(R)

$(O)/bench/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(BENCH_CFLAGS) -mgeneral-regs-only -MMD -c -o $@ $<

$(O)/bench/bench_%: test/bench/bench_%.c \
	$(patsubst %.c,$(O)/bench/%.o,$(wildcard spice/codec/*.c spice/pix/*.c \
		spice/draw/*.c))
	@mkdir -p $(@D)
	$(CC) $(BENCH_CFLAGS) -o $@ $^
