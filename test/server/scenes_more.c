/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Scenes: the operations few guests use: OPAQUE, BLEND, TRANSPARENT,
 * ALPHA_BLEND, ROP3, COMPOSITE, STROKE, TEXT.
 */
#include <string.h>

#include "test/server/draw.h"

static struct source some_source(int i, int w, int h)
{
	return (struct source){.content = i % 3,
			       .seed = i,
			       .format = SPICE_BITMAP_FMT_32BIT,
			       .w = w,
			       .h = h};
}

static void opaque(struct server *s)
{
	static const uint16_t rops[] = {SPICE_ROPD_OP_PUT, SPICE_ROPD_OP_AND,
					SPICE_ROPD_OP_OR, SPICE_ROPD_OP_XOR};
	struct grid g = grid_start(s, 80, 60);
	int i;

	backdrop(s);
	for (i = 0; i < 8; i++) {
		struct source source = some_source(i, 80, 60);
		struct cmd *cmd = cmd_draw(QXL_DRAW_OPAQUE, QXL_EFFECT_BLEND,
					   grid_next(&g));
		QXLOpaque *op = &cmd->drawable.u.opaque;

		op->src_bitmap = image_source(cmd, &source);
		op->src_area = rect(0, 0, 80, 60);
		op->brush = brush_solid(0x60c0a0 + i * 0x70503);
		op->rop_descriptor = rops[i % 4];
		qxl_push(s, cmd);
	}
}

static void blend(struct server *s)
{
	static const uint16_t rops[] = {SPICE_ROPD_OP_AND, SPICE_ROPD_OP_OR,
					SPICE_ROPD_OP_XOR};
	struct grid g = grid_start(s, 80, 60);
	int i;

	backdrop(s);
	for (i = 0; i < 9; i++) {
		struct source source = some_source(i, 80, 60);
		struct cmd *cmd = cmd_draw(QXL_DRAW_BLEND, QXL_EFFECT_BLEND,
					   grid_next(&g));
		QXLBlend *op = &cmd->drawable.u.blend;

		op->src_bitmap = image_source(cmd, &source);
		op->src_area = rect(0, 0, 80, 60);
		op->rop_descriptor = rops[i % 3];
		qxl_push(s, cmd);
	}
}

static void transparent(struct server *s)
{
	struct grid g = grid_start(s, 80, 60);
	int i;

	backdrop(s);
	for (i = 0; i < 6; i++) {
		struct source source = some_source(i, 80, 60);
		struct cmd *cmd = cmd_draw(QXL_DRAW_TRANSPARENT,
					   QXL_EFFECT_BLEND, grid_next(&g));
		QXLTransparent *op = &cmd->drawable.u.transparent;

		source.content = i & 1 ? CONTENT_TEXT : CONTENT_BARS;
		op->src_bitmap = image_source(cmd, &source);
		op->src_area = rect(0, 0, 80, 60);
		op->src_color = op->true_color = i & 1 ? 0xf4f1e8 : 0x2020c0;
		qxl_push(s, cmd);
	}
}

static void alpha_blend(struct server *s)
{
	struct grid g = grid_start(s, 80, 60);
	int i;

	backdrop(s);
	for (i = 0; i < 16; i++) {
		struct source source = some_source(i, 80, 60);
		struct cmd *cmd = cmd_draw(QXL_DRAW_ALPHA_BLEND,
					   QXL_EFFECT_BLEND, grid_next(&g));
		QXLAlphaBlend *op = &cmd->drawable.u.alpha_blend;

		if (i & 1) {
			source.content = CONTENT_ALPHA;
			source.format = SPICE_BITMAP_FMT_RGBA;
		}
		op->alpha = i < 2 ? 255 : i * 16;
		op->src_bitmap = image_source(cmd, &source);
		op->src_area = rect(0, 0, i & 4 ? 40 : 80, 60);
		qxl_push(s, cmd);
	}
}

