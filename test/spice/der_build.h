/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * DER, element by element, for tests that build certificates.
 */
#ifndef TEST_SPICE_DER_BUILD_H
#define TEST_SPICE_DER_BUILD_H

#include <stdint.h>
#include <string.h>

#include "spice/tls/tls_der.h"

/* What was built, from out.n = 0 on. */
static struct {
	uint8_t b[4096];
	size_t n;
} out;

static inline void put(const void *bytes, size_t n)
{
	memcpy(out.b + out.n, bytes, n);
	out.n += n;
}

/* Open an element; close_tag() with what this returned. */
static inline size_t open_tag(uint8_t tag)
{
	out.b[out.n++] = tag;
	return out.n;
}

static inline void close_tag(size_t at)
{
	size_t n = out.n - at, head = n < 0x80 ? 1 : n < 0x100 ? 2 : 3;

	memmove(out.b + at + head, out.b + at, n);
	out.n += head;
	if (head > 1)
		out.b[at++] = (uint8_t)(0x80 | (head - 1));
	if (head > 2)
		out.b[at++] = (uint8_t)(n >> 8);
	out.b[at] = (uint8_t)n;
}

static inline void put_tag(uint8_t tag, const void *bytes, size_t n)
{
	size_t at = open_tag(tag);

	put(bytes, n);
	close_tag(at);
}

#endif
