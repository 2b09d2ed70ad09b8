/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Streams of scancodes: each through the ring, polled once at the end and after
 * every byte, and cut at every length.
 */
#include "kbd/kbd.h"
#include "test/kbd/kbd_fake.h"
#include "test/test.h"

#define BYTES_MAX 64
#define KEYS_MAX  32

/* A key event as one number: its bytes on the wire, bit 31 for a repeat. */
#define REPEAT 0x80000000u

struct stream {
	const char *name;
	int bytes;
	uint8_t in[BYTES_MAX];
	int keys;
	uint32_t out[KEYS_MAX];
};

static const struct stream streams[] = {
	{"a", 2, {0x1e, 0x9e}, 2, {0x1e, 0x9e}},
	{"left arrow", 4, {0xe0, 0x4b, 0xe0, 0xcb}, 2, {0x4be0, 0xcbe0}},
	{"left arrow, Num Lock on",
	 8,
	 {0xe0, 0x2a, 0xe0, 0x4b, 0xe0, 0xcb, 0xe0, 0xaa},
	 2,
	 {0x4be0, 0xcbe0}},
	{"left arrow, right Shift held",
	 10,
	 {0x36, 0xe0, 0xb6, 0xe0, 0x4b, 0xe0, 0xcb, 0xe0, 0x36, 0xb6},
	 4,
	 {0x36, 0x4be0, 0xcbe0, 0xb6}},
	{"pause",
	 6,
	 {0xe1, 0x1d, 0x45, 0xe1, 0x9d, 0xc5},
	 2,
	 {0x451de1, 0xc59de1}},
	{"ctrl+break",
	 6,
	 {0x1d, 0xe0, 0x46, 0xe0, 0xc6, 0x9d},
	 4,
	 {0x1d, 0x46e0, 0xc6e0, 0x9d}},
	{"print screen",
	 8,
	 {0xe0, 0x2a, 0xe0, 0x37, 0xe0, 0xb7, 0xe0, 0xaa},
	 2,
	 {0x37e0, 0xb7e0}},
	{"alt+sysrq", 4, {0x38, 0x54, 0xd4, 0xb8}, 4, {0x38, 0x54, 0xd4, 0xb8}},
	{"print screen, alt pressed meanwhile",
	 8,
	 {0xe0, 0x2a, 0xe0, 0x37, 0x38, 0xd4, 0xb8, 0x1e},
	 5,
	 {0x37e0, 0x38, 0xb7e0, 0xb8, 0x1e}},
	{"alt+sysrq, alt released before",
	 7,
	 {0x38, 0x54, 0xb8, 0xe0, 0xb7, 0xe0, 0xaa},
	 4,
	 {0x38, 0x54, 0xb8, 0xd4}},
	{"repeat",
	 5,
	 {0x1e, 0x1e, 0x1e, 0x9e, 0x1e},
	 5,
	 {0x1e, REPEAT | 0x1e, REPEAT | 0x1e, 0x9e, 0x1e}},
	{"repeat of a grey key",
	 6,
	 {0xe0, 0x53, 0xe0, 0x53, 0xe0, 0xd3},
	 3,
	 {0x53e0, REPEAT | 0x53e0, 0xd3e0}},
	{"ctrl+alt+del",
	 8,
	 {0x1d, 0x38, 0xe0, 0x53, 0xe0, 0xd3, 0xb8, 0x9d},
	 6,
	 {0x1d, 0x38, 0x53e0, 0xd3e0, 0xb8, 0x9d}},
	{"both ctrl, alt, gui",
	 18,
	 {0x1d, 0xe0, 0x1d, 0x38, 0xe0, 0x38, 0xe0, 0x5b, 0xe0, 0x5c, 0xe0,
	  0xdc, 0xe0, 0xdb, 0xe0, 0xb8, 0xe0, 0x9d},
	 10,
	 {0x1d, 0x1de0, 0x38, 0x38e0, 0x5be0, 0x5ce0, 0xdce0, 0xdbe0, 0xb8e0,
	  0x9de0}},
	{"release of a key pressed before us", 2, {0x9c, 0x1e}, 1, {0x1e}},
	{"answers of the keyboard",
	 8,
	 {0xfa, 0xfe, 0xee, 0x00, 0xff, 0xaa, 0x1e, 0x9e},
	 2,
	 {0x1e, 0x9e}},
	{"brazilian keypad comma", 2, {0x7e, 0xfe}, 2, {0x7e, 0xfe}},
	{"E0 broken off by E1",
	 5,
	 {0xe0, 0xe1, 0x1d, 0x45, 0x1e},
	 2,
	 {0x451de1, 0x1e}},
	{"E1 broken off", 3, {0xe1, 0x1e, 0x9e}, 2, {0x1e, 0x9e}},
	{"E1 1D broken off", 4, {0xe1, 0x1d, 0x1e, 0x9e}, 2, {0x1e, 0x9e}},
	{"E1 9D broken off", 4, {0xe1, 0x9d, 0x45, 0xc5}, 2, {0x45, 0xc5}},
};

