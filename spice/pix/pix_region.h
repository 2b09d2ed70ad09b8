/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * What has changed of a surface: a short list of rectangles that together
 * cover everything added. It may cover more and rectangles may overlap; it
 * never covers less, and never anything outside its bounds.
 */
#ifndef SPICE_PIX_REGION_H
#define SPICE_PIX_REGION_H

#include "spice/pix/pix_pixmap.h"

/*
 * This is a policy decision: a frame of a desktop touches a handful of
 * places; with more of them, joining the closest two costs few pixels.
 */
#define PIX_REGION_RECTS 32

struct pix_region {
	struct pix_rect bounds;
	uint32_t count;
	struct pix_rect rects[PIX_REGION_RECTS]; /* none of them empty */
};

/* Make @r empty; from now on it holds what lies inside @bounds. */
void pix_region_init(struct pix_region *r, struct pix_rect bounds);

/* Forget all rectangles, keep the bounds. */
void pix_region_clear(struct pix_region *r);

/* Add what of @rect, any coordinates, lies inside the bounds. */
void pix_region_add(struct pix_region *r, struct pix_rect rect);

/* Add all of @other. Aliasing: not @r itself. */
void pix_region_union(struct pix_region *r, const struct pix_region *other);

/* Cut off what lies outside @bounds, which become the bounds. */
void pix_region_clip(struct pix_region *r, struct pix_rect bounds);

/* Is nothing there? */
static inline bool pix_region_empty(const struct pix_region *r)
{
	return !r->count;
}

/* The smallest rectangle around all; empty for an empty region. */
struct pix_rect pix_region_extents(const struct pix_region *r);

/* for (i = 0; i < r->count; i++) r->rects[i] is how to iterate. */

#endif
