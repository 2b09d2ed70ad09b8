/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Calls of real mode. The thunk's code and frame lie at the start of a segment
 * in low memory of their own; one call is under way at a time, because a call
 * keeps interrupts in 32 bits off.
 */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "romlayout/prog/prog.h"

#define FLAGS_ALWAYS 0x0002
#define FLAGS_IF     0x0200
#define FLAGS_IN     (BIOS_CF | BIOS_ZF)

extern uint64_t gdt[];
void thunk_load_gdt(void);

static uint16_t thunk_seg;
static struct thunk_frame *frame;

/* Give the 16-bit descriptor @index the base @base. */
static void set_base(unsigned int index, uint32_t base)
{
	gdt[index] |= (uint64_t)(base & 0xffffff) << 16 | (uint64_t)(base >> 24)
								  << 56;
}

void thunk_start(void)
{
	char *thunk = rm_low_alloc(THUNK_BYTES, &thunk_seg);

	if (!thunk)
		rm_panic("no low memory for the way to the BIOS");
	memcpy(thunk16_segment, &thunk_seg, sizeof(thunk_seg));
	memcpy(thunk, thunk16_start, (size_t)(thunk16_end - thunk16_start));
	frame = (struct thunk_frame *)(thunk + (thunk16_frame - thunk16_start));
	set_base(SEL_CODE16 / 8, (uint32_t)(uintptr_t)thunk);
	set_base(SEL_DATA16 / 8, (uint32_t)(uintptr_t)thunk);
	thunk_load_gdt();
}

static void set_frame(const struct bios_regs *regs, uint16_t seg, uint16_t off,
		      const uint16_t *args, unsigned int n)
{
	memcpy(frame, regs, offsetof(struct thunk_frame, eflags));
	frame->seg = seg;
	frame->off = off;
	frame->arg_bytes = (uint16_t)(n * sizeof(*args));
	memcpy(frame->arg, args, n * sizeof(*args));
}

/* Run the call in the frame with @flags; what comes back goes to @regs. */
static void run(uint32_t flags, struct bios_regs *regs)
{
	frame->eflags = FLAGS_ALWAYS | flags;
	thunk_switch();
	memcpy(regs, frame, offsetof(struct thunk_frame, eflags));
	regs->eflags = frame->eflags;
}

/* Interrupts off; returns what they were. */
static uint32_t irq_save(void)
{
	uint32_t flags;

	__asm__ volatile("pushfl; popl %0; cli" : "=r"(flags) : : "memory");
	return flags;
}

static void irq_restore(uint32_t flags)
{
	if (flags & FLAGS_IF)
		__asm__ volatile("sti" : : : "memory");
}

/* Call the handler of @vector as the processor would, with @flags on top. */
static void run_vector(uint8_t vector, uint16_t flags, struct bios_regs *regs)
{
	const uint16_t *entry = rm_phys(vector * 4u);

	flags |= FLAGS_ALWAYS;
	set_frame(regs, entry[1], entry[0], &flags, 1);
	run(flags & FLAGS_IN, regs);
}

void rm_int(uint8_t vector, struct bios_regs *regs)
{
	uint32_t irq = irq_save();

	run_vector(vector, FLAGS_IF | (regs->eflags & FLAGS_IN), regs);
	irq_restore(irq);
}

void thunk_reflect(uint8_t vector)
{
	struct bios_regs regs = {0};

	run_vector(vector, 0, &regs);
}

void rm_far_call_regs(uint16_t seg, uint16_t off, const uint16_t *args,
		      unsigned int n, struct bios_regs *regs)
{
	uint32_t irq = irq_save();

	if (n >= THUNK_ARGS)
		rm_panic("too many arguments for a real-mode call");
	set_frame(regs, seg, off, args, n);
	run(FLAGS_IF | (regs->eflags & FLAGS_IN), regs);
	irq_restore(irq);
}

uint16_t rm_far_call(uint16_t seg, uint16_t off, const uint16_t *args,
		     unsigned int n)
{
	struct bios_regs regs = {0};

	rm_far_call_regs(seg, off, args, n, &regs);
	return (uint16_t)regs.eax;
}

void thunk_leave(uint16_t ss, uint16_t sp, uint16_t status)
{
	struct bios_regs regs = {.eax = status, .ebx = ss, .ecx = sp};

	rm_far_call_regs(thunk_seg, (uint16_t)(thunk16_leave - thunk16_start),
			 NULL, 0, &regs);
	__builtin_unreachable();
}
