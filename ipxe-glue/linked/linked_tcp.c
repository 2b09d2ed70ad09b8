/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * port_tcp_* on iPXE's data transfer interface.
 *
 * A connection is one of a fixed few:
 *
 *	FREE -> WANTED -> NAME -> CONNECT -> OPEN -> FREE
 *	            \_______\_________\________\-> OVER -> FREE
 *
 * port_tcp_open() only fills a slot in; everything else happens in port_poll(),
 * so that no callback runs inside a call of the client. OVER waits for
 * linked_tcp_poll() to say closed; an end that iPXE reports while it runs is
 * said at once.
 *
 * What is offered is gathered here until iPXE has no segment on its way: it
 * sends one at a time and waits for its ACK, so that many small messages must
 * become one segment.
 *
 * The window: iPXE has no call for "there is room again", so it never closes.
 * How large it is goes by the way alone: what the card takes at once where that
 * is short, else iPXE's most (burst.h). What waits is bounded by the session's
 * own acknowledgements, and, for a server that does not heed them, by the
 * carrier, which connects the channel anew (port_tcp_waits).
 */
#include <errno.h>
#include <string.h>

#include <ipxe/in.h>
#include <ipxe/interface.h>
#include <ipxe/iobuf.h>
#include <ipxe/open.h>
#include <ipxe/socket.h>
#include <ipxe/tcpip.h>
#include <ipxe/xfer.h>

#include "ipxe-glue/burst.h"
#include "ipxe-glue/linked/linked.h"
#include "ipxe-glue/linked/linked_errno.h"

/* SPICE has four channels for us; more for what waits to be closed. */
#define TCP_SLOTS 12

#define HOST_BYTES 256

/* What may wait to be sent: some hundred input messages, or a ticket. */
#define SEND_BYTES 4096

/* iPXE's own bound of its window is 2 MiB. */
#define WINDOW_BYTES (2048 * 1024)

/* No answer to SYN in this time: a person waits. */
#define CONNECT_PATIENCE_US 15000000

/* No answer to ARP in this time. */
#define HOP_PATIENCE_US LINKED_HOP_PATIENCE_US

enum slot_state {
	SLOT_FREE,
	SLOT_WANTED,
	SLOT_NAME,
	SLOT_CONNECT,
	SLOT_OPEN,
	SLOT_OVER,
};

struct port_tcp {
	struct interface xfer;
	enum slot_state state;
	uint32_t serial; /* of this use of the slot */
	int rc;		 /* OVER: what to say */
	const struct port_tcp_events *ev;
	void *ctx;
	uint64_t since_us; /* CONNECT: since when; OPEN: what is under way */
	struct burst_way way;
	uint16_t port;
	bool short_of; /* an offer was not taken whole: wants room */
	size_t waiting;
	char host[HOST_BYTES];
	struct sockaddr peer; /* CONNECT: its address */
	uint8_t send[SEND_BYTES];
};

static struct port_tcp slots[TCP_SLOTS];
static bool heard; /* something came */

/* ---- errors -------------------------------------------------------------- */

#define POSIX(einfo) __einfo_posix(einfo)

/* iPXE's POSIX numbers, and ours. */
static const struct {
	uint8_t theirs, ours;
} plain_numbers[] = {
	{POSIX(EINFO_ENOENT), PLAIN_ENOENT},
	{POSIX(EINFO_ENXIO), PLAIN_ENOENT},
	{POSIX(EINFO_EAGAIN), PLAIN_EAGAIN},
	{POSIX(EINFO_ENETUNREACH), PLAIN_ENETUNREACH},
	{POSIX(EINFO_EADDRNOTAVAIL), PLAIN_ENETUNREACH},
	{POSIX(EINFO_EHOSTUNREACH), PLAIN_EHOSTUNREACH},
	{POSIX(EINFO_ECONNREFUSED), PLAIN_ECONNREFUSED},
	{POSIX(EINFO_ECONNRESET), PLAIN_ECONNRESET},
	{POSIX(EINFO_ETIMEDOUT), PLAIN_ETIMEDOUT},
	{POSIX(EINFO_ENOMEM), PLAIN_ENOMEM},
	{POSIX(EINFO_ENOBUFS), PLAIN_ENOMEM},
};

static unsigned int posix_of(int rc)
{
	return (unsigned int)-rc >> 24 & 0x7f;
}

int linked_plain(int rc)
{
	size_t i;

	if (!rc)
		return 0;
	for (i = 0; i < sizeof(plain_numbers) / sizeof(plain_numbers[0]); i++)
		if (plain_numbers[i].theirs == posix_of(rc))
			return -plain_numbers[i].ours;
	return -PLAIN_EIO;
}

/* The unique part of DNS's "there are no name servers". */
#define NO_NAMESERVER 2

