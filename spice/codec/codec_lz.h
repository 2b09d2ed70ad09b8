/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * What LZ and GLZ share: the kinds of stream their headers name, and the
 * literal runs. Private to this folder.
 */
#ifndef SPICE_CODEC_LZ_H
#define SPICE_CODEC_LZ_H

#include "spice/codec/codec_pixel.h"

#define LZ_MAGIC   0x20205a4c /* "LZ  ", as the reference writes its words */
#define LZ_VERSION 0x00010001

/* The stream's type, in both headers. */
enum lz_type {
	LZ_PLT1_LE = 1,
	LZ_PLT1_BE = 2,
	LZ_PLT4_LE = 3,
	LZ_PLT4_BE = 4,
	LZ_PLT8 = 5,
	LZ_RGB16 = 6,
	LZ_RGB24 = 7,
	LZ_RGB32 = 8,
	LZ_RGBA = 9,
	LZ_XXXA = 10,
	LZ_A8 = 11,
};

/* A first byte below this begins a literal run. */
#define LZ_LITERALS 32

/*
 * What a pass over the stream writes. Kernels are inlined with one of these
 * as a constant, so that every question asked of it below costs nothing.
 */
enum lz_pass {
	LZ_PASS_RGB,   /* 32-bit words from B, G, R; top byte 0 */
	LZ_PASS_ALPHA, /* the top byte of 32-bit words, nothing else */
	LZ_PASS_16,    /* 16-bit words, high byte first in the stream */
	LZ_PASS_8,     /* bytes: A8, and all palettes' indices */
};

/* Bytes in memory from one unit to the next. */
CODEC_INLINE unsigned int lz_unit(enum lz_pass pass)
{
	return pass == LZ_PASS_8 ? 1 : pass == LZ_PASS_16 ? 2 : 4;
}

/* Bytes of a literal unit in the stream. */
CODEC_INLINE unsigned int lz_literal_bytes(enum lz_pass pass)
{
	return pass == LZ_PASS_RGB ? 3 : pass == LZ_PASS_16 ? 2 : 1;
}

/* What a match's length is short of: matches below it are never sent. */
CODEC_INLINE unsigned int lz_bias(enum lz_pass pass)
{
	return pass == LZ_PASS_RGB ? 0 : pass == LZ_PASS_16 ? 1 : 2;
}

/*
 * Write @n literal units from @in to @p.
 *
 * @n: 1..LZ_LITERALS; the caller has checked both sides' room
 */
CODEC_INLINE void lz_literals(uint8_t *p, const uint8_t *in, uint32_t n,
			      enum lz_pass pass)
{
	if (pass == LZ_PASS_RGB) {
		/* A word reads a byte too many: the last goes by bytes. */
		for (; n > 1; n--, p += 4, in += 3)
			codec_put32(p, codec_get32(in) & 0xffffff);
		codec_put32(p, codec_get16(in) | (uint32_t)in[2] << 16);
	} else if (pass == LZ_PASS_ALPHA) {
		for (; n; n--, p += 4)
			p[3] = *in++;
	} else if (pass == LZ_PASS_16) {
		for (; n; n--, p += 2, in += 2)
			codec_put16(p, (uint16_t)(in[0] << 8 | in[1]));
	} else {
		for (; n; n--)
			*p++ = *in++;
	}
}

/*
 * Copy @n units to @p from @back bytes before it, in order, overlap and all.
 */
CODEC_INLINE void lz_match(uint8_t *p, size_t back, size_t n, enum lz_pass pass)
{
	if (pass == LZ_PASS_ALPHA) {
		for (; n; n--, p += 4)
			p[3] = (p - back)[3];
		return;
	}
	codec_repeat(p, back, n * lz_unit(pass), lz_unit(pass));
}

/*
 * Copy @n units to @p from @from, which the copy does not reach into.
 */
CODEC_INLINE void lz_copy(uint8_t *p, const uint8_t *from, size_t n,
			  enum lz_pass pass)
{
	const unsigned int unit = lz_unit(pass);

	if (pass == LZ_PASS_ALPHA) {
		for (; n; n--, p += 4, from += 4)
			p[3] = from[3];
	} else if (n * unit >= CODEC_SHORT_BYTES) {
		memcpy(p, from, n * unit);
	} else {
		for (; n; n--, p += unit, from += unit)
			codec_put_unit(p, from, unit);
	}
}

/*
 * Decode a stream of the type XXXA, leaving the other bytes of pixels alone.
 *
 * @from: where in @img's data it begins
 * @out: 32_ARGB, of @img's sides
 * Returns 0 or -EINVAL.
 */
int codec_lz_alpha(const struct codec_ctx *ctx, const struct codec_image *img,
		   size_t from, const struct pixmap *out);

#endif
