/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Interrupts in 32 bits. The PIC is left as the BIOS programmed it, IRQ 0-7 at
 * vectors 8-15 and IRQ 8-15 at 70h-77h, and so is who serves it: an interrupt
 * is done again in real mode, through the BIOS's own vector. A CPU exception is
 * a fault of ours: it is shown, and the machine halts.
 */
#include <stdbool.h>
#include <stdint.h>

#include "romlayout/prog/prog.h"

#define PIC_COMMAND   0x20
#define PIC_READ_IRR  0x0a /* reads of the command port give what waits */
#define PIC_READ_ISR  0x0b /* ... what is in service */
#define PIC_VECTOR    8
#define PIC_LAST      15 /* IRQ 7: also when spurious, and no exception */
#define VECTOR_NMI    2
#define VECTOR_X87OLD 9 /* no processor since the 386 raises it */
#define EXCEPTIONS    32
#define VECTORS	      256

#define GATE_INTERRUPT 0x8e00ull /* present, ring 0, 32 bits, IF off */

static uint64_t trap_idt[VECTORS];

struct idt_register {
	uint16_t limit;
	const void *base;
} __attribute__((packed));

/* thunk16.S loads it on each way back. */
extern const struct idt_register trap_idt_register;
const struct idt_register trap_idt_register = {
	.limit = sizeof(trap_idt) - 1,
	.base = trap_idt,
};

void trap_start(void)
{
	unsigned int i;

	for (i = 0; i < VECTORS; i++) {
		uint64_t entry = (uintptr_t)trap_entries + i * TRAP_ENTRY_BYTES;

		trap_idt[i] = (entry & 0xffff) | SEL_CODE32 << 16 |
			      GATE_INTERRUPT << 32 | (entry >> 16) << 48;
	}
	__asm__ volatile("lidtl %0" : : "m"(trap_idt_register));
}

/* Has the PIC the IRQ of @vector in service? */
static bool is_irq(uint32_t vector)
{
	uint8_t in_service;

	if (vector < PIC_VECTOR || vector > PIC_LAST)
		return false;
	if (vector == PIC_LAST || vector == VECTOR_X87OLD)
		return true;
	rm_outb(PIC_COMMAND, PIC_READ_ISR);
	in_service = rm_inb(PIC_COMMAND);
	rm_outb(PIC_COMMAND, PIC_READ_IRR);
	return in_service & 1 << (vector - PIC_VECTOR);
}

void trap_handle(struct trap_frame *trap)
{
	if (trap->vector < EXCEPTIONS && trap->vector != VECTOR_NMI &&
	    !is_irq(trap->vector))
		crash_exception(trap);
	thunk_reflect((uint8_t)trap->vector);
}

void rm_irq_window(void)
{
	crash_check_stack();

	/* After sti one more instruction runs before an interrupt can come. */
	__asm__ volatile("sti; nop; nop; cli" : : : "memory");
}

void rm_halt(void)
{
	crash_check_stack();

	/* Because of the same, none can slip in between sti and hlt. */
	__asm__ volatile("sti; hlt; cli" : : : "memory");
}
