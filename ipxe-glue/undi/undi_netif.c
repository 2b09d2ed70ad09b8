/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * lwIP's interface on an UNDI card. A frame is copied once each way: from the
 * driver's buffer to a pbuf, from a pbuf to the buffer that real mode sees.
 *
 * Memory: lwIP's pools; when they are empty a frame is dropped, as on a wire.
 */
#include <string.h>

#include "ipxe-glue/undi/undi_netif.h"

#include "lwip/etharp.h"
#include "lwip/ethip6.h"
#include "lwip/init.h"
#include "lwip/netif.h"
#include "lwip/pbuf.h"
#include "lwip/prot/ethernet.h"
#include "lwip/prot/ip.h"
#include "lwip/prot/ip4.h"
#include "lwip/prot/ip6.h"
#include "lwip/prot/tcp.h"
#include "netif/ethernet.h"

#include "ipxe-glue/undi/undi_card.h"
#include "ipxe-glue/undi/undi_time.h"

static struct netif netif;
static uint64_t link_us; /* when it came or went */

struct undi_netif_counts undi_netif_counts;

/* ---- out ------------------------------------------------------------------
 */

/* A TCP segment that says nothing but "received up to here". */
struct ack4 {
	struct eth_hdr eth;
	struct ip_hdr ip;
	struct tcp_hdr tcp;
} __attribute__((packed));

struct ack6 {
	struct eth_hdr eth;
	struct ip6_hdr ip;
	struct tcp_hdr tcp;
} __attribute__((packed));

/* One that waits for a later one to take its place; 0 frames: none. */
static uint8_t held[sizeof(struct ack6)];
static size_t held_bytes;
static unsigned int held_for;

/* lwIP acknowledges every second segment. Twice as many are enough. */
#define HELD_AT_MOST 2

/*
 * Whether @frame is for or from somebody that we have to do with. Neighbours
 * are asked for all the time, to see whether the card hears.
 */
static bool matters(const void *frame, size_t bytes)
{
	const struct eth_hdr *eth = frame;

	return bytes >= sizeof(*eth) && !(eth->dest.addr[0] & 1) &&
	       eth->type != PP_HTONS(ETHTYPE_ARP);
}

/* Send what is in the card's buffer. */
static err_t send_buffer(size_t bytes)
{
	undi_netif_counts.sent++;
	if (matters(undi_card_tx_buffer(), bytes))
		undi_time_busy();
	return undi_card_send(bytes) == 0 ? ERR_OK : ERR_IF;
}

void undi_netif_flush(void)
{
	if (held_for) {
		memcpy(undi_card_tx_buffer(), held, held_bytes);
		send_buffer(held_bytes);
	}
	held_for = 0;
}

/* The TCP header of @frame, if that is such an acknowledgement; or NULL. */
static const struct tcp_hdr *ack_in(const void *frame, size_t bytes)
{
	const struct ack4 *v4 = frame;
	const struct ack6 *v6 = frame;
	const struct tcp_hdr *tcp = NULL;

	if (bytes == sizeof(*v4) && v4->eth.type == PP_HTONS(ETHTYPE_IP) &&
	    IPH_HL(&v4->ip) == IP_HLEN / 4 &&
	    IPH_PROTO(&v4->ip) == IP_PROTO_TCP &&
	    IPH_LEN(&v4->ip) == PP_HTONS(IP_HLEN + TCP_HLEN))
		tcp = &v4->tcp;
	if (bytes == sizeof(*v6) && v6->eth.type == PP_HTONS(ETHTYPE_IPV6) &&
	    IP6H_NEXTH(&v6->ip) == IP6_NEXTH_TCP &&
	    IP6H_PLEN(&v6->ip) == TCP_HLEN)
		tcp = &v6->tcp;
	return tcp && TCPH_FLAGS(tcp) == TCP_ACK ? tcp : NULL;
}

