# SPDX-License-Identifier: GPL-2.0-or-later
#
# romlayout/: the C library, the stand-alone program's frame, and the ROMs.
#
# Whoever has a part in the program adds its objects and archives to
# FW_PROGRAM_OBJS in his own module.mk; order does not matter.

LIBC_SRC := $(wildcard romlayout/libc/*.c)
LIBC_OBJ := $(LIBC_SRC:%.c=$(O)/fw/%.o)
# A loop in memset must not become a call of memset.
$(LIBC_OBJ): FW_CFLAGS += -fno-tree-loop-distribute-patterns

PROG_SRC := $(wildcard romlayout/prog/*.[cS] romlayout/heap/*.c)
PROG_OBJ := $(patsubst %,$(O)/fw/%.o,$(basename $(PROG_SRC))) $(LIBC_OBJ)

ROM_SRC := $(wildcard romlayout/rom/*.[cS])
ROM_OBJ := $(patsubst %,$(O)/fw/%.o,$(basename $(ROM_SRC)))

# The person waits for it.
$(O)/fw/romlayout/rom/inflate.o: FW_CFLAGS += -O2

FW_LIBGCC := $(shell $(CC) -m32 -print-libgcc-file-name)
FW_LD := $(LD) -m elf_i386 --gc-sections -z noexecstack
# Code and data are one segment on purpose: there is no paging to part them.
FW_LD += $(shell $(LD) --no-warn-rwx-segments -v >/dev/null 2>&1 && \
	echo --no-warn-rwx-segments)

# The parts that know no carrier; the carrier adds itself.
FW_PROGRAM_OBJS += $(patsubst %,$(O)/fw/%.o,$(basename $(SPICE_SRC) \
	$(VGA_SRC) $(wildcard kbd/*.[cS]))) $(O)/fw/libbearssl.a

.SECONDEXPANSION:

# The program, and programs for tests: what they are made of beside the frame.
FW_PROGRAM = $(O)/fw/program.elf
$(FW_PROGRAM): $$(FW_PROGRAM_OBJS)

$(O)/fw/%.elf: romlayout/prog/program.ld $(PROG_OBJ)
	@mkdir -p $(@D)
	@$(FW_LD) -T $< -Map=$(@:.elf=.map) -o $@ \
		--start-group $(filter-out $<,$^) $(FW_LIBGCC) --end-group
	@echo "linked $@: $(words $(filter-out $<,$^)) objects and archives"

$(O)/fw/loader.elf: romlayout/rom/rom.ld $(ROM_OBJ) $(LIBC_OBJ)
	@$(FW_LD) -T $< -o $@ \
		--start-group $(filter-out $<,$^) $(FW_LIBGCC) --end-group
	@echo "linked $@"

$(O)/fw/loader.bin: $(O)/fw/loader.elf
	@objcopy -O binary $< $@

include romlayout/pxe/module.inc.mk romlayout/kernel/module.inc.mk

# One ROM a card: the PCI ids it comes with, one of which its stock ROM names,
# and the name of that.
ROM_PCI_e1000 := 8086:100e
ROM_PCI_e1000e := 8086:10d3
ROM_PCI_rtl8139 := 10ec:8139
ROM_PCI_pcnet := 1022:2000
ROM_PCI_ne2k_pci := 10ec:8029
ROM_PCI_vmxnet3 := 15ad:07b0
# 1041 is the card without its legacy interface.
ROM_PCI_virtio := 1af4:1000,1af4:1041
# i8255x on cards; i82550, i82551 and i82559ER; in the chipset (ICH2).
ROM_PCI_eepro100 := 8086:1229,8086:1209,8086:2449
CARDS := e1000 e1000e virtio rtl8139 pcnet eepro100 ne2k_pci vmxnet3
ROMS := $(CARDS:%=$(B)/spice-%.rom)
ALL += $(ROMS)

# mkrom: what it reads beside the loader, and for which cards.
MKROM = romlayout/mkrom.py --loader $(O)/fw/loader.bin
MKROM_PY := romlayout/mkrom.py romlayout/mkrom_stock.py

$(ROMS): $(B)/spice-%.rom: $(FW_PROGRAM) $(O)/fw/loader.bin $(MKROM_PY) \
		romlayout/module.mk | $(SETUP)
	@mkdir -p $(@D)
	@$(PYTHON) $(MKROM) --pci $(ROM_PCI_$*) --program $< \
		--stock $(O)/stock/pxe-$*.rom $@

# One for a card of which you have the ROM of iPXE or of the card's maker:
#
#	make rom STOCK=file.rom [ID=vvvv:dddd[,vvvv:dddd...]] [OUT=file]
#
# ID: the card's PCI id; the stock ROM's own if it is not given. OUT:
# bin/spice-vvvvdddd.rom if it is not given.
.PHONY: rom
rom: $(FW_PROGRAM) $(O)/fw/loader.bin $(MKROM_PY)
	$(if $(STOCK),,$(error make rom STOCK=file.rom [ID=vvvv:dddd,...] \
		[OUT=file]: a ROM of iPXE or of the card's maker is needed))
	@mkdir -p $(B)
	@$(PYTHON) $(MKROM) --pci '$(ID)' --program $< --stock '$(STOCK)' \
		'$(or $(OUT),$(B)/)'

# A ROM whose program exercises the frame (test/boot/test_rom_*.py).
TEST_ROM := $(O)/test/boot/rom_program.rom
$(O)/fw/rom_program.elf: $(O)/fw/test/boot/rom_program.o
$(TEST_ROM): $(O)/fw/rom_program.elf $(O)/fw/loader.bin $(MKROM_PY) | $(SETUP)
	@mkdir -p $(@D)
	@$(PYTHON) $(MKROM) --pci $(ROM_PCI_e1000) --program $< \
		--stock $(O)/stock/pxe-e1000.rom $@
