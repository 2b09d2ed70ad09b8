/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Documents: RFC 5246 (TLS 1.2), RFC 5289, 7905 (the suites), RFC 8422
 * (curves).
 *
 * The first bytes of what answers are looked at before BearSSL sees them: a
 * server that does not speak TLS is told by its own words.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "spice/tls/tls_client.h"
#include "spice/tls/tls_name.h"
#include "spice/tls/tls_wipe.h"

#define FIRST_BYTES 4

struct tls_client {
	br_ssl_client_context ssl;
	const struct spice_env *env;
	const struct tls_trust *trust;
	struct tls_session *session;
	struct tls_x509 *x509; /* while it is needed */
	struct tls_report report;
	struct tls_why why;
	enum tls_state state;
	bool reported, resumed;
	uint8_t first[FIRST_BYTES]; /* of what came */
	size_t first_len;
	/*
	 * Both whole: with less room for what is sent BearSSL would ask the
	 * server for small records, which cost it and us time.
	 */
	uint8_t in[BR_SSL_BUFSIZE_INPUT], out[BR_SSL_BUFSIZE_OUTPUT];
};

const size_t tls_client_bytes = sizeof(struct tls_client);

static const uint16_t suites_plain[] = {
	BR_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
	BR_TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
	BR_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
	BR_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
	BR_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
	BR_TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
};

/* Where the processor computes AES itself. */
static const uint16_t suites_aes[] = {
	BR_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
	BR_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
	BR_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
	BR_TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
	BR_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
	BR_TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
};

static void client_profile(struct tls_client *t)
{
	br_ssl_engine_context *eng = &t->ssl.eng;
	bool aes = br_aes_x86ni_ctr_get_vtable() && br_ghash_pclmul_get();

	br_ssl_client_zero(&t->ssl);
	br_ssl_engine_set_versions(eng, BR_TLS12, BR_TLS12);
	br_ssl_engine_add_flags(eng, BR_OPT_NO_RENEGOTIATION);
	br_ssl_engine_set_suites(eng, aes ? suites_aes : suites_plain,
				 sizeof(suites_aes) / sizeof(suites_aes[0]));
	br_ssl_engine_set_hash(eng, br_sha256_ID, &br_sha256_vtable);
	br_ssl_engine_set_hash(eng, br_sha384_ID, &br_sha384_vtable);
	br_ssl_engine_set_hash(eng, br_sha512_ID, &br_sha512_vtable);
	br_ssl_engine_set_prf_sha256(eng, br_tls12_sha256_prf);
	br_ssl_engine_set_prf_sha384(eng, br_tls12_sha384_prf);
	br_ssl_engine_set_ec(eng, &br_ec_all_m31);
	br_ssl_engine_set_ecdsa(eng, br_ecdsa_i31_vrfy_asn1);
	br_ssl_engine_set_rsavrfy(eng, br_rsa_i31_pkcs1_vrfy);
	br_ssl_engine_set_default_aes_gcm(eng);
	br_ssl_engine_set_default_chapol(eng);
	br_ssl_engine_set_buffers_bidi(eng, t->in, sizeof(t->in), t->out,
				       sizeof(t->out));
}

/* Give back what only the handshake needs; keep what it learnt. */
static void client_end_x509(struct tls_client *t)
{
	struct tls_x509 *x = t->x509;

	if (!x)
		return;
	if (x->reported) {
		t->report = x->report;
		t->reported = true;
	}
	if (x->refused)
		t->why = x->why;
	br_ssl_engine_set_x509(&t->ssl.eng, NULL);
	t->x509 = NULL;
	tls_x509_free(x);
	t->env->free(t->env->ctx, x);
}

void tls_client_free(struct tls_client *t)
{
	const struct spice_env *env;

	if (!t)
		return;
	env = t->env;
	client_end_x509(t);
	tls_wipe(t, sizeof(*t));
	env->free(env->ctx, t);
}

int tls_client_new(const struct spice_env *env, const struct tls_trust *trust,
		   struct tls_session *session, struct tls_client **client)
{
	struct tls_client *t;
	uint8_t seed[32];
	char host[TLS_NAME_DNS_BYTES];
	int rc = env->entropy(env->ctx, seed, sizeof(seed));

	if (rc)
		return rc;
	rc = -ENOMEM;
	t = env->alloc(env->ctx, sizeof(*t));
	if (!t)
		goto err_client;
	memset(t, 0, sizeof(*t));
	t->env = env;
	t->trust = trust;
	t->session = session;
	t->x509 = env->alloc(env->ctx, sizeof(*t->x509));
	if (!t->x509)
		goto err_x509;
	tls_x509_init(t->x509, env, trust);
	client_profile(t);
	br_ssl_engine_set_x509(&t->ssl.eng, &t->x509->vtable);
	br_ssl_engine_inject_entropy(&t->ssl.eng, seed, sizeof(seed));
	if (session->there)
		br_ssl_engine_set_session_parameters(&t->ssl.eng,
						     &session->parameters);
	if (!br_ssl_client_reset(&t->ssl,
				 tls_name_dns(trust->host, host) ? host : NULL,
				 session->there))
		goto err_reset;
	tls_wipe(seed, sizeof(seed));
	*client = t;
	return 0;

err_reset:
err_x509:
	tls_client_free(t);
err_client:
	tls_wipe(seed, sizeof(seed));
	return rc;
}

