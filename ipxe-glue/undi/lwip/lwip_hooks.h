/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Places where lwIP asks us: see its opt.h, "Hooks".
 */
#ifndef UNDI_LWIP_HOOKS_H
#define UNDI_LWIP_HOOKS_H

#include "lwip/arch.h"

struct pbuf;
struct dhcp_msg;

struct dhcp;

/* undi_dhcp_ask.c: what we send beside lwIP's own options. */
void undi_dhcp_append(struct dhcp_msg *msg, u16_t *options_bytes);

#define LWIP_HOOK_DHCP_APPEND_OPTIONS(netif, dhcp, state, msg, type, bytes) \
	undi_dhcp_append(msg, bytes)

/* undi_dhcp.c: a lease's times as lwIP is to count them, in seconds. */
u16_t undi_dhcp_t0(const struct dhcp *dhcp);
u16_t undi_dhcp_t1(const struct dhcp *dhcp);
u16_t undi_dhcp_t2(const struct dhcp *dhcp);

/* undi_lookup.c: reads name servers' answers as they pass by. */
int undi_lookup_peek(struct pbuf *p);
#define LWIP_HOOK_IP4_INPUT(p, netif) undi_lookup_peek(p)

/* undi_ip6.c: IPv6 packets before lwIP sees them. */
struct netif;
int undi_ip6_input(struct pbuf *p);
#define LWIP_HOOK_IP6_INPUT(p, netif) undi_ip6_input(p)

/* A first sequence number that cannot be guessed (RFC 6528). */
#define LWIP_HOOK_TCP_ISN(local_ip, local_port, remote_ip, remote_port) \
	undi_lwip_rand()

#endif
