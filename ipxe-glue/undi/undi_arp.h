/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * What lwIP's ARP leaves to others: somebody else with our address, and a
 * neighbour whose Ethernet address has changed without a word.
 */
#ifndef UNDI_ARP_H
#define UNDI_ARP_H

/* See all ARP that comes in, once, after undi_netif_start(). */
void undi_arp_start(void);

/* Ask for neighbours that may have moved. Every poll. */
void undi_arp_poll(void);

#endif
