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
#include "lwip/init.h"
#include "lwip/netif.h"
#include "lwip/pbuf.h"
#include "lwip/prot/ethernet.h"
#include "lwip/prot/ip.h"
#include "lwip/prot/ip4.h"
#include "lwip/prot/tcp.h"
#include "netif/ethernet.h"

#include "ipxe-glue/undi/undi_card.h"

static struct netif netif;

struct undi_netif_counts undi_netif_counts;

/* ---- out ------------------------------------------------------------------
 */

/* A TCP segment that says nothing but "received up to here". */
#define ACK_BYTES (SIZEOF_ETH_HDR + IP_HLEN + TCP_HLEN)

struct ack {
	struct eth_hdr eth;
	struct ip_hdr ip;
	struct tcp_hdr tcp;
} __attribute__((packed));

/* One that waits for a later one to take its place; 0 frames: none. */
static struct ack held;
static unsigned int held_for;

/* lwIP acknowledges every second segment. Twice as many are enough. */
#define HELD_AT_MOST 2

/* Send what is in the card's buffer. */
static err_t send_buffer(size_t bytes)
{
	undi_netif_counts.sent++;
	return undi_card_send(bytes) == 0 ? ERR_OK : ERR_IF;
}

void undi_netif_flush(void)
{
	if (held_for) {
		memcpy(undi_card_tx_buffer(), &held, sizeof(held));
		send_buffer(sizeof(held));
	}
	held_for = 0;
}

static bool is_ack(const struct ack *ack, size_t bytes)
{
	return bytes == ACK_BYTES && ack->eth.type == PP_HTONS(ETHTYPE_IP) &&
	       IPH_HL(&ack->ip) == IP_HLEN / 4 &&
	       IPH_PROTO(&ack->ip) == IP_PROTO_TCP &&
	       IPH_LEN(&ack->ip) == PP_HTONS(IP_HLEN + TCP_HLEN) &&
	       TCPH_FLAGS(&ack->tcp) == TCP_ACK;
}

/*
 * Whether @ack says all that the held one does, and more. One that repeats a
 * number tells the peer of a loss: each of those counts.
 */
static bool supersedes(const struct ack *ack)
{
	s32_t more = lwip_ntohl(ack->tcp.ackno) - lwip_ntohl(held.tcp.ackno);

	return ack->tcp.dest == held.tcp.dest && ack->tcp.src == held.tcp.src &&
	       ack->ip.dest.addr == held.ip.dest.addr && more > 0;
}

/*
 * Send a frame. An acknowledgement is held until the next one, or the end of
 * the poll: sending it costs as much as receiving what it acknowledges.
 */
static err_t send(struct netif *nif, struct pbuf *p)
{
	const struct ack *ack = p->payload;

	if (p->tot_len > UNDI_CARD_FRAME_MAX)
		return ERR_BUF;
	if (p->len != p->tot_len || !is_ack(ack, p->tot_len)) {
		undi_netif_flush();
		pbuf_copy_partial(p, undi_card_tx_buffer(), p->tot_len, 0);
		return send_buffer(p->tot_len);
	}
	if (held_for && !supersedes(ack))
		undi_netif_flush();
	held = *ack;
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
	nif->linkoutput = send;
	nif->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP |
		     NETIF_FLAG_ETHERNET;
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
	if (up)
		netif_set_link_up(&netif);
	else
		netif_set_link_down(&netif);
}

bool undi_netif_link(void)
{
	return netif_is_link_up(&netif);
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
	unsigned int n;

	for (n = 0; n < UNDI_NETIF_BATCH; n++) {
		size_t bytes;
		const void *frame = undi_card_receive(&bytes);

		if (!frame)
			break;
		take(frame, bytes);
	}
	return n;
}
