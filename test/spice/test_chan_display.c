/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The display channel: surfaces, the parts of every drawing message, images
 * with their palettes and caches, what is dirty, what is refused.
 * timeout 300
 */
#include <errno.h>
#include <stdlib.h>

#include "spice/draw/draw.h"
#include "test/spice/chan_peer.h"
#include "test/test.h"

#define XRGB SPICE_SURFACE_FMT_32_xRGB
#define ARGB SPICE_SURFACE_FMT_32_ARGB
#define SIDE 8 /* px of the primary */

static struct chan_peer peer;

/* ---- building messages ---- */

/* u32 that become offsets of what stands further behind */
static size_t pointer(struct wire_writer *w)
{
	wire_put_u32(w, 0);
	return w->len - 4;
}

static void point_here(struct wire_writer *w, size_t at)
{
	uint32_t offset = (uint32_t)w->len;

	w->base[at] = (uint8_t)offset;
	w->base[at + 1] = (uint8_t)(offset >> 8);
	w->base[at + 2] = (uint8_t)(offset >> 16);
	w->base[at + 3] = (uint8_t)(offset >> 24);
}

static void put_rect(struct wire_writer *w, int32_t left, int32_t top,
		     int32_t right, int32_t bottom)
{
	wire_put_u32(w, (uint32_t)top);
	wire_put_u32(w, (uint32_t)left);
	wire_put_u32(w, (uint32_t)bottom);
	wire_put_u32(w, (uint32_t)right);
}

/* Surface and box; the clip is the caller's. */
static struct wire_writer *base(uint32_t surface, int32_t left, int32_t top,
				int32_t right, int32_t bottom)
{
	struct wire_writer *w = chan_peer_begin(&peer);

	wire_put_u32(w, surface);
	put_rect(w, left, top, right, bottom);
	return w;
}

static void no_clip(struct wire_writer *w)
{
	wire_put_u8(w, SPICE_CLIP_TYPE_NONE);
}

static void no_mask(struct wire_writer *w)
{
	wire_put_u8(w, 0);
	wire_put_u64(w, 0);
	wire_put_u32(w, 0);
}

static void descriptor(struct wire_writer *w, uint64_t id, uint8_t type,
		       uint8_t flags, uint32_t width, uint32_t height)
{
	wire_put_u64(w, id);
	wire_put_u8(w, type);
	wire_put_u8(w, flags);
	wire_put_u32(w, width);
	wire_put_u32(w, height);
}

/* The sub-header of a top-down BITMAP up to its palette. */
static void bitmap_head(struct wire_writer *w, uint8_t format, uint8_t flags,
			uint32_t width, uint32_t height, uint32_t stride)
{
	wire_put_u8(w, format);
	wire_put_u8(w, flags | SPICE_BITMAP_FLAGS_TOP_DOWN);
	wire_put_u32(w, width);
	wire_put_u32(w, height);
	wire_put_u32(w, stride);
}

/* A whole 32-bit image whose pixel (x, y) is first + y * width + x. */
static void put_image(struct wire_writer *w, uint64_t id, uint8_t flags,
		      uint8_t format, uint32_t width, uint32_t height,
		      uint32_t first)
{
	uint32_t i;

	descriptor(w, id, SPICE_IMAGE_TYPE_BITMAP, flags, width, height);
	bitmap_head(w, format, 0, width, height, width * 4);
	wire_put_u32(w, 0);
	for (i = 0; i < width * height; i++)
		wire_put_u32(w, first + i);
}

/* What stands between base and clip and the source's descriptor in a COPY. */
static void copy_parts(struct wire_writer *w, int32_t width, int32_t height)
{
	size_t at = pointer(w);

	put_rect(w, 0, 0, width, height);
	wire_put_u16(w, SPICE_ROPD_OP_PUT);
	wire_put_u8(w, SPICE_IMAGE_SCALE_MODE_NEAREST);
	no_mask(w);
	point_here(w, at);
}

static struct wire_writer *copy_to(uint32_t surface, int32_t left, int32_t top,
				   int32_t width, int32_t height)
{
	struct wire_writer *w = base(surface, left, top, left + width,
				     top + height);

	no_clip(w);
	copy_parts(w, width, height);
	return w;
}

static void send(uint16_t type)
{
	chan_peer_send(&peer, peer.display, type);
}

static void copy_done(void)
{
	send(SPICE_MSG_DISPLAY_DRAW_COPY);
}

static void surface(uint32_t id, uint32_t width, uint32_t height,
		    uint32_t format)
{
	struct wire_writer *w = chan_peer_begin(&peer);

	wire_put_u32(w, id);
	wire_put_u32(w, width);
	wire_put_u32(w, height);
	wire_put_u32(w, format);
	wire_put_u32(w, id == 0);
	send(SPICE_MSG_DISPLAY_SURFACE_CREATE);
}

/* ---- the session ---- */

static void begin_with(uint32_t format)
{
	memset(&peer, 0, sizeof(peer));
	chan_peer_start(&peer);
	chan_peer_up(&peer, "d");
	peer.slot[peer.display].out_len = 0;
	if (format)
		surface(0, SIDE, SIDE, format);
}

static void begin(void)
{
	begin_with(XRGB);
}

static uint32_t pixel(uint32_t x, uint32_t y)
{
	const struct pixmap *pm = chan_session_picture(peer.s);

	if (!pm)
		return 0xdeadbeef;
	if (pix_bits(pm->format) == 16)
		return ((const uint16_t *)pix_row(pm, y))[x];
	return ((const uint32_t *)pix_row(pm, y))[x];
}

/* The end: 0 where all is well, the cause where not, -1 for lost memory. */
static int end(void)
{
	if (chan_peer_end(&peer))
		return -1;
	return peer.ends ? (int)peer.error.cause : 0;
}

static bool dirty_is(unsigned int i, int32_t left, int32_t top, int32_t right,
		     int32_t bottom)
{
	const struct pix_rect *r = &peer.dirty[i];

	return i < peer.dirts && r->left == left && r->top == top &&
	       r->right == right && r->bottom == bottom;
}

static const struct chan_counts *counts(void)
{
	return chan_session_counts(peer.s);
}

/* ---- INIT ---- */

TEST(says_first)
{
	struct chan_peer_sent sent;

	memset(&peer, 0, sizeof(peer));
	peer.compression = SPICE_IMAGE_COMPRESSION_LZ;
	peer.memory_bytes = 8 << 20;
	chan_peer_start(&peer);
	chan_peer_up(&peer, "d");
	/* The first are of the link: mechanism and ticket are gone already. */
	sent = chan_peer_take(&peer, 1);
	CHECK_EQ(sent.type, SPICE_MSGC_DISPLAY_INIT);
	CHECK_EQ(sent.size, 14);
	CHECK_EQ(chan_peer_u32(sent.body + 1), 1 << 18); /* px: 1 MiB */
	CHECK_EQ(chan_peer_u32(sent.body + 5), 0);
	CHECK_EQ(chan_peer_u32(sent.body + 10), 1 << 18);
	sent = chan_peer_take(&peer, 1);
	CHECK_EQ(sent.type, SPICE_MSGC_DISPLAY_PREFERRED_COMPRESSION);
	CHECK_EQ(sent.size, 1);
	CHECK_EQ(sent.body[0], SPICE_IMAGE_COMPRESSION_LZ);
	CHECK(!chan_peer_take(&peer, 1).there);
	CHECK_EQ(end(), 0);
}

/* Nothing that the server does not know, nothing that nobody wished. */
TEST(no_preference)
{
	memset(&peer, 0, sizeof(peer));
	peer.compression = SPICE_IMAGE_COMPRESSION_LZ;
	chan_peer_start(&peer);
	chan_peer_up(&peer, "");
	chan_peer_message(&peer, 0, SPICE_MSG_MAIN_CHANNELS_LIST,
			  "\1\0\0\0\2\0", 6);
	chan_peer_link(&peer, 1, 0x1012); /* without PREF_COMPRESSION */
	CHECK_EQ(chan_peer_take(&peer, 1).type, SPICE_MSGC_DISPLAY_INIT);
	CHECK(!chan_peer_take(&peer, 1).there);
	CHECK_EQ(end(), 0);

	memset(&peer, 0, sizeof(peer));
	chan_peer_start(&peer);
	chan_peer_up(&peer, "d");
	CHECK_EQ(chan_peer_take(&peer, 1).type, SPICE_MSGC_DISPLAY_INIT);
	CHECK(!chan_peer_take(&peer, 1).there);
	CHECK_EQ(end(), 0);
}

/* ---- surfaces ---- */

