/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * LZ4: a bitmap without gaps between rows, in blocks that share their history.
 *
 *	u8 top_down, u8 SPICE_BITMAP_FMT_*, then again and again
 *	u32 (big-endian) bytes of a block, a block
 *
 * The block format is LZ4's own (lz4_Block_format.md). Blocks end where the
 * server's chunks do, in the middle of rows too. A match reaches back at most
 * 64 KiB, so the stream is unpacked into a small stretch of memory that stays
 * in the cache; finished rows go from there to the output, and its last 64 KiB
 * move to its beginning when it is full.
 *
 * Where the output is words without gaps, top row first, it is that memory
 * itself. Then the top bytes of xRGB, which guests leave anything in, are
 * cleared once no match reaches them any more. Most streams have none but
 * zeros: to see that while they are in the cache costs least.
 *
 * Workspace: LZ4_WORK_BYTES, or none.
 */
#include "spice/codec/codec_pixel.h"
#include "spice/codec/codec_rows.h"

#define LZ4_HEADER_BYTES 2
#define LZ4_MIN_MATCH	 4
#define LZ4_LONG	 15 /* a length in a token: more bytes follow */

/*
 * What the format lets a match reach. A row of PIX_MAX_SIDE_PX words is as
 * long: the beginning of one that is not finished is never moved away.
 */
#define LZ4_HISTORY_BYTES 65536
#define LZ4_FRESH_BYTES	  (3 * 65536)
/* So much straight output is still in the first-level cache when looked at. */
#define LZ4_STRAIGHT_BYTES 16384
#define LZ4_WORK_BYTES	   (LZ4_HISTORY_BYTES + LZ4_FRESH_BYTES)

struct lz4_state {
	const uint8_t *in, *in_end; /* of the block */
	uint8_t *work;		    /* LZ4_WORK_BYTES, or the output */
	bool straight;		    /* the latter */
	uint8_t *p;		    /* next byte to write, work <= p <= stop */
	uint8_t *stop;		    /* where work or the picture is full */
	size_t left_bytes;	    /* of the picture, after `stop` */

	uint8_t *row; /* where the next row to copy, or pixel to clear, begins
		       */
	uint32_t rows_done; /* copied */
	size_t row_bytes;   /* in the stream */
	uint8_t bitmap_format;
	bool top_down;
	const struct pixmap *out;
	struct codec_pace pace;
};

/* What the stream decodes to. Returns 0 or -EINVAL. */
static int lz4_format(const struct codec_image *img, uint32_t *format)
{
	if (img->len < LZ4_HEADER_BYTES)
		return -EINVAL;
	switch (img->data[1]) {
	case SPICE_BITMAP_FMT_16BIT:
		*format = SPICE_SURFACE_FMT_16_555;
		return 0;
	case SPICE_BITMAP_FMT_24BIT:
	case SPICE_BITMAP_FMT_32BIT:
		*format = SPICE_SURFACE_FMT_32_xRGB;
		return 0;
	case SPICE_BITMAP_FMT_RGBA:
		*format = SPICE_SURFACE_FMT_32_ARGB;
		return 0;
	case SPICE_BITMAP_FMT_8BIT_A:
		*format = SPICE_SURFACE_FMT_8_A;
		return 0;
	default:
		return -EINVAL;
	}
}

/* Copy the rows that are finished to the output. */
static void lz4_copy_rows(struct lz4_state *s)
{
	const uint32_t width = s->out->width;
	uint32_t y;

	while ((size_t)(s->p - s->row) >= s->row_bytes &&
	       s->rows_done < s->out->height) {
		y = s->top_down ? s->rows_done
				: s->out->height - 1 - s->rows_done;
		codec_row_bitmap(pix_row(s->out, y), s->row, width,
				 s->bitmap_format);
		s->row += s->row_bytes;
		s->rows_done++;
		codec_pace(&s->pace, width);
	}
}

