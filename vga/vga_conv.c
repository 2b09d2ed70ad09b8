/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Pixels of a picture to XRGB8888.
 */
#include <string.h>

#include "vga/vga_blit.h"

uint32_t vga_conv_bytes(enum vga_format format)
{
	return format == VGA_XRGB8888 ? 4 : 2;
}

static uint32_t from_555(uint32_t p)
{
	uint32_t r = p >> 10 & 31, g = p >> 5 & 31, b = p & 31;

	return (r << 3 | r >> 2) << 16 | (g << 3 | g >> 2) << 8 |
	       (b << 3 | b >> 2);
}

static uint32_t from_565(uint32_t p)
{
	uint32_t r = p >> 11, g = p >> 5 & 63, b = p & 31;

	return (r << 3 | r >> 2) << 16 | (g << 2 | g >> 4) << 8 |
	       (b << 3 | b >> 2);
}

void vga_conv_row(enum vga_format format, uint32_t *dst, const void *src,
		  uint32_t n)
{
	const uint16_t *from = src;
	uint32_t i;

	if (format == VGA_XRGB8888) {
		memcpy(dst, src, n * 4);
	} else if (format == VGA_RGB555) {
		for (i = 0; i < n; i++)
			dst[i] = from_555(from[i]);
	} else {
		for (i = 0; i < n; i++)
			dst[i] = from_565(from[i]);
	}
}
