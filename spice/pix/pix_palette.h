/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * A palette as decoders use it: always 256 entries, so that no index from the
 * network can miss. Entries beyond those the server sent are 0 (black).
 */
#ifndef SPICE_PIX_PALETTE_H
#define SPICE_PIX_PALETTE_H

#include <stdint.h>

struct pix_palette {
	uint64_t unique;     /* the server's number for it, 0: none */
	uint32_t count;	     /* entries that the server sent, at most 256 */
	uint32_t color[256]; /* 0x00RRGGBB; 555 where the surface is 16 bpp */
};

#endif
