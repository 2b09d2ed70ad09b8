/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * How this PC is switched off, out of the BIOS's ACPI tables (ACPI 1.0 and
 * later; those below 4 GiB).
 */
#ifndef UNDI_ACPI_H
#define UNDI_ACPI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is to be written where. */
struct undi_acpi_off {
	uint16_t port[2];  /* PM1a and PM1b control; 0: there is none */
	uint16_t value[2]; /* for them: SLP_TYP of S5, without SLP_EN */
	uint16_t smi_port; /* takes @enable where ACPI is not on; 0: it is */
	uint8_t enable;
};

/* Bits of PM1's control. */
#define UNDI_ACPI_SCI_EN  0x0001u /* ACPI is on */
#define UNDI_ACPI_SLP_TYP 0x1c00u
#define UNDI_ACPI_SLP_EN  0x2000u

/*
 * Read the tables.
 *
 * @at: @bytes of memory at physical address @phys; NULL when there are none
 * @ebda: physical address of the extended BIOS data area, 0 for none
 * Returns false, and @off is not to be used, if there are no tables, or they
 * make no sense.
 */
bool undi_acpi_find(const uint8_t *(*at)(uint32_t phys, uint32_t bytes),
		    uint32_t ebda, struct undi_acpi_off *off);

#endif
