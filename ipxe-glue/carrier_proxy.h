/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * A proxy between a slot's TCP and what goes through it (proxy.h does the
 * work). Narrow on purpose: a build that has no room for it links
 * linked/instead/linked_no_proxy.c in the place of carrier_proxy.c and
 * proxy.c.
 */
#ifndef IPXE_GLUE_CARRIER_PROXY_H
#define IPXE_GLUE_CARRIER_PROXY_H

#include "ipxe-glue/carrier.h"

/* TCP to the proxy is open: ask for the way to the server. */
void carrier_proxy_start(struct carrier_slot *slot);

/*
 * @n bytes came while the way was not open yet. When it is, carrier_through;
 * what followed the answer goes to carrier_input.
 */
void carrier_proxy_input(struct carrier_slot *slot, const void *bytes,
			 size_t n);

/* Send what is left of the request; give up on a silent proxy. */
void carrier_proxy_turn(struct carrier_slot *slot);

/* TCP to the proxy could not be had, or is gone too early: the session ends. */
void carrier_proxy_closed(struct carrier_slot *slot, int rc);

#endif
