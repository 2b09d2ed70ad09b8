/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * A guest to look at and to type into: boots as a raw disk under SeaBIOS and
 * says on COM1 what it receives, a line each.
 *
 *	K xx		a scancode byte, as INT 15h AH=4Fh hands it over
 *	M b dx dy	a mouse packet: buttons 1 left, 2 right, 4 middle; dx to
 *			the right, dy down, decimal
 *	L x		the lock state, when it changes: 1 Scroll, 2 Num, 4 Caps
 *	S c		what it shows now
 *	ready		once, when all of it works
 *
 * Bytes received on COM1 are commands: t shows the text screen; g, h, x a
 * picture of 800x600, 640x480, 1024x768 pixels of 32 bits; p paints the next
 * picture; l prints the lock state.
 *
 * Keys are consumed before the BIOS translates them, so that Ctrl+Alt+Del and
 * Pause do nothing here; only the lock keys are left to it, and it sets their
 * lights. Real mode, DS = ES = SS = 0; the stack is below the code.
 */
	.intel_syntax noprefix
	.code16

	.equ	COM1, 0x3f8
	.equ	VBE_INFO, 0xa000	/* 512 bytes */
	.equ	VBE_MODE, 0xa200	/* 256 bytes */
	.equ	BDA_FLAGS, 0x417	/* lock state in bits 4 to 6 */

/* --- the boot sector: load the rest --- */
	.section .boot, "ax"
	.globl	start
start:
	cli
	cld
	xor	ax, ax
	mov	ds, ax
	mov	es, ax
	mov	ss, ax
	mov	sp, 0x7c00
	sti
	mov	ax, offset guest_sectors
	mov	ah, 2			/* read sectors */
	mov	cx, 2			/* from the second on */
	mov	dh, 0
	mov	bx, 0x7e00
	int	0x13
	jc	.
	jmp	0, offset main

/* What to show first: 0 text, 1 graphics. The harness writes this byte. */
	.section .mode, "a"
	.globl	first
first:	.byte	0
	.byte	0x55, 0xaa

/* --- the program --- */
	.text
main:
	call	com_start
	cmp	byte ptr [first], 0
	mov	al, 't'
	je	1f
	mov	al, 'g'
1:	call	command
	call	keyboard_start
	call	mouse_start
	mov	byte ptr [locks], 0xff
	call	locks_look
	mov	si, offset text_ready
	call	put_line
loop:
	sti
	hlt
	mov	ah, 1			/* the BIOS sets the lights in here */
	int	0x16
	call	locks_look
	mov	dx, COM1 + 5
	in	al, dx
	test	al, 1
	jz	loop
	mov	dx, COM1
	in	al, dx
	call	command
	jmp	loop

/* Run the command in AL. */
command:
	cmp	al, 't'
	je	show_text
	cmp	al, 'l'
	je	locks_print
	cmp	al, 'p'
	je	picture_next
	mov	di, offset sizes
1:	cmp	byte ptr [di], al
	je	show_picture
	add	di, 5
	cmp	byte ptr [di], 0
	jne	1b
	ret

	/* command, width, height */
sizes:	.byte	'g'
	.word	800, 600
	.byte	'h'
	.word	640, 480
	.byte	'x'
	.word	1024, 768
	.byte	0

/* --- COM1 --- */
com_start:
	mov	dx, COM1 + 3
	mov	al, 0x80		/* divisor latch */
	out	dx, al
	mov	dx, COM1
	mov	ax, 1			/* 115200 */
	out	dx, al
	inc	dx
	mov	al, ah
	out	dx, al
	mov	dx, COM1 + 3
	mov	al, 3			/* 8N1 */
	out	dx, al
	mov	dx, COM1 + 1
	mov	al, 0			/* no interrupts */
	out	dx, al
	ret

/* Send AL; keeps all registers. */
put:
	push	dx
	push	ax
	mov	dx, COM1 + 5
1:	in	al, dx
	test	al, 0x20
	jz	1b
	pop	ax
	mov	dx, COM1
	out	dx, al
	pop	dx
	ret

put_newline:
	mov	al, '\n'
	jmp	put

/* Send the text at CS:SI and end the line. A line is never interrupted. */
put_line:
	pushf
	cli
1:	cs lodsb
	test	al, al
	jz	2f
	call	put
	jmp	1b
