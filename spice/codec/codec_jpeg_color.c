/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * From JPEG's samples to pixels. Document: JFIF 1.02 (the colours), and what
 * the reference does between samples: a triangle over the nearest two in each
 * direction, rounded now up, now down. The result is its own in every bit.
 */
#include "spice/codec/codec_jpeg_part.h"

#define MIDDLE 128
#define POINT  16
#define HALF   (1 << (POINT - 1))
/* A factor as a whole number of 1/2^POINT. */
#define F(x) ((int32_t)((x) * (1 << POINT) + 0.5))

/* The same number in both halves of a word. */
#define BOTH(n)	  ((n)*0x10001u)
#define LEVELS	  BOTH(255u)
#define CR(words) ((words) >> 16)
#define CB(words) ((words)&255)

void jpeg_tables_make(struct jpeg_tables *t)
{
	int32_t i, x;

	for (i = 0; i < 256; i++) {
		x = i - MIDDLE;
		t->red[i] = (int16_t)((F(1.40200) * x + HALF) >> POINT);
		t->blue[i] = (int16_t)((F(1.77200) * x + HALF) >> POINT);
		t->green_cr[i] = -F(0.71414) * x;
		t->green_cb[i] = -F(0.34414) * x + HALF;
		t->limit[i] = 0;
		t->limit[JPEG_LIMIT_ZERO + i] = (uint8_t)i;
		t->limit[2 * 256 + i] = 255;
	}
}

/*
 * Interpolate across, to twice as many words.
 *
 * @far: NULL or constant: with it sums have two bits more
 */
CODEC_INLINE void upsample_twice(uint32_t *out, const uint32_t *near,
				 const uint32_t *far, uint32_t samples)
{
	const unsigned int shift = far ? 4 : 2;
	const uint32_t left = BOTH(far ? 8u : 1u), right = BOTH(far ? 7u : 2u);
	uint32_t last, this, next, i;

	this = far ? near[0] * 3 + far[0] : near[0];
	last = this;
	for (i = 1; i <= samples; i++) {
		/* Beyond the edge lies what lies at the edge. */
		next = this;
		if (i < samples)
			next = far ? near[i] * 3 + far[i] : near[i];
		*out++ = (this * 3 + last + left) >> shift & LEVELS;
		*out++ = (this * 3 + next + right) >> shift & LEVELS;
		last = this;
		this = next;
	}
}

/* Interpolate down only. */
static void upsample_down(uint32_t *out, const uint32_t *near,
			  const uint32_t *far, bool below, uint32_t samples)
{
	const uint32_t bias = below ? BOTH(2u) : BOTH(1u);
	uint32_t i;

	for (i = 0; i < samples; i++)
		out[i] = (near[i] * 3 + far[i] + bias) >> 2 & LEVELS;
}

/* No interpolation. */
static void upsample_repeat(uint32_t *out, const uint32_t *near,
			    uint32_t samples)
{
	for (; samples; samples--, near++) {
		*out++ = *near;
		*out++ = *near;
	}
}

void jpeg_upsample(uint32_t *out, const uint32_t *near, const uint32_t *far,
		   bool below, uint32_t samples, bool twice, bool smooth)
{
	if (twice && !smooth)
		upsample_repeat(out, near, samples);
	else if (twice && far)
		upsample_twice(out, near, far, samples);
	else if (twice)
		upsample_twice(out, near, NULL, samples);
	else if (far)
		upsample_down(out, near, far, below, samples);
	else
		memcpy(out, near, (size_t)samples * 4);
}

/* What a sample of colour adds to luma. */
struct colour {
	int32_t red, green, blue;
};

CODEC_INLINE struct colour colour_of(const struct jpeg_tables *t, uint32_t word)
{
	uint32_t cb = CB(word), cr = CR(word);

	return (struct colour){
		t->red[cr],
		(t->green_cb[cb] + t->green_cr[cr]) >> POINT,
		t->blue[cb],
	};
}

CODEC_INLINE void put_pixel(const struct jpeg_tables *t, uint8_t *out,
			    uint32_t y, struct colour c)
{
	const uint8_t *limit = t->limit + JPEG_LIMIT_ZERO + y;

	codec_put32(out, limit[c.blue] | (uint32_t)limit[c.green] << 8 |
				 (uint32_t)limit[c.red] << 16);
}

void jpeg_row_ycc(const struct jpeg_tables *t, uint8_t *out, const uint8_t *y,
		  const uint32_t *colour, uint32_t width)
{
	uint32_t x;

	for (x = 0; x < width; x++, out += 4)
		put_pixel(t, out, y[x], colour_of(t, colour[x]));
}

void jpeg_row_pairs(const struct jpeg_tables *t, uint8_t *out, const uint8_t *y,
		    const uint32_t *colour, uint32_t width)
{
	for (; width >= 2; width -= 2, out += 8, y += 2) {
		struct colour c = colour_of(t, *colour++);

		put_pixel(t, out, y[0], c);
		put_pixel(t, out + 4, y[1], c);
	}
	if (width)
		put_pixel(t, out, *y, colour_of(t, *colour));
}

void jpeg_row_rgb(uint8_t *out, const uint8_t *red, const uint32_t *rest,
		  uint32_t width)
{
	uint32_t x;

	for (x = 0; x < width; x++, out += 4)
		codec_put32(out, CR(rest[x]) | CB(rest[x]) << 8 |
					 (uint32_t)red[x] << 16);
}

void jpeg_row_gray(uint8_t *out, const uint8_t *y, uint32_t width)
{
	uint32_t x;

	for (x = 0; x < width; x++, out += 4)
		codec_put32(out, y[x] * 0x010101u);
}
