/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The machine's UUID out of the BIOS's SMBIOS tables (DMTF DSP0134).
 */
#ifndef UNDI_SMBIOS_H
#define UNDI_SMBIOS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UNDI_SMBIOS_UUID 16

/* Where the BIOS leaves the entry point: this address, so many bytes. */
#define UNDI_SMBIOS_AREA       0xf0000
#define UNDI_SMBIOS_AREA_BYTES 0x10000

/* Where the structures are: a physical address. */
struct undi_smbios {
	uint32_t address, bytes;
};

/*
 * Find an entry point, of SMBIOS 3 or else 2, in a copy or the view of the BIOS
 * area. One is taken only if its sum is right, and its structures lie below 4
 * GiB.
 */
bool undi_smbios_find(const uint8_t *area, size_t bytes,
		      struct undi_smbios *table);

/*
 * Copy the UUID of the system (structure type 1), in the order of bytes that it
 * has there. Returns false if there is none, or it is all zeros or all ones
 * ("not set").
 */
bool undi_smbios_uuid(const uint8_t *structures, size_t bytes,
		      uint8_t uuid[UNDI_SMBIOS_UUID]);

#endif
