/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The X Render extension's operators that divide or blend. The colours are
 * those of the extension's text and, for the blend modes, of PDF's (ISO 32000,
 * 11.3.5); the roundings are pixman's, down to the order of its operations.
 *
 * What divides pixman does in IEEE's single precision. Here that is done with
 * integers: the bare PC keeps no floating point. Nothing becomes so large or so
 * small that an exponent's range mattered.
 */
#include <stddef.h>

#include <spice/enums.h>

#include "spice/draw/draw_over.h"
#include "spice/draw/draw_render.h"

enum {
	SATURATE = 0x0d,
	DISJOINT = 0x10,
	CONJOINT = 0x20,
	MULTIPLY = 0x30,
	SCREEN,
	OVERLAY,
	DARKEN,
	LIGHTEN,
	COLOR_DODGE,
	COLOR_BURN,
	HARD_LIGHT,
	SOFT_LIGHT,
	DIFFERENCE,
	EXCLUSION,
	HSL_HUE,
	HSL_SATURATION,
	HSL_COLOR,
	HSL_LUMINOSITY,
};

enum draw_render_way draw_render_way(uint8_t number, bool component)
{
	if (number >= HSL_HUE && number <= HSL_LUMINOSITY)
		return component ? DRAW_RENDER_NONE : DRAW_RENDER_REAL;
	if (number == COLOR_DODGE || number == COLOR_BURN ||
	    number == SOFT_LIGHT)
		return DRAW_RENDER_REAL;
	if (number >= MULTIPLY && number <= EXCLUSION)
		return DRAW_RENDER_BYTES;
	if (number == SATURATE || (number >= DISJOINT && number < MULTIPLY))
		return DRAW_RENDER_REAL;
	return DRAW_RENDER_NONE;
}

/* ---- in bytes ------------------------------------------------------------
 */

/* The blend itself, times 255 * 255. */
static int32_t blend_bytes(uint8_t number, int32_t s, int32_t sa, int32_t d,
			   int32_t da)
{
	int32_t sda = s * da, dsa = d * sa;

	switch (number) {
	case SCREEN:
		return sda + dsa - s * d;
	case DARKEN:
		return sda > dsa ? dsa : sda;
	case LIGHTEN:
		return sda > dsa ? sda : dsa;
	case DIFFERENCE:
		return sda < dsa ? dsa - sda : sda - dsa;
	case EXCLUSION:
		return sda + dsa - 2 * s * d;
	default: /* OVERLAY, HARD_LIGHT */
		if (number == OVERLAY ? 2 * d < da : 2 * s < sa)
			return 2 * s * d;
		return sa * da - 2 * (da - d) * (sa - s);
	}
}

/* Quirk, pixman 0.42: what is below nothing becomes all. */
static uint32_t by_255(int32_t sum)
{
	uint32_t v = (uint32_t)sum < 255 * 255 ? (uint32_t)sum : 255 * 255;

	v += 128;
	return (v + (v >> 8)) >> 8;
}

static uint32_t multiplied(uint32_t a, uint32_t b)
{
	uint32_t out = 0;
	int shift;

	for (shift = 0; shift < 32; shift += 8)
		out |= draw_scale_argb(a >> shift & 0xff, b >> shift & 0xff)
		       << shift;
	return out;
}

uint32_t draw_render_bytes(uint8_t number, uint32_t src, uint32_t alphas,
			   uint32_t dst)
{
	int32_t sa = (int32_t)(src >> 24), da = (int32_t)(dst >> 24);
	uint32_t out;
	int shift;

	if (number == MULTIPLY)
		return draw_add_argb(
			draw_add_argb(multiplied(dst, ~alphas),
				      draw_scale_argb(src, ~dst >> 24)),
			multiplied(dst, src));
	out = by_255(da * 255 + sa * 255 - sa * da) << 24;
	for (shift = 0; shift < 24; shift += 8) {
		int32_t s = src >> shift & 0xff, d = dst >> shift & 0xff;
		int32_t a = alphas >> shift & 0xff;

		out |= by_255((255 - a) * d + (255 - da) * s +
			      blend_bytes(number, s, a, d, da))
		       << shift;
	}
	return out;
}

/* ---- real numbers --------------------------------------------------------
 */

/* A real number is the bits of IEEE's single precision; 0 has no sign. */
#define UNITY 0x3f800000u

