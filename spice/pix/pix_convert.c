/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Pixels from one format to another: one kernel, compiled once for each pair
 * of formats that is met in the field and once for all others.
 */
#include <errno.h>
#include <string.h>

#include "spice/pix/pix_convert.h"
#include "spice/pix/pix_pace.h"

static inline __attribute__((always_inline)) void
kernel(uint32_t to, uint8_t *dst, uint32_t dst_x, uint32_t from,
       const uint8_t *src, uint32_t src_x, uint32_t n)
{
	uint32_t i, c;

	for (i = 0; i < n; i++) {
		c = pix_to_argb(from, pix_load(from, src, src_x + i));
		pix_store(to, dst, dst_x + i, pix_from_argb(to, c));
	}
}

/* The bytes of same-sized pixels, as they are. */
static void copy_row(unsigned int bits, uint8_t *dst, uint32_t dst_x,
		     const uint8_t *src, uint32_t src_x, uint32_t n)
{
	uint32_t i;

	if (bits >= 8) {
		memcpy(dst + dst_x * (bits / 8), src + src_x * (bits / 8),
		       n * (bits / 8));
		return;
	}
	for (i = 0; i < n; i++)
		pix_store(SPICE_SURFACE_FMT_1_A, dst, dst_x + i,
			  pix_load(SPICE_SURFACE_FMT_1_A, src, src_x + i));
}

void pix_convert_row(uint32_t to, uint8_t *dst, uint32_t dst_x, uint32_t from,
		     const uint8_t *src, uint32_t src_x, uint32_t n)
{
	enum {
		X32 = SPICE_SURFACE_FMT_32_xRGB,
		R555 = SPICE_SURFACE_FMT_16_555,
		R565 = SPICE_SURFACE_FMT_16_565,
	};

	if (to == from || (pix_bits(to) == 32 && pix_bits(from) == 32))
		copy_row(pix_bits(to), dst, dst_x, src, src_x, n);
	else if (pix_bits(to) == 32 && from == R555)
		kernel(X32, dst, dst_x, R555, src, src_x, n);
	else if (pix_bits(to) == 32 && from == R565)
		kernel(X32, dst, dst_x, R565, src, src_x, n);
	else if (to == R555 && pix_bits(from) == 32)
		kernel(R555, dst, dst_x, X32, src, src_x, n);
	else if (to == R565 && pix_bits(from) == 32)
		kernel(R565, dst, dst_x, X32, src, src_x, n);
	else
		kernel(to, dst, dst_x, from, src, src_x, n);
}

int pix_convert(const struct spice_env *env, struct pixmap *dst,
		struct pix_rect area, const struct pixmap *src, int32_t src_x,
		int32_t src_y)
{
	struct pix_pace pace = {env, 0};
	uint32_t x, y, width, height;

	if (pix_rect_empty(area))
		return 0;
	if (area.left < 0 || area.top < 0 ||
	    (uint32_t)area.right > dst->width ||
	    (uint32_t)area.bottom > dst->height)
		return -EINVAL;
	width = area.right - area.left;
	height = area.bottom - area.top;
	if (src_x < 0 || src_y < 0 || width > src->width ||
	    height > src->height || (uint32_t)src_x > src->width - width ||
	    (uint32_t)src_y > src->height - height)
		return -EINVAL;

	x = area.left;
	for (y = 0; y < height; y++) {
		pix_convert_row(dst->format, pix_row(dst, area.top + y), x,
				src->format, pix_row(src, src_y + y), src_x,
				width);
		pix_pace(&pace, width);
	}
	return 0;
}
