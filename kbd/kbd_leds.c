/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Lock LEDs by way of the BIOS: its shift flags in the BIOS data area, byte
 * 0040:0017, hold the locks in bits 4 (Scroll), 5 (Num) and 6 (Caps), the order
 * that KBD_LOCK_* have from bit 0 on. INT 16h AH=01h (look for a key) brings
 * the LEDs in line with them.
 */
#include <string.h>

#include "kbd/kbd.h"

#define BDA_SHIFT_FLAGS 0x417
#define LOCKS_SHIFT	4
#define LOCKS_MASK	7

static volatile uint8_t *shift_flags(const struct kbd *k)
{
	return k->bios->map(k->bios, BDA_SHIFT_FLAGS, 1);
}

uint8_t kbd_leds_get(const struct kbd *k)
{
	return *shift_flags(k) >> LOCKS_SHIFT & LOCKS_MASK;
}

void kbd_leds_set(struct kbd *k, uint8_t locks)
{
	volatile uint8_t *flags = shift_flags(k);
	struct bios_regs regs;

	locks &= LOCKS_MASK;
	if (locks == k->leds)
		return;
	k->leds = locks;
	*flags = (*flags & ~(LOCKS_MASK << LOCKS_SHIFT)) | locks << LOCKS_SHIFT;
	memset(&regs, 0, sizeof(regs));
	regs.eax = 0x0100;
	k->bios->call(k->bios, 0x16, &regs);
}
