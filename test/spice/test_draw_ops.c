/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Drawing operations against a painter that is slow and obviously right: for
 * every pixel of the surface it asks box, clip, mask and image what the
 * protocol says of it. Thousands of random operations on all formats, then
 * the same with coordinates at the ends of their range.
 *
 * Written from the protocol, not from spice/draw: of the code under test it
 * uses only structures. test_draw_scale.c checks interpolation.
 */
#include <errno.h>

#include "spice/draw/draw.h"
#include "test/spice/test_env.h"
#include "test/test.h"

static const uint32_t formats[] = {
	SPICE_SURFACE_FMT_32_xRGB, SPICE_SURFACE_FMT_32_ARGB,
	SPICE_SURFACE_FMT_16_555,  SPICE_SURFACE_FMT_16_565,
	SPICE_SURFACE_FMT_8_A,	   SPICE_SURFACE_FMT_1_A,
};

static struct test_env t;
static uint32_t state = 31337;

static int32_t between(int32_t low, int32_t high)
{
	return low + (int32_t)(test_random(&state) % (high - low + 1));
}

static int bits_of(uint32_t format)
{
	switch (format) {
	case SPICE_SURFACE_FMT_1_A:
		return 1;
	case SPICE_SURFACE_FMT_8_A:
		return 8;
	case SPICE_SURFACE_FMT_16_555:
	case SPICE_SURFACE_FMT_16_565:
		return 16;
	default:
		return 32;
	}
}

static uint32_t get(const struct pixmap *pm, int64_t x, int64_t y)
{
	const uint8_t *row = pm->data + y * pm->stride;
	int bits = bits_of(pm->format), i;
	uint32_t v = 0;

	if (bits == 1)
		return row[x / 8] & (1 << x % 8) ? 1 : 0;
	for (i = bits / 8 - 1; i >= 0; i--)
		v = v << 8 | row[x * (bits / 8) + i];
	return v;
}

static void set(struct pixmap *pm, int64_t x, int64_t y, uint32_t v)
{
	uint8_t *row = pm->data + y * pm->stride;
	int bits = bits_of(pm->format), i;

	if (bits == 1) {
		row[x / 8] &= ~(1 << x % 8);
		row[x / 8] |= (v & 1) << x % 8;
		return;
	}
	for (i = 0; i < bits / 8; i++)
		row[x * (bits / 8) + i] = v >> 8 * i;
}

struct color {
	int a, r, g, b; /* 0..255 */
};

static int five(int v)
{
	return v * 8 + v / 4;
}

static struct color color_of(uint32_t format, uint32_t v)
{
	switch (format) {
	case SPICE_SURFACE_FMT_1_A:
		return (struct color){v ? 255 : 0, 0, 0, 0};
	case SPICE_SURFACE_FMT_8_A:
		return (struct color){v, 0, 0, 0};
	case SPICE_SURFACE_FMT_16_555:
		return (struct color){255, five(v / 1024 % 32),
				      five(v / 32 % 32), five(v % 32)};
	case SPICE_SURFACE_FMT_16_565:
		return (struct color){255, five(v / 2048),
				      v / 32 % 64 * 4 + v / 32 % 64 / 16,
				      five(v % 32)};
	case SPICE_SURFACE_FMT_32_xRGB:
		return (struct color){255, v >> 16 & 255, v >> 8 & 255,
				      v & 255};
	default:
		return (struct color){v >> 24, v >> 16 & 255, v >> 8 & 255,
				      v & 255};
	}
}

static uint32_t pixel_of(uint32_t format, struct color c)
{
	switch (format) {
	case SPICE_SURFACE_FMT_1_A:
		return c.a >= 128;
	case SPICE_SURFACE_FMT_8_A:
		return c.a;
	case SPICE_SURFACE_FMT_16_555:
		return c.r / 8 * 1024 + c.g / 8 * 32 + c.b / 8;
	case SPICE_SURFACE_FMT_16_565:
		return c.r / 8 * 2048 + c.g / 4 * 32 + c.b / 8;
	default:
		return (uint32_t)c.a << 24 | c.r << 16 | c.g << 8 | c.b;
	}
}

static int is_32(uint32_t format)
{
	return format == SPICE_SURFACE_FMT_32_xRGB ||
	       format == SPICE_SURFACE_FMT_32_ARGB;
}

