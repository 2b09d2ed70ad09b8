/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * DHCP: asks until there is an address, keeps it as long as it can be kept, and
 * tells what came with it.
 */
#ifndef UNDI_DHCP_H
#define UNDI_DHCP_H

#include <stdbool.h>
#include <stdint.h>

#include "lwip/ip_addr.h"

#include "ipxe-glue/port.h"

struct dhcp;
struct pbuf;

/* Say who asks: the card's address, and the version of its UNDI. */
void undi_dhcp_identity(const uint8_t mac[6], uint8_t major, uint8_t minor);

/* Begin to ask on undi_netif(), or be patient anew: the link is back. */
void undi_dhcp_start(void);

/* Bring @net's phase and addresses up to date. */
void undi_dhcp_poll(struct port_net *net);

/*
 * The address that we were just given is somebody else's: tell the server, and
 * ask for another. Returns whether that was done; not a third time in a row,
 * for a network where everybody's address is taken is no reason to stand still.
 */
bool undi_dhcp_decline(void);

/* What that says, NULL without memory. Owner: the caller. */
struct pbuf *undi_dhcp_decline_message(const struct dhcp *dhcp,
				       const ip4_addr_t *address);

/* Whether connections that lwIP ends now end for want of their address. */
bool undi_dhcp_moving(void);

/* For how many seconds there has been no answer. */
uint16_t undi_dhcp_asking_s(void);

/* The name server, search domain number @i of the lease; NULL behind the last.
 */
const ip_addr_t *undi_dhcp_server(unsigned int i);
const char *undi_dhcp_domain(unsigned int i);

#endif
