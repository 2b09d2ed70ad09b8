/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Ways and cards, as iPXE's drivers give them buffers.
 */
#include "ipxe-glue/burst.h"

#include <stddef.h>

/*
 * Eight buffers in the card, eight that QEMU hands in at the next refill; some
 * for other connections.
 */
#define FRAMES 14

/*
 * Cards with another number. iPXE gives the pcnet and the eepro100 four and the
 * vmxnet3 eight, and QEMU's keep nothing beside them: with 14 a transfer stands
 * still more often than not. Behind QEMU's virtio nothing is lost, what has no
 * buffer waits.
 *
 * Quirk: iPXE 2.0, eepro100. When a frame comes into the last buffer just while
 * the driver links a new one behind it, the next one is written to address 0,
 * over the interrupt vectors. With two under way it seldom does.
 */
static const struct {
	uint16_t vendor, device;
	uint8_t frames;
} cards[] = {
	{0x1022, 0x2000, 4}, {0x8086, 0x1229, 2},  {0x8086, 0x1209, 2},
	{0x8086, 0x2449, 2}, {0x1af4, 0x1000, 28}, {0x1af4, 0x1041, 28},
	{0x15ad, 0x07b0, 7},
};

void burst_sample(struct burst_way *way, uint32_t us)
{
	if (!way->samples || us < way->shortest_us)
		way->shortest_us = us;
	if (way->samples < BURST_SAMPLES)
		way->samples++;
}

bool burst_near(const struct burst_way *way)
{
	return way->samples < BURST_SAMPLES || way->shortest_us < BURST_NEAR_US;
}

unsigned int burst_frames(uint16_t vendor, uint16_t device)
{
	size_t i;

	for (i = 0; i < sizeof(cards) / sizeof(cards[0]); i++)
		if (cards[i].vendor == vendor && cards[i].device == device)
			return cards[i].frames;
	return FRAMES;
}
