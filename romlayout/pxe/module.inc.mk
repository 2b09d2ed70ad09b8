# SPDX-License-Identifier: GPL-2.0-or-later
#
# The PXE program: the loader's parts that are the ROM's as well, and its own.

PXE_SRC := $(wildcard romlayout/pxe/*.[cS]) \
	$(addprefix romlayout/rom/,low.S load.c load_program.c \
		inflate.c)
PXE_OBJ := $(patsubst %,$(O)/fw/%.o,$(basename $(PXE_SRC)))
PXE_LOADER := $(O)/fw/loader_pxe.bin
ALL += $(B)/spice.pxe

$(O)/fw/loader_pxe.elf: romlayout/pxe/pxe.ld $(PXE_OBJ) $(LIBC_OBJ)
	@$(FW_LD) -T $< -o $@ \
		--start-group $(filter-out $<,$^) $(FW_LIBGCC) --end-group
	@echo "linked $@"

$(PXE_LOADER): $(O)/fw/loader_pxe.elf
	@objcopy -O binary $< $@

MKPXE := romlayout/mkpxe.py romlayout/mkrom.py

$(B)/spice.pxe: $(FW_PROGRAM) $(PXE_LOADER) $(MKPXE)
	@mkdir -p $(@D)
	@$(PYTHON) $(firstword $(MKPXE)) --loader $(PXE_LOADER) --program $< $@
