/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Raw deflate (RFC 1951), whole streams from memory to memory. What is unpacked
 * has come through a CRC; the bounds are held all the same.
 *
 * Codes are read by the canonical rule: codes of one length are consecutive
 * numbers, in the order of their symbols, and the first of a length follows
 * from the counts of the shorter ones. So a code needs two small tables: how
 * many codes there are of each length, and the symbols in order.
 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "romlayout/rom/inflate.h"

#define CODE_BITS    15 /* longest code */
#define LITERALS     288
#define DISTANCES    30
#define LENGTH_CODES 19
#define END_OF_BLOCK 256
#define FIRST_LENGTH 257
#define LENGTHS	     29

/* Symbols of the code lengths' code: 0-15 are lengths, then repetitions. */
#define REPEAT_LAST   16
#define REPEAT_ZERO   17
#define REPEAT_ZEROES 18

/* Input, output and the sticky result: once it is not 0, reads give 0. */
struct state {
	const uint8_t *in, *in_end;
	uint32_t bits;	   /* read ahead, least significant first */
	unsigned int have; /* of them */
	uint8_t *out;
	size_t room, used;
	int rc;
};

struct code {
	uint16_t count[CODE_BITS + 1];
	uint16_t symbol[LITERALS];
};

/* The next @n bits, at most 16. */
static uint32_t get_bits(struct state *s, unsigned int n)
{
	uint32_t value;

	while (s->have < n) {
		if (s->in == s->in_end) {
			s->rc = -EINVAL;
			return 0;
		}
		s->bits |= (uint32_t)*s->in++ << s->have;
		s->have += 8;
	}
	value = s->bits & ((1u << n) - 1);
	s->bits >>= n;
	s->have -= n;
	return value;
}

/*
 * Make a code of its symbols' lengths.
 * @length: of @n symbols, 0 for unused ones
 * Returns false if there are more codes than fit; fewer are allowed, and what
 * is missing fails when it is met.
 */
static bool make_code(struct code *code, const uint8_t *length, unsigned int n)
{
	uint16_t start[CODE_BITS + 2] = {0};
	unsigned int i;
	int left = 1;

	memset(code->count, 0, sizeof(code->count));
	for (i = 0; i < n; i++)
		code->count[length[i]]++;
	code->count[0] = 0;
	for (i = 1; i <= CODE_BITS; i++) {
		left = 2 * left - code->count[i];
		if (left < 0)
			return false;
		start[i + 1] = (uint16_t)(start[i] + code->count[i]);
	}
	for (i = 0; i < n; i++) {
		if (length[i])
			code->symbol[start[length[i]]++] = (uint16_t)i;
	}
	return true;
}

/* Read one symbol, bit by bit as the code's most significant come first. */
static unsigned int get_symbol(struct state *s, const struct code *code)
{
	unsigned int value = 0, first = 0, before = 0, i;

	for (i = 1; i <= CODE_BITS && !s->rc; i++) {
		value |= get_bits(s, 1);
		if (value - first < code->count[i])
			return code->symbol[before + value - first];
		before += code->count[i];
		first = (first + code->count[i]) << 1;
		value <<= 1;
	}
	s->rc = -EINVAL;
	return END_OF_BLOCK;
}

/* Append @n bytes from @distance back; they may overlap what they make. */
static void copy(struct state *s, size_t distance, size_t n)
{
	uint8_t *to = s->out + s->used;

	if (distance > s->used) {
		s->rc = -EINVAL;
		return;
	}
	if (n > s->room - s->used) {
		s->rc = -ENOSPC;
		return;
	}
	s->used += n;
	for (; n; n--, to++)
		*to = to[-distance];
}

