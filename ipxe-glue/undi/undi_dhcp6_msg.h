/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * DHCPv6 messages (RFC 8415) of a client that has its address from elsewhere:
 * INFORMATION-REQUEST out, REPLY in. Knows nothing of lwIP.
 */
#ifndef UNDI_DHCP6_MSG_H
#define UNDI_DHCP6_MSG_H

#include <stddef.h>
#include <stdint.h>

#include "ipxe-glue/undi/undi_ra.h"

#define UNDI_DHCP6_CLIENT_PORT 546
#define UNDI_DHCP6_SERVER_PORT 547

/* The longest request. */
#define UNDI_DHCP6_REQUEST_BYTES 128

struct undi_dhcp6_reply {
	unsigned int servers, domains;
	uint8_t server[UNDI_RA_SERVERS][16];
	char domain[UNDI_RA_DOMAINS][UNDI_RA_DOMAIN];
	char bootfile[256]; /* boot file URL (RFC 5970), "" for none */
	uint32_t refresh_s; /* when to ask again */
};

/*
 * Write a request.
 * @buf: gets it, UNDI_DHCP6_REQUEST_BYTES
 * @mac: names the client
 * @id: of this exchange, 24 bits
 * @waiting_ms: since the first request of this exchange
 *
 * Returns its length.
 */
size_t undi_dhcp6_request(uint8_t *buf, const uint8_t mac[6], uint32_t id,
			  uint32_t waiting_ms);

/*
 * Read a reply.
 * @msg, @bytes: what has come to the client's port
 * @mac, @id: as in the request
 *
 * Returns 0; -EINVAL when it is none, not ours, refuses, or is cut off.
 */
int undi_dhcp6_read(const uint8_t *msg, size_t bytes, const uint8_t mac[6],
		    uint32_t id, struct undi_dhcp6_reply *reply);

#endif
