/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The card as lwIP's one network interface.
 */
#ifndef UNDI_NETIF_H
#define UNDI_NETIF_H

#include <stdbool.h>
#include <stdint.h>

struct netif;

/* Start lwIP with one interface of this Ethernet address, without a link. */
void undi_netif_start(const uint8_t mac[6]);

/* Tell lwIP of the link; whether it has been told there is one. */
void undi_netif_set_link(bool up);
bool undi_netif_link(void);

/*
 * For how long there has been a link, us. In its first moments an address of
 * either IP version may still come.
 */
uint64_t undi_netif_link_us(void);
#define UNDI_NETIF_SETTLE_US 6000000

/* The interface, for DHCP and IPv6. */
struct netif *undi_netif(void);

/*
 * Take waiting frames from the card into lwIP, whose callbacks run in here.
 * Returns how many came, at most UNDI_NETIF_BATCH, and no further one after
 * UNDI_NETIF_US: TLS deciphers in here, and keys wait meanwhile.
 */
unsigned int undi_netif_receive(void);
#define UNDI_NETIF_BATCH 64
#define UNDI_NETIF_US	 10000

/* Send what is held back for something better. At the end of a poll. */
void undi_netif_flush(void);

/* Frames in and out so far. */
struct undi_netif_counts {
	uint32_t received, sent, dropped;
};
extern struct undi_netif_counts undi_netif_counts;

#endif
