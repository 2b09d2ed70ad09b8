/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * What the option ROM's parts and romlayout/mkrom.py agree on, and what the PXE
 * program (romlayout/pxe/) shares: memory, payload, loader. All numbers are
 * little endian and fixed; whoever changes one changes mkrom.py and
 * tools/rom-inspect too.
 *
 * The file:
 *
 *	0		image: headers, rom.S, loader. One for each PCI id, all
 *			of one length and but for the headers the same; the
 *			BIOS copies the one that names its card
 *	behind them	payload, once: struct rom_payload, program (raw
 *			deflate), stock iPXE ROM as it is
 *
 * Memory while the loader runs (addresses that no UNDI loader, BIOS or boot
 * sector uses then):
 *
 *	0000:7C00	low.S, struct rom_low
 *	6 MiB		loader, its stack
 *	8 MiB		program, unpacked; stock ROM behind its .bss; its
 *			stack below
 *	16 MiB		payload as it comes from the card
 */
#ifndef ROMLAYOUT_ROM_H
#define ROMLAYOUT_ROM_H

/* Offset of struct rom_image in the image. */
#define ROM_IMAGE_OFFSET 0x20

#define ROM_LOADER  0x600000
#define ROM_PAYLOAD 0x1000000

#define ROM_LOADER_STACK 0x4000

/* A kernel's 16-bit part is at 1000:0000, with its stack below this. */
#define ROM_KERNEL_STACK 0xe000

/* Characters of the text for the person at the screen. */
#define ROM_MESSAGE_BYTES 200

#ifndef __ASSEMBLER__

#include <stdint.h>

/*
 * In the image, behind the option ROM's header. Offsets count from the file's
 * start: the BIOS copies one image and does not say which.
 */
struct rom_image {
	char magic[8];		 /* ROM_IMAGE_MAGIC */
	uint32_t payload_bytes;	 /* mkrom.py: of the whole payload */
	uint32_t payload_crc;	 /* mkrom.py: its CRC-32 */
	uint32_t payload_offset; /* mkrom.py */
	uint32_t image_offset;	 /* mkrom.py: of this image */
	uint16_t bus_devfn;	 /* the init entry: our card, 0 for none */
	uint8_t balance_init;	 /* the init entry: keeps the sum at 0 */
	uint8_t balance;	 /* mkrom.py: makes it 0 */
};

#define ROM_IMAGE_MAGIC "SPICEROM"

/* At the start of the payload; offsets count from there. */
struct rom_payload {
	char magic[8];		/* ROM_PAYLOAD_MAGIC */
	uint32_t packed_offset; /* the program, raw deflate */
	uint32_t packed_bytes;
	uint32_t load;	       /* its address */
	uint32_t load_bytes;   /* unpacked */
	uint32_t memory_bytes; /* with its .bss */
	uint32_t entry;
	uint32_t stock_offset; /* stock iPXE ROM */
	uint32_t stock_bytes;  /* 0 for none */
};

#define ROM_PAYLOAD_MAGIC "SPICEPAY"

/* What low.S and the loader share. */
struct rom_low {
	uint32_t image; /* where the BIOS, or a PXE stack, has put the image */
	uint16_t ret_sp, ret_ss;
	uint64_t tsc_start;
	uint16_t pxe_off, pxe_seg;     /* a PXE stack's !PXE, */
	uint16_t pxenv_off, pxenv_seg; /* its PXENV+; 0: none */
	uint16_t kernel; /* the loader: segment of a kernel's 16-bit part, all
			    in place, that is to be entered; 0: none */
	char message[ROM_MESSAGE_BYTES]; /* why the loader gave up */
} __attribute__((packed));

/*
 * Called by low.S: load the program and jump to it. Returns only if that is
 * impossible, with the reason in @low->message.
 */
void load(struct rom_low *low);

/* Returns 0 if address line 20 is on, else -EIO with that as the reason. */
int load_a20(struct rom_low *low);

struct rom_info;

/*
 * Check @payload of @bytes, whose CRC-32 is to be @crc, and start what is in
 * it: a program of ours (load_program.c), or a kernel (romlayout/kernel/).
 * @info: what the caller knows; the rest is filled in here
 *
 * Returns if that is impossible, with the reason in @low->message; or with
 * @low->kernel, which low.S enters in 16 bits.
 */
void load_program(struct rom_low *low, const void *payload, uint32_t bytes,
		  uint32_t crc, struct rom_info *info);

/* Returns 0 if @payload has that CRC-32, else -EIO with that as the reason. */
int load_crc(struct rom_low *low, const void *payload, uint32_t bytes,
	     uint32_t want);

/* Note the reason for the person at the screen. Returns -EIO. */
int load_fail(struct rom_low *low, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
#endif
