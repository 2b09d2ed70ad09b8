/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * No port_udp_*: iPXE has a TFTP client of its own, which its `chain` and
 * `imgfetch` take.
 */
#include <stddef.h>

#include "ipxe-glue/port.h"

struct port_udp *port_udp_open(const char *host,
			       const struct port_udp_events *ev, void *ctx)
{
	return NULL;
}

void port_udp_send(struct port_udp *udp, uint16_t port, const void *bytes,
		   size_t n)
{
}

void port_udp_close(struct port_udp *udp)
{
}
