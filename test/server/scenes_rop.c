/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Scenes: raster operations of FILL and COPY, masks, and the operations that
 * are nothing but a raster operation.
 */
#include "test/server/draw.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* All combinations libspice-server's own canvas knows of. */
static const uint16_t rops[] = {
	SPICE_ROPD_OP_PUT,
	SPICE_ROPD_OP_OR,
	SPICE_ROPD_OP_AND,
	SPICE_ROPD_OP_XOR,
	SPICE_ROPD_OP_BLACKNESS,
	SPICE_ROPD_OP_WHITENESS,
	SPICE_ROPD_OP_INVERS,
	SPICE_ROPD_INVERS_SRC | SPICE_ROPD_OP_PUT,
	SPICE_ROPD_INVERS_SRC | SPICE_ROPD_OP_OR,
	SPICE_ROPD_INVERS_SRC | SPICE_ROPD_OP_AND,
	SPICE_ROPD_INVERS_SRC | SPICE_ROPD_OP_XOR,
	SPICE_ROPD_INVERS_DEST | SPICE_ROPD_OP_OR,
	SPICE_ROPD_INVERS_DEST | SPICE_ROPD_OP_AND,
	SPICE_ROPD_INVERS_DEST | SPICE_ROPD_OP_XOR,
	SPICE_ROPD_INVERS_SRC | SPICE_ROPD_INVERS_DEST | SPICE_ROPD_OP_AND,
	SPICE_ROPD_INVERS_SRC | SPICE_ROPD_INVERS_DEST | SPICE_ROPD_OP_OR,
	SPICE_ROPD_INVERS_RES | SPICE_ROPD_OP_PUT,
	SPICE_ROPD_INVERS_RES | SPICE_ROPD_OP_OR,
	SPICE_ROPD_INVERS_RES | SPICE_ROPD_OP_AND,
	SPICE_ROPD_INVERS_RES | SPICE_ROPD_OP_XOR,
	SPICE_ROPD_INVERS_SRC | SPICE_ROPD_INVERS_RES | SPICE_ROPD_OP_AND,
	SPICE_ROPD_INVERS_DEST | SPICE_ROPD_INVERS_RES | SPICE_ROPD_OP_OR,
};

/* For FILL the source is the brush, and its bit is another one. */
static uint16_t brush_rop(uint16_t rop)
{
	if (rop & SPICE_ROPD_INVERS_SRC)
		rop ^= SPICE_ROPD_INVERS_SRC | SPICE_ROPD_INVERS_BRUSH;
	return rop;
}

static void fill_rops(struct server *s)
{
	struct grid g = grid_start(s, 80, 60);
	size_t i;

	backdrop(s);
	for (i = 0; i < COUNT(rops); i++) {
		struct cmd *cmd = cmd_draw(QXL_DRAW_FILL, QXL_EFFECT_BLEND,
					   grid_next(&g));

		cmd->drawable.u.fill.brush = brush_solid(0x5ac396);
		cmd->drawable.u.fill.rop_descriptor = brush_rop(rops[i]);
		qxl_push(s, cmd);
	}
}

static void pattern_rops(struct server *s)
{
	struct grid g = grid_start(s, 80, 60);
	size_t i;

	backdrop(s);
	for (i = 0; i < COUNT(rops); i++) {
		struct cmd *cmd = cmd_draw(QXL_DRAW_FILL, QXL_EFFECT_BLEND,
					   grid_next(&g));
		struct source source = {.content = CONTENT_BARS,
					.seed = i,
					.format = SPICE_BITMAP_FMT_32BIT,
					.w = 24,
					.h = 17};

		cmd->drawable.u.fill.brush =
			brush_pattern(image_source(cmd, &source), 5, 3);
		cmd->drawable.u.fill.rop_descriptor = brush_rop(rops[i]);
		qxl_push(s, cmd);
	}
}

static void copy_rops(struct server *s)
{
	struct grid g = grid_start(s, 80, 60);
	size_t i;

	backdrop(s);
	for (i = 0; i < COUNT(rops); i++) {
		struct cmd *cmd = cmd_copy(grid_next(&g), rect(2, 3, 80, 60),
					   rops[i]);
		struct source source = {.content = i % 3,
					.seed = i,
					.format = SPICE_BITMAP_FMT_32BIT,
					.w = 90,
					.h = 70};

		cmd->drawable.u.copy.src_bitmap = image_source(cmd, &source);
		qxl_push(s, cmd);
	}
}

