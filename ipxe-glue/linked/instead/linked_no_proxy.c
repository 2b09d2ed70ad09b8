/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * In the place of ipxe-glue/proxy.c and carrier_proxy.c where a ROM has no room
 * for them: no target can name a proxy, so that none is ever asked.
 */
#include <errno.h>

#include "ipxe-glue/carrier_proxy.h"
#include "ipxe-glue/proxy.h"

int proxy_parse(struct target_proxy *proxy, struct span text)
{
	return -EOPNOTSUPP;
}

void carrier_proxy_start(struct carrier_slot *slot)
{
}

void carrier_proxy_input(struct carrier_slot *slot, const void *bytes, size_t n)
{
}

void carrier_proxy_turn(struct carrier_slot *slot)
{
}

void carrier_proxy_closed(struct carrier_slot *slot, int rc)
{
}
