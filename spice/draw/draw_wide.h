/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Inside draw_dash: the pixels of one line, and of a corner between two. Who
 * has no room for all of them links another source.
 */
#ifndef SPICE_DRAW_WIDE_H
#define SPICE_DRAW_WIDE_H

#include "spice/draw/draw_dash.h"

/* To the right, or straight down. */
static inline bool draw_wide_ahead(struct draw_way w)
{
	return w.dx > 0 || (!w.dx && w.dy > 0);
}

/*
 * The line @way from (@x, @y) on, whose first dash is @dash's current one;
 * @dash is left as it is.
 *
 * @way: below 2^15 px along each axis
 * @px: its length, rounded up
 */
void draw_wide_line(struct draw_dash *dash, struct draw_way way, int32_t x,
		    int32_t y, uint32_t px);

/*
 * The corner between the lines @a and @b, which begin at (@x, @y) and are
 * dashes there.
 */
void draw_wide_corner(struct draw_dash *dash, int32_t x, int32_t y,
		      struct draw_way a, struct draw_way b);

/* What draw_dash has for that: go to the next dash; a root, @up or down. */
void draw_dash_next(struct draw_dash *dash);
uint32_t draw_dash_root(uint64_t v, bool up);

#endif
