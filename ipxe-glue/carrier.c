/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Joins spice/chan to the port's TCP.
 *
 * Bytes go into the session as they come and are told the port as consumed at
 * once, unless too many messages wait to be handled: then the window is left
 * to close, and the server waits.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ipxe-glue/carrier.h"
#include "ipxe-glue/carrier_proxy.h"
#include "ipxe-glue/carrier_tls.h"

/*
 * This is a policy decision: of the free memory a quarter for messages that
 * wait, half for what the session holds (surfaces, caches), the last quarter
 * for the message that is coming and the carrier's own buffers.
 */
#define CARRIER_QUEUE_SHARE   4
#define CARRIER_SESSION_SHARE 2

/*
 * Tell the port what has been dealt with, unless too much waits. Where the
 * server cannot be made to wait the channel is connected anew then.
 */
static void carrier_consume(struct carrier_slot *slot)
{
	struct carrier *c = slot->carrier;
	size_t held = slot->held;

	if (!slot->tcp || !held || !c->session)
		return;
	/*
	 * Quirk: Proxmox VE's proxy drops a client that leaves more than 640
	 * KiB unread. Through a proxy everything is read; memory bounds it.
	 */
	if ((!c->uri->proxy.host[0] || !port_tcp_waits()) &&
	    chan_session_backlog(c->session, slot->slot) > c->queue_bytes) {
		if (!port_tcp_waits())
			chan_session_reopen(c->session, slot->slot);
		return;
	}
	slot->held = 0;
	port_tcp_consumed(slot->tcp, held);
}

static void carrier_tcp_resolved(void *ctx, const char *address)
{
	struct carrier_slot *slot = ctx;
	struct carrier *c = slot->carrier;

	if (slot->slot != CHAN_SLOT_MAIN)
		return;
	snprintf(c->address, sizeof(c->address), "%s", address);
	if (c->resolved)
		c->resolved(c->ctx, address);
}

void carrier_through(struct carrier_slot *slot)
{
	if (slot->secure)
		carrier_tls_start(slot);
	else
		chan_session_opened(slot->carrier->session, slot->slot);
}

void carrier_input(struct carrier_slot *slot, const void *bytes, size_t n)
{
	if (slot->secure)
		carrier_tls_input(slot, bytes, n);
	else
		chan_session_input(slot->carrier->session, slot->slot, bytes,
				   n);
}

void carrier_refuse(struct carrier_slot *slot, const struct chan_error *error)
{
	chan_session_refused(slot->carrier->session, slot->slot, error);
}

static void carrier_tcp_open(void *ctx)
{
	struct carrier_slot *slot = ctx;

	if (slot->step)
		carrier_proxy_start(slot);
	else
		carrier_through(slot);
}

static void carrier_tcp_recv(void *ctx, const void *bytes, size_t n)
{
	struct carrier_slot *slot = ctx;

	slot->held += n;
	if (slot->step)
		carrier_proxy_input(slot, bytes, n);
	else
		carrier_input(slot, bytes, n);
	carrier_consume(slot);
}

/* The next turn sends on. */
static void carrier_tcp_room(void *ctx)
{
}

static void carrier_tcp_closed(void *ctx, int rc)
{
	struct carrier_slot *slot = ctx;

	slot->tcp = NULL;
	slot->held = 0;
	if (slot->step) {
		carrier_proxy_closed(slot, rc);
		return;
	}
	if (slot->tls && carrier_tls_closed(slot, rc))
		return;
	chan_session_closed(slot->carrier->session, slot->slot, rc);
}

static const struct port_tcp_events carrier_tcp_events = {
	.resolved = carrier_tcp_resolved,
	.open = carrier_tcp_open,
	.recv = carrier_tcp_recv,
	.room = carrier_tcp_room,
	.closed = carrier_tcp_closed,
};

/* ---- the session's events: open and close are ours, the rest pass ---- */

static void carrier_open(void *ctx, unsigned int i, bool secure)
{
	struct carrier *c = ctx;
	struct carrier_slot *slot = &c->slot[i];

	slot->held = 0;
	memset(&slot->answer, 0, sizeof(slot->answer));
	slot->secure = secure;
	slot->step = c->uri->proxy.host[0] ? CARRIER_PROXY_CONNECTING
					   : CARRIER_PROXY_NONE;
	if (slot->step)
		slot->tcp = port_tcp_open(c->uri->proxy.host,
					  c->uri->proxy.port,
					  &carrier_tcp_events, slot);
	else
		slot->tcp = port_tcp_open(
			c->uri->host, secure ? c->uri->tls_port : c->uri->port,
			&carrier_tcp_events, slot);
	/* The session is in the middle of something: the next turn tells it. */
	slot->refused = !slot->tcp;
}

static void carrier_close(void *ctx, unsigned int i)
{
	struct carrier *c = ctx;
	struct port_tcp *tcp = c->slot[i].tcp;

	carrier_tls_stop(&c->slot[i]);
	c->slot[i].step = CARRIER_PROXY_NONE;
	c->slot[i].tcp = NULL;
	c->slot[i].refused = false;
	if (tcp)
		port_tcp_close(tcp);
}

static void carrier_stage(void *ctx, const char *name, enum chan_stage stage)
{
	struct carrier *c = ctx;

	if (c->events->stage)
		c->events->stage(c->ctx, name, stage);
}

static void carrier_resized(void *ctx)
{
	struct carrier *c = ctx;

	c->events->resized(c->ctx);
}

