/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * DRAW_COMPOSITE: the X Render extension's operation, with pixman's numbers and
 * roundings: an image, perhaps transformed, through a mask, by an operator of
 * Porter and Duff's onto the surface.
 *
 * All is done with premultiplied ARGB of 8 bits. An image that is no surface is
 * seen in the surface's format, as in the reference: on one without alpha only
 * ARGB keeps its own.
 *
 * SATURATE and the operators beyond it are draw_render.c's.
 */
#include <errno.h>

#include "spice/draw/draw_over.h"
#include "spice/draw/draw_render.h"
#include "spice/draw/draw_span.h"
#include "spice/draw/draw_table.h"
#include "spice/pix/pix_convert.h"

/* ---- operands ------------------------------------------------------------
 */

struct operand {
	const struct draw_operand *as;
	const struct pixmap *pm;
	struct pixmap copy;
	uint32_t format; /* of pm, as it is read */
	uint32_t seen;	 /* what it becomes first; 0: stays */
	bool interpolated;
};

enum filter {
	FILTER_GOOD = 1,
	FILTER_BEST = 2,
	FILTER_BILINEAR = 4,
};

enum repeat {
	REPEAT_NONE,
	REPEAT_NORMAL,
	REPEAT_PAD,
	REPEAT_REFLECT,
};

static int open_operand(const struct draw_op *op, const struct draw_operand *as,
			struct operand *o)
{
	uint32_t dst = op->dst->format;
	bool is_32;
	int rc;

	*o = (struct operand){.as = as, .pm = as->pm};
	if (!as->pm)
		return 0;
	rc = draw_stable(op, &o->pm, &o->copy);
	if (rc)
		return rc;
	o->format = o->pm->format;
	is_32 = pix_bits(o->format) == 32;
	o->interpolated = as->filter == FILTER_GOOD ||
			  as->filter == FILTER_BEST ||
			  as->filter == FILTER_BILINEAR;
	if (as->opaque && is_32)
		o->format = SPICE_SURFACE_FMT_32_xRGB;
	if (as->is_surface)
		return 0;
	if (pix_bits(dst) != 32)
		o->seen = dst;
	else if (o->format != SPICE_SURFACE_FMT_32_ARGB)
		o->seen = SPICE_SURFACE_FMT_32_xRGB;
	return 0;
}

/* @v within 0..@n - 1, as the repeat has it; -1: nothing is there. */
static int64_t repeated(uint8_t repeat, int64_t v, uint32_t n)
{
	uint32_t turn = repeat == REPEAT_REFLECT ? 2 * n : n, rest;

	if (v >= 0 && v < n)
		return v;
	if (repeat == REPEAT_NONE)
		return -1;
	if (repeat == REPEAT_PAD)
		return v < 0 ? 0 : n - 1;
	/* 48 bits by a pixmap's side, without a 64-bit division. */
	rest = v < 0 ? turn - 1 - (uint32_t)(~v) % turn : (uint32_t)v % turn;
	return rest < n ? rest : turn - 1 - rest;
}

static uint32_t pixel(const struct operand *o, int64_t x, int64_t y)
{
	uint32_t c;

	x = repeated(o->as->repeat, x, o->pm->width);
	y = repeated(o->as->repeat, y, o->pm->height);
	if (x < 0 || y < 0)
		return 0;
	c = pix_to_argb(
		o->format,
		pix_load(o->format, pix_row(o->pm, (uint32_t)y), (uint32_t)x));
	if (o->seen)
		c = pix_to_argb(o->seen, pix_from_argb(o->seen, c));
	return c;
}

/* The operand at @x, @y, 16.16. */
static uint32_t fetch(const struct operand *o, int64_t x, int64_t y)
{
	int64_t left = (x - 0x8000) >> 16, top = (y - 0x8000) >> 16;
	struct draw_weights w;

	if (!o->interpolated)
		return pixel(o, (x - 1) >> 16, (y - 1) >> 16);
	w = draw_weights((x - 0x8000) >> 9 & 127, (y - 0x8000) >> 9 & 127);
	return draw_mix(w, pixel(o, left, top), pixel(o, left + 1, top),
			pixel(o, left, top + 1), pixel(o, left + 1, top + 1));
}

/* The same as it is, not mixed yet. */
static struct draw_sample sample(const struct operand *o, int64_t x, int64_t y)
{
	struct draw_sample s = {.format = o->seen ? o->seen : o->format,
				.mixed = o->interpolated};
	int64_t left = (x - 0x8000) >> 16, top = (y - 0x8000) >> 16;
	int i;

