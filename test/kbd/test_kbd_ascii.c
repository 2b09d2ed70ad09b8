/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Keys to characters.
 */
#include "kbd/kbd.h"
#include "test/test.h"

static struct kbd_scancode s;
static struct kbd_ascii a;

static void start(uint8_t locks)
{
	kbd_scancode_init(&s);
	kbd_ascii_init(&a, locks);
}

/* Press or release the key of that name; what it writes. */
static uint32_t key(uint32_t code, bool pressed)
{
	struct kbd_key k = {code, pressed, false};
	uint32_t bytes = kbd_key_bytes(&k);

	for (; bytes; bytes >>= 8) {
		if (kbd_scancode_feed(&s, bytes, &k))
			return kbd_ascii_feed(&a, &s, &k);
	}
	return 0xbad;
}

static uint32_t tap(uint32_t code)
{
	uint32_t c = key(code, true);

	return key(code, false) ? 0xbad : c;
}

/* Where each character of US ASCII is, from the characters' side. */
TEST(us_whole)
{
	static const char rows[] = "1234567890-=\0\0qwertyuiop[]\0\0asdfghjkl;'"
				   "`\0\\zxcvbnm,./";
	static const char shifted[] =
		"!@#$%^&*()_+\0\0QWERTYUIOP{}\0\0ASDFGHJKL:\"~\0|ZXCVBNM<>?";
	size_t i;

	CHECK_EQ(sizeof(rows), sizeof(shifted));
	start(0);
	for (i = 0; i + 1 < sizeof(rows); i++) {
		uint32_t code = 0x02 + i;

		if (!rows[i])
			continue;
		CHECK_EQ(tap(code), (uint8_t)rows[i]);
		CHECK_EQ(key(KBD_KEY_RSHIFT, true), 0);
		CHECK_EQ(tap(code), (uint8_t)shifted[i]);
		CHECK_EQ(key(KBD_KEY_RSHIFT, false), 0);
	}
	CHECK_EQ(tap(0x39), ' ');
	CHECK_EQ(tap(0x56), '\\');
}

TEST(caps_lock)
{
	start(0);
	CHECK_EQ(tap(KBD_KEY_CAPS), 0);
	CHECK_EQ(a.locks, KBD_LOCK_CAPS);
	CHECK_EQ(tap(0x1e), 'A');
	CHECK_EQ(tap(0x02), '1');
	key(KBD_KEY_SHIFT, true);
	CHECK_EQ(tap(0x1e), 'a');
	CHECK_EQ(tap(0x02), '!');
	key(KBD_KEY_SHIFT, false);
	key(KBD_KEY_CAPS, true);
	key(KBD_KEY_CAPS, true); /* repeats */
	key(KBD_KEY_CAPS, false);
	CHECK_EQ(a.locks, 0);
	CHECK_EQ(tap(0x1e), 'a');
	tap(KBD_KEY_SCROLL);
	CHECK_EQ(a.locks, KBD_LOCK_SCROLL);
}

TEST(keypad)
{
	static const uint32_t moves[] = {KBD_CHAR_HOME,	 KBD_CHAR_UP,
					 KBD_CHAR_PGUP,	 '-',
					 KBD_CHAR_LEFT,	 0,
					 KBD_CHAR_RIGHT, '+',
					 KBD_CHAR_END,	 KBD_CHAR_DOWN,
					 KBD_CHAR_PGDN,	 KBD_CHAR_INSERT,
					 KBD_CHAR_DELETE};
	static const char digits[] = "789-456+1230.";
	uint32_t i;

	start(0);
	for (i = 0; i < 13; i++)
		CHECK_EQ(tap(0x47 + i), moves[i]);
	CHECK_EQ(tap(KBD_KEY_NUM), 0);
	CHECK_EQ(a.locks, KBD_LOCK_NUM);
	for (i = 0; i < 13; i++)
		CHECK_EQ(tap(0x47 + i), (uint8_t)digits[i]);
	/* Shift turns Num Lock round; grey keys do not care. */
	key(KBD_KEY_SHIFT, true);
	CHECK_EQ(tap(0x47), KBD_CHAR_HOME);
	key(KBD_KEY_SHIFT, false);
	for (i = 0; i < 13; i++)
		CHECK_EQ(tap(KBD_KEY_EXT(0x47 + i)),
			 moves[i] >= KBD_CHAR_BACKTAB ? moves[i] : 0);
	CHECK_EQ(tap(KBD_KEY_EXT(0x35)), '/');
	CHECK_EQ(tap(0x37), '*');
	CHECK_EQ(tap(KBD_KEY_EXT(0x1c)), KBD_CHAR_ENTER);
}

