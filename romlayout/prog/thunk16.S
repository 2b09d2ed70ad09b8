/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The way to real mode and back, for one call.
 *
 * thunk_switch, in 32 bits, changes to the 16-bit code below, of which a copy
 * lies at the start of the low memory block. That code leaves protected mode,
 * loads the registers of its frame (struct thunk_frame), calls, saves the
 * registers and comes back.
 *
 * An `int n` is a far call with the flags as its one argument. Where the callee
 * leaves the stack pointer does not matter: nothing of ours lies on that stack.
 */
#include "romlayout/prog/prog.h"

/* Offsets in struct thunk_frame, from the segment's start. */
#define OFF(label) ((label) - thunk16_start)
#define FRAME(n)   (OFF(thunk16_frame) + (n))

	.section .data.thunk16, "aw"
	.code16
	.balign	16
	.globl	thunk16_start, thunk16_end, thunk16_frame, thunk16_leave
	.globl	thunk16_segment
thunk16_start:
	/* 16-bit protected mode: give the segment registers 64 KiB limits. */
	movw	$SEL_DATA16, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %fs
	movw	%ax, %gs
	movw	%ax, %ss
	lidtl	OFF(idt16)

	/* Paging off too: a callee of the past may have left it on. */
	movl	%cr0, %eax
	andl	$0x7ffffffe, %eax
	movl	%eax, %cr0
	.byte	0xea			/* far jump to real_mode, ... */
	.word	OFF(real_mode)
thunk16_segment:
	.word	0			/* ... whose segment is put in here */

real_mode:
	cld
	movw	%cs, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	movl	$THUNK_BYTES, %esp
	xorw	%ax, %ax
	movw	%ax, %fs
	movw	%ax, %gs

	/* The arguments onto the stack, then flags and registers. */
	movw	FRAME(40), %cx
	subw	%cx, %sp
	movw	$FRAME(42), %si
	movw	%sp, %di
	rep movsb
	movl	FRAME(0), %eax
	movl	FRAME(4), %ebx
	movl	FRAME(8), %ecx
	movl	FRAME(12), %edx
	movl	FRAME(16), %esi
	movl	FRAME(20), %edi
	movl	FRAME(24), %ebp
	pushw	FRAME(32)
	movw	FRAME(30), %es
	movw	FRAME(28), %ds
	popfw
	lcall	*%cs:FRAME(36)

	/* Only CS is ours now. */
	pushfl
	cli
	cld
	popl	%cs:FRAME(32)
	movl	%eax, %cs:FRAME(0)
	movl	%ebx, %cs:FRAME(4)
	movl	%ecx, %cs:FRAME(8)
	movl	%edx, %cs:FRAME(12)
	movl	%esi, %cs:FRAME(16)
	movl	%edi, %cs:FRAME(20)
	movl	%ebp, %cs:FRAME(24)
	movw	%ds, %cs:FRAME(28)
	movw	%es, %cs:FRAME(30)

	lgdtl	%cs:OFF(gdt16)
	movl	%cr0, %eax
	orb	$1, %al
	movl	%eax, %cr0
	ljmpl	$SEL_CODE32, $thunk_back

/*
 * Called as a real-mode procedure: change to the stack BX:CX and return to who
 * is on it, AX as it is. The frame may be gone at that moment, the code not yet.
 */
thunk16_leave:
	cli
	movw	%bx, %ss
	movzwl	%cx, %esp
	sti
	lret

	.balign	4
gdt16:	.word	gdt_end - gdt - 1
	.long	gdt
idt16:	.word	0x3ff
	.long	0
	/*
	 * The frame has a page of its own: an emulator (QEMU's TCG) translates
	 * a page's code anew after every write to that page.
	 */
	.skip	THUNK_FRAME - (. - thunk16_start)
thunk16_frame:
	.skip	42 + 2 * THUNK_ARGS
	.balign	16
thunk16_end:

	.code32
	.section .text.thunk_switch, "ax"
	.globl	thunk_switch
thunk_switch:
	pushal
	pushfl
	cli
	movl	%esp, saved_esp
	ljmpl	*to_thunk16

thunk_back:
	movw	$SEL_DATA32, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %fs
	movw	%ax, %gs
	movw	%ax, %ss
	movl	saved_esp, %esp
	lidtl	trap_idt_register
	popfl
	popal
	ret

	/* Load the GDT for the first time, with the segments that come of it. */
	.globl	thunk_load_gdt
thunk_load_gdt:
	lgdtl	gdt32
	ljmpl	$SEL_CODE32, $1f
1:	movw	$SEL_DATA32, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %fs
	movw	%ax, %gs
	movw	%ax, %ss
	ret

	.section .data.thunk_switch, "aw"
	.balign	8
	.globl	gdt
gdt:	.quad	0
	.quad	0x00cf9b000000ffff	/* 32-bit code, flat */
	.quad	0x00cf93000000ffff	/* 32-bit data, flat */
	.quad	0x00009b000000ffff	/* 16-bit code, base to come */
	.quad	0x000093000000ffff	/* 16-bit data, base to come */
gdt_end:
	.balign	4
gdt32:	.word	gdt_end - gdt - 1
	.long	gdt
	.balign	4
to_thunk16:
	.long	0
	.word	SEL_CODE16

	.section .bss.thunk_switch, "aw", @nobits
	.balign	4
saved_esp:
	.skip	4

	.section .note.GNU-stack, "", @progbits
