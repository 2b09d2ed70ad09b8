/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Video streams: where and when frames are shown, which are left out, what is
 * reported, what damaged ones do.
 * timeout 300
 */
#include <stdlib.h>

#include "test/spice/chan_peer.h"
#include "test/test.h"

#define SIDE 32 /* px of the primary */
#define MS   1000

static struct chan_peer peer;
static struct chan_peer *to = &peer; /* who gets what is built */

/* ---- frames: gray JPEGs of the standard Huffman tables ---- */

struct bits {
	struct wire_writer *w;
	uint32_t acc;
	unsigned int n;
};

static void put_bits(struct bits *b, uint32_t v, unsigned int n)
{
	while (n--) {
		b->acc = b->acc << 1 | (v >> n & 1);
		if (++b->n < 8)
			continue;
		wire_put_u8(b->w, (uint8_t)b->acc);
		if ((b->acc & 0xff) == 0xff)
			wire_put_u8(b->w, 0);
		b->n = 0;
	}
}

/* A block that is flat and @diff levels brighter than the last. */
static void put_block(struct bits *b, int diff)
{
	static const struct {
		uint8_t code, bits;
	} codes[] = {{0, 2}, {2, 3},  {3, 3},  {4, 3}, {5, 3},
		     {6, 3}, {14, 4}, {30, 5}, {62, 6}};
	unsigned int size = 0;

	while ((diff < 0 ? -diff : diff) >> size)
		size++;
	put_bits(b, codes[size].code, codes[size].bits);
	put_bits(b, (uint32_t)(diff < 0 ? diff - 1 : diff), size);
	put_bits(b, 10, 4); /* the end of the block */
}

static void put_u16be(struct wire_writer *w, uint32_t v)
{
	wire_put_u8(w, (uint8_t)(v >> 8));
	wire_put_u8(w, (uint8_t)v);
}

/* What a frame looks like. Its lower half of blocks is of another gray. */
struct look {
	uint32_t width, height;
	uint8_t top, bottom;
	bool bare; /* it counts on a table of the one before */
	bool cut;
};

static void put_frame(struct wire_writer *w, const struct look *look)
{
	struct bits b = {w, 0, 0};
	unsigned int x, y, i;
	int last = 128;

	wire_put(w, "\xff\xd8", 2);
	if (!look->bare) {
		wire_put(w, "\xff\xdb\0\x43\0", 5);
		for (i = 0; i < 64; i++)
			wire_put_u8(w, 8);
	}
	wire_put(w, "\xff\xc0\0\x0b\x08", 5);
	put_u16be(w, look->height);
	put_u16be(w, look->width);
	wire_put(w, "\1\1\x11\0", 4);
	wire_put(w, "\xff\xda\0\x08\1\1\0\0\x3f\0", 10);
	for (y = 0; y < look->height && !look->cut; y += 8) {
		int gray = y * 2 < look->height ? look->top : look->bottom;

		for (x = 0; x < look->width; x += 8) {
			put_block(&b, gray - last);
			last = gray;
		}
	}
	put_bits(&b, 0x7f, 7);
	wire_put(w, "\xff\xd9", 2);
}

/* ---- messages ---- */

static void put_rect(struct wire_writer *w, struct pix_rect r)
{
	wire_put_u32(w, (uint32_t)r.top);
	wire_put_u32(w, (uint32_t)r.left);
	wire_put_u32(w, (uint32_t)r.bottom);
	wire_put_u32(w, (uint32_t)r.right);
}

static struct pix_rect rect(int32_t left, int32_t top, int32_t right,
			    int32_t bottom)
{
	return (struct pix_rect){left, top, right, bottom};
}

static void send(uint16_t type)
{
	chan_peer_send(to, to->display, type);
}

static void put_create(struct wire_writer *w, uint32_t id, uint8_t flags,
		       uint32_t width, uint32_t height, struct pix_rect dest)
{
	wire_put_u32(w, 0);
	wire_put_u32(w, id);
	wire_put_u8(w, flags);
	wire_put_u8(w, SPICE_VIDEO_CODEC_TYPE_MJPEG);
	wire_put_u64(w, 0);
	wire_put_u32(w, width);
	wire_put_u32(w, height);
	wire_put_u32(w, width);
	wire_put_u32(w, height);
	put_rect(w, dest);
}

