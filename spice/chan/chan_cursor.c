/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The cursor channel: the pointer's shape and, in server mouse mode, its place.
 *
 * Every type of shape becomes premultiplied ARGB and a bitmap of the pixels
 * that invert what is below. The server keeps a cache of 256 shapes by number;
 * it says what to keep (CACHE_ME) and what to forget.
 *
 * Leaves out: the trail. Bound: of cached shapes CURSOR_CACHE_MAX and
 * CURSOR_CACHE_MAX_PX; a shape larger than CURSOR_MAX_PX a side is not shown.
 */
#include <string.h>

#include "spice/chan/chan.h"
#include "spice/pix/pix_pace.h"

#define CURSOR_MAX_PX	 512
#define CURSOR_CACHE_MAX 256
/*
 * This is a policy decision: 256 shapes of 64x64, which is what guests have;
 * 4 MiB. Where larger ones exceed it, the oldest goes, and if the server names
 * it again no pointer is shown until it sets another.
 */
#define CURSOR_CACHE_MAX_PX (256u * 64 * 64)

/* One shape, its pixels behind it: argb, then (where there are any) invert. */
struct cursor_shape {
	struct cursor_shape *next; /* in the cache */
	uint64_t unique;
	bool cached;
	uint32_t width, height, hot_x, hot_y;
	bool inverts;
	uint32_t argb[];
};

struct chan_cursors {
	struct chan_cursor now;	    /* what the owner sees */
	int32_t x, y;		    /* px, its place on the primary */
	struct cursor_shape *shape; /* now's; in the cache or on its own */
	struct cursor_shape *cache; /* newest first */
	unsigned int cache_count;
	uint32_t cache_px; /* of all its shapes */
};

/* Bytes of a row of @bits a pixel. */
static uint32_t cursor_row(uint32_t width, unsigned int bits)
{
	return (width * bits + 7) / 8;
}

static uint8_t *cursor_invert(struct cursor_shape *shape)
{
	return (uint8_t *)(shape->argb + (size_t)shape->width * shape->height);
}

static void cursor_set_invert(struct cursor_shape *shape, uint32_t x,
			      uint32_t y)
{
	size_t at = (size_t)y * cursor_row(shape->width, 1) + x / 8;

	cursor_invert(shape)[at] |= 0x80 >> (x & 7);
	shape->inverts = true;
}

/* Where a shape's parts lie in its data; all of a row a time. */
struct cursor_data {
	const uint8_t *color;	/* pixels, or MONO's AND mask */
	const uint8_t *palette; /* COLOR4, COLOR8 */
	const uint8_t *mask;	/* 1 bit a pixel; MONO's XOR mask */
};

/* 4 bytes of little-endian at @p. */
static uint32_t cursor_u32(const uint8_t *p)
{
	return p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24;
}

/* A 555 pixel's colour, its top bits repeated below. */
static uint32_t cursor_555(const uint8_t *p)
{
	uint32_t v = p[0] | p[1] << 8;
	uint32_t r = v >> 10 & 31, g = v >> 5 & 31, b = v & 31;

	return (r << 3 | r >> 2) << 16 | (g << 3 | g >> 2) << 8 |
	       (b << 3 | b >> 2);
}

/* The colour of pixel (@x, @y), 0xRRGGBB; of ALPHA with its alpha. */
static uint32_t cursor_color(uint8_t type, const struct cursor_data *d,
			     uint32_t width, uint32_t x, uint32_t y)
{
	size_t at = (size_t)y * width + x;
	const uint8_t *row;

	switch (type) {
	case SPICE_CURSOR_TYPE_ALPHA:
		return cursor_u32(d->color + at * 4);
	case SPICE_CURSOR_TYPE_COLOR4:
		row = d->color + (size_t)y * cursor_row(width, 4);
		return cursor_u32(d->palette +
				  (row[x / 2] >> (x & 1 ? 0 : 4) & 15) * 4) &
		       0xffffff;
	case SPICE_CURSOR_TYPE_COLOR8:
		return cursor_u32(d->palette + d->color[at] * 4) & 0xffffff;
	case SPICE_CURSOR_TYPE_COLOR16:
		return cursor_555(d->color + at * 2);
	case SPICE_CURSOR_TYPE_COLOR24:
		return d->color[at * 3] | d->color[at * 3 + 1] << 8 |
		       d->color[at * 3 + 2] << 16;
	default: /* COLOR32 */
		return cursor_u32(d->color + at * 4) & 0xffffff;
	}
}

