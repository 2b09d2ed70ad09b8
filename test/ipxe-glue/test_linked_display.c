/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * What the compact ROM has in the place of COMPOSITE, video, wide dashes and
 * counts: linked here instead of them, in a session of its own. What it refuses
 * it does not advertise; what it skips leaves the session whole.
 */
#include "test/spice/chan_peer.h"
#include "test/test.h"

#include "ipxe-glue/linked/instead/linked_no_composite.c"
#include "ipxe-glue/linked/instead/linked_no_count.c"
#include "ipxe-glue/linked/instead/linked_no_streams.c"
#include "ipxe-glue/linked/instead/linked_no_wide.c"

#define SIDE 32 /* px of the primary */

static struct chan_peer peer;

static struct wire_writer *drawing(int32_t width, int32_t height)
{
	struct wire_writer *w = chan_peer_begin(&peer);

	wire_put_u32(w, 0);
	wire_put_u64(w, 0); /* top, left */
	wire_put_u32(w, (uint32_t)height);
	wire_put_u32(w, (uint32_t)width);
	wire_put_u8(w, SPICE_CLIP_TYPE_NONE);
	return w;
}

static void begin(void)
{
	struct wire_writer *w;

	memset(&peer, 0, sizeof(peer));
	peer.memory_bytes = 64 << 20;
	chan_peer_start(&peer);
	chan_peer_up(&peer, "d");
	w = chan_peer_begin(&peer);
	wire_put_u32(w, 0);
	wire_put_u32(w, SIDE);
	wire_put_u32(w, SIDE);
	wire_put_u32(w, SPICE_SURFACE_FMT_32_xRGB);
	wire_put_u32(w, 1);
	chan_peer_send(&peer, peer.display, SPICE_MSG_DISPLAY_SURFACE_CREATE);
	chan_peer_begin(&peer);
	chan_peer_send(&peer, peer.display, SPICE_MSG_DISPLAY_MARK);
}

static uint32_t pixel(uint32_t x, uint32_t y)
{
	const struct pixmap *pm = chan_session_picture(peer.s);

	return ((const uint32_t *)pix_row(pm, y))[x] & 0xffffff;
}

/* FILL, white. */
static void fill(void)
{
	struct wire_writer *w = drawing(SIDE, SIDE);

	wire_put_u8(w, SPICE_BRUSH_TYPE_SOLID);
	wire_put_u32(w, 0xffffff);
	wire_put_u16(w, SPICE_ROPD_OP_PUT);
	wire_put_u8(w, 0);
	wire_put_u64(w, 0);
	wire_put_u32(w, 0);
	chan_peer_send(&peer, peer.display, SPICE_MSG_DISPLAY_DRAW_FILL);
}