static uint32_t converted(uint32_t to, uint32_t from, uint32_t v)
{
	if (to == from || (is_32(to) && is_32(from)))
		return v;
	return pixel_of(to, color_of(from, v));
}

/* What the operation's name for the operands makes of a rop descriptor. */
static uint32_t rop_of(uint16_t rop, int fill, uint32_t s, uint32_t d)
{
	uint32_t s0 = s, v;

	if (rop & (fill ? SPICE_ROPD_INVERS_BRUSH : SPICE_ROPD_INVERS_SRC))
		s = ~s;
	if (rop & SPICE_ROPD_OP_PUT)
		v = s;
	else if (rop & SPICE_ROPD_OP_OR)
		v = rop & SPICE_ROPD_INVERS_DEST ? s | ~d : s | d;
	else if (rop & SPICE_ROPD_OP_AND)
		v = rop & SPICE_ROPD_INVERS_DEST ? s & ~d : s & d;
	else if (rop & SPICE_ROPD_OP_XOR)
		v = rop & SPICE_ROPD_INVERS_DEST ? s ^ ~d : s ^ d;
	else if (rop & SPICE_ROPD_OP_BLACKNESS)
		return 0;
	else if (rop & SPICE_ROPD_OP_WHITENESS)
		return ~0u;
	else if (rop & SPICE_ROPD_OP_INVERS)
		return ~d;
	else
		return s0;
	return rop & SPICE_ROPD_INVERS_RES ? ~v : v;
}

static int inside(struct pix_rect r, int64_t x, int64_t y)
{
	return x >= r.left && x < r.right && y >= r.top && y < r.bottom;
}

static int allowed(const struct draw_op *op, int64_t x, int64_t y)
{
	const struct draw_mask *m = &op->mask;
	int64_t mx = (int64_t)m->pos_x + x - op->box.left;
	int64_t my = (int64_t)m->pos_y + y - op->box.top;
	uint32_t i;
	int in = op->clip.all;

	for (i = 0; !op->clip.all && i < op->clip.count; i++)
		in |= inside(op->clip.rects[i], x, y);
	if (!in || !inside(op->box, x, y))
		return 0;
	if (!m->bits)
		return 1;
	if (mx < 0 || my < 0 || mx >= m->bits->width || my >= m->bits->height)
		return 0;
	return get(m->bits, mx, my) != m->invers;
}

static int64_t wrapped(int64_t v, int64_t n)
{
	return (v % n + n) % n;
}

static int64_t width(struct pix_rect r)
{
	return (int64_t)r.right - r.left;
}

static int64_t height(struct pix_rect r)
{
	return (int64_t)r.bottom - r.top;
}

/* The brush's pixel at (x, y), in the surface's format. */
static uint32_t brush_at(const struct draw_op *op, int64_t x, int64_t y)
{
	const struct pixmap *tile = op->brush.pattern;

	if (op->brush.type == SPICE_BRUSH_TYPE_NONE)
		return 0;
	if (op->brush.type == SPICE_BRUSH_TYPE_SOLID)
		return op->brush.color;
	return converted(op->dst->format, tile->format,
			 get(tile, wrapped(x - op->brush.pos_x, tile->width),
			     wrapped(y - op->brush.pos_y, tile->height)));
}

/* Along one side: the image pixel nearest to the centre of @at. */
static int64_t nearest(int64_t at, int64_t box, int64_t to, int64_t from,
		       int64_t start)
{
	int64_t factor = from * 65536 / to;
	/* Doubled, so that the half of an odd factor stays whole. */
	int64_t twice = factor * (2 * (at - box) + 1);
	int64_t pos = start * 65536 + (twice + 1) / 2 - 1;

	return pos >= 0 ? pos / 65536 : -((-pos + 65535) / 65536);
}

/*
 * Where in the image, along one side, ROP3's scaling begins: at a whole surface
 * pixel. @skip receives how many before the box; the place itself is 0 then.
 */
static int64_t whole(int64_t start, int64_t to, int64_t from, int64_t *skip)
{
	if (start < 0 || start > PIX_MAX_SIDE_PX)
		return start;
	*skip = (2 * start * to + from) / (2 * from);
	return 0;
}

