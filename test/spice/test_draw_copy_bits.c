/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * COPY_BITS where the order of the work shows: clip rectangles in a lattice,
 * with moves in every direction by less and by more than its cells, on all
 * sizes of a pixel; and a DRAW_COPY of the surface onto itself, which must do
 * the same.
 */
#include "spice/draw/draw.h"
#include "spice/pix/pix_convert.h"
#include "test/spice/test_env.h"
#include "test/test.h"

#define SIDE 46

/* One for each size of a pixel. */
static const uint32_t formats[] = {
	SPICE_SURFACE_FMT_32_xRGB,
	SPICE_SURFACE_FMT_16_565,
	SPICE_SURFACE_FMT_8_A,
	SPICE_SURFACE_FMT_1_A,
};

static struct test_env t;
static uint32_t state = 2026;

/* Cells of 6 px, 2 px apart: touching none, so they stay as they are. */
#define CELLS 5
static struct pix_rect lattice[CELLS * CELLS];

static void make_lattice(int shuffled)
{
	struct pix_rect r;
	uint32_t i, k;

	for (i = 0; i < CELLS * CELLS; i++) {
		r.left = 2 + i % CELLS * 8;
		r.top = 2 + i / CELLS * 8;
		r.right = r.left + 6;
		r.bottom = r.top + 6;
		lattice[i] = r;
	}
	for (i = 0; shuffled && i < CELLS * CELLS; i++) {
		k = test_random(&state) % (CELLS * CELLS);
		r = lattice[i];
		lattice[i] = lattice[k];
		lattice[k] = r;
	}
}

static int clipped_in(int32_t x, int32_t y)
{
	return x >= 2 && y >= 2 && x < 2 + CELLS * 8 && y < 2 + CELLS * 8 &&
	       (x - 2) % 8 < 6 && (y - 2) % 8 < 6;
}

/* Is @now what @was becomes when all moves by (@dx, @dy)? */
static int moved(const struct pixmap *was, const struct pixmap *now, int32_t dx,
		 int32_t dy)
{
	int32_t x, y, sx, sy;

	for (y = 0; y < SIDE; y++)
		for (x = 0; x < SIDE; x++) {
			sx = x - dx;
			sy = y - dy;
			if (!clipped_in(x, y) || sx < 0 || sy < 0 ||
			    sx >= SIDE || sy >= SIDE) {
				sx = x;
				sy = y;
			}
			if (pix_load(now->format, pix_row(now, y), x) !=
			    pix_load(was->format, pix_row(was, sy), sx))
				return 0;
		}
	return 1;
}

/* Move by (@dx, @dy) with row @type; 0 when the result is right. */
static int wrong(uint16_t type, uint32_t format, int32_t dx, int32_t dy)
{
	struct pixmap was, now;
	struct draw_op op = {
		.env = &t.env,
		.dst = &now,
		.src = &now,
		.box = {0, 0, SIDE, SIDE},
		.src_area = {-dx, -dy, SIDE - dx, SIDE - dy},
		.src_x = -dx,
		.src_y = -dy,
		.rop = SPICE_ROPD_OP_PUT,
		.clip = {.count = CELLS * CELLS, .rects = lattice},
	};
	size_t i, bytes;
	int rc, good;

	pix_alloc(&t.env, &was, format, SIDE, SIDE);
	pix_alloc(&t.env, &now, format, SIDE, SIDE);
	bytes = (size_t)was.stride * SIDE;
	for (i = 0; i < bytes; i++)
		was.data[i] = now.data[i] = test_random(&state) >> 13;
	rc = draw_find(type)->paint(&op);
	good = !rc && moved(&was, &now, dx, dy);
	if (!good)
		printf("# type %u format %u by %d,%d: rc %d\n", type, format,
		       dx, dy, rc);
	pix_free(&t.env, &was);
	pix_free(&t.env, &now);
	return !good;
}

static void every_direction(uint16_t type, int shuffled)
{
	int32_t dx, dy;
	uint32_t f;

	test_env_init(&t);
	for (dx = -17; dx <= 17; dx++)
		for (dy = -17; dy <= 17; dy++)
			for (f = 0; f < 4; f++) {
				make_lattice(shuffled);
				CHECK(!wrong(type, formats[f], dx, dy));
			}
	CHECK_EQ(t.live, 0);
}

TEST(copy_bits)
{
	every_direction(SPICE_MSG_DISPLAY_COPY_BITS, 0);
}

TEST(copy_bits_clip_in_any_order)
{
	every_direction(SPICE_MSG_DISPLAY_COPY_BITS, 1);
}

TEST(copy_onto_itself)
{
	every_direction(SPICE_MSG_DISPLAY_DRAW_COPY, 0);
}

int main(void)
{
	RUN(copy_bits);
	RUN(copy_bits_clip_in_any_order);
	RUN(copy_onto_itself);
	return test_end();
}
