/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * lwIP's DHCP client (RFC 2131), led by the hand: it sees every message only
 * after us. Its own reading of options leaves out most of what is wanted here,
 * it would take a PXE proxy's offer, which has no address, for a lease, and any
 * server's refusal for its own server's.
 *
 * What lwIP counts has 16 bits, in seconds 18 hours. A longer lease is renewed
 * every four and a half, and its count is put back as long as it lasts.
 *
 * Connections outlive whatever leaves the address as it is: renewals, a cable
 * that was out, a server that is gone until the lease ends.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ipxe-glue/undi/undi_dhcp.h"

#include "lwip/dhcp.h"
#include "lwip/netif.h"
#include "lwip/pbuf.h"
#include "lwip/prot/dhcp.h"
#include "lwip/prot/iana.h"
#include "lwip/udp.h"

#include "ipxe-glue/undi/lwip/lwip_hooks.h"
#include "ipxe-glue/undi/undi_arp.h"
#include "ipxe-glue/undi/undi_lookup.h"
#include "ipxe-glue/undi/undi_netif.h"
#include "ipxe-glue/undi/undi_options.h"
#include "ipxe-glue/undi/undi_time.h"
#include "ipxe-glue/undi/undi_where.h"

/* No answer for this long is a failure to tell; asking goes on. */
#define PATIENCE_US 10000000

/* After so many addresses in conflict the next one is kept. */
#define DECLINED_MOST 2

#define SERVERS 4
#define DOMAINS 6

/* Any MTU is at least this (RFC 791); ours at most that of the wire. */
#define MTU_LEAST 576
#define MTU_MOST  1500

/* A lease for good. */
#define LEASE_INFINITE 0xffffffff

/*
 * What lwIP counts to at most: to the first renewal, to asking any server, to
 * the end. Less than a step behind the first, a count is put back by it.
 */
#define T1_MOST 0x4000
#define T2_MOST 0xc000
#define T0_MOST 0xffff
#define T_STEP	0x4000

/* What an answer without a lease time is taken for. */
#define LEASE_UNSAID_S 3600

/* Fields of a message (RFC 2131, 2). */
#define MSG_XID	   4
#define MSG_YIADDR 16
#define MSG_SIADDR 20
#define MSG_CHADDR 28

static struct {
	uint64_t since_us; /* asking, without an answer */
	uint64_t again_us; /* when to begin afresh, so that waits stay short */
	uint64_t ends_us;  /* the lease; 0 none */
	uint8_t lwip_state;
	uint8_t declined; /* addresses in a row */
	bool moving;	  /* lwIP is being given another address by us */
	bool news;	  /* what came with the lease is not in port_net yet */
	udp_recv_fn lwip_receive;
	char proxy_file[256]; /* a boot file name without a lease */
	char boot_file[256];
	char proxy_next[48]; /* the boot servers of the two */
	char next[48];
	unsigned int servers, domains;
	ip_addr_t server[SERVERS];
	char domain[DOMAINS][UNDI_OPTION_NAME];
	uint8_t message[MTU_MOST];
} state;

/* ---- the log ------------------------------------------------------------- */

static void say(const char *what, const ip4_addr_t *who, const char *then)
{
	char address[IP4ADDR_STRLEN_MAX], line[160];

	ip4addr_ntoa_r(who, address, sizeof(address));
	snprintf(line, sizeof(line), "DHCP: %s%s%s", what, address, then);
	port_log(line);
}

/* "DHCP: 10.0.0.5 from 10.0.0.1 for 60 s" */
static void say_lease(const struct dhcp *dhcp)
{
	char text[64], server[IP4ADDR_STRLEN_MAX];

	ip4addr_ntoa_r(ip_2_ip4(&dhcp->server_ip_addr), server, sizeof(server));
	snprintf(text, sizeof(text), " from %s for %lu s", server,
		 (unsigned long)dhcp->offered_t0_lease);
	say("", netif_ip4_addr(undi_netif()), text);
}

/* ---- a lease's times ----------------------------------------------------- */

static u32_t lease_s(const struct dhcp *dhcp)
{
	return dhcp->offered_t0_lease ? dhcp->offered_t0_lease : LEASE_UNSAID_S;
}

