/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * A memory pool over ranges of plain RAM: what heap_alloc() is made of. It
 * knows nothing of the machine, so that its tests run on a workstation.
 */
#ifndef ROMLAYOUT_HEAP_POOL_H
#define ROMLAYOUT_HEAP_POOL_H

#include <stddef.h>

#define HEAP_ALIGN 16

/* Bins of free blocks, one for each power of two of their length. */
#define HEAP_BINS 40

struct heap_block;

/* All zero is an empty pool. */
struct heap_pool {
	struct heap_block *bin[HEAP_BINS];
	size_t free_bytes; /* of free blocks, without their headers */
};

/*
 * Give @bytes of RAM at @start to the pool, any alignment. Too little to be of
 * use is left out. Ranges are never joined with each other.
 */
void heap_pool_add(struct heap_pool *pool, void *start, size_t bytes);

/*
 * Take @bytes, HEAP_ALIGN aligned. Returns NULL for 0 and when no free block is
 * as long. Time: constant but for a search among blocks of one bin.
 */
void *heap_pool_alloc(struct heap_pool *pool, size_t bytes);

/*
 * Give back what heap_pool_alloc() gave, and join it with free neighbours.
 *
 * Returns 0, or -EINVAL if @mem is nothing that is in use: never given, given
 * back already, or its header was overwritten.
 */
int heap_pool_free(struct heap_pool *pool, void *mem);

/* The largest @bytes for which heap_pool_alloc() would succeed now. */
size_t heap_pool_largest(const struct heap_pool *pool);

#endif