2:	call	put_newline
	popf
	ret

/* Send AL as two hex digits. */
put_hex:
	push	ax
	shr	al, 4
	call	put_digit
	pop	ax
	and	al, 15
put_digit:
	add	al, '0'
	cmp	al, '9'
	jbe	put
	add	al, 'a' - '0' - 10
	jmp	put

/* Send AX as a signed decimal number. */
put_decimal:
	test	ax, ax
	jns	1f
	push	ax
	mov	al, '-'
	call	put
	pop	ax
	neg	ax
1:	mov	bx, 10
	xor	cx, cx
2:	xor	dx, dx
	div	bx
	push	dx
	inc	cx
	test	ax, ax
	jnz	2b
3:	pop	ax
	call	put_digit
	loop	3b
	ret

/* --- keyboard: INT 15h AH=4Fh --- */
keyboard_start:
	cli
	mov	eax, [0x15 * 4]
	mov	[old_15], eax
	mov	word ptr [0x15 * 4], offset int_15
	mov	word ptr [0x15 * 4 + 2], 0
	sti
	ret

int_15:
	cmp	ah, 0x4f
	je	1f
	.byte	0x2e, 0xff, 0x2e	/* jmp far cs:[old_15] */
	.word	old_15
1:	push	bp
	mov	bp, sp
	pusha
	push	ds
	push	0
	pop	ds
	mov	cl, al
	mov	al, 'K'
	call	put
	mov	al, ' '
	call	put
	mov	al, cl
	call	put_hex
	call	put_newline
	call	key_consumed
	jc	2f
	and	word ptr [bp + 6], 0xfffe	/* CF = 0: eaten */
	jmp	3f
2:	or	word ptr [bp + 6], 1		/* CF = 1: the BIOS's */
3:	pop	ds
	popa
	pop	bp
	iret

/* CF = 1 when byte CL is a lock key's and not part of E0 xx or E1 xx xx. */
key_consumed:
	mov	al, 1
	cmp	cl, 0xe0
	je	1f
	mov	al, 2
	cmp	cl, 0xe1
	je	1f
	cmp	byte ptr [key_skip], 0
	je	2f
	dec	byte ptr [key_skip]
	clc
	ret
1:	mov	[key_skip], al
	clc
	ret
2:	and	cl, 0x7f
	cmp	cl, 0x3a
	je	3f
	cmp	cl, 0x45
	je	3f
	cmp	cl, 0x46
	je	3f
	clc
	ret
3:	stc
	ret

/* --- lock state --- */
locks_look:
	mov	al, [BDA_FLAGS]
	shr	al, 4
	and	al, 7
	cmp	al, [locks]
	jne	locks_print
	ret
locks_print:
	mov	al, [BDA_FLAGS]
	shr	al, 4
	and	al, 7
	mov	[locks], al
	cli
	push	ax
	mov	al, 'L'
	call	put
	mov	al, ' '
	call	put
	pop	ax
	call	put_digit
	call	put_newline
	sti
	ret

/* --- mouse: INT 15h AH=C2h --- */
mouse_start:
	mov	ax, 0xc205		/* start, packets of 3 bytes */
	mov	bh, 3
	int	0x15
	mov	ax, 0xc207		/* who gets them */
	mov	bx, offset mouse
	int	0x15
	mov	ax, 0xc200		/* enable */
	mov	bh, 1
	int	0x15
	ret

/*
 * Called far from an interrupt, with four words: at the entry SP+4 nothing,
 * +6 y, +8 x, +10 the first byte: YO XO YS XS 1 M R L.
 */
mouse:
	push	bp
	mov	bp, sp
	pusha
	push	ds
	push	0
	pop	ds
	mov	al, 'M'
	call	put
	mov	al, ' '
	call	put
	mov	al, [bp + 12]
	and	al, 7
	call	put_digit
	mov	al, ' '
	call	put
	movzx	ax, byte ptr [bp + 10]
	test	byte ptr [bp + 12], 0x10
	jz	1f
	mov	ah, 0xff
1:	call	put_decimal
	mov	al, ' '
	call	put
	movzx	ax, byte ptr [bp + 8]
	test	byte ptr [bp + 12], 0x20
	jz	2f
	mov	ah, 0xff
2:	neg	ax			/* its y grows upwards */
	call	put_decimal
	call	put_newline
	pop	ds
	popa
	pop	bp
	retf

