/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * DRAW_STROKE against a painter that computes each pixel of a line from its
 * number, and looks at all clip rectangles for it.
 */
#include <errno.h>

#include "spice/draw/draw.h"
#include "test/spice/test_env.h"
#include "test/test.h"

#define SIDE	   60
#define POINTS	   6
#define SHIFTED(v) ((int32_t)((uint32_t)(v) << 4))

static struct test_env t;
static uint32_t state = 99;

static int32_t between(int32_t low, int32_t high)
{
	return low + (int32_t)(test_random(&state) % (high - low + 1));
}

struct scene {
	struct pixmap dst;
	struct draw_point points[POINTS];
	struct draw_segment segments[2];
	struct draw_stroke stroke;
	struct pix_rect clips[4];
	struct draw_op op;
	uint32_t want[SIDE][SIDE];
};

static struct pix_rect random_rect(void)
{
	int32_t x = between(-9, SIDE), y = between(-9, SIDE);

	return (struct pix_rect){x, y, x + between(-2, SIDE),
				 y + between(-2, SIDE)};
}

static void new_scene(struct scene *s)
{
	int i;

	memset(s, 0, sizeof(*s));
	pix_alloc(&t.env, &s->dst, SPICE_SURFACE_FMT_32_xRGB, SIDE, SIDE);
	s->segments[0] = (struct draw_segment){
		SPICE_PATH_BEGIN | SPICE_PATH_END, POINTS, s->points};
	s->stroke.count = 1;
	s->stroke.segments = s->segments;
	s->op.env = &t.env;
	s->op.dst = &s->dst;
	s->op.box = (struct pix_rect){0, 0, SIDE, SIDE};
	s->op.clip.all = true;
	s->op.clip.rects = s->clips;
	s->op.clip.count = 4;
	for (i = 0; i < 4; i++)
		s->clips[i] = random_rect();
	s->op.stroke = &s->stroke;
	s->op.brush.type = SPICE_BRUSH_TYPE_SOLID;
	s->op.brush.color = 0x5a3c69;
	s->op.rop = SPICE_ROPD_OP_XOR;
}

static int inside(struct pix_rect r, int64_t x, int64_t y)
{
	return x >= r.left && x < r.right && y >= r.top && y < r.bottom;
}

/* XOR the brush into what is wanted at (x, y). */
static void want(struct scene *s, int64_t x, int64_t y)
{
	int in = s->op.clip.all;
	uint32_t i;

	for (i = 0; i < s->op.clip.count; i++)
		in |= inside(s->clips[i], x, y);
	if (in && inside(s->op.box, x, y) && x >= 0 && y >= 0 && x < SIDE &&
	    y < SIDE)
		s->want[y][x] ^= s->op.brush.color;
}

/*
 * The line's pixel number k lies k along the longer side (of two equal ones
 * the upright) and, along the other, at the whole number nearest to the line;
 * of two as near the one aside, on a way back the other.
 */
static void want_line(struct scene *s, int64_t x1, int64_t y1, int64_t x2,
		      int64_t y2)
{
	int64_t dx = llabs(x2 - x1), dy = llabs(y2 - y1), k, aside;
	int64_t sx = x2 < x1 ? -1 : 1, sy = y2 < y1 ? -1 : 1;
	int steep = dy >= dx;
	int64_t major = steep ? dy : dx, minor = steep ? dx : dy;
	int back = (steep ? sy : sx) < 0;
	int64_t from = steep ? y1 : x1, step = steep ? sy : sx;

	for (k = 0; k < major; k++) {
		/* Jump over what lies far outside. */
		if (from + step * k < -10 && step > 0)
			k = -10 - from;
		if (from + step * k > SIDE + 10 && step < 0)
			k = from - SIDE - 10;
		if (k >= major ||
		    (step > 0 ? from + k > SIDE + 10 : from - k < -10))
			break;
		aside = (2 * minor * k + major - back) / (2 * major);
		want(s, x1 + sx * (steep ? aside : k),
		     y1 + sy * (steep ? k : aside));
	}
}

static int same(const struct scene *s)
{
	int x, y;

	for (y = 0; y < SIDE; y++)
		for (x = 0; x < SIDE; x++) {
			uint32_t v = ((uint32_t *)(s->dst.data +
						   y * s->dst.stride))[x];

			if ((v ^ s->want[y][x]) & 0xffffff) {
				printf("# at %d,%d: %06x, want %06x\n", x, y, v,
				       s->want[y][x]);
				return 0;
			}
		}
	return 1;
}

