/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * In the place of spice/draw/draw_composite.c and draw_render.c where a ROM has
 * no room for them: COMPOSITE is not advertised, guests draw it themselves and
 * send pictures. A server that sends it all the same is told as one that makes
 * no sense.
 */
#include <errno.h>

#include "spice/draw/draw_table.h"

const bool draw_composites;

static int paint(const struct draw_op *op)
{
	return -EINVAL;
}

const struct draw_row draw_composite = {
	.type = SPICE_MSG_DISPLAY_DRAW_COMPOSITE,
	.name = "composite",
	.paint = paint,
};
