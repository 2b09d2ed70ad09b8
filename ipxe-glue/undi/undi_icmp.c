/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Keeps the last few "destination unreachable" messages about TCP, until the
 * connection that they are about asks. They are taken as true only while a
 * connection is being made (RFC 5927): an established one cannot be ended so.
 */
#include <errno.h>

#include "ipxe-glue/undi/undi_icmp.h"

#include "lwip/icmp.h"
#include "lwip/pbuf.h"
#include "lwip/prot/icmp.h"
#include "lwip/prot/ip.h"
#include "lwip/prot/ip4.h"
#include "lwip/prot/ip6.h"
#include "lwip/raw.h"

#include "ipxe-glue/undi/undi_ra.h"

#define KEPT 8

static struct {
	uint16_t local_port, remote_port;
	int rc;
} kept[KEPT];
static unsigned int next;

static int code_to_rc(uint8_t code)
{
	switch (code) {
	case ICMP_DUR_NET:
		return -ENETUNREACH;
	case ICMP_DUR_PROTO:
	case ICMP_DUR_PORT:
		return -ECONNREFUSED;
	case ICMP_DUR_FRAG: /* about a size, not a host */
		return 0;
	default:
		return -EHOSTUNREACH;
	}
}

/* Keep what was said of a connection; @ports: its TCP header's beginning. */
static void keep(const uint8_t ports[4], int rc)
{
	kept[next].local_port = ports[0] << 8 | ports[1];
	kept[next].remote_port = ports[2] << 8 | ports[3];
	kept[next].rc = rc;
	next = (next + 1) % KEPT;
}

/*
 * The message holds the IP header of what could not be delivered and at least
 * 8 bytes behind it, where TCP has its ports.
 */
static u8_t on_icmp(void *arg, struct raw_pcb *pcb, struct pbuf *p,
		    const ip_addr_t *from)
{
	const struct ip_hdr *outer = p->payload;
	u16_t at = IPH_HL_BYTES(outer);
	u8_t icmp[8], ports[4];
	struct ip_hdr inner;
	int rc;

	if (pbuf_copy_partial(p, icmp, sizeof(icmp), at) != sizeof(icmp) ||
	    icmp[0] != ICMP_DUR)
		return 0;
	at += sizeof(icmp);
	if (pbuf_copy_partial(p, &inner, sizeof(inner), at) != sizeof(inner) ||
	    IPH_PROTO(&inner) != IP_PROTO_TCP)
		return 0;
	at += IPH_HL_BYTES(&inner);
	rc = code_to_rc(icmp[1]);
	if (rc && pbuf_copy_partial(p, ports, sizeof(ports), at) == 4)
		keep(ports, rc);
	return 0; /* not eaten: lwIP goes on with it */
}

/* Codes of RFC 4443, 3.1. */
static int code6_to_rc(const uint8_t *icmp)
{
	if (icmp[0] != UNDI_ICMP6_UNREACHABLE)
		return -EHOSTUNREACH; /* it went round in circles */
	switch (icmp[1]) {
	case 0: /* no route */
	case 6: /* a route that says no */
		return -ENETUNREACH;
	case 4: /* port */
		return -ECONNREFUSED;
	default: /* prohibited, out of scope, address, policy */
		return -EHOSTUNREACH;
	}
}

void undi_icmp_v6(const uint8_t *icmp, size_t bytes)
{
	uint8_t proto;
	size_t at = undi_ip6_payload(icmp + 8, bytes - 8, &proto);

	if (at && proto == IP6_NEXTH_TCP && bytes - 8 - at >= 4)
		keep(icmp + 8 + at, code6_to_rc(icmp));
}

void undi_icmp_start(void)
{
	struct raw_pcb *pcb = raw_new(IP_PROTO_ICMP);

	if (pcb)
		raw_recv(pcb, on_icmp, NULL);
}

int undi_icmp_error(uint16_t local_port, uint16_t remote_port)
{
	for (unsigned int i = 0; i < KEPT; i++) {
		int rc = kept[i].rc;

		if (rc && kept[i].local_port == local_port &&
		    kept[i].remote_port == remote_port) {
			kept[i].rc = 0;
			return rc;
		}
	}
	return 0;
}
