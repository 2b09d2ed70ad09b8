/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Finding a scene, drawing it, and writing down what it should look like.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test/server/draw.h"
#include "test/sha256.h"

static const struct scene *const tables[] = {
	scenes_basic,  scenes_bitmap, scenes_rop,   scenes_surface,
	scenes_cursor, scenes_more,   scenes_video, scenes_large,
};

#define TABLES (sizeof(tables) / sizeof(tables[0]))
#define LISTED (TABLES - 2) /* the last two say why they are not */

static uint32_t seed_number;

static void draw_seed(struct server *s)
{
	scene_seed(s, seed_number);
}

/* The scene called @name = "seed-N". */
static const struct scene *find_seed(const char *name)
{
	static char own_name[32];
	static const struct scene seed = {own_name, draw_seed, "", false};

	if (sscanf(name, "seed-%u", &seed_number) != 1)
		return NULL;
	snprintf(own_name, sizeof(own_name), "seed-%u", seed_number);
	return &seed;
}

const struct scene *scene_find(const char *name)
{
	const struct scene *scene;
	size_t i;

	for (i = 0; i < TABLES; i++) {
		for (scene = tables[i]; scene->name; scene++) {
			if (!strcmp(scene->name, name))
				return scene;
		}
	}
	return find_seed(name);
}

void scene_list(void)
{
	const struct scene *scene;
	size_t i;

	for (i = 0; i < LISTED; i++) {
		for (scene = tables[i]; scene->name; scene++) {
			if (!scene->about)
				continue;
			printf("%-18s %s\n", scene->name, scene->about);
		}
	}
}

/* The canvas as R, G, B of 8 bits each, from the top; the caller frees it. */
static uint8_t *truth_rgb(const struct server *s)
{
	uint8_t *rgb = malloc((size_t)s->w * s->h * 3);
	int i;

	if (!rgb) {
		perror("truth");
		exit(1);
	}
	for (i = 0; i < s->w * s->h; i++) {
		uint32_t p = qxl_pixel(s, i % s->w, i / s->w);

		rgb[3 * i] = p >> 16;
		rgb[3 * i + 1] = p >> 8;
		rgb[3 * i + 2] = p;
	}
	return rgb;
}

/* Write the canvas; a reader never sees half a file. */
static void write_truth(const struct server *s, const uint8_t *rgb)
{
	size_t size = (size_t)s->w * s->h * 3;
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s.part", s->truth);
	f = fopen(path, "wb");
	if (!f) {
		perror(path);
		exit(1);
	}
	fprintf(f, "P6\n%d %d\n255\n", s->w, s->h);
	if (fwrite(rgb, 1, size, f) != size || fclose(f) ||
	    rename(path, s->truth)) {
		perror(s->truth);
		exit(1);
	}
}

/* Have all drawn, write the truth; its sum into @hex. */
static void tell_truth(struct server *s, char hex[65])
{
	uint8_t *rgb;

	qxl_render(s);
	rgb = truth_rgb(s);
	sha256_hex(rgb, (size_t)s->w * s->h * 3, hex);
	if (s->truth)
		write_truth(s, rgb);
	free(rgb);
}

/*
 * A brush's colour is the surface's own pixel: 16 bits where it has 16. White
 * it never is, which may come by itself.
 */
static uint32_t marker_colour(const struct server *s)
{
	if (s->format == SPICE_SURFACE_FMT_16_555)
		return 0x7c1f + (s->scenes % 31 << 5);
	return 0xff00ff + (s->scenes % 255 << 8);
}

void scene_draw(struct server *s, const struct scene *scene)
{
	uint32_t colour = marker_colour(s);
	char hex[65] = "-";

	scene->draw(s);
	draw_fill(s, rect(0, 0, MARKER, MARKER), colour);
	s->scenes++;
	if (!scene->blind)
		tell_truth(s, hex);
	printf("%s %d %s %s\n", s->id ? "second" : "drawn", s->scenes,
	       scene->name, hex);
}
