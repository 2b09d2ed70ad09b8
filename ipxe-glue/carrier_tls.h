/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * TLS between a slot's TCP and the session (spice/tls does the work). Narrow on
 * purpose: a build that has no room for TLS links linked/instead/
 * linked_no_tls.c in the place of carrier_tls.c.
 *
 * One full handshake a session, on the main channel; the other channels take
 * that session up again where the server lets them.
 *
 * Bound: TLS_CLIENT_BYTES a connection, and the trusted certificates once.
 */
#ifndef IPXE_GLUE_CARRIER_TLS_H
#define IPXE_GLUE_CARRIER_TLS_H

#include "ipxe-glue/carrier.h"
#include "spice/tls/tls_report.h"

/*
 * The way to the server is open: begin. Waits for random bytes where there are
 * none yet. chan_session_opened follows once the server has proved who it is;
 * else carrier_refuse.
 */
void carrier_tls_start(struct carrier_slot *slot);

/* @n bytes came from the server; what is in them goes to the session. */
void carrier_tls_input(struct carrier_slot *slot, const void *bytes, size_t n);

/* Send what TLS and the session have to say. */
void carrier_tls_send(struct carrier_slot *slot);

/* Once a turn: random bytes that were awaited, patience. */
void carrier_tls_turn(struct carrier_slot *slot);

/*
 * TCP is gone, with @rc as port_tcp_events.closed has it.
 * Returns whether that was the end of the session, the reason given.
 */
bool carrier_tls_closed(struct carrier_slot *slot, int rc);

/* The slot's connection is closed by us: forget it. Harmless without TLS. */
void carrier_tls_stop(struct carrier_slot *slot);

/* c->uri is another one that says the same. */
void carrier_tls_target(struct carrier *c);

/* The session is over: forget whom it trusted. */
void carrier_tls_end(struct carrier *c);

/*
 * What is known of the server's certificate, also after it was refused. NULL
 * before one came. Owner: the carrier, until carrier_stop.
 */
const struct tls_report *carrier_tls_report(const struct carrier *c);

/*
 * Are the certificates in @text (PEM, or one in DER) just the one whose SHA-256
 * is @hash? For a file that was fetched by a name that vouches for nothing.
 *
 * Returns 0, -EACCES: it is another, or not the only one, -EINVAL: there is
 * none, -EOPNOTSUPP in a build without TLS.
 */
int carrier_tls_check_ca(const char *text, size_t bytes,
			 const uint8_t hash[32]);

#endif
