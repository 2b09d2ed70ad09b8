/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The display channel: surfaces, caches, and the rows of its messages.
 *
 * We advertise LZ4 images, monitors, with enough memory COMPOSITE and A8
 * surfaces (Xorg's driver draws with them then), the video that chan_stream.c
 * decodes and no other codec (MULTI_CODEC). DISPLAY_INIT promises an image
 * cache and a GLZ window that memory really holds.
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
	return id < DISPLAY_SURFACES ? c->display->surface[id] : NULL;
}

static void display_surface_free(struct chan *c, uint32_t id)
{
	const struct spice_env *env = c->s->env;
	struct pixmap **pm = &c->display->surface[id];

	if (!*pm)
		return;
	chan_stream_forget(c, id);
	pix_free(env, *pm);
	env->free(env->ctx, *pm);
	*pm = NULL;
}

/* Which part of @pm is monitor @head, NULL for none? */
static struct pix_rect display_area(const struct pixmap *pm,
				    const struct pix_rect *head)
{
	struct pix_rect all = pix_bounds(pm), area = all;

	if (head)
		area = pix_rect_intersect(all, *head);
	/* Rows begin at whole words: an odd place of 16 bits does not. */
	if (pix_rect_empty(area) || pix_bits(pm->format) < 16 ||
	    (area.left & 1 && pix_bits(pm->format) == 16))
		return all;
	return area;
}

/*
 * Find out what is on show of @c's primary, and tell the owner if @c is on show
 * and it is not what it was. @fresh: nor would the same place be.
 */
static void display_view(struct chan *c, bool fresh)
{
	struct chan_display *d = c->display;
	const struct pixmap *pm = d->surface[DISPLAY_PRIMARY];
	struct chan_session *s = c->s;
	struct pix_rect area = {0};

	if (d->shown_head >= d->heads)
		d->shown_head = 0;
	if (pm)
		area = display_area(pm,
				    d->heads ? &d->head[d->shown_head] : NULL);
	if (!fresh && !memcmp(&area, &d->area, sizeof(area)))
		return;
	d->area = area;
	memset(&d->view, 0, sizeof(d->view));
	if (pm) {
		d->view = *pm;
		d->view.width = (uint32_t)(area.right - area.left);
		d->view.height = (uint32_t)(area.bottom - area.top);
		d->view.data = pix_row(pm, (uint32_t)area.top) +
			       (size_t)area.left * pix_bits(pm->format) / 8;
	}
	if (c->id != s->shown)
		return;
	s->view_x = area.left;
	s->view_y = area.top;
	s->events->resized(s->ctx);
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
	display_surface_free(c, id);
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
	c->display->surface[id] = pm;
	if (id == DISPLAY_PRIMARY) {
		c->display->marked = false;
		display_view(c, true);
	}
	return 0;
}

static int display_surface_destroy(struct chan *c, struct wire_reader *r)
{
	uint32_t id = wire_u32(r);

	if (id >= DISPLAY_SURFACES)
		return -EPROTO;
	display_surface_free(c, id);
	if (id == DISPLAY_PRIMARY) {
		c->display->marked = false;
		display_view(c, true);
	}
	return 0;
}

static int display_mark(struct chan *c, struct wire_reader *r)
{
	c->display->marked = true;
	chan_mend_done(c);
	return 0;
}

/* Drop surfaces and palettes. */
static int display_reset(struct chan *c, struct wire_reader *r)
{
	uint32_t id;

	for (id = 0; id < DISPLAY_SURFACES; id++)
		display_surface_free(c, id);
	pix_palettes_clear(&c->display->palettes);
	c->display->marked = false;
	display_view(c, true);
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
			pix_cache_remove(&c->display->cache, id);
	}
	return 0;
}

/* The waits in it are for other displays, whose caches are their own. */
static int display_inval_all(struct chan *c, struct wire_reader *r)
{
	pix_cache_clear(&c->display->cache);
	return 0;
}

static int display_inval_palette(struct chan *c, struct wire_reader *r)
{
	pix_palettes_remove(&c->display->palettes, wire_u64(r));
	return 0;
}

static int display_inval_palettes(struct chan *c, struct wire_reader *r)
{
	pix_palettes_clear(&c->display->palettes);
	return 0;
}

/*
 * Monitors on the primary: u16 n, u16 most, n times {id, surface, width,
 * height, x, y, flags}. None, or one that lies outside: all of the primary.
 */
