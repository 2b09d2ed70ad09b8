/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The display channel: surfaces, caches, and the rows of its messages.
 *
 * We advertise MULTI_CODEC and no codec, so that no video stream comes (its
 * control messages do, for streams that never were), LZ4 images, and neither
 * COMPOSITE nor A8 surfaces. DISPLAY_INIT promises an image cache and a GLZ
 * window that memory really holds.
 *
 * Bound: DISPLAY_SURFACES surfaces, each allocated when it is created; the
 * caches as promised.
 */
#include <string.h>

#include "spice/chan/chan_display.h"

/*
 * This is a policy decision: an eighth of the memory for the image cache, an
 * eighth for the GLZ window, at most 64 MiB each (what the reference client
 * allows itself). The rest is for surfaces and waiting messages: two raw
 * frames of the primary and itself make three.
 */
#define DISPLAY_CACHE_SHARE	8
#define DISPLAY_CACHE_MAX_BYTES (64u << 20)

struct pixmap *chan_surface(struct chan *c, uint32_t id)
{
	return id < DISPLAY_SURFACES ? c->s->display->surface[id] : NULL;
}

static void display_surface_free(struct chan_session *s, uint32_t id)
{
	struct pixmap **pm = &s->display->surface[id];

	if (!*pm)
		return;
	pix_free(s->env, *pm);
	s->env->free(s->env->ctx, *pm);
	*pm = NULL;
}

/* What a surface takes. */
static uint32_t display_kib(uint32_t format, uint32_t width, uint32_t height)
{
	uint32_t stride;
	size_t bytes = 0;

	pix_size(format, width, height, &stride, &bytes);
	return (uint32_t)(bytes >> 10);
}

static int display_surface_create(struct chan *c, struct wire_reader *r)
{
	struct chan_session *s = c->s;
	uint32_t id = wire_u32(r), width = wire_u32(r), height = wire_u32(r);
	uint32_t format = wire_u32(r);
	struct pixmap *pm;
	int rc;

	if (id >= DISPLAY_SURFACES)
		return -EPROTO;
	display_surface_free(s, id);
	pm = s->env->alloc(s->env->ctx, sizeof(*pm));
	if (!pm)
		return -ENOMEM;
	rc = pix_alloc(s->env, pm, format, width, height);
	if (rc) {
		s->env->free(s->env->ctx, pm);
		/* It has a sentence of its own. */
		if (rc == -ENOMEM && id == DISPLAY_PRIMARY)
			chan_fail(c, CHAN_SCREEN_MEMORY, rc,
				  display_kib(format, width, height));
		return rc;
	}
	s->display->surface[id] = pm;
	if (id == DISPLAY_PRIMARY) {
		s->display->marked = false;
		s->events->resized(s->ctx);
	}
	return 0;
}

static int display_surface_destroy(struct chan *c, struct wire_reader *r)
{
	uint32_t id = wire_u32(r);

	if (id >= DISPLAY_SURFACES)
		return -EPROTO;
	display_surface_free(c->s, id);
	if (id == DISPLAY_PRIMARY) {
		c->s->display->marked = false;
		c->s->events->resized(c->s->ctx);
	}
	return 0;
}

static int display_mark(struct chan *c, struct wire_reader *r)
{
	c->s->display->marked = true;
	return 0;
}

/* Drop surfaces and palettes. */
static int display_reset(struct chan *c, struct wire_reader *r)
{
	uint32_t id;

	for (id = 0; id < DISPLAY_SURFACES; id++)
		display_surface_free(c->s, id);
	pix_palettes_clear(&c->s->display->palettes);
	c->s->display->marked = false;
	c->s->events->resized(c->s->ctx);
	return 0;
}

/* Resources that later messages will not name: u16 n, n times {type, id}. */
static int display_inval_list(struct chan *c, struct wire_reader *r)
{
	unsigned int n = wire_u16(r);

	while (n--) {
		uint8_t type = wire_u8(r);
		uint64_t id = wire_u64(r);

		if (r->bad)
			return -EPROTO;
		if (type == SPICE_RES_TYPE_PIXMAP)
			pix_cache_remove(&c->s->display->cache, id);
	}
	return 0;
}

/* The waits in it are for other display channels; we have one. */
static int display_inval_all(struct chan *c, struct wire_reader *r)
{
	pix_cache_clear(&c->s->display->cache);
	return 0;
}

static int display_inval_palette(struct chan *c, struct wire_reader *r)
{
	pix_palettes_remove(&c->s->display->palettes, wire_u64(r));
	return 0;
}

