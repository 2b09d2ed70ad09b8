/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The pointer: a shape laid over the screen's pixels on their way to the frame
 * buffer. The picture never holds it.
 *
 * OVER, for each channel of 8 bits, with premultiplied source s, its alpha a
 * and the pixel d below:
 *
 *	t = d * (255 - a) + 128
 *	result = min(255, s + (t + t / 256) / 256)
 *
 * where divisions round down: d * (255 - a) / 255, rounded to nearest, which is
 * what pixman computes. No floating point, exact for all 2^24 inputs.
 */
#include <errno.h>
#include <string.h>

#include "vga/vga_pointer.h"

int vga_pointer_set(struct vga *v, const struct vga_shape *shape)
{
	v->shape_dirty = true;
	memset(&v->shape, 0, sizeof(v->shape));
	if (!shape)
		return 0;
	if (!shape->width || !shape->height || shape->width > VGA_SHAPE_MAX ||
	    shape->height > VGA_SHAPE_MAX)
		return -EINVAL;
	v->shape = *shape;
	return 0;
}

void vga_pointer_move(struct vga *v, int32_t x, int32_t y)
{
	v->pointer.visible = true;
	v->pointer.x = x;
	v->pointer.y = y;
}

void vga_pointer_hide(struct vga *v)
{
	v->pointer.visible = false;
}

static int32_t clamp(int64_t value, int32_t low, int32_t high)
{
	return value < low ? low : value > high ? high : (int32_t)value;
}

/*
 * One axis: the screen px of the shape's first pixel. Far outside is as good
 * as very far outside, and cannot overflow.
 */
static int32_t place(int32_t at, int32_t hot, int32_t origin)
{
	return clamp((int64_t)at - hot + origin, -(1 << 24), 1 << 24);
}

void vga_sprite_place(const struct vga *v, struct vga_sprite *sprite)
{
	const struct vga_shape *shape = &v->shape;
	struct vga_rect *area = &sprite->area;

	memset(sprite, 0, sizeof(*sprite));
	if (!v->pointer.visible || !shape->width)
		return;
	sprite->shape = shape;
	sprite->left = place(v->pointer.x, shape->hot_x, v->origin_x);
	sprite->top = place(v->pointer.y, shape->hot_y, v->origin_y);
	area->left = clamp(sprite->left, 0, v->mode.width);
	area->top = clamp(sprite->top, 0, v->mode.height);
	area->right = clamp((int64_t)sprite->left + shape->width, 0,
			    v->mode.width);
	area->bottom = clamp((int64_t)sprite->top + shape->height, 0,
			     v->mode.height);
}

bool vga_sprite_meets(const struct vga_sprite *sprite, int32_t x, int32_t y,
		      uint32_t n)
{
	const struct vga_rect *area = &sprite->area;

	return y >= area->top && y < area->bottom && x < area->right &&
	       x + (int32_t)n > area->left;
}

static uint32_t over_channel(uint32_t s, uint32_t d, uint32_t rest)
{
	uint32_t t = d * rest + 128;
	uint32_t sum = s + ((t + (t >> 8)) >> 8);

	return sum > 255 ? 255 : sum;
}

static uint32_t over(uint32_t s, uint32_t d)
{
	uint32_t rest = 255 - (s >> 24);

	return over_channel(s >> 16 & 255, d >> 16 & 255, rest) << 16 |
	       over_channel(s >> 8 & 255, d >> 8 & 255, rest) << 8 |
	       over_channel(s & 255, d & 255, rest);
}

static bool inverts(const struct vga_shape *shape, uint32_t x, uint32_t y)
{
	return shape->invert &&
	       shape->invert[y * ((shape->width + 7) / 8) + x / 8] << (x & 7) &
		       0x80;
}

void vga_sprite_over(const struct vga_sprite *sprite, uint32_t *line, int32_t x,
		     int32_t y, uint32_t n)
{
	const struct vga_shape *shape = sprite->shape;
	int32_t from, to, at;
	uint32_t row, col;

	if (!vga_sprite_meets(sprite, x, y, n))
		return;
	from = clamp(x, sprite->area.left, sprite->area.right);
	to = clamp(x + (int32_t)n, sprite->area.left, sprite->area.right);
	row = y - sprite->top;
	for (at = from; at < to; at++) {
		col = at - sprite->left;
		if (inverts(shape, col, row))
			line[at - x] ^= 0xffffff;
		else
			line[at - x] =
				over(shape->argb[row * shape->width + col],
				     line[at - x]);
	}
}
