/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * What all drawing operations share: the walk over the pixels to paint.
 *
 * An operation is a painter: a struct that begins with struct draw_painter
 * and knows how to paint a run of pixels of one row. draw_spans finds the
 * runs: box, clip rectangles, surface and mask all allow them, each pixel
 * comes once.
 */
#ifndef SPICE_DRAW_SPAN_H
#define SPICE_DRAW_SPAN_H

#include "spice/draw/draw.h"
#include "spice/draw/draw_rop.h"

/* A painter's buffer: so many pixels of any format are worked on at once. */
#define DRAW_RUN_PX 256

struct draw_painter {
	/*
	 * Paint @n > 0 pixels of row @y of op->dst from @x on, all inside it.
	 */
	void (*paint)(const struct draw_painter *painter, uint32_t x,
		      uint32_t y, uint32_t n);
	const struct draw_op *op;
};

/*
 * Paint @op with @painter where also @within allows it (surface coordinates).
 *
 * Returns 0; -EINVAL for a mask that is none; -ENOMEM, -E2BIG as
 * pix_clip_open. On failure nothing was painted.
 * Bound: yields every 64 Kpixel.
 */
int draw_spans(const struct draw_op *op, struct pix_rect within,
	       const struct draw_painter *painter);

/* The part of the surface that @op's box covers. */
struct pix_rect draw_box(const struct draw_op *op);

/* One color everywhere. */
struct draw_solid {
	struct draw_painter painter;
	enum draw_rop rop;
	uint32_t row[DRAW_RUN_PX]; /* a piece of row in that color */
};

/* Set up @solid: combine @color, in the surface's format, with @rop. */
void draw_solid_init(struct draw_solid *solid, const struct draw_op *op,
		     uint32_t color, enum draw_rop rop);

/*
 * A pixmap that does not change while @op is painted: @pm, or, where that
 * shares memory with the surface, a copy of it.
 *
 * @copy: room for the copy; its data is NULL when none was needed, so
 * pix_free on it is right in all cases.
 * Returns 0; -EINVAL for no pixmap or an unknown format; -ENOMEM.
 */
int draw_stable(const struct draw_op *op, const struct pixmap **pm,
		struct pixmap *copy);

#endif
