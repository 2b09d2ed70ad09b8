/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * What the sources of romlayout/prog/ know of each other; rm.h is for all.
 */
#ifndef ROMLAYOUT_PROG_H
#define ROMLAYOUT_PROG_H

#ifndef __ASSEMBLER__
#include <stdint.h>
#include "romlayout/include/rm.h"
#endif

/* Selectors of our GDT. The 16-bit ones start at the thunk's segment. */
#define SEL_CODE32 0x08
#define SEL_DATA32 0x10
#define SEL_CODE16 0x18
#define SEL_DATA16 0x20

/*
 * The thunk's segment in low memory: its code from 0, its frame, then the stack
 * that real-mode calls run on.
 */
#define THUNK_BYTES 0x4000
#define THUNK_FRAME 0x2000

/* Words a far call may have as arguments. */
#define THUNK_ARGS 33

/* Between the entries of two vectors; a push and a jump fit. */
#define TRAP_ENTRY_BYTES 16

#ifndef __ASSEMBLER__

/*
 * One call of real mode, in and out; thunk16.S knows the offsets. The argument
 * words lie on the callee's stack behind its return address.
 */
struct thunk_frame {
	uint32_t eax, ebx, ecx, edx, esi, edi, ebp; /* 0 */
	uint16_t ds, es;			    /* 28, 30 */
	uint32_t eflags;			    /* 32 */
	uint16_t off, seg;			    /* 36, 38: what to call */
	uint16_t arg_bytes;			    /* 40 */
	uint16_t arg[THUNK_ARGS];		    /* 42 */
} __attribute__((packed));

/* What an interrupt left on the stack. */
struct trap_frame {
	uint32_t edi, esi, ebp, esp, ebx, edx, ecx, eax;
	uint32_t vector;
	uint32_t rest[4]; /* [error code,] eip, cs, eflags */
};

/* thunk16.S: what is copied to low memory, and the way there. */
extern char thunk16_start[], thunk16_end[], thunk16_frame[], thunk16_leave[];
extern char thunk16_segment[];
void thunk_switch(void);

/* trap_entry.S: entries of 256 vectors, TRAP_ENTRY_BYTES apart. */
extern char trap_entries[];

/* program.ld: the word that the stack, 128 KiB, reaches last. */
extern uint32_t stack_bottom;
#define STACK_GUARD 0x57ac6a9d

/* Halt if the stack has grown over its guard. */
void crash_check_stack(void);

/* Linker script. */
extern char program_start[], program_end[];

/* Everything that comes before program_main(), in this order. */
void low_start(void);	/* take the block of low memory */
void thunk_start(void); /* real mode can be called */
void trap_start(void);	/* interrupts are reflected */

/* And after it: give back low memory, return to the loader. */
void low_stop(void);
void thunk_leave(uint16_t ss, uint16_t sp, uint16_t status)
	__attribute__((noreturn));

/* Call interrupt @vector for the hardware: no registers. */
void thunk_reflect(uint8_t vector);

/* Show a CPU exception and halt. */
void crash_exception(const struct trap_frame *trap) __attribute__((noreturn));

/* Called from entry.S and trap_entry.S. */
void program_run(void);
void trap_handle(struct trap_frame *trap);

#endif
#endif
