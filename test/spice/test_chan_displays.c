/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Several displays in a session, several monitors on one; and a display that
 * breaks and is connected anew.
 * timeout 240
 */
#include <errno.h>
#include <stdlib.h>

#include "test/spice/chan_peer.h"
#include "test/test.h"

#define MS 1000

static struct chan_peer peer;

/* Slots of "diddcc": displays 0, 1, 2 and the first two's cursors. */
enum { FIRST = 1, INPUTS, SECOND, THIRD, CURSOR, CURSOR_2 };

static void begin(const char *channels)
{
	memset(&peer, 0, sizeof(peer));
	chan_peer_start(&peer);
	chan_peer_up(&peer, channels);
	chan_session_tick(peer.s, 1000 * MS);
}

static int end(void)
{
	if (chan_peer_end(&peer))
		return -1;
	return peer.ends ? (int)peer.error.cause : 0;
}

static void at(uint32_t ms)
{
	chan_session_tick(peer.s, (1000 + ms) * MS);
	chan_peer_work(&peer);
}

static void surface(unsigned int slot, uint32_t width, uint32_t height,
		    uint32_t format)
{
	struct wire_writer *w = chan_peer_begin(&peer);

	wire_put_u32(w, 0);
	wire_put_u32(w, width);
	wire_put_u32(w, height);
	wire_put_u32(w, format);
	wire_put_u32(w, 1);
	chan_peer_send(&peer, slot, SPICE_MSG_DISPLAY_SURFACE_CREATE);
}

static void fill(unsigned int slot, int32_t left, int32_t top, int32_t right,
		 int32_t bottom, uint32_t color)
{
	struct wire_writer *w = chan_peer_begin(&peer);

	wire_put_u32(w, 0);
	wire_put_u32(w, (uint32_t)top);
	wire_put_u32(w, (uint32_t)left);
	wire_put_u32(w, (uint32_t)bottom);
	wire_put_u32(w, (uint32_t)right);
	wire_put_u8(w, SPICE_CLIP_TYPE_NONE);
	wire_put_u8(w, SPICE_BRUSH_TYPE_SOLID);
	wire_put_u32(w, color);
	wire_put_u16(w, SPICE_ROPD_OP_PUT);
	wire_put_u8(w, 0);
	wire_put_u64(w, 0);
	wire_put_u32(w, 0);
	chan_peer_send(&peer, slot, SPICE_MSG_DISPLAY_DRAW_FILL);
}

static void mark(unsigned int slot)
{
	chan_peer_message(&peer, slot, SPICE_MSG_DISPLAY_MARK, NULL, 0);
}

static uint32_t pixel(uint32_t x, uint32_t y)
{
	const struct pixmap *pm = chan_session_picture(peer.s);

	if (!pm || x >= pm->width || y >= pm->height)
		return 0xdeadbeef;
	return ((const uint32_t *)pix_row(pm, y))[x];
}

static bool picture_is(uint32_t width, uint32_t height)
{
	const struct pixmap *pm = chan_session_picture(peer.s);

	return pm && pm->width == width && pm->height == height;
}

static bool dirty_is(int32_t left, int32_t top, int32_t right, int32_t bottom)
{
	const struct pix_rect *r = &peer.dirty[peer.dirts - 1];

	return peer.dirts && r->left == left && r->top == top &&
	       r->right == right && r->bottom == bottom;
}

/* Each has a cache and a dictionary of its own, and its share of memory. */
TEST(promises)
{
	struct chan_peer_sent sent;
	unsigned int slot, n = 0;

	begin("dd");
	for (slot = 1; slot <= 2; slot++) {
		sent = chan_peer_take(&peer, slot);
		CHECK_EQ(sent.type, SPICE_MSGC_DISPLAY_INIT);
		CHECK_EQ(sent.body[0], slot);
		CHECK_EQ(sent.body[9], slot);
		n += chan_peer_u32(sent.body + 1);
	}
	CHECK_EQ(n, (1 << 19) / 8 / 4);
	CHECK_EQ(end(), 0);
}

