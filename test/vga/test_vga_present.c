/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Presents against a slow reference: each pixel of the screen computed on its
 * own, at every depth, for every picture format, with and without a pointer.
 *
 * timeout 300
 */
#include <stdlib.h>

#include "test/test.h"
#include "test/vga/vga_fake.h"
#include "vga/vga_blit.h"

static struct vga_fake f;
static struct vga v;
static uint32_t seed = 12345;

static uint32_t rnd(uint32_t below)
{
	seed = seed * 1664525 + 1013904223;
	return (uint32_t)((uint64_t)(seed >> 4) * below >> 28);
}

/* ---- The reference ---- */

static uint32_t widen(uint32_t c, int bits)
{
	return bits == 5 ? c * 8 + c / 4 : c * 4 + c / 16;
}

static uint32_t ref_picture(const struct vga_picture *p, int32_t x, int32_t y)
{
	const uint8_t *at = p->data;
	uint32_t c;

	if (!p->data || x < 0 || y < 0 || x >= (int32_t)p->width ||
	    y >= (int32_t)p->height)
		return 0;
	at += y * p->stride;
	if (p->format == VGA_XRGB8888) {
		at += 4 * x;
		return at[0] | at[1] << 8 | at[2] << 16;
	}
	at += 2 * x;
	c = at[0] | at[1] << 8;
	if (p->format == VGA_RGB555)
		return widen(c / 1024 % 32, 5) << 16 |
		       widen(c / 32 % 32, 5) << 8 | widen(c % 32, 5);
	return widen(c / 2048, 5) << 16 | widen(c / 32 % 64, 6) << 8 |
	       widen(c % 32, 5);
}

/* src + dst * (255 - a) / 255, the product rounded to nearest. */
static uint32_t ref_over(uint32_t s, uint32_t d)
{
	uint32_t rest = 255 - (s >> 24), out = 0;
	int shift;

	for (shift = 0; shift < 24; shift += 8) {
		uint32_t c = (s >> shift & 255) +
			     ((d >> shift & 255) * rest * 2 + 255) / 510;

		out |= (c > 255 ? 255 : c) << shift;
	}
	return out;
}

static uint32_t ref_pixel(const struct vga_picture *p, int32_t sx, int32_t sy)
{
	int32_t x = sx - v.origin_x, y = sy - v.origin_y;
	uint32_t c = ref_picture(p, x, y);
	const struct vga_shape *s = &v.shape;
	int64_t col = (int64_t)x - v.pointer.x + s->hot_x;
	int64_t row = (int64_t)y - v.pointer.y + s->hot_y;

	if (!v.pointer.visible || col < 0 || row < 0 || col >= s->width ||
	    row >= s->height)
		return c;
	if (s->invert &&
	    s->invert[row * ((s->width + 7) / 8) + col / 8] & (0x80 >> col % 8))
		return ~c & 0xffffff;
	return ref_over(s->argb[row * s->width + col], c);
}

/* The pixel as that depth can show it. */
static uint32_t ref_store(uint32_t c)
{
	uint32_t r = c >> 16, g = c >> 8 & 255, b = c & 255;

	if (v.mode.bpp == 16)
		return r / 8 * 2048 + g / 4 * 32 + b / 8;
	if (v.mode.bpp == 15)
		return r / 8 * 1024 + g / 8 * 32 + b / 8;
	return c;
}

static uint32_t fb_pixel(int32_t x, int32_t y)
{
	const uint8_t *at = f.fb + (size_t)y * v.mode.pitch +
			    x * ((v.mode.bpp + 7) / 8);
	uint32_t c = at[0] | at[1] << 8;

	return v.mode.bpp > 16 ? c | (uint32_t)at[2] << 16 : c;
}