#define STREAMS (sizeof(streams) / sizeof(streams[0]))

static uint32_t event_number(const struct kbd_event *e)
{
	return e->type == KBD_KEY
		       ? kbd_key_bytes(&e->key) | (e->key.repeat ? REPEAT : 0)
		       : 0xdead;
}

/* Take all events; append them at out[n]. Returns the new n. */
static int drain(struct kbd *k, uint32_t *out, int n)
{
	struct kbd_event e;

	while (n < KEYS_MAX && kbd_poll(k, &e))
		out[n++] = event_number(&e);
	return n;
}

static int same(const struct stream *s, const uint32_t *out, int n)
{
	int i;

	if (n == s->keys && memcmp(out, s->out, n * sizeof(*out)) == 0)
		return 1;
	printf("# %s:", s->name);
	for (i = 0; i < n; i++)
		printf(" %x", out[i]);
	printf("\n");
	return 0;
}

static struct kbd_fake f;
static struct kbd k;

TEST(streams_whole)
{
	uint32_t out[KEYS_MAX];
	size_t i;
	int b;

	for (i = 0; i < STREAMS; i++) {
		CHECK_EQ(kbd_fake_install(&f, &k), 0);
		for (b = 0; b < streams[i].bytes; b++)
			kbd_fake_key(&f, streams[i].in[b]);
		CHECK(same(&streams[i], out, drain(&k, out, 0)));
		CHECK(!kbd_pending(&k));
	}
}

TEST(streams_bytewise)
{
	uint32_t out[KEYS_MAX];
	size_t i;
	int b, n;

	for (i = 0; i < STREAMS; i++) {
		CHECK_EQ(kbd_fake_install(&f, &k), 0);
		for (b = n = 0; b < streams[i].bytes; b++) {
			kbd_fake_key(&f, streams[i].in[b]);
			n = drain(&k, out, n);
		}
		CHECK(same(&streams[i], out, n));
	}
}

/* However a stream ends, the events are its beginning's, and F5 works after. */
TEST(streams_cut)
{
	uint32_t out[KEYS_MAX];
	struct kbd_event e;
	size_t i;
	int b, cut, n;

	for (i = 0; i < STREAMS; i++) {
		for (cut = 0; cut < streams[i].bytes; cut++) {
			CHECK_EQ(kbd_fake_install(&f, &k), 0);
			for (b = 0; b < cut; b++)
				kbd_fake_key(&f, streams[i].in[b]);
			n = drain(&k, out, 0);
			CHECK(n <= streams[i].keys);
			CHECK(memcmp(out, streams[i].out, n * sizeof(*out)) ==
			      0);
			while (kbd_release_all(&k, &e))
				CHECK(!e.key.pressed);
			kbd_fake_key(&f, 0x3f);
			CHECK(kbd_poll(&k, &e));
			CHECK_EQ(event_number(&e), 0x3f);
			CHECK(!kbd_poll(&k, &e));
		}
	}
}

/* All 105 keys of an ISO keyboard; 0x100 and more: after E0. */
static const uint16_t keys_105[] = {
	/* Esc, F1-F12; PrintScreen, Scroll Lock (Pause: below) */
	0x01, 0x3b, 0x3c, 0x3d, 0x3e, 0x3f, 0x40, 0x41, 0x42, 0x43, 0x44, 0x57,
	0x58, 0x137, 0x46,
	/* the digits' row to Backspace */
	0x29, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c,
	0x0d, 0x0e,
	/* Tab to ] ; Caps Lock to the key left of Enter, Enter */
	0x0f, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1a,
	0x1b, 0x3a, 0x1e, 0x1f, 0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27,
	0x28, 0x2b, 0x1c,
	/* Shift, <>, Z to /, Shift */
	0x2a, 0x56, 0x2c, 0x2d, 0x2e, 0x2f, 0x30, 0x31, 0x32, 0x33, 0x34, 0x35,
	0x36,
	/* Ctrl, Win, Alt, Space, AltGr, Win, Menu, Ctrl */
	0x1d, 0x15b, 0x38, 0x39, 0x138, 0x15c, 0x15d, 0x11d,
	/* Insert, Home, PgUp, Delete, End, PgDn; arrows */
	0x152, 0x147, 0x149, 0x153, 0x14f, 0x151, 0x148, 0x14b, 0x150, 0x14d,
	/* the keypad */
	0x45, 0x135, 0x37, 0x4a, 0x47, 0x48, 0x49, 0x4e, 0x4b, 0x4c, 0x4d, 0x4f,
	0x50, 0x51, 0x11c, 0x52, 0x53};