/* ---- failing ------------------------------------------------------------- */

static void client_fail(struct tls_client *t, enum tls_reason reason,
			uint32_t detail, const char *text)
{
	t->state = TLS_FAILED;
	t->why.reason = reason;
	t->why.detail = detail;
	snprintf(t->why.text, sizeof(t->why.text), "%s", text);
}

static const char *alert_name(unsigned int alert)
{
	static const struct {
		uint8_t alert;
		const char *name;
	} names[] = {
		{BR_ALERT_UNEXPECTED_MESSAGE, "unexpected message"},
		{BR_ALERT_BAD_RECORD_MAC, "bad record"},
		{BR_ALERT_HANDSHAKE_FAILURE, "nothing in common"},
		{BR_ALERT_BAD_CERTIFICATE, "it wants a certificate"},
		{BR_ALERT_ILLEGAL_PARAMETER, "illegal parameter"},
		{BR_ALERT_ACCESS_DENIED, "access denied"},
		{BR_ALERT_DECODE_ERROR, "decode error"},
		{BR_ALERT_DECRYPT_ERROR, "decrypt error"},
		{BR_ALERT_INSUFFICIENT_SECURITY, "it wants stronger keys"},
		{BR_ALERT_INTERNAL_ERROR, "internal error"},
		{112, "it does not know that name"},
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].alert == alert)
			return names[i].name;
	return "no name for it here";
}

/* Was what came first an alert in a record of an old version? */
static bool client_says_old(const struct tls_client *t)
{
	return t->first[0] == 21 && t->first[1] == 3 && t->first[2] < 3;
}

/* The server knows other versions only; @newer: than ours. */
static void client_fail_version(struct tls_client *t, bool newer)
{
	client_fail(t, TLS_VERSION, 0,
		    newer ? "older than 1.3. This client has 1.2: have that "
			    "allowed there"
			  : "newer than 1.1, which is not safe any more. A "
			    "newer server there helps");
}

/*
 * Is @alert, the first that was said, that of a server which knows only other
 * versions? The suites of old ones are none of ours, so that it may find
 * nothing in common; but it says so in a record of the version that it would
 * have spoken. A server that knows only 1.3 says it in one of 1.2.
 */
static bool client_is_other(const struct tls_client *t, unsigned int alert)
{
	return alert == BR_ALERT_PROTOCOL_VERSION ||
	       (alert == BR_ALERT_HANDSHAKE_FAILURE && client_says_old(t));
}

/* The engine has come to an end: why? */
static void client_ended(struct tls_client *t)
{
	unsigned int error =
		(unsigned int)br_ssl_engine_last_error(&t->ssl.eng);
	unsigned int alert = error - BR_ERR_RECV_FATAL_ALERT;
	bool refused = t->x509 && t->x509->refused;
	bool said = error >= BR_ERR_RECV_FATAL_ALERT &&
		    error < BR_ERR_SEND_FATAL_ALERT;

	client_end_x509(t);
	if (refused) {
		t->state = TLS_FAILED;
		return;
	}
	if (!error && t->state == TLS_UP) {
		t->state = TLS_CLOSED;
		return;
	}
	if (error == BR_ERR_UNSUPPORTED_VERSION ||
	    (said && client_is_other(t, alert)))
		client_fail_version(t, said && !client_says_old(t));
	else if (said)
		client_fail(t, TLS_ALERT, alert, alert_name(alert));
	else
		client_fail(t, TLS_BROKEN, error, "");
}

/* Look at the engine after something was done. */
static void client_look(struct tls_client *t)
{
	unsigned int state;
	br_ssl_session_parameters now;

	if (t->state == TLS_CLOSED || t->state == TLS_FAILED)
		return;
	state = br_ssl_engine_current_state(&t->ssl.eng);
	if (state & BR_SSL_CLOSED) {
		client_ended(t);
		return;
	}
	if (t->state == TLS_UP || !(state & BR_SSL_SENDAPP))
		return;

	/* The handshake is over. Was it a full one? */
	t->state = TLS_UP;
	t->resumed = t->x509->certs == 0;
	client_end_x509(t);
	if (t->resumed)
		return;
	br_ssl_engine_get_session_parameters(&t->ssl.eng, &now);
	t->session->parameters = now;
	t->session->there = now.session_id_len > 0;
	tls_wipe(&now, sizeof(now));
}

enum tls_state tls_client_state(const struct tls_client *t)
{
	return t->state;
}