/* When to ask any server: between T1 and the end. */
static u32_t rebind_s(const struct dhcp *dhcp)
{
	u32_t lease = lease_s(dhcp);

	if (dhcp->offered_t2_rebind && dhcp->offered_t2_rebind < lease)
		return dhcp->offered_t2_rebind;
	return lease - lease / 8;
}

static u32_t renew_s(const struct dhcp *dhcp)
{
	if (dhcp->offered_t1_renew && dhcp->offered_t1_renew < rebind_s(dhcp))
		return dhcp->offered_t1_renew;
	return lease_s(dhcp) / 2;
}

static u16_t ticks(u32_t seconds, u16_t most)
{
	return seconds < 1 ? 1 : seconds > most ? most : seconds;
}

u16_t undi_dhcp_t0(const struct dhcp *dhcp)
{
	return ticks(lease_s(dhcp), T0_MOST);
}

u16_t undi_dhcp_t1(const struct dhcp *dhcp)
{
	return ticks(renew_s(dhcp), T1_MOST);
}

u16_t undi_dhcp_t2(const struct dhcp *dhcp)
{
	return ticks(rebind_s(dhcp), T2_MOST);
}

/* Whether the address is still ours, whoever answers. */
static bool lease_holds(void)
{
	return state.ends_us && undi_time_us() < state.ends_us;
}

/* Keep lwIP from ending, or having all renew, what lasts longer. */
static void put_back_count(struct dhcp *dhcp)
{
	uint64_t left_us = state.ends_us - undi_time_us();

	if (!lease_holds() || dhcp->lease_used < T1_MOST + T_STEP ||
	    left_us <= T0_MOST * 1000000ull)
		return;
	dhcp->lease_used -= T_STEP;
	if (dhcp->t2_rebind_time)
		dhcp->t2_rebind_time += T_STEP;
}

/* ---- what came with it --------------------------------------------------- */

static void take_servers(const struct undi_message *msg)
{
	uint8_t value[4 * SERVERS];
	int n = undi_option(msg, UNDI_OPTION_NAME_SERVERS, value,
			    sizeof(value));

	state.servers = 0;
	for (int at = 0; at + 4 <= n && state.servers < SERVERS; at += 4) {
		ip4_addr_t address;

		memcpy(&address.addr, value + at, 4);
		if (ip4_addr_isany_val(address))
			continue;
		ip_addr_copy_from_ip4(state.server[state.servers], address);
		state.servers++;
	}
}

/* The search list, and behind it the PC's own domain unless it is in there. */
static void take_domains(const struct undi_message *msg)
{
	uint8_t value[512];
	char *own;
	int n = undi_option(msg, UNDI_OPTION_SEARCH, value, sizeof(value));
	size_t dot;

	if (n > (int)sizeof(value))
		n = sizeof(value);
	state.domains = n < 0 ? 0
			      : undi_option_names(value, n, state.domain,
						  DOMAINS - 1);
	own = state.domain[state.domains];
	undi_option_text(msg, UNDI_OPTION_DOMAIN, own, UNDI_OPTION_NAME);
	dot = strlen(own);
	if (dot && own[dot - 1] == '.')
		own[dot - 1] = '\0';
	if (!undi_option_is_name(own))
		return;
	for (unsigned int i = 0; i < state.domains; i++)
		if (lwip_stricmp(state.domain[i], own) == 0)
			return;
	state.domains++;
}

static void take_mtu(const struct undi_message *msg)
{
	uint32_t mtu;

	if (!undi_option_number(msg, UNDI_OPTION_MTU, &mtu) ||
	    mtu < MTU_LEAST || mtu > MTU_MOST)
		mtu = MTU_MOST;
	undi_netif()->mtu = mtu;
}

/* Who has given the lease: lwIP stays with who gave the first. */
static void take_server(struct dhcp *dhcp, const struct undi_message *msg)
{
	uint32_t server;

	if (undi_option_number(msg, UNDI_OPTION_SERVER_ID, &server))
		ip_addr_set_ip4_u32(&dhcp->server_ip_addr, lwip_htonl(server));
}