static bool below_0(uint32_t a)
{
	return a >> 31;
}

static int32_t exponent(uint32_t a)
{
	return (int32_t)(a >> 23 & 0xff) - 150;
}

/* All 24 bits, with the sign. */
static int32_t mantissa(uint32_t a)
{
	int32_t m = (int32_t)((a & 0x7fffff) | 0x800000);

	if (!a)
		return 0;
	return below_0(a) ? -m : m;
}

/* @m * 2^@e to 24 bits, the nearest; of two, the even one. |@m| < 2^62. */
static uint32_t rounded(int64_t m, int32_t e)
{
	uint64_t v = m < 0 ? 0 - (uint64_t)m : (uint64_t)m;
	int32_t more = 0;

	if (!v)
		return 0;
	while (v >> more >> 24)
		more++;
	if (more) {
		v += ((uint64_t)1 << (more - 1)) - !(v >> more & 1);
		v >>= more;
	}
	/* It may have become 2^24. */
	for (; v >= 1 << 24; v >>= 1)
		more++;
	for (; v < 1 << 23; v <<= 1)
		more--;
	return (m < 0 ? 0x80000000u : 0) | (uint32_t)(e + more + 150) << 23 |
	       ((uint32_t)v & 0x7fffff);
}

static uint32_t mul(uint32_t a, uint32_t b)
{
	return rounded((int64_t)mantissa(a) * mantissa(b),
		       exponent(a) + exponent(b));
}

static uint32_t add(uint32_t a, uint32_t b)
{
	uint32_t high = a;
	int32_t apart = exponent(a) - exponent(b);

	if (!a || !b)
		return a | b;
	if (apart < 0) {
		high = b;
		b = a;
		apart = -apart;
	}
	/* Too far apart for a bit of it to count. */
	if (apart > 36)
		return high;
	return rounded(mantissa(high) * ((int64_t)1 << apart) + mantissa(b),
		       exponent(b));
}

static uint32_t sub(uint32_t a, uint32_t b)
{
	return add(a, b ? b ^ 0x80000000u : 0);
}

static bool less(uint32_t a, uint32_t b)
{
	return below_0(sub(a, b));
}

/* @a / @b, which is not 0. */
static uint32_t quotient(uint32_t a, uint32_t b)
{
	uint32_t n = (uint32_t)mantissa(a & 0x7fffffff), q = 0;
	uint32_t d = (uint32_t)mantissa(b & 0x7fffffff);
	int64_t v;
	int i;

	for (i = 0; i < 28; i++) {
		q <<= 1;
		if (n >= d) {
			n -= d;
			q |= 1;
		}
		n <<= 1;
	}
	/* A rest is somewhere behind the last bit. */
	v = (int64_t)((uint64_t)q << 1 | !!n);
	return rounded(below_0(a ^ b) ? -v : v, exponent(a) - exponent(b) - 28);
}

/* The square root of @a, not below 0. */
static uint32_t root(uint32_t a)
{
	int32_t e = exponent(a), odd = e & 1;
	uint64_t square, v = 0, bit;

	if (!a)
		return a;
	square = (uint64_t)mantissa(a) << (30 + odd);
	for (bit = (uint64_t)1 << 27; bit; bit >>= 1)
		if ((v | bit) * (v | bit) <= square)
			v |= bit;
	return rounded((int64_t)(v << 1 | (v * v != square)),
		       (e - odd - 30) / 2 - 1);
}

/* Small whole numbers. */
static uint32_t whole(int32_t v)
{
	return rounded(v, 0);
}

static uint32_t rest(uint32_t a)
{
	return sub(UNITY, a);
}

/* ---- pixels of them ------------------------------------------------------
 */

/* In a pixel's order of bytes. */
enum { BLUE, GREEN, RED, ALPHA };

struct wide {
	uint32_t c[4];
};

/* @byte's upper @bits as a part of 1. */
static uint32_t part(uint32_t byte, unsigned int bits)
{
	static const uint32_t units[] = {
		[5] = 0x3d042108, /* 1 / 31 */
		[6] = 0x3c820821, /* 1 / 63 */
		[8] = 0x3b808081, /* 1 / 255 */
	};

	return mul(whole((int32_t)((byte & 0xff) >> (8 - bits))), units[bits]);
}

