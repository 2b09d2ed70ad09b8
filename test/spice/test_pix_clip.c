/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * pix_clip: whatever rectangles come, each of their pixels comes out exactly
 * once, and in bands.
 */
#include <errno.h>

#include "spice/pix/pix_clip.h"
#include "spice/pix/pix_pace.h"
#include "test/spice/test_env.h"
#include "test/test.h"

#define SIDE 48

static const struct pix_rect bounds = {4, 3, SIDE - 5, SIDE - 2};

static int inside(struct pix_rect r, int32_t x, int32_t y)
{
	return x >= r.left && x < r.right && y >= r.top && y < r.bottom;
}

/* How often each pixel comes is 1 inside @in and the bounds, else 0. */
static int exact(const struct pix_clip *clip, const struct pix_rect *in,
		 uint32_t count)
{
	uint8_t seen[SIDE][SIDE] = {{0}};
	struct pix_rect r;
	uint32_t i;
	int32_t x, y;
	int want;

	for (i = 0; i < clip->count; i++) {
		if (!pix_clip_rect(clip, i, &r))
			continue;
		for (y = r.top; y < r.bottom; y++)
			for (x = r.left; x < r.right; x++)
				seen[y][x]++;
	}
	for (y = 0; y < SIDE; y++)
		for (x = 0; x < SIDE; x++) {
			want = 0;
			for (i = 0; i < count; i++)
				want |= inside(in[i], x, y);
			if (seen[y][x] != (want && inside(bounds, x, y)))
				return 0;
		}
	return 1;
}

static int in_order(const struct pix_clip *clip)
{
	const struct pix_rect *r = clip->rects;
	uint32_t i;

	for (i = 1; i < clip->count; i++)
		if (r[i].top < r[i - 1].bottom &&
		    (r[i].top != r[i - 1].top ||
		     r[i].bottom != r[i - 1].bottom ||
		     r[i].left < r[i - 1].right))
			return 0;
	return 1;
}

TEST(random_rects)
{
	struct pix_rect in[200];
	struct pix_clip clip;
	struct test_env t;
	uint32_t state = 5, round, i, n, span;

	test_env_init(&t);
	for (round = 0; round < 3000; round++) {
		n = test_random(&state) % (round % 10 ? 20 : 200);
		span = 1 + test_random(&state) % 30;
		for (i = 0; i < n; i++) {
			in[i].left = (int32_t)(test_random(&state) % 60) - 6;
			in[i].top = (int32_t)(test_random(&state) % 60) - 6;
			in[i].right = in[i].left +
				      (int32_t)(test_random(&state) % span) - 1;
			in[i].bottom = in[i].top +
				       (int32_t)(test_random(&state) % span) -
				       1;
		}
		CHECK_EQ(pix_clip_open(&t.env, &clip, bounds, false, in, n), 0);
		CHECK(exact(&clip, in, n));
		CHECK(in_order(&clip));
		pix_clip_close(&t.env, &clip);
		CHECK_EQ(t.live, 0);
	}
}

TEST(bands_stay_where_they_are)
{
	static const struct pix_rect in[] = {
		{0, 0, 10, 10},	  {10, 0, 20, 10},  {5, 10, 9, 12},
		{30, 20, 40, 21}, {41, 20, 45, 21},
	};
	struct pix_clip clip;
	struct test_env t;

	test_env_init(&t);
	t.allocs_left = 0;
	CHECK_EQ(pix_clip_open(&t.env, &clip, bounds, false, in, 5), 0);
	CHECK(clip.rects == in);
	CHECK(exact(&clip, in, 5));
	pix_clip_close(&t.env, &clip);
	CHECK_EQ(clip.count, 0);
}

