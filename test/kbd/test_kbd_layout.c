/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The layouts against the X keyboard configuration database (xkb-data), read
 * through libxkbcommon, where this machine has both: each key, plain and with
 * Shift, is the same there; what we have with AltGr is there, too. And each
 * layout writes all of ASCII, and its own letters.
 */
#include <dlfcn.h>

#include "kbd/kbd.h"
#include "kbd/kbd_layout.h"
#include "test/test.h"

static struct kbd_scancode s;
static struct kbd_ascii a;

/* Press or release the key of that name; what it writes. */
static uint32_t key(uint32_t code, bool pressed)
{
	struct kbd_key k = {code, pressed, false};
	uint32_t bytes = kbd_key_bytes(&k);

	for (; bytes; bytes >>= 8) {
		if (kbd_scancode_feed(&s, (uint8_t)bytes, &k))
			return kbd_ascii_feed(&a, &s, &k);
	}
	return 0;
}

static uint32_t tap(uint32_t code)
{
	uint32_t c = key(code, true);

	key(code, false);
	return c;
}

/* @code at @level: 1 Shift, 2 AltGr, 3 both. */
static uint32_t tap_level(uint32_t code, unsigned int level)
{
	uint32_t c;

	if (level & 1)
		key(KBD_KEY_SHIFT, true);
	if (level & 2)
		key(KBD_KEY_ALTGR, true);
	c = tap(code);
	if (level & 1)
		key(KBD_KEY_SHIFT, false);
	if (level & 2)
		key(KBD_KEY_ALTGR, false);
	return c;
}

static void start(const struct kbd_layout *layout)
{
	kbd_scancode_init(&s);
	kbd_ascii_init(&a, 0);
	a.layout = layout;
}

/* Alt+Shift, in either order. */
static void toggle(bool shift_first)
{
	key(shift_first ? KBD_KEY_SHIFT : KBD_KEY_ALT, true);
	key(shift_first ? KBD_KEY_ALT : KBD_KEY_SHIFT, true);
	key(KBD_KEY_SHIFT, false);
	key(KBD_KEY_ALT, false);
}

/* All keys that write. */
#define CODES 128

/* ---- what a layout can write ---- */

static uint8_t can[0x2200]; /* by character: it can be written */

static void note(uint32_t c)
{
	if (c < sizeof(can))
		can[c] = 1;
}

/* Press everything, and everything after each accent. */
static void press_all(void)
{
	memset(can, 0, sizeof(can));
	for (uint32_t i = 1; i < CODES; i++) {
		for (unsigned int level = 0; level < 4; level++) {
			note(tap_level(i, level));
			if (!a.dead)
				continue;
			note(tap(0x39));
			for (uint32_t j = 1; j < 0x36; j++) {
				tap_level(i, level);
				note(tap_level(j, 0));
				tap_level(i, level);
				note(tap_level(j, 1));
				a.dead = 0;
			}
		}
	}
}

/* The first character of UTF-8 at *@at, which moves on. */
static uint32_t utf8(const char **at)
{
	const uint8_t *p = (const uint8_t *)*at;
	unsigned int n = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : 3;
	uint32_t c = n == 1 ? p[0] : p[0] & (0x7fu >> n);

	for (unsigned int i = 1; i < n; i++)
		c = c << 6 | (p[i] & 0x3f);
	*at += n;
	return c;
}

TEST(all_of_ascii)
{
	for (unsigned int i = 0; i < kbd_layouts_count; i++) {
		start(&kbd_layouts[i]);
		press_all();
		for (uint32_t c = ' '; c < 0x7f; c++) {
			if (!can[c])
				printf("# %s has no %c\n", kbd_layouts[i].name,
				       (int)c);
			CHECK(can[c]);
		}
	}
}

