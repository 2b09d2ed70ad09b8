/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The end of a program that went wrong: what happened goes to the debug ports
 * and, in text mode, to the screen; then the machine halts.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "romlayout/prog/prog.h"

#define DEBUG_SEABIOS 0x402 /* QEMU's -device isa-debugcon,iobase=0x402 */
#define DEBUG_BOCHS   0xe9
#define DEBUG_THERE   0xe9 /* what both answer to a read */

#define SCREEN	    0xb8000
#define SCREEN_COLS 80
#define SCREEN_ROWS 25
#define SCREEN_ATTR 0x4f00 /* white on red */

#define STACK_WORDS 16

void rm_debug(const char *text)
{
	bool seabios = rm_inb(DEBUG_SEABIOS) == DEBUG_THERE;
	bool bochs = rm_inb(DEBUG_BOCHS) == DEBUG_THERE;

	for (; *text; text++) {
		if (seabios)
			rm_outb(DEBUG_SEABIOS, (uint8_t)*text);
		if (bochs)
			rm_outb(DEBUG_BOCHS, (uint8_t)*text);
	}
}

/* Write @text from the upper left corner on. */
static void show(const char *text)
{
	volatile uint16_t *cell = rm_phys(SCREEN);
	unsigned int at = 0;

	for (; *text && at < SCREEN_COLS * SCREEN_ROWS; text++) {
		if (*text == '\n')
			at += SCREEN_COLS - at % SCREEN_COLS;
		else
			cell[at++] = SCREEN_ATTR | (uint8_t)*text;
	}
}

/* Show @text and halt. A crash while it does so only halts. */
static void __attribute__((noreturn)) stop(const char *text)
{
	static bool stopping;
	struct bios_regs text_mode = {.eax = 0x0003};

	__asm__ volatile("cli");
	if (!stopping) {
		stopping = true;
		rm_debug(text);
		rm_int(0x10, &text_mode);
		show(text);
	}
	for (;;)
		__asm__ volatile("cli; hlt");
}

void crash_check_stack(void)
{
	if (stack_bottom != STACK_GUARD)
		rm_panic("the stack has overflowed");
}

void rm_panic(const char *text)
{
	char all[256];

	snprintf(all, sizeof(all), "ipxe-spice halted: %s\n", text);
	stop(all);
}

/* The name of exception @vector. */
static const char *exception_name(uint32_t vector)
{
	static const char *const names[] = {
		[0] = "division",     [1] = "debug",
		[3] = "breakpoint",   [4] = "overflow",
		[5] = "bounds",	      [6] = "invalid instruction",
		[7] = "no FPU",	      [8] = "double fault",
		[10] = "invalid TSS", [11] = "no segment",
		[12] = "stack",	      [13] = "protection",
		[14] = "page",	      [16] = "FPU",
		[17] = "alignment",   [18] = "machine check",
		[19] = "SSE",
	};

	if (vector < sizeof(names) / sizeof(*names) && names[vector])
		return names[vector];
	return "unknown";
}

/* Does exception @vector push an error code? */
static bool has_error_code(uint32_t vector)
{
	return vector == 8 || (vector >= 10 && vector <= 14) || vector == 17 ||
	       vector == 21;
}

/* Append the words at @stack to @text. */
static void dump_stack(char *text, size_t room, const uint32_t *stack)
{
	size_t used = 0;
	unsigned int i;

	for (i = 0; i < STACK_WORDS && used < room; i++)
		used += (size_t)snprintf(text + used, room - used, "%08lx%c",
					 (unsigned long)stack[i],
					 i % 8 == 7 ? '\n' : ' ');
}

void crash_exception(const struct trap_frame *t)
{
	bool coded = has_error_code(t->vector);
	const uint32_t *at = t->rest + coded;
	char text[768], stack[STACK_WORDS * 9 + 1];

	dump_stack(stack, sizeof(stack), at + 3);
	snprintf(text, sizeof(text),
		 "ipxe-spice halted: exception %lu (%s) at %08lx code %lx\n"
		 "eax %08lx ebx %08lx ecx %08lx edx %08lx\n"
		 "esi %08lx edi %08lx ebp %08lx esp %08lx flags %08lx\n"
		 "stack:\n%s",
		 (unsigned long)t->vector, exception_name(t->vector),
		 (unsigned long)at[0], (unsigned long)(coded ? t->rest[0] : 0),
		 (unsigned long)t->eax, (unsigned long)t->ebx,
		 (unsigned long)t->ecx, (unsigned long)t->edx,
		 (unsigned long)t->esi, (unsigned long)t->edi,
		 (unsigned long)t->ebp, (unsigned long)(uintptr_t)(at + 3),
		 (unsigned long)at[2], stack);
	stop(text);
}
