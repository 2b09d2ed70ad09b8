/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * JPEG: markers, and the order of work. Document: ITU-T T.81.
 *
 * What SPICE's servers send: baseline (and sequential Huffman coding as such)
 * of 8 bits, gray or three components in one scan, colour as wide and high as
 * luma or half of it; restart markers. Others are refused, progressive ones
 * among them.
 *
 * A row of blocks is decoded into a strip of samples, then its rows of pixels
 * are made. Where colour has half the rows, the last row of a strip waits for
 * the next strip, so there are two that take turns.
 *
 * Workspace: struct codec_jpeg_decoder; for each picture two strips and a row
 * of colour, 64 bytes for each pixel of a row at most.
 */
#include "spice/codec/codec_jpeg.h"
#include "spice/codec/codec_jpeg_part.h"
#include "spice/codec/codec_rows.h"

enum jpeg_marker {
	MARKER_SOF0 = 0xc0, /* baseline */
	MARKER_SOF1 = 0xc1, /* extended, sequential */
	MARKER_DHT = 0xc4,
	MARKER_SOI = 0xd8,
	MARKER_SOS = 0xda,
	MARKER_DQT = 0xdb,
	MARKER_DRI = 0xdd,
	MARKER_APP0 = 0xe0,
	MARKER_APP14 = 0xee,
};

#define MARKER_BYTES	2
#define SOF_BYTES	6 /* before the components */
#define SOF_COMP_BYTES	3
#define SOS_COMP_BYTES	2
#define SOS_LAST_BYTES	3 /* after the components */
#define ADOBE_BYTES	12
#define ADOBE_TRANSFORM 11
#define COMPONENTS	3
#define QUANT_TABLES	4
#define HUFFMAN_TABLES	2 /* what baseline has of each class */
#define SMOOTH_LEAST	3 /* the reference repeats in rows shorter */

/* What markers say about one picture. */
struct jpeg_frame {
	uint32_t width, height;
	unsigned int components;
	uint8_t id[COMPONENTS];
	uint8_t quant[COMPONENTS];
	unsigned int h, v; /* pixels a sample of colour is wide and high */
	uint8_t dc[COMPONENTS], ac[COMPONENTS];
	unsigned int restart; /* MCUs in an interval, 0: there are none */
	bool jfif;	      /* says so, and so is YCbCr */
	bool adobe_rgb;	      /* Adobe's marker says that it is not */
	const uint8_t *scan;
	const uint8_t *end;
};

struct codec_jpeg_decoder {
	const struct spice_env *env;
	struct jpeg_code dc[HUFFMAN_TABLES], ac[HUFFMAN_TABLES];
	uint16_t quant[QUANT_TABLES][JPEG_COEFS]; /* zigzag; 0: none yet */
	struct jpeg_tables tables;
};

/* Where decoding stands. */
struct jpeg_state {
	const struct codec_jpeg_decoder *j;
	const struct jpeg_frame *f;
	struct jpeg_bits bits;
	struct jpeg_component component[COMPONENTS];
	unsigned int restart_left, restart_next;

	uint32_t mcus; /* in a row */
	uint32_t luma_stride, colour_words;
	uint8_t *luma[2];
	uint32_t *colour[2];
	uint32_t *row;		   /* colour for each pixel */
	int16_t coefs[JPEG_COEFS]; /* of a block; all 0 between two */

	const struct pixmap *out;
	bool bottom_up, smooth;
	uint32_t rows_done;
	struct codec_pace pace;
};

struct codec_jpeg_decoder *codec_jpeg_new(const struct spice_env *env)
{
	struct codec_jpeg_decoder *j = env->alloc(env->ctx, sizeof(*j));
	unsigned int i;

	if (!j)
		return NULL;
	memset(j, 0, sizeof(*j));
	j->env = env;
	for (i = 0; i < HUFFMAN_TABLES; i++) {
		jpeg_code_standard(&j->dc[i], false, i);
		jpeg_code_standard(&j->ac[i], true, i);
	}
	jpeg_tables_make(&j->tables);
	return j;
}

void codec_jpeg_free(struct codec_jpeg_decoder *j)
{
	if (j)
		j->env->free(j->env->ctx, j);
}