/*
 * Whether a ternary operation uses pattern (weight 4), source (2) and
 * destination (1) all three. libspice-server has no other ones and aborts.
 */
static bool rop3_ternary(int code)
{
	return (code >> 4) != (code & 0xf) &&
	       (code >> 2 & 0x33) != (code & 0x33) &&
	       (code >> 1 & 0x55) != (code & 0x55);
}

static void rop3(struct server *s)
{
	struct grid g = grid_start(s, 38, 30);
	int i;

	backdrop(s);
	for (i = 0; i < 256; i++) {
		struct source source = some_source(i, 38, 30);
		struct cmd *cmd;
		QXLRop3 *op;

		if (!rop3_ternary(i))
			continue;
		cmd = cmd_draw(QXL_DRAW_ROP3, QXL_EFFECT_BLEND, grid_next(&g));
		op = &cmd->drawable.u.rop3;
		op->src_bitmap = image_source(cmd, &source);
		op->src_area = rect(0, 0, 38, 30);
		op->brush = brush_solid(0x96a53c);
		op->rop3 = i;
		qxl_push(s, cmd);
	}
}

/* A path of one piece: a star of @n lines about the middle of @box. */
static QXLPHYSICAL star(struct cmd *cmd, QXLRect box, int n)
{
	size_t size = sizeof(QXLPathSeg) + n * sizeof(QXLPointFix);
	QXLPath *path = cmd_alloc(cmd, sizeof(*path) + size);
	QXLPathSeg *seg = (QXLPathSeg *)path->chunk.data;
	int w = box.right - box.left, h = box.bottom - box.top, i;

	path->data_size = size;
	path->chunk.data_size = size;
	seg->flags = QXL_PATH_BEGIN | QXL_PATH_END;
	seg->count = n;
	for (i = 0; i < n; i++) {
		int x = box.left + i * 37 % (w - 1);
		int y = box.top + i * 53 % (h - 1);

		seg->points[i].x = x << 4;
		seg->points[i].y = y << 4;
	}
	return phys(path);
}

/* A path of two pieces: two rectangles about the middle of @box, closed. */
static QXLPHYSICAL frames(struct cmd *cmd, QXLRect box)
{
	size_t each = sizeof(QXLPathSeg) + 4 * sizeof(QXLPointFix);
	QXLPath *path = cmd_alloc(cmd, sizeof(*path) + 2 * each);
	int i, k;

	path->data_size = path->chunk.data_size = 2 * each;
	for (i = 0; i < 2; i++) {
		QXLPathSeg *seg = (QXLPathSeg *)(path->chunk.data + i * each);
		int inset = 3 + 11 * i;

		seg->flags = QXL_PATH_BEGIN | QXL_PATH_END | QXL_PATH_CLOSE;
		seg->count = 4;
		for (k = 0; k < 4; k++) {
			seg->points[k].x = (k == 0 || k == 3
						    ? box.left + inset
						    : box.right - inset)
					   << 4;
			seg->points[k].y =
				(k < 2 ? box.top + inset : box.bottom - inset)
				<< 4;
		}
	}
	return phys(path);
}

/* A curve through @box, and one that bends twice. */
static QXLPHYSICAL curves(struct cmd *cmd, QXLRect box, int i)
{
	size_t size = sizeof(QXLPathSeg) + 7 * sizeof(QXLPointFix);
	QXLPath *path = cmd_alloc(cmd, sizeof(*path) + size);
	QXLPathSeg *seg = (QXLPathSeg *)path->chunk.data;
	int k;

	path->data_size = path->chunk.data_size = size;
	seg->flags = QXL_PATH_BEGIN | QXL_PATH_END | QXL_PATH_BEZIER;
	seg->count = 7;
	for (k = 0; k < 7; k++) {
		seg->points[k].x = (box.left + (k * 29 + i * 7) % 79) * 16 + i;
		seg->points[k].y = (box.top + (k * 43 + i * 13) % 59) * 16 + k;
	}
	return phys(path);
}

