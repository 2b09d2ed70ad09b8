/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Fetches frames in real mode: UNDI_ISR (PXE 2.1, 4.3.11) until nothing is left
 * or the batch is full. A far procedure without arguments. It relies on nothing
 * that the driver leaves in registers but AX and SS:SP.
 */
#include "ipxe-glue/undi/undi_batch.h"

#define PXE_UNDI_ISR	 0x14
#define PXE_ISR_START	 1
#define PXE_ISR_PROCESS	 2
#define PXE_ISR_GET_NEXT 3
#define PXE_ISR_TRANSMIT 2
#define PXE_ISR_RECEIVE	 3

/* Members of struct pxe_isr. */
#define ISR_STATUS	 (UNDI_BATCH_ISR + 0)
#define ISR_FUNCTION	 (UNDI_BATCH_ISR + 2)
#define ISR_BUFFER_BYTES (UNDI_BATCH_ISR + 4)
#define ISR_FRAME_BYTES	 (UNDI_BATCH_ISR + 6)
#define ISR_FRAME	 (UNDI_BATCH_ISR + 10)

#define OFF(label) ((label) - undi_batch_start)

	.section .rodata.undi_batch, "a"
	.code16
	.globl	undi_batch_start, undi_batch_end, undi_batch_segment
undi_batch_start:
	movw	%cs:OFF(undi_batch_segment), %ds
	movw	$0, UNDI_BATCH_COUNT

next:	/* Ask for the next event. */
	movw	UNDI_BATCH_FUNCTION, %ax
	movw	%ax, ISR_FUNCTION
	movw	$0, ISR_STATUS
	movw	%ds, %ax
	movw	%ax, %es		/* PXENV+ wants it here, */
	movw	$UNDI_BATCH_ISR, %di
	movw	$PXE_UNDI_ISR, %bx
	pushw	%ds			/* !PXE there */
	pushw	$UNDI_BATCH_ISR
	pushw	$PXE_UNDI_ISR
	lcall	*UNDI_BATCH_ENTRY
	addw	$6, %sp
	movw	%cs:OFF(undi_batch_segment), %ds
	orw	ISR_STATUS, %ax
	jnz	done
	cmpw	$PXE_ISR_START, UNDI_BATCH_FUNCTION
	movw	$PXE_ISR_PROCESS, UNDI_BATCH_FUNCTION
	je	next			/* ours or not: it may have frames */
	movw	ISR_FUNCTION, %ax
	movw	$PXE_ISR_GET_NEXT, UNDI_BATCH_FUNCTION
	cmpw	$PXE_ISR_TRANSMIT, %ax
	je	next
	cmpw	$PXE_ISR_RECEIVE, %ax
	jne	done

	/* A frame in pieces is longer than any we could want. */
	movw	ISR_BUFFER_BYTES, %cx
	cmpw	ISR_FRAME_BYTES, %cx
	jne	next
	cmpw	$UNDI_BATCH_ROOM, %cx
	ja	next

	/* Copy it, in whole double words. */
	movw	UNDI_BATCH_COUNT, %bx
	imulw	$UNDI_BATCH_ROOM, %bx, %di
	addw	$UNDI_BATCH_FRAME_0, %di
	shlw	$1, %bx
	movw	%cx, UNDI_BATCH_LENGTHS(%bx)
	movw	%ds, %ax
	movw	%ax, %es
	addw	$3, %cx
	shrw	$2, %cx
	cld
	ldsw	ISR_FRAME, %si
	rep movsl
	movw	%ax, %ds
	incw	UNDI_BATCH_COUNT
	cmpw	$UNDI_BATCH_FRAMES, UNDI_BATCH_COUNT
	jb	next
	lret

done:
	movw	UNDI_BATCH_FIRST, %ax
	movw	%ax, UNDI_BATCH_FUNCTION
	lret

	.balign	2
undi_batch_segment:
	.word	0
undi_batch_end:

	.section .note.GNU-stack, "", @progbits
