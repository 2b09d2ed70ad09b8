/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Framing: bytes of the network become messages that wait to be handled.
 *
 * Header (mini): u16 type, u32 size of the body. A body is copied once, from
 * the carrier's buffer to where it is decoded from. Of a PING only the first
 * 12 bytes are kept: the server sends 256 000 zeros to measure the line.
 *
 * Bound: CHAN_MESSAGE_MAX_BYTES a message, and what the owner lets in: it
 * stops reading by chan_session_backlog.
 */
#include <string.h>

#include "spice/chan/chan.h"
#include "spice/tls/tls_wipe.h"

#define PING_KEPT_BYTES 12

/*
 * A PING as long as this measures the line (the server's has 256 000 bytes).
 * This is a policy decision: it is a slow one below the 10 Mbit/s at which the
 * server takes it for that, 0.8 us a byte.
 */
#define PING_LONG_BYTES 100000

/* Start the message whose header is complete. */
static void frame_begin(struct chan *c)
{
	uint32_t type = c->head[0] | c->head[1] << 8;
	uint32_t size = c->head[2] | c->head[3] << 8 | c->head[4] << 16 |
			(uint32_t)c->head[5] << 24;
	const struct spice_env *env = c->s->env;
	uint32_t kept = size;
	struct chan_message *m;

	if (size > CHAN_MESSAGE_MAX_BYTES) {
		chan_fail(c, CHAN_PROTOCOL, -E2BIG, type);
		return;
	}
	if (type == SPICE_MSG_PING && size > PING_KEPT_BYTES)
		kept = PING_KEPT_BYTES;
	m = env->alloc(env->ctx, sizeof(*m) + kept);
	if (!m) {
		chan_fail(c, CHAN_MEMORY, -ENOMEM, kept >> 10);
		return;
	}
	m->next = NULL;
	m->serial = ++c->serial;
	m->size = kept;
	m->got = 0;
	m->type = type;
	m->listed = 0;
	c->skip = size - kept;
	c->skipped = c->skip >= PING_LONG_BYTES ? size - kept : 0;
	c->skip_us = c->s->now_us;
	c->coming = m;
	c->head_len = 0;
}

/* The long PING is whole: how fast is the line? */
static void frame_line(struct chan *c)
{
	uint64_t took_us = c->s->now_us - c->skip_us;

	if (took_us > UINT32_MAX)
		took_us = UINT32_MAX;
	c->s->slow = took_us > c->skipped / 5 * 4;
	chan_log(c->s, "line: %u KiB in %u ms%s",
		 (unsigned int)(c->skipped >> 10),
		 (unsigned int)((uint32_t)took_us / 1000),
		 c->s->slow ? ", a slow one" : "");
	c->skipped = 0;
}

/* The message on its way is whole: handle it, or let it wait. */
static void frame_end(struct chan *c)
{
	struct chan_message *m = c->coming;

	c->coming = NULL;
	if (c->skipped)
		frame_line(c);
	chan_base_urgent(c, m);
	*c->last = m;
	c->last = &m->next;
	c->backlog += m->size + sizeof(*m);
}

void chan_frame_input(struct chan *c, const uint8_t *bytes, size_t n)
{
	while (!chan_stopped(c)) {
		struct chan_message *m = c->coming;
		size_t take;

		if (m && m->got == m->size && c->skip == 0) {
			frame_end(c);
			continue;
		}
		if (!n)
			return;
		if (!m) {
			take = sizeof(c->head) - c->head_len;
			take = take < n ? take : n;
			memcpy(c->head + c->head_len, bytes, take);
			c->head_len += take;
			if (c->head_len == sizeof(c->head))
				frame_begin(c);
		} else if (m->got < m->size) {
			take = m->size - m->got;
			take = take < n ? take : n;
			memcpy(m->body + m->got, bytes, take);
			m->got += take;
		} else {
			take = c->skip < n ? (size_t)c->skip : n;
			c->skip -= take;
		}
		bytes += take;
		n -= take;
	}
}

/* Give back what is to be said; it may hold a password (SASL). */
static void frame_out_free(struct chan *c)
{
	const struct spice_env *env = c->s->env;

	if (!c->out)
		return;
	tls_wipe(c->out, c->out_room);
	env->free(env->ctx, c->out);
	c->out = NULL;
}

void chan_frame_drop(struct chan *c)
{
	const struct spice_env *env = c->s->env;
	struct chan_message *m;

	while ((m = c->first)) {
		c->first = m->next;
		env->free(env->ctx, m);
	}
	c->last = &c->first;
	env->free(env->ctx, c->coming);
	c->coming = NULL;
	frame_out_free(c);
	c->out_len = c->out_room = 0;
	c->head_len = c->link_len = c->backlog = 0;
	c->skip = c->serial = c->done = 0;
	c->skipped = 0;
	c->ack_window = c->ack_left = 0;
	c->heard = c->held = false;
	c->stalled_us = c->held_us = 0;
}

