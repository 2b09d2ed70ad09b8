/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Scaled DRAW_COPY and format conversion against pixman itself, which the
 * reference client draws with: pixel for pixel the same, for all pairs of
 * formats that have colors, both filters, growing and shrinking, with source
 * areas that reach beyond the image.
 *
 * The peer is set up as the reference does it: the image is first converted
 * to the surface's format, then composited with operator SRC, repeat NONE and
 * a transform of (size << 16) / size, moved to the source area.
 */
#include <errno.h>

#include <pixman.h>

#include "spice/draw/draw.h"
#include "spice/pix/pix_convert.h"
#include "test/spice/test_env.h"
#include "test/test.h"

#define XRGB SPICE_SURFACE_FMT_32_xRGB
#define ARGB SPICE_SURFACE_FMT_32_ARGB
#define R555 SPICE_SURFACE_FMT_16_555
#define R565 SPICE_SURFACE_FMT_16_565
#define A8   SPICE_SURFACE_FMT_8_A
#define A1   SPICE_SURFACE_FMT_1_A

static const struct {
	uint32_t format;
	pixman_format_code_t code;
	uint32_t defined; /* bits of a pixel that mean something */
} formats[] = {
	{XRGB, PIXMAN_x8r8g8b8, 0x00ffffff},
	{ARGB, PIXMAN_a8r8g8b8, 0xffffffff},
	{R555, PIXMAN_x1r5g5b5, 0x7fff},
	{R565, PIXMAN_r5g6b5, 0xffff},
	{A8, PIXMAN_a8, 0xff},
	{A1, PIXMAN_a1, 1},
};

static struct test_env t;
static uint32_t state = 4711;

static int32_t between(int32_t low, int32_t high)
{
	return low + (int32_t)(test_random(&state) % (high - low + 1));
}

static void fill(struct pixmap *pm)
{
	size_t i, bytes = (size_t)pm->stride * pm->height;

	for (i = 0; i < bytes; i++)
		pm->data[i] = test_random(&state) >> 13;
}

static pixman_image_t *peer_of(const struct pixmap *pm, size_t f)
{
	return pixman_image_create_bits(formats[f].code, pm->width, pm->height,
					(uint32_t *)pm->data, pm->stride);
}

/* Where the pixels that mean something differ: 0 or a place + 1. */
static long differ(const struct pixmap *a, const struct pixmap *b, size_t f)
{
	uint32_t x, y, diff;

	for (y = 0; y < a->height; y++)
		for (x = 0; x < a->width; x++) {
			diff = pix_load(a->format, pix_row(a, y), x) ^
			       pix_load(b->format, pix_row(b, y), x);
			if (diff & formats[f].defined)
				return y * a->width + x + 1;
		}
	return 0;
}

/* Draw as the reference does, with pixman, onto @onto. */
static void peer_draw(const struct draw_op *op, struct pixmap *onto, size_t f,
		      size_t src_f)
{
	struct pix_rect b = op->box, a = op->src_area;
	int32_t bw = b.right - b.left, bh = b.bottom - b.top;
	pixman_image_t *src, *first, *dst;
	pixman_transform_t tr;
	struct pixmap own = {0};

	src = first = peer_of(op->src, src_f);
	/* As canvas formats: 32 bits stay what they are. */
	if (f != src_f && !(f < 2 && src_f < 2)) {
		pix_alloc(&t.env, &own, formats[f].format, op->src->width,
			  op->src->height);
		first = peer_of(&own, f);
		pixman_image_composite32(PIXMAN_OP_SRC, src, NULL, first, 0, 0,
					 0, 0, 0, 0, op->src->width,
					 op->src->height);
	}
	dst = peer_of(onto, f);
	pixman_transform_init_scale(&tr,
				    ((int64_t)(a.right - a.left) * 65536) / bw,
				    ((int64_t)(a.bottom - a.top) * 65536) / bh);
	pixman_transform_translate(&tr, NULL, pixman_int_to_fixed(a.left),
				   pixman_int_to_fixed(a.top));
	pixman_image_set_transform(first, &tr);
	pixman_image_set_repeat(first, PIXMAN_REPEAT_NONE);
	pixman_image_set_filter(first,
				op->scale == SPICE_IMAGE_SCALE_MODE_NEAREST
					? PIXMAN_FILTER_NEAREST
					: PIXMAN_FILTER_GOOD,
				NULL, 0);
	pixman_image_composite32(PIXMAN_OP_SRC, first, NULL, dst, 0, 0, 0, 0,
				 b.left, b.top, bw, bh);
	pixman_image_unref(dst);
	if (first != src)
		pixman_image_unref(first);
	pixman_image_unref(src);
	pix_free(&t.env, &own);
}

