/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * A dash is a rectangle one pixel wide along its line; it has the pixels whose
 * middles are in it. Of a pixel that is (x, y) away from where the line
 * (dx, dy) begins, two whole numbers say all:
 *
 *	along = x * dx + y * dy		px times the line's length
 *	beside = x * dy - y * dx	likewise, half a pixel at most
 *
 * Of what lies on an edge the pixels to the right, or just below, are inside.
 * So on a way back (to the left or straight up) a line has its end and not its
 * beginning.
 *
 * Where two lines meet and both come in on a way back, nobody has the pixel of
 * the corner: the corner is a shape of its own, with a spike where it is sharp.
 *
 * Bound: a line takes no more steps than the bounds have pixels along its
 * longer side, and than it has dashes, below 2^16.
 */
#include "spice/draw/draw_ends.h"
#include "spice/draw/draw_line.h"
#include "spice/draw/draw_wide.h"

/*
 * Sharper than 11 degrees a corner has no spike (X11's miter limit): the
 * angle's tangent, of 2^32. No spike reaches farther than 5.3 px.
 */
#define SPIKE_TAN   834857071u
#define SPIKE_REACH 5

/* ---- numbers -------------------------------------------------------------
 */

static uint64_t square(struct draw_way w)
{
	return (uint64_t)((int64_t)w.dx * w.dx) +
	       (uint64_t)((int64_t)w.dy * w.dy);
}

static int64_t along(struct draw_way w, int32_t x, int32_t y)
{
	return (int64_t)x * w.dx + (int64_t)y * w.dy;
}

static int64_t beside(struct draw_way w, int32_t x, int32_t y)
{
	return (int64_t)x * w.dy - (int64_t)y * w.dx;
}

/* ---- a line --------------------------------------------------------------
 */

struct line {
	struct draw_dash *to;
	struct draw_dash now; /* moves along */
	struct draw_way way;
	int32_t x, y;	    /* where it begins */
	uint32_t px;	    /* its length, rounded up */
	uint32_t done;	    /* px before the current dash */
	int32_t from, upto; /* what of the line is in the dash */
	int32_t after;	    /* where the next one begins */
	bool back, tied;
	struct draw_ends ends; /* if tied */
};

/*
 * A tie: where does the current dash end, and where does the next one begin?
 * For the reference that is not always the same if the next is the last.
 */
static void find_tied(struct line *line, uint32_t done)
{
	struct draw_dash after = line->now;

	draw_dash_next(&after);
	line->upto = draw_ends_next(&line->ends, line->now.left, !line->back);
	line->after = line->upto;
	if (done + after.left < line->px)
		return;
	line->after = draw_ends_last(&line->ends, !line->back);
	if (line->now.index % 2)
		line->upto = line->after;
}

static void find_end(struct line *line)
{
	uint64_t done = line->done + line->now.left;

	line->upto = line->after = INT32_MAX;
	if (done >= line->px)
		return;
	if (line->tied)
		find_tied(line, (uint32_t)done);
	else
		line->upto = line->after = (int32_t)draw_dash_root(
			done * done * square(line->way), !line->back);
}

static void next_dash(struct line *line)
{
	line->from = line->after;
	line->done += line->now.left;
	draw_dash_next(&line->now);
	find_end(line);
}

static void pixel(struct line *line, int32_t x, int32_t y)
{
	int64_t aside = beside(line->way, x - line->x, y - line->y);
	int32_t at = (int32_t)along(line->way, x - line->x, y - line->y) -
		     line->back;

	if (2 * (aside < 0 ? -aside : aside) >= line->px)
		return;
	while (at >= line->upto)
		next_dash(line);
	if (line->now.index % 2 == 0 && at >= line->from)
		line->to->dot(line->to, x, y);
}

/*
 * Along the longer side, at each step: the nearest pixel, and what of its two
 * neighbours across is in the line. They come in the line's order.
 */
static void pixels(struct line *line, int32_t x2, int32_t y2)
{
	struct pix_rect wide = line->to->bounds;
	struct draw_line step;
	int32_t i;

	wide.left--;
	wide.top--;
	wide.right++;
	wide.bottom++;
	draw_line_begin(&step, line->x, line->y, x2, y2, wide);
	pix_pace(line->to->pace, step.left);
	for (; step.left; draw_line_next(&step))
		for (i = -1; i <= 1; i++)
			pixel(line, step.x + (step.steep ? i * step.step_x : 0),
			      step.y + (step.steep ? 0 : i * step.step_y));
	if (line->back)
		pixel(line, x2, y2);
}

void draw_wide_line(struct draw_dash *dash, struct draw_way way, int32_t x,
		    int32_t y, uint32_t px)
{
	struct line line = {
		.to = dash,
		.now = *dash,
		.way = way,
		.x = x,
		.y = y,
		.px = px,
		.back = !draw_wide_ahead(way),
	};

	/* Only then can a pixel's middle be on a dash's end. */
	if (way.dx && way.dy && (uint64_t)px * px == square(way))
		line.tied = draw_ends_begin(&line.ends, way.dx, way.dy, px);
	find_end(&line);
	pixels(&line, x + way.dx, y + way.dy);
}

/* ---- corners -------------------------------------------------------------
 */

/* Is (@x, @y), seen from where line @w begins, behind that? */
static bool behind(struct draw_way w, int32_t x, int32_t y)
{
	int64_t at = along(w, x, y);

	return at < 0 || (!at && !draw_wide_ahead(w));
}

/* Is it no farther than half a pixel on this side of the line? */
static bool within(struct draw_way w, int64_t aside)
{
	return 2 * aside < draw_dash_root(square(w), true);
}

void draw_wide_corner(struct draw_dash *dash, int32_t x, int32_t y,
		      struct draw_way a, struct draw_way b)
{
	int64_t cross = beside(a, b.dx, b.dy), inner = along(a, b.dx, b.dy);
	int32_t side = cross < 0 ? -1 : 1, reach = 0, i, k;

	if (!cross ||
	    (!dash->spikes && (draw_wide_ahead(a) || draw_wide_ahead(b))))
		return;
	if (inner > 0 &&
	    (uint64_t)(cross * side) << 32 >= (uint64_t)inner * SPIKE_TAN)
		reach = SPIKE_REACH;
	for (i = -reach; i <= reach; i++)
		for (k = -reach; k <= reach; k++)
			if (behind(a, k, i) && behind(b, k, i) &&
			    within(a, -side * beside(a, k, i)) &&
			    within(b, side * beside(b, k, i)))
				dash->dot(dash, x + k, y + i);
}