/* Bits a pixel and palette entries of each type that has colours. */
static const struct {
	uint8_t bits;
	uint16_t palette;
} cursor_types[] = {
	[SPICE_CURSOR_TYPE_ALPHA] = {32, 0},
	[SPICE_CURSOR_TYPE_MONO] = {1, 0},
	[SPICE_CURSOR_TYPE_COLOR4] = {4, 16},
	[SPICE_CURSOR_TYPE_COLOR8] = {8, 256},
	[SPICE_CURSOR_TYPE_COLOR16] = {16, 0},
	[SPICE_CURSOR_TYPE_COLOR24] = {24, 0},
	[SPICE_CURSOR_TYPE_COLOR32] = {32, 0},
};

static bool cursor_bit(const uint8_t *mask, uint32_t width, uint32_t x,
		       uint32_t y)
{
	return mask[(size_t)y * cursor_row(width, 1) + x / 8] >> (7 - (x & 7)) &
	       1;
}

/* Fill in one pixel of @shape. */
static void cursor_pixel(struct cursor_shape *shape, uint8_t type,
			 const struct cursor_data *d, uint32_t x, uint32_t y)
{
	uint32_t *argb = &shape->argb[(size_t)y * shape->width + x];
	uint32_t color;
	bool keep; /* the picture shows through */

	if (type == SPICE_CURSOR_TYPE_MONO) {
		keep = cursor_bit(d->color, shape->width, x, y);
		color = cursor_bit(d->mask, shape->width, x, y) ? 0xffffff : 0;
	} else {
		color = cursor_color(type, d, shape->width, x, y);
		keep = d->mask && cursor_bit(d->mask, shape->width, x, y);
	}
	if (type == SPICE_CURSOR_TYPE_ALPHA)
		*argb = color;
	else if (!keep)
		*argb = color | 0xff000000;
	else if (color == 0xffffff)
		cursor_set_invert(shape, x, y);
}

/* Decode the data of a shape of @type into @shape, whose size is set. */
static int cursor_decode(const struct spice_env *env,
			 struct cursor_shape *shape, uint8_t type,
			 struct wire_reader *r)
{
	struct pix_pace pace = {env, 0};
	struct cursor_data d = {0};
	uint32_t x, y;

	d.color = wire_bytes(
		r, (size_t)cursor_row(shape->width, cursor_types[type].bits) *
			   shape->height);
	if (cursor_types[type].palette)
		d.palette = wire_bytes(r,
				       (size_t)cursor_types[type].palette * 4);
	if (type != SPICE_CURSOR_TYPE_ALPHA)
		d.mask = wire_bytes(r, (size_t)cursor_row(shape->width, 1) *
					       shape->height);
	if (r->bad)
		return -EPROTO;
	for (y = 0; y < shape->height; y++) {
		for (x = 0; x < shape->width; x++)
			cursor_pixel(shape, type, &d, x, y);
		pix_pace(&pace, shape->width);
	}
	return 0;
}

/* A cached shape by its number; NULL when there is none. */
static struct cursor_shape *cursor_cached(struct chan_cursors *cs,
					  uint64_t unique)
{
	struct cursor_shape *shape;

	for (shape = cs->cache; shape; shape = shape->next)
		if (shape->unique == unique)
			return shape;
	return NULL;
}

/* Take @shape out of the cache; it goes unless it is on show. */
static void cursor_uncache(struct chan *c, struct cursor_shape *shape)
{
	const struct spice_env *env = c->s->env;
	struct chan_cursors *cs = c->cursors;
	struct cursor_shape **link = &cs->cache;

	while (*link != shape)
		link = &(*link)->next;
	*link = shape->next;
	cs->cache_count--;
	cs->cache_px -= shape->width * shape->height;
	shape->cached = false;
	if (shape != cs->shape)
		env->free(env->ctx, shape);
}