/* ---- markers: @p to @end is what follows the length ---- */

static int jpeg_dqt(struct codec_jpeg_decoder *j, const uint8_t *p,
		    const uint8_t *end)
{
	unsigned int words, table, i;

	while (p != end) {
		words = *p >> 4;
		table = *p & 15;
		p++;
		if (words > 1 || table >= QUANT_TABLES ||
		    end - p < (ptrdiff_t)(JPEG_COEFS << words))
			return -EINVAL;
		for (i = 0; i < JPEG_COEFS; i++, p += 1 + words)
			j->quant[table][i] =
				words ? (uint16_t)(p[0] << 8 | p[1]) : *p;
	}
	return 0;
}

static int jpeg_dht(struct codec_jpeg_decoder *j, const uint8_t *p,
		    const uint8_t *end)
{
	struct jpeg_code *code;
	unsigned int i, n;
	int rc;

	while (p != end) {
		if (end - p < 1 + JPEG_CODE_BITS || (*p & 0xee))
			return -EINVAL;
		code = *p & 0x10 ? &j->ac[*p & 1] : &j->dc[*p & 1];
		p++;
		for (i = 0, n = 0; i < JPEG_CODE_BITS; i++)
			n += p[i];
		if (n > 256 || n > (size_t)(end - p - JPEG_CODE_BITS))
			return -EINVAL;
		rc = jpeg_code_make(code, p, p + JPEG_CODE_BITS);
		if (rc)
			return rc;
		p += JPEG_CODE_BITS + n;
	}
	return 0;
}

static int jpeg_sof(struct jpeg_frame *f, const uint8_t *p, const uint8_t *end)
{
	unsigned int i, factors;

	if (f->components || end - p < SOF_BYTES || p[0] != 8)
		return -EINVAL;
	f->height = p[1] << 8 | p[2];
	f->width = p[3] << 8 | p[4];
	f->components = p[5];
	p += SOF_BYTES;
	if (!f->height || !f->width ||
	    (f->components != 1 && f->components != COMPONENTS) ||
	    end - p != (ptrdiff_t)f->components * SOF_COMP_BYTES)
		return -EINVAL;
	f->h = f->v = 1;
	for (i = 0; i < f->components; i++, p += SOF_COMP_BYTES) {
		f->id[i] = p[0];
		f->quant[i] = p[2];
		factors = p[1];
		if (p[2] >= QUANT_TABLES)
			return -EINVAL;
		/* A component alone has no MCUs: its factors mean nothing. */
		if (f->components == 1)
			continue;
		if (i == 0) {
			f->h = factors >> 4;
			f->v = factors & 15;
		} else if (factors != 0x11) {
			return -EINVAL;
		}
	}
	return f->h - 1 > 1 || f->v - 1 > 1 ? -EINVAL : 0;
}

static int jpeg_sos(struct jpeg_frame *f, const uint8_t *p, const uint8_t *end)
{
	unsigned int i;

	if (!f->components ||
	    end - p != 1 + (ptrdiff_t)f->components * SOS_COMP_BYTES +
			       SOS_LAST_BYTES ||
	    p[0] != f->components)
		return -EINVAL;
	p++;
	for (i = 0; i < f->components; i++, p += SOS_COMP_BYTES) {
		if (p[0] != f->id[i] || (p[1] & 0xee))
			return -EINVAL;
		f->dc[i] = p[1] >> 4;
		f->ac[i] = p[1] & 15;
	}
	return 0;
}

