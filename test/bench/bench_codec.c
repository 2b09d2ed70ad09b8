/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * How fast the decoders are: the large recorded pictures, into a surface
 * without and one with gaps, and the bare copy of as much.
 *
 * Compiled without vector registers, as the firmware is. Absolute numbers
 * belong to one machine; compare runs side by side.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "spice/codec/codec.h"
#include "spice/codec/codec_glz.h"

#define WIDTH	  1920
#define HEIGHT	  1080
#define MPX	  (WIDTH * HEIGHT / 1e6)
#define ROUNDS	  25
#define WINDOW_PX (16u << 20)
#define POOLS	  5

/* What text.zglz0 to 2 unpack to. */
static const uint32_t glz_bytes[] = {146800, 146783, 149051, 0};

/*
 * Frames are taken from a few blocks that stay mapped: a fresh one's page
 * faults would cost more than decoding into it.
 */
static struct {
	void *mem;
	size_t bytes;
	int used;
} pool[POOLS];

static void *bench_alloc(void *ctx, size_t bytes)
{
	for (unsigned int i = 0; bytes > 1 << 20 && i < POOLS; i++) {
		if (pool[i].used || (pool[i].mem && pool[i].bytes < bytes))
			continue;
		if (!pool[i].mem) {
			pool[i].mem = malloc(bytes);
			pool[i].bytes = bytes;
		}
		pool[i].used = 1;
		return pool[i].mem;
	}
	return malloc(bytes);
}

static void bench_free(void *ctx, void *mem)
{
	for (unsigned int i = 0; mem && i < POOLS; i++) {
		if (pool[i].mem == mem) {
			pool[i].used = 0;
			return;
		}
	}
	free(mem);
}

static const struct spice_env env = {.alloc = bench_alloc, .free = bench_free};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static uint8_t *read_file(const char *path, size_t *len)
{
	static uint8_t buffer[1 << 22];
	FILE *f = fopen(path, "rb");
	uint8_t *data;

	if (!f) {
		perror(path);
		exit(1);
	}
	*len = fread(buffer, 1, sizeof(buffer), f);
	fclose(f);
	data = malloc(*len);
	memcpy(data, buffer, *len);
	return data;
}

/* Decode @count pictures, one after the other. Returns the best time each. */
static double bench(uint8_t type, const char *const *paths, unsigned int count,
		    uint32_t gap)
{
	struct pixmap pm = {SPICE_SURFACE_FMT_32_xRGB, WIDTH, HEIGHT,
			    WIDTH * 4 + gap, NULL};
	struct codec_image img[4] = {0};
	struct codec_ctx ctx = {.env = &env};
	double best = 1e9, t;

	pm.data = calloc(HEIGHT, pm.stride);
	for (unsigned int i = 0; i < count; i++) {
		img[i].type = type;
		img[i].width = WIDTH;
		img[i].height = HEIGHT;
		img[i].data = read_file(paths[i], &img[i].len);
		img[i].glz_size = glz_bytes[i];
	}
	for (unsigned int round = 0; round < ROUNDS; round++) {
		ctx.glz = codec_glz_window_new(&env, WINDOW_PX);
		t = now();
		for (unsigned int i = 0; i < count; i++) {
			if (codec_find(type)->decode(&ctx, &img[i], &pm))
				exit(1);
		}
		t = (now() - t) / count;
		best = t < best ? t : best;
		codec_glz_window_free(ctx.glz);
	}
	for (unsigned int i = 0; i < count; i++)
		free((void *)img[i].data);
	free(pm.data);
	return best;
}

static double bench_memcpy(void)
{
	uint8_t *a = calloc(HEIGHT, WIDTH * 4), *b = malloc(WIDTH * HEIGHT * 4);
	double best = 1e9, t;

	for (unsigned int round = 0; round < ROUNDS; round++) {
		a[round] = 1;
		t = now();
		memcpy(b, a, WIDTH * HEIGHT * 4);
		t = now() - t;
		best = t < best && b[round] ? t : best;
	}
	free(a);
	free(b);
	return best;
}

int main(void)
{
	static const char *const lz[] = {"test/vectors/text.lz"};
	static const char *const quic[] = {"test/vectors/text.quic"};
	static const char *const glz[] = {"test/vectors/text.glz0",
					  "test/vectors/text.glz1",
					  "test/vectors/text.glz2"};
	static const char *const zglz[] = {"test/vectors/text.zglz0",
					   "test/vectors/text.zglz1",
					   "test/vectors/text.zglz2"};
	static const char *const lz4[] = {"test/vectors/text.lz4"};
	static const char *const jpeg[] = {"test/vectors/text.jpeg"};
	static const struct {
		const char *name;
		uint8_t type;
		const char *const *paths;
		unsigned int count;
	} rows[] = {
		{"LZ", SPICE_IMAGE_TYPE_LZ_RGB, lz, 1},
		{"GLZ", SPICE_IMAGE_TYPE_GLZ_RGB, glz, 3},
		{"ZGLZ", SPICE_IMAGE_TYPE_ZLIB_GLZ_RGB, zglz, 3},
		{"LZ4", SPICE_IMAGE_TYPE_LZ4, lz4, 1},
		{"QUIC", SPICE_IMAGE_TYPE_QUIC, quic, 1},
		{"JPEG", SPICE_IMAGE_TYPE_JPEG, jpeg, 1},
	};

	printf("Mpixel/s, %dx%d text: no gaps, gaps\n", WIDTH, HEIGHT);
	for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		printf("%-6s %6.0f %6.0f\n", rows[i].name,
		       MPX / bench(rows[i].type, rows[i].paths, rows[i].count,
				   0),
		       MPX / bench(rows[i].type, rows[i].paths, rows[i].count,
				   64));
	printf("memcpy %6.0f\n", MPX / bench_memcpy());
	return 0;
}
