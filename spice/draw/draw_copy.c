/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * DRAW_COPY and DRAW_BLEND, which are the same: source rop dest.
 *
 * The source area's top left corner comes to the box's. An image of another
 * format is converted as pix_convert.h says.
 */
#include "spice/draw/draw_image.h"
#include "spice/draw/draw_move.h"
#include "spice/draw/draw_source.h"
#include "spice/draw/draw_span.h"
#include "spice/draw/draw_table.h"
#include "spice/pix/pix_convert.h"

struct image {
	struct draw_painter painter;
	enum draw_rop rop;
	struct draw_source src;
};

/* PUT, not scaled: straight from row to row, whatever the formats. */
static void put(const struct draw_painter *painter, uint32_t x, uint32_t y,
		uint32_t n)
{
	const struct image *im = (const struct image *)painter;
	const struct pixmap *dst = painter->op->dst;

	pix_convert_row(dst->format, pix_row(dst, y), x, im->src.from,
			pix_row(im->src.pm, (uint32_t)(y + im->src.dy)),
			(uint32_t)(x + im->src.dx), n);
}

/* Any rop: read a piece, combine it. */
static void combine(const struct draw_painter *painter, uint32_t x, uint32_t y,
		    uint32_t n)
{
	const struct image *im = (const struct image *)painter;
	const struct pixmap *dst = painter->op->dst;
	uint32_t buf[DRAW_RUN_PX], piece;

	for (; n; x += piece, n -= piece) {
		piece = n < DRAW_RUN_PX ? n : DRAW_RUN_PX;
		draw_source_fetch(&im->src, x, y, piece, (uint8_t *)buf);
		draw_rop_row(im->rop, pix_bits(dst->format), pix_row(dst, y), x,
			     (const uint8_t *)buf, 0, piece);
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
	struct image im = {.painter = {combine, op}, .rop = rop};
	int rc;

	if (moves(op, rop))
		return draw_move(op, (int64_t)op->box.left - op->src_area.left,
				 (int64_t)op->box.top - op->src_area.top);
	rc = draw_source_open(&im.src, op, op->dst->format);
	if (rc)
		return rc;
	if (rop != DRAW_ROP_COPY)
		draw_source_combined(&im.src);
	else if (!im.src.factor_x)
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