static struct wide wide_of(uint32_t format, uint32_t argb)
{
	unsigned int bits = format == SPICE_SURFACE_FMT_16_555 ||
					    format == SPICE_SURFACE_FMT_16_565
				    ? 5
				    : 8;
	struct wide w;

	w.c[BLUE] = part(argb, bits);
	w.c[GREEN] = part(argb >> 8,
			  format == SPICE_SURFACE_FMT_16_565 ? 6 : bits);
	w.c[RED] = part(argb >> 16, bits);
	/* Where there is no alpha it is all ones already. */
	w.c[ALPHA] = argb >> 24 == 255 ? UNITY : part(argb >> 24, 8);
	return w;
}

static struct wide sampled(const struct draw_sample *s)
{
	uint32_t x, y, weight[4];
	struct wide w, one;
	int i, k;

	if (!s->mixed)
		return wide_of(s->format, s->pixel[0]);
	x = rounded(s->x, -16);
	y = rounded(s->y, -16);
	weight[0] = mul(rest(x), rest(y));
	weight[1] = mul(x, rest(y));
	weight[2] = mul(rest(x), y);
	weight[3] = mul(x, y);
	for (i = 0; i < 4; i++) {
		one = wide_of(s->format, s->pixel[i]);
		for (k = 0; k < 4; k++) {
			one.c[k] = mul(one.c[k], weight[i]);
			w.c[k] = i ? add(w.c[k], one.c[k]) : one.c[k];
		}
	}
	return w;
}

/* 256 parts of 1, and no more than 255. */
static uint32_t byte_of(uint32_t a)
{
	int32_t shift = -(exponent(a) + 8);

	if (!a || below_0(a) || shift > 24)
		return 0;
	if (!less(a, UNITY))
		return 255;
	return (uint32_t)mantissa(a) >> shift;
}

/* ---- operators -----------------------------------------------------------
 */

/* What an operand counts, by its own alpha and the other's. */
enum factor {
	FACTOR_0,
	FACTOR_1,
	FACTOR_OTHER,	       /* other / own */
	FACTOR_OTHER_REST,     /* (1 - other) / own */
	FACTOR_NOT_OTHER,      /* 1 - other / own */
	FACTOR_NOT_OTHER_REST, /* 1 - (1 - other) / own */
};

/*
 * By the low four bits of a disjoint and of a conjoint operator.
 * (draw_composite has plainer ones for the first three and those behind the
 * last.)
 */
static const uint8_t factors[2][16][2] = {
	{
		{FACTOR_0, FACTOR_0},
		{FACTOR_1, FACTOR_0},
		{FACTOR_0, FACTOR_1},
		{FACTOR_1, FACTOR_OTHER_REST},
		{FACTOR_OTHER_REST, FACTOR_1},
		{FACTOR_NOT_OTHER_REST, FACTOR_0},
		{FACTOR_0, FACTOR_NOT_OTHER_REST},
		{FACTOR_OTHER_REST, FACTOR_0},
		{FACTOR_0, FACTOR_OTHER_REST},
		{FACTOR_NOT_OTHER_REST, FACTOR_OTHER_REST},
		{FACTOR_OTHER_REST, FACTOR_NOT_OTHER_REST},
		{FACTOR_OTHER_REST, FACTOR_OTHER_REST},
	},
	{
		{FACTOR_0, FACTOR_0},
		{FACTOR_1, FACTOR_0},
		{FACTOR_0, FACTOR_1},
		{FACTOR_1, FACTOR_NOT_OTHER},
		{FACTOR_NOT_OTHER, FACTOR_1},
		{FACTOR_OTHER, FACTOR_0},
		{FACTOR_0, FACTOR_OTHER},
		{FACTOR_NOT_OTHER, FACTOR_0},
		{FACTOR_0, FACTOR_NOT_OTHER},
		{FACTOR_OTHER, FACTOR_NOT_OTHER},
		{FACTOR_NOT_OTHER, FACTOR_OTHER},
		{FACTOR_NOT_OTHER, FACTOR_NOT_OTHER},
	},
};

static uint32_t factor(uint8_t kind, uint32_t own, uint32_t other)
{
	bool negated = kind >= FACTOR_NOT_OTHER;
	uint32_t f;

	if (kind <= FACTOR_1)
		return kind == FACTOR_1 ? UNITY : 0;
	if (!own)
		return negated ? 0 : UNITY;
	if (kind == FACTOR_OTHER_REST || kind == FACTOR_NOT_OTHER_REST)
		other = rest(other);
	f = quotient(other, own);
	if (negated)
		f = rest(f);
	if (below_0(f))
		return 0;
	return less(UNITY, f) ? UNITY : f;
}

