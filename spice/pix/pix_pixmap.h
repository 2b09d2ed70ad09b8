/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * A rectangle of pixels in memory, top row first.
 *
 * Formats are the protocol's surface formats (SPICE_SURFACE_FMT_*), for
 * surfaces, decoded images and masks alike. In memory a pixel is:
 *
 *	32_xRGB, 32_ARGB   B, G, R, X or A (premultiplied), 4 bytes
 *	16_555, 16_565     little-endian u16
 *	8_A                one byte
 *	1_A                one bit, bit 0 of a byte is the leftmost
 *
 * Rows start at multiples of 4 bytes from `data`, and `data` itself is aligned
 * to 4 bytes, so that 32-bit pixels are whole words; `stride` is a positive
 * number of bytes, a multiple of 4.
 */
#ifndef SPICE_PIX_PIXMAP_H
#define SPICE_PIX_PIXMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <spice/enums.h>

#include "spice/proto/proto_env.h"

/*
 * This is a policy decision: no side longer than this, no pixmap of more bytes
 * than that. The largest screen in the field is 7680x4320 (133 MB).
 */
#define PIX_MAX_SIDE_PX 16384
#define PIX_MAX_BYTES	(512u << 20)

struct pixmap {
	uint32_t format; /* SPICE_SURFACE_FMT_* */
	uint32_t width;	 /* px, 1..PIX_MAX_SIDE_PX */
	uint32_t height; /* px, 1..PIX_MAX_SIDE_PX */
	uint32_t stride; /* bytes from row to row */
	uint8_t *data;
};

/*
 * right and bottom lie outside. From the wire any four numbers: one with
 * left >= right or top >= bottom is empty.
 */
struct pix_rect {
	int32_t left, top, right, bottom;
};

/* Bits in a pixel of @format: 1, 8, 16, 32; 0 for an unknown format. */
unsigned int pix_bits(uint32_t format);

/*
 * The one place that turns sizes into strides and bytes.
 *
 * @format, @width, @height: as from the wire, any value
 * @stride: receives bytes a row
 * @bytes: receives bytes in all
 * Returns 0; -EINVAL for an unknown format or a side of 0; -E2BIG for more
 * than PIX_MAX_SIDE_PX or PIX_MAX_BYTES.
 */
int pix_size(uint32_t format, uint32_t width, uint32_t height, uint32_t *stride,
	     size_t *bytes);

/*
 * Allocate a pixmap, zero-filled.
 *
 * Returns 0, pix_size's errors, or -ENOMEM.
 * Owner: the caller gives it back with pix_free.
 */
int pix_alloc(const struct spice_env *env, struct pixmap *pm, uint32_t format,
	      uint32_t width, uint32_t height);

/* Give back the pixels of @pm; a second call does nothing. */
void pix_free(const struct spice_env *env, struct pixmap *pm);

static inline uint8_t *pix_row(const struct pixmap *pm, uint32_t y)
{
	return pm->data + (size_t)y * pm->stride;
}

/* Do the pixels of @a and @b share memory? */
bool pix_overlap(const struct pixmap *a, const struct pixmap *b);

/* The common part of @a and @b; an empty one has left == right. */
struct pix_rect pix_rect_intersect(struct pix_rect a, struct pix_rect b);

/*
 * The rectangle of @width x @height px at (@left, @top), cut off where it
 * leaves the range of int32_t. @left, @top: within +-2^62.
 */
struct pix_rect pix_rect_at(int64_t left, int64_t top, uint32_t width,
			    uint32_t height);

/* All of @pm. */
static inline struct pix_rect pix_bounds(const struct pixmap *pm)
{
	return (struct pix_rect){0, 0, (int32_t)pm->width, (int32_t)pm->height};
}

static inline bool pix_rect_empty(struct pix_rect r)
{
	return r.left >= r.right || r.top >= r.bottom;
}

/*
 * Store @words times @v. The processor's own loop writes whole lines, several
 * times as fast as one in C does, once there are some.
 */
static inline void pix_fill32(void *p, uint32_t v, size_t words)
{
	__asm__ volatile("rep stosl"
			 : "+D"(p), "+c"(words)
			 : "a"(v)
			 : "memory");
}

#endif
