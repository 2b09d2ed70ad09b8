/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * DRAW_BLACKNESS, DRAW_WHITENESS, DRAW_INVERS: all bits of a pixel become 0,
 * become 1, or change. Box, clip and mask are all they have.
 */
#include "spice/draw/draw_span.h"
#include "spice/draw/draw_table.h"

static int solid(const struct draw_op *op, uint32_t color, enum draw_rop rop)
{
	struct draw_solid s;

	draw_solid_init(&s, op, color, rop);
	return draw_spans(op, op->box, &s.painter);
}

static int blackness(const struct draw_op *op)
{
	return solid(op, 0, DRAW_ROP_COPY);
}

static int whiteness(const struct draw_op *op)
{
	return solid(op, UINT32_MAX, DRAW_ROP_COPY);
}

static int invers(const struct draw_op *op)
{
	return solid(op, 0, DRAW_ROP_INVERT);
}

const struct draw_row draw_blackness = {
	.type = SPICE_MSG_DISPLAY_DRAW_BLACKNESS,
	.name = "blackness",
	.paint = blackness,
};

const struct draw_row draw_whiteness = {
	.type = SPICE_MSG_DISPLAY_DRAW_WHITENESS,
	.name = "whiteness",
	.paint = whiteness,
};

const struct draw_row draw_invers = {
	.type = SPICE_MSG_DISPLAY_DRAW_INVERS,
	.name = "invers",
	.paint = invers,
};
