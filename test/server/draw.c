/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Builders of QXL commands; draw.h says what each is for. The layouts are
 * spice/qxl_dev.h's.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test/server/draw.h"

/* --- memory --- */

static void *must_alloc(size_t size)
{
	void *p = calloc(1, size ? size : 1);

	if (!p) {
		perror("spice-test-server");
		exit(1);
	}
	return p;
}

void *cmd_alloc(struct cmd *cmd, size_t size)
{
	void *p = must_alloc(size);

	if (cmd->blocks == (int)(sizeof(cmd->block) / sizeof(cmd->block[0]))) {
		fprintf(stderr, "a command of too many parts\n");
		exit(1);
	}
	cmd->block[cmd->blocks++] = p;
	return p;
}

void cmd_free(struct cmd *cmd)
{
	while (cmd->blocks)
		free(cmd->block[--cmd->blocks]);
	free(cmd);
}

struct cmd *cmd_draw(uint8_t type, uint8_t effect, QXLRect box)
{
	struct cmd *cmd = must_alloc(sizeof(*cmd));
	QXLDrawable *d = &cmd->drawable;
	int i;

	cmd->ext.cmd.type = QXL_CMD_DRAW;
	d->type = type;
	d->effect = effect;
	d->bbox = box;
	d->clip.type = SPICE_CLIP_TYPE_NONE;
	for (i = 0; i < 3; i++)
		d->surfaces_dest[i] = -1;
	return cmd;
}

void cmd_clip(struct cmd *cmd, const QXLRect *rects, int n)
{
	size_t size = n * sizeof(*rects);
	QXLClipRects *clip = cmd_alloc(cmd, sizeof(*clip) + size);

	clip->num_rects = n;
	clip->chunk.data_size = size;
	memcpy(clip->chunk.data, rects, size);
	cmd->drawable.clip.type = SPICE_CLIP_TYPE_RECTS;
	cmd->drawable.clip.data = phys(clip);
}

void cmd_target(struct cmd *cmd, uint32_t surface)
{
	cmd->drawable.surface_id = surface;
}

/* --- contents --- */

uint32_t mix(uint32_t seed, uint32_t x, uint32_t y)
{
	uint32_t v = seed * 0x9e3779b1u + x * 0x85ebca6bu + y * 0xc2b2ae35u;

	v ^= v >> 15;
	v *= 0x2c1b3c6du;
	v ^= v >> 12;
	v *= 0x297a2d39u;
	return v ^ v >> 15;
}

static uint32_t photo(uint32_t seed, int x, int y)
{
	uint32_t noise = mix(seed, x, y);
	uint32_t wave = (x * x / 53 + y * y / 31 + seed * 40) & 511;
	uint32_t r = wave < 256 ? wave : 511 - wave;
	uint32_t g = (x * 2 + y + seed * 17) & 255;
	uint32_t b = 64 + ((x ^ y) & 127) + (noise & 7);

	r = r < 8 ? r : r - (noise >> 8 & 7);
	return r << 16 | g << 8 | b;
}

static uint32_t text(uint32_t seed, int x, int y)
{
	bool gap = y % 13 > 9 || x % 8 > 5;
	uint32_t glyph = mix(seed, x / 8, y / 13) % 29;
	bool ink = mix(glyph, x % 8 / 2, y % 13 / 2) & 1;

	return !gap && ink ? 0x202428 : 0xf4f1e8;
}

static uint32_t bars(uint32_t seed, int x, int y)
{
	static const uint32_t colours[8] = {0x000000, 0xffffff, 0xc02020,
					    0x20c020, 0x2020c0, 0xd0d000,
					    0x00d0d0, 0x808080};

	return colours[(x / 11 + y / 7 + seed) & 7];
}

