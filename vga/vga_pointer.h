/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The pointer's part of a present, for vga_present.c alone.
 */
#ifndef VGA_VGA_POINTER_H
#define VGA_VGA_POINTER_H

#include "vga/vga.h"

/* The pointer as one present draws it. */
struct vga_sprite {
	const struct vga_shape *shape;
	int32_t left, top;    /* screen px of the shape's corner */
	struct vga_rect area; /* what of it is on the screen; may be empty */
};

/* Where @v's pointer is to be drawn now. */
void vga_sprite_place(const struct vga *v, struct vga_sprite *sprite);

/*
 * Lay @sprite over a piece of a row.
 *
 * @line: the screen's pixels @x.. of row @y, XRGB8888
 * @n: how many
 * Returns whether it changed any (whether they meet).
 */
bool vga_sprite_meets(const struct vga_sprite *sprite, int32_t x, int32_t y,
		      uint32_t n);
void vga_sprite_over(const struct vga_sprite *sprite, uint32_t *line, int32_t x,
		     int32_t y, uint32_t n);

#endif
