/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The machine's UUID: entry points of both kinds, right and wrong; structures
 * cut at every length. Tables lie in blocks of their own length, so that the
 * sanitizers see their ends.
 */
#include <stdint.h>
#include <stdlib.h>

#include "ipxe-glue/undi/undi_smbios.h"
#include "test/test.h"

#define AREA 0x10000

static uint8_t area[AREA];
static struct undi_smbios table;

static void put32(uint8_t *p, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		p[i] = value >> 8 * i;
}

static void fix_sum(uint8_t *entry, size_t bytes, size_t at)
{
	uint8_t sum = 0;

	entry[at] = 0;
	for (size_t i = 0; i < bytes; i++)
		sum += entry[i];
	entry[at] = -sum;
}

static uint8_t *v2(size_t at, uint32_t address, uint16_t bytes)
{
	uint8_t *entry = area + at;

	memset(entry, 0, 0x1f);
	memcpy(entry, "_SM_", 4);
	entry[5] = 0x1f;
	memcpy(entry + 0x10, "_DMI_", 5);
	entry[0x16] = bytes & 0xff;
	entry[0x17] = bytes >> 8;
	put32(entry + 0x18, address);
	fix_sum(entry, 0x1f, 4);
	return entry;
}

static uint8_t *v3(size_t at, uint32_t address, uint32_t bytes)
{
	uint8_t *entry = area + at;

	memset(entry, 0, 0x18);
	memcpy(entry, "_SM3_", 5);
	entry[6] = 0x18;
	put32(entry + 0x0c, bytes);
	put32(entry + 0x10, address);
	fix_sum(entry, 0x18, 5);
	return entry;
}

static bool find(void)
{
	return undi_smbios_find(area, AREA, &table);
}

static void clear(void)
{
	memset(area, 0xff, AREA);
}

TEST(no_entry_point)
{
	clear();
	CHECK(!find());
	CHECK(!undi_smbios_find(area, 0, &table));
}

TEST(either_kind_is_found)
{
	clear();
	v2(0x4430, 0xf5a00, 300);
	CHECK(find());
	CHECK_EQ(table.address, 0xf5a00);
	CHECK_EQ(table.bytes, 300);

	clear();
	v3(AREA - 0x20, 0x3ffc0000, 70000);
	CHECK(find());
	CHECK_EQ(table.address, 0x3ffc0000);
	CHECK_EQ(table.bytes, 70000);
}

TEST(three_before_two)
{
	clear();
	v2(0x100, 0xf5a00, 300);
	v3(0x200, 0xf6b00, 400);
	CHECK(find());
	CHECK_EQ(table.address, 0xf6b00);
}

TEST(wrong_ones_are_passed_over)
{
	clear();
	v2(0x100, 0xf5a00, 300)[4]++; /* sum */
	v2(0x208, 0xf5b00, 300);      /* not at a multiple of 16 */
	v2(0x300, 0x10, 300);	      /* the interrupt vectors */
	v2(0x400, 0xffffff00, 300);   /* over the end */
	v2(0x500, 0xf5a00, 3);
	v3(0x600, 0xf5a00, 0x10000000);
	put32(v3(0x700, 0xf5a00, 300) + 0x14, 1); /* above 4 GiB */
	fix_sum(area + 0x700, 0x18, 5);
	v2(0x800, 0xf5a00, 300)[5] = 0x10;
	fix_sum(area + 0x800, 0x1f, 4);
	CHECK(!find());
	v2(0x900, 0xf5c00, 300);
	CHECK(find());
	CHECK_EQ(table.address, 0xf5c00);
}

/* An entry point that goes over the end of what may be read. */
TEST(entry_point_cut)
{
	clear();
	v2(0x100, 0xf5a00, 300);
	v3(0x200, 0xf5a00, 300);
	for (size_t n = 0x100; n < 0x100 + 0x1f; n++) {
		uint8_t *copy = malloc(n);

		memcpy(copy, area, n);
		CHECK(!undi_smbios_find(copy, n, &table));
		free(copy);
	}
	area[0x105] = 0xff; /* longer than what is left */
	CHECK(!undi_smbios_find(area, 0x1f0, &table));
}

/* A BIOS, with strings; a system; the end. */
static const uint8_t tables[] =
	"\0\x06\0\0\1\2Maker\0Version\0\0"
	"\1\x1b\1\1\1\2\0\0"
	"\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f"
	"\6\0\0Maker\0Model\0\0"
	"\x7f\4\2\0\0\0";
#define SYSTEM	    21 /* where the system's structure begins */
#define SYSTEM_UUID (SYSTEM + 8)

static uint8_t uuid[UNDI_SMBIOS_UUID];

/* The UUID out of a copy that ends where the table does. */
static bool get(const uint8_t *from, size_t bytes)
{
	uint8_t *copy = malloc(bytes ? bytes : 1);
	bool found;

	memcpy(copy, from, bytes);
	found = undi_smbios_uuid(copy, bytes, uuid);
	free(copy);
	return found;
}

TEST(uuid_of_the_system)
{
	CHECK(get(tables, sizeof(tables) - 1));
	CHECK(memcmp(uuid, tables + SYSTEM_UUID, sizeof(uuid)) == 0);
	CHECK_EQ(uuid[0], 0x10);
}

TEST(structures_cut_at_every_length)
{
	for (size_t n = 0; n < sizeof(tables); n++)
		CHECK_EQ(get(tables, n), n >= SYSTEM + 0x1b);
}

TEST(not_set)
{
	uint8_t copy[sizeof(tables)];

	memcpy(copy, tables, sizeof(tables));
	memset(copy + SYSTEM_UUID, 0, sizeof(uuid));
	CHECK(!get(copy, sizeof(tables) - 1));
	memset(copy + SYSTEM_UUID, 0xff, sizeof(uuid));
	CHECK(!get(copy, sizeof(tables) - 1));
	copy[SYSTEM_UUID + 15] = 0;
	CHECK(get(copy, sizeof(tables) - 1));
}

/* SMBIOS 2.0 has a shorter structure, without a UUID. */
TEST(system_without_uuid)
{
	static const uint8_t old[] = "\1\x08\1\1\1\2\0\0A\0\0\x7f\4\2\0\0\0";

	CHECK(!get(old, sizeof(old) - 1));
}

TEST(structures_that_make_no_sense)
{
	uint8_t copy[64];
	uint32_t seed = 1;

	CHECK(!get((const uint8_t *)"\0\0\0\0\0\0\0\0", 8));
	CHECK(!get((const uint8_t *)"\1\xff\0\0\0\0\0\0", 8));
	for (int i = 0; i < 200000; i++) {
		for (size_t k = 0; k < sizeof(copy); k++) {
			seed = seed * 1664525 + 1013904223;
			copy[k] = seed >> 28;
		}
		get(copy, i % sizeof(copy));
	}
	CHECK(true);
}

int main(void)
{
	RUN(no_entry_point);
	RUN(either_kind_is_found);
	RUN(three_before_two);
	RUN(wrong_ones_are_passed_over);
	RUN(entry_point_cut);
	RUN(uuid_of_the_system);
	RUN(structures_cut_at_every_length);
	RUN(not_set);
	RUN(system_without_uuid);
	RUN(structures_that_make_no_sense);
	return test_end();
}