	if (!s.mixed) {
		s.pixel[0] = pixel(o, (x - 1) >> 16, (y - 1) >> 16);
		return s;
	}
	for (i = 0; i < 4; i++)
		s.pixel[i] = pixel(o, left + i % 2, top + i / 2);
	s.x = (uint32_t)(x - 0x8000) & 0xffff;
	s.y = (uint32_t)(y - 0x8000) & 0xffff;
	return s;
}

/* Where @o is read: a place and a step to the right, 16.16. */
struct place {
	int64_t x, y;
	int32_t step_x, step_y;
};

static int64_t transformed(const int32_t t[3], int64_t x, int64_t y)
{
	/* What does not fit 64 bits wraps around: any place will do then. */
	uint64_t sum = (uint64_t)t[0] * (uint64_t)x +
		       (uint64_t)t[1] * (uint64_t)y + (uint64_t)t[2] * 65536 +
		       0x8000;

	return (int64_t)sum >> 16;
}

static struct place place_of(const struct operand *o, const struct draw_op *op,
			     uint32_t x, uint32_t y)
{
	const int32_t *t = o->as->transform;
	int64_t ox = ((int64_t)o->as->x + x - op->box.left) * 65536 + 0x8000;
	int64_t oy = ((int64_t)o->as->y + y - op->box.top) * 65536 + 0x8000;

	return (struct place){transformed(t, ox, oy),
			      transformed(t + 3, ox, oy), t[0], t[3]};
}

/* ---- operators -----------------------------------------------------------
 */

/* What an operand counts: of 255, by the other one's alpha. */
enum factor {
	FACTOR_0,
	FACTOR_1,
	FACTOR_ALPHA,
	FACTOR_REST, /* 1 - alpha */
};

static const struct {
	uint8_t src, dst; /* enum factor */
} operators[] = {
	{FACTOR_0, FACTOR_0},	     /* clear */
	{FACTOR_1, FACTOR_0},	     /* src */
	{FACTOR_0, FACTOR_1},	     /* dst */
	{FACTOR_1, FACTOR_REST},     /* over */
	{FACTOR_REST, FACTOR_1},     /* over reverse */
	{FACTOR_ALPHA, FACTOR_0},    /* in */
	{FACTOR_0, FACTOR_ALPHA},    /* in reverse */
	{FACTOR_REST, FACTOR_0},     /* out */
	{FACTOR_0, FACTOR_REST},     /* out reverse */
	{FACTOR_ALPHA, FACTOR_REST}, /* atop */
	{FACTOR_REST, FACTOR_ALPHA}, /* atop reverse */
	{FACTOR_REST, FACTOR_REST},  /* xor */
	{FACTOR_1, FACTOR_1},	     /* add */
};
#define OPERATORS	(sizeof(operators) / sizeof(operators[0]))
#define OP_OVER_REVERSE 4
#define OP_SATURATE	13
#define OP_MULTIPLY	0x30

/* Each component of @a times that of @b. */
static uint32_t product(uint32_t a, uint32_t b)
{
	uint32_t out = 0;
	int shift;

	for (shift = 0; shift < 32; shift += 8)
		out |= (draw_scale_argb(a >> shift & 0xff, b >> shift & 0xff))
		       << shift;
	return out;
}

static uint32_t weighed(uint32_t c, uint8_t factor, uint32_t alpha)
{
	switch (factor) {
	case FACTOR_0:
		return 0;
	case FACTOR_1:
		return c;
	case FACTOR_ALPHA:
		return product(c, alpha);
	default:
		return product(c, ~alpha);
	}
}

static uint32_t all_four(uint32_t byte)
{
	return (byte & 0xff) * 0x01010101;
}

struct composite {
	struct draw_painter painter;
	uint8_t operator;
	bool component_alpha;
	enum draw_render_way way; /* NONE: one of those above */
	struct operand src, mask;
};

/* @alphas: the source's alpha for each component */
static uint32_t combined(const struct composite *c, uint32_t src,
			 uint32_t alphas, uint32_t dst)
{
	if (c->way == DRAW_RENDER_BYTES)
		return draw_render_bytes(c->operator, src, alphas, dst);
	return draw_add_argb(weighed(src, operators[c->operator].src,
				     all_four(dst >> 24)),
			     weighed(dst, operators[c->operator].dst, alphas));
}

static uint32_t one(const struct composite *c, const struct place *s,
		    const struct place *m, uint32_t dst)
{
	uint32_t src = fetch(&c->src, s->x, s->y), mask;
	uint32_t alphas = all_four(src >> 24);

	if (!c->mask.pm)
		return combined(c, src, alphas, dst);
	mask = fetch(&c->mask, m->x, m->y);
	if (!c->component_alpha)
		mask = all_four(mask >> 24);
	return combined(c, product(src, mask), product(alphas, mask), dst);
}