TEST(primary)
{
	begin_with(0);
	CHECK(!chan_session_picture(peer.s));
	CHECK(!chan_session_marked(peer.s));
	surface(0, 5, 3, XRGB);
	CHECK_EQ(peer.resizes, 1);
	CHECK_EQ(chan_session_picture(peer.s)->width, 5);
	CHECK_EQ(chan_session_picture(peer.s)->height, 3);
	CHECK_EQ(pixel(4, 2), 0);
	CHECK(!chan_session_marked(peer.s));
	chan_peer_message(&peer, 1, SPICE_MSG_DISPLAY_MARK, NULL, 0);
	CHECK(chan_session_marked(peer.s));

	/* Another size without a destroy between. */
	surface(0, 7, 9, SPICE_SURFACE_FMT_16_565);
	CHECK_EQ(peer.resizes, 2);
	CHECK_EQ(chan_session_picture(peer.s)->width, 7);
	CHECK(!chan_session_marked(peer.s));
	chan_peer_message(&peer, 1, SPICE_MSG_DISPLAY_MARK, NULL, 0);

	chan_peer_message(&peer, 1, SPICE_MSG_DISPLAY_SURFACE_DESTROY,
			  "\0\0\0\0", 4);
	CHECK_EQ(peer.resizes, 3);
	CHECK(!chan_session_picture(peer.s));
	CHECK(!chan_session_marked(peer.s));
	/* Twice, and one that never was: nothing to do. */
	chan_peer_message(&peer, 1, SPICE_MSG_DISPLAY_SURFACE_DESTROY,
			  "\0\0\0\0", 4);
	chan_peer_message(&peer, 1, SPICE_MSG_DISPLAY_SURFACE_DESTROY,
			  "\7\0\0\0", 4);
	CHECK_EQ(peer.ends, 0);

	surface(0, 5, 3, ARGB);
	surface(9, 5, 3, ARGB);
	chan_peer_message(&peer, 1, SPICE_MSG_DISPLAY_RESET, NULL, 0);
	CHECK(!chan_session_picture(peer.s));
	CHECK_EQ(end(), 0);
}

static int surface_cause(uint32_t id, uint32_t width, uint32_t height,
			 uint32_t format)
{
	begin_with(0);
	surface(id, width, height, format);
	return end();
}

TEST(hostile_surfaces)
{
	CHECK_EQ(surface_cause(0, 1, 1, SPICE_SURFACE_FMT_1_A), 0);
	CHECK_EQ(surface_cause(0, 1, 1, SPICE_SURFACE_FMT_8_A), 0);
	CHECK_EQ(surface_cause(0, 1, 1, SPICE_SURFACE_FMT_16_555), 0);
	CHECK_EQ(surface_cause(1023, 1, 1, XRGB), 0);
	CHECK_EQ(surface_cause(1024, 1, 1, XRGB), CHAN_PROTOCOL);
	CHECK_EQ(surface_cause(UINT32_MAX, 1, 1, XRGB), CHAN_PROTOCOL);
	CHECK_EQ(surface_cause(0, 0, 1, XRGB), CHAN_PROTOCOL);
	CHECK_EQ(surface_cause(0, 1, 0, XRGB), CHAN_PROTOCOL);
	CHECK_EQ(surface_cause(0, 16385, 1, XRGB), CHAN_PROTOCOL);
	CHECK_EQ(surface_cause(0, 16384, 16384, XRGB), CHAN_PROTOCOL);
	CHECK_EQ(surface_cause(0, 65536, 65536, XRGB), CHAN_PROTOCOL);
	CHECK_EQ(surface_cause(0, UINT32_MAX, UINT32_MAX, XRGB), CHAN_PROTOCOL);
	CHECK_EQ(surface_cause(0, 0x40000001, 4, XRGB), CHAN_PROTOCOL);
	CHECK_EQ(surface_cause(0, 1, 1, 0), CHAN_PROTOCOL);
	CHECK_EQ(surface_cause(0, 1, 1, 33), CHAN_PROTOCOL);
	CHECK_EQ(surface_cause(0, 1, 1, UINT32_MAX), CHAN_PROTOCOL);

	begin_with(0);
	chan_peer_message(&peer, 1, SPICE_MSG_DISPLAY_SURFACE_DESTROY,
			  "\0\4\0\0", 4);
	CHECK_EQ(end(), CHAN_PROTOCOL);
}

/* ---- COPY ---- */

TEST(copy)
{
	begin();
	put_image(copy_to(0, 2, 1, 3, 2), 1, 0, SPICE_BITMAP_FMT_32BIT, 3, 2,
		  0x10);
	copy_done();
	CHECK_EQ(peer.ends, 0);
	CHECK_EQ(pixel(1, 1), 0);
	CHECK_EQ(pixel(2, 0), 0);
	CHECK_EQ(pixel(2, 1), 0x10);
	CHECK_EQ(pixel(4, 1), 0x12);
	CHECK_EQ(pixel(2, 2), 0x13);
	CHECK_EQ(pixel(5, 1), 0);
	CHECK_EQ(pixel(2, 3), 0);
	CHECK_EQ(peer.dirts, 1);
	CHECK(dirty_is(0, 2, 1, 5, 3));
	CHECK_EQ(counts()->straight, 1);
	CHECK_EQ(counts()->image[SPICE_IMAGE_TYPE_BITMAP], 1);
	CHECK_EQ(counts()->bitmap[SPICE_BITMAP_FMT_32BIT], 1);
	CHECK_EQ(counts()->draw[4], 1);
	CHECK_EQ(counts()->surface_off, 0);
	CHECK_EQ(end(), 0);
}

/* Beyond the surface's edges nothing is drawn, nothing is dirty. */
TEST(copy_over_the_edge)
{
	begin();
	put_image(copy_to(0, -1, -1, 3, 3), 1, 0, SPICE_BITMAP_FMT_32BIT, 3, 3,
		  1);
	copy_done();
	CHECK_EQ(pixel(0, 0), 5);
	CHECK_EQ(pixel(1, 1), 9);
	CHECK_EQ(pixel(2, 0), 0);
	CHECK(dirty_is(0, 0, 0, 2, 2));
	put_image(copy_to(0, SIDE - 1, SIDE - 1, 3, 3), 1, 0,
		  SPICE_BITMAP_FMT_32BIT, 3, 3, 1);
	copy_done();
	CHECK_EQ(pixel(SIDE - 1, SIDE - 1), 1);
	CHECK(dirty_is(1, SIDE - 1, SIDE - 1, SIDE, SIDE));
	put_image(copy_to(0, SIDE, 0, 1, 1), 1, 0, SPICE_BITMAP_FMT_32BIT, 1, 1,
		  1);
	copy_done();
	put_image(copy_to(0, 3, 3, 0, 0), 1, 0, SPICE_BITMAP_FMT_32BIT, 1, 1,
		  1);
	copy_done(); /* an empty box, an empty source */
	CHECK_EQ(peer.ends, 0);
	CHECK_EQ(peer.dirts, 2);
	CHECK_EQ(counts()->straight, 0);
	CHECK_EQ(end(), 0);
}

/* Encodings of a 4x3 picture, for straight(). */
static void put_lz(struct wire_writer *w, uint32_t width, uint32_t height)
{
	uint32_t i,
		head[7] = {0x20205a4c, 0x10001, 8, width, height, width * 4, 1};
	size_t size_at;

	descriptor(w, 1, SPICE_IMAGE_TYPE_LZ_RGB, 0, width, height);
	size_at = w->len;
	wire_put_u32(w, 0);
	for (i = 0; i < 28; i++)
		wire_put_u8(w, (uint8_t)(head[i / 4] >> (24 - i % 4 * 8)));
	for (i = 0; i < width * height; i++) {
		if (i % 32 == 0)
			wire_put_u8(
				w, (uint8_t)(width * height - i > 32
						     ? 31
						     : width * height - i - 1));
		wire_put_u8(w, (uint8_t)(i * 3));
		wire_put_u8(w, (uint8_t)(i * 5));
		wire_put_u8(w, (uint8_t)(i * 7));
	}
	w->base[size_at] = (uint8_t)(w->len - size_at - 4);
	w->base[size_at + 1] = (uint8_t)((w->len - size_at - 4) >> 8);
}

static void put_any(struct wire_writer *w, unsigned int kind)
{
	static const uint8_t formats[] = {
		SPICE_BITMAP_FMT_32BIT, SPICE_BITMAP_FMT_RGBA,
		SPICE_BITMAP_FMT_24BIT, SPICE_BITMAP_FMT_16BIT,
		SPICE_BITMAP_FMT_8BIT};
	static const uint8_t bytes[] = {4, 4, 3, 2, 1};
	uint32_t i;
	size_t at;

	if (kind == 5) {
		put_lz(w, 4, 3);
		return;
	}
	descriptor(w, 1, SPICE_IMAGE_TYPE_BITMAP, 0, 4, 3);
	bitmap_head(w, formats[kind], 0, 4, 3, 4u * bytes[kind] + kind);
	at = pointer(w);
	for (i = 0; i < (4u * bytes[kind] + kind) * 3; i++)
		wire_put_u8(w, (uint8_t)(i * 29 + 7));
	if (kind != 4)
		return;
	point_here(w, at);
	wire_put_u64(w, 0);
	wire_put_u16(w, 256);
	for (i = 0; i < 256; i++)
		wire_put_u32(w, i * 0x10203);
}

/* Draw one kind of image; @way: 0 straight, 1 under a clip, 2 from a larger. */
static void draw_any(uint32_t format, unsigned int kind, unsigned int way)
{
	struct wire_writer *w;

	begin_with(format);
	w = base(0, 1, 2, 5, 5);
	if (way == 1) {
		wire_put_u8(w, SPICE_CLIP_TYPE_RECTS);
		wire_put_u32(w, 1);
		put_rect(w, 0, 0, 100, 100);
	} else {
		no_clip(w);
	}
	copy_parts(w, 4, 3);
	put_any(w, kind);
	copy_done();
}