/* ---- bytes --------------------------------------------------------------- */

/*
 * Is what answers TLS at all? A handshake record or an alert begins so.
 * Returns false, and it has failed, if not.
 */
static bool client_first(struct tls_client *t)
{
	static const struct {
		uint8_t reason;
		char begin[FIRST_BYTES + 1];
		const char *who;
	} strangers[] = {
		{TLS_PLAIN, "REDQ", "SPICE without TLS"},
		{TLS_OTHER, "RFB ", "a VNC server"},
		{TLS_OTHER, "HTTP", "a web server without TLS"},
		{TLS_OTHER, "SSH-", "an SSH server"},
	};
	size_t i;

	if (t->first[0] >= 20 && t->first[0] <= 23)
		return true;
	if (t->first_len < FIRST_BYTES)
		return true;
	for (i = 0; i < sizeof(strangers) / sizeof(strangers[0]); i++) {
		if (memcmp(t->first, strangers[i].begin, FIRST_BYTES))
			continue;
		client_fail(t, (enum tls_reason)strangers[i].reason, 0,
			    strangers[i].who);
		return false;
	}
	client_fail(t, TLS_OTHER, 0, "something that does not speak TLS");
	return false;
}

size_t tls_client_put(struct tls_client *t, const void *bytes, size_t n)
{
	const uint8_t *p = bytes;
	uint8_t *room;
	size_t most, taken = 0;

	if (t->state == TLS_CLOSED || t->state == TLS_FAILED || !n)
		return 0;
	if (t->first_len < FIRST_BYTES) {
		/* BearSSL gets the first bytes once they are known. */
		while (taken < n && t->first_len < FIRST_BYTES)
			t->first[t->first_len++] = p[taken++];
		if (!client_first(t) || t->first_len < FIRST_BYTES)
			return taken;
		room = br_ssl_engine_recvrec_buf(&t->ssl.eng, &most);
		if (!room || most < FIRST_BYTES) {
			client_fail(t, TLS_OTHER, 0,
				    "something that speaks first");
			return taken;
		}
		memcpy(room, t->first, FIRST_BYTES);
		br_ssl_engine_recvrec_ack(&t->ssl.eng, FIRST_BYTES);
		client_look(t);
		return taken;
	}
	room = br_ssl_engine_recvrec_buf(&t->ssl.eng, &most);
	if (!room)
		return 0;
	n = n < most ? n : most;
	memcpy(room, p, n);
	br_ssl_engine_recvrec_ack(&t->ssl.eng, n);
	client_look(t);
	return n;
}

const void *tls_client_plain(struct tls_client *t, size_t *n)
{
	*n = 0;
	if (t->state != TLS_UP)
		return NULL;
	return br_ssl_engine_recvapp_buf(&t->ssl.eng, n);
}

void tls_client_took(struct tls_client *t, size_t n)
{
	br_ssl_engine_recvapp_ack(&t->ssl.eng, n);
	client_look(t);
}

size_t tls_client_write(struct tls_client *t, const void *bytes, size_t n)
{
	uint8_t *room;
	size_t most;

	if (t->state != TLS_UP)
		return 0;
	room = br_ssl_engine_sendapp_buf(&t->ssl.eng, &most);
	if (!room)
		return 0;
	n = n < most ? n : most;
	memcpy(room, bytes, n);
	br_ssl_engine_sendapp_ack(&t->ssl.eng, n);
	return n;
}

void tls_client_flush(struct tls_client *t)
{
	if (t->state == TLS_UP)
		br_ssl_engine_flush(&t->ssl.eng, 0);
}

void tls_client_close(struct tls_client *t)
{
	size_t n;

	if (t->state != TLS_UP)
		return;
	/* It would not be said before all that came was read. */
	while (br_ssl_engine_recvapp_buf(&t->ssl.eng, &n))
		br_ssl_engine_recvapp_ack(&t->ssl.eng, n);
	br_ssl_engine_close(&t->ssl.eng);
}

const void *tls_client_output(struct tls_client *t, size_t *n)
{
	*n = 0;
	return br_ssl_engine_sendrec_buf(&t->ssl.eng, n);
}

void tls_client_sent(struct tls_client *t, size_t n)
{
	br_ssl_engine_sendrec_ack(&t->ssl.eng, n);
	client_look(t);
}

bool tls_client_resumed(const struct tls_client *t)
{
	return t->resumed;
}

uint16_t tls_client_suite(const struct tls_client *t)
{
	return t->ssl.eng.session.cipher_suite;
}

bool tls_client_report(const struct tls_client *t, struct tls_report *report)
{
	if (t->x509 && t->x509->reported)
		*report = t->x509->report;
	else if (t->reported)
		*report = t->report;
	else
		return false;
	return true;
}

void tls_client_why(const struct tls_client *t, struct tls_why *why)
{
	*why = t->why;
}
