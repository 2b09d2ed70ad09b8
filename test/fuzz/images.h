/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The fuzzers' way into the decoders: what fuzz_codec_*.c have in common.
 *
 * An input is a list of images for one GLZ window. Each is SEED_BYTES of
 * description and its stream, whose header is made from the description, so
 * that the fuzzer spends its time behind it:
 *
 *	0     which of the target's kinds
 *	1     stream type, bitmap format, low byte of glz_size and jpeg_size
 *	2     flags: 1 top-down, 2 a palette, 4 gaps in the pixmap, 8 the stream
 *	      has its own header, 16 wide (width times 32), 32 memory runs out,
 *	      64 the pixmap does not fit or there is no window, 128 the image's
 *	      id is what 7 says
 *	3, 4  width and height, less 1; the top two bits of the height's are
 *	      after how many allocations memory runs out, or what does not fit
 *	5, 6  length of the stream
 *	7     slack of a bitmap's stride, GLZ distance to the window's head,
 *	      high byte of glz_size and jpeg_size
 *
 * Decoded twice, in a pixmap with and one without gaps; both must agree. Reads
 * and writes outside are the sanitizers' to find, time is libFuzzer's; memory
 * is bounded here.
 */
#ifndef TEST_FUZZ_IMAGES_H
#define TEST_FUZZ_IMAGES_H

#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spice/codec/codec.h"
#include "spice/codec/codec_glz.h"
#include "spice/codec/codec_inflate.h"
#include "spice/codec/codec_jpeg.h"

#define SEED_BYTES 8
#define WINDOW_PX  60000
/* More than any decoder may have at a time, by the sides of its image. */
#define BOUND_BYTES    (1u << 20)
#define BOUND_PX_BYTES 16

enum fuzz_kind {
	BITMAP,
	LZ,
	LZ_PLT,
	GLZ,
	QUIC,
	ZLIB_GLZ,
	LZ4,
	JPEG,
	JPEG_ALPHA
};

static const uint8_t image_types[] = {
	SPICE_IMAGE_TYPE_BITMAP,     SPICE_IMAGE_TYPE_LZ_RGB,
	SPICE_IMAGE_TYPE_LZ_PLT,     SPICE_IMAGE_TYPE_GLZ_RGB,
	SPICE_IMAGE_TYPE_QUIC,	     SPICE_IMAGE_TYPE_ZLIB_GLZ_RGB,
	SPICE_IMAGE_TYPE_LZ4,	     SPICE_IMAGE_TYPE_JPEG,
	SPICE_IMAGE_TYPE_JPEG_ALPHA,
};

/* What the decoder has, and may have. */
struct fuzz_heap {
	size_t used, bound;
	long allocs_left; /* negative: all succeed */
	uint32_t yields;
};

static void *fuzz_alloc(void *ctx, size_t bytes)
{
	struct fuzz_heap *heap = ctx;
	void *mem;

	if (heap->used + bytes > heap->bound)
		abort();
	if (!heap->allocs_left)
		return NULL;
	if (heap->allocs_left > 0)
		heap->allocs_left--;
	mem = malloc(bytes);
	heap->used += malloc_usable_size(mem);
	return mem;
}

static void fuzz_free(void *ctx, void *mem)
{
	struct fuzz_heap *heap = ctx;

	if (mem)
		heap->used -= malloc_usable_size(mem);
	free(mem);
}

static void fuzz_yield(void *ctx)
{
	struct fuzz_heap *heap = ctx;

	heap->yields++;
}

static uint8_t *put_be(uint8_t *p, uint64_t v, unsigned int bytes)
{
	while (bytes--)
		*p++ = (uint8_t)(v >> (8 * bytes));
	return p;
}

static uint8_t *put_le(uint8_t *p, uint32_t v)
{
	unsigned int i;

	for (i = 0; i < 4; i++)
		*p++ = (uint8_t)(v >> (8 * i));
	return p;
}

