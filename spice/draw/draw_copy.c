/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * DRAW_COPY and DRAW_BLEND, which are the same: source rop dest.
 *
 * The source area's top left corner comes to the box's. An image of another
 * format is converted as pix_convert.h says.
 */
#include <string.h>

#include "spice/draw/draw_image.h"
#include "spice/draw/draw_move.h"
#include "spice/draw/draw_source.h"
#include "spice/draw/draw_span.h"
#include "spice/draw/draw_table.h"

struct image {
	struct draw_painter painter;
	enum draw_rop rop;
	struct draw_source src;
	struct run *last; /* of PUT */
};

/* @n pixels of row @y. */
struct run {
	uint32_t x, y, n;
};

/*
 * PUT, of whole bytes: read where it belongs. A scaled row that shows the same
 * as the one above it, painted just before, is copied from there.
 */
static void put(const struct draw_painter *painter, uint32_t x, uint32_t y,
		uint32_t n)
{
	const struct image *im = (const struct image *)painter;
	const struct pixmap *dst = painter->op->dst;
	uint32_t bytes = pix_bits(dst->format) / 8;
	uint8_t *row = pix_row(dst, y) + x * bytes;
	struct run *last = im->last;

	if (last->n == n && last->x == x && last->y == y - 1 &&
	    draw_source_again(&im->src, y))
		memcpy(row, row - dst->stride, n * bytes);
	else
		draw_source_fetch(&im->src, x, y, n, row);
	*last = (struct run){x, y, n};
}

/* Any rop: read a piece, combine it. */
static void combine(const struct draw_painter *painter, uint32_t x, uint32_t y,
		    uint32_t n)
{
	const struct image *im = (const struct image *)painter;
	const struct pixmap *dst = painter->op->dst;
	uint32_t buf[DRAW_RUN_PX], piece;
	const uint8_t *src;

	for (; n; x += piece, n -= piece) {
		piece = n < DRAW_RUN_PX ? n : DRAW_RUN_PX;
		src = draw_source_look(&im->src, x, y, piece, (uint8_t *)buf);
		draw_rop_row(im->rop, pix_bits(dst->format), pix_row(dst, y), x,
			     src, 0, piece);
	}
}

/* Is @op a plain move inside its surface? */
static bool moves(const struct draw_op *op, enum draw_rop rop)
{
	const struct pixmap *src = op->src, *dst = op->dst;

	return rop == DRAW_ROP_COPY && !op->mask.bits && src &&
	       src->data == dst->data && src->format == dst->format &&
	       src->width == dst->width && src->height == dst->height &&
	       src->stride == dst->stride &&
	       draw_same_size(op->box, op->src_area) &&
	       !pix_rect_empty(op->box);
}

int draw_image(const struct draw_op *op, enum draw_rop rop)
{
	struct run last = {0};
	struct image im = {.painter = {combine, op}, .rop = rop, .last = &last};
	int rc;

	if (moves(op, rop))
		return draw_move(op, (int64_t)op->box.left - op->src_area.left,
				 (int64_t)op->box.top - op->src_area.top);
	rc = draw_source_open(&im.src, op, op->dst->format);
	if (rc)
		return rc;
	if (rop != DRAW_ROP_COPY)
		draw_source_combined(&im.src);
	else if (pix_bits(op->dst->format) >= 8)
		im.painter.paint = put;
	rc = draw_spans(op, im.src.within, &im.painter);
	draw_source_close(&im.src);
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