/* More than we show are not opened; nor twice; nor a second keyboard. */
TEST(too_many)
{
	struct wire_writer *w;
	unsigned int i, slot, opens = 0;

	begin("d");
	w = chan_peer_begin(&peer);
	wire_put_u32(w, 14);
	for (i = 0; i < 6; i++) {
		wire_put_u8(w, SPICE_CHANNEL_DISPLAY);
		wire_put_u8(w, (uint8_t)i);
		wire_put_u8(w, SPICE_CHANNEL_CURSOR);
		wire_put_u8(w, (uint8_t)i);
	}
	wire_put_u16(w, SPICE_CHANNEL_INPUTS);
	wire_put_u16(w, SPICE_CHANNEL_INPUTS | 1 << 8);
	chan_peer_send(&peer, 0, SPICE_MSG_MAIN_CHANNELS_LIST);
	for (slot = 0; slot < CHAN_SLOTS; slot++)
		opens += peer.slot[slot].opens;
	CHECK_EQ(opens, 1 + 2 * CHAN_DISPLAYS + 1);
	CHECK_EQ(end(), 0);
}

TEST(next_display)
{
	struct chan_peer_sent sent;
	unsigned int resizes;

	begin("diddcc");
	surface(FIRST, 8, 8, SPICE_SURFACE_FMT_32_xRGB);
	CHECK(!chan_session_next(peer.s)); /* there is no other */
	surface(SECOND, 16, 12, SPICE_SURFACE_FMT_32_xRGB);
	CHECK_EQ(peer.resizes, 1);
	fill(SECOND, 0, 0, 16, 12, 2);
	CHECK_EQ(peer.dirts, 0);
	fill(FIRST, 0, 0, 8, 8, 1);
	CHECK_EQ(peer.dirts, 1);
	mark(FIRST);
	CHECK(chan_session_marked(peer.s));
	CHECK_EQ(pixel(0, 0), 1);

	resizes = peer.resizes;
	CHECK(chan_session_next(peer.s));
	CHECK_EQ(peer.resizes, resizes + 1);
	CHECK_EQ(peer.cursors, 1);
	CHECK(picture_is(16, 12));
	CHECK(!chan_session_marked(peer.s));
	CHECK_EQ(pixel(15, 11), 2);
	fill(FIRST, 0, 0, 8, 8, 3);
	CHECK_EQ(peer.dirts, 1);
	fill(SECOND, 0, 0, 1, 1, 4);
	CHECK_EQ(peer.dirts, 2);

	/* The mouse is on what is shown. */
	chan_peer_message(&peer, 0, SPICE_MSG_MAIN_MOUSE_MODE, "\3\0\2\0", 4);
	peer.slot[INPUTS].out_len = 0;
	chan_session_position(peer.s, 5, 6);
	sent = chan_peer_take(&peer, INPUTS);
	CHECK_EQ(sent.type, SPICE_MSGC_INPUTS_MOUSE_POSITION);
	CHECK_EQ(chan_peer_u32(sent.body), 5);
	CHECK_EQ(chan_peer_u32(sent.body + 4), 6);
	CHECK_EQ(sent.body[10], 1);

	/* The third has no picture. */
	CHECK(chan_session_next(peer.s));
	CHECK(picture_is(8, 8));
	CHECK_EQ(pixel(0, 0), 3);
	CHECK_EQ(end(), 0);
}

static void cursor_at(unsigned int slot, uint16_t x, uint16_t y)
{
	struct wire_writer *w = chan_peer_begin(&peer);

	wire_put_u16(w, x);
	wire_put_u16(w, y);
	wire_put_u8(w, 1);
	wire_put_u16(w, SPICE_CURSOR_FLAGS_NONE);
	chan_peer_send(&peer, slot, SPICE_MSG_CURSOR_SET);
}

TEST(cursor_of_each)
{
	begin("diddcc");
	surface(FIRST, 8, 8, SPICE_SURFACE_FMT_32_xRGB);
	surface(SECOND, 8, 8, SPICE_SURFACE_FMT_32_xRGB);
	cursor_at(CURSOR, 3, 4);
	CHECK_EQ(peer.cursors, 1);
	cursor_at(CURSOR_2, 5, 6);
	CHECK_EQ(peer.cursors, 1);
	CHECK_EQ(chan_session_cursor(peer.s)->x, 3);
	chan_session_next(peer.s);
	CHECK_EQ(chan_session_cursor(peer.s)->x, 5);
	CHECK_EQ(chan_session_cursor(peer.s)->y, 6);
	CHECK_EQ(end(), 0);
}

