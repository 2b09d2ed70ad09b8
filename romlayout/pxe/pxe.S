/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The PXE network program's first instructions (PXE 2.1, chapter 4.4.5). A PXE
 * stack, or whatever poses as one, calls 0000:7C00 as a far procedure: ES:BX
 * points to PXENV+, the double word above the return address to !PXE. Neither
 * need be there: the program looks at them later.
 *
 * Takes no memory that the BIOS's map does not give: the stack lies in it, and
 * is gone back to at the end, with PXENV_EXIT_SUCCESS or _FAILURE in AX.
 */
#include "romlayout/pxe/pxe.h"
#include "romlayout/rom/rom.h"

#define E820_SIGNATURE 0x534d4150	/* "SMAP" */
#define E820_BYTES     20
#define E820_RAM       1

/* What prog/low.c takes, and what it leaves below that. */
#define BASE_KIB_LEAST 352
#define BASE_KIB       0x413

/* Offset of EAX in what pushal leaves. */
#define PUSHAL_EAX 28

	.section .low.start, "awx"
	.code16
	.globl	pxe_start
pxe_start:
	ljmp	$0, $pxe_entry

	/* struct pxe_image */
	.org	PXE_IMAGE_OFFSET
	.ascii	"SPICEPXE"
	.long	0, 0, 0
memory_end:
	.long	0

pxe_entry:
	pushfl
	pushal
	movw	%sp, %bp
	pushw	%ds
	pushw	%es
	pushw	%fs
	pushw	%gs
	pushw	%cs
	pushw	$pxe_return

	/* Where struct rom_low lies; first what it is told. */
	cld
	xorw	%ax, %ax
	movw	%ax, %ds
	movw	%bx, low_pxenv
	movw	%es, low_pxenv + 2
	movl	(32 + 4 + 4)(%bp), %eax	/* above pushal, flags, return */
	movl	%eax, low_pxe
	rdtsc
	movl	%eax, low_tsc
	movl	%edx, low_tsc + 4
	movl	$PXE_LOAD, low_image
	movw	%sp, low_ret
	movw	%ss, low_ret + 2

	cmpw	$BASE_KIB_LEAST, BASE_KIB
	jb	no_base

	/* Is there RAM, all of it free, from 6 MiB to the program's end? */
	xorw	%ax, %ax
	movw	%ax, %es
	xorl	%ebx, %ebx
1:	movl	$0xe820, %eax
	movl	$E820_BYTES, %ecx
	movl	$E820_SIGNATURE, %edx
	movw	$e820, %di
	int	$0x15
	jc	3f
	cmpl	$E820_SIGNATURE, %eax
	jne	3f
	cmpl	$E820_RAM, e820 + 16
	jne	2f
	cmpl	$0, e820 + 4
	jne	2f
	movl	e820, %eax
	cmpl	$ROM_LOADER, %eax
	ja	2f
	movl	e820 + 12, %edx
	addl	e820 + 8, %eax
	adcl	$0, %edx
	jnz	low_entry
	cmpl	memory_end, %eax
	jae	low_entry
2:	testl	%ebx, %ebx
	jnz	1b
3:	movw	$no_memory, %si
	jmp	low_fail
no_base:
	movw	$no_base_memory, %si
	jmp	low_fail

/* The way back. The stack has the registers that we were called with. */
pxe_return:
	popw	%gs
	popw	%fs
	popw	%es
	popw	%ds
	movw	%sp, %bp
	movw	%ax, PUSHAL_EAX(%bp)
	popal
	popfl
	lret

no_memory:
	.asciz	"ipxe-spice: too little memory is free above 1 MiB\r\n"
no_base_memory:
	.asciz	"ipxe-spice: the PXE stack leaves too little below 640 KiB\r\n"
	.balign	4
e820:	.skip	E820_BYTES

	.section .note.GNU-stack, "", @progbits
