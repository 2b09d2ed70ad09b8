/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * QUIC: lossless, each channel predicted from its neighbours, the difference
 * in an adaptive Golomb-Rice code. By the reference's stream, which has its
 * ideas from SFALIC (Starosolski) and, for runs, from JPEG-LS.
 *
 * A pixel of three channels is handled as one word: prediction, the mapping of
 * code numbers to signed differences and the sum modulo the channel's width
 * are each done for all channels at once (struct quic_pixel). What is serial
 * is the bit stream: its window lives in registers for a stretch of a row, and
 * is filled once a pixel, without a branch.
 *
 * A code's parameter k is chosen by the channel's previous code number in the
 * row, in buckets of 1, 2, 4 ... 128 numbers. Each bucket counts what every k
 * would have cost so far. Counting happens at pseudo-random pixels only, the
 * gaps grow from 0 to at most 63 pixels.
 *
 * Rows are top to bottom, RGBA has each row's colours before its alpha.
 *
 * Workspace: sizeof(struct quic) + 4 * (width + 1) bytes, at most 74 KiB.
 */
#include "spice/codec/codec_pixel.h"
#include "spice/codec/codec_rows.h"

#define QUIC_HEADER_BYTES 20
#define QUIC_MAGIC	  0x43495551
#define QUIC_VERSION	  0

enum quic_type {
	QUIC_GRAY = 1,
	QUIC_RGB16 = 2,
	QUIC_RGB24 = 3,
	QUIC_RGB32 = 4,
	QUIC_RGBA = 5,
};

#define QUIC_CODE_BITS	26   /* no codeword is longer */
#define QUIC_MAX_K	8    /* k is below the bits of a channel */
#define QUIC_BUCKETS	8    /* 5 where a channel has 5 bits */
#define QUIC_LEVELS	256  /* code numbers: a channel's values */
#define QUIC_WAIT_LAST	6    /* gaps are masked with 0 to 6 bits */
#define QUIC_WAIT_PX	2048 /* pixels until the mask grows by a bit */
#define QUIC_RUN_STATES 32
#define QUIC_ALPHA	3 /* channels: red, green, blue, alpha or gray */

/*
 * Gaps between counted pixels, in a fixed order. The reference's table has
 * 32-bit words; no more than QUIC_WAIT_LAST bits of them are ever used.
 */
static const uint8_t quic_gaps[256] = {
	2,  23, 19, 21, 7,  18, 40, 14, 12, 32, 47, 44, 36, 6,	18, 11, 4,  19,
	42, 29, 16, 63, 57, 51, 16, 3,	5,  14, 15, 30, 20, 9,	36, 45, 3,  57,
	61, 0,	8,  5,	41, 14, 43, 27, 43, 59, 31, 35, 39, 60, 42, 38, 13, 54,
	62, 1,	26, 3,	11, 61, 52, 34, 7,  48, 4,  59, 22, 12, 22, 8,	50, 4,
	10, 6,	44, 8,	11, 46, 31, 51, 53, 17, 1,  43, 46, 60, 36, 54, 10, 27,
	39, 44, 22, 41, 23, 2,	44, 0,	40, 53, 40, 48, 16, 43, 32, 28, 33, 12,
	20, 2,	56, 62, 55, 58, 18, 20, 13, 55, 38, 29, 57, 19, 49, 33, 47, 63,
	59, 0,	35, 61, 19, 25, 46, 38, 60, 4,	35, 1,	26, 40, 28, 10, 5,  14,
	25, 18, 48, 49, 20, 59, 62, 34, 46, 7,	33, 52, 34, 58, 9,  29, 8,  55,
	62, 60, 37, 36, 37, 50, 6,  3,	10, 28, 48, 24, 26, 61, 57, 30, 11, 54,
	2,  6,	50, 47, 7,  17, 35, 53, 32, 12, 23, 17, 5,  21, 49, 55, 51, 45,
	52, 27, 39, 25, 39, 63, 22, 24, 42, 52, 56, 38, 41, 41, 56, 32, 13, 24,
	26, 51, 27, 56, 58, 37, 24, 42, 15, 28, 17, 30, 31, 15, 16, 23, 25, 54,
	33, 34, 1,  29, 31, 50, 53, 21, 49, 15, 47, 9,	0,  58, 37, 45, 30, 13,
	9,  45, 63, 21,
};

