/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The program's first instructions. The loader jumps here in flat 32 bits with
 * interrupts off and ESI at its struct rom_info; there is no way back but
 * through real mode (thunk_leave).
 */
#include "romlayout/prog/prog.h"

	.section .entry, "ax"
	.globl	program_entry
program_entry:
	cld
	movl	%esi, %ebx

	/* The loader does not clear .bss. */
	xorl	%eax, %eax
	movl	$bss_start, %edi
	movl	$bss_end, %ecx
	subl	%edi, %ecx
	shrl	$2, %ecx
	rep stosl
	movl	$stack_top, %esp

	/* Only as much of the loader's structure as it has, or we know. */
	movl	%ebx, %esi
	movl	$rom_info_copy, %edi
	movl	4(%esi), %ecx
	cmpl	$rom_info_copy_bytes, %ecx
	jbe	1f
	movl	$rom_info_copy_bytes, %ecx
1:	rep movsb

	call	program_run
2:	cli
	hlt
	jmp	2b


	.section .bss.rom_info, "aw", @nobits
	.globl	rom_info_copy
	.balign	16
	.set	rom_info_copy_bytes, 64
rom_info_copy:
	.skip	rom_info_copy_bytes

	.section .note.GNU-stack, "", @progbits
