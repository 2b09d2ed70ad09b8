/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Who is asked: the gateway, else the DHCP server, whose address everybody with
 * a lease has; and the peer of a connection, if it is on our wire: a gateway
 * may be switched off, and a session without it be well. Only when both are
 * silent is the card suspected. A network of IPv6 alone is not watched.
 */
#include "ipxe-glue/undi/undi_watch.h"

#include "lwip/dhcp.h"
#include "lwip/etharp.h"
#include "lwip/netif.h"
#include "lwip/priv/tcp_priv.h"
#include "lwip/tcp.h"

#include "ipxe-glue/undi/undi_netif.h"
#include "ipxe-glue/undi/undi_time.h"
#include "ipxe-glue/undi/undi_window.h"

#define SILENT_US     1000000 /* a session's server says something more often */
#define ASK_US	      300000  /* between questions */
#define ASK_MORE_US   700000  /* between those that come after them */
#define QUESTIONS     4
#define AT_ONCE_US    200000  /* an answer after a restart */
#define PAUSE_US      2000000 /* between restarts at first; doubles */
#define PAUSE_MOST_US 64000000

static struct {
	uint64_t heard_us, asked_us, restarted_us, pause_us;
	bool judging; /* has not heard anything since the last restart */
	unsigned int questions; /* since anything was heard, or a restart */
} watch = {.pause_us = PAUSE_US};

/*
 * After a silence all that was not acknowledged is sent at once: by then TCP
 * waits longer and longer, and somebody may have typed all the time.
 */
static void hurry(void)
{
	struct tcp_pcb *pcb;

	for (pcb = tcp_active_pcbs; pcb; pcb = pcb->next) {
		if (pcb->state != ESTABLISHED || !pcb->unacked)
			continue;
		pcb->nrtx = 0;
		pcb->rtime = 0;
		tcp_rexmit_rto(pcb);
	}
}

void undi_watch_heard(void)
{
	bool silent = watch.questions >= QUESTIONS || watch.judging;

	watch.heard_us = undi_time_us();
	watch.questions = 0;
	watch.pause_us = PAUSE_US;
	if (watch.judging && watch.heard_us - watch.restarted_us < AT_ONCE_US)
		undi_window_overrun();
	watch.judging = false;
	if (silent)
		hurry();
}

static bool on_wire(const struct netif *nif, const ip4_addr_t *addr)
{
	return ip4_addr_net_eq(addr, netif_ip4_addr(nif),
			       netif_ip4_netmask(nif));
}

/* Who is always there, NULL for nobody. */
static const ip4_addr_t *neighbour(struct netif *nif)
{
	const struct dhcp *dhcp = netif_dhcp_data(nif);
	const ip4_addr_t *server;

	if (ip4_addr_isany_val(*netif_ip4_addr(nif)))
		return NULL;
	if (!ip4_addr_isany_val(*netif_ip4_gw(nif)))
		return netif_ip4_gw(nif);
	if (!dhcp)
		return NULL;
	server = ip_2_ip4(&dhcp->server_ip_addr);
	return on_wire(nif, server) ? server : NULL;
}

/* Ask for a sign of life. */
static void ask(struct netif *nif)
{
	const ip4_addr_t *whom = neighbour(nif);
	const struct tcp_pcb *pcb;

	watch.asked_us = undi_time_us();
	watch.questions++;
	if (whom)
		etharp_request(nif, whom);
	for (pcb = tcp_active_pcbs; pcb; pcb = pcb->next)
		if (IP_IS_V4(&pcb->remote_ip) &&
		    !(whom && ip4_addr_eq(whom, ip_2_ip4(&pcb->remote_ip))) &&
		    on_wire(nif, ip_2_ip4(&pcb->remote_ip))) {
			etharp_request(nif, ip_2_ip4(&pcb->remote_ip));
			return;
		}
}

bool undi_watch_poll(void)
{
	struct netif *nif = undi_netif();
	uint64_t now = undi_time_us();

	if (!neighbour(nif) || now - watch.heard_us < SILENT_US ||
	    now - watch.asked_us <
		    (watch.questions < QUESTIONS ? ASK_US : ASK_MORE_US))
		return false;
	ask(nif);
	if (watch.questions <= QUESTIONS)
		return false;
	if (now - watch.restarted_us < watch.pause_us)
		return false;
	watch.pause_us *= 2;
	if (watch.pause_us > PAUSE_MOST_US)
		watch.pause_us = PAUSE_MOST_US;
	return true;
}

void undi_watch_restarted(void)
{
	watch.restarted_us = undi_time_us();
	watch.questions = 0;
	watch.judging = true;
	ask(undi_netif());
}
