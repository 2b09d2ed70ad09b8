/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * DRAW_TEXT against a painter that asks every letter for every pixel. Written
 * from the protocol and draw_text.c's list of quirks, not from its code.
 */
#include <errno.h>

#include "spice/draw/draw.h"
#include "spice/pix/pix_convert.h"
#include "test/spice/test_env.h"
#include "test/test.h"

#define LETTERS 6
#define SIDE	48

static struct test_env t;
static uint32_t state = 4711;

static int32_t between(int32_t low, int32_t high)
{
	return low + (int32_t)(test_random(&state) % (high - low + 1));
}

struct scene {
	struct pixmap dst, tile;
	struct draw_glyph glyphs[LETTERS];
	uint8_t rows[LETTERS][12 * 12];
	struct draw_text text;
	struct pix_rect clips[3];
	struct draw_op op;
};

static void random_bytes(void *to, size_t n)
{
	uint8_t *p = to;

	while (n--)
		*p++ = test_random(&state) >> 11;
}

static void random_letters(struct scene *s)
{
	int i;

	random_bytes(s->rows, sizeof(s->rows));
	for (i = 0; i < LETTERS; i++) {
		s->glyphs[i].x = between(-8, SIDE);
		s->glyphs[i].y = between(-8, SIDE);
		s->glyphs[i].width = between(0, 12);
		s->glyphs[i].height = between(0, 12);
		s->glyphs[i].rows = s->rows[i];
	}
	s->text.bits = (const uint8_t[]){1, 4, 8}[between(0, 2)];
	s->text.count = between(1, LETTERS);
	s->text.glyphs = s->glyphs;
}

static struct pix_rect random_rect(void)
{
	int32_t x = between(-9, SIDE), y = between(-9, SIDE);

	return (struct pix_rect){x, y, x + between(-2, SIDE),
				 y + between(-2, SIDE)};
}

static void random_scene(struct scene *s)
{
	int i;

	memset(s, 0, sizeof(*s));
	pix_alloc(&t.env, &s->dst, SPICE_SURFACE_FMT_32_xRGB, SIDE, SIDE);
	pix_alloc(&t.env, &s->tile, SPICE_SURFACE_FMT_32_xRGB, 5, 3);
	random_bytes(s->dst.data, (size_t)s->dst.stride * SIDE);
	random_bytes(s->tile.data, (size_t)s->tile.stride * 3);
	random_letters(s);
	s->text.back_area = between(0, 1) ? random_rect() : s->text.back_area;
	s->text.back.type = SPICE_BRUSH_TYPE_SOLID;
	s->text.back.color = test_random(&state);
	s->op.env = &t.env;
	s->op.dst = &s->dst;
	s->op.box = random_rect();
	s->op.text = &s->text;
	s->op.clip.all = between(0, 1);
	s->op.clip.rects = s->clips;
	s->op.clip.count = 3;
	for (i = 0; i < 3; i++)
		s->clips[i] = random_rect();
	s->op.brush.type = between(0, 2);
	s->op.brush.color = test_random(&state);
	s->op.brush.pattern = &s->tile;
	s->op.brush.pos_x = between(-9, 9);
	s->op.brush.pos_y = between(-9, 9);
}

static void free_scene(struct scene *s)
{
	pix_free(&t.env, &s->dst);
	pix_free(&t.env, &s->tile);
}

static int inside(struct pix_rect r, int x, int y)
{
	return x >= r.left && x < r.right && y >= r.top && y < r.bottom;
}

static int allowed(const struct draw_op *op, int x, int y)
{
	uint32_t i;
	int in = op->clip.all;

	for (i = 0; i < op->clip.count; i++)
		in |= inside(op->clip.rects[i], x, y);
	return in && inside(op->box, x, y);
}

/* What the letters cover of (x, y), of 255. */
static int coverage(const struct draw_text *text, int x, int y)
{
	int bits = text->bits, cover = 0, v;
	uint32_t i;

	for (i = 0; i < text->count; i++) {
		const struct draw_glyph *g = &text->glyphs[i];
		int gx = x - g->x, gy = g->y + g->height - 1 - y;
		int stride = (g->width * bits + 7) / 8;

		if (gx < 0 || gx >= g->width || gy < 0 || gy >= g->height)
			continue;
		v = g->rows[gy * stride + gx * bits / 8];
		if (bits == 1)
			v = v & 0x80 >> gx % 8 ? 255 : 0;
		else if (bits == 4 && gx % 2 == 0)
			v &= 0xf0;
		else if (bits == 4) {
			if (v & 0xf0) /* the quirk: not the larger one */
				cover = 0;
			v = v % 16 * 16;
		}
		cover = v > cover ? v : cover;
	}
	return cover;
}

static void common_corner(const struct draw_text *text, int *x, int *y)
{
	uint32_t i;

	*x = *y = INT32_MAX;
	for (i = 0; i < text->count; i++) {
		*x = text->glyphs[i].x < *x ? text->glyphs[i].x : *x;
		*y = text->glyphs[i].y < *y ? text->glyphs[i].y : *y;
	}
}