/* Decoded to where they belong, or painted: the same in every byte. */
TEST(straight_is_the_same)
{
	static const uint32_t formats[] = {XRGB, ARGB, SPICE_SURFACE_FMT_16_555,
					   SPICE_SURFACE_FMT_16_565};
	uint32_t first[SIDE * SIDE], i;
	unsigned int f, kind, way, straight = 0;

	for (f = 0; f < 4; f++) {
		for (kind = 0; kind < 6; kind++) {
			for (way = 0; way < 2; way++) {
				draw_any(formats[f], kind, way);
				CHECK_EQ(peer.ends, 0);
				if (way == 0)
					straight += counts()->straight;
				else
					CHECK_EQ(counts()->straight, 0);
				CHECK(dirty_is(0, 1, 2, 5, 5));
				for (i = 0; i < SIDE * SIDE; i++) {
					uint32_t v = pixel(i % SIDE, i / SIDE);

					if (way == 0)
						first[i] = v;
					else
						CHECK_EQ(v, first[i]);
				}
				CHECK_EQ(end(), 0);
			}
		}
	}
	/* xRGB: all but 16 bits; ARGB: RGBA only. */
	CHECK_EQ(straight, 6);
}

/* What must not go straight: parts of an image, other rops, flags. */
TEST(not_straight)
{
	struct wire_writer *w;
	size_t at;

	begin();
	w = base(0, 0, 0, 2, 2);
	no_clip(w);
	at = pointer(w);
	put_rect(w, 1, 1, 3, 3);
	wire_put_u16(w, SPICE_ROPD_OP_PUT);
	wire_put_u8(w, 0);
	no_mask(w);
	point_here(w, at);
	put_image(w, 1, 0, SPICE_BITMAP_FMT_32BIT, 4, 4, 0);
	copy_done();
	CHECK_EQ(pixel(0, 0), 5);
	CHECK_EQ(pixel(1, 1), 10);
	CHECK_EQ(counts()->straight, 0);

	/* An image that is larger than its source area. */
	put_image(copy_to(0, 4, 4, 2, 2), 1, 0, SPICE_BITMAP_FMT_32BIT, 3, 3,
		  0x20);
	copy_done();
	CHECK_EQ(pixel(4, 5), 0x23);
	CHECK_EQ(counts()->straight, 0);

	/* XOR. */
	w = base(0, 4, 4, 6, 6);
	no_clip(w);
	at = pointer(w);
	put_rect(w, 0, 0, 2, 2);
	wire_put_u16(w, SPICE_ROPD_OP_XOR);
	wire_put_u8(w, 0);
	no_mask(w);
	point_here(w, at);
	put_image(w, 1, 0, SPICE_BITMAP_FMT_32BIT, 2, 2, 0xff00);
	copy_done();
	CHECK_EQ(pixel(4, 5) & 0xffffff, 0x23 ^ 0xff02);
	CHECK_EQ(counts()->rop, 1);
	CHECK_EQ(counts()->straight, 0);

	/* BLEND is COPY by another name. */
	put_image(copy_to(0, 0, 0, 1, 1), 1, 0, SPICE_BITMAP_FMT_32BIT, 1, 1,
		  0x77);
	send(SPICE_MSG_DISPLAY_DRAW_BLEND);
	CHECK_EQ(pixel(0, 0), 0x77);
	CHECK_EQ(counts()->draw[5], 1);
	CHECK_EQ(counts()->straight, 0);

	/* Twice the size: scaled. */
	w = base(0, 0, 0, 4, 4);
	no_clip(w);
	copy_parts(w, 2, 2);
	put_image(w, 1, 0, SPICE_BITMAP_FMT_32BIT, 2, 2, 0x30);
	copy_done();
	CHECK_EQ(pixel(1, 1) & 0xffffff, 0x30);
	CHECK_EQ(pixel(2, 3) & 0xffffff, 0x33);
	CHECK_EQ(counts()->scaled, 1);

	/* The right half of an image, as large as all of it. */
	w = base(0, 0, 0, 2, 2);
	no_clip(w);
	at = pointer(w);
	put_rect(w, 1, 0, 2, 2);
	wire_put_u16(w, SPICE_ROPD_OP_PUT);
	wire_put_u8(w, SPICE_IMAGE_SCALE_MODE_NEAREST);
	no_mask(w);
	point_here(w, at);
	put_image(w, 1, 0, SPICE_BITMAP_FMT_32BIT, 2, 2, 0x40);
	copy_done();
	CHECK_EQ(pixel(0, 1) & 0xffffff, 0x43);
	CHECK_EQ(counts()->scaled, 2);
	CHECK_EQ(counts()->straight, 0);
	CHECK_EQ(end(), 0);
}

TEST(high_bits_set)
{
	begin_with(ARGB);
	put_image(copy_to(0, 0, 0, 2, 1), 1, SPICE_IMAGE_FLAGS_HIGH_BITS_SET,
		  SPICE_BITMAP_FMT_32BIT, 2, 1, 0x10203);
	copy_done();
	CHECK_EQ(pixel(0, 0), 0xff010203);
	CHECK_EQ(pixel(1, 0), 0xff010204);
	CHECK_EQ(counts()->straight, 0);
	/* Alpha that an image has is its own. */
	put_image(copy_to(0, 0, 0, 2, 1), 1, SPICE_IMAGE_FLAGS_HIGH_BITS_SET,
		  SPICE_BITMAP_FMT_RGBA, 2, 1, 0x40010203);
	copy_done();
	CHECK_EQ(pixel(0, 0), 0x40010203);
	CHECK_EQ(end(), 0);
}

/* ---- clips ---- */

static void fill(struct wire_writer *w, uint32_t color)
{
	wire_put_u8(w, SPICE_BRUSH_TYPE_SOLID);
	wire_put_u32(w, color);
	wire_put_u16(w, SPICE_ROPD_OP_PUT);
	no_mask(w);
	send(SPICE_MSG_DISPLAY_DRAW_FILL);
}

TEST(clips)
{
	struct wire_writer *w;

	begin();
	w = base(0, 1, 1, 7, 7);
	wire_put_u8(w, SPICE_CLIP_TYPE_RECTS);
	wire_put_u32(w, 4);
	put_rect(w, 0, 0, 3, 3);
	put_rect(w, 6, 6, 100, 100);
	put_rect(w, 5, 5, 5, 9);     /* empty */
	put_rect(w, 50, 50, 60, 60); /* elsewhere */
	fill(w, 0x42);
	CHECK_EQ(pixel(0, 0), 0);
	CHECK_EQ(pixel(1, 1), 0x42);
	CHECK_EQ(pixel(2, 2), 0x42);
	CHECK_EQ(pixel(3, 3), 0);
	CHECK_EQ(pixel(6, 6), 0x42);
	CHECK_EQ(pixel(7, 7), 0);
	CHECK_EQ(peer.dirts, 2);
	CHECK(dirty_is(0, 1, 1, 3, 3));
	CHECK(dirty_is(1, 6, 6, 7, 7));
	CHECK_EQ(counts()->clipped, 1);

	/* No rectangles: nothing is drawn. */
	w = base(0, 0, 0, 8, 8);
	wire_put_u8(w, SPICE_CLIP_TYPE_RECTS);
	wire_put_u32(w, 0);
	fill(w, 0x99);
	CHECK_EQ(pixel(4, 4), 0);
	CHECK_EQ(peer.dirts, 2);
	CHECK_EQ(end(), 0);
}

/* More rectangles than there are, and a clip of no known type. */
TEST(bad_clips)
{
	static const uint32_t too_many[] = {2, 0x10000001, UINT32_MAX};
	struct wire_writer *w;
	unsigned int i;

	for (i = 0; i < 3; i++) {
		begin();
		w = base(0, 0, 0, 8, 8);
		wire_put_u8(w, SPICE_CLIP_TYPE_RECTS);
		wire_put_u32(w, too_many[i]);
		put_rect(w, 0, 0, 3, 3);
		send(SPICE_MSG_DISPLAY_DRAW_FILL);
		CHECK_EQ(end(), CHAN_PROTOCOL);
	}
	begin();
	w = base(0, 0, 0, 8, 8);
	wire_put_u8(w, 2);
	fill(w, 1);
	CHECK_EQ(end(), CHAN_PROTOCOL);
}

/* ---- brushes ---- */

static struct wire_writer *fill_whole(void)
{
	struct wire_writer *w = base(0, 0, 0, SIDE, SIDE);

	no_clip(w);
	return w;
}

