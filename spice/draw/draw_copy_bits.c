/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * COPY_BITS: move a rectangle inside its surface.
 *
 * Old and new place may overlap, within a clip rectangle and from one to
 * another. Nothing is overwritten before it was read when the work goes
 * against the move: down: last row first; right: rightmost first. The clip's
 * rectangles stand in bands (pix_clip.h), so the same holds for them: bands in
 * the order of rows, and inside a band by x.
 */
#include <string.h>

#include "spice/draw/draw_move.h"
#include "spice/draw/draw_span.h"
#include "spice/draw/draw_table.h"
#include "spice/pix/pix_clip.h"
#include "spice/pix/pix_convert.h"
#include "spice/pix/pix_pace.h"

struct move {
	const struct draw_op *op;
	int64_t dx, dy;
	bool up, leftward; /* the order of the work */
	struct pix_pace pace;
};

/* Like memmove, for single bits. */
static void move_bits(uint8_t *dst, uint32_t dst_x, const uint8_t *src,
		      uint32_t src_x, uint32_t n, bool leftward)
{
	uint32_t i, k;

	for (i = 0; i < n; i++) {
		k = leftward ? n - 1 - i : i;
		pix_store(SPICE_SURFACE_FMT_1_A, dst, dst_x + k,
			  pix_load(SPICE_SURFACE_FMT_1_A, src, src_x + k));
	}
}

static void move_rect(struct move *m, struct pix_rect r)
{
	struct pixmap *pm = m->op->dst;
	unsigned int bytes = pix_bits(pm->format) / 8;
	uint32_t i, y, width = r.right - r.left, height = r.bottom - r.top;
	uint32_t src_x = (uint32_t)(r.left - m->dx);
	const uint8_t *src;
	uint8_t *dst;

	for (i = 0; i < height; i++) {
		y = m->up ? r.bottom - 1 - i : r.top + i;
		dst = pix_row(pm, y);
		src = pix_row(pm, (uint32_t)(y - m->dy));
		if (bytes)
			memmove(dst + r.left * bytes, src + src_x * bytes,
				width * bytes);
		else
			move_bits(dst, r.left, src, src_x, width, m->leftward);
		pix_pace(&m->pace, width);
	}
}

/* Move the @n rectangles of a band, the leftmost of which is @first. */
static void move_band(struct move *m, const struct pix_clip *clip,
		      uint32_t first, uint32_t n)
{
	struct pix_rect r;
	uint32_t i;

	for (i = 0; i < n; i++) {
		if (pix_clip_rect(clip, first + (m->leftward ? n - 1 - i : i),
				  &r))
			move_rect(m, r);
	}
}

static void move_all(struct move *m, const struct pix_clip *clip)
{
	const struct pix_rect *r = clip->rects;
	uint32_t done, n, first;

	for (done = 0; done < clip->count; done += n) {
		first = m->up ? clip->count - 1 - done : done;
		n = 1;
		while (done + n < clip->count &&
		       r[m->up ? first - n : first + n].top == r[first].top)
			n++;
		move_band(m, clip, m->up ? first - n + 1 : first, n);
	}
}

int draw_move(const struct draw_op *op, int64_t dx, int64_t dy)
{
	struct move m = {.op = op,
			 .dx = dx,
			 .dy = dy,
			 .up = dy > 0,
			 .leftward = dx > 0,
			 .pace = {op->env, 0}};
	struct pix_clip clip;
	struct pix_rect within;
	int rc;

	if (!dx && !dy)
		return 0;
	within = pix_rect_at(dx, dy, op->dst->width, op->dst->height);
	within = pix_rect_intersect(within, draw_box(op));
	rc = pix_clip_open(op->env, &clip, within, op->clip.all, op->clip.rects,
			   op->clip.count);
	if (rc)
		return rc;
	move_all(&m, &clip);
	pix_clip_close(op->env, &clip);
	return 0;
}

static int paint(const struct draw_op *op)
{
	return draw_move(op, (int64_t)op->box.left - op->src_x,
			 (int64_t)op->box.top - op->src_y);
}

const struct draw_row draw_copy_bits = {
	.type = SPICE_MSG_DISPLAY_COPY_BITS,
	.name = "copy-bits",
	.paint = paint,
};
