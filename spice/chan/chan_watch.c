/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * How long the client waits for what a server owes it. No state waits for ever:
 *
 *	state			owed				patience
 *	CONNECTING		a connection (the carrier's own
 *				patience is shorter)		   60 s
 *	REPLY, RESULT		the step of the link		   10 s
 *	ENTROPY			random bytes (our side)		   15 s
 *	UP, main		the list of channels, a display; nothing
 *				before a virtual machine is there  10 s
 *	UP, display		a first picture			   20 s
 *	UP, in a message	its next byte			   20 s
 *	UP, message held back	what WAIT_FOR_CHANNELS names	   20 s
 *	UP, nothing came	an answer to our question	   15 + 15 s
 *
 * An idle desktop is silent by right, and the protocol has no ping of the
 * client's. But a server answers ATTACH_CHANNELS with the list of channels,
 * however often; so that is the question. It is asked once when the first
 * picture is there: a server that does not answer then is not asked again, and
 * only the carrier's keepalive tells whether it lives.
 *
 * Once the link is up only time in which the client itself ran is counted, each
 * step of it at most WATCH_STEP_US: one that stood still (a long decode, a
 * stopped machine) blames nobody.
 */
#include "spice/chan/chan.h"

#define WATCH_CONNECT_US 60000000u
#define WATCH_LINK_US	 10000000u
#define WATCH_ENTROPY_US 15000000u
#define WATCH_PICTURE_US 20000000u
#define WATCH_STALL_US	 20000000u
#define WATCH_ASK_US	 15000000u
#define WATCH_ANSWER_US	 15000000u
#define WATCH_STEP_US	 1000000u

/* A link that makes no progress ends the session. */
static void watch_link(struct chan *c, uint64_t waited_us)
{
	switch (c->state) {
	case CHAN_CONNECTING:
		if (waited_us > WATCH_CONNECT_US)
			chan_fail(c, CHAN_NO_CONNECTION, -ETIMEDOUT, 0);
		break;
	case CHAN_REPLY:
		if (waited_us > WATCH_LINK_US)
			chan_fail(c, CHAN_SILENT, -ETIMEDOUT, 0);
		break;
	case CHAN_ENTROPY:
		if (waited_us > WATCH_ENTROPY_US)
			chan_fail(c, CHAN_NO_ENTROPY, -ETIMEDOUT, 0);
		break;
	case CHAN_SASL:
	case CHAN_RESULT:
		if (waited_us > WATCH_LINK_US)
			chan_fail(c, CHAN_SILENT, -EACCES, 0);
		break;
	default:
		break;
	}
}

/* Does the main channel lead to a display? */
static void watch_main(struct chan *c, uint64_t waited_us)
{
	if (waited_us <= WATCH_LINK_US || c->s->waits ||
	    chan_has(c->s, &chan_display_kind))
		return;
	if (c->s->watch.listed)
		chan_fail(c, CHAN_NO_DISPLAY, -ETIMEDOUT, 0);
	else
		chan_fail(c, CHAN_SILENT, -ENODATA, 0);
}

/*
 * Does the display lead to a picture? A message on its way may be it; a surface
 * that nothing was drawn on is none, marked or not.
 */
static void watch_picture(struct chan *c, uint64_t waited_us)
{
	if (!c->s->watch.pictured && waited_us > WATCH_PICTURE_US &&
	    !c->coming && !c->first)
		chan_fail(c, CHAN_NO_PICTURE, -ETIMEDOUT, 0);
}

/* Does a message that began go on, and one that is held back get free? */
static void watch_message(struct chan *c, uint64_t step_us)
{
	bool begun = c->coming || c->head_len;

	/* Behind messages that wait for us bytes may be kept back. */
	c->stalled_us = begun && !c->heard && !c->first
				? c->stalled_us + step_us
				: 0;
	c->held_us = c->held ? c->held_us + step_us : 0;
	if (c->stalled_us > WATCH_STALL_US)
		chan_fail(c, CHAN_STALLED, -ETIMEDOUT, 0);
	else if (c->held_us > WATCH_STALL_US)
		chan_fail(c, CHAN_PROTOCOL, -ETIMEDOUT,
			  SPICE_MSG_WAIT_FOR_CHANNELS);
}

/* Ask for a sign of life. */
static void watch_ask(struct chan_session *s, struct chan *main)
{
	if (s->watch.asked)
		return;
	s->watch.asked = true;
	if (chan_send(main, SPICE_MSGC_MAIN_ATTACH_CHANNELS, NULL, 0))
		chan_fail(main, CHAN_LOST, -ETIMEDOUT, 0);
}

/* Is the server still there? @heard: something came, or waits for us. */
static void watch_life(struct chan_session *s, bool heard, uint64_t step_us)
{
	struct chan *main = chan_find(s, SPICE_CHANNEL_MAIN);

	s->watch.quiet_us = heard ? 0 : s->watch.quiet_us + step_us;
	if (!main || !s->watch.pictured || s->failed)
		return;
	if (!s->watch.known) {
		s->watch.known = true;
		watch_ask(s, main);
	}
	if (!s->watch.answers || s->watch.quiet_us <= WATCH_ASK_US)
		return;
	watch_ask(s, main);
	if (s->watch.quiet_us > WATCH_ASK_US + WATCH_ANSWER_US)
		chan_fail(main, CHAN_LOST, -ETIMEDOUT, 0);
}

void chan_watch_listed(struct chan_session *s)
{
	s->watch.listed = true;
	if (s->watch.asked)
		s->watch.answers = true;
	s->watch.asked = false;
}

void chan_watch_tick(struct chan_session *s, uint64_t now_us)
{
	uint64_t step_us = now_us - s->now_us;
	bool heard = false;
	unsigned int i;

	/* The first time that is heard of starts the clocks of the links. */
	for (i = 0; i < CHAN_SLOTS && !s->now_us; i++)
		s->chan[i].since_us = now_us;
	if (!s->now_us)
		step_us = 0;
	if (step_us > WATCH_STEP_US)
		step_us = WATCH_STEP_US;
	s->now_us = now_us;
	for (i = 0; i < CHAN_SLOTS && !s->failed; i++) {
		struct chan *c = &s->chan[i];
		uint64_t waited_us;

		if (c->state == CHAN_ENTROPY)
			chan_link_ticket(c);
		else if (c->state == CHAN_AGAIN)
			chan_reopen(c);
		waited_us = now_us - c->since_us;
		watch_link(c, waited_us);
		if (c->state != CHAN_UP || c->gone || s->failed)
			continue;
		if (c->kind == &chan_main_kind)
			watch_main(c, waited_us);
		else if (c->kind == &chan_display_kind)
			watch_picture(c, waited_us);
		watch_message(c, step_us);
		heard |= c->heard || c->first;
		c->heard = false;
	}
	watch_life(s, heard, step_us);
}
