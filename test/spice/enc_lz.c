/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Random LZ and GLZ streams, and what they mean.
 */
#include "test/spice/enc_lz.h"

#define LZ_MAX_DIST 73727 /* 8191 + 65535 + 1 */

/* What a pass's literals look like in the stream. */
struct pass {
	unsigned int bytes, bias;
	uint32_t mask;
	int big_endian;
	int alpha; /* values are enc_lz_image.alpha */
	int glz;
};

static uint32_t get(const struct enc_lz_image *im, uint32_t i, int alpha)
{
	return alpha ? im->alpha[i] : im->color[i];
}

static void set(struct enc_lz_image *im, uint32_t i, int alpha, uint32_t v)
{
	if (alpha)
		im->alpha[i] = (uint8_t)v;
	else
		im->color[i] = v;
}

uint32_t enc_lz_format(unsigned int type)
{
	switch (type) {
	case ENC_RGB16:
		return SPICE_SURFACE_FMT_16_555;
	case ENC_A8:
		return SPICE_SURFACE_FMT_8_A;
	case ENC_RGBA:
	case ENC_XXXA:
		return SPICE_SURFACE_FMT_32_ARGB;
	default:
		return SPICE_SURFACE_FMT_32_xRGB;
	}
}

void enc_lz_header(struct case_stream *s, unsigned int type, uint32_t width,
		   uint32_t height, uint32_t stride, uint32_t top_down)
{
	case_put32be(s, 0x20205a4c);
	case_put32be(s, 0x00010001);
	case_put32be(s, type);
	case_put32be(s, width);
	case_put32be(s, height);
	case_put32be(s, stride);
	case_put32be(s, top_down);
}

void enc_glz_header(struct case_stream *s, unsigned int type, uint32_t width,
		    uint32_t height, int top_down, uint64_t id,
		    uint32_t head_dist)
{
	case_put32be(s, 0x20205a4c);
	case_put32be(s, 0x00010001);
	case_put(s, type | (top_down ? 16 : 0));
	case_put32be(s, width);
	case_put32be(s, height);
	case_put32be(s, width * (type == ENC_RGB16 ? 2 : 4));
	case_put32be(s, (uint32_t)(id >> 32));
	case_put32be(s, (uint32_t)id);
	case_put32be(s, head_dist);
}

/* The bytes of a length beyond what the first byte holds. */
static void put_length(struct case_stream *s, uint32_t length)
{
	if (length < 7)
		return;
	for (length -= 7; length >= 255; length -= 255)
		case_put(s, 255);
	case_put(s, length);
}

static void put_lz_match(struct case_stream *s, uint32_t units, uint32_t bias,
			 uint32_t dist)
{
	uint32_t length = units - bias, d = dist - 1;
	uint32_t low = d >= 8191 ? 8191 : d;

	case_put(s, (length < 7 ? length : 7) << 5 | low >> 8);
	put_length(s, length);
	case_put(s, low & 255);
	if (d >= 8191) {
		case_put(s, (d - 8191) >> 8);
		case_put(s, (d - 8191) & 255);
	}
}

void enc_glz_match(struct case_stream *s, uint32_t units, uint32_t bias,
		   uint32_t offset, uint32_t images, unsigned int extra)
{
	uint32_t length = units - bias;
	int is_long = offset > 0xfff;
	uint32_t rest = is_long ? images : images >> 6;
	unsigned int k = 0, i;

	while (k < 3 && rest >> (8 * k))
		k++;
	k = k + extra < 3 ? k + extra : 3;
	case_put(s, (length < 7 ? length : 7) << 5 | (is_long ? 16 : 0) |
			    (offset & 15));
	put_length(s, length);
	case_put(s, offset >> 4 & 255);
	if (is_long)
		case_put(s, k << 6 | (offset >> 17 ? 32 : 0) |
				    (offset >> 12 & 31));
	else
		case_put(s, k << 6 | (images & 63));
	for (i = 0; i < k; i++)
		case_put(s, rest >> (8 * i) & 255);
	if (is_long && offset >> 17)
		case_put(s, offset >> 17);
}

