/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The resident block: 16-bit code, copied to offset 0 of a segment of its own
 * and run there in real mode, from hardware interrupts. It touches nothing but
 * itself and needs 24 bytes of stack.
 *
 *   INT 15h AH=4Fh   the BIOS has read byte AL from the keyboard: queue it, and
 *                    answer CF=0, "do nothing with it". All else is the old
 *                    vector's.
 *   mouse            far-called by the BIOS (INT 15h AX=C207h) with the words
 *                    status, X, Y, 0 on the stack: queue them.
 */
#include "kbd/kbd_hook.h"

#define AT(symbol) (symbol - kbd_hook_image)

	.section .rodata.kbd_hook, "a", @progbits
	.code16
	.globl	kbd_hook_image
	.globl	kbd_hook_image_end

kbd_hook_image:
head:		.word	0
tail:		.word	0
lost_keys:	.word	0
lost_mouse:	.word	0
active:		.word	0
old15:		.word	0, 0
		.word	AT(int15)
		.word	AT(mouse)
		.org	kbd_hook_image + 32

int15:
	cmpb	$0x4f, %ah
	jne	1f
	cmpw	$0, %cs:AT(active)
	je	1f
	pushw	%bp
	movw	%sp, %bp
	andw	$0xfffe, 6(%bp)		/* CF of the caller's flags */
	cli				/* a BIOS may have called with them on */
	pushl	%edx
	pushw	%cx
	movb	%al, %dh
	movb	$KBD_TAG_KEY, %dl
	movw	$1, %cx
	call	enqueue
	adcw	$0, %cs:AT(lost_keys)
	popw	%cx
	popl	%edx
	popw	%bp
	iretw
1:	ljmpw	*%cs:AT(old15)

mouse:
	pushw	%bp
	movw	%sp, %bp		/* 6 zero, 8 Y, 10 X, 12 status */
	pushfw
	cli
	pushl	%edx
	pushw	%cx
	cmpw	$0, %cs:AT(active)
	je	2f
	movb	10(%bp), %dl
	movb	8(%bp), %dh
	shll	$16, %edx
	movb	$KBD_TAG_MOUSE, %dl
	movb	12(%bp), %dh
	movw	$KBD_RING_RESERVE, %cx
	call	enqueue
	adcw	$0, %cs:AT(lost_mouse)
2:	popw	%cx
	popl	%edx
	popfw
	popw	%bp
	lretw

/*
 * Put EDX into the ring if at least CX entries are free, else return CF=1.
 * Full is one less than all entries. Changes CX.
 */
enqueue:
	pushw	%ax
	pushw	%bx
	movw	%cs:AT(head), %bx
	movw	%cs:AT(tail), %ax
	subw	%bx, %ax
	decw	%ax
	andw	$(KBD_RING_ENTRIES - 1), %ax	/* free */
	cmpw	%cx, %ax
	jb	3f				/* CF=1 */
	movw	%bx, %cx
	shlw	$2, %bx
	movl	%edx, %cs:KBD_RING_OFFSET(%bx)
	incw	%cx
	andw	$(KBD_RING_ENTRIES - 1), %cx	/* CF=0 */
	movw	%cx, %cs:AT(head)
3:	popw	%bx
	popw	%ax
	retw

	/* Fails to assemble when the code grows into the ring. */
	.org	kbd_hook_image + KBD_RING_OFFSET
kbd_hook_image_end:
	.section .note.GNU-stack, "", @progbits
