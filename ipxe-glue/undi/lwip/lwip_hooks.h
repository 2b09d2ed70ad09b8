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

/* undi_dhcp.c: options that we ask for, and what comes of them. */
void undi_dhcp_append(struct dhcp_msg *msg, u16_t *options_bytes);
void undi_dhcp_option(u8_t type, u8_t option, u8_t bytes, struct pbuf *p,
		      u16_t offset);

#define LWIP_HOOK_DHCP_APPEND_OPTIONS(netif, dhcp, state, msg, type, bytes) \
	undi_dhcp_append(msg, bytes)
#define LWIP_HOOK_DHCP_PARSE_OPTION(netif, dhcp, state, msg, type, option, \
				    bytes, p, offset)                      \
	undi_dhcp_option(type, option, bytes, p, offset)

/* undi_lookup.c: reads name servers' answers as they pass by. */
int undi_lookup_peek(struct pbuf *p);
#define LWIP_HOOK_IP4_INPUT(p, netif) undi_lookup_peek(p)

/* A first sequence number that cannot be guessed (RFC 6528). */
#define LWIP_HOOK_TCP_ISN(local_ip, local_port, remote_ip, remote_port) \
	undi_lwip_rand()

#endif
