/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The screen of a PC with a VGA BIOS: rectangles of a picture go in, the
 * monitor shows them; or 80x25 cells of text.
 *
 * Graphics need VBE 2.0 (VESA BIOS extension) with a linear frame buffer of 32,
 * 24, 16 or 15 bits a pixel; nothing else is tried. All memory is in struct
 * vga, which the caller supplies, plus 1 KiB below 1 MiB.
 *
 *	vga_init()          once: what can this PC show?
 *	vga_graphics(w, h)  a mode for a picture of w x h; again when it resizes
 *	vga_present()       after each change of the picture or the pointer
 *	vga_text_mode()     back to text; vga_text_* draw into it
 *
 * Coordinates are those of the picture unless a comment says screen. Where the
 * screen is larger the picture is centred in black; where it is smaller, the
 * screen is a view into the picture, moved by vga_view_follow().
 */
#ifndef VGA_VGA_H
#define VGA_VGA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "romlayout/include/bios.h"

/* Sizes of screen kept from the BIOS's list; QEMU's std VGA has 40. */
#define VGA_MODES_MAX 64

/* Pixels composed at a time; a multiple of 4, so that groups stay whole. */
#define VGA_CHUNK_PX 1024

/* Pixels written between two calls of the yield function. */
#define VGA_YIELD_PX 65536

/* Picture in memory, top row first; rows are aligned to 4 bytes. */
enum vga_format {
	VGA_XRGB8888, /* u32: blue in the low byte, the high byte is ignored */
	VGA_RGB555,   /* u16: red in bits 10-14 */
	VGA_RGB565,   /* u16: red in bits 11-15 */
};

struct vga_picture {
	const void *data;
	uint32_t stride; /* bytes from row to row, a multiple of 4 */
	uint32_t width, height;
	enum vga_format format;
};

/* right and bottom lie outside; empty and inverted ones are skipped. */
struct vga_rect {
	int32_t left, top, right, bottom;
};

/* One size of screen that the BIOS offers, at its best depth. */
struct vga_mode {
	uint16_t number; /* VBE mode number; 0: none */
	uint16_t width, height;
	uint16_t pitch; /* bytes from row to row */
	uint8_t bpp;	/* 32, 24, 16 (5:6:5) or 15 (5:5:5) */
	bool bad;	/* was tried, did not work */
	uint32_t base;	/* physical address of the frame buffer */
};

/*
 * The shape of the pointer. Where @invert has its bit set, the pixel below is
 * inverted and argb's is ignored; else it is argb OVER the pixel below.
 */
struct vga_shape {
	uint32_t width, height; /* 1..VGA_SHAPE_MAX */
	int32_t hot_x, hot_y;	/* px from the shape's top left corner */
	const uint32_t *argb;	/* width x height, premultiplied, no gaps */
	const uint8_t *invert;	/* NULL, or rows of (width + 7) / 8 bytes;
				   bit 7 of a byte is the leftmost pixel */
};

#define VGA_SHAPE_MAX 1024

/* Where the pointer is. */
struct vga_pointer {
	bool visible;
	int32_t x, y; /* of the hot spot */
};

/* The screen in graphics mode. Fields may be read; only vga/ writes them. */
struct vga {
	struct bios *bios;
	uint8_t *low;	      /* 1 KiB for the BIOS's answers */
	uint16_t low_segment; /* its real-mode segment */

	/* What the BIOS offers. */
	uint16_t vbe_version; /* BCD, 0x0300; 0: no VBE */
	uint32_t vbe_bytes;   /* of video memory */
	uint16_t mode_count;
	struct vga_mode modes[VGA_MODES_MAX];

	/* The mode that is set; mode.number == 0: text. */
	struct vga_mode mode;
	uint8_t *fb;

	/* How the picture lies on the screen: screen = picture + origin. */
	uint32_t picture_width, picture_height;
	int32_t origin_x, origin_y;
	bool all_dirty; /* the next present writes the whole screen */