int chan_send_raw(struct chan *c, const void *bytes, size_t n)
{
	const struct spice_env *env = c->s->env;
	size_t room = c->out_room ? c->out_room : 512;
	uint8_t *grown;

	if (n > CHAN_OUT_MAX_BYTES - c->out_len)
		return -ENOBUFS;
	while (room < c->out_len + n)
		room *= 2;
	if (room != c->out_room) {
		grown = env->alloc(env->ctx, room);
		if (!grown)
			return -ENOMEM;
		if (c->out_len)
			memcpy(grown, c->out, c->out_len);
		frame_out_free(c);
		c->out = grown;
		c->out_room = room;
	}
	memcpy(c->out + c->out_len, bytes, n);
	c->out_len += n;
	return 0;
}

int chan_send(struct chan *c, uint16_t type, const void *body, size_t n)
{
	uint8_t buf[64];
	struct wire_writer w;

	wire_writer_init(&w, buf, sizeof(buf));
	wire_put_u16(&w, type);
	wire_put_u32(&w, (uint32_t)n);
	wire_put(&w, body, n);
	return w.bad ? -E2BIG : chan_send_raw(c, buf, w.len);
}

void chan_send_fail(struct chan *c, int rc)
{
	/* More waits to be said than a server that is there leaves unread. */
	if (rc == -ENOBUFS)
		chan_fail(c, CHAN_LOST, -ETIMEDOUT, 0);
	else
		chan_fail(c, CHAN_MEMORY, rc, 0);
}

/* The row for @type in @table, NULL when it has none. */
static const struct chan_handler *frame_find(const struct chan_handler *table,
					     uint32_t type)
{
	for (; table->type; table++)
		if (table->type == type)
			return table;
	return NULL;
}

/* Call the handler of a message of @type with body @r. */
static int frame_dispatch(struct chan *c, uint32_t type, struct wire_reader *r)
{
	const struct chan_handler *row = frame_find(c->kind->handlers, type);

	if (!row)
		row = frame_find(chan_base_handlers, type);
	if (!row) {
		/* The protocol wants unknown messages skipped. */
		chan_log(c->s, "%s: message %u skipped", c->kind->name,
			 (unsigned int)type);
		return 0;
	}
	if (r->len < row->least)
		return -EPROTO;
	return row->handle(c, r);
}

/*
 * LIST: u16 n, n offsets; each target is u16 type, u32 size, body. The list
 * counts as one message, its members as none. Members handled before one that
 * waits for another channel are not handled again.
 */
static int frame_list(struct chan *c, struct chan_message *m,
		      struct wire_reader *r)
{
	unsigned int n = wire_u16(r);
	struct wire_reader at, body;
	int rc;

	wire_bytes(r, (size_t)m->listed * 4);
	while (m->listed < n && !chan_stopped(c)) {
		const uint8_t *bytes;
		uint32_t type, size;

		if (!wire_pointer(r, &at))
			return -EPROTO;
		type = wire_u16(&at);
		size = wire_u32(&at);
		bytes = wire_bytes(&at, size);
		if (!bytes || type == SPICE_MSG_LIST)
			return -EPROTO;
		wire_reader_init(&body, bytes, size);
		rc = frame_dispatch(c, type, &body);
		if (rc)
			return rc;
		m->listed++;
	}
	return r->bad ? -EPROTO : 0;
}

/* Which cause is a handler's @rc? */
static void frame_fail(struct chan *c, uint32_t type, int rc)
{
	if (rc == -ENOMEM || rc == -ENOBUFS)
		chan_send_fail(c, rc);
	else if (rc == -EILSEQ)
		chan_fail(c, CHAN_IMAGE, rc, type);
	else
		chan_fail(c, CHAN_PROTOCOL, rc, type);
}

bool chan_frame_work(struct chan *c)
{
	const struct spice_env *env = c->s->env;
	struct chan_message *m = c->first;
	struct wire_reader r;
	int rc;

	if (!m || chan_stopped(c))
		return false;
	wire_reader_init(&r, m->body, m->size);
	if (m->type == SPICE_MSG_LIST)
		rc = frame_list(c, m, &r);
	else
		rc = frame_dispatch(c, m->type, &r);
	c->held = rc == -EAGAIN;
	if (c->held)
		return false; /* it waits for another channel */

	c->first = m->next;
	if (!c->first)
		c->last = &c->first;
	c->backlog -= m->size + sizeof(*m);
	c->done = m->serial;
	if (rc)
		frame_fail(c, m->type, rc);
	env->free(env->ctx, m);
	if (!rc)
		chan_base_count(c);
	return true;
}
