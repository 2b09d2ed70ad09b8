/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * A network program that stands between a PXE stack (iPXE's) and the one that
 * follows it in the file: it hides some of the stack, as other stacks and older
 * ones have it, and hands over. test_pxe.py writes the two words at 4 and 6.
 *
 * Modes:
 *	0  !PXE on the stack, no PXENV+; none of iPXE's own calls
 *	1  the same by way of PXENV+ in ES:BX
 *	2  neither; INT 1Ah is left
 *	3  PXENV+ of version 2.0, that has no !PXE
 *	4  nothing at all
 *	5  !PXE whose checksum is wrong, and nothing else
 *	6  a stack that has left little conventional memory
 */
#define RESIDENT 0x600		/* below it the BIOS's data, above us nothing */
#define FOLLOWS	 0x7e00		/* where the next program is */
#define IPXE_CALLS 0xe0		/* PXE's own numbers end before */
#define UNSUPPORTED 1
#define PXE_BYTES 0x58
#define PXE_SUM	 5		/* offsets in !PXE, */
#define PXE_CALL 16
#define ENV_BYTES 0x2c		/* and in PXENV+ */
#define ENV_OLD_BYTES 0x28
#define ENV_VERSION 6
#define ENV_LENGTH 8
#define ENV_SUM	 9
#define ENV_CALL 10
#define ENV_PXE	 0x28
#define AT(label) (RESIDENT + (label) - resident)

	.code16
	.globl	_start
_start:	jmp	start
	.org	4
mode:	.word	0
blocks:	.word	0		/* of 512 bytes, what follows */

start:	cld
	movw	%sp, %bp
	xorw	%ax, %ax
	movw	%ax, %ds

	/* PXENV+ and !PXE as they are, to be changed. */
	pushw	%es
	popw	%ds
	movw	%bx, %si
	xorw	%ax, %ax
	movw	%ax, %es
	movw	$AT(env), %di
	movw	$ENV_BYTES, %cx
	rep movsb
	ldsw	4(%bp), %si
	movw	$AT(pxe), %di
	movw	$PXE_BYTES, %cx
	rep movsb
	movw	%ax, %ds

	/* The resident part, without the two above. */
	movw	$(0x7c00 + resident - _start), %si
	movw	$RESIDENT, %di
	movw	$(env - resident), %cx
	rep movsb

	/* Our calls in front of theirs. */
	movl	AT(pxe) + PXE_CALL, %eax
	movl	%eax, AT(pxe_old)
	movl	$AT(pxe_call), AT(pxe) + PXE_CALL
	movl	AT(env) + ENV_CALL, %eax
	movl	%eax, AT(env_old)
	movl	$AT(env_call), AT(env) + ENV_CALL
	movl	$AT(pxe), AT(env) + ENV_PXE
	movl	$0, 4(%bp)
	xorw	%bx, %bx

	movw	0x7c00 + mode - _start, %ax
	cmpw	$0, %ax
	jne	1f
	movl	$AT(pxe), 4(%bp)
1:	cmpw	$1, %ax
	jne	1f
	movw	$AT(env), %bx
1:	cmpw	$3, %ax
	jne	1f
	movw	$AT(env), %bx
	movw	$0x200, AT(env) + ENV_VERSION
	movb	$ENV_OLD_BYTES, AT(env) + ENV_LENGTH
1:	cmpw	$6, %ax
	jne	1f
	movw	$351, 0x413
1:	cmpw	$4, %ax
	jb	1f
	movl	$AT(int_1a), 0x1a * 4
1:
	/* Their checksums. */
	movw	$AT(pxe), %si
	movw	$PXE_BYTES, %cx
	call	sum
	subb	%dl, AT(pxe) + PXE_SUM
	movw	$AT(env), %si
	movzbw	AT(env) + ENV_LENGTH, %cx
	call	sum
	subb	%dl, AT(env) + ENV_SUM
	cmpw	$5, %ax
	jne	1f
	movl	$AT(pxe), 4(%bp)
	incb	AT(pxe) + PXE_SUM
1:	movw	0x7c00 + blocks - _start, %dx
	ljmp	$0, $AT(go)

/* DL: the sum of CX bytes at SI. */
sum:	xorb	%dl, %dl
1:	addb	(%si), %dl
	incw	%si
	loop	1b
	ret

resident:
/* Bring what follows to 0000:7C00 and call it; BX is what it shall have. */
go:	movw	$(FOLLOWS >> 4), %ax
	movw	%ax, %ds
	movw	$(0x7c00 >> 4), %ax
	movw	%ax, %es
1:	xorw	%si, %si
	xorw	%di, %di
	movw	$128, %cx
	rep movsl
	movw	%ds, %ax
	addw	$0x20, %ax
	movw	%ax, %ds
	movw	%es, %ax
	addw	$0x20, %ax
	movw	%ax, %es
	decw	%dx
	jnz	1b
	xorw	%ax, %ax
	movw	%ax, %es
	ljmp	$0, $0x7c00

/* !PXE: the call's number lies above the return address. */
pxe_call:
	pushw	%bp
	movw	%sp, %bp
	cmpw	$IPXE_CALLS, 6(%bp)
	jae	1f
	popw	%bp
	ljmp	*%cs:AT(pxe_old)
1:	lesw	8(%bp), %bx
	movw	$UNSUPPORTED, %es:(%bx)
	popw	%bp
	movw	$1, %ax
	lret

/* PXENV+: it is in BX; nothing must be read off the stack. */
env_call:
	cmpw	$IPXE_CALLS, %bx
	jae	1f
	ljmp	*%cs:AT(env_old)
1:	movw	$UNSUPPORTED, %es:(%di)
	movw	$1, %ax
	lret

int_1a:	iret

	.balign	4
pxe_old:
	.long	0
env_old:
	.long	0
env:	.skip	ENV_BYTES
	.balign	4
pxe:	.skip	PXE_BYTES

	.org	0x200