static void create(uint32_t id, uint8_t flags, uint32_t width, uint32_t height,
		   struct pix_rect dest)
{
	struct wire_writer *w = chan_peer_begin(to);

	put_create(w, id, flags, width, height, dest);
	wire_put_u8(w, SPICE_CLIP_TYPE_NONE);
	send(SPICE_MSG_DISPLAY_STREAM_CREATE);
}

/* Put the length of what stands behind @at there. */
static void put_length(struct wire_writer *w, size_t at)
{
	uint32_t n = (uint32_t)(w->len - at - 4);
	unsigned int i;

	for (i = 0; i < 4; i++)
		w->base[at + i] = (uint8_t)(n >> 8 * i);
}

static void data(uint32_t id, uint32_t time, struct look look)
{
	struct wire_writer *w = chan_peer_begin(to);

	wire_put_u32(w, id);
	wire_put_u32(w, time);
	wire_put_u32(w, 0);
	put_frame(w, &look);
	put_length(w, 8);
	send(SPICE_MSG_DISPLAY_STREAM_DATA);
}

/* A whole frame of 8 x 8, one gray. */
static void gray(uint32_t id, uint32_t time, uint8_t v)
{
	data(id, time, (struct look){8, 8, v, v, false, false});
}

static void clip(uint32_t id, unsigned int n, struct pix_rect only)
{
	struct wire_writer *w = chan_peer_begin(to);

	wire_put_u32(w, id);
	wire_put_u8(w, SPICE_CLIP_TYPE_RECTS);
	wire_put_u32(w, n);
	if (n)
		put_rect(w, only);
	send(SPICE_MSG_DISPLAY_STREAM_CLIP);
}

static void destroy(uint32_t id)
{
	wire_put_u32(chan_peer_begin(to), id);
	send(SPICE_MSG_DISPLAY_STREAM_DESTROY);
}

static void activate(uint32_t id, uint32_t most, uint32_t timeout_ms)
{
	struct wire_writer *w = chan_peer_begin(to);

	wire_put_u32(w, id);
	wire_put_u32(w, 77);
	wire_put_u32(w, most);
	wire_put_u32(w, timeout_ms);
	send(SPICE_MSG_DISPLAY_STREAM_ACTIVATE_REPORT);
}

static void clock_is(uint32_t ms)
{
	wire_put_u32(chan_peer_begin(to), ms);
	chan_peer_send(to, 0, SPICE_MSG_MAIN_MULTI_MEDIA_TIME);
}

static void surface(uint32_t id)
{
	struct wire_writer *w = chan_peer_begin(to);

	wire_put_u32(w, id);
	wire_put_u32(w, SIDE);
	wire_put_u32(w, SIDE);
	wire_put_u32(w, SPICE_SURFACE_FMT_32_xRGB);
	wire_put_u32(w, id == 0);
	send(SPICE_MSG_DISPLAY_SURFACE_CREATE);
}

/* ---- the session ---- */

/* The server's clock stands at 1000 when ours stands at 10 s. */
static void begin(void)
{
	memset(&peer, 0, sizeof(peer));
	chan_peer_start(&peer);
	chan_peer_up(&peer, "d");
	peer.slot[peer.display].out_len = 0;
	chan_session_tick(peer.s, 10000 * MS);
	clock_is(1000);
	surface(0);
}

/* So many ms after begin. */
static void at(uint32_t ms)
{
	chan_session_tick(peer.s, (10000 + ms) * MS);
	chan_peer_work(&peer);
}

static int level(uint32_t x, uint32_t y)
{
	const struct pixmap *pm = chan_session_picture(peer.s);
	uint32_t v = ((const uint32_t *)pix_row(pm, y))[x];

	return (v & 0xff) == (v >> 16 & 0xff) ? (int)(v & 0xff) : -1;
}

static const struct chan_counts *counts(void)
{
	return chan_session_counts(peer.s);
}

static int end(void)
{
	if (chan_peer_end(&peer))
		return -1;
	return peer.ends ? (int)peer.error.cause : 0;
}