TEST(brushes)
{
	struct wire_writer *w;
	size_t at;

	begin();
	fill(fill_whole(), 0x123456);
	CHECK_EQ(pixel(7, 7) & 0xffffff, 0x123456);
	CHECK_EQ(counts()->brush[SPICE_BRUSH_TYPE_SOLID], 1);

	/* A tile with its origin at (1, 1). */
	w = fill_whole();
	wire_put_u8(w, SPICE_BRUSH_TYPE_PATTERN);
	at = pointer(w);
	wire_put_u32(w, 1);
	wire_put_u32(w, 1);
	wire_put_u16(w, SPICE_ROPD_OP_PUT);
	no_mask(w);
	point_here(w, at);
	put_image(w, 1, 0, SPICE_BITMAP_FMT_32BIT, 2, 2, 0x50);
	send(SPICE_MSG_DISPLAY_DRAW_FILL);
	CHECK_EQ(pixel(1, 1), 0x50);
	CHECK_EQ(pixel(0, 0), 0x53);
	CHECK_EQ(pixel(2, 1), 0x51);
	CHECK_EQ(pixel(7, 6), 0x52);
	CHECK_EQ(counts()->brush[SPICE_BRUSH_TYPE_PATTERN], 1);

	/* None is black. */
	w = fill_whole();
	wire_put_u8(w, SPICE_BRUSH_TYPE_NONE);
	wire_put_u16(w, SPICE_ROPD_OP_PUT);
	no_mask(w);
	send(SPICE_MSG_DISPLAY_DRAW_FILL);
	CHECK_EQ(pixel(3, 3) & 0xffffff, 0);
	CHECK_EQ(peer.dirts, 3);
	CHECK_EQ(end(), 0);

	begin();
	w = fill_whole();
	wire_put_u8(w, 3);
	wire_put_u64(w, 0);
	wire_put_u64(w, 0);
	send(SPICE_MSG_DISPLAY_DRAW_FILL);
	CHECK_EQ(end(), CHAN_PROTOCOL);

	begin();
	w = fill_whole();
	wire_put_u8(w, SPICE_BRUSH_TYPE_PATTERN);
	wire_put_u32(w, 0); /* no image */
	wire_put_u64(w, 0);
	wire_put_u64(w, 0);
	wire_put_u64(w, 0);
	send(SPICE_MSG_DISPLAY_DRAW_FILL);
	CHECK_EQ(end(), CHAN_PROTOCOL);
}

/* The solid operations, OPAQUE, COPY_BITS. */
TEST(other_operations)
{
	struct wire_writer *w;
	size_t at;

	begin();
	w = base(0, 0, 0, 2, 2);
	no_clip(w);
	no_mask(w);
	send(SPICE_MSG_DISPLAY_DRAW_WHITENESS);
	CHECK_EQ(pixel(1, 1) & 0xffffff, 0xffffff);
	w = base(0, 0, 0, 1, 1);
	no_clip(w);
	no_mask(w);
	send(SPICE_MSG_DISPLAY_DRAW_BLACKNESS);
	CHECK_EQ(pixel(0, 0) & 0xffffff, 0);
	w = base(0, 0, 0, 2, 1);
	no_clip(w);
	no_mask(w);
	send(SPICE_MSG_DISPLAY_DRAW_INVERS);
	CHECK_EQ(pixel(0, 0) & 0xffffff, 0xffffff);
	CHECK_EQ(pixel(1, 0) & 0xffffff, 0);

	w = base(0, 4, 4, 6, 6);
	no_clip(w);
	wire_put_u32(w, 0);
	wire_put_u32(w, 0);
	send(SPICE_MSG_DISPLAY_COPY_BITS);
	CHECK_EQ(pixel(4, 4) & 0xffffff, 0xffffff);
	CHECK_EQ(pixel(5, 4) & 0xffffff, 0);
	CHECK_EQ(pixel(5, 5) & 0xffffff, 0xffffff);
	CHECK(dirty_is(3, 4, 4, 6, 6));
	CHECK_EQ(counts()->draw[0], 1);

	w = base(0, 0, 6, 1, 7);
	no_clip(w);
	at = pointer(w);
	put_rect(w, 0, 0, 1, 1);
	wire_put_u8(w, SPICE_BRUSH_TYPE_SOLID);
	wire_put_u32(w, 0x0f0f0f);
	wire_put_u16(w, SPICE_ROPD_OP_AND);
	wire_put_u8(w, 0);
	no_mask(w);
	point_here(w, at);
	put_image(w, 1, 0, SPICE_BITMAP_FMT_32BIT, 1, 1, 0x123456);
	send(SPICE_MSG_DISPLAY_DRAW_OPAQUE);
	CHECK_EQ(peer.ends, 0);
	CHECK_EQ(pixel(0, 6) & 0xffffff, 0x020406);
	CHECK_EQ(peer.dirts, 5);
	CHECK_EQ(end(), 0);
}

/* ---- masks ---- */

/* Fill the whole surface through a mask at (pos, 0) of 8x1, its bits. */
static void mask_fill(uint8_t format, uint8_t flags, uint32_t pos, uint8_t bits)
{
	struct wire_writer *w = fill_whole();
	size_t at;

	wire_put_u8(w, SPICE_BRUSH_TYPE_SOLID);
	wire_put_u32(w, 0xff);
	wire_put_u16(w, SPICE_ROPD_OP_PUT);
	wire_put_u8(w, flags);
	wire_put_u32(w, pos);
	wire_put_u32(w, 0);
	at = pointer(w);
	point_here(w, at);
	descriptor(w, 1, SPICE_IMAGE_TYPE_BITMAP, 0, 8, 1);
	bitmap_head(w, format, 0, 8, 1, 1);
	wire_put_u32(w, 0);
	wire_put_u8(w, bits);
	send(SPICE_MSG_DISPLAY_DRAW_FILL);
}

/* Which of row 0 is not black, bit 0 for the leftmost. */
static unsigned int row_bits(uint32_t y)
{
	unsigned int x, bits = 0;

	for (x = 0; x < SIDE; x++)
		bits |= (pixel(x, y) & 0xffffff ? 1u : 0) << x;
	return bits;
}

TEST(masks)
{
	begin();
	mask_fill(SPICE_BITMAP_FMT_1BIT_LE, 0, 0, 0x35);
	CHECK_EQ(row_bits(0), 0x35);
	CHECK_EQ(row_bits(1), 0); /* outside the mask */
	CHECK_EQ(counts()->masked, 1);
	/* Dirty is the box: the mask is not looked at. */
	CHECK(dirty_is(0, 0, 0, SIDE, SIDE));
	CHECK_EQ(end(), 0);

	begin();
	mask_fill(SPICE_BITMAP_FMT_1BIT_BE, 0, 0, 0x35);
	CHECK_EQ(row_bits(0), 0xac);
	CHECK_EQ(end(), 0);

	begin();
	mask_fill(SPICE_BITMAP_FMT_1BIT_LE, SPICE_MASK_FLAGS_INVERS, 0, 0x35);
	CHECK_EQ(row_bits(0), 0xca);
	CHECK_EQ(row_bits(1), 0);
	CHECK_EQ(end(), 0);

	begin();
	mask_fill(SPICE_BITMAP_FMT_1BIT_LE, 0, 2, 0x35);
	CHECK_EQ(row_bits(0), 0x0d);
	CHECK_EQ(end(), 0);

	/* A mask has one bit. */
	begin();
	mask_fill(SPICE_BITMAP_FMT_8BIT_A, 0, 0, 0x35);
	CHECK(end() != 0);
	begin();
	mask_fill(SPICE_BITMAP_FMT_8BIT, 0, 0, 0x35);
	CHECK(end() != 0);
}

/* COPY through a mask that is a surface. */
TEST(mask_surface)
{
	struct wire_writer *w;
	size_t at, mask;

	begin();
	surface(3, 8, 8, SPICE_SURFACE_FMT_1_A);
	w = base(3, 0, 0, 4, 8);
	no_clip(w);
	no_mask(w);
	send(SPICE_MSG_DISPLAY_DRAW_WHITENESS);
	CHECK_EQ(peer.dirts, 0);
	CHECK_EQ(counts()->surface_off, 1);

	w = fill_whole();
	at = pointer(w);
	put_rect(w, 0, 0, SIDE, SIDE);
	wire_put_u16(w, SPICE_ROPD_OP_PUT);
	wire_put_u8(w, 0);
	wire_put_u8(w, 0);
	wire_put_u64(w, 0);
	mask = pointer(w);
	point_here(w, at);
	put_image(w, 1, 0, SPICE_BITMAP_FMT_32BIT, SIDE, SIDE, 0x100);
	point_here(w, mask);
	descriptor(w, 0, SPICE_IMAGE_TYPE_SURFACE, 0, 8, 8);
	wire_put_u32(w, 3);
	copy_done();
	CHECK_EQ(peer.ends, 0);
	CHECK_EQ(row_bits(5), 0x0f);
	CHECK_EQ(counts()->straight, 0);
	CHECK_EQ(counts()->image[SPICE_IMAGE_TYPE_SURFACE], 1);
	CHECK_EQ(end(), 0);

	/* A surface with colours is no mask. */
	begin();
	w = fill_whole();
	wire_put_u8(w, 0);
	wire_put_u64(w, 0);
	mask = pointer(w);
	point_here(w, mask);
	descriptor(w, 0, SPICE_IMAGE_TYPE_SURFACE, 0, 8, 8);
	wire_put_u32(w, 0);
	send(SPICE_MSG_DISPLAY_DRAW_INVERS);
	CHECK_EQ(end(), CHAN_PROTOCOL);
}

/* ---- palettes ---- */

