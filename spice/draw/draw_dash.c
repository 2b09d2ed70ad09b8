/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The path and its dashes; draw_wide.c has the pixels.
 */
#include "spice/draw/draw_wide.h"

/* Longer lines are cut. */
#define MOST_PX 32767

/* What a line costs that is not seen, px; besides, one for each dash. */
#define LINE_PX 64

uint32_t draw_dash_root(uint64_t v, bool up)
{
	uint64_t rest = 0, q = 0;
	int i;

	for (i = 62; i >= 0; i -= 2) {
		rest = rest << 2 | (v >> i & 3);
		q <<= 1;
		if (rest > q << 1) {
			rest -= q << 1 | 1;
			q |= 1;
		}
	}
	return (uint32_t)q + (up && rest);
}

/* ---- dashes --------------------------------------------------------------
 */

/* Whole pixels of at most a byte, as the reference has them. */
static uint32_t length(const struct draw_dash *dash)
{
	const struct draw_stroke *stroke = dash->stroke;
	uint32_t at = dash->index + stroke->gap_first;
	int32_t fix = stroke->dash[at % stroke->dashes];

	return ((fix >> 4) + ((fix & 15) > 8)) & 255;
}

void draw_dash_next(struct draw_dash *dash)
{
	dash->index = (dash->index + 1) % dash->stroke->dashes;
	dash->left = length(dash);
}

/* A line of @px pixels, rounded up, comes to its end. */
static void pass(struct draw_dash *dash, uint32_t px)
{
	if (px > dash->left) {
		px = (px - dash->left - 1) % dash->total + 1;
		for (draw_dash_next(dash); px > dash->left;
		     draw_dash_next(dash))
			px -= dash->left;
	}
	dash->left -= px;
	if (!dash->left)
		draw_dash_next(dash);
}

bool draw_dash_begin(struct draw_dash *dash)
{
	uint32_t i;

	dash->total = dash->index = 0;
	dash->begun = dash->first_on = dash->last_on = false;
	for (i = 0; i < dash->stroke->dashes; i++) {
		dash->total += length(dash);
		dash->index++;
	}
	dash->index = 0;
	if (!dash->total)
		return false;
	dash->left = length(dash);
	if (dash->stroke->gap_first)
		draw_dash_next(dash);
	while (!dash->left)
		draw_dash_next(dash);
	return true;
}

/* ---- the path ------------------------------------------------------------
 */

static bool seen(struct pix_rect r, int32_t x1, int32_t y1, int32_t x2,
		 int32_t y2)
{
	return (x1 >= r.left - 1 || x2 >= r.left - 1) &&
	       (x1 <= r.right || x2 <= r.right) &&
	       (y1 >= r.top - 1 || y2 >= r.top - 1) &&
	       (y1 <= r.bottom || y2 <= r.bottom);
}

static struct draw_way turned(struct draw_way w)
{
	return (struct draw_way){-w.dx, -w.dy};
}

void draw_dash_line(struct draw_dash *dash, int32_t x1, int32_t y1, int32_t x2,
		    int32_t y2)
{
	struct draw_way way = {x2 - x1, y2 - y1};
	bool on = dash->index % 2 == 0;
	bool visible = seen(dash->bounds, x1, y1, x2, y2);
	int32_t mid_x, mid_y;
	uint32_t px;

	if (!way.dx && !way.dy)
		return;
	if (visible && (way.dx > MOST_PX || way.dx < -MOST_PX ||
			way.dy > MOST_PX || way.dy < -MOST_PX)) {
		mid_x = x1 + way.dx / 2;
		mid_y = y1 + way.dy / 2;
		draw_dash_line(dash, x1, y1, mid_x, mid_y);
		draw_dash_line(dash, mid_x, mid_y, x2, y2);
		return;
	}
	px = draw_dash_root((uint64_t)((int64_t)way.dx * way.dx) +
				    (uint64_t)((int64_t)way.dy * way.dy),
			    true);
	pix_pace(dash->pace, LINE_PX + dash->stroke->dashes);
	if (visible) {
		pix_pace(dash->pace, px);
		draw_wide_line(dash, way, x1, y1, px);
	}
	pass(dash, px);
	if (!dash->begun) {
		dash->first = way;
		dash->first_on = on;
	} else if (on && dash->last_on) {
		draw_wide_corner(dash, x1, y1, way, turned(dash->last));
	}
	dash->begun = true;
	dash->last = way;
	/* Where a dash has just ended, the next one is current. */
	dash->last_on = (dash->index % 2 == 0) != (dash->left == length(dash));
}

void draw_dash_close(struct draw_dash *dash, int32_t x, int32_t y)
{
	if (dash->first_on && dash->last_on)
		draw_wide_corner(dash, x, y, dash->first, turned(dash->last));
}
