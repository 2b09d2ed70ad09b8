/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * DSP0134, chapters 5.2 (entry points), 6.1 (structures), 7.2 (system). Only
 * bytes are read that lengths, checked before, say are there.
 */
#include <string.h>

#include "ipxe-glue/undi/undi_smbios.h"

/* An entry point begins at a multiple of this. */
#define ALIGN 16

/* Offsets in the entry point of SMBIOS 2, and how long it is at least. */
#define V2_LENGTH  0x05
#define V2_BYTES   0x16
#define V2_ADDRESS 0x18
#define V2_LEAST   0x1e

/* The same of SMBIOS 3. Its table's size is an upper bound. */
#define V3_LENGTH  0x06
#define V3_BYTES   0x0c
#define V3_ADDRESS 0x10
#define V3_LEAST   0x18

/* This is a policy decision: no table of a PC is nearly as long. */
#define TABLE_MOST (1u << 20)

/* A structure's header, and in type 1 the UUID behind it. */
#define HEADER_BYTES 4
#define TYPE_SYSTEM  1
#define TYPE_END     127
#define SYSTEM_UUID  8

static uint32_t get32(const uint8_t *p)
{
	return p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24;
}

/* Whether the @bytes at @p add up to 0. */
static bool sums_up(const uint8_t *p, size_t bytes)
{
	uint8_t sum = 0;

	while (bytes--)
		sum += *p++;
	return sum == 0;
}

/* An entry point of SMBIOS 2 at @p, with @room bytes behind it? */
static bool is_v2(const uint8_t *p, size_t room, struct undi_smbios *table)
{
	if (room < V2_LEAST || memcmp(p, "_SM_", 4) != 0 ||
	    p[V2_LENGTH] < V2_LEAST || p[V2_LENGTH] > room ||
	    !sums_up(p, p[V2_LENGTH]))
		return false;
	table->bytes = p[V2_BYTES] | p[V2_BYTES + 1] << 8;
	table->address = get32(p + V2_ADDRESS);
	return true;
}

static bool is_v3(const uint8_t *p, size_t room, struct undi_smbios *table)
{
	if (room < V3_LEAST || memcmp(p, "_SM3_", 5) != 0 ||
	    p[V3_LENGTH] < V3_LEAST || p[V3_LENGTH] > room ||
	    !sums_up(p, p[V3_LENGTH]) || get32(p + V3_ADDRESS + 4) != 0)
		return false;
	table->bytes = get32(p + V3_BYTES);
	table->address = get32(p + V3_ADDRESS);
	return true;
}

/* Whether the table can lie there. A page below it nobody has one. */
static bool is_sane(const struct undi_smbios *table)
{
	return table->bytes >= HEADER_BYTES && table->bytes <= TABLE_MOST &&
	       table->address >= 0x1000 &&
	       table->address <= UINT32_MAX - table->bytes;
}

bool undi_smbios_find(const uint8_t *area, size_t bytes,
		      struct undi_smbios *table)
{
	for (size_t at = 0; at < bytes; at += ALIGN)
		if (is_v3(area + at, bytes - at, table) && is_sane(table))
			return true;
	for (size_t at = 0; at < bytes; at += ALIGN)
		if (is_v2(area + at, bytes - at, table) && is_sane(table))
			return true;
	return false;
}

/* Where the next structure begins: behind two NULs that end the strings. */
static size_t skip(const uint8_t *structures, size_t bytes, size_t at)
{
	at += structures[at + 1];
	while (at + 1 < bytes && (structures[at] || structures[at + 1]))
		at++;
	return at + 2;
}

static bool is_set(const uint8_t *uuid)
{
	bool zeros = true, ones = true;

	for (int i = 0; i < UNDI_SMBIOS_UUID; i++) {
		zeros &= uuid[i] == 0;
		ones &= uuid[i] == 0xff;
	}
	return !zeros && !ones;
}

bool undi_smbios_uuid(const uint8_t *structures, size_t bytes,
		      uint8_t uuid[UNDI_SMBIOS_UUID])
{
	size_t at = 0;

	while (at + HEADER_BYTES <= bytes) {
		const uint8_t *s = structures + at;

		if (s[0] == TYPE_END || s[1] < HEADER_BYTES ||
		    s[1] > bytes - at)
			return false;
		if (s[0] == TYPE_SYSTEM &&
		    s[1] >= SYSTEM_UUID + UNDI_SMBIOS_UUID) {
			memcpy(uuid, s + SYSTEM_UUID, UNDI_SMBIOS_UUID);
			return is_set(uuid);
		}
		at = skip(structures, bytes, at);
	}
	return false;
}