/* Where boot files are: option 66, else siaddr, else who gave the lease. */
static void take_next(const struct undi_message *msg, char *next, size_t room)
{
	uint32_t server;
	ip4_addr_t address;

	undi_option_text(msg, UNDI_OPTION_TFTP_SERVER, next, room);
	if (next[0])
		return;
	memcpy(&address.addr, msg->at + MSG_SIADDR, 4);
	if (ip4_addr_isany_val(address) &&
	    undi_option_number(msg, UNDI_OPTION_SERVER_ID, &server))
		address.addr = lwip_htonl(server);
	ip4addr_ntoa_r(&address, next, room);
}

/* lwIP has taken the lease in @msg. */
static void take_lease(struct dhcp *dhcp, const struct undi_message *msg)
{
	if (dhcp->offered_t0_lease == LEASE_INFINITE) {
		state.ends_us = UINT64_MAX;
		dhcp->t0_timeout = 0; /* of a lease before this one */
	} else {
		state.ends_us = undi_time_us() + lease_s(dhcp) * 1000000ull;
	}
	take_server(dhcp, msg);
	take_servers(msg);
	take_domains(msg);
	take_mtu(msg);
	undi_option_boot_file(msg, state.boot_file, sizeof(state.boot_file));
	take_next(msg, state.next, sizeof(state.next));
	undi_where_packet(UNDI_WHERE_OWN, msg->at, msg->bytes);
	state.news = true;
	say_lease(dhcp);
}

const ip_addr_t *undi_dhcp_server(unsigned int i)
{
	return i < state.servers ? &state.server[i] : NULL;
}

const char *undi_dhcp_domain(unsigned int i)
{
	return i < state.domains ? state.domain[i] : NULL;
}

/* ---- messages ------------------------------------------------------------ */

/* Whether @msg is an answer to what we have asked. */
static bool is_answer(const struct undi_message *msg, const struct dhcp *dhcp)
{
	u32_t xid = lwip_htonl(dhcp->xid);

	return undi_options_valid(msg) &&
	       memcmp(msg->at + MSG_XID, &xid, sizeof(xid)) == 0 &&
	       memcmp(msg->at + MSG_CHADDR, undi_netif()->hwaddr, 6) == 0;
}

/* Whether an address can be a PC's. */
static bool is_host(const ip4_addr_t *address)
{
	return ip4_addr1(address) && ip4_addr1(address) != 127 &&
	       ip4_addr1(address) < 224;
}

/* Whether @msg comes from another server than the one that was asked. */
static bool is_stranger(const struct undi_message *msg, const struct dhcp *dhcp)
{
	uint32_t server;

	return (dhcp->state == DHCP_STATE_REQUESTING ||
		dhcp->state == DHCP_STATE_RENEWING) &&
	       undi_option_number(msg, UNDI_OPTION_SERVER_ID, &server) &&
	       lwip_htonl(server) != ip_2_ip4(&dhcp->server_ip_addr)->addr;
}

/*
 * Whether lwIP is to see @msg. An offer without an address is a PXE proxy's:
 * its boot file name is kept (PXE 2.1, 2.2.3).
 */
static bool for_lwip(const struct undi_message *msg, const struct dhcp *dhcp,
		     uint32_t type)
{
	ip4_addr_t address;

	memcpy(&address.addr, msg->at + MSG_YIADDR, 4);
	if (type == UNDI_DHCP_OFFER && ip4_addr_isany_val(address)) {
		undi_option_boot_file(msg, state.proxy_file,
				      sizeof(state.proxy_file));
		take_next(msg, state.proxy_next, sizeof(state.proxy_next));
	}
	if (type == UNDI_DHCP_OFFER || type == UNDI_DHCP_ACK)
		return is_host(&address);
	return type != UNDI_DHCP_NAK || !is_stranger(msg, dhcp);
}

/* Say that a server took our address away; it may say why. */
static void refused(const struct undi_message *msg, const ip4_addr_t *had)
{
	char why[64], text[96];

	undi_option_text(msg, UNDI_OPTION_MESSAGE, why, sizeof(why));
	snprintf(text, sizeof(text), " may not be used any more%s%s",
		 why[0] ? ": " : "", why);
	say("", had, text);
	state.ends_us = 0;
}

/* A lease is asked for anew: what a PXE proxy said before may not hold. */
static void ask_anew(void)
{
	state.lwip_state = DHCP_STATE_SELECTING;
	state.proxy_file[0] = state.proxy_next[0] = '\0';
}

