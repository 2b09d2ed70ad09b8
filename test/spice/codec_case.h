/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * What the decoders' tests share: an output pixmap whose every byte outside
 * the picture is watched, recorded streams with their sums, and small words
 * written into streams.
 */
#ifndef TEST_SPICE_CODEC_CASE_H
#define TEST_SPICE_CODEC_CASE_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spice/codec/codec.h"
#include "spice/codec/codec_glz.h"
#include "test/sha256.h"
#include "test/spice/test_env.h"

#define CASE_GUARD	 0xd7 /* what lies where no pixel does */
#define CASE_GUARD_BYTES 64

/* A pixmap of exactly its size on the heap, guards in the gaps and around. */
struct case_out {
	struct pixmap pm;
	uint8_t *mem;
	size_t bytes; /* of pixmap and guards */
};

/* @pad: bytes between rows, a multiple of 4 */
static inline void case_out_init(struct case_out *o, uint32_t format,
				 uint32_t width, uint32_t height, uint32_t pad)
{
	uint32_t stride = (width * pix_bits(format) + 31) / 32 * 4 + pad;

	o->bytes = (size_t)stride * height + 2 * CASE_GUARD_BYTES;
	o->mem = malloc(o->bytes);
	memset(o->mem, CASE_GUARD, o->bytes);
	o->pm = (struct pixmap){format, width, height, stride,
				o->mem + CASE_GUARD_BYTES};
}

static inline void case_out_free(struct case_out *o)
{
	free(o->mem);
}

/* Bytes in a row that are pixels'. */
static inline size_t case_row_bytes(const struct pixmap *pm)
{
	return (pm->width * pix_bits(pm->format) + 7) / 8;
}

/* Is every byte that is no pixel's as it was? */
static inline int case_guards_whole(const struct case_out *o)
{
	size_t at = 0, row, i;
	uint32_t y;

	for (; at < CASE_GUARD_BYTES; at++) {
		if (o->mem[at] != CASE_GUARD)
			return 0;
	}
	row = case_row_bytes(&o->pm);
	for (y = 0; y < o->pm.height; y++, at += o->pm.stride) {
		for (i = row; i < o->pm.stride; i++) {
			if (o->mem[at + i] != CASE_GUARD)
				return 0;
		}
	}
	for (; at < o->bytes; at++) {
		if (o->mem[at] != CASE_GUARD)
			return 0;
	}
	return 1;
}

/* All rows without gaps; the caller frees. */
static inline uint8_t *case_packed(const struct pixmap *pm, size_t *bytes)
{
	size_t row = case_row_bytes(pm);
	uint8_t *p = malloc(row * pm->height);
	uint32_t y;

	for (y = 0; y < pm->height; y++)
		memcpy(p + row * y, pix_row(pm, y), row);
	*bytes = row * pm->height;
	return p;
}

/* The sum of the picture, rows without gaps. */
static inline void case_sum(const struct pixmap *pm, char hex[65])
{
	size_t bytes;
	uint8_t *p = case_packed(pm, &bytes);

	sha256_hex(p, bytes, hex);
	free(p);
}

/* The palette of the recorded palette streams. */
static inline void case_palette(struct pix_palette *palette)
{
	uint32_t i;

	palette->unique = 1;
	palette->count = 256;
	for (i = 0; i < 256; i++)
		palette->color[i] = (i * 0x0a1b2c + 0x102030 * i * i) &
				    0xffffff;
}

/* A recorded stream and what its line of text says. */
struct case_vector {
	char name[64];
	uint8_t *data; /* exactly as long as it is: sanitizers see overruns */
	size_t len;
	uint8_t type;	 /* SPICE_IMAGE_TYPE_* */
	uint32_t format; /* SPICE_SURFACE_FMT_* */
	uint32_t width, height;
	uint32_t glz_size, jpeg_size; /* 0 where the line says none */
	int top_down;
	char sum[65]; /* of the picture */
};

/* The value of @key in a line of key=value words. 0 where there is none. */
static inline int case_value(const char *line, const char *key, char *value,
			     size_t size)
{
	char word[64];
	const char *p;
	size_t n;

	snprintf(word, sizeof(word), " %s=", key);
	p = strstr(line, word);
	if (!p)
		return 0;
	p += strlen(word);
	n = strcspn(p, " \n");
	if (n >= size)
		return 0;
	memcpy(value, p, n);
	value[n] = 0;
	return 1;
}

static inline uint32_t case_number(const char *line, const char *key)
{
	char value[32];

	return case_value(line, key, value, sizeof(value))
		       ? (uint32_t)atol(value)
		       : 0;
}

