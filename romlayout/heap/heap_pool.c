/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The pool: blocks with their length before them and the previous block's
 * length before that (boundary tags), so that a block finds both neighbours.
 *
 *	range: | block | block | ... | block | end |
 *	block: | bytes, before, magic | (free: next, prev) ......... |
 *
 * Free blocks hang in the bin of their length, newest first; neighbours are
 * never both free. The end is a header of length 0 that is always in use.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>

#include "romlayout/heap/heap_pool.h"

#define BLOCK_USED 0x55534544 /* "USED" */
#define BLOCK_FREE 0x46524545 /* "FREE" */

struct heap_block {
	size_t bytes;  /* with this header; 0 at the end of a range */
	size_t before; /* of the block before; 0 at the start of a range */
	uint32_t magic;
} __attribute__((aligned(HEAP_ALIGN)));

/* What a free block has behind its header. */
struct heap_link {
	struct heap_block *next, *prev;
};

/* Shortest block: header and links. */
#define BLOCK_MIN                    \
	(sizeof(struct heap_block) + \
	 ((sizeof(struct heap_link) + HEAP_ALIGN - 1) & ~(HEAP_ALIGN - 1ul)))

static struct heap_link *link_of(struct heap_block *block)
{
	return (struct heap_link *)(block + 1);
}

static struct heap_block *block_at(struct heap_block *block, size_t bytes)
{
	return (struct heap_block *)((char *)block + bytes);
}

/* The bin of a block of @bytes: the place of its highest bit. */
static unsigned int bin_of(size_t bytes)
{
	unsigned int bin = 0;

	while (bytes >>= 1)
		bin++;
	return bin < HEAP_BINS ? bin : HEAP_BINS - 1;
}

static void bin_insert(struct heap_pool *pool, struct heap_block *block)
{
	struct heap_block **head = &pool->bin[bin_of(block->bytes)];

	block->magic = BLOCK_FREE;
	link_of(block)->prev = NULL;
	link_of(block)->next = *head;
	if (*head)
		link_of(*head)->prev = block;
	*head = block;
	pool->free_bytes += block->bytes - sizeof(*block);
}

static void bin_remove(struct heap_pool *pool, struct heap_block *block)
{
	struct heap_link *link = link_of(block);

	if (link->prev)
		link_of(link->prev)->next = link->next;
	else
		pool->bin[bin_of(block->bytes)] = link->next;
	if (link->next)
		link_of(link->next)->prev = link->prev;
	pool->free_bytes -= block->bytes - sizeof(*block);
}

/* Set the length of @block here and in the block behind it. */
static void block_resize(struct heap_block *block, size_t bytes)
{
	block->bytes = bytes;
	block_at(block, bytes)->before = bytes;
}

void heap_pool_add(struct heap_pool *pool, void *start, size_t bytes)
{
	size_t skip = -(uintptr_t)start & (HEAP_ALIGN - 1);
	struct heap_block *first, *end;

	if (bytes < skip + BLOCK_MIN + sizeof(*end))
		return;
	bytes = (bytes - skip) & ~(size_t)(HEAP_ALIGN - 1);
	bytes -= sizeof(*end);
	first = (struct heap_block *)((char *)start + skip);
	end = block_at(first, bytes);

	end->bytes = 0;
	end->magic = BLOCK_USED;
	first->before = 0;
	block_resize(first, bytes);
	bin_insert(pool, first);
}

/* Find a free block of at least @bytes, NULL if there is none. */
static struct heap_block *find(const struct heap_pool *pool, size_t bytes)
{
	unsigned int bin = bin_of(bytes);
	struct heap_block *block;

	for (; bin < HEAP_BINS; bin++) {
		block = pool->bin[bin];
		while (block && block->bytes < bytes)
			block = link_of(block)->next;
		if (block)
			return block;
	}
	return NULL;
}

void *heap_pool_alloc(struct heap_pool *pool, size_t bytes)
{
	struct heap_block *block, *rest;
	size_t want;

	if (!bytes || bytes > SIZE_MAX - sizeof(*block) - HEAP_ALIGN)
		return NULL;
	want = (bytes + sizeof(*block) + HEAP_ALIGN - 1) &
	       ~(size_t)(HEAP_ALIGN - 1);
	if (want < BLOCK_MIN)
		want = BLOCK_MIN;

	block = find(pool, want);
	if (!block)
		return NULL;
	bin_remove(pool, block);
	block->magic = BLOCK_USED;

	/* What it does not need goes back, if it can be a block. */
	if (block->bytes - want >= BLOCK_MIN) {
		rest = block_at(block, want);
		block_resize(rest, block->bytes - want);
		block_resize(block, want);
		bin_insert(pool, rest);
	}
	return block + 1;
}

/* Is the header before @mem one of a block in use? */
static bool is_used(const struct heap_block *block)
{
	return !((uintptr_t)block & (HEAP_ALIGN - 1)) &&
	       block->magic == BLOCK_USED && block->bytes &&
	       ((const struct heap_block *)((const char *)block + block->bytes))
			       ->before == block->bytes;
}

int heap_pool_free(struct heap_pool *pool, void *mem)
{
	struct heap_block *block = (struct heap_block *)mem - 1;
	struct heap_block *next, *prev;

	if (!is_used(block))
		return -EINVAL;
	block->magic = BLOCK_FREE;

	next = block_at(block, block->bytes);
	if (next->magic == BLOCK_FREE) {
		bin_remove(pool, next);
		block_resize(block, block->bytes + next->bytes);
	}
	if (block->before) {
		prev = (struct heap_block *)((char *)block - block->before);
		if (prev->magic == BLOCK_FREE) {
			bin_remove(pool, prev);
			block_resize(prev, prev->bytes + block->bytes);
			block = prev;
		}
	}
	bin_insert(pool, block);
	return 0;
}

size_t heap_pool_largest(const struct heap_pool *pool)
{
	struct heap_block *block;
	size_t most = 0;
	unsigned int bin = HEAP_BINS;

	/* The highest bin that has any has the longest. */
	while (bin-- && !most) {
		block = pool->bin[bin];
		for (; block; block = link_of(block)->next) {
			if (block->bytes > most)
				most = block->bytes;
		}
	}
	return most ? most - sizeof(*block) : 0;
}