/* The segment of @marker. @j: NULL when only the frame is asked for. */
static int jpeg_segment(struct codec_jpeg_decoder *j, struct jpeg_frame *f,
			unsigned int marker, const uint8_t *p,
			const uint8_t *end)
{
	switch (marker) {
	case MARKER_SOF0:
	case MARKER_SOF1:
		return jpeg_sof(f, p, end);
	case MARKER_SOS:
		return jpeg_sos(f, p, end);
	case MARKER_DHT:
		return j ? jpeg_dht(j, p, end) : 0;
	case MARKER_DQT:
		return j ? jpeg_dqt(j, p, end) : 0;
	case MARKER_DRI:
		if (end - p != 2)
			return -EINVAL;
		f->restart = p[0] << 8 | p[1];
		return 0;
	case MARKER_APP0:
		f->jfif |= end - p >= 5 && !memcmp(p, "JFIF", 5);
		return 0;
	case MARKER_APP14:
		if (end - p >= ADOBE_BYTES && !memcmp(p, "Adobe", 5))
			f->adobe_rgb = p[ADOBE_TRANSFORM] == 0;
		return 0;
	default:
		/* Whatever else describes a frame is not decoded here. */
		return marker < MARKER_SOI ? -EINVAL : 0;
	}
}

/*
 * Read markers up to the scan, or if there is no @j to the frame.
 *
 * Returns 0 or -EINVAL.
 */
static int jpeg_markers(struct codec_jpeg_decoder *j, struct jpeg_frame *f,
			const uint8_t *p, size_t len)
{
	const uint8_t *end = p + len;
	unsigned int marker, bytes;
	int rc;

	memset(f, 0, sizeof(*f));
	if (len < MARKER_BYTES || p[0] != 0xff || p[1] != MARKER_SOI)
		return -EINVAL;
	p += MARKER_BYTES;
	do {
		/* Any number of bytes of 255, the marker, its length. */
		if (p == end || *p != 0xff)
			return -EINVAL;
		while (p != end && *p == 0xff)
			p++;
		if (end - p < 1 + MARKER_BYTES)
			return -EINVAL;
		marker = *p++;
		bytes = p[0] << 8 | p[1];
		if (bytes < MARKER_BYTES || bytes > (size_t)(end - p))
			return -EINVAL;
		rc = jpeg_segment(j, f, marker, p + MARKER_BYTES, p + bytes);
		if (rc)
			return rc;
		p += bytes;
	} while (j ? marker != MARKER_SOS : !f->components);
	f->scan = p;
	f->end = end;
	return 0;
}

/* ---- samples to pixels ---- */

/* Row @y of luma, and of colour. Strips take turns. */
static uint8_t *jpeg_luma_row(const struct jpeg_state *s, uint32_t y)
{
	uint32_t rows = s->f->v * JPEG_BLOCK;

	return s->luma[y / rows & 1] + (size_t)(y % rows) * s->luma_stride;
}

static uint32_t *jpeg_colour_row(const struct jpeg_state *s, uint32_t y)
{
	return s->colour[y / JPEG_BLOCK & 1] +
	       (size_t)(y % JPEG_BLOCK) * s->colour_words;
}

/* The colour of row @y, a word for each pixel. */
static const uint32_t *jpeg_colour(struct jpeg_state *s, uint32_t y)
{
	const struct jpeg_frame *f = s->f;
	uint32_t samples = (f->width + f->h - 1) / f->h;
	uint32_t at = y / f->v, last = (f->height + f->v - 1) / f->v - 1;
	bool below = y % f->v != 0;
	const uint32_t *near = jpeg_colour_row(s, at), *far = NULL;
	bool smooth = s->smooth && (f->h == 1 || samples >= SMOOTH_LEAST);

	if (f->h == 1 && (f->v == 1 || !smooth))
		return near;
	if (f->v == 2 && smooth) {
		if (below)
			at += at < last;
		else
			at -= at > 0;
		far = jpeg_colour_row(s, at);
	}
	jpeg_upsample(s->row, near, far, below, samples, f->h == 2, smooth);
	return s->row;
}

/* Make rows of pixels, up to the one before @stop. */
static void jpeg_rows(struct jpeg_state *s, uint32_t stop)
{
	const struct pixmap *out = s->out;
	uint32_t y;

	for (; s->rows_done < stop; s->rows_done++) {
		const uint8_t *luma = jpeg_luma_row(s, s->rows_done);
		uint8_t *to;

		y = s->rows_done;
		to = pix_row(out, s->bottom_up ? out->height - 1 - y : y);
		if (s->f->components == 1)
			jpeg_row_gray(to, luma, out->width);
		else if (s->f->adobe_rgb && !s->f->jfif)
			jpeg_row_rgb(to, luma, jpeg_colour(s, y), out->width);
		else if (s->f->h == 2 && !s->smooth)
			jpeg_row_pairs(&s->j->tables, to, luma,
				       jpeg_colour_row(s, y / s->f->v),
				       out->width);
		else
			jpeg_row_ycc(&s->j->tables, to, luma, jpeg_colour(s, y),
				     out->width);
		codec_pace(&s->pace, (out->width + 1) / 2);
	}
}