/* A bucket's counters are halved when the best exceeds this; by mask bits. */
static const uint16_t quic_halve_above[QUIC_WAIT_LAST + 1] = {
	110, 550, 900, 800, 550, 400, 350,
};

/* Bits of a run's unit by state, from JPEG-LS. */
static const uint8_t quic_run_bits[QUIC_RUN_STATES] = {
	0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,  2,  3,  3,  3,  3,
	4, 4, 5, 5, 6, 6, 7, 7, 8, 9, 10, 11, 12, 13, 14, 15,
};

/* A pixel's fields as one word: constants of each kernel. */
struct quic_pixel {
	unsigned int bits;   /* of a field */
	unsigned int fields; /* 3, or 1: then it is channel QUIC_ALPHA */
	unsigned int bytes;  /* from pixel to pixel */
	unsigned int at;     /* byte that the word begins at */
	unsigned int width;  /* bytes of the word */
	uint32_t low, high;  /* each field's lowest, highest bit */
	uint32_t all;	     /* all fields' bits */
};

static const struct quic_pixel quic_px_rgb = {
	.bits = 8,
	.fields = 3,
	.bytes = 4,
	.width = 4,
	.low = 0x010101,
	.high = 0x808080,
	.all = 0xffffff,
};

static const struct quic_pixel quic_px_555 = {
	.bits = 5,
	.fields = 3,
	.bytes = 2,
	.width = 2,
	.low = 0x0421,
	.high = 0x4210,
	.all = 0x7fff,
};

static const struct quic_pixel quic_px_alpha = {
	.bits = 8,
	.fields = 1,
	.bytes = 4,
	.at = 3,
	.width = 1,
	.low = 0x01,
	.high = 0x80,
	.all = 0xff,
};

static const struct quic_pixel quic_px_gray = {
	.bits = 8,
	.fields = 1,
	.bytes = 1,
	.width = 1,
	.low = 0x01,
	.high = 0x80,
	.all = 0xff,
};

/*
 * The code for one k: `zeros` zeros, then a rest of `rest_bits`, where a plain
 * Golomb-Rice codeword would become longer than is allowed.
 */
struct quic_code {
	uint8_t zeros;
	uint8_t rest_bits;
	uint16_t first; /* code number that escapes begin with */
};

/* What the three colours share, and alpha has to itself. */
struct quic_plane {
	uint32_t wait;	       /* pixels before the next counted one */
	uint32_t gap;	       /* index of the last gap used */
	uint32_t wait_bits;    /* of the mask */
	uint32_t wait_left_px; /* until the mask grows */
	uint32_t run_state;
};

/*
 * The bit stream is 32-bit little-endian words, highest bit first. They pass
 * through a buffer with their bytes turned round, which makes them a plain
 * stream of bytes that can be read at any byte.
 */
#define QUIC_STREAM_BYTES 4096

/*
 * At least so many bytes are in the buffer before up to 64 pixels (no gap is
 * longer) are decoded, and one run: three channels at QUIC_CODE_BITS for each
 * pixel, 32 steps and 15 bits of a run, and a window beyond.
 */
#define QUIC_AHEAD_BYTES (64 * 3 * QUIC_CODE_BITS / 8 + 6 + 10)

/* Where reading stands: kept in registers. */
struct quic_bits {
	uint32_t window;   /* the next bits, the first at the top */
	uint32_t valid;	   /* of them; below lie zeros or the right bits */
	const uint8_t *in; /* the byte after them */
};

struct quic {
	struct quic_bits bits;
	const uint8_t *source, *source_end; /* whole words, not yet buffered */
	uint32_t missing;		    /* words buffered past the end */

