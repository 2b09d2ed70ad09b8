/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * JPEG's entropy coding. Document: ITU-T T.81, annexes C, F and K.
 *
 * A code is kept by the canonical rule (counts and sorted symbols are enough
 * to read any), with a table over the next JPEG_LOOK_BITS bits on top of it.
 * Where code and value together are that short, which most are, the table
 * holds the value too.
 */
#include "spice/codec/codec_jpeg_part.h"

/* So many bits are there after a refill, whatever was there before. */
#define REFILL_BITS 25

#define END_OF_BLOCK 0x00
#define SIXTEEN_ZERO 0xf0
#define MARKER_RST0  0xd0

/* Where a coefficient goes; those below the top row name their column. */
static const struct {
	uint8_t at;
	uint8_t column; /* a bit, 0 in the top row */
} zigzag[JPEG_COEFS] = {
#define TOP(at)       \
	{             \
		at, 0 \
	}
#define LOW(row, col)                         \
	{                                     \
		(row) * 8 + (col), 1 << (col) \
	}
	TOP(0),	   TOP(1),    LOW(1, 0), LOW(2, 0), LOW(1, 1), TOP(2),
	TOP(3),	   LOW(1, 2), LOW(2, 1), LOW(3, 0), LOW(4, 0), LOW(3, 1),
	LOW(2, 2), LOW(1, 3), TOP(4),	 TOP(5),    LOW(1, 4), LOW(2, 3),
	LOW(3, 2), LOW(4, 1), LOW(5, 0), LOW(6, 0), LOW(5, 1), LOW(4, 2),
	LOW(3, 3), LOW(2, 4), LOW(1, 5), TOP(6),    TOP(7),    LOW(1, 6),
	LOW(2, 5), LOW(3, 4), LOW(4, 3), LOW(5, 2), LOW(6, 1), LOW(7, 0),
	LOW(7, 1), LOW(6, 2), LOW(5, 3), LOW(4, 4), LOW(3, 5), LOW(2, 6),
	LOW(1, 7), LOW(2, 7), LOW(3, 6), LOW(4, 5), LOW(5, 4), LOW(6, 3),
	LOW(7, 2), LOW(7, 3), LOW(6, 4), LOW(5, 5), LOW(4, 6), LOW(3, 7),
	LOW(4, 7), LOW(5, 6), LOW(6, 5), LOW(7, 4), LOW(7, 5), LOW(6, 6),
	LOW(5, 7), LOW(6, 7), LOW(7, 6), LOW(7, 7),
#undef TOP
#undef LOW
};

/* The number that @size bits with the value @v stand for. */
CODEC_INLINE int32_t jpeg_extend(uint32_t v, unsigned int size)
{
	int32_t n = (int32_t)v;

	return v >> (size - 1) ? n : n - (1 << size) + 1;
}

/*
 * Enter all continuations of a code into the table.
 *
 * @at: the first of them
 */
static void jpeg_code_enter(struct jpeg_code *code, uint32_t at,
			    unsigned int bits, unsigned int symbol)
{
	uint32_t i, n = 1u << (JPEG_LOOK_BITS - bits);
	unsigned int size = symbol & 15;
	unsigned int spare = JPEG_LOOK_BITS - bits;
	uint32_t entry = symbol << 8 | bits;
	int32_t value;

	for (i = 0; i < n; i++) {
		code->look[at + i] = entry;
		if (size == 0 || size > spare)
			continue;
		value = jpeg_extend(i >> (spare - size), size);
		code->look[at + i] = (uint32_t)value << 16 | symbol << 8 |
				     JPEG_LOOK_VALUE | (bits + size);
	}
}

int jpeg_code_make(struct jpeg_code *code, const uint8_t counts[JPEG_CODE_BITS],
		   const uint8_t *symbols)
{
	uint32_t next = 0, k = 0;
	unsigned int bits, i;

	memset(code, 0, sizeof(*code));
	for (bits = 1; bits <= JPEG_CODE_BITS; bits++, next <<= 1) {
		code->count[bits] = counts[bits - 1];
		for (i = 0; i < counts[bits - 1]; i++, next++, k++) {
			if (next >> bits)
				return -EINVAL;
			code->symbol[k] = symbols[k];
			if (bits <= JPEG_LOOK_BITS)
				jpeg_code_enter(code,
						next << (JPEG_LOOK_BITS - bits),
						bits, symbols[k]);
		}
	}
	return 0;
}