/* Draw a 4x1 8-bit picture: pixels 0..3; the palette as @flags say. */
static void indexed(uint8_t flags, uint64_t unique, unsigned int entries,
		    uint32_t first)
{
	struct wire_writer *w = copy_to(0, 0, 0, 4, 1);
	unsigned int i;
	size_t at = 0;

	descriptor(w, 1, SPICE_IMAGE_TYPE_BITMAP, 0, 4, 1);
	bitmap_head(w, SPICE_BITMAP_FMT_8BIT, flags, 4, 1, 4);
	if (flags & SPICE_BITMAP_FLAGS_PAL_FROM_CACHE)
		wire_put_u64(w, unique);
	else
		at = pointer(w);
	wire_put_u32(w, 0x03020100);
	if (at) {
		point_here(w, at);
		wire_put_u64(w, unique);
		wire_put_u16(w, (uint16_t)entries);
		for (i = 0; i < entries; i++)
			wire_put_u32(w, first + i);
	}
	copy_done();
}

TEST(palettes)
{
	begin();
	indexed(0, 1, 4, 0x70);
	CHECK_EQ(pixel(0, 0), 0x70);
	CHECK_EQ(pixel(3, 0), 0x73);
	CHECK_EQ(counts()->palette, 1);
	/* Indices beyond it are black. */
	indexed(0, 1, 2, 0x70);
	CHECK_EQ(pixel(1, 0), 0x71);
	CHECK_EQ(pixel(2, 0), 0);

	indexed(SPICE_BITMAP_FLAGS_PAL_CACHE_ME, 1, 4, 0x80);
	indexed(SPICE_BITMAP_FLAGS_PAL_CACHE_ME, 2, 4, 0x90);
	indexed(SPICE_BITMAP_FLAGS_PAL_FROM_CACHE, 1, 0, 0);
	CHECK_EQ(pixel(3, 0), 0x83);
	indexed(SPICE_BITMAP_FLAGS_PAL_FROM_CACHE, 2, 0, 0);
	CHECK_EQ(pixel(3, 0), 0x93);
	CHECK_EQ(counts()->palette_cached, 2);
	chan_peer_message(&peer, 1, SPICE_MSG_DISPLAY_INVAL_PALETTE,
			  "\1\0\0\0\0\0\0\0", 8);
	indexed(SPICE_BITMAP_FLAGS_PAL_FROM_CACHE, 2, 0, 0);
	CHECK_EQ(peer.ends, 0);
	indexed(SPICE_BITMAP_FLAGS_PAL_FROM_CACHE, 1, 0, 0);
	CHECK_EQ(end(), CHAN_PROTOCOL);

	begin();
	indexed(SPICE_BITMAP_FLAGS_PAL_CACHE_ME, 1, 4, 0x80);
	chan_peer_message(&peer, 1, SPICE_MSG_DISPLAY_INVAL_ALL_PALETTES, NULL,
			  0);
	indexed(SPICE_BITMAP_FLAGS_PAL_FROM_CACHE, 1, 0, 0);
	CHECK_EQ(end(), CHAN_PROTOCOL);

	begin();
	indexed(0, 1, 257, 0);
	CHECK_EQ(end(), CHAN_PROTOCOL);
	begin();
	indexed(0, 1, 256, 0);
	CHECK_EQ(end(), 0);
}

/* On 16 bits a palette's colours are 555 values already. */
TEST(palette_16)
{
	begin_with(SPICE_SURFACE_FMT_16_555);
	indexed(0, 1, 4, 0x7c1f);
	CHECK_EQ(pixel(0, 0), 0x7c1f);
	CHECK_EQ(pixel(1, 0), 0x7c20);
	CHECK_EQ(end(), 0);
}

/* LZ_PLT, literals only; its palette stands behind the data. */
static void lz_plt(uint8_t flags, bool palette)
{
	static const uint8_t head[28] = {
		0x20, 0x20, 0x5a, 0x4c, 0, 1, 0, 1, 0, 0, 0, 5, 0, 0,
		0,    4,    0,	  0,	0, 1, 0, 0, 0, 4, 0, 0, 0, 1};
	struct wire_writer *w = copy_to(0, 0, 0, 4, 1);
	size_t at;

	descriptor(w, 1, SPICE_IMAGE_TYPE_LZ_PLT, 0, 4, 1);
	wire_put_u8(w, flags | SPICE_BITMAP_FLAGS_TOP_DOWN);
	wire_put_u32(w, sizeof(head) + 5);
	if (flags & SPICE_BITMAP_FLAGS_PAL_FROM_CACHE) {
		wire_put_u64(w, 5);
		palette = false;
		at = 0;
	} else {
		at = pointer(w);
	}
	wire_put(w, head, sizeof(head));
	wire_put(w, "\x03\0\1\2\3", 5);
	if (palette) {
		point_here(w, at);
		wire_put_u64(w, 5);
		wire_put_u16(w, 4);
		wire_put_u32(w, 0x10);
		wire_put_u32(w, 0x20);
		wire_put_u32(w, 0x30);
		wire_put_u32(w, 0x40);
	}
	copy_done();
}

TEST(lz_palettes)
{
	begin();
	lz_plt(SPICE_BITMAP_FLAGS_PAL_CACHE_ME, true);
	CHECK_EQ(peer.ends, 0);
	CHECK_EQ(pixel(3, 0), 0x40);
	CHECK_EQ(counts()->image[SPICE_IMAGE_TYPE_LZ_PLT], 1);
	lz_plt(SPICE_BITMAP_FLAGS_PAL_FROM_CACHE, false);
	CHECK_EQ(peer.ends, 0);
	lz_plt(0, false);
	CHECK_EQ(end(), CHAN_PROTOCOL);
}

/* ---- the image cache ---- */

static void from_cache(uint64_t id, uint8_t type)
{
	descriptor(copy_to(0, 0, 0, 2, 2), id, type, 0, 2, 2);
	copy_done();
}

static void to_cache(uint64_t id, uint8_t flags, uint32_t first)
{
	put_image(copy_to(0, 0, 0, 2, 2), id, flags, SPICE_BITMAP_FMT_32BIT, 2,
		  2, first);
	copy_done();
}

static void inval(uint8_t type, uint64_t id)
{
	struct wire_writer *w = chan_peer_begin(&peer);

	wire_put_u16(w, 1);
	wire_put_u8(w, type);
	wire_put_u64(w, id);
	send(SPICE_MSG_DISPLAY_INVAL_LIST);
}

#define KEEP SPICE_IMAGE_FLAGS_CACHE_ME

TEST(image_cache)
{
	begin();
	to_cache(7, KEEP, 0x10);
	CHECK_EQ(pixel(0, 0), 0x10);
	to_cache(8, KEEP, 0x20);
	from_cache(7, SPICE_IMAGE_TYPE_FROM_CACHE);
	CHECK_EQ(pixel(1, 1), 0x13);
	from_cache(8, SPICE_IMAGE_TYPE_FROM_CACHE_LOSSLESS);
	CHECK_EQ(pixel(1, 1), 0x23);
	CHECK_EQ(counts()->straight, 0);

	/* Replaced: new pixels, to be removed no more often. */
	to_cache(7, SPICE_IMAGE_FLAGS_CACHE_REPLACE_ME, 0x30);
	CHECK_EQ(pixel(1, 1), 0x33);
	from_cache(7, SPICE_IMAGE_TYPE_FROM_CACHE);
	CHECK_EQ(pixel(1, 1), 0x33);
	inval(2, 7); /* no pixmap */
	inval(SPICE_RES_TYPE_PIXMAP, 4711);
	from_cache(7, SPICE_IMAGE_TYPE_FROM_CACHE);
	CHECK_EQ(peer.ends, 0);
	inval(SPICE_RES_TYPE_PIXMAP, 7);
	from_cache(8, SPICE_IMAGE_TYPE_FROM_CACHE);
	CHECK_EQ(peer.ends, 0);
	from_cache(7, SPICE_IMAGE_TYPE_FROM_CACHE);
	CHECK_EQ(end(), CHAN_PROTOCOL);

	begin();
	to_cache(7, KEEP, 0x10);
	chan_peer_message(&peer, 1, SPICE_MSG_DISPLAY_INVAL_ALL_PIXMAPS, "\0",
			  1);
	from_cache(7, SPICE_IMAGE_TYPE_FROM_CACHE);
	CHECK_EQ(end(), CHAN_PROTOCOL);

	/* A list that is shorter than it says. */
	begin();
	chan_peer_message(&peer, 1, SPICE_MSG_DISPLAY_INVAL_LIST,
			  "\2\0\1\0\0\0\0\0\0\0\0", 11);
	CHECK_EQ(end(), CHAN_PROTOCOL);
}

/* Images in the order in which they come: the pattern is the source, kept. */
TEST(image_order)
{
	struct wire_writer *w;
	size_t src, pattern;

	begin();
	w = base(0, 0, 0, 2, 2);
	no_clip(w);
	src = pointer(w);
	put_rect(w, 0, 0, 2, 2);
	wire_put_u8(w, SPICE_BRUSH_TYPE_PATTERN);
	pattern = pointer(w);
	wire_put_u64(w, 0);
	wire_put_u8(w, 0xc0); /* pattern and source */
	wire_put_u8(w, SPICE_IMAGE_SCALE_MODE_NEAREST);
	no_mask(w);
	point_here(w, src);
	put_image(w, 9, KEEP, SPICE_BITMAP_FMT_32BIT, 2, 2, 0x50);
	point_here(w, pattern);
	descriptor(w, 9, SPICE_IMAGE_TYPE_FROM_CACHE, 0, 2, 2);
	send(SPICE_MSG_DISPLAY_DRAW_ROP3);
	CHECK_EQ(peer.ends, 0);
	CHECK_EQ(pixel(1, 1), 0x53);
	CHECK_EQ(counts()->cell[9][CHAN_CELL_BRUSH + SPICE_BRUSH_TYPE_PATTERN],
		 1);
	CHECK_EQ(end(), 0);
}

