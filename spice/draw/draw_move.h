/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Pixels move inside one surface: COPY_BITS, and a DRAW_COPY from the surface
 * onto itself.
 */
#ifndef SPICE_DRAW_MOVE_H
#define SPICE_DRAW_MOVE_H

#include "spice/draw/draw.h"

/*
 * Paint every pixel (x, y) of @op's box and clip with what the surface had at
 * (x - @dx, y - @dy), where that is inside the surface. The mask is not looked
 * at. @dx, @dy: within +-2^32.
 *
 * Returns 0; -ENOMEM, -E2BIG as pix_clip_open.
 * Bound: yields every 64 Kpixel.
 */
int draw_move(const struct draw_op *op, int64_t dx, int64_t dy);

#endif