/* Are there top bytes other than 0 in @px pixels? */
static bool lz4_has_tops(const uint8_t *p, size_t px)
{
	uint32_t all = 0;

	for (; px >= 8 && all >> 24 == 0; px -= 8, p += 32)
		all = codec_get32(p) | codec_get32(p + 4) | codec_get32(p + 8) |
		      codec_get32(p + 12) | codec_get32(p + 16) |
		      codec_get32(p + 20) | codec_get32(p + 24) |
		      codec_get32(p + 28);
	for (; px; px--, p += 4)
		all |= codec_get32(p);
	return all >> 24;
}

/*
 * Straight output is complete up to `p`: see to its top bytes, as far as no
 * match reaches, @reach bytes back.
 */
static void lz4_settle(struct lz4_state *s, ptrdiff_t reach)
{
	codec_pace(&s->pace, LZ4_STRAIGHT_BYTES / 4);
	if (s->bitmap_format == SPICE_BITMAP_FMT_RGBA ||
	    !lz4_has_tops(s->row, (size_t)(s->p - s->row) / 4)) {
		s->row = s->p;
		return;
	}
	for (; s->p - s->row > reach; s->row += 4)
		s->row[3] = 0;
}

/* Let `stop` be as far from `p` as memory, pace and picture allow. */
static void lz4_set_stop(struct lz4_state *s)
{
	size_t room = (size_t)(s->work + LZ4_WORK_BYTES - s->p);

	if (s->straight)
		room = LZ4_STRAIGHT_BYTES;
	if (room > s->left_bytes)
		room = s->left_bytes;
	s->stop = s->p + room;
	s->left_bytes -= room;
}

/*
 * At `stop`: copy rows, keep the history, make room.
 *
 * Returns 0, -EINVAL when the picture is full.
 */
static int lz4_next_stop(struct lz4_state *s)
{
	ptrdiff_t moved = s->p - s->work - LZ4_HISTORY_BYTES;

	if (s->left_bytes == 0)
		return -EINVAL;
	if (s->straight) {
		lz4_settle(s, LZ4_HISTORY_BYTES);
		lz4_set_stop(s);
		return 0;
	}
	lz4_copy_rows(s);
	memmove(s->work, s->work + moved, LZ4_HISTORY_BYTES);
	s->p -= moved;
	s->row -= moved;
	lz4_set_stop(s);
	return 0;
}

/*
 * Write @n bytes that may not all fit before `stop`.
 *
 * @back: how far back they lie, 0 for literals from s->in
 * Returns 0, -EINVAL when the picture is full.
 */
static int lz4_pieces(struct lz4_state *s, size_t back, size_t n)
{
	size_t m;
	int rc;

	while (n) {
		if (s->p == s->stop) {
			rc = lz4_next_stop(s);
			if (rc)
				return rc;
		}
		m = (size_t)(s->stop - s->p);
		m = m < n ? m : n;
		if (back) {
			codec_repeat(s->p, back, m, 1);
		} else {
			memcpy(s->p, s->in, m);
			s->in += m;
		}
		s->p += m;
		n -= m;
	}
	return 0;
}

/*
 * Read what follows a length of LZ4_LONG: bytes to the first that is not 255.
 *
 * Returns the input after it, NULL when it is cut. A length cannot wrap: no
 * message is long enough.
 */
static const uint8_t *lz4_read_long(const uint8_t *in, const uint8_t *end,
				    size_t *n)
{
	unsigned int more;

	do {
		if (in == end)
			return NULL;
		more = *in++;
		*n += more;
	} while (more == 255);
	return in;
}

/*
 * Decode the block from s->in to s->in_end.
 *
 * The kernel, whole for the sake of registers. Short stretches far from all
 * ends are copied in whole steps, past what they need; the rest goes by
 * lz4_pieces with the state written back.
 *
 * Returns 0 or -EINVAL.
 */
