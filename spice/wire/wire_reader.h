/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * A bounded cursor over bytes from the network, little-endian as SPICE is.
 *
 * It goes sticky on the first overrun: from then on every read returns 0 and
 * `bad` stays set, so that a chain of reads is tested once, at its end.
 */
#ifndef SPICE_WIRE_READER_H
#define SPICE_WIRE_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct wire_reader {
	const uint8_t *base; /* first byte: what wire "pointers" count from */
	size_t len;	     /* bytes from base on */
	size_t pos;	     /* next byte to read, <= len */
	bool bad;	     /* a read went past the end */
};

static inline void wire_reader_init(struct wire_reader *r, const void *base,
				    size_t len)
{
	r->base = base;
	r->len = len;
	r->pos = 0;
	r->bad = false;
}

static inline size_t wire_left(const struct wire_reader *r)
{
	return r->len - r->pos;
}

/*
 * Take the next @n bytes.
 *
 * Returns a pointer to them, NULL (and a sticky reader) when there are fewer.
 * Owner: the message; the pointer lives as long as that does.
 */
static inline const uint8_t *wire_bytes(struct wire_reader *r, size_t n)
{
	const uint8_t *p;

	if (r->bad || n > r->len - r->pos) {
		r->bad = true;
		r->pos = r->len;
		return NULL;
	}
	p = r->base + r->pos;
	r->pos += n;
	return p;
}

static inline uint8_t wire_u8(struct wire_reader *r)
{
	const uint8_t *p = wire_bytes(r, 1);

	return p ? p[0] : 0;
}

static inline uint16_t wire_u16(struct wire_reader *r)
{
	const uint8_t *p = wire_bytes(r, 2);

	return p ? (uint16_t)(p[0] | p[1] << 8) : 0;
}

static inline uint32_t wire_u32(struct wire_reader *r)
{
	const uint8_t *p = wire_bytes(r, 4);

	return p ? p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24 : 0;
}

static inline int32_t wire_i32(struct wire_reader *r)
{
	return (int32_t)wire_u32(r);
}

static inline uint64_t wire_u64(struct wire_reader *r)
{
	uint64_t low = wire_u32(r);

	return low | (uint64_t)wire_u32(r) << 32;
}

/*
 * Read a wire pointer and open a second cursor at its target.
 *
 * @r: the cursor, at the u32 offset; offsets count from r->base
 * @at: receives a cursor over everything from the target to the message's end,
 *      with the same base
 * Returns true for a target inside the message; false for the NULL pointer
 * (r stays good) and for an offset outside (r goes sticky).
 */
static inline bool wire_pointer(struct wire_reader *r, struct wire_reader *at)
{
	uint32_t offset = wire_u32(r);

	*at = *r;
	at->pos = r->len;
	if (r->bad || offset == 0)
		return false;
	if (offset >= r->len) {
		r->bad = true;
		r->pos = r->len;
		return false;
	}
	at->pos = offset;
	return true;
}

#endif