	struct vga_shape shape; /* width == 0: none */
	bool shape_dirty;	/* it was set after the last present */
	struct vga_pointer pointer;
	struct vga_rect drawn; /* screen px that the pointer covers now */

	void (*yield)(void *ctx);
	void *yield_ctx;
	uint32_t yield_px; /* written since the last yield */

	uint32_t line[VGA_CHUNK_PX]; /* a piece of a row being composed */
};

/*
 * Find out what this PC's VGA BIOS offers. Sets no mode.
 *
 * @v: all of it is overwritten
 * Returns 0; -ENOMEM without low memory. No usable VBE is no error: mode_count
 * is 0 then, vga_graphics() fails with -ENODEV, and text works.
 */
int vga_init(struct vga *v, struct bios *bios);

/*
 * Have @yield(@ctx) called in long presents, each VGA_YIELD_PX pixels.
 *
 * Context: @yield may call vga_pointer_move(), vga_pointer_hide() and
 * vga_view_follow(), which count from the next present on; nothing else here.
 */
void vga_set_yield(struct vga *v, void (*yield)(void *ctx), void *ctx);

/*
 * Set the mode that shows a picture of @width x @height best, or keep the one
 * that is set if it is that. The view goes to the picture's top left corner,
 * and the next present writes the whole screen.
 *
 * The best: exactly that size; else the smallest that holds it; else the one
 * that shows the most of it. Of each size only the best depth is used (32 bits
 * a pixel, then 24, 16, 15), and 16 and 15 only where nothing else works. A new
 * mode shows black.
 *
 * Returns 0; -EINVAL for a side of 0 or above 32767; -ENODEV when no mode
 * works (text mode has been set again then if another was lost).
 */
int vga_graphics(struct vga *v, uint32_t width, uint32_t height);

/* Is a graphics mode set? Then its size in pixels; else 0 x 0. */
bool vga_screen_size(const struct vga *v, uint32_t *width, uint32_t *height);

/*
 * Bring the screen up to date: the @n dirty rectangles of @picture, and what
 * the pointer left, covers or covered. With @n 0 only the pointer moves.
 *
 * @picture: of the size last given to vga_graphics(); where it differs only
 * the common part is shown, the rest is black. NULL: no picture yet, all black
 * @rects: any coordinates, any order; they are clipped here
 * Does nothing in text mode. Nothing is written but final values: no flicker.
 * Aliasing: the picture is only read, and not kept.
 */
void vga_present(struct vga *v, const struct vga_picture *picture,
		 const struct vga_rect *rects, size_t n);

/*
 * Move the view of a picture larger than the screen so that (@x, @y), the
 * pointer, is in it with a margin.
 *
 * Returns whether the view moved; the next present then writes the whole
 * screen (no need to hand it rectangles).
 */
bool vga_view_follow(struct vga *v, int32_t x, int32_t y);

/*
 * Give the pointer a shape; it shows from the next present on if visible.
 *
 * @shape: NULL takes the shape away
 * Owner: the caller keeps shape->argb and shape->invert until another shape is
 * set; the struct itself is copied.
 * Returns 0, or -EINVAL for a size out of range (the old shape is gone then).
 */
int vga_pointer_set(struct vga *v, const struct vga_shape *shape);

/* Move the pointer's hot spot to (@x, @y) and make it visible. */
void vga_pointer_move(struct vga *v, int32_t x, int32_t y);

/* Hide the pointer; the next present takes it away. */
void vga_pointer_hide(struct vga *v);

/* ---- The picture put aside ---- */

/*
 * Make all that the screen shows grey and half as bright, for good: the next
 * session's first present is whole again. Nothing in text mode.
 */
void vga_grey(struct vga *v);

#define VGA_BAR_COLS   76 /* characters in a row of vga_bar at most */
#define VGA_BAR_ROW_PX 20