/* One component; @sa is the source's alpha for it. */
static uint32_t joint(uint8_t number, uint32_t s, uint32_t sa, uint32_t d,
		      uint32_t da)
{
	static const uint8_t saturate[2] = {FACTOR_OTHER_REST, FACTOR_1};
	const uint8_t *by = number == SATURATE
				    ? saturate
				    : factors[number >= CONJOINT][number % 16];
	uint32_t sum = add(mul(s, factor(by[0], sa, da)),
			   mul(d, factor(by[1], da, sa)));

	return less(sum, UNITY) ? sum : UNITY;
}

static uint32_t dodge(uint32_t s, uint32_t sa, uint32_t d, uint32_t da)
{
	uint32_t sada = mul(sa, da), dark = sub(sa, s);

	if (!d)
		return 0;
	if (!less(mul(d, sa), sub(sada, mul(s, da))) || !dark)
		return sada;
	return quotient(mul(mul(sa, sa), d), dark);
}

static uint32_t burn(uint32_t s, uint32_t sa, uint32_t d, uint32_t da)
{
	uint32_t light = mul(sa, sub(da, d));

	if (!less(d, da))
		return mul(sa, da);
	if (!less(light, mul(s, da)) || !s)
		return 0;
	return mul(sa, sub(da, quotient(light, s)));
}

static uint32_t soft(uint32_t s, uint32_t sa, uint32_t d, uint32_t da)
{
	uint32_t dsa = mul(d, sa), s2 = mul(whole(2), s), v;

	if (!da)
		return dsa;
	if (!less(sa, s2))
		return sub(dsa,
			   quotient(mul(mul(d, sub(da, d)), sub(sa, s2)), da));
	if (!less(da, mul(whole(4), d))) {
		v = sub(quotient(mul(whole(16), d), da), whole(12));
		v = add(quotient(mul(v, d), da), whole(3));
		return add(dsa, mul(mul(sub(s2, sa), d), v));
	}
	return add(dsa, mul(sub(root(mul(d, da)), d), sub(s2, sa)));
}

/* One component of COLOR_DODGE, COLOR_BURN, SOFT_LIGHT. */
static uint32_t blended(uint8_t number, uint32_t s, uint32_t sa, uint32_t d,
			uint32_t da)
{
	uint32_t f = add(mul(rest(sa), d), mul(rest(da), s));

	if (number == COLOR_DODGE)
		return add(f, dodge(s, sa, d, da));
	if (number == COLOR_BURN)
		return add(f, burn(s, sa, d, da));
	return add(f, soft(s, sa, d, da));
}

/* ---- hue, saturation, luminosity -----------------------------------------
 */

static uint32_t luminosity(const struct wide *w)
{
	static const uint32_t red = 0x3e99999a, green = 0x3f170a3d,
			      blue = 0x3de147ae;

	return add(add(mul(w->c[RED], red), mul(w->c[GREEN], green)),
		   mul(w->c[BLUE], blue));
}

/* The numbers of the largest, the middle and the smallest colour. */
static void ordered(const struct wide *w, int order[3])
{
	const uint32_t *c = w->c;
	bool rg = less(c[GREEN], c[RED]), rb = less(c[BLUE], c[RED]);
	bool gb = less(c[BLUE], c[GREEN]);

	if (rg == rb) {
		order[rg ? 0 : 2] = RED;
		order[rg ? 1 : 0] = gb ? GREEN : BLUE;
		order[rg ? 2 : 1] = gb ? BLUE : GREEN;
		return;
	}
	order[0] = rg ? BLUE : GREEN;
	order[1] = RED;
	order[2] = rg ? GREEN : BLUE;
}

static uint32_t saturation(const struct wide *w)
{
	int order[3];

	ordered(w, order);
	return sub(w->c[order[0]], w->c[order[2]]);
}

static void set_saturation(struct wide *w, uint32_t s)
{
	uint32_t range, *large, *middle, *small;
	int order[3];

	ordered(w, order);
	large = &w->c[order[0]];
	middle = &w->c[order[1]];
	small = &w->c[order[2]];
	range = sub(*large, *small);
	*middle = range ? quotient(mul(sub(*middle, *small), s), range) : 0;
	*large = range ? s : 0;
	*small = 0;
}

