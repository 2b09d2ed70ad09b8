/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The link: from an open connection to the first message.
 *
 * We speak first: header, message, capabilities. The server answers with its
 * own and a fresh RSA key; we choose the ticket as authentication (where both
 * sides offer a choice) and send the password under that key; one u32 ends it.
 * Errors come as a whole answer before the ticket and as a bare u32 after it,
 * but for a few that come as a whole answer even then.
 *
 * Document: SpiceLinkHeader and what follows it in spice/protocol.h.
 */
#include <string.h>

#include "spice/chan/chan.h"
#include "spice/tls/tls_ticket.h"

#define LINK_HEADER_BYTES 16
#define LINK_MESS_BYTES	  18
#define LINK_REPLY_BYTES  178

#define CAP(bit) (1u << (bit))

/* Common capabilities: what we offer, and what we cannot do without. */
#define LINK_COMMON                                                           \
	(CAP(SPICE_COMMON_CAP_PROTOCOL_AUTH_SELECTION) |                      \
	 CAP(SPICE_COMMON_CAP_AUTH_SPICE) | CAP(SPICE_COMMON_CAP_AUTH_SASL) | \
	 CAP(SPICE_COMMON_CAP_MINI_HEADER))

void chan_link_start(struct chan *c)
{
	uint8_t buf[LINK_HEADER_BYTES + LINK_MESS_BYTES + 8];
	struct wire_writer w;

	wire_writer_init(&w, buf, sizeof(buf));
	wire_put(&w, "REDQ", 4);
	wire_put_u32(&w, SPICE_VERSION_MAJOR);
	wire_put_u32(&w, SPICE_VERSION_MINOR);
	wire_put_u32(&w, LINK_MESS_BYTES + 8);

	wire_put_u32(&w, c->s->session_id);
	wire_put_u8(&w, c->kind->type);
	wire_put_u8(&w, c->id);
	wire_put_u32(&w, 1); /* words of common capabilities */
	wire_put_u32(&w, 1); /* words of channel capabilities */
	wire_put_u32(&w, LINK_MESS_BYTES);
	wire_put_u32(&w, LINK_COMMON);
	wire_put_u32(&w, c->kind->caps |
				 (c->kind->caps_more ? c->kind->caps_more(c->s)
						     : 0));

	if (chan_send_raw(c, buf, w.len))
		chan_fail(c, CHAN_MEMORY, -ENOMEM, 1);
	chan_enter(c, CHAN_REPLY);
}

/* Which cause is link error @error? */
static enum chan_cause link_cause(uint32_t error)
{
	switch (error) {
	case SPICE_LINK_ERR_VERSION_MISMATCH:
		return CHAN_VERSION;
	case SPICE_LINK_ERR_NEED_SECURED:
		return CHAN_NEED_TLS;
	case SPICE_LINK_ERR_NEED_UNSECURED:
		return CHAN_NEED_PLAIN;
	case SPICE_LINK_ERR_PERMISSION_DENIED:
		return CHAN_PASSWORD;
	default:
		return CHAN_REFUSED;
	}
}

/*
 * The server wants the channel @secure, or not: may it be had so? Only once, so
 * that no server sends us to and fro. What was said without TLS anybody may
 * have said: but who asks for TLS gets what we would rather have anyway.
 *
 * Returns 0, or -EACCES, -ENOENT without a port for it, -EPERM when the target
 * forbids it.
 */
static int link_switch(struct chan *c, bool secure)
{
	struct chan_session *s = c->s;

	if (c->switched || c->secure == secure)
		return -EACCES;
	if (secure ? !s->tls : !s->plain)
		return -ENOENT;
	if (!secure && (s->secure_channels >> c->kind->type & 1))
		return -EPERM;
	chan_log(s, "%s: the server wants it %s TLS", c->kind->name,
		 secure ? "over" : "without");
	c->secure = secure;
	c->switched = true;
	c->state = CHAN_AGAIN;
	return 0;
}

