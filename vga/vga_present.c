/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * A present: dirty rectangles of the picture, and those of the pointer, go to
 * the frame buffer, each row in pieces of at most VGA_CHUNK_PX.
 *
 *	picture row --(32 bits, no pointer, no border)----------> vga_blit_row
 *	            `--vga_conv_row--> v->line <- border, pointer -^
 *
 * What a present draws is fixed when it begins: the yield function may move
 * the pointer and the view meanwhile, for the next one.
 */
#include <string.h>

#include "vga/vga_blit.h"
#include "vga/vga_pointer.h"

/* One present. Coordinates are the screen's. */
struct frame {
	struct vga *v;
	const struct vga_picture *picture; /* may be NULL, and area empty */
	struct vga_rect area;		   /* where the picture lies */
	struct vga_sprite sprite;
};

static int32_t lower(int32_t a, int32_t b)
{
	return a < b ? a : b;
}

static int32_t higher(int32_t a, int32_t b)
{
	return a > b ? a : b;
}

static bool rect_empty(const struct vga_rect *r)
{
	return r->left >= r->right || r->top >= r->bottom;
}

static bool rect_holds(const struct vga_rect *outer, const struct vga_rect *r)
{
	return r->left >= outer->left && r->right <= outer->right &&
	       r->top >= outer->top && r->bottom <= outer->bottom;
}

static struct vga_rect rect_common(const struct vga_rect *a,
				   const struct vga_rect *b)
{
	struct vga_rect r = {
		.left = higher(a->left, b->left),
		.top = higher(a->top, b->top),
		.right = lower(a->right, b->right),
		.bottom = lower(a->bottom, b->bottom),
	};

	return r;
}

static struct vga_rect screen_rect(const struct vga *v)
{
	struct vga_rect r = {0, 0, v->mode.width, v->mode.height};

	return r;
}

/* Black from @from to @to of a line. */
static void line_black(uint32_t *line, int32_t from, int32_t to)
{
	if (from < to)
		memset(line + from, 0, (size_t)(to - from) * 4);
}

static const uint8_t *picture_at(const struct frame *f, int32_t x, int32_t y)
{
	const struct vga_picture *picture = f->picture;

	return (const uint8_t *)picture->data +
	       (size_t)(y - f->area.top) * picture->stride +
	       (size_t)(x - f->area.left) * vga_conv_bytes(picture->format);
}

/*
 * The final pixels @x..@x + @n of row @y, as XRGB8888: the picture's own memory
 * where that is them, else v->line.
 */
static const uint32_t *compose(const struct frame *f, int32_t x, int32_t y,
			       int32_t n)
{
	uint32_t *line = f->v->line;
	struct vga_rect want = {x, y, x + n, y + 1};
	struct vga_rect have = rect_common(&want, &f->area);
	bool meets = vga_sprite_meets(&f->sprite, x, y, n);

	if (rect_empty(&have)) {
		line_black(line, 0, n);
	} else if (!meets && f->picture->format == VGA_XRGB8888 &&
		   rect_holds(&f->area, &want)) {
		return (const uint32_t *)(const void *)picture_at(f, x, y);
	} else {
		line_black(line, 0, have.left - x);
		vga_conv_row(f->picture->format, line + (have.left - x),
			     picture_at(f, have.left, y),
			     have.right - have.left);
		line_black(line, have.right - x, n);
	}
	vga_sprite_over(&f->sprite, line, x, y, n);
	return line;
}

static void yield(struct vga *v, uint32_t written_px)
{
	v->yield_px += written_px;
	if (v->yield_px < VGA_YIELD_PX)
		return;
	v->yield_px = 0;
	if (v->yield)
		v->yield(v->yield_ctx);
}

static void row_write(struct frame *f, int32_t y, int32_t left, int32_t right)
{
	struct vga *v = f->v;
	uint32_t pixel_bytes = (v->mode.bpp + 7u) / 8;
	uint8_t *row = v->fb + (size_t)y * v->mode.pitch;
	int32_t x, n;

	for (x = left; x < right; x += n) {
		n = lower(right - x, VGA_CHUNK_PX);
		vga_blit_row(v->mode.bpp, row + (size_t)x * pixel_bytes,
			     compose(f, x, y, n), n);
		yield(v, n);
	}
}

/*
 * Write @rect of the screen. Its sides grow to whole words: at the right of an
 * odd screen into the row's padding, which vga_vbe.c made sure of.
 */
static void rect_write(struct frame *f, const struct vga_rect *rect)
{
	struct vga_rect screen = screen_rect(f->v);
	struct vga_rect r = rect_common(rect, &screen);
	int32_t mask = vga_blit_group(f->v->mode.bpp) - 1;
	int32_t y;

	if (rect_empty(&r))
		return;
	r.left &= ~mask;
	r.right = (r.right + mask) & ~mask;
	for (y = r.top; y < r.bottom; y++)
		row_write(f, y, r.left, r.right);
}

/* One dirty rectangle of the picture, in its coordinates. */
static void dirty_write(struct frame *f, const struct vga_rect *rect)
{
	struct vga_rect whole = {0, 0, f->area.right - f->area.left,
				 f->area.bottom - f->area.top};
	struct vga_rect r = rect_common(rect, &whole);

	if (rect_empty(&r))
		return;
	r.left += f->area.left;
	r.right += f->area.left;
	r.top += f->area.top;
	r.bottom += f->area.top;
	rect_write(f, &r);
}

/* The pointer's old place and its new one; in one go where they meet. */
static void pointer_write(struct frame *f, const struct vga_rect *old)
{
	const struct vga_rect *now = &f->sprite.area;
	struct vga_rect both = rect_common(old, now);

	if (rect_empty(old) || rect_empty(now) || rect_empty(&both)) {
		rect_write(f, old);
		rect_write(f, now);
		return;
	}
	both.left = lower(old->left, now->left);
	both.top = lower(old->top, now->top);
	both.right = higher(old->right, now->right);
	both.bottom = higher(old->bottom, now->bottom);
	rect_write(f, &both);
}

static void frame_init(struct frame *f, struct vga *v,
		       const struct vga_picture *picture)
{
	f->v = v;
	f->picture = picture;
	memset(&f->area, 0, sizeof(f->area));
	if (picture) {
		f->area.left = v->origin_x;
		f->area.top = v->origin_y;
		f->area.right = v->origin_x +
				lower(picture->width, v->picture_width);
		f->area.bottom = v->origin_y +
				 lower(picture->height, v->picture_height);
	}
	vga_sprite_place(v, &f->sprite);
}

void vga_present(struct vga *v, const struct vga_picture *picture,
		 const struct vga_rect *rects, size_t n)
{
	struct vga_rect old = v->drawn, screen = screen_rect(v);
	struct frame f;
	bool all = v->all_dirty, moved;
	size_t i;

	if (!v->mode.number)
		return;
	frame_init(&f, v, picture);
	moved = v->shape_dirty ||
		memcmp(&old, &f.sprite.area, sizeof(old)) != 0;
	v->all_dirty = v->shape_dirty = false;
	v->drawn = f.sprite.area;
	if (all) {
		rect_write(&f, &screen);
		return;
	}
	for (i = 0; i < n; i++)
		dirty_write(&f, &rects[i]);
	if (moved)
		pointer_write(&f, &old);
}
