/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * pix_cache and pix_palettes.
 */
#include <errno.h>

#include "spice/pix/pix_cache.h"
#include "test/spice/test_env.h"
#include "test/test.h"

static struct test_env t;

static struct pixmap image(uint32_t width, uint32_t height, uint8_t value)
{
	struct pixmap pm;

	pix_alloc(&t.env, &pm, SPICE_SURFACE_FMT_8_A, width, height);
	pm.data[0] = value;
	return pm;
}

TEST(put_get_remove)
{
	struct pix_cache c;
	struct pixmap pm;

	test_env_init(&t);
	CHECK_EQ(pix_cache_init(&c, &t.env, 1000), 0);
	CHECK(!pix_cache_get(&c, 1));
	pm = image(10, 20, 7);
	CHECK_EQ(pix_cache_put(&c, 1, &pm, true), 0);
	CHECK(!pm.data);
	CHECK_EQ(c.used_px, 200);
	CHECK(pix_cache_get(&c, 1));
	CHECK_EQ(pix_cache_get(&c, 1)->pm.data[0], 7);
	CHECK(pix_cache_get(&c, 1)->lossy);
	CHECK(!pix_cache_get(&c, 1ull << 32 | 1));

	/* The lossless version comes; it is removed by one removal. */
	pm = image(10, 20, 8);
	CHECK_EQ(pix_cache_replace(&c, 1, &pm), 0);
	CHECK_EQ(pix_cache_get(&c, 1)->pm.data[0], 8);
	CHECK(!pix_cache_get(&c, 1)->lossy);
	CHECK_EQ(c.count, 1);
	CHECK_EQ(pix_cache_remove(&c, 1), 0);
	CHECK(!pix_cache_get(&c, 1));
	CHECK_EQ(c.used_px, 0);
	CHECK_EQ(pix_cache_remove(&c, 1), -ENOENT);

	/* Put twice: removed twice. Replacing an unknown one puts it. */
	pm = image(1, 1, 1);
	CHECK_EQ(pix_cache_replace(&c, 2, &pm), 0);
	pm = image(2, 2, 2);
	CHECK_EQ(pix_cache_put(&c, 2, &pm, false), 0);
	CHECK_EQ(c.used_px, 4);
	CHECK_EQ(pix_cache_remove(&c, 2), 0);
	CHECK_EQ(pix_cache_get(&c, 2)->pm.data[0], 2);
	CHECK_EQ(pix_cache_remove(&c, 2), 0);
	CHECK(!pix_cache_get(&c, 2));
	pix_cache_fini(&c);
	CHECK_EQ(t.live, 0);
}

TEST(bound)
{
	struct pix_cache c;
	struct pixmap pm;

	test_env_init(&t);
	CHECK_EQ(pix_cache_init(&c, &t.env, 100), 0);
	pm = image(10, 9, 1);
	CHECK_EQ(pix_cache_put(&c, 1, &pm, false), 0);
	pm = image(11, 1, 2);
	CHECK_EQ(pix_cache_put(&c, 2, &pm, false), -ENOSPC);
	CHECK(pm.data);
	CHECK(!pix_cache_get(&c, 2));

	/* A replacement counts without what it replaces. */
	CHECK_EQ(pix_cache_replace(&c, 1, &pm), 0);
	CHECK_EQ(c.used_px, 11);
	pm = image(101, 1, 3);
	CHECK_EQ(pix_cache_replace(&c, 1, &pm), -ENOSPC);
	CHECK_EQ(pix_cache_get(&c, 1)->pm.data[0], 2);
	pix_free(&t.env, &pm);
	pm = image(89, 1, 3);
	CHECK_EQ(pix_cache_put(&c, 3, &pm, false), 0);
	CHECK_EQ(c.used_px, 100);
	pix_cache_clear(&c);
	CHECK_EQ(c.used_px, 0);
	CHECK_EQ(c.count, 0);
	pix_cache_fini(&c);
	CHECK_EQ(t.live, 0);
}

/* Thousands, by ids as a guest driver makes them: group above, number below. */
TEST(thousands)
{
	struct pix_cache c;
	struct pixmap pm;
	const struct pix_cached *e;
	uint32_t i, longest = 0, n;

	test_env_init(&t);
	CHECK_EQ(pix_cache_init(&c, &t.env, 1 << 20), 0);
	for (i = 0; i < 8000; i++) {
		pm = image(1, 1, i % 251);
		CHECK_EQ(pix_cache_put(&c, (uint64_t)(i % 3) << 32 | i, &pm, 0),
			 0);
	}
	for (i = 0; i < PIX_CACHE_BUCKETS; i++) {
		for (n = 0, e = c.buckets[i]; e; e = e->next)
			n++;
		longest = n > longest ? n : longest;
	}
	CHECK(longest < 32);
	for (i = 0; i < 8000; i += 2)
		CHECK_EQ(pix_cache_remove(&c, (uint64_t)(i % 3) << 32 | i), 0);
	for (i = 0; i < 8000; i++) {
		e = pix_cache_get(&c, (uint64_t)(i % 3) << 32 | i);
		CHECK_EQ(e ? e->pm.data[0] : -1, i % 2 ? (int)(i % 251) : -1);
	}
	pix_cache_fini(&c);
	CHECK_EQ(t.live, 0);
}

