/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * DRAW_OPAQUE: brush rop image, put down.
 *
 * The protocol tells it as two steps, of which the second sees what the first
 * has drawn; so the descriptor's INVERS_SRC inverts the image, as the second
 * operand.
 */
#include "spice/draw/draw_brush.h"
#include "spice/draw/draw_source.h"
#include "spice/draw/draw_span.h"
#include "spice/draw/draw_table.h"

struct opaque {
	struct draw_painter painter;
	enum draw_rop rop;
	struct draw_source src;
	struct draw_ink *ink;
};

static void paint_run(const struct draw_painter *painter, uint32_t x,
		      uint32_t y, uint32_t n)
{
	const struct opaque *o = (const struct opaque *)painter;
	const struct pixmap *dst = painter->op->dst;
	uint32_t buf[DRAW_RUN_PX], part;
	const uint8_t *ink;

	for (; n; x += part, n -= part) {
		part = n;
		ink = draw_ink_fetch(o->ink, x, y, &part);
		draw_source_fetch(&o->src, x, y, part, (uint8_t *)buf);
		draw_rop_row(o->rop, pix_bits(dst->format), (uint8_t *)buf, 0,
			     ink, 0, part);
		draw_rop_row(DRAW_ROP_COPY, pix_bits(dst->format),
			     pix_row(dst, y), x, (const uint8_t *)buf, 0, part);
	}
}

static int paint(const struct draw_op *op)
{
	struct opaque o = {.painter = {paint_run, op}};
	struct draw_ink ink;
	int rc;

	o.rop = draw_rop_reduce(op->rop, SPICE_ROPD_INVERS_BRUSH,
				SPICE_ROPD_INVERS_SRC);
	rc = draw_source_open(&o.src, op, op->dst->format);
	if (rc)
		return rc;
	rc = draw_ink_open(&ink, op, &op->brush);
	if (rc)
		goto err_ink;
	o.ink = &ink;
	rc = draw_spans(op, o.src.within, &o.painter);
	draw_ink_close(&ink);
err_ink:
	draw_source_close(&o.src);
	return rc;
}

const struct draw_row draw_opaque = {
	.type = SPICE_MSG_DISPLAY_DRAW_OPAQUE,
	.name = "opaque",
	.paint = paint,
};
