/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Builders of QXL commands, for scenes.
 *
 * A command is made, filled and pushed; what it points to is allocated with
 * cmd_alloc() and lives as long as the command. No error returns: a test
 * server that is out of memory ends.
 */
#ifndef TEST_SERVER_DRAW_H
#define TEST_SERVER_DRAW_H

#include "test/server/server.h"

/* What an image shows; see content_argb(). */
enum content {
	CONTENT_PHOTO, /* waves with noise: nothing repeats */
	CONTENT_TEXT,  /* dark strokes on a light ground */
	CONTENT_BARS,  /* few colours, long runs */
	CONTENT_ALPHA, /* waves, and every alpha value */
	/* scenes_large.c; the seed is how many rows it is scrolled by */
	CONTENT_DESKTOP,
	CONTENT_SMOOTH, /* a photo with little noise */
	CONTENT_PAGE,
};

/* A source image, described: bits are computed from content and seed. */
struct source {
	enum content content;
	uint32_t seed;
	uint8_t format;	 /* SPICE_BITMAP_FMT_* */
	bool bottom_up;	 /* first row in memory is the lowest */
	int w, h;	 /* pixels */
	int pad;	 /* bytes added to the least stride */
	bool high_bits;	 /* say that xRGB's fourth byte is 255 */
	uint32_t id;	 /* of the image; 0: one that nothing else has */
	bool cache;	 /* ask the client to keep it under id */
	uint64_t pal_id; /* of the palette; 0: not to be kept */
};

/* Least bytes of a row of @w pixels; bits of a pixel. */
int format_bits(uint8_t format);

/* A well mixed number of two coordinates and a seed. */
uint32_t mix(uint32_t seed, uint32_t x, uint32_t y);

/* scenes_large.c: the colour (RGB) of one of its contents. */
uint32_t large_rgb(enum content content, int x, int y);

/* The colour (ARGB, premultiplied) of a content at @x, @y. */
uint32_t content_argb(enum content content, uint32_t seed, int x, int y);

static inline QXLRect rect(int x, int y, int w, int h)
{
	return (QXLRect){.top = y, .left = x, .bottom = y + h, .right = x + w};
}

static inline QXLPHYSICAL phys(const void *p)
{
	return (QXLPHYSICAL)(uintptr_t)p;
}

/* Zeroed memory that goes with @cmd. */
void *cmd_alloc(struct cmd *cmd, size_t size);
void cmd_free(struct cmd *cmd);

/*
 * A drawing command for the primary surface.
 *
 * @type: QXL_DRAW_*
 * @effect: QXL_EFFECT_OPAQUE when every pixel of @box is replaced whatever it
 *          was (the server may then leave out what is below), else _BLEND
 */
struct cmd *cmd_draw(uint8_t type, uint8_t effect, QXLRect box);

/* Clip it by @n rectangles. */
void cmd_clip(struct cmd *cmd, const QXLRect *rects, int n);

/* Draw on another surface than the primary one. */
void cmd_target(struct cmd *cmd, uint32_t surface);

/* An image of a described source, for any image pointer. */
QXLPHYSICAL image_source(struct cmd *cmd, const struct source *source);

/* An image that is the whole surface @id, of @w * @h pixels. */
QXLPHYSICAL image_surface(struct cmd *cmd, uint32_t id, int w, int h);

/* A mask: an image of one bit a pixel, @w * @h; @invert flips it. */
QXLQMask mask_source(struct cmd *cmd, int w, int h, uint32_t seed, bool invert);

QXLBrush brush_solid(uint32_t rgb);
QXLBrush brush_pattern(QXLPHYSICAL image, int x, int y);

/* --- whole operations --- */

/* FILL with a colour. */
void draw_fill(struct server *s, QXLRect box, uint32_t rgb);

/* COPY all of a source, PUT, at @x, @y. */
void draw_source(struct server *s, const struct source *source, int x, int y);

/* COPY, not pushed: @area of the image goes into @box. */
struct cmd *cmd_copy(QXLRect box, QXLRect area, uint16_t rop);

/* A new surface; SPICE_SURFACE_FMT_*. */
void surface_create(struct server *s, uint32_t id, uint32_t format, int w,
		    int h);
void surface_destroy(struct server *s, uint32_t id);

/* --- laying out --- */

/* Cells of a size, row by row below the marker, with a gap between. */
struct grid {
	struct server *s;
	int w, h, x, y;
};

struct grid grid_start(struct server *s, int w, int h);

/* The next cell; the last one again when the screen is full. */
QXLRect grid_next(struct grid *g);

/* Cover the screen with a photo, so that what is below matters. */
void backdrop(struct server *s);

#endif
