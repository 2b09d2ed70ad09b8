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
 * undi_tcp_poll() to say closed; an end that lwIP reports of an open connection
 * is said at once.
 *
 * A name may have several addresses, of both IP versions. They are tried one
 * after the other, each with a head start (RFC 8305), and the first that
 * answers wins: an address that leads nowhere costs a moment, not a timeout.
 *
 * The client may close any connection in any callback: a slot carries a serial
 * number, and whoever goes on after a callback compares it.
 */
#include <errno.h>
#include <string.h>

#include "ipxe-glue/undi/undi_tcp.h"

#include "lwip/etharp.h"
#include "lwip/prot/ip6.h"
#include "lwip/prot/tcp.h"
#include "lwip/priv/tcp_priv.h"
#include "lwip/tcp.h"

#include "ipxe-glue/port.h"
#include "ipxe-glue/undi/undi_arp.h"
#include "ipxe-glue/undi/undi_dhcp.h"
#include "ipxe-glue/undi/undi_icmp.h"
#include "ipxe-glue/undi/undi_ip6.h"
#include "ipxe-glue/undi/undi_lookup.h"
#include "ipxe-glue/undi/undi_netif.h"
#include "ipxe-glue/undi/undi_time.h"
#include "ipxe-glue/undi/undi_window.h"

/* SPICE has eight channel types; some more for what waits to be closed. */
#define TCP_SLOTS 16

/* No answer to a SYN a second: a person waits. (RFC 9293 allows 3 min.) */
#define CONNECT_PATIENCE_US 8000000

/* No answer to ARP or NDP, which lwIP asks once a second. */
#define HOP_PATIENCE_US 4500000

/* After this the next address is tried beside the one that does not answer. */
#define HEAD_START_US 300000

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

/* Connecting to one of a name's addresses. */
struct attempt {
	struct port_tcp *tcp;
	struct tcp_pcb *pcb; /* NULL: it has failed */
	uint64_t since_us;   /* SYN was sent */
};

struct port_tcp {
	enum slot_state state;
	uint32_t serial; /* of this use of the slot */
	int rc; /* OVER: what to say; CONNECT: the best reason so far */
	struct tcp_pcb *pcb; /* OPEN */
	const struct port_tcp_events *ev;
	void *ctx;
	size_t unread; /* delivered, not yet consumed */
	uint16_t port;
	bool dirty;    /* offered, not yet sent */
	bool short_of; /* an offer was not taken whole: wants room */
	struct undi_lookup lookup;
	struct undi_window window;
	unsigned int tried; /* of the addresses */
	struct attempt attempt[UNDI_LOOKUP_ADDRESSES];
};

static struct port_tcp slots[TCP_SLOTS];

/* The address that answered last, and under which name: the next is quick. */
static struct {
	char host[UNDI_LOOKUP_NAME];
	ip_addr_t address;
} good;

/* ---- the end ------------------------------------------------------------- */

/* Part from one of lwIP's connections without a callback. */
static void part(struct tcp_pcb *pcb)
{
	tcp_arg(pcb, NULL);
	tcp_recv(pcb, NULL);
	tcp_sent(pcb, NULL);
	tcp_err(pcb, NULL);
}

static void abort_pcb(struct tcp_pcb *pcb)
{
	part(pcb);
	tcp_abort(pcb);
}

