/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * DHCP: asks until there is an address, and keeps what came with it.
 */
#ifndef UNDI_DHCP_H
#define UNDI_DHCP_H

#include "ipxe-glue/port.h"

/* Begin to ask on undi_netif(), or be patient anew: the link is back. */
void undi_dhcp_start(void);

/* Bring @net's phase and addresses up to date. */
void undi_dhcp_poll(struct port_net *net);

/* The domain that came by DHCP, "" for none. */
const char *undi_dhcp_domain(void);

#endif