	struct quic_plane rgb, alpha;
	uint8_t best[4][QUIC_BUCKETS]; /* the k to use, by channel */
	uint32_t cost[4][QUIC_BUCKETS][QUIC_MAX_K];
	uint32_t escape_max[QUIC_MAX_K]; /* windows up to this: an escape */
	uint32_t last;			 /* greatest code number */
	struct quic_code code[QUIC_MAX_K];
	uint8_t code_len[QUIC_LEVELS][QUIC_MAX_K];
	uint8_t bucket[QUIC_LEVELS]; /* of a code number */
	struct codec_pace pace;
	uint8_t stream[QUIC_STREAM_BYTES];

	/*
	 * For each pixel of a row and one before it, each channel's bucket.
	 * Runs leave theirs as they were some rows above.
	 */
	uint8_t context[][4];
};

/* ---- Bits ---- */

/* The end of what is in the buffer. */
#define QUIC_STREAM_END(q) ((q)->stream + QUIC_STREAM_BYTES)

/*
 * Fill the buffer behind what is left in it: words as long as there are some,
 * then zeros.
 *
 * Returns where the next byte lies now.
 */
static const uint8_t *quic_feed(struct quic *q, const uint8_t *in)
{
	size_t left = (size_t)(QUIC_STREAM_END(q) - in);
	/* What is left moves to where whole words can follow it. */
	uint8_t *start = q->stream + (-left & 3), *p = start + left;

	memmove(start, in, left);
	for (; p < QUIC_STREAM_END(q); p += 4) {
		if (q->source == q->source_end) {
			codec_put32(p, 0);
			q->missing++;
			continue;
		}
		codec_put32(p, __builtin_bswap32(codec_get32(q->source)));
		q->source += 4;
	}
	return start;
}

/* Make at least 24 bits of the window valid. */
CODEC_INLINE void quic_fill(struct quic_bits *b)
{
	b->window |= __builtin_bswap32(codec_get32(b->in)) >> b->valid;
	b->in += (31 - b->valid) >> 3;
	b->valid |= 24;
}

/* Drop @n valid bits from the window, 0..31. */
CODEC_INLINE void quic_skip(struct quic_bits *b, uint32_t n)
{
	b->window <<= n;
	b->valid -= n;
}

/* Have bits been used that were not there? */
static bool quic_overrun(const struct quic *q)
{
	size_t unread = (size_t)(QUIC_STREAM_END(q) - q->bits.in) * 8 +
			q->bits.valid;

	return unread < (uint64_t)q->missing * 32;
}

/* ---- Codes ---- */

static uint32_t quic_ones(unsigned int n)
{
	return (1u << n) - 1;
}

/* ceil(log2(@v)), @v > 0 */
static unsigned int quic_log2_up(uint32_t v)
{
	return v == 1 ? 0 : 32 - (unsigned int)__builtin_clz(v - 1);
}

/* The code for parameter @k and channels of @bits bits. */
static void quic_code_init(struct quic_code *code, unsigned int k,
			   unsigned int bits)
{
	uint32_t zeros = QUIC_CODE_BITS - bits;

	if (zeros > quic_ones(bits - k))
		zeros = quic_ones(bits - k);
	code->zeros = (uint8_t)zeros;
	code->first = (uint16_t)(zeros << k);
	code->rest_bits = (uint8_t)quic_log2_up((1u << bits) - code->first);
}

/* Set up all that depends on the bits of a channel. */
static void quic_family_init(struct quic *q, unsigned int bits)
{
	const struct quic_code *code;
	unsigned int k, n, bucket;

	q->last = quic_ones(bits);
	for (k = 0; k < bits; k++) {
		code = &q->code[k];
		quic_code_init(&q->code[k], k, bits);
		q->escape_max[k] = quic_ones(32 - code->zeros);
		for (n = 0; n < 1u << bits; n++)
			q->code_len[n][k] =
				n < code->first ? (uint8_t)((n >> k) + 1 + k)
						: code->zeros + code->rest_bits;
	}
	/* 1, 2, 4 ... numbers each; the last takes what is left. */
	for (n = 0; n < 1u << bits; n++) {
		bucket = 31 - (unsigned int)__builtin_clz(n + 1);
		q->bucket[n] = (uint8_t)(bucket < bits ? bucket : bits - 1);
	}
}