/* The server said that it will not have us. */
static void link_refused(struct chan *c, uint32_t error)
{
	enum chan_cause cause = link_cause(error);
	int rc;

	if (cause == CHAN_NEED_TLS || cause == CHAN_NEED_PLAIN) {
		rc = link_switch(c, cause == CHAN_NEED_TLS);
		if (rc == -EPERM)
			chan_fail(c, cause, rc, error);
		else if (rc)
			chan_fail(c, cause, -EACCES, error);
		return;
	}
	/* It has taken the same password for the main channel. */
	if (cause == CHAN_PASSWORD && c->kind != &chan_main_kind)
		chan_fail(c, cause, -ETIMEDOUT, error);
	else
		chan_fail(c, cause, -EACCES, error);
}

/* Who answers so? The last row fits everybody. */
static enum chan_cause link_stranger(const struct chan *c)
{
	static const struct {
		uint8_t cause, n;
		char begin[5];
	} strangers[] = {
		{CHAN_IS_VNC, 4, "RFB "},
		{CHAN_IS_HTTP, 4, "HTTP"},
		{CHAN_IS_SSH, 4, "SSH-"},
		{CHAN_NEED_TLS, 2, "\x15\x03"}, /* an alert, SSL 3.0 or later */
		{CHAN_NOT_SPICE, 0, ""},
	};
	unsigned int i = 0;

	while (c->link_len < strangers[i].n ||
	       memcmp(c->link, strangers[i].begin, strangers[i].n))
		i++;
	return (enum chan_cause)strangers[i].cause;
}

/*
 * How many bytes has the whole answer whose first bytes are in c->link?
 *
 * Returns 16 while its header is incomplete, 0 (and the channel has failed)
 * when it cannot be the answer of a SPICE server.
 */
static size_t link_reply_bytes(struct chan *c)
{
	static const uint8_t magic[4] = {'R', 'E', 'D', 'Q'};
	size_t n = c->link_len < 4 ? c->link_len : 4;
	struct wire_reader r;
	uint32_t major, size;

	if (memcmp(c->link, magic, n)) {
		chan_fail(c, link_stranger(c), -EPROTO, 0);
		return 0;
	}
	if (c->link_len < LINK_HEADER_BYTES)
		return LINK_HEADER_BYTES;

	wire_reader_init(&r, c->link, LINK_HEADER_BYTES);
	wire_bytes(&r, 4);
	major = wire_u32(&r);
	wire_u32(&r); /* any minor will do */
	size = wire_u32(&r);
	if (major != SPICE_VERSION_MAJOR) {
		chan_fail(c, CHAN_VERSION, -EPROTO, major);
		return 0;
	}
	if (size < LINK_REPLY_BYTES ||
	    size > CHAN_LINK_MAX_BYTES - LINK_HEADER_BYTES) {
		chan_fail(c, CHAN_NOT_SPICE, -EPROTO, size);
		return 0;
	}
	return LINK_HEADER_BYTES + size;
}

/*
 * Read capability word 0 of the common and the channel's capabilities.
 *
 * Returns 0, -EPROTO when they do not lie inside the answer.
 */
static int link_caps(struct wire_reader *body, uint32_t *common,
		     uint32_t *channel)
{
	struct wire_reader r = *body;
	uint32_t num_common, num_channel, offset;

	r.pos = LINK_REPLY_BYTES - 12;
	num_common = wire_u32(&r);
	num_channel = wire_u32(&r);
	offset = wire_u32(&r);
	*common = 0;
	*channel = 0;
	if (num_common > CHAN_LINK_MAX_BYTES / 4 ||
	    num_channel > CHAN_LINK_MAX_BYTES / 4 || offset > r.len)
		return -EPROTO;

	r.pos = offset;
	if (num_common) {
		*common = wire_u32(&r);
		wire_bytes(&r, (num_common - 1) * 4);
	}
	if (num_channel) {
		*channel = wire_u32(&r);
		wire_bytes(&r, (num_channel - 1) * 4);
	}
	return r.bad ? -EPROTO : 0;
}

