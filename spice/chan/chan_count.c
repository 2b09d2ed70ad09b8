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

static enum chan_turn count_turn(const int32_t t[6])
{
	if (t[1] || t[3])
		return CHAN_TURN_TURNED;
	if (t[0] != 65536 || t[4] != 65536)
		return CHAN_TURN_STRETCHED;
	return (t[2] | t[5]) & 0xffff ? CHAN_TURN_MOVED : CHAN_TURN_NONE;
}

static void count_operand(struct chan_count_composite *n, int mask,
			  const struct draw_operand *o)
{
	if (!o->pm)
		return;
	n->filter[mask][o->filter & 7]++;
	n->repeat[mask][o->repeat & 3]++;
	n->turn[mask][count_turn(o->transform)]++;
	n->opaque += o->opaque;
}

static void count_composite(struct chan_count_composite *n,
			    const struct draw_composite *c)
{
	n->operators[c->operator& 63]++;
	count_operand(n, 0, &c->src);
	count_operand(n, 1, &c->mask);
	n->component_alpha += c->component_alpha;
}

void chan_count_draw(struct chan *c, uint16_t type, const struct draw_op *op)
{
	unsigned int kind = chan_count_kind(type);
	uint32_t *cell = c->s->counts.cell[kind];
	const struct draw_composite *composite = op->composite;
	const struct pixmap *src = composite ? composite->src.pm : op->src;
	struct pix_rect a = op->src_area, b = op->box;

	if (composite)
		count_composite(&c->s->counts.composite, composite);
	if (type == SPICE_MSG_DISPLAY_DRAW_ALPHA_BLEND)
		c->s->counts.alpha[op->alpha_flags & 3]++;
	if (op->text)
		c->s->counts.letters[op->text->bits]++;
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
