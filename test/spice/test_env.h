/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * A spice_env for unit tests: the workstation's heap, which can be told to run
 * out; a count of yields; and random numbers that are the same in every run.
 */
#ifndef TEST_SPICE_ENV_H
#define TEST_SPICE_ENV_H

#include <stdint.h>
#include <stdlib.h>

#include "spice/proto/proto_env.h"

struct test_env {
	struct spice_env env;
	long allocs_left; /* so many succeed; negative: all */
	long live;	  /* allocated and not given back */
	long yields;
};

static inline void *test_env_alloc(void *ctx, size_t bytes)
{
	struct test_env *t = ctx;
	void *mem;

	if (!t->allocs_left)
		return NULL;
	if (t->allocs_left > 0)
		t->allocs_left--;
	mem = malloc(bytes);
	/* Undefined contents: nobody may count on zeros. */
	for (size_t i = 0; mem && i < bytes; i++)
		((uint8_t *)mem)[i] = 0xa5;
	t->live += mem != NULL;
	return mem;
}

static inline void test_env_free(void *ctx, void *mem)
{
	struct test_env *t = ctx;

	t->live -= mem != NULL;
	free(mem);
}

static inline void test_env_yield(void *ctx)
{
	((struct test_env *)ctx)->yields++;
}

static inline void test_env_init(struct test_env *t)
{
	*t = (struct test_env){
		.env = {.ctx = t,
			.alloc = test_env_alloc,
			.free = test_env_free,
			.yield = test_env_yield},
		.allocs_left = -1,
	};
}

/* The next random number: xorshift, never 0. @state: any start but 0. */
static inline uint32_t test_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

#endif
