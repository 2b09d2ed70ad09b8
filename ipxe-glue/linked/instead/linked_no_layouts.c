/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * In the place of kbd/kbd_layout.c where a ROM has no room for all keyboard
 * layouts: the forms are typed into on a US keyboard. In a session the other
 * side has the layout.
 */
#include "kbd/kbd_layout.h"

const struct kbd_layout kbd_layouts[] = {
	{"us", "English (US)", "", false},
};

const unsigned int kbd_layouts_count = 1;