/* What lwIP has made of @msg; it had the address @had. */
static void after(struct dhcp *dhcp, const struct undi_message *msg,
		  const ip4_addr_t *had, uint8_t was)
{
	const ip4_addr_t *has = netif_ip4_addr(undi_netif());

	if (dhcp->state == was)
		return;
	if (dhcp->state == DHCP_STATE_BOUND) {
		take_lease(dhcp, msg);
		if (ip4_addr_eq(has, had))
			state.declined = 0;
		else
			undi_arp_probe();
	} else if (dhcp->state == DHCP_STATE_SELECTING) {
		refused(msg, had);
		ask_anew();
	}
	if (!ip4_addr_isany(has) && !ip4_addr_isany(had) &&
	    !ip4_addr_eq(has, had))
		say("the address has changed, connections are made anew: it "
		    "was ",
		    had, "");
}

/* A message for lwIP's port. */
static void on_message(void *arg, struct udp_pcb *pcb, struct pbuf *p,
		       const ip_addr_t *from, u16_t port)
{
	struct dhcp *dhcp = netif_dhcp_data(undi_netif());
	struct undi_message msg = {.at = state.message};
	ip4_addr_t had = *netif_ip4_addr(undi_netif());
	uint32_t type = UNDI_DHCP_BOOTP;
	uint8_t was;

	msg.bytes = pbuf_copy_partial(p, state.message, sizeof(state.message),
				      0);
	if (!dhcp || !is_answer(&msg, dhcp) ||
	    !undi_option_number(&msg, UNDI_OPTION_TYPE, &type) ||
	    !for_lwip(&msg, dhcp, type)) {
		pbuf_free(p);
		return;
	}
	was = dhcp->state;
	state.moving = true;
	state.lwip_receive(arg, pcb, p, from, port);
	state.moving = false;
	after(dhcp, &msg, &had, was);
}

/* lwIP makes its port anew whenever it begins anew: be before it there. */
static void listen(void)
{
	for (struct udp_pcb *pcb = udp_pcbs; pcb; pcb = pcb->next) {
		if (pcb->local_port != LWIP_IANA_PORT_DHCP_CLIENT ||
		    pcb->recv == on_message)
			continue;
		state.lwip_receive = pcb->recv;
		udp_recv(pcb, on_message, pcb->recv_arg);
	}
}

/* ---- phases -------------------------------------------------------------- */

static void start_lwip(void)
{
	ask_anew();
	dhcp_start(undi_netif());
	listen();
}

void undi_dhcp_start(void)
{
	state.since_us = undi_time_us();
	state.again_us = state.since_us + PATIENCE_US;
	if (!netif_dhcp_data(undi_netif()))
		start_lwip();
	/* Else lwIP asks again by itself when a link comes back. */
}

bool undi_dhcp_moving(void)
{
	const struct dhcp *dhcp = netif_dhcp_data(undi_netif());

	return state.moving || !dhcp || dhcp->state == DHCP_STATE_OFF;
}

uint16_t undi_dhcp_asking_s(void)
{
	uint64_t s = (undi_time_us() - state.since_us) / 1000000;

	return s > 0xffff ? 0xffff : s;
}

/* Say what lwIP does on its own: its timers are ours to watch. */
static void watch(const struct dhcp *dhcp)
{
	const ip4_addr_t *server = ip_2_ip4(&dhcp->server_ip_addr);

	if (dhcp->state == state.lwip_state)
		return;
	if (dhcp->state == DHCP_STATE_SELECTING)
		ask_anew();
	state.lwip_state = dhcp->state;
	if (dhcp->state == DHCP_STATE_RENEWING)
		state.since_us = undi_time_us();
	if (dhcp->state == DHCP_STATE_REBINDING)
		say("no answer from ", server,
		    ", asking every server to renew");
}

/* No address any more. */
static void lose_lease(void)
{
	state.ends_us = 0;
	state.servers = state.domains = 0;
	state.moving = true;
	netif_set_addr(undi_netif(), IP4_ADDR_ANY4, IP4_ADDR_ANY4,
		       IP4_ADDR_ANY4);
	state.moving = false;
}

/* The port that lwIP's DHCP has opened, NULL if it has not. */
static struct udp_pcb *dhcp_port(void)
{
	struct udp_pcb *pcb = udp_pcbs;