/* End all that goes on for @tcp but an open connection. */
static void detach(struct port_tcp *tcp)
{
	undi_lookup_stop(&tcp->lookup);
	for (unsigned int i = 0; i < tcp->tried; i++) {
		if (tcp->attempt[i].pcb)
			abort_pcb(tcp->attempt[i].pcb);
		tcp->attempt[i].pcb = NULL;
	}
	if (tcp->pcb)
		part(tcp->pcb);
	tcp->pcb = NULL;
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
	detach(tcp);
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

/* Why lwIP has let go of a connection. */
static int to_rc(err_t err)
{
	if (err == ERR_ABRT)
		return undi_dhcp_moving() ? -EADDRNOTAVAIL : -ETIMEDOUT;
	return err == ERR_RST ? -ECONNRESET : -EIO;
}

static void on_error(void *arg, err_t err)
{
	struct port_tcp *tcp = arg;

	if (!tcp)
		return;
	tcp->pcb = NULL; /* lwIP has freed it */
	say_closed(tcp, to_rc(err));
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

	undi_window_acked(&tcp->window, pcb);
	if (tcp->short_of && tcp_sndbuf(pcb) >= TCP_SNDLOWAT) {
		tcp->short_of = false;
		tcp->ev->room(tcp->ctx);
	}
	return ERR_OK;
}

/* ---- the beginning --------------------------------------------------------
 */

/*
 * An attempt has failed. Of several reasons the one is told that came from the
 * farthest: a host that refuses is there.
 */
static void failed(struct attempt *attempt, int rc)
{
	static const int ranks[] = {-ENOMEM,	-ENETUNREACH, -EHOSTUNREACH,
				    -ETIMEDOUT, -EIO,	      -ECONNREFUSED};
	int *told = &attempt->tcp->rc;

	attempt->pcb = NULL;
	for (size_t i = 0; i < sizeof(ranks) / sizeof(ranks[0]); i++)
		if (*told == 0 || *told == ranks[i]) {
			*told = rc;
			return;
		} else if (rc == ranks[i]) {
			return;
		}
}

static void on_refused(void *arg, err_t err)
{
	if (arg)
		failed(arg, err == ERR_RST ? -ECONNREFUSED : to_rc(err));
}

/* Tell the client which address it is. Returns whether the slot still lives. */
static bool tell(struct port_tcp *tcp, const ip_addr_t *address)
{
	uint32_t serial = tcp->serial;
	char text[IPADDR_STRLEN_MAX];

	if (!tcp->ev->resolved)
		return true;
	undi_ip6_text(address, text, sizeof(text));
	tcp->ev->resolved(tcp->ctx, text);
	return same(tcp, serial);
}

/* The first to answer: the others are not wanted any more. */
static err_t on_connected(void *arg, struct tcp_pcb *pcb, err_t err)
{
	struct attempt *attempt = arg;
	struct port_tcp *tcp = attempt->tcp;
	bool is_last = attempt == &tcp->attempt[tcp->tried - 1];

	attempt->pcb = NULL;
	detach(tcp);
	tcp->pcb = pcb;
	tcp->state = SLOT_OPEN;
	tcp_arg(pcb, tcp);
	tcp_recv(pcb, on_receive);
	tcp_sent(pcb, on_sent);
	tcp_err(pcb, on_error);
	undi_window_open(&tcp->window, pcb, undi_time_us() - attempt->since_us);
	memcpy(good.host, tcp->lookup.host, sizeof(good.host));
	good.address = pcb->remote_ip;
	if (is_last || tell(tcp, &good.address))
		tcp->ev->open(tcp->ctx);
	return ERR_OK;
}

static int connect(struct attempt *attempt, const ip_addr_t *address)
{
	struct tcp_pcb *pcb = tcp_new_ip_type(IP_GET_TYPE(address));
	err_t err;

	if (!pcb)
		return -ENOMEM;
	tcp_arg(pcb, attempt);
	tcp_err(pcb, on_refused);
	tcp_nagle_disable(pcb);
	ip_set_option(pcb, SOF_KEEPALIVE);
	pcb->keep_idle = KEEPALIVE_IDLE_MS;
	pcb->keep_intvl = KEEPALIVE_EVERY_MS;
	pcb->keep_cnt = KEEPALIVE_TRIES;

	attempt->pcb = pcb;
	attempt->since_us = undi_time_us();
	err = tcp_connect(pcb, address, attempt->tcp->port, on_connected);
	if (err == ERR_OK)
		return 0;
	abort_pcb(pcb);
	return err == ERR_RTE ? -ENETUNREACH : -ENOMEM;
}

/* Try the next address, and tell it. */
static void try_next(struct port_tcp *tcp)
{
	struct attempt *attempt = &tcp->attempt[tcp->tried];
	const ip_addr_t *address = &tcp->lookup.address[tcp->tried];
	int rc;

	tcp->tried++;
	attempt->tcp = tcp;
	attempt->pcb = NULL;
	if (!tell(tcp, address))
		return;
	rc = connect(attempt, address);
	if (rc)
		failed(attempt, rc);
}

/* Whether we have an address of @to's kind, and a way there. */
static bool reaches(const ip_addr_t *to)
{
	if (IP_IS_V6(to))
		return undi_ip6_reaches(ip_2_ip6(to));
	return undi_arp_hop(ip_2_ip4(to));
}

/* Which of two addresses is to be tried first: the smaller number. */
static int rank(const struct port_tcp *tcp, const ip_addr_t *address)
{
	if (ip_addr_eq(address, &good.address) &&
	    strcmp(tcp->lookup.host, good.host) == 0)
		return 0;
	if (IP_IS_V6(address))
		return undi_ip6_likes(ip_2_ip6(address)) ? 1 : 3;
	return 2;
}

/* Drop the addresses that cannot be reached, and put the rest in order. */
static void choose(struct port_tcp *tcp)
{
	ip_addr_t *all = tcp->lookup.address;
	unsigned int n = 0;

	for (unsigned int i = 0; i < tcp->lookup.count; i++) {
		ip_addr_t address = all[i];
		unsigned int at;

		if (!reaches(&address))
			continue;
		for (at = n++; at > 0; at--) {
			if (rank(tcp, &all[at - 1]) <= rank(tcp, &address))
				break;
			all[at] = all[at - 1];
		}
		all[at] = address;
	}
	tcp->lookup.count = n;
}

/* The name has addresses: off we go, if one of them can be reached. */
static void resolved(struct port_tcp *tcp)
{
	struct undi_lookup *lookup = &tcp->lookup;
	bool any = false;

	for (unsigned int i = 0; i < lookup->count; i++)
		any = any || reaches(&lookup->address[i]);
	if (!any && undi_netif_link_us() < UNDI_NETIF_SETTLE_US)
		return; /* the poll comes back */
	choose(tcp);
	tcp->state = SLOT_CONNECT;
	tcp->rc = any ? 0 : -ENETUNREACH;
}

static void look_up(struct port_tcp *tcp)
{
	int rc = undi_lookup_poll(&tcp->lookup);

	if (rc == 0)
		resolved(tcp);
	else if (rc != -EINPROGRESS)
		over(tcp, rc);
}

/* Whether the next hop to @pcb's peer has answered ARP or NDP. */
static bool hop_answers(const struct tcp_pcb *pcb)
{
	const ip4_addr_t *hop, *found;
	struct eth_addr *mac;

	if (IP_IS_V6(&pcb->remote_ip))
		return undi_ip6_hop_answers(ip_2_ip6(&pcb->remote_ip));
	hop = undi_arp_hop(ip_2_ip4(&pcb->remote_ip));
	return hop && etharp_find_addr(undi_netif(), hop, &mac, &found) >= 0;
}

static void check_attempt(struct attempt *attempt, uint64_t now)
{
	struct tcp_pcb *pcb = attempt->pcb;
	uint64_t waited_us = now - attempt->since_us;
	int rc = undi_icmp_error(pcb->local_port, pcb->remote_port);

	if (!rc && waited_us >= HOP_PATIENCE_US && !hop_answers(pcb))
		rc = -EHOSTUNREACH;
	if (!rc && waited_us >= CONNECT_PATIENCE_US)
		rc = -ETIMEDOUT;
	if (!rc)
		return;
	abort_pcb(pcb);
	failed(attempt, rc);
}

static void check_connect(struct port_tcp *tcp)
{
	uint64_t now = undi_time_us(), newest = 0;

	for (unsigned int i = 0; i < tcp->tried; i++) {
		struct attempt *attempt = &tcp->attempt[i];

		if (attempt->pcb)
			check_attempt(attempt, now);
		if (attempt->pcb)
			newest = attempt->since_us;
	}
	if (tcp->tried < tcp->lookup.count &&
	    (!newest || now - newest >= HEAD_START_US))
		try_next(tcp);
	else if (!newest)
		over(tcp, tcp->rc);
}

/*
 * Make what is under way and waits fit into @mss, and send it again. lwIP would
 * send fragments, and loses the segment over it.
 */
static void cut_segments(struct tcp_pcb *pcb, u16_t mss)
{
	struct tcp_seg *seg = pcb->unacked, *first;

	while (seg && seg->len <= mss)
		seg = seg->next;
	if (seg && tcp_rexmit_rto_prepare(pcb) != ERR_OK)
		return;
	/* What is cut off a segment comes to stand behind it. */
	first = pcb->unsent;
	while (pcb->unsent && tcp_split_unsent_seg(pcb, mss) == ERR_OK)
		pcb->unsent = pcb->unsent->next;
	pcb->unsent = first;
}

bool undi_tcp_too_big(uint16_t local_port, uint16_t remote_port, uint16_t mtu)
{
	const uint16_t mss = mtu - IP6_HLEN - TCP_HLEN;

	for (struct port_tcp *tcp = slots; tcp < slots + TCP_SLOTS; tcp++) {
		struct tcp_pcb *pcb = tcp->pcb;

		if (!pcb || !IP_IS_V6(&pcb->remote_ip) ||
		    pcb->local_port != local_port ||
		    pcb->remote_port != remote_port)
			continue;
		if (pcb->mss > mss)
			pcb->mss = mss;
		cut_segments(pcb, pcb->mss);
		tcp->dirty = true;
		return true;
	}
	return false;
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
	if (tcp->state == SLOT_OPEN && tcp->dirty) {
		if (!tcp->pcb->unacked)
			undi_window_sent(&tcp->window);
		tcp_output(tcp->pcb);
	}
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

bool port_tcp_waits(void)
{
	return true;
}

void port_tcp_close(struct port_tcp *tcp)
{
	struct tcp_pcb *pcb = tcp->pcb;

	if (tcp->state == SLOT_FREE)
		return;
	release(tcp);
	if (pcb)
		close_pcb(pcb);
}

void undi_tcp_close_all(void)
{
	for (struct port_tcp *tcp = slots; tcp < slots + TCP_SLOTS; tcp++)
		port_tcp_close(tcp);
}
