/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Which modes are believed, which one is chosen, where the view goes.
 */
#include <errno.h>

#include "test/test.h"
#include "test/vga/vga_fake.h"

static struct vga_fake f;
static struct vga v;

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

static int start(const struct vga_fake_mode *modes, int count)
{
	static bool used;

	if (used)
		vga_fake_free(&f);
	used = true;
	vga_fake_init(&f, modes, count);
	return vga_init(&v, &f.bios);
}

struct choice {
	uint32_t width, height;	     /* picture */
	uint16_t screen_w, screen_h; /* mode that must come */
	uint8_t bpp;
};

static int choose(const struct choice *c)
{
	uint32_t w, h;
	int rc = vga_graphics(&v, c->width, c->height);

	if (rc == 0 && vga_screen_size(&v, &w, &h) && w == c->screen_w &&
	    h == c->screen_h && v.mode.bpp == c->bpp &&
	    f.set == (v.mode.number | 0xc000))
		return 1;
	printf("# %ux%u: rc %d, mode %x %ux%u at %u\n", c->width, c->height, rc,
	       v.mode.number, v.mode.width, v.mode.height, v.mode.bpp);
	return 0;
}

TEST(std_choices)
{
	static const struct choice choices[] = {
		{1024, 768, 1024, 768, 32},   /* exact */
		{1920, 1080, 1920, 1080, 32}, /* 8 MB of 16 */
		{720, 400, 800, 600, 32},     /* VGA text of a guest */
		{1, 1, 320, 200, 32},		{801, 600, 1024, 768, 32},
		{640, 481, 800, 600, 32},	{900, 700, 1024, 768, 32},
		{1100, 700, 1280, 720, 32},   /* 921600 px; 1152x864 has more */
		{1280, 800, 1440, 900, 32},   /* 1296000; 1280x1024 1310720 */
		{1920, 1081, 1920, 1080, 32}, /* larger than all */
		{3200, 2400, 1920, 1080, 32},	{1500, 1200, 1600, 1200, 32},
		{200, 3000, 1600, 1200, 32}, /* shows most: 200x1200 */
		{32767, 32767, 1920, 1080, 32},
	};
	int i;

	CHECK_EQ(start(vga_fake_std, vga_fake_std_count), 0);
	CHECK_EQ(v.mode_count, 10);
	for (i = 0; i < COUNT(choices); i++)
		CHECK(choose(&choices[i]));
	CHECK_EQ(vga_graphics(&v, 0, 5), -EINVAL);
	CHECK_EQ(vga_graphics(&v, 5, 0), -EINVAL);
	CHECK_EQ(vga_graphics(&v, 32768, 5), -EINVAL);
	CHECK_EQ(vga_graphics(&v, 5, 32768), -EINVAL);
	CHECK(vga_fake_walls(&f));
}

TEST(cirrus_choices)
{
	static const struct choice choices[] = {
		{1024, 768, 1024, 768, 24},
		{720, 400, 800, 600, 24},
		{640, 480, 640, 480, 24},
		/* There is 1280x1024 in 16 bits, but true colour goes first. */
		{1025, 768, 1024, 768, 24},
		{2000, 2000, 1024, 768, 24},
	};
	int i;

	CHECK_EQ(start(vga_fake_cirrus, vga_fake_cirrus_count), 0);
	CHECK_EQ(v.mode_count, 4);
	for (i = 0; i < COUNT(choices); i++)
		CHECK(choose(&choices[i]));
	/* Where that is all there is, it is taken. */
	CHECK_EQ(start(&vga_fake_cirrus[2], 1), 0);
	CHECK_EQ(vga_graphics(&v, 640, 480), 0);
	CHECK_EQ(v.mode.bpp, 16);
}

