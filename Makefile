# SPDX-License-Identifier: GPL-2.0-or-later
#
# Everything is built from here; no folder has a make of its own. A folder that
# builds something says so in its module.mk, which is included below.
#
#   make          the ROM and the tools, in bin/
#   make run      a desktop, a PC with the ROM, and a window on both;
#                 WAY=undi: not the ROM that is linked into iPXE
#   make test     the set-up and every test
#   make CA=FILE  the same with FILE's certificates (PEM) trusted
#   make setup    only the set-up: Debian packages, pinned sources in build/
#
# One source is compiled up to four ways, each below its own folder:
#   build/host/   the workstation: tools
#   build/asan/   the workstation under sanitizers: tests
#   build/fw/     the bare PC, 32 bits, nothing underneath
#   build/ipxe/   iPXE's own flags: compiled, never linked here

O := build
B := bin
CC := gcc
PYTHON := python3
# make V=1 shows whole commands.
Q := $(if $(V),,@)

WARN := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wno-unused-parameter -Wvla
# Lines for a person are cut where their buffer ends; gcc says so under -O1.
WARN += -Wno-format-truncation
PROTO_INC := -isystem /usr/include/spice-1 -isystem $(O)/src/bearssl/inc
# test/check_includes.py holds who may include what of these.
INC := -I. -isystem $(O)/src/bearssl/inc

HOST_CFLAGS := -std=gnu11 -O2 -g $(WARN) $(INC) $(PROTO_INC)
ASAN_CFLAGS := -std=gnu11 -O1 -g -fno-omit-frame-pointer \
	-fsanitize=address,undefined -fno-sanitize-recover=all \
	$(WARN) $(INC) $(PROTO_INC)
# The firmware is freestanding: the only headers are the compiler's and
# romlayout/libc/. SSE is off: interrupts and UNDI calls keep no SSE state.
FW_CFLAGS := -std=gnu11 -m32 -march=i686 -mno-sse -mno-mmx -Os -g \
	-ffreestanding -fno-pic -fno-stack-protector -fno-common \
	-fno-asynchronous-unwind-tables -fcf-protection=none \
	-ffunction-sections -fdata-sections -mpreferred-stack-boundary=2 \
	-nostdinc -isystem $(shell $(CC) -print-file-name=include 2>/dev/null) \
	-isystem romlayout/libc $(WARN) $(INC) $(PROTO_INC)
# Decoders and blits run hot: -Os costs them up to eightfold.
FW_HOT := $(patsubst %.c,$(O)/fw/%.o,$(wildcard spice/codec/*.c \
	spice/draw/*.c spice/pix/*.c vga/vga_blit*.c vga/vga_conv*.c))
# Seldom run, and large so.
FW_HOT := $(filter-out %/draw_render.o,$(FW_HOT))
$(FW_HOT): FW_CFLAGS += -O2
# What iPXE 2.0 compiles its own i386 BIOS objects with.
IPXE_CFLAGS := -std=gnu99 -m32 -Os -march=i386 -mregparm=3 -mrtd \
	-ffreestanding -fno-common -fshort-wchar -fno-strict-aliasing \
	-mpreferred-stack-boundary=2 -fno-pic -Wall -W -Werror \
	-Wno-unused-parameter $(INC) $(PROTO_INC)

# The SPICE client, portable: no input or output of its own.
SPICE_SRC := $(wildcard spice/*/*.c)
VGA_SRC := $(wildcard vga/*.c)
KBD_SRC := $(wildcard kbd/*.c)
# The thin client itself, whatever carries it.
GLUE_SRC := $(wildcard ipxe-glue/*.c) $(O)/gen/carrier_builtin.c

.DEFAULT_GOAL := all
.PHONY: all run test setup clean
.DELETE_ON_ERROR:
.SECONDARY:

# The set-up leaves its stamp in build/; what needs fetched sources waits for
# it (order-only).
SETUP := $(O)/.setup-done

include $(wildcard */module.mk)

all: $(ALL)

setup: $(SETUP)

clean:
	rm -rf $(B) $(filter-out $(O)/src $(O)/stock $(O)/pxe $(O)/dl,$(wildcard $(O)/*))

$(O)/host/%.o: %.c
	@mkdir -p $(@D)
	@echo "  $@"
	$(Q)$(CC) $(HOST_CFLAGS) -MMD -MP -c -o $@ $<

$(O)/asan/%.o: %.c
	@mkdir -p $(@D)
	@echo "  $@"
	$(Q)$(CC) $(ASAN_CFLAGS) -MMD -MP -c -o $@ $<

$(O)/fw/%.o: %.c
	@mkdir -p $(@D)
	@echo "  $@"
	$(Q)$(CC) $(FW_CFLAGS) -MMD -MP -c -o $@ $<

$(O)/fw/%.o: %.S
	@mkdir -p $(@D)
	@echo "  $@"
	$(Q)$(CC) $(FW_CFLAGS) -D__ASSEMBLY__ -MMD -MP -c -o $@ $<

$(O)/ipxe/%.o: %.c
	@mkdir -p $(@D)
	@echo "  $@"
	$(Q)$(CC) $(IPXE_CFLAGS) -MMD -MP -c -o $@ $<

-include $(shell find $(O)/host $(O)/asan $(O)/fw $(O)/ipxe -name '*.d' 2>/dev/null)