/* The header that @seed describes. Returns its end. */
static uint8_t *put_header(uint8_t *p, unsigned int kind, const uint8_t *seed,
			   const struct codec_image *img, uint64_t id)
{
	unsigned int type = seed[1] % 12;
	uint32_t bits = type <= 2 ? 1 : type <= 4 ? 4 : 8;

	if (kind == ZLIB_GLZ)
		return put_be(p, 0x789c, 2);
	if (kind == JPEG || kind == JPEG_ALPHA)
		return put_be(p, 0xffd8, 2);
	if (kind == LZ4)
		return put_be(p, (seed[2] & 1u) << 8 | (6 + seed[1] % 5), 2);
	if (kind == QUIC) {
		p = put_le(p, 0x43495551);
		p = put_le(p, 0);
		p = put_le(p, type);
		p = put_le(p, img->width);
		return put_le(p, img->height);
	}
	p = put_be(p, 0x20205a4c, 4);
	p = put_be(p, 0x00010001, 4);
	if (kind == GLZ)
		p = put_be(p, type | (seed[2] & 1) << 4, 1);
	else
		p = put_be(p, type, 4);
	p = put_be(p, img->width, 4);
	p = put_be(p, img->height, 4);
	p = put_be(p, (img->width * bits + 7) / 8 + seed[7] % 4, 4);
	if (kind != GLZ)
		return put_be(p, seed[2] & 1, 4);
	p = put_be(p, id, 8);
	return put_be(p, seed[7], 4);
}

/* Let the JPEG have the sides that are asked for, if it has a frame. */
static void patch_sides(uint8_t *data, size_t len,
			const struct codec_image *img)
{
	for (size_t i = 0; i + 9 < len; i++) {
		if (data[i] == 0xff && (data[i + 1] & 0xfe) == 0xc0) {
			put_be(data + i + 5, img->height, 2);
			put_be(data + i + 7, img->width, 2);
			return;
		}
	}
}

/*
 * What no image leads to: inflate to whatever size, its beginning without
 * tables, and a JPEG as one of many frames.
 */
static void run_parts(struct codec_ctx *ctx, struct codec_jpeg_decoder *j,
		      const struct codec_image *img, const struct pixmap *like)
{
	uint8_t *whole, *head;
	struct pixmap pm = *like;
	size_t n = img->glz_size % 4096 + 1;

	if (img->type == SPICE_IMAGE_TYPE_ZLIB_GLZ_RGB) {
		whole = malloc(n);
		head = malloc(n);
		if (!codec_inflate(ctx, img->data, img->len, whole, n) &&
		    (codec_inflate_head(img->data, img->len, head, n) ||
		     memcmp(whole, head, n)))
			abort();
		codec_inflate_head(img->data, img->len, head, n / 2 + 1);
		free(whole);
		free(head);
	}
	if (img->type == SPICE_IMAGE_TYPE_JPEG) {
		pm.data = malloc((size_t)pm.height * pm.stride);
		codec_jpeg_decode(j, img->data, img->len, &pm, true, false);
		free(pm.data);
	}
}

/*
 * Decode into a pixmap of its own; the caller frees its data.
 *
 * @wrong: what is: 1 width, 2 format, 3 stride, 4 there is no window; 0 nothing
 */
static int decode(struct codec_ctx *ctx, const struct codec_image *img,
		  uint32_t gap, unsigned int wrong, struct pixmap *pm)
{
	const struct codec *codec = codec_find(img->type);
	struct codec_ctx no_window = {.env = ctx->env};
	uint32_t format;
	int rc;

	pm->data = NULL;
	rc = codec->format(img, &format);
	if (rc)
		return rc;
	pm->format = format;
	pm->width = img->width;
	pm->height = img->height;
	pm->stride = (img->width * pix_bits(format) + 31) / 32 * 4 + gap;
	pm->data = calloc(pm->height, pm->stride);
	if (wrong == 1)
		pm->width++;
	else if (wrong == 2)
		pm->format = SPICE_SURFACE_FMT_16_565;
	else if (wrong == 3)
		pm->stride = 0;
	else if (wrong == 4)
		ctx = &no_window;
	return codec->decode(ctx, img, pm);
}

static void compare(const struct pixmap *a, const struct pixmap *b)
{
	size_t row = (a->width * pix_bits(a->format) + 7) / 8;
	uint32_t y;

	for (y = 0; y < a->height; y++) {
		if (memcmp(pix_row(a, y), pix_row(b, y), row))
			abort();
	}
}

