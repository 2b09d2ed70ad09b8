/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The part at 0000:7C00, whatever brought it there: the way from 16 bits to the
 * loader in 32 bits, and back when that fails.
 *
 * low_entry is jumped to with DS = 0 and struct rom_low filled in; on the stack
 * that it names lies a far address. A program that ends returns there, with AX
 * = 0 or 1; so does this code after it has shown why nothing could be started
 * (low_fail: text at DS:SI), with AX = 1.
 */
#include "romlayout/rom/rom.h"

#define SEL_CODE32 0x08
#define SEL_DATA32 0x10
#define SEL_CODE16 0x18
#define SEL_DATA16 0x20

#define BOOT_FAILED_TICKS 182	/* ten seconds of 0040:006C */

	.section .low, "awx"
	.code16
	.globl	low_entry
low_entry:
	xorw	%ax, %ax
	movw	%ax, %ds

	/* Address line 20: by the BIOS, then by the fast gate. */
	movw	$0x2401, %ax
	int	$0x15
	inb	$0x92, %al
	testb	$2, %al
	jnz	1f
	orb	$2, %al
	andb	$0xfe, %al		/* bit 0 resets the machine */
	outb	%al, $0x92
1:	cli
	lgdtl	gdt_register
	movl	%cr0, %eax
	orb	$1, %al
	movl	%eax, %cr0
	ljmpl	$SEL_CODE32, $low32

	.code32
low32:	movw	$SEL_DATA32, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %fs
	movw	%ax, %gs
	movw	%ax, %ss

	/* The loader to its place. */
	cld
	movl	low_image, %esi
	addl	$loader_offset, %esi
	movl	$loader_start, %edi
	movl	$loader_words, %ecx
	rep movsl
	movl	$loader_bss, %edi
	movl	$loader_bss_words, %ecx
	xorl	%eax, %eax
	rep stosl
	movl	$loader_stack, %esp
	pushl	$low_image
	movl	$load, %eax
	call	*%eax

	/* It has failed, or left a kernel to be entered. */
	ljmpl	$SEL_CODE16, $low16
	.code16
low16:	movw	$SEL_DATA16, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %fs
	movw	%ax, %gs
	movw	%ax, %ss
	movl	%cr0, %eax
	andb	$0xfe, %al
	movl	%eax, %cr0
	ljmp	$0, $1f
1:	xorw	%ax, %ax
	movw	%ax, %ds
	movw	low_kernel, %ax
	testw	%ax, %ax
	jnz	enter_kernel
	movw	low_ret + 2, %ss
	movzwl	low_ret, %esp
	sti

	/* Say why, and leave time to read it. */
	movw	$low_message, %si
	.globl	low_fail
low_fail:
	cld
2:	lodsb
	testb	%al, %al
	jz	3f
	movb	$0x0e, %ah
	movw	$7, %bx
	pushw	%si
	int	$0x10
	popw	%si
	jmp	2b
3:	movl	0x46c, %ecx
4:	hlt
	movl	0x46c, %eax
	subl	%ecx, %eax
	cmpl	$BOOT_FAILED_TICKS, %eax
	jb	4b
	movw	$1, %ax
	lret

	/* As Linux's boot protocol wants it: the code is 32 paragraphs behind
	   the data, interrupts are off. */
enter_kernel:
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %fs
	movw	%ax, %gs
	movw	%ax, %ss
	movl	$ROM_KERNEL_STACK, %esp
	addw	$0x20, %ax
	pushw	%ax
	pushw	$0
	lret

	.balign	8
gdt:	.quad	0
	.quad	0x00cf9b000000ffff	/* 32-bit code, flat */
	.quad	0x00cf93000000ffff	/* 32-bit data, flat */
	.quad	0x00009b000000ffff	/* 16-bit code */
	.quad	0x000093000000ffff	/* 16-bit data */
gdt_register:
	.word	. - gdt - 1
	.long	gdt

	/* struct rom_low */
	.globl	low_image, low_ret, low_tsc, low_pxe, low_pxenv
	.balign	4
low_image:
	.long	0
low_ret:
	.long	0
low_tsc:
	.quad	0
low_pxe:
	.long	0
low_pxenv:
	.long	0
low_kernel:
	.word	0
low_message:
	.skip	ROM_MESSAGE_BYTES

	.section .bss.stack, "aw", @nobits
	.balign	16
	.skip	ROM_LOADER_STACK
loader_stack:

	.section .note.GNU-stack, "", @progbits
