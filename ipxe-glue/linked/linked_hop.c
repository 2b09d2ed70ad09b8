/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The first machine on the way to a peer, by iPXE's list of neighbours: whether
 * it answers, and whether its address is still what it was.
 */
#include <string.h>

#include <ipxe/arp.h>
#include <ipxe/in.h>
#include <ipxe/iobuf.h>
#include <ipxe/ip.h>
#include <ipxe/ipv6.h>
#include <ipxe/neighbour.h>

#include "ipxe-glue/linked/linked.h"

static uint64_t asked_us; /* when a neighbour was asked for its address */

/* Is that packet, with its IP header in front, for @peer? */
static bool is_for(struct io_buffer *iobuf, const struct sockaddr *peer)
{
	const struct sockaddr_in *sin = (const struct sockaddr_in *)peer;
	const struct sockaddr_in6 *sin6 = (const struct sockaddr_in6 *)peer;
	const struct iphdr *ip = iobuf->data;
	const struct ipv6_header *ip6 = iobuf->data;

	if (peer->sa_family == AF_INET)
		return iob_len(iobuf) >= sizeof(*ip) &&
		       ip->dest.s_addr == sin->sin_addr.s_addr;
	return iob_len(iobuf) >= sizeof(*ip6) &&
	       !memcmp(&ip6->dest, &sin6->sin6_addr, sizeof(ip6->dest));
}

/* Does a packet for @peer wait for that neighbour's address? */
static bool waits_at(struct neighbour *neighbour, const struct sockaddr *peer)
{
	struct io_buffer *iobuf;

	if (!neighbour->discovery)
		return false;
	list_for_each_entry(iobuf, &neighbour->tx_queue,
			    list) if (is_for(iobuf, peer)) return true;
	return false;
}

bool linked_hop_silent(const struct sockaddr *peer)
{
	struct neighbour *neighbour;

	list_for_each_entry(neighbour, &neighbours,
			    list) if (waits_at(neighbour, peer)) return true;
	return false;
}

void linked_hop_ask(void)
{
	struct neighbour *neighbour = list_first_entry(&neighbours,
						       struct neighbour, list);

	if (port_now_us() - asked_us < LINKED_HOP_PATIENCE_US)
		return;
	asked_us = port_now_us();
	if (neighbour && !neighbour->discovery &&
	    neighbour->net_protocol == &ipv4_protocol)
		arp_tx_request(neighbour->netdev, &ipv4_protocol,
			       neighbour->net_dest, neighbour->net_source);
}
