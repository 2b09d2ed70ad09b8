/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The pixels of a dashed path, as the reference's canvas has them: it is the X
 * server's wide line, one pixel wide.
 */
#ifndef SPICE_DRAW_DASH_H
#define SPICE_DRAW_DASH_H

#include "spice/draw/draw.h"
#include "spice/pix/pix_pace.h"

/* A way from one place to another, px. */
struct draw_way {
	int32_t dx, dy;
};

struct draw_dash {
	/* What the caller sets. */
	const struct draw_stroke *stroke;
	struct pix_rect bounds; /* no pixel outside of them matters */
	struct pix_pace *pace;
	bool spikes; /* corners have theirs even where a line begins */

	/* A pixel of a dash; it may come twice, and outside of the bounds. */
	void (*dot)(struct draw_dash *dash, int32_t x, int32_t y);

	/* Private. */
	uint32_t total;		/* px of all dashes */
	uint32_t index;		/* the current one: drawn if even */
	uint32_t left;		/* px of it */
	bool begun;		/* there was a line */
	bool first_on, last_on; /* the first began, the last ended in a dash */
	struct draw_way first, last;
};

/* Begin a path. Returns false if its dashes have no length: it has none. */
bool draw_dash_begin(struct draw_dash *dash);

/*
 * The path's next line, from where the last one ended. Coordinates: within
 * +-2^28.
 */
void draw_dash_line(struct draw_dash *dash, int32_t x1, int32_t y1, int32_t x2,
		    int32_t y2);

/* The path has come to its end, where it began: at (@x, @y). */
void draw_dash_close(struct draw_dash *dash, int32_t x, int32_t y);

#endif
