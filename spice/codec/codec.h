/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Image encodings: a row for each, found by the protocol's image type.
 *
 * The caller parses the image descriptor and owns input and output. The
 * output's size is the descriptor's, never the stream's alone; a stream that
 * disagrees is an error. Whatever the input, nothing outside the output pixmap
 * is written (what was written before an error stays: a broken picture is
 * redrawn after the channel has been reconnected).
 */
#ifndef SPICE_CODEC_CODEC_H
#define SPICE_CODEC_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spice/pix/pix_palette.h"
#include "spice/pix/pix_pixmap.h"
#include "spice/proto/proto_env.h"

struct codec_glz_window; /* codec_glz.h */

/* One encoded image, its descriptor parsed. Pointers are the message's. */
struct codec_image {
	uint64_t id;	 /* descriptor's id */
	uint8_t type;	 /* SPICE_IMAGE_TYPE_* */
	uint32_t width;	 /* px, as the descriptor says */
	uint32_t height; /* px */

	/* BITMAP only: of the others the streams themselves know */
	uint8_t bitmap_format; /* SPICE_BITMAP_FMT_* */
	bool top_down;
	uint32_t bitmap_stride; /* bytes, from the wire, any value */

	/* BITMAP with indices, LZ_PLT; NULL elsewhere */
	const struct pix_palette *palette;

	/* What follows the sub-header: the encoded bytes */
	const uint8_t *data;
	size_t len;
	uint32_t glz_size;  /* ZLIB_GLZ: bytes of GLZ inside, any value */
	uint32_t jpeg_size; /* JPEG_ALPHA: of `len`, before the alpha; any */
};

/* What a decoder may use besides input and output. */
struct codec_ctx {
	const struct spice_env *env;
	struct codec_glz_window *glz; /* NULL: no window was promised */
};

struct codec {
	uint8_t type;	  /* SPICE_IMAGE_TYPE_* */
	const char *name; /* for the log and the counts */

	/*
	 * What format does @img decode to?
	 *
	 * @img: whole descriptor and data
	 * @format: receives SPICE_SURFACE_FMT_*: 32_xRGB, 32_ARGB, 16_555, 8_A
	 *          or 1_A (BITMAP 1BIT without a palette: a mask)
	 * Returns 0, -EINVAL when the stream's header is cut or of no known
	 * kind. Pixels are not looked at.
	 */
	int (*format)(const struct codec_image *img, uint32_t *format);

	/*
	 * Decode @img into @out.
	 *
	 * @out: a pixmap of img->width by img->height in the format that
	 *       format() said. Any stride. 32_ARGB is taken for 32_xRGB: the
	 *       top bytes are 0 in both. Palette images take 16_555 as well,
	 *       then palette colours are 555 values. Others are refused.
	 * Returns 0; -EINVAL for a damaged or cut stream or one that does not
	 * fit the descriptor; -ENOMEM; -ENOENT for a GLZ image that refers to
	 * one that the window does not hold, or for which there is no room
	 * because one before it is still missing. Where channels share the
	 * window it may be tried again when more images have come; on a
	 * single channel it is an error.
	 * Bound: yields at least every 64 Kpixel; workspace as each file says.
	 * Aliasing: @out never overlaps img->data.
	 */
	int (*decode)(const struct codec_ctx *ctx,
		      const struct codec_image *img, struct pixmap *out);
};

/* The row for @type; NULL for an encoding that we do not decode. */
const struct codec *codec_find(uint8_t type);

#endif