/* ---- the scan ---- */

/* Let the coefficients be 0 again, after one block or none. */
static void jpeg_clear(struct jpeg_state *s, unsigned int columns)
{
	if (columns & JPEG_FLAT)
		s->coefs[0] = 0;
	else
		memset(s->coefs, 0, sizeof(s->coefs));
}

/* Read and transform the blocks of MCU @x in its strips. 0 or -EINVAL. */
static int jpeg_mcu(struct jpeg_state *s, uint32_t x, uint8_t *luma,
		    uint32_t *colour)
{
	const unsigned int h = s->f->h, v = s->f->v;
	unsigned int columns, i;
	uint8_t *block;
	int rc;

	luma += (size_t)x * h * JPEG_BLOCK;
	for (i = 0; i < h * v; i++) {
		rc = jpeg_read_block(&s->bits, &s->component[0], s->coefs,
				     &columns);
		if (rc)
			return rc;
		block = luma + (i & (h - 1)) * JPEG_BLOCK;
		if (i >= h)
			block += (size_t)JPEG_BLOCK * s->luma_stride;
		jpeg_idct_luma(s->coefs, columns, block, s->luma_stride);
		jpeg_clear(s, columns);
	}
	colour += (size_t)x * JPEG_BLOCK;
	for (i = 1; i < s->f->components; i++) {
		rc = jpeg_read_block(&s->bits, &s->component[i], s->coefs,
				     &columns);
		if (rc)
			return rc;
		jpeg_idct_colour(s->coefs, columns, (uint16_t *)colour + i - 1,
				 s->colour_words * 4);
		jpeg_clear(s, columns);
	}
	return jpeg_bits_cut(&s->bits) ? -EINVAL : 0;
}

/* Before an MCU: a restart marker where one is due. 0 or -EINVAL. */
static int jpeg_restart_due(struct jpeg_state *s)
{
	unsigned int i;
	int rc;

	if (!s->f->restart)
		return 0;
	if (s->restart_left) {
		s->restart_left--;
		return 0;
	}
	rc = jpeg_restart(&s->bits, s->restart_next);
	if (rc)
		return rc;
	s->restart_next = (s->restart_next + 1) & 7;
	s->restart_left = s->f->restart - 1;
	for (i = 0; i < COMPONENTS; i++)
		s->component[i].last_dc = 0;
	return 0;
}

/* Decode all MCUs, row by row. 0 or -EINVAL. */
static int jpeg_scan(struct jpeg_state *s)
{
	const struct jpeg_frame *f = s->f;
	const uint32_t rows = f->v * JPEG_BLOCK;
	/* Smooth colour: a strip's last row needs the next strip. */
	const uint32_t wait = f->v == 2 && s->smooth;
	uint32_t x, y;
	int rc;

	for (y = 0; y < f->height; y += rows) {
		uint8_t *luma = jpeg_luma_row(s, y);
		uint32_t *colour = jpeg_colour_row(s, y / f->v);

		for (x = 0; x < s->mcus; x++) {
			rc = jpeg_restart_due(s);
			if (!rc)
				rc = jpeg_mcu(s, x, luma, colour);
			if (rc)
				return rc;
			codec_pace(&s->pace, f->h * rows * JPEG_BLOCK / 2);
		}
		jpeg_rows(s,
			  y + rows < f->height ? y + rows - wait : f->height);
	}
	return 0;
}

/* Point each component to its tables. 0, -EINVAL where one has none. */
static int jpeg_components(struct jpeg_state *s)
{
	const struct codec_jpeg_decoder *j = s->j;
	const struct jpeg_frame *f = s->f;
	unsigned int i;

	for (i = 0; i < f->components; i++) {
		struct jpeg_component *c = &s->component[i];

		c->dc = &j->dc[f->dc[i]];
		c->ac = &j->ac[f->ac[i]];
		c->quant = j->quant[f->quant[i]];
		if (!c->quant[0])
			return -EINVAL;
	}
	return 0;
}