static inline uint8_t *case_read_file(const char *path, size_t *len)
{
	FILE *f = fopen(path, "rb");
	uint8_t *data = NULL;
	long size;

	if (!f)
		return NULL;
	if (fseek(f, 0, SEEK_END) == 0 && (size = ftell(f)) >= 0 &&
	    fseek(f, 0, SEEK_SET) == 0) {
		data = malloc(size ? (size_t)size : 1);
		*len = fread(data, 1, (size_t)size, f);
	}
	fclose(f);
	return data;
}

#define CASE_NO_TYPE 255

/* The type of image that a line's codec (the beginning of one) names. */
static inline uint8_t case_type(const char *codec)
{
	static const struct {
		const char *name;
		uint8_t type;
	} types[] = {
		{"lz_plt", SPICE_IMAGE_TYPE_LZ_PLT},
		{"lz4", SPICE_IMAGE_TYPE_LZ4},
		{"lz", SPICE_IMAGE_TYPE_LZ_RGB},
		{"glz", SPICE_IMAGE_TYPE_GLZ_RGB},
		{"zglz", SPICE_IMAGE_TYPE_ZLIB_GLZ_RGB},
		{"quic", SPICE_IMAGE_TYPE_QUIC},
		{"jpeg_alpha", SPICE_IMAGE_TYPE_JPEG_ALPHA},
		{"jpeg", SPICE_IMAGE_TYPE_JPEG},
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (!strncmp(codec, types[i].name, strlen(types[i].name)))
			return types[i].type;
	}
	return CASE_NO_TYPE;
}

/* Fill @v from its file @path and its @line. 0 when either is not as it
 * should be; the caller frees v->data. */
static inline int case_vector_read(struct case_vector *v, const char *path,
				   const char *line)
{
	char word[80], sum[65];

	memset(v, 0, sizeof(*v));
	snprintf(v->name, sizeof(v->name), "%s", strrchr(path, '/') + 1);
	v->width = case_number(line, "width");
	v->height = case_number(line, "height");
	v->glz_size = case_number(line, "glz_size");
	v->jpeg_size = case_number(line, "jpeg_size");
	v->top_down = (int)case_number(line, "top_down");
	v->format = SPICE_SURFACE_FMT_32_xRGB;
	if (case_value(line, "format", word, sizeof(word))) {
		if (!strcmp(word, "16_555"))
			v->format = SPICE_SURFACE_FMT_16_555;
		else if (!strcmp(word, "8_A"))
			v->format = SPICE_SURFACE_FMT_8_A;
		else if (!strcmp(word, "32_ARGB"))
			v->format = SPICE_SURFACE_FMT_32_ARGB;
	}
	if (!case_value(line, "codec", word, sizeof(word)) ||
	    !case_value(line, "out_sha256", v->sum, sizeof(v->sum)))
		return 0;
	v->type = case_type(word);
	if (v->type == CASE_NO_TYPE)
		return 0;
	v->data = case_read_file(path, &v->len);
	if (!v->data || !case_value(line, "payload_sha256", word, sizeof(word)))
		return 0;
	sha256_hex(v->data, v->len, sum);
	return !strcmp(sum, word);
}

/* The image that a vector is, @palette for those that have one. */
static inline struct codec_image case_image(const struct case_vector *v,
					    const struct pix_palette *palette)
{
	return (struct codec_image){
		.type = v->type,
		.width = v->width,
		.height = v->height,
		.top_down = v->top_down,
		.glz_size = v->glz_size,
		.jpeg_size = v->jpeg_size,
		.palette = v->type == SPICE_IMAGE_TYPE_LZ_PLT ? palette : NULL,
		.data = v->data,
		.len = v->len,
	};
}

/* A stream being written. */
struct case_stream {
	uint8_t *data;
	size_t len, room;
};

static inline void case_put(struct case_stream *s, unsigned int byte)
{
	if (s->len == s->room) {
		s->room = s->room ? s->room * 2 : 256;
		s->data = realloc(s->data, s->room);
	}
	s->data[s->len++] = (uint8_t)byte;
}

static inline void case_put32be(struct case_stream *s, uint32_t v)
{
	case_put(s, v >> 24);
	case_put(s, v >> 16 & 255);
	case_put(s, v >> 8 & 255);
	case_put(s, v & 255);
}

/* Cut the spare room off, so that a sanitizer sees the stream's end. */
static inline void case_fit(struct case_stream *s)
{
	s->data = realloc(s->data, s->len ? s->len : 1);
	s->room = s->len;
}

#endif
