/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * How the PC is switched off, out of tables in a made-up memory: as BIOSes
 * write them, damaged, cut at every length. What is read is copied to a block
 * of its own length, so that the sanitizers see its end.
 */
#include <stdlib.h>

#include "ipxe-glue/undi/undi_acpi.h"
#include "test/test.h"

#define RAM	  0x100000
#define RAM_BYTES 0x4000
#define EBDA	  0x9fc00
#define AREA	  0xe0000

/* Three pieces of memory; there is nothing between them. */
static struct {
	uint8_t ram[RAM_BYTES], ebda[0x400], area[0x20000];
	void *copies[64];
	unsigned int n;
	struct undi_acpi_off off;
} pc;

static const uint8_t *piece(uint32_t phys, uint32_t bytes, uint32_t from,
			    const uint8_t *mem, uint32_t n)
{
	uint8_t *copy;

	if (phys < from || phys - from > n || bytes > n - (phys - from))
		return NULL;
	copy = malloc(bytes);
	memcpy(copy, mem + (phys - from), bytes);
	pc.copies[pc.n++] = copy;
	return copy;
}

static const uint8_t *at(uint32_t phys, uint32_t bytes)
{
	const uint8_t *p = piece(phys, bytes, RAM, pc.ram, sizeof(pc.ram));

	if (!p)
		p = piece(phys, bytes, EBDA, pc.ebda, sizeof(pc.ebda));
	if (!p)
		p = piece(phys, bytes, AREA, pc.area, sizeof(pc.area));
	return p;
}

static bool find(uint32_t ebda)
{
	bool found = undi_acpi_find(at, ebda, &pc.off);

	while (pc.n)
		free(pc.copies[--pc.n]);
	return found;
}

static void put32(uint8_t *p, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(value >> 8 * i);
}

static void fix_sum(uint8_t *p, uint32_t n, uint32_t where)
{
	uint8_t sum = 0;

	p[where] = 0;
	while (n--)
		sum += p[n];
	p[where] = (uint8_t)-sum;
}

/* A table at RAM + @where with @n bytes behind its header. */
static void table(uint32_t where, const char *name, const void *body,
		  uint32_t n)
{
	uint8_t *p = pc.ram + where;

	memset(p, 0, 36);
	memcpy(p, name, 4);
	put32(p + 4, 36 + n);
	if (body)
		memcpy(p + 36, body, n);
	fix_sum(p, 36 + n, 9);
}

#define RSDT	0x100
#define FADT	0x200
#define SSDT	0x400
#define DSDT	0x1000
#define OFF_AML "\x08\\_S5_\x12\x06\x04\x0a\x05\x01\x00\x00"

static void root(uint8_t *p)
{
	memset(p, 0, 20);
	memcpy(p, "RSD PTR ", 8);
	put32(p + 16, RAM + RSDT);
	fix_sum(p, 20, 8);
}

/* A PC as QEMU's, whose DSDT has @n bytes of @aml. */
static void begin(const char *aml, uint32_t n)
{
	uint8_t fadt[80] = {0}, rsdt[12];

	memset(&pc, 0, sizeof(pc));
	root(pc.area + 0x15d40);
	put32(rsdt, 0xfff00000); /* nothing is there */
	put32(rsdt + 4, RAM + SSDT);
	put32(rsdt + 8, RAM + FADT);
	table(RSDT, "RSDT", rsdt, sizeof(rsdt));
	put32(fadt + 40 - 36, RAM + DSDT);
	put32(fadt + 48 - 36, 0xb2);
	fadt[52 - 36] = 0xf1;
	put32(fadt + 64 - 36, 0x604);
	table(FADT, "FACP", fadt, sizeof(fadt));
	table(SSDT, "SSDT", "\x08X___\x0a\x01", 7);
	table(DSDT, "DSDT", aml, n);
}

#define BEGIN(aml) begin(aml, sizeof(aml) - 1)

