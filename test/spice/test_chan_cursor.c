/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The cursor channel: every type of shape, its size and hot spot, the cache,
 * place and visibility, data that is cut.
 * timeout 240
 */
#include <errno.h>
#include <stdlib.h>

#include "test/spice/chan_peer.h"
#include "test/test.h"

#define NONE SPICE_CURSOR_FLAGS_NONE
#define KEEP SPICE_CURSOR_FLAGS_CACHE_ME
#define FROM SPICE_CURSOR_FLAGS_FROM_CACHE

static struct chan_peer peer;

static void begin(void)
{
	memset(&peer, 0, sizeof(peer));
	chan_peer_start(&peer);
	chan_peer_up(&peer, "c");
}

static const struct chan_cursor *cursor(void)
{
	return chan_session_cursor(peer.s);
}

/* The head of a SET with a shape. */
static struct wire_writer *set(uint16_t flags, uint64_t unique, uint8_t type,
			       uint16_t width, uint16_t height)
{
	struct wire_writer *w = chan_peer_begin(&peer);

	wire_put_u16(w, 10);
	wire_put_u16(w, 0xfffe); /* -2 */
	wire_put_u8(w, 1);
	wire_put_u16(w, flags);
	wire_put_u64(w, unique);
	wire_put_u8(w, type);
	wire_put_u16(w, width);
	wire_put_u16(w, height);
	wire_put_u16(w, 1); /* hot spot */
	wire_put_u16(w, 2);
	return w;
}

static void done(void)
{
	chan_peer_send(&peer, 1, SPICE_MSG_CURSOR_SET);
}

/* A shape of one pixel of that colour. */
static void set_one(uint16_t flags, uint64_t unique, uint32_t color)
{
	struct wire_writer *w = set(flags, unique, SPICE_CURSOR_TYPE_ALPHA, 1,
				    1);

	if (!(flags & FROM))
		wire_put_u32(w, color);
	done();
}

static uint32_t one(void)
{
	return cursor()->argb ? cursor()->argb[0] : 0;
}