/* Two images of one number: the second takes the place of what was a mask. */
TEST(mask_is_replaced)
{
	static const uint8_t flags[] = {KEEP,
					SPICE_IMAGE_FLAGS_CACHE_REPLACE_ME};
	struct wire_writer *w;
	size_t src, mask;
	unsigned int i, y;

	for (i = 0; i < 2; i++) {
		begin();
		w = fill_whole();
		src = pointer(w);
		put_rect(w, 0, 0, SIDE, SIDE);
		wire_put_u16(w, SPICE_ROPD_OP_PUT);
		wire_put_u8(w, 0);
		wire_put_u8(w, 0);
		wire_put_u64(w, 0);
		mask = pointer(w);
		point_here(w, mask);
		descriptor(w, 9, SPICE_IMAGE_TYPE_BITMAP, KEEP, SIDE, SIDE);
		bitmap_head(w, SPICE_BITMAP_FMT_1BIT_BE, 0, SIDE, SIDE, 1);
		wire_put_u32(w, 0);
		for (y = 0; y < SIDE; y++)
			wire_put_u8(w, 0x35);
		point_here(w, src);
		/* smaller than the mask was */
		put_image(w, 9, flags[i], SPICE_BITMAP_FMT_32BIT, 2, 2, 0x50);
		copy_done();
		CHECK_EQ(end(), CHAN_PROTOCOL);
	}
}

/* What was promised in INIT is what there is: more is the server's error. */
TEST(image_cache_is_bounded)
{
	unsigned int i;

	memset(&peer, 0, sizeof(peer));
	peer.memory_bytes = 32 * 8; /* 8 pixels */
	chan_peer_start(&peer);
	chan_peer_up(&peer, "d");
	surface(0, SIDE, SIDE, XRGB);
	for (i = 0; i < 2; i++)
		to_cache(i, KEEP, i);
	CHECK_EQ(peer.ends, 0);
	to_cache(2, KEEP, 2);
	CHECK_EQ(end(), CHAN_PROTOCOL);
}

/* An image that nobody sees is kept all the same. */
TEST(decoded_even_if_unseen)
{
	begin();
	put_image(copy_to(0, -50, -50, 2, 2), 7, KEEP, SPICE_BITMAP_FMT_32BIT,
		  2, 2, 0x10);
	copy_done();
	CHECK_EQ(peer.dirts, 0);
	from_cache(7, SPICE_IMAGE_TYPE_FROM_CACHE);
	CHECK_EQ(pixel(0, 0), 0x10);
	CHECK_EQ(end(), 0);
}

/* ---- images that are surfaces ---- */

static void surface_image(uint32_t to, uint32_t from)
{
	struct wire_writer *w = copy_to(to, 0, 0, 4, 4);

	descriptor(w, 0, SPICE_IMAGE_TYPE_SURFACE, 0, 4, 4);
	wire_put_u32(w, from);
	copy_done();
}

TEST(surface_images)
{
	begin();
	surface(5, 4, 4, XRGB);
	put_image(copy_to(5, 0, 0, 4, 4), 1, 0, SPICE_BITMAP_FMT_32BIT, 4, 4,
		  0x60);
	copy_done();
	CHECK_EQ(peer.dirts, 0);
	CHECK_EQ(pixel(0, 0), 0);
	surface_image(0, 5);
	CHECK_EQ(pixel(3, 3), 0x6f);
	CHECK(dirty_is(0, 0, 0, 4, 4));
	surface_image(0, 0); /* itself */
	CHECK_EQ(pixel(3, 3), 0x6f);
	CHECK_EQ(counts()->image[SPICE_IMAGE_TYPE_SURFACE], 2);
	CHECK_EQ(counts()->surface_off, 1);
	surface_image(0, 6);
	CHECK_EQ(end(), CHAN_PROTOCOL);
	begin();
	surface_image(0, UINT32_MAX);
	CHECK_EQ(end(), CHAN_PROTOCOL);
	begin();
	surface_image(6, 0);
	CHECK_EQ(end(), CHAN_PROTOCOL);
	begin();
	descriptor(copy_to(0, 0, 0, 1, 1), 0, SPICE_IMAGE_TYPE_SURFACE, 0, 4,
		   4);
	copy_done(); /* no number behind the descriptor */
	CHECK_EQ(end(), CHAN_PROTOCOL);
}

/* ---- images that are refused ---- */

/* What comes of a 2x2 BITMAP whose sub-header says that. */
static int bitmap_cause(uint8_t format, uint32_t width, uint32_t height,
			uint32_t stride)
{
	struct wire_writer *w;

	begin();
	w = copy_to(0, 0, 0, 2, 2);
	descriptor(w, 1, SPICE_IMAGE_TYPE_BITMAP, 0, 2, 2);
	bitmap_head(w, format, 0, width, height, stride);
	wire_put_u32(w, 0);
	wire_put_u64(w, 0);
	wire_put_u64(w, 0);
	copy_done();
	return end();
}

TEST(bad_bitmaps)
{
	CHECK_EQ(bitmap_cause(SPICE_BITMAP_FMT_32BIT, 2, 2, 8), 0);
	CHECK_EQ(bitmap_cause(SPICE_BITMAP_FMT_32BIT, 2, 2, 9), CHAN_PROTOCOL);
	CHECK_EQ(bitmap_cause(SPICE_BITMAP_FMT_32BIT, 2, 2, 7), CHAN_IMAGE);
	CHECK_EQ(bitmap_cause(SPICE_BITMAP_FMT_32BIT, 2, 2, 0), CHAN_IMAGE);
	CHECK_EQ(bitmap_cause(SPICE_BITMAP_FMT_32BIT, 2, 2, 0x80000008),
		 CHAN_PROTOCOL);
	CHECK_EQ(bitmap_cause(SPICE_BITMAP_FMT_32BIT, 3, 2, 8), CHAN_PROTOCOL);
	CHECK_EQ(bitmap_cause(SPICE_BITMAP_FMT_32BIT, 2, 1, 8), CHAN_PROTOCOL);
	CHECK_EQ(bitmap_cause(0, 2, 2, 8), CHAN_IMAGE);
	CHECK_EQ(bitmap_cause(11, 2, 2, 8), CHAN_PROTOCOL);
	CHECK_EQ(bitmap_cause(255, 2, 2, 8), CHAN_PROTOCOL);
	/* Indices without a palette are no picture. */
	CHECK_EQ(bitmap_cause(SPICE_BITMAP_FMT_8BIT, 2, 2, 8), CHAN_IMAGE);
}

/* What comes of an image of that type and size, with those bytes behind. */
static int image_cause(uint8_t type, uint32_t width, uint32_t height,
		       const char *bytes, size_t n)
{
	struct wire_writer *w;

	begin();
	w = copy_to(0, 0, 0, 2, 2);
	descriptor(w, 1, type, 0, width, height);
	wire_put(w, bytes, n);
	copy_done();
	return end();
}

/* An encoding whose row is all it takes: header, block, 16 literals. */
TEST(lz4)
{
	static const char lz4[] = "\x18\0\0\0\1\x08\0\0\0\x12\xf0\1"
				  "\1\2\3\4\5\6\7\x08"
				  "\x11\x12\x13\x14\x15\x16\x17\x18";

	CHECK_EQ(image_cause(SPICE_IMAGE_TYPE_LZ4, 2, 2, lz4, 28), 0);
	CHECK_EQ(image_cause(SPICE_IMAGE_TYPE_LZ4, 2, 3, lz4, 28), CHAN_IMAGE);
	CHECK_EQ(image_cause(SPICE_IMAGE_TYPE_LZ4, 2, 2, lz4, 27),
		 CHAN_PROTOCOL);
}

