/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * VGA text mode 3: 80x25 cells at physical address B8000, each a u16 of
 * character (low byte) and attribute.
 */
#include <string.h>

#include "vga/vga.h"
#include "vga/vga_cp437.h"

#define TEXT_PHYS  0xb8000
#define TEXT_BYTES (VGA_TEXT_ROWS * VGA_TEXT_COLS * 2)

/* Code page 437's single frame. */
enum {
	FRAME_VERTICAL = 0xb3,
	FRAME_TOP_RIGHT = 0xbf,
	FRAME_BOTTOM_LEFT = 0xc0,
	FRAME_HORIZONTAL = 0xc4,
	FRAME_BOTTOM_RIGHT = 0xd9,
	FRAME_TOP_LEFT = 0xda,
};

/* Lines of the cursor in a cell of 8, which the BIOS scales; bit 13: none. */
#define CURSOR_SHAPE 0x0607
#define CURSOR_NONE  0x2000

static volatile uint16_t *cells(struct vga *v)
{
	return v->bios->map(v->bios, TEXT_PHYS, TEXT_BYTES);
}

static volatile uint16_t *cell(struct vga *v, int row, int col)
{
	return cells(v) + row * VGA_TEXT_COLS + col;
}

static void int10(struct vga *v, uint16_t ax, uint16_t cx, uint16_t dx)
{
	struct bios_regs regs;

	memset(&regs, 0, sizeof(regs));
	regs.eax = ax;
	regs.ecx = cx;
	regs.edx = dx;
	v->bios->call(v->bios, 0x10, &regs);
}

static int clamp(int value, int high)
{
	return value < 0 ? 0 : value > high ? high : value;
}

/* The part of @area that is on the screen. */
static struct vga_area clip(const struct vga_area *area)
{
	int top = clamp(area->top, VGA_TEXT_ROWS);
	int left = clamp(area->left, VGA_TEXT_COLS);
	struct vga_area r = {
		.top = top,
		.left = left,
		.rows = clamp(area->top + area->rows, VGA_TEXT_ROWS) - top,
		.cols = clamp(area->left + area->cols, VGA_TEXT_COLS) - left,
	};

	return r;
}

void vga_text_mode(struct vga *v)
{
	int10(v, 0x0003, 0, 0);
	memset(&v->mode, 0, sizeof(v->mode));
	memset(&v->shape, 0, sizeof(v->shape));
	memset(&v->drawn, 0, sizeof(v->drawn));
	v->fb = NULL;
	/* Not every BIOS clears when the mode was set already. */
	vga_text_clear(v, VGA_ATTR(VGA_GREY, VGA_BLACK));
}

void vga_text_fill(struct vga *v, const struct vga_area *area, uint8_t attr,
		   uint8_t c)
{
	struct vga_area r = clip(area);
	int row, col;

	for (row = r.top; row < r.top + r.rows; row++) {
		for (col = r.left; col < r.left + r.cols; col++)
			*cell(v, row, col) = c | attr << 8;
	}
}

void vga_text_clear(struct vga *v, uint8_t attr)
{
	struct vga_area all = {0, 0, VGA_TEXT_ROWS, VGA_TEXT_COLS};

	vga_text_fill(v, &all, attr, ' ');
}

/* vga_text_put() up to column @end. */
static int put(struct vga *v, int row, int col, int end, uint8_t attr,
	       const char *text)
{
	int from = col;
	uint32_t code;

	if (row < 0 || row >= VGA_TEXT_ROWS || col < 0)
		return 0;
	for (; *text && col < end; col++) {
		text += vga_utf8_get(text, &code);
		*cell(v, row, col) = vga_cp437(code) | attr << 8;
	}
	return col - from;
}

int vga_text_put(struct vga *v, int row, int col, uint8_t attr,
		 const char *text)
{
	return put(v, row, col, VGA_TEXT_COLS, attr, text);
}

void vga_text_put_padded(struct vga *v, int row, int col, int cols,
			 uint8_t attr, const char *text)
{
	struct vga_area rest = {row, col, 1, cols};
	int done;

	done = put(v, row, col, clamp(col + cols, VGA_TEXT_COLS), attr, text);
	rest.left += done;
	rest.cols -= done;
	vga_text_fill(v, &rest, attr, ' ');
}

void vga_text_scroll(struct vga *v, const struct vga_area *area, int lines,
		     uint8_t attr)
{
	struct vga_area r = clip(area);
	struct vga_area below = r;
	int row, col;

	lines = clamp(lines, clamp(r.rows, VGA_TEXT_ROWS));
	for (row = r.top; row < r.top + r.rows - lines; row++) {
		for (col = r.left; col < r.left + r.cols; col++)
			*cell(v, row, col) = *cell(v, row + lines, col);
	}
	below.top = r.top + r.rows - lines;
	below.rows = lines;
	vga_text_fill(v, &below, attr, ' ');
}

/* One line of a frame: @left, @middle all along, @right. */
static void frame_line(struct vga *v, int row, const struct vga_area *area,
		       uint8_t attr, const uint8_t part[3])
{
	struct vga_area all = {row, area->left, 1, area->cols};
	struct vga_area end = {row, area->left, 1, 1};

	vga_text_fill(v, &all, attr, part[1]);
	vga_text_fill(v, &end, attr, part[0]);
	end.left += area->cols - 1;
	vga_text_fill(v, &end, attr, part[2]);
}

void vga_text_box(struct vga *v, const struct vga_area *area, uint8_t attr,
		  const char *title)
{
	static const uint8_t top[] = {FRAME_TOP_LEFT, FRAME_HORIZONTAL,
				      FRAME_TOP_RIGHT};
	static const uint8_t middle[] = {FRAME_VERTICAL, ' ', FRAME_VERTICAL};
	static const uint8_t bottom[] = {FRAME_BOTTOM_LEFT, FRAME_HORIZONTAL,
					 FRAME_BOTTOM_RIGHT};
	int last = area->top + area->rows - 1;
	int row, end, col = area->left + 2;

	frame_line(v, area->top, area, attr, top);
	for (row = area->top + 1; row < last; row++)
		frame_line(v, row, area, attr, middle);
	frame_line(v, last, area, attr, bottom);
	if (!title)
		return;
	/* A blank at each side, inside the corners. */
	end = clamp(area->left + area->cols - 2, VGA_TEXT_COLS);
	col += put(v, area->top, col, end, attr, " ");
	col += put(v, area->top, col, end, attr, title);
	put(v, area->top, col, end, attr, " ");
}

void vga_text_cursor_hide(struct vga *v)
{
	int10(v, 0x0100, CURSOR_NONE, 0);
}

void vga_text_cursor(struct vga *v, int row, int col)
{
	if (row < 0 || row >= VGA_TEXT_ROWS || col < 0 ||
	    col >= VGA_TEXT_COLS) {
		vga_text_cursor_hide(v);
		return;
	}
	int10(v, 0x0100, CURSOR_SHAPE, 0);
	int10(v, 0x0200, 0, row << 8 | col);
}
