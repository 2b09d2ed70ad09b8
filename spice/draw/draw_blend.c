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

/* @n pixels onto a surface of 32 bits. */
static void blend_32(const struct blend *b, uint32_t *d, const uint32_t *src,
		     uint32_t n)
{
	uint32_t alpha = b->painter.op->alpha, keep = b->keep, i, s;
	uint32_t top = pix_to_argb(b->format, 0), opaque = b->opaque;

	for (i = 0; i < n; i++) {
		s = src[i] | opaque;
		if (alpha != 255)
			s = draw_scale_argb(s, alpha);
		if (s >> 24 != 255)
			s = draw_over_argb(s, d[i] | top);
		d[i] = s & keep;
	}
}

static void paint_run(const struct draw_painter *painter, uint32_t x,
		      uint32_t y, uint32_t n)
{
	const struct blend *b = (const struct blend *)painter;
	uint32_t buf[DRAW_RUN_PX], alpha = painter->op->alpha, part, i, d;
	uint8_t *row = pix_row(painter->op->dst, y);
	const uint32_t *src;

	for (; n; x += part, n -= part) {
		part = n < DRAW_RUN_PX ? n : DRAW_RUN_PX;
		src = (const uint32_t *)draw_source_look(&b->src, x, y, part,
							 (uint8_t *)buf);
		if (pix_bits(b->format) == 32) {
			blend_32(b, (uint32_t *)row + x, src, part);
			continue;
		}
		for (i = 0; i < part; i++) {
			d = pix_to_argb(b->format,
					pix_load(b->format, row, x + i));
			d = draw_over_argb(
				draw_scale_argb(src[i] | b->opaque, alpha), d);
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