/* --- screens --- */

/* Say what is shown: the command is in CL. */
shown:
	cli
	mov	al, 'S'
	call	put
	mov	al, ' '
	call	put
	mov	al, cl
	call	put
	call	put_newline
	sti
	ret

/* All characters in all colours, none blinking, some lines of words. */
show_text:
	mov	word ptr [width], 0
	mov	ax, 3
	int	0x10
	push	es
	push	0xb800
	pop	es
	xor	di, di
	xor	ax, ax
1:	stosw				/* character AL, colours AH */
	inc	al
	jnz	2f
	add	ah, 0x1b
	and	ah, 0x7f
2:	cmp	di, 4000
	jb	1b
	mov	di, 160 * 12
	mov	si, offset text_hello
	mov	ah, 0x1e
3:	lodsb
	test	al, al
	jz	4f
	stosw
	jmp	3b
4:	pop	es
	mov	cl, 't'
	jmp	shown

/* The picture of the size at DI: find its VBE mode, set it, paint. */
show_picture:
	mov	eax, [di + 1]
	mov	[width], eax		/* and height */
	mov	al, [di]
	mov	[shown_as], al
	mov	dword ptr [VBE_INFO], 0x32454256	/* "VBE2" */
	mov	ax, 0x4f00
	mov	di, VBE_INFO
	int	0x10
	cmp	ax, 0x4f
	jne	5f
	lfs	si, [VBE_INFO + 0x0e]
1:	mov	cx, fs:[si]
	add	si, 2
	cmp	cx, 0xffff
	je	5f
	mov	ax, 0x4f01
	mov	di, VBE_MODE
	int	0x10
	cmp	ax, 0x4f
	jne	1b
	mov	eax, [VBE_MODE + 0x12]	/* width and height */
	cmp	eax, [width]
	jne	1b
	cmp	byte ptr [VBE_MODE + 0x19], 32
	jne	1b
	test	byte ptr [VBE_MODE], 0x80	/* linear frame buffer */
	jz	1b
	mov	bx, cx
	or	bx, 0x4000
	mov	ax, 0x4f02
	int	0x10
	cmp	ax, 0x4f
	jne	5f
	jmp	paint
5:	mov	cl, '-'
	jmp	shown

picture_next:
	inc	dword ptr [seed]
	cmp	word ptr [width], 0
	jne	paint
	ret

/*
 * Paint: red x*y/128, green x + 2*y + 16*seed, blue x xor y. FS reaches all
 * of memory for that long; interrupts are off.
 */
paint:
	cli
	lgdt	[gdt_register]
	mov	eax, cr0
	or	al, 1
	mov	cr0, eax
	mov	bx, 8
	mov	fs, bx
	and	al, 0xfe
	mov	cr0, eax
	xor	bx, bx
	mov	fs, bx
	mov	edi, [VBE_MODE + 0x28]	/* where the frame buffer is */
	xor	edx, edx		/* y */
1:	push	edi
	xor	ecx, ecx		/* x */
2:	mov	eax, ecx
	imul	eax, edx
	shr	eax, 7
	and	eax, 0xff
	shl	eax, 8
	mov	ebx, [seed]
	shl	ebx, 3
	add	ebx, edx
	add	ebx, ebx
	add	ebx, ecx
	mov	al, bl
	shl	eax, 8
	mov	ebx, ecx
	xor	ebx, edx
	mov	al, bl
	mov	fs:[edi], eax
	add	edi, 4
	inc	cx
	cmp	cx, [width]
	jb	2b
	pop	edi
	movzx	eax, word ptr [VBE_MODE + 0x10]	/* bytes a row */
	add	edi, eax
	inc	dx
	cmp	dx, [height]
	jb	1b
	mov	cl, [shown_as]
	jmp	shown

	.balign	4
gdt_register:
	.word	15
	.long	gdt
gdt:	.quad	0
	.word	0xffff, 0, 0x9200, 0x00cf	/* data, 4 GiB */
old_15:	.long	0
seed:	.long	0
width:	.word	0
height:	.word	0
key_skip:
	.byte	0
locks:	.byte	0
shown_as:
	.byte	0
text_ready:
	.asciz	"ready"
text_hello:
	.asciz	"  The guest's text screen: 0123456789, every character, every colour.  "