static void dash(struct cmd *cmd, QXLStroke *op, int i)
{
	QXLFIXED *style = cmd_alloc(cmd, 4 * sizeof(*style));

	style[0] = (5 + i) << 4;
	style[1] = 3 << 4;
	style[2] = 1 << 4;
	style[3] = 2 << 4;
	op->attr.flags = SPICE_LINE_FLAGS_STYLED;
	if (i & 4)
		op->attr.flags |= SPICE_LINE_FLAGS_START_WITH_GAP;
	op->attr.style_nseg = i & 8 ? 4 : 2;
	op->attr.style = phys(style);
}

/* All frames are dashed, and half of the stars and curves. */
static void stroke(struct server *s)
{
	struct grid g = grid_start(s, 80, 60);
	int i;

	backdrop(s);
	for (i = 0; i < 32; i++) {
		QXLRect cell = grid_next(&g);
		struct cmd *cmd = cmd_draw(QXL_DRAW_STROKE, QXL_EFFECT_BLEND,
					   cell);
		QXLStroke *op = &cmd->drawable.u.stroke;

		op->path = i & 1   ? frames(cmd, cell)
			   : i & 2 ? curves(cmd, cell, i)
				   : star(cmd, cell, 2 + i);
		op->brush = brush_solid(0xffffff - i * 0x070d15);
		op->fore_mode = i & 16 ? SPICE_ROPD_OP_XOR : SPICE_ROPD_OP_PUT;
		op->back_mode = SPICE_ROPD_OP_PUT;
		if (i & 9)
			dash(cmd, op, i);
		qxl_push(s, cmd);
	}
}

/* One string of glyphs of 9 x 11 pixels. */
static QXLPHYSICAL string(struct cmd *cmd, int x, int y, int n, int bits)
{
	size_t row = bits == 1 ? 2 : bits == 4 ? 5 : 9;
	size_t each = sizeof(QXLRasterGlyph) + row * 11;
	QXLString *text = cmd_alloc(cmd, sizeof(*text) + n * each);
	uint8_t *out = text->chunk.data;
	size_t k;
	int i;

	text->data_size = n * each;
	text->chunk.data_size = n * each;
	text->length = n;
	text->flags = bits == 1	  ? SPICE_STRING_FLAGS_RASTER_A1
		      : bits == 4 ? SPICE_STRING_FLAGS_RASTER_A4
				  : SPICE_STRING_FLAGS_RASTER_A8;
	for (i = 0; i < n; i++) {
		QXLRasterGlyph *glyph = (QXLRasterGlyph *)out;

		glyph->render_pos.x = x + i * 8; /* neighbours overlap */
		glyph->render_pos.y = y;
		glyph->glyph_origin.x = -1;
		glyph->glyph_origin.y = -9;
		glyph->width = 9;
		glyph->height = 11;
		for (k = 0; k < row * 11; k++)
			glyph->data[k] = content_argb(CONTENT_PHOTO, i, k % row,
						      k / row);
		out += each;
	}
	return phys(text);
}

static void text(struct server *s)
{
	/* Not 8: the server's own canvas reads beyond the letters then. */
	static const int bits[] = {1, 4};
	struct grid g = grid_start(s, 120, 40);
	int i;

	backdrop(s);
	for (i = 0; i < 12; i++) {
		QXLRect cell = grid_next(&g);
		struct cmd *cmd = cmd_draw(QXL_DRAW_TEXT, QXL_EFFECT_BLEND,
					   cell);
		QXLText *op = &cmd->drawable.u.text;

		op->str = string(cmd, cell.left + 6, cell.top + 22, 12,
				 bits[i % 2]);
		if (i & 4)
			op->back_area = rect(cell.left + 2, cell.top + 5, 110,
					     25);
		op->fore_brush = brush_solid(0xffff40);
		if (i & 2) {
			struct source source = some_source(i, 13, 11);

			op->fore_brush =
				brush_pattern(image_source(cmd, &source), 3, 4);
		}
		op->back_brush = brush_solid(0x202060);
		op->fore_mode = SPICE_ROPD_OP_PUT;
		op->back_mode = SPICE_ROPD_OP_PUT;
		qxl_push(s, cmd);
	}
}

