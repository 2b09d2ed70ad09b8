/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * What the PXE program's parts and romlayout/mkpxe.py agree on; whoever changes
 * one changes the other. The payload, and memory from 6 MiB on, are the option
 * ROM's (romlayout/rom/rom.h).
 *
 * The file, all of which a PXE stack puts at 0000:7C00:
 *
 *	0		image: pxe.S, low.S, loader
 *	image_bytes	payload, without a stock ROM
 */
#ifndef ROMLAYOUT_PXE_H
#define ROMLAYOUT_PXE_H

/* Offset of struct pxe_image in the file, behind a jump. */
#define PXE_IMAGE_OFFSET 0x08

#define PXE_LOAD 0x7c00

#ifndef __ASSEMBLER__

#include <stdint.h>

struct pxe_image {
	char magic[8];	      /* PXE_IMAGE_MAGIC */
	uint32_t image_bytes; /* mkpxe.py, all of these */
	uint32_t payload_bytes;
	uint32_t payload_crc; /* CRC-32 */
	uint32_t memory_end;  /* of what is needed from 6 MiB on */
};

#define PXE_IMAGE_MAGIC "SPICEPXE"

#endif
#endif