/* Draw the colours to @l, so that one at distance @range is where @by is. */
static void draw_in(struct wide *w, uint32_t l, uint32_t by, uint32_t range,
		    uint32_t all)
{
	int i;

	for (i = BLUE; i <= RED; i++)
		w->c[i] = range ? add(l,
				      quotient(mul(sub(w->c[i], l), by), range))
				: all;
}

static void set_luminosity(struct wide *w, uint32_t a, uint32_t l)
{
	uint32_t d = sub(l, luminosity(w)), small, large;
	int i, order[3];

	for (i = BLUE; i <= RED; i++)
		w->c[i] = add(w->c[i], d);
	l = luminosity(w);
	ordered(w, order);
	small = w->c[order[2]];
	large = w->c[order[0]];
	if (below_0(small))
		draw_in(w, l, l, sub(l, small), 0);
	if (less(a, large))
		draw_in(w, l, sub(a, l), sub(large, l), a);
}

static void times(struct wide *w, uint32_t by)
{
	int i;

	for (i = BLUE; i <= ALPHA; i++)
		w->c[i] = mul(w->c[i], by);
}

/* Colours of @src's hue, saturation, both or luminosity, the rest of @dst's. */
static struct wide coloured(uint8_t number, const struct wide *src,
			    const struct wide *dst)
{
	bool of_src = number == HSL_HUE || number == HSL_COLOR;
	uint32_t sa = src->c[ALPHA], da = dst->c[ALPHA];
	struct wide w = of_src ? *src : *dst;

	times(&w, of_src ? da : sa);
	if (number == HSL_HUE)
		set_saturation(&w, mul(saturation(dst), sa));
	if (number == HSL_SATURATION)
		set_saturation(&w, mul(saturation(src), da));
	set_luminosity(&w, mul(sa, da),
		       number == HSL_LUMINOSITY ? mul(luminosity(src), da)
						: mul(luminosity(dst), sa));
	return w;
}

/* ---- all of them ---------------------------------------------------------
 */

/*
 * Put @src through @mask; @alphas becomes its alpha for each component.
 * Quirk, pixman 0.42: HSL's operators have green masked twice, blue not. (Under
 * a mask of 0 it takes what it read for another pixel; here nothing is there.)
 */
static void masked(uint8_t number, bool component, struct wide *src,
		   const struct wide *mask, struct wide *alphas)
{
	uint32_t a = src->c[ALPHA];
	int i;

	for (i = BLUE; i <= ALPHA; i++) {
		uint32_t m = mask->c[component ? i : ALPHA];
		bool hsl = number >= HSL_HUE && m;

		alphas->c[i] = mul(m, a);
		if (!hsl || i != BLUE)
			src->c[i] = mul(src->c[i], m);
		if (hsl && i == GREEN)
			src->c[i] = mul(src->c[i], m);
	}
}

uint32_t draw_render_real(uint8_t number, bool component,
			  const struct draw_sample *src,
			  const struct draw_sample *mask,
			  const struct draw_sample *dst)
{
	struct wide s = sampled(src), d = sampled(dst), m, alphas, w = d;
	uint32_t da = d.c[ALPHA];
	uint32_t out = 0;
	int i;

	for (i = BLUE; i <= ALPHA; i++)
		alphas.c[i] = s.c[ALPHA];
	if (mask) {
		m = sampled(mask);
		masked(number, component, &s, &m, &alphas);
	}
	if (number >= HSL_HUE)
		w = coloured(number, &s, &d);
	for (i = BLUE; i <= ALPHA; i++) {
		uint32_t sa = s.c[ALPHA], v;

		if (number < MULTIPLY)
			v = joint(number, s.c[i], alphas.c[i], d.c[i], da);
		else if (i == ALPHA)
			v = number >= HSL_HUE ? sub(add(sa, da), mul(sa, da))
					      : sub(add(da, sa), mul(da, sa));
		else if (number >= HSL_HUE)
			v = add(add(mul(rest(sa), d.c[i]),
				    mul(rest(da), s.c[i])),
				w.c[i]);
		else
			v = blended(number, s.c[i], alphas.c[i], d.c[i], da);
		out |= byte_of(v) << 8 * i;
	}
	return out;
}
