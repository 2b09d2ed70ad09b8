/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * ZLIB_GLZ_RGB: a GLZ image in a zlib stream of its own. What a server sends
 * to a client whose line it judges slow.
 *
 * Workspace: the GLZ stream, below ZLIB_GLZ_SLACK + ZLIB_GLZ_PIXEL_BYTES a
 * pixel, and codec_inflate's.
 */
#include "spice/codec/codec_inflate.h"
#include "spice/codec/codec_pixel.h"
#include "spice/codec/codec_rows.h"

#define GLZ_HEADER_BYTES 33

/*
 * This is a policy decision: no GLZ stream is longer. Literals alone take at
 * most 130 bytes for 32 pixels of RGBA; only an encoder that made things worse
 * on purpose would need more.
 */
#define ZLIB_GLZ_PIXEL_BYTES 8
#define ZLIB_GLZ_SLACK	     256

/* Is the size that the sub-header promises one to make room for? */
static bool zlib_glz_bounded(const struct codec_image *img)
{
	uint64_t pixels = (uint64_t)img->width * img->height;

	return img->glz_size >= GLZ_HEADER_BYTES &&
	       img->glz_size <= pixels * ZLIB_GLZ_PIXEL_BYTES + ZLIB_GLZ_SLACK;
}

static int zlib_glz_format(const struct codec_image *img, uint32_t *format)
{
	uint8_t head[GLZ_HEADER_BYTES];
	struct codec_image glz = *img;
	int rc;

	if (!zlib_glz_bounded(img))
		return -EINVAL;
	rc = codec_inflate_head(img->data, img->len, head, sizeof(head));
	if (rc)
		return rc;
	glz.data = head;
	glz.len = sizeof(head);
	return codec_glz.format(&glz, format);
}

static int zlib_glz_decode(const struct codec_ctx *ctx,
			   const struct codec_image *img, struct pixmap *out)
{
	const struct spice_env *env = ctx->env;
	struct codec_image glz = *img;
	uint32_t format;
	uint8_t *data;
	int rc;

	rc = zlib_glz_format(img, &format);
	if (rc)
		return rc;
	rc = codec_check_out(img, out, format);
	if (rc)
		return rc;
	data = env->alloc(env->ctx, img->glz_size);
	if (!data)
		return -ENOMEM;
	rc = codec_inflate(ctx, img->data, img->len, data, img->glz_size);
	if (rc)
		goto err_inflate;
	glz.data = data;
	glz.len = img->glz_size;
	rc = codec_glz.decode(ctx, &glz, out);

err_inflate:
	env->free(env->ctx, data);
	return rc;
}

const struct codec codec_zlib_glz = {
	.type = SPICE_IMAGE_TYPE_ZLIB_GLZ_RGB,
	.name = "zlib_glz",
	.format = zlib_glz_format,
	.decode = zlib_glz_decode,
};