static int display_monitors(struct chan *c, struct wire_reader *r)
{
	struct chan_display *d = c->display;
	struct pix_rect head[DISPLAY_HEADS];
	unsigned int n = wire_u16(r), heads = 0;

	wire_u16(r);
	while (n--) {
		uint32_t width, height, x, y, surface;

		wire_u32(r);
		surface = wire_u32(r);
		width = wire_u32(r);
		height = wire_u32(r);
		x = wire_u32(r);
		y = wire_u32(r);
		wire_u32(r);
		if (r->bad)
			return -EPROTO;
		if (surface == DISPLAY_PRIMARY && heads < DISPLAY_HEADS)
			head[heads++] = pix_rect_at(x, y, width, height);
	}
	d->heads = heads;
	memcpy(d->head, head, heads * sizeof(*head));
	display_view(c, false);
	return 0;
}

#define DISPLAY_DRAW(name, number)                             \
	static int name(struct chan *c, struct wire_reader *r) \
	{                                                      \
		return chan_draw(c, number, r);                \
	}

#define DISPLAY_STREAM(name, number)                           \
	static int name(struct chan *c, struct wire_reader *r) \
	{                                                      \
		return chan_stream(c, number, r);              \
	}

DISPLAY_STREAM(display_create, SPICE_MSG_DISPLAY_STREAM_CREATE)
DISPLAY_STREAM(display_data, SPICE_MSG_DISPLAY_STREAM_DATA)
DISPLAY_STREAM(display_clip, SPICE_MSG_DISPLAY_STREAM_CLIP)
DISPLAY_STREAM(display_destroy, SPICE_MSG_DISPLAY_STREAM_DESTROY)
DISPLAY_STREAM(display_destroy_all, SPICE_MSG_DISPLAY_STREAM_DESTROY_ALL)
DISPLAY_STREAM(display_sized, SPICE_MSG_DISPLAY_STREAM_DATA_SIZED)
DISPLAY_STREAM(display_report, SPICE_MSG_DISPLAY_STREAM_ACTIVATE_REPORT)

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
	{SPICE_MSG_DISPLAY_STREAM_CREATE, 51, display_create},
	{SPICE_MSG_DISPLAY_STREAM_DATA, 12, display_data},
	{SPICE_MSG_DISPLAY_STREAM_CLIP, 5, display_clip},
	{SPICE_MSG_DISPLAY_STREAM_DESTROY, 4, display_destroy},
	{SPICE_MSG_DISPLAY_STREAM_DESTROY_ALL, 0, display_destroy_all},
	{SPICE_MSG_DISPLAY_STREAM_DATA_SIZED, 36, display_sized},
	{SPICE_MSG_DISPLAY_STREAM_ACTIVATE_REPORT, 16, display_report},
	{SPICE_MSG_DISPLAY_MONITORS_CONFIG, 4, display_monitors},
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

/* Pixels of a cache that memory holds, beside those of other displays. */
static uint32_t display_cache_pixels(const struct chan_session *s)
{
	size_t bytes = s->memory_bytes / DISPLAY_CACHE_SHARE /
		       chan_has(s, &chan_display_kind);

	if (bytes > DISPLAY_CACHE_MAX_BYTES)
		bytes = DISPLAY_CACHE_MAX_BYTES;
	return (uint32_t)(bytes / 4);
}

/* Make the caches that DISPLAY_INIT is about to promise. */
static int display_new(struct chan *c, uint32_t pixels)
{
	const struct spice_env *env = c->s->env;
	struct chan_display *d = env->alloc(env->ctx, sizeof(*d));

	if (!d)
		return -ENOMEM;
	memset(d, 0, sizeof(*d));
	c->display = d;
	pix_palettes_init(&d->palettes, env);
	d->glz = codec_glz_window_new(env, pixels);
	if (pix_cache_init(&d->cache, env, pixels))
		return -ENOMEM;
	return d->glz ? 0 : -ENOMEM;
}

/*
 * What to ask of the server; _INVALID: nothing.
 *
 * This is a policy decision: LZ on a good line, which our decoder is fastest at
 * (LZ4 decodes no faster here and takes twice the bytes), and which never turns
 * into something heavier. On a slow one bytes count: GLZ, and QUIC for photos,
 * which the server then makes ZLIB_GLZ and JPEG.
 */
static uint8_t display_compression(const struct chan *c)
{
	/* The second time that it is mended: what always decodes. */
	if (c->mend.going && c->mend.n > 1)
		return SPICE_IMAGE_COMPRESSION_LZ;
	if (c->s->compression != CHAN_COMPRESSION_AUTO)
		return c->s->compression;
	return c->s->slow ? SPICE_IMAGE_COMPRESSION_AUTO_GLZ
			  : SPICE_IMAGE_COMPRESSION_LZ;
}

