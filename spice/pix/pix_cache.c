/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The image cache: a table of short chains by id.
 *
 * Bound: max_px pixels of at most 4 bytes, a small struct for each image, of
 * which there are at most ENTRIES, and PIX_CACHE_BUCKETS pointers.
 */
#include <errno.h>
#include <string.h>

#include "spice/pix/pix_cache.h"

/*
 * This is a policy decision: images of 8 by 8 pixels may fill the cache, and
 * smaller ones be some thousand. The server counts pixels alone; should it go
 * on, its channel is connected anew and both begin with an empty cache.
 */
#define ENTRIES(max_px) (4096 + (max_px) / 64)

static uint64_t pixels(const struct pixmap *pm)
{
	return (uint64_t)pm->width * pm->height;
}

/*
 * The chain of @id. Ids are counters or addresses with a group number above,
 * so mix all bits into the upper ones (2^64 divided by the golden ratio).
 */
static struct pix_cached **chain(const struct pix_cache *cache, uint64_t id)
{
	uint32_t hash = (id * 0x9e3779b97f4a7c15u) >> 32;

	return &cache->buckets[hash / (UINT32_MAX / PIX_CACHE_BUCKETS + 1)];
}

/* Where the pointer to @id's entry is, or would be: at a chain's end. */
static struct pix_cached **find(const struct pix_cache *cache, uint64_t id)
{
	struct pix_cached **at = chain(cache, id);

	while (*at && (*at)->id != id)
		at = &(*at)->next;
	return at;
}

int pix_cache_init(struct pix_cache *cache, const struct spice_env *env,
		   uint64_t max_px)
{
	size_t bytes = PIX_CACHE_BUCKETS * sizeof(*cache->buckets);

	memset(cache, 0, sizeof(*cache));
	cache->env = env;
	cache->max_px = max_px;
	cache->buckets = env->alloc(env->ctx, bytes);
	if (!cache->buckets)
		return -ENOMEM;
	memset(cache->buckets, 0, bytes);
	return 0;
}

void pix_cache_fini(struct pix_cache *cache)
{
	pix_cache_clear(cache);
	if (cache->buckets)
		cache->env->free(cache->env->ctx, cache->buckets);
	cache->buckets = NULL;
}

static struct pix_cached *new_entry(struct pix_cache *cache, uint64_t id)
{
	struct pix_cached *entry;

	entry = cache->env->alloc(cache->env->ctx, sizeof(*entry));
	if (!entry)
		return NULL;
	memset(entry, 0, sizeof(*entry));
	entry->id = id;
	cache->count++;
	return entry;
}

/* Store @pm under @id, which is then to be removed @refs times more. */
static int store(struct pix_cache *cache, uint64_t id, struct pixmap *pm,
		 bool lossy, uint32_t refs)
{
	struct pix_cached **at, *entry;
	uint64_t freed;

	if (!cache->buckets)
		return -ENOMEM;
	at = find(cache, id);
	freed = *at ? pixels(&(*at)->pm) : 0;
	if (pixels(pm) > cache->max_px - cache->used_px + freed)
		return -ENOSPC;
	if (!*at) {
		if (cache->count >= ENTRIES(cache->max_px))
			return -ENOSPC;
		*at = new_entry(cache, id);
		refs = 1;
	}
	entry = *at;
	if (!entry)
		return -ENOMEM;

	cache->used_px += pixels(pm) - freed;
	pix_free(cache->env, &entry->pm);
	entry->pm = *pm;
	entry->lossy = lossy;
	entry->refs += refs;
	pm->data = NULL;
	return 0;
}

int pix_cache_put(struct pix_cache *cache, uint64_t id, struct pixmap *pm,
		  bool lossy)
{
	return store(cache, id, pm, lossy, 1);
}

int pix_cache_replace(struct pix_cache *cache, uint64_t id, struct pixmap *pm)
{
	return store(cache, id, pm, false, 0);
}

const struct pix_cached *pix_cache_get(const struct pix_cache *cache,
				       uint64_t id)
{
	return cache->buckets ? *find(cache, id) : NULL;
}

/* Unlink and give back the entry that @at points to. */
static void drop(struct pix_cache *cache, struct pix_cached **at)
{
	struct pix_cached *entry = *at;

	*at = entry->next;
	cache->used_px -= pixels(&entry->pm);
	cache->count--;
	pix_free(cache->env, &entry->pm);
	cache->env->free(cache->env->ctx, entry);
}

int pix_cache_remove(struct pix_cache *cache, uint64_t id)
{
	struct pix_cached **at;

	if (!cache->buckets)
		return -ENOENT;
	at = find(cache, id);
	if (!*at)
		return -ENOENT;
	if (--(*at)->refs == 0)
		drop(cache, at);
	return 0;
}

void pix_cache_clear(struct pix_cache *cache)
{
	uint32_t i;

	for (i = 0; cache->buckets && i < PIX_CACHE_BUCKETS; i++) {
		while (cache->buckets[i])
			drop(cache, &cache->buckets[i]);
	}
}
