/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * ACPI specification, chapters 5.2.5 (root pointer), 5.2.6 (headers), 5.2.7
 * (RSDT), 5.2.9 (FADT), 7.4.2 (\_S5), 20.2 (AML).
 *
 * AML is not run: \_S5 is a package of constants in every BIOS, found by its
 * name, as iPXE and small kernels do. What \_PTS might want to be told before
 * is left out.
 */
#include <string.h>

#include "ipxe-glue/undi/undi_acpi.h"

/* Where the root pointer is, and how it looks. */
#define EBDA_BYTES 0x400
#define AREA	   0xe0000
#define AREA_BYTES 0x20000
#define ALIGN	   16
#define RSDP_BYTES 20
#define RSDP_RSDT  16

/* A table's header; its length is at 4. */
#define HEADER_BYTES 36
#define TABLE_BYTES  4

/* This is a policy decision: no table of a PC is nearly as long. */
#define TABLE_MOST (4u << 20)

/* The fixed table's members. */
#define FADT_DSDT   40
#define FADT_SMI    48
#define FADT_ENABLE 52
#define FADT_PM1A   64
#define FADT_PM1B   68
#define FADT_LEAST  72

/* Opcodes. */
#define AML_ZERO    0x00
#define AML_ONE	    0x01
#define AML_NAME    0x08
#define AML_BYTE    0x0a
#define AML_PACKAGE 0x12
#define AML_ROOT    '\\'

#define SLP_TYP_SHIFT 10
#define SLP_TYP_MAX   7

struct table {
	const uint8_t *bytes;
	uint32_t n;
};

static uint32_t get32(const uint8_t *p)
{
	return p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24;
}

/* Whether the @n bytes at @p add up to 0. */
static bool sums_up(const uint8_t *p, uint32_t n)
{
	uint8_t sum = 0;

	while (n--)
		sum += *p++;
	return sum == 0;
}

/* The table at @phys, if it is whole and called @name. */
static bool table_at(const uint8_t *(*at)(uint32_t, uint32_t), uint32_t phys,
		     const char *name, struct table *t)
{
	t->bytes = at(phys, HEADER_BYTES);
	if (!t->bytes || memcmp(t->bytes, name, 4))
		return false;
	t->n = get32(t->bytes + TABLE_BYTES);
	if (t->n < HEADER_BYTES || t->n > TABLE_MOST)
		return false;
	t->bytes = at(phys, t->n);
	return t->bytes && sums_up(t->bytes, t->n);
}

/* The root pointer in @n bytes at @phys: where the RSDT is; 0 for none. */
static uint32_t root_in(const uint8_t *(*at)(uint32_t, uint32_t), uint32_t phys,
			uint32_t n)
{
	const uint8_t *area = at(phys, n);

	for (uint32_t i = 0; area && i + RSDP_BYTES <= n; i += ALIGN)
		if (!memcmp(area + i, "RSD PTR ", 8) &&
		    sums_up(area + i, RSDP_BYTES))
			return get32(area + i + RSDP_RSDT);
	return 0;
}

/* A small constant at @p, before @end; -1 for anything else. */
static int constant(const uint8_t **p, const uint8_t *end)
{
	uint8_t op;

	if (*p == end)
		return -1;
	op = *(*p)++;
	if (op == AML_ZERO || op == AML_ONE)
		return op;
	if (op != AML_BYTE || *p == end)
		return -1;
	op = *(*p)++;
	return op <= SLP_TYP_MAX ? op : -1;
}

/* The package behind \_S5's name at @p: two constants at least. */
static bool package(const uint8_t *p, const uint8_t *end,
		    struct undi_acpi_off *off)
{
	int a, b;

	/* Its length has as many further bytes as bits 6 and 7 say. */
	if (end - p < 2 || *p++ != AML_PACKAGE)
		return false;
	if (end - p < 2 + (*p >> 6))
		return false;
	p += 1 + (*p >> 6);
	if (*p++ < 2)
		return false;
	a = constant(&p, end);
	b = constant(&p, end);
	if (a < 0 || b < 0)
		return false;
	off->value[0] = (uint16_t)(a << SLP_TYP_SHIFT);
	off->value[1] = (uint16_t)(b << SLP_TYP_SHIFT);
	return true;
}

/* Look for \_S5 in a table of AML. */
static bool soft_off(const struct table *t, struct undi_acpi_off *off)
{
	const uint8_t *p = t->bytes + HEADER_BYTES, *end = t->bytes + t->n;

	for (; end - p >= 5; p++) {
		const uint8_t *name = p + 1;

		if (*p != AML_NAME)
			continue;
		if (*name == AML_ROOT)
			name++;
		if (end - name >= 4 && !memcmp(name, "_S5_", 4) &&
		    package(name + 4, end, off))
			return true;
	}
	return false;
}

/* What the fixed table says of ports. */
static bool ports(const struct table *fadt, struct undi_acpi_off *off)
{
	const uint8_t *p = fadt->bytes;

	if (fadt->n < FADT_LEAST || get32(p + FADT_PM1A) > UINT16_MAX ||
	    get32(p + FADT_PM1B) > UINT16_MAX ||
	    get32(p + FADT_SMI) > UINT16_MAX)
		return false;
	off->port[0] = (uint16_t)get32(p + FADT_PM1A);
	off->port[1] = (uint16_t)get32(p + FADT_PM1B);
	off->smi_port = (uint16_t)get32(p + FADT_SMI);
	off->enable = p[FADT_ENABLE];
	return off->port[0] != 0;
}

bool undi_acpi_find(const uint8_t *(*at)(uint32_t phys, uint32_t bytes),
		    uint32_t ebda, struct undi_acpi_off *off)
{
	struct table rsdt, fadt, aml;
	uint32_t root = ebda ? root_in(at, ebda, EBDA_BYTES) : 0, i;
	bool found = false;

	memset(off, 0, sizeof(*off));
	if (!root)
		root = root_in(at, AREA, AREA_BYTES);
	if (!root || !table_at(at, root, "RSDT", &rsdt))
		return false;
	for (i = HEADER_BYTES; i + 4 <= rsdt.n && !found; i += 4)
		found = table_at(at, get32(rsdt.bytes + i), "FACP", &fadt);
	if (!found || !ports(&fadt, off))
		return false;
	if (table_at(at, get32(fadt.bytes + FADT_DSDT), "DSDT", &aml) &&
	    soft_off(&aml, off))
		return true;
	for (i = HEADER_BYTES; i + 4 <= rsdt.n; i += 4)
		if (table_at(at, get32(rsdt.bytes + i), "SSDT", &aml) &&
		    soft_off(&aml, off))
			return true;
	return false;
}