TEST(list_elsewhere)
{
	start(vga_fake_std, vga_fake_std_count);
	vga_fake_free(&f);
	vga_fake_init(&f, vga_fake_std, vga_fake_std_count);
	f.list_in_rom = true;
	CHECK_EQ(vga_init(&v, &f.bios), 0);
	CHECK_EQ(v.mode_count, 10);
	f.list_outside = true;
	CHECK_EQ(vga_init(&v, &f.bios), 0);
	CHECK_EQ(v.mode_count, 0);
}

/* A list without an end, and one with more sizes than are kept. */
TEST(long_lists)
{
	static struct vga_fake_mode many[100];
	int i;

	start(vga_fake_std, vga_fake_std_count);
	f.list_in_rom = f.list_endless = true;
	f.infos = 0;
	CHECK_EQ(vga_init(&v, &f.bios), 0);
	CHECK_EQ(f.infos, 512);
	CHECK_EQ(v.mode_count, 10);

	for (i = 0; i < 100; i++) {
		many[i].number = 0x200 + i;
		many[i].width = 400 + i;
		many[i].height = 300;
		many[i].bpp = 32;
	}
	CHECK_EQ(start(many, 100), 0);
	CHECK_EQ(v.mode_count, VGA_MODES_MAX);
	CHECK_EQ(vga_graphics(&v, 410, 300), 0);
	CHECK_EQ(v.mode.width, 410);
}

/* What a BIOS says and nobody believes; 0x200 at the end is a good one. */
TEST(lying_modes)
{
	static const struct vga_fake_mode lies[] = {
		{.number = 0x101,
		 .width = 641,
		 .height = 480,
		 .bpp = 32,
		 .attributes = 0x01}, /* not supported by the hardware */
		{.number = 0x102,
		 .width = 642,
		 .height = 480,
		 .bpp = 32,
		 .attributes = 0x10}, /* text */
		{.number = 0x103,
		 .width = 643,
		 .height = 480,
		 .bpp = 32,
		 .attributes = 0x80}, /* no linear frame buffer */
		{.number = 0x104,
		 .width = 644,
		 .height = 480,
		 .bpp = 32,
		 .model = 3}, /* planes */
		{.number = 0x105,
		 .width = 645,
		 .height = 480,
		 .bpp = 32,
		 .bgr = true},
		{.number = 0x106,
		 .width = 646,
		 .height = 480,
		 .bpp = 32,
		 .pitch = 646 * 3}, /* rows too short */
		{.number = 0x107,
		 .width = 648,
		 .height = 480,
		 .bpp = 32,
		 .pitch = 648 * 4 + 2}, /* rows out of step */
		{.number = 0x108,
		 .width = 650,
		 .height = 480,
		 .bpp = 24,
		 .pitch = 650 * 3 + 2}, /* no room for the last group */
		{.number = 0x109,
		 .width = 2048,
		 .height = 2049,
		 .bpp = 32}, /* 8 KiB more than there is */
		{.number = 0x10a, .width = 0, .height = 480, .bpp = 32},
		{.number = 0x10b, .width = 640, .height = 0, .bpp = 32},
		{.number = 0x10c, .width = 16400, .height = 10, .bpp = 24},
		{.number = 0x10d, .width = 10, .height = 16400, .bpp = 24},
		{.number = 0x10e,
		 .width = 651,
		 .height = 480,
		 .bpp = 32,
		 .base = 0xa0000},
		{.number = 0x10f,
		 .width = 652,
		 .height = 480,
		 .bpp = 32,
		 .base = 0xffffff00},
		{.number = 0x110,
		 .width = 653,
		 .height = 480,
		 .bpp = 32,
		 .base = FAKE_FB + 2},
		{.number = 0x111,
		 .width = 654,
		 .height = 480,
		 .bpp = 16,
		 .unmasked = true,
		 .model = 4},
		{.number = 0x200, .width = 655, .height = 480, .bpp = 16},
	};

	CHECK_EQ(start(lies, COUNT(lies)), 0);
	CHECK_EQ(v.mode_count, 1);
	CHECK_EQ(v.modes[0].number, 0x200);
}

