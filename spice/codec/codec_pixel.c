/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * What decoders share and what is not worth inlining.
 */
#include "spice/codec/codec_pixel.h"

/*
 * A source that grows beyond this leaves the first-level cache, and nothing is
 * gained by fewer calls.
 */
#define REPEAT_MAX_BYTES 8192

/* Repeat one word that a period of @back bytes, 1, 2 or 4, makes. */
static void repeat_word(uint8_t *p, size_t back, size_t bytes)
{
	const uint8_t *from = p - back;
	uint32_t word = back == 4   ? codec_get32(from)
			: back == 2 ? codec_get16(from) * 0x10001u
				    : *from * 0x01010101u;

	pix_fill32(p, word, bytes / 4);
	for (p += bytes & ~(size_t)3, bytes &= 3; bytes; bytes--) {
		*p++ = (uint8_t)word;
		word >>= 8;
	}
}

/*
 * Write the first periods of a stretch whose period @back is too short for
 * memcpy. Returns how many bytes, a multiple of @back.
 */
static size_t repeat_seed(uint8_t *p, size_t back)
{
	const uint8_t *from = p - back;
	size_t seed = CODEC_SHORT_BYTES - CODEC_SHORT_BYTES % back, i = 0;

	for (; back > 4 && i + 4 <= seed; i += 4)
		codec_put32(p + i, codec_get32(from + i));
	for (; i < seed; i++)
		p[i] = from[i];
	return seed;
}

void codec_repeat_long(uint8_t *p, size_t back, size_t bytes)
{
	const uint8_t *from = p - back;
	size_t seed;

	if (back <= 4 && back != 3) {
		repeat_word(p, back, bytes);
		return;
	}
	if (back < CODEC_SHORT_BYTES) {
		seed = repeat_seed(p, back);
		p += seed;
		bytes -= seed;
		back += seed;
	}
	while (bytes > back) {
		memcpy(p, from, back);
		p += back;
		bytes -= back;
		if (back < REPEAT_MAX_BYTES)
			back *= 2;
	}
	memcpy(p, from, bytes);
}

int codec_check_out(const struct codec_image *img, const struct pixmap *out,
		    uint32_t format)
{
	bool same = out->format == format;

	/* The same words in memory: the caller decides what the top byte is. */
	if (format == SPICE_SURFACE_FMT_32_xRGB)
		same |= out->format == SPICE_SURFACE_FMT_32_ARGB;
	if (!same || out->width != img->width || out->height != img->height)
		return -EINVAL;
	if (out->width == 0 || out->width > PIX_MAX_SIDE_PX ||
	    out->height == 0 || out->height > PIX_MAX_SIDE_PX)
		return -EINVAL;
	if (out->stride < (out->width * pix_bits(format) + 7) / 8)
		return -EINVAL;
	return 0;
}

/* The index of pixel @x in a packed row. */
CODEC_INLINE unsigned int row_index(const uint8_t *in, uint32_t x,
				    unsigned int bits, bool msb_first)
{
	uint32_t bit = x * bits;
	unsigned int shift = bit & 7;

	if (msb_first)
		shift = 8 - bits - shift;
	return in[bit / 8] >> shift & ((1u << bits) - 1);
}

CODEC_INLINE void row_indexed(uint8_t *out, uint32_t format, const uint8_t *in,
			      uint32_t width, unsigned int bits, bool msb_first,
			      const uint32_t *color)
{
	uint32_t x;

	if (format == SPICE_SURFACE_FMT_16_555) {
		for (x = 0; x < width; x++)
			codec_put16(out + x * 2,
				    (uint16_t)color[row_index(in, x, bits,
							      msb_first)]);
		return;
	}
	for (x = 0; x < width; x++)
		codec_put32(out + x * 4,
			    color[row_index(in, x, bits, msb_first)]);
}

void codec_row_indexed(uint8_t *out, uint32_t format, const uint8_t *in,
		       uint32_t width, unsigned int bits, bool msb_first,
		       const struct pix_palette *palette)
{
	const uint32_t *color = palette->color;

	if (bits == 8)
		row_indexed(out, format, in, width, 8, false, color);
	else if (bits == 4)
		row_indexed(out, format, in, width, 4, msb_first, color);
	else
		row_indexed(out, format, in, width, 1, msb_first, color);
}

/* The top byte of xRGB is 0 in pixmaps; guests leave anything in it. */
static void row_xrgb(uint8_t *out, const uint8_t *in, uint32_t width)
{
	uint32_t x;

	/* Four at a time: the loop itself is half of the work. */
	for (x = 0; x + 4 <= width; x += 4, out += 16, in += 16) {
		codec_put32(out, codec_get32(in) & 0xffffff);
		codec_put32(out + 4, codec_get32(in + 4) & 0xffffff);
		codec_put32(out + 8, codec_get32(in + 8) & 0xffffff);
		codec_put32(out + 12, codec_get32(in + 12) & 0xffffff);
	}
	for (; x < width; x++, out += 4, in += 4)
		codec_put32(out, codec_get32(in) & 0xffffff);
}

static void row_rgb24(uint8_t *out, const uint8_t *in, uint32_t width)
{
	uint32_t x;

	/* A word reads one byte into the next pixel, which the last has not. */
	for (x = 0; x + 1 < width; x++)
		codec_put32(out + x * 4, codec_get32(in + x * 3) & 0xffffff);
	in += x * 3;
	codec_put32(out + x * 4, in[0] | in[1] << 8 | (uint32_t)in[2] << 16);
}

void codec_row_bitmap(uint8_t *out, const uint8_t *in, uint32_t width,
		      uint8_t bitmap_format)
{
	switch (bitmap_format) {
	case SPICE_BITMAP_FMT_8BIT_A:
		memcpy(out, in, width);
		break;
	case SPICE_BITMAP_FMT_16BIT:
		memcpy(out, in, (size_t)width * 2);
		break;
	case SPICE_BITMAP_FMT_24BIT:
		row_rgb24(out, in, width);
		break;
	case SPICE_BITMAP_FMT_32BIT:
		row_xrgb(out, in, width);
		break;
	default: /* RGBA */
		memcpy(out, in, (size_t)width * 4);
		break;
	}
}