/* A number from 1 to @most, small ones more often. */
static uint32_t skewed(uint32_t *random, uint32_t most)
{
	static const uint32_t tops[] = {4, 12, 40, 300, 2000, 200000};
	uint32_t top = tops[test_random(random) % 6];

	if (top > most)
		top = most;
	return 1 + test_random(random) % top;
}

static void put_literals(struct enc_lz *enc, struct enc_lz_image *im,
			 const struct pass *p, uint32_t at, uint32_t n)
{
	struct case_stream *s = &im->stream;
	uint32_t v;
	unsigned int b;

	case_put(s, n - 1);
	for (; n; n--, at++) {
		v = test_random(&enc->random) & p->mask;
		if (test_random(&enc->random) % 4 == 0 && at)
			v = get(im, at - 1, p->alpha);
		set(im, at, p->alpha, v);
		for (b = 0; b < p->bytes; b++)
			case_put(s, v >> 8 * (p->big_endian ? p->bytes - 1 - b
							    : b) &
					    255);
	}
}

/* A distance back from @at: near, a row or so, far, or the farthest. */
static uint32_t draw_dist(struct enc_lz *enc, const struct enc_lz_image *im,
			  uint32_t at, uint32_t most)
{
	uint32_t dist;

	switch (test_random(&enc->random) % 5) {
	case 0:
		dist = 1;
		break;
	case 1:
		dist = im->width + test_random(&enc->random) % 3 - 1;
		break;
	case 2:
		dist = most;
		break;
	default:
		dist = skewed(&enc->random, most);
	}
	dist = dist < most ? dist : most;
	dist = dist < at ? dist : at;
	return dist ? dist : 1;
}

/* A match into an earlier image of this kind. 0 when there is none. */
static uint32_t put_image_match(struct enc_lz *enc, struct enc_lz_image *im,
				const struct pass *p, uint32_t at)
{
	const struct enc_lz_image *ref;
	uint32_t offset, n, i;

	if (!enc->window_len)
		return 0;
	ref = enc->window[test_random(&enc->random) % enc->window_len];
	if (!ref || enc_lz_format(ref->type) != enc_lz_format(im->type))
		return 0;
	offset = test_random(&enc->random) % ref->units;
	if (test_random(&enc->random) % 8 == 0)
		offset = 0;
	n = skewed(&enc->random, im->units - at);
	if (test_random(&enc->random) % 8 == 0)
		n = im->units - at;
	if (n > ref->units - offset)
		n = ref->units - offset;
	if (n <= p->bias)
		return 0;
	enc_glz_match(&im->stream, n, p->bias, offset,
		      (uint32_t)(im->id - ref->id),
		      test_random(&enc->random) % 8 == 0);
	for (i = 0; i < n; i++)
		set(im, at + i, p->alpha, get(ref, offset + i, p->alpha));
	return n;
}

static uint32_t put_match(struct enc_lz *enc, struct enc_lz_image *im,
			  const struct pass *p, uint32_t at)
{
	uint32_t n = skewed(&enc->random, im->units - at);
	uint32_t dist, i;

	/* The first byte's length field is never 0: that is a literal. */
	if (n <= p->bias)
		return 0;
	dist = draw_dist(enc, im, at, p->glz ? 1u << 25 : LZ_MAX_DIST);
	if (p->glz)
		enc_glz_match(&im->stream, n, p->bias, dist - 1, 0, 0);
	else
		put_lz_match(&im->stream, n, p->bias, dist);
	for (i = 0; i < n; i++)
		set(im, at + i, p->alpha, get(im, at + i - dist, p->alpha));
	return n;
}