static void cursor_cache(struct chan *c, struct cursor_shape *shape)
{
	struct chan_cursors *cs = c->cursors;
	struct cursor_shape *old = cursor_cached(cs, shape->unique);

	if (old)
		cursor_uncache(c, old);
	while (cs->cache && (cs->cache_count >= CURSOR_CACHE_MAX ||
			     cs->cache_px + shape->width * shape->height >
				     CURSOR_CACHE_MAX_PX)) {
		for (old = cs->cache; old->next; old = old->next)
			;
		cursor_uncache(c, old);
	}
	shape->next = cs->cache;
	shape->cached = true;
	cs->cache = shape;
	cs->cache_count++;
	cs->cache_px += shape->width * shape->height;
}

/* Show @shape from now on, NULL for none. */
static void cursor_show(struct chan *c, struct cursor_shape *shape)
{
	struct chan_cursors *cs = c->cursors;
	struct cursor_shape *old = cs->shape;

	cs->shape = shape;
	if (old && old != shape && !old->cached)
		c->s->env->free(c->s->env->ctx, old);
	cs->now.serial++;
	cs->now.argb = shape ? shape->argb : NULL;
	cs->now.invert = shape && shape->inverts ? cursor_invert(shape) : NULL;
	cs->now.width = shape ? shape->width : 0;
	cs->now.height = shape ? shape->height : 0;
	cs->now.hot_x = shape ? shape->hot_x : 0;
	cs->now.hot_y = shape ? shape->hot_y : 0;
}

/* Read type, size and pixels of a new shape. */
static int cursor_new(struct chan *c, struct wire_reader *r,
		      struct cursor_shape **out)
{
	struct chan_session *s = c->s;
	uint8_t type = wire_u8(r);
	uint32_t width = wire_u16(r), height = wire_u16(r);
	uint32_t hot_x = wire_u16(r), hot_y = wire_u16(r);
	struct cursor_shape *shape;
	size_t bytes;
	int rc;

	*out = NULL;
	if (r->bad || type > SPICE_CURSOR_TYPE_COLOR32)
		return -EPROTO;
	s->counts.cursor[type]++;
	if (!width || !height)
		return 0;
	if (width > CURSOR_MAX_PX || height > CURSOR_MAX_PX) {
		chan_log(s, "cursor: a shape of %ux%u is not shown",
			 (unsigned int)width, (unsigned int)height);
		return 0;
	}
	bytes = (size_t)width * height * 4 +
		(size_t)cursor_row(width, 1) * height;
	shape = s->env->alloc(s->env->ctx, sizeof(*shape) + bytes);
	if (!shape)
		return -ENOMEM;
	memset(shape, 0, sizeof(*shape) + bytes);
	shape->width = width;
	shape->height = height;
	shape->hot_x = hot_x < width ? hot_x : width - 1;
	shape->hot_y = hot_y < height ? hot_y : height - 1;
	rc = cursor_decode(s->env, shape, type, r);
	if (rc)
		s->env->free(s->env->ctx, shape);
	else
		*out = shape;
	return rc;
}

/* Read a Cursor structure and show what it says. */
static int cursor_read(struct chan *c, struct wire_reader *r)
{
	uint16_t flags = wire_u16(r);
	struct cursor_shape *shape;
	uint64_t unique;
	int rc;

	if (r->bad)
		return -EPROTO;
	if (flags & SPICE_CURSOR_FLAGS_NONE) {
		cursor_show(c, NULL);
		return 0;
	}
	unique = wire_u64(r);
	if (flags & SPICE_CURSOR_FLAGS_FROM_CACHE) {
		shape = cursor_cached(c->cursors, unique);
		/* A pointer that is not there is no reason to end a session. */
		if (!shape)
			chan_log(c->s, "cursor: a shape is not in the cache");
		cursor_show(c, shape);
		return 0;
	}
	rc = cursor_new(c, r, &shape);
	if (rc)
		return rc;
	if (shape && (flags & SPICE_CURSOR_FLAGS_CACHE_ME)) {
		shape->unique = unique;
		cursor_cache(c, shape);
	}
	cursor_show(c, shape);
	return 0;
}

static void cursor_changed(struct chan *c)
{
	if (c->id == c->s->shown)
		c->s->events->cursor(c->s->ctx);
}