TEST(own_letters)
{
	static const struct {
		const char *name, *letters;
	} own[] = {
		{"uk", "£€"},
		{"de", "äöüßÄÖÜ§€éèêâ"},
		{"fr", "éèàçùâêîôûëïüÂÊÎÔÛËÏÜ§€µ"},
		{"es", "ñÑáéíóúüÁÉÍÓÚÜçÇ¿¡€"},
		{"it", "àèéìòùç£€"},
		{"pt", "çÇãõÃÕáéíóúâêôàÁÉÍÓÚÂÊÔÀ€"},
		{"ch", "äöüàéèçâêîôûÄÖÜ€"},
		{"be", "éèàçùâêîôûëïü§€µ"},
		{"se", "åäöÅÄÖéÉ€"},
		{"no", "æøåÆØÅéôòó€"},
		{"dk", "æøåÆØÅéö€"},
		{"fi", "åäöÅÄÖ€"},
		{"pl", "ąćęłńóśżźĄĆĘŁŃÓŚŻŹ€"},
		{"cz", "ěščřžýáíéúůďťňóĚŠČŘŽÝÁÍÉÚŮĎŤŇÓ§€"},
		{"jp", "¥\\"},
	};

	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		const char *at = own[i].letters;

		start(kbd_layout_find(own[i].name));
		press_all();
		while (*at) {
			const char *from = at;
			uint32_t c = utf8(&at);

			/* The yen's key writes what Windows says it does. */
			if (c == 0xa5)
				continue;
			if (!can[c])
				printf("# %s has no %.*s\n", own[i].name,
				       (int)(at - from), from);
			CHECK(can[c]);
		}
	}
}

/* Latin first; Alt+Shift changes to and fro. */
TEST(russian)
{
	static const char big[] = "АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯЁ";
	static const char small[] = "абвгдежзийклмнопрстуфхцчшщъыьэюяё№";
	const char *at;

	start(kbd_layout_find("ru"));
	CHECK_EQ(tap(0x10), 'q');
	CHECK_EQ(tap(0x34), '.');
	toggle(true);
	CHECK_EQ(tap(0x10), 0x439);
	press_all();
	for (at = big; *at;)
		CHECK(can[utf8(&at)]);
	for (at = small; *at;)
		CHECK(can[utf8(&at)]);
	tap(KBD_KEY_CAPS);
	CHECK_EQ(tap(0x10), 0x419);
	tap(KBD_KEY_CAPS);
	toggle(false);
	CHECK_EQ(tap(0x10), 'q');
	/* No other layout has two. */
	start(kbd_layout_find("de"));
	toggle(true);
	CHECK_EQ(tap(0x15), 'z');
}

/* ---- accents ---- */

TEST(accents)
{
	start(kbd_layout_find("fr"));
	CHECK_EQ(tap(0x1a), 0); /* circumflex */
	CHECK_EQ(tap(0x12), 0xea);
	CHECK_EQ(tap_level(0x1a, 1), 0); /* diaeresis */
	CHECK_EQ(tap_level(0x17, 1), 0xcf);
	/* A blank, or the same once more: the accent alone. */
	tap(0x1a);
	CHECK_EQ(tap(0x39), '^');
	tap(0x1a);
	CHECK_EQ(tap(0x1a), '^');
	CHECK_EQ(tap(0x12), 'e');
	/* What it does not fit follows it. */
	tap(0x1a);
	CHECK_EQ(key(0x2e, true), '^');
	CHECK_EQ(kbd_ascii_next(&a), 'c');
	CHECK_EQ(kbd_ascii_next(&a), 0);
	key(0x2e, false);
	/* Two different ones. */
	tap(0x1a);
	CHECK_EQ(tap_level(0x1a, 1), '^');
	CHECK_EQ(kbd_ascii_next(&a), 0);
	CHECK_EQ(tap(0x12), 0xeb);
	/* Backspace takes it back; Enter forgets it. */
	tap(0x1a);
	CHECK_EQ(tap(0x0e), 0);
	CHECK_EQ(tap(0x0e), KBD_CHAR_BACKSPACE);
	tap(0x1a);
	CHECK_EQ(tap(KBD_KEY_ENTER), KBD_CHAR_ENTER);
	CHECK_EQ(tap(0x12), 'e');
	/* Shift on the way to a capital does not count. */
	tap(0x1a);
	CHECK_EQ(tap_level(0x12, 1), 0xca);
}

TEST(names)
{
	static const char *const wanted[] = {"us", "uk", "de", "fr", "es", "it",
					     "pt", "jp", "cz", "pl", "se", "dk",
					     "no", "fi", "ch", "be", "ru"};

	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		CHECK(kbd_layout_find(wanted[i]));
	CHECK_EQ(kbd_layouts_count, sizeof(wanted) / sizeof(wanted[0]));
	CHECK(kbd_layout_find("gb") == kbd_layout_find("uk"));
	CHECK(!kbd_layout_find("") && !kbd_layout_find("usa"));
}

/* ---- the database ---- */

struct xkb_names {
	const char *rules, *model, *layout, *variant, *options;
};

static struct {
	void *(*context)(int flags);
	void *(*keymap)(void *context, const struct xkb_names *names, int);
	int (*syms)(void *keymap, uint32_t key, uint32_t layout, uint32_t level,
		    const uint32_t **out);
	uint32_t (*utf32)(uint32_t sym);
	void (*keymap_unref)(void *keymap);
	void (*unref)(void *context);
} xkb;

