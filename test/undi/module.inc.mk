# SPDX-License-Identifier: GPL-2.0-or-later
#
# A ROM that holds test/boot/undi_program.c instead of the client.

UNDI_TEST_ROM := $(O)/test/boot/undi_program.rom
PEERS += $(UNDI_TEST_ROM)

$(O)/fw/undi_program.elf: $(O)/fw/test/boot/undi_program.o $(UNDI_OBJ) \
	$(LWIP_OBJ) $(O)/fw/ipxe-glue/entropy.o $(O)/fw/libbearssl.a
$(UNDI_TEST_ROM): $(O)/fw/undi_program.elf $(O)/fw/loader.bin \
		romlayout/mkrom.py | $(SETUP)
	@mkdir -p $(@D)
	$(PYTHON) $(MKROM) --pci $(ROM_PCI_e1000) --program $< \
		--stock $(O)/stock/pxe-e1000.rom $@