/* Does the whole screen show what it should? */
static int screen_right(const struct vga_picture *p)
{
	int32_t x, y;

	for (y = 0; y < v.mode.height; y++) {
		for (x = 0; x < v.mode.width; x++) {
			uint32_t want = ref_store(ref_pixel(p, x, y));

			if (fb_pixel(x, y) == want)
				continue;
			printf("# %d,%d is %06x, not %06x (%u bpp, %ux%u)\n", x,
			       y, fb_pixel(x, y), want, v.mode.bpp, p->width,
			       p->height);
			return 0;
		}
	}
	return vga_fake_walls(&f);
}

/* ---- What is presented ---- */

static const struct vga_fake_mode modes_at[] = {
	{.number = 0x32, .width = 161, .height = 60, .bpp = 32},
	{.number = 0x24, .width = 160, .height = 60, .bpp = 24},
	{.number = 0x25,
	 .width = 161,
	 .height = 60,
	 .bpp = 24,
	 .pitch = 164 * 3},
	{.number = 0x16, .width = 161, .height = 60, .bpp = 16},
	{.number = 0x15, .width = 161, .height = 60, .bpp = 15},
	{.number = 0x33, .width = 2600, .height = 24, .bpp = 32},
	{.number = 0x26, .width = 2600, .height = 24, .bpp = 24},
};

#define MODES ((int)(sizeof(modes_at) / sizeof(modes_at[0])))

static void start(int mode)
{
	static bool used;

	if (used)
		vga_fake_free(&f);
	used = true;
	vga_fake_init(&f, &modes_at[mode], 1);
	vga_init(&v, &f.bios);
}

static struct vga_picture picture_new(uint32_t w, uint32_t h,
				      enum vga_format format)
{
	struct vga_picture p = {
		.stride = (w * vga_conv_bytes(format) + 3) / 4 * 4 + 4 * rnd(3),
		.width = w,
		.height = h,
		.format = format,
	};
	uint8_t *data = malloc((size_t)p.stride * h);
	size_t i;

	for (i = 0; i < (size_t)p.stride * h; i++)
		data[i] = rnd(256);
	p.data = data;
	return p;
}

static void picture_free(struct vga_picture *p)
{
	free((void *)p->data);
}

/* Change the picture inside @r (which may reach outside). */
static void picture_draw(struct vga_picture *p, const struct vga_rect *r)
{
	uint32_t bytes = vga_conv_bytes(p->format);
	uint8_t *data = (uint8_t *)p->data;
	int32_t x, y;

	for (y = r->top; y < r->bottom; y++) {
		for (x = r->left * (int32_t)bytes;
		     x < r->right * (int32_t)bytes; x++) {
			if (x >= 0 && y >= 0 && y < (int32_t)p->height &&
			    x < (int32_t)(p->width * bytes))
				data[y * p->stride + x] = rnd(256);
		}
	}
}

static struct vga_rect rect_new(const struct vga_picture *p)
{
	int32_t x = (int32_t)rnd(p->width + 20) - 10;
	int32_t y = (int32_t)rnd(p->height + 20) - 10;
	struct vga_rect r = {x, y, x + (int32_t)rnd(p->width / 2 + 5) - 1,
			     y + (int32_t)rnd(p->height / 2 + 5) - 1};

	return r;
}

#define SHAPE_SIDE 70

static uint32_t shape_argb[SHAPE_SIDE * SHAPE_SIDE];
static uint8_t shape_invert[SHAPE_SIDE * (SHAPE_SIDE + 7) / 8 + SHAPE_SIDE];

static struct vga_shape shape_new(bool invert)
{
	struct vga_shape s = {
		.width = 1 + rnd(SHAPE_SIDE),
		.height = 1 + rnd(SHAPE_SIDE),
		.argb = shape_argb,
		.invert = invert ? shape_invert : NULL,
	};
	size_t i;

	s.hot_x = rnd(s.width);
	s.hot_y = rnd(s.height);
	for (i = 0; i < SHAPE_SIDE * SHAPE_SIDE; i++) {
		uint32_t a = rnd(4) ? rnd(256) : 255 * rnd(2);

		/* One in eight breaks premultiplication: it must saturate. */
		if (!rnd(8))
			shape_argb[i] = rnd(1 << 24) | a << 24;
		else
			shape_argb[i] = a << 24 | rnd(a + 1) << 16 |
					rnd(a + 1) << 8 | rnd(a + 1);
	}
	for (i = 0; i < sizeof(shape_invert); i++)
		shape_invert[i] = rnd(256) & rnd(256);
	return s;
}

