# SPDX-License-Identifier: GPL-2.0-or-later
#
# The loader of a ROM whose payload is a kernel: the ROM's own, but for what
# starts the payload.

KERNEL_SRC := $(wildcard romlayout/kernel/*.c) \
	$(addprefix romlayout/rom/,rom.S low.S load_rom.c load.c)
KERNEL_OBJ := $(patsubst %,$(O)/fw/%.o,$(basename $(KERNEL_SRC)))
KERNEL_LOADER := $(O)/fw/loader_kernel.bin
ALL += $(KERNEL_LOADER)

$(O)/fw/loader_kernel.elf: romlayout/rom/rom.ld $(KERNEL_OBJ) $(LIBC_OBJ)
	@$(FW_LD) -T $< -o $@ \
		--start-group $(filter-out $<,$^) $(FW_LIBGCC) --end-group
	@echo "linked $@"

$(KERNEL_LOADER): $(O)/fw/loader_kernel.elf
	@objcopy -O binary $< $@
