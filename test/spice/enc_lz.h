/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * LZ and GLZ streams for tests: tokens are drawn at random, with every form of
 * length and distance among them, and what they mean is kept beside them in
 * the plainest way: an array of values. No compression is attempted.
 */
#ifndef TEST_SPICE_ENC_LZ_H
#define TEST_SPICE_ENC_LZ_H

#include <stdint.h>

#include "test/spice/codec_case.h"

/* The stream's types, as in its header. */
enum {
	ENC_PLT1_LE = 1,
	ENC_PLT1_BE,
	ENC_PLT4_LE,
	ENC_PLT4_BE,
	ENC_PLT8,
	ENC_RGB16,
	ENC_RGB24,
	ENC_RGB32,
	ENC_RGBA,
	ENC_XXXA,
	ENC_A8,
};

#define ENC_MAX_IMAGES 64

/* One image's values, in stored order; a palette's are packed bytes. */
struct enc_lz_image {
	unsigned int type; /* 0: not there */
	uint32_t width, height, units;
	int top_down;
	uint64_t id;
	uint32_t *color; /* first pass */
	uint8_t *alpha;	 /* second pass, or the only one of XXXA */
	struct case_stream stream;
};

struct enc_lz {
	uint32_t random;
	/* GLZ: earlier images that may be referred to */
	struct enc_lz_image *const *window;
	unsigned int window_len;
};

/*
 * Make a random stream for an image whose type, sides, order and (GLZ) id are
 * set, and its values.
 *
 * @glz: a GLZ stream with that distance to the window's head; below 0: LZ
 */
void enc_lz_image(struct enc_lz *enc, struct enc_lz_image *image, long glz);

/* The picture as a pixmap of its format without gaps; the caller frees. */
uint8_t *enc_lz_picture(const struct enc_lz_image *image,
			const struct pix_palette *palette, size_t *bytes);

void enc_lz_free(struct enc_lz_image *image);

/* The format a type decodes to. */
uint32_t enc_lz_format(unsigned int type);

/* A GLZ or LZ header alone. */
void enc_lz_header(struct case_stream *s, unsigned int type, uint32_t width,
		   uint32_t height, uint32_t stride, uint32_t top_down);
void enc_glz_header(struct case_stream *s, unsigned int type, uint32_t width,
		    uint32_t height, int top_down, uint64_t id,
		    uint32_t head_dist);

/* One GLZ match, with as many image bytes as @extra asks for beyond need. */
void enc_glz_match(struct case_stream *s, uint32_t units, uint32_t bias,
		   uint32_t offset, uint32_t images, unsigned int extra);

#endif
