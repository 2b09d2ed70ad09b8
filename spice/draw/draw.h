/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Drawing operations: a row for each, found by the protocol's message number.
 *
 * spice/chan parses a message into a struct draw_op with every image already a
 * pixmap; a row paints it. Semantics: the SPICE protocol's canvas (spice.proto
 * and the reference client's behaviour where that is silent).
 */
#ifndef SPICE_DRAW_DRAW_H
#define SPICE_DRAW_DRAW_H

#include <stdbool.h>
#include <stdint.h>

#include "spice/pix/pix_pixmap.h"
#include "spice/pix/pix_region.h"
#include "spice/proto/proto_env.h"

/* SPICE_CLIP_TYPE_*; no rects under RECTS means: draw nothing. */
struct draw_clip {
	bool all; /* no clipping: rects are not looked at */
	uint32_t count;
	const struct pix_rect *rects; /* surface coordinates, any order */
};

struct draw_brush {
	uint8_t type;		      /* SPICE_BRUSH_TYPE_* */
	uint32_t color;		      /* SOLID: in the surface's format */
	const struct pixmap *pattern; /* PATTERN: the tile */
	int32_t pos_x, pos_y;	      /* PATTERN: tile origin, surface px */
};

/* A 1-bit mask; bits == NULL: none. Outside the mask nothing is drawn. */
struct draw_mask {
	const struct pixmap *bits; /* 1_A */
	int32_t pos_x, pos_y;	   /* mask px of the box's top left corner */
	bool invers;
};

/*
 * Coverage of one letter: @bits of draw_text for each pixel, the first in a
 * byte's highest bits, rows of whole bytes, the lowest row first.
 */
struct draw_glyph {
	int32_t x, y; /* surface px of its top left corner */
	uint16_t width, height;
	const uint8_t *rows;
};

struct draw_text {
	uint8_t bits; /* of coverage: 1, 4 or 8 */
	uint32_t count;
	const struct draw_glyph *glyphs;
	struct pix_rect back_area; /* filled first, with @back; may be empty */
	struct draw_brush back;
};

struct draw_point {
	int32_t x, y; /* surface px, 28.4 fixed point */
};

/* A piece of a path: SPICE_PATH_*, and its points. */
struct draw_segment {
	uint8_t flags;
	uint32_t count;
	const struct draw_point *points;
};

/* Lines one pixel wide, without their last pixel. */
struct draw_stroke {
	uint32_t count;
	const struct draw_segment *segments;
	bool gap_first;	     /* SPICE_LINE_FLAGS_START_WITH_GAP */
	uint8_t dashes;	     /* 0: not dashed */
	const int32_t *dash; /* drawn and left out in turn, 28.4 px */
};

/* An operand of COMPOSITE. Numbers are pixman's, as in the message. */
struct draw_operand {
	const struct pixmap *pm; /* NULL: none */
	bool is_surface;	 /* else it is seen in the surface's format */
	bool opaque;		 /* its alpha does not count */
	uint8_t filter;		 /* 0, 3 nearest, 1, 2, 4 interpolated */
	uint8_t repeat;		 /* 0 none, 1 normal, 2 pad, 3 reflect */
	int32_t transform[6];	 /* 16.16, two rows: surface to operand */
	int16_t x, y;		 /* its pixel at the box's corner */
};

struct draw_composite {
	uint8_t operator; /* PIXMAN_OP_*; 0 clear to 13 saturate are known */
	bool component_alpha;
	struct draw_operand src, mask;
};

struct draw_op {
	const struct spice_env *env;
	struct pixmap *dst;  /* the surface */
	struct pix_rect box; /* what the message says, any coordinates */
	struct draw_clip clip;

	/* COPY, BLEND, OPAQUE, ROP3, TRANSPARENT, ALPHA_BLEND */
	const struct pixmap *src; /* may be dst's own pixels */
	bool src_is_surface;	  /* alpha_flags tell whether it has alpha */
	struct pix_rect src_area;
	uint8_t scale; /* SPICE_IMAGE_SCALE_MODE_*; nearest for the latter two
			*/

	struct draw_brush brush;
	uint16_t rop; /* SPICE_ROPD_* flags */
	struct draw_mask mask;

	uint8_t rop3;	     /* ROP3: truth table, bit 4p + 2s + d */
	uint32_t key;	     /* TRANSPARENT: 0x00RRGGBB that is left out */
	uint8_t alpha;	     /* ALPHA_BLEND: of all, 255 is opaque */
	uint8_t alpha_flags; /* SPICE_ALPHA_FLAGS_* */

	const struct draw_text *text;	  /* TEXT; brush is the letters' */
	const struct draw_stroke *stroke; /* STROKE */
	const struct draw_composite *composite; /* COMPOSITE */

	/* COPY_BITS */
	int32_t src_x, src_y;
};

struct draw_row {
	uint16_t type; /* SPICE_MSG_DISPLAY_DRAW_*, SPICE_MSG_DISPLAY_COPY_BITS
			*/
	const char *name;

	/*
	 * Paint @op.
	 *
	 * Every coordinate may be anything a message can hold; what lies
	 * outside the surface, the clip or the mask is not touched. Where the
	 * source area reaches beyond the image: without scaling nothing is
	 * drawn there, with scaling the source is transparent black (0).
	 *
	 * Returns 0; -EINVAL for an operation that makes no sense (a missing
	 * source, an empty source area, a mask that is not 1_A, an unknown
	 * brush); -E2BIG for a clip as pix_clip_open; -ENOMEM. Nothing was
	 * painted then.
	 * Aliasing: source, pattern and mask may be the surface itself; they
	 * are read as they were before.
	 * Bound: yields at least every 64 Kpixel.
	 */
	int (*paint)(const struct draw_op *op);
};

/*
 * Whether COMPOSITE is drawn; where there was no room for it, it is not to be
 * advertised.
 */
extern const bool draw_composites;

/* The row for message @type; NULL for an operation that we do not paint. */
const struct draw_row *draw_find(uint16_t type);

/*
 * Add to @dirty, in surface coordinates, what @op may paint: its box inside
 * clip and surface. The mask is not looked at.
 */
void draw_extents(const struct draw_op *op, struct pix_region *dirty);

#endif