TEST(placed)
{
	begin();
	create(3, SPICE_STREAM_FLAGS_TOP_DOWN, 16, 16, rect(4, 8, 20, 24));
	data(3, 1000, (struct look){16, 16, 40, 200, false, false});
	CHECK_EQ(level(4, 8), 40);
	CHECK_EQ(level(19, 15), 40);
	CHECK_EQ(level(4, 16), 200);
	CHECK_EQ(level(19, 23), 200);
	CHECK_EQ(level(3, 8), 0);
	CHECK_EQ(level(20, 23), 0);
	CHECK_EQ(level(4, 24), 0);
	CHECK_EQ(peer.dirts, 1);
	CHECK_EQ(peer.dirty[0].left, 4);
	CHECK_EQ(peer.dirty[0].bottom, 24);
	CHECK_EQ(counts()->streams, 1);
	CHECK_EQ(counts()->frames, 1);
	CHECK_EQ(counts()->frames_straight, 1);
	CHECK_EQ(counts()->frames_scaled, 0);
	CHECK_EQ(end(), 0);
}

TEST(bottom_up)
{
	begin();
	create(3, 0, 16, 16, rect(0, 0, 16, 16));
	data(3, 1000, (struct look){16, 16, 40, 200, false, false});
	CHECK_EQ(level(0, 0), 200);
	CHECK_EQ(level(0, 15), 40);
	CHECK_EQ(end(), 0);
}

/* Larger, smaller, half outside: as DRAW_COPY, to the nearest pixel. */
TEST(scaled)
{
	begin();
	create(0, SPICE_STREAM_FLAGS_TOP_DOWN, 16, 16, rect(0, 0, 32, 24));
	data(0, 1000, (struct look){16, 16, 40, 200, false, false});
	CHECK_EQ(level(0, 0), 40);
	CHECK_EQ(level(31, 11), 40);
	CHECK_EQ(level(0, 12), 200);
	CHECK_EQ(level(31, 23), 200);
	CHECK_EQ(level(31, 24), 0);
	create(1, SPICE_STREAM_FLAGS_TOP_DOWN, 16, 16, rect(28, 28, 36, 36));
	data(1, 1000, (struct look){16, 16, 90, 200, false, false});
	CHECK_EQ(level(28, 28), 90);
	CHECK_EQ(level(31, 31), 90);
	CHECK_EQ(level(27, 28), 0);
	CHECK_EQ(counts()->frames_scaled, 2);
	CHECK_EQ(counts()->frames_straight, 0);
	CHECK_EQ(end(), 0);
}

TEST(clipped)
{
	struct wire_writer *w;

	begin();
	w = chan_peer_begin(&peer);
	put_create(w, 0, SPICE_STREAM_FLAGS_TOP_DOWN, 8, 8, rect(0, 0, 8, 8));
	wire_put_u8(w, SPICE_CLIP_TYPE_RECTS);
	wire_put_u32(w, 2);
	put_rect(w, rect(0, 0, 2, 2));
	put_rect(w, rect(6, 6, 9, 9));
	send(SPICE_MSG_DISPLAY_STREAM_CREATE);
	gray(0, 1000, 50);
	CHECK_EQ(level(1, 1), 50);
	CHECK_EQ(level(7, 7), 50);
	CHECK_EQ(level(2, 1), 0);
	CHECK_EQ(level(8, 8), 0);
	clip(0, 1, rect(2, 1, 3, 2));
	gray(0, 1000, 60);
	CHECK_EQ(level(2, 1), 60);
	CHECK_EQ(level(1, 1), 50);
	clip(0, 0, rect(0, 0, 0, 0)); /* nothing at all */
	gray(0, 1000, 70);
	CHECK_EQ(level(2, 1), 60);
	CHECK_EQ(counts()->frames, 3);
	w = chan_peer_begin(&peer);
	wire_put_u32(w, 0);
	wire_put_u8(w, SPICE_CLIP_TYPE_NONE);
	send(SPICE_MSG_DISPLAY_STREAM_CLIP);
	gray(0, 1000, 80);
	CHECK_EQ(level(2, 1), 80);
	CHECK_EQ(end(), 0);
}

