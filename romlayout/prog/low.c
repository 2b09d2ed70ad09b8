/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Conventional memory: a block off its top, taken from the BIOS by lowering the
 * word at 0040:0013 (base memory in KiB), and handed out from its start.
 *
 * An UNDI driver in the block lies above base memory; that tells iPXE's that
 * its loader manages memory, and it hides its high part itself.
 */
#include <stdint.h>
#include <string.h>

#include "romlayout/prog/prog.h"

#define BDA_BASE_KIB 0x413

/*
 * What the block has. An UNDI driver of iPXE takes up to two segments, the
 * thunk 16 KiB; keyboard, mode tables and network buffers the rest.
 * This is a policy decision. pxe/pxe.S knows the least sum.
 */
#define LOW_KIB	     256
#define LOW_LESS_KIB 160 /* under a PXE stack that has taken its own before */

/* Loaders and boot sectors live below; scratch memory starts here. */
#define SCRATCH_START 0x10000
#define SCRATCH_KIB   (SCRATCH_START / 1024 + 128)

static uint16_t base_kib;	    /* as we found it */
static uintptr_t low_next, low_end; /* of the block, what is still free */

static uint16_t *bda_base(void)
{
	return rm_phys(BDA_BASE_KIB);
}

void low_start(void)
{
	uint16_t kib = LOW_KIB;

	base_kib = *bda_base();
	if (base_kib < SCRATCH_KIB + kib)
		kib = LOW_LESS_KIB;
	if (base_kib < SCRATCH_KIB + kib || base_kib > 640)
		rm_panic("too little conventional memory is left");
	*bda_base() = (uint16_t)(base_kib - kib);
	low_end = base_kib * 1024u;
	low_next = low_end - kib * 1024u;
}

void low_stop(void)
{
	*bda_base() = base_kib;
}

void *rm_low_alloc(size_t bytes, uint16_t *segment)
{
	size_t whole = (bytes + 15) & ~15u;
	void *mem;

	if (bytes > 0x10000 || whole > low_end - low_next)
		return NULL;
	mem = rm_phys(low_next);
	*segment = (uint16_t)(low_next >> 4);
	low_next += whole;
	return memset(mem, 0, whole);
}

size_t rm_low_free_bytes(void)
{
	return low_end - low_next;
}

void *rm_low_scratch(uint16_t *segment, size_t *bytes)
{
	*segment = SCRATCH_START >> 4;
	*bytes = *bda_base() * 1024u - SCRATCH_START;
	return rm_phys(SCRATCH_START);
}
