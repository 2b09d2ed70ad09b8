/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The stages of the JPEG decoder: bits to coefficients, coefficients to
 * samples, samples to pixels. Private to codec_jpeg*.c.
 *
 * Samples of luma are bytes. Those of both colours lie together in a word, Cb
 * in the low half and Cr in the high one, so that one addition works on both.
 */
#ifndef SPICE_CODEC_JPEG_PART_H
#define SPICE_CODEC_JPEG_PART_H

#include "spice/codec/codec_pixel.h"

#define JPEG_BLOCK 8 /* samples: a side of a block */
#define JPEG_COEFS 64

/* ---- codec_jpeg_huffman.c ---- */

#define JPEG_LOOK_BITS 9
#define JPEG_CODE_BITS 16 /* longest code */

/*
 * A Huffman code. `look` answers by the next JPEG_LOOK_BITS bits:
 *
 *	bits 0-4	how many of them belong to it; 0: a longer code
 *	bit 7		the value is in it too
 *	bits 8-15	symbol
 *	bits 16-31	value, signed
 */
struct jpeg_code {
	uint32_t look[1 << JPEG_LOOK_BITS];
	uint16_t count[JPEG_CODE_BITS + 1]; /* codes of a length */
	uint8_t symbol[256];		    /* in the order of codes */
};

#define JPEG_LOOK_LENGTH 31u
#define JPEG_LOOK_VALUE	 128u

/* The entropy-coded bytes of a scan. */
struct jpeg_bits {
	const uint8_t *in, *end;
	uint32_t acc;	   /* bits read ahead, the next one highest */
	unsigned int have; /* of them that are accounted for */
	unsigned int pad;  /* of those, zeros from beyond a marker or the end */
};

/*
 * Make a code as DHT describes it.
 *
 * @counts: codes of length 1 to 16
 * @symbols: as many as the counts say, at most 256: the caller has checked
 * Returns 0, -EINVAL for more codes than fit.
 */
int jpeg_code_make(struct jpeg_code *code, const uint8_t counts[JPEG_CODE_BITS],
		   const uint8_t *symbols);

/* Make the standard's own codes: @ac or DC, of luma (0) or colour (1). */
void jpeg_code_standard(struct jpeg_code *code, bool ac, unsigned int colour);

/* What a block is made of, beside its coefficients. */
struct jpeg_component {
	const struct jpeg_code *dc, *ac;
	const uint16_t *quant; /* in zigzag order */
	int32_t last_dc;
};

/*
 * Read a block and multiply it with its quantizers.
 *
 * @coefs: receives the block in rows; must be all 0
 * @columns: receives a bit for each column that has more than its top
 *	     coefficient; JPEG_FLAT when the block is of one colour
 * Returns 0 or -EINVAL.
 */
int jpeg_read_block(struct jpeg_bits *bits, struct jpeg_component *c,
		    int16_t coefs[JPEG_COEFS], unsigned int *columns);

#define JPEG_FLAT 256u

/*
 * Go on behind restart marker @number (0 to 7).
 *
 * Returns 0, -EINVAL where another or none follows.
 */
int jpeg_restart(struct jpeg_bits *bits, unsigned int number);

/* Were bits taken that are not there? */
static inline bool jpeg_bits_cut(const struct jpeg_bits *bits)
{
	return bits->pad > bits->have;
}

/* ---- codec_jpeg_idct.c ---- */

/*
 * Turn a block into samples.
 *
 * @columns: as jpeg_read_block said
 * @out: the first sample; @stride in bytes
 */
void jpeg_idct_luma(const int16_t coefs[JPEG_COEFS], unsigned int columns,
		    uint8_t *out, size_t stride);
/* @out: one half of words */
void jpeg_idct_colour(const int16_t coefs[JPEG_COEFS], unsigned int columns,
		      uint16_t *out, size_t stride);

/* ---- codec_jpeg_color.c ---- */

/* Y at LIMIT_ZERO is a level that is there already. */
#define JPEG_LIMIT_ZERO 256

struct jpeg_tables {
	int16_t red[256], blue[256];	      /* what Cr and Cb add */
	int32_t green_cb[256], green_cr[256]; /* in 65536ths, half included */
	uint8_t limit[3 * 256];		      /* levels, and 256 on each side */
};

void jpeg_tables_make(struct jpeg_tables *t);

/*
 * Bring a row of colour to the width of luma.
 *
 * @near: samples of the row; @far: of its neighbour on the side of the pixels'
 *	  row, NULL where colour has as many rows as luma or is not smooth
 * @below: @far is the row below
 * @samples: in @near
 * @twice: two pixels share a sample
 * @smooth: interpolate across
 * @out: receives a word a pixel, @samples or twice as many
 */
void jpeg_upsample(uint32_t *out, const uint32_t *near, const uint32_t *far,
		   bool below, uint32_t samples, bool twice, bool smooth);

/* Pixels from luma and as many words of colour. */
void jpeg_row_ycc(const struct jpeg_tables *t, uint8_t *out, const uint8_t *y,
		  const uint32_t *colour, uint32_t width);
/* The same, a word of colour for two. */
void jpeg_row_pairs(const struct jpeg_tables *t, uint8_t *out, const uint8_t *y,
		    const uint32_t *colour, uint32_t width);
void jpeg_row_rgb(uint8_t *out, const uint8_t *red, const uint32_t *rest,
		  uint32_t width);
void jpeg_row_gray(uint8_t *out, const uint8_t *y, uint32_t width);

#endif