/* Whether the held acknowledgement goes where @frame does. */
static bool same_way(const void *frame, size_t bytes)
{
	const struct ack4 *v4 = frame, *held4 = (const void *)held;
	const struct ack6 *v6 = frame, *held6 = (const void *)held;

	if (bytes != held_bytes)
		return false;
	if (bytes == sizeof(*v4))
		return v4->ip.dest.addr == held4->ip.dest.addr;
	return memcmp(&v6->ip.dest, &held6->ip.dest, sizeof(v6->ip.dest)) == 0;
}

/*
 * Whether @ack, in @frame, says all that the held one does, and more. One that
 * repeats a number tells the peer of a loss: each of those counts.
 */
static bool supersedes(const struct tcp_hdr *ack, const void *frame,
		       size_t bytes)
{
	const struct tcp_hdr *old = ack_in(held, held_bytes);

	return same_way(frame, bytes) && ack->dest == old->dest &&
	       ack->src == old->src &&
	       (s32_t)(lwip_ntohl(ack->ackno) - lwip_ntohl(old->ackno)) > 0;
}

/*
 * Send a frame. An acknowledgement is held until the next one, or the end of
 * the poll: sending it costs as much as receiving what it acknowledges.
 */
static err_t send(struct netif *nif, struct pbuf *p)
{
	const struct tcp_hdr *ack = NULL;

	if (p->tot_len > UNDI_CARD_FRAME_MAX)
		return ERR_BUF;
	if (p->len == p->tot_len)
		ack = ack_in(p->payload, p->len);
	if (!ack) {
		undi_netif_flush();
		pbuf_copy_partial(p, undi_card_tx_buffer(), p->tot_len, 0);
		return send_buffer(p->tot_len);
	}
	if (held_for && !supersedes(ack, p->payload, p->len))
		undi_netif_flush();
	memcpy(held, p->payload, p->len);
	held_bytes = p->len;
	if (++held_for >= HELD_AT_MOST)
		undi_netif_flush();
	return ERR_OK;
}

/* ---- the interface --------------------------------------------------------
 */

static err_t init(struct netif *nif)
{
	nif->name[0] = 'e';
	nif->name[1] = 'n';
	nif->mtu = 1500;
	nif->output = etharp_output;
	nif->output_ip6 = ethip6_output;
	nif->linkoutput = send;
	nif->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP |
		     NETIF_FLAG_ETHERNET | NETIF_FLAG_MLD6;
	return ERR_OK;
}

void undi_netif_start(const uint8_t mac[6])
{
	lwip_init();
	netif.hwaddr_len = 6;
	memcpy(netif.hwaddr, mac, 6);
	netif_add(&netif, NULL, NULL, NULL, NULL, init, ethernet_input);
	netif_set_default(&netif);
	netif_set_up(&netif);
}

void undi_netif_set_link(bool up)
{
	link_us = undi_time_us();
	if (up)
		netif_set_link_up(&netif);
	else
		netif_set_link_down(&netif);
}

bool undi_netif_link(void)
{
	return netif_is_link_up(&netif);
}

uint64_t undi_netif_link_us(void)
{
	return undi_netif_link() ? undi_time_us() - link_us : 0;
}

struct netif *undi_netif(void)
{
	return &netif;
}

/* ---- in -------------------------------------------------------------------
 */

static void take(const void *frame, size_t bytes)
{
	struct pbuf *p;

	undi_netif_counts.received++;
	if (bytes > UNDI_CARD_FRAME_MAX)
		return;
	if (matters(frame, bytes))
		undi_time_busy();
	p = pbuf_alloc(PBUF_RAW, bytes, PBUF_POOL);
	if (!p) {
		undi_netif_counts.dropped++;
		return;
	}
	pbuf_take(p, frame, bytes);
	if (netif.input(p, &netif) != ERR_OK)
		pbuf_free(p);
}

unsigned int undi_netif_receive(void)
{
	uint64_t until_us = undi_time_us() + UNDI_NETIF_US;
	unsigned int n;

	for (n = 0; n < UNDI_NETIF_BATCH; n++) {
		size_t bytes;
		const void *frame;

		if (n && undi_time_us() >= until_us)
			break;
		frame = undi_card_receive(&bytes);
		if (!frame)
			break;
		take(frame, bytes);
	}
	return n;
}
