/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The memory pool: alignment, bounds, coalescing, and a long random run that is
 * checked against what the test itself knows of every block.
 */
#include "romlayout/heap/heap_pool.c"

#include <stdlib.h>

#include "test/test.h"

#define ARENA  (1u << 20)
#define LIVE   300
#define ROUNDS 200000

static struct heap_pool pool;
static char *arena;

/* A fresh pool of one range of ARENA bytes, @skew off its alignment. */
static void fresh(size_t skew)
{
	free(arena);
	arena = malloc(ARENA + skew);
	memset(&pool, 0, sizeof(pool));
	heap_pool_add(&pool, arena + skew, ARENA);
}

TEST(empty_gives_nothing)
{
	memset(&pool, 0, sizeof(pool));
	CHECK(!heap_pool_alloc(&pool, 1));
	CHECK_EQ(heap_pool_largest(&pool), 0);
	heap_pool_add(&pool, &pool, 0);
	fresh(0);
	CHECK(!heap_pool_alloc(&pool, 0));
	CHECK(!heap_pool_alloc(&pool, SIZE_MAX));
	CHECK(!heap_pool_alloc(&pool, SIZE_MAX - 40));
	CHECK(!heap_pool_alloc(&pool, ARENA));
}

TEST(small_ranges_are_left_out)
{
	char small[200];
	size_t n;
	void *mem;

	for (n = 0; n < sizeof(small); n++) {
		char *exact = malloc(n + 1);

		memset(&pool, 0, sizeof(pool));
		heap_pool_add(&pool, exact, n);
		mem = heap_pool_alloc(&pool, 1);
		CHECK_EQ(!mem, !pool.free_bytes && !mem);
		if (mem)
			CHECK_EQ(heap_pool_free(&pool, mem), 0);
		free(exact);
	}
}

TEST(any_skew_is_aligned)
{
	size_t skew;
	void *mem;

	for (skew = 0; skew < 40; skew++) {
		fresh(skew);
		mem = heap_pool_alloc(&pool, 1000);
		CHECK(mem && !((uintptr_t)mem % HEAP_ALIGN));
		memset(mem, 0xff, 1000);
		CHECK_EQ(heap_pool_free(&pool, mem), 0);
	}
}

TEST(largest_can_be_had)
{
	size_t most, all;
	void *mem;

	fresh(3);
	all = pool.free_bytes;
	most = heap_pool_largest(&pool);
	CHECK(most > ARENA - 200 && most <= ARENA);
	CHECK_EQ(most, all);
	CHECK(!heap_pool_alloc(&pool, most + 1));
	mem = heap_pool_alloc(&pool, most);
	CHECK(mem);
	memset(mem, 1, most);
	CHECK_EQ(pool.free_bytes, 0);
	CHECK(!heap_pool_alloc(&pool, 1));
	CHECK_EQ(heap_pool_free(&pool, mem), 0);
	CHECK_EQ(pool.free_bytes, all);
}

TEST(neighbours_join)
{
	/* Every order of giving back three neighbours. */
	static const int order[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
				       {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
	size_t i, most;
	void *mem[3];

	for (i = 0; i < 6; i++) {
		fresh(0);
		most = heap_pool_largest(&pool);
		mem[0] = heap_pool_alloc(&pool, 5000);
		mem[1] = heap_pool_alloc(&pool, 1);
		mem[2] = heap_pool_alloc(&pool, 70000);
		CHECK(mem[0] && mem[1] && mem[2]);
		CHECK(heap_pool_largest(&pool) < most - 75000);
		CHECK_EQ(heap_pool_free(&pool, mem[order[i][0]]), 0);
		CHECK_EQ(heap_pool_free(&pool, mem[order[i][1]]), 0);
		CHECK_EQ(heap_pool_free(&pool, mem[order[i][2]]), 0);
		CHECK_EQ(heap_pool_largest(&pool), most);
	}
}

TEST(ranges_are_not_joined)
{
	fresh(0);
	memset(&pool, 0, sizeof(pool));
	heap_pool_add(&pool, arena, ARENA / 2);
	heap_pool_add(&pool, arena + ARENA / 2, ARENA / 2);
	CHECK(heap_pool_alloc(&pool, ARENA / 2 - 200));
	CHECK(heap_pool_alloc(&pool, ARENA / 2 - 200));
	CHECK(!heap_pool_alloc(&pool, 1000));
}

TEST(wrong_frees_are_told)
{
	char *mem;

	fresh(0);
	mem = heap_pool_alloc(&pool, 100);
	memset(mem, 0, 100);
	CHECK_EQ(heap_pool_free(&pool, mem + HEAP_ALIGN * 3), -EINVAL);
	CHECK_EQ(heap_pool_free(&pool, mem), 0);
	CHECK_EQ(heap_pool_free(&pool, mem), -EINVAL);
}

/* Random sizes: mostly small, some large. */
static size_t any_size(void)
{
	int bits = rand() % 17;

	return (size_t)(rand() % (1 << bits)) + 1;
}

TEST(random_run)
{
	static unsigned char *mem[LIVE];
	static size_t size[LIVE];
	size_t most, failed = 0, at;
	int i, k;

	srand(1);
	fresh(7);
	most = heap_pool_largest(&pool);
	for (i = 0; i < ROUNDS; i++) {
		k = rand() % LIVE;
		if (mem[k]) {
			for (at = 0; at < size[k]; at += 97)
				CHECK_EQ(mem[k][at], (unsigned char)k);
			CHECK_EQ(mem[k][size[k] - 1], (unsigned char)k);
			CHECK_EQ(heap_pool_free(&pool, mem[k]), 0);
			mem[k] = NULL;
			continue;
		}
		size[k] = any_size();
		mem[k] = heap_pool_alloc(&pool, size[k]);
		failed += !mem[k];
		if (mem[k])
			memset(mem[k], k, size[k]);
	}
	printf("# %zu of %d allocations found no room\n", failed, ROUNDS / 2);
	CHECK(failed > 0 && failed < ROUNDS / 4);
	for (k = 0; k < LIVE; k++) {
		if (mem[k])
			CHECK_EQ(heap_pool_free(&pool, mem[k]), 0);
	}
	CHECK_EQ(heap_pool_largest(&pool), most);
}

int main(void)
{
	RUN(empty_gives_nothing);
	RUN(small_ranges_are_left_out);
	RUN(any_skew_is_aligned);
	RUN(largest_can_be_had);
	RUN(neighbours_join);
	RUN(ranges_are_not_joined);
	RUN(wrong_frees_are_told);
	RUN(random_run);
	free(arena);
	return test_end();
}
