/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * DRAW_TRANSPARENT: an image without its pixels of one color. A scaled one
 * takes the nearest pixel always.
 *
 * The key is 0x00RRGGBB; on a surface of 16 bits it is compared as that format
 * has it. On one of alpha only the key is 0.
 */
#include "spice/draw/draw_source.h"
#include "spice/draw/draw_span.h"
#include "spice/draw/draw_table.h"
#include "spice/pix/pix_convert.h"

struct keyed {
	struct draw_painter painter;
	struct draw_source src;
	uint32_t key, bits; /* of a pixel, those that are compared */
};

static void paint_run(const struct draw_painter *painter, uint32_t x,
		      uint32_t y, uint32_t n)
{
	const struct keyed *k = (const struct keyed *)painter;
	uint32_t format = painter->op->dst->format, buf[DRAW_RUN_PX], part, i;
	uint8_t *row = pix_row(painter->op->dst, y);
	const uint8_t *src;

	for (; n; x += part, n -= part) {
		part = n < DRAW_RUN_PX ? n : DRAW_RUN_PX;
		src = draw_source_look(&k->src, x, y, part, (uint8_t *)buf);
		for (i = 0; i < part; i++) {
			uint32_t v = pix_load(format, src, i);

			if ((v & k->bits) != k->key)
				pix_store(format, row, x + i, v);
		}
	}
}

static int paint(const struct draw_op *op)
{
	struct keyed k = {.painter = {paint_run, op}, .bits = UINT32_MAX};
	struct draw_op nearest = *op;
	int rc;

	nearest.scale = SPICE_IMAGE_SCALE_MODE_NEAREST;
	switch (pix_bits(op->dst->format)) {
	case 32:
		k.bits = 0xffffff;
		k.key = op->key & 0xffffff;
		break;
	case 16:
		k.key = pix_from_argb(op->dst->format, op->key);
		break;
	}
	rc = draw_source_open(&k.src, &nearest, op->dst->format);
	if (rc)
		return rc;
	draw_source_combined(&k.src);
	rc = draw_spans(op, k.src.within, &k.painter);
	draw_source_close(&k.src);
	return rc;
}

const struct draw_row draw_transparent = {
	.type = SPICE_MSG_DISPLAY_DRAW_TRANSPARENT,
	.name = "transparent",
	.paint = paint,
};
