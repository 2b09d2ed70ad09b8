/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The session's picture on the screen: mode, dirty regions, pointer; and the
 * session's events, which note what the main loop has to do.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ipxe-glue/client.h"

/*
 * This is a policy decision: while messages wait the screen is written at most
 * so often; a present costs what a small message costs to draw.
 */
#define SCREEN_FRAME_US 16000u

static struct pix_rect screen_bounds(const struct pixmap *pm)
{
	struct pix_rect all = {0, 0, (int32_t)pm->width, (int32_t)pm->height};

	return all;
}

/* ---- events ---- */

/* Write @text into the line of the channel called @name. */
static void screen_channel(struct client *c, const char *name, const char *text)
{
	static const char *const names[] = {"main", "display", "inputs",
					    "cursor"};
	unsigned int i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(name, names[i]))
			client_text_line(c, (enum client_line)(LINE_MAIN + i),
					 text);
}

static void screen_stage(void *ctx, const char *name, enum chan_stage stage)
{
	static const char *const text[] = {
		[CHAN_STAGE_CONNECTING] = "connecting",
		[CHAN_STAGE_LINKING] = "connected, negotiating",
		[CHAN_STAGE_ENTROPY] = "waiting for random numbers",
		[CHAN_STAGE_TICKET] = "authenticating",
		[CHAN_STAGE_UP] = "up",
	};

	struct client *c = ctx;

	if (stage == CHAN_STAGE_UP)
		c->uri.taken_us = port_now_us();
	if (stage == CHAN_STAGE_UP && !strcmp(name, "inputs")) {
		client_input_moved(c);
		client_input_resume(c);
	}
	if (stage == CHAN_STAGE_UP && !strcmp(name, "display"))
		screen_channel(c, name, "up, waiting for the picture");
	else
		screen_channel(c, name, text[stage]);
}

void client_screen_failed(struct client *c, const char *name)
{
	if (name)
		screen_channel(c, name, "failed");
}

static void screen_resized(void *ctx)
{
	struct client *c = ctx;
	const struct pixmap *pm = chan_session_picture(c->carrier->session);

	/* Between two primaries the last picture stays on the screen. */
	if (!pm)
		return;
	c->resized = true;
	pix_region_init(&c->dirty, screen_bounds(pm));
}

static void screen_dirty(void *ctx, const struct pix_rect *rect)
{
	struct client *c = ctx;

	pix_region_add(&c->dirty, *rect);
}

static void screen_cursor(void *ctx)
{
	struct client *c = ctx;

	c->cursor_dirty = true;
}

static void screen_mouse_mode(void *ctx, uint32_t mode)
{
	struct client *c = ctx;

	c->cursor_dirty = true;
	port_log(mode == SPICE_MOUSE_MODE_CLIENT ? "mouse mode: client"
						 : "mouse mode: server");
	client_input_resume(c);
}

static void screen_locks(void *ctx, uint16_t locks)
{
	client_input_locks(ctx, locks);
}

static void screen_ended(void *ctx, const struct chan_error *error)
{
	struct client *c = ctx;

	c->ended = true;
	c->error = *error;
}

const struct chan_session_events client_session_events = {
	.stage = screen_stage,
	.resized = screen_resized,
	.dirty = screen_dirty,
	.cursor = screen_cursor,
	.mouse_mode = screen_mouse_mode,
	.locks = screen_locks,
	.moving = client_next_moving,
	.ended = screen_ended,
};

/* ---- the picture ---- */

void client_screen_start(struct client *c)
{
	memset(&c->dirty, 0, sizeof(c->dirty));
	c->resized = false;
	c->cursor_dirty = false;
	c->cursor_serial = 0;
	c->present_us = 0;
	c->first_us = 0;
}

/* vga's name for the surface's format; false for one that it cannot show. */
static bool screen_picture(const struct pixmap *pm, struct vga_picture *out)
{
	out->data = pm->data;
	out->stride = pm->stride;
	out->width = pm->width;
	out->height = pm->height;
	switch (pm->format) {
	case SPICE_SURFACE_FMT_32_xRGB:
	case SPICE_SURFACE_FMT_32_ARGB:
		out->format = VGA_XRGB8888;
		return true;
	case SPICE_SURFACE_FMT_16_555:
		out->format = VGA_RGB555;
		return true;
	case SPICE_SURFACE_FMT_16_565:
		out->format = VGA_RGB565;
		return true;
	default:
		return false;
	}
}

