/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Scenes: every bitmap format, row order and odd stride; palettes, the caches
 * of palettes and of images.
 */
#include "test/server/draw.h"

/* A format at two contents, both row orders and three paddings. */
static void one_format(struct server *s, struct grid *g, uint8_t format)
{
	int i;

	for (i = 0; i < 6; i++) {
		QXLRect cell = grid_next(g);
		struct source source = {.content = i % 3,
					.seed = i + format_bits(format),
					.format = format,
					.bottom_up = i & 1,
					.w = 75 - i,
					.h = 40 - i % 3,
					.pad = i / 2 * 3 % 5};

		draw_source(s, &source, cell.left, cell.top);
	}
}

static void formats(struct server *s)
{
	static const uint8_t all[] = {
		SPICE_BITMAP_FMT_1BIT_BE, SPICE_BITMAP_FMT_4BIT_BE,
		SPICE_BITMAP_FMT_8BIT,	  SPICE_BITMAP_FMT_16BIT,
		SPICE_BITMAP_FMT_24BIT,	  SPICE_BITMAP_FMT_32BIT,
		SPICE_BITMAP_FMT_RGBA,
	};
	struct grid g = grid_start(s, 75, 40);
	uint32_t i;

	backdrop(s);
	for (i = 0; i < sizeof(all); i++)
		one_format(s, &g, all[i]);
}

/* One scene a format: tells which one is wrong. */
static void format_only(struct server *s, uint8_t format)
{
	struct grid g = grid_start(s, 75, 40);

	backdrop(s);
	one_format(s, &g, format);
}

static void bits1(struct server *s)
{
	format_only(s, SPICE_BITMAP_FMT_1BIT_BE);
}

/*
 * Quirk: libspice-server 0.15 ends itself when it has to render the LE orders
 * (it sends them well). Pixel for pixel they are bits1 and bits4: the truth of
 * those is theirs.
 */
static void bits1le(struct server *s)
{
	format_only(s, SPICE_BITMAP_FMT_1BIT_LE);
}

static void bits4(struct server *s)
{
	format_only(s, SPICE_BITMAP_FMT_4BIT_BE);
}

static void bits4le(struct server *s)
{
	format_only(s, SPICE_BITMAP_FMT_4BIT_LE);
}

static void bits8(struct server *s)
{
	format_only(s, SPICE_BITMAP_FMT_8BIT);
}

static void bits16(struct server *s)
{
	format_only(s, SPICE_BITMAP_FMT_16BIT);
}

static void bits24(struct server *s)
{
	format_only(s, SPICE_BITMAP_FMT_24BIT);
}

/* COPY of pictures with an alpha of their own. */
static void rgba(struct server *s)
{
	struct grid g = grid_start(s, 90, 60);
	int i;

	backdrop(s);
	for (i = 0; i < 20; i++) {
		QXLRect cell = grid_next(&g);
		struct source source = {.content = CONTENT_ALPHA,
					.seed = i,
					.format = SPICE_BITMAP_FMT_RGBA,
					.bottom_up = i & 1,
					.w = 90 - i,
					.h = 60 - i % 4};

		draw_source(s, &source, cell.left, cell.top);
	}
}

/* A few palettes that come again and again: kept, then called by number. */
static void palettes(struct server *s)
{
	static const uint8_t kinds[] = {SPICE_BITMAP_FMT_8BIT,
					SPICE_BITMAP_FMT_4BIT_BE,
					SPICE_BITMAP_FMT_1BIT_BE};
	struct grid g = grid_start(s, 64, 48);
	int i;

	for (i = 0; i < 60; i++) {
		QXLRect cell = grid_next(&g);
		int kind = i % 3;
		struct source source = {.content = i % 4 % 3,
					.seed = i,
					.format = kinds[kind],
					.w = 64,
					.h = 48,
					.pal_id = 100 + kind * 10 + i / 3 % 3};

		draw_source(s, &source, cell.left, cell.top);
	}
}

