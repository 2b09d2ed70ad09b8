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

/* What a US keyboard's keys write, from scancode 2 on: also their names. */
#define US_FIRST 0x02
#define US_KEYS	 52
static const char us_plain[] = "1234567890-=\0\0qwertyuiop[]\0\0asdfghjkl;'`\0"
			       "\\zxcvbnm,./";
static const char us_shift[] = "!@#$%^&*()_+\0\0QWERTYUIOP{}\0\0ASDFGHJKL:\"~\0"
			       "|ZXCVBNM<>?";

/*
 * Each accent, the character that it is alone, and pairs of a small letter and
 * what the accent makes of it.
 */
static const char accents[] = "\u0300`aàeèiìoòuù"
			      "\u0301´aáeéiíoóuúyýcćnńsśzź"
			      "\u0302^aâeêiîoôuû"
			      "\u0303~aãnñoõ"
			      "\u0308¨aäeëiïoöuüyÿ"
			      "\u030a°aåuů"
			      "\u030cˇcčdďeěnňrřsštťzž";

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
	unsigned int i;

	for (i = 0; i < kbd_layouts_count; i++) {
		if (strcmp(kbd_layouts[i].name, name) == 0)
			return &kbd_layouts[i];
	}
	/* X's name of it. */
	return strcmp(name, "gb") ? NULL : kbd_layout_find("uk");
}

void kbd_ascii_init(struct kbd_ascii *a, uint8_t locks)
{
	memset(a, 0, sizeof(*a));
	a->layout = &kbd_layouts[0];
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

/* Take one character of our own UTF-8 (up to U+FFFF). */
static uint32_t take(const char **text)
{
	const uint8_t *at = (const uint8_t *)*text;

	if (at[0] < 0x80) {
		*text += 1;
		return at[0];
	}
	if (at[0] < 0xe0) {
		*text += 2;
		return (at[0] & 0x1fu) << 6 | (at[1] & 0x3f);
	}
	*text += 3;
	return (at[0] & 0xfu) << 12 | (at[1] & 0x3fu) << 6 | (at[2] & 0x3f);
}

/* The capital of @c; @c itself where it is no small letter. */
static uint32_t capital(uint32_t c)
{
	bool odd = c & 1;

	if ((c >= 'a' && c <= 'z') || (c >= 0xe0 && c < 0xff && c != 0xf7) ||
	    (c >= 0x430 && c < 0x450))
		return c - 0x20;
	if (c >= 0x450 && c < 0x460)
		return c - 0x50;
	if (c == 0xff)
		return 0x178;
	/* Latin Extended-A: a capital and its small letter side by side. */
	if (c >= 0x100 && c < 0x17f &&
	    odd == (c < 0x138 || (c >= 0x14a && c < 0x178)))
		return c - 1;
	return c;
}

/* A key's names: what it writes on a US keyboard, plain and with Shift. */
static bool key_names(uint32_t code, char name[2])
{
	static const struct {
		uint8_t code;
		char name;
	} others[] = {
		{0x39, ' '},
		{0x56, LAYOUT_ISO[0]},
		{0x73, LAYOUT_RO[0]},
		{0x7d, LAYOUT_YEN[0]},
	};
	size_t i;

	name[0] = name[1] = '\0';
	if (code - US_FIRST < US_KEYS) {
		name[0] = us_plain[code - US_FIRST];
		name[1] = us_shift[code - US_FIRST];
	}
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (others[i].code == code)
			name[0] = name[1] = others[i].name;
	}
	return name[0] != '\0';
}

/*
 * What @layout has for the key: @to receives what it writes plain, with Shift,
 * with AltGr, with both. Unchanged where it has nothing.
 */
static void key_chars(const struct kbd_layout *layout, const char name[2],
		      uint32_t to[4])
{
	const char *at = layout->keys;
	bool altgr = false;

	while (*at) {
		char of = *at++;
		uint32_t c;

		if (of == ' ') {
			altgr = true;
			continue;
		}
		c = take(&at);
		if (altgr && of == name[0]) {
			to[2] = c;
			to[3] = capital(c) != c ? capital(c) : 0;
		} else if (altgr && of == name[1]) {
			to[3] = c;
		} else if (!altgr) {
			/* A name of the shifted key is followed by a letter. */
			bool letter = memchr(us_shift, of, US_KEYS) != NULL;
			uint32_t second = letter ? capital(c) : take(&at);

			if (of == name[0] || of == name[1]) {
				to[0] = c;
				to[1] = second;
			}
		}
	}
}