/* A frame waits for its time; chan_session_due says when that is. */
TEST(in_time)
{
	begin();
	CHECK(chan_session_due(peer.s) == UINT64_MAX);
	create(0, SPICE_STREAM_FLAGS_TOP_DOWN, 8, 8, rect(0, 0, 8, 8));
	gray(0, 1100, 50);
	CHECK_EQ(level(0, 0), 0);
	CHECK(chan_session_due(peer.s) == 10100 * MS);
	at(99);
	CHECK_EQ(level(0, 0), 0);
	at(100);
	CHECK_EQ(level(0, 0), 50);
	CHECK(chan_session_due(peer.s) == UINT64_MAX);
	/* The server moves its clock: the next is due the sooner. */
	gray(0, 1300, 60);
	clock_is(1299);
	at(100);
	CHECK_EQ(level(0, 0), 50);
	at(101);
	CHECK_EQ(level(0, 0), 60);
	/* Further ahead than clocks that agree can be. */
	gray(0, 1301 + 2001, 70);
	CHECK_EQ(level(0, 0), 70);
	CHECK_EQ(counts()->frames_late, 0);
	CHECK_EQ(counts()->frames_dropped, 0);
	CHECK_EQ(end(), 0);
}

/* Of frames that are due only the newest is shown. */
TEST(newest_wins)
{
	begin();
	create(0, SPICE_STREAM_FLAGS_TOP_DOWN, 8, 8, rect(0, 0, 8, 8));
	gray(0, 1010, 50);
	gray(0, 1020, 60);
	gray(0, 1030, 70);
	at(25);
	CHECK_EQ(level(0, 0), 60);
	CHECK_EQ(counts()->frames, 1);
	CHECK_EQ(counts()->frames_dropped, 1);
	/* A late one: what waits is older or about as old. */
	gray(0, 1024, 80);
	CHECK_EQ(level(0, 0), 80);
	CHECK_EQ(counts()->frames_dropped, 2);
	CHECK_EQ(counts()->frames_late, 1);
	at(100);
	CHECK_EQ(level(0, 0), 80);
	CHECK_EQ(end(), 0);
}

/* Late ones that came in a heap: the last is shown. Others' do not count. */
TEST(late_heap)
{
	begin();
	create(0, SPICE_STREAM_FLAGS_TOP_DOWN, 8, 8, rect(0, 0, 8, 8));
	create(1, SPICE_STREAM_FLAGS_TOP_DOWN, 8, 8, rect(8, 0, 16, 8));
	peer.lazy = true;
	gray(0, 900, 50);
	gray(1, 900, 55);
	gray(0, 910, 60);
	gray(0, 920, 70);
	chan_peer_work(&peer);
	CHECK_EQ(level(0, 0), 70);
	CHECK_EQ(level(8, 0), 55);
	CHECK_EQ(counts()->frames, 2);
	CHECK_EQ(counts()->frames_late, 4);
	CHECK_EQ(counts()->frames_dropped, 2);
	CHECK_EQ(end(), 0);
}

/* A table stays with the stream, of a frame that is left out, too. */
TEST(tables_stay)
{
	begin();
	create(0, SPICE_STREAM_FLAGS_TOP_DOWN, 8, 8, rect(0, 0, 8, 8));
	gray(0, 1010, 50);
	data(0, 1020, (struct look){8, 8, 60, 60, true, false});
	at(30);
	CHECK_EQ(level(0, 0), 60);
	CHECK_EQ(counts()->frames_bad, 0);
	/* Another stream has none of it. */
	create(1, SPICE_STREAM_FLAGS_TOP_DOWN, 8, 8, rect(0, 0, 8, 8));
	data(1, 1000, (struct look){8, 8, 70, 70, true, false});
	CHECK_EQ(level(0, 0), 60);
	CHECK_EQ(counts()->frames_bad, 1);
	CHECK_EQ(end(), 0);
}

