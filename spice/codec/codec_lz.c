/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * LZ_RGB and LZ_PLT: byte-aligned LZ77 over pixels.
 *
 * The stream sees one long line of pixels, in stored row order, and a match
 * may reach back over many rows. The output has a stride of its own and may be
 * stored bottom row first. It is still written once, where it belongs, without
 * a second copy of the picture: tokens that stay inside one row of the output,
 * which nearly all do, take the short way in lz_pass(); those that cross a row
 * take lz_pieces(), which cuts them at row ends. A pixmap without gaps, top
 * row first, is a single row to both.
 *
 * In narrow pictures (QEMU sends its screen in columns of 32 pixels) most
 * tokens cross rows. Those, where they are small, are decoded without gaps in
 * scratch memory that stays in the cache, and copied: more than twice as fast.
 *
 * Palette images decode to their packed indices first, in scratch memory of
 * header stride times height, then row by row through the palette.
 *
 * Workspace: LZ_NARROW_BYTES; for palette images (width + LZ_STRIDE_SLACK) *
 * height bytes.
 */
#include "spice/codec/codec_lz.h"
#include "spice/codec/codec_rows.h"

#define LZ_HEADER_BYTES 28

/*
 * This is a policy decision: packed rows of palette images may be this much
 * longer than they need be. The reference encoder writes none longer.
 */
#define LZ_STRIDE_SLACK 64

/* What goes through scratch memory: up to this width, and this size. */
#define LZ_NARROW_PX	256
#define LZ_NARROW_BYTES (256u << 10)

struct lz_header {
	uint32_t type, width, height, stride;
	bool top_down;
};

/* Where decoding stands. Rows are the output's, or the one that is all. */
struct lz_state {
	const uint8_t *in, *in_end;

	uint8_t *first;	     /* row that the stream begins with */
	ptrdiff_t step;	     /* bytes from a row to the next in the stream */
	uint32_t row_units;  /* in a row */
	uint32_t rows;	     /* in all */
	uint32_t rows_begun; /* the current one included */
	size_t left_units;   /* after `stop` */

	uint8_t *row;	/* the current one's first byte */
	uint8_t *p;	/* next unit to write, row <= p <= stop */
	uint8_t *stop;	/* end of the row, or where a yield is due */
	uint32_t chunk; /* units from the last `stop` to this one */
	struct codec_pace pace;
};

/*
 * Read the header and check it against the descriptor.
 *
 * Returns 0 or -EINVAL.
 */
static int lz_header(const struct codec_image *img, struct lz_header *h)
{
	const uint8_t *p = img->data;

	if (img->len < LZ_HEADER_BYTES || codec_get32be(p) != LZ_MAGIC ||
	    codec_get32be(p + 4) != LZ_VERSION)
		return -EINVAL;
	h->type = codec_get32be(p + 8);
	h->width = codec_get32be(p + 12);
	h->height = codec_get32be(p + 16);
	h->stride = codec_get32be(p + 20);
	h->top_down = codec_get32be(p + 24) != 0;
	if (h->width != img->width || h->height != img->height)
		return -EINVAL;
	return 0;
}

/* What a stream of @type decodes to. 0 or -EINVAL. */
static int lz_type_format(const struct codec_image *img, uint32_t type,
			  uint32_t *format)
{
	switch (type) {
	case LZ_PLT1_LE:
	case LZ_PLT1_BE:
	case LZ_PLT4_LE:
	case LZ_PLT4_BE:
	case LZ_PLT8:
		*format = SPICE_SURFACE_FMT_32_xRGB;
		return img->palette ? 0 : -EINVAL;
	case LZ_RGB16:
		*format = SPICE_SURFACE_FMT_16_555;
		return 0;
	case LZ_RGB24:
	case LZ_RGB32:
		*format = SPICE_SURFACE_FMT_32_xRGB;
		return 0;
	case LZ_RGBA:
	case LZ_XXXA:
		*format = SPICE_SURFACE_FMT_32_ARGB;
		return 0;
	case LZ_A8:
		*format = SPICE_SURFACE_FMT_8_A;
		return 0;
	default:
		return -EINVAL;
	}
}

static int lz_format(const struct codec_image *img, uint32_t *format)
{
	struct lz_header h;
	int rc;

	rc = lz_header(img, &h);
	if (rc)
		return rc;
	return lz_type_format(img, h.type, format);
}

/*
 * Lay @s over the output: @rows rows of @row_units units, @step bytes apart,
 * the first at @first. Called again for a second pass.
 */
