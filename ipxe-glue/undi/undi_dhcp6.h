/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Stateless DHCPv6: name servers, search domains and a boot file URL for a
 * client whose address comes from router advertisements.
 */
#ifndef UNDI_DHCP6_H
#define UNDI_DHCP6_H

#include <stdbool.h>
#include <stdint.h>

#include "lwip/ip_addr.h"

/* Once, after undi_netif_start(); the card has this address. */
void undi_dhcp6_start(const uint8_t mac[6]);

/* Ask anew when next wanted: the link is back. What is known stays known. */
void undi_dhcp6_restart(void);

/* Every poll with a link. @wanted: servers are to be asked on this network. */
void undi_dhcp6_poll(bool wanted);

/* As undi_ip6.h has them. */
const ip_addr_t *undi_dhcp6_server(unsigned int i);
const char *undi_dhcp6_domain(unsigned int i);
const char *undi_dhcp6_bootfile(void);

#endif