TEST(all_and_none)
{
	struct pix_rect wide = {INT32_MIN, INT32_MIN, INT32_MAX, INT32_MAX};
	struct pix_rect empty = {9, 9, 9, 9}, r;
	struct pix_clip clip;
	struct test_env t;

	test_env_init(&t);
	CHECK_EQ(pix_clip_open(&t.env, &clip, bounds, true, NULL, 7), 0);
	CHECK_EQ(clip.count, 1);
	CHECK(exact(&clip, &wide, 1));
	pix_clip_close(&t.env, &clip);

	CHECK_EQ(pix_clip_open(&t.env, &clip, bounds, false, NULL, 0), 0);
	CHECK_EQ(clip.count, 0);
	CHECK_EQ(pix_clip_open(&t.env, &clip, empty, true, NULL, 0), 0);
	CHECK_EQ(clip.count, 0);
	CHECK_EQ(pix_clip_open(&t.env, &clip, wide, false, &wide, 1), 0);
	CHECK(pix_clip_rect(&clip, 0, &r));
	CHECK(!memcmp(&r, &wide, sizeof(r)));
	pix_clip_close(&t.env, &clip);
}

/* A lattice of bars overlaps in more pieces than are kept. */
TEST(too_many)
{
	static struct pix_rect in[PIX_CLIP_RECTS + 1];
	struct pix_rect wide = {0, 0, 10000, 10000};
	struct pix_clip clip;
	struct test_env t;
	int32_t i;

	test_env_init(&t);
	for (i = 0; i < 200; i++) {
		in[i] = (struct pix_rect){i * 3, 0, i * 3 + 1, 900};
		in[200 + i] = (struct pix_rect){0, i * 3, 900, i * 3 + 1};
	}
	CHECK_EQ(pix_clip_open(&t.env, &clip, wide, false, in, 400), -E2BIG);
	CHECK_EQ(t.live, 0);

	memset(in, 0, sizeof(in));
	CHECK_EQ(pix_clip_open(&t.env, &clip, wide, false, in, PIX_CLIP_RECTS),
		 0);
	CHECK_EQ(clip.count, 0);
	pix_clip_close(&t.env, &clip);
	CHECK_EQ(pix_clip_open(&t.env, &clip, wide, false, in,
			       PIX_CLIP_RECTS + 1),
		 -E2BIG);
	CHECK_EQ(t.live, 0);
}

/*
 * As many as may be, all inside each other: nobody waits for long, neither in
 * all nor for a moment.
 */
TEST(nested)
{
	enum { N = PIX_CLIP_RECTS / 2 };
	static struct pix_rect in[N];
	struct pix_rect wide = {0, 0, 3 * N, 3 * N};
	struct pix_clip clip;
	struct test_env t;
	uint32_t i, at;
	long looks;

	test_env_init(&t);
	for (i = 0; i < N; i++) {
		/* In no order. */
		at = i * 5 % N;
		in[i] = (struct pix_rect){(int32_t)at, (int32_t)at,
					  (int32_t)(2 * N - at),
					  (int32_t)(2 * N - at)};
	}
	CHECK_EQ(pix_clip_open(&t.env, &clip, wide, false, in, N), 0);
	CHECK_EQ(clip.count, 2 * N - 1);
	CHECK(in_order(&clip));
	for (i = 0; i < clip.count; i++) {
		CHECK_EQ(clip.rects[i].left, 0);
		CHECK_EQ(clip.rects[i].right, 2 * N);
		CHECK_EQ(clip.rects[i].top, i ? clip.rects[i - 1].bottom : 0);
	}
	CHECK_EQ(clip.rects[2 * N - 2].bottom, 2 * N);
	/* A look at each that is active in each band, and yields by that. */
	looks = N / 2 * (2 * N - 1);
	CHECK(t.yields > looks / PIX_PACE_PX * 4 / 5);
	CHECK(t.yields <= looks / PIX_PACE_PX);
	pix_clip_close(&t.env, &clip);
	CHECK_EQ(t.live, 0);
}

TEST(no_memory)
{
	static const struct pix_rect in[] = {{5, 5, 9, 9}, {7, 7, 20, 20}};
	struct pix_clip clip;
	struct test_env t;
	long n;

	test_env_init(&t);
	for (n = 0; n < 2; n++) {
		t.allocs_left = n;
		CHECK_EQ(pix_clip_open(&t.env, &clip, bounds, false, in, 2),
			 -ENOMEM);
		CHECK_EQ(t.live, 0);
	}
}

int main(void)
{
	RUN(random_rects);
	RUN(bands_stay_where_they_are);
	RUN(all_and_none);
	RUN(too_many);
	RUN(nested);
	RUN(no_memory);
	return test_end();
}
