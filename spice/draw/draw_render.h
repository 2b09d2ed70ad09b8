/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Inside draw_composite: the X Render extension's operators beyond Porter and
 * Duff's first thirteen, by pixman's numbers (SATURATE, disjoint, conjoint, and
 * PDF's blend modes). Who has no room for them links another source.
 */
#ifndef SPICE_DRAW_RENDER_H
#define SPICE_DRAW_RENDER_H

#include <stdbool.h>
#include <stdint.h>

enum draw_render_way {
	DRAW_RENDER_NONE,  /* no such operator: the surface is left alone */
	DRAW_RENDER_BYTES, /* in bytes, as most are */
	DRAW_RENDER_REAL,  /* what divides: in real numbers */
};

/* How is operator @number done? @component: with component alpha. */
enum draw_render_way draw_render_way(uint8_t number, bool component);

/*
 * One pixel of an operator done in bytes: premultiplied ARGB each.
 *
 * @alphas: the source's alpha for each component
 */
uint32_t draw_render_bytes(uint8_t number, uint32_t src, uint32_t alphas,
			   uint32_t dst);

/* What an operand has at a place. */
struct draw_sample {
	uint32_t format; /* SPICE_SURFACE_FMT_*: how fine its components are */
	bool mixed;	 /* of four pixels, else of the first */
	uint32_t
		pixel[4]; /* ARGB: top left, top right, bottom left and right */
	uint32_t x, y;	  /* how far from the first, of 65536 */
};

/*
 * One pixel of an operator done in real numbers.
 *
 * @mask: NULL for none
 * Returns premultiplied ARGB.
 */
uint32_t draw_render_real(uint8_t number, bool component,
			  const struct draw_sample *src,
			  const struct draw_sample *mask,
			  const struct draw_sample *dst);

#endif
