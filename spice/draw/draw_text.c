/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * DRAW_TEXT: an area filled, then the brush over it through the letters'
 * coverage. Where letters overlap the larger coverage counts.
 *
 * Quirks of the reference, which every guest has been looked at with:
 * - coverage of 4 bits becomes 16 times as much of 255, so never all of it;
 * - of two such pixels in a byte the second one takes the place of what was
 *   there unless the first one is empty;
 * - a pattern is laid from the corner of the letters' common box, not from the
 *   surface's.
 *
 * Memory: a byte for each pixel of that box inside the drawing's box.
 */
#include <errno.h>

#include "spice/draw/draw_brush.h"
#include "spice/draw/draw_over.h"
#include "spice/draw/draw_table.h"
#include "spice/pix/pix_convert.h"
#include "spice/pix/pix_pace.h"

struct letters {
	struct draw_painter painter;
	struct draw_ink *ink;
	struct pixmap cover; /* 8_A */
	struct pix_rect at;  /* of cover on the surface */
	struct pix_pace pace;
};

static struct pix_rect glyph_box(const struct draw_glyph *glyph)
{
	return pix_rect_at(glyph->x, glyph->y, glyph->width, glyph->height);
}

static uint32_t glyph_stride(uint8_t bits, uint32_t width)
{
	return (width * bits + 7) / 8;
}

static void darken(uint8_t *cover, uint8_t value)
{
	*cover = *cover < value ? value : *cover;
}

/* Pixel @x of a row of 1 or 4 bits, onto what other letters have left there. */
static void cover_pixel(uint8_t bits, const uint8_t *row, uint32_t x,
			uint8_t *cover)
{
	uint8_t byte = row[x * bits / 8];

	if (bits == 1) {
		if (byte << x % 8 & 0x80)
			*cover = 255;
	} else if (x % 2 == 0) {
		darken(cover, byte & 0xf0);
	} else if (byte & 0xf0) {
		*cover = (uint8_t)(byte << 4);
	} else {
		darken(cover, (uint8_t)(byte << 4));
	}
}

/* @n pixels of 8 bits, four at a time where no other letter has been. */
static void cover_bytes(const uint8_t *row, uint8_t *cover, uint32_t n)
{
	uint32_t old;

	while (n) {
		if (n >= 4) {
			__builtin_memcpy(&old, cover, 4);
			if (!old) {
				__builtin_memcpy(cover, row, 4);
				row += 4;
				cover += 4;
				n -= 4;
				continue;
			}
		}
		darken(cover++, *row++);
		n--;
	}
}

static void cover_glyph(struct letters *l, uint8_t bits,
			const struct draw_glyph *glyph)
{
	struct pix_rect box = glyph_box(glyph);
	struct pix_rect r = pix_rect_intersect(box, l->at);
	uint32_t stride = glyph_stride(bits, glyph->width);
	const uint8_t *row;
	uint8_t *cover;
	int32_t x, y;

	for (y = r.top; y < r.bottom; y++) {
		row = glyph->rows + (size_t)(box.bottom - 1 - y) * stride;
		cover = pix_row(&l->cover, y - l->at.top);
		if (bits == 8 && r.left < r.right)
			cover_bytes(row + (r.left - box.left),
				    cover + (r.left - l->at.left),
				    r.right - r.left);
		for (x = r.left; bits != 8 && x < r.right; x++)
			cover_pixel(bits, row, x - box.left,
				    cover + (x - l->at.left));
		pix_pace(&l->pace, (uint32_t)(r.right - r.left));
	}
}

/*
 * What the ink's pixels are: of a pattern of 32 bits its own format tells about
 * alpha, not the surface's. Quirk of the reference: a colour is 555 on every
 * surface of 16 bits.
 */
static uint32_t ink_format(const struct letters *l, const struct pixmap *dst)
{
	const struct pixmap *tile = l->ink->tile;

	if (!tile)
		return pix_bits(dst->format) == 16 ? SPICE_SURFACE_FMT_16_555
						   : dst->format;
	if (pix_bits(tile->format) == 32 && pix_bits(dst->format) == 32)
		return tile->format;
	return dst->format;
}

/* One opaque colour onto a surface of 32 bits; most of it is no letter. */
static void paint_32(uint32_t *row, const uint8_t *cover, uint32_t n,
		     uint32_t color, uint32_t top)
{
	uint32_t i = 0, word;

	while (i < n) {
		if (n - i >= 4) {
			__builtin_memcpy(&word, cover + i, 4);
			if (!word) {
				i += 4;
				continue;
			}
		}
		if (cover[i] == 255)
			row[i] = color;
		else if (cover[i])
			row[i] = draw_over_argb(
				draw_scale_argb(color, cover[i]), row[i] | top);
		i++;
	}
}

