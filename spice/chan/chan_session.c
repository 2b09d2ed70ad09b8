/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The session: its channels, the order of their work, its end.
 *
 * A failure may be found deep inside (a key that does not fit, seen while an
 * image yields), so it is only noted there: `failed` stops every channel, and
 * the outermost call closes the connections and tells the owner.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "spice/chan/chan.h"
#include "spice/tls/tls_wipe.h"

void chan_log(struct chan_session *s, const char *fmt, ...)
{
	char line[160];
	va_list args;

	if (!s->env->log)
		return;
	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	s->env->log(s->env->ctx, line);
}

int chan_fail(struct chan *c, enum chan_cause cause, int rc, uint32_t detail)
{
	struct chan_session *s = c->s;

	if (chan_mend(c, cause, rc, detail))
		return rc ? rc : -EIO;
	if (!s->failed) {
		s->failed = true;
		s->error.cause = cause;
		s->error.rc = rc;
		s->error.detail = detail;
		s->error.channel = c->kind ? c->kind->name : "";
		chan_log(s, "%s: failed, cause %d, rc %d, detail %u",
			 s->error.channel, (int)cause, rc,
			 (unsigned int)detail);
	}
	return rc ? rc : -EIO;
}

void chan_enter(struct chan *c, enum chan_state state)
{
	static const uint8_t stage[] = {
		[CHAN_CONNECTING] = CHAN_STAGE_CONNECTING,
		[CHAN_REPLY] = CHAN_STAGE_LINKING,
		[CHAN_ENTROPY] = CHAN_STAGE_ENTROPY,
		[CHAN_SASL] = CHAN_STAGE_TICKET,
		[CHAN_RESULT] = CHAN_STAGE_TICKET,
		[CHAN_UP] = CHAN_STAGE_UP,
	};
	struct chan_session *s = c->s;

	c->state = state;
	c->since_us = s->now_us;
	/* The first display and what belongs to it tell how far things are. */
	if (s->events->stage && state > CHAN_MENDING && c->id == 0)
		s->events->stage(s->ctx, c->kind->name,
				 (enum chan_stage)stage[state]);
}

/* Is the channel one of the set @channels? */
static bool session_listed(const struct chan_kind *kind, uint32_t channels)
{
	return channels >> kind->type & 1;
}

int chan_open(struct chan_session *s, const struct chan_kind *kind, uint8_t id)
{
	unsigned int i;

	for (i = 0; i < CHAN_SLOTS; i++) {
		struct chan *c = &s->chan[i];

		if (c->kind)
			continue;
		c->kind = kind;
		c->id = id;
		c->caps = 0;
		c->gone = false;
		c->secure = s->tls;
		c->switched = false;
		if (!s->tls && session_listed(kind, s->secure_channels))
			return chan_fail(c, CHAN_NEED_TLS, -ENOENT, 0);
		chan_enter(c, CHAN_CONNECTING);
		s->events->open(s->ctx, i, c->secure);
		return 0;
	}
	return -ENOSPC;
}

void chan_reopen(struct chan *c)
{
	c->s->events->close(c->s->ctx, c->slot);
	chan_frame_drop(c);
	chan_enter(c, CHAN_CONNECTING);
	c->s->events->open(c->s->ctx, c->slot, c->secure);
}

static bool session_is(const struct chan *c, uint8_t type)
{
	return c->kind && c->kind->type == type;
}

struct chan *chan_find(struct chan_session *s, uint8_t type)
{
	unsigned int i;

	for (i = 0; i < CHAN_SLOTS; i++)
		if (session_is(&s->chan[i], type) &&
		    s->chan[i].state == CHAN_UP)
			return &s->chan[i];
	return NULL;
}

struct chan *chan_at(struct chan_session *s, uint8_t type, uint8_t id)
{
	unsigned int i;

	for (i = 0; i < CHAN_SLOTS; i++)
		if (session_is(&s->chan[i], type) && s->chan[i].id == id)
			return &s->chan[i];
	return NULL;
}

/* Close what is open. */
static void session_close(struct chan_session *s)
{
	unsigned int i;

	for (i = 0; i < CHAN_SLOTS; i++) {
		struct chan *c = &s->chan[i];

		if (c->state > CHAN_MENDING)
			s->events->close(s->ctx, i);
		c->state = CHAN_OFF;
		chan_frame_drop(c);
		chan_sasl_drop(c);
	}
}

static void session_enter(struct chan_session *s)
{
	s->busy++;
}