/* ---- The cases ---- */

/* OVER for all alphas and both channels: pixman's rounding is to nearest. */
TEST(over_whole_table)
{
	static const struct vga_fake_mode one[] = {
		{.number = 0x32, .width = 256, .height = 256, .bpp = 32}};
	struct vga_picture p = picture_new(256, 256, VGA_XRGB8888);
	static uint32_t argb[256 * 256];
	struct vga_shape s = {256, 256, 0, 0, argb, NULL};
	uint32_t x, y;

	start(0);
	vga_fake_free(&f);
	vga_fake_init(&f, one, 1);
	CHECK_EQ(vga_init(&v, &f.bios), 0);
	CHECK_EQ(vga_graphics(&v, 256, 256), 0);
	for (y = 0; y < 256; y++) {
		for (x = 0; x < 256; x++) {
			((uint32_t *)p.data)[y * p.stride / 4 + x] =
				x | (255 - x) << 8 | (x ^ y) << 16;
			argb[y * 256 + x] = y << 24 | y << 16 | (y / 2) << 8;
		}
	}
	CHECK_EQ(vga_pointer_set(&v, &s), 0);
	vga_pointer_move(&v, 0, 0);
	vga_present(&v, &p, NULL, 0);
	CHECK(screen_right(&p));
	picture_free(&p);
}

static int run(int mode, enum vga_format format, uint32_t w, uint32_t h)
{
	struct vga_picture p;
	struct vga_rect rects[4];
	struct vga_shape s;
	int step, n, i, good = 1;

	start(mode);
	if (vga_graphics(&v, w, h))
		return 0;
	p = picture_new(w, h, format);
	vga_present(&v, &p, NULL, 0);
	good = screen_right(&p);
	for (step = 0; step < 40 && good; step++) {
		switch (rnd(8)) {
		case 0:
			s = shape_new(rnd(2));
			vga_pointer_set(&v, &s);
			break;
		case 1:
			vga_pointer_hide(&v);
			break;
		case 2:
			vga_pointer_set(&v, NULL);
			break;
		default:
			vga_pointer_move(&v, (int32_t)rnd(w + 100) - 50,
					 (int32_t)rnd(h + 100) - 50);
		}
		if (!rnd(3))
			vga_view_follow(&v, v.pointer.x, v.pointer.y);
		n = rnd(5);
		for (i = 0; i < n; i++) {
			rects[i] = rect_new(&p);
			picture_draw(&p, &rects[i]);
		}
		vga_present(&v, &p, rects, n);
		good = screen_right(&p);
	}
	picture_free(&p);
	return good;
}

TEST(random_presents)
{
	static const enum vga_format formats[] = {VGA_XRGB8888, VGA_RGB555,
						  VGA_RGB565};
	static const uint32_t sizes[][2] = {
		{161, 60}, {160, 60}, {33, 17}, {300, 100},
		{50, 100}, {200, 30}, {1, 1},
	};
	size_t format, size;
	int mode;

	for (mode = 0; mode < MODES; mode++) {
		for (format = 0; format < 3; format++) {
			for (size = 0; size < 7; size++)
				CHECK(run(mode, formats[format], sizes[size][0],
					  sizes[size][1]));
		}
	}
}

/* Rows longer than a chunk, cut anywhere. */
TEST(long_rows)
{
	CHECK(run(5, VGA_XRGB8888, 2600, 24));
	CHECK(run(5, VGA_RGB565, 2599, 20));
	CHECK(run(6, VGA_XRGB8888, 2601, 24));
	CHECK(run(6, VGA_RGB555, 2049, 24));
}

