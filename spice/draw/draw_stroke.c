/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * DRAW_STROKE: a path's lines with the brush, each pixel by itself, so that
 * where lines cross a raster operation is done twice.
 *
 * A curve becomes lines by halving it until it is flat. Gaps between dashes are
 * left alone.
 *
 * Bound: a line takes no more steps than the box has pixels along its longer
 * side (a dashed one: draw_dash.c), a curve is halved at most CURVE_DEPTH
 * times.
 */
#include <errno.h>
#include <string.h>

#include "spice/draw/draw_brush.h"
#include "spice/draw/draw_dash.h"
#include "spice/draw/draw_line.h"
#include "spice/draw/draw_table.h"
#include "spice/pix/pix_clip.h"
#include "spice/pix/pix_convert.h"
#include "spice/pix/pix_pace.h"

#define CURVE_DEPTH 12

/* What one costs that is not seen, px. */
#define LINE_PX	 16
#define CURVE_PX 16

struct pen {
	struct draw_dash dash; /* the first */
	const struct draw_op *op;
	struct pix_clip clip;
	struct pix_rect bounds;
	struct draw_ink ink;
	struct pix_pace pace;
	enum draw_rop rop;
	struct pixmap painted;	     /* 1_A of bounds; no data: not needed */
	int32_t first_row, last_row; /* of painted, that have a bit */
	bool begun;		     /* there is a current point */
	bool dashed;
	int32_t x, y;		/* the current point */
	int32_t from_x, from_y; /* where the path began */
};

/* ---- pixels -------------------------------------------------------------- */

/* Of rectangles in bands only the first that reaches beyond it can have it. */
static bool visible(const struct pen *pen, int32_t x, int32_t y)
{
	const struct pix_rect *rects = pen->clip.rects, *r;
	uint32_t low = 0, high = pen->clip.count, middle;

	if (x < pen->bounds.left || x >= pen->bounds.right ||
	    y < pen->bounds.top || y >= pen->bounds.bottom)
		return false;
	while (low < high) {
		middle = low + (high - low) / 2;
		r = &rects[middle];
		if (r->bottom <= y || (r->top <= y && r->right <= x))
			low = middle + 1;
		else
			high = middle;
	}
	return low < pen->clip.count && rects[low].top <= y &&
	       rects[low].left <= x;
}

/*
 * Of a dashed path each pixel is painted once, as the reference does it for
 * what would look different the second time. Returns whether this is that.
 */
static bool once(struct pen *pen, int32_t x, int32_t y)
{
	int32_t left = x - pen->bounds.left, top = y - pen->bounds.top;
	uint8_t *row;

	if (!pen->painted.data)
		return true;
	row = pix_row(&pen->painted, top);
	if (pix_load(SPICE_SURFACE_FMT_1_A, row, left))
		return false;
	pix_store(SPICE_SURFACE_FMT_1_A, row, left, 1);
	if (top < pen->first_row)
		pen->first_row = top;
	if (top > pen->last_row)
		pen->last_row = top;
	return true;
}

static void forget_painted(struct pen *pen)
{
	int32_t y;

	if (!pen->painted.data)
		return;
	for (y = pen->first_row; y <= pen->last_row; y++) {
		memset(pix_row(&pen->painted, y), 0, pen->painted.stride);
		pix_pace(&pen->pace, pen->painted.stride);
	}
	pen->first_row = INT32_MAX;
	pen->last_row = -1;
}

static void dot(struct pen *pen, int32_t x, int32_t y)
{
	const struct pixmap *dst = pen->op->dst;
	const uint8_t *ink;
	uint32_t n = 1;

	if (!visible(pen, x, y) || !once(pen, x, y))
		return;
	ink = draw_ink_fetch(&pen->ink, x, y, &n);
	draw_rop_row(pen->rop, pix_bits(dst->format), pix_row(dst, y), x, ink,
		     0, 1);
}

/* ---- lines ---------------------------------------------------------------
 */

static void dash_dot(struct draw_dash *dash, int32_t x, int32_t y)
{
	dot((struct pen *)dash, x, y);
}

static void line_to(struct pen *pen, int32_t x, int32_t y)
{
	struct draw_line line;

	if (pen->dashed) {
		draw_dash_line(&pen->dash, pen->x, pen->y, x, y);
	} else {
		draw_line_begin(&line, pen->x, pen->y, x, y, pen->bounds);
		pix_pace(&pen->pace, LINE_PX + line.left);
		for (; line.left; draw_line_next(&line))
			dot(pen, line.x, line.y);
	}
	pen->x = x;
	pen->y = y;
}

/* 28.4 to whole pixels: a half is rounded down. */
static int32_t whole(int32_t fix)
{
	return (fix >> 4) + ((fix & 15) > 8);
}

static void point(struct pen *pen, struct draw_point p)
{
	if (pen->begun) {
		line_to(pen, whole(p.x), whole(p.y));
		return;
	}
	pen->x = pen->from_x = whole(p.x);
	pen->y = pen->from_y = whole(p.y);
	pen->begun = true;
}

/* ---- curves --------------------------------------------------------------
 */

/* Products that wrap around: the reference's do, and a curve stays a curve. */
static int64_t times(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a * (uint64_t)b);
}

static int64_t dots(struct draw_point a, struct draw_point a0,
		    struct draw_point b, struct draw_point b0)
{
	uint64_t x = times((int64_t)a.x - a0.x, (int64_t)b.x - b0.x);
	uint64_t y = times((int64_t)a.y - a0.y, (int64_t)b.y - b0.y);

