/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Raster operations of two operands.
 *
 * A rop is its own truth table, 4 bits, numbered as X11 does:
 *
 *	bit 3    bit 2    bit 1    bit 0
 *	!s !d    !s  d     s !d     s  d
 *
 * Of the 16, those that matter by name are below. No descriptor asks for
 * number 5, which would leave all as it is.
 */
#ifndef SPICE_DRAW_ROP_H
#define SPICE_DRAW_ROP_H

#include <stdint.h>

enum draw_rop {
	DRAW_ROP_CLEAR = 0x0,
	DRAW_ROP_COPY = 0x3,
	DRAW_ROP_INVERT = 0xa,
	DRAW_ROP_SET = 0xf,
};

/*
 * Reduce a message's rop descriptor.
 *
 * @ropd: SPICE_ROPD_* flags, any value
 * @src_inverted: which flag inverts this operation's source operand:
 * SPICE_ROPD_INVERS_BRUSH for fill and stroke and the brush step of opaque,
 * SPICE_ROPD_INVERS_SRC for copy and blend
 * @dst_inverted: likewise for the other operand: SPICE_ROPD_INVERS_DEST, or
 * SPICE_ROPD_INVERS_SRC for the brush step of opaque
 */
enum draw_rop draw_rop_reduce(uint16_t ropd, uint16_t src_inverted,
			      uint16_t dst_inverted);

/*
 * Combine @n pixels of a row with others of the same format.
 *
 * @bits: of a pixel, 1, 8, 16 or 32
 * @dst, @dst_x: row and first pixel to change
 * @src, @src_x: likewise to read
 * Aliasing: the pixels may not share memory.
 */
void draw_rop_row(enum draw_rop rop, unsigned int bits, uint8_t *dst,
		  uint32_t dst_x, const uint8_t *src, uint32_t src_x,
		  uint32_t n);

#endif