TEST(alpha)
{
	struct wire_writer *w;
	uint32_t i, serial;

	begin();
	CHECK(!cursor()->visible);
	serial = cursor()->serial;
	w = set(0, 0, SPICE_CURSOR_TYPE_ALPHA, 3, 4);
	for (i = 0; i < 12; i++)
		wire_put_u32(w, i * 0x01020304);
	done();
	CHECK_EQ(peer.cursors, 1);
	CHECK(cursor()->visible);
	CHECK(cursor()->serial != serial);
	CHECK_EQ(cursor()->x, 10);
	CHECK_EQ(cursor()->y, -2);
	CHECK_EQ(cursor()->width, 3);
	CHECK_EQ(cursor()->height, 4);
	CHECK_EQ(cursor()->hot_x, 1);
	CHECK_EQ(cursor()->hot_y, 2);
	CHECK(!cursor()->invert);
	for (i = 0; i < 12; i++)
		CHECK_EQ(cursor()->argb[i], i * 0x01020304);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

/* MONO: the four combinations of AND and XOR, rows of whole bytes. */
TEST(mono)
{
	static const uint8_t and_rows[] = {0x3f, 0x80, 0xff, 0x80};
	static const uint8_t xor_rows[] = {0x55, 0x00, 0x00, 0x80};
	struct wire_writer *w;

	begin();
	w = set(0, 0, SPICE_CURSOR_TYPE_MONO, 9, 2);
	wire_put(w, and_rows, 4);
	wire_put(w, xor_rows, 4);
	done();
	CHECK_EQ(peer.ends, 0);
	CHECK_EQ(cursor()->argb[0], 0xff000000); /* AND 0 XOR 0: black */
	CHECK_EQ(cursor()->argb[1], 0xffffffff); /* AND 0 XOR 1: white */
	CHECK_EQ(cursor()->argb[2], 0);		 /* AND 1 XOR 0: nothing */
	CHECK_EQ(cursor()->argb[3], 0);		 /* AND 1 XOR 1: inverts */
	CHECK(cursor()->invert != NULL);
	CHECK_EQ(cursor()->invert[0], 0x15);
	CHECK_EQ(cursor()->invert[1], 0);
	CHECK_EQ(cursor()->invert[2], 0);
	CHECK_EQ(cursor()->invert[3], 0x80);
	CHECK_EQ(cursor()->argb[9 + 8], 0);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

/*
 * The types with colours and a mask: 3 pixels, the mask keeps the picture at
 * the second (which is not white) and the third (white: it inverts).
 */
static bool masked(uint8_t type, const void *data, size_t n)
{
	struct wire_writer *w = set(0, 0, type, 3, 1);

	wire_put(w, data, n);
	wire_put_u8(w, 0x60);
	done();
	return !peer.ends && cursor()->argb[0] == 0xff102030 &&
	       cursor()->argb[1] == 0 && cursor()->argb[2] == 0 &&
	       cursor()->invert && cursor()->invert[0] == 0x20;
}

TEST(colors)
{
	uint8_t indexed[3 + 256 * 4] = {0};

	begin();
	CHECK(masked(SPICE_CURSOR_TYPE_COLOR32,
		     "\x30\x20\x10\xee\1\1\1\1\xff\xff\xff\0", 12));
	CHECK(masked(SPICE_CURSOR_TYPE_COLOR24,
		     "\x30\x20\x10\1\1\1\xff\xff\xff", 9));
	/* High nibble first. */
	memcpy(indexed, "\x12\xf0", 2);
	memcpy(indexed + 2 + 1 * 4, "\x30\x20\x10\x99", 4);
	memset(indexed + 2 + 15 * 4, 0xff, 4);
	CHECK(masked(SPICE_CURSOR_TYPE_COLOR4, indexed, 2 + 64));
	memset(indexed, 0, sizeof(indexed));
	memcpy(indexed, "\xc8\x01\xff", 3);
	memcpy(indexed + 3 + 0xc8 * 4, "\x30\x20\x10\x99", 4);
	memset(indexed + 3 + 255 * 4, 0xff, 4);
	CHECK(masked(SPICE_CURSOR_TYPE_COLOR8, indexed, 3 + 1024));
	CHECK_EQ(peer.error.cause, 0);
	CHECK_EQ(chan_session_counts(peer.s)->cursor[SPICE_CURSOR_TYPE_COLOR8],
		 1);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

TEST(color16)
{
	struct wire_writer *w;

	begin();
	w = set(0, 0, SPICE_CURSOR_TYPE_COLOR16, 2, 1);
	wire_put_u16(w, 0x7c00 | 1 << 5 | 16);
	wire_put_u16(w, 0x7fff);
	wire_put_u8(w, 0x40);
	done();
	CHECK_EQ(cursor()->argb[0], 0xffff0884);
	CHECK_EQ(cursor()->argb[1], 0);
	CHECK_EQ(cursor()->invert[0], 0x40);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

TEST(hot_spot_is_inside)
{
	struct wire_writer *w;

	begin();
	w = set(0, 0, SPICE_CURSOR_TYPE_ALPHA, 1, 2);
	wire_put_u64(w, 0);
	done();
	CHECK_EQ(cursor()->hot_x, 0);
	CHECK_EQ(cursor()->hot_y, 1);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

/* What comes of a shape of that type and size without any data. */
static int bare(uint8_t type, uint16_t width, uint16_t height)
{
	begin();
	set(0, 0, type, width, height);
	done();
	if (chan_peer_end(&peer))
		return -1;
	return peer.ends ? (int)peer.error.cause : 0;
}

TEST(sizes)
{
	CHECK_EQ(bare(SPICE_CURSOR_TYPE_ALPHA, 0, 0), 0);
	CHECK_EQ(bare(SPICE_CURSOR_TYPE_ALPHA, 0, 65535), 0);
	CHECK_EQ(bare(SPICE_CURSOR_TYPE_MONO, 65535, 0), 0);
	/* Too large to be shown, no reason to end. */
	CHECK_EQ(bare(SPICE_CURSOR_TYPE_ALPHA, 513, 1), 0);
	CHECK_EQ(bare(SPICE_CURSOR_TYPE_ALPHA, 1, 513), 0);
	CHECK_EQ(bare(SPICE_CURSOR_TYPE_COLOR32, 65535, 65535), 0);
	CHECK_EQ(bare(SPICE_CURSOR_TYPE_ALPHA, 512, 512), CHAN_PROTOCOL);
	CHECK_EQ(bare(7, 1, 1), CHAN_PROTOCOL);
	CHECK_EQ(bare(255, 1, 1), CHAN_PROTOCOL);
}

/* The largest there may be, of the type with most data a pixel. */
TEST(largest)
{
	size_t n = 24 + 512 * 512 * 4 + 64 * 512;
	uint8_t *body = calloc(1, n);

	begin();
	set(0, 0, SPICE_CURSOR_TYPE_COLOR32, 512, 512);
	memcpy(body, peer.w.base, peer.w.len);
	chan_peer_message(&peer, 1, SPICE_MSG_CURSOR_SET, body, n);
	CHECK_EQ(peer.ends, 0);
	CHECK_EQ(cursor()->argb[512 * 512 - 1], 0xff000000);
	CHECK(peer.env.yields >= 4);
	chan_peer_message(&peer, 1, SPICE_MSG_CURSOR_SET, body, n - 1);
	CHECK_EQ(peer.error.cause, CHAN_PROTOCOL);
	free(body);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

/* Of shapes as large as that the cache holds four. */
TEST(cache_is_bounded_in_pixels)
{
	size_t n = 24 + 512 * 512 * 4;
	uint8_t *body = calloc(1, n);
	unsigned int i;

	begin();
	for (i = 1; i <= 5; i++) {
		struct wire_writer *w = set(KEEP, i, SPICE_CURSOR_TYPE_ALPHA,
					    512, 512);

		memcpy(body, w->base, w->len);
		body[24] = (uint8_t)i;
		chan_peer_message(&peer, 1, SPICE_MSG_CURSOR_SET, body, n);
		CHECK_EQ(peer.ends, 0);
	}
	free(body);
	set_one(FROM, 2, 0);
	CHECK_EQ(cursor()->argb[0], 2);
	set_one(FROM, 1, 0);
	CHECK(!cursor()->argb);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

/* Each type, one byte short and at every length. */
TEST(cut_data)
{
	static const uint16_t bytes[] = {
		[SPICE_CURSOR_TYPE_ALPHA] = 60,
		[SPICE_CURSOR_TYPE_MONO] = 6 + 6,
		[SPICE_CURSOR_TYPE_COLOR4] = 9 + 64 + 6,
		[SPICE_CURSOR_TYPE_COLOR8] = 15 + 1024 + 6,
		[SPICE_CURSOR_TYPE_COLOR16] = 30 + 6,
		[SPICE_CURSOR_TYPE_COLOR24] = 45 + 6,
		[SPICE_CURSOR_TYPE_COLOR32] = 60 + 6,
	};
	static const uint8_t zeros[2048];
	uint16_t rows;
	uint8_t type;
	size_t n;

	for (type = 0; type < 7; type++) {
		/* 5 x 3, but for the two masks of one byte a row: 5 x 6. */
		rows = bytes[type] == 12 ? 6 : 3;
		for (n = 0; n <= bytes[type]; n++) {
			size_t data = bytes[type];

			if (rows == 3 && type != SPICE_CURSOR_TYPE_ALPHA)
				data -= 3; /* the mask is 3 bytes, not 6 */
			begin();
			wire_put(set(0, 0, type, 5, rows), zeros, n);
			done();
			CHECK_EQ(peer.ends, n < data);
			CHECK_EQ(chan_peer_end(&peer), 0);
		}
	}
}

TEST(cache)
{
	begin();
	set_one(KEEP, 5, 0x11111111);
	set_one(KEEP, 6, 0x22222222);
	set_one(0, 0, 0x33333333);
	CHECK_EQ(one(), 0x33333333);
	set_one(FROM, 5, 0);
	CHECK_EQ(one(), 0x11111111);
	set_one(FROM, 6, 0);
	CHECK_EQ(one(), 0x22222222);

	/* One that is on show is forgotten, but stays on show. */
	chan_peer_message(&peer, 1, SPICE_MSG_CURSOR_INVAL_ONE,
			  "\6\0\0\0\0\0\0\0", 8);
	CHECK_EQ(one(), 0x22222222);
	set_one(FROM, 5, 0);
	set_one(FROM, 6, 0);
	CHECK_EQ(peer.ends, 0);
	CHECK(!cursor()->argb);

	/* A number is given anew, while it is on show and while not. */
	set_one(FROM, 5, 0);
	set_one(KEEP, 5, 0x44444444);
	CHECK_EQ(one(), 0x44444444);
	set_one(0, 0, 1);
	set_one(KEEP, 5, 0x55555555);
	set_one(0, 0, 1);
	set_one(FROM, 5, 0);
	CHECK_EQ(one(), 0x55555555);

	chan_peer_message(&peer, 1, SPICE_MSG_CURSOR_INVAL_ONE, "abcdefgh", 8);
	chan_peer_message(&peer, 1, SPICE_MSG_CURSOR_INVAL_ALL, NULL, 0);
	CHECK_EQ(one(), 0x55555555);
	set_one(FROM, 5, 0);
	CHECK(!cursor()->argb);
	CHECK_EQ(peer.ends, 0);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

/* The server keeps 256; of more the oldest goes. */
TEST(cache_is_bounded)
{
	unsigned int i;
	long live;

	begin();
	for (i = 1; i <= 256; i++)
		set_one(KEEP, i, i);
	live = peer.env.live;
	for (; i <= 300; i++)
		set_one(KEEP, i, i);
	CHECK_EQ(peer.env.live, live);
	set_one(FROM, 45, 0);
	CHECK_EQ(one(), 45);
	set_one(FROM, 44, 0);
	CHECK(!cursor()->argb);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

static void init(bool shape)
{
	struct wire_writer *w = chan_peer_begin(&peer);

	wire_put_u16(w, 3);
	wire_put_u16(w, 4);
	wire_put_u32(w, 0);
	wire_put_u8(w, 1);
	wire_put_u16(w, shape ? KEEP : NONE);
	if (shape) {
		wire_put_u64(w, 9);
		wire_put_u8(w, SPICE_CURSOR_TYPE_ALPHA);
		wire_put_u16(w, 1);
		wire_put_u16(w, 1);
		wire_put_u32(w, 0);
		wire_put_u32(w, 0x99999999);
	}
	chan_peer_send(&peer, 1, SPICE_MSG_CURSOR_INIT);
}

TEST(life)
{
	begin();
	init(false);
	CHECK_EQ(peer.w.len, 11); /* what QEMU sends */
	CHECK_EQ(peer.ends, 0);
	CHECK(!cursor()->argb);
	init(true);
	CHECK(cursor()->visible && cursor()->placed);
	CHECK_EQ(cursor()->x, 3);
	CHECK_EQ(cursor()->y, 4);
	CHECK_EQ(one(), 0x99999999);

	chan_peer_message(&peer, 1, SPICE_MSG_CURSOR_HIDE, NULL, 0);
	CHECK(!cursor()->visible);
	CHECK_EQ(one(), 0x99999999);
	chan_peer_message(&peer, 1, SPICE_MSG_CURSOR_MOVE, "\xff\xff\x07\0", 4);
	CHECK(cursor()->visible);
	CHECK_EQ(cursor()->x, -1);
	CHECK_EQ(cursor()->y, 7);
	chan_peer_message(&peer, 1, SPICE_MSG_CURSOR_TRAIL, "\1\0\1\0", 4);

	chan_peer_message(&peer, 1, SPICE_MSG_CURSOR_RESET, NULL, 0);
	CHECK(!cursor()->visible && !cursor()->placed && !cursor()->argb);
	set_one(FROM, 9, 0); /* forgotten with the rest */
	CHECK(!cursor()->argb);
	init(true);
	/* INIT clears the cache. */
	set_one(KEEP, 10, 10);
	init(true);
	set_one(FROM, 10, 0);
	CHECK(!cursor()->argb);
	CHECK_EQ(peer.ends, 0);

	/* Without a Cursor structure at its end. */
	chan_peer_message(&peer, 1, SPICE_MSG_CURSOR_SET, "\0\0\0\0\1\0\0", 7);
	CHECK_EQ(peer.error.cause, CHAN_PROTOCOL);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

static void script(struct chan_peer *p)
{
	struct wire_writer *w;
	unsigned int i;

	chan_peer_start(p);
	chan_peer_up(p, "c");
	for (i = 0; i < 4; i++) {
		w = chan_peer_begin(p);
		wire_put_u32(w, 0x00010001);
		wire_put_u8(w, 1);
		wire_put_u16(w, i < 2 ? KEEP : i == 2 ? FROM : NONE);
		if (i == 3) {
			chan_peer_send(p, 1, SPICE_MSG_CURSOR_SET);
			break;
		}
		wire_put_u64(w, 1 + i % 2);
		wire_put_u8(w, i == 1 ? SPICE_CURSOR_TYPE_MONO
				      : SPICE_CURSOR_TYPE_COLOR4);
		wire_put_u16(w, 3);
		wire_put_u16(w, 2);
		wire_put_u32(w, 0);
		if (i == 1)
			wire_put_u32(w, 0x10a0f0f0);
		else if (i == 0)
			wire_put(w,
				 "\x01\x20\x12\x10"
				 "0123456789abcdef0123456789abcdef"
				 "0123456789abcdef0123456789abcdef\x20\x40",
				 70);
		chan_peer_send(p, 1, SPICE_MSG_CURSOR_SET);
	}
	chan_peer_message(p, 1, SPICE_MSG_CURSOR_MOVE, "\1\0\2\0", 4);
	chan_peer_message(p, 1, SPICE_MSG_CURSOR_INVAL_ALL, NULL, 0);
}

TEST(every_way)
{
	static struct chan_peer base;
	const char *why = chan_peer_every_way(&base, script);

	if (why)
		printf("# %s\n", why);
	CHECK(!why);
}

int main(void)
{
	RUN(alpha);
	RUN(mono);
	RUN(colors);
	RUN(color16);
	RUN(hot_spot_is_inside);
	RUN(sizes);
	RUN(largest);
	RUN(cut_data);
	RUN(cache);
	RUN(cache_is_bounded);
	RUN(cache_is_bounded_in_pixels);
	RUN(life);
	RUN(every_way);
	return test_end();
}
