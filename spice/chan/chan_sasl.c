/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * SASL in the place of the ticket, where a server wants that.
 *
 *	server	u32 n, n bytes: mechanisms, separated by commas
 *	client	u32 n, n bytes: the one chosen; u32 n, n bytes: what it says
 *	server	u32 n, n bytes; u8: 1 when it is through
 *	client	u32 n, n bytes; and so on
 *	server	u32 0, or 1 and a text; after 0 the link's own u32
 *
 * What a mechanism says is counted with a NUL behind it, nothing as 0. Which
 * mechanisms there are is tls_sasl.c's. No security layer is ever agreed on:
 * what protects a session is TLS.
 */
#include <string.h>

#include "spice/chan/chan.h"
#include "spice/tls/tls_sasl.h"
#include "spice/tls/tls_wipe.h"

/* A list of mechanisms, or a message and its end. */
#define SASL_IN_MAX (CHAN_LINK_MAX_BYTES - 5)

enum sasl_step {
	SASL_LIST,
	SASL_DATA,
	SASL_RESULT,
};

struct chan_sasl {
	uint8_t step; /* enum sasl_step: what is due */
	struct tls_sasl tls;
};

void chan_sasl_drop(struct chan *c)
{
	const struct spice_env *env = c->s->env;

	if (!c->sasl)
		return;
	tls_wipe(c->sasl, sizeof(*c->sasl));
	env->free(env->ctx, c->sasl);
	c->sasl = NULL;
}

/* End the session for what a mechanism, or the server, came to. */
static void sasl_fail(struct chan *c, int rc)
{
	switch (rc) {
	case -EACCES: /* the server does not know the password itself */
	case -EOPNOTSUPP:
	case -EINVAL:
		chan_fail(c, CHAN_NO_AUTH, rc, 0);
		break;
	case -EPROTO:
		chan_fail(c, CHAN_NOT_SPICE, rc, 0);
		break;
	case -EAGAIN:
		chan_fail(c, CHAN_NO_ENTROPY, -ETIMEDOUT, 0);
		break;
	default:
		chan_fail(c, CHAN_NO_ENTROPY, rc, 0);
		break;
	}
}

void chan_sasl_start(struct chan *c)
{
	static const uint8_t sasl[4] = {SPICE_COMMON_CAP_AUTH_SASL, 0, 0, 0};
	const struct spice_env *env = c->s->env;

	if (!c->s->username[0]) {
		chan_fail(c, CHAN_PASSWORD, -ENOENT, 0);
		return;
	}
	c->sasl = env->alloc(env->ctx, sizeof(*c->sasl));
	if (!c->sasl || chan_send_raw(c, sasl, sizeof(sasl))) {
		chan_fail(c, CHAN_MEMORY, -ENOMEM, 1);
		return;
	}
	memset(c->sasl, 0, sizeof(*c->sasl));
	c->link_len = 0;
	chan_enter(c, CHAN_SASL);
}

/* Queue @n bytes with their count; the NUL behind them counts if @nul. */
static int sasl_send(struct chan *c, const void *bytes, size_t n, bool nul)
{
	uint8_t buf[4 + TLS_SASL_OUT_BYTES + 1];
	struct wire_writer w;
	int rc;

	wire_writer_init(&w, buf, sizeof(buf));
	wire_put_u32(&w, (uint32_t)(n + nul));
	wire_put(&w, bytes, n);
	if (nul)
		wire_put_u8(&w, 0);
	rc = w.bad ? -ENOMEM : chan_send_raw(c, buf, w.len);
	tls_wipe(buf, sizeof(buf));
	return rc;
}

/* Send what a mechanism says: @n bytes, or its error. */
static bool sasl_say(struct chan *c, const char *out, int n)
{
	if (n < 0)
		sasl_fail(c, n);
	else if (sasl_send(c, out, (size_t)n, n > 0))
		chan_fail(c, CHAN_MEMORY, -ENOMEM, 1);
	else
		return true;
	return false;
}

/* The list of mechanisms is there. */
static void sasl_list(struct chan *c, const char *list, size_t n)
{
	struct chan_session *s = c->s;
	char out[TLS_SASL_OUT_BYTES];
	const char *name;

	name = tls_sasl_choose(&c->sasl->tls, list, n, c->secure, s->username,
			       s->password, s->host);
	if (!name) {
		sasl_fail(c, -EOPNOTSUPP);
		return;
	}
	chan_log(s, "%s: SASL %s", c->kind->name, name);
	if (sasl_send(c, name, strlen(name), false))
		chan_fail(c, CHAN_MEMORY, -ENOMEM, 1);
	else if (sasl_say(c, out, tls_sasl_first(&c->sasl->tls, s->env, out)))
		c->sasl->step = SASL_DATA;
	tls_wipe(out, sizeof(out));
}

/* A message of the server's is there, and whether it is its last. */
static void sasl_data(struct chan *c, const char *in, size_t n, bool last)
{
	struct chan_sasl *sasl = c->sasl;
	char out[TLS_SASL_OUT_BYTES];
	int rc;

	if (n && !in[n - 1])
		n--; /* the NUL that is counted */
	rc = tls_sasl_step(&sasl->tls, c->s->env, in, n, out);
	if (rc < 0)
		sasl_fail(c, rc);
	else if (!last)
		sasl_say(c, out, rc);
	else if (rc || !tls_sasl_done(&sasl->tls))
		sasl_fail(c,
			  -EACCES); /* it is through, and has proved nothing */
	else
		sasl->step = SASL_RESULT;
	tls_wipe(out, sizeof(out));
}

/* What is due has come. */
static void sasl_take(struct chan *c)
{
	struct wire_reader r;
	uint32_t v;

	wire_reader_init(&r, c->link, c->link_len);
	v = wire_u32(&r);
	c->link_len = 0;
	switch (c->sasl->step) {
	case SASL_LIST:
		sasl_list(c, (const char *)c->link + 4, v);
		return;
	case SASL_DATA:
		sasl_data(c, (const char *)c->link + 4, v, c->link[4 + v] != 0);
		return;
	default:
		break;
	}
	chan_sasl_drop(c);
	if (v)
		chan_fail(c, CHAN_PASSWORD, -EPERM, v);
	else
		chan_enter(c, CHAN_RESULT);
}

/* How many bytes has what is due, as far as its count tells? 0: too many. */
static size_t sasl_due(const struct chan *c)
{
	struct wire_reader r;
	uint32_t n;

	if (c->sasl->step == SASL_RESULT || c->link_len < 4)
		return 4;
	wire_reader_init(&r, c->link, 4);
	n = wire_u32(&r);
	if (n > SASL_IN_MAX)
		return 0;
	return 4 + n + (c->sasl->step == SASL_DATA);
}

size_t chan_sasl_input(struct chan *c, const uint8_t *bytes, size_t n)
{
	size_t due = sasl_due(c);
	size_t take = due - c->link_len < n ? due - c->link_len : n;

	memcpy(c->link + c->link_len, bytes, take);
	c->link_len += take;
	due = sasl_due(c);
	if (!due) {
		sasl_fail(c, -EPROTO);
		return n;
	}
	if (c->link_len == due)
		sasl_take(c);
	return take;
}