static int display_inval_palettes(struct chan *c, struct wire_reader *r)
{
	pix_palettes_clear(&c->s->display->palettes);
	return 0;
}

static int display_ignore(struct chan *c, struct wire_reader *r)
{
	return 0;
}

#define DISPLAY_DRAW(name, number)                             \
	static int name(struct chan *c, struct wire_reader *r) \
	{                                                      \
		return chan_draw(c, number, r);                \
	}

DISPLAY_DRAW(display_copy_bits, SPICE_MSG_DISPLAY_COPY_BITS)
DISPLAY_DRAW(display_fill, SPICE_MSG_DISPLAY_DRAW_FILL)
DISPLAY_DRAW(display_opaque, SPICE_MSG_DISPLAY_DRAW_OPAQUE)
DISPLAY_DRAW(display_copy, SPICE_MSG_DISPLAY_DRAW_COPY)
DISPLAY_DRAW(display_blend, SPICE_MSG_DISPLAY_DRAW_BLEND)
DISPLAY_DRAW(display_blackness, SPICE_MSG_DISPLAY_DRAW_BLACKNESS)
DISPLAY_DRAW(display_whiteness, SPICE_MSG_DISPLAY_DRAW_WHITENESS)
DISPLAY_DRAW(display_invers, SPICE_MSG_DISPLAY_DRAW_INVERS)
DISPLAY_DRAW(display_stroke, SPICE_MSG_DISPLAY_DRAW_STROKE)
DISPLAY_DRAW(display_text, SPICE_MSG_DISPLAY_DRAW_TEXT)
DISPLAY_DRAW(display_composite, SPICE_MSG_DISPLAY_DRAW_COMPOSITE)
DISPLAY_DRAW(display_rop3, SPICE_MSG_DISPLAY_DRAW_ROP3)
DISPLAY_DRAW(display_transparent, SPICE_MSG_DISPLAY_DRAW_TRANSPARENT)
DISPLAY_DRAW(display_alpha_blend, SPICE_MSG_DISPLAY_DRAW_ALPHA_BLEND)

/* The base of every drawing message: surface, box, kind of clip. */
#define DRAW_BASE_BYTES 21

static const struct chan_handler display_handlers[] = {
	{SPICE_MSG_DISPLAY_MARK, 0, display_mark},
	{SPICE_MSG_DISPLAY_RESET, 0, display_reset},
	{SPICE_MSG_DISPLAY_COPY_BITS, DRAW_BASE_BYTES + 8, display_copy_bits},
	{SPICE_MSG_DISPLAY_INVAL_LIST, 2, display_inval_list},
	{SPICE_MSG_DISPLAY_INVAL_ALL_PIXMAPS, 1, display_inval_all},
	{SPICE_MSG_DISPLAY_INVAL_PALETTE, 8, display_inval_palette},
	{SPICE_MSG_DISPLAY_INVAL_ALL_PALETTES, 0, display_inval_palettes},
	{SPICE_MSG_DISPLAY_STREAM_CREATE, 0, display_ignore},
	{SPICE_MSG_DISPLAY_STREAM_DATA, 0, display_ignore},
	{SPICE_MSG_DISPLAY_STREAM_CLIP, 0, display_ignore},
	{SPICE_MSG_DISPLAY_STREAM_DESTROY, 0, display_ignore},
	{SPICE_MSG_DISPLAY_STREAM_DESTROY_ALL, 0, display_ignore},
	{SPICE_MSG_DISPLAY_STREAM_DATA_SIZED, 0, display_ignore},
	{SPICE_MSG_DISPLAY_STREAM_ACTIVATE_REPORT, 0, display_ignore},
	{SPICE_MSG_DISPLAY_MONITORS_CONFIG, 4, display_ignore},
	{SPICE_MSG_DISPLAY_DRAW_FILL, DRAW_BASE_BYTES, display_fill},
	{SPICE_MSG_DISPLAY_DRAW_OPAQUE, DRAW_BASE_BYTES, display_opaque},
	{SPICE_MSG_DISPLAY_DRAW_COPY, DRAW_BASE_BYTES, display_copy},
	{SPICE_MSG_DISPLAY_DRAW_BLEND, DRAW_BASE_BYTES, display_blend},
	{SPICE_MSG_DISPLAY_DRAW_BLACKNESS, DRAW_BASE_BYTES, display_blackness},
	{SPICE_MSG_DISPLAY_DRAW_WHITENESS, DRAW_BASE_BYTES, display_whiteness},
	{SPICE_MSG_DISPLAY_DRAW_INVERS, DRAW_BASE_BYTES, display_invers},
	{SPICE_MSG_DISPLAY_DRAW_STROKE, DRAW_BASE_BYTES, display_stroke},
	{SPICE_MSG_DISPLAY_DRAW_TEXT, DRAW_BASE_BYTES, display_text},
	{SPICE_MSG_DISPLAY_DRAW_COMPOSITE, DRAW_BASE_BYTES, display_composite},
	{SPICE_MSG_DISPLAY_DRAW_ROP3, DRAW_BASE_BYTES, display_rop3},
	{SPICE_MSG_DISPLAY_DRAW_TRANSPARENT, DRAW_BASE_BYTES,
	 display_transparent},
	{SPICE_MSG_DISPLAY_DRAW_ALPHA_BLEND, DRAW_BASE_BYTES,
	 display_alpha_blend},
	{SPICE_MSG_DISPLAY_SURFACE_CREATE, 20, display_surface_create},
	{SPICE_MSG_DISPLAY_SURFACE_DESTROY, 4, display_surface_destroy},
	{0, 0, NULL},
};