static uint32_t one_real(const struct composite *c, const struct place *s,
			 const struct place *m, uint32_t dst)
{
	struct draw_sample src = sample(&c->src, s->x, s->y), mask;
	struct draw_sample to = {.format = c->painter.op->dst->format,
				 .pixel = {dst}};

	if (c->mask.pm)
		mask = sample(&c->mask, m->x, m->y);
	return draw_render_real(c->operator, c->component_alpha, &src,
				c->mask.pm ? &mask : NULL, &to);
}

static void paint_run(const struct draw_painter *painter, uint32_t x,
		      uint32_t y, uint32_t n)
{
	const struct composite *c = (const struct composite *)painter;
	const struct draw_op *op = painter->op;
	struct place s = place_of(&c->src, op, x, y), m = {0};
	uint32_t format = op->dst->format, d;
	uint8_t *row = pix_row(op->dst, y);

	if (c->mask.pm)
		m = place_of(&c->mask, op, x, y);
	for (; n; n--, x++) {
		d = pix_to_argb(format, pix_load(format, row, x));
		d = c->way == DRAW_RENDER_REAL ? one_real(c, &s, &m, d)
					       : one(c, &s, &m, d);
		pix_store(format, row, x, pix_from_argb(format, d));
		s.x += s.step_x;
		s.y += s.step_y;
		m.x += m.step_x;
		m.y += m.step_y;
	}
}

/* Is @o, at the pixel @x, @y of the surface, read inside its own pixels? */
static bool inside(const struct operand *o, const struct draw_op *op, int32_t x,
		   int32_t y)
{
	struct place at = place_of(o, op, (uint32_t)x, (uint32_t)y);
	int32_t to = o->interpolated ? 0x8000 : -1;
	int32_t from = o->interpolated ? -0x8000 : -1;

	/* Where it is not stretched the pixels beside it count nothing. */
	if (!((at.x | at.y | at.step_x) & 0x7fff) && !at.step_y)
		to = from = -1;
	return at.x + from >= 0 && at.y + from >= 0 &&
	       (at.x + to) >> 16 < o->pm->width &&
	       (at.y + to) >> 16 < o->pm->height;
}

/* Is @o opaque wherever the operation reads it? As far as pixman looks. */
static bool opaque(const struct operand *o, const struct draw_op *op)
{
	struct pix_rect box = draw_box(op);
	uint32_t format = o->seen ? o->seen : o->format;

	if (!o->pm)
		return true;
	if (format == SPICE_SURFACE_FMT_32_ARGB ||
	    format == SPICE_SURFACE_FMT_8_A || format == SPICE_SURFACE_FMT_1_A)
		return false;
	return o->as->repeat != REPEAT_NONE ||
	       (inside(o, op, box.left, box.top) &&
		inside(o, op, box.right - 1, box.top) &&
		inside(o, op, box.left, box.bottom - 1) &&
		inside(o, op, box.right - 1, box.bottom - 1));
}

/* The plainer operators that pixman takes for some, with other roundings. */
static void simplify(struct composite *c, const struct draw_op *op)
{
	unsigned int low = c->operator% 16;

	if (c->operator== OP_SATURATE && opaque(&c->src, op) &&
	    opaque(&c->mask, op))
		c->operator= OP_OVER_REVERSE;
	else if (c->operator> OP_SATURATE && c->operator<
		 OP_MULTIPLY &&(low < 3 || low > 11))
		c->operator= low<3 ? low : 0;
	c->way = draw_render_way(c->operator, c->component_alpha);
}

static int paint(const struct draw_op *op)
{
	struct composite c = {.painter = {paint_run, op}};
	int rc;

	if (!op->composite || !op->composite->src.pm)
		return -EINVAL;
	c.operator= op->composite->operator;
	c.component_alpha = op->composite->component_alpha;
	rc = open_operand(op, &op->composite->src, &c.src);
	if (rc)
		return rc;
	rc = open_operand(op, &op->composite->mask, &c.mask);
	simplify(&c, op);
	if (!rc && (c.operator<OPERATORS || c.way))
		rc = draw_spans(op, op->box, &c.painter);
	pix_free(op->env, &c.mask.copy);
	pix_free(op->env, &c.src.copy);
	return rc;
}

const bool draw_composites = true;

const struct draw_row draw_composite = {
	.type = SPICE_MSG_DISPLAY_DRAW_COMPOSITE,
	.name = "composite",
	.paint = paint,
};