/* Annex K.3: for frames that bring no codes of their own. */
static const uint8_t standard_dc_counts[2][JPEG_CODE_BITS] = {
	{0, 1, 5, 1, 1, 1, 1, 1, 1},
	{0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1},
};
static const uint8_t standard_dc_symbols[] = {0, 1, 2, 3, 4,  5,
					      6, 7, 8, 9, 10, 11};
static const uint8_t standard_ac_counts[2][JPEG_CODE_BITS] = {
	{0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 125},
	{0, 2, 1, 2, 4, 4, 3, 4, 7, 5, 4, 4, 0, 1, 2, 119},
};
static const uint8_t standard_ac_symbols[2][162] = {
	{0x01, 0x02, 0x03, 0x00, 0x04, 0x11, 0x05, 0x12, 0x21, 0x31, 0x41, 0x06,
	 0x13, 0x51, 0x61, 0x07, 0x22, 0x71, 0x14, 0x32, 0x81, 0x91, 0xa1, 0x08,
	 0x23, 0x42, 0xb1, 0xc1, 0x15, 0x52, 0xd1, 0xf0, 0x24, 0x33, 0x62, 0x72,
	 0x82, 0x09, 0x0a, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x25, 0x26, 0x27, 0x28,
	 0x29, 0x2a, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3a, 0x43, 0x44, 0x45,
	 0x46, 0x47, 0x48, 0x49, 0x4a, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59,
	 0x5a, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x73, 0x74, 0x75,
	 0x76, 0x77, 0x78, 0x79, 0x7a, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89,
	 0x8a, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9a, 0xa2, 0xa3,
	 0xa4, 0xa5, 0xa6, 0xa7, 0xa8, 0xa9, 0xaa, 0xb2, 0xb3, 0xb4, 0xb5, 0xb6,
	 0xb7, 0xb8, 0xb9, 0xba, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9,
	 0xca, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8, 0xd9, 0xda, 0xe1, 0xe2,
	 0xe3, 0xe4, 0xe5, 0xe6, 0xe7, 0xe8, 0xe9, 0xea, 0xf1, 0xf2, 0xf3, 0xf4,
	 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa},
	{0x00, 0x01, 0x02, 0x03, 0x11, 0x04, 0x05, 0x21, 0x31, 0x06, 0x12, 0x41,
	 0x51, 0x07, 0x61, 0x71, 0x13, 0x22, 0x32, 0x81, 0x08, 0x14, 0x42, 0x91,
	 0xa1, 0xb1, 0xc1, 0x09, 0x23, 0x33, 0x52, 0xf0, 0x15, 0x62, 0x72, 0xd1,
	 0x0a, 0x16, 0x24, 0x34, 0xe1, 0x25, 0xf1, 0x17, 0x18, 0x19, 0x1a, 0x26,
	 0x27, 0x28, 0x29, 0x2a, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3a, 0x43, 0x44,
	 0x45, 0x46, 0x47, 0x48, 0x49, 0x4a, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58,
	 0x59, 0x5a, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x73, 0x74,
	 0x75, 0x76, 0x77, 0x78, 0x79, 0x7a, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87,
	 0x88, 0x89, 0x8a, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9a,
	 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa8, 0xa9, 0xaa, 0xb2, 0xb3, 0xb4,
	 0xb5, 0xb6, 0xb7, 0xb8, 0xb9, 0xba, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7,
	 0xc8, 0xc9, 0xca, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8, 0xd9, 0xda,
	 0xe2, 0xe3, 0xe4, 0xe5, 0xe6, 0xe7, 0xe8, 0xe9, 0xea, 0xf2, 0xf3, 0xf4,
	 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa},
};

void jpeg_code_standard(struct jpeg_code *code, bool ac, unsigned int colour)
{
	if (ac)
		jpeg_code_make(code, standard_ac_counts[colour],
			       standard_ac_symbols[colour]);
	else
		jpeg_code_make(code, standard_dc_counts[colour],
			       standard_dc_symbols);
}

/*
 * Read up to REFILL_BITS bits, byte by byte: near markers, and where a byte of
 * 255 is one of the picture's, with a 0 behind it.
 */
static void jpeg_refill_slow(struct jpeg_bits *b)
{
	uint32_t byte;

	for (; b->have < REFILL_BITS; b->have += 8) {
		byte = b->in == b->end ? 0xff : *b->in;
		if (byte == 0xff) {
			if (b->end - b->in < 2 || b->in[1] != 0) {
				b->pad += 8;
				continue;
			}
			b->in++;
		}
		b->in++;
		b->acc |= byte << (24 - b->have);
	}
}