/* No more than so many wait; the one too many is shown. */
TEST(bounded)
{
	unsigned int i;

	begin();
	create(0, SPICE_STREAM_FLAGS_TOP_DOWN, 8, 8, rect(0, 0, 8, 8));
	for (i = 0; i < 60; i++)
		gray(0, 1100 + i, 50);
	CHECK_EQ(level(0, 0), 0);
	gray(0, 1200, 60);
	CHECK_EQ(level(0, 0), 60);
	CHECK_EQ(counts()->frames_dropped, 60);
	CHECK_EQ(end(), 0);

	/* Nor so many bytes. */
	memset(&peer, 0, sizeof(peer));
	peer.memory_bytes = 1024;
	chan_peer_start(&peer);
	chan_peer_up(&peer, "d");
	surface(0);
	create(0, SPICE_STREAM_FLAGS_TOP_DOWN, 8, 8, rect(0, 0, 8, 8));
	gray(0, 500, 50);
	CHECK_EQ(level(0, 0), 50);
	CHECK_EQ(end(), 0);
}

/* Clipped to its left column, if it is @thin. */
static void fill(struct pix_rect box, bool thin, uint32_t color)
{
	struct wire_writer *w = chan_peer_begin(&peer);

	wire_put_u32(w, 0);
	put_rect(w, box);
	wire_put_u8(w, thin ? SPICE_CLIP_TYPE_RECTS : SPICE_CLIP_TYPE_NONE);
	if (thin) {
		wire_put_u32(w, 1);
		put_rect(w, rect(box.left, box.top, box.left + 1, box.bottom));
	}
	wire_put_u8(w, SPICE_BRUSH_TYPE_SOLID);
	wire_put_u32(w, color);
	wire_put_u16(w, SPICE_ROPD_OP_PUT);
	wire_put_u8(w, 0);
	wire_put_u64(w, 0);
	wire_put_u32(w, 0);
	send(SPICE_MSG_DISPLAY_DRAW_FILL);
}

/* What ends a stream ends what of it still waits. */
TEST(ends)
{
	begin();
	create(0, SPICE_STREAM_FLAGS_TOP_DOWN, 8, 8, rect(0, 0, 8, 8));
	create(1, SPICE_STREAM_FLAGS_TOP_DOWN, 8, 8, rect(8, 0, 16, 8));
	gray(0, 1100, 50);
	gray(1, 1100, 51);
	destroy(0);
	destroy(0);
	at(200);
	CHECK_EQ(level(0, 0), 0);
	CHECK_EQ(level(8, 0), 51);
	gray(0, 1100, 52); /* of a stream that is gone */
	CHECK_EQ(level(0, 0), 0);
	gray(1, 1300, 53);
	chan_peer_begin(&peer);
	send(SPICE_MSG_DISPLAY_STREAM_DESTROY_ALL);
	at(400);
	CHECK_EQ(level(8, 0), 51);

	/* A last picture over all its place; over a part it goes on. */
	create(0, SPICE_STREAM_FLAGS_TOP_DOWN, 8, 8, rect(0, 0, 8, 8));
	gray(0, 1500, 54);
	fill(rect(0, 0, 8, 7), false, 0);
	fill(rect(0, 0, 9, 8), true, 0); /* another's, which it was once */
	at(600);
	CHECK_EQ(level(0, 0), 54);
	gray(0, 1650, 55);
	fill(rect(0, 0, 8, 8), true, 0x0b0b0b); /* what of it is seen */
	at(700);
	CHECK_EQ(level(0, 0), 11);
	gray(0, 1750, 55);
	fill(rect(0, 0, 9, 8), false, 0x0a0a0a);
	at(800);
	CHECK_EQ(level(0, 0), 10);

	/* Its surface is gone: so is the stream. */
	gray(0, 1900, 55);
	surface(0);
	at(1000);
	CHECK_EQ(level(0, 0), 0);
	gray(0, 1900, 55);
	CHECK_EQ(level(0, 0), 0);

	/* A number that is used again. */
	create(0, SPICE_STREAM_FLAGS_TOP_DOWN, 8, 8, rect(0, 0, 8, 8));
	gray(0, 2100, 56);
	create(0, SPICE_STREAM_FLAGS_TOP_DOWN, 8, 8, rect(8, 0, 16, 8));
	gray(0, 1900, 57);
	at(1200);
	CHECK_EQ(level(0, 0), 0);
	CHECK_EQ(level(8, 0), 57);
	CHECK_EQ(end(), 0);
}