/* The outermost call ends a session that has failed. */
static void session_leave(struct chan_session *s)
{
	if (--s->busy || s->ended)
		return;
	if (!s->failed)
		chan_mend_close(s);
	if (!s->failed)
		return;
	s->ended = true;
	session_close(s);
	s->events->ended(s->ctx, &s->error);
}

struct chan_session *chan_session_new(const struct spice_env *env,
				      const struct chan_config *config,
				      const struct chan_session_events *events,
				      void *ctx)
{
	struct chan_session *s = env->alloc(env->ctx, sizeof(*s));
	unsigned int i;

	if (!s)
		return NULL;
	memset(s, 0, sizeof(*s));
	s->env = env;
	s->events = events;
	s->ctx = ctx;
	s->compression = config->compression;
	s->memory_bytes = config->memory_bytes;
	s->tls = config->tls;
	s->plain = config->plain;
	s->secure_channels = config->secure;
	s->session_id = config->session_id;
	s->waits = s->session_id != 0;
	s->disabled = config->disabled & ~(1u << SPICE_CHANNEL_MAIN);
	if (config->password)
		strncpy(s->password, config->password, CHAN_PASSWORD_BYTES);
	if (config->username)
		strncpy(s->username, config->username, CHAN_USERNAME_BYTES);
	if (config->host)
		strncpy(s->host, config->host, CHAN_HOST_BYTES);
	for (i = 0; i < CHAN_SLOTS; i++) {
		s->chan[i].s = s;
		s->chan[i].slot = i;
		s->chan[i].last = &s->chan[i].first;
	}
	session_enter(s);
	chan_open(s, &chan_main_kind, 0);
	session_leave(s);
	return s;
}

void chan_session_free(struct chan_session *s)
{
	const struct spice_env *env;
	unsigned int i;

	if (!s)
		return;
	env = s->env;
	session_close(s);
	for (i = 0; i < CHAN_SLOTS; i++)
		if (s->chan[i].kind && s->chan[i].kind->down)
			s->chan[i].kind->down(&s->chan[i]);
	env->free(env->ctx, s->destination);
	tls_wipe(s, sizeof(*s));
	env->free(env->ctx, s);
}

void chan_session_opened(struct chan_session *s, unsigned int slot)
{
	session_enter(s);
	if (!s->failed && s->chan[slot].state == CHAN_CONNECTING)
		chan_link_start(&s->chan[slot]);
	session_leave(s);
}

void chan_session_input(struct chan_session *s, unsigned int slot,
			const void *bytes, size_t n)
{
	struct chan *c = &s->chan[slot];
	const uint8_t *p = bytes;

	session_enter(s);
	s->counts.bytes_in += n;
	c->heard = true;
	while (n && !chan_stopped(c) && c->state > CHAN_MENDING &&
	       c->state != CHAN_AGAIN) {
		size_t took = n;

		if (c->state == CHAN_UP)
			chan_frame_input(c, p, n);
		else
			took = chan_link_input(c, p, n);
		p += took;
		n -= took;
	}
	session_leave(s);
}

/* Whether a connection that ended with @rc was ended at the other end. */
static bool was_peer(int rc)
{
	return rc != -ETIMEDOUT && rc != -EADDRNOTAVAIL;
}

void chan_session_closed(struct chan_session *s, unsigned int slot, int rc)
{
	struct chan *c = &s->chan[slot];
	enum chan_state state = c->state;

	if (state <= CHAN_MENDING || state == CHAN_AGAIN)
		return;
	session_enter(s);
	if (state == CHAN_UP) {
		c->gone = true;
		c->gone_rc = rc;
		session_leave(s);
		return;
	}
	c->state = CHAN_OFF;
	if (state == CHAN_CONNECTING)
		chan_fail(c, CHAN_NO_CONNECTION, rc ? rc : -ECONNRESET, 0);
	else if (c->kind == &chan_main_kind && state == CHAN_REPLY &&
		 c->link_len == 0 && was_peer(rc))
		/* It hung up on our first words: it speaks something else. */
		chan_fail(c, CHAN_NOT_SPICE, rc, 0);
	else if (state == CHAN_SASL && was_peer(rc) && !c->mend.going)
		/* How some servers refuse, but for one that took it before. */
		chan_fail(c, CHAN_PASSWORD, -EPERM, 0);
	else if (state == CHAN_REPLY && c->link_len && was_peer(rc))
		chan_fail(c, CHAN_CUT, rc, 0);
	else
		chan_fail(c, CHAN_LOST, rc, 0);
	session_leave(s);
}

