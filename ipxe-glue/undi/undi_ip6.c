/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Every IPv6 packet passes undi_ip6_input() before lwIP. It takes what lwIP
 * leaves (undi_ra.c, undi_icmp.c), and stops what lwIP would fall for: it
 * believes in any path MTU, also in one that leaves no room for a segment.
 *
 * lwIP's neighbour discovery ticks once a second, and an address waits two
 * ticks for a neighbour that has it, too. While one waits, and at first for a
 * router's answer, it ticks four times as fast here: who has an address says so
 * at once, and a person waits. (RFC 4862 wants a second. This is a policy
 * decision.)
 */
#include <string.h>

#include "ipxe-glue/undi/undi_ip6.h"

#include "lwip/nd6.h"
#include "lwip/netif.h"
#include "lwip/pbuf.h"
#include "lwip/priv/nd6_priv.h"
#include "lwip/prot/ip6.h"

#include "ipxe-glue/undi/lwip/lwip_hooks.h"
#include "ipxe-glue/undi/undi_dhcp6.h"
#include "ipxe-glue/undi/undi_icmp.h"
#include "ipxe-glue/undi/undi_lookup.h"
#include "ipxe-glue/undi/undi_netif.h"
#include "ipxe-glue/undi/undi_ra.h"
#include "ipxe-glue/undi/undi_tcp.h"
#include "ipxe-glue/undi/undi_time.h"

#define TICK_US 250000

/* Routers are asked three times in the first three seconds... */
#define HURRY_US 3000000

/* ...then with growing pauses, for ever (RFC 7559). */
#define SOLICIT_FIRST_US 4000000
#define SOLICIT_MOST_US	 60000000

/*
 * A link that has come may be another network's: routers that do not answer
 * again in this time, seconds, are forgotten.
 */
#define OLD_ROUTER_S 15

#define FOREVER UINT64_MAX

static struct {
	uint64_t link_us, tick_us, up_us;
	uint64_t solicit_us, solicit_pause_us;
	bool advertised; /* a router has been heard on this link */
	bool ask;	 /* ...and it said to ask DHCPv6 */
	struct {
		ip_addr_t address;
		uint64_t until_us;
	} server[UNDI_RA_SERVERS];
	struct {
		char name[UNDI_RA_DOMAIN];
		uint64_t until_us; /* 0: empty */
	} domain[UNDI_RA_DOMAINS];
} state;

/* ---- addresses ------------------------------------------------------------
 */

/* The best of our addresses that others than neighbours can answer, or -1. */
static int best_address(void)
{
	const struct netif *nif = undi_netif();
	int best = -1;

	for (int i = 1; i < LWIP_IPV6_NUM_ADDRESSES; i++) {
		if (ip6_addr_ispreferred(netif_ip6_addr_state(nif, i)))
			return i;
		if (ip6_addr_isvalid(netif_ip6_addr_state(nif, i)))
			best = i;
	}
	return best;
}

bool undi_ip6_up(void)
{
	return best_address() >= 0;
}

uint64_t undi_ip6_up_us(void)
{
	return state.up_us ? undi_time_us() - state.up_us : 0;
}

bool undi_ip6_on_wire(const ip6_addr_t *to)
{
	if (ip6_addr_islinklocal(to))
		return true;
	for (int i = 0; i < LWIP_ND6_NUM_PREFIXES; i++)
		if (prefix_list[i].netif && prefix_list[i].invalidation_timer &&
		    ip6_addr_net_eq(&prefix_list[i].prefix, to))
			return true;
	return false;
}

/* A default router, or NULL. */
static const struct nd6_neighbor_cache_entry *router(void)
{
	for (int i = 0; i < LWIP_ND6_NUM_ROUTERS; i++)
		if (default_router_list[i].neighbor_entry &&
		    default_router_list[i].invalidation_timer)
			return default_router_list[i].neighbor_entry;
	return NULL;
}