static void lz_lay(struct lz_state *s, uint8_t *first, ptrdiff_t step,
		   uint32_t row_units, uint32_t rows)
{
	s->first = first;
	s->step = step;
	s->row_units = row_units;
	s->rows = rows;
	s->rows_begun = 0;
	s->left_units = (size_t)row_units * rows;
	s->row = s->p = s->stop = first;
}

/* Lay @s over the rows of a pixmap, without gaps between rows as one row. */
static void lz_lay_pixmap(struct lz_state *s, const struct pixmap *out,
			  bool top_down, unsigned int unit)
{
	size_t units = (size_t)out->width * out->height;

	if (!top_down)
		lz_lay(s, pix_row(out, out->height - 1),
		       -(ptrdiff_t)out->stride, out->width, out->height);
	else if (out->stride == out->width * unit)
		lz_lay(s, out->data, 0, (uint32_t)units, 1);
	else
		lz_lay(s, out->data, out->stride, out->width, out->height);
}

/*
 * At `stop`: begin the next row where one is due, or yield, and set the next
 * `stop`.
 *
 * Returns 0, -EINVAL when the picture is full.
 */
static int lz_next_stop(struct lz_state *s, unsigned int unit)
{
	uint32_t x, room;

	codec_pace(&s->pace, s->chunk);
	s->chunk = 0;
	if (s->left_units == 0)
		return -EINVAL;
	x = (uint32_t)(s->p - s->row) / unit;
	if (s->rows_begun == 0 || x == s->row_units) {
		s->row = s->first + s->step * (ptrdiff_t)s->rows_begun;
		s->rows_begun++;
		s->p = s->row;
		x = 0;
	}
	room = s->row_units - x;
	if (room > CODEC_PACE_PX)
		room = CODEC_PACE_PX;
	s->stop = s->p + (size_t)room * unit;
	s->left_units -= room;
	s->chunk = room;
	return 0;
}

/*
 * Find the unit @dist before the next one.
 *
 * @run: receives how many units from it on lie in one row
 * Returns it, NULL when it lies before the picture.
 */
static uint8_t *lz_source(const struct lz_state *s, uint32_t dist, size_t *run,
			  unsigned int unit)
{
	uint32_t x = (uint32_t)(s->p - s->row) / unit;
	uint32_t rows, into;

	if (dist <= x) {
		*run = (size_t)-1;
		return s->p - (size_t)dist * unit;
	}
	/* Rows to go up: at least one, and the rounded-up rest. */
	dist -= x;
	rows = dist <= s->row_units ? 1
				    : (dist + s->row_units - 1) / s->row_units;
	if (rows >= s->rows_begun)
		return NULL;
	into = rows * s->row_units - dist;
	*run = s->row_units - into;
	return s->row - s->step * (ptrdiff_t)rows + (size_t)into * unit;
}

/*
 * Do one token that crosses a row's end or a yield, on either side.
 *
 * @dist: units back, 0 for literals from s->in
 * @n: units
 * Returns 0 or -EINVAL.
 */
CODEC_INLINE int lz_pieces(struct lz_state *s, uint32_t dist, size_t n,
			   enum lz_pass pass)
{
	const unsigned int unit = lz_unit(pass);
	size_t m, run = (size_t)-1;
	uint8_t *from = NULL;
	int rc;

	while (n) {
		if (s->p == s->stop) {
			rc = lz_next_stop(s, unit);
			if (rc)
				return rc;
		}
		if (dist) {
			from = lz_source(s, dist, &run, unit);
			if (!from)
				return -EINVAL;
		}
		m = (size_t)(s->stop - s->p) / unit;
		m = m < n ? m : n;
		m = m < run ? m : run;
		if (!dist) {
			lz_literals(s->p, s->in, (uint32_t)m, pass);
			s->in += m * lz_literal_bytes(pass);
		} else if (run == (size_t)-1) {
			lz_match(s->p, (size_t)dist * unit, m, pass);
		} else {
			lz_copy(s->p, from, m, pass);
		}
		s->p += m * unit;
		n -= m;
	}
	return 0;
}

/*
 * Read a match's length and distance; its first byte @c has been read.
 *
 * @limit: a length no match can have: reading stops beyond it
 * @n, @dist: receive units, without the length's bias
 * Returns the input after it, NULL when it is cut or too long.
 */
