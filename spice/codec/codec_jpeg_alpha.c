/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * JPEG_ALPHA: colour as a JPEG, behind it alpha as LZ of the type XXXA.
 *
 * The JPEG has its top row first even where the guest's image has not; alpha
 * comes in the order that LZ's header tells. The flag in the sub-header says
 * the same as that and is not asked.
 *
 * Workspace: that of its parts.
 */
#include "spice/codec/codec_jpeg.h"
#include "spice/codec/codec_lz.h"
#include "spice/codec/codec_rows.h"

static int jpeg_alpha_format(const struct codec_image *img, uint32_t *format)
{
	struct codec_image jpeg = *img;
	int rc;

	if (img->jpeg_size > img->len)
		return -EINVAL;
	jpeg.len = img->jpeg_size;
	rc = codec_jpeg.format(&jpeg, format);
	*format = SPICE_SURFACE_FMT_32_ARGB;
	return rc;
}

static int jpeg_alpha_decode(const struct codec_ctx *ctx,
			     const struct codec_image *img, struct pixmap *out)
{
	struct codec_jpeg_decoder *j;
	uint32_t format;
	int rc;

	rc = jpeg_alpha_format(img, &format);
	if (rc)
		return rc;
	rc = codec_check_out(img, out, format);
	if (rc)
		return rc;
	j = codec_jpeg_new(ctx->env);
	if (!j)
		return -ENOMEM;
	rc = codec_jpeg_decode(j, img->data, img->jpeg_size, out, false, true);
	codec_jpeg_free(j);
	if (rc)
		return rc;
	return codec_lz_alpha(ctx, img, img->jpeg_size, out);
}

const struct codec codec_jpeg_alpha = {
	.type = SPICE_IMAGE_TYPE_JPEG_ALPHA,
	.name = "jpeg_alpha",
	.format = jpeg_alpha_format,
	.decode = jpeg_alpha_decode,
};
