/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * What decoders share: words from bytes, copies that may overlap as LZ77's do,
 * palette rows, and the pace at which a decoder lets others run.
 *
 * Pixels are stored as little-endian words of the processor: x86 only.
 * The fixed-size copies are compiler builtins because a freestanding compiler
 * takes memcpy for a function like any other.
 */
#ifndef SPICE_CODEC_PIXEL_H
#define SPICE_CODEC_PIXEL_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "spice/codec/codec.h"

/*
 * A kernel, made anew for each kind of pixel; where room counts more than time
 * (the compact ROM), a build may say that it is made once.
 */
#ifndef CODEC_INLINE
#define CODEC_INLINE static inline __attribute__((always_inline))
#endif

/*
 * Pixels between two yields. The contract says 64 Ki; a whole row of the
 * greatest width may still follow when this many have passed.
 */
#define CODEC_PACE_PX (65536 - PIX_MAX_SIDE_PX)

/* How much work is left until the next yield. */
struct codec_pace {
	const struct spice_env *env;
	uint32_t left_px;
};

static inline void codec_pace_init(struct codec_pace *pace,
				   const struct codec_ctx *ctx)
{
	pace->env = ctx->env;
	pace->left_px = CODEC_PACE_PX;
}

/* Count @px pixels as done, and yield when it is time. */
static inline void codec_pace(struct codec_pace *pace, uint32_t px)
{
	if (px < pace->left_px) {
		pace->left_px -= px;
		return;
	}
	spice_env_yield(pace->env);
	pace->left_px = CODEC_PACE_PX;
}

/* A word at any address, lowest byte first. */
CODEC_INLINE uint32_t codec_get32(const uint8_t *p)
{
	uint32_t v;

	__builtin_memcpy(&v, p, sizeof(v));
	return v;
}

CODEC_INLINE uint16_t codec_get16(const uint8_t *p)
{
	uint16_t v;

	__builtin_memcpy(&v, p, sizeof(v));
	return v;
}

/* The big-endian words of LZ and GLZ headers. */
CODEC_INLINE uint32_t codec_get32be(const uint8_t *p)
{
	return __builtin_bswap32(codec_get32(p));
}

CODEC_INLINE void codec_put32(uint8_t *p, uint32_t v)
{
	__builtin_memcpy(p, &v, sizeof(v));
}

CODEC_INLINE void codec_put16(uint8_t *p, uint16_t v)
{
	__builtin_memcpy(p, &v, sizeof(v));
}

/*
 * Copy one unit of @unit bytes, a constant of 1, 2 or 4.
 */
CODEC_INLINE void codec_put_unit(uint8_t *p, const uint8_t *from,
				 unsigned int unit)
{
	if (unit == 4)
		codec_put32(p, codec_get32(from));
	else if (unit == 2)
		codec_put16(p, codec_get16(from));
	else
		*p = *from;
}

/*
 * Repeat long: the part of codec_repeat that pays for a call.
 *
 * A stretch with the period @back stays one with the period of any multiple
 * of it, so each copy may be as long as all that lies behind it.
 */
void codec_repeat_long(uint8_t *p, size_t back, size_t bytes);

/* Below this many bytes a loop is faster than a call of memcpy. */
#define CODEC_SHORT_BYTES 128

/*
 * Copy @bytes to @p from @back bytes before it, one unit after the other, so
 * that what was just written is read again where the two overlap.
 *
 * @unit: bytes in a unit, a constant; @back and @bytes are multiples of it,
 *        not 0
 */
CODEC_INLINE void codec_repeat(uint8_t *p, size_t back, size_t bytes,
			       unsigned int unit)
{
	const uint8_t *from = p - back;
	uint8_t *end = p + bytes;

	if (bytes >= CODEC_SHORT_BYTES) {
		codec_repeat_long(p, back, bytes);
		return;
	}
	do {
		codec_put_unit(p, from, unit);
		p += unit;
		from += unit;
	} while (p != end);
}

/* codec_repeat_steps writes whole steps of this. */
#define CODEC_STEP_BYTES 16

/*
 * The same for 3 bytes to CODEC_SHORT_BYTES, in whole steps: up to
 * CODEC_STEP_BYTES - 1 bytes behind them are written as well.
 */
CODEC_INLINE void codec_repeat_steps(uint8_t *p, size_t back, size_t bytes)
{
	const uint8_t *from = p - back;
	uint8_t *end = p + bytes;

	/* A short period becomes a multiple of itself that a word fits in. */
	if (back < 4) {
		p[0] = from[0];
		p[1] = from[1];
		p[2] = from[2];
		p += back == 2 ? 2 : 3;
	}
	/* One word after the other: each may read what the last one wrote. */
	do {
		codec_put32(p, codec_get32(from));
		codec_put32(p + 4, codec_get32(from + 4));
		codec_put32(p + 8, codec_get32(from + 8));
		codec_put32(p + 12, codec_get32(from + 12));
		p += CODEC_STEP_BYTES;
		from += CODEC_STEP_BYTES;
	} while (p < end);
}

/* Do @out's sides and format fit @img, decoded to @format? 0 or -EINVAL. */
int codec_check_out(const struct codec_image *img, const struct pixmap *out,
		    uint32_t format);

/*
 * Turn a row of palette indices into pixels.
 *
 * @out: a row in @format, 32_xRGB or 32_ARGB or 16_555
 * @in: indices, packed as @bits (1, 4, 8) and @msb_first say; at least
 *      (@width * @bits + 7) / 8 bytes
 */
void codec_row_indexed(uint8_t *out, uint32_t format, const uint8_t *in,
		       uint32_t width, unsigned int bits, bool msb_first,
		       const struct pix_palette *palette);

/*
 * Copy a row of a bitmap without indices.
 *
 * @bitmap_format: SPICE_BITMAP_FMT_16BIT to _8BIT_A
 */
void codec_row_bitmap(uint8_t *out, const uint8_t *in, uint32_t width,
		      uint8_t bitmap_format);

#endif