/*
 * Write @text (UTF-8) into row @row of a band of @rows rows of text, which lies
 * across the middle of the screen, over whatever it shows.
 *
 * Returns false in text mode, where the band is higher than the screen, and
 * where the BIOS gives no font.
 */
bool vga_bar(struct vga *v, unsigned int rows, unsigned int row,
	     const char *text);

/* ---- Text ---- */

#define VGA_TEXT_ROWS 25
#define VGA_TEXT_COLS 80

/* Colours of an attribute: VGA_ATTR(foreground 0..15, background 0..7). */
#define VGA_ATTR(fg, bg) ((uint8_t)((fg) | ((bg) << 4)))
enum vga_color {
	VGA_BLACK,
	VGA_BLUE,
	VGA_GREEN,
	VGA_CYAN,
	VGA_RED,
	VGA_MAGENTA,
	VGA_BROWN,
	VGA_GREY,
	VGA_BRIGHT = 8, /* VGA_BRIGHT | VGA_GREY is white */
};

/* Cells: top and left inclusive, counted from 0. Clipped to the screen. */
struct vga_area {
	int top, left, rows, cols;
};

/* Set VGA text mode 3: 80x25, cleared. The pointer's shape is forgotten. */
void vga_text_mode(struct vga *v);

/* Fill @area with the character @c (code page 437) in @attr. */
void vga_text_fill(struct vga *v, const struct vga_area *area, uint8_t attr,
		   uint8_t c);

/* Clear the whole screen to blanks in @attr. */
void vga_text_clear(struct vga *v, uint8_t attr);

/*
 * Write @text (UTF-8) from (@row, @col) on, up to the right border of the
 * screen. What code page 437 lacks becomes '?'; control characters blanks.
 *
 * Returns how many cells were written.
 */
int vga_text_put(struct vga *v, int row, int col, uint8_t attr,
		 const char *text);

/*
 * The same in at most @cols cells; what is left of them becomes blank.
 */
void vga_text_put_padded(struct vga *v, int row, int col, int cols,
			 uint8_t attr, const char *text);

/* Move the lines of @area up by @lines; blanks in @attr come in below. */
void vga_text_scroll(struct vga *v, const struct vga_area *area, int lines,
		     uint8_t attr);

/* Draw a frame along the inner border of @area, @title (or NULL) in its top. */
void vga_text_box(struct vga *v, const struct vga_area *area, uint8_t attr,
		  const char *title);

/* Put the blinking cursor at (@row, @col); a place outside hides it. */
void vga_text_cursor(struct vga *v, int row, int col);
void vga_text_cursor_hide(struct vga *v);

/* One line of input on the text screen, scrolled sideways when longer. */
struct vga_field {
	int row, col, cols; /* where; cols >= 2 */
	uint8_t attr;
	bool secret;  /* shows '*' */
	char *text;   /* UTF-8, ends with 0; the caller's */
	size_t size;  /* bytes at text, with the 0 */
	size_t at;    /* byte that the cursor stands on */
	size_t first; /* first byte shown */
};

enum vga_edit {
	VGA_EDIT_LEFT,
	VGA_EDIT_RIGHT,
	VGA_EDIT_HOME,
	VGA_EDIT_END,
	VGA_EDIT_BACKSPACE,
	VGA_EDIT_DELETE,
	VGA_EDIT_CLEAR,
};

/* Start with what is in f->text, the cursor at its end. Draws nothing. */
void vga_field_init(struct vga_field *f);

/* Put the character @code (Unicode) in before the cursor. Returns 0, -ENOSPC
   when the text is full, -EINVAL for a control character. */
int vga_field_insert(struct vga_field *f, uint32_t code);

/* Do @edit. Returns whether anything changed. */
bool vga_field_edit(struct vga_field *f, enum vga_edit edit);

/* Draw the field; with @focus the blinking cursor goes there, too. */
void vga_field_draw(struct vga *v, struct vga_field *f, bool focus);

#endif
