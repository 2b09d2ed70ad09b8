/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Inflate, for ZLIB_GLZ_RGB. Documents: RFC 1950 (zlib), RFC 1951 (deflate).
 *
 * A code is kept by the canonical rule: codes of one length are consecutive
 * numbers in the order of their symbols, so counts and sorted symbols are
 * enough to read any. A table over the next LIT_BITS or DIST_BITS bits answers
 * for the short ones, which nearly all are, in one look. Without a table the
 * code still works: that is how the head of a stream is read.
 *
 * Input is read ahead by whole words. Past its end zeros are read, which are
 * counted, and a stream that needed any of them is cut.
 *
 * Workspace: sizeof(struct inflate_tables); preset dictionaries are refused.
 */
#include "spice/codec/codec_inflate.h"
#include "spice/codec/codec_pixel.h"

#define ZLIB_HEADER_BYTES 2
#define ZLIB_DEFLATE	  8 /* method, in the low bits of the first byte */
#define ZLIB_DICTIONARY	  0x20
#define ADLER_BYTES	  4
#define ADLER_BASE	  65521
/* So many bytes of 255 can be summed up before the second sum needs a modulo:
 * 255 n (n + 1) / 2 + (n + 1) (ADLER_BASE - 1) is below 2^32. */
#define ADLER_RUN 5552

#define CODE_BITS    15 /* longest code */
#define LITERALS     288
#define DISTANCES    32
#define LENGTH_CODES 19
#define END_OF_BLOCK 256
#define FIRST_LENGTH 257
#define LENGTHS	     29
#define FAR	     30 /* distances that exist */

#define LIT_BITS  10
#define DIST_BITS 8

/* Symbols of the code lengths' code: 0-15 are lengths, then repetitions. */
#define REPEAT_LAST   16
#define REPEAT_ZERO   17
#define REPEAT_ZEROES 18

/* So many bits are there after a refill, whatever was there before. */
#define REFILL_BITS 24

struct inflate_tables {
	uint16_t lit[1 << LIT_BITS];
	uint16_t dist[1 << DIST_BITS];
};

struct inflate_code {
	uint16_t count[CODE_BITS + 1];
	uint16_t symbol[LITERALS];
	/* By the next bits: symbol << 4 | length, 0 for longer codes. NULL
	 * where there is none. */
	uint16_t *look;
	unsigned int look_bits;
};

/* The input, in bits. */
struct inflate_reader {
	const uint8_t *in, *in_end;
	uint32_t acc;	   /* bits read ahead, the next one lowest */
	unsigned int have; /* of them that are accounted for */
	unsigned int pad;  /* of those, zeros from beyond the end */
};

struct inflate_state {
	struct inflate_reader r;
	uint8_t *base, *p, *end;
	uint8_t *stop; /* where a yield is due, or end */
	const uint8_t *summed;
	uint32_t adler;
	bool head; /* stop when `end` is reached, whatever follows */
	struct codec_pace pace;
	struct inflate_code lit, dist;
};

/*
 * Have at least REFILL_BITS bits.
 *
 * Bits above `have` may already hold what `in` points to: to OR it once more
 * changes nothing.
 */
CODEC_INLINE void inflate_refill(struct inflate_reader *r)
{
	if (r->in_end - r->in >= 4) {
		r->acc |= codec_get32(r->in) << r->have;
		r->in += (31 - r->have) >> 3;
		r->have |= REFILL_BITS;
		return;
	}
	while (r->have < REFILL_BITS) {
		if (r->in == r->in_end)
			r->pad += 8;
		else
			r->acc |= (uint32_t)*r->in++ << r->have;
		r->have += 8;
	}
}

CODEC_INLINE void inflate_drop(struct inflate_reader *r, unsigned int n)
{
	r->acc >>= n;
	r->have -= n;
}

/* Take @n bits, at most 16, that a refill has brought. */
CODEC_INLINE uint32_t inflate_take(struct inflate_reader *r, unsigned int n)
{
	uint32_t value = r->acc & ((1u << n) - 1);

	inflate_drop(r, n);
	return value;
}

static uint32_t inflate_bits(struct inflate_reader *r, unsigned int n)
{
	inflate_refill(r);
	return inflate_take(r, n);
}

/* Were bits taken that the input does not have? */
static bool inflate_cut(const struct inflate_reader *r)
{
	return r->pad > r->have;
}

/* Give back whole bytes that were read ahead. */
static void inflate_align(struct inflate_reader *r)
{
	r->in -= (r->have - r->pad) / 8;
	r->acc = 0;
	r->have = r->pad = 0;
}