TEST(bad_images)
{
	static const char lz[] = "\x1c\0\0\0  ZL\0\1\0\1\0\0\0\x08\0\0\0\2"
				 "\0\0\0\2\0\0\0\x08\0\0\0\1";

	CHECK_EQ(image_cause(SPICE_IMAGE_TYPE_JPEG, 2, 2, "", 0),
		 CHAN_PROTOCOL);
	CHECK_EQ(image_cause(SPICE_IMAGE_TYPE_JPEG, 2, 2, "\0\0\0\0", 4),
		 CHAN_IMAGE);
	CHECK_EQ(image_cause(SPICE_IMAGE_TYPE_ZLIB_GLZ_RGB, 2, 2,
			     "\x40\0\0\0\2\0\0", 7),
		 CHAN_PROTOCOL);
	CHECK_EQ(image_cause(SPICE_IMAGE_TYPE_ZLIB_GLZ_RGB, 2, 2,
			     "\x40\0\0\0\2\0\0\0\x78\x9c", 10),
		 CHAN_IMAGE);
	CHECK_EQ(image_cause(SPICE_IMAGE_TYPE_JPEG_ALPHA, 2, 2,
			     "\1\2\0\0\0\2\0\0", 8),
		 CHAN_PROTOCOL);
	CHECK_EQ(image_cause(SPICE_IMAGE_TYPE_JPEG_ALPHA, 2, 2,
			     "\1\2\0\0\0\2\0\0\0\xff\xd8", 11),
		 CHAN_IMAGE);
	CHECK_EQ(image_cause(2, 2, 2, "", 0), CHAN_IMAGE);
	CHECK_EQ(image_cause(255, 2, 2, "", 0), CHAN_IMAGE);
	CHECK_EQ(image_cause(SPICE_IMAGE_TYPE_LZ_RGB, 2, 2, "", 0),
		 CHAN_PROTOCOL);
	CHECK_EQ(image_cause(SPICE_IMAGE_TYPE_LZ_RGB, 2, 2, "\0\0\0\0", 4),
		 CHAN_IMAGE);
	CHECK_EQ(image_cause(SPICE_IMAGE_TYPE_LZ_RGB, 2, 2, "\1\0\0\0", 4),
		 CHAN_PROTOCOL);
	CHECK_EQ(image_cause(SPICE_IMAGE_TYPE_LZ_RGB, 2, 2, lz, 32),
		 CHAN_IMAGE); /* a header and no pixels */
	CHECK_EQ(image_cause(SPICE_IMAGE_TYPE_LZ_RGB, 65536, 65536, lz, 32),
		 CHAN_IMAGE);
	CHECK_EQ(image_cause(SPICE_IMAGE_TYPE_LZ_RGB, 0, 0, lz, 32),
		 CHAN_IMAGE);
	CHECK_EQ(image_cause(SPICE_IMAGE_TYPE_QUIC, 2, 2, "\4\0\0\0QUIC", 8),
		 CHAN_IMAGE);
	CHECK_EQ(image_cause(SPICE_IMAGE_TYPE_GLZ_RGB, 2, 2, lz, 32),
		 CHAN_IMAGE);
	CHECK_EQ(image_cause(SPICE_IMAGE_TYPE_LZ_PLT, 2, 2, "\0\0\0\0\0", 5),
		 CHAN_PROTOCOL);
}

/* A GLZ image that refers to one that was never there. */
TEST(glz)
{
	static const uint8_t head[33] = {
		0x20, 0x20, 0x5a, 0x4c, 0, 1, 0, 1, 0x18, 0, 0,
		0,    2,    0,	  0,	0, 1, 0, 0, 0,	  8, 0,
		0,    0,    0,	  0,	0, 0, 0, 0, 0,	  0, 0};
	struct wire_writer *w;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		begin();
		w = copy_to(0, 0, 0, 2, 1);
		descriptor(w, 1, SPICE_IMAGE_TYPE_GLZ_RGB, 0, 2, 1);
		wire_put_u32(w, sizeof(head) + 7);
		wire_put(w, head, sizeof(head));
		wire_put(w, i ? "\x40\0\x41\0\0\0\0" : "\x01\1\2\3\4\5\6", 7);
		copy_done();
		if (!i) {
			CHECK_EQ(peer.ends, 0);
			CHECK_EQ(pixel(0, 0) & 0xffffff, 0x030201);
			CHECK_EQ(pixel(1, 0) & 0xffffff, 0x060504);
		}
		CHECK_EQ(end(), i ? CHAN_IMAGE : 0);
	}
}

/* ---- cut ---- */

/* The base of a message that is drawn in two places. */
static struct wire_writer *twice_clipped(void)
{
	struct wire_writer *w = base(0, 0, 0, 4, 4);

	wire_put_u8(w, SPICE_CLIP_TYPE_RECTS);
	wire_put_u32(w, 2);
	put_rect(w, 0, 0, 2, 2);
	put_rect(w, 2, 2, 4, 4);
	return w;
}

static void solid_brush(struct wire_writer *w)
{
	wire_put_u8(w, SPICE_BRUSH_TYPE_SOLID);
	wire_put_u32(w, 0x102030);
}

/* A square of two pieces, dashed. */
static uint16_t whole_stroke(void)
{
	struct wire_writer *w = twice_clipped();
	size_t path = pointer(w), dash;
	int i;

	wire_put_u8(w, SPICE_LINE_FLAGS_STYLED);
	wire_put_u8(w, 2);
	dash = pointer(w);
	solid_brush(w);
	wire_put_u16(w, SPICE_ROPD_OP_PUT);
	wire_put_u16(w, 0);
	point_here(w, dash);
	wire_put_u32(w, 16);
	wire_put_u32(w, 32);
	point_here(w, path);
	wire_put_u32(w, 2);
	for (i = 0; i < 2; i++) {
		wire_put_u8(w, i ? SPICE_PATH_END : SPICE_PATH_BEGIN);
		wire_put_u32(w, 2);
		wire_put_u32(w, i ? 48 : 0);
		wire_put_u32(w, i ? 48 : 0);
		wire_put_u32(w, i ? 0 : 48);
		wire_put_u32(w, i ? 48 : 0);
	}
	return SPICE_MSG_DISPLAY_DRAW_STROKE;
}

/* Two letters of 4 x 2. */
static uint16_t whole_text(void)
{
	struct wire_writer *w = twice_clipped();
	size_t string = pointer(w);
	int i;

	put_rect(w, 0, 0, 3, 3);
	solid_brush(w);
	solid_brush(w);
	wire_put_u16(w, SPICE_ROPD_OP_PUT);
	wire_put_u16(w, 0);
	point_here(w, string);
	wire_put_u16(w, 2);
	wire_put_u8(w, SPICE_STRING_FLAGS_RASTER_A4);
	for (i = 0; i < 2; i++) {
		wire_put_u32(w, i);
		wire_put_u32(w, 0);
		wire_put_u64(w, 0);
		wire_put_u16(w, 4);
		wire_put_u16(w, 2);
		wire_put_u32(w, 0x8421f0f0);
	}
	return SPICE_MSG_DISPLAY_DRAW_TEXT;
}

/* Two images, a mask that is turned. */
static uint16_t whole_composite(void)
{
	struct wire_writer *w = twice_clipped();
	size_t src, mask;
	int i;

	wire_put_u32(w, 3 | SPICE_COMPOSITE_HAS_MASK |
				SPICE_COMPOSITE_HAS_MASK_TRANSFORM);
	src = pointer(w);
	mask = pointer(w);
	for (i = 0; i < 6; i++)
		wire_put_u32(w, 65536 - 9 * i);
	wire_put_u64(w, 0);
	point_here(w, src);
	put_image(w, 2, 0, SPICE_BITMAP_FMT_RGBA, 2, 2, 5);
	point_here(w, mask);
	put_image(w, 3, 0, SPICE_BITMAP_FMT_RGBA, 2, 2, 7);
	return SPICE_MSG_DISPLAY_DRAW_COMPOSITE;
}

/* One of each message with all of its parts, in p->w; returns its type. */
static uint16_t whole_message(unsigned int i)
{
	static const uint16_t types[] = {
		SPICE_MSG_DISPLAY_DRAW_FILL,
		SPICE_MSG_DISPLAY_DRAW_COPY,
		SPICE_MSG_DISPLAY_DRAW_OPAQUE,
		SPICE_MSG_DISPLAY_DRAW_INVERS,
		SPICE_MSG_DISPLAY_COPY_BITS,
		SPICE_MSG_DISPLAY_DRAW_BLEND,
		SPICE_MSG_DISPLAY_DRAW_BLACKNESS,
		SPICE_MSG_DISPLAY_DRAW_ROP3,
		SPICE_MSG_DISPLAY_DRAW_TRANSPARENT,
		SPICE_MSG_DISPLAY_DRAW_ALPHA_BLEND,
		SPICE_MSG_DISPLAY_DRAW_STROKE,
		SPICE_MSG_DISPLAY_DRAW_TEXT,
		SPICE_MSG_DISPLAY_DRAW_COMPOSITE,
	};
	struct wire_writer *w;
	size_t src = 0, brush = 0, mask = 0;
	uint16_t type;

	if (i >= sizeof(types) / sizeof(types[0]))
		return 0;
	type = types[i];
	if (type == SPICE_MSG_DISPLAY_DRAW_STROKE)
		return whole_stroke();
	if (type == SPICE_MSG_DISPLAY_DRAW_TEXT)
		return whole_text();
	if (type == SPICE_MSG_DISPLAY_DRAW_COMPOSITE)
		return whole_composite();
	w = twice_clipped();
	if (type == SPICE_MSG_DISPLAY_COPY_BITS) {
		wire_put_u64(w, 0);
		return type;
	}
	if (type == SPICE_MSG_DISPLAY_DRAW_ALPHA_BLEND)
		wire_put_u16(w, 0x8000); /* half, no flags */
	if (i == 1 || i == 2 || i == 5 || i > 6) {
		src = pointer(w);
		put_rect(w, 0, 0, 4, 4);
	}
	if (type == SPICE_MSG_DISPLAY_DRAW_TRANSPARENT)
		wire_put_u64(w, 0x12345600000000);
	if (i == 0 || i == 2 || type == SPICE_MSG_DISPLAY_DRAW_ROP3) {
		wire_put_u8(w, SPICE_BRUSH_TYPE_PATTERN);
		brush = pointer(w);
		wire_put_u64(w, 0);
	}
	if (i < 3 || i == 5)
		wire_put_u16(w, SPICE_ROPD_OP_OR);
	if (type == SPICE_MSG_DISPLAY_DRAW_ROP3)
		wire_put_u8(w, 0x96);
	if (i < 8) {
		if (src)
			wire_put_u8(w, 0);
		wire_put_u8(w, 0);
		wire_put_u64(w, 0);
		mask = pointer(w);
		point_here(w, mask);
		descriptor(w, 1, SPICE_IMAGE_TYPE_BITMAP, 0, 4, 4);
		bitmap_head(w, SPICE_BITMAP_FMT_1BIT_BE, 0, 4, 4, 1);
		wire_put_u32(w, 0);
		wire_put_u32(w, 0xa0f0a0f0);
	}
	/* A palette picture last: its palette is the message's end. */
	if (brush) {
		point_here(w, brush);
		put_image(w, 2, KEEP, SPICE_BITMAP_FMT_RGBA, 2, 2, 5);
	}
	if (src) {
		size_t palette;

		point_here(w, src);
		descriptor(w, 3, SPICE_IMAGE_TYPE_BITMAP, 0, 4, 4);
		bitmap_head(w, SPICE_BITMAP_FMT_4BIT_BE, 0, 4, 4, 2);
		palette = pointer(w);
		wire_put_u64(w, 0x0123456789abcdef);
		point_here(w, palette);
		wire_put_u64(w, 9);
		wire_put_u16(w, 2);
		wire_put_u64(w, 0x123456);
	}
	return type;
}