static int lz4_block(struct lz4_state *s)
{
	const uint8_t *in_end = s->in_end, *in = s->in;
	uint8_t *p = s->p;
	unsigned int token;
	size_t n, back;
	int rc;

	for (;;) {
		if (in == in_end)
			return -EINVAL;
		token = *in++;
		n = token >> 4;
		if (n < LZ4_LONG && in_end - in > CODEC_STEP_BYTES &&
		    s->stop - p >= CODEC_STEP_BYTES) {
			__builtin_memcpy(p, in, CODEC_STEP_BYTES);
			p += n;
			in += n;
		} else {
			if (n == LZ4_LONG)
				in = lz4_read_long(in, in_end, &n);
			if (!in || n > (size_t)(in_end - in))
				return -EINVAL;
			s->p = p;
			s->in = in;
			rc = lz4_pieces(s, 0, n);
			if (rc)
				return rc;
			p = s->p;
			in = s->in;
			/* The last sequence has literals only. */
			if (in == in_end)
				return 0;
		}

		if (in_end - in < 2)
			return -EINVAL;
		back = codec_get16(in);
		in += 2;
		n = token & 15;
		if (n == LZ4_LONG)
			in = lz4_read_long(in, in_end, &n);
		if (!in || back == 0 || back > (size_t)(p - s->work))
			return -EINVAL;
		n += LZ4_MIN_MATCH;
		if (n < CODEC_SHORT_BYTES &&
		    n + CODEC_STEP_BYTES <= (size_t)(s->stop - p)) {
			codec_repeat_steps(p, back, n);
			p += n;
			continue;
		}
		s->p = p;
		s->in = in;
		rc = lz4_pieces(s, back, n);
		if (rc)
			return rc;
		p = s->p;
	}
}

/* Decode blocks from @in to @end: the whole picture. Returns 0 or -EINVAL. */
static int lz4_blocks(struct lz4_state *s, const uint8_t *in,
		      const uint8_t *end)
{
	uint32_t bytes;
	int rc;

	while (s->p != s->stop || s->left_bytes) {
		if (end - in < 4)
			return -EINVAL;
		bytes = codec_get32be(in);
		in += 4;
		if (bytes > (size_t)(end - in))
			return -EINVAL;
		s->in = in;
		s->in_end = in + bytes;
		rc = lz4_block(s);
		if (rc)
			return rc;
		in += bytes;
	}
	if (s->straight)
		lz4_settle(s, 0);
	else
		lz4_copy_rows(s);
	return in == end ? 0 : -EINVAL;
}

static int lz4_decode(const struct codec_ctx *ctx,
		      const struct codec_image *img, struct pixmap *out)
{
	const struct spice_env *env = ctx->env;
	struct lz4_state s = {0};
	uint32_t format;
	int rc;

	rc = lz4_format(img, &format);
	if (rc)
		return rc;
	rc = codec_check_out(img, out, format);
	if (rc)
		return rc;
	s.top_down = img->data[0] != 0;
	s.bitmap_format = img->data[1];
	s.out = out;
	s.row_bytes = (size_t)out->width * pix_bits(format) / 8;
	if (s.bitmap_format == SPICE_BITMAP_FMT_24BIT)
		s.row_bytes = (size_t)out->width * 3;
	s.straight = s.top_down && s.row_bytes == out->stride &&
		     s.row_bytes == (size_t)out->width * 4;
	s.work = s.straight ? out->data : env->alloc(env->ctx, LZ4_WORK_BYTES);
	if (!s.work)
		return -ENOMEM;
	s.left_bytes = s.row_bytes * out->height;
	s.p = s.row = s.work;
	lz4_set_stop(&s);
	codec_pace_init(&s.pace, ctx);
	rc = lz4_blocks(&s, img->data + LZ4_HEADER_BYTES, img->data + img->len);
	if (!s.straight)
		env->free(env->ctx, s.work);
	return rc;
}

const struct codec codec_lz4 = {
	.type = SPICE_IMAGE_TYPE_LZ4,
	.name = "lz4",
	.format = lz4_format,
	.decode = lz4_decode,
};
