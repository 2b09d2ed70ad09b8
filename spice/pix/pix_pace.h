/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Yielding by the amount of work done: call pix_pace after every row.
 */
#ifndef SPICE_PIX_PACE_H
#define SPICE_PIX_PACE_H

#include <stdint.h>

#include "spice/proto/proto_env.h"

/*
 * proto_env.h asks for a yield in every 64 Kpixel; a row is at most
 * PIX_MAX_SIDE_PX = 16 Kpixel, so yielding at 48 Kpixel keeps that promise.
 */
#define PIX_PACE_PX 49152

struct pix_pace {
	const struct spice_env *env;
	uint32_t px; /* since the last yield */
};

/* @px pixels more were done, at most one row's. */
static inline void pix_pace(struct pix_pace *pace, uint32_t px)
{
	pace->px += px;
	if (pace->px >= PIX_PACE_PX) {
		pace->px = 0;
		spice_env_yield(pace->env);
	}
}

#endif
