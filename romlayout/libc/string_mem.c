/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Memory functions of ISO C, with the processor's string instructions: whole
 * words first, what is left byte by byte. No alignment is wanted; the direction
 * flag is clear whenever C code runs.
 */
#include <string.h>
#include <stdint.h>

void *memcpy(void *dest, const void *src, size_t n)
{
	void *to = dest;
	size_t words = n / 4;

	n %= 4;
	__asm__ volatile("rep movsl"
			 : "+D"(to), "+S"(src), "+c"(words)
			 :
			 : "memory");
	__asm__ volatile("rep movsb"
			 : "+D"(to), "+S"(src), "+c"(n)
			 :
			 : "memory");
	return dest;
}

/* Copy from the end on, for ranges that overlap with @dest behind @src. */
static void copy_backwards(void *dest, const void *src, size_t n)
{
	uint8_t *to = (uint8_t *)dest + n;
	const uint8_t *from = (const uint8_t *)src + n;
	size_t words = n / 4;

	n %= 4;
	to -= 1;
	from -= 1;
	__asm__ volatile("std; rep movsb"
			 : "+D"(to), "+S"(from), "+c"(n)
			 :
			 : "memory");
	to -= 3;
	from -= 3;
	__asm__ volatile("rep movsl; cld"
			 : "+D"(to), "+S"(from), "+c"(words)
			 :
			 : "memory");
}

void *memmove(void *dest, const void *src, size_t n)
{
	if ((uintptr_t)dest - (uintptr_t)src >= n)
		return memcpy(dest, src, n);
	copy_backwards(dest, src, n);
	return dest;
}

void *memset(void *dest, int c, size_t n)
{
	void *to = dest;
	uint32_t word = (uint8_t)c * 0x01010101u;
	size_t words = n / 4;

	n %= 4;
	__asm__ volatile("rep stosl"
			 : "+D"(to), "+c"(words)
			 : "a"(word)
			 : "memory");
	__asm__ volatile("rep stosb"
			 : "+D"(to), "+c"(n)
			 : "a"(word)
			 : "memory");
	return dest;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const uint8_t *p = a, *q = b;

	for (; n; n--, p++, q++) {
		if (*p != *q)
			return *p - *q;
	}
	return 0;
}

void *memchr(const void *mem, int c, size_t n)
{
	const uint8_t *p = mem;

	for (; n; n--, p++) {
		if (*p == (uint8_t)c)
			return (void *)(uintptr_t)p;
	}
	return NULL;
}
