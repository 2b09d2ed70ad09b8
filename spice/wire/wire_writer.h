/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * A bounded cursor that lays out bytes for the network, little-endian.
 *
 * Sticky like the reader: a write that does not fit writes nothing, sets `bad`,
 * and so does every later one.
 */
#ifndef SPICE_WIRE_WRITER_H
#define SPICE_WIRE_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct wire_writer {
	uint8_t *base;
	size_t room; /* bytes from base on */
	size_t len;  /* bytes written */
	bool bad;    /* something did not fit */
};

static inline void wire_writer_init(struct wire_writer *w, void *base,
				    size_t room)
{
	w->base = base;
	w->room = room;
	w->len = 0;
	w->bad = false;
}

/* Reserve @n bytes; NULL (and a sticky writer) when they do not fit. */
static inline uint8_t *wire_reserve(struct wire_writer *w, size_t n)
{
	uint8_t *p;

	if (w->bad || n > w->room - w->len) {
		w->bad = true;
		return NULL;
	}
	p = w->base + w->len;
	w->len += n;
	return p;
}

static inline void wire_put(struct wire_writer *w, const void *src, size_t n)
{
	uint8_t *p = wire_reserve(w, n);

	if (p && n)
		memcpy(p, src, n);
}

static inline void wire_put_u8(struct wire_writer *w, uint8_t v)
{
	wire_put(w, &v, 1);
}

static inline void wire_put_u16(struct wire_writer *w, uint16_t v)
{
	uint8_t b[2] = {(uint8_t)v, (uint8_t)(v >> 8)};

	wire_put(w, b, sizeof(b));
}

static inline void wire_put_u32(struct wire_writer *w, uint32_t v)
{
	uint8_t b[4] = {(uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16),
			(uint8_t)(v >> 24)};

	wire_put(w, b, sizeof(b));
}

static inline void wire_put_u64(struct wire_writer *w, uint64_t v)
{
	wire_put_u32(w, (uint32_t)v);
	wire_put_u32(w, (uint32_t)(v >> 32));
}

#endif
