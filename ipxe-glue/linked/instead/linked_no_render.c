/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * In the place of spice/draw/draw_render.c where a ROM has no room for it:
 * COMPOSITE's operators beyond ADD leave the surface as it is. No driver of a
 * guest sends one of its own accord.
 */
#include "spice/draw/draw_render.h"

enum draw_render_way draw_render_way(uint8_t number, bool component)
{
	return DRAW_RENDER_NONE;
}

uint32_t draw_render_bytes(uint8_t number, uint32_t src, uint32_t alphas,
			   uint32_t dst)
{
	return dst;
}

uint32_t draw_render_real(uint8_t number, bool component,
			  const struct draw_sample *src,
			  const struct draw_sample *mask,
			  const struct draw_sample *dst)
{
	return dst->pixel[0];
}
