/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * An image as an operation's box sees it; scaled where the sizes differ, with
 * the very numbers that the reference client gets from pixman.
 *
 * One pixel to the right on the surface is `factor` to the right in the image,
 * in 16.16 and rounded down. A pixel's sample is taken at its centre.
 *
 * nearest: the image pixel there, of two as near the left or upper one.
 * interpolate: the four around it, weighted by the distance in 1/128 px.
 *
 * Outside the image all is 0; inside, neighbours outside the source area count
 * like others. An image of another format becomes the wanted format first, and
 * is interpolated then.
 *
 * Between formats of 32 bits and inside the image there is a faster way to the
 * same numbers (fetch_fast): of the four pixels the upper and lower ones are
 * mixed first, two components in a word, once for each column.
 */
#include <errno.h>

#include "spice/draw/draw_over.h"
#include "spice/draw/draw_source.h"
#include "spice/draw/draw_span.h"
#include "spice/pix/pix_convert.h"

/* Pixel (@x, @y) of the image as the wanted format shows it, in ARGB. */
static uint32_t sample(const struct draw_source *s, int64_t x, int64_t y)
{
	const struct pixmap *pm = s->pm;
	uint32_t argb;

	if (x < 0 || y < 0 || x >= pm->width || y >= pm->height)
		return 0;
	argb = pix_to_argb(s->from, pix_load(s->from, pix_row(pm, y), x));
	if (pix_bits(s->format) == 32 || s->from == s->format)
		return argb;
	return pix_to_argb(s->format, pix_from_argb(s->format, argb));
}

static uint32_t nearest(const struct draw_source *s, int64_t x, int64_t y)
{
	return sample(s, (x - 1) >> 16, (y - 1) >> 16);
}

static uint32_t interpolated(const struct draw_source *s, int64_t x, int64_t y)
{
	int64_t left = (x - 0x8000) >> 16, top = (y - 0x8000) >> 16;
	uint32_t wx = (x - 0x8000) >> 9 & 127, wy = (y - 0x8000) >> 9 & 127;

	return draw_mix(draw_weights(wx, wy), sample(s, left, top),
			sample(s, left + 1, top), sample(s, left, top + 1),
			sample(s, left + 1, top + 1));
}

/*
 * Where in the image, in 16.16, the centre of surface pixel @at is. Neither
 * product nor sum can overflow: 2^16 px of a factor below 2^32.
 */
static int64_t position(uint32_t at, int32_t box, uint32_t factor,
			int64_t start)
{
	int64_t from_box = (int64_t)at - box;

	return start + from_box * factor + (factor / 2 + factor % 2);
}

/* Pixel (@sx, @sy), 16.16, of what is wanted. */
static uint32_t scaled(const struct draw_source *s, int64_t sx, int64_t sy)
{
	return s->nearest ? nearest(s, sx, sy) : interpolated(s, sx, sy);
}

/* The fast way needs both formats to have 32 bits, and steps below this. */
#define FAST_FACTOR (1u << 30)

/* A column of two pixels mixed: two components a word, 128ths of them. */
struct column {
	uint32_t rb, ag;
};

static struct column column(uint32_t top, uint32_t bottom, uint32_t wy)
{
	return (struct column){(top & 0xff00ff) * (128 - wy) +
				       (bottom & 0xff00ff) * wy,
			       (top >> 8 & 0xff00ff) * (128 - wy) +
				       (bottom >> 8 & 0xff00ff) * wy};
}

/* One component of two columns mixed, at its place in the low byte. */
static uint32_t mixed(uint32_t left, uint32_t right, uint32_t wx)
{
	return (left * 128 + (right - left) * wx) >> 14;
}

static uint32_t mix_columns(struct column l, struct column r, uint32_t wx)
{
	return mixed(l.rb & 0xffff, r.rb & 0xffff, wx) |
	       mixed(l.ag & 0xffff, r.ag & 0xffff, wx) << 8 |
	       mixed(l.rb >> 16, r.rb >> 16, wx) << 16 |
	       mixed(l.ag >> 16, r.ag >> 16, wx) << 24;
}

/*
 * What all of fetch's pixels need lies inside the image: its row or two rows
 * at @y, 16.16, and from @at on, 16.16 too and below @end, its columns.
 *
 * Returns how many of @n pixels were written.
 */
static uint32_t fetch_fast(const struct draw_source *s, uint32_t at,
			   uint32_t end, uint32_t y, uint32_t n, uint32_t *out)
{
	const uint32_t *row = (const uint32_t *)pix_row(s->pm, y >> 16), *next;
	uint32_t opaque = pix_to_argb(s->from, 0), wy = y >> 9 & 127, i, x;
	uint32_t last = UINT32_MAX - 1, factor = s->factor_x;
	struct column left = {0}, right = {0};

	/* So many begin below @end. */
	i = (end - 1 - at) / factor + 1;
	n = n < i ? n : i;
	if (s->nearest) {
		for (i = 0; i < n; i++, at += factor)
			out[i] = row[at >> 16] | opaque;
		return n;
	}
	next = (const uint32_t *)pix_row(s->pm, (y >> 16) + 1);
	for (i = 0; i < n; i++, at += factor) {
		x = at >> 16;
		if (x != last) {
			left = x == last + 1 ? right
					     : column(row[x] | opaque,
						      next[x] | opaque, wy);
			right = column(row[x + 1] | opaque,
				       next[x + 1] | opaque, wy);
			last = x;
		}
		out[i] = mix_columns(left, right, at >> 9 & 127);
	}
	return n;
}

