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

struct chan_display {
	struct pixmap *surface[DISPLAY_SURFACES]; /* NULL: none */
	bool marked;				  /* the primary is complete */
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

/* Handle a drawing message; the row's type tells which. */
int chan_draw(struct chan *c, uint16_t type, struct wire_reader *r);

/* The surface numbered @id, NULL when there is none. */
struct pixmap *chan_surface(struct chan *c, uint32_t id);

#endif
