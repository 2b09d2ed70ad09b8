/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * A keyboard layout: data only. A further one is a file kbd_layout_<name>.c
 * and its row in kbd_ascii.c.
 */
#ifndef KBD_KBD_LAYOUT_H
#define KBD_KBD_LAYOUT_H

#include <stdint.h>

/* One key that writes: Unicode, 0 where it has nothing. */
struct kbd_layout_row {
	uint8_t code; /* plain scancode */
	uint8_t caps; /* 1: Caps Lock works on it as Shift does */
	uint16_t plain, shift;
	uint16_t altgr, altgr_shift;
};

struct kbd_layout {
	const char *name;
	const struct kbd_layout_row *rows; /* ends with code 0 */
};

extern const struct kbd_layout kbd_layout_us;
extern const struct kbd_layout kbd_layout_de;

#endif