/* Pixels of a cache that memory holds. */
static uint32_t display_cache_pixels(const struct chan_session *s)
{
	size_t bytes = s->memory_bytes / DISPLAY_CACHE_SHARE;

	if (bytes > DISPLAY_CACHE_MAX_BYTES)
		bytes = DISPLAY_CACHE_MAX_BYTES;
	return (uint32_t)(bytes / 4);
}

/* Make the caches that DISPLAY_INIT is about to promise. */
static int display_new(struct chan_session *s, uint32_t pixels)
{
	struct chan_display *d = s->env->alloc(s->env->ctx, sizeof(*d));

	if (!d)
		return -ENOMEM;
	memset(d, 0, sizeof(*d));
	s->display = d;
	pix_palettes_init(&d->palettes, s->env);
	d->glz = codec_glz_window_new(s->env, pixels);
	if (pix_cache_init(&d->cache, s->env, pixels))
		return -ENOMEM;
	return d->glz ? 0 : -ENOMEM;
}

/*
 * INIT must come first and at once: the guest's screen stands still until it
 * does. Then the compression we prefer, if the server knows that message.
 */
static int display_up(struct chan *c)
{
	struct chan_session *s = c->s;
	uint32_t pixels = display_cache_pixels(s);
	uint8_t body[14];
	struct wire_writer w;
	int rc;

	rc = display_new(s, pixels);
	if (rc)
		return rc;
	wire_writer_init(&w, body, sizeof(body));
	wire_put_u8(&w, 1); /* cache id: one display, one cache */
	wire_put_u64(&w, pixels);
	wire_put_u8(&w, 1); /* dictionary id */
	wire_put_u32(&w, pixels);
	rc = chan_send(c, SPICE_MSGC_DISPLAY_INIT, body, w.len);
	if (rc || s->compression == SPICE_IMAGE_COMPRESSION_INVALID ||
	    !(c->caps & 1u << SPICE_DISPLAY_CAP_PREF_COMPRESSION))
		return rc;
	return chan_send(c, SPICE_MSGC_DISPLAY_PREFERRED_COMPRESSION,
			 &s->compression, 1);
}

void chan_display_free(struct chan_session *s)
{
	struct chan_display *d = s->display;
	uint32_t id;

	if (!d)
		return;
	for (id = 0; id < DISPLAY_SURFACES; id++)
		display_surface_free(s, id);
	pix_cache_fini(&d->cache);
	pix_palettes_clear(&d->palettes);
	codec_glz_window_free(d->glz);
	s->env->free(s->env->ctx, d);
	s->display = NULL;
}

const struct pixmap *chan_session_picture(const struct chan_session *s)
{
	return s->display ? s->display->surface[DISPLAY_PRIMARY] : NULL;
}

bool chan_session_marked(const struct chan_session *s)
{
	return s->display && s->display->marked;
}

const struct chan_kind chan_display_kind = {
	.type = SPICE_CHANNEL_DISPLAY,
	.name = "display",
	.caps = 1u << SPICE_DISPLAY_CAP_MULTI_CODEC |
		1u << SPICE_DISPLAY_CAP_LZ4_COMPRESSION,
	.handlers = display_handlers,
	.up = display_up,
};