static uint32_t alpha(uint32_t seed, int x, int y)
{
	uint32_t rgb = photo(seed, x, y);
	uint32_t a = (x * 5 + y * 3 + seed) & 255;
	uint32_t r = (rgb >> 16 & 255) * a / 255;
	uint32_t g = (rgb >> 8 & 255) * a / 255;
	uint32_t b = (rgb & 255) * a / 255;

	return a << 24 | r << 16 | g << 8 | b;
}

uint32_t content_argb(enum content content, uint32_t seed, int x, int y)
{
	if (content == CONTENT_ALPHA)
		return alpha(seed, x, y);
	if (content >= CONTENT_DESKTOP)
		return 0xff000000u | large_rgb(content, x, y + (int)seed);
	if (content == CONTENT_TEXT)
		return 0xff000000u | text(seed, x, y);
	if (content == CONTENT_BARS)
		return 0xff000000u | bars(seed, x, y);
	return 0xff000000u | photo(seed, x, y);
}

/* --- images --- */

int format_bits(uint8_t format)
{
	switch (format) {
	case SPICE_BITMAP_FMT_1BIT_LE:
	case SPICE_BITMAP_FMT_1BIT_BE:
		return 1;
	case SPICE_BITMAP_FMT_4BIT_LE:
	case SPICE_BITMAP_FMT_4BIT_BE:
		return 4;
	case SPICE_BITMAP_FMT_8BIT:
	case SPICE_BITMAP_FMT_8BIT_A:
		return 8;
	case SPICE_BITMAP_FMT_16BIT:
		return 16;
	case SPICE_BITMAP_FMT_24BIT:
		return 24;
	default:
		return 32;
	}
}

/* The palette index of a pixel: what the colour's bits give. */
static uint32_t index_of(uint32_t argb, int bits)
{
	uint32_t grey = (argb >> 16 & 255) * 2 + (argb >> 8 & 255) * 5 +
			(argb & 255);

	return grey / 8 >> (8 - bits);
}

/* Write one pixel; a row's bits below a byte are zero before. */
static void put_pixel(uint8_t *row, int x, uint8_t format, uint32_t argb)
{
	uint32_t r = argb >> 16 & 255, g = argb >> 8 & 255, b = argb & 255;
	uint32_t i;

	switch (format) {
	case SPICE_BITMAP_FMT_1BIT_LE:
		row[x / 8] |= index_of(argb, 1) << (x & 7);
		break;
	case SPICE_BITMAP_FMT_1BIT_BE:
		row[x / 8] |= index_of(argb, 1) << (7 - (x & 7));
		break;
	case SPICE_BITMAP_FMT_4BIT_LE:
		row[x / 2] |= index_of(argb, 4) << (x & 1 ? 4 : 0);
		break;
	case SPICE_BITMAP_FMT_4BIT_BE:
		row[x / 2] |= index_of(argb, 4) << (x & 1 ? 0 : 4);
		break;
	case SPICE_BITMAP_FMT_8BIT:
		row[x] = index_of(argb, 8);
		break;
	case SPICE_BITMAP_FMT_8BIT_A:
		row[x] = argb >> 24;
		break;
	case SPICE_BITMAP_FMT_16BIT:
		i = r >> 3 << 10 | g >> 3 << 5 | b >> 3;
		row[2 * x] = i;
		row[2 * x + 1] = i >> 8;
		break;
	default:
		i = format_bits(format) / 8;
		row[i * x] = b;
		row[i * x + 1] = g;
		row[i * x + 2] = r;
		if (format == SPICE_BITMAP_FMT_RGBA)
			row[4 * x + 3] = argb >> 24;
		break;
	}
}

static uint8_t *source_bits(struct cmd *cmd, const struct source *source,
			    int stride)
{
	uint8_t *bits = cmd_alloc(cmd, (size_t)stride * source->h);
	int x, y;

	for (y = 0; y < source->h; y++) {
		int at = source->bottom_up ? source->h - 1 - y : y;

		for (x = 0; x < source->w; x++)
			put_pixel(bits + (size_t)at * stride, x, source->format,
				  content_argb(source->content, source->seed, x,
					       y));
	}
	return bits;
}

