/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The pixels of a line of one pixel's width, as the X server's thin lines have
 * them (Bresenham; where two pixels are as near, the one that it prefers).
 */
#ifndef SPICE_DRAW_LINE_H
#define SPICE_DRAW_LINE_H

#include "spice/pix/pix_pixmap.h"

struct draw_line {
	int32_t x, y;	  /* the next pixel */
	uint32_t left;	  /* pixels from there on, inside the bounds */
	uint32_t skipped; /* pixels before the first one inside */
	uint32_t length;  /* in all */
	/* Private. */
	int32_t step_x, step_y;
	bool steep;
	int64_t error, more, less;
};

/*
 * Begin the line from (@x1, @y1) to (@x2, @y2), which is not drawn itself.
 * Coordinates: within +-2^29. Along the longer side the line is cut to
 * @bounds; along the other it may leave them.
 */
void draw_line_begin(struct draw_line *line, int32_t x1, int32_t y1, int32_t x2,
		     int32_t y2, struct pix_rect bounds);

/* Go to the next pixel; line->left > 0. */
static inline void draw_line_next(struct draw_line *line)
{
	bool aside;

	line->error += line->more;
	aside = line->error >= 0;
	if (aside)
		line->error -= line->less;
	if (aside || !line->steep)
		line->x += line->step_x;
	if (aside || line->steep)
		line->y += line->step_y;
	line->left--;
}

#endif
