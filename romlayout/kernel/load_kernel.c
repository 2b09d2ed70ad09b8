/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The payload is a kernel in the format of Linux (bzImage; the document is
 * Linux's "x86 boot protocol", of which iPXE's .lkrn is 2.07): its 16-bit part
 * goes to 1000:0000, the rest to 1 MiB, and low.S enters the former. No initial
 * RAM disk, no command line.
 *
 * Runs in flat 32 bits with interrupts off and calls no BIOS. Memory from 1 MiB
 * to the loader is taken for free, as at every boot from a BIOS.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "romlayout/include/rm.h"
#include "romlayout/rom/rom.h"

#define SECTOR_BYTES 512

/* Where the two parts go. */
#define SETUP_SEGMENT 0x1000
#define SETUP_MAX     0x8000 /* the protocol's own bound, heap and stack apart */
#define KERNEL_AT     0x100000

/* Offsets of what the protocol names in the 16-bit part. */
#define SETUP_SECTS    0x1f1
#define BOOT_FLAG      0x1fe
#define HEADER	       0x202
#define VERSION	       0x206
#define TYPE_OF_LOADER 0x210
#define LOADFLAGS      0x211
#define RAMDISK_IMAGE  0x218
#define RAMDISK_SIZE   0x21c
#define HEAP_END_PTR   0x224
#define CMD_LINE_PTR   0x228
#define HEADER_END     0x22c

#define SETUP_SECTS_OLD 4 /* what a 0 means */
#define VERSION_LEAST	0x0202
#define LOADED_HIGH	0x01
#define CAN_USE_HEAP	0x80
#define LOADER_UNKNOWN	0xff

static uint16_t word_at(const uint8_t *mem)
{
	return (uint16_t)(mem[0] | mem[1] << 8);
}

/* Bytes of the 16-bit part, or 0: no kernel that can be started so. */
static uint32_t setup_bytes(const uint8_t *image, uint32_t bytes)
{
	uint32_t setup;

	if (bytes < HEADER_END || word_at(image + BOOT_FLAG) != 0xaa55 ||
	    memcmp(image + HEADER, "HdrS", 4) ||
	    word_at(image + VERSION) < VERSION_LEAST ||
	    !(image[LOADFLAGS] & LOADED_HIGH))
		return 0;
	setup = image[SETUP_SECTS] ? image[SETUP_SECTS] : SETUP_SECTS_OLD;
	setup = (setup + 1) * SECTOR_BYTES;
	return setup <= SETUP_MAX && setup <= bytes ? setup : 0;
}

/* What a boot loader writes into the 16-bit part. */
static void fill_in(uint8_t *setup)
{
	uint16_t heap_end = ROM_KERNEL_STACK - 0x200; /* the protocol's way */

	setup[TYPE_OF_LOADER] = LOADER_UNKNOWN;
	setup[LOADFLAGS] |= CAN_USE_HEAP;
	memset(setup + RAMDISK_IMAGE, 0, 4);
	memset(setup + RAMDISK_SIZE, 0, 4);
	memcpy(setup + HEAP_END_PTR, &heap_end, sizeof(heap_end));
	memset(setup + CMD_LINE_PTR, 0, 4);
}

void load_program(struct rom_low *low, const void *payload, uint32_t bytes,
		  uint32_t crc, struct rom_info *info)
{
	const uint8_t *image = payload;
	uint8_t *setup_at = rm_ptr(SETUP_SEGMENT, 0);
	uint32_t setup;

	if (load_crc(low, payload, bytes, crc))
		return;
	setup = setup_bytes(image, bytes);
	if (!setup || bytes - setup > ROM_LOADER - KERNEL_AT) {
		load_fail(low, "the program is no kernel that fits");
		return;
	}
	memcpy(setup_at, image, setup);
	memcpy(rm_phys(KERNEL_AT), image + setup, bytes - setup);
	fill_in(setup_at);
	low->kernel = SETUP_SEGMENT;
}
