/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Lines of XRGB8888 to the frame buffer.
 *
 * The frame buffer is uncached: each store is a transaction, so there is one
 * store for each 32 bits and never a read. volatile keeps the compiler from
 * making it a memcpy of bytes.
 */
#include "vga/vga_blit.h"

static void blit_32(volatile uint32_t *dst, const uint32_t *src, uint32_t n)
{
	for (; n >= 4; n -= 4, dst += 4, src += 4) {
		dst[0] = src[0];
		dst[1] = src[1];
		dst[2] = src[2];
		dst[3] = src[3];
	}
	while (n--)
		*dst++ = *src++;
}

/* 4 pixels, 3 words:  b1 r0 g0 b0 | g2 b2 r1 g1 | r3 g3 b3 r2 */
static void blit_24(volatile uint32_t *dst, const uint32_t *src, uint32_t n)
{
	for (; n; n = n > 4 ? n - 4 : 0, dst += 3, src += 4) {
		dst[0] = (src[0] & 0xffffff) | src[1] << 24;
		dst[1] = (src[1] >> 8 & 0xffff) | src[2] << 16;
		dst[2] = (src[2] >> 16 & 0xff) | src[3] << 8;
	}
}

static uint32_t to_565(uint32_t p)
{
	return (p >> 8 & 0xf800) | (p >> 5 & 0x07e0) | (p >> 3 & 0x001f);
}

static uint32_t to_555(uint32_t p)
{
	return (p >> 9 & 0x7c00) | (p >> 6 & 0x03e0) | (p >> 3 & 0x001f);
}

static void blit_16(volatile uint32_t *dst, const uint32_t *src, uint32_t n)
{
	for (; n; n = n > 2 ? n - 2 : 0, src += 2)
		*dst++ = to_565(src[0]) | to_565(src[1]) << 16;
}

static void blit_15(volatile uint32_t *dst, const uint32_t *src, uint32_t n)
{
	for (; n; n = n > 2 ? n - 2 : 0, src += 2)
		*dst++ = to_555(src[0]) | to_555(src[1]) << 16;
}

/* A depth: how many pixels make whole words, and who writes them. */
static const struct blit {
	uint8_t bpp, group;
	void (*row)(volatile uint32_t *dst, const uint32_t *src, uint32_t n);
} blits[] = {
	{32, 1, blit_32},
	{24, 4, blit_24},
	{16, 2, blit_16},
	{15, 2, blit_15},
};

static const struct blit *blit_find(uint8_t bpp)
{
	const struct blit *blit = blits;

	while (blit->bpp != bpp)
		blit++;
	return blit;
}

uint32_t vga_blit_group(uint8_t bpp)
{
	return blit_find(bpp)->group;
}

void vga_blit_row(uint8_t bpp, void *dst, const uint32_t *src, uint32_t n)
{
	blit_find(bpp)->row(dst, src, n);
}