/* Enter @symbol, whose code of @bits bits is @code, into the table. */
static void inflate_enter(const struct inflate_code *c, unsigned int symbol,
			  uint32_t code, unsigned int bits)
{
	uint32_t i, first = 0;

	/* The stream has a code's first bit lowest. */
	for (i = 0; i < bits; i++)
		first |= (code >> i & 1) << (bits - 1 - i);
	for (i = first; i >> c->look_bits == 0; i += 1u << bits)
		c->look[i] = (uint16_t)(symbol << 4 | bits);
}

/*
 * Make a code of its symbols' lengths.
 *
 * @length: of @n symbols, 0 for unused ones
 * Returns 0, -EINVAL if there are more codes than fit. Fewer are allowed: what
 * is missing fails when it is met.
 */
static int inflate_make(struct inflate_code *c, const uint8_t *length,
			unsigned int n)
{
	uint16_t start[CODE_BITS + 2] = {0};
	uint32_t code[CODE_BITS + 2] = {0};
	unsigned int i, bits;

	memset(c->count, 0, sizeof(c->count));
	for (i = 0; i < n; i++)
		c->count[length[i]]++;
	c->count[0] = 0;
	for (i = 1; i <= CODE_BITS; i++) {
		if (code[i] + c->count[i] > 1u << i)
			return -EINVAL;
		code[i + 1] = (code[i] + c->count[i]) << 1;
		start[i + 1] = (uint16_t)(start[i] + c->count[i]);
	}
	if (c->look)
		memset(c->look, 0, sizeof(c->look[0]) << c->look_bits);
	for (i = 0; i < n; i++) {
		bits = length[i];
		if (!bits)
			continue;
		c->symbol[start[bits]++] = (uint16_t)i;
		if (c->look && bits <= c->look_bits)
			inflate_enter(c, i, code[bits], bits);
		code[bits]++;
	}
	return 0;
}

/*
 * Find the symbol at the beginning of @acc bit by bit: the rule itself.
 *
 * Returns symbol << 4 | length; a number beyond all symbols for a code that
 * there is none of.
 */
static unsigned int inflate_find(const struct inflate_code *c, uint32_t acc)
{
	unsigned int code = 0, first = 0, index = 0, bits;

	for (bits = 1; bits <= CODE_BITS; bits++) {
		code |= acc & 1;
		if (code - first < c->count[bits])
			return (unsigned int)c->symbol[index + code - first]
				       << 4 |
			       bits;
		index += c->count[bits];
		first = (first + c->count[bits]) << 1;
		code <<= 1;
		acc >>= 1;
	}
	return UINT16_MAX;
}

/* Read a symbol from at least CODE_BITS bits; as above. */
CODEC_INLINE unsigned int inflate_symbol(struct inflate_reader *r,
					 const struct inflate_code *c,
					 unsigned int look_bits)
{
	unsigned int e = 0;

	if (c->look)
		e = c->look[r->acc & ((1u << look_bits) - 1)];
	if (!e)
		e = inflate_find(c, r->acc);
	inflate_drop(r, e & 15);
	return e >> 4;
}

/* Add what is written to the checksum. */
static void inflate_sum(struct inflate_state *s)
{
	uint32_t a = s->adler & 0xffff, b = s->adler >> 16;
	const uint8_t *p = s->summed, *stop;

	while (p != s->p) {
		stop = s->p - p > ADLER_RUN ? p + ADLER_RUN : s->p;
		for (; p != stop; p++) {
			a += *p;
			b += a;
		}
		a %= ADLER_BASE;
		b %= ADLER_BASE;
	}
	s->summed = p;
	s->adler = b << 16 | a;
}

/* At or past `stop`: sum up, let others run, set the next one. */
static void inflate_next_stop(struct inflate_state *s)
{
	size_t room = (size_t)(s->end - s->p);

	if (room > (size_t)CODEC_PACE_PX * 4)
		room = (size_t)CODEC_PACE_PX * 4;
	s->stop = s->p + room;
	if (s->head)
		return;
	codec_pace(&s->pace, (uint32_t)(s->p - s->summed) / 4);
	inflate_sum(s);
}

/* Copy a match of @n bytes from @back before; the caller has checked both. */
CODEC_INLINE uint8_t *inflate_match(uint8_t *p, const uint8_t *end, size_t back,
				    size_t n)
{
	if (n >= CODEC_SHORT_BYTES || (size_t)(end - p) < n + CODEC_STEP_BYTES)
		codec_repeat(p, back, n, 1);
	else
		codec_repeat_steps(p, back, n);
	return p + n;
}

