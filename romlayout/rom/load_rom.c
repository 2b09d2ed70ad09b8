/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The ROM's loader: brings the payload from behind the images in the card's ROM
 * to memory. Runs in flat 32 bits with interrupts off and calls no BIOS.
 *
 * The BIOS has disabled the expansion ROM's address decoder when it had copied
 * the image, but left the address: it is enabled for the time of the copy. A
 * card without an address is a failure.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "romlayout/include/rm.h"
#include "romlayout/rom/rom.h"

#define PCI_ADDRESS 0xcf8
#define PCI_DATA    0xcfc
#define PCI_COMMAND 0x04
#define PCI_ROM	    0x30

#define COMMAND_MEMORY 0x02
#define ROM_ENABLE     0x01
#define ROM_ADDRESS    0xfffff800u

/* Offsets in an option ROM's image. */
#define IMAGE_PCI   0x18
#define PCIR_VENDOR 4
#define PCIR_DEVICE 6

static uint32_t pci_read(uint16_t bus_devfn, unsigned int reg)
{
	rm_outl(PCI_ADDRESS, 0x80000000u | (uint32_t)bus_devfn << 8 | reg);
	return rm_inl(PCI_DATA);
}

static void pci_write(uint16_t bus_devfn, unsigned int reg, uint32_t value)
{
	rm_outl(PCI_ADDRESS, 0x80000000u | (uint32_t)bus_devfn << 8 | reg);
	rm_outl(PCI_DATA, value);
}

static uint16_t word_at(const uint8_t *mem)
{
	return (uint16_t)(mem[0] | mem[1] << 8);
}

/* Is [@offset, @offset + @bytes) among the first @rom_bytes? */
static bool inside(uint32_t offset, uint32_t bytes, uint32_t rom_bytes)
{
	return bytes <= rom_bytes && offset <= rom_bytes - bytes;
}

/*
 * Is the image that runs also in the ROM where it says? The card's id is not
 * compared: QEMU may have changed it.
 */
static bool has_image(const struct rom_image *image, const uint8_t *rom,
		      uint32_t rom_bytes)
{
	uint32_t end = ROM_IMAGE_OFFSET + sizeof(*image);

	return inside(image->image_offset, end, rom_bytes) &&
	       word_at(rom + image->image_offset) == 0xaa55 &&
	       !memcmp(rom + image->image_offset + ROM_IMAGE_OFFSET, image,
		       offsetof(struct rom_image, bus_devfn));
}

/*
 * Copy the payload out of the ROM, which is enabled.
 * @rom: where it is, @rom_bytes: what the card maps there
 */
static int copy_payload(struct rom_low *low, const struct rom_image *image,
			const uint8_t *rom, uint32_t rom_bytes)
{
	if (!has_image(image, rom, rom_bytes))
		return load_fail(low, "the card shows no ROM of ours at %p",
				 rom);
	if (!inside(image->payload_offset, image->payload_bytes, rom_bytes))
		return load_fail(
			low, "the ROM is %lu bytes long, the card shows %lu",
			(unsigned long)(image->payload_offset +
					image->payload_bytes),
			(unsigned long)rom_bytes);
	memcpy(rm_phys(ROM_PAYLOAD), rom + image->payload_offset,
	       image->payload_bytes);
	return 0;
}

/* Enable the card's ROM, copy the payload, and leave it as it was. */
static int read_rom(struct rom_low *low, const struct rom_image *image)
{
	uint16_t card = image->bus_devfn;
	uint32_t command = pci_read(card, PCI_COMMAND) & 0xffff;
	uint32_t bar = pci_read(card, PCI_ROM);
	uint32_t address = bar & ROM_ADDRESS, mask;
	int rc;

	if (!card)
		return load_fail(low,
				 "not started as the ROM of a network card");
	pci_write(card, PCI_ROM, ROM_ADDRESS);
	mask = pci_read(card, PCI_ROM) & ROM_ADDRESS;
	pci_write(card, PCI_ROM, bar);
	if (!address || !mask)
		return load_fail(low,
				 "the BIOS gave the card's ROM no address");

	pci_write(card, PCI_COMMAND, command | COMMAND_MEMORY);
	pci_write(card, PCI_ROM, address | ROM_ENABLE);
	rc = copy_payload(low, image, rm_phys(address), ~mask + 1);
	pci_write(card, PCI_ROM, bar);
	pci_write(card, PCI_COMMAND, command);
	return rc;
}

void load(struct rom_low *low)
{
	static struct rom_info info;
	const uint8_t *rom = rm_phys(low->image);
	const struct rom_image *image =
		(const struct rom_image *)(rom + ROM_IMAGE_OFFSET);
	const struct rom_payload *payload = rm_phys(ROM_PAYLOAD);
	const uint8_t *pci = rom + word_at(rom + IMAGE_PCI);

	info.bus_devfn = image->bus_devfn;
	info.pci_vendor = word_at(pci + PCIR_VENDOR);
	info.pci_device = word_at(pci + PCIR_DEVICE);

	if (load_a20(low) || read_rom(low, image))
		return;
	load_program(low, payload, image->payload_bytes, image->payload_crc,
		     &info);
}