/* Of the smallest images there is an end before the pixels end. */
TEST(smallest)
{
	struct pix_cache c;
	struct pixmap pm;
	uint64_t id = 0;

	test_env_init(&t);
	CHECK_EQ(pix_cache_init(&c, &t.env, 64000), 0);
	for (pm = image(1, 1, 1); !pix_cache_put(&c, id, &pm, false); id++)
		pm = image(1, 1, 1);
	CHECK_EQ(id, 4096 + 1000);
	CHECK_EQ(pix_cache_put(&c, id, &pm, false), -ENOSPC);
	CHECK(pm.data);
	/* One of those that are there may change all the same. */
	CHECK_EQ(pix_cache_replace(&c, 7, &pm), 0);
	CHECK_EQ(pix_cache_remove(&c, 7), 0);
	pm = image(1, 1, 1);
	CHECK_EQ(pix_cache_put(&c, id, &pm, false), 0);
	pix_cache_fini(&c);
	CHECK_EQ(t.live, 0);
}

TEST(no_memory)
{
	struct pix_cache c;
	struct pixmap pm;

	test_env_init(&t);
	pm = image(1, 1, 1);
	t.allocs_left = 0;
	CHECK_EQ(pix_cache_init(&c, &t.env, 100), -ENOMEM);
	CHECK_EQ(pix_cache_put(&c, 1, &pm, false), -ENOMEM);
	CHECK(pm.data);
	CHECK(!pix_cache_get(&c, 1));
	CHECK_EQ(pix_cache_remove(&c, 1), -ENOENT);
	pix_cache_fini(&c);

	t.allocs_left = 1;
	CHECK_EQ(pix_cache_init(&c, &t.env, 100), 0);
	CHECK_EQ(pix_cache_put(&c, 1, &pm, false), -ENOMEM);
	CHECK(pm.data);
	CHECK_EQ(c.used_px, 0);
	CHECK(!pix_cache_get(&c, 1));
	pix_free(&t.env, &pm);
	pix_cache_fini(&c);
	CHECK_EQ(t.live, 0);
}

TEST(palettes)
{
	struct pix_palettes c;
	struct pix_palette pal = {0};
	uint64_t i;

	test_env_init(&t);
	pix_palettes_init(&c, &t.env);
	CHECK(!pix_palettes_get(&c, 5));
	for (i = 1; i <= PIX_PALETTES; i++) {
		pal.unique = i;
		pal.color[3] = i * 2;
		CHECK_EQ(pix_palettes_put(&c, &pal), 0);
	}
	CHECK_EQ(pix_palettes_get(&c, 5)->color[3], 10);

	/* 1 and 2 were just used, so 3 goes first. */
	CHECK(pix_palettes_get(&c, 1) && pix_palettes_get(&c, 2));
	pal.unique = 1000;
	CHECK_EQ(pix_palettes_put(&c, &pal), 0);
	CHECK(!pix_palettes_get(&c, 3));
	CHECK(pix_palettes_get(&c, 1) && pix_palettes_get(&c, 2));
	CHECK(pix_palettes_get(&c, 1000));

	/* The same number again takes no second place. */
	pal.color[3] = 77;
	CHECK_EQ(pix_palettes_put(&c, &pal), 0);
	CHECK_EQ(pix_palettes_get(&c, 1000)->color[3], 77);
	CHECK(pix_palettes_get(&c, 4));
	CHECK_EQ(t.live, PIX_PALETTES);

	CHECK_EQ(pix_palettes_remove(&c, 1000), 0);
	CHECK_EQ(pix_palettes_remove(&c, 1000), -ENOENT);
	CHECK(!pix_palettes_get(&c, 1000));
	t.allocs_left = 0;
	CHECK_EQ(pix_palettes_put(&c, &pal), -ENOMEM);
	CHECK(!pix_palettes_get(&c, 1000));
	pix_palettes_clear(&c);
	CHECK(!pix_palettes_get(&c, 1));
	CHECK_EQ(t.live, 0);
}

/* The order of use survives the wrap of its counter. */
TEST(palettes_clock_wraps)
{
	struct pix_palettes c;
	struct pix_palette pal = {0};
	uint64_t i;

	test_env_init(&t);
	pix_palettes_init(&c, &t.env);
	c.clock = UINT32_MAX - 60;
	for (i = 1; i <= PIX_PALETTES + 3; i++) {
		pal.unique = i;
		CHECK_EQ(pix_palettes_put(&c, &pal), 0);
	}
	for (i = 1; i <= PIX_PALETTES + 3; i++)
		CHECK_EQ(pix_palettes_get(&c, i) != NULL, i > 3);
	pix_palettes_clear(&c);
}

int main(void)
{
	RUN(put_get_remove);
	RUN(bound);
	RUN(thousands);
	RUN(smallest);
	RUN(no_memory);
	RUN(palettes);
	RUN(palettes_clock_wraps);
	return test_end();
}
