/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The port's TCP on lwIP: what port_poll() does for it.
 */
#ifndef UNDI_TCP_H
#define UNDI_TCP_H

#include <stdbool.h>
#include <stdint.h>

/* Begin, give up, report: whatever could not be done inside a port_ call. */
void undi_tcp_poll(void);

/* Send what was offered since the last time. */
void undi_tcp_flush_all(void);

/*
 * A router says that an IPv6 packet between these ports (host order) is larger
 * than @mtu. Returns whether there is such a connection; its segments are
 * smaller from then on.
 */
bool undi_tcp_too_big(uint16_t local_port, uint16_t remote_port, uint16_t mtu);

/* Close every connection, without a callback. */
void undi_tcp_close_all(void);

#endif