/*
 * Allocate strips and row in one piece.
 *
 * Returns it, whose owner is the caller; NULL.
 */
static void *jpeg_work(struct jpeg_state *s)
{
	const struct jpeg_frame *f = s->f;
	size_t luma, colour, row;
	uint32_t *work;

	s->mcus = (f->width + f->h * JPEG_BLOCK - 1) / (f->h * JPEG_BLOCK);
	s->colour_words = s->mcus * JPEG_BLOCK;
	s->luma_stride = s->colour_words * f->h;
	luma = (size_t)s->luma_stride * f->v * JPEG_BLOCK;
	colour = (size_t)s->colour_words * JPEG_BLOCK;
	row = s->luma_stride;
	work = s->j->env->alloc(s->j->env->ctx,
				(2 * colour + row) * 4 + 2 * luma);
	if (!work)
		return NULL;
	s->colour[0] = work;
	s->colour[1] = work + colour;
	s->row = work + 2 * colour;
	s->luma[0] = (uint8_t *)(s->row + row);
	s->luma[1] = s->luma[0] + luma;
	return work;
}

int codec_jpeg_decode(struct codec_jpeg_decoder *j, const uint8_t *data,
		      size_t len, struct pixmap *out, bool bottom_up,
		      bool smooth)
{
	const struct codec_ctx ctx = {.env = j->env};
	struct jpeg_state s = {0};
	struct jpeg_frame f;
	void *work;
	int rc;

	rc = jpeg_markers(j, &f, data, len);
	if (rc)
		return rc;
	if (f.width != out->width || f.height != out->height)
		return -EINVAL;
	s.j = j;
	s.f = &f;
	s.bits.in = f.scan;
	s.bits.end = f.end;
	s.restart_left = f.restart;
	s.out = out;
	s.bottom_up = bottom_up;
	s.smooth = smooth;
	rc = jpeg_components(&s);
	if (rc)
		return rc;
	work = jpeg_work(&s);
	if (!work)
		return -ENOMEM;
	codec_pace_init(&s.pace, &ctx);
	rc = jpeg_scan(&s);
	j->env->free(j->env->ctx, work);
	return rc;
}

int codec_jpeg_skip(struct codec_jpeg_decoder *j, const uint8_t *data,
		    size_t len)
{
	struct jpeg_frame f;

	return jpeg_markers(j, &f, data, len);
}

int codec_jpeg_size(const uint8_t *data, size_t len, uint32_t *width,
		    uint32_t *height)
{
	struct jpeg_frame f;
	int rc;

	rc = jpeg_markers(NULL, &f, data, len);
	if (rc)
		return rc;
	*width = f.width;
	*height = f.height;
	return 0;
}

/* ---- the encoding of images ---- */

static int jpeg_format(const struct codec_image *img, uint32_t *format)
{
	uint32_t width, height;
	int rc;

	rc = codec_jpeg_size(img->data, img->len, &width, &height);
	if (rc)
		return rc;
	if (width != img->width || height != img->height)
		return -EINVAL;
	*format = SPICE_SURFACE_FMT_32_xRGB;
	return 0;
}

static int jpeg_decode(const struct codec_ctx *ctx,
		       const struct codec_image *img, struct pixmap *out)
{
	struct codec_jpeg_decoder *j;
	int rc;

	rc = codec_check_out(img, out, SPICE_SURFACE_FMT_32_xRGB);
	if (rc)
		return rc;
	j = codec_jpeg_new(ctx->env);
	if (!j)
		return -ENOMEM;
	rc = codec_jpeg_decode(j, img->data, img->len, out, false, true);
	codec_jpeg_free(j);
	return rc;
}

const struct codec codec_jpeg = {
	.type = SPICE_IMAGE_TYPE_JPEG,
	.name = "jpeg",
	.format = jpeg_format,
	.decode = jpeg_decode,
};
