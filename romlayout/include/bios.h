/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * How code in 32 bits reaches the PC's BIOS and hardware: the shape only.
 *
 * romlayout/ fills this in on the stand-alone program, ipxe-glue/linked/ inside
 * iPXE, and a test with a script of what it expects. vga/ and kbd/ know nothing
 * else of the machine they run on.
 */
#ifndef ROMLAYOUT_BIOS_H
#define ROMLAYOUT_BIOS_H

#include <stddef.h>
#include <stdint.h>

/* Registers of a real-mode call, in and out. Flags are valid on return. */
struct bios_regs {
	uint32_t eax, ebx, ecx, edx, esi, edi, ebp;
	uint16_t ds, es;
	uint32_t eflags;
};

#define BIOS_CF 0x0001 /* carry, in eflags */
#define BIOS_ZF 0x0040

struct bios {
	void *ctx;

	/*
	 * Call software interrupt @vector with @regs, interrupts enabled as
	 * the BIOS wants them. May run hardware interrupt handlers.
	 */
	void (*call)(struct bios *bios, uint8_t vector, struct bios_regs *regs);

	/*
	 * Make @bytes at physical address @phys readable and writable, NULL
	 * where that is impossible. Addresses below 1 MiB always work.
	 */
	void *(*map)(struct bios *bios, uint64_t phys, size_t bytes);

	/*
	 * Take @bytes of conventional memory, 16-byte aligned and inside one
	 * segment, for code or buffers that real mode sees; *@segment is its
	 * real-mode segment (offset 0). NULL when there is none. It stays until
	 * the program ends.
	 */
	void *(*low)(struct bios *bios, size_t bytes, uint16_t *segment);

	uint8_t (*inb)(struct bios *bios, uint16_t port);
	void (*outb)(struct bios *bios, uint16_t port, uint8_t value);
};

#endif