CODEC_INLINE const uint8_t *lz_read_match(const uint8_t *in, const uint8_t *end,
					  unsigned int c, size_t limit,
					  size_t *n, uint32_t *dist)
{
	uint32_t more, high = c & 31;

	*n = (c >> 5) - 1;
	if (*n == 6) {
		do {
			if (in == end || *n > limit)
				return NULL;
			more = *in++;
			*n += more;
		} while (more == 255);
	}
	if (in == end)
		return NULL;
	*dist = high << 8 | *in++;
	if (*dist == 0x1fff) {
		if (end - in < 2)
			return NULL;
		*dist += in[0] << 8 | in[1];
		in += 2;
	}
	++*dist;
	return in;
}

/*
 * Decode tokens until the picture is full.
 *
 * The kernel: it is one function so that the compiler keeps its three
 * pointers in registers. What leaves the row or nears its end is handed to
 * lz_pieces with the state written back.
 *
 * Returns 0 or -EINVAL.
 */
CODEC_INLINE int lz_kernel(struct lz_state *s, enum lz_pass pass)
{
	const unsigned int unit = lz_unit(pass);
	const unsigned int lit = lz_literal_bytes(pass);
	const size_t limit = (size_t)s->row_units * s->rows;
	const uint8_t *in = s->in, *in_end = s->in_end;
	uint8_t *p = s->p;
	uint32_t dist;
	unsigned int c;
	size_t n;
	int rc;

	while (p != s->stop || s->left_units) {
		if (in == in_end)
			return -EINVAL;
		c = *in++;
		if (c < LZ_LITERALS) {
			dist = 0;
			n = c + 1;
			if (n * lit > (size_t)(in_end - in))
				return -EINVAL;
			if (n * unit <= (size_t)(s->stop - p)) {
				lz_literals(p, in, n, pass);
				p += n * unit;
				in += n * lit;
				continue;
			}
		} else {
			in = lz_read_match(in, in_end, c, limit, &n, &dist);
			if (!in)
				return -EINVAL;
			n += 1 + lz_bias(pass);
			if (n <= (size_t)(s->stop - p) / unit &&
			    dist <= (size_t)(p - s->row) / unit) {
				lz_match(p, dist * unit, n, pass);
				p += n * unit;
				continue;
			}
		}
		s->p = p;
		s->in = in;
		rc = lz_pieces(s, dist, n, pass);
		if (rc)
			return rc;
		p = s->p;
		in = s->in;
	}
	s->in = in;
	return 0;
}

/* The kernel for each pass: constants from here on. */
static int lz_pass_rgb(struct lz_state *s)
{
	return lz_kernel(s, LZ_PASS_RGB);
}

static int lz_pass_alpha(struct lz_state *s)
{
	return lz_kernel(s, LZ_PASS_ALPHA);
}

static int lz_pass_16(struct lz_state *s)
{
	return lz_kernel(s, LZ_PASS_16);
}

static int lz_pass_8(struct lz_state *s)
{
	return lz_kernel(s, LZ_PASS_8);
}

/* XXXA has no colour: what the alpha pass leaves alone is black. */
static void lz_clear(struct lz_state *s, const struct pixmap *out)
{
	uint32_t y;

	for (y = 0; y < out->height; y++) {
		memset(pix_row(out, y), 0, (size_t)out->width * 4);
		codec_pace(&s->pace, out->width);
	}
}

/*
 * Decode a stream without palette to where it belongs.
 *
 * @top_down: the order of rows in @out
 * Returns 0 or -EINVAL.
 */
static int lz_decode_direct(struct lz_state *s, uint32_t type, bool top_down,
			    const struct pixmap *out)
{
	int rc;

	lz_lay_pixmap(s, out, top_down, pix_bits(out->format) / 8);
	switch (type) {
	case LZ_RGB16:
		return lz_pass_16(s);
	case LZ_A8:
		return lz_pass_8(s);
	case LZ_XXXA:
		lz_clear(s, out);
		return lz_pass_alpha(s);
	case LZ_RGBA:
		rc = lz_pass_rgb(s);
		if (rc)
			return rc;
		lz_lay_pixmap(s, out, top_down, 4);
		return lz_pass_alpha(s);
	default:
		return lz_pass_rgb(s);
	}
}

/* The row of @out that is number @y in the stream. */
static uint8_t *lz_out_row(const struct lz_header *h, const struct pixmap *out,
			   uint32_t y)
{
	return pix_row(out, h->top_down ? y : h->height - 1 - y);
}

/* Is scratch memory worth while for @out? */
static bool lz_is_narrow(const struct lz_header *h, const struct pixmap *out,
			 size_t row_bytes)
{
	if (h->top_down && out->stride == row_bytes)
		return false;
	return out->width <= LZ_NARROW_PX &&
	       row_bytes * out->height <= LZ_NARROW_BYTES;
}