static const uint8_t length_extra[LENGTHS] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1,
					      1, 1, 2, 2, 2, 2, 3, 3, 3, 3,
					      4, 4, 4, 4, 5, 5, 5, 5, 0};
static const uint16_t length_base[LENGTHS] = {
	3,  4,	5,  6,	7,  8,	9,  10, 11,  13,  15,  17,  19,	 23, 27,
	31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258};
static const uint16_t dist_base[FAR] = {
	1,    2,    3,	  4,	5,    7,    9,	  13,	 17,	25,
	33,   49,   65,	  97,	129,  193,  257,  385,	 513,	769,
	1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};

/* Bits that follow the distance's symbol. */
CODEC_INLINE unsigned int dist_extra(unsigned int sym)
{
	return sym < 4 ? 0 : sym / 2 - 1;
}

/*
 * Decode the symbols of a block.
 *
 * The kernel: reader and output pointer are copies, so that bytes written
 * cannot be taken for changes of them.
 *
 * Returns 0 at the end of the block, or of a head; -EINVAL.
 */
static int inflate_symbols(struct inflate_state *s)
{
	struct inflate_reader r = s->r;
	uint8_t *const end = s->end;
	uint8_t *p = s->p;
	unsigned int sym;
	size_t n, back;

	for (;;) {
		inflate_refill(&r);
		sym = inflate_symbol(&r, &s->lit, LIT_BITS);
		if (sym == END_OF_BLOCK)
			break;
		if (p >= s->stop) {
			if (p == end && s->head)
				break;
			if (p == end)
				return -EINVAL;
			s->p = p;
			inflate_next_stop(s);
		}
		if (sym < END_OF_BLOCK) {
			*p++ = (uint8_t)sym;
			continue;
		}
		sym -= FIRST_LENGTH;
		if (sym >= LENGTHS)
			return -EINVAL;
		n = length_base[sym] + inflate_take(&r, length_extra[sym]);
		inflate_refill(&r);
		sym = inflate_symbol(&r, &s->dist, DIST_BITS);
		if (sym >= FAR)
			return -EINVAL;
		inflate_refill(&r);
		back = dist_base[sym] + inflate_take(&r, dist_extra(sym));
		if (s->head && n > (size_t)(end - p))
			n = (size_t)(end - p);
		if (back > (size_t)(p - s->base) || n > (size_t)(end - p))
			return -EINVAL;
		p = inflate_match(p, end, back, n);
	}
	s->r = r;
	s->p = p;
	return 0;
}

/* A block without compression. 0 or -EINVAL. */
static int inflate_stored(struct inflate_state *s)
{
	struct inflate_reader *r = &s->r;
	size_t n;

	inflate_drop(r, r->have & 7);
	n = inflate_bits(r, 16);
	if ((inflate_bits(r, 16) ^ n) != 0xffff || inflate_cut(r))
		return -EINVAL;
	inflate_align(r);
	if (s->head && n > (size_t)(s->end - s->p))
		n = (size_t)(s->end - s->p);
	if (n > (size_t)(r->in_end - r->in) || n > (size_t)(s->end - s->p))
		return -EINVAL;
	memcpy(s->p, r->in, n);
	r->in += n;
	s->p += n;
	if (s->p >= s->stop)
		inflate_next_stop(s);
	return 0;
}

/* A block with the codes that need no description. */
static int inflate_fixed(struct inflate_state *s)
{
	uint8_t length[LITERALS];

	memset(length, 8, 144);
	memset(length + 144, 9, 112);
	memset(length + 256, 7, 24);
	memset(length + 280, 8, 8);
	inflate_make(&s->lit, length, LITERALS);
	memset(length, 5, DISTANCES);
	inflate_make(&s->dist, length, DISTANCES);
	return inflate_symbols(s);
}

/* Read the @n code lengths of both codes. 0 or -EINVAL. */
static int inflate_lengths(struct inflate_state *s, uint8_t *length,
			   unsigned int n)
{
	unsigned int i = 0, sym, times;
	uint8_t value;

	while (i < n) {
		inflate_refill(&s->r);
		sym = inflate_symbol(&s->r, &s->lit, LIT_BITS);
		if (sym > REPEAT_ZEROES)
			return -EINVAL;
		if (sym < REPEAT_LAST) {
			length[i++] = (uint8_t)sym;
			continue;
		}
		if (sym == REPEAT_LAST && i == 0)
			return -EINVAL;
		value = sym == REPEAT_LAST ? length[i - 1] : 0;
		times = sym == REPEAT_LAST   ? 3 + inflate_take(&s->r, 2)
			: sym == REPEAT_ZERO ? 3 + inflate_take(&s->r, 3)
					     : 11 + inflate_take(&s->r, 7);
		if (times > n - i)
			return -EINVAL;
		memset(length + i, value, times);
		i += times;
	}
	return 0;
}

