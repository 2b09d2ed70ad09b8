/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Intel's gigabit cards (8254x Software Developer's Manual, 13.4.2): the device
 * status register, 8 bytes into the first memory range. Reading it changes
 * nothing, so the driver is not disturbed.
 */
#include <stddef.h>
#include <stdint.h>

#include "ipxe-glue/undi/undi_link.h"

#include "romlayout/include/rm.h"

#define STATUS		0x08
#define STATUS_LINK	0x02
#define STATUS_SPEED(s) ((s) >> 6 & 3)

#define PCI_BAR_0	0x10
#define PCI_BAR_IO	0x01
#define PCI_BAR_64	0x04
#define PCI_BAR_ADDRESS 0xfffffff0

/* Cards that have it there. */
static const struct {
	uint16_t vendor, device;
} cards[] = {
	{0x8086, 0x100e}, /* 82540EM, QEMU's e1000 */
	{0x8086, 0x10d3}, /* 82574L, QEMU's e1000e */
};

static volatile uint32_t *status; /* NULL: not known */

void undi_link_start(const struct undi_card *card)
{
	uint32_t bar;

	status = NULL;
	bar = undi_card_pci(card, PCI_BAR_0);
	if (bar & (PCI_BAR_IO | PCI_BAR_64) || !(bar & PCI_BAR_ADDRESS))
		return;
	for (size_t i = 0; i < sizeof(cards) / sizeof(cards[0]); i++)
		if (cards[i].vendor == card->vendor &&
		    cards[i].device == card->device)
			status = rm_phys((bar & PCI_BAR_ADDRESS) + STATUS);
}

bool undi_link_up(void)
{
	return !status || *status & STATUS_LINK;
}

unsigned int undi_link_mbit(void)
{
	static const uint16_t mbit[] = {10, 100, 1000, 1000};

	return status && *status & STATUS_LINK ? mbit[STATUS_SPEED(*status)]
					       : 0;
}