/*
 * The image's pixel for (x, y), in format @to. Returns 0 where there is none
 * and so nothing is drawn.
 *
 * @combined: it is not painted but combined: xRGB's fourth byte is one like the
 *            others, scaled or not
 */
static int source_in(const struct draw_op *op, uint32_t to, bool begins_whole,
		     bool combined, int64_t x, int64_t y, uint32_t *v)
{
	bool raw = combined && is_32(to) && is_32(op->src->format);
	struct pix_rect a = op->src_area, b = op->box;
	int scaled = width(a) != width(b) || height(a) != height(b);
	int64_t sx = a.left + x - b.left, sy = a.top + y - b.top;
	int64_t left = a.left, top = a.top, skip_x = 0, skip_y = 0;

	if (scaled && begins_whole) {
		left = whole(left, width(b), width(a), &skip_x);
		top = whole(top, height(b), height(a), &skip_y);
	}
	if (scaled) {
		sx = nearest(x + skip_x, b.left, width(b), width(a), left);
		sy = nearest(y + skip_y, b.top, height(b), height(a), top);
	}
	*v = 0;
	if (sx < 0 || sy < 0 || sx >= op->src->width || sy >= op->src->height)
		return scaled;
	*v = get(op->src, sx, sy);
	/* Scaled, all goes through colors; else equal formats are copied. */
	if (scaled && !raw)
		*v = pixel_of(to, color_of(op->src->format, *v));
	else
		*v = converted(to, op->src->format, *v);
	return 1;
}

static int source_at(const struct draw_op *op, int64_t x, int64_t y,
		     uint32_t *v)
{
	return source_in(op, op->dst->format, false, false, x, y, v);
}

/* The same for what is combined. */
static int combined_at(const struct draw_op *op, bool begins_whole, int64_t x,
		       int64_t y, uint32_t *v)
{
	return source_in(op, op->dst->format, begins_whole, true, x, y, v);
}

static bool is_put(uint16_t rop)
{
	return rop_of(rop, 0, 0, 0) == 0 && rop_of(rop, 0, 0, ~0u) == 0 &&
	       rop_of(rop, 0, ~0u, 0) == ~0u && rop_of(rop, 0, ~0u, ~0u) == ~0u;
}

/* OPAQUE: the brush onto the image, which is the second operand. */
static uint32_t opaque_of(uint16_t rop, uint32_t brush, uint32_t image)
{
	uint16_t second = rop & SPICE_ROPD_INVERS_SRC ? SPICE_ROPD_INVERS_DEST
						      : 0;

	rop &= ~(SPICE_ROPD_INVERS_SRC | SPICE_ROPD_INVERS_DEST);
	return rop_of(rop | second, 1, brush, image);
}

/* ROP3, one bit after the other. */
static uint32_t rop3_of(uint8_t table, uint32_t p, uint32_t s, uint32_t d)
{
	uint32_t v = 0;
	int i;

	for (i = 0; i < 32; i++)
		v |= (uint32_t)(table >> ((p >> i & 1) * 4 + (s >> i & 1) * 2 +
					  (d >> i & 1)) &
				1)
		     << i;
	return v;
}

/* Is @v the color that TRANSPARENT leaves out? */
static int is_key(const struct draw_op *op, uint32_t v)
{
	uint32_t format = op->dst->format;

	if (is_32(format))
		return (v & 0xffffff) == (op->key & 0xffffff);
	if (bits_of(format) == 16)
		return v == pixel_of(format, color_of(SPICE_SURFACE_FMT_32_xRGB,
						      op->key));
	return v == 0;
}

/* A product of two fractions of 255. */
static int part(int a, int b)
{
	return (2 * a * b + 255) / 510;
}

static int sum(int a, int b)
{
	return a + b > 255 ? 255 : a + b;
}