static int paint(struct scene *s)
{
	return draw_find(SPICE_MSG_DISPLAY_DRAW_STROKE)->paint(&s->op);
}

static int32_t coordinate(int far)
{
	static const int32_t ends[] = {-(1 << 27), (1 << 27) - 1, -70000, 70000,
				       -5,	   SIDE};

	return far && !between(0, 2) ? ends[between(0, 5)]
				     : between(-20, SIDE + 20);
}

static void random_lines(int far)
{
	struct scene s;
	int32_t x[POINTS], y[POINTS];
	int i, k;

	test_env_init(&t);
	for (i = 0; i < 3000; i++) {
		new_scene(&s);
		s.op.clip.all = between(0, 1);
		if (between(0, 1))
			s.op.box = random_rect();
		for (k = 0; k < POINTS; k++) {
			x[k] = coordinate(far);
			y[k] = coordinate(far);
			s.points[k].x = SHIFTED(x[k]);
			s.points[k].y = SHIFTED(y[k]);
			if (k)
				want_line(&s, x[k - 1], y[k - 1], x[k], y[k]);
		}
		if (between(0, 1)) {
			s.segments[0].flags |= SPICE_PATH_CLOSE;
			want_line(&s, x[POINTS - 1], y[POINTS - 1], x[0], y[0]);
		}
		CHECK_EQ(paint(&s), 0);
		CHECK(same(&s));
		pix_free(&t.env, &s.dst);
		CHECK_EQ(t.live, 0);
	}
}

TEST(lines)
{
	random_lines(0);
}

TEST(far_lines)
{
	random_lines(1);
}

/* Sixteenths: more than half counts. */
TEST(fractions)
{
	struct scene s;

	test_env_init(&t);
	new_scene(&s);
	s.segments[0].count = 2;
	s.points[0] = (struct draw_point){3 * 16 + 8, 5 * 16 + 9};
	s.points[1] = (struct draw_point){9 * 16 + 9, 5 * 16 + 15};
	want_line(&s, 3, 6, 10, 6);
	CHECK_EQ(paint(&s), 0);
	CHECK(same(&s));
	pix_free(&t.env, &s.dst);
}

/*
 * Two rows, the upper one over a gap of the clip: the peers lose the lower one
 * there (test/server/README.md).
 */
TEST(gap_in_clip)
{
	struct scene s;

	test_env_init(&t);
	new_scene(&s);
	s.segments[0].count = 2;
	s.points[0] = (struct draw_point){58 * 16, 21 * 16};
	s.points[1] = (struct draw_point){2 * 16, 20 * 16};
	s.op.clip.all = false;
	s.op.clip.count = 2;
	s.clips[0] = (struct pix_rect){0, 9, 20, 30};
	s.clips[1] = (struct pix_rect){24, 9, 50, 30};
	want_line(&s, 58, 21, 2, 20);
	CHECK(s.want[21][40] && s.want[20][26] && s.want[20][10]);
	CHECK(!s.want[20][22]);
	CHECK_EQ(paint(&s), 0);
	CHECK(same(&s));
	pix_free(&t.env, &s.dst);
}

/*
 * A row of dashes 3 on, 2 off, 1 on, 4 off, over a corner. With the gap first
 * the list is turned by one and begun with what comes second then.
 */
TEST(dashes)
{
	static const int32_t dash[] = {48, 32, 16, 64};
	static const char *const pattern[] = {"###..#....", ".####...##"};
	struct scene s;
	int gap, i;

	test_env_init(&t);
	for (gap = 0; gap < 2; gap++) {
		new_scene(&s);
		s.op.rop = SPICE_ROPD_OP_PUT;
		s.stroke.dash = dash;
		s.stroke.dashes = 4;
		s.stroke.gap_first = gap;
		s.segments[0].count = 3;
		s.points[0] = (struct draw_point){2 * 16, 3 * 16};
		s.points[1] = (struct draw_point){27 * 16, 3 * 16};
		s.points[2] = (struct draw_point){27 * 16, 50 * 16};
		for (i = 0; i < 25 + 47; i++) {
			if (pattern[gap][i % 10] == '#')
				want(&s, i < 25 ? 2 + i : 27,
				     i < 25 ? 3 : 3 + i - 25);
		}
		CHECK_EQ(paint(&s), 0);
		CHECK(same(&s));
		pix_free(&t.env, &s.dst);
	}
}

