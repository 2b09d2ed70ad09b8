/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * What the stand-alone program stands on: 32 bits, flat, no paging, no SSE, no
 * operating system; below it a BIOS in real mode.
 *
 * program_main() runs with interrupts off. They are served only in
 * rm_irq_window(), rm_halt() and during real-mode calls, and always by the
 * BIOS's own real-mode handlers (and what is hooked there).
 *
 * Nothing here may be called from a real-mode hook.
 */
#ifndef ROMLAYOUT_RM_H
#define ROMLAYOUT_RM_H

#include <stddef.h>
#include <stdint.h>

#include "romlayout/include/bios.h"

/*
 * What the loader hands to the program. The layout is known to assembler code
 * (romlayout/rom/, romlayout/prog/): new members go to the end.
 */
struct rom_info {
	uint32_t magic;	    /* ROM_INFO_MAGIC */
	uint32_t bytes;	    /* sizeof(struct rom_info) */
	uint16_t ret_sp;    /* real-mode stack on which a far return */
	uint16_t ret_ss;    /* ... goes back to the loader's own code */
	uint16_t bus_devfn; /* of the card whose ROM we are, bus in bits 8-15 */
	uint16_t pci_vendor; /* what the ROM's header names, not the card */
	uint16_t pci_device;
	uint16_t reserved;
	uint32_t stock_rom;   /* physical address of the stock iPXE ROM, or 0 */
	uint32_t stock_bytes; /* its length */
	uint64_t tsc_start; /* TSC at the first instruction of our boot entry */
	uint64_t tsc_loaded; /* TSC when the program was unpacked */
	/*
	 * Started by a PXE stack (0000:7C00): where it says that its !PXE and
	 * its PXENV+ are, unchecked. 0, all four, for a ROM.
	 */
	uint16_t pxe_off, pxe_seg;
	uint16_t pxenv_off, pxenv_seg;
	uint32_t started_by; /* ROM_INFO_BY_ */
};

#define ROM_INFO_BY_ROM 0
#define ROM_INFO_BY_PXE 1

#define ROM_INFO_MAGIC 0x4f464e49 /* "INFO" */

/*
 * The program itself, written by whoever builds on this.
 *
 * Returns when the machine is to go on with its next boot device: every hook
 * taken back, UNDI stopped. The value is logged; a PXE stack that started us
 * is told success for 0, else failure.
 */
int program_main(void);

/* What the loader told. Never NULL. */
const struct rom_info *rm_rom_info(void);

/* The processor's time stamp counter. */
static inline uint64_t rm_tsc(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return (uint64_t)high << 32 | low;
}

