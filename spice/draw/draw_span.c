/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The walk over the pixels to paint, and the dirty rectangles it leaves.
 *
 * Bound on memory: pix_clip's lists, and copies of what shares memory with the
 * surface (draw_stable).
 */
#include <errno.h>
#include <string.h>

#include "spice/draw/draw_span.h"
#include "spice/pix/pix_clip.h"
#include "spice/pix/pix_pace.h"

struct pix_rect draw_box(const struct draw_op *op)
{
	return pix_rect_intersect(op->box, pix_bounds(op->dst));
}

void draw_extents(const struct draw_op *op, struct pix_region *dirty)
{
	struct pix_rect box = draw_box(op);
	uint32_t i;

	if (op->clip.all)
		pix_region_add(dirty, box);
	for (i = 0; !op->clip.all && i < op->clip.count; i++)
		pix_region_add(dirty,
			       pix_rect_intersect(box, op->clip.rects[i]));
}

int draw_stable(const struct draw_op *op, const struct pixmap **pm,
		struct pixmap *copy)
{
	const struct pixmap *from = *pm;
	uint32_t y;
	int rc;

	copy->data = NULL;
	if (!from || !from->data || !pix_bits(from->format))
		return -EINVAL;
	if (!pix_overlap(from, op->dst))
		return 0;
	rc = pix_alloc(op->env, copy, from->format, from->width, from->height);
	if (rc)
		return rc;
	for (y = 0; y < from->height; y++)
		memcpy(pix_row(copy, y), pix_row(from, y), copy->stride);
	*pm = copy;
	return 0;
}

/* Where the surface's pixel (0, 0) is in the mask. */
struct mask {
	const struct pixmap *bits; /* NULL: no mask */
	int64_t dx, dy;
	uint8_t flip; /* 1: inverted */
};

/* Does the mask allow this bit? */
static inline bool allows(const struct mask *m, const uint8_t *row, uint32_t x)
{
	return (row[x / 8] >> x % 8 & 1) ^ m->flip;
}

/* Paint those runs of row @y, @left to @right, that the mask allows. */
static void masked_row(const struct mask *m, const struct draw_painter *painter,
		       uint32_t y, uint32_t left, uint32_t right)
{
	const uint8_t *row = pix_row(m->bits, (uint32_t)(y + m->dy));
	uint32_t x = left, end;

	while (x < right) {
		while (x < right && !allows(m, row, (uint32_t)(x + m->dx)))
			x++;
		end = x;
		while (end < right && allows(m, row, (uint32_t)(end + m->dx)))
			end++;
		if (end > x)
			painter->paint(painter, x, y, end - x);
		x = end;
	}
}

static void rect(const struct mask *m, const struct draw_painter *painter,
		 struct pix_rect r, struct pix_pace *pace)
{
	uint32_t y, width = r.right - r.left;

	for (y = r.top; y < (uint32_t)r.bottom; y++) {
		if (m->bits)
			masked_row(m, painter, y, r.left, r.right);
		else
			painter->paint(painter, r.left, y, width);
		pix_pace(pace, width);
	}
}

int draw_spans(const struct draw_op *op, struct pix_rect within,
	       const struct draw_painter *painter)
{
	struct mask m = {op->mask.bits, (int64_t)op->mask.pos_x - op->box.left,
			 (int64_t)op->mask.pos_y - op->box.top,
			 op->mask.invers};
	struct pix_pace pace = {op->env, 0};
	struct pixmap copy = {0};
	struct pix_clip clip;
	struct pix_rect r;
	uint32_t i;
	int rc;

	within = pix_rect_intersect(within, draw_box(op));
	if (m.bits) {
		if (m.bits->format != SPICE_SURFACE_FMT_1_A)
			return -EINVAL;
		r = pix_rect_at(-m.dx, -m.dy, m.bits->width, m.bits->height);
		within = pix_rect_intersect(within, r);
	}
	if (pix_rect_empty(within))
		return 0;

	rc = m.bits ? draw_stable(op, &m.bits, &copy) : 0;
	if (rc)
		goto err_mask;
	rc = pix_clip_open(op->env, &clip, within, op->clip.all, op->clip.rects,
			   op->clip.count);
	if (rc)
		goto err_clip;

	for (i = 0; i < clip.count; i++) {
		if (pix_clip_rect(&clip, i, &r))
			rect(&m, painter, r, &pace);
	}

	pix_clip_close(op->env, &clip);
err_clip:
	pix_free(op->env, &copy);
err_mask:
	return rc;
}