/* ALPHA_BLEND of image color @s on surface pixel @d. */
static uint32_t blend_of(const struct draw_op *op, struct color s, uint32_t d)
{
	uint32_t format = op->dst->format, v;
	int has_alpha = op->alpha_flags & SPICE_ALPHA_FLAGS_DEST_HAS_ALPHA;
	struct color c;

	if (format == SPICE_SURFACE_FMT_32_xRGB && has_alpha)
		format = SPICE_SURFACE_FMT_32_ARGB;
	c = color_of(format, d);
	s.a = part(s.a, op->alpha);
	c.r = sum(part(s.r, op->alpha), part(c.r, 255 - s.a));
	c.g = sum(part(s.g, op->alpha), part(c.g, 255 - s.a));
	c.b = sum(part(s.b, op->alpha), part(c.b, 255 - s.a));
	c.a = sum(s.a, part(c.a, 255 - s.a));
	v = pixel_of(format, c);
	return format == SPICE_SURFACE_FMT_32_xRGB ? v & 0xffffff : v;
}

/* The image's color for ALPHA_BLEND. */
static int blend_source(const struct draw_op *op, int64_t x, int64_t y,
			struct color *c)
{
	uint32_t v, from = op->src->format;
	int has_alpha = op->alpha_flags &
			SPICE_ALPHA_FLAGS_SRC_SURFACE_HAS_ALPHA;
	struct pixmap seen = *op->src;
	struct draw_op as = *op;

	if (op->src_is_surface && is_32(from) && has_alpha)
		seen.format = SPICE_SURFACE_FMT_32_ARGB;
	as.src = &seen;
	if (!op->alpha ||
	    !source_in(&as, SPICE_SURFACE_FMT_32_ARGB, false, false, x, y, &v))
		return 0;
	*c = color_of(SPICE_SURFACE_FMT_32_ARGB, v);
	if (seen.format == SPICE_SURFACE_FMT_32_xRGB)
		c->a = 255;
	return 1;
}

/* The protocol's result, from the surface as it was, @was, to @now. */
static void reference(uint16_t type, const struct draw_op *op,
		      const struct pixmap *was, struct pixmap *now)
{
	uint32_t x, y, s, d;
	int64_t sx, sy;
	struct color c;

	for (y = 0; y < was->height; y++)
		for (x = 0; x < was->width; x++) {
			if (!allowed(op, x, y))
				continue;
			d = get(was, x, y);
			switch (type) {
			case SPICE_MSG_DISPLAY_DRAW_FILL:
				s = rop_of(op->rop, 1, brush_at(op, x, y), d);
				break;
			case SPICE_MSG_DISPLAY_DRAW_COPY:
			case SPICE_MSG_DISPLAY_DRAW_BLEND:
				if (!(is_put(op->rop) ? source_at(op, x, y, &s)
						      : combined_at(op, false,
								    x, y, &s)))
					continue;
				s = rop_of(op->rop, 0, s, d);
				break;
			case SPICE_MSG_DISPLAY_DRAW_BLACKNESS:
				s = 0;
				break;
			case SPICE_MSG_DISPLAY_DRAW_WHITENESS:
				s = ~0u;
				break;
			case SPICE_MSG_DISPLAY_DRAW_INVERS:
				s = ~d;
				break;
			case SPICE_MSG_DISPLAY_DRAW_OPAQUE:
				if (!source_at(op, x, y, &s))
					continue;
				s = opaque_of(op->rop, brush_at(op, x, y), s);
				break;
			case SPICE_MSG_DISPLAY_DRAW_ROP3:
				if (!combined_at(op, true, x, y, &s))
					continue;
				s = rop3_of(op->rop3, brush_at(op, x, y), s, d);
				break;
			case SPICE_MSG_DISPLAY_DRAW_TRANSPARENT:
				if (!combined_at(op, false, x, y, &s) ||
				    is_key(op, s))
					continue;
				break;
			case SPICE_MSG_DISPLAY_DRAW_ALPHA_BLEND:
				if (!blend_source(op, x, y, &c))
					continue;
				s = blend_of(op, c, d);
				break;
			default: /* COPY_BITS */
				sx = (int64_t)x - op->box.left + op->src_x;
				sy = (int64_t)y - op->box.top + op->src_y;
				if (sx < 0 || sy < 0 || sx >= was->width ||
				    sy >= was->height)
					continue;
				s = get(was, sx, sy);
				break;
			}
			set(now, x, y, s);
		}
}

