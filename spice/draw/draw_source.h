/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The image of an operation, asked for by surface pixels: what of it belongs
 * there, scaled where the source area's size is not the box's.
 */
#ifndef SPICE_DRAW_SOURCE_H
#define SPICE_DRAW_SOURCE_H

#include "spice/draw/draw.h"

/*
 * This is a policy decision: scaling stops at this side, of the box and of the
 * source area. The positions of 16.16 then fit 32 bits times 16, so no 64-bit
 * division is needed; pixman, and so the reference client, stops earlier.
 */
#define DRAW_SCALE_MAX_PX 65535

struct draw_source {
	const struct draw_op *op;
	const struct pixmap *pm;
	uint32_t format, from;	/* that fetch gives; of pm, may be overruled */
	struct pix_rect within; /* surface pixels that fetch may be asked for */
	uint32_t factor_x, factor_y; /* 16.16; 0: not scaled */
	bool nearest;
	int64_t start_x, start_y; /* scaled: of the box in the image, 16.16 */
	int64_t dx, dy;		  /* not scaled: from surface to image */
	struct pixmap copy;
};

/*
 * Open @op's image (src, src_area, scale) for pixels of @format.
 *
 * Returns 0; -EINVAL for no image, an empty source area, an unknown format or
 * scale mode, sides beyond DRAW_SCALE_MAX_PX; -ENOMEM. After an error there is
 * nothing to close.
 * Owner: the caller closes it; @op has to stay.
 */
int draw_source_open(struct draw_source *s, const struct draw_op *op,
		     uint32_t format);
void draw_source_close(struct draw_source *s);

/*
 * Read what belongs to @n surface pixels from (@x, @y) on, all in s->within
 * (draw_spans takes care) and inside the surface.
 *
 * @out: receives them, packed from its first bit on
 */
void draw_source_fetch(const struct draw_source *s, uint32_t x, uint32_t y,
		       uint32_t n, uint8_t *out);

/*
 * The same for who only reads them: returns where they are, @room, which has
 * room for them, or the image's own row.
 */
const uint8_t *draw_source_look(const struct draw_source *s, uint32_t x,
				uint32_t y, uint32_t n, uint8_t *room);

/* Do the rows @y and @y - 1 of the surface show the same pixels? */
bool draw_source_again(const struct draw_source *s, uint32_t y);

/*
 * What is scaled is not painted at once but combined: the reference makes a
 * picture of the image's own format of it first, in which xRGB's fourth byte is
 * one like the others.
 */
static inline void draw_source_combined(struct draw_source *s)
{
	if (s->from == SPICE_SURFACE_FMT_32_xRGB && pix_bits(s->format) == 32)
		s->from = SPICE_SURFACE_FMT_32_ARGB;
}

/* Have @a and @b the same size? */
bool draw_same_size(struct pix_rect a, struct pix_rect b);

#endif
