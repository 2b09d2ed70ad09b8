/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * PS/2 scancodes of set 1, byte by byte, to keys.
 *
 *	NONE --E0--> E0 ---code--> a key of the right-hand blocks
 *	     --E1--> E1 --1D--> E1_1D --45--> Pause pressed
 *	                --9D--> E1_9D --C5--> Pause released
 *	     --code--> a plain key
 *
 * A keyboard wraps some keys in shifts that nobody pressed (E0 2A, E0 AA,
 * E0 36, E0 B6): dropped. So are releases of keys that are not held: the key
 * went down before our time, or the byte is no key but an answer of the
 * keyboard (FA, FE, EE; AA after a reset). Left out: Korean keyboards' F1 and
 * F2, which are presses that look like releases.
 */
#include <string.h>

#include "kbd/kbd.h"

enum { PREFIX_NONE, PREFIX_E0, PREFIX_E1, PREFIX_E1_1D, PREFIX_E1_9D };

#define BREAK	    0x80 /* this bit of a byte: released */
#define INDEX_EXT   128	 /* bit of E0 00 in held */
#define INDEX_PAUSE 256
#define INDEX_COUNT 257

static const struct {
	uint32_t code;
	uint8_t mask;
} modifiers[] = {
	{KBD_KEY_SHIFT, KBD_MOD_LSHIFT}, {KBD_KEY_RSHIFT, KBD_MOD_RSHIFT},
	{KBD_KEY_CTRL, KBD_MOD_LCTRL},	 {KBD_KEY_RCTRL, KBD_MOD_RCTRL},
	{KBD_KEY_ALT, KBD_MOD_LALT},	 {KBD_KEY_ALTGR, KBD_MOD_RALT},
	{KBD_KEY_LGUI, KBD_MOD_LGUI},	 {KBD_KEY_RGUI, KBD_MOD_RGUI},
};

#define MODIFIERS (sizeof(modifiers) / sizeof(modifiers[0]))

/* The bit of key @code in held; INDEX_COUNT for what no keyboard sends. */
static unsigned int key_index(uint32_t code)
{
	if (code == KBD_KEY_PAUSE)
		return INDEX_PAUSE;
	if (code < BREAK)
		return code;
	if ((code & 0xff) == 0xe0 && code >> 8 < BREAK)
		return INDEX_EXT + (code >> 8);
	return INDEX_COUNT;
}

static uint32_t key_code(unsigned int index)
{
	if (index == INDEX_PAUSE)
		return KBD_KEY_PAUSE;
	if (index >= INDEX_EXT)
		return KBD_KEY_EXT(index - INDEX_EXT);
	return index;
}

static bool held_get(const struct kbd_scancode *s, unsigned int index)
{
	return s->held[index / 32] >> (index % 32) & 1;
}

static void held_set(struct kbd_scancode *s, unsigned int index, bool held)
{
	uint32_t bit = (uint32_t)1 << (index % 32);

	if (held)
		s->held[index / 32] |= bit;
	else
		s->held[index / 32] &= ~bit;
}

uint32_t kbd_key_bytes(const struct kbd_key *key)
{
	if (key->pressed)
		return key->code;
	if (key->code == KBD_KEY_PAUSE)
		return key->code | BREAK << 8 | BREAK << 16;
	return key->code | (key->code < BREAK ? BREAK : BREAK << 8);
}

void kbd_scancode_init(struct kbd_scancode *s)
{
	memset(s, 0, sizeof(*s));
}

bool kbd_scancode_held(const struct kbd_scancode *s, uint32_t code)
{
	unsigned int index = key_index(code);

	return index < INDEX_COUNT && held_get(s, index);
}

/*
 * PrintScreen is E0 37, with Alt 54. Where Alt changed while it was held, its
 * release comes under the other name: which of the two is to be released?
 */
static uint32_t print_twin(const struct kbd_scancode *s, uint32_t code)
{
	uint32_t twin = code == KBD_KEY_PRINT	? KBD_KEY_SYSRQ
			: code == KBD_KEY_SYSRQ ? KBD_KEY_PRINT
						: code;

	return kbd_scancode_held(s, code) ? code : twin;
}

static bool key_change(struct kbd_scancode *s, uint32_t code, bool pressed,
		       struct kbd_key *key)
{
	bool held;

	if (!pressed)
		code = print_twin(s, code);
	held = kbd_scancode_held(s, code);
	if (!pressed && !held)
		return false;
	held_set(s, key_index(code), pressed);
	key->code = code;
	key->pressed = pressed;
	key->repeat = pressed && held;
	return true;
}

bool kbd_scancode_feed(struct kbd_scancode *s, uint8_t byte,
		       struct kbd_key *key)
{
	uint8_t prefix = s->prefix;
	uint8_t code = byte & ~BREAK;
	bool pressed = !(byte & BREAK);

	s->prefix = PREFIX_NONE;
	if (byte == 0xe0 || byte == 0xe1) {
		s->prefix = byte == 0xe0 ? PREFIX_E0 : PREFIX_E1;
		return false;
	}
	/* The keyboard's own buffer ran over. */
	if (byte == 0x00 || byte == 0xff)
		return false;

	if (prefix == PREFIX_E0) {
		if (code == KBD_KEY_SHIFT || code == KBD_KEY_RSHIFT)
			return false;
		return key_change(s, KBD_KEY_EXT(code), pressed, key);
	}
	if (prefix == PREFIX_E1 && code == 0x1d) {
		s->prefix = pressed ? PREFIX_E1_1D : PREFIX_E1_9D;
		return false;
	}
	if ((prefix == PREFIX_E1_1D && byte == 0x45) ||
	    (prefix == PREFIX_E1_9D && byte == 0xc5))
		return key_change(s, KBD_KEY_PAUSE, pressed, key);

	/* A sequence that broke off counts for nothing; this byte does. */
	return key_change(s, code, pressed, key);
}

bool kbd_scancode_release(struct kbd_scancode *s, struct kbd_key *key)
{
	struct kbd_scancode others = *s;
	const struct kbd_scancode *from = &others;
	unsigned int i;

	for (i = 0; i < MODIFIERS; i++)
		held_set(&others, key_index(modifiers[i].code), false);
	for (i = 0; i < INDEX_COUNT && !held_get(&others, i); i++)
		;
	if (i == INDEX_COUNT)
		from = s;
	for (i = 0; i < INDEX_COUNT && !held_get(from, i); i++)
		;
	s->prefix = PREFIX_NONE;
	return i < INDEX_COUNT && key_change(s, key_code(i), false, key);
}

uint8_t kbd_modifiers(const struct kbd_scancode *s)
{
	uint8_t mask = 0;
	unsigned int i;

	for (i = 0; i < MODIFIERS; i++) {
		if (kbd_scancode_held(s, modifiers[i].code))
			mask |= modifiers[i].mask;
	}
	return mask;
}
