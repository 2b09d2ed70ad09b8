/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * A virtual machine that moved to another host: the target follows it.
 *
 * What was said of the server holds for the new one: password, certificates,
 * proxy, rules for channels. Never less than that: this is a policy decision.
 * Whoever can send this message over TLS (where there is any) may name another
 * host, but not have us do without TLS there; and a certificate that a person
 * confirmed was the old host's, so that the new one's is asked for again.
 *
 * A .vv file says anew where the virtual machine is. What else was said of it
 * is tried as well when it is not to be had at its new host, in turn.
 */
#include <stdio.h>
#include <string.h>

#include "ipxe-glue/client.h"

const struct chan_destination *client_move_where(const struct client *c)
{
	if (!c->carrier->session)
		return NULL;
	/* Said without TLS, where TLS was wanted: by whom? */
	if (c->uri.tls_port && !c->carrier->slot[CHAN_SLOT_MAIN].secure)
		return NULL;
	return chan_session_destination(c->carrier->session);
}

void client_move_target(struct target *t, const struct chan_destination *d)
{
	if (t->tls_port && !d->tls_port)
		t->secure = TARGET_CHANNELS_ALL;
	_Static_assert(sizeof(t->host) >= sizeof(d->host), "it fits");
	_Static_assert(sizeof(t->subject) >= sizeof(d->subject), "it fits");
	memcpy(t->host, d->host, sizeof(d->host));
	t->port = d->port;
	t->tls_port = d->tls_port;
	if (d->subject[0])
		memcpy(t->subject, d->subject, sizeof(d->subject));
	t->pinned = false;
}

static void home_take(struct client_home *home, const struct target *t)
{
	memcpy(home->host, t->host, sizeof(home->host));
	memcpy(home->subject, t->subject, sizeof(home->subject));
	home->port = t->port;
	home->tls_port = t->tls_port;
	home->secure = t->secure;
}

void client_move_forget(struct client *c)
{
	memset(&c->home, 0, sizeof(c->home));
	c->at_home = false;
}

bool client_move_back(struct client *c)
{
	struct client_home home = c->home;
	struct target *t = &c->uri;

	if (!home.host[0] || c->first_us || client_renews(c) ||
	    (!c->at_home && c->error.cause != CHAN_NO_CONNECTION))
		return false;
	home_take(&c->home, t);
	memcpy(t->host, home.host, sizeof(t->host));
	memcpy(t->subject, home.subject, sizeof(t->subject));
	t->port = home.port;
	t->tls_port = home.tls_port;
	t->secure = home.secure;
	t->pinned = false;
	c->at_home = !c->at_home;
	return true;
}

bool client_move(struct client *c)
{
	const struct chan_destination *d = NULL;
	struct target *t = &c->uri;
	char server[TARGET_HOST_BYTES + 16], why[CLIENT_WHY_BYTES];

	if (c->error.cause == CHAN_MOVED)
		d = client_move_where(c);
	/* Else back to the old. */
	if (!d)
		return false;
	if (!c->home.host[0] || c->at_home)
		home_take(&c->home, t);
	c->at_home = false;
	client_move_target(t, d);
	target_server(t, server, sizeof(server));
	snprintf(why, sizeof(why), "The virtual machine has moved to %s.",
		 server);
	client_text_why(c, why);
	return true;
}
