/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Scenes for the benchmark: a screen of 1920 x 1080 as people have it, a
 * desktop, a photo or a page of text, and once more, scrolled. Not listed: they
 * show no operation that others do not.
 */
#include "test/server/draw.h"

#define SCROLLED 34 /* rows, the second picture */

/* ---- letters ---- */

#define CELL_W 8
#define CELL_H 16

/* Strokes of a letter as two upright, three level and a slanted one. */
static bool has_stroke(uint32_t glyph, int x, int y)
{
	bool upper = y < 7;

	if (x < 1 || x > 5 || y < 2 || y > 12)
		return false;
	if (x == 1)
		return glyph >> upper & 1;
	if (x == 5)
		return glyph >> (2 + upper) & 1;
	if (y == 2 || y == 7 || y == 12)
		return glyph >> (4 + y / 5) & 1;
	return (glyph >> 7 & 1) && (y - 2) / 2 == x - (upper ? 0 : 2);
}

/* How much ink a pixel of a letter has, 0 to 4: edges are soft. */
static int ink(uint32_t glyph, int x, int y)
{
	if (has_stroke(glyph, x, y))
		return 4;
	return has_stroke(glyph, x - 1, y) ? 1 : 0;
}

/* The letter of a cell: 40 to choose from, now and then a blank. */
static uint32_t letter(uint32_t seed, int column, int line)
{
	uint32_t v = mix(seed, column, line);

	return v % 6 ? mix(7, v / 6 % 40, 0) | 0x11 : 0;
}

/* From colour @a to @b, @part of @whole. */
static uint32_t between(uint32_t a, uint32_t b, int part, int whole)
{
	uint32_t out = 0;
	int shift, from, to;

	for (shift = 0; shift < 24; shift += 8) {
		from = a >> shift & 255;
		to = b >> shift & 255;
		out |= (uint32_t)(from + (to - from) * part / whole) << shift;
	}
	return out;
}

/* Lines of text in @w pixels, each of its own length, some of none. */
static uint32_t lines(uint32_t seed, int x, int y, int w, uint32_t dark,
		      uint32_t light)
{
	int column = x / CELL_W, line = y / CELL_H;
	uint32_t v = mix(seed, 0, line);
	int length = v % 3 ? (int)(v / 3 % 64 + 6) * (w / CELL_W) / 100 : 0;

	if (x < 0 || y < 0 || column >= length)
		return light;
	return between(light, dark,
		       ink(letter(seed, column, line), x % CELL_W, y % CELL_H),
		       4);
}

/* One line of about @letters. */
static uint32_t caption(uint32_t seed, int x, int y, int letters, uint32_t dark,
			uint32_t light)
{
	int column = x / CELL_W;

	if (x < 0 || y < 0 || y >= CELL_H ||
	    column >= letters - (int)(mix(seed, 0, 0) % 3))
		return light;
	return between(light, dark, ink(letter(seed, column, 0), x % CELL_W, y),
		       4);
}

static uint32_t page(int x, int y)
{
	return lines(1, x - 24, y, 1880, 0x101418, 0xfbfaf6);
}

/* ---- a desktop ---- */

enum inside {
	INSIDE_TEXT,
	INSIDE_TERMINAL,
	INSIDE_ICONS,
	INSIDE_FORM,
};

static const struct window {
	int x, y, w, h;
	enum inside inside;
} windows[] = {
	/* The uppermost first. */
	{1180, 560, 460, 260, INSIDE_FORM},
	{640, 300, 720, 470, INSIDE_TERMINAL},
	{160, 70, 900, 700, INSIDE_TEXT},
	{960, 130, 840, 620, INSIDE_ICONS},
};

#define TITLE	24
#define TOOLBAR 34
#define ICON	32
#define PANEL	36

/* A round thing with light from above and a rim; @under where it is not. */
static uint32_t icon(uint32_t seed, int x, int y, uint32_t under)
{
	int dx = 2 * x - ICON + 1, dy = 2 * y - ICON + 1;
	int r = dx * dx + dy * dy;
	uint32_t colour = 0x304060 + (mix(seed, 1, 2) & 0x7f7f7f);

	if (x < 0 || y < 0 || y >= ICON || r > 960)
		return under;
	if (r > 860)
		return between(colour, under, r - 860, 100);
	if (x > 10 && x < 22 && y > 12 && y < 15 + (int)(seed % 9))
		return 0xf8f8f8;
	return between(0xffffff, colour, 40 + y + r / 30, 104);
}

/* Icons with a word below, one in @w by @h pixels. */
static uint32_t icons(int x, int y, int w, int h, uint32_t dark, uint32_t under)
{
	uint32_t seed = mix(3, x / w, y / h);
	int dx = x % w, dy = y % h - ICON - 6;

	if (x < 0 || y < 0)
		return under;
	if (dy < 0)
		return icon(seed, dx - (w - ICON) / 2, y % h, under);
	return caption(seed, dx - 10, dy, (w - 20) / CELL_W, dark, under);
}

static uint32_t title_bar(const struct window *o, int x, int y)
{
	uint32_t ground = between(0x1c4f8c, 0x9cc0ea, x, o->w);

	if (x > o->w - 66 && y > 3 && y < TITLE - 4 && (o->w - x) % 22 > 4)
		return between(0xf0f0f0, 0x9098a0, y, TITLE);
	return caption(9 + o->inside, x - 8, y - 4, 24, 0xffffff, ground);
}

