/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The grey picture and the band of text, at every depth, each pixel computed on
 * its own.
 */
#include <stdlib.h>

#include "test/test.h"
#include "test/vga/vga_fake.h"

#define BACK 0x182848u

static struct vga_fake f;
static struct vga v;
static uint8_t *before; /* the frame buffer as it was */

static void start(const struct vga_fake_mode *mode)
{
	vga_fake_init(&f, mode, 1);
	vga_init(&v, &f.bios);
	before = malloc(FAKE_FB_BYTES);
}

static void end(void)
{
	free(before);
	vga_fake_free(&f);
}

/* Fill the screen with noise. */
static void noise(void)
{
	uint32_t seed = 7;

	for (size_t i = 0; i < FAKE_FB_BYTES; i++) {
		seed = seed * 1664525 + 1013904223;
		f.fb[i] = (uint8_t)(seed >> 24);
	}
	memcpy(before, f.fb, FAKE_FB_BYTES);
}

/* A pixel of @fb, red, green and blue each in its own bits. */
static void pixel(const uint8_t *fb, int x, int y, uint32_t rgb[3])
{
	const uint8_t *at = fb + (size_t)y * v.mode.pitch +
			    (size_t)x * ((v.mode.bpp + 7u) / 8);
	uint32_t p = at[0] | (uint32_t)at[1] << 8;

	if (v.mode.bpp >= 24) {
		rgb[0] = at[2], rgb[1] = at[1], rgb[2] = at[0];
	} else if (v.mode.bpp == 16) {
		rgb[0] = p >> 11, rgb[1] = p >> 5 & 63, rgb[2] = p & 31;
	} else {
		rgb[0] = p >> 10 & 31, rgb[1] = p >> 5 & 31, rgb[2] = p & 31;
	}
}

/* Is (@x, @y) the grey of what it was? */
static bool grey(int x, int y)
{
	uint32_t was[3], is[3], want;

	pixel(before, x, y, was);
	pixel(f.fb, x, y, is);
	if (v.mode.bpp == 16)
		was[1] /= 2, is[1] /= 2;
	want = (was[0] * 2 + was[1] * 5 + was[2]) / 16;
	return is[0] == want && is[1] == want && is[2] == want;
}

static const struct vga_fake_mode modes[] = {
	{.number = 0x110, .width = 640, .height = 480, .bpp = 32},
	{.number = 0x111, .width = 1400, .height = 1050, .bpp = 32},
	{.number = 0x112,
	 .width = 1366,
	 .height = 768,
	 .bpp = 24,
	 .pitch = 4104},
	{.number = 0x113, .width = 800, .height = 600, .bpp = 16},
	{.number = 0x114, .width = 800, .height = 600, .bpp = 15},
};

TEST(grey_at_every_depth)
{
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		start(&modes[i]);
		CHECK_EQ(vga_graphics(&v, modes[i].width, modes[i].height), 0);
		noise();
		vga_grey(&v);
		for (int y = 0; y < v.mode.height; y++)
			for (int x = 0; x < v.mode.width; x++)
				CHECK(grey(x, y));
		CHECK(vga_fake_walls(&f));
		/* Behind the picture nothing was written. */
		CHECK(!memcmp(f.fb + (size_t)v.mode.height * v.mode.pitch,
			      before + (size_t)v.mode.height * v.mode.pitch,
			      4096));
		end();
	}
}

static void put(uint32_t color, uint32_t want[3])
{
	want[0] = color >> 16, want[1] = color >> 8 & 255,
	want[2] = color & 255;
	if (v.mode.bpp < 24) {
		want[0] >>= 3;
		want[1] >>= v.mode.bpp == 16 ? 2 : 3;
		want[2] >>= 3;
	}
}

/* Row @row of @rows shows @cells; all else is what it was. */
static bool shows(int rows, int row, const uint8_t *cells, int n)
{
	int top = (v.mode.height - rows * 20) / 2 + row * 20;
	int left = (v.mode.width - 8 * n) / 2;

	for (int y = 0; y < v.mode.height; y++) {
		for (int x = 0; x < v.mode.width; x++) {
			int gx = x - left, gy = y - top - 2;
			uint32_t is[3], want[3];

			pixel(f.fb, x, y, is);
			pixel(before, x, y, want);
			if (y >= top && y < top + 20)
				put(BACK, want);
			if (gy >= 0 && gy < 16 && gx >= 0 && gx < 8 * n &&
			    vga_fake_font(cells[gx / 8], gy) &
				    (128 >> (gx & 7)))
				put(0xffffff, want);
			if (memcmp(is, want, sizeof(is)))
				return false;
		}
	}
	return true;
}

TEST(bar_at_every_depth)
{
	static const char text[] = "desk is lost \xc3\xbc \xe2\x82\xac";
	static const uint8_t cells[] = "desk is lost \x81 ?";

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		start(&modes[i]);
		CHECK_EQ(vga_graphics(&v, modes[i].width, modes[i].height), 0);
		noise();
		CHECK(vga_bar(&v, 7, 2, text));
		CHECK(shows(7, 2, cells, (int)sizeof(cells) - 1));
		memcpy(before, f.fb, FAKE_FB_BYTES);
		CHECK(vga_bar(&v, 7, 6, ""));
		CHECK(shows(7, 6, cells, 0));
		CHECK(vga_fake_walls(&f));
		end();
	}
}

TEST(bar_is_cut)
{
	char text[200];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	start(&modes[0]);
	CHECK_EQ(vga_graphics(&v, 640, 480), 0);
	noise();
	CHECK(vga_bar(&v, 1, 0, text));
	CHECK(shows(1, 0, (const uint8_t *)text, VGA_BAR_COLS));
	CHECK(vga_fake_walls(&f));
	end();
}

TEST(bar_refused)
{
	start(&modes[0]);
	noise();
	vga_grey(&v);
	CHECK(!vga_bar(&v, 3, 0, "text mode"));
	CHECK_EQ(vga_graphics(&v, 640, 480), 0);
	noise();
	CHECK(!vga_bar(&v, 25, 0, "too high"));
	f.no_font = true;
	CHECK(!vga_bar(&v, 3, 0, "no font"));
	CHECK(!memcmp(f.fb, before, FAKE_FB_BYTES));
	end();
}

int main(void)
{
	RUN(grey_at_every_depth);
	RUN(bar_at_every_depth);
	RUN(bar_is_cut);
	RUN(bar_refused);
	return test_end();
}