/* Is one of four bytes 255? */
CODEC_INLINE uint32_t jpeg_has_ff(uint32_t w)
{
	return w & (~w - 0x01010101) & 0x80808080;
}

/* Have at least REFILL_BITS bits. */
CODEC_INLINE void jpeg_refill(struct jpeg_bits *b)
{
	uint32_t w;

	if (b->end - b->in >= 4) {
		w = codec_get32be(b->in);
		if (!jpeg_has_ff(w)) {
			/* What is beyond `have` comes once more: the same. */
			b->acc |= w >> b->have;
			b->in += (32 - b->have) >> 3;
			b->have += (32 - b->have) & ~7u;
			return;
		}
	}
	jpeg_refill_slow(b);
}

CODEC_INLINE void jpeg_drop(struct jpeg_bits *b, unsigned int n)
{
	b->acc <<= n;
	b->have -= n;
}

/*
 * Find a code longer than the table's at the beginning of @acc.
 *
 * Returns an entry like the table's, 0 where there is none.
 */
static uint32_t jpeg_find(const struct jpeg_code *c, uint32_t acc)
{
	uint32_t code = 0, first = 0, index = 0;
	unsigned int bits;

	for (bits = 1; bits <= JPEG_CODE_BITS; bits++) {
		code |= acc >> 31;
		acc <<= 1;
		if (code - first < c->count[bits])
			return (uint32_t)c->symbol[index + code - first] << 8 |
			       bits;
		index += c->count[bits];
		first = (first + c->count[bits]) << 1;
		code <<= 1;
	}
	return 0;
}

/*
 * Read a symbol and the value that follows it.
 *
 * @symbol: receives it; the value has as many bits as its low half says
 * Returns the value, 0 for one of no bits. A code that there is none of makes
 * the reader cut.
 */
CODEC_INLINE int32_t jpeg_value(struct jpeg_bits *b, const struct jpeg_code *c,
				unsigned int *symbol)
{
	unsigned int size;
	uint32_t e;
	int32_t value;

	if (b->have < JPEG_CODE_BITS)
		jpeg_refill(b);
	e = c->look[b->acc >> (32 - JPEG_LOOK_BITS)];
	if (e & JPEG_LOOK_VALUE) {
		jpeg_drop(b, e & JPEG_LOOK_LENGTH);
		*symbol = e >> 8 & 255;
		return (int32_t)e >> 16;
	}
	if (!e) {
		e = jpeg_find(c, b->acc);
		if (!e)
			b->pad = UINT16_MAX;
	}
	jpeg_drop(b, e & JPEG_LOOK_LENGTH);
	*symbol = e >> 8 & 255;
	size = *symbol & 15;
	if (!size)
		return 0;
	if (b->have < size)
		jpeg_refill(b);
	value = jpeg_extend(b->acc >> (32 - size), size);
	jpeg_drop(b, size);
	return value;
}

int jpeg_read_block(struct jpeg_bits *bits, struct jpeg_component *c,
		    int16_t coefs[JPEG_COEFS], unsigned int *columns)
{
	struct jpeg_bits b = *bits;
	const uint16_t *quant = c->quant;
	unsigned int symbol, mask = JPEG_FLAT, k;
	int32_t value;

	/* Sums wrap and products are cut where only a broken stream leads. */
	value = jpeg_value(&b, c->dc, &symbol);
	c->last_dc = (int16_t)(c->last_dc + value);
	coefs[0] = (int16_t)(c->last_dc * quant[0]);
	for (k = 1; k < JPEG_COEFS; k++) {
		value = jpeg_value(&b, c->ac, &symbol);
		if (!(symbol & 15)) {
			if (symbol != SIXTEEN_ZERO)
				break;
			k += 15;
			continue;
		}
		k += symbol >> 4;
		if (k >= JPEG_COEFS)
			return -EINVAL;
		coefs[zigzag[k].at] = (int16_t)(value * quant[k]);
		mask = (mask & 255) | zigzag[k].column;
	}
	*columns = mask;
	*bits = b;
	return 0;
}

int jpeg_restart(struct jpeg_bits *b, unsigned int number)
{
	if (jpeg_bits_cut(b))
		return -EINVAL;
	/* Markers may have any number of bytes of 255 before them. */
	while (b->end - b->in > 1 && b->in[0] == 0xff && b->in[1] == 0xff)
		b->in++;
	if (b->end - b->in < 2 || b->in[0] != 0xff ||
	    b->in[1] != MARKER_RST0 + number)
		return -EINVAL;
	b->in += 2;
	b->acc = 0;
	b->have = b->pad = 0;
	return 0;
}
