/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * An image scaled while it is drawn, with the very numbers that the reference
 * client gets from pixman.
 *
 * One pixel to the right on the surface is `factor` to the right in the image,
 * in 16.16 and rounded down. A pixel's sample is taken at its centre.
 *
 * nearest: the image pixel there, of two as near the left or upper one.
 * interpolate: the four around it, weighted by the distance in 1/128 px.
 *
 * Outside the image all is 0; inside, neighbours outside the source area count
 * like others. An image of another format becomes the surface's format first,
 * and is interpolated then.
 */
#include <errno.h>

#include "spice/draw/draw_image.h"
#include "spice/draw/draw_span.h"
#include "spice/pix/pix_convert.h"

struct scaled {
	struct draw_painter painter;
	enum draw_rop rop;
	const struct pixmap *src;
	uint32_t factor_x, factor_y; /* 16.16 */
};

/* Pixel (@x, @y) of the image as the surface's format shows it, in ARGB. */
static uint32_t sample(const struct scaled *s, int64_t x, int64_t y)
{
	const struct pixmap *src = s->src;
	uint32_t argb, format = s->painter.op->dst->format;

	if (x < 0 || y < 0 || x >= src->width || y >= src->height)
		return 0;
	argb = pix_to_argb(src->format,
			   pix_load(src->format, pix_row(src, y), x));
	if (pix_bits(format) == 32 || src->format == format)
		return argb;
	return pix_to_argb(format, pix_from_argb(format, argb));
}

/* What each of four pixels counts, together 2^14. */
struct weights {
	uint32_t tl, tr, bl, br; /* top left to bottom right */
};

static uint32_t mix(struct weights w, uint32_t tl, uint32_t tr, uint32_t bl,
		    uint32_t br)
{
	uint32_t out = 0, sum;
	int shift;

	for (shift = 0; shift < 32; shift += 8) {
		sum = (tl >> shift & 0xff) * w.tl +
		      (tr >> shift & 0xff) * w.tr +
		      (bl >> shift & 0xff) * w.bl + (br >> shift & 0xff) * w.br;
		out |= sum >> 14 << shift;
	}
	return out;
}

static uint32_t nearest(const struct scaled *s, int64_t x, int64_t y)
{
	return sample(s, (x - 1) >> 16, (y - 1) >> 16);
}

static uint32_t interpolated(const struct scaled *s, int64_t x, int64_t y)
{
	int64_t left = (x - 0x8000) >> 16, top = (y - 0x8000) >> 16;
	uint32_t wx = (x - 0x8000) >> 9 & 127, wy = (y - 0x8000) >> 9 & 127;
	struct weights w = {(128 - wx) * (128 - wy), wx * (128 - wy),
			    (128 - wx) * wy, wx * wy};

	return mix(w, sample(s, left, top), sample(s, left + 1, top),
		   sample(s, left, top + 1), sample(s, left + 1, top + 1));
}

/*
 * Where in the image, in 16.16, the centre of surface pixel @at is. Neither
 * product nor sum can overflow: 2^16 px of a factor below 2^32.
 */
static int64_t position(uint32_t at, int32_t box, uint32_t factor, int32_t area)
{
	int64_t from_box = (int64_t)at - box;

	return (int64_t)area * 65536 + from_box * factor +
	       (factor / 2 + factor % 2);
}

static void paint(const struct draw_painter *painter, uint32_t x, uint32_t y,
		  uint32_t n)
{
	const struct scaled *s = (const struct scaled *)painter;
	const struct draw_op *op = painter->op;
	uint32_t buf[DRAW_RUN_PX], format = op->dst->format, i, piece, argb;
	int64_t sx, sy;

	sx = position(x, op->box.left, s->factor_x, op->src_area.left);
	sy = position(y, op->box.top, s->factor_y, op->src_area.top);
	for (; n; x += piece, n -= piece) {
		piece = n < DRAW_RUN_PX ? n : DRAW_RUN_PX;
		for (i = 0; i < piece; i++, sx += s->factor_x) {
			argb = op->scale == SPICE_IMAGE_SCALE_MODE_NEAREST
				       ? nearest(s, sx, sy)
				       : interpolated(s, sx, sy);
			pix_store(format, (uint8_t *)buf, i,
				  pix_from_argb(format, argb));
		}
		draw_rop_row(s->rop, pix_bits(format), pix_row(op->dst, y), x,
			     (const uint8_t *)buf, 0, piece);
	}
}

static int factor(int64_t from, int64_t to, uint32_t *factor)
{
	if (from > DRAW_SCALE_MAX_PX || to > DRAW_SCALE_MAX_PX)
		return -EINVAL;
	*factor = ((uint32_t)from << 16) / (uint32_t)to;
	return 0;
}

int draw_scaled(const struct draw_op *op, const struct pixmap *src,
		enum draw_rop rop)
{
	struct pix_rect area = op->src_area, box = op->box;
	struct scaled s = {.painter = {paint, op}, .rop = rop, .src = src};
	int rc;

	if (op->scale != SPICE_IMAGE_SCALE_MODE_NEAREST &&
	    op->scale != SPICE_IMAGE_SCALE_MODE_INTERPOLATE)
		return -EINVAL;
	rc = factor((int64_t)area.right - area.left,
		    (int64_t)box.right - box.left, &s.factor_x);
	if (rc)
		return rc;
	rc = factor((int64_t)area.bottom - area.top,
		    (int64_t)box.bottom - box.top, &s.factor_y);
	if (rc)
		return rc;
	return draw_spans(op, op->box, &s.painter);
}