static void run_pass(struct enc_lz *enc, struct enc_lz_image *im,
		     const struct pass *p)
{
	uint32_t at = 0, n;

	while (at < im->units) {
		n = 0;
		if (p->glz && test_random(&enc->random) % 3 == 0)
			n = put_image_match(enc, im, p, at);
		if (!n && at && test_random(&enc->random) % 4)
			n = put_match(enc, im, p, at);
		if (!n) {
			n = 1 + test_random(&enc->random) % 32;
			if (n > im->units - at)
				n = im->units - at;
			put_literals(enc, im, p, at, n);
		}
		at += n;
	}
}

static unsigned int bits_of(unsigned int type)
{
	return type <= ENC_PLT1_BE ? 1 : type <= ENC_PLT4_BE ? 4 : 8;
}

void enc_lz_image(struct enc_lz *enc, struct enc_lz_image *im, long glz)
{
	struct pass color = {.bytes = 3, .mask = 0xffffff};
	const struct pass alpha = {.bytes = 1,
				   .bias = 2,
				   .mask = 0xff,
				   .alpha = 1,
				   .glz = glz >= 0};
	uint32_t stride = im->width * 4;

	im->units = im->width * im->height;
	if (im->type <= ENC_PLT8) {
		stride = (im->width * bits_of(im->type) + 7) / 8;
		im->units = stride * im->height;
	}
	if (im->type <= ENC_PLT8 || im->type == ENC_A8)
		color = (struct pass){.bytes = 1, .bias = 2, .mask = 0xff};
	if (im->type == ENC_RGB16)
		color = (struct pass){
			.bytes = 2, .bias = 1, .mask = 0x7fff, .big_endian = 1};
	color.glz = glz >= 0;
	im->color = calloc(im->units, sizeof(*im->color));
	im->alpha = calloc(im->units, 1);
	if (glz >= 0)
		enc_glz_header(&im->stream, im->type, im->width, im->height,
			       im->top_down, im->id, (uint32_t)glz);
	else
		enc_lz_header(&im->stream, im->type, im->width, im->height,
			      stride, (uint32_t)im->top_down);
	if (im->type != ENC_XXXA)
		run_pass(enc, im, &color);
	if (im->type == ENC_RGBA || im->type == ENC_XXXA)
		run_pass(enc, im, &alpha);
	case_fit(&im->stream);
}

/* The pixel at @x of stored row @y, as its format has it. */
static uint32_t pixel(const struct enc_lz_image *im, uint32_t x, uint32_t y,
		      const struct pix_palette *palette)
{
	unsigned int bits = bits_of(im->type), per = 8 / bits, in;
	uint32_t byte;

	if (im->type > ENC_PLT8)
		return im->color[y * im->width + x] |
		       (uint32_t)im->alpha[y * im->width + x] << 24;
	byte = im->color[y * (im->units / im->height) + x / per];
	in = x % per;
	if (im->type == ENC_PLT1_BE || im->type == ENC_PLT4_BE)
		in = per - 1 - in;
	return palette->color[byte >> (in * bits) & ((1u << bits) - 1)];
}

uint8_t *enc_lz_picture(const struct enc_lz_image *im,
			const struct pix_palette *palette, size_t *bytes)
{
	unsigned int unit = pix_bits(enc_lz_format(im->type)) / 8;
	uint8_t *p = malloc((size_t)im->width * im->height * unit);
	size_t at = 0;
	uint32_t x, y, v;

	for (y = 0; y < im->height; y++) {
		for (x = 0; x < im->width; x++, at += unit) {
			v = pixel(im, x, im->top_down ? y : im->height - 1 - y,
				  palette);
			memcpy(p + at, &v, unit);
		}
	}
	*bytes = at;
	return p;
}

void enc_lz_free(struct enc_lz_image *im)
{
	free(im->color);
	free(im->alpha);
	free(im->stream.data);
	memset(im, 0, sizeof(*im));
}