/* What the end of a connection in @state means. */
static int reason(enum slot_state state, int rc)
{
	int plain = linked_plain(rc);

	if (state == SLOT_NAME && plain == -PLAIN_ETIMEDOUT)
		return -PLAIN_EAGAIN;
	if (state == SLOT_NAME && plain == -PLAIN_ENOENT &&
	    ((unsigned int)-rc >> 8 & 0x1f) == NO_NAMESERVER)
		return -PLAIN_EAGAIN;
	if (state == SLOT_CONNECT && plain == -PLAIN_ECONNRESET)
		return -PLAIN_ECONNREFUSED;
	/* The peer's FIN before it has said anything of SYN: it can't be. */
	return plain;
}

/* ---- the end ------------------------------------------------------------- */

static void release(struct port_tcp *tcp)
{
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

/* Over, to be said by the next linked_tcp_poll(). */
static void over(struct port_tcp *tcp, int rc)
{
	tcp->state = SLOT_OVER;
	tcp->rc = rc;
	intf_shutdown(&tcp->xfer, -ECANCELED);
}

/* ---- what iPXE tells ----------------------------------------------------- */

/* Whether @tcp is still the connection that it was before a callback. */
static bool same(const struct port_tcp *tcp, uint32_t serial)
{
	return tcp->serial == serial;
}

static int on_deliver(struct port_tcp *tcp, struct io_buffer *iobuf,
		      struct xfer_metadata *meta __unused)
{
	heard = true;
	if (tcp->state == SLOT_OPEN)
		tcp->ev->recv(tcp->ctx, iobuf->data, iob_len(iobuf));
	free_iob(iobuf);
	return 0;
}

static size_t on_window(struct port_tcp *tcp)
{
	if (!burst_near(&tcp->way))
		return WINDOW_BYTES;
	return linked_net_frames() * BURST_SEGMENT;
}

static void on_close(struct port_tcp *tcp, int rc)
{
	enum slot_state state = tcp->state;

	if (state == SLOT_FREE || state == SLOT_OVER)
		return;
	intf_shutdown(&tcp->xfer, rc);
	say_closed(tcp, reason(state, rc));
}

/* The name has an address: tell it, then let iPXE connect. */
static int on_redirect(struct port_tcp *tcp, int type, va_list args)
{
	uint32_t serial = tcp->serial;
	struct sockaddr *peer;
	va_list copy;

	va_copy(copy, args);
	if (type == LOCATION_SOCKET && tcp->state == SLOT_NAME) {
		va_arg(copy, int);
		peer = va_arg(copy, struct sockaddr *);
		tcp->state = SLOT_CONNECT;
		tcp->since_us = port_now_us();
		tcp->peer = *peer;
		if (tcp->ev->resolved)
			tcp->ev->resolved(tcp->ctx, sock_ntoa(peer));
	}
	va_end(copy);
	if (!same(tcp, serial))
		return -ECANCELED;
	return xfer_vreopen(&tcp->xfer, type, args);
}

/* Connected, or what was sent has been acknowledged. */
static void on_window_changed(struct port_tcp *tcp)
{
	uint32_t serial = tcp->serial;

	if (!xfer_window(&tcp->xfer))
		return;
	if (tcp->since_us)
		burst_sample(&tcp->way,
			     (uint32_t)(port_now_us() - tcp->since_us));
	tcp->since_us = 0;
	if (tcp->state == SLOT_CONNECT) {
		tcp->state = SLOT_OPEN;
		tcp->ev->open(tcp->ctx);
	}
	if (same(tcp, serial) && tcp->state == SLOT_OPEN)
		port_tcp_flush(tcp);
}

static struct interface_operation tcp_operations[] = {
	INTF_OP(xfer_deliver, struct port_tcp *, on_deliver),
	INTF_OP(xfer_window, struct port_tcp *, on_window),
	INTF_OP(xfer_window_changed, struct port_tcp *, on_window_changed),
	INTF_OP(xfer_vredirect, struct port_tcp *, on_redirect),
	INTF_OP(intf_close, struct port_tcp *, on_close),
};

static struct interface_descriptor tcp_descriptor =
	INTF_DESC(struct port_tcp, xfer, tcp_operations);

/* ---- the beginning ------------------------------------------------------- */

static void start(struct port_tcp *tcp)
{
	struct sockaddr_tcpip peer;
	uint32_t serial = tcp->serial;
	int rc;

	memset(&peer, 0, sizeof(peer));
	peer.st_port = htons(tcp->port);
	tcp->state = SLOT_NAME;
	rc = xfer_open_named_socket(&tcp->xfer, SOCK_STREAM,
				    (struct sockaddr *)&peer, tcp->host, NULL);
	if (rc && same(tcp, serial) && tcp->state != SLOT_OVER)
		over(tcp, reason(tcp->state, rc));
}

/* What is under way, a SYN or data, has been for long. */
static void check_answer(struct port_tcp *tcp)
{
	uint64_t waited_us = port_now_us() - tcp->since_us;

	if (!tcp->since_us || waited_us < HOP_PATIENCE_US)
		return;
	linked_hop_ask();
	if (tcp->state != SLOT_CONNECT)
		return;
	if (linked_hop_silent(&tcp->peer))
		over(tcp, -PLAIN_EHOSTUNREACH);
	else if (waited_us >= CONNECT_PATIENCE_US)
		over(tcp, -PLAIN_ETIMEDOUT);
}

void linked_tcp_poll(void)
{
	struct port_tcp *tcp;

	for (tcp = slots; tcp < slots + TCP_SLOTS; tcp++) {
		if (tcp->state == SLOT_WANTED)
			start(tcp);
		else if (tcp->state == SLOT_OPEN)
			port_tcp_flush(tcp);
		if (tcp->state == SLOT_CONNECT || tcp->state == SLOT_OPEN)
			check_answer(tcp);
		if (tcp->state == SLOT_OVER)
			say_closed(tcp, tcp->rc);
	}
}

bool linked_tcp_heard(void)
{
	bool was = heard;

	heard = false;
	return was;
}

void linked_tcp_moved(void)
{
	struct port_tcp *tcp;

	for (tcp = slots; tcp < slots + TCP_SLOTS; tcp++)
		if (tcp->state == SLOT_CONNECT || tcp->state == SLOT_OPEN)
			over(tcp, -PLAIN_EADDRNOTAVAIL);
}

void linked_tcp_stop(void)
{
	struct port_tcp *tcp;

	for (tcp = slots; tcp < slots + TCP_SLOTS; tcp++)
		port_tcp_close(tcp);
}

/* ---- port.h -------------------------------------------------------------- */

/* What other connections know of the way to @host. */
static struct burst_way way_to(const char *host)
{
	static const struct burst_way nothing;
	struct port_tcp *tcp;

	for (tcp = slots; tcp < slots + TCP_SLOTS; tcp++)
		if (tcp->state == SLOT_OPEN && !strcmp(tcp->host, host))
			return tcp->way;
	return nothing;
}

struct port_tcp *port_tcp_open(const char *host, uint16_t port,
			       const struct port_tcp_events *ev, void *ctx)
{
	struct port_tcp *tcp;

	for (tcp = slots; tcp < slots + TCP_SLOTS; tcp++) {
		if (tcp->state != SLOT_FREE)
			continue;
		if (strlen(host) >= sizeof(tcp->host))
			return NULL;
		strcpy(tcp->host, host);
		intf_init(&tcp->xfer, &tcp_descriptor, NULL);
		tcp->state = SLOT_WANTED;
		tcp->port = port;
		tcp->since_us = 0;
		tcp->way = way_to(host);
		tcp->ev = ev;
		tcp->ctx = ctx;
		tcp->waiting = 0;
		tcp->short_of = false;
		return tcp;
	}
	return NULL;
}

size_t port_tcp_send(struct port_tcp *tcp, const void *bytes, size_t n)
{
	size_t room = SEND_BYTES - tcp->waiting;

	if (tcp->state != SLOT_OPEN)
		return 0;
	tcp->short_of = n > room;
	if (n > room)
		n = room;
	memcpy(tcp->send + tcp->waiting, bytes, n);
	tcp->waiting += n;
	return n;
}

/* Hand all that waits to iPXE, as one buffer. */
static bool hand_over(struct port_tcp *tcp)
{
	struct io_buffer *iobuf = xfer_alloc_iob(&tcp->xfer, tcp->waiting);

	if (!iobuf)
		return false; /* the next poll tries again */
	memcpy(iob_put(iobuf, tcp->waiting), tcp->send, tcp->waiting);
	tcp->waiting = 0;
	tcp->since_us = port_now_us();
	return xfer_deliver_iob(&tcp->xfer, iobuf) == 0;
}

void port_tcp_flush(struct port_tcp *tcp)
{
	if (tcp->state != SLOT_OPEN || !tcp->waiting ||
	    !xfer_window(&tcp->xfer))
		return;
	if (hand_over(tcp) && tcp->short_of && tcp->state == SLOT_OPEN) {
		tcp->short_of = false;
		tcp->ev->room(tcp->ctx);
	}
}

void port_tcp_consumed(struct port_tcp *tcp __unused, size_t n __unused)
{
}

bool port_tcp_waits(void)
{
	return false;
}

void port_tcp_close(struct port_tcp *tcp)
{
	if (tcp->state == SLOT_FREE)
		return;
	if (tcp->state == SLOT_OPEN && tcp->waiting)
		hand_over(tcp);
	release(tcp);
	intf_shutdown(&tcp->xfer, 0);
}
