/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * pix_convert: single values by hand, all pairs of formats at every bit
 * offset, the bounds of a rectangle, and yielding.
 */
#include <errno.h>

#include "spice/pix/pix_convert.h"
#include "test/spice/test_env.h"
#include "test/test.h"

#define A1   SPICE_SURFACE_FMT_1_A
#define A8   SPICE_SURFACE_FMT_8_A
#define R555 SPICE_SURFACE_FMT_16_555
#define R565 SPICE_SURFACE_FMT_16_565
#define XRGB SPICE_SURFACE_FMT_32_xRGB
#define ARGB SPICE_SURFACE_FMT_32_ARGB

static const uint32_t formats[] = {A1, A8, R555, R565, XRGB, ARGB};

/* By hand from the rules in pix_convert.h. */
static const struct {
	uint32_t from, value, to, expected;
} cases[] = {
	{R555, 0x7fff, XRGB, 0xffffffff},
	{R555, 0xffff, XRGB, 0xffffffff}, /* the top bit says nothing */
	{R555, 0x8000, XRGB, 0xff000000},
	{R555, 0x0000, ARGB, 0xff000000},
	{R555, 0x4210, XRGB, 0xff848484}, /* 10000 -> 10000100 */
	{R555, 0x7c00, XRGB, 0xffff0000},
	{R555, 0x03e0, XRGB, 0xff00ff00},
	{R555, 0x001f, XRGB, 0xff0000ff},
	{R555, 0x0421, XRGB, 0xff080808},
	{R555, 0x2d6b, XRGB, 0xff5a5a5a}, /* 01011 -> 01011010 */
	{R565, 0xffff, XRGB, 0xffffffff},
	{R565, 0xf800, XRGB, 0xffff0000},
	{R565, 0x07e0, XRGB, 0xff00ff00},
	{R565, 0x001f, XRGB, 0xff0000ff},
	{R565, 0x0020, XRGB, 0xff000400}, /* 000001 -> 00000100 */
	{R565, 0x0400, ARGB, 0xff008200}, /* 100000 -> 10000010 */
	{R565, 0x8410, XRGB, 0xff848284},
	{XRGB, 0xffffffff, R555, 0x7fff},
	{XRGB, 0x00f8f8f8, R555, 0x7fff},
	{XRGB, 0x00070707, R555, 0},
	{XRGB, 0x00ff0000, R555, 0x7c00},
	{XRGB, 0x00fcfcfc, R565, 0xffff},
	{XRGB, 0x00070307, R565, 0},
	{ARGB, 0x0000ff00, R565, 0x07e0},
	{ARGB, 0x800000ff, R555, 0x001f},
	{R555, 0x03e0, R565, 0x07e0},
	{R555, 0x0200, R565, 0x0420}, /* 10000 -> 10000100 -> 100001 */
	{R565, 0x07e0, R555, 0x03e0},
	{R565, 0x0020, R555, 0},
	{XRGB, 0x12345678, ARGB, 0x12345678},
	{ARGB, 0x12345678, XRGB, 0x12345678},
	{A8, 0x80, ARGB, 0x80000000},
	{A8, 0xff, R565, 0},
	{A1, 1, ARGB, 0xff000000},
	{A1, 1, A8, 0xff},
	{A1, 0, A8, 0},
	{A8, 0x80, A1, 1},
	{A8, 0x7f, A1, 0},
	{ARGB, 0x45ffffff, A8, 0x45},
	{ARGB, 0x80000000, A1, 1},
	{XRGB, 0x00000000, A8, 0xff},
	{XRGB, 0x00000000, A1, 1},
	{R555, 0x0000, A8, 0xff},
	{R565, 0x0000, A1, 1},
};

TEST(values)
{
	uint32_t src[1], dst[1];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		src[0] = dst[0] = 0;
		pix_store(cases[i].from, (uint8_t *)src, 0, cases[i].value);
		pix_convert_row(cases[i].to, (uint8_t *)dst, 0, cases[i].from,
				(uint8_t *)src, 0, 1);
		if (dst[0] != cases[i].expected)
			printf("# case %zu\n", i);
		CHECK_EQ(dst[0], cases[i].expected);
	}
}

/* Every pair at every start: the pixels there, and no other, change. */
TEST(offsets)
{
	uint32_t src[40], dst[40], was[40], state = 7, c;
	uint32_t f, to, from, sx, dx, i;

	for (f = 0; f < 36 * 9 * 9; f++) {
		to = formats[f % 6];
		from = formats[f / 6 % 6];
		sx = f / 36 % 9;
		dx = f / 36 / 9;
		for (i = 0; i < 40; i++) {
			src[i] = test_random(&state);
			dst[i] = was[i] = test_random(&state);
		}
		pix_convert_row(to, (uint8_t *)dst, dx, from, (uint8_t *)src,
				sx, 21);
		for (i = 0; i < 40; i++) {
			c = pix_load(to, (uint8_t *)was, i);
			if (i >= dx && i < dx + 21) {
				c = pix_load(from, (uint8_t *)src, i - dx + sx);
				if (from != to &&
				    pix_bits(from) * 2 + pix_bits(to) != 96)
					c = pix_from_argb(to,
							  pix_to_argb(from, c));
			}
			CHECK_EQ(pix_load(to, (uint8_t *)dst, i), c);
		}
	}
}