/* The whole answer is in c->link: judge it, go on to the ticket. */
static void link_reply(struct chan *c)
{
	struct wire_reader r;
	uint32_t error, common;
	bool named;

	wire_reader_init(&r, c->link + LINK_HEADER_BYTES,
			 c->link_len - LINK_HEADER_BYTES);
	error = wire_u32(&r);
	if (error != SPICE_LINK_ERR_OK) {
		link_refused(c, error);
		return;
	}
	if (link_caps(&r, &common, &c->caps)) {
		chan_fail(c, CHAN_NOT_SPICE, -EPROTO, 0);
		return;
	}
	/* Servers older than 2011 know only the long message header. */
	if (!(common & CAP(SPICE_COMMON_CAP_MINI_HEADER))) {
		chan_fail(c, CHAN_VERSION, -EACCES, 0);
		return;
	}
	/*
	 * This is a policy decision: whoever gave a user name means SASL. Over
	 * TLS the server's word on it is good; without, somebody in between may
	 * have said it, who would read a ticket, but not the password of SCRAM.
	 */
	named = c->s->username[0] && !c->secure;
	if (named && !(common & CAP(SPICE_COMMON_CAP_AUTH_SASL))) {
		chan_fail(c, CHAN_NO_AUTH, -EPERM, 0);
		return;
	}
	if ((common & CAP(SPICE_COMMON_CAP_AUTH_SASL)) &&
	    (named || !(common & CAP(SPICE_COMMON_CAP_AUTH_SPICE)))) {
		chan_sasl_start(c);
		return;
	}
	if (common & CAP(SPICE_COMMON_CAP_PROTOCOL_AUTH_SELECTION)) {
		uint8_t ticket[4] = {SPICE_COMMON_CAP_AUTH_SPICE, 0, 0, 0};

		if (chan_send_raw(c, ticket, sizeof(ticket))) {
			chan_fail(c, CHAN_MEMORY, -ENOMEM, 1);
			return;
		}
	}
	chan_link_ticket(c);
}

void chan_link_ticket(struct chan *c)
{
	const uint8_t *key = c->link + LINK_HEADER_BYTES + 4;
	uint8_t block[TLS_TICKET_BYTES];
	int rc;

	rc = tls_ticket(c->s->env, key, SPICE_TICKET_PUBKEY_BYTES,
			c->s->password, block);
	if (rc == -EAGAIN) { /* tick comes again */
		if (c->state != CHAN_ENTROPY)
			chan_enter(c, CHAN_ENTROPY);
		return;
	}
	if (rc == -EPROTO) {
		chan_fail(c, CHAN_NOT_SPICE, rc, 0);
		return;
	}
	if (rc) {
		chan_fail(c, CHAN_NO_ENTROPY, rc, 0);
		return;
	}
	if (chan_send_raw(c, block, sizeof(block))) {
		chan_fail(c, CHAN_MEMORY, -ENOMEM, 1);
		return;
	}
	c->link_len = 0;
	chan_enter(c, CHAN_RESULT);
}

/* The answer to the ticket: a u32, or a whole answer with an error inside. */
static void link_result(struct chan *c)
{
	struct wire_reader r;
	uint32_t error;
	int rc;

	wire_reader_init(&r, c->link, c->link_len);
	if (!memcmp(c->link, "REDQ", 4))
		r.pos = LINK_HEADER_BYTES;
	error = wire_u32(&r);
	if (error != SPICE_LINK_ERR_OK) {
		link_refused(c, error);
		return;
	}
	chan_enter(c, CHAN_UP);
	rc = c->kind->up(c);
	if (rc)
		chan_fail(c, CHAN_MEMORY, rc, 1);
}

/* How many bytes has what is due, as far as its first bytes tell? */
static size_t link_due(struct chan *c)
{
	bool redq = c->link_len >= 4 && !memcmp(c->link, "REDQ", 4);

	if (c->state == CHAN_REPLY || redq)
		return link_reply_bytes(c);
	return 4;
}

size_t chan_link_input(struct chan *c, const uint8_t *bytes, size_t n)
{
	size_t due, take;

	if (c->state == CHAN_SASL)
		return chan_sasl_input(c, bytes, n);
	/* Before the answer is due there is nothing that a server may say. */
	if (c->state != CHAN_REPLY && c->state != CHAN_RESULT) {
		chan_fail(c, CHAN_NOT_SPICE, -EPROTO, 0);
		return n;
	}
	due = link_due(c);
	take = due - c->link_len < n ? due - c->link_len : n;
	memcpy(c->link + c->link_len, bytes, take);
	c->link_len += take;

	due = link_due(c);
	if (!due)
		return n; /* failed */
	if (c->link_len < due)
		return take;
	if (c->state == CHAN_REPLY)
		link_reply(c);
	else
		link_result(c);
	return take;
}
