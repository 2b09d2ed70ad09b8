/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Pixels from one format to another.
 *
 * What a pixel becomes:
 *
 *	16 -> 32	each component's top bits repeated below, alpha 0xff
 *	32 -> 16	each component's top bits
 *	555 -> 565	as over 32 bits
 *	32 -> 32	all four bytes as they are, X too
 *	8_A, 1_A -> 32	alpha, colour 0 (black)
 *	8_A, 1_A -> 16	0 (black)
 *	32_ARGB -> 8_A	its alpha; -> 1_A the top bit of that
 *	xRGB, 16 -> 8_A, 1_A	all ones: opaque
 *
 * The colour of 32_ARGB is premultiplied and stays so.
 */
#ifndef SPICE_PIX_CONVERT_H
#define SPICE_PIX_CONVERT_H

#include "spice/pix/pix_pixmap.h"

/* Pixel @x of @row, as stored. @format: one that pix_bits knows. */
static inline uint32_t pix_load(uint32_t format, const uint8_t *row, uint32_t x)
{
	switch (format) {
	case SPICE_SURFACE_FMT_1_A:
		return row[x / 8] >> (x % 8) & 1;
	case SPICE_SURFACE_FMT_8_A:
		return row[x];
	case SPICE_SURFACE_FMT_16_555:
	case SPICE_SURFACE_FMT_16_565:
		return ((const uint16_t *)row)[x];
	default:
		return ((const uint32_t *)row)[x];
	}
}

/* Store @value, of which only the pixel's own bits count, at @x of @row. */
static inline void pix_store(uint32_t format, uint8_t *row, uint32_t x,
			     uint32_t value)
{
	uint8_t bit;

	switch (format) {
	case SPICE_SURFACE_FMT_1_A:
		bit = 1u << x % 8;
		row[x / 8] = (row[x / 8] & ~bit) | (value & 1 ? bit : 0);
		break;
	case SPICE_SURFACE_FMT_8_A:
		row[x] = value;
		break;
	case SPICE_SURFACE_FMT_16_555:
	case SPICE_SURFACE_FMT_16_565:
		((uint16_t *)row)[x] = value;
		break;
	default:
		((uint32_t *)row)[x] = value;
		break;
	}
}

/* A stored pixel as 0xAARRGGBB, alpha 0xff where the format has none. */
static inline uint32_t pix_to_argb(uint32_t format, uint32_t v)
{
	uint32_t c;

	switch (format) {
	case SPICE_SURFACE_FMT_1_A:
		return v ? 0xff000000 : 0;
	case SPICE_SURFACE_FMT_8_A:
		return v << 24;
	case SPICE_SURFACE_FMT_16_555:
		c = (v & 0x7c00) << 9 | (v & 0x03e0) << 6 | (v & 0x001f) << 3;
		return 0xff000000 | c | (c >> 5 & 0x070707);
	case SPICE_SURFACE_FMT_16_565:
		c = (v & 0xf800) << 8 | (v & 0x001f) << 3;
		c |= c >> 5 & 0x070007;
		return 0xff000000 | c | (v & 0x07e0) << 5 | (v & 0x0600) >> 1;
	case SPICE_SURFACE_FMT_32_xRGB:
		return 0xff000000 | v;
	default:
		return v;
	}
}

/* 0xAARRGGBB as a pixel of @format. */
static inline uint32_t pix_from_argb(uint32_t format, uint32_t c)
{
	switch (format) {
	case SPICE_SURFACE_FMT_1_A:
		return c >> 31;
	case SPICE_SURFACE_FMT_8_A:
		return c >> 24;
	case SPICE_SURFACE_FMT_16_555:
		return (c >> 9 & 0x7c00) | (c >> 6 & 0x03e0) |
		       (c >> 3 & 0x001f);
	case SPICE_SURFACE_FMT_16_565:
		return (c >> 8 & 0xf800) | (c >> 5 & 0x07e0) |
		       (c >> 3 & 0x001f);
	default:
		return c;
	}
}

/*
 * Convert @n pixels of a row.
 *
 * @to, @from: formats that pix_bits knows
 * @dst, @dst_x: where to, row and first pixel
 * @src, @src_x: where from
 * Aliasing: the rows may not share memory.
 */
void pix_convert_row(uint32_t to, uint8_t *dst, uint32_t dst_x, uint32_t from,
		     const uint8_t *src, uint32_t src_x, uint32_t n);

/*
 * Convert a rectangle: @area of @dst from @src, whose pixel (@src_x, @src_y)
 * comes to the area's top left corner.
 *
 * Returns 0; -EINVAL when the area or its source is not wholly inside its
 * pixmap (nothing was written then). An empty area is fine.
 * Aliasing: the pixmaps may not share memory.
 * Bound: yields every 64 Kpixel.
 */
int pix_convert(const struct spice_env *env, struct pixmap *dst,
		struct pix_rect area, const struct pixmap *src, int32_t src_x,
		int32_t src_y);

#endif
