/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Memory: all that iPXE's external heap gives in one piece (but for a reserve
 * for what iPXE itself may want there), taken when a session begins and given
 * back when it ends, so that nothing can leak between two. iPXE's own heap is
 * left to its packets.
 *
 * The stack: iPXE's has 4 KiB, our decoders and RSA want more.
 */
#include <string.h>

#include <ipxe/umalloc.h>

#include "ipxe-glue/linked/linked.h"
#include "ipxe-glue/linked/linked_errno.h"
#include "romlayout/heap/heap_pool.h"

#define STACK_BYTES (128 * 1024)

/* This is a policy decision: what iPXE may still take while a session runs. */
#define RESERVE_BYTES (1024 * 1024)

/* Less is of no use: a 640x480 picture, a message, caches. */
#define LEAST_BYTES (8 * 1024 * 1024)

static struct heap_pool pool;
static void *block;

/* The largest piece that umalloc() gives. */
static size_t largest(void)
{
	size_t bytes = 3u << 30;
	void *mem;

	for (; bytes > LEAST_BYTES; bytes -= bytes / 64) {
		mem = umalloc(bytes);
		if (!mem)
			continue;
		ufree(mem);
		return bytes;
	}
	return 0;
}

int linked_memory_start(void)
{
	size_t bytes = largest();

	if (bytes < LEAST_BYTES + RESERVE_BYTES)
		return -PLAIN_ENOMEM;
	bytes -= RESERVE_BYTES;
	block = umalloc(bytes);
	if (!block)
		return -PLAIN_ENOMEM;
	memset(&pool, 0, sizeof(pool));
	heap_pool_add(&pool, (char *)block + STACK_BYTES, bytes - STACK_BYTES);
	return 0;
}

void linked_memory_stop(void)
{
	ufree(block);
	block = NULL;
}

/*
 * Call @function on our stack. iPXE's own calls and the interrupts it reflects
 * run on it as well meanwhile; its transitions to real mode keep any stack.
 */
int linked_memory_call(int (*function)(struct client_options *options),
		       struct client_options *options)
{
	char *top = (char *)block + STACK_BYTES - 16;
	int rc;

	__asm__ volatile("movl %%esp, %%ebx\n\t"
			 "movl %%edx, %%esp\n\t"
			 "call *%%ecx\n\t"
			 "movl %%ebx, %%esp\n\t"
			 : "=a"(rc), "+c"(function), "+d"(top)
			 : "0"(options)
			 : "ebx", "memory", "cc");
	return rc;
}

void *port_alloc(size_t bytes)
{
	return heap_pool_alloc(&pool, bytes);
}

void port_free(void *mem)
{
	if (mem)
		heap_pool_free(&pool, mem);
}

size_t port_memory_free(void)
{
	return pool.free_bytes;
}