/* Odd, but true. */
TEST(odd_modes)
{
	static const struct vga_fake_mode odd[] = {
		{.number = 0x101,
		 .width = 801,
		 .height = 600,
		 .bpp = 32,
		 .unmasked = true,
		 .model = 4},
		{.number = 0x102,
		 .width = 802,
		 .height = 600,
		 .bpp = 24,
		 .unmasked = true,
		 .model = 4,
		 .pitch = 804 * 3},
		{.number = 0x103,
		 .width = 803,
		 .height = 600,
		 .bpp = 15,
		 .said = 16},
		{.number = 0x104, .width = 804, .height = 600, .bpp = 15},
		{.number = 0x105,
		 .width = 800,
		 .height = 600,
		 .bpp = 32,
		 .pitch_linear = 4096},
	};

	CHECK_EQ(start(odd, COUNT(odd)), 0);
	CHECK_EQ(v.mode_count, 5);
	CHECK_EQ(v.modes[0].bpp, 32);
	CHECK_EQ(v.modes[1].bpp, 24);
	CHECK_EQ(v.modes[2].bpp, 15);
	CHECK_EQ(v.modes[3].bpp, 15);
	CHECK_EQ(v.modes[4].pitch, 4096);
	/* Before 3.0 those words are not there. */
	f.version = 0x0200;
	CHECK_EQ(vga_init(&v, &f.bios), 0);
	CHECK_EQ(v.modes[4].pitch, 3200);
}

TEST(no_vbe)
{
	uint32_t w, h;

	start(vga_fake_std, vga_fake_std_count);
	f.version = 0;
	CHECK_EQ(vga_init(&v, &f.bios), 0);
	CHECK_EQ(vga_graphics(&v, 640, 480), -ENODEV);
	CHECK_EQ(f.set, 0); /* left alone */
	f.version = 0x0102;
	CHECK_EQ(vga_init(&v, &f.bios), 0);
	CHECK_EQ(v.mode_count, 0);
	f.version = 0x0300;
	f.signature = "VBE2";
	CHECK_EQ(vga_init(&v, &f.bios), 0);
	CHECK_EQ(v.mode_count, 0);
	f.no_low = true;
	CHECK_EQ(vga_init(&v, &f.bios), -ENOMEM);
	CHECK(!vga_screen_size(&v, &w, &h));
	CHECK_EQ(w + h, 0);
	CHECK(!vga_view_follow(&v, 1, 1));
	vga_present(&v, NULL, NULL, 0); /* does nothing */
}

/* Modes that cannot be set are passed over, once and for all. */
TEST(modes_that_fail)
{
	static const struct vga_fake_mode modes[] = {
		{.number = 0x101, .width = 640, .height = 480, .bpp = 32},
		{.number = 0x102,
		 .width = 800,
		 .height = 600,
		 .bpp = 32,
		 .refused = true},
		{.number = 0x103,
		 .width = 808,
		 .height = 600,
		 .bpp = 32,
		 .pitch_set = 800}, /* shorter than a row */
		{.number = 0x104,
		 .width = 816,
		 .height = 600,
		 .bpp = 32,
		 .base = FAKE_FB - 0x1000}, /* cannot be mapped */
		{.number = 0x105,
		 .width = 824,
		 .height = 600,
		 .bpp = 32,
		 .pitch_set = 1}, /* 4F06 unknown: the list's pitch */
		{.number = 0x106,
		 .width = 832,
		 .height = 600,
		 .bpp = 32,
		 .pitch_set = 4096},
	};
	static const struct choice good[] = {
		{800, 600, 824, 600, 32},
		{640, 480, 640, 480, 32},
		{801, 600, 824, 600, 32},
		{832, 600, 832, 600, 32},
	};

	CHECK_EQ(start(modes, COUNT(modes)), 0);
	CHECK_EQ(v.mode_count, 6);
	CHECK(choose(&good[0]));
	CHECK_EQ(f.sets, 3);
	CHECK_EQ(v.mode.pitch, 824 * 4);
	CHECK(choose(&good[1]));
	CHECK(choose(&good[2]));
	CHECK_EQ(f.sets, 5);
	CHECK(choose(&good[3]));
	CHECK_EQ(v.mode.pitch, 4096);
	CHECK_EQ(f.sets, 6);
	f.no_map = true;
	CHECK_EQ(vga_graphics(&v, 640, 480), -ENODEV);
	CHECK_EQ(f.set, 3); /* text again */
	CHECK_EQ(v.mode.number, 0);
}