static const uint16_t types[] = {
	SPICE_MSG_DISPLAY_DRAW_FILL,	    SPICE_MSG_DISPLAY_DRAW_COPY,
	SPICE_MSG_DISPLAY_DRAW_BLEND,	    SPICE_MSG_DISPLAY_COPY_BITS,
	SPICE_MSG_DISPLAY_DRAW_BLACKNESS,   SPICE_MSG_DISPLAY_DRAW_WHITENESS,
	SPICE_MSG_DISPLAY_DRAW_INVERS,	    SPICE_MSG_DISPLAY_DRAW_OPAQUE,
	SPICE_MSG_DISPLAY_DRAW_ROP3,	    SPICE_MSG_DISPLAY_DRAW_TRANSPARENT,
	SPICE_MSG_DISPLAY_DRAW_ALPHA_BLEND,
};
#define TYPES (sizeof(types) / sizeof(types[0]))

static void sized_pixmap(struct pixmap *pm, uint32_t format, uint32_t w,
			 uint32_t h)
{
	size_t i;

	pix_alloc(&t.env, pm, format, w, h);
	for (i = 0; i < (size_t)pm->stride * pm->height; i++)
		pm->data[i] = test_random(&state) >> 13;
}

static void random_pixmap(struct pixmap *pm, uint32_t format, int side)
{
	sized_pixmap(pm, format, between(1, side), between(1, side));
}

static struct pix_rect random_rect(int side)
{
	struct pix_rect r;

	r.left = between(-12, side);
	r.top = between(-12, side);
	r.right = r.left + between(-1, side);
	r.bottom = r.top + between(-1, side);
	return r;
}

static int32_t extreme(void)
{
	static const int32_t ends[] = {INT32_MIN,     INT32_MIN + 1,
				       INT32_MIN + 7, INT32_MAX - 7,
				       INT32_MAX - 1, INT32_MAX};

	if (between(0, 3))
		return between(-12, 40);
	return ends[between(0, 5)];
}

/* A rectangle of a size that fits, somewhere. */
static struct pix_rect extreme_rect(int32_t w, int32_t h)
{
	int32_t x = extreme(), y = extreme();

	x = x > INT32_MAX - w ? INT32_MAX - w : x;
	y = y > INT32_MAX - h ? INT32_MAX - h : y;
	return (struct pix_rect){x, y, x + w, y + h};
}

/* An operation and all it points to. */
struct scene {
	struct draw_op op;
	struct pixmap dst, src, tile, mask;
	struct pix_rect rects[8];
};

static void random_scene(struct scene *s, uint32_t format)
{
	struct draw_op *op = &s->op;
	uint32_t i;

	memset(s, 0, sizeof(*s));
	random_pixmap(&s->dst, format, 70);
	random_pixmap(&s->src, formats[between(0, 5)], 60);
	random_pixmap(&s->tile, formats[between(0, 5)], 9);
	random_pixmap(&s->mask, SPICE_SURFACE_FMT_1_A, 80);
	op->env = &t.env;
	op->dst = &s->dst;
	op->src = between(0, 3) ? &s->src : &s->dst;
	op->box = random_rect(60);
	op->src_area = random_rect(60);
	if (between(0, 3)) {
		op->src_area.right = op->src_area.left + width(op->box);
		op->src_area.bottom = op->src_area.top + height(op->box);
	}
	op->scale = SPICE_IMAGE_SCALE_MODE_NEAREST;
	op->clip.all = !between(0, 2);
	op->clip.count = between(0, 8);
	op->clip.rects = s->rects;
	for (i = 0; i < 8; i++)
		s->rects[i] = random_rect(40);
	op->brush.type = between(0, 2);
	op->brush.color = test_random(&state);
	op->brush.pattern = between(0, 7) ? &s->tile : &s->dst;
	op->brush.pos_x = between(-40, 40);
	op->brush.pos_y = between(-40, 40);
	op->rop = between(0, 2) ? 1u << between(0, 10) : SPICE_ROPD_OP_PUT;
	op->rop |= between(0, 1) ? test_random(&state) >> 7 & 0x407 : 0;
	if (!between(0, 1)) {
		op->mask.bits = &s->mask;
		if (!between(0, 5) && format == SPICE_SURFACE_FMT_1_A)
			op->mask.bits = &s->dst;
		op->mask.pos_x = between(-10, 20);
		op->mask.pos_y = between(-10, 20);
		op->mask.invers = between(0, 1);
	}
	op->rop3 = test_random(&state) >> 5;
	op->key = test_random(&state);
	if (between(0, 3)) /* a color that the image has */
		op->key = get(&s->src, 0, 0);
	op->alpha = between(0, 2) ? test_random(&state) >> 9 : 255;
	op->alpha_flags = between(0, 3);
	op->src_is_surface = op->src == &s->dst || between(0, 1);
	op->src_x = between(-20, 50);
	op->src_y = between(-20, 50);
	if (!between(0, 1)) { /* scrolls a little: much overlap */
		op->src_x = op->box.left + between(-3, 3);
		op->src_y = op->box.top + between(-3, 3);
	}
}

