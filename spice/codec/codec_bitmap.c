/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * BITMAP: rows as the guest had them, in ten formats.
 *
 * Rows lie `bitmap_stride` bytes apart, which may be more than they fill, and
 * begin at the top or at the bottom. The last row's padding may be missing.
 * No memory is allocated.
 */
#include "spice/codec/codec_pixel.h"
#include "spice/codec/codec_rows.h"

struct bitmap_format {
	uint8_t bits;	    /* a pixel's in the stream */
	bool msb_first;	    /* of packed indices, the first in the top bits */
	bool indexed;	    /* into a palette */
	uint32_t to_format; /* SPICE_SURFACE_FMT_* */
};

/* By SPICE_BITMAP_FMT_*. */
static const struct bitmap_format formats[] = {
	[SPICE_BITMAP_FMT_1BIT_LE] = {1, false, true,
				      SPICE_SURFACE_FMT_32_xRGB},
	[SPICE_BITMAP_FMT_1BIT_BE] = {1, true, true, SPICE_SURFACE_FMT_32_xRGB},
	[SPICE_BITMAP_FMT_4BIT_LE] = {4, false, true,
				      SPICE_SURFACE_FMT_32_xRGB},
	[SPICE_BITMAP_FMT_4BIT_BE] = {4, true, true, SPICE_SURFACE_FMT_32_xRGB},
	[SPICE_BITMAP_FMT_8BIT] = {8, false, true, SPICE_SURFACE_FMT_32_xRGB},
	[SPICE_BITMAP_FMT_16BIT] = {16, false, false, SPICE_SURFACE_FMT_16_555},
	[SPICE_BITMAP_FMT_24BIT] = {24, false, false,
				    SPICE_SURFACE_FMT_32_xRGB},
	[SPICE_BITMAP_FMT_32BIT] = {32, false, false,
				    SPICE_SURFACE_FMT_32_xRGB},
	[SPICE_BITMAP_FMT_RGBA] = {32, false, false, SPICE_SURFACE_FMT_32_ARGB},
	[SPICE_BITMAP_FMT_8BIT_A] = {8, false, false, SPICE_SURFACE_FMT_8_A},
};

/* The row for @img's format, NULL for an unknown one. */
static const struct bitmap_format *bitmap_find(const struct codec_image *img)
{
	if (img->bitmap_format >= sizeof(formats) / sizeof(formats[0]) ||
	    formats[img->bitmap_format].bits == 0)
		return NULL;
	return &formats[img->bitmap_format];
}

static int bitmap_to_format(const struct codec_image *img, uint32_t *format)
{
	const struct bitmap_format *f = bitmap_find(img);

	if (!f)
		return -EINVAL;
	*format = f->to_format;
	if (f->indexed && !img->palette) {
		if (f->bits != 1)
			return -EINVAL;
		*format = SPICE_SURFACE_FMT_1_A;
	}
	return 0;
}

/* Masks have bit 0 leftmost; what comes with bit 7 leftmost is mirrored. */
static void row_mask(uint8_t *out, const uint8_t *in, size_t bytes,
		     bool msb_first)
{
	size_t i;
	uint32_t b;

	if (!msb_first) {
		memcpy(out, in, bytes);
		return;
	}
	for (i = 0; i < bytes; i++) {
		b = in[i];
		b = (b & 0x0f) << 4 | b >> 4;
		b = (b & 0x33) << 2 | (b >> 2 & 0x33);
		b = (b & 0x55) << 1 | (b >> 1 & 0x55);
		out[i] = (uint8_t)b;
	}
}

static void bitmap_row(const struct bitmap_format *f,
		       const struct codec_image *img, const struct pixmap *out,
		       uint8_t *to, const uint8_t *from)
{
	size_t bytes = ((size_t)img->width * f->bits + 7) / 8;

	if (f->indexed && img->palette)
		codec_row_indexed(to, out->format, from, img->width, f->bits,
				  f->msb_first, img->palette);
	else if (f->indexed)
		row_mask(to, from, bytes, f->msb_first);
	else
		codec_row_bitmap(to, from, img->width, img->bitmap_format);
}

/* Is there a row of pixels at every stride? 0 or -EINVAL. */
static int bitmap_check_data(const struct bitmap_format *f,
			     const struct codec_image *img)
{
	/* Sides are at most PIX_MAX_SIDE_PX: neither term can wrap. */
	size_t row = ((size_t)img->width * f->bits + 7) / 8;
	uint64_t need = (uint64_t)img->bitmap_stride * (img->height - 1) + row;

	if (img->bitmap_stride < row || img->len < need)
		return -EINVAL;
	return 0;
}

static int bitmap_decode(const struct codec_ctx *ctx,
			 const struct codec_image *img, struct pixmap *out)
{
	const struct bitmap_format *f = bitmap_find(img);
	struct codec_pace pace;
	uint32_t format, y;
	int rc;

	rc = bitmap_to_format(img, &format);
	if (rc)
		return rc;
	if (f->indexed && img->palette &&
	    out->format == SPICE_SURFACE_FMT_16_555)
		format = out->format;
	rc = codec_check_out(img, out, format);
	if (rc)
		return rc;
	rc = bitmap_check_data(f, img);
	if (rc)
		return rc;

	codec_pace_init(&pace, ctx);
	for (y = 0; y < img->height; y++) {
		bitmap_row(
			f, img, out,
			pix_row(out, img->top_down ? y : img->height - 1 - y),
			img->data + (size_t)img->bitmap_stride * y);
		codec_pace(&pace, img->width);
	}
	return 0;
}

const struct codec codec_bitmap = {
	.type = SPICE_IMAGE_TYPE_BITMAP,
	.name = "bitmap",
	.format = bitmap_to_format,
	.decode = bitmap_decode,
};
