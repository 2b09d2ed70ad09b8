/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * pix_region: random rectangles against a bitmap of what was added.
 */
#include "spice/pix/pix_region.h"
#include "test/spice/test_env.h"
#include "test/test.h"

#define SIDE 64

static uint8_t added[SIDE][SIDE];

static void mark(struct pix_rect r)
{
	int32_t x, y;

	for (y = 0; y < SIDE; y++)
		for (x = 0; x < SIDE; x++)
			if (x >= r.left && x < r.right && y >= r.top &&
			    y < r.bottom)
				added[y][x] = 1;
}

static int covers(const struct pix_region *r, int32_t x, int32_t y)
{
	uint32_t i;

	for (i = 0; i < r->count; i++)
		if (x >= r->rects[i].left && x < r->rects[i].right &&
		    y >= r->rects[i].top && y < r->rects[i].bottom)
			return 1;
	return 0;
}

/* All that was added inside @b is covered, nothing outside it is. */
static int holds(const struct pix_region *r, struct pix_rect b)
{
	int32_t x, y;
	uint32_t i;

	if (r->count > PIX_REGION_RECTS)
		return 0;
	for (i = 0; i < r->count; i++)
		if (pix_rect_empty(r->rects[i]) || r->rects[i].left < b.left ||
		    r->rects[i].top < b.top || r->rects[i].right > b.right ||
		    r->rects[i].bottom > b.bottom)
			return 0;
	for (y = b.top; y < b.bottom; y++)
		for (x = b.left; x < b.right; x++)
			if (added[y][x] && !covers(r, x, y))
				return 0;
	return 1;
}

TEST(random_rects)
{
	struct pix_rect all = {0, 0, SIDE, SIDE}, part = {7, 9, 40, 30}, q;
	struct pix_region r, other;
	uint32_t state = 99, round, i;

	for (round = 0; round < 300; round++) {
		pix_region_init(&r, all);
		pix_region_init(&other, all);
		memset(added, 0, sizeof(added));
		for (i = 0; i < 60; i++) {
			q.left = (int32_t)(test_random(&state) % 80) - 10;
			q.top = (int32_t)(test_random(&state) % 80) - 10;
			q.right = q.left + test_random(&state) % 9 - 1;
			q.bottom = q.top + test_random(&state) % 9 - 1;
			pix_region_add(i % 2 ? &r : &other, q);
			mark(q);
		}
		pix_region_union(&r, &other);
		CHECK(holds(&r, all));
		pix_region_clip(&r, part);
		CHECK(holds(&r, part));
		pix_region_clear(&r);
		CHECK(pix_region_empty(&r));
	}
}

static void add(struct pix_region *r, int32_t left, int32_t top, int32_t right,
		int32_t bottom)
{
	pix_region_add(r, (struct pix_rect){left, top, right, bottom});
}

TEST(joins_what_costs_nothing)
{
	struct pix_region r;

	pix_region_init(&r, (struct pix_rect){0, 0, 100, 100});
	add(&r, 10, 10, 20, 20);
	add(&r, 12, 12, 15, 15); /* inside */
	CHECK_EQ(r.count, 1);
	add(&r, 20, 10, 30, 20); /* beside, same height */
	CHECK_EQ(r.count, 1);
	CHECK_EQ(r.rects[0].right, 30);
	add(&r, 50, 50, 60, 60); /* apart */
	CHECK_EQ(r.count, 2);
	add(&r, 0, 0, 100, 100); /* all */
	CHECK_EQ(r.count, 1);
	add(&r, 5, 5, 5, 9); /* empty */
	add(&r, 200, 200, 300, 300);
	CHECK_EQ(r.count, 1);
}

/* Scrolled text: row by row, one rectangle comes out. */
TEST(rows_make_one)
{
	struct pix_region r;
	int32_t y;

	pix_region_init(&r, (struct pix_rect){0, 0, 100, 100});
	for (y = 0; y < 100; y += 2)
		add(&r, 0, y, 100, y + 1);
	for (y = 1; y < 100; y += 2)
		add(&r, 0, y, 100, y + 1);
	CHECK_EQ(r.count, 1);
}

TEST(full_joins_the_cheapest)
{
	struct pix_region r;
	int32_t i;

	pix_region_init(&r, (struct pix_rect){0, 0, 4000, 4000});
	for (i = 0; i < PIX_REGION_RECTS; i++)
		add(&r, i * 100, i * 100, i * 100 + 10, i * 100 + 10);
	CHECK_EQ(r.count, PIX_REGION_RECTS);
	add(&r, 712, 711, 715, 716); /* near number 7 */
	CHECK_EQ(r.count, PIX_REGION_RECTS);
	add(&r, 3900, 3900, 3910, 3910); /* now those two have become one */
	CHECK_EQ(r.count, PIX_REGION_RECTS);
	CHECK(covers(&r, 700, 700) && covers(&r, 714, 715));
	CHECK(covers(&r, 711, 710) && !covers(&r, 720, 720));
	CHECK(covers(&r, 3905, 3905) && covers(&r, 5, 5));
}

TEST(extents)
{
	struct pix_region r;
	struct pix_rect e;

	pix_region_init(&r, (struct pix_rect){INT32_MIN, INT32_MIN, INT32_MAX,
					      INT32_MAX});
	e = pix_region_extents(&r);
	CHECK(pix_rect_empty(e));
	add(&r, 5, 6, 7, 8);
	add(&r, 1, 20, 2, 30);
	e = pix_region_extents(&r);
	CHECK_EQ(e.left, 1);
	CHECK_EQ(e.top, 6);
	CHECK_EQ(e.right, 7);
	CHECK_EQ(e.bottom, 30);
	add(&r, INT32_MIN, INT32_MIN, INT32_MAX, INT32_MAX);
	CHECK_EQ(r.count, 1);
}

int main(void)
{
	RUN(random_rects);
	RUN(joins_what_costs_nothing);
	RUN(rows_make_one);
	RUN(full_joins_the_cheapest);
	RUN(extents);
	return test_end();
}
