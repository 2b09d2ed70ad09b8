/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Inside the display channel: what chan_display.c, chan_draw.c and chan_image.c
 * share.
 */
#ifndef SPICE_CHAN_DISPLAY_H
#define SPICE_CHAN_DISPLAY_H

#include "spice/chan/chan.h"
#include "spice/codec/codec.h"
#include "spice/codec/codec_glz.h"
#include "spice/draw/draw.h"
#include "spice/pix/pix_cache.h"

/* QEMU's and Xspice's servers number surfaces below 1024. */
#define DISPLAY_SURFACES 1024
#define DISPLAY_PRIMARY	 0

/* This is a policy decision: more monitors than anybody has. */
#define DISPLAY_HEADS 16

struct chan_stream;

struct chan_display {
	struct pixmap *surface[DISPLAY_SURFACES]; /* NULL: none */
	bool marked;				  /* the primary is complete */
	/* What is on show of the primary: one monitor, or all. */
	struct pixmap view;
	struct pix_rect area;		     /* where on the primary it lies */
	struct pix_rect head[DISPLAY_HEADS]; /* monitors on the primary */
	unsigned int heads, shown_head;
	struct chan_stream *streams;
	struct pix_cache cache;
	struct pix_palettes palettes;
	struct codec_glz_window *glz;
};

/* An image of a message, ready to be painted from. */
struct chan_picture {
	const struct pixmap *pm; /* NULL: the message has none */
	struct pixmap own;	 /* pm's pixels, when they are the message's */
	bool straight;		 /* the pixels are in the surface already */
	bool surface;		 /* pm is a surface, not an image */
};

/*
 * Read an image descriptor and decode what it describes.
 *
 * @r: at the descriptor
 * @surface: what will be painted on; its depth decides a palette's
 * @into: where the pixels may go straight away if their size and format fit,
 *        or NULL
 * @mask: the image serves as a mask: 1_A, a palette does not matter
 * @out: receives the picture; given back by chan_picture_free
 * Returns 0; -EPROTO, -EINVAL for what makes no sense, -EILSEQ when it cannot
 * be decoded, -ENOMEM.
 */
int chan_image_read(struct chan *c, struct wire_reader *r,
		    const struct pixmap *surface, struct pixmap *into,
		    bool mask, struct chan_picture *out);
void chan_picture_free(struct chan *c, struct chan_picture *picture);

/* Count what @op, of message @type, came with. */
void chan_count_draw(struct chan *c, uint16_t type, const struct draw_op *op);

/* Handle a drawing message; the row's type tells which. */
int chan_draw(struct chan *c, uint16_t type, struct wire_reader *r);

/*
 * Read a clip into @clip, whose rectangles are the caller's to free (they are
 * in @rects; NULL for none). 0, -EPROTO, -ENOMEM.
 */
int chan_clip_read(struct chan *c, struct wire_reader *r,
		   struct draw_clip *clip, struct pix_rect **rects);
struct pix_rect chan_rect_read(struct wire_reader *r);

/* Tell the owner what @op has painted, as far as it is on show. */
void chan_draw_dirty(struct chan *c, const struct draw_op *op);

/*
 * The part of @op->dst under @op->box, if the pixels of a source of 32 bits may
 * be put there just as they are: unscaled, unclipped, inside. Else NULL.
 */
struct pixmap *chan_draw_into(const struct draw_op *op, struct pixmap *into);

/* ---- chan_stream.c ---- */

/* Handle a STREAM_* message. */
int chan_stream(struct chan *c, uint16_t type, struct wire_reader *r);
/* Forget the streams on @surface, or on all for DISPLAY_SURFACES. */
void chan_stream_forget(struct chan *c, uint32_t surface);
/*
 * Something was drawn in @op: over a stream's whole place it is the end of what
 * waits to be shown there (the server's last, lossless picture of it).
 */
void chan_stream_covered(struct chan *c, const struct draw_op *op);

/* The surface numbered @id, NULL when there is none. */
struct pixmap *chan_surface(struct chan *c, uint32_t id);

#endif
