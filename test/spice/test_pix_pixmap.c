/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * pix_pixmap: sizes, memory, rectangles.
 */
#include <errno.h>

#include "spice/pix/pix_pixmap.h"
#include "test/spice/test_env.h"
#include "test/test.h"

static const struct {
	uint32_t format, width, height;
	int rc;
	uint32_t stride;
	size_t bytes;
} sizes[] = {
	{SPICE_SURFACE_FMT_32_xRGB, 1, 1, 0, 4, 4},
	{SPICE_SURFACE_FMT_32_ARGB, 1920, 1080, 0, 7680, 8294400},
	{SPICE_SURFACE_FMT_16_555, 3, 2, 0, 8, 16},
	{SPICE_SURFACE_FMT_16_565, 4, 2, 0, 8, 16},
	{SPICE_SURFACE_FMT_8_A, 5, 3, 0, 8, 24},
	{SPICE_SURFACE_FMT_1_A, 32, 1, 0, 4, 4},
	{SPICE_SURFACE_FMT_1_A, 33, 1, 0, 8, 8},
	{SPICE_SURFACE_FMT_32_xRGB, 16384, 8192, 0, 65536, 512u << 20},
	{SPICE_SURFACE_FMT_32_xRGB, 16384, 8193, -E2BIG, 0, 0},
	{SPICE_SURFACE_FMT_32_xRGB, 16384, 16384, -E2BIG, 0, 0},
	{SPICE_SURFACE_FMT_1_A, 16385, 1, -E2BIG, 0, 0},
	{SPICE_SURFACE_FMT_1_A, 1, 16385, -E2BIG, 0, 0},
	{SPICE_SURFACE_FMT_32_xRGB, UINT32_MAX, UINT32_MAX, -E2BIG, 0, 0},
	{SPICE_SURFACE_FMT_32_xRGB, 0, 1, -EINVAL, 0, 0},
	{SPICE_SURFACE_FMT_32_xRGB, 1, 0, -EINVAL, 0, 0},
	{0, 1, 1, -EINVAL, 0, 0},
	{24, 1, 1, -EINVAL, 0, 0},
	{UINT32_MAX, 1, 1, -EINVAL, 0, 0},
};

TEST(pix_size)
{
	uint32_t stride;
	size_t bytes, i;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		CHECK_EQ(pix_size(sizes[i].format, sizes[i].width,
				  sizes[i].height, &stride, &bytes),
			 sizes[i].rc);
		if (sizes[i].rc)
			continue;
		CHECK_EQ(stride, sizes[i].stride);
		CHECK_EQ(bytes, sizes[i].bytes);
	}
}

TEST(pix_alloc)
{
	struct test_env t;
	struct pixmap pm;
	uint32_t i;

	test_env_init(&t);
	CHECK_EQ(pix_alloc(&t.env, &pm, SPICE_SURFACE_FMT_16_565, 5, 7), 0);
	CHECK_EQ(pm.format, SPICE_SURFACE_FMT_16_565);
	CHECK_EQ(pm.width, 5);
	CHECK_EQ(pm.height, 7);
	CHECK_EQ(pm.stride, 12);
	for (i = 0; i < 12 * 7; i++)
		CHECK_EQ(pm.data[i], 0);
	CHECK(pix_row(&pm, 2) == pm.data + 24);
	pix_free(&t.env, &pm);
	pix_free(&t.env, &pm);
	CHECK_EQ(t.live, 0);

	CHECK_EQ(pix_alloc(&t.env, &pm, 7, 5, 7), -EINVAL);
	CHECK(!pm.data);
	t.allocs_left = 0;
	CHECK_EQ(pix_alloc(&t.env, &pm, SPICE_SURFACE_FMT_8_A, 5, 7), -ENOMEM);
	CHECK(!pm.data);
}

TEST(pix_overlap)
{
	uint8_t mem[64];
	struct pixmap a = {SPICE_SURFACE_FMT_8_A, 4, 4, 4, mem}, b = a;

	CHECK(pix_overlap(&a, &b));
	b.data = mem + 15;
	CHECK(pix_overlap(&a, &b));
	CHECK(pix_overlap(&b, &a));
	b.data = mem + 16;
	CHECK(!pix_overlap(&a, &b));
	CHECK(!pix_overlap(&b, &a));
}

static int same(struct pix_rect a, struct pix_rect b)
{
	return !memcmp(&a, &b, sizeof(a));
}

TEST(pix_rect)
{
	struct pix_rect a = {0, 0, 10, 10}, b = {5, -3, 20, 4}, r;
	struct pix_rect all = {INT32_MIN, INT32_MIN, INT32_MAX, INT32_MAX};

	r = pix_rect_intersect(a, b);
	CHECK(same(r, (struct pix_rect){5, 0, 10, 4}));
	CHECK(same(pix_rect_intersect(all, a), a));
	CHECK(same(pix_rect_intersect(a, all), a));

	/* Touching, apart and turned over: empty, and stays so. */
	r = pix_rect_intersect(a, (struct pix_rect){10, 0, 20, 10});
	CHECK(pix_rect_empty(r) && r.left == r.right);
	r = pix_rect_intersect(a, (struct pix_rect){30, 30, 40, 40});
	CHECK(pix_rect_empty(r) && r.left == r.right);
	r = pix_rect_intersect(all, (struct pix_rect){9, 9, 1, 1});
	CHECK(pix_rect_empty(r) && r.left == r.right);

	CHECK(same(pix_rect_at(3, 4, 5, 6), (struct pix_rect){3, 4, 8, 10}));
	r = pix_rect_at(-(1ll << 33), 1ll << 33, UINT32_MAX, UINT32_MAX);
	CHECK(same(r, (struct pix_rect){INT32_MIN, INT32_MAX, INT32_MIN,
					INT32_MAX}));
	r = pix_rect_at(INT32_MIN, INT32_MAX - 1, UINT32_MAX, 4);
	CHECK(same(r, (struct pix_rect){INT32_MIN, INT32_MAX - 1, INT32_MAX,
					INT32_MAX}));
}

int main(void)
{
	RUN(pix_size);
	RUN(pix_alloc);
	RUN(pix_overlap);
	RUN(pix_rect);
	return test_end();
}
