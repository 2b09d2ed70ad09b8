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
#include "netif/ethernet.h"

#include "ipxe-glue/undi/undi_card.h"

static struct netif netif;

struct undi_netif_counts undi_netif_counts;

static err_t send(struct netif *nif, struct pbuf *p)
{
	if (p->tot_len > UNDI_CARD_FRAME_MAX)
		return ERR_BUF;
	pbuf_copy_partial(p, undi_card_tx_buffer(), p->tot_len, 0);
	undi_netif_counts.sent++;
	return undi_card_send(p->tot_len) == 0 ? ERR_OK : ERR_IF;
}

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
