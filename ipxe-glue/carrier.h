/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * A session on its connections: joins spice/chan to the port's TCP. The thin
 * client and spice-shot are two users of it.
 *
 * Bytes of a slot go this way, and back:
 *
 *	port TCP <-> [proxy's CONNECT] <-> [TLS, carrier_tls.h] <-> session
 *
 *	carrier_start()   connect; c->session is there from now on
 *	carrier_turn()    after every port_poll(): what came goes to the
 *	                  session, what it says goes out; handles one message
 *	carrier_stop()    close, free
 */
#ifndef IPXE_GLUE_CARRIER_H
#define IPXE_GLUE_CARRIER_H

#include <stdbool.h>
#include <stdint.h>

#include "ipxe-glue/port.h"
#include "ipxe-glue/proxy.h"
#include "ipxe-glue/uri.h"
#include "spice/chan/chan_session.h"

struct carrier;
struct carrier_tls;
struct carrier_trust;

/* How far the way through a proxy is (carrier_proxy.c). */
enum carrier_proxy_step {
	CARRIER_PROXY_NONE, /* open, or there is no proxy */
	CARRIER_PROXY_CONNECTING,
	CARRIER_PROXY_ASKING, /* some of the request is still to be sent */
	CARRIER_PROXY_ASKED,
};

struct carrier_slot {
	struct carrier *carrier;
	unsigned int slot;
	bool secure;	      /* the session wants TLS here */
	struct port_tcp *tcp; /* NULL: not connected */
	bool refused;	      /* there was no memory to connect */
	size_t held; /* bytes taken, but not yet told the port as consumed */
	struct carrier_tls *tls; /* NULL: none (yet) */

	enum carrier_proxy_step step;
	size_t asked;	   /* bytes of the proxy's request that were sent */
	uint64_t asked_us; /* since when */
	struct proxy_answer answer;
};

struct carrier {
	struct spice_env env;
	struct chan_session *session; /* NULL: none */
	struct carrier_slot slot[CHAN_SLOTS];
	const struct target *uri;
	size_t queue_bytes;	     /* more than this waiting: stop reading */
	struct carrier_trust *trust; /* carrier_tls.c's, NULL: none yet */
	uint32_t session_id;	     /* as chan_config's */
	char address[48]; /* what TCP's peer was found to be, "": not yet */

	/* The user's. */
	const struct chan_session_events *events;
	void (*yield)(void *ctx); /* keys and mouse, in long work; optional */
	void (*resolved)(void *ctx, const char *address); /* optional */
	void *ctx;
};

/*
 * Begin a session with the server that @uri names.
 *
 * @c: zeroed, with events, yield, resolved, session_id and ctx set. Of the
 * events, open and close are the carrier's own affair and not looked at.
 * @uri: must outlive the session
 * Returns 0 or -ENOMEM.
 */
int carrier_start(struct carrier *c, const struct target *uri);

/*
 * A session with a session_id: the virtual machine is there, go on.
 * @uri: says the same as carrier_start's, which is not looked at any more
 */
void carrier_take_over(struct carrier *c, const struct target *uri);

/* Handle at most one message. Returns true when more may wait. */
bool carrier_turn(struct carrier *c);

/* Send what the session has to say now (after keys and mouse). */
void carrier_flush(struct carrier *c);

/* End the session without an event; twice does nothing. */
void carrier_stop(struct carrier *c);

/* ---- for the layers between (carrier_*.c) only ------------------------- */

/* The way to the server itself is open: TLS begins, or the session. */
void carrier_through(struct carrier_slot *slot);

/* @n bytes came from the server itself: for TLS, or for the session. */
void carrier_input(struct carrier_slot *slot, const void *bytes, size_t n);

/*
 * The connection cannot be had so: end the session, with a reason. The slot's
 * connection is closed when this returns (a layer's own state, too).
 */
void carrier_refuse(struct carrier_slot *slot, const struct chan_error *error);

#endif
