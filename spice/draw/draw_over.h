/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Porter and Duff's OVER on premultiplied 0xAARRGGBB, rounded as pixman does:
 * a product of two fractions of 255 is (t + (t >> 8)) >> 8 with t = a b + 128,
 * the exact quotient by 255, rounded to nearest; sums stop at 255.
 */
#ifndef SPICE_DRAW_OVER_H
#define SPICE_DRAW_OVER_H

#include <stdint.h>

/* Each component of @c times @a / 255. Two at a time, 16 bits apart. */
static inline uint32_t draw_scale_argb(uint32_t c, uint32_t a)
{
	uint32_t rb = (c & 0xff00ff) * a + 0x800080;
	uint32_t ag = (c >> 8 & 0xff00ff) * a + 0x800080;

	rb = (rb + (rb >> 8 & 0xff00ff)) >> 8 & 0xff00ff;
	ag = (ag + (ag >> 8 & 0xff00ff)) & 0xff00ff00;
	return rb | ag;
}

/* Each component's sum, at most 255. */
static inline uint32_t draw_add_argb(uint32_t a, uint32_t b)
{
	uint32_t rb = (a & 0xff00ff) + (b & 0xff00ff);
	uint32_t ag = (a >> 8 & 0xff00ff) + (b >> 8 & 0xff00ff);

	rb |= 0x10000100 - (rb >> 8 & 0xff00ff);
	ag |= 0x10000100 - (ag >> 8 & 0xff00ff);
	return (rb & 0xff00ff) | (ag & 0xff00ff) << 8;
}

/*
 * @src over @dst. The sum of words is that of the components unless one of them
 * carries into the next, as none does of a premultiplied @src; alpha cannot.
 */
static inline uint32_t draw_over_argb(uint32_t src, uint32_t dst)
{
	uint32_t rest = draw_scale_argb(dst, ~src >> 24), sum = src + rest;

	if ((src ^ rest ^ sum) & 0x01010100)
		return draw_add_argb(src, rest);
	return sum;
}

/* What each of four pixels counts, together 2^14. */
struct draw_weights {
	uint32_t tl, tr, bl, br; /* top left to bottom right */
};

/* @x, @y: how far from the left and upper pixels, of 128. */
static inline struct draw_weights draw_weights(uint32_t x, uint32_t y)
{
	return (struct draw_weights){(128 - x) * (128 - y), x * (128 - y),
				     (128 - x) * y, x * y};
}

/* Four pixels mixed, as pixman interpolates. */
static inline uint32_t draw_mix(struct draw_weights w, uint32_t tl, uint32_t tr,
				uint32_t bl, uint32_t br)
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

#endif