static void free_scene(struct scene *s)
{
	pix_free(&t.env, &s->dst);
	pix_free(&t.env, &s->src);
	pix_free(&t.env, &s->tile);
	pix_free(&t.env, &s->mask);
}

/* Must the operation be refused? */
static int senseless(uint16_t type, const struct draw_op *op)
{
	struct pix_rect a = op->src_area, b = op->box;
	int image = type == SPICE_MSG_DISPLAY_DRAW_COPY ||
		    type == SPICE_MSG_DISPLAY_DRAW_BLEND ||
		    type == SPICE_MSG_DISPLAY_DRAW_OPAQUE ||
		    type == SPICE_MSG_DISPLAY_DRAW_ROP3 ||
		    type == SPICE_MSG_DISPLAY_DRAW_TRANSPARENT ||
		    type == SPICE_MSG_DISPLAY_DRAW_ALPHA_BLEND;

	if (!image)
		return 0;
	if (width(a) <= 0 || height(a) <= 0)
		return 1;
	if (width(b) <= 0 || height(b) <= 0 ||
	    (width(a) == width(b) && height(a) == height(b)))
		return 0;
	return width(a) > 65535 || height(a) > 65535 || width(b) > 65535 ||
	       height(b) > 65535;
}

static void show(uint16_t type, const struct draw_op *op)
{
	printf("# %s format %u from %u, rop %x, brush %u, mask %d, clip %d+%u, "
	       "box %d,%d-%d,%d area %d,%d-%d,%d\n",
	       draw_find(type)->name, op->dst->format, op->src->format, op->rop,
	       op->brush.type, op->mask.bits != NULL, op->clip.all,
	       op->clip.count, op->box.left, op->box.top, op->box.right,
	       op->box.bottom, op->src_area.left, op->src_area.top,
	       op->src_area.right, op->src_area.bottom);
}

/* Is every pixel that differs inside the region? */
static int in_region(const struct pixmap *a, const struct pixmap *b,
		     const struct pix_region *r)
{
	uint32_t x, y, i;
	int in;

	for (y = 0; y < a->height; y++)
		for (x = 0; x < a->width; x++) {
			in = get(a, x, y) == get(b, x, y);
			for (i = 0; i < r->count; i++)
				in |= inside(r->rects[i], x, y);
			if (!in)
				return 0;
		}
	return 1;
}

/* Paint @s and compare. Returns 0, or 1 and a line that says what it was. */
static int wrong(struct scene *s, uint16_t type)
{
	size_t bytes = (size_t)s->dst.stride * s->dst.height;
	struct pixmap was = s->dst, now = s->dst;
	struct draw_op ref = s->op;
	struct pix_region dirty;
	long live = t.live;
	int rc, bad, refuse = senseless(type, &s->op);

	was.data = malloc(bytes);
	now.data = malloc(bytes);
	memcpy(was.data, s->dst.data, bytes);
	memcpy(now.data, s->dst.data, bytes);

	/* The reference reads what the surface was before. */
	if (ref.src == &s->dst)
		ref.src = &was;
	if (ref.brush.pattern == &s->dst)
		ref.brush.pattern = &was;
	if (ref.mask.bits == &s->dst)
		ref.mask.bits = &was;
	if (type == SPICE_MSG_DISPLAY_COPY_BITS)
		ref.mask.bits = s->op.mask.bits = NULL;
	if (!refuse)
		reference(type, &ref, &was, &now);

	rc = draw_find(type)->paint(&s->op);
	bad = refuse ? rc != -EINVAL : rc != 0;
	bad |= memcmp(s->dst.data, now.data, bytes) != 0;
	bad |= t.live != live;
	pix_region_init(&dirty, pix_bounds(&s->dst));
	draw_extents(&s->op, &dirty);
	bad |= !in_region(&s->dst, &was, &dirty);
	if (bad) {
		printf("# rc %d\n", rc);
		show(type, &s->op);
	}
	free(was.data);
	free(now.data);
	return bad;
}