/* One image of @kind. Returns the bytes of input it took. */
static size_t run_image(struct codec_ctx *ctx, struct codec_jpeg_decoder *j,
			enum fuzz_kind kind, const uint8_t *in, size_t len,
			uint64_t id, const struct pix_palette *palette)
{
	struct fuzz_heap *heap = ctx->env->ctx;
	struct codec_image img = {
		.type = image_types[kind],
		.width = (in[3] + 1) * (in[2] & 16 ? 32 : 1),
		.height = in[4] % 64 + 1,
		.bitmap_format = in[1],
		.top_down = in[2] & 1,
		.palette = in[2] & 2 ? palette : NULL,
		.glz_size = in[1] | in[7] << 8,
		.jpeg_size = in[1] | in[7] << 8,
	};
	size_t bytes = in[5] | in[6] << 8;
	struct pixmap one, two;
	uint8_t *data, *p;
	unsigned int wrong = in[2] & 64 ? (in[4] >> 6) + 1u : 0;
	int rc, again;

	heap->allocs_left = in[2] & 32 ? in[4] >> 6 : -1;
	if (in[2] & 128)
		id = in[7];
	heap->bound = BOUND_BYTES +
		      (size_t)img.width * img.height * BOUND_PX_BYTES +
		      WINDOW_PX * 4;
	if (bytes > len - SEED_BYTES)
		bytes = len - SEED_BYTES;
	if (kind == BITMAP)
		img.bitmap_stride =
			(img.width * (in[1] == 9 ? 32 : 8) + 7) / 8 + in[7];
	data = malloc(bytes + 64);
	p = data;
	if (kind != BITMAP && !(in[2] & 8))
		p = put_header(p, kind, in, &img, id);
	memcpy(p, in + SEED_BYTES, bytes);
	img.len = (size_t)(p - data) + bytes;
	data = realloc(data, img.len ? img.len : 1);
	img.data = data;
	if (kind >= JPEG && !(in[2] & 8))
		patch_sides(data, img.len, &img);

	rc = decode(ctx, &img, in[2] & 4 ? 12 : 0, wrong, &one);
	if (one.data && !wrong)
		run_parts(ctx, j, &img, &one);
	heap->allocs_left = -1;
	if (!rc && !wrong && kind != GLZ && kind != ZLIB_GLZ) {
		again = decode(ctx, &img, in[2] & 4 ? 0 : 12, 0, &two);
		if (again)
			abort();
		compare(&one, &two);
		free(two.data);
	}
	free(one.data);
	free(data);
	return SEED_BYTES + bytes;
}

/* An input for @count kinds of images. */
static int fuzz_images(const enum fuzz_kind *kinds, unsigned int count,
		       const uint8_t *in, size_t len)
{
	struct fuzz_heap heap = {.bound = BOUND_BYTES, .allocs_left = -1};
	const struct spice_env env = {.ctx = &heap,
				      .alloc = fuzz_alloc,
				      .free = fuzz_free,
				      .yield = fuzz_yield};
	struct codec_ctx ctx = {.env = &env};
	struct pix_palette palette = {.count = 256};
	struct codec_jpeg_decoder *j = codec_jpeg_new(&env);
	uint64_t id = 0;
	size_t used;

	for (unsigned int i = 0; i < 256; i++)
		palette.color[i] = i * 0x010203;
	heap.allocs_left = (long)(len % 2); /* a window takes two */
	if (codec_glz_window_new(&env, WINDOW_PX))
		abort();
	heap.allocs_left = -1;
	ctx.glz = codec_glz_window_new(&env, WINDOW_PX);
	for (; len >= SEED_BYTES && id < 16; id++, in += used, len -= used)
		used = run_image(&ctx, j, kinds[in[0] % count], in, len, id,
				 &palette);
	codec_glz_window_free(ctx.glz);
	codec_jpeg_free(j);
	if (heap.used)
		abort();
	return 0;
}

/* libFuzzer's name for what each target defines. */
int LLVMFuzzerTestOneInput(const uint8_t *in, size_t len);

#endif