enum { LETTER_W = 11, LETTER_H = 14 };

/*
 * Letters of 8 bits above @y, no row and no column of which is as another one.
 * @skip rows in front of them are nothing. The last letter is outside the box,
 * for the server reads behind a letter's end.
 */
static QXLPHYSICAL letters_8(struct cmd *cmd, int x, int y, int skip)
{
	enum { W = LETTER_W, N = 7 };
	int h = LETTER_H + skip, i, k;
	size_t each = sizeof(QXLRasterGlyph) + W * h;
	size_t size = N * each + sizeof(QXLRasterGlyph) + W;
	QXLString *text = cmd_alloc(cmd, sizeof(*text) + size);
	QXLRasterGlyph *glyph;

	text->data_size = text->chunk.data_size = size;
	text->length = N + 1;
	text->flags = SPICE_STRING_FLAGS_RASTER_A8;
	for (i = 0; i <= N; i++) {
		glyph = (QXLRasterGlyph *)(text->chunk.data + i * each);
		glyph->render_pos.x = x + i * (W - 2);
		glyph->render_pos.y = y;
		glyph->glyph_origin.y = -h;
		glyph->width = W;
		glyph->height = i < N ? h : 1;
		for (k = skip * W; i < N && k < h * W; k++)
			glyph->data[k] = 3 + 7 * (k - skip * W) % 251 + i;
	}
	glyph->render_pos.x = x + 200;
	return phys(text);
}

static void draw_letters_8(struct server *s, int skip)
{
	struct grid g = grid_start(s, 120, 40);
	int i;

	backdrop(s);
	for (i = 0; i < 6; i++) {
		QXLRect box = grid_next(&g);
		struct cmd *cmd;
		QXLText *op;

		/* Above the letters is what the server reads there. */
		box.bottom = box.top + LETTER_H;
		cmd = cmd_draw(QXL_DRAW_TEXT, QXL_EFFECT_BLEND, box);
		op = &cmd->drawable.u.text;
		op->str = letters_8(cmd, box.left + 9, box.bottom, skip);
		op->fore_brush = brush_solid(0xffff40 - i * 0x203010);
		op->fore_mode = SPICE_ROPD_OP_PUT;
		op->back_mode = SPICE_ROPD_OP_PUT;
		qxl_push(s, cmd);
	}
}

static void text_8(struct server *s)
{
	draw_letters_8(s, 0);
}

/* What the server makes of these is what was meant by the others. */
static void text_8_low(struct server *s)
{
	draw_letters_8(s, 1);
}

static void composite(struct server *s)
{
	static const uint8_t ops[] = {QXL_OP_SOURCE, QXL_OP_OVER, QXL_OP_IN,
				      QXL_OP_OUT,    QXL_OP_XOR,  QXL_OP_ADD,
				      QXL_OP_ATOP,   QXL_OP_CLEAR};
	struct grid g = grid_start(s, 80, 60);
	int i;

	backdrop(s);
	for (i = 0; i < 16; i++) {
		struct source source = {.content = CONTENT_ALPHA,
					.seed = i,
					.format = SPICE_BITMAP_FMT_RGBA,
					.w = 90,
					.h = 70};
		struct cmd *cmd = cmd_draw(QXL_DRAW_COMPOSITE, QXL_EFFECT_BLEND,
					   grid_next(&g));
		QXLComposite *op = &cmd->drawable.u.composite;

		op->flags = ops[i % 8];
		op->src = image_source(cmd, &source);
		op->src_origin.x = i / 8 * 5;
		op->src_origin.y = i / 8 * 4;
		qxl_push(s, cmd);
	}
}