	return (int64_t)(x + y) >> 4;
}

/* Is the end @c, seen from @from, no farther aside than half a pixel? */
static bool flat(struct draw_point from, struct draw_point c,
		 struct draw_point chord_from, struct draw_point chord_to)
{
	int64_t a2 = dots(c, from, c, from);
	int64_t b2 = dots(chord_to, chord_from, chord_to, chord_from);
	int64_t ab = dots(c, from, chord_to, chord_from);
	uint64_t h = (uint64_t)times(a2, b2) - (uint64_t)times(ab, ab);

	return (int64_t)h >> 3 < b2;
}

static struct draw_point middle(struct draw_point a, struct draw_point b)
{
	return (struct draw_point){(int32_t)(((int64_t)a.x + b.x) / 2),
				   (int32_t)(((int64_t)a.y + b.y) / 2)};
}

/* The curve of @p[0] to @p[3], pulled to @p[1] and @p[2]. */
static void curve(struct pen *pen, const struct draw_point p[4], int depth)
{
	struct draw_point half[4], mid12;

	pix_pace(&pen->pace, CURVE_PX);
	if (depth == CURVE_DEPTH ||
	    (flat(p[0], p[1], p[0], p[3]) && flat(p[3], p[2], p[3], p[0]))) {
		point(pen, p[3]);
		return;
	}
	half[0] = p[0];
	half[1] = middle(p[0], p[1]);
	mid12 = middle(p[1], p[2]);
	half[2] = middle(half[1], mid12);
	half[3] = middle(half[2], middle(mid12, middle(p[2], p[3])));
	curve(pen, half, depth + 1);
	half[0] = half[3];
	half[2] = middle(p[2], p[3]);
	half[1] = middle(mid12, half[2]);
	half[3] = p[3];
	curve(pen, half, depth + 1);
}

static void curve_to(struct pen *pen, const struct draw_point p[3])
{
	struct draw_point all[4] = {
		{(int32_t)((uint32_t)pen->x << 4),
		 (int32_t)((uint32_t)pen->y << 4)},
		p[0],
		p[1],
		p[2],
	};

	curve(pen, all, 0);
}

/* ---- the path ------------------------------------------------------------
 */

static void begin(struct pen *pen)
{
	pen->begun = false;
	pen->dashed = pen->op->stroke->dashes && draw_dash_begin(&pen->dash);
	forget_painted(pen);
}

static void finish(struct pen *pen)
{
	if (pen->dashed && pen->begun && pen->x == pen->from_x &&
	    pen->y == pen->from_y)
		draw_dash_close(&pen->dash, pen->x, pen->y);
	begin(pen);
}

static void segment(struct pen *pen, const struct draw_segment *seg)
{
	const struct draw_point *p = seg->points, *end = p + seg->count;

	if (seg->flags & SPICE_PATH_BEGIN) {
		finish(pen);
		if (p < end)
			point(pen, *p++);
	}
	if (seg->flags & SPICE_PATH_BEZIER && pen->begun) {
		for (; end - p >= 3; p += 3)
			curve_to(pen, p);
	} else {
		for (; p < end; p++)
			point(pen, *p);
	}
	if (!(seg->flags & SPICE_PATH_END))
		return;
	if (seg->flags & SPICE_PATH_CLOSE && pen->begun)
		line_to(pen, pen->from_x, pen->from_y);
	finish(pen);
}

/* Can it be seen how often a pixel was painted: does it invert any? */
static bool counts(enum draw_rop rop)
{
	return (rop & 0xc) == 0x8 || (rop & 0x3) == 0x2;
}

static int open_painted(struct pen *pen)
{
	struct pix_rect r = pen->bounds;

	pen->first_row = INT32_MAX;
	pen->last_row = -1;
	if (!pen->op->stroke->dashes || !counts(pen->rop))
		return 0;
	return pix_alloc(pen->op->env, &pen->painted, SPICE_SURFACE_FMT_1_A,
			 r.right - r.left, r.bottom - r.top);
}

static int paint(const struct draw_op *op)
{
	struct pen pen = {.op = op, .pace = {op->env, 0}};
	uint32_t i;
	int rc;

	if (!op->stroke)
		return -EINVAL;
	pen.bounds = draw_box(op);
	if (pix_rect_empty(pen.bounds))
		return 0;
	pen.rop = draw_rop_reduce(op->rop, SPICE_ROPD_INVERS_BRUSH,
				  SPICE_ROPD_INVERS_DEST);
	rc = draw_ink_open(&pen.ink, op, &op->brush);
	if (rc)
		return rc;
	rc = open_painted(&pen);
	if (rc)
		goto err_painted;
	rc = pix_clip_open(op->env, &pen.clip, pen.bounds, op->clip.all,
			   op->clip.rects, op->clip.count);
	if (rc)
		goto err_clip;
	pen.dash.stroke = op->stroke;
	pen.dash.bounds = pen.bounds;
	pen.dash.pace = &pen.pace;
	pen.dash.spikes = counts(pen.rop);
	pen.dash.dot = dash_dot;
	begin(&pen);
	for (i = 0; i < op->stroke->count; i++)
		segment(&pen, &op->stroke->segments[i]);
	finish(&pen);
	pix_clip_close(op->env, &pen.clip);
err_clip:
	pix_free(op->env, &pen.painted);
err_painted:
	draw_ink_close(&pen.ink);
	return rc;
}

const struct draw_row draw_stroke = {
	.type = SPICE_MSG_DISPLAY_DRAW_STROKE,
	.name = "stroke",
	.paint = paint,
};
