/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * JPEG's inverse cosine transform: columns, then rows, each by the algorithm
 * of Loeffler, Ligtenberg and Moschytz with 11 multiplications.
 *
 * Factors have 13 bits behind the point, and what lies between the passes has
 * 2. With these, and rounding to the nearest, the result is that of the
 * reference's accurate transform in every bit. Sums are unsigned: they wrap
 * where only a broken stream leads, and nothing depends on it.
 */
#include "spice/codec/codec_jpeg_part.h"

#define POINT	   13
#define PASS_POINT 2
/* What pass two takes away: its own point, the first one's, and 8 = 2 * 4. */
#define ROW_SHIFT (POINT + PASS_POINT + 3)
#define COL_SHIFT (POINT - PASS_POINT)

/* A factor as a whole number of 1/2^POINT. */
#define F(x) ((uint32_t)((x) * (1 << POINT) + 0.5))

/*
 * One transform of eight.
 *
 * @x: coefficients
 * @bias: added to every sum
 * @sum: receives eight samples, POINT bits up
 */
CODEC_INLINE void idct_eight(const uint32_t x[8], uint32_t bias,
			     uint32_t sum[8])
{
	uint32_t turn, low, high, even[4], odd[4];
	uint32_t a, b, c, d, all;

	/* Coefficients 0 and 4, and 2 and 6 turned by 3/8 pi. */
	turn = (x[2] + x[6]) * F(0.541196100);
	low = turn - x[6] * F(1.847759065);
	high = turn + x[2] * F(0.765366865);
	a = ((x[0] + x[4]) << POINT) + bias;
	b = ((x[0] - x[4]) << POINT) + bias;
	even[0] = a + high;
	even[1] = b + low;
	even[2] = b - low;
	even[3] = a - high;

	/* The odd ones: two turns that share their sums. */
	all = (x[1] + x[3] + x[5] + x[7]) * F(1.175875602);
	a = all - (x[3] + x[7]) * F(1.961570560);
	b = all - (x[1] + x[5]) * F(0.390180644);
	c = (x[1] + x[7]) * F(0.899976223);
	d = (x[3] + x[5]) * F(2.562915447);
	odd[0] = x[1] * F(1.501321110) + b - c;
	odd[1] = x[3] * F(3.072711026) + a - d;
	odd[2] = x[5] * F(2.053119869) + b - d;
	odd[3] = x[7] * F(0.298631336) + a - c;

	sum[0] = even[0] + odd[0];
	sum[7] = even[0] - odd[0];
	sum[1] = even[1] + odd[1];
	sum[6] = even[1] - odd[1];
	sum[2] = even[2] + odd[2];
	sum[5] = even[2] - odd[2];
	sum[3] = even[3] + odd[3];
	sum[4] = even[3] - odd[3];
}

/* A level from a sum that has the rounding half and the middle in it. */
CODEC_INLINE uint32_t idct_level(uint32_t sum, unsigned int shift)
{
	int32_t level = (int32_t)sum >> shift;

	if ((uint32_t)level > 255)
		level = ~level >> 31 & 255;
	return (uint32_t)level;
}

/* Half of the last bit, and 128 levels, @shift bits up. */
#define LEVEL_BIAS(shift) ((128u << (shift)) + (1u << ((shift)-1)))

/* Eight levels to where they belong, @colour a constant. */
CODEC_INLINE void idct_put(void *out, const uint32_t level[8], bool colour)
{
	uint16_t *half = out;
	unsigned int i;

	if (colour) {
		for (i = 0; i < 8; i++)
			half[2 * i] = (uint16_t)level[i];
		return;
	}
	codec_put32(out,
		    level[0] | level[1] << 8 | level[2] << 16 | level[3] << 24);
	codec_put32((uint8_t *)out + 4,
		    level[4] | level[5] << 8 | level[6] << 16 | level[7] << 24);
}

/* @n rows of one and the same eight levels. */
CODEC_INLINE void idct_repeat(uint8_t *out, size_t stride,
			      const uint32_t level[8], bool colour)
{
	unsigned int y;

	for (y = 0; y < JPEG_BLOCK; y++, out += stride)
		idct_put(out, level, colour);
}

/* A row of the second pass. */
CODEC_INLINE void idct_row(const uint32_t x[8], uint32_t level[8])
{
	uint32_t sum[8];
	unsigned int i;

	if (!(x[1] | x[2] | x[3] | x[4] | x[5] | x[6] | x[7])) {
		level[0] = idct_level(x[0] + LEVEL_BIAS(PASS_POINT + 3),
				      PASS_POINT + 3);
		for (i = 1; i < 8; i++)
			level[i] = level[0];
		return;
	}
	idct_eight(x, LEVEL_BIAS(ROW_SHIFT), sum);
	for (i = 0; i < 8; i++)
		level[i] = idct_level(sum[i], ROW_SHIFT);
}

/* The first pass over column @x, whose results go to a column of @work. */
CODEC_INLINE void idct_column(const int16_t *coefs, uint32_t work[8][8],
			      unsigned int x)
{
	uint32_t in[8], sum[8];
	unsigned int y;

	for (y = 0; y < 8; y++)
		in[y] = (uint32_t)coefs[y * 8 + x];
	idct_eight(in, 1u << (COL_SHIFT - 1), sum);
	for (y = 0; y < 8; y++)
		work[y][x] = (uint32_t)((int32_t)sum[y] >> COL_SHIFT);
}

/* The whole transform, @colour a constant. */
CODEC_INLINE void idct_block(const int16_t *coefs, unsigned int columns,
			     uint8_t *out, size_t stride, bool colour)
{
	uint32_t work[8][8], level[8], x, y;

	if (columns & JPEG_FLAT) {
		level[0] = idct_level((uint32_t)coefs[0] + LEVEL_BIAS(3), 3);
		for (x = 1; x < 8; x++)
			level[x] = level[0];
		idct_repeat(out, stride, level, colour);
		return;
	}
	for (x = 0; x < 8; x++)
		work[0][x] = (uint32_t)coefs[x] << PASS_POINT;
	if (!columns) {
		idct_row(work[0], level);
		idct_repeat(out, stride, level, colour);
		return;
	}
	for (x = 0; x < 8; x++) {
		if (columns >> x & 1) {
			idct_column(coefs, work, x);
			continue;
		}
		for (y = 1; y < 8; y++)
			work[y][x] = work[0][x];
	}
	for (y = 0; y < 8; y++, out += stride) {
		idct_row(work[y], level);
		idct_put(out, level, colour);
	}
}

void jpeg_idct_luma(const int16_t coefs[JPEG_COEFS], unsigned int columns,
		    uint8_t *out, size_t stride)
{
	idct_block(coefs, columns, out, stride, false);
}

void jpeg_idct_colour(const int16_t coefs[JPEG_COEFS], unsigned int columns,
		      uint16_t *out, size_t stride)
{
	idct_block(coefs, columns, (uint8_t *)out, stride, true);
}
