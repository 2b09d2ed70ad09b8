/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Each family of cards says it elsewhere, a row each below. A card that is in
 * no row, or does not offer to say it, has a link as far as we know.
 *
 * Only what may be read at any time is read: the driver runs in UNDI calls only
 * and is not disturbed. What has to be written first is put back.
 */
#include <stddef.h>
#include <stdint.h>

#include "ipxe-glue/undi/undi_link.h"

#include "ipxe-glue/undi/undi_time.h"
#include "romlayout/include/rm.h"

/* So often a card is asked. */
#define ASK_EVERY_US 20000

#define PCI_STATUS_CAPS	 0x00100000 /* in the dword of the command register */
#define PCI_COMMAND	 0x04
#define PCI_BAR(i)	 (0x10 + 4 * (i))
#define PCI_BARS	 6
#define PCI_BAR_IO	 0x01
#define PCI_BAR_64	 0x04
#define PCI_BAR_ADDRESS	 0xfffffff0
#define PCI_CAPABILITIES 0x34

/* A link of which no more is known; more is megabits a second. */
#define UP   1
#define DOWN 0

struct row {
	uint16_t vendor, device;
	/* Find where it can be read; false where it cannot. */
	bool (*find)(const struct undi_card *card);
	unsigned int (*read)(void);
};

static struct {
	const struct row *row; /* NULL: not known */
	volatile uint8_t *memory;
	uint16_t io;
	unsigned int last;
	uint64_t asked_us;
} link;

/* ---- ways to a card ------------------------------------------------------ */

