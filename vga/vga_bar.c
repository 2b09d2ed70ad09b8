/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The picture put aside: what the screen shows made grey and dark, and a band
 * of text across its middle, in the VGA BIOS's own font (INT 10h AX=1130h).
 *
 * The one place that reads the frame buffer, which is slow on real cards: once
 * for a session's end.
 */
#include <string.h>

#include "vga/vga_blit.h"
#include "vga/vga_cp437.h"

#define FONT_COLS  8
#define FONT_ROWS  16
#define FONT_BYTES (256 * FONT_ROWS)

#define BAR_ROW_PX VGA_BAR_ROW_PX
#define BAR_ABOVE  ((BAR_ROW_PX - FONT_ROWS) / 2)

#define BAR_BACK 0x00182848u
#define BAR_TEXT 0x00ffffffu

/* Half as bright as the colour, and grey: 0..127. */
static uint32_t dark(uint32_t r, uint32_t g, uint32_t b)
{
	return (2 * r + 5 * g + b) >> 4;
}

static void grey_32(volatile uint8_t *row, uint32_t n)
{
	volatile uint32_t *at = (volatile uint32_t *)(volatile void *)row;
	uint32_t p;

	for (; n--; at++) {
		p = *at;
		*at = dark(p >> 16 & 255, p >> 8 & 255, p & 255) * 0x10101u;
	}
}

static void grey_24(volatile uint8_t *at, uint32_t n)
{
	for (; n--; at += 3)
		at[0] = at[1] = at[2] = (uint8_t)dark(at[2], at[1], at[0]);
}

/* 5:5:5, and 5:6:5 with @more 1: a bit more of green. */
static void grey_16(volatile uint8_t *row, uint32_t n, unsigned int more)
{
	volatile uint16_t *at = (volatile uint16_t *)(volatile void *)row;
	uint32_t p, y;

	for (; n--; at++) {
		p = *at;
		y = dark(p >> (10 + more) & 31, p >> (5 + more) & 31, p & 31);
		*at = (uint16_t)(y << (10 + more) | y << (5 + more) | y);
	}
}

void vga_grey(struct vga *v)
{
	uint32_t y, n = v->mode.width;

	for (y = 0; v->mode.number && y < v->mode.height; y++) {
		volatile uint8_t *row = v->fb + (size_t)y * v->mode.pitch;

		if (v->mode.bpp == 32)
			grey_32(row, n);
		else if (v->mode.bpp == 24)
			grey_24(row, n);
		else
			grey_16(row, n, v->mode.bpp - 15u);
	}
}

/* The BIOS's font of 8x16: 16 bytes a character, bit 7 leftmost; or NULL. */
static const uint8_t *bar_font(struct vga *v)
{
	struct bios_regs regs;
	uint32_t at;

	memset(&regs, 0, sizeof(regs));
	regs.eax = 0x1130;
	regs.ebx = 0x0600;
	v->bios->call(v->bios, 0x10, &regs);
	at = ((uint32_t)regs.es << 4) + (regs.ebp & 0xffff);
	return at ? v->bios->map(v->bios, at, FONT_BYTES) : NULL;
}

/* One row of text on the screen. */
struct bar {
	const uint8_t *font;
	uint8_t cells[VGA_BAR_COLS];
	int32_t n, left; /* cells, px */
};

/* Its pixels @x..@x + @n in line @y of the glyphs. */
static void bar_line(const struct bar *b, uint32_t *line, int32_t x, int32_t n,
		     int32_t y)
{
	int32_t i;

	for (i = 0; i < n; i++) {
		int32_t at = x + i - b->left;

		line[i] = BAR_BACK;
		if (y >= 0 && y < FONT_ROWS && at >= 0 &&
		    at < b->n * FONT_COLS &&
		    b->font[b->cells[at / FONT_COLS] * FONT_ROWS + y] &
			    0x80 >> at % FONT_COLS)
			line[i] = BAR_TEXT;
	}
}

bool vga_bar(struct vga *v, unsigned int rows, unsigned int row,
	     const char *text)
{
	uint32_t pixel_bytes = (v->mode.bpp + 7u) / 8;
	int32_t top, x, y, n, width = v->mode.width;
	struct bar b = {.font = NULL};

	if (!v->mode.number || rows * BAR_ROW_PX > v->mode.height)
		return false;
	b.font = bar_font(v);
	if (!b.font)
		return false;
	while (*text && b.n < VGA_BAR_COLS && (b.n + 1) * FONT_COLS <= width) {
		uint32_t code;

		text += vga_utf8_get(text, &code);
		b.cells[b.n++] = vga_cp437(code);
	}
	b.left = (width - b.n * FONT_COLS) / 2;
	top = ((int32_t)v->mode.height - (int32_t)(rows * BAR_ROW_PX)) / 2 +
	      (int32_t)(row * BAR_ROW_PX);
	for (y = 0; y < BAR_ROW_PX; y++) {
		uint8_t *to = v->fb + (size_t)(top + y) * v->mode.pitch;

		for (x = 0; x < width; x += n) {
			n = width - x < VGA_CHUNK_PX ? width - x : VGA_CHUNK_PX;
			bar_line(&b, v->line, x, n, y - BAR_ABOVE);
			vga_blit_row(v->mode.bpp, to + (size_t)x * pixel_bytes,
				     v->line, (uint32_t)n);
		}
	}
	return true;
}
