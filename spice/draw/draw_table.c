/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * All drawing operations. A new one is a file that ends in its row, and a line
 * here.
 */
#include <stddef.h>

#include "spice/draw/draw_table.h"

static const struct draw_row *const rows[] = {
	&draw_copy,	 &draw_fill,	    &draw_copy_bits,   &draw_blend,
	&draw_blackness, &draw_whiteness,   &draw_invers,      &draw_opaque,
	&draw_rop3,	 &draw_transparent, &draw_alpha_blend, &draw_text,
	&draw_stroke,	 &draw_composite,
};

const struct draw_row *draw_find(uint16_t type)
{
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i]->type == type)
			return rows[i];
	}
	return NULL;
}