void chan_session_refused(struct chan_session *s, unsigned int slot,
			  const struct chan_error *error)
{
	struct chan *c = &s->chan[slot];
	bool first = !s->failed;

	if (c->state == CHAN_OFF)
		return;
	session_enter(s);
	chan_fail(c, error->cause, error->rc, error->detail);
	if (first && s->failed) {
		s->error.sentence = error->sentence;
		memcpy(s->error.text, error->text, sizeof(s->error.text));
	}
	session_leave(s);
}

bool chan_session_reopen(struct chan_session *s, unsigned int slot)
{
	struct chan *c = &s->chan[slot];

	session_enter(s);
	chan_fail(c, CHAN_MEMORY, -ENOBUFS, (uint32_t)(c->backlog >> 10));
	session_leave(s);
	return !s->failed;
}

size_t chan_session_backlog(const struct chan_session *s, unsigned int slot)
{
	return s->chan[slot].backlog;
}

const void *chan_session_output(struct chan_session *s, unsigned int slot,
				size_t *n)
{
	*n = s->failed ? 0 : s->chan[slot].out_len;
	return s->chan[slot].out;
}

void chan_session_sent(struct chan_session *s, unsigned int slot, size_t n)
{
	struct chan *c = &s->chan[slot];

	if (n > c->out_len)
		n = c->out_len;
	if (!n)
		return;
	c->out_len -= n;
	memmove(c->out, c->out + n, c->out_len);
	/* It may have been a password (SASL). */
	tls_wipe(c->out + c->out_len, n);
}

/* In which order do channels have their messages handled? */
static const uint8_t session_order[] = {
	SPICE_CHANNEL_MAIN,
	SPICE_CHANNEL_INPUTS,
	SPICE_CHANNEL_CURSOR,
	SPICE_CHANNEL_DISPLAY,
};

/* Handle one message of a channel of @type. */
static bool session_work(struct chan_session *s, uint8_t type)
{
	unsigned int i;

	for (i = 0; i < CHAN_SLOTS; i++) {
		struct chan *c = &s->chan[i];

		if (session_is(c, type) && c->state == CHAN_UP &&
		    chan_frame_work(c))
			return true;
	}
	return false;
}

/* All that came has been handled: a lost connection ends the session. */
static void session_gone(struct chan_session *s)
{
	unsigned int i;

	for (i = 0; i < CHAN_SLOTS; i++) {
		struct chan *c = &s->chan[i];

		if (!c->gone || c->mend.due)
			continue;
		if ((c->coming || c->head_len) && was_peer(c->gone_rc))
			chan_fail(c, CHAN_CUT, c->gone_rc, 0);
		else if (c->gone_rc)
			chan_fail(c, CHAN_LOST, c->gone_rc, 0);
		else
			chan_fail(c, CHAN_SERVER_CLOSED, 0, 0);
	}
}

bool chan_session_work(struct chan_session *s)
{
	bool more = false;
	unsigned int i;

	/* From inside a handler that yields: nothing is started. */
	if (s->busy)
		return false;
	session_enter(s);
	more = chan_stream_work(s);
	/* What comes before the virtual machine is there is looked at then. */
	for (i = 0; i < sizeof(session_order) && !more && !s->waits; i++)
		more = session_work(s, session_order[i]);
	if (!more)
		session_gone(s);
	session_leave(s);
	return more && !s->failed;
}

unsigned int chan_has(const struct chan_session *s,
		      const struct chan_kind *kind)
{
	unsigned int i, n = 0;

	for (i = 0; i < CHAN_SLOTS; i++)
		n += s->chan[i].kind == kind;
	return n;
}

void chan_session_tick(struct chan_session *s, uint64_t now_us)
{
	if (s->busy)
		return;
	session_enter(s);
	chan_watch_tick(s, now_us);
	chan_clock_tick(s);
	chan_mend_tick(s);
	chan_inputs_flush(s);
	session_leave(s);
}

const struct chan_destination *
chan_session_destination(const struct chan_session *s)
{
	return s->destination;
}

const char *chan_session_name(const struct chan_session *s)
{
	return s->name;
}

uint32_t chan_session_mouse_mode(const struct chan_session *s)
{
	return s->mouse_mode;
}

const struct chan_counts *chan_session_counts(const struct chan_session *s)
{
	return &s->counts;
}
