/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Finding a scene, drawing it, and writing down what it should look like.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test/server/draw.h"

static const struct scene *const tables[] = {
	scenes_basic,	scenes_bitmap, scenes_rop,
	scenes_surface, scenes_cursor, scenes_more,
};

#define TABLES (sizeof(tables) / sizeof(tables[0]))

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
	return NULL;
}

void scene_list(void)
{
	const struct scene *scene;
	size_t i;

	for (i = 0; i < TABLES; i++) {
		for (scene = tables[i]; scene->name; scene++)
			printf("%-18s %s\n", scene->name, scene->about);
	}
}

/* Write the canvas; a reader never sees half a file. */
static void write_truth(struct server *s)
{
	char path[4096];
	FILE *f;
	int i;

	snprintf(path, sizeof(path), "%s.part", s->truth);
	f = fopen(path, "wb");
	if (!f) {
		perror(path);
		exit(1);
	}
	fprintf(f, "P6\n%d %d\n255\n", s->w, s->h);
	for (i = 0; i < s->w * s->h; i++) {
		uint32_t p = qxl_pixel(s, i % s->w, i / s->w);

		putc(p >> 16 & 255, f);
		putc(p >> 8 & 255, f);
		putc(p & 255, f);
	}
	if (fclose(f) || rename(path, s->truth)) {
		perror(s->truth);
		exit(1);
	}
}

/* A brush's colour is the surface's own pixel: 16 bits where it has 16. */
static uint32_t marker_colour(const struct server *s)
{
	if (s->format == SPICE_SURFACE_FMT_16_555)
		return 0x7c1f + ((s->scenes & 31) << 5);
	return 0xff00ff + ((s->scenes & 255) << 8);
}

void scene_draw(struct server *s, const struct scene *scene)
{
	uint32_t colour = marker_colour(s);

	scene->draw(s);
	draw_fill(s, rect(0, 0, MARKER, MARKER), colour);
	s->scenes++;
	if (!scene->blind)
		qxl_render(s);
	if (s->truth && !scene->blind)
		write_truth(s);
	printf("drawn %d %s\n", s->scenes, scene->name);
}