bool undi_ip6_reaches(const ip6_addr_t *to)
{
	if (ip6_addr_islinklocal(to))
		return ip6_addr_isvalid(netif_ip6_addr_state(undi_netif(), 0));
	return undi_ip6_up() && (undi_ip6_on_wire(to) || router());
}

/* Only addresses of one kind are sure to have a way to each other. */
static bool same_kind(const ip6_addr_t *a, const ip6_addr_t *b)
{
	return ip6_addr_islinklocal(a) == ip6_addr_islinklocal(b) &&
	       ip6_addr_isuniquelocal(a) == ip6_addr_isuniquelocal(b) &&
	       ip6_addr_issitelocal(a) == ip6_addr_issitelocal(b);
}

bool undi_ip6_likes(const ip6_addr_t *to)
{
	const struct netif *nif = undi_netif();

	for (int i = 0; i < LWIP_IPV6_NUM_ADDRESSES; i++)
		if (ip6_addr_ispreferred(netif_ip6_addr_state(nif, i)) &&
		    same_kind(netif_ip6_addr(nif, i), to))
			return true;
	return false;
}

static bool neighbour_answers(const ip6_addr_t *hop)
{
	for (int i = 0; i < LWIP_ND6_NUM_NEIGHBORS; i++)
		if (ip6_addr_eq(&neighbor_cache[i].next_hop_address, hop))
			return neighbor_cache[i].state > ND6_INCOMPLETE;
	return false;
}

bool undi_ip6_hop_answers(const ip6_addr_t *to)
{
	for (int i = 0; i < LWIP_ND6_NUM_DESTINATIONS; i++)
		if (ip6_addr_eq(&destination_cache[i].destination_addr, to))
			return neighbour_answers(
				&destination_cache[i].next_hop_addr);
	return false;
}

void undi_ip6_text(const ip_addr_t *address, char *text, size_t room)
{
	ipaddr_ntoa_r(address, text, room);
	for (; *text; text++)
		if (*text >= 'A' && *text <= 'F')
			*text += 'a' - 'A';
}

void undi_ip6_describe(struct port_net *net)
{
	const struct nd6_neighbor_cache_entry *way = router();
	ip_addr_t gateway;
	int i = best_address();

	net->address6[0] = net->gateway6[0] = '\0';
	if (i < 0)
		return;
	undi_ip6_text(netif_ip_addr6(undi_netif(), i), net->address6,
		      sizeof(net->address6) - 3);
	strcat(net->address6, "/64");
	if (!way)
		return;
	ip_addr_copy_from_ip6(gateway, way->next_hop_address);
	undi_ip6_text(&gateway, net->gateway6, sizeof(net->gateway6));
}

/* ---- what routers advertise -----------------------------------------------
 */

static uint64_t until(uint32_t lifetime_s)
{
	if (lifetime_s == UINT32_MAX)
		return FOREVER;
	return undi_time_us() + lifetime_s * 1000000ull;
}

/* Take a name server, prolong it, or (lifetime 0) drop it. */
static void keep_server(const uint8_t address[16], uint32_t lifetime_s)
{
	ip_addr_t server = IPADDR6_INIT(0, 0, 0, 0);
	int at = -1;

	memcpy(ip_2_ip6(&server)->addr, address, 16);
	for (int i = UNDI_RA_SERVERS - 1; i >= 0; i--)
		if (!state.server[i].until_us)
			at = i;
	for (int i = 0; i < UNDI_RA_SERVERS; i++)
		if (state.server[i].until_us &&
		    ip_addr_eq(&state.server[i].address, &server))
			at = i;
	if (at < 0)
		return;
	state.server[at].address = server;
	state.server[at].until_us = lifetime_s ? until(lifetime_s) : 0;
}

static void keep_domain(const char *name, uint32_t lifetime_s)
{
	int at = -1;

	for (int i = UNDI_RA_DOMAINS - 1; i >= 0; i--)
		if (!state.domain[i].until_us)
			at = i;
	for (int i = 0; i < UNDI_RA_DOMAINS; i++)
		if (state.domain[i].until_us &&
		    strcmp(state.domain[i].name, name) == 0)
			at = i;
	if (at < 0)
		return;
	strcpy(state.domain[at].name, name);
	state.domain[at].until_us = lifetime_s ? until(lifetime_s) : 0;
}