static void *symbol(void *library, const char *name)
{
	return library ? dlsym(library, name) : NULL;
}

/* The database's word for @code at @level, 0 for nothing. */
static uint32_t xkb_char(void *keymap, uint32_t code, uint32_t level)
{
	/* X keysyms of dead accents from 0xfe50 on, in their order. */
	static const uint32_t dead[] = {0x300, 0x301, 0x302, 0x303, 0x304,
					0x306, 0x307, 0x308, 0x30a, 0x30b,
					0x30c, 0x327, 0x328};
	const uint32_t *out;
	uint32_t evdev = code == 0x73 ? 89 : code == 0x7d ? 124 : code;

	if (xkb.syms(keymap, evdev + 8, 0, level, &out) != 1)
		return 0;
	if (out[0] >= 0xfe50 && out[0] < 0xfe50 + 13)
		return dead[out[0] - 0xfe50];
	return xkb.utf32(out[0]);
}

/* Ours, with an accent as what it is. */
static uint32_t our_char(uint32_t code, unsigned int level)
{
	uint32_t c = tap_level(code, level);

	if (!c)
		c = a.dead;
	a.dead = 0;
	return c;
}

/* Does the database have @c with AltGr at @code, or next to it? */
static bool agrees(void *keymap, const char *name, uint32_t code,
		   unsigned int level)
{
	uint32_t ours = our_char(code, level);
	uint32_t theirs = xkb_char(keymap, code, level);

	/* Ours only: the ISO key of the US layout, as Windows has it. */
	if (code == 0x56 && (!strcmp(name, "us") || !strcmp(name, "pl")))
		return ours == (level & 1 ? '|' : '\\') || level > 1;
	if (code == 0x56 && !strcmp(name, "jp"))
		return true; /* no Japanese keyboard has it */
	if (code == 0x39)
		return ours == (level < 2 ? ' ' : 0);
	if (ours == theirs || (level > 1 && !ours))
		return true;
	printf("# %s: key %02x, level %u: %x, but theirs is %x\n", name, code,
	       level, ours, theirs);
	return false;
}

static bool compare(void *context, const struct kbd_layout *layout)
{
	struct xkb_names names = {"evdev", "pc105", layout->name, "", ""};
	bool good = true;
	void *keymap;

	if (!strcmp(layout->name, "uk"))
		names.layout = "gb";
	if (!strcmp(layout->name, "jp"))
		names.model = "jp106";
	keymap = xkb.keymap(context, &names, 0);
	if (!keymap)
		return false;
	start(layout);
	if (layout->second)
		toggle(true);
	for (uint32_t code = 2; code < CODES; code++) {
		bool writes = (code < 0x36 && code != 0x0e && code != 0x0f &&
			       code != 0x1c && code != 0x1d && code != 0x2a) ||
			      code == 0x39 || code == 0x56;

		if (!strcmp(layout->name, "jp"))
			writes |= code == 0x73 || code == 0x7d;
		for (unsigned int level = 0; writes && level < 4; level++)
			good &= agrees(keymap, layout->name, code, level);
	}
	xkb.keymap_unref(keymap);
	return good;
}

TEST(as_xkb_has_them)
{
	void *context = xkb.context(0);
	bool good = true;

	CHECK(context);
	for (unsigned int i = 0; i < kbd_layouts_count; i++)
		good &= compare(context, &kbd_layouts[i]);
	xkb.unref(context);
	CHECK(good);
}

int main(void)
{
	void *library = dlopen("libxkbcommon.so.0", RTLD_NOW);

	*(void **)&xkb.context = symbol(library, "xkb_context_new");
	*(void **)&xkb.keymap = symbol(library, "xkb_keymap_new_from_names");
	*(void **)&xkb.syms = symbol(library,
				     "xkb_keymap_key_get_syms_by_level");
	*(void **)&xkb.keymap_unref = symbol(library, "xkb_keymap_unref");
	*(void **)&xkb.unref = symbol(library, "xkb_context_unref");
	*(void **)&xkb.utf32 = symbol(library, "xkb_keysym_to_utf32");

	RUN(all_of_ascii);
	RUN(own_letters);
	RUN(russian);
	RUN(accents);
	RUN(names);
	if (xkb.utf32)
		RUN(as_xkb_has_them);
	else
		printf("skip as_xkb_has_them no libxkbcommon\n");
	return test_end();
}
