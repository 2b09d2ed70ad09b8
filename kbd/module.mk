# SPDX-License-Identifier: GPL-2.0-or-later
#
# kbd/: the resident block is the only assembler here. It is 16-bit code in a
# read-only section, so that the workstation's tests can look at it, too; the
# top Makefile has the firmware's rule.

KBD_OBJ = $(KBD_SRC:.c=.o) kbd/kbd_hook.o

$(O)/asan/kbd/%.o: kbd/%.S
	@mkdir -p $(@D)
	$(CC) $(INC) -MMD -c -o $@ $<

$(O)/ipxe/kbd/%.o: kbd/%.S
	@mkdir -p $(@D)
	$(CC) $(IPXE_CFLAGS) -MMD -c -o $@ $<