/* One random geometry; returns 0 when both draw the same. */
static int round_of(size_t f, size_t src_f, uint8_t scale, int beyond)
{
	struct pixmap dst, want, src;
	struct draw_op op = {.env = &t.env, .dst = &dst, .src = &src};
	int32_t grow = beyond ? 5 : 0;
	long place;
	int rc;

	pix_alloc(&t.env, &dst, formats[f].format, between(1, 70),
		  between(1, 40));
	pix_alloc(&t.env, &want, dst.format, dst.width, dst.height);
	pix_alloc(&t.env, &src, formats[src_f].format, between(1, 60),
		  between(1, 40));
	fill(&dst);
	memcpy(want.data, dst.data, (size_t)dst.stride * dst.height);
	fill(&src);
	op.clip.all = true;
	op.rop = SPICE_ROPD_OP_PUT;
	op.scale = scale;
	op.box.left = between(-20, dst.width);
	op.box.top = between(-20, dst.height);
	op.box.right = op.box.left + between(1, 90);
	op.box.bottom = op.box.top + between(1, 60);
	op.src_area.left = between(-grow, src.width - 1);
	op.src_area.top = between(-grow, src.height - 1);
	op.src_area.right = between(op.src_area.left + 1, src.width + grow);
	op.src_area.bottom = between(op.src_area.top + 1, src.height + grow);
	if (op.src_area.right - op.src_area.left ==
		    op.box.right - op.box.left &&
	    op.src_area.bottom - op.src_area.top == op.box.bottom - op.box.top)
		op.box.right++;

	peer_draw(&op, &want, f, src_f);
	rc = draw_find(SPICE_MSG_DISPLAY_DRAW_COPY)->paint(&op);
	place = differ(&dst, &want, f);
	if (place)
		printf("# format %u from %u, scale %u: box %d,%d %dx%d, area "
		       "%d,%d %dx%d of %ux%u, at %ld,%ld: %x, not %x\n",
		       dst.format, src.format, scale, op.box.left, op.box.top,
		       op.box.right - op.box.left, op.box.bottom - op.box.top,
		       op.src_area.left, op.src_area.top,
		       op.src_area.right - op.src_area.left,
		       op.src_area.bottom - op.src_area.top, src.width,
		       src.height, (place - 1) % dst.width,
		       (place - 1) / dst.width,
		       pix_load(dst.format,
				pix_row(&dst, (place - 1) / dst.width),
				(place - 1) % dst.width),
		       pix_load(dst.format,
				pix_row(&want, (place - 1) / dst.width),
				(place - 1) % dst.width));
	pix_free(&t.env, &dst);
	pix_free(&t.env, &want);
	pix_free(&t.env, &src);
	return rc || place;
}

/*
 * All formats that a message can scale into each other. Left out: alpha-only
 * images on ARGB, which become transparent black there in the reference (its
 * conversion drops the alpha) and keep their alpha in ours.
 */
static void rounds(uint8_t scale, int beyond)
{
	size_t f, src_f;
	int i;

	test_env_init(&t);
	for (f = 0; f < 6; f++)
		for (src_f = 0; src_f < 6; src_f++)
			for (i = 0; i < 60; i++) {
				if (f == 1 && src_f >= 4)
					continue;
				CHECK(!round_of(f, src_f, scale, beyond));
			}
	CHECK_EQ(t.live, 0);
}

TEST(nearest)
{
	rounds(SPICE_IMAGE_SCALE_MODE_NEAREST, 0);
}

TEST(nearest_beyond_the_image)
{
	rounds(SPICE_IMAGE_SCALE_MODE_NEAREST, 1);
}

TEST(interpolate)
{
	rounds(SPICE_IMAGE_SCALE_MODE_INTERPOLATE, 0);
}

TEST(interpolate_beyond_the_image)
{
	rounds(SPICE_IMAGE_SCALE_MODE_INTERPOLATE, 1);
}

