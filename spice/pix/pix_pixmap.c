/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Sizes, memory and rectangles of pixmaps.
 *
 * Bound: a pixmap takes stride * height bytes, at most PIX_MAX_BYTES.
 */
#include <errno.h>
#include <string.h>

#include "spice/pix/pix_pixmap.h"

unsigned int pix_bits(uint32_t format)
{
	switch (format) {
	case SPICE_SURFACE_FMT_1_A:
		return 1;
	case SPICE_SURFACE_FMT_8_A:
		return 8;
	case SPICE_SURFACE_FMT_16_555:
	case SPICE_SURFACE_FMT_16_565:
		return 16;
	case SPICE_SURFACE_FMT_32_xRGB:
	case SPICE_SURFACE_FMT_32_ARGB:
		return 32;
	default:
		return 0;
	}
}

int pix_size(uint32_t format, uint32_t width, uint32_t height, uint32_t *stride,
	     size_t *bytes)
{
	unsigned int bits = pix_bits(format);

	if (!bits || !width || !height)
		return -EINVAL;
	if (width > PIX_MAX_SIDE_PX || height > PIX_MAX_SIDE_PX)
		return -E2BIG;

	/*
	 * No overflow: 32 * PIX_MAX_SIDE_PX is 2^19 bits, so a row is at most
	 * 2^16 bytes and all rows together 2^30.
	 */
	*stride = (width * bits + 31) / 32 * 4;
	*bytes = (size_t)*stride * height;
	return *bytes > PIX_MAX_BYTES ? -E2BIG : 0;
}

int pix_alloc(const struct spice_env *env, struct pixmap *pm, uint32_t format,
	      uint32_t width, uint32_t height)
{
	uint32_t stride;
	size_t bytes;
	int rc;

	memset(pm, 0, sizeof(*pm));
	rc = pix_size(format, width, height, &stride, &bytes);
	if (rc)
		return rc;
	pm->data = env->alloc(env->ctx, bytes);
	if (!pm->data)
		return -ENOMEM;
	memset(pm->data, 0, bytes);
	pm->format = format;
	pm->width = width;
	pm->height = height;
	pm->stride = stride;
	return 0;
}

void pix_free(const struct spice_env *env, struct pixmap *pm)
{
	if (pm->data)
		env->free(env->ctx, pm->data);
	pm->data = NULL;
}

bool pix_overlap(const struct pixmap *a, const struct pixmap *b)
{
	const uint8_t *a_end = a->data + (size_t)a->stride * a->height;
	const uint8_t *b_end = b->data + (size_t)b->stride * b->height;

	return a->data < b_end && b->data < a_end;
}

struct pix_rect pix_rect_intersect(struct pix_rect a, struct pix_rect b)
{
	struct pix_rect r = {
		.left = a.left > b.left ? a.left : b.left,
		.top = a.top > b.top ? a.top : b.top,
		.right = a.right < b.right ? a.right : b.right,
		.bottom = a.bottom < b.bottom ? a.bottom : b.bottom,
	};

	if (pix_rect_empty(r))
		return (struct pix_rect){r.left, r.top, r.left, r.top};
	return r;
}

static int32_t clamp(int64_t v)
{
	return v < INT32_MIN ? INT32_MIN : v > INT32_MAX ? INT32_MAX : v;
}

struct pix_rect pix_rect_at(int64_t left, int64_t top, uint32_t width,
			    uint32_t height)
{
	return (struct pix_rect){clamp(left), clamp(top), clamp(left + width),
				 clamp(top + height)};
}