static int black(void)
{
	size_t i, n = (size_t)v.mode.pitch * v.mode.height;

	for (i = 0; i < n; i++) {
		if (f.fb[i])
			return 0;
	}
	return f.fb[n] == 0x5a;
}

TEST(cleared_and_kept)
{
	CHECK_EQ(start(vga_fake_std, vga_fake_std_count), 0);
	CHECK_EQ(vga_graphics(&v, 640, 480), 0);
	CHECK(black());
	CHECK_EQ(f.sets, 1);
	CHECK_EQ(vga_graphics(&v, 639, 479), 0); /* fits best there, too */
	CHECK_EQ(f.sets, 1);
	CHECK(v.all_dirty);
	CHECK_EQ(v.origin_x, 0);
	CHECK_EQ(vga_graphics(&v, 600, 450), 0);
	CHECK_EQ(f.sets, 1);
	CHECK_EQ(v.origin_x, 20);
	CHECK_EQ(v.origin_y, 15);
	vga_text_mode(&v);
	CHECK_EQ(f.set, 3);
	CHECK_EQ(vga_graphics(&v, 600, 450), 0);
	CHECK_EQ(f.sets, 2);
}

TEST(view)
{
	int32_t x;

	CHECK_EQ(start(vga_fake_std, vga_fake_std_count), 0);
	CHECK_EQ(vga_graphics(&v, 3200, 2400), 0); /* on 1920x1080 */
	CHECK(!vga_view_follow(&v, 0, 0));
	CHECK(!vga_view_follow(&v, 1920 - 1 - 32, 1080 - 1 - 32));
	v.all_dirty = false;
	CHECK(vga_view_follow(&v, 1920 - 32, 100));
	CHECK(v.all_dirty);
	CHECK_EQ(v.origin_x, -1);
	CHECK_EQ(v.origin_y, 0);
	CHECK(vga_view_follow(&v, 1919, 2000));
	CHECK_EQ(v.origin_x, -32);
	CHECK_EQ(v.origin_y, -(2000 - (1080 - 1 - 32)));
	CHECK(vga_view_follow(&v, 3199, 2399));
	CHECK_EQ(v.origin_x, -1280);
	CHECK_EQ(v.origin_y, -1320);
	CHECK(!vga_view_follow(&v, INT32_MAX, INT32_MAX));
	CHECK(!vga_view_follow(&v, 1280 + 32, 1320 + 32));
	CHECK(vga_view_follow(&v, 1280 + 31, 1320));
	CHECK_EQ(v.origin_x, -1279);
	CHECK(vga_view_follow(&v, INT32_MIN, INT32_MIN));
	CHECK_EQ(v.origin_x, 0);
	CHECK_EQ(v.origin_y, 0);

	/* Smaller one way, larger the other. */
	CHECK_EQ(vga_graphics(&v, 100, 2400), 0); /* on 1600x1200 */
	CHECK_EQ(v.origin_x, 750);
	CHECK(vga_view_follow(&v, 50, 1300));
	CHECK_EQ(v.origin_x, 750);
	for (x = -10; x < 120; x++)
		CHECK(!vga_view_follow(&v, x, 1300));
}

int main(void)
{
	RUN(std_choices);
	RUN(cirrus_choices);
	RUN(list_elsewhere);
	RUN(long_lists);
	RUN(lying_modes);
	RUN(odd_modes);
	RUN(no_vbe);
	RUN(modes_that_fail);
	RUN(cleared_and_kept);
	RUN(view);
	vga_fake_free(&f);
	return test_end();
}