static uint16_t in16(uint16_t port)
{
	uint16_t value;

	__asm__ volatile("inw %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static void out16(uint16_t port, uint16_t value)
{
	__asm__ volatile("outw %0, %1" : : "a"(value), "Nd"(port));
}

static uint16_t memory16(size_t at)
{
	return *(volatile uint16_t *)(link.memory + at);
}

static volatile uint32_t *memory32(size_t at)
{
	return (volatile uint32_t *)(link.memory + at);
}

/* Use range @i of memory, from @offset on. */
static bool use_memory(const struct undi_card *card, unsigned int i,
		       uint32_t offset)
{
	uint32_t bar;

	if (i >= PCI_BARS)
		return false;
	bar = undi_card_pci(card, PCI_BAR(i));
	if (bar & PCI_BAR_IO || !(bar & PCI_BAR_ADDRESS))
		return false;
	if (bar & PCI_BAR_64 &&
	    (i + 1 >= PCI_BARS || undi_card_pci(card, PCI_BAR(i + 1)) != 0))
		return false; /* above 4 GiB */
	link.memory = rm_phys((bar & PCI_BAR_ADDRESS) + offset);
	return true;
}

static bool use_memory_0(const struct undi_card *card)
{
	return use_memory(card, 0, 0);
}

static bool use_memory_1(const struct undi_card *card)
{
	return use_memory(card, 1, 0);
}

static bool use_io(const struct undi_card *card)
{
	uint32_t bar = undi_card_pci(card, PCI_BAR(0));

	link.io = bar & 0xfffc;
	return bar & PCI_BAR_IO && link.io;
}

/* ---- Intel 8254x, 8257x (Software Developer's Manual, 13.4.2) ------------ */

#define E1000_STATUS	   0x08
#define E1000_STATUS_LINK  0x02
#define E1000_STATUS_SPEED 6

static unsigned int e1000_read(void)
{
	static const uint16_t mbit[] = {10, 100, 1000, 1000};
	uint32_t status = *memory32(E1000_STATUS);

	if (!(status & E1000_STATUS_LINK))
		return DOWN;
	return mbit[status >> E1000_STATUS_SPEED & 3];
}

/* ---- Realtek 8139 (data sheet: media status register) -------------------- */

#define RTL8139_MEDIA	      0x58
#define RTL8139_MEDIA_NO_LINK 0x04
#define RTL8139_MEDIA_10      0x08

static unsigned int rtl8139_read(void)
{
	uint8_t media = rm_inb(link.io + RTL8139_MEDIA);

	if (media == 0xff) /* not there at the moment */
		return UP;
	if (media & RTL8139_MEDIA_NO_LINK)
		return DOWN;
	return media & RTL8139_MEDIA_10 ? 10 : 100;
}

/* ---- AMD Am79C97x (data sheet: BCR4, the link's light) ------------------- */

#define PCNET_RAP      0x12 /* which register, in its 16-bit mode */
#define PCNET_BDP      0x16
#define PCNET_BCR_LINK 4
#define PCNET_LINK_ON  0x8000 /* the light is on */
#define PCNET_LINK_FOR 0x0040 /* it is for the link */

static unsigned int pcnet_read(void)
{
	uint16_t rap = in16(link.io + PCNET_RAP), light = 0;

	out16(link.io + PCNET_RAP, PCNET_BCR_LINK);
	if (in16(link.io + PCNET_RAP) == PCNET_BCR_LINK)
		light = in16(link.io + PCNET_BDP);
	out16(link.io + PCNET_RAP, rap);
	if (!(light & PCNET_LINK_FOR))
		return UP;
	return light & PCNET_LINK_ON ? UP : DOWN;
}

/* The registers are at these ports in 16-bit mode only. */
static bool pcnet_find(const struct undi_card *card)
{
	return use_io(card) && in16(link.io + PCNET_RAP) < 0x80;
}

/* ---- VMware vmxnet3 ------------------------------------------------------ */

#define VMXNET3_COMMAND	 0x20
#define VMXNET3_GET_LINK 0xf00d0002

static unsigned int vmxnet3_read(void)
{
	uint32_t answer;

	*memory32(VMXNET3_COMMAND) = VMXNET3_GET_LINK;
	answer = *memory32(VMXNET3_COMMAND);
	if (!(answer & 1))
		return DOWN;
	return answer >> 16 ? answer >> 16 : UP;
}

/* ---- virtio (specification 1.2: 4.1.4, 4.1.4.8, 5.1.4) ------------------- */

#define VIRTIO_OFFERS_STATUS (1u << 16) /* VIRTIO_NET_F_STATUS */
#define VIRTIO_STATUS	     6		/* in the card's configuration */
#define VIRTIO_STATUS_LINK   1

/* Where the older interface has them; without MSI-X, which iPXE leaves off. */
#define VIRTIO_OLD_FEATURES 0
#define VIRTIO_OLD_CONFIG   0x14

/* A capability that says where the newer one has what. */
#define VIRTIO_CAP	  9 /* "vendor's own" */
#define VIRTIO_CAP_COMMON 1
#define VIRTIO_CAP_DEVICE 4
#define CAPS_MOST	  48

static unsigned int virtio_old_read(void)
{
	uint16_t status = in16(link.io + VIRTIO_OLD_CONFIG + VIRTIO_STATUS);

	return status & VIRTIO_STATUS_LINK ? UP : DOWN;
}

static bool virtio_old_find(const struct undi_card *card)
{
	return use_io(card) &&
	       rm_inl(link.io + VIRTIO_OLD_FEATURES) & VIRTIO_OFFERS_STATUS;
}

static unsigned int virtio_read(void)
{
	return memory16(VIRTIO_STATUS) & VIRTIO_STATUS_LINK ? UP : DOWN;
}

/* Use the part of the card's memory that a capability of @type names. */
static bool virtio_use(const struct undi_card *card, uint8_t type)
{
	uint8_t at = undi_card_pci(card, PCI_CAPABILITIES) & 0xfc;

	if (!(undi_card_pci(card, PCI_COMMAND) & PCI_STATUS_CAPS))
		return false;
	for (int i = 0; at && i < CAPS_MOST; i++) {
		uint32_t head = undi_card_pci(card, at);

		if ((head & 0xff) == VIRTIO_CAP && head >> 24 == type)
			return use_memory(card,
					  undi_card_pci(card, at + 4) & 0xff,
					  undi_card_pci(card, at + 8));
		at = head >> 8 & 0xfc;
	}
	return false;
}

static bool virtio_find(const struct undi_card *card)
{
	uint32_t selected;
	bool offered;

	if (!virtio_use(card, VIRTIO_CAP_COMMON))
		return false;
	selected = *memory32(0); /* which half of the features */
	*memory32(0) = 0;
	offered = *memory32(4) & VIRTIO_OFFERS_STATUS;
	*memory32(0) = selected;
	return offered && virtio_use(card, VIRTIO_CAP_DEVICE);
}

/* ---- all of them --------------------------------------------------------- */

static const struct row rows[] = {
	{0x8086, 0x100e, use_memory_0, e1000_read}, /* QEMU's e1000 */
	{0x8086, 0x10d3, use_memory_0, e1000_read}, /* QEMU's e1000e */
	{0x10ec, 0x8139, use_io, rtl8139_read},
	{0x1022, 0x2000, pcnet_find, pcnet_read},
	{0x15ad, 0x07b0, use_memory_1, vmxnet3_read},
	{0x1af4, 0x1000, virtio_find, virtio_read},
	{0x1af4, 0x1000, virtio_old_find, virtio_old_read},
	{0x1af4, 0x1041, virtio_find, virtio_read},
};

void undi_link_start(const struct undi_card *card)
{
	const struct row *row = rows;

	while (row < rows + sizeof(rows) / sizeof(rows[0]) &&
	       (row->vendor != card->vendor || row->device != card->device ||
		!row->find(card)))
		row++;
	link.row = row < rows + sizeof(rows) / sizeof(rows[0]) ? row : NULL;
	link.asked_us = 0;
}

/* What the card says, or said a moment ago. */
static unsigned int state_now(void)
{
	uint64_t now = undi_time_us();

	if (!link.row)
		return UP;
	if (!link.asked_us || now - link.asked_us >= ASK_EVERY_US) {
		link.last = link.row->read();
		link.asked_us = now;
	}
	return link.last;
}

bool undi_link_up(void)
{
	return state_now() != DOWN;
}

unsigned int undi_link_mbit(void)
{
	return state_now() > UP ? link.last : 0;
}
