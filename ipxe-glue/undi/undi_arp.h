/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * What lwIP's ARP leaves to others: somebody else with our address, and a
 * neighbour whose Ethernet address has changed without a word.
 */
#ifndef UNDI_ARP_H
#define UNDI_ARP_H

#include "lwip/ip4_addr.h"

/* See all ARP that comes in, once, after undi_netif_start(). */
void undi_arp_start(void);

/* The address is new: see who else has it (undi_dhcp_decline()). */
void undi_arp_probe(void);

/* Go on with that; ask for neighbours that may have moved. Every poll. */
void undi_arp_poll(void);

/*
 * The neighbour whom packets for @to are given to: itself or the gateway; NULL
 * if there is no way there, for want of a gateway or of an address of ours.
 */
const ip4_addr_t *undi_arp_hop(const ip4_addr_t *to);

#endif
