/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Conflicts (RFC 5227): probing an address before it is used would cost seconds
 * at every power-on. It is used at once, and probed meanwhile: who answers in
 * the first second keeps it, and DHCP is asked for another. Who claims it later
 * is told, and written to the log, that it is ours. This is a policy decision:
 * it is not given up then, so that a session lives as long as switches let it
 * (2.4, case c).
 *
 * Neighbours: lwIP believes an entry of its table for five minutes. Where a
 * connection's segments are sent again and again, its next hop is asked for.
 */
#include <stdio.h>
#include <string.h>

#include "ipxe-glue/undi/undi_arp.h"

#include "lwip/etharp.h"
#include "lwip/netif.h"
#include "lwip/pbuf.h"
#include "lwip/priv/tcp_priv.h"
#include "lwip/prot/etharp.h"
#include "lwip/prot/ethernet.h"
#include "lwip/prot/iana.h"
#include "netif/ethernet.h"

#include "ipxe-glue/port.h"
#include "ipxe-glue/undi/undi_dhcp.h"
#include "ipxe-glue/undi/undi_netif.h"
#include "ipxe-glue/undi/undi_time.h"

/* A new address is probed so often, and is free if nobody has answered then. */
#define PROBES	       3
#define PROBE_EVERY_US 300000
#define PROBING_US     1000000

/* RFC 5227's DEFEND_INTERVAL. */
#define DEFEND_EVERY_US 10000000

/* So often, and after so many segments without an answer, a hop is asked for.
 */
#define ASK_EVERY_US 1000000
#define ASK_AFTER    2

static uint64_t defended_us, asked_us;

static struct {
	uint64_t since_us; /* 0: never */
	unsigned int sent;
} probe;

/* Ask who has our address, as nobody (RFC 5227, 2.1.1). */
static void send_probe(void)
{
	const size_t bytes = SIZEOF_ETH_HDR + SIZEOF_ETHARP_HDR;
	struct netif *nif = undi_netif();
	struct pbuf *p = pbuf_alloc(PBUF_RAW, bytes, PBUF_RAM);
	struct etharp_hdr *arp;
	struct eth_hdr *eth;

	if (!p)
		return;
	memset(p->payload, 0, bytes);
	eth = p->payload;
	memset(eth->dest.addr, 0xff, ETH_HWADDR_LEN);
	memcpy(eth->src.addr, nif->hwaddr, ETH_HWADDR_LEN);
	eth->type = PP_HTONS(ETHTYPE_ARP);
	arp = (void *)(eth + 1);
	arp->hwtype = PP_HTONS(LWIP_IANA_HWTYPE_ETHERNET);
	arp->proto = PP_HTONS(ETHTYPE_IP);
	arp->hwlen = ETH_HWADDR_LEN;
	arp->protolen = sizeof(ip4_addr_t);
	arp->opcode = PP_HTONS(ARP_REQUEST);
	memcpy(arp->shwaddr.addr, nif->hwaddr, ETH_HWADDR_LEN);
	memcpy(&arp->dipaddr, netif_ip4_addr(nif), sizeof(ip4_addr_t));
	nif->linkoutput(nif, p);
	pbuf_free(p);
}

void undi_arp_probe(void)
{
	probe.since_us = undi_time_us();
	probe.sent = 0;
}

static void go_on_probing(uint64_t now)
{
	/* What is lost is not asked for. */
	if (ip4_addr_isany(netif_ip4_addr(undi_netif())))
		probe.since_us = 0;
	if (!probe.since_us || probe.sent == PROBES ||
	    now - probe.since_us < probe.sent * PROBE_EVERY_US)
		return;
	probe.sent++;
	send_probe();
}

static bool is_probing(void)
{
	return probe.since_us && undi_time_us() - probe.since_us < PROBING_US;
}

