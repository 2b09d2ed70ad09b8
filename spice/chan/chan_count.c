/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Which operations came with which operands: a table for tests, so that what
 * was never drawn is seen.
 */
#include "spice/chan/chan_display.h"

/* Which of the six formats @format is, the most used last. */
static unsigned int count_format(uint32_t format)
{
	static const uint8_t formats[] = {
		SPICE_SURFACE_FMT_1_A, SPICE_SURFACE_FMT_8_A,
		SPICE_SURFACE_FMT_16_555, SPICE_SURFACE_FMT_16_565,
		SPICE_SURFACE_FMT_32_ARGB};
	unsigned int i;

	for (i = 0; i < sizeof(formats) && formats[i] != format; i++)
		;
	return i;
}

/* The kinds of operation that have a brush. */
#define COUNT_BRUSHED                                  \
	(1u << (SPICE_MSG_DISPLAY_DRAW_FILL - 300) |   \
	 1u << (SPICE_MSG_DISPLAY_DRAW_OPAQUE - 300) | \
	 1u << (SPICE_MSG_DISPLAY_DRAW_ROP3 - 300) |   \
	 1u << (SPICE_MSG_DISPLAY_DRAW_STROKE - 300) | \
	 1u << (SPICE_MSG_DISPLAY_DRAW_TEXT - 300))

/* The ones that have no mode of scaling: they take the nearest pixel. */
#define COUNT_NEAREST                                       \
	(1u << (SPICE_MSG_DISPLAY_DRAW_TRANSPARENT - 300) | \
	 1u << (SPICE_MSG_DISPLAY_DRAW_ALPHA_BLEND - 300))

void chan_count_draw(struct chan *c, uint16_t type, const struct draw_op *op)
{
	unsigned int kind = chan_count_kind(type);
	uint32_t *cell = c->s->counts.cell[kind];
	const struct draw_composite *composite = op->composite;
	const struct pixmap *src = composite ? composite->src.pm : op->src;
	struct pix_rect a = op->src_area, b = op->box;

	if (src) {
		cell[CHAN_CELL_FROM + count_format(src->format)]++;
		cell[CHAN_CELL_SURFACE] += composite ? composite->src.is_surface
						     : op->src_is_surface;
	}
	cell[CHAN_CELL_ONTO + count_format(op->dst->format)]++;
	cell[CHAN_CELL_CLIP] += !op->clip.all;
	cell[CHAN_CELL_MASK] += op->mask.bits ||
				(composite && composite->mask.pm);
	if (COUNT_BRUSHED >> kind & 1)
		cell[CHAN_CELL_BRUSH + op->brush.type]++;
	if (op->src &&
	    ((int64_t)a.right - a.left != (int64_t)b.right - b.left ||
	     (int64_t)a.bottom - a.top != (int64_t)b.bottom - b.top))
		cell[op->scale == SPICE_IMAGE_SCALE_MODE_NEAREST ||
				     COUNT_NEAREST >> kind & 1
			     ? CHAN_CELL_NEAREST
			     : CHAN_CELL_SMOOTH]++;
}