TEST(random_operations)
{
	struct scene s;
	uint32_t i;

	test_env_init(&t);
	for (i = 0; i < 1500 * TYPES; i++) {
		random_scene(&s, formats[i % 6]);
		CHECK(!wrong(&s, types[i % TYPES]));
		free_scene(&s);
		CHECK_EQ(t.live, 0);
	}
}

TEST(extreme_coordinates)
{
	struct scene s;
	struct draw_op *op = &s.op;
	uint32_t i, k;

	test_env_init(&t);
	for (i = 0; i < 1500 * TYPES; i++) {
		random_scene(&s, formats[i % 6]);
		op->box = (struct pix_rect){extreme(), extreme(), extreme(),
					    extreme()};
		op->src_area = (struct pix_rect){extreme(), extreme(),
						 extreme(), extreme()};
		if (between(0, 1)) {
			op->box = extreme_rect(k = between(0, 40), i % 37);
			op->src_area = extreme_rect(k, i % 37);
		}
		for (k = 0; k < 8; k++)
			s.rects[k] = (struct pix_rect){extreme(), extreme(),
						       extreme(), extreme()};
		op->brush.pos_x = extreme();
		op->brush.pos_y = extreme();
		op->mask.pos_x = extreme();
		op->mask.pos_y = extreme();
		op->src_x = extreme();
		op->src_y = extreme();
		CHECK(!wrong(&s, types[i % TYPES]));
		free_scene(&s);
	}
	CHECK_EQ(t.live, 0);
}

/* Rows longer than the pieces in which rows are worked on. */
TEST(wide)
{
	struct scene s;
	struct draw_op *op = &s.op;
	uint32_t i, to, width;

	test_env_init(&t);
	for (i = 0; i < 300 * TYPES; i++) {
		to = formats[i % 6];
		width = between(500, 800);
		random_scene(&s, to);
		free_scene(&s);
		sized_pixmap(&s.dst, to, width, 3);
		sized_pixmap(&s.src, formats[between(0, 5)], width, 3);
		sized_pixmap(&s.tile, formats[between(0, 5)],
			     between(0, 1) ? 3 : between(250, 900), 2);
		sized_pixmap(&s.mask, SPICE_SURFACE_FMT_1_A, width, 4);
		op->box.left = between(-12, 12);
		op->box.top = between(-1, 1);
		op->src_area.left = between(-12, 12);
		op->src_area.top = between(-1, 1);
		op->mask.pos_y = between(0, 1);
		op->box.right = op->box.left + width;
		op->box.bottom = op->box.top + 2;
		op->src_area.right = op->src_area.left + width;
		op->src_area.bottom = op->src_area.top + between(2, 3);
		op->clip.all |= between(0, 1);
		CHECK(!wrong(&s, types[i % TYPES]));
		free_scene(&s);
	}
	CHECK_EQ(t.live, 0);
}

/* Every rop flag combination on one format. */
TEST(all_rops)
{
	struct scene s;
	uint32_t rop;

	test_env_init(&t);
	for (rop = 0; rop < 0x1000; rop++) {
		random_scene(&s, formats[0]);
		s.op.box = (struct pix_rect){0, 0, 5, 5};
		s.op.src_area = s.op.box;
		s.op.clip.all = true;
		s.op.rop = rop;
		CHECK(!wrong(&s, types[rop % 2]));
		free_scene(&s);
	}
}