TEST(found)
{
	BEGIN("\x10\x20\\_SB_" OFF_AML "\x08_S4_");
	CHECK(find(0));
	CHECK_EQ(pc.off.port[0], 0x604);
	CHECK_EQ(pc.off.port[1], 0);
	CHECK_EQ(pc.off.value[0], 5 << 10);
	CHECK_EQ(pc.off.value[1], 1 << 10);
	CHECK_EQ(pc.off.smi_port, 0xb2);
	CHECK_EQ(pc.off.enable, 0xf1);
	/* The extended data area goes before the BIOS's own. */
	pc.area[0x15d40]++;
	CHECK(!find(0));
	CHECK(!find(EBDA));
	root(pc.ebda + 0x3e0);
	CHECK(find(EBDA));
	CHECK(!find(0));
}

/* Forms of the package; where else it may stand. */
TEST(packages)
{
	BEGIN("\x08_S5_\x12\x0a\x02\x0a\x07\x0a\x06");
	CHECK(find(0));
	CHECK_EQ(pc.off.value[0], 7 << 10);
	CHECK_EQ(pc.off.value[1], 6 << 10);
	/* A length of two bytes. */
	BEGIN("\x08_S5_\x12\x47\x00\x04\x00\x00\x00\x00");
	CHECK(find(0));
	CHECK_EQ(pc.off.value[0], 0);
	/* The name alone, as in a reference to it, is passed over. */
	BEGIN("\x70_S5_\x60\x08_S5_\x70" OFF_AML);
	CHECK(find(0));
	CHECK_EQ(pc.off.value[0], 5 << 10);
	/* In an SSDT. */
	BEGIN("");
	CHECK(!find(0));
	table(SSDT, "SSDT", OFF_AML, sizeof(OFF_AML) - 1);
	CHECK(find(0));
	/* What is none. */
	BEGIN("\x08_S5_\x12\x06\x01\x0a\x05\x00");
	CHECK(!find(0));
	BEGIN("\x08_S5_\x12\x06\x04\x0a\x08\x00\x00");
	CHECK(!find(0));
	BEGIN("\x08_S5_\x12\x06\x04\x0b\x05\x00\x00");
	CHECK(!find(0));
	BEGIN("\x08_S5_\x12\x06\x04\x0a\x05\x68\x00");
	CHECK(!find(0));
}

/* Cut anywhere, the tables being as long as they say. */
TEST(cut)
{
	static const char aml[] =
		"\x08\\_S5_\x12\xc6\x00\x00\x00\x04\x0a\x05\x0a"
		"\x05";

	for (uint32_t n = 0; n < sizeof(aml); n++) {
		begin(aml, n);
		CHECK_EQ(find(0), n == sizeof(aml) - 1);
	}
	/* Longer than memory, or than any table. */
	BEGIN(OFF_AML);
	put32(pc.ram + DSDT + 4, RAM_BYTES);
	CHECK(!find(0));
	put32(pc.ram + DSDT + 4, 0xffffffff);
	CHECK(!find(0));
	put32(pc.ram + DSDT + 4, 35);
	CHECK(!find(0));
	/* A fixed table that ends too soon. */
	BEGIN(OFF_AML);
	put32(pc.ram + FADT + 4, 71);
	fix_sum(pc.ram + FADT, 71, 9);
	CHECK(!find(0));
}

/* Wrong sums, ports that are none: nothing is switched. */
TEST(damaged)
{
	static const uint32_t tables[] = {RSDT, FADT, DSDT};

	for (unsigned int i = 0; i < 3; i++) {
		BEGIN(OFF_AML);
		pc.ram[tables[i] + 30] ^= 1;
		CHECK(!find(0));
	}
	BEGIN(OFF_AML);
	pc.ram[FADT + 66] = 1;
	fix_sum(pc.ram + FADT, 36 + 80, 9);
	CHECK(!find(0));
	BEGIN(OFF_AML);
	put32(pc.ram + FADT + 64, 0);
	fix_sum(pc.ram + FADT, 36 + 80, 9);
	CHECK(!find(0));
	/* The root names nothing. */
	BEGIN(OFF_AML);
	put32(pc.area + 0x15d40 + 16, 0x50);
	fix_sum(pc.area + 0x15d40, 20, 8);
	CHECK(!find(0));
}

int main(void)
{
	RUN(found);
	RUN(packages);
	RUN(cut);
	RUN(damaged);
	return test_end();
}
