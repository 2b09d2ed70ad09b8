/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * What routers say of connections that are being made: lwIP does not listen to
 * "destination unreachable" (RFC 792, RFC 4443).
 */
#ifndef UNDI_ICMP_H
#define UNDI_ICMP_H

#include <stddef.h>
#include <stdint.h>

/* Begin to listen. Once, after lwip_init(). */
void undi_icmp_start(void);

/*
 * An ICMPv6 message "unreachable" or "time exceeded" has come: @bytes, 8 or
 * more, from its type on.
 */
void undi_icmp_v6(const uint8_t *icmp, size_t bytes);

/*
 * What was said of the TCP connection with these ports (host order), once.
 * Returns 0 for nothing, -ENETUNREACH, -EHOSTUNREACH or -ECONNREFUSED.
 */
int undi_icmp_error(uint16_t local_port, uint16_t remote_port);

#endif
