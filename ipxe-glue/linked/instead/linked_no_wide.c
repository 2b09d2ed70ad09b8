/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * In the place of spice/draw/draw_wide.c and draw_ends.c where a ROM has no
 * room for them: dashes are parts of thin lines. Level and upright ones are
 * those of the reference, of slanted ones a pixel in eight or so is another.
 */
#include "spice/draw/draw_line.h"
#include "spice/draw/draw_wide.h"

void draw_wide_line(struct draw_dash *dash, struct draw_way way, int32_t x,
		    int32_t y, uint32_t px)
{
	struct draw_dash now = *dash;
	uint32_t done = 0, i;
	int32_t at_x, at_y;
	bool back = !draw_wide_ahead(way);
	struct draw_line line;

	draw_line_begin(&line, x, y, x + way.dx, y + way.dy, dash->bounds);
	pix_pace(dash->pace, line.left);
	for (i = line.skipped; line.left; i++) {
		at_x = line.x;
		at_y = line.y;
		draw_line_next(&line);
		while (i * px / line.length >= done + now.left) {
			done += now.left;
			draw_dash_next(&now);
		}
		if (now.index % 2 == 0)
			dash->dot(dash, back ? line.x : at_x,
				  back ? line.y : at_y);
	}
}

void draw_wide_corner(struct draw_dash *dash, int32_t x, int32_t y,
		      struct draw_way a, struct draw_way b)
{
	if (!draw_wide_ahead(a) && !draw_wide_ahead(b))
		dash->dot(dash, x, y);
}
