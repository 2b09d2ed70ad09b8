/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
#include "spice/draw/draw_line.h"

/* @a / @b, rounded down, without the 64-bit division that the PC lacks. */
static uint64_t quotient(uint64_t a, uint64_t b)
{
	uint64_t rest = 0, q = 0;
	int i;

	for (i = 63; i >= 0; i--) {
		rest = rest << 1 | (a >> i & 1);
		q <<= 1;
		if (rest >= b) {
			rest -= b;
			q |= 1;
		}
	}
	return q;
}

/*
 * Of @n pixels from @from on, in steps of @step, those inside @low..@high - 1:
 * how many come before, and how many there are.
 */
static uint32_t inside(int64_t from, int32_t step, uint32_t n, int32_t low,
		       int32_t high, uint32_t *before)
{
	int64_t first = step > 0 ? low - from : from - (high - 1);
	int64_t end = step > 0 ? high - from : from - low + 1;

	if (first < 0)
		first = 0;
	if (end > n)
		end = n;
	*before = first < end ? (uint32_t)first : 0;
	return first < end ? (uint32_t)(end - first) : 0;
}

void draw_line_begin(struct draw_line *line, int32_t x1, int32_t y1, int32_t x2,
		     int32_t y2, struct pix_rect bounds)
{
	uint32_t dx = x2 < x1 ? x1 - x2 : x2 - x1;
	uint32_t dy = y2 < y1 ? y1 - y2 : y2 - y1;
	uint32_t major, minor, aside = 0;
	bool back;

	line->step_x = x2 < x1 ? -1 : 1;
	line->step_y = y2 < y1 ? -1 : 1;
	line->steep = dx <= dy;
	major = line->length = line->steep ? dy : dx;
	minor = line->steep ? dx : dy;
	/* Of two pixels as near: the one aside, but not on a way back. */
	back = (line->steep ? line->step_y : line->step_x) < 0;
	if (line->steep)
		line->left = inside(y1, line->step_y, major, bounds.top,
				    bounds.bottom, &line->skipped);
	else
		line->left = inside(x1, line->step_x, major, bounds.left,
				    bounds.right, &line->skipped);

	line->more = 2 * (int64_t)minor;
	line->less = 2 * (int64_t)major;
	line->error = -(int64_t)major - back;
	if (line->left && line->skipped) {
		aside = (uint32_t)quotient(
			(uint64_t)line->more * line->skipped + major - back,
			line->less);
		line->error += line->more * line->skipped - line->less * aside;
	}
	line->x = x1 +
		  line->step_x * (int32_t)(line->steep ? aside : line->skipped);
	line->y = y1 +
		  line->step_y * (int32_t)(line->steep ? line->skipped : aside);
}
