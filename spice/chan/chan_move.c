/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Semi-seamless migration: a virtual machine that goes to another host, with
 * the client there before it arrives.
 *
 *	this session			the one at the other host
 *	MIGRATE_BEGIN -> moving event
 *					main links, with our session's number
 *	CONNECTED, or CONNECT_ERROR	waits
 *	...				...
 *	MIGRATE_END -> CHAN_MOVED	chan_session_take_over: MIGRATE_END,
 *					then INIT and all as ever
 *
 * Only main is there beforehand: the other host lets no other channel speak
 * before MIGRATE_END anyway. Nothing of what was shown is taken along. After
 * CONNECT_ERROR the server has us connect anew in the end (SWITCH_HOST).
 */
#include "spice/chan/chan.h"

const uint32_t chan_move_caps = 1u << SPICE_MAIN_CAP_SEMI_SEAMLESS_MIGRATE;

int chan_move_begin(struct chan *c, struct wire_reader *r)
{
	int rc = chan_main_destination(c, r);

	if (rc)
		return rc;
	if (c->s->events->moving)
		c->s->events->moving(c->s->ctx, true);
	else
		chan_session_moving(c->s, false);
	return 0;
}

int chan_move_cancel(struct chan *c, struct wire_reader *r)
{
	if (c->s->events->moving)
		c->s->events->moving(c->s->ctx, false);
	return 0;
}

int chan_move_end(struct chan *c, struct wire_reader *r)
{
	if (!c->s->destination)
		return -EPROTO;
	chan_fail(c, CHAN_MOVED, 0, SPICE_MSG_MAIN_MIGRATE_END);
	return 0;
}

uint32_t chan_session_id(const struct chan_session *s)
{
	return s->session_id;
}

/* Say something without a body on main. */
static void move_say(struct chan_session *s, uint16_t type)
{
	struct chan *main = chan_find(s, SPICE_CHANNEL_MAIN);
	int rc;

	if (!main || s->failed)
		return;
	rc = chan_send(main, type, NULL, 0);
	if (rc)
		chan_send_fail(main, rc);
}

void chan_session_moving(struct chan_session *s, bool connected)
{
	move_say(s, connected ? SPICE_MSGC_MAIN_MIGRATE_CONNECTED
			      : SPICE_MSGC_MAIN_MIGRATE_CONNECT_ERROR);
}

void chan_session_take_over(struct chan_session *s, size_t memory_bytes)
{
	s->memory_bytes = memory_bytes;
	s->waits = false;
	/* It owes the list of channels from now on. */
	s->chan[CHAN_SLOT_MAIN].since_us = s->now_us;
	move_say(s, SPICE_MSGC_MAIN_MIGRATE_END);
}
