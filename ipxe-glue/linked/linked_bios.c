/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * struct bios on iPXE's librm: real-mode calls through its REAL_CODE, low
 * memory out of its own 16-bit data segment.
 *
 * Addresses: iPXE's segments begin where it has moved itself to, so that a
 * pointer is a physical address less that offset; phys_to_virt() knows.
 */
#include <realmode.h>
#include <string.h>

#include <ipxe/io.h>

#include "ipxe-glue/linked/linked.h"
#include "kbd/kbd_hook.h"
#include "romlayout/include/bios.h"

/* The VBE's buffer, and the resident block with its ring. */
#define LOW_BYTES (1024 + sizeof(struct kbd_hook) + 64)

/* What a call takes and gives; known by offset to the code below. */
struct low_call {
	uint32_t edi, esi, ebp, ebx, edx, ecx, eax; /* 0 to 24 */
	uint16_t ds, es;			    /* 28, 30 */
	uint32_t eflags;			    /* 32 */
	uint8_t vector;				    /* 36 */
} __attribute__((packed));

static struct low_call __bss16(linked_call);
#define linked_call __use_data16(linked_call)

static uint8_t __attribute__((aligned(16)))
__bss16_array(linked_low, [LOW_BYTES]);
#define linked_low __use_data16(linked_low)

static size_t low_used;

void linked_bios_start(void)
{
	low_used = 0;
}

/*
 * The registers in linked_call are loaded, the interrupt is called with
 * interrupts on, and they are stored again. All else stays as it was.
 */
static __attribute__((noinline)) void call_real(void)
{
	__asm__ volatile(REAL_CODE("pushal\n\t"
				   "pushw %%ds\n\t"
				   "pushw %%es\n\t"
				   "movb linked_call + 36, %%al\n\t"
				   "movb %%al, %%cs:( 1f + 1 )\n\t"
				   "movl linked_call, %%edi\n\t"
				   "movl linked_call + 4, %%esi\n\t"
				   "movl linked_call + 8, %%ebp\n\t"
				   "movl linked_call + 12, %%ebx\n\t"
				   "movl linked_call + 16, %%edx\n\t"
				   "movl linked_call + 20, %%ecx\n\t"
				   "movl linked_call + 24, %%eax\n\t"
				   "movw linked_call + 30, %%es\n\t"
				   "movw linked_call + 28, %%ds\n\t"
				   "sti\n\t"
				   "\n1:\n\t"
				   "int $0x00\n\t"
				   "cli\n\t"
				   "pushw %%ds\n\t"
				   "movw %%cs:rm_ds, %%ds\n\t"
				   "popw linked_call + 28\n\t"
				   "pushfl\n\t"
				   "popl linked_call + 32\n\t"
				   "cld\n\t"
				   "movw %%es, linked_call + 30\n\t"
				   "movl %%eax, linked_call + 24\n\t"
				   "movl %%ecx, linked_call + 20\n\t"
				   "movl %%edx, linked_call + 16\n\t"
				   "movl %%ebx, linked_call + 12\n\t"
				   "movl %%ebp, linked_call + 8\n\t"
				   "movl %%esi, linked_call + 4\n\t"
				   "movl %%edi, linked_call\n\t"
				   "popw %%es\n\t"
				   "popw %%ds\n\t"
				   "popal\n\t")
			 :
			 :
			 : "memory", "cc");
}

static void bios_call(struct bios *bios, uint8_t vector, struct bios_regs *regs)
{
	linked_call.edi = regs->edi;
	linked_call.esi = regs->esi;
	linked_call.ebp = regs->ebp;
	linked_call.ebx = regs->ebx;
	linked_call.edx = regs->edx;
	linked_call.ecx = regs->ecx;
	linked_call.eax = regs->eax;
	linked_call.ds = regs->ds;
	linked_call.es = regs->es;
	linked_call.vector = vector;
	call_real();
	regs->edi = linked_call.edi;
	regs->esi = linked_call.esi;
	regs->ebp = linked_call.ebp;
	regs->ebx = linked_call.ebx;
	regs->edx = linked_call.edx;
	regs->ecx = linked_call.ecx;
	regs->eax = linked_call.eax;
	regs->ds = linked_call.ds;
	regs->es = linked_call.es;
	regs->eflags = linked_call.eflags;
}

static void *bios_map(struct bios *bios, uint64_t phys, size_t bytes)
{
	uint64_t end = phys + bytes;

	if (end < phys || end > 1ull << 32)
		return NULL;
	return phys_to_virt(phys);
}

static void *bios_low(struct bios *bios, size_t bytes, uint16_t *segment)
{
	uint8_t *low = &linked_low[0];
	size_t whole = (bytes + 15) & ~(size_t)15;

	if (whole < bytes || whole > LOW_BYTES - low_used)
		return NULL;
	low += low_used;
	low_used += whole;
	*segment = rm_ds + (__from_data16(low) >> 4);
	return memset(low, 0, whole);
}

static uint8_t bios_inb(struct bios *bios, uint16_t port)
{
	return inb(port);
}

static void bios_outb(struct bios *bios, uint16_t port, uint8_t value)
{
	outb(value, port);
}

struct bios linked_bios = {
	.call = bios_call,
	.map = bios_map,
	.low = bios_low,
	.inb = bios_inb,
	.outb = bios_outb,
};
