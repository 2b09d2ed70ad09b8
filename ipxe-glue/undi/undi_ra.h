/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Reads ICMPv6: router advertisements (RFC 4861, 4.2) for what lwIP leaves in
 * them, name servers and search domains (RFC 8106); and where in a packet a
 * message is. Knows nothing of lwIP.
 */
#ifndef UNDI_RA_H
#define UNDI_RA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UNDI_IP6_HEADER	   40
#define UNDI_IP6_ICMP	   58
#define UNDI_IP6_HOPS_ND   255 /* neighbour discovery: from our own wire */
#define UNDI_IP6_MTU_LEAST 1280

enum undi_icmp6_type {
	UNDI_ICMP6_UNREACHABLE = 1,
	UNDI_ICMP6_TOO_BIG = 2,
	UNDI_ICMP6_TIME_EXCEEDED = 3,
	UNDI_ICMP6_RA = 134,
};

/* Room for what is kept of one advertisement. */
#define UNDI_RA_SERVERS 4
#define UNDI_RA_DOMAINS 4
#define UNDI_RA_DOMAIN	128

struct undi_ra {
	bool managed, other; /* flags M and O: ask DHCPv6 */
	uint16_t router_s;   /* lifetime as a router, 0 none */
	unsigned int servers, domains;
	struct {
		uint8_t address[16];
		uint32_t lifetime_s; /* 0: not any more */
	} server[UNDI_RA_SERVERS];
	struct {
		char name[UNDI_RA_DOMAIN];
		uint32_t lifetime_s;
	} domain[UNDI_RA_DOMAINS];
};

/*
 * Read an ICMPv6 message of type RA.
 * @icmp, @bytes: from its type on
 *
 * Returns 0; -EINVAL when an option has no length or exceeds the message, which
 * is then to be ignored as a whole (RFC 4861, 6.1.2).
 */
int undi_ra_read(const uint8_t *icmp, size_t bytes, struct undi_ra *ra);

/*
 * Where in an IPv6 packet its payload begins, behind the headers that may stand
 * before it.
 * @packet, @bytes: from the IPv6 header on
 * @proto: the payload's protocol
 *
 * Returns the offset, 0 when the packet ends before.
 */
size_t undi_ip6_payload(const uint8_t *packet, size_t bytes, uint8_t *proto);

/*
 * Whether the checksum of an ICMPv6 message holds.
 * @packet: its IPv6 header
 * @icmp, @bytes: the message
 */
bool undi_icmp6_sum_holds(const uint8_t *packet, const uint8_t *icmp,
			  size_t bytes);

/*
 * Read one domain name as DNS writes it, without compression.
 * @from, @bytes: where it begins; what there is
 * @text, @room: gets the name, "" for the root or one that does not fit or has
 *     characters that no host name has
 *
 * Returns how many bytes it takes, 0 when it is cut off or compressed.
 */
size_t undi_domain_read(const uint8_t *from, size_t bytes, char *text,
			size_t room);

#endif
