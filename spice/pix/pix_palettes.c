/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The palette cache (pix_cache.h). So few that looking at each is quick.
 *
 * Bound: PIX_PALETTES palettes of 1 KiB, each allocated when it comes.
 */
#include <errno.h>
#include <string.h>

#include "spice/pix/pix_cache.h"

void pix_palettes_init(struct pix_palettes *cache, const struct spice_env *env)
{
	memset(cache, 0, sizeof(*cache));
	cache->env = env;
}

/* The slot of @unique, or PIX_PALETTES. */
static uint32_t find(const struct pix_palettes *cache, uint64_t unique)
{
	uint32_t i;

	for (i = 0; i < PIX_PALETTES; i++) {
		if (cache->slot[i] && cache->slot[i]->unique == unique)
			break;
	}
	return i;
}

/* A slot for one more: a free one, else the one unused for longest. */
static uint32_t victim(const struct pix_palettes *cache)
{
	uint32_t i, age, best = 0, oldest = 0;

	for (i = 0; i < PIX_PALETTES; i++) {
		if (!cache->slot[i])
			return i;
		/* The difference stays right when the clock wraps. */
		age = cache->clock - cache->used_at[i];
		if (age >= oldest) {
			oldest = age;
			best = i;
		}
	}
	return best;
}

int pix_palettes_put(struct pix_palettes *cache, const struct pix_palette *pal)
{
	const struct spice_env *env = cache->env;
	uint32_t i = find(cache, pal->unique);

	if (i == PIX_PALETTES)
		i = victim(cache);
	if (!cache->slot[i])
		cache->slot[i] = env->alloc(env->ctx, sizeof(*pal));
	if (!cache->slot[i])
		return -ENOMEM;
	memcpy(cache->slot[i], pal, sizeof(*pal));
	cache->used_at[i] = ++cache->clock;
	return 0;
}

const struct pix_palette *pix_palettes_get(struct pix_palettes *cache,
					   uint64_t unique)
{
	uint32_t i = find(cache, unique);

	if (i == PIX_PALETTES)
		return NULL;
	cache->used_at[i] = ++cache->clock;
	return cache->slot[i];
}

static void drop(struct pix_palettes *cache, uint32_t i)
{
	if (cache->slot[i])
		cache->env->free(cache->env->ctx, cache->slot[i]);
	cache->slot[i] = NULL;
}

int pix_palettes_remove(struct pix_palettes *cache, uint64_t unique)
{
	uint32_t i = find(cache, unique);

	if (i == PIX_PALETTES)
		return -ENOENT;
	drop(cache, i);
	return 0;
}

void pix_palettes_clear(struct pix_palettes *cache)
{
	uint32_t i;

	for (i = 0; i < PIX_PALETTES; i++)
		drop(cache, i);
}
