/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * How long a poll takes frames: undi_netif.c between a card and an lwIP of this
 * test's, which takes its time for each frame as TLS does that deciphers one.
 */
#include "ipxe-glue/undi/undi_card.h"
#include "ipxe-glue/undi/undi_netif.h"
#include "ipxe-glue/undi/undi_time.h"

#include "lwip/etharp.h"
#include "lwip/ethip6.h"
#include "lwip/init.h"
#include "lwip/netif.h"
#include "lwip/pbuf.h"
#include "netif/ethernet.h"

#include "test/test.h"

#define MS 1000

static struct {
	uint64_t now_us;
	unsigned int waiting;  /* frames in the card */
	unsigned int frame_us; /* what each takes */
	unsigned int taken, freed;
	bool no_pbuf, refused;
	struct pbuf pbuf;
} w;

uint64_t undi_time_us(void)
{
	return w.now_us;
}

void undi_time_busy(void)
{
}

const void *undi_card_receive(size_t *bytes)
{
	static uint8_t frame[60];

	*bytes = sizeof(frame);
	if (!w.waiting)
		return NULL;
	w.waiting--;
	return frame;
}

int undi_card_send(size_t bytes)
{
	return 0;
}

void *undi_card_tx_buffer(void)
{
	return NULL;
}

/* ---- lwIP ---- */

void lwip_init(void)
{
}

err_t ethernet_input(struct pbuf *p, struct netif *netif)
{
	w.taken++;
	w.now_us += w.frame_us;
	return w.refused ? ERR_MEM : ERR_OK;
}

struct netif *netif_add(struct netif *netif, const ip4_addr_t *address,
			const ip4_addr_t *mask, const ip4_addr_t *gateway,
			void *state, netif_init_fn init, netif_input_fn input)
{
	netif->input = input;
	return init(netif) == ERR_OK ? netif : NULL;
}

void netif_set_default(struct netif *netif)
{
}

void netif_set_up(struct netif *netif)
{
}

void netif_set_link_up(struct netif *netif)
{
}

void netif_set_link_down(struct netif *netif)
{
}

err_t etharp_output(struct netif *netif, struct pbuf *p,
		    const ip4_addr_t *address)
{
	return ERR_OK;
}

err_t ethip6_output(struct netif *netif, struct pbuf *p,
		    const ip6_addr_t *address)
{
	return ERR_OK;
}

struct pbuf *pbuf_alloc(pbuf_layer layer, u16_t length, pbuf_type type)
{
	return w.no_pbuf ? NULL : &w.pbuf;
}

err_t pbuf_take(struct pbuf *p, const void *data, u16_t n)
{
	return ERR_OK;
}

u8_t pbuf_free(struct pbuf *p)
{
	w.freed++;
	return 1;
}

u16_t pbuf_copy_partial(const struct pbuf *p, void *data, u16_t n, u16_t from)
{
	return n;
}

static void begin(unsigned int waiting, unsigned int frame_us)
{
	static const uint8_t mac[6] = {0x52, 0x54, 0, 0x12, 0x34, 0x56};

	memset(&w, 0, sizeof(w));
	w.now_us = 5000 * MS;
	w.waiting = waiting;
	w.frame_us = frame_us;
	undi_netif_start(mac);
}

/* ---- cases ---- */

/* Quick ones: so many in a poll, the rest in the next. */
TEST(batch)
{
	begin(UNDI_NETIF_BATCH + 3, 10);
	CHECK_EQ(undi_netif_receive(), UNDI_NETIF_BATCH);
	CHECK_EQ(undi_netif_receive(), 3);
	CHECK_EQ(undi_netif_receive(), 0);
	CHECK_EQ(w.taken, UNDI_NETIF_BATCH + 3);
}

/*
 * Slow ones: none is begun once the time is over, so that keys wait no longer
 * than that and a frame; and one at least gets through.
 */
TEST(time)
{
	static const struct {
		unsigned int frame_us, taken;
	} rows[] = {
		{1 * MS, 10},	    {3 * MS, 4},   {8 * MS, 2},
		{UNDI_NETIF_US, 1}, {500 * MS, 1},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t since;

		begin(40, rows[i].frame_us);
		while (w.waiting >= rows[i].taken) {
			since = w.now_us;
			CHECK_EQ(undi_netif_receive(), rows[i].taken);
			CHECK(w.now_us - since <
			      UNDI_NETIF_US + rows[i].frame_us);
		}
	}
}

/* What lwIP has no room for is dropped, and given back. */
TEST(no_room)
{
	uint32_t dropped;

	begin(2, 0);
	dropped = undi_netif_counts.dropped;
	w.no_pbuf = true;
	CHECK_EQ(undi_netif_receive(), 2);
	CHECK_EQ(undi_netif_counts.dropped - dropped, 2);
	CHECK_EQ(w.taken, 0);
	begin(2, 0);
	w.refused = true;
	CHECK_EQ(undi_netif_receive(), 2);
	CHECK_EQ(w.freed, 2);
}

int main(void)
{
	RUN(batch);
	RUN(time);
	RUN(no_room);
	return test_end();
}