/* A message of one display waits for another's. */
TEST(waits)
{
	struct wire_writer *w;

	begin("dd");
	surface(1, 8, 8, SPICE_SURFACE_FMT_32_xRGB);
	w = chan_peer_begin(&peer);
	wire_put_u8(w, 2);
	wire_put_u16(w, SPICE_CHANNEL_DISPLAY | 1 << 8);
	wire_put_u64(w, 2);
	wire_put_u16(w, SPICE_CHANNEL_DISPLAY | 3 << 8); /* not there */
	wire_put_u64(w, 2);
	chan_peer_send(&peer, 1, SPICE_MSG_WAIT_FOR_CHANNELS);
	fill(1, 0, 0, 8, 8, 7);
	CHECK_EQ(pixel(0, 0), 0);
	surface(2, 8, 8, SPICE_SURFACE_FMT_32_xRGB);
	CHECK_EQ(pixel(0, 0), 0);
	fill(2, 0, 0, 8, 8, 7);
	CHECK_EQ(pixel(0, 0), 7);
	CHECK_EQ(end(), 0);
}

struct head {
	uint32_t width, height, x, y;
};

static void monitors(unsigned int slot, unsigned int n, const struct head *h)
{
	struct wire_writer *w = chan_peer_begin(&peer);
	unsigned int i;

	wire_put_u16(w, (uint16_t)n);
	wire_put_u16(w, 4);
	for (i = 0; i < n; i++) {
		wire_put_u32(w, i);
		wire_put_u32(w, 0);
		wire_put_u32(w, h[i].width);
		wire_put_u32(w, h[i].height);
		wire_put_u32(w, h[i].x);
		wire_put_u32(w, h[i].y);
		wire_put_u32(w, 0);
	}
	chan_peer_send(&peer, slot, SPICE_MSG_DISPLAY_MONITORS_CONFIG);
}

/* Two monitors on one surface: each is a picture of its own. */
TEST(heads)
{
	static const struct head two[] = {{8, 8, 0, 0}, {6, 5, 8, 2}};
	struct chan_peer_sent sent;

	begin("dic");
	surface(1, 16, 8, SPICE_SURFACE_FMT_32_xRGB);
	CHECK(picture_is(16, 8));
	fill(1, 0, 0, 16, 8, 1);
	fill(1, 8, 2, 9, 3, 2);
	monitors(1, 2, two);
	CHECK(picture_is(8, 8));
	CHECK_EQ(peer.resizes, 2);
	monitors(1, 2, two); /* nothing new */
	CHECK_EQ(peer.resizes, 2);
	fill(1, 6, 0, 10, 3, 3);
	CHECK(dirty_is(6, 0, 8, 3));
	fill(1, 8, 0, 10, 2, 3);
	CHECK_EQ(peer.dirts, 3); /* the second saw nothing of it either */

	cursor_at(3, 9, 4);
	CHECK(chan_session_next(peer.s));
	CHECK(picture_is(6, 5));
	CHECK_EQ(pixel(0, 0), 3);
	CHECK_EQ(pixel(5, 4), 1);
	CHECK_EQ(chan_session_cursor(peer.s)->x, 1);
	CHECK_EQ(chan_session_cursor(peer.s)->y, 2);
	fill(1, 0, 0, 16, 8, 4);
	CHECK(dirty_is(0, 0, 6, 5));
	chan_peer_message(&peer, 0, SPICE_MSG_MAIN_MOUSE_MODE, "\3\0\2\0", 4);
	peer.slot[2].out_len = 0;
	chan_session_position(peer.s, 1, 1);
	sent = chan_peer_take(&peer, 2);
	CHECK_EQ(chan_peer_u32(sent.body), 9);
	CHECK_EQ(chan_peer_u32(sent.body + 4), 3);
	CHECK_EQ(sent.body[10], 0);

	CHECK(chan_session_next(peer.s));
	CHECK(picture_is(8, 8));
	CHECK(chan_session_next(peer.s));
	monitors(1, 1, two); /* the one on show is gone */
	CHECK(picture_is(8, 8));
	CHECK(!chan_session_next(peer.s));
	monitors(1, 0, two);
	CHECK(picture_is(16, 8));
	CHECK_EQ(end(), 0);
}

