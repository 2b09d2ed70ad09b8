/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Each connection of a session through an HTTP proxy, and what to say when the
 * proxy will not. The server's name is the proxy's affair: nobody here looks
 * it up.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ipxe-glue/carrier_proxy.h"

/*
 * A proxy looks the name up and connects before it answers: longer than one
 * connection takes to time out.
 */
#define PROXY_PATIENCE_US 30000000u

/* In the sentences %t is the proxy, %s the server, %u the answer's number. */
struct proxy_text {
	int why; /* an answer's number, or negative errno; 0: any other */
	const char *text;
};

static const struct proxy_text proxy_texts[] = {
	{-ENOENT, "No name server knows the proxy %t, the way to %s. Use a "
		  "name that this network knows, or an address."},
	{-EAGAIN, "No name server answered for the proxy %t, the way to %s. "
		  "Check the network, or give an address."},
	{-ENETUNREACH, "There is no route to the proxy %t. Check the address "
		       "and the gateway."},
	{-EHOSTUNREACH, "The proxy %t cannot be reached. Is that machine on, "
			"and on this network?"},
	{-ECONNREFUSED,
	 "The proxy %t refused the connection. Is its service "
	 "running (Proxmox VE: spiceproxy), and the port right?"},
	{-ETIMEDOUT, "The proxy %t does not answer. Is that machine on, and no "
		     "firewall between?"},
	{-EADDRNOTAVAIL, "This PC's own address has changed or was lost, and "
			 "with it the way through the proxy %t."},
	{-ENOMEM, "Too little memory to connect to the proxy %t. More memory "
		  "in this PC helps."},
	{-EINVAL, "The proxy %t cannot be asked for this host: its name makes "
		  "no sense."},
	{-EPROTO, "What answers at %t is no HTTP proxy. Check its port."},
	{-ECONNRESET, "The proxy %t hung up without an answer. Check its port, "
		      "and whether it takes this PC."},
	{-EBUSY, "The proxy %t took the connection but says nothing. Can it "
		 "reach %s?"},
	{401, "The proxy %t does not take this ticket (401): it is good for "
	      "half a minute, and once replaced no more. Have a new one made."},
	{403, "The proxy %t does not allow the way to %s (403). Allow its port "
	      "there."},
	{407, "The proxy %t wants another user name and password (407)."},
	{404, "The proxy %t does not know the host of %s (404)."},
	{405, "What answers at %t is a web server, but no proxy (405)."},
	{501, "What answers at %t is a web server, but no proxy (501)."},
	{502, "The proxy %t cannot reach %s (502). Is the virtual machine "
	      "running?"},
	{503, "The proxy %t cannot reach %s (503). Is the virtual machine "
	      "running, and its name right?"},
	{504, "The proxy %t gets no answer from %s (504). Is that machine on?"},
	{0, "The proxy %t refused the way to %s (its answer: %u)."},
};

/* End the session because of what the proxy did: @why as in the table. */
static void carrier_proxy_refuse(struct carrier_slot *slot, int why)
{
	const struct carrier *c = slot->carrier;
	const struct target_proxy *proxy = &c->uri->proxy;
	struct chan_error error = {.cause = CHAN_PROXY,
				   .rc = why < 0 ? why : -EACCES,
				   .detail = why < 0 ? 0 : (uint32_t)why};
	const struct proxy_text *row = proxy_texts;

	while (row->why && row->why != why)
		row++;
	error.sentence = row->text;
	snprintf(error.text, sizeof(error.text),
		 target_is_ip6(proxy->host) ? "[%.80s]:%u%s%s%s"
					    : "%.80s:%u%s%s%s",
		 proxy->host, (unsigned int)proxy->port,
		 c->address[0] ? " (" : "", c->address,
		 c->address[0] ? ")" : "");
	slot->step = CARRIER_PROXY_NONE;
	carrier_refuse(slot, &error);
}

/* Send what has not been sent of the request. */
static void carrier_proxy_send(struct carrier_slot *slot)
{
	const struct target *t = slot->carrier->uri;
	char request[PROXY_REQUEST_BYTES];
	size_t n;

	n = proxy_request(&t->proxy, t->host,
			  slot->secure ? t->tls_port : t->port, request,
			  sizeof(request));
	if (n) {
		slot->asked += port_tcp_send(slot->tcp, request + slot->asked,
					     n - slot->asked);
		port_tcp_flush(slot->tcp);
		if (slot->asked == n)
			slot->step = CARRIER_PROXY_ASKED;
	} else {
		carrier_proxy_refuse(slot, -EINVAL);
	}
	target_forget(request, sizeof(request));
}

void carrier_proxy_start(struct carrier_slot *slot)
{
	slot->asked = 0;
	slot->step = CARRIER_PROXY_ASKING;
	slot->asked_us = port_now_us();
	memset(&slot->answer, 0, sizeof(slot->answer));
}

void carrier_proxy_input(struct carrier_slot *slot, const void *bytes, size_t n)
{
	size_t took;
	int rc = proxy_input(&slot->answer, bytes, n, &took);

	if (rc == -EINPROGRESS)
		return;
	if (rc) {
		carrier_proxy_refuse(slot,
				     rc == -EPROTO ? rc : slot->answer.status);
		return;
	}
	slot->step = CARRIER_PROXY_NONE;
	carrier_through(slot);
	/* A server says nothing first; but whatever it is, it is the server's.
	 */
	if (took < n && slot->tcp)
		carrier_input(slot, (const char *)bytes + took, n - took);
}

void carrier_proxy_turn(struct carrier_slot *slot)
{
	if (slot->step < CARRIER_PROXY_ASKING || !slot->tcp)
		return;
	if (port_now_us() - slot->asked_us > PROXY_PATIENCE_US)
		carrier_proxy_refuse(slot, -EBUSY);
	else if (slot->step == CARRIER_PROXY_ASKING)
		carrier_proxy_send(slot);
}

void carrier_proxy_closed(struct carrier_slot *slot, int rc)
{
	/* It had refused already, in part: the number says more. */
	if (slot->answer.status && slot->answer.status / 100 != 2)
		rc = slot->answer.status;
	else if (!rc || rc == -EIO)
		rc = -ECONNRESET; /* the table's own for any other loss */
	carrier_proxy_refuse(slot, rc);
}