/*
 * INIT must come first and at once: the guest's screen stands still until it
 * does. Then the compression we prefer, if the server knows that message.
 *
 * Each display has a cache and a window of its own, so that none has to wait
 * for what came to another. One that is mended gets new ones.
 */
static int display_up(struct chan *c)
{
	uint32_t pixels = display_cache_pixels(c->s);
	uint8_t body[14], want = display_compression(c);
	struct wire_writer w;
	int rc;

	rc = display_new(c, pixels);
	if (rc)
		return rc;
	wire_writer_init(&w, body, sizeof(body));
	wire_put_u8(&w, (uint8_t)(c->id + 1)); /* cache id */
	wire_put_u64(&w, pixels);
	wire_put_u8(&w, (uint8_t)(c->id + 1)); /* dictionary id */
	wire_put_u32(&w, pixels);
	rc = chan_send(c, SPICE_MSGC_DISPLAY_INIT, body, w.len);
	if (rc || want == SPICE_IMAGE_COMPRESSION_INVALID ||
	    !(c->caps & 1u << SPICE_DISPLAY_CAP_PREF_COMPRESSION))
		return rc;
	return chan_send(c, SPICE_MSGC_DISPLAY_PREFERRED_COMPRESSION, &want, 1);
}

static void display_down(struct chan *c)
{
	const struct spice_env *env = c->s->env;
	struct chan_display *d = c->display;
	bool pictured;
	uint32_t id;

	if (!d)
		return;
	pictured = d->view.data && c->state == CHAN_MENDING;
	chan_stream_forget(c, DISPLAY_SURFACES);
	for (id = 0; id < DISPLAY_SURFACES; id++)
		display_surface_free(c, id);
	if (pictured)
		display_view(c, true);
	pix_cache_fini(&d->cache);
	pix_palettes_clear(&d->palettes);
	codec_glz_window_free(d->glz);
	env->free(env->ctx, d);
	c->display = NULL;
}

/* The display that is on show; NULL while it is not up. */
static struct chan_display *display_shown(const struct chan_session *s)
{
	struct chan *c = chan_at((struct chan_session *)s,
				 SPICE_CHANNEL_DISPLAY, s->shown);

	return c ? c->display : NULL;
}

const struct pixmap *chan_session_picture(const struct chan_session *s)
{
	const struct chan_display *d = display_shown(s);

	return d && d->view.data ? &d->view : NULL;
}

bool chan_session_marked(const struct chan_session *s)
{
	const struct chan_display *d = display_shown(s);

	return d && d->marked;
}

/* Show display @c from monitor @head on. */
static void display_show(struct chan *c, unsigned int head)
{
	c->s->shown = c->id;
	c->display->shown_head = head;
	display_view(c, true);
	c->s->events->cursor(c->s->ctx);
}

bool chan_session_next(struct chan_session *s)
{
	struct chan_display *d = display_shown(s);
	unsigned int i;

	if (d && d->shown_head + 1 < d->heads) {
		display_show(chan_at(s, SPICE_CHANNEL_DISPLAY, s->shown),
			     d->shown_head + 1);
		return true;
	}
	for (i = 1; i <= CHAN_DISPLAYS; i++) {
		struct chan *c = chan_at(s, SPICE_CHANNEL_DISPLAY,
					 (s->shown + i) % CHAN_DISPLAYS);

		if (!c || !c->display || !c->display->view.data ||
		    (c->display == d && !d->shown_head))
			continue;
		display_show(c, 0);
		return true;
	}
	return false;
}

/*
 * This is a policy decision: guests that may compose keep their windows and
 * letters in off-screen surfaces, here as well; with less memory for a session
 * (a PC of 128 MiB) they had better draw by themselves.
 */
#define DISPLAY_RENDER_BYTES (64u << 20)

static uint32_t display_caps(const struct chan_session *s)
{
	const uint32_t render = 1u << SPICE_DISPLAY_CAP_COMPOSITE |
				1u << SPICE_DISPLAY_CAP_A8_SURFACE;

	return chan_stream_caps |
	       (draw_composites && s->memory_bytes >= DISPLAY_RENDER_BYTES
			? render
			: 0);
}

const struct chan_kind chan_display_kind = {
	.type = SPICE_CHANNEL_DISPLAY,
	.name = "display",
	.caps = 1u << SPICE_DISPLAY_CAP_MULTI_CODEC |
		1u << SPICE_DISPLAY_CAP_MONITORS_CONFIG |
		1u << SPICE_DISPLAY_CAP_LZ4_COMPRESSION,
	.caps_more = display_caps,
	.handlers = display_handlers,
	.up = display_up,
	.down = display_down,
};
