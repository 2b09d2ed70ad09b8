/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The image cache and the palette cache, as the server mirrors them.
 *
 * The server alone decides what the image cache holds (protocol: "pixmap
 * cache"): an image stays until it is removed. The bound is the one that
 * DISPLAY_INIT told the server, counted as the server counts: width * height
 * of each image. The palette cache drops the one unused for longest, as the
 * server does with its own list.
 */
#ifndef SPICE_PIX_CACHE_H
#define SPICE_PIX_CACHE_H

#include "spice/pix/pix_palette.h"
#include "spice/pix/pix_pixmap.h"

struct pix_cached {
	struct pix_cached *next; /* in the same bucket */
	uint64_t id;
	struct pixmap pm;
	uint32_t refs; /* how often it was put and not yet removed */
	bool lossy;
};

/* Chains stay short up to some thousand images: 4 KiB of pointers. */
#define PIX_CACHE_BUCKETS 1024

struct pix_cache {
	const struct spice_env *env;
	uint64_t max_px, used_px;
	uint32_t count;
	struct pix_cached **buckets;
};

/*
 * Make an empty cache of @max_px pixels.
 *
 * Returns 0 or -ENOMEM; in both cases every function below may be called.
 * Owner: the caller ends it with pix_cache_fini.
 */
int pix_cache_init(struct pix_cache *cache, const struct spice_env *env,
		   uint64_t max_px);

/* Give back everything. */
void pix_cache_fini(struct pix_cache *cache);

/*
 * Store an image (CACHE_ME). One that is there already under @id takes the
 * new pixels and has to be removed once more often.
 *
 * @pm: the pixels; on success they become the cache's and @pm->data is NULL
 * Returns 0; -ENOSPC where the bound would be exceeded, which a correct
 * server never does; -ENOMEM. On failure @pm stays the caller's.
 */
int pix_cache_put(struct pix_cache *cache, uint64_t id, struct pixmap *pm,
		  bool lossy);

/*
 * Give image @id new, lossless pixels (CACHE_REPLACE_ME); how often it has to
 * be removed stays. An unknown @id is stored as by pix_cache_put.
 * Owner, returns: as pix_cache_put.
 */
int pix_cache_replace(struct pix_cache *cache, uint64_t id, struct pixmap *pm);

/*
 * Find image @id; NULL when it is not there.
 * Owner: the cache; valid until the next call that changes it.
 */
const struct pix_cached *pix_cache_get(const struct pix_cache *cache,
				       uint64_t id);

/* Remove image @id, once. Returns 0 or -ENOENT. */
int pix_cache_remove(struct pix_cache *cache, uint64_t id);

/* Remove all images. */
void pix_cache_clear(struct pix_cache *cache);

/* How many palettes the protocol caches. */
#define PIX_PALETTES 128

struct pix_palettes {
	const struct spice_env *env;
	uint32_t clock;			/* counts uses */
	uint32_t used_at[PIX_PALETTES]; /* of slot */
	struct pix_palette *slot[PIX_PALETTES];
};

/* Make an empty palette cache. Owner: the caller ends it with ..._clear. */
void pix_palettes_init(struct pix_palettes *cache, const struct spice_env *env);

/*
 * Store a copy of @pal under its `unique` (PAL_CACHE_ME), in the place of one
 * of that number or, in a full cache, of the one unused for longest.
 * Returns 0 or -ENOMEM.
 */
int pix_palettes_put(struct pix_palettes *cache, const struct pix_palette *pal);

/*
 * Find a palette (PAL_FROM_CACHE); NULL when it is not there.
 * Owner: the cache; valid until the next call that changes it.
 */
const struct pix_palette *pix_palettes_get(struct pix_palettes *cache,
					   uint64_t unique);

/* Remove one (INVAL_PALETTE). Returns 0 or -ENOENT. */
int pix_palettes_remove(struct pix_palettes *cache, uint64_t unique);

/* Remove all (INVAL_ALL_PALETTES) and give back the memory. */
void pix_palettes_clear(struct pix_palettes *cache);

#endif
