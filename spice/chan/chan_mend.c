/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * A display that does not make sense any more is connected anew: its server
 * then sends surfaces, a whole picture and a fresh window and cache, and the
 * rest of the session never notices.
 *
 * The server refuses the new connection (it closes it after the link) until it
 * has seen that the old one is closed, so it is tried for a while, and then the
 * session ends for the reason that it was mended for.
 *
 * This is a policy decision: only a display that has been complete once (MARK)
 * is mended. Whoever never sent a picture that makes sense will not send one
 * the second time.
 *
 * One that cannot be mended ends the session only when it is the first: without
 * a second display, or its pointer, the session goes on.
 */
#include <string.h>

#include "spice/chan/chan_display.h"

#define MEND_PAUSE_US	  50000u
#define MEND_PAUSE_MAX_US 800000u
#define MEND_PATIENCE_US  15000000u

/* So often; a longer peace than this, and they are counted anew. */
#define MEND_MAX      5
#define MEND_PEACE_US 60000000u

/* Would @cause go away with a new connection? */
static bool mend_helps(const struct chan *c, enum chan_cause cause, int rc)
{
	switch (cause) {
	case CHAN_IMAGE:
	case CHAN_PROTOCOL:
		return c->display && c->display->marked && !c->mend.going;
	case CHAN_MEMORY:
		return rc == -ENOBUFS; /* chan_session_reopen */
	case CHAN_NO_CONNECTION:
	case CHAN_SILENT:
	case CHAN_REFUSED:
	case CHAN_SERVER_CLOSED:
	case CHAN_LOST:
	case CHAN_CUT:
	case CHAN_PROXY:
	case CHAN_TLS_OTHER: /* closed as TLS began */
		return c->mend.going;
	default:
		return false;
	}
}

/* Can the session do without @c? Then it will. */
static bool mend_lose(struct chan *c, enum chan_cause cause, int rc,
		      uint32_t detail)
{
	if (!c->kind || !c->id || !chan_at(c->s, SPICE_CHANNEL_DISPLAY, 0))
		return false;
	chan_log(c->s, "%s %u: cause %d, rc %d, detail %u; it is given up",
		 c->kind->name, c->id, (int)cause, rc, (unsigned int)detail);
	c->mend.due = c->mend.lost = true;
	return true;
}

bool chan_mend(struct chan *c, enum chan_cause cause, int rc, uint32_t detail)
{
	struct chan_mend *m = &c->mend;
	uint64_t now_us = c->s->now_us;

	if (c->s->failed)
		return false;
	if (m->due)
		return true;
	if (c->kind != &chan_display_kind || !mend_helps(c, cause, rc))
		return mend_lose(c, cause, rc, detail);
	if (!m->going) {
		if (now_us - m->since_us > MEND_PEACE_US)
			m->n = 0;
		if (m->n++ == MEND_MAX)
			return mend_lose(c, cause, rc, detail);
		m->why.cause = cause;
		m->why.rc = rc;
		m->why.detail = detail;
		m->since_us = now_us;
		m->pause_us = MEND_PAUSE_US;
		c->s->counts.mended++;
		chan_log(c->s,
			 "display: cause %d, rc %d, detail %u; it is connected "
			 "anew",
			 (int)cause, rc, (unsigned int)detail);
	} else if (now_us - m->since_us > MEND_PATIENCE_US) {
		m->going = false;
		chan_fail(c, m->why.cause, m->why.rc, m->why.detail);
		return true;
	}
	m->due = true;
	return true;
}

/* What was given up is closed: its slot is free, another display is shown. */
static void mend_forget(struct chan *c)
{
	struct chan_session *s = c->s;

	c->state = CHAN_OFF;
	c->kind = NULL;
	memset(&c->mend, 0, sizeof(c->mend));
	if (s->shown == c->id && !chan_at(s, SPICE_CHANNEL_DISPLAY, c->id) &&
	    !chan_session_next(s))
		s->shown = 0;
	s->events->cursor(s->ctx);
}

void chan_mend_close(struct chan_session *s)
{
	unsigned int i;

	for (i = 0; i < CHAN_SLOTS; i++) {
		struct chan *c = &s->chan[i];
		struct chan_mend *m = &c->mend;

		if (!m->due)
			continue;
		if (c->state > CHAN_MENDING)
			s->events->close(s->ctx, i);
		chan_enter(c, CHAN_MENDING);
		chan_frame_drop(c);
		chan_sasl_drop(c);
		c->kind->down(c);
		c->gone = false;
		c->caps = 0;
		m->due = false;
		if (m->lost) {
			mend_forget(c);
			continue;
		}
		m->going = true;
		m->again_us = s->now_us + m->pause_us;
		if (m->pause_us < MEND_PAUSE_MAX_US)
			m->pause_us *= 2;
	}
}

void chan_mend_tick(struct chan_session *s)
{
	unsigned int i;

	for (i = 0; i < CHAN_SLOTS && !s->failed; i++) {
		struct chan *c = &s->chan[i];

		if (c->state != CHAN_MENDING || s->now_us < c->mend.again_us)
			continue;
		chan_enter(c, CHAN_CONNECTING);
		s->events->open(s->ctx, i, c->secure);
	}
}

void chan_mend_done(struct chan *c)
{
	if (!c->mend.going)
		return;
	c->mend.going = false;
	chan_log(c->s, "display: whole again");
}