/* The pointer at each place round each edge and corner. */
TEST(pointer_at_all_edges)
{
	struct vga_picture p;
	struct vga_shape s;
	int mode, x, y;

	for (mode = 0; mode < 3; mode++) {
		start(mode);
		CHECK_EQ(vga_graphics(&v, 50, 30), 0);
		p = picture_new(50, 30, VGA_XRGB8888);
		s = shape_new(mode == 1);
		s.width = 9;
		s.height = 5;
		s.hot_x = 2;
		s.hot_y = 4;
		CHECK_EQ(vga_pointer_set(&v, &s), 0);
		for (y = -30; y < 60; y += 1 + (y > 0 && y < 20) * 6) {
			for (x = -70; x < 130; x += 1 + (x > 0 && x < 40) * 7) {
				vga_pointer_move(&v, x, y);
				vga_present(&v, &p, NULL, 0);
			}
			CHECK(screen_right(&p));
		}
		picture_free(&p);
	}
}

/* Coordinates that no server should send. */
TEST(wild_coordinates)
{
	static const int32_t wild[] = {INT32_MIN, INT32_MIN + 1, -32768,
				       32767,	  INT32_MAX - 1, INT32_MAX};
	struct vga_picture p;
	struct vga_shape s;
	struct vga_rect all = {INT32_MIN, INT32_MIN, INT32_MAX, INT32_MAX};
	int i, j;

	start(0);
	CHECK_EQ(vga_graphics(&v, 300, 100), 0);
	p = picture_new(300, 100, VGA_XRGB8888);
	s = shape_new(false);
	for (i = 0; i < 6; i++) {
		for (j = 0; j < 6; j++) {
			struct vga_rect r = {wild[i], wild[j], wild[j],
					     wild[i]};

			s.hot_x = wild[j];
			CHECK_EQ(vga_pointer_set(&v, &s), 0);
			vga_pointer_move(&v, wild[i], wild[j]);
			vga_view_follow(&v, wild[i], wild[j]);
			vga_present(&v, &p, &r, 1);
			picture_draw(&p, &(struct vga_rect){0, 0, 300, 100});
			vga_present(&v, &p, &all, 1);
			CHECK(screen_right(&p));
		}
	}
	picture_free(&p);
}

TEST(shapes_refused)
{
	struct vga_shape s = {1, 1, 0, 0, shape_argb, NULL};

	start(0);
	CHECK_EQ(vga_pointer_set(&v, &s), 0);
	s.width = 0;
	CHECK(vga_pointer_set(&v, &s) < 0);
	CHECK_EQ(v.shape.width, 0);
	s.width = VGA_SHAPE_MAX + 1;
	CHECK(vga_pointer_set(&v, &s) < 0);
	s.width = VGA_SHAPE_MAX;
	s.height = 0;
	CHECK(vga_pointer_set(&v, &s) < 0);
	s.height = VGA_SHAPE_MAX + 1;
	CHECK(vga_pointer_set(&v, &s) < 0);
}

/* Nothing but the dirty rectangle, widened to whole words, is written. */
TEST(only_what_is_dirty)
{
	struct vga_rect r = {41, 10, 50, 13};
	struct vga_picture p;
	int mode;
	int32_t x, y, left, right;

	for (mode = 0; mode < 5; mode++) {
		start(mode);
		CHECK_EQ(vga_graphics(&v, v.modes[0].width, 60), 0);
		p = picture_new(v.mode.width, 60, VGA_XRGB8888);
		vga_present(&v, &p, NULL, 0);
		picture_free(&p);
		p = picture_new(v.mode.width, 60, VGA_XRGB8888);
		memset(f.fb, 0xa5, FAKE_FB_BYTES);
		vga_present(&v, &p, &r, 1);
		left = v.mode.bpp == 32 ? 41 : 40;
		right = v.mode.bpp == 24 ? 52 : 50;
		for (y = 0; y < 60; y++) {
			for (x = 0; x < v.mode.width; x++) {
				bool in = x >= left && x < right && y >= 10 &&
					  y < 13;
				uint32_t old = v.mode.bpp > 16 ? 0xa5a5a5
							       : 0xa5a5;

				CHECK_EQ(fb_pixel(x, y),
					 in ? ref_store(ref_pixel(&p, x, y))
					    : old);
			}
		}
		/* The same with nothing dirty, and with nothing to show it. */
		memset(f.fb, 0xa5, FAKE_FB_BYTES);
		vga_present(&v, &p, NULL, 0);
		r.right = r.left;
		vga_present(&v, &p, &r, 1);
		r.right = 50;
		CHECK_EQ(fb_pixel(45, 11) & 0xffff, 0xa5a5);
		picture_free(&p);
	}
}

