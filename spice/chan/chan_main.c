/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The main channel: session number, list of channels, mouse mode, name.
 *
 * Leaves out: the guest's agent (never started, so it sends nothing), seamless
 * migration (a server that is told so takes chan_move.c's way).
 */
#include <string.h>

#include "spice/chan/chan.h"

/* Take the mouse mode; ask for CLIENT wherever the server offers it. */
static int main_mouse(struct chan *c, uint32_t supported, uint32_t current)
{
	uint8_t want[2] = {SPICE_MOUSE_MODE_CLIENT, 0};

	if (current != c->s->mouse_mode) {
		c->s->mouse_mode = current;
		c->s->events->mouse_mode(c->s->ctx, current);
	}
	if (current == SPICE_MOUSE_MODE_CLIENT ||
	    !(supported & SPICE_MOUSE_MODE_CLIENT))
		return 0;
	return chan_send(c, SPICE_MSGC_MAIN_MOUSE_MODE_REQUEST, want,
			 sizeof(want));
}

static int main_init(struct chan *c, struct wire_reader *r)
{
	uint32_t supported, current;
	int rc;

	c->s->session_id = wire_u32(r);
	wire_u32(r); /* how many displays it hints at */
	supported = wire_u32(r);
	current = wire_u32(r);
	wire_bytes(r, 8); /* the agent: is it there, how much may be said */
	chan_clock_set(c->s, wire_u32(r));
	rc = main_mouse(c, supported, current);
	if (!rc)
		rc = chan_send(c, SPICE_MSGC_MAIN_ATTACH_CHANNELS, NULL, 0);
	return rc;
}

/* The kinds of channels that we open, by their type. */
static const struct chan_kind *main_kind(uint8_t type)
{
	switch (type) {
	case SPICE_CHANNEL_DISPLAY:
		return &chan_display_kind;
	case SPICE_CHANNEL_INPUTS:
		return &chan_inputs_kind;
	case SPICE_CHANNEL_CURSOR:
		return &chan_cursor_kind;
	default:
		return NULL;
	}
}

/* Open displays, their cursors, and the inputs. */
static int main_channels(struct chan *c, struct wire_reader *r)
{
	uint32_t n = wire_u32(r);

	chan_watch_listed(c->s);
	while (n-- && !r->bad) {
		uint8_t type = wire_u8(r);
		uint8_t id = wire_u8(r);
		const struct chan_kind *kind = main_kind(type);

		if (r->bad || !kind || id >= CHAN_DISPLAYS ||
		    chan_at(c->s, type, id) ||
		    (type == SPICE_CHANNEL_INPUTS && id) ||
		    (c->s->disabled >> type & 1))
			continue;
		if (chan_open(c->s, kind, id))
			return -ENOMEM;
	}
	return r->bad ? -EPROTO : 0;
}

static int main_mouse_mode(struct chan *c, struct wire_reader *r)
{
	uint32_t supported = wire_u16(r);

	return main_mouse(c, supported, wire_u16(r));
}

static int main_name(struct chan *c, struct wire_reader *r)
{
	uint32_t n = wire_u32(r);
	const uint8_t *bytes = wire_bytes(r, n);

	if (!bytes)
		return -EPROTO;
	if (n > sizeof(c->s->name) - 1)
		n = sizeof(c->s->name) - 1;
	memcpy(c->s->name, bytes, n);
	c->s->name[n] = '\0';
	return 0;
}

static int main_time(struct chan *c, struct wire_reader *r)
{
	chan_clock_set(c->s, wire_u32(r));
	return 0;
}

/* A port as migration has it: -1, too, is none. */
static uint16_t main_port(struct wire_reader *r)
{
	uint16_t port = wire_u16(r);

	return port == 0xffff ? 0 : port;
}

/* Copy a text of @n bytes, its NUL among them, at @offset of the message. */
static int main_text(const struct wire_reader *r, uint32_t n, uint32_t offset,
		     char *buf, size_t room)
{
	struct wire_reader text = *r;
	const uint8_t *bytes;

	if (!n)
		return 0;
	if (offset > r->len)
		return -EPROTO;
	text.pos = offset;
	bytes = wire_bytes(&text, n);
	if (!bytes || n > room || bytes[n - 1])
		return -EPROTO;
	memcpy(buf, bytes, n);
	return 0;
}

/* Where the virtual machine goes: ports, and texts by size and offset. */
int chan_main_destination(struct chan *c, struct wire_reader *r)
{
	const struct spice_env *env = c->s->env;
	struct chan_destination *d = c->s->destination;
	uint32_t n;
	int rc;

	if (!d)
		d = env->alloc(env->ctx, sizeof(*d));
	if (!d)
		return -ENOMEM;
	memset(d, 0, sizeof(*d));
	c->s->destination = d;
	d->port = main_port(r);
	d->tls_port = main_port(r);
	n = wire_u32(r);
	rc = main_text(r, n, wire_u32(r), d->host, sizeof(d->host));
	n = wire_u32(r);
	if (!rc)
		rc = main_text(r, n, wire_u32(r), d->subject,
			       sizeof(d->subject));
	if (!rc && (!d->host[0] || !(d->port | d->tls_port)))
		rc = -EPROTO;
	return rc;
}

static int main_switch_host(struct chan *c, struct wire_reader *r)
{
	int rc = chan_main_destination(c, r);

	if (!rc)
		chan_fail(c, CHAN_MOVED, 0, 0);
	return rc;
}

static int main_ignore(struct chan *c, struct wire_reader *r)
{
	return 0;
}

static const struct chan_handler main_handlers[] = {
	{SPICE_MSG_MAIN_MIGRATE_BEGIN, 20, chan_move_begin},
	{SPICE_MSG_MAIN_MIGRATE_CANCEL, 0, chan_move_cancel},
	{SPICE_MSG_MAIN_INIT, 32, main_init},
	{SPICE_MSG_MAIN_CHANNELS_LIST, 4, main_channels},
	{SPICE_MSG_MAIN_MOUSE_MODE, 4, main_mouse_mode},
	{SPICE_MSG_MAIN_MULTI_MEDIA_TIME, 4, main_time},
	{SPICE_MSG_MAIN_AGENT_CONNECTED, 0, main_ignore},
	{SPICE_MSG_MAIN_AGENT_CONNECTED_TOKENS, 4, main_ignore},
	{SPICE_MSG_MAIN_AGENT_DISCONNECTED, 4, main_ignore},
	{SPICE_MSG_MAIN_AGENT_TOKEN, 4, main_ignore},
	{SPICE_MSG_MAIN_MIGRATE_SWITCH_HOST, 20, main_switch_host},
	{SPICE_MSG_MAIN_MIGRATE_END, 0, chan_move_end},
	{SPICE_MSG_MAIN_NAME, 4, main_name},
	{SPICE_MSG_MAIN_UUID, 16, main_ignore},
	{0, 0, NULL},
};

/* The server speaks first: INIT. */
static int main_up(struct chan *c)
{
	return 0;
}

/* Whoever cannot be in two places does not say so. */
static uint32_t main_caps(const struct chan_session *s)
{
	return s->events->moving ? chan_move_caps : 0;
}

const struct chan_kind chan_main_kind = {
	.type = SPICE_CHANNEL_MAIN,
	.name = "main",
	.caps = 1u << SPICE_MAIN_CAP_NAME_AND_UUID |
		1u << SPICE_MAIN_CAP_AGENT_CONNECTED_TOKENS,
	.handlers = main_handlers,
	.caps_more = main_caps,
	.up = main_up,
};