/* Somebody else has our address: theirs, if it was new to us. */
static void on_conflict(const struct eth_addr *who)
{
	uint64_t now = undi_time_us();
	char address[IP4ADDR_STRLEN_MAX], line[96];
	const uint8_t *a = who->addr;
	bool was_new = is_probing();

	if (!was_new && defended_us && now - defended_us < DEFEND_EVERY_US)
		return;
	ip4addr_ntoa_r(netif_ip4_addr(undi_netif()), address, sizeof(address));
	snprintf(line, sizeof(line),
		 "ARP: %02x:%02x:%02x:%02x:%02x:%02x uses this PC's address %s",
		 a[0], a[1], a[2], a[3], a[4], a[5], address);
	port_log(line);
	probe.since_us = 0;
	if (was_new && undi_dhcp_decline())
		return;
	defended_us = now;
	etharp_gratuitous(undi_netif());
}

/*
 * Whether somebody else asks for our new address as nobody, to take it as well
 * (RFC 5227, 2.1.1). To us alone that is asked by switches that only want to
 * know who is there.
 */
static bool is_their_probe(const struct eth_hdr *eth,
			   const struct etharp_hdr *arp)
{
	const ip4_addr_t *ours = netif_ip4_addr(undi_netif());
	static const uint8_t nobody[sizeof(ours->addr)];

	return is_probing() && (eth->dest.addr[0] & 1) &&
	       arp->opcode == PP_HTONS(ARP_REQUEST) &&
	       memcmp(&arp->sipaddr, nobody, sizeof(nobody)) == 0 &&
	       memcmp(&arp->dipaddr, &ours->addr, sizeof(ours->addr)) == 0;
}

/* Whether an ARP packet says that our address is somebody else's. */
static bool is_conflict(const struct eth_hdr *eth, const struct etharp_hdr *arp)
{
	const ip4_addr_t *ours = netif_ip4_addr(undi_netif());

	return !ip4_addr_isany(ours) &&
	       memcmp(arp->shwaddr.addr, undi_netif()->hwaddr,
		      ETH_HWADDR_LEN) &&
	       (memcmp(&arp->sipaddr, &ours->addr, sizeof(ours->addr)) == 0 ||
		is_their_probe(eth, arp));
}

/* A frame, before lwIP has it. */
static err_t on_frame(struct pbuf *p, struct netif *nif)
{
	const struct eth_hdr *eth = p->payload;
	const struct etharp_hdr *arp = (const void *)(eth + 1);

	if (p->len >= SIZEOF_ETH_HDR + SIZEOF_ETHARP_HDR &&
	    eth->type == PP_HTONS(ETHTYPE_ARP) && is_conflict(eth, arp))
		on_conflict(&arp->shwaddr);
	return ethernet_input(p, nif);
}

void undi_arp_start(void)
{
	undi_netif()->input = on_frame;
}

const ip4_addr_t *undi_arp_hop(const ip4_addr_t *to)
{
	const struct netif *nif = undi_netif();

	if (ip4_addr_isany(netif_ip4_addr(nif)))
		return NULL;
	if (ip4_addr_islinklocal(to) ||
	    ip4_addr_net_eq(to, netif_ip4_addr(nif), netif_ip4_netmask(nif)))
		return to;
	return ip4_addr_isany(netif_ip4_gw(nif)) ? NULL : netif_ip4_gw(nif);
}

/* Ask who has the next hop to @to. */
static void ask_hop(const ip4_addr_t *to)
{
	const ip4_addr_t *hop = undi_arp_hop(to);

	if (hop)
		etharp_request(undi_netif(), hop);
}

void undi_arp_poll(void)
{
	uint64_t now = undi_time_us();

	go_on_probing(now);
	if (now - asked_us < ASK_EVERY_US)
		return;
	asked_us = now;
	for (struct tcp_pcb *pcb = tcp_active_pcbs; pcb; pcb = pcb->next) {
		if (pcb->nrtx >= ASK_AFTER && IP_IS_V4_VAL(pcb->remote_ip)) {
			ask_hop(ip_2_ip4(&pcb->remote_ip));
			return;
		}
	}
}
