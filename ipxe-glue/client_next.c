/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * A virtual machine that is on its way to another host: a second carrier waits
 * for it there, and takes over when it has arrived, so that the picture stays.
 *
 * The server waits for our answer before it moves anything, so there is one
 * always; without a way there it has us connect anew in the end.
 */
#include <string.h>

#include "ipxe-glue/client.h"

static void next_stage(void *ctx, const char *name, enum chan_stage stage)
{
	struct client *c = ctx;

	if (stage == CHAN_STAGE_UP)
		c->next.up = true;
}

static void next_ended(void *ctx, const struct chan_error *error)
{
	struct client *c = ctx;

	c->next.failed = true;
}

/* Main says nothing of the rest before it takes over. */
static const struct chan_session_events next_events = {
	.stage = next_stage,
	.ended = next_ended,
};

void client_next_moving(void *ctx, bool begins)
{
	struct client *c = ctx;

	c->next.begins = begins;
	c->next.cancelled = true; /* what came before it, at any rate */
}

void client_next_drop(struct client *c)
{
	struct client_next *next = &c->next;

	if (next->carrier)
		carrier_stop(next->carrier);
	if (next->uri) {
		target_forget(next->uri, sizeof(*next->uri));
		port_free(next->uri);
	}
	memset(next, 0, sizeof(*next));
}

/* Link to where the virtual machine goes. Returns whether that is under way. */
static bool next_start(struct client *c)
{
	const struct chan_destination *d = client_move_where(c);
	struct client_next *next = &c->next;
	struct carrier *there = &c->carriers[c->carrier == c->carriers];

	/* Without our session's number it would not wait, but begin. */
	if (d && chan_session_id(c->carrier->session))
		next->uri = port_alloc(sizeof(*next->uri));
	if (!next->uri)
		return false;
	/* Its certificates stay those of c->uri, which outlives it. */
	*next->uri = c->uri;
	client_move_target(next->uri, d);
	memset(there, 0, sizeof(*there));
	there->events = &next_events;
	there->yield = client_yield;
	there->ctx = c;
	there->session_id = chan_session_id(c->carrier->session);
	next->carrier = there;
	return !carrier_start(there, next->uri);
}

void client_next_turn(struct client *c)
{
	struct client_next *next = &c->next;
	bool begins = next->begins;

	if (next->cancelled) {
		client_next_drop(c);
		if (begins && !next_start(c))
			next->failed = true;
	}
	if (next->carrier && next->carrier->session && !next->failed)
		carrier_turn(next->carrier);
	if (!next->answered && (next->up || next->failed)) {
		next->answered = true;
		port_log(next->failed ? "no way to where it moves"
				      : "waiting where it moves");
		chan_session_moving(c->carrier->session, !next->failed);
		carrier_flush(c->carrier);
	}
}

bool client_next_waits(const struct client *c)
{
	return c->next.up && !c->next.failed && !c->next.cancelled;
}

void client_next_take(struct client *c)
{
	c->carrier = c->next.carrier;
	c->carrier->events = &client_session_events;
	c->next.carrier = NULL;
	carrier_take_over(c->carrier, &c->uri);
	client_next_drop(c);
}