static void quic_plane_init(struct quic_plane *plane)
{
	memset(plane, 0, sizeof(*plane));
	plane->gap = 255; /* the next is the first */
	plane->wait_left_px = QUIC_WAIT_PX;
}

static uint32_t quic_next_gap(struct quic_plane *plane)
{
	plane->gap = (plane->gap + 1) & 255;
	return quic_gaps[plane->gap] & quic_ones(plane->wait_bits);
}

/*
 * Take a plain codeword: @window begins with @zeros zeros and a one, and it is
 * all there.
 */
CODEC_INLINE uint32_t quic_take(struct quic_bits *b, uint32_t zeros, uint32_t k)
{
	uint32_t top = b->window << zeros;

	b->window = top << 1 << k;
	b->valid -= zeros + 1 + k;
	/* The one itself counts 1 << k, k bits follow it. */
	return ((zeros - 1) << k) + (top >> (31 - k));
}

/*
 * Read a code number of which the window may not hold all, or an escape.
 *
 * Plain codewords have at most 21 bits, prefixes of escapes 21, rests 8: each
 * fits a window that has been filled. The sum of an escape can be too large
 * for a channel, that of a plain codeword is below code->first.
 */
static uint32_t quic_read_slow(const struct quic *q, struct quic_bits *b,
			       uint32_t k)
{
	const struct quic_code *code = &q->code[k];
	uint32_t n;

	quic_fill(b);
	if (b->window > q->escape_max[k])
		return quic_take(b, (uint32_t)__builtin_clz(b->window), k);
	quic_skip(b, code->zeros);
	quic_fill(b);
	/* No bits, where there is but one escape. */
	n = b->window >> 1 >> (31 - code->rest_bits);
	quic_skip(b, code->rest_bits);
	return (code->first + n) & q->last;
}

/*
 * Read a code number with parameter @k.
 *
 * The window need not be full: what is not there reads as zeros, and either
 * looks like an escape or makes the codeword longer than what is valid.
 */
CODEC_INLINE uint32_t quic_read(const struct quic *q, struct quic_bits *b,
				uint32_t k)
{
	uint32_t zeros;

	if (__builtin_expect(b->window > q->escape_max[k], 1)) {
		zeros = (uint32_t)__builtin_clz(b->window);
		if (__builtin_expect(zeros + 1 + k <= b->valid, 1))
			return quic_take(b, zeros, k);
	}
	return quic_read_slow(q, b, k);
}

/* Count code number @n in @bucket of channel @c, and choose its next k. */
static void quic_count(struct quic *q, const struct quic_plane *plane,
		       unsigned int c, unsigned int bucket, unsigned int n,
		       unsigned int bits)
{
	uint32_t *cost = q->cost[c][bucket];
	const uint8_t *len = q->code_len[n];
	unsigned int k = bits - 1, best = k;

	cost[k] += len[k];
	while (k--) {
		cost[k] += len[k];
		if (cost[k] < cost[best])
			best = k;
	}
	q->best[c][bucket] = (uint8_t)best;
	if (cost[best] <= quic_halve_above[plane->wait_bits])
		return;
	for (k = 0; k < bits; k++)
		cost[k] >>= 1;
}

/*
 * Read a run's length.
 *
 * @room: pixels left in the stretch
 * Returns the length, more than @room for a bad one.
 */
static uint32_t quic_read_run(struct quic_bits *b, struct quic_plane *plane,
			      uint32_t room)
{
	uint32_t run = 0, bits;

	quic_fill(b);
	while (b->window >> 31) {
		run += 1u << quic_run_bits[plane->run_state];
		if (plane->run_state < QUIC_RUN_STATES - 1)
			plane->run_state++;
		if (run > room)
			return run;
		quic_skip(b, 1);
		quic_fill(b);
	}
	quic_skip(b, 1);
	bits = quic_run_bits[plane->run_state];
	run += b->window >> 1 >> (31 - bits);
	quic_skip(b, bits);
	if (plane->run_state)
		plane->run_state--;
	return run;
}

