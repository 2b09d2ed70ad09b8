/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * DRAW_ALPHA_BLEND: an image, premultiplied, over the surface, all of it as
 * much more transparent as the message says. A scaled one takes the nearest
 * pixel always.
 *
 * A surface of 16 bits is widened, blended and cut off again. One of xRGB has
 * no alpha unless the message says so; its fourth byte becomes 0.
 */
#include "spice/draw/draw_over.h"
#include "spice/draw/draw_source.h"
#include "spice/draw/draw_span.h"
#include "spice/draw/draw_table.h"
#include "spice/pix/pix_convert.h"

struct blend {
	struct draw_painter painter;
	struct draw_source src;
	uint32_t format; /* of the surface, as the message sees it */
	uint32_t keep;	 /* of a blended pixel */
	uint32_t opaque; /* bits to set in an image pixel: xRGB's alpha */
};

static void paint_run(const struct draw_painter *painter, uint32_t x,
		      uint32_t y, uint32_t n)
{
	const struct blend *b = (const struct blend *)painter;
	uint32_t buf[DRAW_RUN_PX], alpha = painter->op->alpha, part, i, d;
	uint8_t *row = pix_row(painter->op->dst, y);

	for (; n; x += part, n -= part) {
		part = n < DRAW_RUN_PX ? n : DRAW_RUN_PX;
		draw_source_fetch(&b->src, x, y, part, (uint8_t *)buf);
		for (i = 0; i < part; i++) {
			d = pix_to_argb(b->format,
					pix_load(b->format, row, x + i));
			d = draw_over_argb(
				draw_scale_argb(buf[i] | b->opaque, alpha), d);
			d = pix_from_argb(b->format, d) & b->keep;
			pix_store(b->format, row, x + i, d);
		}
	}
}

static bool is_32(uint32_t format)
{
	return pix_bits(format) == 32;
}

static int paint(const struct draw_op *op)
{
	struct blend b = {.painter = {paint_run, op},
			  .format = op->dst->format,
			  .keep = UINT32_MAX};
	struct draw_op nearest = *op;
	int rc;

	nearest.scale = SPICE_IMAGE_SCALE_MODE_NEAREST;
	rc = draw_source_open(&b.src, &nearest, SPICE_SURFACE_FMT_32_ARGB);
	if (rc)
		return rc;
	if (op->src_is_surface && is_32(b.src.from) &&
	    op->alpha_flags & SPICE_ALPHA_FLAGS_SRC_SURFACE_HAS_ALPHA)
		b.src.from = SPICE_SURFACE_FMT_32_ARGB;
	if (b.src.from == SPICE_SURFACE_FMT_32_xRGB)
		b.opaque = 0xff000000;
	if (b.format == SPICE_SURFACE_FMT_32_xRGB) {
		if (op->alpha_flags & SPICE_ALPHA_FLAGS_DEST_HAS_ALPHA)
			b.format = SPICE_SURFACE_FMT_32_ARGB;
		else
			b.keep = 0xffffff;
	}
	rc = op->alpha ? draw_spans(op, b.src.within, &b.painter) : 0;
	draw_source_close(&b.src);
	return rc;
}

const struct draw_row draw_alpha_blend = {
	.type = SPICE_MSG_DISPLAY_DRAW_ALPHA_BLEND,
	.name = "alpha blend",
	.paint = paint,
};
