/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * lwIP's DHCP client (RFC 2131), watched: its phases, and the options that it
 * does not know: boot file name (67, RFC 2132) and domain name (15).
 *
 * The boot file name is option 67 if there is one, else the field "file" of
 * the message: servers use either.
 */
#include <errno.h>
#include <string.h>

#include "ipxe-glue/undi/undi_dhcp.h"

#include "lwip/dhcp.h"
#include "lwip/dns.h"
#include "lwip/netif.h"
#include "lwip/prot/dhcp.h"

#include "ipxe-glue/undi/lwip/lwip_hooks.h"
#include "ipxe-glue/undi/undi_netif.h"
#include "ipxe-glue/undi/undi_time.h"
#include "ipxe-glue/undi/undi_where.h"

#define OPTION_DOMAIN 15

/* No answer for this long is a failure to tell; asking goes on. */
#define PATIENCE_US 10000000

static struct {
	uint64_t since_us; /* asking, without an answer */
	uint64_t again_us; /* when to begin afresh, so that waits stay short */
	char bootfile[256];
	char domain[128];
} state;

/* ---- options ------------------------------------------------------------- */

/*
 * Add what we want to the parameter request list of an outgoing message. lwIP
 * writes that list last, so it can grow at its end.
 */
void undi_dhcp_append(struct dhcp_msg *msg, u16_t *options_bytes)
{
	static const u8_t wanted[] = {OPTION_DOMAIN, DHCP_OPTION_BOOTFILE,
				      UNDI_WHERE_ROOT_PATH, UNDI_WHERE_SITE};
	u16_t at = 0, end = *options_bytes;

	while (at + 1 < end &&
	       msg->options[at] != DHCP_OPTION_PARAMETER_REQUEST_LIST)
		at += 2 + msg->options[at + 1];
	if (at + 2 + msg->options[at + 1] != end ||
	    end + sizeof(wanted) > DHCP_OPTIONS_LEN - 4)
		return;
	memcpy(msg->options + end, wanted, sizeof(wanted));
	msg->options[at + 1] += sizeof(wanted);
	*options_bytes = end + sizeof(wanted);
}

/* Copy an option's text; it may end in a NUL of its own. */
static void copy_text(char *to, size_t room, struct pbuf *p, u16_t offset,
		      u8_t bytes)
{
	if (bytes >= room)
		bytes = room - 1;
	bytes = pbuf_copy_partial(p, to, bytes, offset);
	to[bytes] = '\0';
}

void undi_dhcp_option(u8_t type, u8_t option, u8_t bytes, struct pbuf *p,
		      u16_t offset)
{
	char text[256];

	if (type != DHCP_ACK)
		return;
	undi_where_option(UNDI_WHERE_OWN, option, text,
			  pbuf_copy_partial(p, text, bytes, offset));
	if (option == DHCP_OPTION_BOOTFILE)
		copy_text(state.bootfile, sizeof(state.bootfile), p, offset,
			  bytes);
	if (option == OPTION_DOMAIN)
		copy_text(state.domain, sizeof(state.domain), p, offset, bytes);
}

const char *undi_dhcp_domain(void)
{
	return state.domain;
}

/* ---- phases -------------------------------------------------------------- */

void undi_dhcp_start(void)
{
	state.since_us = undi_time_us();
	state.again_us = state.since_us + PATIENCE_US;
	if (netif_dhcp_data(undi_netif()))
		return; /* lwIP asks again by itself when a link comes back */
	dhcp_start(undi_netif());
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
	const struct dhcp *dhcp = netif_dhcp_data(nif);
	const ip_addr_t *dns = dns_getserver(0);

	set_address(net, nif);
	net->gateway[0] = net->dns[0] = '\0';
	if (!ip4_addr_isany(netif_ip4_gw(nif)))
		ip4addr_ntoa_r(netif_ip4_gw(nif), net->gateway,
			       sizeof(net->gateway));
	if (!ip_addr_isany(dns))
		ipaddr_ntoa_r(dns, net->dns, sizeof(net->dns));
	strncpy(net->bootfile,
		state.bootfile[0] ? state.bootfile : dhcp->boot_file_name,
		sizeof(net->bootfile) - 1);
	net->phase = PORT_NET_UP;
	net->rc = 0;
}

/* Still asking: say so when it has taken too long, and begin afresh. */
static void still_asking(struct port_net *net)
{
	uint64_t now = undi_time_us();

	if (net->phase == PORT_NET_UP)
		undi_dhcp_start(); /* the lease was lost */
	if (now - state.since_us >= PATIENCE_US) {
		net->phase = PORT_NET_FAILED;
		net->rc = -ETIMEDOUT;
	} else {
		net->phase = PORT_NET_DHCP;
	}
	if (now >= state.again_us) {
		state.again_us = now + PATIENCE_US;
		dhcp_start(undi_netif());
	}
}

void undi_dhcp_poll(struct port_net *net)
{
	struct netif *nif = undi_netif();

	if (!dhcp_supplied_address(nif))
		still_asking(net);
	else if (net->phase != PORT_NET_UP)
		set_up(net, nif);
}
