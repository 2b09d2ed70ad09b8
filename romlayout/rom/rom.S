/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The option ROM as the BIOS sees it (PCI Firmware Specification, Plug and Play
 * BIOS Specification 1.0A, BIOS Boot Specification 1.01), and the way from its
 * boot entry to the loader in 32 bits.
 *
 * At the boot entry the image is read-only. What has to be written lies in a
 * part that is copied to 0000:7C00, where a boot sector would be loaded.
 */
#include "romlayout/rom/rom.h"

#define SEL_CODE32 0x08
#define SEL_DATA32 0x10
#define SEL_CODE16 0x18
#define SEL_DATA16 0x20

#define BOOT_FAILED_TICKS 182	/* ten seconds of 0040:006C */

	.section .image, "ax"
	.code16
	.globl	image_start
image_start:
	.word	0xaa55
	.byte	0			/* length / 512, mkrom.py */
	jmp	init
	.org	0x18
	.word	pci_data
	.word	pnp_header

	/* struct rom_image */
	.org	ROM_IMAGE_OFFSET
	.ascii	"SPICEROM"
	.long	0, 0
bus_devfn:
	.word	0
balance_init:
	.byte	0
	.byte	0

	.balign	4
pci_data:
	.ascii	"PCIR"
	.word	0, 0			/* vendor and device, mkrom.py */
	.word	0			/* no vital product data */
	.word	0x18			/* length of this structure */
	.byte	0			/* its revision: PCI 2.x */
	.byte	0x00, 0x00, 0x02	/* class: network controller, ethernet */
	.word	0			/* length / 512, mkrom.py */
	.word	1			/* revision of the code */
	.byte	0			/* for PC-AT */
	.byte	0x80			/* last image */
	.word	0

	.balign	16
pnp_header:
	.ascii	"$PnP"
	.byte	1			/* structure's revision */
	.byte	2			/* its length / 16 */
	.word	0			/* no further header */
	.byte	0
	.byte	0			/* checksum, mkrom.py */
	.long	0			/* no EISA device id */
	.word	manufacturer
	.word	product
	.byte	0x02, 0x00, 0x00	/* base class first */
	.byte	0x54			/* may be shadowed; needed only to
					   boot; is an IPL device */
	.word	0			/* no boot connection vector */
	.word	0			/* no disconnect vector */
	.word	boot			/* bootstrap entry vector */
	.word	0
	.word	0			/* no static resources */

manufacturer:
	.asciz	"ipxe-spice"
product:
	.asciz	"ipxe-spice remote desktop"

/*
 * Initialization entry: AX has the card's bus, device and function. The image
 * is writable now, and is summed again afterwards.
 */
init:
	pushw	%bx
	movw	%ax, %cs:bus_devfn
	movb	%al, %bl
	addb	%ah, %bl
	negb	%bl
	movb	%bl, %cs:balance_init
	popw	%bx
	movw	$0x20, %ax		/* can boot */
	lret

/*
 * Bootstrap entry. Keeps what the BIOS has in registers on its stack, and below
 * it the way back for whoever ends up leaving.
 */
boot:
	pushfl
	pushal
	rdtsc
	pushw	%ds
	pushw	%es
	pushw	%fs
	pushw	%gs
	pushw	%cs
	pushw	$boot_return

	cld
	movw	%cs, %cx
	movw	%cx, %ds
	xorw	%cx, %cx
	movw	%cx, %es
	movw	$low_offset, %si
	movw	$low_start, %di
	movw	$low_bytes, %cx
	rep movsb

	movl	%eax, %es:low_tsc
	movl	%edx, %es:low_tsc + 4
	xorl	%eax, %eax
	movw	%cs, %ax
	shll	$4, %eax
	movl	%eax, %es:low_image
	movw	%sp, %es:low_ret
	movw	%ss, %es:low_ret + 2
	ljmp	$0, $low_entry

boot_return:
	popw	%gs
	popw	%fs
	popw	%es
	popw	%ds
	popal
	popfl
	lret

	.section .low, "awx"
	.code16
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

	/* It has failed. */
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
	movw	low_ret + 2, %ss
	movzwl	low_ret, %esp
	sti

	/* Say why, and leave time to read it. */
	movw	$low_message, %si
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
	.balign	4
low_image:
	.long	0
low_ret:
	.long	0
low_tsc:
	.quad	0
low_message:
	.skip	ROM_MESSAGE_BYTES

	.section .bss.stack, "aw", @nobits
	.balign	16
	.skip	ROM_LOADER_STACK
loader_stack:

	.section .note.GNU-stack, "", @progbits
