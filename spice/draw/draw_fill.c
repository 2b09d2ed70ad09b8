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

	if (n >= 8)
		pix_fill32(at, color, n);
	for (; n < 8 && n; n--)
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

/* ---- any brush ------------------------------------------------------------
 */

/* @v modulo @n, never negative. @n at most 2^31 - 1. */
static uint32_t modulo(int32_t v, uint32_t n)
{
	int32_t rest = v % (int32_t)n;

	return rest < 0 ? n - (uint32_t)-rest : (uint32_t)rest;
}

static int open_tile(struct draw_ink *ink, const struct draw_op *op,
		     const struct draw_brush *brush)
{
	uint32_t width, height;
	int rc;

	ink->tile = brush->pattern;
	rc = draw_stable(op, &ink->tile, &ink->copy);
	if (rc)
		return rc;
	width = ink->tile->width;
	height = ink->tile->height;
	ink->start_x = (width - modulo(brush->pos_x, width)) % width;
	ink->start_y = (height - modulo(brush->pos_y, height)) % height;
	return 0;
}

int draw_ink_open(struct draw_ink *ink, const struct draw_op *op,
		  const struct draw_brush *brush)
{
	uint32_t i;

	memset(ink, 0, sizeof(*ink));
	ink->op = op;
	if (brush->type == SPICE_BRUSH_TYPE_PATTERN)
		return open_tile(ink, op, brush);
	if (brush->type == SPICE_BRUSH_TYPE_SOLID)
		ink->color = brush->color;
	else if (brush->type != SPICE_BRUSH_TYPE_NONE)
		return -EINVAL;
	for (i = 0; i < DRAW_RUN_PX; i++)
		pix_store(op->dst->format, (uint8_t *)ink->row, i, ink->color);
	return 0;
}

const uint8_t *draw_ink_fetch(struct draw_ink *ink, uint32_t x, uint32_t y,
			      uint32_t *n)
{
	const struct pixmap *tile = ink->tile;
	uint32_t format = ink->op->dst->format, bytes = pix_bits(format) / 8;
	uint32_t tile_x, want, have, part;
	uint8_t *row = (uint8_t *)ink->row;

	*n = want = less(*n, DRAW_RUN_PX);
	if (!tile)
		return row;
	/* The tile's row once, from where it begins here; then copies of that,
	   each twice as long. */
	tile_x = (ink->start_x + x) % tile->width;
	for (have = 0; have < want && (have < tile->width || !bytes);
	     have += part, tile_x = 0) {
		part = less(want - have, tile->width - tile_x);
		if (bytes)
			part = less(part, tile->width - have);
		pix_convert_row(
			format, row, have, tile->format,
			pix_row(tile, (ink->start_y + y) % tile->height),
			tile_x, part);
	}
	for (; have < want; have += part) {
		part = less(have, want - have);
		memcpy(row + have * bytes, row, part * bytes);
	}
	return row;
}

void draw_ink_close(struct draw_ink *ink)
{
	pix_free(ink->op->env, &ink->copy);
}

struct tiled {
	struct draw_painter painter;
	enum draw_rop rop;
	struct draw_ink *ink;
};

static void tiled_paint(const struct draw_painter *painter, uint32_t x,
			uint32_t y, uint32_t n)
{
	const struct tiled *t = (const struct tiled *)painter;
	const struct pixmap *dst = painter->op->dst;
	const uint8_t *row;
	uint32_t piece;

	for (; n; x += piece, n -= piece) {
		piece = n;
		row = draw_ink_fetch(t->ink, x, y, &piece);
		draw_rop_row(t->rop, pix_bits(dst->format), pix_row(dst, y), x,
			     row, 0, piece);
	}
}

int draw_brush_fill(const struct draw_op *op, enum draw_rop rop)
{
	struct draw_ink ink;
	struct draw_solid solid;
	struct tiled tiled = {{tiled_paint, op}, rop, &ink};
	const struct draw_painter *painter = &tiled.painter;
	int rc = draw_ink_open(&ink, op, &op->brush);

	if (rc)
		return rc;
	if (!ink.tile) {
		draw_solid_init(&solid, op, ink.color, rop);
		painter = &solid.painter;
	}
	rc = draw_spans(op, op->box, painter);
	draw_ink_close(&ink);
	return rc;
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
