/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * RFC 8415, 18.2.6: one request, repeated with doubled pauses until a reply
 * comes, and again when what it told is to be refreshed. lwIP has such a
 * client, but it asks for no boot file and takes the other name servers' place.
 */
#include <string.h>

#include "ipxe-glue/undi/undi_dhcp6.h"

#include "lwip/pbuf.h"
#include "lwip/udp.h"

#include "ipxe-glue/port.h"
#include "ipxe-glue/undi/undi_dhcp6_msg.h"
#include "ipxe-glue/undi/undi_netif.h"
#include "ipxe-glue/undi/undi_time.h"

#define PAUSE_FIRST_US 1000000
#define PAUSE_MOST_US  120000000

static struct {
	struct udp_pcb *pcb;
	uint8_t mac[6];
	uint32_t id;
	bool asking;
	uint64_t since_us;	    /* of the first request */
	uint64_t next_us, pause_us; /* of the next one */
	struct undi_dhcp6_reply reply;
	ip_addr_t server[UNDI_RA_SERVERS];
} state;

const ip_addr_t *undi_dhcp6_server(unsigned int i)
{
	return i < state.reply.servers ? &state.server[i] : NULL;
}

const char *undi_dhcp6_domain(unsigned int i)
{
	return i < state.reply.domains ? state.reply.domain[i] : NULL;
}

const char *undi_dhcp6_bootfile(void)
{
	return state.reply.bootfile;
}

/*
 * Quirk: QEMU's user network makes a TFTP URL of any boot file name it is
 * given: "tftp://[fe80::2]/spice://host".
 */
static void strip_tftp(char *bootfile)
{
	char *inner = strstr(bootfile, "/spice");

	if (strncmp(bootfile, "tftp://[", 8) == 0 && inner)
		memmove(bootfile, inner + 1, strlen(inner + 1) + 1);
}

static void on_message(void *arg, struct udp_pcb *pcb, struct pbuf *p,
		       const ip_addr_t *from, u16_t port)
{
	struct undi_dhcp6_reply reply;

	if (state.asking && p->len == p->tot_len &&
	    undi_dhcp6_read(p->payload, p->len, state.mac, state.id, &reply) ==
		    0) {
		state.asking = false;
		state.reply = reply;
		state.next_us = undi_time_us() + reply.refresh_s * 1000000ull;
		for (unsigned int i = 0; i < reply.servers; i++) {
			ip_addr_t server = IPADDR6_INIT(0, 0, 0, 0);

			memcpy(ip_2_ip6(&server)->addr, reply.server[i], 16);
			state.server[i] = server;
		}
		strip_tftp(state.reply.bootfile);
		port_log("DHCPv6 reply");
	}
	pbuf_free(p);
}

void undi_dhcp6_start(const uint8_t mac[6])
{
	memcpy(state.mac, mac, 6);
	state.pcb = udp_new_ip_type(IPADDR_TYPE_V6);
	if (!state.pcb)
		return;
	udp_bind(state.pcb, IP6_ADDR_ANY, UNDI_DHCP6_CLIENT_PORT);
	udp_recv(state.pcb, on_message, NULL);
}

void undi_dhcp6_restart(void)
{
	state.asking = false;
	state.next_us = 0;
}

static void send_request(uint64_t now)
{
	/* All relay agents and servers on the link. */
	const ip_addr_t all = IPADDR6_INIT_HOST(0xff020000, 0, 0, 0x00010002);
	struct pbuf *p;
	size_t n;

	p = pbuf_alloc(PBUF_TRANSPORT, UNDI_DHCP6_REQUEST_BYTES, PBUF_RAM);
	if (!p)
		return;
	n = undi_dhcp6_request(p->payload, state.mac, state.id,
			       (now - state.since_us) / 1000);
	pbuf_realloc(p, n);
	udp_sendto_if(state.pcb, p, &all, UNDI_DHCP6_SERVER_PORT, undi_netif());
	pbuf_free(p);
}

void undi_dhcp6_poll(bool wanted)
{
	uint64_t now = undi_time_us();

	if (!wanted || !state.pcb || now < state.next_us)
		return;
	if (!state.asking) {
		state.asking = true;
		state.id = LWIP_RAND();
		state.since_us = now;
		state.pause_us = PAUSE_FIRST_US;
	}
	send_request(now);
	state.next_us = now + state.pause_us;
	if (state.pause_us < PAUSE_MOST_US)
		state.pause_us *= 2;
}