/* A block that brings its codes. 0 or -EINVAL. */
static int inflate_dynamic(struct inflate_state *s)
{
	static const uint8_t order[LENGTH_CODES] = {16, 17, 18, 0,  8, 7,  9,
						    6,	10, 5,	11, 4, 12, 3,
						    13, 2,  14, 1,  15};
	uint8_t length[LITERALS + DISTANCES] = {0};
	unsigned int lits, dists, n, i;
	int rc;

	lits = inflate_bits(&s->r, 5) + 257;
	dists = inflate_take(&s->r, 5) + 1;
	n = inflate_take(&s->r, 4) + 4;
	for (i = 0; i < n; i++)
		length[order[i]] = (uint8_t)inflate_bits(&s->r, 3);
	rc = inflate_make(&s->lit, length, LENGTH_CODES);
	if (rc)
		return rc;
	rc = inflate_lengths(s, length, lits + dists);
	if (rc)
		return rc;
	rc = inflate_make(&s->lit, length, lits);
	if (rc)
		return rc;
	rc = inflate_make(&s->dist, length + lits, dists);
	return rc ? rc : inflate_symbols(s);
}

/* All blocks, to the last or until a head is full. 0 or -EINVAL. */
static int inflate_blocks(struct inflate_state *s)
{
	unsigned int last;
	int rc;

	do {
		last = inflate_bits(&s->r, 1);
		switch (inflate_take(&s->r, 2)) {
		case 0:
			rc = inflate_stored(s);
			break;
		case 1:
			rc = inflate_fixed(s);
			break;
		case 2:
			rc = inflate_dynamic(s);
			break;
		default:
			rc = -EINVAL;
		}
		if (rc || inflate_cut(&s->r))
			return -EINVAL;
	} while (!last && !(s->head && s->p == s->end));
	return s->p == s->end ? 0 : -EINVAL;
}

/* Begin with @in: its header, and where to unpack to. 0 or -EINVAL. */
static int inflate_begin(struct inflate_state *s, const uint8_t *in, size_t len,
			 uint8_t *out, size_t out_len)
{
	if (len < ZLIB_HEADER_BYTES || (in[0] & 15) != ZLIB_DEFLATE ||
	    (in[0] << 8 | in[1]) % 31 || (in[1] & ZLIB_DICTIONARY))
		return -EINVAL;
	s->r = (struct inflate_reader){in + ZLIB_HEADER_BYTES, in + len, 0, 0,
				       0};
	s->base = s->p = s->stop = out;
	s->summed = out;
	s->end = out + out_len;
	s->adler = 1;
	return 0;
}

/* Is the checksum that follows the blocks ours? 0 or -EINVAL. */
static int inflate_check(struct inflate_state *s)
{
	inflate_sum(s);
	inflate_align(&s->r);
	if (s->r.in_end - s->r.in < ADLER_BYTES ||
	    codec_get32be(s->r.in) != s->adler)
		return -EINVAL;
	return 0;
}

int codec_inflate(const struct codec_ctx *ctx, const uint8_t *in, size_t len,
		  uint8_t *out, size_t out_len)
{
	const struct spice_env *env = ctx->env;
	struct inflate_tables *tables;
	struct inflate_state s;
	int rc;

	rc = inflate_begin(&s, in, len, out, out_len);
	if (rc)
		return rc;
	tables = env->alloc(env->ctx, sizeof(*tables));
	if (!tables)
		return -ENOMEM;
	s.head = false;
	s.lit.look = tables->lit;
	s.lit.look_bits = LIT_BITS;
	s.dist.look = tables->dist;
	s.dist.look_bits = DIST_BITS;
	codec_pace_init(&s.pace, ctx);
	rc = inflate_blocks(&s);
	if (!rc)
		rc = inflate_check(&s);
	env->free(env->ctx, tables);
	return rc;
}

int codec_inflate_head(const uint8_t *in, size_t len, uint8_t *out,
		       size_t out_len)
{
	struct inflate_state s;
	int rc;

	rc = inflate_begin(&s, in, len, out, out_len);
	if (rc)
		return rc;
	s.head = true;
	s.lit.look = s.dist.look = NULL;
	s.lit.look_bits = s.dist.look_bits = 0;
	return inflate_blocks(&s);
}