/* A surface for COMPOSITE to read: all of it one image of @content. */
static void operand_image(struct server *s, uint32_t id, uint8_t bitmap,
			  enum content content, int seed)
{
	struct source source = {.content = content,
				.seed = seed,
				.format = bitmap,
				.w = 64,
				.h = 48};
	struct cmd *cmd = cmd_copy(rect(0, 0, 64, 48), rect(0, 0, 64, 48),
				   SPICE_ROPD_OP_PUT);

	cmd_target(cmd, id);
	cmd->drawable.u.copy.src_bitmap = image_source(cmd, &source);
	qxl_push(s, cmd);
}

static void operand_surface(struct server *s, uint32_t id, uint32_t format,
			    uint8_t bitmap, enum content content)
{
	surface_create(s, id, format, 64, 48);
	operand_image(s, id, bitmap, content, id);
}

/*
 * Turned, stretched, and moved by fractions, each a little else; 0 is the
 * identity. Never none: the server forgets to take a surface's last one away;
 * and never one surface as source and mask: it has one transform for both.
 */
static QXLPHYSICAL some_transform(struct cmd *cmd, int i)
{
	QXLTransform *t = cmd_alloc(cmd, sizeof(*t));

	t->t00 = t->t11 = 0x10000;
	if (!i)
		return phys(t);
	t->t00 = 0x10000 - i * 0x523;
	t->t01 = i % 3 ? i * 0x301 : 0;
	t->t02 = i * 0x4321;
	t->t10 = i % 3 ? -i * 0x2a7 : 0;
	t->t11 = 0xc000 + i * 0x391;
	t->t12 = -i * 0x1234;
	return phys(t);
}

/* Sources and masks that are surfaces; filters, repeats, transforms. */
static void composite_surfaces(struct server *s)
{
	enum { ARGB = 1, XRGB, ALPHA, MASK };
	struct grid g = grid_start(s, 80, 60);
	int i;

	backdrop(s);
	operand_surface(s, ARGB, SPICE_SURFACE_FMT_32_ARGB,
			SPICE_BITMAP_FMT_RGBA, CONTENT_ALPHA);
	operand_surface(s, XRGB, SPICE_SURFACE_FMT_32_xRGB,
			SPICE_BITMAP_FMT_32BIT, CONTENT_PHOTO);
	operand_surface(s, ALPHA, SPICE_SURFACE_FMT_8_A,
			SPICE_BITMAP_FMT_8BIT_A, CONTENT_ALPHA);
	operand_surface(s, MASK, SPICE_SURFACE_FMT_32_ARGB,
			SPICE_BITMAP_FMT_RGBA, CONTENT_ALPHA);
	for (i = 0; i < 72; i++) {
		struct cmd *cmd = cmd_draw(QXL_DRAW_COMPOSITE, QXL_EFFECT_BLEND,
					   grid_next(&g));
		QXLComposite *op = &cmd->drawable.u.composite;

		op->flags = i % 13; /* clear to add */
		op->flags |= (i & 1 ? 4 : 3) << 8 | (i & 4 ? 4 : 3) << 11;
		op->flags |= i % 4 << 14 | i / 4 % 4 << 16;
		op->src = image_surface(cmd, 1 + i % 2, 64, 48);
		op->src_transform = some_transform(cmd, i & 2 ? i : 0);
		if (i % 5 > 1) {
			op->flags |= SPICE_COMPOSITE_HAS_MASK;
			op->mask = image_surface(cmd, i % 5 == 2 ? ALPHA : MASK,
						 64, 48);
			if (i % 5 == 4)
				op->flags |= SPICE_COMPOSITE_COMPONENT_ALPHA;
			op->mask_transform = some_transform(cmd,
							    i & 8 ? 70 - i : 0);
		}
		if (i & 16)
			op->flags |= SPICE_COMPOSITE_SOURCE_OPAQUE;
		op->src_origin.x = i / 8 * 5 - 7;
		op->src_origin.y = i / 8 * 4 - 9;
		op->mask_origin.x = 6 - i / 4;
		op->mask_origin.y = i / 5;
		qxl_push(s, cmd);
	}
	for (i = ARGB; i <= MASK; i++)
		surface_destroy(s, i);
	qxl_settle(s);
}

