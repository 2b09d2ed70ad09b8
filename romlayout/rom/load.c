/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The loader's end, whatever the payload came from: checks and unpacks the
 * program in it, and starts it. Runs in flat 32 bits with interrupts off and
 * calls no BIOS.
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

int load_fail(struct rom_low *low, const char *format, ...)
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

/* Are 1 MiB and 0 different memory? */
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

int load_a20(struct rom_low *low)
{
	if (a20_works(low))
		return 0;
	return load_fail(low, "address line 20 cannot be switched on");
}

/* Is [@offset, @offset + @bytes) inside the payload? */
static bool inside(uint32_t offset, uint32_t bytes, uint32_t payload_bytes)
{
	return offset <= payload_bytes && bytes <= payload_bytes - offset;
}

/* Check what is in memory now against its CRC and itself. */
static int check_payload(struct rom_low *low, const struct rom_payload *payload,
			 uint32_t bytes, uint32_t want)
{
	uint32_t crc = crc32((const uint8_t *)payload, bytes);

	if (crc != want)
		return load_fail(
			low,
			"the program is damaged: its CRC is %08lx, not "
			"%08lx",
			(unsigned long)crc, (unsigned long)want);
	if (bytes < sizeof(*payload) ||
	    memcmp(payload->magic, ROM_PAYLOAD_MAGIC, 8) ||
	    !inside(payload->packed_offset, payload->packed_bytes, bytes) ||
	    !inside(payload->stock_offset, payload->stock_bytes, bytes) ||
	    payload->load <= ROM_LOADER || payload->load >= ROM_PAYLOAD ||
	    payload->memory_bytes > ROM_PAYLOAD - payload->load ||
	    payload->stock_bytes >
		    ROM_PAYLOAD - payload->load - payload->memory_bytes)
		return load_fail(low, "the program's header is wrong");
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
		return load_fail(low, "the program does not unpack (%ld)", n);
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

void load_program(struct rom_low *low, const struct rom_payload *payload,
		  uint32_t bytes, uint32_t crc, struct rom_info *info)
{
	info->magic = ROM_INFO_MAGIC;
	info->bytes = sizeof(*info);
	info->ret_sp = low->ret_sp;
	info->ret_ss = low->ret_ss;
	info->tsc_start = low->tsc_start;
	if (check_payload(low, payload, bytes, crc) ||
	    unpack(low, payload, info))
		return;
	info->tsc_loaded = rm_tsc();
	start(payload->entry, info);
}