/* Monitors that cannot be: all of the surface. */
TEST(odd_heads)
{
	static const struct head odd[] = {
		{0, 8, 0, 0},
		{8, 8, 16, 0},
		{8, 8, 0xfffffff0, 0xffffffff},
		{0xffffffff, 0xffffffff, 0, 0},
	};
	static const struct head corner = {4, 4, 3, 4};
	struct head many[40];
	unsigned int i;

	begin("d");
	surface(1, 16, 8, SPICE_SURFACE_FMT_32_xRGB);
	for (i = 0; i < 4; i++) {
		monitors(1, 1, &odd[i]);
		CHECK(picture_is(16, 8));
	}
	for (i = 0; i < 40; i++)
		many[i] = (struct head){1, 1, i % 16, 0};
	monitors(1, 40, many);
	CHECK(picture_is(1, 1));
	for (i = 0; i < 16; i++)
		CHECK(chan_session_next(peer.s));
	CHECK(picture_is(1, 1));
	/* Rows of 16 bits begin at whole words. */
	monitors(1, 1, &corner);
	CHECK(picture_is(4, 4));
	surface(1, 16, 8, SPICE_SURFACE_FMT_16_555);
	CHECK(picture_is(16, 8));
	/* More than the message has. */
	wire_put_u16(chan_peer_begin(&peer), 2);
	wire_put_u16(&peer.w, 2);
	wire_put_u64(&peer.w, 0);
	chan_peer_send(&peer, 1, SPICE_MSG_DISPLAY_MONITORS_CONFIG);
	CHECK_EQ(end(), CHAN_PROTOCOL);
}

/* ---- what is asked for ---- */

/* AUTO goes by how long the server's long PING takes. */
static uint8_t asked(uint32_t ms, uint32_t bytes)
{
	static uint8_t ping[256012];
	static const uint8_t list[6] = {1, 0, 0, 0, SPICE_CHANNEL_DISPLAY, 0};
	uint8_t head[6] = {SPICE_MSG_PING, 0, 0, 0, 0, 0};
	struct chan_peer_sent sent;
	unsigned int i;

	memset(&peer, 0, sizeof(peer));
	peer.compression = CHAN_COMPRESSION_AUTO;
	chan_peer_start(&peer);
	chan_peer_up(&peer, "");
	chan_session_tick(peer.s, 1000 * MS);
	for (i = 0; i < 4; i++)
		head[2 + i] = (uint8_t)(bytes >> 8 * i);
	chan_peer_feed(&peer, 0, head, 6);
	chan_peer_feed(&peer, 0, ping, bytes / 2);
	chan_session_tick(peer.s, (1000 + ms) * MS);
	chan_peer_feed(&peer, 0, ping, bytes - bytes / 2);
	chan_peer_message(&peer, 0, SPICE_MSG_MAIN_CHANNELS_LIST, list, 6);
	chan_peer_link(&peer, 1, 0x1052);
	chan_peer_take(&peer, 1);
	sent = chan_peer_take(&peer, 1);
	if (end() || sent.type != SPICE_MSGC_DISPLAY_PREFERRED_COMPRESSION)
		return 0;
	return sent.body[0];
}

TEST(asks_by_the_line)
{
	CHECK_EQ(asked(0, 256012), SPICE_IMAGE_COMPRESSION_LZ);
	CHECK_EQ(asked(204, 256012), SPICE_IMAGE_COMPRESSION_LZ);
	CHECK_EQ(asked(206, 256012), SPICE_IMAGE_COMPRESSION_AUTO_GLZ);
	CHECK_EQ(asked(900, 1012), SPICE_IMAGE_COMPRESSION_LZ);
}

/* ---- a display that breaks ---- */

/* A drawing message on a surface that is not there. */
static void nonsense(unsigned int slot)
{
	static const uint8_t body[40] = {99};

	chan_peer_message(&peer, slot, SPICE_MSG_DISPLAY_DRAW_FILL, body, 40);
}