/* With all the memory it wants: neither COMPOSITE, A8 surfaces nor a codec. */
TEST(advertises_none_of_it)
{
	const uint32_t none = 1u << SPICE_DISPLAY_CAP_COMPOSITE |
			      1u << SPICE_DISPLAY_CAP_A8_SURFACE |
			      1u << SPICE_DISPLAY_CAP_SIZED_STREAM |
			      1u << SPICE_DISPLAY_CAP_STREAM_REPORT |
			      1u << SPICE_DISPLAY_CAP_CODEC_MJPEG |
			      1u << SPICE_DISPLAY_CAP_CODEC_VP8 |
			      1u << SPICE_DISPLAY_CAP_CODEC_H264;
	uint32_t caps;

	memset(&peer, 0, sizeof(peer));
	peer.memory_bytes = 64 << 20;
	chan_peer_start(&peer);
	chan_peer_up(&peer, "");
	chan_peer_message(&peer, 0, SPICE_MSG_MAIN_CHANNELS_LIST,
			  "\x01\0\0\0\x02\0", 6);
	chan_session_opened(peer.s, 1);
	chan_peer_work(&peer);
	caps = chan_peer_u32(peer.slot[1].out + 38);
	CHECK_EQ(caps & none, 0);
	/* Without MULTI_CODEC a server takes it that MJPEG is known. */
	CHECK(caps & 1u << SPICE_DISPLAY_CAP_MULTI_CODEC);
	CHECK(caps & 1u << SPICE_DISPLAY_CAP_LZ4_COMPRESSION);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

/* A whole one, of an image and no mask. */
static void composite(void)
{
	struct wire_writer *w = drawing(2, 1);

	wire_put_u32(w, 3);
	wire_put_u32(w, (uint32_t)w->len + 12);
	wire_put_u64(w, 0);
	wire_put_u64(w, 7);
	wire_put_u8(w, SPICE_IMAGE_TYPE_BITMAP);
	wire_put_u8(w, 0);
	wire_put_u32(w, 2);
	wire_put_u32(w, 1);
	wire_put_u8(w, SPICE_BITMAP_FMT_RGBA);
	wire_put_u8(w, SPICE_BITMAP_FLAGS_TOP_DOWN);
	wire_put_u32(w, 2);
	wire_put_u32(w, 1);
	wire_put_u32(w, 8);
	wire_put_u32(w, 0);
	wire_put_u64(w, 0xff010203ff040506);
	chan_peer_send(&peer, peer.display, SPICE_MSG_DISPLAY_DRAW_COMPOSITE);
}

/* Who sends it all the same: the display is connected anew, with a word. */
TEST(composite_is_refused)
{
	begin();
	fill();
	CHECK_EQ(pixel(0, 0), 0xffffff);
	CHECK(!draw_composites);
	composite();
	CHECK_EQ(peer.slot[peer.display].closes, 1);
	CHECK_EQ(peer.ends, 0);
	CHECK_EQ(chan_session_counts(peer.s)->mended, 1);
	CHECK(strstr(peer.log, "anew") != NULL);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

/* A stream that nobody asked for: skipped, and drawing goes on. */
TEST(streams_are_skipped)
{
	static const uint16_t types[] = {SPICE_MSG_DISPLAY_STREAM_CREATE,
					 SPICE_MSG_DISPLAY_STREAM_DATA,
					 SPICE_MSG_DISPLAY_STREAM_CLIP,
					 SPICE_MSG_DISPLAY_STREAM_DATA_SIZED,
					 SPICE_MSG_DISPLAY_STREAM_DESTROY,
					 SPICE_MSG_DISPLAY_STREAM_DESTROY_ALL};
	unsigned int i, k;

	begin();
	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		struct wire_writer *w = chan_peer_begin(&peer);

		for (k = 0; k < 80; k++)
			wire_put_u8(w, (uint8_t)k);
		chan_peer_send(&peer, peer.display, types[i]);
	}
	fill();
	CHECK_EQ(pixel(SIDE - 1, SIDE - 1), 0xffffff);
	CHECK_EQ(peer.ends, 0);
	CHECK_EQ(peer.slot[peer.display].closes, 0);
	CHECK_EQ(chan_session_counts(peer.s)->streams, 0);
	CHECK_EQ(chan_session_counts(peer.s)->frames, 0);
	/* Nobody counts with what. */
	CHECK_EQ(chan_session_counts(peer.s)->cell[2][CHAN_CELL_BRUSH + 1], 0);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

/* ---- dashes ---- */

static struct test_env env;

/* A dashed line (3 px on, 2 off) across @dst, from corner to corner of a box.
 */
static int dashed(struct pixmap *dst, int32_t w, int32_t h)
{
	static const int32_t dash[] = {48, 32};
	struct draw_point points[] = {{0, 0}, {w * 16, h * 16}};
	struct draw_segment segment = {SPICE_PATH_BEGIN | SPICE_PATH_END, 2,
				       points};
	struct draw_stroke stroke = {
		.count = 1, .segments = &segment, .dash = dash, .dashes = 2};
	struct draw_op op = {
		.env = &env.env,
		.dst = dst,
		.box = {0, 0, SIDE, SIDE},
		.clip = {.all = true},
		.brush = {.type = SPICE_BRUSH_TYPE_SOLID, .color = 0xffffff},
		.rop = SPICE_ROPD_OP_PUT,
		.stroke = &stroke};

	return draw_find(SPICE_MSG_DISPLAY_DRAW_STROKE)->paint(&op);
}

static bool is_set(const struct pixmap *pm, uint32_t x, uint32_t y)
{
	return ((const uint32_t *)pix_row(pm, y))[x] & 0xffffff;
}

TEST(level_and_upright_dashes)
{
	struct pixmap pm;
	uint32_t i, k;

	for (k = 0; k < 2; k++) {
		CHECK_EQ(pix_alloc(&env.env, &pm, SPICE_SURFACE_FMT_32_xRGB,
				   SIDE, SIDE),
			 0);
		CHECK_EQ(dashed(&pm, k ? 0 : 25, k ? 25 : 0), 0);
		for (i = 0; i < SIDE; i++)
			CHECK_EQ(is_set(&pm, k ? 0 : i, k ? i : 0),
				 i < 25 && i % 5 < 3);
		pix_free(&env.env, &pm);
	}
}

/* A slanted one: parts of the thin line, one pixel in each of its columns. */
TEST(slanted_dashes)
{
	struct pixmap pm;
	uint32_t x, y, n, all = 0;

	CHECK_EQ(
		pix_alloc(&env.env, &pm, SPICE_SURFACE_FMT_32_xRGB, SIDE, SIDE),
		0);
	CHECK_EQ(dashed(&pm, 28, 9), 0);
	for (x = 0; x < SIDE; x++) {
		for (n = y = 0; y < SIDE; y++) {
			if (!is_set(&pm, x, y))
				continue;
			n++;
			CHECK_EQ(y, (2 * 9 * x + 28) / (2 * 28));
		}
		CHECK(n <= 1);
		all += n;
	}
	/* Three of five. */
	CHECK(all >= 16 && all <= 19);
	pix_free(&env.env, &pm);
}

int main(void)
{
	test_env_init(&env);
	RUN(advertises_none_of_it);
	RUN(composite_is_refused);
	RUN(streams_are_skipped);
	RUN(level_and_upright_dashes);
	RUN(slanted_dashes);
	return test_end();
}
