/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Loads an UNDI driver out of an option ROM image (PXE 2.1, chapter 3.1): the
 * image is copied to conventional memory, and its loader puts code and data
 * into segments that we give it.
 *
 * The segments come from rm_low_alloc() and so lie above the base memory size:
 * iPXE then leaves the memory map as the BIOS made it below 1 MiB, and takes
 * its high part out of it. Read the map after PXE_START_UNDI, not before.
 */
#include <errno.h>
#include <string.h>

#include "ipxe-glue/undi/undi_card.h"
#include "romlayout/include/rm.h"

/* Where a loader looks for the PnP installation check: the BIOS's segment. */
#define BIOS_SEGMENT 0xf000

/* The UNDI ROM ID of an image, NULL if it has none. */
static const struct pxe_undi_rom_id *find_id(const uint8_t *rom, size_t bytes)
{
	const struct pxe_undi_rom_id *id;
	size_t offset;

	if (bytes < PXE_ROM_UNDI_ID_OFFSET + 2)
		return NULL;
	offset = rom[PXE_ROM_UNDI_ID_OFFSET] | rom[PXE_ROM_UNDI_ID_OFFSET + 1]
						       << 8;
	if (offset + sizeof(*id) > bytes)
		return NULL;
	id = (const void *)(rom + offset);
	if (memcmp(id->signature, "UNDI", 4) != 0 || id->loader >= bytes)
		return NULL;
	return id;
}

uint16_t undi_load_pages(size_t bytes)
{
	uint16_t seg;

	if (!rm_low_alloc(bytes + 2 * 4096 - 16, &seg))
		return 0;
	return (seg + 255) & ~255u;
}

/* Call the loader at @seg; the copy of the image begins there. */
static int call_loader(uint16_t seg, const struct pxe_undi_rom_id *id,
		       uint16_t bus_devfn, struct pxe_segoff *entry)
{
	struct pxe_loader *loader;
	const struct pxe_entry *pxe;
	uint16_t param_seg, args[2], rc;
	uint16_t ds = undi_load_pages(id->data_bytes);
	uint16_t cs = undi_load_pages(id->code_bytes);

	loader = rm_low_alloc(sizeof(*loader), &param_seg);
	if (!loader || !ds || !cs)
		return -ENOMEM;

	loader->ax = bus_devfn;
	loader->bx = loader->dx = 0xffff; /* not an ISA PnP card */
	loader->es = BIOS_SEGMENT;
	loader->undi_ds = ds;
	loader->undi_cs = cs;
	args[0] = 0;
	args[1] = param_seg;
	rc = rm_far_call(seg, id->loader, args, 2);
	if (rc != 0 || loader->status != 0)
		return -EIO;

	pxe = rm_ptr(loader->pxe.seg, loader->pxe.off);
	if (memcmp(pxe->signature, "!PXE", 4) != 0)
		return -EIO;
	*entry = pxe->entry_sp;
	return 0;
}

int undi_load(const void *rom, size_t bytes, uint16_t bus_devfn,
	      struct pxe_segoff *entry)
{
	const struct pxe_undi_rom_id *id = find_id(rom, bytes);
	uint16_t seg;
	size_t room;
	void *copy;

	if (!id)
		return -ENOEXEC;
	copy = rm_low_scratch(&seg, &room);
	if (!copy || room < bytes)
		return -ENOMEM;
	memcpy(copy, rom, bytes);
	return call_loader(seg, id, bus_devfn, entry);
}

uint16_t undi_load_version(const void *rom, size_t bytes)
{
	const struct pxe_undi_rom_id *id = rom ? find_id(rom, bytes) : NULL;

	if (!id || !id->undi_revision[2])
		return 0x0201;
	return id->undi_revision[2] << 8 | id->undi_revision[1];
}