/* ---- Pixels ---- */

/* The fields of the pixel at @p. */
CODEC_INLINE uint32_t quic_get(const uint8_t *p, const struct quic_pixel *px)
{
	if (px->width == 4)
		return codec_get32(p) & px->all;
	if (px->width == 2)
		return codec_get16(p) & px->all;
	return p[px->at];
}

CODEC_INLINE void quic_put(uint8_t *p, uint32_t v, const struct quic_pixel *px)
{
	if (px->width == 4)
		codec_put32(p, v);
	else if (px->width == 2)
		codec_put16(p, (uint16_t)v);
	else
		p[px->at] = (uint8_t)v;
}

/* Half the sum of each field, rounded down. */
CODEC_INLINE uint32_t quic_mean(uint32_t a, uint32_t b,
				const struct quic_pixel *px)
{
	return (a & b) + (((a ^ b) & (px->all ^ px->low)) >> 1);
}

/*
 * Add to each field of @pred the difference that its code number in @n stands
 * for: 0, -1, 1, -2, 2 ... modulo the field.
 */
CODEC_INLINE uint32_t quic_apply(uint32_t pred, uint32_t n,
				 const struct quic_pixel *px)
{
	uint32_t body = px->all ^ px->high;
	uint32_t diff = (n >> 1 & body) ^
			(n & px->low) * ((1u << px->bits) - 1);

	return ((pred & body) + (diff & body)) ^ ((pred ^ diff) & px->high);
}

/* Read channel @c's code number of the pixel whose contexts are @ctx. */
CODEC_INLINE uint32_t quic_read_channel(const struct quic *q,
					struct quic_bits *b, uint8_t (*ctx)[4],
					unsigned int c)
{
	uint32_t n = quic_read(q, b, q->best[c][ctx[-1][c]]);

	ctx[0][c] = q->bucket[n];
	return n;
}

/*
 * Read one pixel's code numbers, the highest field first.
 *
 * @ctx: the pixel's own contexts; those of the one before lie before it
 * Returns them as fields of a word.
 */
CODEC_INLINE uint32_t quic_read_pixel(const struct quic *q, struct quic_bits *b,
				      uint8_t (*ctx)[4],
				      const struct quic_pixel *px)
{
	uint32_t red, green;

	quic_fill(b);
	if (px->fields == 1)
		return quic_read_channel(q, b, ctx, QUIC_ALPHA);
	red = quic_read_channel(q, b, ctx, 0);
	green = quic_read_channel(q, b, ctx, 1);
	return (red << px->bits | green) << px->bits |
	       quic_read_channel(q, b, ctx, 2);
}

/* Count the pixel whose code numbers are in @word. */
CODEC_INLINE void quic_count_pixel(struct quic *q,
				   const struct quic_plane *plane,
				   uint8_t (*ctx)[4], uint32_t word,
				   const struct quic_pixel *px)
{
	unsigned int c = px->fields == 1 ? QUIC_ALPHA : 0;
	unsigned int end = c + px->fields, shift = px->bits * px->fields;

	for (; c < end; c++) {
		shift -= px->bits;
		quic_count(q, plane, c, ctx[-1][c],
			   word >> shift & ((1u << px->bits) - 1), px->bits);
	}
}

/*
 * Decode pixels @x to @end of a row: a stretch with one wait mask.
 *
 * @row, @above: pixel 0; @above is NULL in the first row
 * The kernel, whole so that the bit window stays in registers.
 * Returns 0, -EINVAL for a run beyond the stretch.
 */