/* A way back shows the same dashes, one pixel on; far ways do not take long. */
TEST(dashes_back)
{
	static const int32_t dash[] = {16 * 255, 16, 1, 16};
	struct scene s;
	int i;

	test_env_init(&t);
	new_scene(&s);
	s.op.rop = SPICE_ROPD_OP_PUT;
	s.stroke.dash = (const int32_t[]){48, 32};
	s.stroke.dashes = 2;
	s.segments[0].count = 2;
	s.points[0] = (struct draw_point){40 * 16, 7 * 16};
	s.points[1] = (struct draw_point){10 * 16, 7 * 16};
	for (i = 1; i <= 30; i++)
		if ((i - 1) % 5 < 3)
			want(&s, 40 - i, 7);
	CHECK_EQ(paint(&s), 0);
	CHECK(same(&s));
	pix_free(&t.env, &s.dst);

	for (i = 0; i < 2000; i++) {
		new_scene(&s);
		s.stroke.dash = dash;
		s.stroke.dashes = between(1, 4);
		s.stroke.gap_first = i & 1;
		s.points[0].x = INT32_MIN;
		s.points[1].x = INT32_MAX;
		s.points[2].y = INT32_MAX;
		s.points[3].y = INT32_MIN;
		CHECK_EQ(paint(&s), 0);
		pix_free(&t.env, &s.dst);
	}
	CHECK_EQ(t.live, 0);
}

/*
 * Dashed paths that libspice-server 0.15.1 drew: how many pixels, and a sum of
 * which (FNV-1a over 0 and 1, row by row). Every second one with XOR, where
 * corners have spikes that others have not. Eight of any lines; eight of lines
 * whose lengths are whole, where a dash's end is a matter of rounding; eight of
 * sharp corners.
 */
static const struct {
	struct draw_point at[5];
	int points;
	int32_t dash[4];
	int dashes, pixels;
	uint32_t sum;
} drawn[] = {
	{{{54, 36}, {72, -16}, {54, 36}}, 3, {1, 9}, 2, 3, 0x7541e1da},
	{{{31, 27}, {34, 40}, {57, 57}, {21, 27}, {65, 16}},
	 5,
	 {1, 7},
	 2,
	 18,
	 0xef0773f9},
	{{{21, 10}, {78, -8}, {25, 25}, {-10, -9}, {42, 57}},
	 5,
	 {6, 9},
	 2,
	 71,
	 0x9455813c},
	{{{35, 21}, {11, 31}, {35, 21}}, 3, {8, 6}, 2, 20, 0x2a3c1dc3},
	{{{59, 29}, {-3, 5}, {72, 38}, {29, -3}},
	 4,
	 {2, 1},
	 2,
	 107,
	 0xe94d0b30},
	{{{45, 8}, {34, 54}, {68, 17}, {20, 43}, {62, 30}},
	 5,
	 {8, 9},
	 2,
	 85,
	 0x683b40cc},
	{{{53, 12}, {7, 74}, {53, 12}}, 3, {3, 8}, 2, 28, 0xf5589755},
	{{{12, 30}, {55, 21}, {12, 15}, {0, 67}, {0, 47}},
	 5,
	 {4, 3, 5},
	 3,
	 111,
	 0x99d93748},
	{{{6, 23}, {22, 35}, {102, -49}, {82, -1}},
	 4,
	 {1, 7, 8, 6},
	 4,
	 29,
	 0xf3342276},
	{{{3, 44}, {23, 29}, {43, 50}, {18, -10}, {3, 44}},
	 5,
	 {1, 8, 3, 9},
	 4,
	 27,
	 0xc29c763c},
	{{{55, 50}, {19, 35}, {27, 20}}, 3, {1, 2}, 2, 19, 0x78a8a7ee},
	{{{5, 21}, {25, 36}, {40, 0}, {28, 9}, {32, 12}},
	 5,
	 {3, 4, 2, 7},
	 4,
	 31,
	 0xb2d130d2},
	{{{25, 7}, {45, 28}, {33, 33}, {3, 17}, {25, 7}},
	 5,
	 {4, 7},
	 2,
	 38,
	 0xb20dafa9},
	{{{0, 47}, {16, 35}, {61, 11}}, 3, {2, 9}, 2, 15, 0xb70b4ffa},
	{{{1, 19}, {5, 22}, {25, 37}, {65, -38}, {50, -18}},
	 5,
	 {4, 9},
	 2,
	 23,
	 0x199c401a},
	{{{8, 56}, {14, 48}, {8, 56}}, 3, {7}, 1, 10, 0x1bcfae2b},
	{{{26, 3}, {41, 2}, {21, 2}, {31, -1}, {27, 0}},
	 5,
	 {9, 6, 1, 1},
	 4,
	 27,
	 0xa9731f38},
	{{{56, 34}, {69, 36}, {79, 32}}, 3, {3, 1, 9, 5}, 4, 4, 0xfbd53c29},
	{{{52, 49}, {55, 43}, {51, 47}, {52, 49}},
	 4,
	 {9, 1},
	 2,
	 14,
	 0x5c753eb3},
	{{{14, 31}, {29, 30}, {35, 33}, {49, 33}, {39, 30}},
	 5,
	 {4, 7},
	 2,
	 20,
	 0x655e1c95},
	{{{24, 7}, {33, 6}, {40, 10}, {27, 15}, {38, 15}},
	 5,
	 {4, 1},
	 2,
	 35,
	 0x6828f76e},
	{{{26, 13}, {34, 7}, {26, 13}}, 3, {1, 6, 8, 2}, 4, 8, 0xe73b4c1d},
	{{{21, 21}, {7, 25}, {1, 19}, {-2, 18}, {-2, 22}},
	 5,
	 {7, 1},
	 2,
	 19,
	 0xa43ad5c6},
	{{{28, 35}, {15, 32}, {13, 37}, {28, 34}}, 4, {2}, 1, 32, 0x4b5ee57b},
};