static bool report_is(uint32_t id, uint32_t first, uint32_t last,
		      uint32_t frames, uint32_t late, int32_t ahead)
{
	const struct chan_peer_sent sent = chan_peer_take(&peer, peer.display);
	const uint8_t *b = sent.body;

	return sent.there && sent.size == 32 &&
	       sent.type == SPICE_MSGC_DISPLAY_STREAM_REPORT &&
	       chan_peer_u32(b) == id &&
	       chan_peer_u32(b + 4) == (first ? 77 : 0) &&
	       chan_peer_u32(b + 8) == first && chan_peer_u32(b + 12) == last &&
	       chan_peer_u32(b + 16) == frames &&
	       chan_peer_u32(b + 20) == late &&
	       (int32_t)chan_peer_u32(b + 24) == ahead &&
	       chan_peer_u32(b + 28) == UINT32_MAX;
}

TEST(reports)
{
	begin();
	create(0, SPICE_STREAM_FLAGS_TOP_DOWN, 8, 8, rect(0, 0, 8, 8));
	gray(0, 1010, 50);
	activate(0, 5, 1000);
	activate(9, 5, 1000); /* nobody knows it */
	gray(0, 1020, 50);
	gray(0, 1030, 50);
	gray(0, 990, 50);
	gray(0, 1040, 50);
	CHECK(!chan_peer_take(&peer, peer.display).there);
	gray(0, 1050, 50);
	CHECK(report_is(0, 1020, 1050, 5, 1, 50));
	/* Three too late in a row. */
	gray(0, 900, 50);
	gray(0, 910, 50);
	CHECK(!chan_peer_take(&peer, peer.display).there);
	gray(0, 920, 50);
	CHECK(report_is(0, 900, 920, 3, 3, -80));
	/* A second is over. */
	gray(0, 1060, 50);
	at(1000);
	gray(0, 2100, 50);
	CHECK(report_is(0, 1060, 2100, 2, 0, 100));
	CHECK_EQ(counts()->reports, 3);
	CHECK_EQ(end(), 0);
}

/* A codec that was never offered: the server is told so. */
TEST(other_codec)
{
	struct wire_writer *w;

	begin();
	w = chan_peer_begin(&peer);
	put_create(w, 4, 1, 8, 8, rect(0, 0, 8, 8));
	w->base[9] = SPICE_VIDEO_CODEC_TYPE_VP8;
	wire_put_u8(w, SPICE_CLIP_TYPE_NONE);
	send(SPICE_MSG_DISPLAY_STREAM_CREATE);
	CHECK(report_is(4, 0, 0, 0, UINT32_MAX, 0));
	gray(4, 1000, 50);
	clip(4, 0, rect(0, 0, 0, 0));
	activate(4, 1, 1);
	destroy(4);
	CHECK_EQ(level(0, 0), 0);
	CHECK(!chan_peer_take(&peer, peer.display).there);
	CHECK_EQ(counts()->streams, 0);
	CHECK_EQ(end(), 0);
}

static void sized(uint32_t time, struct look look, struct pix_rect dest)
{
	struct wire_writer *w = chan_peer_begin(to);

	wire_put_u32(w, 0);
	wire_put_u32(w, time);
	wire_put_u32(w, look.width);
	wire_put_u32(w, look.height);
	put_rect(w, dest);
	wire_put_u32(w, 0);
	put_frame(w, &look);
	put_length(w, 32);
	send(SPICE_MSG_DISPLAY_STREAM_DATA_SIZED);
}

TEST(sized_frames)
{
	begin();
	create(0, SPICE_STREAM_FLAGS_TOP_DOWN, 8, 8, rect(0, 0, 8, 8));
	sized(1000, (struct look){16, 8, 50, 50, false, false},
	      rect(8, 8, 24, 16));
	CHECK_EQ(level(0, 0), 0);
	CHECK_EQ(level(23, 15), 50);
	CHECK_EQ(counts()->frames_straight, 1);
	sized(1010, (struct look){16, 8, 60, 60, false, false},
	      rect(0, 0, 8, 8));
	at(10);
	CHECK_EQ(level(7, 7), 60);
	CHECK_EQ(level(8, 7), 0);
	CHECK_EQ(end(), 0);
}