static void complete(unsigned int slot, uint32_t color)
{
	surface(slot, 8, 8, SPICE_SURFACE_FMT_32_xRGB);
	fill(slot, 0, 0, 8, 8, color);
	mark(slot);
}

static const struct chan_counts *counts(void)
{
	return chan_session_counts(peer.s);
}

TEST(mended)
{
	unsigned int inputs;

	begin("di");
	complete(1, 1);
	inputs = peer.slot[2].opens;
	nonsense(1);
	CHECK_EQ(peer.ends, 0);
	CHECK_EQ(peer.slot[1].closes, 1);
	CHECK_EQ(peer.slot[1].opens, 1);
	CHECK_EQ(counts()->mended, 1);
	CHECK(!chan_session_picture(peer.s));
	/* What is still on its way is nobody's. */
	fill(1, 0, 0, 8, 8, 5);
	chan_session_closed(peer.s, 1, 0);
	at(49);
	CHECK_EQ(peer.slot[1].opens, 1);
	at(50);
	CHECK_EQ(peer.slot[1].opens, 2);
	chan_peer_link(&peer, 1, 0x1052);
	complete(1, 2);
	CHECK_EQ(pixel(0, 0), 2);
	CHECK_EQ(peer.slot[1].closes, 1);
	CHECK_EQ(peer.slot[2].opens, inputs);
	CHECK_EQ(peer.slot[0].opens, 1);
	CHECK_EQ(end(), 0);
}

/* The server has not noticed yet: it closes what it has just let in. */
TEST(mended_later)
{
	uint32_t ms = 0, tries = 0;

	begin("d");
	complete(1, 1);
	nonsense(1);
	for (; tries < 4; ms += 10) {
		at(ms);
		if (peer.slot[1].opens == tries + 1)
			continue;
		tries++;
		chan_peer_link(&peer, 1, 0x1052);
		chan_session_closed(peer.s, 1, tries & 1 ? 0 : -ECONNRESET);
		chan_peer_work(&peer);
		CHECK_EQ(peer.ends, 0);
	}
	CHECK(ms > 700 && ms < 1000); /* 50 + 100 + 200 + 400 */
	at(ms + 800);
	chan_peer_link(&peer, 1, 0x1052);
	complete(1, 2);
	CHECK_EQ(pixel(0, 0), 2);
	CHECK_EQ(counts()->mended, 1);
	CHECK_EQ(end(), 0);
}

/* Nor does what lies between let it in at once. */
TEST(mended_behind_a_proxy)
{
	static const struct chan_error errors[] = {{.cause = CHAN_PROXY},
						   {.cause = CHAN_TLS_OTHER}};
	unsigned int i;

	begin("d");
	complete(1, 1);
	nonsense(1);
	for (i = 0; i < 2; i++) {
		at(500 * (i + 1));
		CHECK_EQ(peer.slot[1].opens, i + 2);
		chan_session_refused(peer.s, 1, &errors[i]);
		chan_peer_work(&peer);
		CHECK_EQ(peer.ends, 0);
	}
	at(2000);
	chan_peer_link(&peer, 1, 0x1052);
	complete(1, 2);
	CHECK_EQ(pixel(0, 0), 2);
	CHECK_EQ(end(), 0);
}

/* It never lets us in: the session ends, for what was wrong at first. */
TEST(not_mended)
{
	uint32_t ms;

	begin("d");
	complete(1, 1);
	nonsense(1);
	for (ms = 0; ms < 20000 && !peer.ends; ms += 100) {
		unsigned int opens = peer.slot[1].opens;

		at(ms);
		if (peer.slot[1].opens != opens)
			chan_session_closed(peer.s, 1, -ECONNREFUSED);
	}
	CHECK(ms > 15000 && ms < 17000);
	CHECK_EQ(peer.error.rc, -EPROTO);
	CHECK_EQ(peer.error.detail, SPICE_MSG_DISPLAY_DRAW_FILL);
	CHECK_EQ(end(), CHAN_PROTOCOL);

	/* Nonsense in the new picture: it will not get better. */
	begin("d");
	complete(1, 1);
	nonsense(1);
	at(100);
	chan_peer_link(&peer, 1, 0x1052);
	nonsense(1);
	CHECK_EQ(end(), CHAN_PROTOCOL);

	/* One that was never complete. */
	begin("d");
	surface(1, 8, 8, SPICE_SURFACE_FMT_32_xRGB);
	nonsense(1);
	CHECK_EQ(end(), CHAN_PROTOCOL);

	/* Meanwhile main is over. */
	begin("d");
	complete(1, 1);
	nonsense(1);
	chan_session_closed(peer.s, 0, 0);
	chan_peer_work(&peer);
	CHECK_EQ(end(), CHAN_SERVER_CLOSED);
}