/* Palette entries differ from each other and from palette to palette. */
static QXLPHYSICAL source_palette(struct cmd *cmd, const struct source *source)
{
	int bits = format_bits(source->format), n = 1 << bits, i;
	uint32_t seed = source->pal_id ? (uint32_t)source->pal_id
				       : source->seed;
	QXLPalette *palette;

	palette = cmd_alloc(cmd, sizeof(*palette) + n * 4);
	palette->unique = source->pal_id;
	palette->num_ents = n;
	for (i = 0; i < n; i++) {
		uint32_t v = mix(seed, i, 77);

		palette->ents[i] = (v & 0x3f3f3f) +
				   (i * 191 / (n - 1)) * 0x010101;
	}
	return phys(palette);
}

static bool has_palette(uint8_t format)
{
	return format_bits(format) <= 8 && format != SPICE_BITMAP_FMT_8BIT_A;
}

QXLPHYSICAL image_source(struct cmd *cmd, const struct source *source)
{
	static uint32_t unique = 0x10000;
	QXLImage *image = cmd_alloc(cmd, sizeof(*image));
	uint32_t id = source->id ? source->id : unique++;
	int stride = (source->w * format_bits(source->format) + 7) / 8 +
		     source->pad;

	/* That macro does not put its arguments in parentheses. */
	QXL_SET_IMAGE_ID(image, QXL_IMAGE_GROUP_DRIVER, id);
	image->descriptor.type = SPICE_IMAGE_TYPE_BITMAP;
	image->descriptor.flags = (source->cache ? QXL_IMAGE_CACHE : 0) |
				  (source->high_bits ? QXL_IMAGE_HIGH_BITS_SET
						     : 0);
	image->descriptor.width = source->w;
	image->descriptor.height = source->h;
	image->bitmap.format = source->format;
	image->bitmap.flags = QXL_BITMAP_DIRECT |
			      (source->bottom_up ? 0 : QXL_BITMAP_TOP_DOWN);
	image->bitmap.x = source->w;
	image->bitmap.y = source->h;
	image->bitmap.stride = stride;
	if (has_palette(source->format))
		image->bitmap.palette = source_palette(cmd, source);
	image->bitmap.data = phys(source_bits(cmd, source, stride));
	return phys(image);
}

QXLPHYSICAL image_surface(struct cmd *cmd, uint32_t id, int w, int h)
{
	QXLImage *image = cmd_alloc(cmd, sizeof(*image));
	QXLDrawable *d = &cmd->drawable;
	int i = 0;

	QXL_SET_IMAGE_ID(image, QXL_IMAGE_GROUP_DEVICE, id);
	image->descriptor.type = SPICE_IMAGE_TYPE_SURFACE;
	image->descriptor.width = w;
	image->descriptor.height = h;
	image->surface_image.surface_id = id;
	/* The server must know what this drawing depends on. */
	while (i < 2 && d->surfaces_dest[i] != -1)
		i++;
	d->surfaces_dest[i] = id;
	d->surfaces_rects[i] = rect(0, 0, w, h);
	return phys(image);
}

QXLQMask mask_source(struct cmd *cmd, int w, int h, uint32_t seed, bool invert)
{
	struct source source = {.content = CONTENT_TEXT,
				.seed = seed,
				.format = SPICE_BITMAP_FMT_1BIT_BE,
				.w = w,
				.h = h};

	return (QXLQMask){.flags = invert ? SPICE_MASK_FLAGS_INVERS : 0,
			  .bitmap = image_source(cmd, &source)};
}

QXLBrush brush_solid(uint32_t rgb)
{
	return (QXLBrush){.type = SPICE_BRUSH_TYPE_SOLID, .u.color = rgb};
}

