/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * An image laid over an area: all of DRAW_COPY and DRAW_BLEND, one step of
 * DRAW_OPAQUE.
 */
#ifndef SPICE_DRAW_IMAGE_H
#define SPICE_DRAW_IMAGE_H

#include "spice/draw/draw.h"
#include "spice/draw/draw_rop.h"

/*
 * Combine @op's source area, scaled where its size is not the box's, with its
 * surface, inside its box, clip and mask.
 *
 * Returns as draw_row's paint.
 */
int draw_image(const struct draw_op *op, enum draw_rop rop);

#endif
