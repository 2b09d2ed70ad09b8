/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * A brush laid over an area: all of DRAW_FILL, one step of DRAW_OPAQUE.
 */
#ifndef SPICE_DRAW_BRUSH_H
#define SPICE_DRAW_BRUSH_H

#include "spice/draw/draw.h"
#include "spice/draw/draw_rop.h"

/*
 * Combine @op's brush with its surface, inside its box, clip and mask.
 *
 * Returns as draw_row's paint.
 */
int draw_brush_fill(const struct draw_op *op, enum draw_rop rop);

#endif
