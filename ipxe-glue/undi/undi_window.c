/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * lwIP opens the window by what tcp_recved() is told. What it is told here is
 * less by what would exceed the limit; the window is never shrunk below what
 * the peer was already given, but right after the handshake, when the peer has
 * not sent anything yet.
 */
#include <string.h>

#include "ipxe-glue/undi/undi_window.h"

#include "lwip/netif.h"
#include "lwip/tcp.h"

#include "ipxe-glue/burst.h"
#include "ipxe-glue/undi/undi_eepro.h"
#include "ipxe-glue/undi/undi_ip6.h"
#include "ipxe-glue/undi/undi_netif.h"
#include "ipxe-glue/undi/undi_time.h"

/*
 * Not so far that its frames could not have been lost in the card. On our wire
 * only a bridged radio link or tunnel takes longer, and a busy machine, which
 * does not so often in a row.
 */
#define NEARBY_US 20000

/* The ring is ours, and has this many in any case (undi_eepro.c). */
#define FRAMES_OWN 28

/* A connection that has just now received anything wants a share of that. */
#define BUSY_US	    100000
#define LEAST_SHARE (2 * BURST_SEGMENT)

static size_t near_limit, near_share;
static bool overrun;

void undi_window_start(uint16_t vendor, uint16_t device)
{
	near_limit = burst_frames(vendor, device) * BURST_SEGMENT;
	if (undi_eepro_started())
		near_limit = FRAMES_OWN * BURST_SEGMENT;
	near_share = near_limit;
}

static bool is_near(const struct undi_window *win)
{
	if (win->on_wire)
		return overrun || win->rtt_us < NEARBY_US ||
		       win->samples < BURST_SAMPLES;
	return overrun || win->rtt_us < BURST_NEAR_US;
}

/* Tell lwIP of @n bytes, in the pieces that it takes. */
static void give(struct tcp_pcb *pcb, size_t n)
{
	while (n) {
		u16_t part = n > 0xffff ? 0xffff : n;

		tcp_recved(pcb, part);
		n -= part;
	}
}

static bool on_our_wire(const struct tcp_pcb *pcb)
{
	const struct netif *nif = undi_netif();

	if (IP_IS_V6(&pcb->remote_ip))
		return undi_ip6_on_wire(ip_2_ip6(&pcb->remote_ip));
	return ip4_addr_net_eq(ip_2_ip4(&pcb->remote_ip), netif_ip4_addr(nif),
			       netif_ip4_netmask(nif));
}

void undi_window_open(struct undi_window *win, struct tcp_pcb *pcb,
		      uint32_t rtt_us)
{
	memset(win, 0, sizeof(*win));
	win->rtt_us = rtt_us;
	win->on_wire = on_our_wire(pcb);
	win->limit = TCP_WND_MAX(pcb);
	if (!is_near(win))
		return;
	win->limit = near_limit;
	pcb->rcv_wnd = near_limit;
	pcb->rcv_ann_wnd = near_limit;
	pcb->rcv_ann_right_edge = pcb->rcv_nxt + near_limit;
}

void undi_window_sent(struct undi_window *win)
{
	win->sent_us = undi_time_us();
}

void undi_window_acked(struct undi_window *win, const struct tcp_pcb *pcb)
{
	uint64_t rtt_us = undi_time_us() - win->sent_us;
	bool near = is_near(win);

	if (!win->sent_us)
		return;
	win->sent_us = 0;
	if (rtt_us < win->rtt_us)
		win->rtt_us = rtt_us;
	if (win->samples < BURST_SAMPLES)
		win->samples++;
	if (near && !is_near(win))
		win->limit = TCP_WND_MAX(pcb);
}

/* After a loss the limit grows by a segment for each window without one. */
static void grow(struct undi_window *win, const struct tcp_pcb *pcb, size_t n)
{
	if (is_near(win) || win->limit >= TCP_WND_MAX(pcb))
		return;
	win->grown += n;
	if (win->grown < win->limit)
		return;
	win->grown = 0;
	win->limit += TCP_MSS;
}

void undi_window_received(struct undi_window *win)
{
	win->last_us = undi_time_us();
}

void undi_window_consumed(struct undi_window *win, struct tcp_pcb *pcb,
			  size_t n, size_t unread)
{
	size_t limit, taken = pcb->rcv_wnd + unread;

	grow(win, pcb, n);
	limit = win->limit;
	if (is_near(win))
		limit = near_share;
	if (limit > taken)
		give(pcb, limit - taken);
}

bool undi_window_poll(struct undi_window *win, const struct tcp_pcb *pcb)
{
	bool hole = pcb->ooseq != NULL;

	/*
	 * On our wire whatever the time says: a peer that delays its
	 * acknowledgements looks far.
	 */
	if (hole && !win->out_of_order &&
	    (win->on_wire || win->rtt_us < NEARBY_US))
		win->limit = near_limit;
	win->out_of_order = hole;
	return is_near(win) && undi_time_us() - win->last_us < BUSY_US;
}

void undi_window_overrun(void)
{
	overrun = true;
}

void undi_window_share(unsigned int connections)
{
	near_share = near_limit;
	if (connections > 1)
		near_share /= connections;
	if (near_share < LEAST_SHARE)
		near_share = LEAST_SHARE;
}

void undi_window_close(struct tcp_pcb *pcb)
{
	if (pcb->rcv_wnd < TCP_WND_MAX(pcb))
		give(pcb, TCP_WND_MAX(pcb) - pcb->rcv_wnd);
}
