/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Dirty regions as a bounded list of rectangles. No memory of its own.
 */
#include "spice/pix/pix_region.h"

static uint64_t area(struct pix_rect r)
{
	return (uint64_t)((int64_t)r.right - r.left) *
	       (uint64_t)((int64_t)r.bottom - r.top);
}

/* The smallest rectangle around two that are not empty. */
static struct pix_rect hull(struct pix_rect a, struct pix_rect b)
{
	return (struct pix_rect){
		.left = a.left < b.left ? a.left : b.left,
		.top = a.top < b.top ? a.top : b.top,
		.right = a.right > b.right ? a.right : b.right,
		.bottom = a.bottom > b.bottom ? a.bottom : b.bottom,
	};
}

/* Pixels that the hull of @a and @b has more than the two of them. */
static uint64_t growth(struct pix_rect a, struct pix_rect b)
{
	uint64_t both = area(a) + area(b) - area(pix_rect_intersect(a, b));

	return area(hull(a, b)) - both;
}

static void drop(struct pix_region *r, uint32_t i)
{
	r->rects[i] = r->rects[--r->count];
}

/* Of all pairs join the one that grows least. */
static void join_cheapest(struct pix_region *r)
{
	uint32_t i, j, best_i = 0, best_j = 1;
	uint64_t g, best = UINT64_MAX;

	for (i = 0; i < r->count; i++) {
		for (j = i + 1; j < r->count; j++) {
			g = growth(r->rects[i], r->rects[j]);
			if (g < best) {
				best = g;
				best_i = i;
				best_j = j;
			}
		}
	}
	r->rects[best_i] = hull(r->rects[best_i], r->rects[best_j]);
	drop(r, best_j);
}

void pix_region_init(struct pix_region *r, struct pix_rect bounds)
{
	r->bounds = bounds;
	r->count = 0;
}

void pix_region_clear(struct pix_region *r)
{
	r->count = 0;
}

void pix_region_add(struct pix_region *r, struct pix_rect rect)
{
	uint32_t i = 0;

	rect = pix_rect_intersect(rect, r->bounds);
	if (pix_rect_empty(rect))
		return;

	/*
	 * Swallow every rectangle that costs nothing to join: one inside the
	 * other, or two that share a whole side. What has grown may reach
	 * others, so look again from the start.
	 */
	while (i < r->count) {
		if (growth(rect, r->rects[i])) {
			i++;
			continue;
		}
		rect = hull(rect, r->rects[i]);
		drop(r, i);
		i = 0;
	}
	if (r->count == PIX_REGION_RECTS)
		join_cheapest(r);
	r->rects[r->count++] = rect;
}

void pix_region_union(struct pix_region *r, const struct pix_region *other)
{
	uint32_t i;

	for (i = 0; i < other->count; i++)
		pix_region_add(r, other->rects[i]);
}

void pix_region_clip(struct pix_region *r, struct pix_rect bounds)
{
	uint32_t i = 0;

	r->bounds = bounds;
	while (i < r->count) {
		r->rects[i] = pix_rect_intersect(r->rects[i], bounds);
		if (pix_rect_empty(r->rects[i]))
			drop(r, i);
		else
			i++;
	}
}

struct pix_rect pix_region_extents(const struct pix_region *r)
{
	struct pix_rect all = {0, 0, 0, 0};
	uint32_t i;

	for (i = 0; i < r->count; i++)
		all = i ? hull(all, r->rects[i]) : r->rects[0];
	return all;
}
