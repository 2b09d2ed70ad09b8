/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The two hot loops of a present: pixels into a line of XRGB8888, and a line
 * into the frame buffer.
 */
#ifndef VGA_VGA_BLIT_H
#define VGA_VGA_BLIT_H

#include "vga/vga.h"

/* Bytes of one pixel of a picture of @format. */
uint32_t vga_conv_bytes(enum vga_format format);

/*
 * Convert @n pixels at @src, which are of @format, to XRGB8888 at @dst. 5 and 6
 * bits become 8 by repeating their upper bits below, as pixman does.
 *
 * Aliasing: none.
 */
void vga_conv_row(enum vga_format format, uint32_t *dst, const void *src,
		  uint32_t n);

/*
 * Write @n pixels of XRGB8888 to the frame buffer, in whole words of 32 bits.
 * Fewer bits are the upper ones: truncated, not rounded.
 *
 * @bpp: 32, 24, 16 or 15
 * @dst: aligned to 4 bytes, as is @src
 * @n: what is left of a group (24 bpp: 4 pixels, 16 and 15: 2) is written as
 * a whole one, so that @src must be readable up to there.
 */
void vga_blit_row(uint8_t bpp, void *dst, const uint32_t *src, uint32_t n);

/* Pixels in a group of whole words at @bpp: a power of 2. */
uint32_t vga_blit_group(uint8_t bpp);

#endif
