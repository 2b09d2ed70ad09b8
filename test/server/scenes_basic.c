/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Scenes: fills, copies, clips, brushes with a pattern, scrolling, scaling.
 */
#include "test/server/draw.h"

static void none(struct server *s)
{
}

static void fills(struct server *s)
{
	struct grid g = grid_start(s, 61, 37);
	uint32_t i;

	for (i = 0; i < 60; i++)
		draw_fill(s, grid_next(&g), i * 0x040b17 & 0xffffff);
	draw_fill(s, rect(0, 0, 1, s->h), 0xffffff);
	draw_fill(s, rect(s->w - 1, 0, 1, s->h), 0x123456);
	draw_fill(s, rect(10, 10, s->w / 2, 5), 0xfedcba);
}

/* 32-bit pictures of every content and of awkward sizes. */
static void copies(struct server *s)
{
	static const int sizes[][2] = {{1, 1},	  {2, 3},   {7, 1},
				       {1, 9},	  {16, 16}, {33, 31},
				       {100, 75}, {150, 90}};
	struct grid g = grid_start(s, 150, 90);
	uint32_t i;

	for (i = 0; i < 24; i++) {
		QXLRect cell = grid_next(&g);
		struct source source = {.content = i / 8,
					.seed = i,
					.format = SPICE_BITMAP_FMT_32BIT,
					.w = sizes[i % 8][0],
					.h = sizes[i % 8][1]};

		draw_source(s, &source, cell.left, cell.top);
	}
}

/* One picture as large as the screen. */
static void photo(struct server *s)
{
	backdrop(s);
}

/* Pictures that repeat parts of each other: what GLZ's window is for. */
static void repeats(struct server *s)
{
	struct grid g = grid_start(s, 128, 80);
	uint32_t i;

	for (i = 0; i < 36; i++) {
		QXLRect cell = grid_next(&g);
		struct source source = {.content = i % 3,
					.seed = i / 9,
					.format = SPICE_BITMAP_FMT_32BIT,
					.w = 128 - i % 5,
					.h = 80 - i % 7};

		draw_source(s, &source, cell.left, cell.top);
	}
}

/* A part of an image. */
static void parts(struct server *s)
{
	struct source source = {.content = CONTENT_PHOTO,
				.format = SPICE_BITMAP_FMT_32BIT,
				.w = 120,
				.h = 90};
	struct grid g = grid_start(s, 60, 45);
	int i;

	backdrop(s);
	for (i = 0; i < 30; i++) {
		struct cmd *cmd = cmd_copy(grid_next(&g),
					   rect(i * 2, i, 60, 45),
					   SPICE_ROPD_OP_PUT);

		source.seed = i;
		source.content = i % 3;
		cmd->drawable.u.copy.src_bitmap = image_source(cmd, &source);
		qxl_push(s, cmd);
	}
}

/* Some rectangles inside, across and outside of a box at x, y. */
static int clip_rects(QXLRect *out, QXLRect box, int kind)
{
	int x = box.left, y = box.top, i;

	if (kind == 0) {
		out[0] = rect(x + 5, y + 5, 20, 10);
		return 1;
	}
	if (kind == 1) {
		out[0] = rect(x - 10, y - 10, 30, 25);
		out[1] = rect(x + 40, y + 20, 200, 200);
		return 2;
	}
	if (kind == 2) {
		for (i = 0; i < 16; i++)
			out[i] = rect(x + 7 * (i % 4) * 2, y + 5 * (i / 4) * 2,
				      7, 5);
		return 16;
	}
	for (i = 0; i < 20; i++)
		out[i] = rect(x + i * 3, y + i * 2, 2, 1);
	return 20;
}

static void clips(struct server *s)
{
	struct grid g = grid_start(s, 90, 60);
	QXLRect rects[20];
	int i;

	backdrop(s);
	for (i = 0; i < 32; i++) {
		QXLRect cell = grid_next(&g);
		struct source source = {.content = i % 3,
					.seed = i,
					.format = SPICE_BITMAP_FMT_32BIT,
					.w = 90,
					.h = 60};
		struct cmd *cmd;
		int n = clip_rects(rects, cell, i % 4);

		if (i & 4) {
			cmd = cmd_draw(QXL_DRAW_FILL, QXL_EFFECT_BLEND, cell);
			cmd->drawable.u.fill.brush = brush_solid(0x40ff80 + i);
			cmd->drawable.u.fill.rop_descriptor = SPICE_ROPD_OP_PUT;
		} else {
			cmd = cmd_copy(cell, rect(0, 0, 90, 60),
				       SPICE_ROPD_OP_PUT);
			cmd->drawable.u.copy.src_bitmap = image_source(cmd,
								       &source);
		}
		cmd_clip(cmd, rects, n);
		qxl_push(s, cmd);
	}
}

