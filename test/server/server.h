/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * A SPICE server of our own on libspice-server: scenes of real QXL commands.
 *
 * Two threads: the main thread runs the loop, the input callbacks and the
 * scenes; libspice-server's worker takes the commands from a queue, keeps the
 * canvas (the truth) and talks to the display and cursor channels.
 */
#ifndef TEST_SERVER_H
#define TEST_SERVER_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <spice.h>
#include <spice/enums.h>

/* One command for the worker and all memory that it points to. */
struct cmd {
	QXLCommandExt ext;
	struct cmd *next;
	void *block[24]; /* freed with the command */
	int blocks;
	union {
		QXLReleaseInfo release;
		QXLDrawable drawable;
		QXLSurfaceCmd surface;
		QXLCursorCmd cursor;
	};
};

struct queue {
	struct cmd *head, *tail;
};

struct server {
	SpiceServer *spice;
	int id; /* of the display */
	QXLInstance qxl;
	pthread_mutex_t lock; /* guards the queues to present */
	struct queue draws;
	struct queue cursors;
	int surfaces;	 /* SURFACE commands the worker still holds */
	bool present;	 /* a client has its display channel */
	int event_fd;	 /* written by the worker when present changes */
	int w, h;	 /* of the primary surface, pixels */
	uint32_t format; /* SPICE_SURFACE_FMT_*: 16_555 or of 32 bits */
	int stride;	 /* bytes */
	uint8_t *canvas; /* its memory, rows from the top */
	int scenes;	 /* how many were drawn */
	bool lossy;	 /* may send JPEG */
	const char *truth;
	bool tablet; /* offer CLIENT mouse mode */
};

/* --- server_loop.c: timers, file descriptors --- */

/* The interface libspice-server wants of a main loop. */
extern SpiceCoreInterface loop_core;

/* Call @func whenever @fd can be read. */
void loop_watch(int fd, SpiceWatchFunc func, void *opaque);

/* Run until loop_quit(). */
void loop_run(void);
void loop_quit(void);

/* --- server_qxl.c: the display device --- */

/* Give the server its display, with a primary surface of w * h. */
void qxl_start(struct server *s);

/* Take the primary surface away and make one of @w * @h. */
void qxl_resize(struct server *s, int w, int h);

/* Queue a command; the worker frees it when it is done with it. */
void qxl_push(struct server *s, struct cmd *cmd);

/*
 * Wait until every surface that was destroyed is gone from the server.
 *
 * Policy of every real driver: only then its number is used again. The server
 * lets go of it when what was drawn from it has been sent.
 */
void qxl_settle(struct server *s);

/* Have everything drawn into s->canvas. */
void qxl_render(struct server *s);

/* The canvas's pixel as RGB, 8 bits each: high bits repeated below. */
uint32_t qxl_pixel(const struct server *s, int x, int y);

/* --- server_input.c --- */

/* Give the server a keyboard, a mouse and, with s->tablet, a tablet. */
void input_start(struct server *s);

/* Offer CLIENT mouse mode or stop offering it. */
void input_tablet(struct server *s, bool on);

/* Tell clients the keyboard's lights: 1 Scroll, 2 Num, 4 Caps. */
void input_leds(int leds);

/* --- server_scene.c --- */

/* One row: a scene and what it shows. */
struct scene {
	const char *name;
	void (*draw)(struct server *s);
	const char *about;
	bool blind; /* libspice-server cannot render it: send only, no truth */
};

/* Every scene file ends in its rows; a row without a name is the last. */
extern const struct scene scenes_basic[], scenes_bitmap[], scenes_rop[],
	scenes_surface[], scenes_cursor[], scenes_more[], scenes_video[],
	scenes_large[];

/* scenes_seed.c: draw scene @number of those that a number decides. */
void scene_seed(struct server *s, uint32_t number);

/* The scene called @name ("seed-N": scene N of scene_seed), or NULL. */
const struct scene *scene_find(const char *name);

/* Print every scene's name and description. */
void scene_list(void);

/* Edge of the marker, pixels. */
#define MARKER 8

/*
 * Draw a scene, then its marker, then write the truth.
 *
 * The marker: 8 x 8 pixels in the upper left corner, solid, of the colour
 * ff00ff for the first scene of this server, ff01ff for the second, and so on.
 */
void scene_draw(struct server *s, const struct scene *scene);

#endif
