/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * A PC for vga/: the first MiB of memory, a VBE BIOS with a list of modes, and
 * a frame buffer between two walls that nobody may scratch.
 */
#ifndef TEST_VGA_FAKE_H
#define TEST_VGA_FAKE_H

#include "vga/vga.h"

struct vga_fake_mode {
	uint16_t number, width, height;
	uint8_t bpp;
	uint16_t pitch; /* 0: width in bytes, rounded up to 4 */

	/* What is odd about it; 0: nothing. */
	uint8_t attributes;    /* bits taken away from 0x9b */
	uint8_t model;	       /* instead of 6 */
	uint8_t said;	       /* BitsPerPixel instead of bpp */
	uint32_t base;	       /* instead of FAKE_FB */
	bool bgr;	       /* red and blue the other way round */
	bool unmasked;	       /* names no colour fields */
	bool refused;	       /* 4F02 fails */
	uint16_t pitch_set;    /* what 4F06 says, 0: the same, 1: it fails */
	uint16_t pitch_linear; /* VBE 3.0's own word */
};

#define FAKE_FB	       0xe0000000u
#define FAKE_FB_BYTES  (16u << 20)
#define FAKE_FB_WALL   4096
#define FAKE_LOW       0x8f00u /* segment of the low memory */
#define FAKE_FONT      0xc4000u
#define FAKE_CALLS_MAX 64

struct vga_fake {
	struct bios bios;
	uint8_t memory[1 << 20];
	uint8_t *fb; /* inside the walls */
	bool no_low, no_map, no_font;
	uint16_t version;      /* 0: no VBE */
	const char *signature; /* NULL: VESA */
	uint16_t memory_64k;
	bool list_in_rom; /* the list of modes is there, not in the buffer */
	bool list_endless;
	bool list_outside; /* it points beyond what can be mapped */
	const struct vga_fake_mode *modes;
	int mode_count;

	uint16_t set; /* the last 4F02's BX; 3: text mode */
	int sets;     /* 4F02 calls that succeeded */
	int infos;    /* 4F01 calls */
	uint16_t cursor, cursor_shape;
};

void vga_fake_init(struct vga_fake *f, const struct vga_fake_mode *modes,
		   int count);
void vga_fake_free(struct vga_fake *f);

/* Line @y of character @c in the BIOS's font. */
uint8_t vga_fake_font(uint8_t c, int y);

/* Is the memory round the frame buffer untouched? */
bool vga_fake_walls(const struct vga_fake *f);

/* Lists as QEMU's BIOSes have them (a part). */
extern const struct vga_fake_mode vga_fake_std[];
extern const int vga_fake_std_count;
extern const struct vga_fake_mode vga_fake_cirrus[];
extern const int vga_fake_cirrus_count;

#endif
