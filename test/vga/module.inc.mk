# SPDX-License-Identifier: GPL-2.0-or-later
#
# The ROM of test/boot/test_vga_kbd.py: vga/ and kbd/ without a network.

VGA_KBD_ROM := $(O)/test/boot/vga_kbd_program.rom
PEERS += $(VGA_KBD_ROM)

$(O)/fw/vga_kbd_program.elf: $(O)/fw/test/boot/vga_kbd_program.o \
	$(patsubst %,$(O)/fw/%.o,$(basename $(VGA_SRC) $(wildcard kbd/*.[cS])))

$(VGA_KBD_ROM): $(O)/fw/vga_kbd_program.elf $(O)/fw/loader.bin
	@mkdir -p $(@D)
	$(PYTHON) $(MKROM) --pci $(ROM_PCI_e1000) --program $< $@