TEST(rectangle)
{
	struct test_env t;
	struct pixmap src, dst;
	uint32_t x, y;

	test_env_init(&t);
	CHECK_EQ(pix_alloc(&t.env, &src, R555, 8, 8), 0);
	CHECK_EQ(pix_alloc(&t.env, &dst, XRGB, 6, 6), 0);
	for (y = 0; y < 8; y++)
		for (x = 0; x < 8; x++)
			pix_store(R555, pix_row(&src, y), x, y * 8 + x);
	CHECK_EQ(pix_convert(&t.env, &dst, (struct pix_rect){1, 2, 5, 6}, &src,
			     4, 3),
		 0);
	for (y = 0; y < 6; y++)
		for (x = 0; x < 6; x++) {
			uint32_t c = pix_load(XRGB, pix_row(&dst, y), x);
			uint32_t s = (y - 2 + 3) * 8 + x - 1 + 4;

			if (x < 1 || x >= 5 || y < 2)
				CHECK_EQ(c, 0);
			else
				CHECK_EQ(c, pix_to_argb(R555, s));
		}
	pix_free(&t.env, &src);
	pix_free(&t.env, &dst);
}

static const struct {
	struct pix_rect area;
	int32_t src_x, src_y;
	int rc;
} bounds[] = {
	{{0, 0, 6, 6}, 2, 2, 0},
	{{3, 3, 3, 9}, -1, -1, 0}, /* empty */
	{{-1, 0, 6, 6}, 0, 0, -EINVAL},
	{{0, -1, 6, 6}, 0, 0, -EINVAL},
	{{0, 0, 7, 6}, 0, 0, -EINVAL},
	{{0, 0, 6, 7}, 0, 0, -EINVAL},
	{{0, 0, 6, 6}, 3, 0, -EINVAL},
	{{0, 0, 6, 6}, 0, 3, -EINVAL},
	{{0, 0, 6, 6}, -1, 0, -EINVAL},
	{{0, 0, 6, 6}, 0, -1, -EINVAL},
	{{0, 0, 1, 1}, INT32_MAX, INT32_MAX, -EINVAL},
	{{0, 0, 1, 1}, INT32_MIN, INT32_MIN, -EINVAL},
	{{INT32_MIN, INT32_MIN, INT32_MAX, INT32_MAX}, 0, 0, -EINVAL},
};

TEST(rectangle_bounds)
{
	struct test_env t;
	struct pixmap src, dst, small;
	size_t i;

	test_env_init(&t);
	CHECK_EQ(pix_alloc(&t.env, &src, R555, 8, 8), 0);
	CHECK_EQ(pix_alloc(&t.env, &small, R555, 2, 2), 0);
	CHECK_EQ(pix_alloc(&t.env, &dst, XRGB, 6, 6), 0);
	for (i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++)
		CHECK_EQ(pix_convert(&t.env, &dst, bounds[i].area, &src,
				     bounds[i].src_x, bounds[i].src_y),
			 bounds[i].rc);
	CHECK_EQ(pix_convert(&t.env, &dst, (struct pix_rect){0, 0, 3, 1},
			     &small, 0, 0),
		 -EINVAL);
	CHECK_EQ(pix_convert(&t.env, &dst, (struct pix_rect){0, 0, 1, 3},
			     &small, 0, 0),
		 -EINVAL);
	pix_free(&t.env, &src);
	pix_free(&t.env, &small);
	pix_free(&t.env, &dst);
}

TEST(yields)
{
	struct test_env t;
	struct pixmap src, dst;

	test_env_init(&t);
	CHECK_EQ(pix_alloc(&t.env, &src, A8, 1024, 1024), 0);
	CHECK_EQ(pix_alloc(&t.env, &dst, A8, 1024, 1024), 0);
	CHECK_EQ(pix_convert(&t.env, &dst, pix_bounds(&dst), &src, 0, 0), 0);
	CHECK(t.yields >= 1024 * 1024 / 65536);
	pix_free(&t.env, &src);
	pix_free(&t.env, &dst);
}

int main(void)
{
	RUN(values);
	RUN(offsets);
	RUN(rectangle);
	RUN(rectangle_bounds);
	RUN(yields);
	return test_end();
}