/*
 * Decode a stream without palette, through scratch memory where that is
 * faster and there is some. Returns 0 or -EINVAL.
 */
static int lz_decode_pixels(struct lz_state *s, const struct lz_header *h,
			    const struct codec_ctx *ctx,
			    const struct pixmap *out)
{
	const struct spice_env *env = ctx->env;
	size_t row_bytes = (size_t)out->width * (pix_bits(out->format) / 8);
	struct pixmap flat = *out;
	uint32_t y;
	int rc;

	flat.data = NULL;
	flat.stride = (uint32_t)row_bytes;
	if (lz_is_narrow(h, out, row_bytes))
		flat.data = env->alloc(env->ctx, row_bytes * out->height);
	if (!flat.data)
		return lz_decode_direct(s, h->type, h->top_down, out);
	rc = lz_decode_direct(s, h->type, true, &flat);
	for (y = 0; rc == 0 && y < out->height; y++)
		memcpy(lz_out_row(h, out, y), pix_row(&flat, y), row_bytes);
	env->free(env->ctx, flat.data);
	return rc;
}

/* Decode indices, then look them up. Returns 0, -EINVAL or -ENOMEM. */
static int lz_decode_palette(struct lz_state *s, const struct lz_header *h,
			     const struct codec_ctx *ctx,
			     const struct codec_image *img,
			     const struct pixmap *out)
{
	const struct spice_env *env = ctx->env;
	unsigned int bits = h->type == LZ_PLT8	    ? 8
			    : h->type >= LZ_PLT4_LE ? 4
						    : 1;
	bool msb_first = h->type == LZ_PLT1_BE || h->type == LZ_PLT4_BE;
	uint32_t need = (out->width * bits + 7) / 8;
	uint32_t y;
	uint8_t *rows;
	int rc;

	if (h->stride < need || h->stride - need > LZ_STRIDE_SLACK)
		return -EINVAL;
	rows = env->alloc(env->ctx, (size_t)h->stride * h->height);
	if (!rows)
		return -ENOMEM;

	/* One row as long as all: indices are contiguous. */
	lz_lay(s, rows, 0, h->stride * h->height, 1);
	rc = lz_pass_8(s);
	if (rc)
		goto err_pass;
	for (y = 0; y < h->height; y++) {
		codec_row_indexed(lz_out_row(h, out, y), out->format,
				  rows + (size_t)h->stride * y, out->width,
				  bits, msb_first, img->palette);
		codec_pace(&s->pace, out->width);
	}

err_pass:
	env->free(env->ctx, rows);
	return rc;
}

int codec_lz_alpha(const struct codec_ctx *ctx, const struct codec_image *img,
		   size_t from, const struct pixmap *out)
{
	struct codec_image alpha = *img;
	struct lz_state s = {0};
	struct lz_header h;
	int rc;

	alpha.data += from;
	alpha.len -= from;
	rc = lz_header(&alpha, &h);
	if (rc)
		return rc;
	if (h.type != LZ_XXXA)
		return -EINVAL;
	s.in = alpha.data + LZ_HEADER_BYTES;
	s.in_end = alpha.data + alpha.len;
	codec_pace_init(&s.pace, ctx);
	lz_lay_pixmap(&s, out, h.top_down, 4);
	return lz_pass_alpha(&s);
}

static int lz_decode(const struct codec_ctx *ctx, const struct codec_image *img,
		     struct pixmap *out)
{
	struct lz_state s = {0};
	struct lz_header h;
	uint32_t format;
	bool palette;
	int rc;

	rc = lz_header(img, &h);
	if (rc)
		return rc;
	rc = lz_type_format(img, h.type, &format);
	if (rc)
		return rc;
	palette = h.type <= LZ_PLT8;
	if (palette && out->format == SPICE_SURFACE_FMT_16_555)
		format = out->format;
	rc = codec_check_out(img, out, format);
	if (rc)
		return rc;

	s.in = img->data + LZ_HEADER_BYTES;
	s.in_end = img->data + img->len;
	codec_pace_init(&s.pace, ctx);
	if (palette)
		return lz_decode_palette(&s, &h, ctx, img, out);
	return lz_decode_pixels(&s, &h, ctx, out);
}

const struct codec codec_lz_rgb = {
	.type = SPICE_IMAGE_TYPE_LZ_RGB,
	.name = "lz",
	.format = lz_format,
	.decode = lz_decode,
};

const struct codec codec_lz_plt = {
	.type = SPICE_IMAGE_TYPE_LZ_PLT,
	.name = "lz_plt",
	.format = lz_format,
	.decode = lz_decode,
};
