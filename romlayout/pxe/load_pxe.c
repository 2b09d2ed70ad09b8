/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The PXE program's loader: the payload is in conventional memory, behind this
 * loader's own image. Runs in flat 32 bits with interrupts off and calls no
 * BIOS.
 */
#include <string.h>

#include "romlayout/include/rm.h"
#include "romlayout/pxe/pxe.h"
#include "romlayout/rom/rom.h"

void load(struct rom_low *low)
{
	static struct rom_info info;
	const char *file = rm_phys(low->image);
	const struct pxe_image *image = (const void *)(file + PXE_IMAGE_OFFSET);
	const struct rom_payload *payload =
		(const void *)(file + image->image_bytes);

	if (load_a20(low))
		return;
	info.started_by = ROM_INFO_BY_PXE;
	info.pxe_off = low->pxe_off;
	info.pxe_seg = low->pxe_seg;
	info.pxenv_off = low->pxenv_off;
	info.pxenv_seg = low->pxenv_seg;
	load_program(low, payload, image->payload_bytes, image->payload_crc,
		     &info);
}