TEST(dashes_as_drawn)
{
	uint32_t sum, on;
	struct scene s;
	size_t i;
	int k, pixels;

	test_env_init(&t);
	for (i = 0; i < sizeof(drawn) / sizeof(drawn[0]); i++) {
		int32_t dash[4];

		new_scene(&s);
		s.op.brush.color = 1;
		s.op.rop = i % 2 ? SPICE_ROPD_OP_XOR : SPICE_ROPD_OP_PUT;
		s.segments[0].count = (uint32_t)drawn[i].points;
		for (k = 0; k < drawn[i].points; k++)
			s.points[k] =
				(struct draw_point){SHIFTED(drawn[i].at[k].x),
						    SHIFTED(drawn[i].at[k].y)};
		for (k = 0; k < drawn[i].dashes; k++)
			dash[k] = drawn[i].dash[k] * 16;
		s.stroke.dash = dash;
		s.stroke.dashes = (uint8_t)drawn[i].dashes;
		CHECK_EQ(paint(&s), 0);
		sum = 2166136261u;
		pixels = 0;
		for (k = 0; k < SIDE * SIDE; k++) {
			on = ((uint32_t *)pix_row(&s.dst, k / SIDE))[k % SIDE];
			pixels += on & 1;
			sum = (sum ^ (on & 1)) * 16777619u;
		}
		CHECK_EQ(pixels, drawn[i].pixels);
		CHECK_EQ(sum, drawn[i].sum);
		pix_free(&t.env, &s.dst);
	}
}

/* Curves: they end where they should, and hostile ones end at all. */
TEST(curves)
{
	static const int32_t ends[] = {INT32_MIN, INT32_MAX,  0,
				       16 * 30,	  -(1 << 20), 1 << 20};
	struct scene s;
	int i, k;

	test_env_init(&t);
	new_scene(&s);
	s.segments[0].flags |= SPICE_PATH_BEZIER;
	s.segments[0].count = 4;
	s.points[0] = (struct draw_point){5 * 16, 5 * 16};
	s.points[1] = (struct draw_point){10 * 16, 5 * 16};
	s.points[2] = (struct draw_point){20 * 16, 5 * 16};
	s.points[3] = (struct draw_point){30 * 16, 5 * 16};
	want_line(&s, 5, 5, 30, 5); /* as flat as can be */
	CHECK_EQ(paint(&s), 0);
	CHECK(same(&s));
	pix_free(&t.env, &s.dst);

	for (i = 0; i < 300; i++) {
		new_scene(&s);
		s.segments[0].flags = between(0, 31);
		s.segments[0].count = between(0, POINTS);
		s.segments[1] = s.segments[0];
		s.segments[1].flags = between(0, 31);
		s.stroke.count = 2;
		for (k = 0; k < POINTS; k++) {
			s.points[k].x = ends[between(0, 5)];
			s.points[k].y = ends[between(0, 5)];
		}
		CHECK_EQ(paint(&s), 0);
		pix_free(&t.env, &s.dst);
	}
	CHECK_EQ(t.live, 0);
}