/* More palettes than the cache holds. */
static void palette_flood(struct server *s)
{
	struct grid g = grid_start(s, 30, 24);
	int i;

	for (i = 0; i < 400; i++) {
		QXLRect cell = grid_next(&g);
		struct source source = {.content = CONTENT_BARS,
					.seed = i,
					.format = SPICE_BITMAP_FMT_4BIT_BE,
					.w = 30,
					.h = 24,
					.pal_id = 500 + i * 7 % 170};

		draw_source(s, &source, cell.left, cell.top);
	}
}

/* Images that are kept under their id and drawn again. */
static void cache(struct server *s)
{
	struct grid g = grid_start(s, 70, 50);
	int i;

	backdrop(s);
	for (i = 0; i < 50; i++) {
		QXLRect cell = grid_next(&g);
		struct source source = {.content = i % 5 % 3,
					.seed = i % 5,
					.format = SPICE_BITMAP_FMT_32BIT,
					.w = 70 - i % 5,
					.h = 50,
					.id = 1 + i % 5,
					.cache = true};

		draw_source(s, &source, cell.left, cell.top);
	}
}

/*
 * Kept images, drawn again, then without one of their colours. Came they as
 * JPEG, the server has them replaced by others without loss then.
 */
static void cache_anew(struct server *s)
{
	struct grid g = grid_start(s, 110, 90);
	int i;

	backdrop(s);
	for (i = 0; i < 18; i++) {
		QXLRect cell = grid_next(&g);
		struct source source = {.content = CONTENT_PHOTO,
					.seed = i % 6,
					.format = SPICE_BITMAP_FMT_32BIT,
					.w = 110 - i % 6,
					.h = 90,
					.id = 400 + i % 6,
					.cache = true};
		struct cmd *cmd;

		if (i < 12) {
			draw_source(s, &source, cell.left, cell.top);
			continue;
		}
		cmd = cmd_draw(QXL_DRAW_TRANSPARENT, QXL_EFFECT_BLEND, cell);
		cmd->drawable.u.transparent.src_bitmap = image_source(cmd,
								      &source);
		cmd->drawable.u.transparent.src_area = rect(0, 0, source.w,
							    source.h);
		qxl_push(s, cmd);
	}
}

/* Far more pixels than any cache: the server drops the oldest by id. */
static void cache_flood(struct server *s)
{
	int i;

	for (i = 0; i < 90; i++) {
		struct source source = {.content = i % 3,
					.seed = i % 30,
					.format = SPICE_BITMAP_FMT_32BIT,
					.w = s->w / 2,
					.h = s->h / 2,
					.id = 200 + i % 30,
					.cache = true};

		draw_source(s, &source, i % 10 * s->w / 20, i / 10 * s->h / 20);
	}
}

const struct scene scenes_bitmap[] = {
	{"formats", formats, "every format but the LE ones, rows and strides",
	 false},
	{"bits1", bits1, "1 bit a pixel, most significant first", false},
	{"bits1le", bits1le, "as bits1, least significant first; no truth",
	 true},
	{"bits4", bits4, "4 bits a pixel, high nibble first", false},
	{"bits4le", bits4le, "as bits4, low nibble first; no truth", true},
	{"bits8", bits8, "8 bits a pixel, palette", false},
	{"bits16", bits16, "16 bits a pixel (555)", false},
	{"bits24", bits24, "24 bits a pixel", false},
	{"rgba", rgba, "32 bits with alpha, COPY", false},
	{"palettes", palettes, "palettes kept and called from the cache",
	 false},
	{"palette-flood", palette_flood, "more palettes than the cache holds",
	 false},
	{"cache", cache, "images kept (CACHE_ME) and called (FROM_CACHE)",
	 false},
	{"cache-anew", cache_anew, "images kept, and drawn by TRANSPARENT",
	 false},
	{"cache-flood", cache_flood, "more images than the cache holds", false},
	{NULL, NULL, NULL, false},
};