TEST(picture_of_another_size)
{
	struct vga_picture p, none = {0};

	start(0);
	CHECK_EQ(vga_graphics(&v, 100, 50), 0);
	memset(f.fb, 0xa5, 161 * 60 * 4);
	vga_present(&v, NULL, NULL, 0);
	CHECK(screen_right(&none));

	/* Smaller: black where it has nothing. */
	p = picture_new(80, 20, VGA_RGB565);
	v.all_dirty = true;
	vga_present(&v, &p, NULL, 0);
	CHECK(screen_right(&p));
	picture_free(&p);
}

static int yields;
static uint32_t yield_px_max;

static void count_yield(void *ctx)
{
	struct vga *screen = ctx;

	yields++;
	/* What comes meanwhile is the next present's. */
	vga_pointer_move(screen, 5 * yields, 7);
	vga_view_follow(screen, 290, 95);
	if (screen->yield_px > yield_px_max)
		yield_px_max = screen->yield_px;
}

TEST(yields)
{
	struct vga_rect all = {0, 0, 300, 100};
	struct vga_picture p;
	struct vga_shape s;
	int32_t origin;
	int i;

	start(0);
	vga_set_yield(&v, count_yield, &v);
	CHECK_EQ(vga_graphics(&v, 300, 100), 0);
	p = picture_new(300, 100, VGA_XRGB8888);
	s = shape_new(true);
	vga_pointer_set(&v, &s);
	vga_pointer_move(&v, 50, 50);
	origin = v.origin_x;
	for (i = 0; i < 70; i++) {
		vga_present(&v, &p, &all, 1);
		if (yields && v.origin_x != origin)
			break;
	}
	/* It moved in the middle of that present: this one shows it. */
	CHECK(yields > 0);
	CHECK(v.all_dirty);
	vga_present(&v, &p, NULL, 0);
	CHECK(screen_right(&p));
	for (i = 0; i < 200; i++)
		vga_present(&v, &p, &all, 1);
	vga_present(&v, &p, NULL, 0);
	CHECK(screen_right(&p));
	CHECK(yields > 20);
	CHECK_EQ(yield_px_max, 0);
	picture_free(&p);
}

/* Text and back: nothing of the old pointer is drawn over the new mode. */
TEST(through_text)
{
	struct vga_picture p;
	struct vga_shape s;

	start(1);
	CHECK_EQ(vga_graphics(&v, 160, 60), 0);
	p = picture_new(160, 60, VGA_XRGB8888);
	s = shape_new(false);
	vga_pointer_set(&v, &s);
	vga_pointer_move(&v, 80, 30);
	vga_present(&v, &p, NULL, 0);
	vga_text_mode(&v);
	vga_present(&v, &p, NULL, 0);
	CHECK_EQ(vga_graphics(&v, 160, 60), 0);
	vga_present(&v, &p, NULL, 0);
	CHECK_EQ(v.shape.width, 0);
	CHECK(screen_right(&p));
	picture_free(&p);
}

int main(void)
{
	RUN(over_whole_table);
	RUN(random_presents);
	RUN(long_rows);
	RUN(pointer_at_all_edges);
	RUN(wild_coordinates);
	RUN(shapes_refused);
	RUN(only_what_is_dirty);
	RUN(picture_of_another_size);
	RUN(yields);
	RUN(through_text);
	vga_fake_free(&f);
	return test_end();
}
