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

	.section .image, "ax"
	.code16
	.globl	image_start
image_start:
	.word	0xaa55
	.byte	0			/* length / 512, mkrom.py */
	jmp	init
	/*
	 * Byte 6 stays free: QEMU balances the sum there when it writes its
	 * card's id into the first image of its default ROM.
	 */
	.org	0x18
	.word	pci_data
	.word	pnp_header

	/* struct rom_image */
	.org	ROM_IMAGE_OFFSET
	.ascii	"SPICEROM"
	.long	0, 0, 0, 0
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
	.byte	0x80			/* last image; mkrom.py clears it */
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

	.section .note.GNU-stack, "", @progbits
