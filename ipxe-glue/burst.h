/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * How much a peer may send at once: what the card can take where the way is
 * short, anything where it is long.
 *
 * iPXE gives a card eight receive buffers, and nothing empties them while a
 * picture is decoded. A server in the same building sends its whole window at
 * once, and what exceeds the buffers is lost (in QEMU, when they are refilled,
 * all that has piled up behind them), whichever connection it is of: a mouse
 * then waits a second for the answer that lets it go on. On a way of a few
 * milliseconds a small window costs nothing: 20 KiB in 1 ms are 20 MB/s.
 */
#ifndef IPXE_GLUE_BURST_H
#define IPXE_GLUE_BURST_H

#include <stdbool.h>
#include <stdint.h>

/* Below this, the same building: the card's buffers are the limit. */
#define BURST_NEAR_US 5000

/* A way is far when so many samples in a row were. */
#define BURST_SAMPLES 4

/* Segments may be a little shorter than ours. */
#define BURST_SEGMENT 1440

/* What is known of the way to a peer; all 0 at first. */
struct burst_way {
	uint32_t shortest_us;
	uint8_t samples;
};

/*
 * Something was sent and answered in @us. The shortest time counts: a busy
 * machine only makes them longer.
 */
void burst_sample(struct burst_way *way, uint32_t us);

/* Near until several samples have been long. */
bool burst_near(const struct burst_way *way);

/* How many frames the card of that PCI id takes between two polls. */
unsigned int burst_frames(uint16_t vendor, uint16_t device);

#endif