static void fetch_scaled(const struct draw_source *s, uint32_t x, uint32_t y,
			 uint32_t n, uint8_t *out)
{
	struct pix_rect box = s->op->box;
	int64_t sx = position(x, box.left, s->factor_x, s->start_x);
	int64_t sy = position(y, box.top, s->factor_y, s->start_y);
	/* From a pixel's position to that of the first one it needs, and how
	   many it needs after that one. */
	int32_t to_first = s->nearest ? 1 : 0x8000, more = !s->nearest;
	uint32_t end_x = (s->pm->width - more) << 16, i = 0;
	bool fast = pix_bits(s->from) == 32 && pix_bits(s->format) == 32 &&
		    s->factor_x < FAST_FACTOR && sy >= to_first &&
		    sy - to_first < (int64_t)(s->pm->height - more) << 16;

	while (i < n) {
		uint32_t done = 1;

		if (fast && sx >= to_first && sx - to_first < end_x)
			done = fetch_fast(s, (uint32_t)(sx - to_first), end_x,
					  (uint32_t)(sy - to_first), n - i,
					  (uint32_t *)out + i);
		else
			pix_store(s->format, out, i,
				  pix_from_argb(s->format, scaled(s, sx, sy)));
		i += done;
		sx += (int64_t)done * s->factor_x;
	}
}

void draw_source_fetch(const struct draw_source *s, uint32_t x, uint32_t y,
		       uint32_t n, uint8_t *out)
{
	if (s->factor_x)
		fetch_scaled(s, x, y, n, out);
	else
		pix_convert_row(s->format, out, 0, s->from,
				pix_row(s->pm, (uint32_t)(y + s->dy)),
				(uint32_t)(x + s->dx), n);
}

const uint8_t *draw_source_look(const struct draw_source *s, uint32_t x,
				uint32_t y, uint32_t n, uint8_t *room)
{
	uint32_t bits = pix_bits(s->format);

	if (!s->factor_x && bits >= 8 &&
	    (s->from == s->format || (bits == 32 && pix_bits(s->from) == 32)))
		return pix_row(s->pm, (uint32_t)(y + s->dy)) +
		       (uint32_t)(x + s->dx) * (bits / 8);
	draw_source_fetch(s, x, y, n, room);
	return room;
}

bool draw_source_again(const struct draw_source *s, uint32_t y)
{
	uint32_t factor = s->factor_y, from_box = y - (uint32_t)s->op->box.top;

	/* How far into an image pixel, of 65536; see position() and nearest().
	   What is cut off on the way are whole pixels. */
	y = (uint32_t)s->start_y + from_box * factor + (factor - 1) / 2;
	return s->nearest && (y & 0xffff) >= factor;
}

static int factor(int64_t from, int64_t to, uint32_t *factor)
{
	if (from > DRAW_SCALE_MAX_PX || to > DRAW_SCALE_MAX_PX)
		return -EINVAL;
	/* At least 1, as neither side is 0: 0 would mean "not scaled". */
	*factor = ((uint32_t)from << 16) / (uint32_t)to;
	return 0;
}

static int set_scale(struct draw_source *s, const struct draw_op *op)
{
	struct pix_rect area = op->src_area, box = op->box;
	int rc;

	if (op->scale != SPICE_IMAGE_SCALE_MODE_NEAREST &&
	    op->scale != SPICE_IMAGE_SCALE_MODE_INTERPOLATE)
		return -EINVAL;
	s->nearest = op->scale == SPICE_IMAGE_SCALE_MODE_NEAREST;
	s->within = box;
	s->start_x = (int64_t)area.left * 65536;
	s->start_y = (int64_t)area.top * 65536;
	rc = factor((int64_t)area.right - area.left,
		    (int64_t)box.right - box.left, &s->factor_x);
	if (rc)
		return rc;
	return factor((int64_t)area.bottom - area.top,
		      (int64_t)box.bottom - box.top, &s->factor_y);
}

bool draw_same_size(struct pix_rect a, struct pix_rect b)
{
	return (int64_t)a.right - a.left == (int64_t)b.right - b.left &&
	       (int64_t)a.bottom - a.top == (int64_t)b.bottom - b.top;
}

int draw_source_open(struct draw_source *s, const struct draw_op *op,
		     uint32_t format)
{
	int rc = 0;

	*s = (struct draw_source){.op = op, .format = format, .pm = op->src};
	if (!s->pm || !s->pm->data || pix_rect_empty(op->src_area))
		return -EINVAL;
	s->from = s->pm->format;
	if (draw_same_size(op->box, op->src_area)) {
		s->dx = (int64_t)op->src_area.left - op->box.left;
		s->dy = (int64_t)op->src_area.top - op->box.top;
		s->within = pix_rect_at(-s->dx, -s->dy, s->pm->width,
					s->pm->height);
	} else if (!pix_rect_empty(op->box)) {
		rc = set_scale(s, op);
	}
	return rc ? rc : draw_stable(op, &s->pm, &s->copy);
}

void draw_source_close(struct draw_source *s)
{
	pix_free(s->op->env, &s->copy);
}