static void forget_old(void)
{
	uint64_t now = undi_time_us();

	for (int i = 0; i < UNDI_RA_SERVERS; i++)
		if (state.server[i].until_us < now)
			state.server[i].until_us = 0;
	for (int i = 0; i < UNDI_RA_DOMAINS; i++)
		if (state.domain[i].until_us < now)
			state.domain[i].until_us = 0;
}

/* A name server that routers advertise, of those that can be reached. */
static const ip_addr_t *advertised(unsigned int i)
{
	for (int k = 0; k < UNDI_RA_SERVERS; k++)
		if (state.server[k].until_us &&
		    undi_ip6_reaches(ip_2_ip6(&state.server[k].address)) &&
		    i-- == 0)
			return &state.server[k].address;
	return NULL;
}

static bool is_advertised(const ip_addr_t *server)
{
	const ip_addr_t *known;

	for (unsigned int i = 0; (known = advertised(i)); i++)
		if (ip_addr_eq(known, server))
			return true;
	return false;
}

const ip_addr_t *undi_ip6_server(unsigned int i)
{
	const ip_addr_t *server;
	unsigned int n = 0;

	while (advertised(n))
		n++;
	if (i < n)
		return advertised(i);
	for (unsigned int k = 0; (server = undi_dhcp6_server(k)); k++)
		if (undi_ip6_reaches(ip_2_ip6(server)) &&
		    !is_advertised(server) && i-- == n)
			break;
	return server;
}

const char *undi_ip6_domain(unsigned int i)
{
	for (int k = 0; k < UNDI_RA_DOMAINS; k++)
		if (state.domain[k].until_us && i-- == 0)
			return state.domain[k].name;
	return undi_dhcp6_domain(i);
}

const char *undi_ip6_bootfile(void)
{
	return undi_dhcp6_bootfile();
}

static void on_advertisement(const uint8_t *icmp, size_t bytes)
{
	struct undi_ra ra;

	if (undi_ra_read(icmp, bytes, &ra) != 0)
		return;
	state.advertised = true;
	state.ask = state.ask || ra.managed || ra.other;
	for (unsigned int i = 0; i < ra.servers; i++)
		keep_server(ra.server[i].address, ra.server[i].lifetime_s);
	for (unsigned int i = 0; i < ra.domains; i++)
		keep_domain(ra.domain[i].name, ra.domain[i].lifetime_s);
}

/* ---- packets in -----------------------------------------------------------
 */

/*
 * "Packet too big" may be about a connection of ours and an MTU that IPv6
 * allows; lwIP is to hear of no other.
 */
static bool credible_mtu(const uint8_t *icmp, size_t bytes)
{
	const uint8_t *inner = icmp + 8;
	uint32_t mtu = icmp[4] << 24 | icmp[5] << 16 | icmp[6] << 8 | icmp[7];
	uint8_t proto;
	size_t at;

	if (mtu < UNDI_IP6_MTU_LEAST)
		return false;
	at = undi_ip6_payload(inner, bytes - 8, &proto);
	if (!at || proto != IP6_NEXTH_TCP || bytes - 8 - at < 4)
		return false;
	inner += at;
	return undi_tcp_too_big(inner[0] << 8 | inner[1],
				inner[2] << 8 | inner[3], mtu);
}

/* Returns whether lwIP may see it. */
static bool on_icmp6(const uint8_t *packet, const uint8_t *icmp, size_t bytes)
{
	if (bytes < 8 || !undi_icmp6_sum_holds(packet, icmp, bytes))
		return false;
	switch (icmp[0]) {
	case UNDI_ICMP6_RA:
		if (packet[7] == UNDI_IP6_HOPS_ND && packet[8] == 0xfe &&
		    (packet[9] & 0xc0) == 0x80)
			on_advertisement(icmp, bytes);
		return true;
	case UNDI_ICMP6_UNREACHABLE:
	case UNDI_ICMP6_TIME_EXCEEDED:
		undi_icmp_v6(icmp, bytes);
		return true;
	case UNDI_ICMP6_TOO_BIG:
		return credible_mtu(icmp, bytes);
	default:
		return true;
	}
}

