/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Baseline JPEG, for images and for the frames of a stream: a decoder keeps
 * its tables, so that frames after the first may leave them out.
 */
#ifndef SPICE_CODEC_JPEG_H
#define SPICE_CODEC_JPEG_H

#include "spice/codec/codec.h"

struct codec_jpeg_decoder;

/*
 * Make a decoder that knows the standard's own Huffman tables: a first frame
 * may count on those.
 *
 * Returns it, NULL when memory is short.
 * Owner: the caller; give it back with codec_jpeg_free.
 */
struct codec_jpeg_decoder *codec_jpeg_new(const struct spice_env *env);
void codec_jpeg_free(struct codec_jpeg_decoder *j);

/*
 * Read a picture's sides.
 *
 * @width, @height: receive px, 1..65535
 * Returns 0; -EINVAL for what is no JPEG, or of a kind that is not decoded.
 */
int codec_jpeg_size(const uint8_t *data, size_t len, uint32_t *width,
		    uint32_t *height);

/*
 * Decode a picture.
 *
 * @out: 32_xRGB or 32_ARGB, of the picture's sides; top bytes become 0
 * @bottom_up: the picture's first row is @out's last
 * @smooth: colours between their samples are interpolated, as the reference
 *          does for images; else repeated, which is faster and what it does
 *          for video
 * Returns 0; -EINVAL for a damaged or cut picture or one of other sides;
 * -ENOMEM.
 * Bound: yields as decoders do; workspace 64 bytes for each pixel of a row.
 */
int codec_jpeg_decode(struct codec_jpeg_decoder *j, const uint8_t *data,
		      size_t len, struct pixmap *out, bool bottom_up,
		      bool smooth);

/*
 * Take the tables out of a picture that is not to be decoded: the next one may
 * leave them out. Returns 0 or -EINVAL.
 */
int codec_jpeg_skip(struct codec_jpeg_decoder *j, const uint8_t *data,
		    size_t len);

#endif