static void copy_rops_scaled(struct server *s)
{
	struct grid g = grid_start(s, 80, 60);
	size_t i;

	backdrop(s);
	for (i = 0; i < COUNT(rops); i++) {
		struct cmd *cmd = cmd_copy(grid_next(&g), rect(2, 3, 40, 70),
					   rops[i]);
		struct source source = {.content = CONTENT_PHOTO,
					.seed = i,
					.format = SPICE_BITMAP_FMT_32BIT,
					.w = 50,
					.h = 80};

		cmd->drawable.u.copy.src_bitmap = image_source(cmd, &source);
		qxl_push(s, cmd);
	}
}

/* A mask for a box of 80 x 60: larger, smaller, shifted, flipped. */
static QXLQMask some_mask(struct cmd *cmd, int i)
{
	QXLQMask mask = i % 3 == 1 ? mask_source(cmd, 50, 40, i, i & 1)
				   : mask_source(cmd, 120, 90, i, i & 1);

	if (i % 3 == 2) {
		mask.pos.x = 11;
		mask.pos.y = 17;
	}
	return mask;
}

static void masks(struct server *s)
{
	struct grid g = grid_start(s, 80, 60);
	int i;

	backdrop(s);
	for (i = 0; i < 24; i++) {
		struct source source = {.content = i % 3,
					.seed = i,
					.format = SPICE_BITMAP_FMT_32BIT,
					.w = 80,
					.h = 60};
		QXLRect cell = grid_next(&g);
		struct cmd *cmd;

		if (i & 8) {
			cmd = cmd_draw(QXL_DRAW_FILL, QXL_EFFECT_BLEND, cell);
			cmd->drawable.u.fill.brush = brush_solid(0xffc000);
			cmd->drawable.u.fill.rop_descriptor =
				i & 4 ? SPICE_ROPD_OP_XOR : SPICE_ROPD_OP_PUT;
			cmd->drawable.u.fill.mask = some_mask(cmd, i);
		} else {
			cmd = cmd_copy(cell, rect(0, 0, 80, 60),
				       i & 4 ? SPICE_ROPD_OP_OR
					     : SPICE_ROPD_OP_PUT);
			cmd->drawable.u.copy.src_bitmap = image_source(cmd,
								       &source);
			cmd->drawable.u.copy.mask = some_mask(cmd, i);
		}
		qxl_push(s, cmd);
	}
}

/* BLACKNESS, WHITENESS, INVERS: plain, masked, clipped. */
static void solids(struct server *s)
{
	static const uint8_t types[] = {QXL_DRAW_BLACKNESS, QXL_DRAW_WHITENESS,
					QXL_DRAW_INVERS};
	struct grid g = grid_start(s, 80, 60);
	int i;

	backdrop(s);
	for (i = 0; i < 18; i++) {
		QXLRect cell = grid_next(&g);
		struct cmd *cmd = cmd_draw(types[i % 3], QXL_EFFECT_BLEND,
					   cell);
		QXLRect part = rect(cell.left + 9, cell.top + 5, 31, 42);

		if (i / 3 % 3 == 1) /* the three ops share one layout */
			cmd->drawable.u.blackness.mask = some_mask(cmd, i);
		if (i / 3 % 3 == 2)
			cmd_clip(cmd, &part, 1);
		qxl_push(s, cmd);
	}
}

const struct scene scenes_rop[] = {
	{"fill-rops", fill_rops, "FILL, solid, with 22 raster operations",
	 false},
	{"pattern-rops", pattern_rops, "FILL, pattern, the same operations",
	 false},
	{"copy-rops", copy_rops, "COPY with the same operations", false},
	{"copy-rops-scaled", copy_rops_scaled, "the same, scaled, nearest",
	 false},
	{"masks", masks, "FILL and COPY through masks", false},
	{"solids", solids, "BLACKNESS, WHITENESS, INVERS; masks, clips", false},
	{NULL, NULL, NULL, false},
};