/* Memory runs out at each allocation in turn: nothing painted, no leak. */
TEST(no_memory)
{
	struct scene s;
	uint8_t *was;
	size_t bytes;
	uint32_t i, failed = 0;
	long live;
	int rc, same;

	test_env_init(&t);
	for (i = 0; i < 3000; i++) {
		random_scene(&s, formats[i % 6]);
		bytes = (size_t)s.dst.stride * s.dst.height;
		was = malloc(bytes);
		memcpy(was, s.dst.data, bytes);
		live = t.live;
		t.allocs_left = i % 4;
		rc = draw_find(types[i % TYPES])->paint(&s.op);
		t.allocs_left = -1;
		same = !memcmp(was, s.dst.data, bytes);
		free(was);
		CHECK_EQ(t.live, live);
		CHECK(!rc || same);
		failed += rc == -ENOMEM;
		free_scene(&s);
	}
	CHECK(failed > 100);
}

/* What is no operation at all. */
TEST(refused)
{
	const struct draw_row *fill = draw_find(SPICE_MSG_DISPLAY_DRAW_FILL);
	const struct draw_row *copy = draw_find(SPICE_MSG_DISPLAY_DRAW_COPY);
	struct pixmap empty = {0}, odd;
	struct scene s;

	test_env_init(&t);
	random_scene(&s, formats[0]);
	s.op.box = s.op.src_area = (struct pix_rect){0, 0, 1, 1};
	s.op.clip.all = true;
	s.op.mask.bits = NULL;
	s.op.rop = SPICE_ROPD_OP_PUT;

	s.op.brush.type = 3;
	CHECK_EQ(fill->paint(&s.op), -EINVAL);
	s.op.brush.type = SPICE_BRUSH_TYPE_PATTERN;
	s.op.brush.pattern = NULL;
	CHECK_EQ(fill->paint(&s.op), -EINVAL);
	s.op.brush.pattern = &empty;
	CHECK_EQ(fill->paint(&s.op), -EINVAL);
	s.op.brush.type = SPICE_BRUSH_TYPE_SOLID;
	s.op.mask.bits = &s.dst; /* not 1_A */
	CHECK_EQ(fill->paint(&s.op), -EINVAL);
	s.op.mask.bits = NULL;
	CHECK_EQ(fill->paint(&s.op), 0);

	s.op.src = NULL;
	CHECK_EQ(copy->paint(&s.op), -EINVAL);
	s.op.src = &empty;
	CHECK_EQ(copy->paint(&s.op), -EINVAL);
	odd = s.src;
	odd.format = 24;
	s.op.src = &odd;
	CHECK_EQ(copy->paint(&s.op), -EINVAL);
	s.op.src = &s.src;
	CHECK_EQ(copy->paint(&s.op), 0);
	free_scene(&s);
}

/* A large fill looks at the keys often enough. */
TEST(yields)
{
	struct pixmap dst;
	struct draw_op op = {.env = &t.env,
			     .dst = &dst,
			     .box = {0, 0, 2000, 2000},
			     .clip = {.all = true},
			     .src_area = {0, 0, 2000, 2000},
			     .src = &dst,
			     .rop = SPICE_ROPD_OP_PUT,
			     .brush = {.type = SPICE_BRUSH_TYPE_SOLID}};

	test_env_init(&t);
	CHECK_EQ(pix_alloc(&t.env, &dst, formats[2], 2000, 2000), 0);
	CHECK_EQ(draw_find(SPICE_MSG_DISPLAY_DRAW_FILL)->paint(&op), 0);
	CHECK(t.yields >= 4000000 / 65536);
	t.yields = 0;
	op.src_y = 1;
	CHECK_EQ(draw_find(SPICE_MSG_DISPLAY_COPY_BITS)->paint(&op), 0);
	CHECK(t.yields >= 1999 * 2000 / 65536);
	pix_free(&t.env, &dst);
}

TEST(table)
{
	static const uint16_t absent[] = {
		0,
		SPICE_MSG_DISPLAY_DRAW_COMPOSITE + 1,
		UINT16_MAX,
	};
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		CHECK(draw_find(types[i]));
		CHECK_EQ(draw_find(types[i])->type, types[i]);
		CHECK(draw_find(types[i])->name);
	}
	for (i = 0; i < sizeof(absent) / sizeof(absent[0]); i++)
		CHECK(!draw_find(absent[i]));
}

int main(void)
{
	RUN(table);
	RUN(random_operations);
	RUN(extreme_coordinates);
	RUN(wide);
	RUN(all_rops);
	RUN(no_memory);
	RUN(refused);
	RUN(yields);
	return test_end();
}