static void paint_run(const struct draw_painter *painter, uint32_t x,
		      uint32_t y, uint32_t n)
{
	const struct letters *l = (const struct letters *)painter;
	const struct pixmap *dst = painter->op->dst;
	const uint8_t *cover = pix_row(&l->cover, y - l->at.top), *ink;
	uint32_t format = dst->format, from = ink_format(l, dst), part, i, c, d;
	uint8_t *row = pix_row(dst, y);

	if (!l->ink->tile && pix_bits(format) == 32) {
		paint_32((uint32_t *)row + x, cover + (x - l->at.left), n,
			 l->ink->color | 0xff000000, pix_to_argb(format, 0));
		return;
	}
	for (; n; x += part, n -= part) {
		part = n;
		ink = draw_ink_fetch(l->ink, x, y, &part);
		for (i = 0; i < part; i++) {
			uint8_t alpha = cover[x + i - l->at.left];

			if (!alpha)
				continue;
			c = pix_to_argb(from, pix_load(format, ink, i));
			if (!l->ink->tile)
				c |= 0xff000000;
			d = pix_to_argb(format, pix_load(format, row, x + i));
			d = draw_over_argb(draw_scale_argb(c, alpha), d);
			pix_store(format, row, x + i, pix_from_argb(format, d));
		}
	}
}

/* Where the letters are, and where of that something can be drawn. */
static void letters_box(const struct draw_op *op, struct pix_rect *all,
			struct pix_rect *seen)
{
	const struct draw_text *text = op->text;
	struct pix_rect box;
	uint32_t i;

	*all = glyph_box(&text->glyphs[0]);
	for (i = 1; i < text->count; i++) {
		box = glyph_box(&text->glyphs[i]);
		all->left = box.left < all->left ? box.left : all->left;
		all->top = box.top < all->top ? box.top : all->top;
		all->right = box.right > all->right ? box.right : all->right;
		all->bottom = box.bottom > all->bottom ? box.bottom
						       : all->bottom;
	}
	*seen = pix_rect_intersect(*all, draw_box(op));
}

static int32_t wrapping_sum(int32_t a, int32_t b)
{
	return (int32_t)((uint32_t)a + (uint32_t)b);
}

/* Lay the letters into l->cover. Nothing to draw: l->at is empty. */
static int letters_open(struct letters *l, const struct draw_op *op)
{
	struct draw_brush brush = op->brush;
	struct pix_rect all;
	uint32_t i;
	int rc;

	if (op->text->count)
		letters_box(op, &all, &l->at);
	if (op->brush.type == SPICE_BRUSH_TYPE_NONE || pix_rect_empty(l->at)) {
		l->at = (struct pix_rect){0};
		return 0;
	}
	brush.pos_x = wrapping_sum(brush.pos_x, all.left);
	brush.pos_y = wrapping_sum(brush.pos_y, all.top);
	rc = draw_ink_open(l->ink, op, &brush);
	if (rc)
		return rc;
	rc = pix_alloc(op->env, &l->cover, SPICE_SURFACE_FMT_8_A,
		       l->at.right - l->at.left, l->at.bottom - l->at.top);
	if (rc)
		draw_ink_close(l->ink);
	for (i = 0; !rc && i < op->text->count; i++)
		cover_glyph(l, op->text->bits, &op->text->glyphs[i]);
	return rc;
}

static int paint_back(const struct draw_op *op)
{
	struct draw_op back = *op;

	back.box = pix_rect_intersect(op->box, op->text->back_area);
	back.brush = op->text->back;
	return pix_rect_empty(back.box) ? 0
					: draw_brush_fill(&back, DRAW_ROP_COPY);
}

static int paint(const struct draw_op *op)
{
	const struct draw_text *text = op->text;
	struct draw_ink ink;
	struct letters l = {
		.painter = {paint_run, op}, .ink = &ink, .pace = {op->env, 0}};
	int rc;

	if (!text || (text->bits != 1 && text->bits != 4 && text->bits != 8))
		return -EINVAL;
	rc = letters_open(&l, op);
	if (rc)
		return rc;
	rc = paint_back(op);
	if (pix_rect_empty(l.at))
		return rc;
	if (!rc)
		rc = draw_spans(op, l.at, &l.painter);
	pix_free(op->env, &l.cover);
	draw_ink_close(&ink);
	return rc;
}

const struct draw_row draw_text = {
	.type = SPICE_MSG_DISPLAY_DRAW_TEXT,
	.name = "text",
	.paint = paint,
};
