/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * What every loader has: the sentence for why it gave up, address line 20, the
 * payload's checksum. Runs in flat 32 bits with interrupts off and calls no
 * BIOS.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "romlayout/include/rm.h"
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

int load_crc(struct rom_low *low, const void *payload, uint32_t bytes,
	     uint32_t want)
{
	uint32_t crc = crc32(payload, bytes);

	if (crc == want)
		return 0;
	return load_fail(low,
			 "the program is damaged: its CRC is %08lx, not %08lx",
			 (unsigned long)crc, (unsigned long)want);
}