/* A length symbol was read: the rest of it, its distance, and the copy. */
static void get_copy(struct state *s, unsigned int symbol,
		     const struct code *distances)
{
	static const uint16_t length_base[LENGTHS] = {
		3,  4,	5,  6,	7,  8,	9,  10, 11,  13,  15,  17,  19,	 23, 27,
		31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258};
	static const uint8_t length_bits[LENGTHS] = {
		0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
		2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
	unsigned int extra;
	size_t length, distance;

	symbol -= FIRST_LENGTH;
	if (symbol >= LENGTHS) {
		s->rc = -EINVAL;
		return;
	}
	length = length_base[symbol] + get_bits(s, length_bits[symbol]);

	/* Distances: two symbols each for 0, 0, 1, 2, 3... further bits. */
	symbol = get_symbol(s, distances);
	if (symbol >= DISTANCES) {
		s->rc = -EINVAL;
		return;
	}
	extra = symbol < 4 ? 0 : symbol / 2 - 1;
	distance = symbol < 4 ? symbol : (2 + symbol % 2) << extra;
	distance += 1 + get_bits(s, extra);
	if (!s->rc)
		copy(s, distance, length);
}

static void get_block(struct state *s, const struct code *literals,
		      const struct code *distances)
{
	unsigned int symbol;

	while (!s->rc) {
		symbol = get_symbol(s, literals);
		if (symbol == END_OF_BLOCK)
			return;
		if (symbol > END_OF_BLOCK)
			get_copy(s, symbol, distances);
		else if (s->used == s->room)
			s->rc = -ENOSPC;
		else
			s->out[s->used++] = (uint8_t)symbol;
	}
}

/* A block that is stored as it is. */
static void get_stored(struct state *s)
{
	size_t n, check;

	s->bits = 0; /* the rest of a byte; whole bytes were not read ahead */
	s->have = 0;
	n = get_bits(s, 16);
	check = get_bits(s, 16);
	if (s->rc || n != (check ^ 0xffff) || n > (size_t)(s->in_end - s->in)) {
		s->rc = -EINVAL;
		return;
	}
	if (n > s->room - s->used) {
		s->rc = -ENOSPC;
		return;
	}
	memcpy(s->out + s->used, s->in, n);
	s->in += n;
	s->used += n;
}

/* A block with the codes of the standard. */
static void get_fixed(struct state *s)
{
	uint8_t length[LITERALS];
	struct code literals, distances;

	memset(length, 8, 144);
	memset(length + 144, 9, 112);
	memset(length + 256, 7, 24);
	memset(length + 280, 8, 8);
	make_code(&literals, length, LITERALS);
	memset(length, 5, DISTANCES);
	make_code(&distances, length, DISTANCES);
	get_block(s, &literals, &distances);
}

/* Read @n code lengths, themselves coded. */
static void get_lengths(struct state *s, const struct code *code,
			uint8_t *length, unsigned int n)
{
	unsigned int i = 0, symbol, repeat;
	uint8_t value;

	while (i < n && !s->rc) {
		symbol = get_symbol(s, code);
		if (symbol < REPEAT_LAST) {
			length[i++] = (uint8_t)symbol;
			continue;
		}
		value = 0;
		if (symbol == REPEAT_LAST) {
			if (!i)
				s->rc = -EINVAL;
			else
				value = length[i - 1];
			repeat = 3 + get_bits(s, 2);
		} else if (symbol == REPEAT_ZERO) {
			repeat = 3 + get_bits(s, 3);
		} else {
			repeat = 11 + get_bits(s, 7);
		}
		if (repeat > n - i)
			s->rc = -EINVAL;
		for (; repeat && !s->rc; repeat--)
			length[i++] = value;
	}
}

/* A block that brings its codes. */
static void get_dynamic(struct state *s)
{
	static const uint8_t order[LENGTH_CODES] = {16, 17, 18, 0,  8, 7,  9,
						    6,	10, 5,	11, 4, 12, 3,
						    13, 2,  14, 1,  15};
	unsigned int literal_n = 257 + get_bits(s, 5);
	unsigned int distance_n = 1 + get_bits(s, 5);
	unsigned int length_n = 4 + get_bits(s, 4), i;
	uint8_t length[LITERALS + 32] = {0};
	struct code literals, distances;

	if (literal_n > 286 || distance_n > DISTANCES) {
		s->rc = -EINVAL;
		return;
	}
	for (i = 0; i < length_n; i++)
		length[order[i]] = (uint8_t)get_bits(s, 3);
	if (!make_code(&literals, length, LENGTH_CODES))
		s->rc = -EINVAL;
	get_lengths(s, &literals, length, literal_n + distance_n);
	if (s->rc)
		return;
	if (!make_code(&literals, length, literal_n) ||
	    !make_code(&distances, length + literal_n, distance_n))
		s->rc = -EINVAL;
	else
		get_block(s, &literals, &distances);
}

long inflate(uint8_t *out, size_t room, const uint8_t *in, size_t bytes)
{
	struct state s = {
		.in = in, .in_end = in + bytes, .out = out, .room = room};
	bool last;

	do {
		last = get_bits(&s, 1);
		switch (get_bits(&s, 2)) {
		case 0:
			get_stored(&s);
			break;
		case 1:
			get_fixed(&s);
			break;
		case 2:
			get_dynamic(&s);
			break;
		default:
			s.rc = -EINVAL;
		}
	} while (!last && !s.rc);
	return s.rc ? s.rc : (long)s.used;
}