/* Unscaled conversion of every value of 16 bits, and of random 32. */
TEST(conversion)
{
	struct pixmap src, got, want;
	pixman_image_t *from, *to;
	size_t f, src_f;
	uint32_t i;

	test_env_init(&t);
	for (f = 0; f < 6; f++)
		for (src_f = 0; src_f < 6; src_f++) {
			if ((f < 2 && src_f < 2) || (f == 1 && src_f >= 4))
				continue;
			pix_alloc(&t.env, &src, formats[src_f].format, 256,
				  256);
			pix_alloc(&t.env, &got, formats[f].format, 256, 256);
			pix_alloc(&t.env, &want, formats[f].format, 256, 256);
			fill(&src);
			for (i = 0; i < 65536; i++)
				if (pix_bits(src.format) == 16)
					((uint16_t *)src.data)[i] = i;
			from = peer_of(&src, src_f);
			to = peer_of(&want, f);
			pixman_image_composite32(PIXMAN_OP_SRC, from, NULL, to,
						 0, 0, 0, 0, 0, 0, 256, 256);
			pixman_image_unref(from);
			pixman_image_unref(to);
			CHECK_EQ(pix_convert(&t.env, &got, pix_bounds(&got),
					     &src, 0, 0),
				 0);
			CHECK_EQ(differ(&got, &want, f), 0);
			pix_free(&t.env, &src);
			pix_free(&t.env, &got);
			pix_free(&t.env, &want);
		}
}

/* Values by hand: 2 pixels on 4, and one pixel of an odd factor. */
TEST(literals)
{
	uint32_t data[2] = {0xff000000, 0xffffffff}, out[4], i;
	struct pixmap src = {ARGB, 2, 1, 8, (uint8_t *)data};
	struct pixmap dst = {ARGB, 4, 1, 16, (uint8_t *)out};
	struct draw_op op = {.dst = &dst,
			     .src = &src,
			     .box = {0, 0, 4, 1},
			     .src_area = {0, 0, 2, 1},
			     .clip = {.all = true},
			     .rop = SPICE_ROPD_OP_PUT,
			     .scale = SPICE_IMAGE_SCALE_MODE_NEAREST};
	const struct draw_row *row = draw_find(SPICE_MSG_DISPLAY_DRAW_COPY);

	CHECK_EQ(row->paint(&op), 0);
	for (i = 0; i < 4; i++)
		CHECK_EQ(out[i], data[i / 2]);

	/*
	 * Centres at 1/4, 3/4, 5/4, 7/4: the first and last mix with the
	 * nothing outside.
	 */
	op.scale = SPICE_IMAGE_SCALE_MODE_INTERPOLATE;
	CHECK_EQ(row->paint(&op), 0);
	CHECK_EQ(out[0], 0xbf000000);
	CHECK_EQ(out[1], 0xff3f3f3f);
	CHECK_EQ(out[2], 0xffbfbfbf);
	CHECK_EQ(out[3], 0xbfbfbfbf);
}

TEST(refused)
{
	uint32_t data[4] = {1, 2, 3, 4}, out[4] = {9, 9, 9, 9}, i;
	struct pixmap src = {ARGB, 2, 2, 8, (uint8_t *)data};
	struct pixmap dst = {ARGB, 2, 2, 8, (uint8_t *)out};
	struct draw_op op = {.dst = &dst,
			     .src = &src,
			     .box = {0, 0, 2, 2},
			     .src_area = {0, 0, 1, 1},
			     .clip = {.all = true},
			     .rop = SPICE_ROPD_OP_PUT,
			     .scale = 2};
	const struct draw_row *row = draw_find(SPICE_MSG_DISPLAY_DRAW_COPY);

	CHECK_EQ(row->paint(&op), -EINVAL);
	op.scale = SPICE_IMAGE_SCALE_MODE_NEAREST;
	op.box = (struct pix_rect){0, 0, 65536, 1};
	CHECK_EQ(row->paint(&op), -EINVAL);
	op.box = (struct pix_rect){0, 0, 1, 65536};
	CHECK_EQ(row->paint(&op), -EINVAL);
	op.box = (struct pix_rect){0, 0, 1, 1};
	op.src_area = (struct pix_rect){INT32_MIN, 0, INT32_MAX, 1};
	CHECK_EQ(row->paint(&op), -EINVAL);
	for (i = 0; i < 4; i++)
		CHECK_EQ(out[i], 9);

	/* The largest that is not, far from the image: 0 is drawn. */
	op.box = (struct pix_rect){-65534, -65534, 1, 1};
	op.src_area = (struct pix_rect){INT32_MAX - 65535, INT32_MAX - 65534,
					INT32_MAX, INT32_MAX};
	CHECK_EQ(row->paint(&op), 0);
	CHECK_EQ(out[0], 0);
	CHECK_EQ(out[1], 9);
}

int main(void)
{
	RUN(nearest);
	RUN(nearest_beyond_the_image);
	RUN(interpolate);
	RUN(interpolate_beyond_the_image);
	RUN(conversion);
	RUN(literals);
	RUN(refused);
	return test_end();
}
