/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The rows that the operations' files define, for draw_table.c.
 */
#ifndef SPICE_DRAW_TABLE_H
#define SPICE_DRAW_TABLE_H

#include "spice/draw/draw.h"

extern const struct draw_row draw_alpha_blend;
extern const struct draw_row draw_blackness;
extern const struct draw_row draw_blend;
extern const struct draw_row draw_composite;
extern const struct draw_row draw_copy;
extern const struct draw_row draw_copy_bits;
extern const struct draw_row draw_fill;
extern const struct draw_row draw_invers;
extern const struct draw_row draw_opaque;
extern const struct draw_row draw_rop3;
extern const struct draw_row draw_stroke;
extern const struct draw_row draw_text;
extern const struct draw_row draw_transparent;
extern const struct draw_row draw_whiteness;

#endif
