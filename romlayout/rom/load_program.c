/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The payload is a program of ours (struct rom_payload): it is checked,
 * unpacked and started. Runs in flat 32 bits with interrupts off and calls no
 * BIOS.
 */
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "romlayout/include/rm.h"
#include "romlayout/rom/inflate.h"
#include "romlayout/rom/rom.h"

/* Is [@offset, @offset + @bytes) inside the payload? */
static bool inside(uint32_t offset, uint32_t bytes, uint32_t payload_bytes)
{
	return offset <= payload_bytes && bytes <= payload_bytes - offset;
}

/* Check what is in memory now against itself. */
static int check_payload(struct rom_low *low, const struct rom_payload *payload,
			 uint32_t bytes)
{
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

void load_program(struct rom_low *low, const void *mem, uint32_t bytes,
		  uint32_t crc, struct rom_info *info)
{
	const struct rom_payload *payload = mem;

	info->magic = ROM_INFO_MAGIC;
	info->bytes = sizeof(*info);
	info->ret_sp = low->ret_sp;
	info->ret_ss = low->ret_ss;
	info->tsc_start = low->tsc_start;
	if (load_crc(low, payload, bytes, crc) ||
	    check_payload(low, payload, bytes) || unpack(low, payload, info))
		return;
	info->tsc_loaded = rm_tsc();
	start(payload->entry, info);
}