#define KEYS_104 ((int)(sizeof(keys_105) / sizeof(keys_105[0])))

static void send(uint16_t key, uint8_t release)
{
	if (key & 0x100)
		kbd_fake_key(&f, 0xe0);
	kbd_fake_key(&f, (key & 0xff) | release);
}

static uint32_t name(uint16_t key)
{
	return key & 0x100 ? KBD_KEY_EXT(key & 0xff) : key;
}

TEST(all_105_keys)
{
	struct kbd_event e;
	int i;

	CHECK_EQ(KEYS_104, 104); /* and Pause */
	CHECK_EQ(kbd_fake_install(&f, &k), 0);
	for (i = 0; i < KEYS_104; i++) {
		send(keys_105[i], 0);
		CHECK(kbd_poll(&k, &e));
		CHECK_EQ(e.key.code, name(keys_105[i]));
		CHECK(e.key.pressed && !e.key.repeat);
		CHECK(kbd_scancode_held(&k.scancode, name(keys_105[i])));
	}
	CHECK_EQ(kbd_modifiers(&k.scancode), 0xff);
	for (i = 0; i < KEYS_104; i++) {
		send(keys_105[i], 0x80);
		CHECK(kbd_poll(&k, &e));
		CHECK_EQ(e.key.code, name(keys_105[i]));
		CHECK(!e.key.pressed);
	}
	CHECK_EQ(kbd_modifiers(&k.scancode), 0);
	CHECK(!kbd_release_all(&k, &e));
}

TEST(release_modifiers_last)
{
	static const uint16_t held[] = {0x1d, 0x2a, 0x153, 0x1e, 0x138, 0x58};
	static const uint32_t want[] = {0x1e, 0x58, 0x53e0, 0x1d, 0x2a, 0x38e0};
	static const uint8_t pause[] = {0xe1, 0x1d, 0x45};
	struct kbd_event e;
	int i;

	CHECK_EQ(kbd_fake_install(&f, &k), 0);
	for (i = 0; i < 6; i++)
		send(held[i], 0);
	for (i = 0; i < 6; i++)
		CHECK(kbd_poll(&k, &e));
	kbd_fake_key(&f, 0x20); /* in the ring, never given out */
	for (i = 0; i < 6; i++) {
		CHECK(kbd_release_all(&k, &e));
		CHECK_EQ(e.type, KBD_KEY);
		CHECK(!e.key.pressed);
		CHECK_EQ(e.key.code, want[i]);
	}
	CHECK(!kbd_release_all(&k, &e));
	CHECK(!kbd_poll(&k, &e));

	/* Pause is held between its two halves. */
	for (i = 0; i < 3; i++)
		kbd_fake_key(&f, pause[i]);
	CHECK(kbd_poll(&k, &e));
	CHECK(kbd_release_all(&k, &e));
	CHECK_EQ(kbd_key_bytes(&e.key), 0xc59de1);
}

TEST(names_that_no_key_has)
{
	struct kbd_scancode s;

	kbd_scancode_init(&s);
	memset(s.held, 0xff, sizeof(s.held));
	CHECK(kbd_scancode_held(&s, 0x1e));
	CHECK(kbd_scancode_held(&s, KBD_KEY_PAUSE));
	CHECK(!kbd_scancode_held(&s, 0x9e));
	CHECK(!kbd_scancode_held(&s, 0xcbe0));
	CHECK(!kbd_scancode_held(&s, 0x1de1));
	CHECK(!kbd_scancode_held(&s, 0xffffffff));
}

/* Any bytes at all: what is pressed is released, and nothing breaks. */
TEST(noise)
{
	uint32_t seed = 1;
	struct kbd_event e;
	uint32_t code = 0;
	int i;

	CHECK_EQ(kbd_fake_install(&f, &k), 0);
	for (i = 0; i < 200000; i++) {
		seed = seed * 1664525 + 1013904223;
		kbd_fake_key(&f, seed >> 24);
		while (kbd_poll(&k, &e)) {
			code = e.key.code;
			CHECK_EQ(kbd_scancode_held(&k.scancode, code),
				 e.key.pressed);
		}
	}
	CHECK(code != 0);
	CHECK_EQ(kbd_lost(&k), 0);
}

int main(void)
{
	RUN(streams_whole);
	RUN(streams_bytewise);
	RUN(streams_cut);
	RUN(all_105_keys);
	RUN(release_modifiers_last);
	RUN(names_that_no_key_has);
	RUN(noise);
	return test_end();
}