static uint32_t find_layout(const struct kbd_ascii *a, uint32_t code,
			    uint8_t mods)
{
	uint32_t to[4] = {0}, c;
	bool shift = mods & KBD_MOD_SHIFT;
	unsigned int level = mods & KBD_MOD_RALT ? 2 : 0;
	char name[2];

	if (!key_names(code, name))
		return KBD_CHAR_NONE;
	to[0] = (uint8_t)name[0];
	to[1] = (uint8_t)name[1];
	/* Keys that a US keyboard has not; of its own only the ISO key. */
	if (name[0] < ' ') {
		to[0] = name[0] == LAYOUT_ISO[0] ? '\\' : 0;
		to[1] = name[0] == LAYOUT_ISO[0] ? '|' : 0;
	}
	if (!a->layout->second || a->second)
		key_chars(a->layout, name, to);
	if (a->locks & KBD_LOCK_CAPS && capital(to[level]) == to[level + 1] &&
	    to[level] != to[level + 1])
		shift = !shift;
	c = to[level + shift];
	return c == (uint8_t)LAYOUT_NONE[0] ? KBD_CHAR_NONE : c;
}

/*
 * What accent @dead makes of @c; 0 for nothing. Of a blank or of itself it
 * makes the accent alone, into @alone in any case.
 */
static uint32_t accent(uint32_t dead, uint32_t c, uint32_t *alone)
{
	const char *at = accents;
	bool big = c >= 'A' && c <= 'Z', found = false;
	uint32_t small = big ? c + 0x20 : c;

	while (*at) {
		uint32_t from = take(&at), to = take(&at);

		if (from >= 0x300) {
			found = from == dead;
			if (found)
				*alone = to;
		} else if (found && from == small) {
			return big ? capital(to) : to;
		}
	}
	return c == ' ' || c == dead ? *alone : 0;
}

/* Put @c together with a dead key pressed before. */
static uint32_t feed_accent(struct kbd_ascii *a, uint32_t c)
{
	uint32_t dead = a->dead, alone = 0, whole;

	a->dead = 0;
	if (!dead) {
		if (c < 0x300 || c > 0x30c)
			return c;
		a->dead = c;
		return KBD_CHAR_NONE;
	}
	/* Backspace takes it back; other keys do what they do. */
	if (c < ' ' || c >= KBD_CHAR_BACKTAB)
		return c == KBD_CHAR_BACKSPACE ? KBD_CHAR_NONE : c;
	whole = accent(dead, c, &alone);
	if (whole)
		return whole;
	/* They do not fit together: both, one after the other. */
	a->after = feed_accent(a, c);
	return alone;
}

uint32_t kbd_ascii_next(struct kbd_ascii *a)
{
	uint32_t c = a->after;

	a->after = KBD_CHAR_NONE;
	return c;
}

/* Alt+Shift, whichever is last, changes between the two alphabets. */
static void feed_second(struct kbd_ascii *a, const struct kbd_key *key,
			uint8_t mods)
{
	bool one = key->code == KBD_KEY_ALT || key->code == KBD_KEY_SHIFT ||
		   key->code == KBD_KEY_RSHIFT;

	if (a->layout->second && one && !key->repeat && mods & KBD_MOD_LALT &&
	    mods & KBD_MOD_SHIFT)
		a->second = !a->second;
}

uint32_t kbd_ascii_feed(struct kbd_ascii *a, const struct kbd_scancode *s,
			const struct kbd_key *key)
{
	uint8_t mods = kbd_modifiers(s);
	bool shift = mods & KBD_MOD_SHIFT;
	bool num = a->locks & KBD_LOCK_NUM;
	uint32_t c;

	a->after = KBD_CHAR_NONE;
	if (!key->pressed || feed_lock(a, key))
		return KBD_CHAR_NONE;
	feed_second(a, key, mods);
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
	return c ? feed_accent(a, c) : c;
}