/* Patterns of several sizes, formats and origins. */
static void patterns(struct server *s)
{
	static const uint8_t formats[] = {
		SPICE_BITMAP_FMT_32BIT, SPICE_BITMAP_FMT_8BIT,
		SPICE_BITMAP_FMT_24BIT, SPICE_BITMAP_FMT_1BIT_BE,
		SPICE_BITMAP_FMT_16BIT};
	static const int sizes[][2] = {
		{8, 8}, {13, 7}, {1, 1}, {64, 5}, {100, 70}};
	struct grid g = grid_start(s, 73, 51);
	int i;

	backdrop(s);
	for (i = 0; i < 60; i++) {
		struct cmd *cmd = cmd_draw(QXL_DRAW_FILL, QXL_EFFECT_BLEND,
					   grid_next(&g));
		struct source source = {.content = i % 3,
					.seed = i,
					.format = formats[i % 5],
					.w = sizes[i / 5 % 5][0],
					.h = sizes[i / 5 % 5][1]};

		cmd->drawable.u.fill.brush = brush_pattern(
			image_source(cmd, &source), i * 7 % 40, i * 3 % 20);
		cmd->drawable.u.fill.rop_descriptor = SPICE_ROPD_OP_PUT;
		qxl_push(s, cmd);
	}
}

/* COPY_BITS, overlapping in all directions, some of it clipped. */
static void scroll(struct server *s)
{
	int w = s->w / 2, h = s->h / 2, i;

	backdrop(s);
	for (i = 0; i < 27; i++) {
		int dx = (i % 3 - 1) * (1 + i), dy = (i / 3 % 3 - 1) * (2 + i);
		int x = w / 2 + i * 3, y = h / 2 - i * 2;
		struct cmd *cmd = cmd_draw(QXL_COPY_BITS, QXL_EFFECT_BLEND,
					   rect(x, y, w, h));
		QXLRect hole[2] = {rect(x, y, w / 3, h),
				   rect(x + w / 2, y + 9, w / 2, h / 2)};

		cmd->drawable.u.copy_bits.src_pos.x = x + dx;
		cmd->drawable.u.copy_bits.src_pos.y = y + dy;
		if (i % 4 == 3)
			cmd_clip(cmd, hole, 2);
		qxl_push(s, cmd);
	}
}

/* COPY to another size, up and down, nearest and interpolated. */
static void scale(struct server *s, uint8_t mode)
{
	static const int sizes[][2] = {{120, 90}, {30, 20}, {61, 45},
				       {240, 13}, {7, 100}, {60, 46}};
	struct grid g = grid_start(s, 60, 45);
	int i;

	backdrop(s);
	for (i = 0; i < 36; i++) {
		int w = sizes[i % 6][0], h = sizes[i % 6][1];
		int inset = i / 6 % 2;
		struct source source = {.content = i % 3,
					.seed = i,
					.format = SPICE_BITMAP_FMT_32BIT,
					.w = w,
					.h = h};
		struct cmd *cmd = cmd_copy(
			grid_next(&g),
			rect(inset, inset, w - 3 * inset, h - 2 * inset),
			SPICE_ROPD_OP_PUT);

		cmd->drawable.u.copy.scale_mode = mode;
		cmd->drawable.u.copy.src_bitmap = image_source(cmd, &source);
		qxl_push(s, cmd);
	}
}

static void scale_nearest(struct server *s)
{
	scale(s, SPICE_IMAGE_SCALE_MODE_NEAREST);
}

static void scale_smooth(struct server *s)
{
	scale(s, SPICE_IMAGE_SCALE_MODE_INTERPOLATE);
}

const struct scene scenes_basic[] = {
	{"none", none, "nothing but the marker", false},
	{"fills", fills, "FILL with solid colours", false},
	{"copies", copies, "COPY of 32-bit pictures, 1x1 to 150x90", false},
	{"photo", photo, "COPY of one picture as large as the screen", false},
	{"repeats", repeats, "pictures that repeat each other (GLZ's window)",
	 false},
	{"parts", parts, "COPY of a part of an image", false},
	{"clips", clips, "COPY and FILL clipped by 1 to 20 rectangles", false},
	{"patterns", patterns, "FILL with pattern brushes", false},
	{"scroll", scroll, "COPY_BITS, overlapping, some clipped", false},
	{"scale-nearest", scale_nearest, "COPY scaled, nearest", false},
	{"scale-smooth", scale_smooth, "COPY scaled, interpolated", false},
	{NULL, NULL, NULL, false},
};
