/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * DRAW_ROP3: pattern, source and destination combined bit by bit.
 *
 * The message's number is the operation's truth table: bit 4p + 2s + d is what
 * pattern bit p, source bit s and destination bit d give (Windows' ternary
 * raster operations).
 */
#include "spice/draw/draw_brush.h"
#include "spice/draw/draw_source.h"
#include "spice/draw/draw_span.h"
#include "spice/draw/draw_table.h"
#include "spice/pix/pix_convert.h"

struct rop3 {
	struct draw_painter painter;
	struct draw_source src;
	struct draw_ink *ink;
	/*
	 * The operation as a sum modulo 2 of products: term 4p + 2s + d is all
	 * ones if the product of those operands is one of them.
	 */
	uint32_t term[8];
};

static inline uint32_t combine(const struct rop3 *r, uint32_t p, uint32_t s,
			       uint32_t d)
{
	const uint32_t *t = r->term;
	uint32_t none = t[0] ^ (t[1] & d) ^ ((t[2] ^ (t[3] & d)) & s);
	uint32_t with = t[4] ^ (t[5] & d) ^ ((t[6] ^ (t[7] & d)) & s);

	return none ^ (with & p);
}

/* @n pixels that all three operands have. */
static void piece(const struct rop3 *r, const uint8_t *p, const uint8_t *s,
		  uint32_t x, uint32_t y, uint32_t n)
{
	const struct pixmap *dst = r->painter.op->dst;
	uint32_t format = dst->format, i;
	uint8_t *row = pix_row(dst, y);

	if (pix_bits(format) == 32) {
		uint32_t *d = (uint32_t *)row + x;

		for (i = 0; i < n; i++)
			d[i] = combine(r, ((const uint32_t *)p)[i],
				       ((const uint32_t *)s)[i], d[i]);
		return;
	}
	for (i = 0; i < n; i++)
		pix_store(format, row, x + i,
			  combine(r, pix_load(format, p, i),
				  pix_load(format, s, i),
				  pix_load(format, row, x + i)));
}

/*
 * The same of 32 bits with one colour, of which set_color has left four terms;
 * and three where source and destination are multiplied in every bit, as they
 * are where one of them chooses.
 */
static void solid_32(const uint32_t *term, const uint32_t *s, uint32_t *d,
		     uint32_t n)
{
	uint32_t t0 = term[0], t1 = term[1], t2 = term[2], t3 = term[3];
	const uint32_t *end = s + n;

	for (; t3 == UINT32_MAX && s < end; s++, d++)
		*d = ((*s ^ t1) & (*d ^ t2)) ^ t0 ^ (t1 & t2);
	for (; s < end; s++, d++)
		*d = t0 ^ (t2 & *s) ^ ((t1 ^ (t3 & *s)) & *d);
}

static void paint_run(const struct draw_painter *painter, uint32_t x,
		      uint32_t y, uint32_t n)
{
	const struct rop3 *r = (const struct rop3 *)painter;
	const struct pixmap *dst = painter->op->dst;
	uint32_t buf[DRAW_RUN_PX], part;
	const uint8_t *pattern, *src;

	for (; n; x += part, n -= part) {
		part = n;
		pattern = draw_ink_fetch(r->ink, x, y, &part);
		src = draw_source_look(&r->src, x, y, part, (uint8_t *)buf);
		if (!r->ink->tile && pix_bits(dst->format) == 32)
			solid_32(r->term, (const uint32_t *)src,
				 (uint32_t *)pix_row(dst, y) + x, part);
		else
			piece(r, pattern, src, x, y, part);
	}
}

static void set_table(struct rop3 *r, uint8_t table)
{
	int i, operand;

	for (i = 0; i < 8; i++)
		r->term[i] = table >> i & 1 ? UINT32_MAX : 0;
	for (operand = 1; operand < 8; operand *= 2)
		for (i = 0; i < 8; i++)
			if (i & operand)
				r->term[i] ^= r->term[i - operand];
}

/* The pattern is @color everywhere. */
static void set_color(struct rop3 *r, uint32_t color)
{
	int i;

	for (i = 0; i < 4; i++) {
		r->term[i] ^= r->term[4 + i] & color;
		r->term[4 + i] = 0;
	}
}

/*
 * Quirk of the reference: a scaled source begins at a whole number of surface
 * pixels, the nearest to where its area does (@at, 16.16, of @from px that
 * become @to).
 */
static int64_t whole(int64_t at, uint32_t factor, int64_t from, int64_t to)
{
	int32_t area = (int32_t)(at >> 16);
	uint32_t begin;

	/* Beyond any image; the products below fit 32 bits. */
	if (area < 0 || area > PIX_MAX_SIDE_PX)
		return at;
	begin = (2 * (uint32_t)area * (uint32_t)to + (uint32_t)from) /
		(2 * (uint32_t)from);
	/* Quirk, pixman: what needs more than 16 bits is refused, so black. */
	if (begin + to >= INT16_MAX)
		return INT64_MIN / 2;
	return (int64_t)begin * factor;
}

static void begin_whole(struct draw_source *s, const struct draw_op *op)
{
	struct pix_rect a = op->src_area, b = op->box;

	if (!s->factor_x)
		return;
	s->start_x = whole(s->start_x, s->factor_x, a.right - a.left,
			   b.right - b.left);
	s->start_y = whole(s->start_y, s->factor_y, a.bottom - a.top,
			   b.bottom - b.top);
}

static int paint(const struct draw_op *op)
{
	struct rop3 r = {.painter = {paint_run, op}};
	struct draw_ink ink;
	int rc;

	rc = draw_source_open(&r.src, op, op->dst->format);
	if (rc)
		return rc;
	begin_whole(&r.src, op);
	draw_source_combined(&r.src);
	rc = draw_ink_open(&ink, op, &op->brush);
	if (rc)
		goto err_ink;
	r.ink = &ink;
	set_table(&r, op->rop3);
	if (!ink.tile)
		set_color(&r, ink.color);
	rc = draw_spans(op, r.src.within, &r.painter);
	draw_ink_close(&ink);
err_ink:
	draw_source_close(&r.src);
	return rc;
}

const struct draw_row draw_rop3 = {
	.type = SPICE_MSG_DISPLAY_DRAW_ROP3,
	.name = "rop3",
	.paint = paint,
};
