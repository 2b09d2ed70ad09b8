/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * A dash's end is an edge through one of its corners, which the reference moves
 * from dash to dash by parts of the line's way. Those are not exact: where a
 * pixel's middle lies on the edge (a line of 3 by 4 has such pixels, most lines
 * have none), the last bit of IEEE's double precision says which dash has it.
 * Here the same is done with integers: the bare PC keeps no floating point.
 * (What a compiler would join to one rounding, as for ARM, is not known here.)
 */
#include "spice/draw/draw_ends.h"

#define BITS 53

/* @m * 2^@e to 53 bits, the nearest; of two, the even one. |@m| < 2^63. */
static struct draw_real rounded(int64_t m, int32_t e)
{
	uint64_t v = m < 0 ? 0 - (uint64_t)m : (uint64_t)m;
	int32_t more = 0;

	if (!v)
		return (struct draw_real){0, 0};
	while (v >> more >> BITS)
		more++;
	if (more) {
		v += ((uint64_t)1 << (more - 1)) - !(v >> more & 1);
		v >>= more;
	}
	for (; v < (uint64_t)1 << (BITS - 1); v <<= 1)
		more--;
	return (struct draw_real){m < 0 ? -(int64_t)v : (int64_t)v, e + more};
}

static struct draw_real add(struct draw_real a, struct draw_real b)
{
	struct draw_real high = a.e < b.e ? b : a, low = a.e < b.e ? a : b;
	int32_t apart = high.e - low.e, drop = apart - 9;
	int64_t m;

	if (!a.m || !b.m)
		return a.m ? a : b;
	if (drop > 0) {
		/* Of what is too low, only that there is something counts. */
		m = low.m >> (drop > 60 ? 60 : drop);
		if (drop > 60 || m * ((int64_t)1 << drop) != low.m)
			m |= 1;
		low = (struct draw_real){m, low.e + drop};
		apart = 9;
	}
	return rounded(high.m * ((int64_t)1 << apart) + low.m, low.e);
}

/* |@by| < 2^15 */
static struct draw_real times(struct draw_real a, int32_t by)
{
	int64_t low = (a.m & 255) * by, high = (a.m >> 8) * by + (low >> 8);

	if (high >> 54 == 0 || high >> 54 == -1)
		return rounded(high * 256 + (low & 255), a.e);
	return rounded(high | ((low & 255) != 0), a.e + 8);
}

/* @n / @by, which is not 0; |@n| < 2^31. */
static struct draw_real quotient(int32_t n, uint32_t by)
{
	uint32_t high = n < 0 ? 0 - (uint32_t)n : (uint32_t)n;
	uint64_t q = high / by, rest = high % by;
	int32_t e = 0;

	if (!n)
		return (struct draw_real){0, 0};
	for (; !(q >> (BITS + 1)); e--) {
		q <<= 1;
		rest <<= 1;
		if (rest >= by) {
			rest -= by;
			q |= 1;
		}
	}
	/* A rest is somewhere behind the last bit. */
	q = q << 1 | !!rest;
	return rounded(n < 0 ? -(int64_t)q : (int64_t)q, e - 1);
}

/* |@a| < 2^31 */
static int32_t whole(struct draw_real a, bool up)
{
	int64_t m = up ? -a.m : a.m;

	/* 53 bits: some are behind the point. */
	m = a.e < -62 ? m >> 62 : m >> -a.e;
	return (int32_t)(up ? -m : m);
}

static struct draw_real negative(struct draw_real a)
{
	return (struct draw_real){-a.m, a.e};
}

bool draw_ends_begin(struct draw_ends *ends, int32_t dx, int32_t dy,
		     uint32_t px)
{
	struct draw_real half = quotient(1, px);

	ends->dx = dx;
	ends->dy = dy;
	ends->px = px;
	half.e--;
	ends->x = times(half, dy);
	ends->y = negative(times(half, dx));
	return true;
}

int32_t draw_ends_next(struct draw_ends *ends, uint32_t px, bool up)
{
	int32_t way = (int32_t)px;

	ends->x = add(ends->x, quotient(way * ends->dx, ends->px));
	ends->y = add(ends->y, quotient(way * ends->dy, ends->px));
	ends->end = add(times(ends->x, ends->dx), times(ends->y, ends->dy));
	return whole(ends->end, up);
}

/* The reference counts the last dash's edges from the line's end on. */
int32_t draw_ends_last(const struct draw_ends *ends, bool up)
{
	uint32_t all = ends->px * ends->px;

	return whole(add(ends->end, rounded(-(int64_t)all, 0)), up) +
	       (int32_t)all;
}