QXLBrush brush_pattern(QXLPHYSICAL image, int x, int y)
{
	QXLBrush brush = {.type = SPICE_BRUSH_TYPE_PATTERN};

	brush.u.pattern.pat = image;
	brush.u.pattern.pos.x = x;
	brush.u.pattern.pos.y = y;
	return brush;
}

/* --- whole operations --- */

void draw_fill(struct server *s, QXLRect box, uint32_t rgb)
{
	struct cmd *cmd = cmd_draw(QXL_DRAW_FILL, QXL_EFFECT_OPAQUE, box);

	cmd->drawable.u.fill.brush = brush_solid(rgb);
	cmd->drawable.u.fill.rop_descriptor = SPICE_ROPD_OP_PUT;
	qxl_push(s, cmd);
}

struct cmd *cmd_copy(QXLRect box, QXLRect area, uint16_t rop)
{
	struct cmd *cmd = cmd_draw(QXL_DRAW_COPY, QXL_EFFECT_BLEND, box);

	cmd->drawable.u.copy.src_area = area;
	cmd->drawable.u.copy.rop_descriptor = rop;
	cmd->drawable.u.copy.scale_mode = SPICE_IMAGE_SCALE_MODE_NEAREST;
	return cmd;
}

void draw_source(struct server *s, const struct source *source, int x, int y)
{
	struct cmd *cmd = cmd_copy(rect(x, y, source->w, source->h),
				   rect(0, 0, source->w, source->h),
				   SPICE_ROPD_OP_PUT);

	cmd->drawable.u.copy.src_bitmap = image_source(cmd, source);
	qxl_push(s, cmd);
}

static struct cmd *cmd_surface(uint32_t id, uint8_t type)
{
	struct cmd *cmd = must_alloc(sizeof(*cmd));

	cmd->ext.cmd.type = QXL_CMD_SURFACE;
	cmd->surface.surface_id = id;
	cmd->surface.type = type;
	return cmd;
}

static int surface_bits(uint32_t format)
{
	switch (format) {
	case SPICE_SURFACE_FMT_1_A:
		return 1;
	case SPICE_SURFACE_FMT_8_A:
		return 8;
	case SPICE_SURFACE_FMT_16_555:
	case SPICE_SURFACE_FMT_16_565:
		return 16;
	default:
		return 32;
	}
}

void surface_create(struct server *s, uint32_t id, uint32_t format, int w,
		    int h)
{
	struct cmd *cmd = cmd_surface(id, QXL_SURFACE_CMD_CREATE);
	int stride = (w * surface_bits(format) + 31) / 32 * 4;

	cmd->surface.u.surface_create.format = format;
	cmd->surface.u.surface_create.width = w;
	cmd->surface.u.surface_create.height = h;
	cmd->surface.u.surface_create.stride = stride;
	cmd->surface.u.surface_create.data =
		phys(cmd_alloc(cmd, (size_t)stride * h));
	qxl_push(s, cmd);
}

void surface_destroy(struct server *s, uint32_t id)
{
	qxl_push(s, cmd_surface(id, QXL_SURFACE_CMD_DESTROY));
}

/* --- laying out --- */

#define GAP 3

struct grid grid_start(struct server *s, int w, int h)
{
	return (struct grid){
		.s = s, .w = w, .h = h, .x = GAP, .y = MARKER + GAP};
}

QXLRect grid_next(struct grid *g)
{
	QXLRect cell = rect(g->x, g->y, g->w, g->h);
	int x = g->x + g->w + GAP, y = g->y;

	if (x + g->w > g->s->w) {
		x = GAP;
		y += g->h + GAP;
	}
	if (y + g->h <= g->s->h) {
		g->x = x;
		g->y = y;
	}
	return cell;
}

void backdrop(struct server *s)
{
	struct source source = {.content = CONTENT_PHOTO,
				.seed = 900 + s->scenes,
				.format = SPICE_BITMAP_FMT_32BIT,
				.w = s->w,
				.h = s->h};

	draw_source(s, &source, 0, 0);
}
