/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * IPv6 on undi_netif(): a link-local address, those of the prefixes that
 * routers advertise (RFC 4862), name servers and search domains (RFC 8106,
 * DHCPv6). lwIP does neighbours, prefixes and routers; this is what it lacks.
 */
#ifndef UNDI_IP6_H
#define UNDI_IP6_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lwip/ip_addr.h"

#include "ipxe-glue/port.h"

/* Begin, once, after undi_netif_start(); the card has this address. */
void undi_ip6_start(const uint8_t mac[6]);

/* There is a link (again), maybe to another network. */
void undi_ip6_link_up(void);

/* Every poll with a link. @has_ip4: DHCP has given an address. */
void undi_ip6_poll(bool has_ip4);

/* Whether there is an address that others than neighbours can answer. */
bool undi_ip6_up(void);

/* For how long there has been one, us; 0 without. */
uint64_t undi_ip6_up_us(void);

/* Whether a packet to @to would have a source address and a way out. */
bool undi_ip6_reaches(const ip6_addr_t *to);

/*
 * Whether an address of ours is of @to's kind (global, unique local), which is
 * what makes IPv6 the better choice (RFC 6724).
 */
bool undi_ip6_likes(const ip6_addr_t *to);

/* Whether @to is on our own wire. */
bool undi_ip6_on_wire(const ip6_addr_t *to);

/* Whether the next hop to @to, to which something was sent, has answered. */
bool undi_ip6_hop_answers(const ip6_addr_t *to);

/* Write an address of either IP version, an IPv6 one as RFC 5952 wants it. */
void undi_ip6_text(const ip_addr_t *address, char *text, size_t room);

/* Put addresses into @net: address6, gateway6. */
void undi_ip6_describe(struct port_net *net);

/* The name server, search domain number @i; NULL behind the last. */
const ip_addr_t *undi_ip6_server(unsigned int i);
const char *undi_ip6_domain(unsigned int i);

/* The boot file URL that came by DHCPv6, "" for none. */
const char *undi_ip6_bootfile(void);

#endif
