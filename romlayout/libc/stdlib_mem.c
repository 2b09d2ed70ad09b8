/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * malloc and its kin, on the program's heap; abort, on its panic.
 */
#include <stdlib.h>
#include <string.h>

#include "romlayout/include/rm.h"

void *malloc(size_t bytes)
{
	return heap_alloc(bytes);
}

void *calloc(size_t n, size_t bytes)
{
	size_t total;
	void *mem;

	if (__builtin_mul_overflow(n, bytes, &total))
		return NULL;
	mem = heap_alloc(total);
	if (mem)
		memset(mem, 0, total);
	return mem;
}

void free(void *mem)
{
	heap_free(mem);
}

void abort(void)
{
	rm_panic("the program called abort()");
}