/* A form: flat ground, fields with a word before, two buttons. */
static uint32_t form(const struct window *o, int x, int y)
{
	const uint32_t ground = 0xece9e4;
	int row = y % 40, foot = y - o->h + TITLE + 40, at = x - o->w + 220;

	if (foot >= 0) {
		if (foot >= 26 || at < 0 || at >= 200 || at % 105 >= 95)
			return ground;
		return caption(50 + at / 105, at % 105 - 20, foot - 5, 7, 0,
			       between(0xfdfdfd, 0xcfcfcf, foot, 26));
	}
	if (foot >= -12)
		return ground;
	if (x > 150 && x < o->w - 20 && row > 8 && row < 32)
		return row == 9 || row == 31 ? 0x8a9098 : 0xffffff;
	return caption(20 + y / 40, x - 16, row - 12, 15, 0x202020, ground);
}

/* Below the title bar; the scroll bar on the right is a slope as well. */
static uint32_t content(const struct window *o, int x, int y)
{
	if (o->inside == INSIDE_FORM)
		return form(o, x, y);
	if (o->inside == INSIDE_TERMINAL)
		return lines(31, x - 4, y - 4, o->w - 8, 0xd0d8d0, 0x10141c);
	if (y < TOOLBAR)
		return y == TOOLBAR - 1
			       ? 0xa0a4a8
			       : icons(x, y - 1, 44, ICON, 0, 0xe8e6e1);
	if (x >= o->w - 17)
		return y > 120 && y < 300
			       ? between(0xd8e4f4, 0x88a8d0, x - o->w + 17, 17)
			       : 0xdcdad5;
	if (o->inside == INSIDE_ICONS)
		return icons(x - 12, y - TOOLBAR - 10, 98, 76, 0x202020,
			     0xffffff);
	return lines(33, x - 10, y - TOOLBAR - 6, o->w - 40, 0x181818,
		     0xffffff);
}

static uint32_t window(const struct window *o, int x, int y)
{
	if (!x || !y || x == o->w - 1 || y == o->h - 1)
		return 0x2c3e50;
	return y < TITLE ? title_bar(o, x, y) : content(o, x, y - TITLE);
}

static uint32_t desktop(int x, int y)
{
	uint32_t ground = between(0x16507c, 0x6fb0c8, x / 4 + y, 1600);
	int foot = y - 1080 + PANEL, at;
	size_t i;

	if (foot >= 0 && foot < PANEL) {
		at = x % 180;
		ground = between(0x4c5866, 0x20262e, foot, PANEL);
		return at < 146 ? caption(40 + x / 180, at - 12, foot - 10, 16,
					  0xf0f0f0, ground)
				: icon(x / 180, at - 146, foot - 2, ground);
	}
	for (i = 0; i < sizeof(windows) / sizeof(windows[0]); i++) {
		const struct window *o = &windows[i];

		if (x >= o->x && x < o->x + o->w && y >= o->y &&
		    y < o->y + o->h)
			return window(o, x - o->x, y - o->y);
	}
	return x < 108 ? icons(x - 10, y - 20, 98, 96, 0xffffff, ground)
		       : ground;
}

/* ---- a photo ---- */

/* Hills of 2^@bits pixels between random heights of 0 to 255. */
static int hills(uint32_t seed, int x, int y, int bits)
{
	int one = 1 << bits, fx = x & (one - 1), fy = y & (one - 1);
	int a = mix(seed, x >> bits, y >> bits) & 255;
	int b = mix(seed, (x >> bits) + 1, y >> bits) & 255;
	int c = mix(seed, x >> bits, (y >> bits) + 1) & 255;
	int d = mix(seed, (x >> bits) + 1, (y >> bits) + 1) & 255;

	a = (a * (one - fx) + b * fx) >> bits;
	c = (c * (one - fx) + d * fx) >> bits;
	return (a * (one - fy) + c * fy) >> bits;
}

static uint32_t clamp(int v)
{
	return v < 1 ? 1 : v > 255 ? 255 : v;
}

/* The smaller the fainter, and what a sensor's noise leaves. */
static uint32_t smooth(int x, int y)
{
	static const int weights[] = {0, 0, 4, 8, 14, 24, 36, 56, 100, 140};
	int light = -80 * 256, bits;
	int warm = hills(50, x, y, 8) / 3 + hills(51, x, y, 3) / 24;
	uint32_t noise = mix(77, x, y);

	for (bits = 1; bits < 10; bits++)
		light += hills(60 + bits, x, y, bits) * weights[bits];
	if (hills(90, x, y, 4) > 128)
		light += 44 * 256; /* edges */
	light = light / 256 + ((noise & 31) == 0);
	return clamp(light + warm - 20) << 16 | clamp(light) << 8 |
	       clamp(light - warm + 30);
}

uint32_t large_rgb(enum content content, int x, int y)
{
	if (content == CONTENT_DESKTOP)
		return desktop(x, y);
	return content == CONTENT_PAGE ? page(x, y) : smooth(x, y);
}

static void twice(struct server *s, enum content content)
{
	struct source source = {.content = content,
				.format = SPICE_BITMAP_FMT_32BIT,
				.w = s->w,
				.h = s->h};

	draw_source(s, &source, 0, 0);
	source.seed = SCROLLED;
	draw_source(s, &source, 0, 0);
}

static void large_desktop(struct server *s)
{
	twice(s, CONTENT_DESKTOP);
}

static void large_photo(struct server *s)
{
	twice(s, CONTENT_SMOOTH);
}

static void large_text(struct server *s)
{
	twice(s, CONTENT_PAGE);
}

const struct scene scenes_large[] = {
	{"large-desktop", large_desktop, "a desktop, then scrolled", false},
	{"large-photo", large_photo, "a smooth photo, then scrolled", false},
	{"large-text", large_text, "a page of text, then scrolled", false},
	{NULL, NULL, NULL, false},
};