/*
 * SATURATE, disjoint, conjoint and blending operators, each on a surface with
 * alpha that is shown then. No mask with those of HSL: test/server/README.md.
 */
static void composite_more(struct server *s)
{
	enum { CANVAS = 1, MASK };
	struct grid g = grid_start(s, 64, 48);
	int i;

	backdrop(s);
	operand_surface(s, CANVAS, SPICE_SURFACE_FMT_32_ARGB,
			SPICE_BITMAP_FMT_RGBA, CONTENT_ALPHA);
	operand_surface(s, MASK, SPICE_SURFACE_FMT_32_ARGB,
			SPICE_BITMAP_FMT_RGBA, CONTENT_ALPHA);
	for (i = 13; i < 13 + 2 * 50; i++) {
		struct source source = {.content = CONTENT_ALPHA,
					.seed = i,
					.format = SPICE_BITMAP_FMT_RGBA,
					.w = 70,
					.h = 50};
		struct cmd *cmd;
		QXLComposite *op;
		int number = 13 + (i - 13) % 50;

		/* The gaps mean nothing. */
		if (number == 14 || number == 15 ||
		    (number < 0x30 && number % 16 > 11 && number != 13))
			continue;
		operand_image(s, CANVAS, SPICE_BITMAP_FMT_RGBA, CONTENT_ALPHA,
			      i + 500);
		cmd = cmd_draw(QXL_DRAW_COMPOSITE, QXL_EFFECT_BLEND,
			       rect(0, 0, 64, 48));
		cmd_target(cmd, CANVAS);
		op = &cmd->drawable.u.composite;
		op->flags = number;
		op->src = image_source(cmd, &source);
		if (i & 1) {
			op->flags |= 4 << 8 | 2 << 14;
			op->src_transform = some_transform(cmd, i % 60);
		}
		if (i >= 63 && number < 0x3b) {
			op->flags |= SPICE_COMPOSITE_HAS_MASK;
			op->mask = image_surface(cmd, MASK, 64, 48);
			op->mask_transform = some_transform(cmd, 0);
			if (i & 2)
				op->flags |= SPICE_COMPOSITE_COMPONENT_ALPHA;
		}
		qxl_push(s, cmd);
		cmd = cmd_copy(grid_next(&g), rect(0, 0, 64, 48),
			       SPICE_ROPD_OP_PUT);
		cmd->drawable.u.copy.src_bitmap = image_surface(cmd, CANVAS, 64,
								48);
		qxl_push(s, cmd);
	}
	surface_destroy(s, CANVAS);
	surface_destroy(s, MASK);
	qxl_settle(s);
}

const struct scene scenes_more[] = {
	{"opaque", opaque, "OPAQUE: image and brush", false},
	{"blend", blend, "BLEND: image with raster operations", false},
	{"transparent", transparent, "TRANSPARENT: one colour left out", false},
	{"alpha-blend", alpha_blend, "ALPHA_BLEND, some scaled", false},
	{"rop3", rop3, "ROP3, the 218 that use all three operands", false},
	{"stroke", stroke, "STROKE: lines, curves, frames, dashes", false},
	{"text", text, "TEXT: glyphs of 1 and 4 bits", false},
	{"text-8", text_8, "TEXT: glyphs of 8 bits", true},
	{"text-8-low", text_8_low, NULL, false},
	{"composite", composite, "COMPOSITE: eight operators", false},
	{"composite-surfaces", composite_surfaces,
	 "COMPOSITE: surfaces, masks, transforms", false},
	{"composite-more", composite_more, "COMPOSITE: what divides and blends",
	 false},
	{NULL, NULL, NULL, false},
};
