/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Brushes: the pixels one has for a place on the surface, and a brush laid over
 * an area (all of DRAW_FILL, one step of DRAW_OPAQUE and DRAW_TEXT).
 */
#ifndef SPICE_DRAW_BRUSH_H
#define SPICE_DRAW_BRUSH_H

#include "spice/draw/draw.h"
#include "spice/draw/draw_rop.h"
#include "spice/draw/draw_span.h"

struct draw_ink {
	const struct draw_op *op;
	const struct pixmap *tile; /* NULL: one color */
	uint32_t start_x, start_y; /* tile's pixel at surface (0, 0) */
	uint32_t color;		   /* in the surface's format */
	struct pixmap copy;
	uint32_t row[DRAW_RUN_PX];
};

/*
 * Open @brush for painting on @op's surface.
 *
 * Returns 0; -EINVAL for an unknown brush or a pattern that is none; -ENOMEM.
 * After an error there is nothing to close.
 * Owner: the caller closes it; what @op and @brush point to has to stay.
 */
int draw_ink_open(struct draw_ink *ink, const struct draw_op *op,
		  const struct draw_brush *brush);
void draw_ink_close(struct draw_ink *ink);

/*
 * The brush's pixels for surface pixels from (@x, @y) on.
 *
 * @n: in: how many are wanted, > 0; out: how many there are, from 1 on
 * Returns them in the surface's format, packed; valid until the next call.
 */
const uint8_t *draw_ink_fetch(struct draw_ink *ink, uint32_t x, uint32_t y,
			      uint32_t *n);

/*
 * Combine @op's brush with its surface, inside its box, clip and mask.
 *
 * Returns as draw_row's paint.
 */
int draw_brush_fill(const struct draw_op *op, enum draw_rop rop);

#endif
