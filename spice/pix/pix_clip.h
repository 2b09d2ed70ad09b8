/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * A message's clip rectangles, made fit for painting: none overlap (a XOR
 * must not be done twice) and they stand in bands.
 *
 * Bands: rectangles of one band share top and bottom and stand from left to
 * right; a band begins where the one before it ends, or lower.
 */
#ifndef SPICE_PIX_CLIP_H
#define SPICE_PIX_CLIP_H

#include "spice/pix/pix_pixmap.h"

/*
 * This is a policy decision: rectangles that come in bands may be any number.
 * Others are cut into bands in our own memory, at most so many.
 */
#define PIX_CLIP_RECTS 16384

struct pix_clip {
	struct pix_rect bounds;
	uint32_t count;
	const struct pix_rect *rects; /* in bands, may reach beyond bounds */
	struct pix_rect *own;	      /* NULL where rects are the caller's */
	struct pix_rect one; /* what rects points to without clipping */
};

/*
 * Open the part of @rects inside @bounds.
 *
 * @rects, @count: any rectangles, in any order, overlapping or empty; they
 * stay the caller's and where they are until pix_clip_close
 * @all: no clipping, all of @bounds: @rects is not looked at
 * Returns 0; -ENOMEM; -E2BIG for more than PIX_CLIP_RECTS that are not in
 * bands. After an error there is nothing to close.
 * Owner: the caller closes it, and does not copy or move it before.
 */
int pix_clip_open(const struct spice_env *env, struct pix_clip *clip,
		  struct pix_rect bounds, bool all,
		  const struct pix_rect *rects, uint32_t count);

/* Give back what pix_clip_open took. */
void pix_clip_close(const struct spice_env *env, struct pix_clip *clip);

/*
 * Rectangle @i, 0..count - 1, inside the bounds. Returns false for one that
 * lies outside.
 */
static inline bool pix_clip_rect(const struct pix_clip *clip, uint32_t i,
				 struct pix_rect *rect)
{
	*rect = pix_rect_intersect(clip->rects[i], clip->bounds);
	return !pix_rect_empty(*rect);
}

#endif
