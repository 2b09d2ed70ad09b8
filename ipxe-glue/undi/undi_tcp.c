/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * port_tcp_* on lwIP's raw interface.
 *
 * A connection is one of a fixed few:
 *
 *	FREE -> WANTED -> LOOKUP -> CONNECT -> OPEN -> FREE
 *	            \________\_________\________\-> OVER -> FREE
 *
 * port_tcp_open() only fills a slot in; everything else happens in port_poll(),
 * so that no callback runs inside a call of the client. OVER waits for
 * undi_tcp_poll() to say closed; an end that lwIP reports while it calls us is
 * said at once.
 *
 * The client may close any connection in any callback: a slot carries a serial
 * number, and whoever goes on after a callback compares it.
 */
#include <errno.h>
#include <string.h>

#include "ipxe-glue/undi/undi_tcp.h"

#include "lwip/etharp.h"
#include "lwip/tcp.h"

#include "ipxe-glue/port.h"
#include "ipxe-glue/undi/undi_dhcp.h"
#include "ipxe-glue/undi/undi_icmp.h"
#include "ipxe-glue/undi/undi_lookup.h"
#include "ipxe-glue/undi/undi_netif.h"
#include "ipxe-glue/undi/undi_time.h"
#include "ipxe-glue/undi/undi_window.h"

/* SPICE has eight channel types; some more for what waits to be closed. */
#define TCP_SLOTS 16

/* No answer to SYN in this time: a person waits. (RFC 9293 allows 3 min.) */
#define CONNECT_PATIENCE_US 15000000

/* No answer to ARP, which lwIP asks once a second. */
#define HOP_PATIENCE_US 4500000

/* A silent peer is asked after this, so that its power cut is noticed. */
#define KEEPALIVE_IDLE_MS  30000
#define KEEPALIVE_EVERY_MS 10000
#define KEEPALIVE_TRIES	   3

enum slot_state {
	SLOT_FREE,
	SLOT_WANTED,
	SLOT_LOOKUP,
	SLOT_CONNECT,
	SLOT_OPEN,
	SLOT_OVER,
};

struct port_tcp {
	enum slot_state state;
	uint32_t serial; /* of this use of the slot */
	int rc;		 /* OVER: what to say */
	struct tcp_pcb *pcb;
	const struct port_tcp_events *ev;
	void *ctx;
	size_t unread;	   /* delivered, not yet consumed */
	uint64_t since_us; /* SYN was sent */
	uint16_t port;
	bool dirty;    /* offered, not yet sent */
	bool short_of; /* an offer was not taken whole: wants room */
	struct undi_lookup lookup;
	struct undi_window window;
};

static struct port_tcp slots[TCP_SLOTS];

/* ---- the end ------------------------------------------------------------- */

/* Part from lwIP's connection without a callback. */
static void detach(struct port_tcp *tcp)
{
	struct tcp_pcb *pcb = tcp->pcb;

	undi_lookup_stop(&tcp->lookup);
	tcp->pcb = NULL;
	if (!pcb)
		return;
	tcp_arg(pcb, NULL);
	tcp_recv(pcb, NULL);
	tcp_sent(pcb, NULL);
	tcp_err(pcb, NULL);
}

static void release(struct port_tcp *tcp)
{
	detach(tcp);
	tcp->state = SLOT_FREE;
	tcp->serial++;
}

/* Free the slot, then say so: the callback may open another. */
static void say_closed(struct port_tcp *tcp, int rc)
{
	const struct port_tcp_events *ev = tcp->ev;
	void *ctx = tcp->ctx;

	release(tcp);
	ev->closed(ctx, rc);
}

/* Over, to be said by the next undi_tcp_poll(). */
static void over(struct port_tcp *tcp, int rc)
{
	struct tcp_pcb *pcb = tcp->pcb;

	detach(tcp);
	if (pcb)
		tcp_abort(pcb);
	tcp->state = SLOT_OVER;
	tcp->rc = rc;
}

/*
 * Send FIN after what is queued; lwIP finishes it alone. Without memory for the
 * FIN it tries again by itself (and says ERR_OK).
 */
static void close_pcb(struct tcp_pcb *pcb)
{
	undi_window_close(pcb);
	tcp_close(pcb);
}

/* ---- what lwIP tells ------------------------------------------------------
 */