/*
 * What nobody sees takes time as well: curves, lines and dashes aside of the
 * picture yield.
 */
TEST(unseen)
{
	enum { N = 30000, CURVES = 1000 };
	static struct draw_point points[1 + N];
	static const int32_t dash[] = {16, 16, 48, 32};
	struct scene s;
	int i, dashed;

	for (i = 0; i <= N; i++) {
		points[i].x = between(-(1 << 20), -64);
		points[i].y = between(-(1 << 20), -64);
	}
	test_env_init(&t);
	for (dashed = 0; dashed < 2; dashed++) {
		new_scene(&s);
		s.segments[0] = (struct draw_segment){
			SPICE_PATH_BEGIN | SPICE_PATH_END, 1 + N, points};
		s.stroke.dash = dash;
		s.stroke.dashes = dashed ? 4 : 0;
		t.yields = 0;
		CHECK_EQ(paint(&s), 0);
		CHECK(t.yields >= N * 16 / 65536); /* 7 */
		CHECK(t.yields < N);
		/* Each curve is some lines. */
		s.segments[0].flags |= SPICE_PATH_BEZIER;
		s.segments[0].count = 1 + 3 * CURVES;
		t.yields = 0;
		CHECK_EQ(paint(&s), 0);
		CHECK(t.yields >= CURVES * 50 * 16 / 65536); /* 12 */
		CHECK(same(&s));
		pix_free(&t.env, &s.dst);
	}
	CHECK_EQ(t.live, 0);
}

/* A clip of very many small rectangles, in bands, and lines all over it. */
TEST(fine_clip)
{
	enum { ROWS = SIDE / 2, EACH = 2000 };
	static struct pix_rect fine[ROWS * EACH];
	struct scene s;
	int i, k, x, y;

	test_env_init(&t);
	new_scene(&s);
	/* Every other pixel of every other row, and what is left of it all. */
	for (i = 0; i < ROWS; i++)
		for (k = 0; k < EACH; k++) {
			x = 2 * (k - EACH + SIDE / 2);
			fine[i * EACH + k] = (struct pix_rect){x, 2 * i, x + 1,
							       2 * i + 1};
		}
	s.op.clip.all = false;
	s.op.clip.rects = fine;
	s.op.clip.count = ROWS * EACH;
	s.segments[0].count = 2;
	for (y = 0; y < SIDE; y++) {
		s.points[0] = (struct draw_point){0, SHIFTED(y)};
		s.points[1] = (struct draw_point){SHIFTED(SIDE), SHIFTED(y)};
		CHECK_EQ(paint(&s), 0);
		for (x = 0; x < SIDE; x++)
			s.want[y][x] = x % 2 || y % 2 ? 0 : s.op.brush.color;
	}
	CHECK(same(&s));
	pix_free(&t.env, &s.dst);
	CHECK_EQ(t.live, 0);
}

TEST(refused)
{
	struct scene s;
	int i, failed = 0;

	test_env_init(&t);
	new_scene(&s);
	s.op.brush.type = 9;
	CHECK_EQ(paint(&s), -EINVAL);
	s.op.brush.type = SPICE_BRUSH_TYPE_NONE;
	CHECK_EQ(paint(&s), 0);
	s.op.stroke = NULL;
	CHECK_EQ(paint(&s), -EINVAL);
	s.op.stroke = &s.stroke;
	s.op.clip.all = false;
	s.stroke.dash = (const int32_t[]){16};
	s.stroke.dashes = 1;
	for (i = 0; i < 4; i++) {
		t.allocs_left = i;
		failed += paint(&s) == -ENOMEM;
		t.allocs_left = -1;
	}
	CHECK(failed >= 2);
	pix_free(&t.env, &s.dst);
	CHECK_EQ(t.live, 0);
}

int main(void)
{
	RUN(lines);
	RUN(far_lines);
	RUN(fractions);
	RUN(gap_in_clip);
	RUN(dashes);
	RUN(dashes_back);
	RUN(dashes_as_drawn);
	RUN(curves);
	RUN(unseen);
	RUN(fine_clip);
	RUN(refused);
	return test_end();
}