/* Whole they are drawn; cut anywhere they make no sense. */
TEST(cut_messages)
{
	uint8_t body[1024];
	unsigned int i;
	uint16_t type;
	size_t n, whole;

	for (i = 0;; i++) {
		begin();
		type = whole_message(i);
		if (!type)
			break;
		whole = peer.w.len;
		memcpy(body, peer.w.base, whole);
		for (n = 0; n <= whole; n++) {
			if (n)
				begin();
			chan_peer_message(&peer, 1, type, body, n);
			if (n == whole && draw_find(type))
				CHECK_EQ(peer.dirts, 2);
			CHECK_EQ(end(), n == whole ? 0 : CHAN_PROTOCOL);
		}
	}
	CHECK_EQ(end(), 0);
	CHECK_EQ(i, 13);
}

/* Every byte of every message set to every of a few values: no crash. */
TEST(damaged_messages)
{
	static const uint8_t values[] = {0, 1, 0x7f, 0x80, 0xff};
	uint8_t body[1024], was;
	unsigned int i, v;
	uint16_t type;
	size_t n, whole;

	for (i = 0;; i++) {
		begin();
		type = whole_message(i);
		whole = peer.w.len;
		memcpy(body, peer.w.base, whole);
		CHECK_EQ(end(), 0);
		if (!type)
			break;
		for (n = 0; n < whole; n++) {
			was = body[n];
			for (v = 0; v < sizeof(values); v++) {
				body[n] = values[v];
				begin();
				chan_peer_message(&peer, 1, type, body, whole);
				CHECK(end() >= 0);
			}
			body[n] = was;
		}
	}
}

/* ---- in the middle of long work ---- */

static size_t yield_out; /* what waited to be sent in there */

static void yield_input(struct chan_peer *p)
{
	static const uint8_t ping[18] = {4, 0, 12};
	static const uint8_t destroy[10] = {0x3b, 1, 4};

	/* Nothing is started, but what comes is taken, and pings answered. */
	if (p->env.yields == 1) {
		chan_session_input(p->s, 1, ping, sizeof(ping));
		chan_session_input(p->s, 1, destroy, sizeof(destroy));
		chan_session_output(p->s, 1, &yield_out);
	}
	if (chan_session_work(p->s))
		p->ends = 99;
	chan_session_tick(p->s, 1);
	if (p->env.yields == 2)
		chan_session_closed(p->s, 0, 0);
}

TEST(yields)
{
	struct wire_writer *w;

	begin_with(0);
	surface(0, 1024, 512, XRGB);
	w = base(0, 0, 0, 1024, 512);
	no_clip(w);
	peer.on_yield = yield_input;
	fill(w, 7);
	CHECK(peer.env.yields >= 8);
	CHECK_EQ(yield_out, 6 + 12); /* PONG */
	/* The primary was there to the fill's end, then it went, then main. */
	CHECK_EQ(peer.dirts, 1);
	CHECK_EQ(peer.resizes, 2);
	CHECK_EQ(end(), CHAN_SERVER_CLOSED);
}

/* A failure that is found in a yield ends the session, but not in there. */
static void yield_garbage(struct chan_peer *p)
{
	static const uint8_t garbage[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

	chan_session_input(p->s, 0, garbage, 6);
	if (p->ends)
		p->resizes = 99;
}

TEST(fails_in_a_yield)
{
	struct wire_writer *w;

	begin_with(0);
	surface(0, 1024, 512, XRGB);
	w = base(0, 0, 0, 1024, 512);
	no_clip(w);
	peer.on_yield = yield_garbage;
	fill(w, 7);
	CHECK_EQ(peer.resizes, 1);
	CHECK_EQ(peer.ends, 1);
	CHECK(!strcmp(peer.error.channel, "main"));
	CHECK_EQ(end(), CHAN_PROTOCOL);
}

/* Of streams that never were, and monitors that nobody has. */
TEST(ignored)
{
	static const uint8_t none[51];
	uint16_t type;

	begin();
	for (type = SPICE_MSG_DISPLAY_STREAM_DATA;
	     type <= SPICE_MSG_DISPLAY_STREAM_DESTROY_ALL; type++)
		chan_peer_message(&peer, 1, type, none, sizeof(none));
	chan_peer_message(&peer, 1, SPICE_MSG_DISPLAY_STREAM_DATA_SIZED, none,
			  sizeof(none));
	chan_peer_message(&peer, 1, SPICE_MSG_DISPLAY_STREAM_ACTIVATE_REPORT,
			  "0123456789abcdef", 16);
	chan_peer_message(&peer, 1, SPICE_MSG_DISPLAY_MONITORS_CONFIG,
			  "\0\0\0\0", 4);
	CHECK(!chan_peer_take(&peer, 1).there);
	CHECK_EQ(end(), 0);
}

/* ---- every way ---- */

/* The builders above work on `peer`; the script is of another one's. */
static void play(struct chan_peer *p, uint16_t type)
{
	chan_peer_message(p, p->display, type, peer.w.base, peer.w.len);
}

static void script(struct chan_peer *p)
{
	struct wire_writer *w;
	unsigned int i;
	uint16_t type;

	chan_peer_start(p);
	chan_peer_up(p, "d");
	chan_peer_message(p, 1, SPICE_MSG_SET_ACK, "\1\0\0\0\3\0\0\0", 8);
	w = chan_peer_begin(&peer);
	wire_put_u32(w, 0);
	wire_put_u32(w, SIDE);
	wire_put_u32(w, SIDE);
	wire_put_u32(w, XRGB);
	wire_put_u32(w, 1);
	play(p, SPICE_MSG_DISPLAY_SURFACE_CREATE);
	chan_peer_message(p, 1, SPICE_MSG_DISPLAY_MARK, NULL, 0);
	for (i = 0; i < 3; i++) {
		type = whole_message(i);
		play(p, type);
	}
	put_lz(copy_to(0, 1, 1, 3, 3), 3, 3);
	play(p, SPICE_MSG_DISPLAY_DRAW_COPY);
	put_image(copy_to(0, 4, 4, 2, 2), 6, KEEP, SPICE_BITMAP_FMT_RGBA, 2, 2,
		  0x70);
	play(p, SPICE_MSG_DISPLAY_DRAW_COPY);
	descriptor(copy_to(0, 6, 4, 2, 2), 6, SPICE_IMAGE_TYPE_FROM_CACHE, 0, 2,
		   2);
	play(p, SPICE_MSG_DISPLAY_DRAW_COPY);
	chan_peer_message(p, 1, SPICE_MSG_DISPLAY_INVAL_LIST,
			  "\1\0\1\6\0\0\0\0\0\0\0", 11);
}

TEST(every_way)
{
	static struct chan_peer base_peer;
	const char *why = chan_peer_every_way(&base_peer, script);

	if (why)
		printf("# %s\n", why);
	CHECK(!why);
}

int main(void)
{
	RUN(says_first);
	RUN(no_preference);
	RUN(primary);
	RUN(hostile_surfaces);
	RUN(copy);
	RUN(copy_over_the_edge);
	RUN(straight_is_the_same);
	RUN(not_straight);
	RUN(high_bits_set);
	RUN(clips);
	RUN(bad_clips);
	RUN(brushes);
	RUN(other_operations);
	RUN(masks);
	RUN(mask_surface);
	RUN(palettes);
	RUN(palette_16);
	RUN(lz_palettes);
	RUN(image_cache);
	RUN(image_order);
	RUN(mask_is_replaced);
	RUN(image_cache_is_bounded);
	RUN(decoded_even_if_unseen);
	RUN(surface_images);
	RUN(bad_bitmaps);
	RUN(lz4);
	RUN(bad_images);
	RUN(glz);
	RUN(cut_messages);
	RUN(damaged_messages);
	RUN(yields);
	RUN(fails_in_a_yield);
	RUN(ignored);
	RUN(every_way);
	return test_end();
}