TEST(navigation)
{
	uint32_t i;

	start(0);
	for (i = 0; i < 10; i++)
		CHECK_EQ(tap(KBD_KEY_F1 + i), KBD_CHAR_F1 + i);
	CHECK_EQ(tap(KBD_KEY_F11), KBD_CHAR_F1 + 10);
	CHECK_EQ(tap(KBD_KEY_F12), KBD_CHAR_F1 + 11);
	CHECK_EQ(tap(KBD_KEY_ESC), KBD_CHAR_ESC);
	CHECK_EQ(tap(KBD_KEY_ENTER), KBD_CHAR_ENTER);
	CHECK_EQ(tap(0x0e), KBD_CHAR_BACKSPACE);
	CHECK_EQ(tap(KBD_KEY_TAB), KBD_CHAR_TAB);
	key(KBD_KEY_SHIFT, true);
	CHECK_EQ(tap(KBD_KEY_TAB), KBD_CHAR_BACKTAB);
	key(KBD_KEY_SHIFT, false);
	CHECK_EQ(tap(KBD_KEY_PAUSE), 0);
	CHECK_EQ(tap(KBD_KEY_PRINT), 0);
	CHECK_EQ(tap(KBD_KEY_LGUI), 0);
	CHECK_EQ(tap(0x7d), 0);
}

/* A hotkey writes no character, but F-keys and arrows come through. */
TEST(hotkeys)
{
	static const uint32_t mods[] = {KBD_KEY_CTRL, KBD_KEY_RCTRL,
					KBD_KEY_ALT, KBD_KEY_ALTGR};
	size_t i;

	start(KBD_LOCK_NUM);
	for (i = 0; i < 4; i++) {
		key(mods[i], true);
		CHECK_EQ(tap(0x1e), 0);
		CHECK_EQ(tap(0x39), 0);
		CHECK_EQ(tap(0x4f), 0);
		CHECK_EQ(tap(0x37), 0);
		CHECK_EQ(tap(KBD_KEY_F1), KBD_CHAR_F1);
		CHECK_EQ(tap(KBD_KEY_EXT(0x4b)), KBD_CHAR_LEFT);
		CHECK_EQ(tap(KBD_KEY_ENTER), KBD_CHAR_ENTER);
		key(mods[i], false);
	}
	CHECK_EQ(tap(0x1e), 'a');
}

TEST(german)
{
	start(0);
	a.layout = kbd_layout_find("de");
	CHECK(a.layout != NULL);
	CHECK_EQ(tap(0x15), 'z');
	CHECK_EQ(tap(0x1a), 0xfc);
	tap(KBD_KEY_CAPS);
	CHECK_EQ(tap(0x1a), 0xdc);
	CHECK_EQ(tap(0x0c), 0xdf); /* no capital on that key */
	tap(KBD_KEY_CAPS);
	key(KBD_KEY_ALTGR, true);
	CHECK_EQ(tap(0x10), '@');
	CHECK_EQ(tap(0x0c), '\\');
	CHECK_EQ(tap(0x12), 0x20ac);
	CHECK_EQ(tap(0x11), 0);
	key(KBD_KEY_SHIFT, true);
	CHECK_EQ(tap(0x10), 0);
	key(KBD_KEY_SHIFT, false);
	key(KBD_KEY_CTRL, true);
	CHECK_EQ(tap(0x10), 0);
	key(KBD_KEY_CTRL, false);
	key(KBD_KEY_ALTGR, false);
	CHECK_EQ(tap(0x56), '<');
}

TEST(layout_names)
{
	start(0);
	CHECK(kbd_layout_find("us") == a.layout);
	CHECK(kbd_layout_find("") == NULL);
	CHECK(kbd_layout_find("usa") == NULL);
}

int main(void)
{
	RUN(us_whole);
	RUN(caps_lock);
	RUN(keypad);
	RUN(navigation);
	RUN(hotkeys);
	RUN(german);
	RUN(layout_names);
	return test_end();
}
