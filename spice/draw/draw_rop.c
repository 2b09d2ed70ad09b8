/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The 16 raster operations of two operands, in one loop.
 *
 * Every function of two bits is c ^ (a & s) ^ (b & d) ^ (e & s & d) for some
 * constants; so four words, all zeros or all ones, say which one it is.
 */
#include <string.h>

#include <spice/enums.h>

#include "spice/draw/draw_rop.h"

/* The operands' own truth tables, as in draw_rop.h. */
#define S 0x3
#define D 0x5

enum draw_rop draw_rop_reduce(uint16_t ropd, uint16_t src_inverted,
			      uint16_t dst_inverted)
{
	unsigned int s = ropd & src_inverted ? S ^ 0xf : S;
	unsigned int d = ropd & dst_inverted ? D ^ 0xf : D;
	unsigned int res;

	if (ropd & SPICE_ROPD_OP_PUT)
		res = s;
	else if (ropd & SPICE_ROPD_OP_OR)
		res = s | d;
	else if (ropd & SPICE_ROPD_OP_AND)
		res = s & d;
	else if (ropd & SPICE_ROPD_OP_XOR)
		res = s ^ d;
	else if (ropd & SPICE_ROPD_OP_BLACKNESS)
		return DRAW_ROP_CLEAR;
	else if (ropd & SPICE_ROPD_OP_WHITENESS)
		return DRAW_ROP_SET;
	else if (ropd & SPICE_ROPD_OP_INVERS)
		return DRAW_ROP_INVERT;
	else
		return DRAW_ROP_COPY;
	return ropd & SPICE_ROPD_INVERS_RES ? res ^ 0xf : res;
}

struct words {
	uint32_t c, a, b, e;
};

static struct words words_of(enum draw_rop rop)
{
	uint32_t sd = rop & 1, s_only = rop >> 1 & 1, d_only = rop >> 2 & 1,
		 none = rop >> 3;

	return (struct words){
		.c = -none,
		.a = -(none ^ s_only),
		.b = -(none ^ d_only),
		.e = -(none ^ s_only ^ d_only ^ sd),
	};
}

static inline uint32_t combine(struct words w, uint32_t s, uint32_t d)
{
	return w.c ^ (w.a & s) ^ (d & (w.b ^ (w.e & s)));
}

static void row_bits(struct words w, uint8_t *dst, uint32_t dst_x,
		     const uint8_t *src, uint32_t src_x, uint32_t n)
{
	uint32_t s, d;
	uint8_t bit;

	for (; n--; dst_x++, src_x++) {
		s = src[src_x / 8] >> src_x % 8 & 1;
		d = dst[dst_x / 8] >> dst_x % 8 & 1;
		bit = 1u << dst_x % 8;
		if (combine(w, s, d) & 1)
			dst[dst_x / 8] |= bit;
		else
			dst[dst_x / 8] &= ~bit;
	}
}

static void row_8(struct words w, uint8_t *d, const uint8_t *s, uint32_t n)
{
	for (; n--; d++, s++)
		*d = combine(w, *s, *d);
}

static void row_16(struct words w, uint16_t *d, const uint16_t *s, uint32_t n)
{
	for (; n--; d++, s++)
		*d = combine(w, *s, *d);
}

static void row_32(struct words w, uint32_t *d, const uint32_t *s, uint32_t n)
{
	for (; n--; d++, s++)
		*d = combine(w, *s, *d);
}

void draw_rop_row(enum draw_rop rop, unsigned int bits, uint8_t *dst,
		  uint32_t dst_x, const uint8_t *src, uint32_t src_x,
		  uint32_t n)
{
	struct words w = words_of(rop);

	if (rop == DRAW_ROP_COPY && bits >= 8)
		memcpy(dst + dst_x * (bits / 8), src + src_x * (bits / 8),
		       n * (bits / 8));
	else if (bits == 1)
		row_bits(w, dst, dst_x, src, src_x, n);
	else if (bits == 8)
		row_8(w, dst + dst_x, src + src_x, n);
	else if (bits == 16)
		row_16(w, (uint16_t *)dst + dst_x,
		       (const uint16_t *)src + src_x, n);
	else
		row_32(w, (uint32_t *)dst + dst_x,
		       (const uint32_t *)src + src_x, n);
}
