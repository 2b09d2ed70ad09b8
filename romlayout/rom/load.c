/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The loader: brings the program from behind the image in the card's ROM to
 * memory, checks and unpacks it, and starts it. Runs in flat 32 bits with
 * interrupts off and calls no BIOS.
 *
 * The BIOS has disabled the expansion ROM's address decoder when it had copied
 * the image, but left the address: it is enabled for the time of the copy. A
 * card without an address is a failure.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "romlayout/include/rm.h"
#include "romlayout/rom/inflate.h"
#include "romlayout/rom/rom.h"

#define PCI_ADDRESS 0xcf8
#define PCI_DATA    0xcfc
#define PCI_COMMAND 0x04
#define PCI_ROM	    0x30

#define COMMAND_MEMORY 0x02
#define ROM_ENABLE     0x01
#define ROM_ADDRESS    0xfffff800u

/* Offsets in an option ROM's image. */
#define IMAGE_LENGTH 0x02
#define IMAGE_PCI    0x18
#define PCIR_VENDOR  4
#define PCIR_DEVICE  6

static int fail(struct rom_low *low, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Note the reason for the person at the screen. Returns -EIO. */
static int fail(struct rom_low *low, const char *format, ...)
{
	char text[ROM_MESSAGE_BYTES];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	snprintf(low->message, sizeof(low->message), "ipxe-spice: %s\r\n",
		 text);
	return -EIO;
}

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

static uint32_t crc32(const uint8_t *mem, size_t bytes)
{
	uint32_t table[16], crc = 0xffffffff, i, bit;

	for (i = 0; i < 16; i++) {
		table[i] = i;
		for (bit = 0; bit < 4; bit++)
			table[i] = table[i] >> 1 ^
				   (table[i] & 1 ? 0xedb88320u : 0);
	}
	for (; bytes; bytes--) {
		crc ^= *mem++;
		crc = crc >> 4 ^ table[crc & 15];
		crc = crc >> 4 ^ table[crc & 15];
	}
	return ~crc;
}

/* Is address line 20 on: are 1 MiB and 0 different memory? */
static bool a20_works(struct rom_low *low)
{
	volatile uint32_t *here = (volatile uint32_t *)low->message;
	volatile uint32_t *above = rm_phys((uintptr_t)here + 0x100000);
	uint32_t kept = *above;
	bool works;

	*here = ~kept;
	works = *above == kept;
	*here = 0;
	return works;
}

/*
 * Copy the payload out of the ROM, which is enabled.
 * @rom: where it is, @rom_bytes: what the card maps there
 */
static int copy_payload(struct rom_low *low, const struct rom_image *image,
			const uint8_t *rom, uint32_t rom_bytes)
{
	const uint8_t *in_memory = rm_phys(low->image);
	uint32_t offset = in_memory[IMAGE_LENGTH] * 512u;

	if (word_at(rom) != 0xaa55 || rom[IMAGE_LENGTH] * 512u != offset)
		return fail(low, "the card shows no ROM of ours at %p", rom);
	if (image->payload_bytes > rom_bytes ||
	    offset > rom_bytes - image->payload_bytes)
		return fail(low,
			    "the ROM is %lu bytes long, the card shows %lu",
			    (unsigned long)(offset + image->payload_bytes),
			    (unsigned long)rom_bytes);
	memcpy(rm_phys(ROM_PAYLOAD), rom + offset, image->payload_bytes);
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
		return fail(low, "not started as the ROM of a network card");
	pci_write(card, PCI_ROM, ROM_ADDRESS);
	mask = pci_read(card, PCI_ROM) & ROM_ADDRESS;
	pci_write(card, PCI_ROM, bar);
	if (!address || !mask)
		return fail(low, "the BIOS gave the card's ROM no address");

	pci_write(card, PCI_COMMAND, command | COMMAND_MEMORY);
	pci_write(card, PCI_ROM, address | ROM_ENABLE);
	rc = copy_payload(low, image, rm_phys(address), ~mask + 1);
	pci_write(card, PCI_ROM, bar);
	pci_write(card, PCI_COMMAND, command);
	return rc;
}

/* Is [@offset, @offset + @bytes) inside the payload? */
static bool inside(uint32_t offset, uint32_t bytes, uint32_t payload_bytes)
{
	return offset <= payload_bytes && bytes <= payload_bytes - offset;
}

/* Check what is in memory now against the image and itself. */
static int check_payload(struct rom_low *low, const struct rom_image *image,
			 const struct rom_payload *payload)
{
	uint32_t bytes = image->payload_bytes;
	uint32_t crc = crc32((const uint8_t *)payload, bytes);

	if (crc != image->payload_crc)
		return fail(low,
			    "the program is damaged: its CRC is %08lx, not "
			    "%08lx",
			    (unsigned long)crc,
			    (unsigned long)image->payload_crc);
	if (bytes < sizeof(*payload) ||
	    memcmp(payload->magic, ROM_PAYLOAD_MAGIC, 8) ||
	    !inside(payload->packed_offset, payload->packed_bytes, bytes) ||
	    !inside(payload->stock_offset, payload->stock_bytes, bytes) ||
	    payload->load <= ROM_LOADER || payload->load >= ROM_PAYLOAD ||
	    payload->memory_bytes > ROM_PAYLOAD - payload->load ||
	    payload->stock_bytes >
		    ROM_PAYLOAD - payload->load - payload->memory_bytes)
		return fail(low, "the program's header is wrong");
	return 0;
}

/* Put program and stock ROM where they belong. */
static int unpack(struct rom_low *low, const struct rom_payload *payload,
		  struct rom_info *info)
{
	const uint8_t *base = (const uint8_t *)payload;
	long n = inflate(rm_phys(payload->load), payload->load_bytes,
			 base + payload->packed_offset, payload->packed_bytes);

	if (n != (long)payload->load_bytes)
		return fail(low, "the program does not unpack (%ld)", n);
	if (payload->stock_bytes) {
		info->stock_rom = payload->load + payload->memory_bytes;
		info->stock_bytes = payload->stock_bytes;
		memcpy(rm_phys(info->stock_rom), base + payload->stock_offset,
		       payload->stock_bytes);
	}
	return 0;
}

static void __attribute__((noreturn))
start(uint32_t entry, const struct rom_info *info)
{
	__asm__ volatile("jmp *%0" : : "r"(entry), "S"(info) : "memory");
	__builtin_unreachable();
}

void load(struct rom_low *low)
{
	static struct rom_info info;
	const uint8_t *rom = rm_phys(low->image);
	const struct rom_image *image =
		(const struct rom_image *)(rom + ROM_IMAGE_OFFSET);
	const struct rom_payload *payload = rm_phys(ROM_PAYLOAD);
	const uint8_t *pci = rom + word_at(rom + IMAGE_PCI);

	info.magic = ROM_INFO_MAGIC;
	info.bytes = sizeof(info);
	info.ret_sp = low->ret_sp;
	info.ret_ss = low->ret_ss;
	info.bus_devfn = image->bus_devfn;
	info.pci_vendor = word_at(pci + PCIR_VENDOR);
	info.pci_device = word_at(pci + PCIR_DEVICE);
	info.tsc_start = low->tsc_start;

	if (!a20_works(low)) {
		fail(low, "address line 20 cannot be switched on");
		return;
	}
	if (read_rom(low, image) || check_payload(low, image, payload) ||
	    unpack(low, payload, &info))
		return;
	info.tsc_loaded = rm_tsc();
	start(payload->entry, &info);
}
