/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Keyboard layouts: data only. A further one is a row in kbd_layout.c.
 */
#ifndef KBD_KBD_LAYOUT_H
#define KBD_KBD_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

/*
 * A layout is what it has other than the US one, in UTF-8. Keys are named by
 * what they write on a US keyboard (LAYOUT_ISO and so on where that has none);
 * a name is followed by what the key writes here:
 *
 *	"2" "2" "\""	the key 2 writes 2, with Shift "
 *	"Y" "z"		the key Y, named with Shift, writes a letter: z and Z
 *	" "		from here on with AltGr:
 *	"q" "@"		the key Q writes @
 *	"H" "`"		with Shift, too, the key H writes `
 *	"a" "\u0105"	a letter: with Shift its capital
 *
 * A dead key writes a combining character (U+0300 and on); LAYOUT_NONE is
 * nothing.
 */
#define LAYOUT_ISO  "\x01" /* between left Shift and Z */
#define LAYOUT_RO   "\x02" /* Japanese: before right Shift */
#define LAYOUT_YEN  "\x03" /* Japanese: before Backspace */
#define LAYOUT_NONE "\x7f"

struct kbd_layout {
	const char *name;  /* as settings have it */
	const char *title; /* for people */
	const char *keys;
	/* It has no Latin letters: US until Alt+Shift, and again after. */
	bool second;
};

extern const struct kbd_layout kbd_layouts[];
extern const unsigned int kbd_layouts_count;

#endif