/* Place and visibility, as INIT and SET have them. */
static void cursor_place(struct chan *c, struct wire_reader *r)
{
	c->cursors->x = (int16_t)wire_u16(r);
	c->cursors->y = (int16_t)wire_u16(r);
	c->cursors->now.placed = true;
}

static void cursor_forget(struct chan *c)
{
	cursor_show(c, NULL);
	while (c->cursors->cache)
		cursor_uncache(c, c->cursors->cache);
	c->cursors->now.visible = false;
	c->cursors->now.placed = false;
}

static int cursor_init(struct chan *c, struct wire_reader *r)
{
	int rc;

	cursor_forget(c);
	cursor_place(c, r);
	wire_u32(r); /* trail */
	c->cursors->now.visible = wire_u8(r);
	rc = cursor_read(c, r);
	cursor_changed(c);
	return rc;
}

static int cursor_reset(struct chan *c, struct wire_reader *r)
{
	cursor_forget(c);
	cursor_changed(c);
	return 0;
}

static int cursor_set(struct chan *c, struct wire_reader *r)
{
	int rc;

	cursor_place(c, r);
	c->cursors->now.visible = wire_u8(r);
	rc = cursor_read(c, r);
	cursor_changed(c);
	return rc;
}

static int cursor_move(struct chan *c, struct wire_reader *r)
{
	cursor_place(c, r);
	c->cursors->now.visible = true;
	cursor_changed(c);
	return 0;
}

static int cursor_hide(struct chan *c, struct wire_reader *r)
{
	c->cursors->now.visible = false;
	cursor_changed(c);
	return 0;
}

static int cursor_trail(struct chan *c, struct wire_reader *r)
{
	return 0;
}

static int cursor_inval_one(struct chan *c, struct wire_reader *r)
{
	struct cursor_shape *shape = cursor_cached(c->cursors, wire_u64(r));

	if (shape)
		cursor_uncache(c, shape);
	return 0;
}

static int cursor_inval_all(struct chan *c, struct wire_reader *r)
{
	while (c->cursors->cache)
		cursor_uncache(c, c->cursors->cache);
	return 0;
}

static int cursor_up(struct chan *c)
{
	struct chan_session *s = c->s;

	if (c->cursors)
		return 0;
	c->cursors = s->env->alloc(s->env->ctx, sizeof(*c->cursors));
	if (!c->cursors)
		return -ENOMEM;
	memset(c->cursors, 0, sizeof(*c->cursors));
	return 0;
}

static void cursor_down(struct chan *c)
{
	if (!c->cursors)
		return;
	cursor_forget(c);
	c->s->env->free(c->s->env->ctx, c->cursors);
	c->cursors = NULL;
}

const struct chan_cursor *chan_session_cursor(const struct chan_session *s)
{
	static const struct chan_cursor none;
	struct chan_cursors *cs;
	struct chan *c;

	c = chan_at((struct chan_session *)s, SPICE_CHANNEL_CURSOR, s->shown);
	if (!c || !c->cursors)
		return &none;
	cs = c->cursors;
	cs->now.x = cs->x - s->view_x;
	cs->now.y = cs->y - s->view_y;
	return &cs->now;
}

static const struct chan_handler cursor_handlers[] = {
	{SPICE_MSG_CURSOR_INIT, 11, cursor_init},
	{SPICE_MSG_CURSOR_RESET, 0, cursor_reset},
	{SPICE_MSG_CURSOR_SET, 7, cursor_set},
	{SPICE_MSG_CURSOR_MOVE, 4, cursor_move},
	{SPICE_MSG_CURSOR_HIDE, 0, cursor_hide},
	{SPICE_MSG_CURSOR_TRAIL, 4, cursor_trail},
	{SPICE_MSG_CURSOR_INVAL_ONE, 8, cursor_inval_one},
	{SPICE_MSG_CURSOR_INVAL_ALL, 0, cursor_inval_all},
	{0, 0, NULL},
};

const struct chan_kind chan_cursor_kind = {
	.type = SPICE_CHANNEL_CURSOR,
	.name = "cursor",
	.handlers = cursor_handlers,
	.up = cursor_up,
	.down = cursor_down,
};
