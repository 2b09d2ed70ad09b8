/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Scenes: surfaces off the screen, drawn on and copied from.
 */
#include "test/server/draw.h"

static void copy_surface(struct server *s, uint32_t id, QXLRect box,
			 QXLRect area, int w, int h, uint16_t rop)
{
	struct cmd *cmd = cmd_copy(box, area, rop);

	cmd->drawable.u.copy.src_bitmap = image_surface(cmd, id, w, h);
	qxl_push(s, cmd);
}

static void fill_on(struct server *s, uint32_t id, QXLRect box, uint32_t rgb)
{
	struct cmd *cmd = cmd_draw(QXL_DRAW_FILL, QXL_EFFECT_BLEND, box);

	cmd->drawable.u.fill.brush = brush_solid(rgb);
	cmd->drawable.u.fill.rop_descriptor = SPICE_ROPD_OP_PUT;
	cmd_target(cmd, id);
	qxl_push(s, cmd);
}

static void source_on(struct server *s, uint32_t id,
		      const struct source *source, int x, int y)
{
	struct cmd *cmd = cmd_copy(rect(x, y, source->w, source->h),
				   rect(0, 0, source->w, source->h),
				   SPICE_ROPD_OP_PUT);

	cmd->drawable.u.copy.src_bitmap = image_source(cmd, source);
	cmd_target(cmd, id);
	qxl_push(s, cmd);
}

/* Draw a little of everything on surface @id of 160 x 120. */
static void fill_surface(struct server *s, uint32_t id)
{
	struct source source = {.content = CONTENT_PHOTO,
				.seed = id,
				.format = SPICE_BITMAP_FMT_32BIT,
				.w = 160,
				.h = 120};
	struct cmd *cmd;

	source_on(s, id, &source, 0, 0);
	source.content = CONTENT_TEXT;
	source.w = 70;
	source.h = 50;
	source_on(s, id, &source, 20, 30);
	fill_on(s, id, rect(100, 10, 40, 90), 0x30a0f0 + id * 0x1111);
	cmd = cmd_draw(QXL_COPY_BITS, QXL_EFFECT_BLEND, rect(10, 15, 100, 80));
	cmd->drawable.u.copy_bits.src_pos.x = 25;
	cmd->drawable.u.copy_bits.src_pos.y = 8;
	cmd_target(cmd, id);
	qxl_push(s, cmd);
}

static void surfaces(struct server *s)
{
	struct grid g = grid_start(s, 160, 120);
	uint32_t id;

	backdrop(s);
	for (id = 1; id <= 4; id++) {
		surface_create(s, id, SPICE_SURFACE_FMT_32_xRGB, 160, 120);
		fill_surface(s, id);
	}
	for (id = 1; id <= 4; id++) {
		copy_surface(s, id, grid_next(&g), rect(0, 0, 160, 120), 160,
			     120, SPICE_ROPD_OP_PUT);
		copy_surface(s, id, grid_next(&g), rect(0, 0, 160, 120), 160,
			     120, SPICE_ROPD_OP_XOR);
		copy_surface(s, id, grid_next(&g), rect(40, 20, 80, 60), 160,
			     120, SPICE_ROPD_OP_PUT);
	}
	for (id = 1; id <= 4; id++)
		surface_destroy(s, id);
	qxl_settle(s);
}

/* One surface is drawn from another; ids are used again with another size. */
static void surface_chain(struct server *s)
{
	struct grid g = grid_start(s, 160, 120);
	struct cmd *cmd;
	int round;

	backdrop(s);
	for (round = 0; round < 4; round++) {
		surface_create(s, 5, SPICE_SURFACE_FMT_32_xRGB, 160, 120);
		surface_create(s, 6, SPICE_SURFACE_FMT_32_xRGB, 100 + round,
			       90 + round);
		fill_surface(s, 5);
		fill_on(s, 6, rect(0, 0, 100 + round, 90 + round), 0x445566);
		cmd = cmd_copy(rect(10, 5, 80, 70), rect(3 * round, 7, 80, 70),
			       SPICE_ROPD_OP_PUT);
		cmd->drawable.u.copy.src_bitmap = image_surface(cmd, 5, 160,
								120);
		cmd_target(cmd, 6);
		qxl_push(s, cmd);
		copy_surface(s, 6, grid_next(&g),
			     rect(0, 0, 100 + round, 90 + round), 100 + round,
			     90 + round, SPICE_ROPD_OP_PUT);
		surface_destroy(s, 5);
		surface_destroy(s, 6);
		qxl_settle(s);
	}
}

/*
 * A surface with alpha as destination and as source. (The server cannot copy
 * between depths: for 16 bits the whole screen has them, --format.)
 */
static void surface_argb(struct server *s)
{
	struct grid g = grid_start(s, 160, 120);
	struct source source = {.content = CONTENT_ALPHA,
				.format = SPICE_BITMAP_FMT_RGBA,
				.w = 130,
				.h = 80};

	backdrop(s);
	surface_create(s, 10, SPICE_SURFACE_FMT_32_ARGB, 160, 120);
	fill_surface(s, 10);
	source_on(s, 10, &source, 15, 20);
	copy_surface(s, 10, grid_next(&g), rect(0, 0, 160, 120), 160, 120,
		     SPICE_ROPD_OP_PUT);
	copy_surface(s, 10, grid_next(&g), rect(10, 20, 80, 60), 160, 120,
		     SPICE_ROPD_OP_PUT);
	surface_destroy(s, 10);
	qxl_settle(s);
}

/* Part of the screen itself as the source of a COPY. */
static void surface_self(struct server *s)
{
	int i;

	backdrop(s);
	for (i = 0; i < 6; i++)
		copy_surface(s, 0, rect(20 + 120 * i, 300, 100, 80),
			     rect(30 * i, 20 * i, 100, 80), s->w, s->h,
			     i & 1 ? SPICE_ROPD_OP_XOR : SPICE_ROPD_OP_PUT);
}

const struct scene scenes_surface[] = {
	{"surfaces", surfaces, "surfaces drawn on, copied to the screen",
	 false},
	{"surface-chain", surface_chain, "surface to surface; ids used again",
	 false},
	{"surface-argb", surface_argb, "a surface with alpha", false},
	{"surface-self", surface_self, "COPY from the primary surface itself",
	 false},
	{NULL, NULL, NULL, false},
};