static void on_error(void *arg, err_t err)
{
	struct port_tcp *tcp = arg;
	int rc;

	if (!tcp)
		return;
	tcp->pcb = NULL; /* lwIP has freed it */
	if (err == ERR_RST)
		rc = tcp->state == SLOT_CONNECT ? -ECONNREFUSED : -ECONNRESET;
	else if (err == ERR_ABRT)
		rc = undi_dhcp_moving() ? -EADDRNOTAVAIL : -ETIMEDOUT;
	else
		rc = -EIO;
	say_closed(tcp, rc);
}

/* Whether @tcp is still the connection that it was before a callback. */
static bool same(const struct port_tcp *tcp, uint32_t serial)
{
	return tcp->serial == serial;
}

static err_t on_receive(void *arg, struct tcp_pcb *pcb, struct pbuf *p,
			err_t err)
{
	struct port_tcp *tcp = arg;
	uint32_t serial;

	if (!p) {
		detach(tcp);
		close_pcb(pcb);
		say_closed(tcp, 0);
		return ERR_OK;
	}
	serial = tcp->serial;
	tcp->unread += p->tot_len;
	undi_window_received(&tcp->window);
	for (struct pbuf *q = p; q && same(tcp, serial); q = q->next)
		tcp->ev->recv(tcp->ctx, q->payload, q->len);
	pbuf_free(p);
	return ERR_OK;
}

static err_t on_sent(void *arg, struct tcp_pcb *pcb, u16_t n)
{
	struct port_tcp *tcp = arg;

	if (tcp->short_of && tcp_sndbuf(pcb) >= TCP_SNDLOWAT) {
		tcp->short_of = false;
		tcp->ev->room(tcp->ctx);
	}
	return ERR_OK;
}

static err_t on_connected(void *arg, struct tcp_pcb *pcb, err_t err)
{
	struct port_tcp *tcp = arg;

	tcp->state = SLOT_OPEN;
	undi_window_open(&tcp->window, pcb, undi_time_us() - tcp->since_us);
	tcp->ev->open(tcp->ctx);
	return ERR_OK;
}

/* ---- the beginning --------------------------------------------------------
 */

static int connect(struct port_tcp *tcp, const ip_addr_t *address)
{
	struct tcp_pcb *pcb = tcp_new();
	err_t err;

	if (!pcb)
		return -ENOMEM;
	tcp->pcb = pcb;
	tcp_arg(pcb, tcp);
	tcp_recv(pcb, on_receive);
	tcp_sent(pcb, on_sent);
	tcp_err(pcb, on_error);
	tcp_nagle_disable(pcb);
	ip_set_option(pcb, SOF_KEEPALIVE);
	pcb->keep_idle = KEEPALIVE_IDLE_MS;
	pcb->keep_intvl = KEEPALIVE_EVERY_MS;
	pcb->keep_cnt = KEEPALIVE_TRIES;

	tcp->state = SLOT_CONNECT;
	tcp->since_us = undi_time_us();
	err = tcp_connect(pcb, address, tcp->port, on_connected);
	if (err == ERR_OK)
		return 0;
	return err == ERR_RTE ? -ENETUNREACH : -ENOMEM;
}

/* The name has an address: tell it, then connect. */
static void resolved(struct port_tcp *tcp)
{
	ip_addr_t address = tcp->lookup.address;
	uint32_t serial = tcp->serial;
	char text[IPADDR_STRLEN_MAX];
	int rc;

	if (tcp->ev->resolved) {
		ipaddr_ntoa_r(&address, text, sizeof(text));
		tcp->ev->resolved(tcp->ctx, text);
		if (!same(tcp, serial))
			return;
	}
	if (ip_addr_isany(netif_ip_addr4(undi_netif())))
		rc = -ENETUNREACH;
	else
		rc = connect(tcp, &address);
	if (rc)
		over(tcp, rc);
}

static void look_up(struct port_tcp *tcp)
{
	int rc = undi_lookup_poll(&tcp->lookup);

	if (rc == 0)
		resolved(tcp);
	else if (rc != -EINPROGRESS)
		over(tcp, rc);
}

