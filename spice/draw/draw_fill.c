/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * DRAW_FILL: brush rop dest, and the solid color that others use too.
 *
 * A pattern tile repeats in both directions; its pixel (0, 0) lies at the
 * brush's position, in surface coordinates, and everywhere a tile's size from
 * there.
 */
#include <errno.h>
#include <string.h>

#include "spice/draw/draw_brush.h"
#include "spice/draw/draw_span.h"
#include "spice/draw/draw_table.h"
#include "spice/pix/pix_convert.h"

static uint32_t less(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* SOLID with any rop: combine piece by piece. */
static void solid_rop(const struct draw_painter *painter, uint32_t x,
		      uint32_t y, uint32_t n)
{
	const struct draw_solid *solid = (const struct draw_solid *)painter;
	const struct pixmap *dst = painter->op->dst;
	uint32_t piece;

	for (; n; x += piece, n -= piece) {
		piece = less(n, DRAW_RUN_PX);
		draw_rop_row(solid->rop, pix_bits(dst->format), pix_row(dst, y),
			     x, (const uint8_t *)solid->row, 0, piece);
	}
}

/* SOLID, PUT, 32 bits: the most common fill. */
static void solid_put_32(const struct draw_painter *painter, uint32_t x,
			 uint32_t y, uint32_t n)
{
	uint32_t color = ((const struct draw_solid *)painter)->row[0];
	uint32_t *at = (uint32_t *)pix_row(painter->op->dst, y) + x;

	while (n--)
		*at++ = color;
}

void draw_solid_init(struct draw_solid *solid, const struct draw_op *op,
		     uint32_t color, enum draw_rop rop)
{
	uint32_t format = op->dst->format, i;

	memset(solid, 0, sizeof(*solid));
	solid->painter.op = op;
	solid->painter.paint = solid_rop;
	solid->rop = rop;
	if (pix_bits(format) == 32 && rop == DRAW_ROP_COPY)
		solid->painter.paint = solid_put_32;
	for (i = 0; i < DRAW_RUN_PX; i++)
		pix_store(format, (uint8_t *)solid->row, i, color);
}

struct tiled {
	struct draw_painter painter;
	enum draw_rop rop;
	const struct pixmap *tile;
	uint32_t start_x, start_y; /* the tile's pixel at surface (0, 0) */
};

/* @v modulo @n, never negative. @n at most 2^31 - 1. */
static uint32_t modulo(int32_t v, uint32_t n)
{
	int32_t rest = v % (int32_t)n;

	return rest < 0 ? n - (uint32_t)-rest : (uint32_t)rest;
}

static void tiled_paint(const struct draw_painter *painter, uint32_t x,
			uint32_t y, uint32_t n)
{
	const struct tiled *t = (const struct tiled *)painter;
	const struct pixmap *dst = painter->op->dst, *tile = t->tile;
	const uint8_t *row;
	uint32_t buf[DRAW_RUN_PX], tile_x, piece;

	row = pix_row(tile, (t->start_y + y) % tile->height);
	tile_x = (t->start_x + x) % tile->width;
	for (; n; x += piece, n -= piece) {
		piece = less(less(n, DRAW_RUN_PX), tile->width - tile_x);
		pix_convert_row(dst->format, (uint8_t *)buf, 0, tile->format,
				row, tile_x, piece);
		draw_rop_row(t->rop, pix_bits(dst->format), pix_row(dst, y), x,
			     (const uint8_t *)buf, 0, piece);
		tile_x += piece;
		if (tile_x == tile->width)
			tile_x = 0;
	}
}

static int fill_pattern(const struct draw_op *op, enum draw_rop rop)
{
	const struct draw_brush *brush = &op->brush;
	struct tiled t = {.painter = {tiled_paint, op}, .rop = rop};
	struct pixmap copy;
	uint32_t width, height;
	int rc;

	t.tile = brush->pattern;
	rc = draw_stable(op, &t.tile, &copy);
	if (rc)
		return rc;
	width = t.tile->width;
	height = t.tile->height;
	t.start_x = (width - modulo(brush->pos_x, width)) % width;
	t.start_y = (height - modulo(brush->pos_y, height)) % height;
	rc = draw_spans(op, op->box, &t.painter);
	pix_free(op->env, &copy);
	return rc;
}

int draw_brush_fill(const struct draw_op *op, enum draw_rop rop)
{
	struct draw_solid solid;

	switch (op->brush.type) {
	case SPICE_BRUSH_TYPE_SOLID:
		draw_solid_init(&solid, op, op->brush.color, rop);
		break;
	case SPICE_BRUSH_TYPE_NONE:
		draw_solid_init(&solid, op, 0, rop);
		break;
	case SPICE_BRUSH_TYPE_PATTERN:
		return fill_pattern(op, rop);
	default:
		return -EINVAL;
	}
	return draw_spans(op, op->box, &solid.painter);
}

static int paint(const struct draw_op *op)
{
	return draw_brush_fill(op,
			       draw_rop_reduce(op->rop, SPICE_ROPD_INVERS_BRUSH,
					       SPICE_ROPD_INVERS_DEST));
}

const struct draw_row draw_fill = {
	.type = SPICE_MSG_DISPLAY_DRAW_FILL,
	.name = "fill",
	.paint = paint,
};