static void on_udp(struct pbuf *p, size_t at)
{
	const struct ip6_hdr *ip = p->payload;
	ip_addr_t from;

	ip_addr_copy_from_ip6_packed(from, ip->src);
	undi_lookup_heard(p, at, &from);
}

int undi_ip6_input(struct pbuf *p)
{
	const uint8_t *packet = p->payload;
	size_t bytes = p->len, at;
	uint8_t proto;

	/* A frame is one buffer here; its end may be the card's filling. */
	if (bytes >= UNDI_IP6_HEADER && p->len == p->tot_len) {
		size_t whole = UNDI_IP6_HEADER + (packet[4] << 8 | packet[5]);

		if (whole <= bytes)
			bytes = whole;
		at = undi_ip6_payload(packet, bytes, &proto);
		if (at && proto == IP6_NEXTH_UDP)
			on_udp(p, at);
		if (at && (proto != UNDI_IP6_ICMP ||
			   on_icmp6(packet, packet + at, bytes - at)))
			return 0;
	}
	pbuf_free(p);
	return 1;
}

/* ---- start, link, time ----------------------------------------------------
 */

void undi_ip6_start(const uint8_t mac[6])
{
	struct netif *nif = undi_netif();

	netif_create_ip6_linklocal_address(nif, 1);
	netif_set_ip6_autoconfig_enabled(nif, 1);
	undi_dhcp6_start(mac);
}

/*
 * What an earlier network gave is kept, for connections may outlive a cable
 * that was out; but it is not used for new ones until a router renews it.
 */
void undi_ip6_link_up(void)
{
	struct netif *nif = undi_netif();

	for (int i = 1; i < LWIP_IPV6_NUM_ADDRESSES; i++)
		netif_ip6_addr_set_pref_life(nif, i, 0);
	for (int i = 0; i < LWIP_ND6_NUM_ROUTERS; i++)
		if (default_router_list[i].invalidation_timer > OLD_ROUTER_S)
			default_router_list[i].invalidation_timer =
				OLD_ROUTER_S;
	nd6_clear_destination_cache();
	state.link_us = state.tick_us = undi_time_us();
	state.advertised = state.ask = false;
	state.solicit_us = state.link_us + HURRY_US;
	state.solicit_pause_us = SOLICIT_FIRST_US;
	undi_dhcp6_restart();
}

static bool has_tentative(void)
{
	const struct netif *nif = undi_netif();

	for (int i = 0; i < LWIP_IPV6_NUM_ADDRESSES; i++)
		if (ip6_addr_istentative(netif_ip6_addr_state(nif, i)))
			return true;
	return false;
}

static void tick(uint64_t now)
{
	bool hurry = !state.advertised && now - state.link_us < HURRY_US;

	if (now - state.tick_us < TICK_US || !(hurry || has_tentative()))
		return;
	state.tick_us = now;
	nd6_tmr();
}

/* lwIP gives up after three questions; a switch may take longer to let them. */
static void solicit(uint64_t now)
{
	if (state.advertised || now < state.solicit_us)
		return;
	undi_netif()->rs_count = 1;
	state.solicit_us = now + state.solicit_pause_us;
	if (state.solicit_pause_us < SOLICIT_MOST_US)
		state.solicit_pause_us *= 2;
}

void undi_ip6_poll(bool has_ip4)
{
	uint64_t now = undi_time_us();

	tick(now);
	solicit(now);
	forget_old();
	if (!undi_ip6_up())
		state.up_us = 0;
	else if (!state.up_us)
		state.up_us = now;
	/* Where nobody else says where to connect, DHCPv6 is asked anyway. */
	undi_dhcp6_poll(state.ask || (state.up_us && !has_ip4));
}