static inline uint8_t rm_inb(uint16_t port)
{
	uint8_t value;

	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static inline void rm_outb(uint16_t port, uint8_t value)
{
	__asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline uint16_t rm_inw(uint16_t port)
{
	uint16_t value;

	__asm__ volatile("inw %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static inline void rm_outw(uint16_t port, uint16_t value)
{
	__asm__ volatile("outw %0, %1" : : "a"(value), "Nd"(port));
}

static inline uint32_t rm_inl(uint16_t port)
{
	uint32_t value;

	__asm__ volatile("inl %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static inline void rm_outl(uint16_t port, uint32_t value)
{
	__asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port));
}

/*
 * A pointer to physical address @phys, which the compiler does not reason
 * about: low addresses, address 0 among them, are as good as any.
 */
static inline void *rm_phys(uintptr_t phys)
{
	__asm__("" : "+r"(phys));
	return (void *)phys;
}

/* The same for a real-mode address. */
static inline void *rm_ptr(uint16_t seg, uint16_t off)
{
	return rm_phys(((uintptr_t)seg << 4) + off);
}

/*
 * Call software interrupt @vector in real mode.
 * @regs: registers in and out; in eflags only BIOS_CF and BIOS_ZF go in
 *
 * Context: program only. Hardware interrupts may be served meanwhile.
 */
void rm_int(uint8_t vector, struct bios_regs *regs);

/*
 * Call a real-mode far procedure with words on its stack, interrupts enabled.
 * @args: @n words (at most 32) as the callee finds them above its return
 *	address, args[0] nearest. A PXE call has {opcode, offset, segment} of
 *	the parameter block; an UNDI loader {offset, segment}
 *
 * Who takes the arguments off the stack (C or Pascal) does not matter.
 * Returns AX.
 */
uint16_t rm_far_call(uint16_t seg, uint16_t off, const uint16_t *args,
		     unsigned int n);

/* The same with registers in and out, as rm_int() has them. */
void rm_far_call_regs(uint16_t seg, uint16_t off, const uint16_t *args,
		      unsigned int n, struct bios_regs *regs);

/* Serve the hardware interrupts that are waiting. Cheap when none is. */
void rm_irq_window(void);

/*
 * Halt the processor until the next hardware interrupt, and serve it. One that
 * waits already ends it at once. The BIOS's timer ends it after 55 ms at most.
 */
void rm_halt(void);

/*
 * Take @bytes (at most 64 KiB) of conventional memory, zeroed, 16-byte
 * aligned; *@segment:0000 is its real-mode address.
 *
 * It comes from a block that was taken from the BIOS by lowering the base
 * memory size at 0040:0013, so it lies above that size, as an UNDI driver
 * under a caller's own management wants it. It is never given back singly.
 *
 * Returns NULL if there is not enough.
 */
void *rm_low_alloc(size_t bytes, uint16_t *segment);

/* What rm_low_alloc() can still give. */
size_t rm_low_free_bytes(void);

/*
 * Conventional memory below the base memory size that nobody owns: for a copy
 * of a ROM that is needed for one call. Not zeroed, shared by all who ask.
 * *@segment:0000 is its address, *@bytes its length (above 128 KiB on any PC).
 */
void *rm_low_scratch(uint16_t *segment, size_t *bytes);

/* One range of INT 15h AX=E820h. */
struct rm_region {
	uint64_t base, bytes;
	uint32_t type; /* RM_REGION_RAM, or something to stay away from */
};

#define RM_REGION_RAM 1

/*
 * Read the BIOS's memory map as it is now.
 * @max: room in @regions
 *
 * Returns how many ranges there are, never more than @max; 0 if the BIOS has
 * no such map.
 */
unsigned int rm_memory_map(struct rm_region *regions, unsigned int max);

/* The program's own image, stack and stock ROM in physical memory: [lo, hi). */
void rm_program_range(uintptr_t *lo, uintptr_t *hi);

/*
 * Make the heap of all RAM between 1 MiB and 4 GiB that the BIOS's map has now
 * and the program does not use itself. Call it once, AFTER the UNDI driver was
 * started: that takes its memory out of the map first.
 *
 * Returns 0, or -ENOMEM if there is none.
 */
int heap_init(void);

/*
 * Take @bytes, 16-byte aligned, not zeroed. Returns NULL when no free range is
 * as long, before heap_init(), and for 0 bytes.
 */
void *heap_alloc(size_t bytes);

/* Give back what heap_alloc() gave. NULL is nothing. */
void heap_free(void *mem);

/* Bytes that are free, in however many pieces. */
size_t heap_free_bytes(void);

/* The longest single piece that heap_alloc() would give now. */
size_t heap_largest_bytes(void);

/*
 * Write text to QEMU's debug ports (402h and E9h); a PC without them loses it.
 * Works at any time, also in the middle of a crash.
 */
void rm_debug(const char *text);

/*
 * Print @text and a place on the screen in text mode and the debug port, and
 * halt for good.
 */
void rm_panic(const char *text) __attribute__((noreturn));

/* The BIOS as vga/ and kbd/ see it. */
extern struct bios rm_bios;

#endif
