/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * What undi_batch.S and undi_card.c share in low memory: several frames are
 * fetched in one change to real mode, which costs as much as fetching one.
 */
#ifndef UNDI_BATCH_H
#define UNDI_BATCH_H

/* Frames in a batch, and the room of one. */
#define UNDI_BATCH_FRAMES 16
#define UNDI_BATCH_ROOM	  1536

/* Offsets in struct undi_batch. */
#define UNDI_BATCH_ISR	    0x00
#define UNDI_BATCH_ENTRY    0x10
#define UNDI_BATCH_FUNCTION 0x14
#define UNDI_BATCH_COUNT    0x16
#define UNDI_BATCH_LENGTHS  0x18
#define UNDI_BATCH_FIRST    0x38
#define UNDI_BATCH_FRAME_0  0x40

#ifndef __ASSEMBLER__

#include "ipxe-glue/undi/undi_pxe.h"

struct undi_batch {
	struct pxe_isr isr;
	struct pxe_segoff entry;
	uint16_t function; /* next: first, when nothing is left */
	uint16_t count;
	uint16_t lengths[UNDI_BATCH_FRAMES];
	uint16_t first; /* START, or PROCESS where that goes without */
	uint8_t unused[6];
	uint8_t frames[UNDI_BATCH_FRAMES][UNDI_BATCH_ROOM];
} PXE_PACKED;

/*
 * The code, to be copied to an offset 0 of its own, and the word in it that is
 * the batch's segment.
 */
extern const char undi_batch_start[], undi_batch_end[], undi_batch_segment[];

#endif
#endif
