/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Which mode for which picture, and where in it the picture lies.
 */
#include <errno.h>
#include <string.h>

#include "vga/vga.h"
#include "vga/vga_vbe.h"

/* The largest picture whose coordinates cannot overflow anything here. */
#define PICTURE_MAX_PX 32767

/* The pointer stays this far from the edge of a view, if the view can move. */
#define FOLLOW_MARGIN_PX 32

static uint32_t smaller(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

int vga_init(struct vga *v, struct bios *bios)
{
	memset(v, 0, sizeof(*v));
	v->bios = bios;
	v->low = bios->low(bios, VBE_LOW_BYTES, &v->low_segment);
	if (!v->low)
		return -ENOMEM;
	vbe_probe(v);
	return 0;
}

void vga_set_yield(struct vga *v, void (*yield)(void *ctx), void *ctx)
{
	v->yield = yield;
	v->yield_ctx = ctx;
}

/* Does the mode show each colour as it is? */
static bool true_colour(const struct vga_mode *mode)
{
	return mode->bpp >= 24;
}

static uint32_t shown_px(const struct vga_mode *mode, uint32_t width,
			 uint32_t height)
{
	return smaller(mode->width, width) * smaller(mode->height, height);
}

/*
 * Does @a suit a picture of @width x @height better than @b? True colour first:
 * this is a policy decision, a part of the picture as it is rather than all of
 * it in 16 bits (QEMU's std VGA: 2560x1600 before 3840x2160). Then more of the
 * picture, then less around it.
 */
static bool mode_suits_better(const struct vga_mode *a,
			      const struct vga_mode *b, uint32_t width,
			      uint32_t height)
{
	uint32_t shown_a = shown_px(a, width, height);
	uint32_t shown_b = shown_px(b, width, height);

	if (true_colour(a) != true_colour(b))
		return true_colour(a);
	if (shown_a != shown_b)
		return shown_a > shown_b;
	return (uint32_t)a->width * a->height < (uint32_t)b->width * b->height;
}

static struct vga_mode *mode_choose(struct vga *v, uint32_t width,
				    uint32_t height)
{
	struct vga_mode *best = NULL;
	uint16_t i;

	for (i = 0; i < v->mode_count; i++) {
		if (v->modes[i].bad)
			continue;
		if (!best ||
		    mode_suits_better(&v->modes[i], best, width, height))
			best = &v->modes[i];
	}
	return best;
}

/* Where the picture's first pixel lies on a screen of @screen pixels. */
static int32_t centre(uint32_t screen, uint32_t picture)
{
	return screen > picture ? (int32_t)(screen - picture) / 2 : 0;
}

static void picture_place(struct vga *v, uint32_t width, uint32_t height)
{
	v->picture_width = width;
	v->picture_height = height;
	v->origin_x = centre(v->mode.width, width);
	v->origin_y = centre(v->mode.height, height);
	v->all_dirty = true;
}

int vga_graphics(struct vga *v, uint32_t width, uint32_t height)
{
	struct vga_mode *mode;
	bool lost = false;

	if (!width || !height || width > PICTURE_MAX_PX ||
	    height > PICTURE_MAX_PX)
		return -EINVAL;
	for (;;) {
		mode = mode_choose(v, width, height);
		if (!mode)
			break;
		if (mode->number == v->mode.number)
			break;
		v->mode.number = 0;
		lost = true;
		if (vbe_set(v, mode) == 0)
			break;
		mode->bad = true;
	}
	if (!mode) {
		if (lost)
			vga_text_mode(v);
		return -ENODEV;
	}
	picture_place(v, width, height);
	return 0;
}

bool vga_screen_size(const struct vga *v, uint32_t *width, uint32_t *height)
{
	bool graphics = v->mode.number != 0;

	*width = graphics ? v->mode.width : 0;
	*height = graphics ? v->mode.height : 0;
	return graphics;
}

/*
 * One axis of the view: the origin that shows @at, moved no more than needed.
 *
 * @origin: of now; @screen, @picture: sizes, px
 */
static int32_t follow(int32_t origin, int32_t screen, int32_t picture,
		      int32_t at)
{
	int32_t margin = screen / 8 < FOLLOW_MARGIN_PX ? screen / 8
						       : FOLLOW_MARGIN_PX;
	int32_t first = -origin; /* picture px at the screen's edge */

	if (picture <= screen)
		return origin;
	/* Clamp first: no sum below can overflow then. */
	at = at < 0 ? 0 : at >= picture ? picture - 1 : at;
	if (at < first + margin)
		first = at - margin;
	if (at > first + screen - 1 - margin)
		first = at - (screen - 1 - margin);
	if (first > picture - screen)
		first = picture - screen;
	if (first < 0)
		first = 0;
	return -first;
}

bool vga_view_follow(struct vga *v, int32_t x, int32_t y)
{
	int32_t origin_x, origin_y;

	if (!v->mode.number)
		return false;
	origin_x = follow(v->origin_x, v->mode.width, v->picture_width, x);
	origin_y = follow(v->origin_y, v->mode.height, v->picture_height, y);
	if (origin_x == v->origin_x && origin_y == v->origin_y)
		return false;
	v->origin_x = origin_x;
	v->origin_y = origin_y;
	v->all_dirty = true;
	return true;
}
