/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * One entry for each of the 256 vectors, all leading to trap_handle() with the
 * registers and the vector's number. Whether an error code lies below is found
 * out there: vectors 8 to 15 are exceptions and hardware interrupts at once.
 */
#include "romlayout/prog/prog.h"

	.section .text.trap_entry, "ax"
	.globl	trap_entries
	.balign	TRAP_ENTRY_BYTES
trap_entries:
	.set	vector, 0
	.rept	256
	.balign	TRAP_ENTRY_BYTES
	pushl	$vector
	jmp	trap_common
	.set	vector, vector + 1
	.endr

trap_common:
	pushal
	cld
	pushl	%esp
	call	trap_handle
	addl	$4, %esp
	popal
	addl	$4, %esp
	iretl

	.section .note.GNU-stack, "", @progbits