/* So often in a minute, and after a minute anew; then plainer pictures. */
TEST(mended_often)
{
	struct chan_peer_sent sent;
	unsigned int i, ms = 0;

	begin("d");
	complete(1, 1);
	for (i = 0; i < 5; i++) {
		peer.slot[1].out_len = 0;
		nonsense(1);
		at(ms += 100);
		chan_peer_link(&peer, 1, 0x1052);
		sent = chan_peer_take(&peer, 1);
		CHECK_EQ(sent.type, SPICE_MSGC_DISPLAY_INIT);
		sent = chan_peer_take(&peer, 1);
		CHECK_EQ(sent.there, i > 0);
		CHECK(!i || sent.body[0] == SPICE_IMAGE_COMPRESSION_LZ);
		complete(1, 2);
	}
	CHECK_EQ(peer.ends, 0);
	at(ms += 100);
	chan_session_tick(peer.s, (ms + 61000 + 1000) * MS);
	nonsense(1);
	CHECK_EQ(peer.ends, 0);
	ms += 61000;
	for (i = 0; i < 5; i++) {
		at(ms += 100);
		chan_peer_link(&peer, 1, 0x1052);
		complete(1, 2);
		CHECK_EQ(peer.ends, 0);
		nonsense(1);
	}
	CHECK_EQ(end(), CHAN_PROTOCOL);
}

/* An owner that cannot hold more. */
TEST(reopened)
{
	begin("di");
	surface(1, 8, 8, SPICE_SURFACE_FMT_32_xRGB);
	peer.lazy = true;
	fill(1, 0, 0, 8, 8, 5);
	CHECK(chan_session_backlog(peer.s, 1));
	CHECK(chan_session_reopen(peer.s, 1));
	CHECK_EQ(chan_session_backlog(peer.s, 1), 0);
	CHECK_EQ(peer.slot[1].closes, 1);
	at(60);
	CHECK_EQ(peer.slot[1].opens, 2);
	chan_peer_link(&peer, 1, 0x1052);
	complete(1, 2);
	chan_peer_work(&peer);
	CHECK_EQ(pixel(0, 0), 2);
	CHECK(!chan_session_reopen(peer.s, 2));
	CHECK_EQ(end(), CHAN_MEMORY);
}

/* From inside a decode it is put off until that is over. */
static void reopen(struct chan_peer *p)
{
	chan_session_reopen(p->s, 1);
	CHECK_EQ(p->slot[1].closes, 0);
}

TEST(reopened_in_a_yield)
{
	begin("d");
	surface(1, 1024, 512, SPICE_SURFACE_FMT_32_xRGB);
	peer.on_yield = reopen;
	fill(1, 0, 0, 1024, 512, 5);
	CHECK_EQ(peer.slot[1].closes, 1);
	CHECK_EQ(peer.ends, 0);
	CHECK_EQ(counts()->mended, 1);
	CHECK_EQ(end(), 0);
}

/* The second of two breaks; the first goes on. */
TEST(one_of_two)
{
	begin("dd");
	complete(1, 1);
	complete(2, 2);
	nonsense(2);
	CHECK_EQ(peer.slot[2].closes, 1);
	fill(1, 0, 0, 8, 8, 3);
	CHECK_EQ(pixel(0, 0), 3);
	CHECK(!chan_session_next(peer.s));
	at(60);
	chan_peer_link(&peer, 2, 0x1052);
	complete(2, 4);
	CHECK(chan_session_next(peer.s));
	CHECK_EQ(pixel(0, 0), 4);
	CHECK_EQ(end(), 0);
}