	while (pcb && pcb->local_port != LWIP_IANA_PORT_DHCP_CLIENT)
		pcb = pcb->next;
	return pcb;
}

bool undi_dhcp_decline(void)
{
	struct dhcp *dhcp = netif_dhcp_data(undi_netif());
	ip4_addr_t address = *netif_ip4_addr(undi_netif());
	struct udp_pcb *pcb = dhcp_port();
	struct pbuf *p;

	if (!dhcp || !pcb || dhcp->state != DHCP_STATE_BOUND ||
	    state.declined == DECLINED_MOST)
		return false;
	p = undi_dhcp_decline_message(dhcp, &address);
	if (!p)
		return false;
	state.declined++;
	say("", &address, " is in use already, asking for another");
	udp_sendto_if_src(pcb, p, IP_ADDR_BROADCAST, LWIP_IANA_PORT_DHCP_SERVER,
			  undi_netif(), IP4_ADDR_ANY);
	pbuf_free(p);
	lose_lease();
	start_lwip();
	return true;
}

/* "10.0.2.15/24" */
static void set_address(struct port_net *net, const struct netif *nif)
{
	u32_t mask = lwip_ntohl(ip4_addr_get_u32(netif_ip4_netmask(nif)));
	unsigned int bits = mask ? __builtin_popcount(mask) : 0;
	size_t n;

	ip4addr_ntoa_r(netif_ip4_addr(nif), net->address, 16);
	n = strlen(net->address);
	net->address[n++] = '/';
	if (bits >= 10)
		net->address[n++] = '0' + bits / 10;
	net->address[n++] = '0' + bits % 10;
	net->address[n] = '\0';
}

static void set_up(struct port_net *net, const struct netif *nif)
{
	const ip_addr_t *dns = undi_lookup_server();

	set_address(net, nif);
	net->gateway[0] = net->dns[0] = '\0';
	if (!ip4_addr_isany(netif_ip4_gw(nif)))
		ip4addr_ntoa_r(netif_ip4_gw(nif), net->gateway,
			       sizeof(net->gateway));
	if (dns)
		ipaddr_ntoa_r(dns, net->dns, sizeof(net->dns));
	strncpy(net->bootfile,
		state.boot_file[0] ? state.boot_file : state.proxy_file,
		sizeof(net->bootfile) - 1);
	strcpy(net->next, state.boot_file[0] ? state.next : state.proxy_next);
	net->phase = PORT_NET_UP;
	net->rc = 0;
	state.news = false;
}

/*
 * Still asking: say so when it has taken too long. In SELECTING lwIP asks again
 * every few seconds; where an offer was not confirmed it has to begin afresh.
 */
static void still_asking(struct port_net *net, const struct dhcp *dhcp)
{
	uint64_t now;

	if (net->phase == PORT_NET_UP)
		undi_dhcp_start(); /* be patient anew */
	now = undi_time_us();
	net->phase = PORT_NET_DHCP;
	net->rc = 0;
	if (now - state.since_us >= PATIENCE_US) {
		net->phase = PORT_NET_FAILED;
		net->rc = -ETIMEDOUT;
	}
	if (now < state.again_us)
		return;
	state.again_us = now + PATIENCE_US;
	if (dhcp && dhcp->state == DHCP_STATE_SELECTING)
		return;
	start_lwip();
}

/*
 * Whether there is an address to work with: a lease, or one whose server is not
 * there to confirm it after the cable was out (RFC 2131, 3.2).
 */
static bool has_address(const struct netif *nif, const struct dhcp *dhcp)
{
	if (ip4_addr_isany(netif_ip4_addr(nif)))
		return false;
	return dhcp_supplied_address(nif) ||
	       (dhcp && dhcp->state == DHCP_STATE_SELECTING && lease_holds());
}

void undi_dhcp_poll(struct port_net *net)
{
	struct netif *nif = undi_netif();
	struct dhcp *dhcp = netif_dhcp_data(nif);

	listen();
	if (dhcp) {
		watch(dhcp);
		put_back_count(dhcp);
	}
	if (state.ends_us && !lease_holds()) {
		port_log("DHCP: the lease has ended, there is no address any "
			 "more");
		lose_lease();
	}
	if (!has_address(nif, dhcp))
		still_asking(net, dhcp);
	else if (net->phase != PORT_NET_UP || state.news)
		set_up(net, nif);
}