static void carrier_dirty(void *ctx, const struct pix_rect *rect)
{
	struct carrier *c = ctx;

	c->events->dirty(c->ctx, rect);
}

static void carrier_cursor(void *ctx)
{
	struct carrier *c = ctx;

	c->events->cursor(c->ctx);
}

static void carrier_mouse_mode(void *ctx, uint32_t mode)
{
	struct carrier *c = ctx;

	c->events->mouse_mode(c->ctx, mode);
}

static void carrier_locks(void *ctx, uint16_t locks)
{
	struct carrier *c = ctx;

	c->events->locks(c->ctx, locks);
}

static void carrier_moving(void *ctx, bool begins)
{
	struct carrier *c = ctx;

	if (c->events->moving)
		c->events->moving(c->ctx, begins);
	else if (begins)
		chan_session_moving(c->session, false);
}

static void carrier_ended(void *ctx, const struct chan_error *error)
{
	struct carrier *c = ctx;

	c->events->ended(c->ctx, error);
}

static const struct chan_session_events carrier_session_events = {
	.open = carrier_open,
	.close = carrier_close,
	.stage = carrier_stage,
	.resized = carrier_resized,
	.dirty = carrier_dirty,
	.cursor = carrier_cursor,
	.mouse_mode = carrier_mouse_mode,
	.locks = carrier_locks,
	.moving = carrier_moving,
	.ended = carrier_ended,
};

/* ---- what the session asks of the world ---- */

static void *carrier_alloc(void *ctx, size_t bytes)
{
	return port_alloc(bytes);
}

static void carrier_free(void *ctx, void *mem)
{
	port_free(mem);
}

static void carrier_log(void *ctx, const char *line)
{
	port_log(line);
}

static int carrier_entropy(void *ctx, void *buf, size_t bytes)
{
	return port_entropy(buf, bytes);
}

/* In the middle of a long decode: network, keys, and what they have to say. */
static void carrier_yield(void *ctx)
{
	struct carrier *c = ctx;

	port_poll();
	if (c->yield)
		c->yield(c->ctx);
	carrier_flush(c);
}

/* Share out the memory; returns what is the session's. */
static size_t carrier_memory(struct carrier *c)
{
	size_t memory = port_memory_free();

	c->queue_bytes = memory / CARRIER_QUEUE_SHARE;
	return memory / CARRIER_SESSION_SHARE;
}

int carrier_start(struct carrier *c, const struct target *uri)
{
	struct chan_config config = {0};
	unsigned int i;

	c->env.ctx = c;
	c->env.alloc = carrier_alloc;
	c->env.free = carrier_free;
	c->env.yield = carrier_yield;
	c->env.log = carrier_log;
	c->env.entropy = carrier_entropy;
	c->uri = uri;
	for (i = 0; i < CHAN_SLOTS; i++) {
		memset(&c->slot[i], 0, sizeof(c->slot[i]));
		c->slot[i].carrier = c;
		c->slot[i].slot = i;
	}
	config.password = uri->password;
	config.username = uri->username;
	config.host = uri->host;
	config.compression = uri->compression;
	config.memory_bytes = carrier_memory(c);
	config.session_id = c->session_id;
	config.tls = uri->tls_port != 0;
	config.plain = uri->port != 0;
	config.secure = uri->secure;
	config.disabled = uri->disabled;
	c->session = chan_session_new(&c->env, &config, &carrier_session_events,
				      c);
	return c->session ? 0 : -ENOMEM;
}

void carrier_take_over(struct carrier *c, const struct target *uri)
{
	c->uri = uri;
	carrier_tls_target(c);
	chan_session_take_over(c->session, carrier_memory(c));
}

void carrier_flush(struct carrier *c)
{
	unsigned int i;

	for (i = 0; i < CHAN_SLOTS && c->session; i++) {
		struct carrier_slot *slot = &c->slot[i];
		const void *bytes;
		size_t n;

		if (slot->step)
			continue;
		if (slot->secure) {
			carrier_tls_send(slot);
			continue;
		}
		bytes = chan_session_output(c->session, i, &n);
		if (!n || !slot->tcp)
			continue;
		n = port_tcp_send(slot->tcp, bytes, n);
		if (!n)
			continue;
		chan_session_sent(c->session, i, n);
		port_tcp_flush(slot->tcp);
	}
}

/* Tell the session of connections that there was no memory for. */
static void carrier_refused(struct carrier *c)
{
	unsigned int i;

	for (i = 0; i < CHAN_SLOTS; i++) {
		if (!c->slot[i].refused)
			continue;
		c->slot[i].refused = false;
		chan_session_closed(c->session, i, -ENOMEM);
	}
}

bool carrier_turn(struct carrier *c)
{
	bool more;
	unsigned int i;

	if (!c->session)
		return false;
	carrier_refused(c);
	for (i = 0; i < CHAN_SLOTS; i++) {
		carrier_proxy_turn(&c->slot[i]);
		carrier_tls_turn(&c->slot[i]);
	}
	chan_session_tick(c->session, port_now_us());
	more = chan_session_work(c->session);
	for (i = 0; i < CHAN_SLOTS; i++)
		carrier_consume(&c->slot[i]);
	carrier_flush(c);
	return more;
}

void carrier_stop(struct carrier *c)
{
	struct chan_session *s = c->session;

	if (!s)
		return;
	carrier_flush(c);
	chan_session_free(s);
	c->session = NULL;
	carrier_tls_end(c);
}
