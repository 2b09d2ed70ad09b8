/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * port_udp_* on lwIP: datagrams to and from one host, for TFTP.
 *
 * As with TCP nothing is said but from port_poll. A name with several addresses
 * is asked at its first only: a boot server is named by its address.
 */
#include <errno.h>
#include <string.h>

#include "ipxe-glue/undi/undi_udp.h"

#include "lwip/udp.h"

#include "ipxe-glue/port.h"
#include "ipxe-glue/undi/undi_lookup.h"

#define UDP_SLOTS 2
/* As port.h has it: what fits a frame on any way. */
#define UDP_MAX_BYTES 1200

struct port_udp {
	const struct port_udp_events *ev; /* NULL: free */
	void *ctx;
	struct undi_lookup lookup;
	struct udp_pcb *pcb; /* NULL: not yet */
};

static struct port_udp slots[UDP_SLOTS];

static void on_datagram(void *arg, struct udp_pcb *pcb, struct pbuf *p,
			const ip_addr_t *from, u16_t port)
{
	struct port_udp *udp = arg;

	if (udp->ev && p->len == p->tot_len &&
	    ip_addr_eq(from, &udp->lookup.address[0]))
		udp->ev->recv(udp->ctx, port, p->payload, p->len);
	pbuf_free(p);
}

struct port_udp *port_udp_open(const char *host,
			       const struct port_udp_events *ev, void *ctx)
{
	struct port_udp *udp = slots;

	while (udp < slots + UDP_SLOTS && udp->ev)
		udp++;
	if (udp == slots + UDP_SLOTS || strlen(host) >= UNDI_LOOKUP_NAME)
		return NULL;
	memset(udp, 0, sizeof(*udp));
	udp->ev = ev;
	udp->ctx = ctx;
	undi_lookup_start(&udp->lookup, host);
	return udp;
}

void port_udp_send(struct port_udp *udp, uint16_t port, const void *bytes,
		   size_t n)
{
	struct pbuf *p;

	if (!udp->pcb || n > UDP_MAX_BYTES)
		return;
	p = pbuf_alloc(PBUF_TRANSPORT, n, PBUF_RAM);
	if (!p)
		return; /* as good as lost */
	memcpy(p->payload, bytes, n);
	udp_sendto(udp->pcb, p, &udp->lookup.address[0], port);
	pbuf_free(p);
}

void port_udp_close(struct port_udp *udp)
{
	undi_lookup_stop(&udp->lookup);
	if (udp->pcb)
		udp_remove(udp->pcb);
	udp->pcb = NULL;
	udp->ev = NULL;
}

/* It cannot be had. */
static void lost(struct port_udp *udp, int rc)
{
	const struct port_udp_events *ev = udp->ev;

	port_udp_close(udp);
	ev->closed(udp->ctx, rc);
}

/* The name was looked up, or not. */
static void step(struct port_udp *udp)
{
	int rc = undi_lookup_poll(&udp->lookup);

	if (rc == -EINPROGRESS)
		return;
	if (rc) {
		lost(udp, rc == -EAGAIN ? rc : -ENOENT);
		return;
	}
	udp->pcb = udp_new_ip_type(IP_GET_TYPE(&udp->lookup.address[0]));
	if (!udp->pcb) {
		lost(udp, -ENOMEM);
		return;
	}
	udp_recv(udp->pcb, on_datagram, udp);
	udp->ev->open(udp->ctx);
}

void undi_udp_poll(void)
{
	for (struct port_udp *udp = slots; udp < slots + UDP_SLOTS; udp++)
		if (udp->ev && !udp->pcb)
			step(udp);
}