static uint32_t brush_at(const struct scene *s, int x, int y)
{
	int left, top;

	if (s->op.brush.type == SPICE_BRUSH_TYPE_SOLID)
		return s->op.brush.color;
	common_corner(&s->text, &left, &top);
	x = (x - left - s->op.brush.pos_x) % 5;
	y = (y - top - s->op.brush.pos_y) % 3;
	x += x < 0 ? 5 : 0;
	y += y < 0 ? 3 : 0;
	return ((uint32_t *)(s->tile.data + y * s->tile.stride))[x];
}

static int part(int a, int b)
{
	return (2 * a * b + 255) / 510;
}

static uint32_t mixed(uint32_t ink, int cover, uint32_t was)
{
	uint32_t out = 0;
	int shift, v;

	for (shift = 0; shift < 24; shift += 8) {
		v = part(ink >> shift & 255, cover) +
		    part(was >> shift & 255, 255 - cover);
		out |= (uint32_t)(v > 255 ? 255 : v) << shift;
	}
	return out;
}

/* How many pixels are not what they should be; @was: before. */
static int wrong(const struct scene *s, const uint32_t *was)
{
	int x, y, bad = 0, cover;
	uint32_t v, have;

	for (y = 0; y < SIDE; y++)
		for (x = 0; x < SIDE; x++) {
			v = was[y * SIDE + x];
			if (allowed(&s->op, x, y)) {
				if (inside(s->text.back_area, x, y))
					v = s->text.back.color;
				cover = coverage(&s->text, x, y);
				if (s->op.brush.type)
					v = mixed(brush_at(s, x, y), cover, v);
			}
			have = ((uint32_t *)(s->dst.data +
					     y * s->dst.stride))[x];
			bad += (have ^ v) & 0xffffff ? 1 : 0;
		}
	return bad;
}

TEST(random_text)
{
	const struct draw_row *row = draw_find(SPICE_MSG_DISPLAY_DRAW_TEXT);
	uint32_t was[SIDE * SIDE];
	struct scene s;
	int i;

	test_env_init(&t);
	for (i = 0; i < 4000; i++) {
		random_scene(&s);
		memcpy(was, s.dst.data, sizeof(was));
		CHECK_EQ(row->paint(&s.op), 0);
		CHECK_EQ(wrong(&s, was), 0);
		free_scene(&s);
		CHECK_EQ(t.live, 0);
	}
}

/* Letters and boxes anywhere that 32 bits can say; memory that runs out. */
TEST(extremes)
{
	static const int32_t ends[] = {
		INT32_MIN, INT32_MIN + 9, INT32_MAX - 9, INT32_MAX, 0, 5};
	const struct draw_row *row = draw_find(SPICE_MSG_DISPLAY_DRAW_TEXT);
	struct scene s;
	int i, k, rc, failed = 0;

	test_env_init(&t);
	for (i = 0; i < 3000; i++) {
		random_scene(&s);
		for (k = 0; k < LETTERS; k++) {
			s.glyphs[k].x = ends[between(0, 5)];
			s.glyphs[k].y = ends[between(0, 5)];
		}
		s.op.brush.pos_x = ends[between(0, 5)];
		if (between(0, 1))
			s.op.box = (struct pix_rect){
				ends[between(0, 5)], ends[between(0, 5)],
				ends[between(0, 5)], ends[between(0, 5)]};
		t.allocs_left = i % 5;
		rc = row->paint(&s.op);
		t.allocs_left = -1;
		CHECK(rc == 0 || rc == -ENOMEM);
		failed += rc != 0;
		free_scene(&s);
		CHECK_EQ(t.live, 0);
	}
	CHECK(failed > 20);
}

/* No letters: the area behind them is there all the same. */
TEST(no_letters)
{
	const struct draw_row *row = draw_find(SPICE_MSG_DISPLAY_DRAW_TEXT);
	struct pix_rect all = {0, 0, SIDE, SIDE};
	struct scene s;
	uint32_t x, y;

	test_env_init(&t);
	random_scene(&s);
	s.op.box = all;
	s.op.clip.all = true;
	s.text.bits = 8;
	s.text.count = 0;
	s.text.back_area = all;
	s.text.back = (struct draw_brush){.type = SPICE_BRUSH_TYPE_SOLID,
					  .color = 0x102030};
	CHECK_EQ(row->paint(&s.op), 0);
	for (y = 0; y < SIDE; y++)
		for (x = 0; x < SIDE; x++)
			CHECK_EQ(pix_load(s.op.dst->format,
					  pix_row(s.op.dst, y), x),
				 pix_from_argb(s.op.dst->format, 0x102030));
	free_scene(&s);
	CHECK_EQ(t.live, 0);
}

TEST(refused)
{
	const struct draw_row *row = draw_find(SPICE_MSG_DISPLAY_DRAW_TEXT);
	struct scene s;

	test_env_init(&t);
	random_scene(&s);
	s.op.box = (struct pix_rect){0, 0, SIDE, SIDE};
	s.op.text = NULL;
	CHECK_EQ(row->paint(&s.op), -EINVAL);
	s.op.text = &s.text;
	s.text.bits = 2;
	CHECK_EQ(row->paint(&s.op), -EINVAL);
	s.text.bits = 8;
	s.op.brush.type = 7;
	s.glyphs[0] = (struct draw_glyph){1, 1, 9, 9, s.rows[0]};
	CHECK_EQ(row->paint(&s.op), -EINVAL);
	free_scene(&s);
}

int main(void)
{
	RUN(random_text);
	RUN(extremes);
	RUN(no_letters);
	RUN(refused);
	return test_end();
}
