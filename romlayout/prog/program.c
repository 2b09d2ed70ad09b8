/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * What comes before and after program_main(), in order; and struct bios, which
 * is how the parts that know nothing of us reach the machine.
 */
#include <stdint.h>
#include <stdio.h>

#include "romlayout/prog/prog.h"

extern struct rom_info rom_info_copy;
_Static_assert(sizeof(struct rom_info) <= 64, "entry.S has less room");

const struct rom_info *rm_rom_info(void)
{
	return &rom_info_copy;
}

void program_run(void)
{
	char text[64];
	int rc;

	stack_bottom = STACK_GUARD;
	low_start();
	thunk_start();
	trap_start();
	rc = program_main();
	snprintf(text, sizeof(text), "program_main returned %d\n", rc);
	rm_debug(text);
	low_stop();
	thunk_leave(rom_info_copy.ret_ss, rom_info_copy.ret_sp, rc != 0);
}

static void bios_call(struct bios *bios, uint8_t vector, struct bios_regs *regs)
{
	rm_int(vector, regs);
}

static void *bios_map(struct bios *bios, uint64_t phys, size_t bytes)
{
	uint64_t end;

	if (__builtin_add_overflow(phys, bytes, &end) || end > 1ull << 32)
		return NULL;
	return rm_phys((uintptr_t)phys);
}

static void *bios_low(struct bios *bios, size_t bytes, uint16_t *segment)
{
	return rm_low_alloc(bytes, segment);
}

static uint8_t bios_inb(struct bios *bios, uint16_t port)
{
	return rm_inb(port);
}

static void bios_outb(struct bios *bios, uint16_t port, uint8_t value)
{
	rm_outb(port, value);
}

struct bios rm_bios = {
	.call = bios_call,
	.map = bios_map,
	.low = bios_low,
	.inb = bios_inb,
	.outb = bios_outb,
};