/* Set the mode for a new primary. */
static int screen_mode(struct client *c, const struct pixmap *pm)
{
	char log[64];
	int rc;

	rc = vga_graphics(&c->vga, pm->width, pm->height);
	if (rc)
		return rc;
	c->text = c->grey = false;
	c->resized = false;
	/* A new mode forgets the pointer's shape. */
	c->cursor_serial = 0;
	client_input_place(c);
	pix_region_add(&c->dirty, screen_bounds(pm));
	snprintf(log, sizeof(log), "picture %ux%u, mode %ux%ux%u",
		 (unsigned int)pm->width, (unsigned int)pm->height,
		 c->vga.mode.width, c->vga.mode.height, c->vga.mode.bpp);
	port_log(log);
	return 0;
}

/* Hand vga the shape that the server set last. */
static void screen_shape(struct client *c, const struct chan_cursor *cursor)
{
	struct vga_shape shape = {0};

	if (c->cursor_serial == cursor->serial)
		return;
	c->cursor_serial = cursor->serial;
	if (!cursor->argb) {
		vga_pointer_set(&c->vga, NULL);
		return;
	}
	shape.width = cursor->width;
	shape.height = cursor->height;
	shape.hot_x = (int32_t)cursor->hot_x;
	shape.hot_y = (int32_t)cursor->hot_y;
	shape.argb = cursor->argb;
	shape.invert = cursor->invert;
	vga_pointer_set(&c->vga, &shape);
}

/*
 * Show the pointer where it belongs: in client mode at our own place at once
 * (before the mouse has moved, where the server had it), in server mode where
 * the server said. The view follows it.
 */
static void screen_pointer(struct client *c)
{
	const struct chan_cursor *cursor;
	bool client;

	cursor = chan_session_cursor(c->carrier->session);
	client = chan_session_mouse_mode(c->carrier->session) ==
		 SPICE_MOUSE_MODE_CLIENT;
	if (cursor->placed && cursor->visible && !(client && c->moved)) {
		c->pointer_x = cursor->x;
		c->pointer_y = cursor->y;
	}
	screen_shape(c, cursor);
	if (cursor->visible && (client || cursor->placed))
		vga_pointer_move(&c->vga, c->pointer_x, c->pointer_y);
	else
		vga_pointer_hide(&c->vga);
	vga_view_follow(&c->vga, c->pointer_x, c->pointer_y);
	c->cursor_dirty = false;
}

/* Write what is dirty. */
static void screen_present(struct client *c, const struct pixmap *pm)
{
	struct vga_rect rects[PIX_REGION_RECTS];
	struct vga_picture picture;
	uint32_t i, n = c->dirty.count;

	if (!screen_picture(pm, &picture))
		return;
	for (i = 0; i < n; i++) {
		rects[i].left = c->dirty.rects[i].left;
		rects[i].top = c->dirty.rects[i].top;
		rects[i].right = c->dirty.rects[i].right;
		rects[i].bottom = c->dirty.rects[i].bottom;
	}
	pix_region_clear(&c->dirty);
	vga_present(&c->vga, &picture, rects, n);
}

/* Without the pointer, as far as there is a picture to put in its place. */
bool client_screen_still(struct client *c)
{
	const struct pixmap *pm = NULL;
	uint32_t width, height;

	if (c->grey || !vga_screen_size(&c->vga, &width, &height))
		return false;
	if (c->carrier->session)
		pm = chan_session_picture(c->carrier->session);
	vga_pointer_hide(&c->vga);
	if (pm && !c->resized)
		screen_present(c, pm);
	return true;
}

void client_screen_grey(struct client *c)
{
	if (!client_screen_still(c))
		return;
	vga_grey(&c->vga);
	c->grey = true;
}

void client_screen_turn(struct client *c, bool more)
{
	const struct pixmap *pm = chan_session_picture(c->carrier->session);
	uint64_t now = port_now_us();

	if (!pm || c->ended)
		return;
	/* The first picture of a session shows when something is drawn. */
	if (pix_region_empty(&c->dirty) && !c->cursor_dirty &&
	    !(c->resized && chan_session_marked(c->carrier->session)))
		return;
	if ((c->text || c->grey) && pix_region_empty(&c->dirty))
		return;
	if (more && now - c->present_us < SCREEN_FRAME_US)
		return;
	if (c->resized && screen_mode(c, pm)) {
		c->ended = true;
		c->error.cause = CHAN_ENDED;
		c->error.rc = -ENODEV;
		return;
	}
	c->present_us = now;
	c->state = CLIENT_SESSION;
	screen_pointer(c);
	screen_present(c, pm);
	if (!c->first_us) {
		c->first_us = now;
		port_log("first picture shown");
	}
}