CODEC_INLINE int quic_stretch(struct quic *q, struct quic_plane *plane,
			      uint8_t *row, const uint8_t *above, uint32_t x,
			      uint32_t end, const struct quic_pixel *px)
{
	const unsigned int step = px->bytes;
	struct quic_bits b = q->bits;
	uint8_t(*ctx)[4] = q->context + 1;
	uint32_t stop = x + plane->wait; /* next pixel to be counted */
	uint32_t left, left2, up, up_left, word = 0, limit, run, run_at = 0;

	left = x > 0 ? quic_get(row + (x - 1) * step, px) : 0;
	left2 = x > 1 ? quic_get(row + (x - 2) * step, px) : ~left;
	up_left = above && x > 0 ? quic_get(above + (x - 1) * step, px) : 0;

	while (x < end) {
		if (QUIC_STREAM_END(q) - b.in < QUIC_AHEAD_BYTES)
			b.in = quic_feed(q, b.in);
		limit = stop < end ? stop + 1 : end;
		for (; x < limit; x++) {
			up = above ? quic_get(above + x * step, px) : left;
			if (above && up == up_left && left == left2 && x > 2 &&
			    x != run_at)
				break;
			word = quic_read_pixel(q, &b, ctx + x, px);
			left2 = left;
			left = quic_apply(x ? quic_mean(left, up, px) : up,
					  word, px);
			up_left = up;
			quic_put(row + x * step, left, px);
		}
		if (x == stop + 1) {
			quic_count_pixel(q, plane, ctx + stop, word, px);
			stop = x + quic_next_gap(plane);
			continue;
		}
		if (x == end)
			break;
		/* Pixels of a run are not waited for. */
		run_at = x;
		run = quic_read_run(&b, plane, end - x);
		if (run > end - x)
			return -EINVAL;
		stop += run;
		for (; run; run--, x++)
			quic_put(row + x * step, left, px);
		left2 = left;
		up_left = quic_get(above + (x - 1) * step, px);
	}
	plane->wait = stop - end;
	q->bits = b;
	return 0;
}

/* Decode a row, in stretches between which the wait mask grows. */
CODEC_INLINE int quic_row(struct quic *q, struct quic_plane *plane,
			  uint8_t *row, const uint8_t *above, uint32_t width,
			  const struct quic_pixel *px)
{
	unsigned int c = px->fields == 1 ? QUIC_ALPHA : 0;
	unsigned int channels = c + px->fields;
	uint32_t x = 0, end;
	int rc;

	/* The first pixel's context is that of the first pixel above. */
	for (; c < channels; c++)
		q->context[0][c] = above ? q->context[1][c] : 0;

	while (x < width) {
		end = width;
		if (plane->wait_bits < QUIC_WAIT_LAST) {
			if (plane->wait_left_px <= width - x)
				end = x + plane->wait_left_px;
			plane->wait_left_px -= end - x;
		}
		rc = quic_stretch(q, plane, row, above, x, end, px);
		if (rc)
			return rc;
		x = end;
		if (plane->wait_left_px == 0) {
			plane->wait_bits++;
			plane->wait_left_px = QUIC_WAIT_PX;
		}
	}
	return 0;
}

/* The kernel for each kind of pixel: constants from here on. */
static int quic_row_rgb(struct quic *q, uint8_t *row, const uint8_t *above,
			uint32_t width)
{
	return quic_row(q, &q->rgb, row, above, width, &quic_px_rgb);
}

static int quic_row_555(struct quic *q, uint8_t *row, const uint8_t *above,
			uint32_t width)
{
	return quic_row(q, &q->rgb, row, above, width, &quic_px_555);
}

static int quic_row_gray(struct quic *q, uint8_t *row, const uint8_t *above,
			 uint32_t width)
{
	return quic_row(q, &q->alpha, row, above, width, &quic_px_gray);
}

static int quic_row_rgba(struct quic *q, uint8_t *row, const uint8_t *above,
			 uint32_t width)
{
	int rc;

	rc = quic_row(q, &q->rgb, row, above, width, &quic_px_rgb);
	if (rc)
		return rc;
	return quic_row(q, &q->alpha, row, above, width, &quic_px_alpha);
}

