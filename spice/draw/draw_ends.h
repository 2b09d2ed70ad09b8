/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Inside draw_dash: where the dashes of a slanted line end when a pixel lies
 * just there, by the reference's roundings in double precision. Who has no room
 * for them links another source.
 */
#ifndef SPICE_DRAW_ENDS_H
#define SPICE_DRAW_ENDS_H

#include <stdbool.h>
#include <stdint.h>

/* The real number m * 2^e, |m| <= 2^53. */
struct draw_real {
	int64_t m;
	int32_t e;
};

struct draw_ends {
	int32_t dx, dy;
	uint32_t px;	       /* its length */
	struct draw_real x, y; /* the corner of the last dash that ended */
	struct draw_real end;  /* how far along that is, px times length */
};

/*
 * Begin a line of less than 2^15 px along each axis and of exactly @px px.
 *
 * Returns false: no roundings are known.
 */
bool draw_ends_begin(struct draw_ends *ends, int32_t dx, int32_t dy,
		     uint32_t px);

/*
 * The end of the next dash of @px pixels, in px times the line's length,
 * rounded @up or down.
 */
int32_t draw_ends_next(struct draw_ends *ends, uint32_t px, bool up);

/* Where what follows begins when it is the line's last dash, likewise. */
int32_t draw_ends_last(const struct draw_ends *ends, bool up);

#endif
