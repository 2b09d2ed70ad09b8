/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * What is asked: the gateway, else the DHCP server, whose address everybody
 * with a lease has. A network of IPv6 alone is not watched.
 */
#include "ipxe-glue/undi/undi_watch.h"

#include "lwip/dhcp.h"
#include "lwip/etharp.h"
#include "lwip/netif.h"

#include "ipxe-glue/undi/undi_netif.h"
#include "ipxe-glue/undi/undi_time.h"
#include "ipxe-glue/undi/undi_window.h"

#define SILENT_US     1000000 /* a session's server says something more often */
#define ASK_US	      300000  /* between questions */
#define QUESTIONS     4
#define AT_ONCE_US    200000  /* an answer after a restart */
#define PAUSE_US      2000000 /* between restarts at first; doubles */
#define PAUSE_MOST_US 64000000

static struct {
	uint64_t heard_us, asked_us, restarted_us, pause_us;
	bool judging; /* has not heard anything since the last restart */
	unsigned int questions; /* since anything was heard, or a restart */
} watch = {.pause_us = PAUSE_US};

void undi_watch_heard(void)
{
	watch.heard_us = undi_time_us();
	watch.questions = 0;
	watch.pause_us = PAUSE_US;
	if (watch.judging && watch.heard_us - watch.restarted_us < AT_ONCE_US)
		undi_window_overrun();
	watch.judging = false;
}

/* Whom to ask, NULL for nobody. */
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
	return ip4_addr_net_eq(server, netif_ip4_addr(nif),
			       netif_ip4_netmask(nif))
		       ? server
		       : NULL;
}

bool undi_watch_poll(void)
{
	const ip4_addr_t *whom = neighbour(undi_netif());
	uint64_t now = undi_time_us();

	if (!whom || now - watch.heard_us < SILENT_US ||
	    now - watch.asked_us < ASK_US)
		return false;
	watch.asked_us = now;
	if (watch.questions < QUESTIONS) {
		watch.questions++;
		etharp_request(undi_netif(), whom);
		return false;
	}
	if (now - watch.restarted_us < watch.pause_us)
		return false;
	watch.pause_us *= 2;
	if (watch.pause_us > PAUSE_MOST_US)
		watch.pause_us = PAUSE_MOST_US;
	return true;
}

void undi_watch_restarted(void)
{
	const ip4_addr_t *whom = neighbour(undi_netif());

	watch.restarted_us = watch.asked_us = undi_time_us();
	watch.questions = 1;
	watch.judging = true;
	if (whom)
		etharp_request(undi_netif(), whom);
}