/* Frames that lie cost nothing but themselves. */
TEST(damaged)
{
	begin();
	create(0, SPICE_STREAM_FLAGS_TOP_DOWN, 8, 8, rect(0, 0, 8, 8));
	data(0, 1000, (struct look){8, 8, 50, 50, false, true}); /* cut */
	data(0, 1000, (struct look){16, 8, 50, 50, false, false});
	data(0, 1000, (struct look){65535, 65535, 0, 0, false, true});
	wire_put_u32(chan_peer_begin(&peer), 0);
	wire_put_u32(&peer.w, 1000);
	wire_put_u32(&peer.w, 0);
	send(SPICE_MSG_DISPLAY_STREAM_DATA); /* nothing at all */
	CHECK_EQ(counts()->frames_bad, 4);
	/* A stream as large as can be said, and its frame. */
	create(1, SPICE_STREAM_FLAGS_TOP_DOWN, 65535, 65535, rect(0, 0, 8, 8));
	data(1, 1000, (struct look){65535, 65535, 0, 0, false, true});
	create(2, SPICE_STREAM_FLAGS_TOP_DOWN, UINT32_MAX, UINT32_MAX,
	       rect(INT32_MIN, INT32_MIN, INT32_MAX, INT32_MAX));
	gray(2, 1000, 50);
	create(3, SPICE_STREAM_FLAGS_TOP_DOWN, 8, 8,
	       rect(INT32_MAX, 0, INT32_MIN, 8));
	gray(3, 1000, 50);
	create(4, SPICE_STREAM_FLAGS_TOP_DOWN, 8, 8,
	       rect(INT32_MIN, INT32_MIN, INT32_MAX, INT32_MAX));
	gray(4, 1000, 50);
	CHECK_EQ(counts()->frames_bad, 7);
	CHECK_EQ(peer.ends, 0);
	gray(0, 1000, 60);
	CHECK_EQ(level(0, 0), 60);
	CHECK_EQ(end(), 0);
}

/* Messages that make no sense. */
TEST(refused)
{
	struct wire_writer *w;

	begin(); /* a length beyond the message */
	create(0, 1, 8, 8, rect(0, 0, 8, 8));
	w = chan_peer_begin(&peer);
	wire_put_u32(w, 0);
	wire_put_u32(w, 1000);
	wire_put_u32(w, 1);
	send(SPICE_MSG_DISPLAY_STREAM_DATA);
	CHECK_EQ(end(), CHAN_PROTOCOL);

	begin(); /* a number that no server uses */
	create(64, 1, 8, 8, rect(0, 0, 8, 8));
	CHECK_EQ(end(), CHAN_PROTOCOL);

	begin(); /* more rectangles than bytes */
	create(0, 1, 8, 8, rect(0, 0, 8, 8));
	w = chan_peer_begin(&peer);
	wire_put_u32(w, 0);
	wire_put_u8(w, SPICE_CLIP_TYPE_RECTS);
	wire_put_u32(w, 0x10000001);
	send(SPICE_MSG_DISPLAY_STREAM_CLIP);
	CHECK_EQ(end(), CHAN_PROTOCOL);
}

/* ---- every way ---- */

static void script(struct chan_peer *p)
{
	to = p;
	chan_peer_start(p);
	chan_peer_up(p, "d");
	surface(0);
	create(0, SPICE_STREAM_FLAGS_TOP_DOWN, 8, 8, rect(0, 0, 8, 8));
	activate(0, 2, 1000);
	gray(0, 0, 50);
	clip(0, 1, rect(1, 1, 4, 4));
	gray(0, 0, 60);
	gray(0, 100, 60);
	sized(0, (struct look){8, 8, 70, 70, true, false}, rect(9, 9, 32, 32));
	destroy(0);
	to = &peer;
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
	RUN(placed);
	RUN(bottom_up);
	RUN(scaled);
	RUN(clipped);
	RUN(in_time);
	RUN(newest_wins);
	RUN(late_heap);
	RUN(tables_stay);
	RUN(bounded);
	RUN(ends);
	RUN(reports);
	RUN(other_codec);
	RUN(sized_frames);
	RUN(damaged);
	RUN(refused);
	RUN(every_way);
	return test_end();
}