/* Whether the next hop to @pcb's peer has answered ARP. */
static bool hop_answers(const struct tcp_pcb *pcb)
{
	const struct netif *nif = undi_netif();
	const ip4_addr_t *hop = ip_2_ip4(&pcb->remote_ip), *found;
	struct eth_addr *mac;

	if (!ip4_addr_net_eq(hop, netif_ip4_addr(nif), netif_ip4_netmask(nif)))
		hop = netif_ip4_gw(nif);
	return etharp_find_addr(undi_netif(), hop, &mac, &found) >= 0;
}

static void check_connect(struct port_tcp *tcp)
{
	uint64_t waited_us = undi_time_us() - tcp->since_us;
	int rc = undi_icmp_error(tcp->pcb->local_port, tcp->pcb->remote_port);

	if (rc)
		over(tcp, rc);
	else if (waited_us >= HOP_PATIENCE_US && !hop_answers(tcp->pcb))
		over(tcp, -EHOSTUNREACH);
	else if (waited_us >= CONNECT_PATIENCE_US)
		over(tcp, -ETIMEDOUT);
}

void undi_tcp_poll(void)
{
	unsigned int busy = 0;

	for (struct port_tcp *tcp = slots; tcp < slots + TCP_SLOTS; tcp++) {
		if (tcp->state == SLOT_WANTED)
			tcp->state = SLOT_LOOKUP;
		if (tcp->state == SLOT_LOOKUP)
			look_up(tcp);
		if (tcp->state == SLOT_CONNECT)
			check_connect(tcp);
		if (tcp->state == SLOT_OPEN)
			busy += undi_window_poll(&tcp->window, tcp->pcb);
		if (tcp->state == SLOT_OVER)
			say_closed(tcp, tcp->rc);
	}
	undi_window_share(busy);
}

/* ---- port.h ---------------------------------------------------------------
 */

struct port_tcp *port_tcp_open(const char *host, uint16_t port,
			       const struct port_tcp_events *ev, void *ctx)
{
	for (struct port_tcp *tcp = slots; tcp < slots + TCP_SLOTS; tcp++) {
		uint32_t serial = tcp->serial;

		if (tcp->state != SLOT_FREE)
			continue;
		memset(tcp, 0, sizeof(*tcp));
		tcp->serial = serial;
		tcp->state = SLOT_WANTED;
		tcp->port = port;
		tcp->ev = ev;
		tcp->ctx = ctx;
		undi_lookup_start(&tcp->lookup, host);
		return tcp;
	}
	return NULL;
}

size_t port_tcp_send(struct port_tcp *tcp, const void *bytes, size_t n)
{
	size_t taken = 0;

	if (tcp->state != SLOT_OPEN)
		return 0;
	while (taken < n) {
		size_t part = n - taken;

		/* Half of lwIP's limit of a call; and what fits. */
		if (part > 0x7fff)
			part = 0x7fff;
		if (part > tcp_sndbuf(tcp->pcb))
			part = tcp_sndbuf(tcp->pcb);
		if (part == 0 ||
		    tcp_write(tcp->pcb, (const char *)bytes + taken, part,
			      TCP_WRITE_FLAG_COPY) != ERR_OK)
			break;
		taken += part;
	}
	tcp->short_of = taken < n;
	tcp->dirty = true;
	return taken;
}

void port_tcp_flush(struct port_tcp *tcp)
{
	if (tcp->state == SLOT_OPEN && tcp->dirty)
		tcp_output(tcp->pcb);
	tcp->dirty = false;
}

void undi_tcp_flush_all(void)
{
	for (struct port_tcp *tcp = slots; tcp < slots + TCP_SLOTS; tcp++)
		if (tcp->dirty)
			port_tcp_flush(tcp);
}

void port_tcp_consumed(struct port_tcp *tcp, size_t n)
{
	if (tcp->state != SLOT_OPEN)
		return;
	if (n > tcp->unread)
		n = tcp->unread;
	tcp->unread -= n;
	undi_window_consumed(&tcp->window, tcp->pcb, n, tcp->unread);
}

void port_tcp_close(struct port_tcp *tcp)
{
	struct tcp_pcb *pcb = tcp->pcb;
	bool open = tcp->state == SLOT_OPEN;

	if (tcp->state == SLOT_FREE)
		return;
	release(tcp);
	if (pcb && open)
		close_pcb(pcb);
	else if (pcb)
		tcp_abort(pcb);
}

void undi_tcp_close_all(void)
{
	for (struct port_tcp *tcp = slots; tcp < slots + TCP_SLOTS; tcp++)
		port_tcp_close(tcp);
}
