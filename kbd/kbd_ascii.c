/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Keys to characters by a layout, for input on our own text screens. The remote
 * side gets scancodes and knows nothing of this.
 */
#include <string.h>

#include "kbd/kbd.h"
#include "kbd/kbd_layout.h"

#define KEYPAD_FIRST 0x47 /* 7 */
#define KEYPAD_LAST  0x53 /* the decimal point */

static const struct kbd_layout *const layouts[] = {
	&kbd_layout_us,
	&kbd_layout_de,
};

/* Keys that mean the same in every layout. */
static const struct {
	uint32_t code;
	uint32_t plain, shift;
} fixed[] = {
	{KBD_KEY_ESC, KBD_CHAR_ESC, KBD_CHAR_ESC},
	{0x0e, KBD_CHAR_BACKSPACE, KBD_CHAR_BACKSPACE},
	{KBD_KEY_TAB, KBD_CHAR_TAB, KBD_CHAR_BACKTAB},
	{KBD_KEY_ENTER, KBD_CHAR_ENTER, KBD_CHAR_ENTER},
	{KBD_KEY_EXT(0x1c), KBD_CHAR_ENTER, KBD_CHAR_ENTER},
	{KBD_KEY_EXT(0x35), '/', '/'},
	{0x37, '*', '*'},
	{0x4a, '-', '-'},
	{0x4e, '+', '+'},
};

/* The keypad from 7 on; the middle row's - and + are fixed above. */
static const struct {
	uint8_t digit;
	uint32_t move;
} keypad[KEYPAD_LAST - KEYPAD_FIRST + 1] = {
	{'7', KBD_CHAR_HOME},	{'8', KBD_CHAR_UP},
	{'9', KBD_CHAR_PGUP},	{'-', '-'},
	{'4', KBD_CHAR_LEFT},	{'5', 0},
	{'6', KBD_CHAR_RIGHT},	{'+', '+'},
	{'1', KBD_CHAR_END},	{'2', KBD_CHAR_DOWN},
	{'3', KBD_CHAR_PGDN},	{'0', KBD_CHAR_INSERT},
	{'.', KBD_CHAR_DELETE},
};

const struct kbd_layout *kbd_layout_find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++) {
		if (strcmp(layouts[i]->name, name) == 0)
			return layouts[i];
	}
	return NULL;
}

void kbd_ascii_init(struct kbd_ascii *a, uint8_t locks)
{
	a->layout = layouts[0];
	a->locks = locks;
}

/* Toggle what a lock key toggles. Returns whether @code is one. */
static bool feed_lock(struct kbd_ascii *a, const struct kbd_key *key)
{
	uint8_t lock = key->code == KBD_KEY_CAPS     ? KBD_LOCK_CAPS
		       : key->code == KBD_KEY_NUM    ? KBD_LOCK_NUM
		       : key->code == KBD_KEY_SCROLL ? KBD_LOCK_SCROLL
						     : 0;

	if (!key->repeat)
		a->locks ^= lock;
	return lock != 0;
}

static uint32_t find_fixed(uint32_t code, bool shift)
{
	size_t i;

	for (i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++) {
		if (fixed[i].code == code)
			return shift ? fixed[i].shift : fixed[i].plain;
	}
	if (code >= KBD_KEY_F1 && code < KBD_KEY_F1 + 10)
		return KBD_CHAR_F1 + (code - KBD_KEY_F1);
	if (code == KBD_KEY_F11 || code == KBD_KEY_F12)
		return KBD_CHAR_F1 + 10 + (code - KBD_KEY_F11);
	return KBD_CHAR_NONE;
}

/* The keypad, and the grey keys that bear E0 and the keypad's codes. */
static uint32_t find_keypad(uint32_t code, bool digits)
{
	bool grey = (code & 0xff) == 0xe0;
	uint32_t plain = grey ? code >> 8 : code;

	if (plain < KEYPAD_FIRST || plain > KEYPAD_LAST)
		return KBD_CHAR_NONE;
	/* E0 46 is Ctrl+Break; E0 4A, 4C, 4E are no keys. */
	if (grey && keypad[plain - KEYPAD_FIRST].move < KBD_CHAR_BACKTAB)
		return KBD_CHAR_NONE;
	return !grey && digits ? keypad[plain - KEYPAD_FIRST].digit
			       : keypad[plain - KEYPAD_FIRST].move;
}

static uint32_t find_layout(const struct kbd_ascii *a, uint32_t code,
			    uint8_t mods)
{
	const struct kbd_layout_row *row = a->layout->rows;
	bool shift = mods & KBD_MOD_SHIFT;

	while (row->code && row->code != code)
		row++;
	if (mods & KBD_MOD_RALT)
		return shift ? row->altgr_shift : row->altgr;
	if (row->caps && a->locks & KBD_LOCK_CAPS)
		shift = !shift;
	return shift ? row->shift : row->plain;
}

uint32_t kbd_ascii_feed(struct kbd_ascii *a, const struct kbd_scancode *s,
			const struct kbd_key *key)
{
	uint8_t mods = kbd_modifiers(s);
	bool shift = mods & KBD_MOD_SHIFT;
	bool num = a->locks & KBD_LOCK_NUM;
	uint32_t c;

	if (!key->pressed || feed_lock(a, key))
		return KBD_CHAR_NONE;
	c = find_fixed(key->code, shift);
	if (!c)
		c = find_keypad(key->code, num != shift);
	if (!c)
		c = find_layout(a, key->code, mods);
	else if (c >= ' ' && c < KBD_CHAR_BACKTAB && mods & KBD_MOD_RALT)
		return KBD_CHAR_NONE;
	/* With Ctrl or Alt a key is a hotkey, and writes nothing. */
	if (c >= ' ' && c < KBD_CHAR_BACKTAB &&
	    mods & (KBD_MOD_CTRL | KBD_MOD_LALT))
		return KBD_CHAR_NONE;
	return c;
}