/* ---- Images ---- */

/* What there is for each type of stream. */
struct quic_kind {
	uint32_t format;   /* SPICE_SURFACE_FMT_*, what it decodes to */
	unsigned int bits; /* of a channel */
	int (*row)(struct quic *q, uint8_t *row, const uint8_t *above,
		   uint32_t width);
};

/* By enum quic_type. */
static const struct quic_kind quic_kinds[] = {
	[QUIC_GRAY] = {SPICE_SURFACE_FMT_8_A, 8, quic_row_gray},
	[QUIC_RGB16] = {SPICE_SURFACE_FMT_16_555, 5, quic_row_555},
	[QUIC_RGB24] = {SPICE_SURFACE_FMT_32_xRGB, 8, quic_row_rgb},
	[QUIC_RGB32] = {SPICE_SURFACE_FMT_32_xRGB, 8, quic_row_rgb},
	[QUIC_RGBA] = {SPICE_SURFACE_FMT_32_ARGB, 8, quic_row_rgba},
};

/* The kind of @img's stream, NULL where its header is not as it should be. */
static const struct quic_kind *quic_find(const struct codec_image *img)
{
	const uint8_t *p = img->data;
	uint32_t type;

	if (img->len < QUIC_HEADER_BYTES || codec_get32(p) != QUIC_MAGIC ||
	    codec_get32(p + 4) != QUIC_VERSION)
		return NULL;
	type = codec_get32(p + 8);
	if (type < QUIC_GRAY || type > QUIC_RGBA)
		return NULL;
	if (codec_get32(p + 12) != img->width ||
	    codec_get32(p + 16) != img->height)
		return NULL;
	return &quic_kinds[type];
}

static int quic_format(const struct codec_image *img, uint32_t *format)
{
	const struct quic_kind *kind = quic_find(img);

	if (!kind)
		return -EINVAL;
	*format = kind->format;
	return 0;
}

/* The state before the first row. */
static void quic_init(struct quic *q, const struct codec_ctx *ctx,
		      const struct codec_image *img, unsigned int bits)
{
	size_t words = (img->len - QUIC_HEADER_BYTES) / 4;

	memset(q->best, (int)bits - 1, sizeof(q->best));
	memset(q->cost, 0, sizeof(q->cost));
	memset(q->context, 0, sizeof(q->context[0]) * (img->width + 1));
	quic_family_init(q, bits);
	quic_plane_init(&q->rgb);
	quic_plane_init(&q->alpha);
	codec_pace_init(&q->pace, ctx);

	q->source = img->data + QUIC_HEADER_BYTES;
	q->source_end = q->source + words * 4;
	q->missing = 0;
	q->bits.window = 0;
	q->bits.valid = 0;
	q->bits.in = quic_feed(q, QUIC_STREAM_END(q));
}

static int quic_decode(const struct codec_ctx *ctx,
		       const struct codec_image *img, struct pixmap *out)
{
	const struct quic_kind *kind = quic_find(img);
	const struct spice_env *env = ctx->env;
	const uint8_t *above = NULL;
	struct quic *q;
	uint32_t y;
	int rc;

	if (!kind)
		return -EINVAL;
	rc = codec_check_out(img, out, kind->format);
	if (rc)
		return rc;
	q = env->alloc(env->ctx,
		       sizeof(*q) + sizeof(q->context[0]) * (img->width + 1));
	if (!q)
		return -ENOMEM;
	quic_init(q, ctx, img, kind->bits);
	for (y = 0; y < img->height; y++) {
		rc = kind->row(q, pix_row(out, y), above, img->width);
		if (rc == 0 && quic_overrun(q))
			rc = -EINVAL;
		if (rc)
			break;
		above = pix_row(out, y);
		codec_pace(&q->pace, img->width);
	}
	env->free(env->ctx, q);
	return rc;
}

const struct codec codec_quic = {
	.type = SPICE_IMAGE_TYPE_QUIC,
	.name = "quic",
	.format = quic_format,
	.decode = quic_decode,
};
