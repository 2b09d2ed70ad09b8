/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * DRAW_COPY and DRAW_BLEND, which are the same: source rop dest.
 *
 * The source area's top left corner comes to the box's. An image of another
 * format is converted as pix_convert.h says.
 */
#include <errno.h>

#include "spice/draw/draw_image.h"
#include "spice/draw/draw_move.h"
#include "spice/draw/draw_span.h"
#include "spice/draw/draw_table.h"
#include "spice/pix/pix_convert.h"

struct image {
	struct draw_painter painter;
	enum draw_rop rop;
	const struct pixmap *src;
	int64_t dx, dy; /* from surface to source */
};

/* PUT: straight from row to row, whatever the formats. */
static void put(const struct draw_painter *painter, uint32_t x, uint32_t y,
		uint32_t n)
{
	const struct image *im = (const struct image *)painter;
	const struct pixmap *dst = painter->op->dst;

	pix_convert_row(dst->format, pix_row(dst, y), x, im->src->format,
			pix_row(im->src, (uint32_t)(y + im->dy)),
			(uint32_t)(x + im->dx), n);
}

/* Any rop: convert a piece, combine it. */
static void combine(const struct draw_painter *painter, uint32_t x, uint32_t y,
		    uint32_t n)
{
	const struct image *im = (const struct image *)painter;
	const struct pixmap *dst = painter->op->dst;
	const uint8_t *row = pix_row(im->src, (uint32_t)(y + im->dy));
	uint32_t buf[DRAW_RUN_PX], piece;

	for (; n; x += piece, n -= piece) {
		piece = n < DRAW_RUN_PX ? n : DRAW_RUN_PX;
		pix_convert_row(dst->format, (uint8_t *)buf, 0, im->src->format,
				row, (uint32_t)(x + im->dx), piece);
		draw_rop_row(im->rop, pix_bits(dst->format), pix_row(dst, y), x,
			     (const uint8_t *)buf, 0, piece);
	}
}

static bool same_size(struct pix_rect a, struct pix_rect b)
{
	return (int64_t)a.right - a.left == (int64_t)b.right - b.left &&
	       (int64_t)a.bottom - a.top == (int64_t)b.bottom - b.top;
}

static int unscaled(const struct draw_op *op, const struct pixmap *src,
		    enum draw_rop rop)
{
	struct image im = {
		.painter = {rop == DRAW_ROP_COPY ? put : combine, op},
		.rop = rop,
		.src = src,
		.dx = (int64_t)op->src_area.left - op->box.left,
		.dy = (int64_t)op->src_area.top - op->box.top,
	};

	return draw_spans(op,
			  pix_rect_at(-im.dx, -im.dy, src->width, src->height),
			  &im.painter);
}

/* Is @op a plain move inside its surface? */
static bool moves(const struct draw_op *op, enum draw_rop rop)
{
	const struct pixmap *src = op->src, *dst = op->dst;

	return rop == DRAW_ROP_COPY && !op->mask.bits &&
	       src->data == dst->data && src->format == dst->format &&
	       src->width == dst->width && src->height == dst->height &&
	       src->stride == dst->stride && same_size(op->box, op->src_area);
}

int draw_image(const struct draw_op *op, enum draw_rop rop)
{
	const struct pixmap *src = op->src;
	struct pixmap copy;
	int rc;

	if (!src || !src->data || pix_rect_empty(op->src_area))
		return -EINVAL;
	if (pix_rect_empty(op->box))
		return 0;
	if (moves(op, rop))
		return draw_move(op, (int64_t)op->box.left - op->src_area.left,
				 (int64_t)op->box.top - op->src_area.top);
	rc = draw_stable(op, &src, &copy);
	if (rc)
		return rc;
	if (same_size(op->box, op->src_area))
		rc = unscaled(op, src, rop);
	else
		rc = draw_scaled(op, src, rop);
	pix_free(op->env, &copy);
	return rc;
}

static int paint(const struct draw_op *op)
{
	return draw_image(op, draw_rop_reduce(op->rop, SPICE_ROPD_INVERS_SRC,
					      SPICE_ROPD_INVERS_DEST));
}

const struct draw_row draw_copy = {
	.type = SPICE_MSG_DISPLAY_DRAW_COPY,
	.name = "copy",
	.paint = paint,
};

const struct draw_row draw_blend = {
	.type = SPICE_MSG_DISPLAY_DRAW_BLEND,
	.name = "blend",
	.paint = paint,
};