/* A second display that cannot be mended is given up, the first one stays. */
TEST(given_up)
{
	unsigned int i, ms;

	/* It never showed anything; its pointer, too. */
	begin("ddcc");
	complete(1, 1);
	nonsense(2);
	CHECK_EQ(peer.slot[2].closes, 1);
	CHECK_EQ(peer.ends, 0);
	chan_session_closed(peer.s, 2, 0); /* nobody's */
	chan_peer_message(&peer, 4, SPICE_MSG_CURSOR_SET, "", 1);
	CHECK_EQ(peer.slot[4].closes, 1);
	fill(1, 0, 0, 8, 8, 3);
	CHECK_EQ(pixel(0, 0), 3);
	at(60000);
	CHECK_EQ(peer.slot[2].opens, 1);
	/* The first one's are needed. */
	chan_peer_message(&peer, 3, SPICE_MSG_CURSOR_SET, "", 1);
	CHECK_EQ(end(), CHAN_PROTOCOL);

	/* Its connection is lost, while it is on show. */
	begin("dd");
	complete(1, 1);
	complete(2, 2);
	CHECK(chan_session_next(peer.s));
	CHECK_EQ(pixel(0, 0), 2);
	i = peer.resizes;
	chan_session_closed(peer.s, 2, -ECONNRESET);
	chan_peer_work(&peer);
	CHECK_EQ(peer.ends, 0);
	CHECK(peer.resizes > i);
	CHECK_EQ(pixel(0, 0), 1);
	CHECK(!chan_session_next(peer.s));
	fill(1, 0, 0, 8, 8, 3);
	CHECK_EQ(pixel(0, 0), 3);
	CHECK_EQ(end(), 0);

	/* The same before the first has a picture. */
	begin("dd");
	complete(2, 2);
	CHECK(chan_session_next(peer.s));
	chan_session_closed(peer.s, 2, 0);
	chan_peer_work(&peer);
	CHECK(!chan_session_picture(peer.s));
	complete(1, 1);
	CHECK_EQ(pixel(0, 0), 1);
	CHECK_EQ(end(), 0);

	/* Never mended, and mended too often. */
	begin("dd");
	complete(1, 1);
	complete(2, 2);
	nonsense(2);
	for (ms = 0; ms < 20000; ms += 100) {
		i = peer.slot[2].opens;
		at(ms);
		if (peer.slot[2].opens != i)
			chan_session_closed(peer.s, 2, -ECONNREFUSED);
	}
	CHECK(strstr(peer.log, "given up"));
	CHECK_EQ(peer.ends, 0);
	CHECK_EQ(end(), 0);
	begin("dd");
	complete(1, 1);
	complete(2, 2);
	for (i = ms = 0; i < 6; i++) {
		nonsense(2);
		at(ms += 100);
		if (i == 5)
			break;
		chan_peer_link(&peer, 2, 0x1052);
		complete(2, 2);
	}
	CHECK(strstr(peer.log, "given up"));
	CHECK_EQ(pixel(0, 0), 1);
	CHECK_EQ(end(), 0);

	/* Not even let in: the link is refused. */
	memset(&peer, 0, sizeof(peer));
	chan_peer_start(&peer);
	chan_peer_up(&peer, "d");
	complete(1, 1);
	chan_peer_message(&peer, 0, SPICE_MSG_MAIN_CHANNELS_LIST,
			  "\1\0\0\0\2\1", 6);
	CHECK_EQ(peer.slot[2].opens, 1);
	chan_session_closed(peer.s, 2, -ECONNREFUSED);
	CHECK_EQ(peer.ends, 0);
	CHECK_EQ(peer.slot[2].closes, 0);
	CHECK_EQ(end(), 0);
}

int main(void)
{
	RUN(promises);
	RUN(too_many);
	RUN(next_display);
	RUN(cursor_of_each);
	RUN(waits);
	RUN(heads);
	RUN(odd_heads);
	RUN(asks_by_the_line);
	RUN(mended);
	RUN(mended_later);
	RUN(mended_behind_a_proxy);
	RUN(not_mended);
	RUN(mended_often);
	RUN(reopened);
	RUN(reopened_in_a_yield);
	RUN(one_of_two);
	RUN(given_up);
	return test_end();
}
