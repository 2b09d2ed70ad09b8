/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Scenes: the pointer. Each draws a backdrop too, so that there is something
 * below it; the truth never shows the pointer.
 */
#include <string.h>

#include "test/server/draw.h"

static struct cmd *cmd_cursor(uint8_t type)
{
	struct cmd *cmd = cmd_draw(0, 0, rect(0, 0, 1, 1));

	memset(&cmd->cursor, 0, sizeof(cmd->cursor));
	cmd->ext.cmd.type = QXL_CMD_CURSOR;
	cmd->cursor.type = type;
	return cmd;
}

/* Bytes of a cursor's data; see the cursor types in the protocol. */
static size_t cursor_size(uint16_t type, int w, int h)
{
	if (type == SPICE_CURSOR_TYPE_MONO)
		return (size_t)(w + 7) / 8 * h * 2;
	if (type == SPICE_CURSOR_TYPE_ALPHA)
		return (size_t)w * h * 4;
	return (size_t)w * h * 4 + (size_t)(w + 7) / 8 * h;
}

static void cursor_pixels(uint8_t *out, uint16_t type, int w, int h)
{
	int x, y, row = (w + 7) / 8;

	for (y = 0; y < h; y++) {
		for (x = 0; x < w; x++) {
			bool shape = x <= y && x + y < w + h / 2;
			uint32_t argb = content_argb(CONTENT_ALPHA, 3, x * 4,
						     y * 4);
			uint32_t rgb = shape ? 0xf0c040 + x * 3 : 0;

			if (type == SPICE_CURSOR_TYPE_MONO) {
				/* AND mask, then XOR mask */
				if (!shape)
					out[y * row + x / 8] |= 0x80 >> (x & 7);
				if (x < y / 2 || x == w - 1)
					out[(h + y) * row + x / 8] |= 0x80 >>
								      (x & 7);
			} else if (type == SPICE_CURSOR_TYPE_ALPHA) {
				memcpy(out + 4 * (y * w + x), &argb, 4);
			} else {
				memcpy(out + 4 * (y * w + x), &rgb, 4);
				if (!shape)
					out[4 * w * h + y * row + x / 8] |=
						0x80 >> (x & 7);
			}
		}
	}
}

/* Set a shape; @unique not 0: the client may keep it under that number. */
static void cursor_set(struct server *s, uint16_t type, int w, int h, int x,
		       int y, uint64_t unique)
{
	struct cmd *cmd = cmd_cursor(QXL_CURSOR_SET);
	size_t size = cursor_size(type, w, h);
	QXLCursor *shape = cmd_alloc(cmd, sizeof(*shape) + size);

	shape->header.unique = unique;
	shape->header.type = type;
	shape->header.width = w;
	shape->header.height = h;
	shape->header.hot_spot_x = w / 4;
	shape->header.hot_spot_y = h / 3;
	shape->data_size = size;
	shape->chunk.data_size = size;
	cursor_pixels(shape->chunk.data, type, w, h);
	cmd->cursor.u.set.position.x = x;
	cmd->cursor.u.set.position.y = y;
	cmd->cursor.u.set.visible = true;
	cmd->cursor.u.set.shape = phys(shape);
	qxl_push(s, cmd);
}

static void cursor_move(struct server *s, int x, int y)
{
	struct cmd *cmd = cmd_cursor(QXL_CURSOR_MOVE);

	cmd->cursor.u.position.x = x;
	cmd->cursor.u.position.y = y;
	qxl_push(s, cmd);
}

static void alpha(struct server *s)
{
	backdrop(s);
	cursor_set(s, SPICE_CURSOR_TYPE_ALPHA, 33, 29, 100, 120, 0);
}

static void mono(struct server *s)
{
	backdrop(s);
	cursor_set(s, SPICE_CURSOR_TYPE_MONO, 32, 32, 100, 120, 0);
}

static void mono_odd(struct server *s)
{
	backdrop(s);
	cursor_set(s, SPICE_CURSOR_TYPE_MONO, 21, 19, 100, 120, 0);
}

static void colour32(struct server *s)
{
	backdrop(s);
	cursor_set(s, SPICE_CURSOR_TYPE_COLOR32, 32, 32, 100, 120, 0);
}

static void move(struct server *s)
{
	alpha(s);
	cursor_move(s, 200, 220);
	cursor_move(s, 301, 277);
}

static void edge(struct server *s)
{
	alpha(s);
	cursor_move(s, s->w - 3, s->h - 40);
}

static void hide(struct server *s)
{
	alpha(s);
	qxl_push(s, cmd_cursor(QXL_CURSOR_HIDE));
}

/* Two kept shapes in turn: the second time without their data. */
static void kept(struct server *s)
{
	int i;

	backdrop(s);
	for (i = 0; i < 6; i++)
		cursor_set(s, SPICE_CURSOR_TYPE_ALPHA, i & 1 ? 24 : 40,
			   i & 1 ? 30 : 20, 100 + i * 20, 120, 50 + (i & 1));
}

const struct scene scenes_cursor[] = {
	{"cursor-alpha", alpha, "a pointer with alpha, 33x29, at 100,120",
	 false},
	{"cursor-mono", mono, "a pointer of AND and XOR masks, 32x32", false},
	{"cursor-mono-odd", mono_odd, "the same, 21x19", false},
	{"cursor-colour", colour32, "a pointer of 32-bit colours and a mask",
	 false},
	{"cursor-move", move, "cursor-alpha, then MOVE to 301,277", false},
	{"cursor-edge", edge, "cursor-alpha, then across the right edge",
	 false},
	{"cursor-hide", hide, "cursor-alpha, then HIDE", false},
	{"cursor-kept", kept, "two shapes in turn, kept by number", false},
	{NULL, NULL, NULL, false},
};
