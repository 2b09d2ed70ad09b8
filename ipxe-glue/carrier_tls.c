/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * What a target says of whom to trust becomes spice/tls's; why TLS could not be
 * had becomes a sentence.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ipxe-glue/carrier_builtin.h"
#include "ipxe-glue/carrier_tls.h"
#include "spice/tls/tls_client.h"
#include "spice/tls/tls_wipe.h"

/* How long a server may take for the handshake, and we for random bytes. */
#define TLS_PATIENCE_US 15000000u

#define TLS_DAY_S 86400u

/* Whom this session trusts, and what its first handshake has brought. */
struct carrier_trust {
	struct tls_trust trust;
	struct tls_session session;
	struct tls_report report;
	bool reported;
};

/*
 * What comes before our first word, while random bytes are awaited, is no
 * answer to it: a server that is none (SSH, VNC), or one that will not have us
 * (an alert). It is kept, so that it can be named by its words.
 */
#define TLS_EARLY_BYTES 16

/* One slot's TLS. */
struct carrier_tls {
	struct tls_client *client; /* NULL: random bytes are awaited */
	uint8_t early[TLS_EARLY_BYTES];
	size_t early_n; /* so many came; not all of them may be kept */
	uint64_t since_us;
	bool up;	   /* the session knows that it may speak */
	uint64_t hello_us; /* when the handshake began */
};

/* ---- sentences ----------------------------------------------------------- */

/* By tls_reason; the causes have the same order. */
static const char *const tls_sentences[] = {
	[TLS_ISSUER] = "Nobody whom this PC trusts has signed the certificate "
		       "of %s, but \"%t\". Give that one's CA certificate.",
	[TLS_SELF] = "The certificate of %s is signed by itself. Give it as CA "
		     "certificate, or compare its fingerprint.",
	[TLS_NAME] = "The certificate of %s is for %t. Connect by that name, "
		     "or give host-subject.",
	[TLS_SUBJECT] = "The certificate of %s names \"%t\", which is not the "
			"host-subject given.",
	[TLS_EXPIRED] = "The certificate of %s was valid until %t. Have it "
			"renewed there.",
	[TLS_NOT_YET] = "The certificate of %s is valid only from %t on. Is "
			"this PC's clock right?",
	[TLS_CA_DATE] = "The certificate of %s is signed by %t. Is this PC's "
			"clock right? Then have that CA's renewed, and give "
			"the new one.",
	[TLS_CLOCK] = "This PC's clock says %t, which cannot be, so no "
		      "certificate of %s can be judged. Set the clock in the "
		      "BIOS setup.",
	[TLS_WEAK] = "The certificate of %s is too weak: %t. Have one made "
		     "with 2048 bits or more.",
	[TLS_CERT] = "The certificate of %s cannot be used: %t (error %u). "
		     "Have another one made.",
	[TLS_PIN] =
		"%s shows another certificate than the one that was "
		"confirmed. Was it renewed, or is somebody in between? F2, then "
		"Enter shows it.",
	[TLS_PRINT] = "None of the %u certificates that %s shows has the "
		      "SHA-256 given for its CA's. Is that right, or is "
		      "somebody in between?",
	[TLS_VERSION] = "%s knows no TLS %t.",
	[TLS_ALERT] = "%s refused the TLS connection: %t (alert %u).",
	[TLS_PLAIN] = "What answers at the TLS port of %s is %t. Give its TLS "
		      "port; nothing goes to this one.",
	[TLS_OTHER] = "What answers at the TLS port of %s is %t. Check the "
		      "port.",
	[TLS_BROKEN] = "The TLS connection to %s does not go on as it must "
		       "(channel %c, error %u). Is somebody in between?",
};

/* TLS has failed: say why, which ends the session. */
static void tls_failed(struct carrier_slot *slot)
{
	struct chan_error error = {0};
	struct tls_why why;

	tls_client_why(slot->tls->client, &why);
	error.cause = (enum chan_cause)(CHAN_TLS_ISSUER + (int)why.reason);
	error.rc = -EACCES;
	error.detail = why.detail;
	error.sentence = tls_sentences[why.reason];
	snprintf(error.text, sizeof(error.text), "%s", why.text);
	carrier_refuse(slot, &error);
}

/*
 * TLS takes nothing of what came, and what it has to say first does not go out
 * or does not help: no server that waits for answers brings this about. What
 * came cannot be kept, and without it nothing that follows can be read.
 */
static void tls_stuck(struct carrier_slot *slot)
{
	struct chan_error error = {.cause = CHAN_TLS_BROKEN, .rc = -ENOBUFS};

	error.sentence = tls_sentences[TLS_BROKEN];
	carrier_refuse(slot, &error);
}

/* The certificates given cannot be read, for @rc. */
static void tls_bad_ca(struct carrier_slot *slot, int rc)
{
	struct chan_error error = {
		.cause = CHAN_TLS_CA,
		.rc = rc,
		.sentence = "A CA certificate that was given for %s cannot be "
			    "used: %t."};
	const char *text = rc == -EACCES       ? "its key is too short"
			   : rc == -EPERM      ? "its SHA-256 is another one "
						 "than that given"
			   : rc == -ENOMEM     ? "too little memory"
			   : rc == -E2BIG      ? "too many, or too long"
			   : rc == -EOPNOTSUPP ? "a kind of key unknown here"
					       : "it is none, or damaged";

	snprintf(error.text, sizeof(error.text), "%s", text);
	carrier_refuse(slot, &error);
}

/* ---- whom to trust ------------------------------------------------------- */

void carrier_tls_target(struct carrier *c)
{
	if (!c->trust)
		return;
	c->trust->trust.host = c->uri->host;
	c->trust->trust.subject = c->uri->subject;
}

/*
 * Make the session's trust of what its target says.
 * Returns 0; -EPERM: not the certificate that the hash given for it names; or
 * the error of tls_anchors_add.
 */
static int trust_new(struct carrier *c)
{
	const struct target *target = c->uri;
	struct carrier_trust *t = port_alloc(sizeof(*t));
	uint64_t now_s = port_utc_s();
	int rc = 0;

	if (!t)
		return -ENOMEM;
	memset(t, 0, sizeof(*t));
	c->trust = t;
	carrier_tls_target(c);
	t->trust.pinned = target->pinned;
	memcpy(t->trust.pin, target->pin, sizeof(t->trust.pin));
	/* Alone, without the certificate: the server shows that. */
	t->trust.hashed = target->ca_hashed && !target->ca_url[0];
	memcpy(t->trust.hash, target->ca_sha256, sizeof(t->trust.hash));
	t->trust.now.days = (uint32_t)(now_s / TLS_DAY_S);
	t->trust.now.seconds = (uint32_t)now_s - t->trust.now.days * TLS_DAY_S;
	t->trust.now.days += TLS_TIME_UNIX_DAY;
	t->trust.built.days = TLS_TIME_UNIX_DAY + carrier_builtin_day;
	if (carrier_builtin_ca_bytes)
		rc = tls_anchors_add(&t->trust.anchors, &c->env,
				     carrier_builtin_ca,
				     carrier_builtin_ca_bytes, t->trust.now);
	/* Whoever gave the hash may not be who gave the certificate. */
	if (!rc && target->ca && target->ca_hashed && target->ca_url[0] &&
	    tls_anchors_check(&c->env, target->ca, target->ca_bytes,
			      target->ca_sha256))
		rc = -EPERM;
	if (!rc && target->ca)
		rc = tls_anchors_add(&t->trust.anchors, &c->env, target->ca,
				     target->ca_bytes, t->trust.now);
	if (rc)
		carrier_tls_end(c);
	return rc;
}

void carrier_tls_end(struct carrier *c)
{
	struct carrier_trust *t = c->trust;

	if (!t)
		return;
	tls_anchors_free(&t->trust.anchors, &c->env);
	tls_wipe(t, sizeof(*t));
	port_free(t);
	c->trust = NULL;
}

const struct tls_report *carrier_tls_report(const struct carrier *c)
{
	return c->trust && c->trust->reported ? &c->trust->report : NULL;
}

static void *check_alloc(void *ctx, size_t bytes)
{
	return port_alloc(bytes);
}

static void check_free(void *ctx, void *mem)
{
	port_free(mem);
}

int carrier_tls_check_ca(const char *text, size_t bytes, const uint8_t hash[32])
{
	const struct spice_env env = {.alloc = check_alloc, .free = check_free};

	return tls_anchors_check(&env, text, bytes, hash);
}

/* ---- a slot's life ------------------------------------------------------- */

/* Hand TLS what came before there was any. */
static void tls_early(struct carrier_slot *slot)
{
	struct carrier_tls *tls = slot->tls;
	uint8_t early[TLS_EARLY_BYTES];
	size_t n = tls->early_n;

	memcpy(early, tls->early, sizeof(early));
	carrier_tls_input(slot, early, n < sizeof(early) ? n : sizeof(early));
	if (n > sizeof(early) && slot->tls == tls &&
	    tls_client_state(tls->client) == TLS_HANDSHAKE)
		tls_stuck(slot);
}

/* Begin the handshake, if there are random bytes. */
static void tls_begin(struct carrier_slot *slot)
{
	struct carrier_trust *trust = slot->carrier->trust;
	struct carrier_tls *tls = slot->tls;
	struct chan_error error = {.cause = CHAN_MEMORY};
	int rc;

	rc = tls_client_new(&slot->carrier->env, &trust->trust, &trust->session,
			    &tls->client);
	if (!rc) {
		tls->since_us = tls->hello_us = port_now_us();
		tls_early(slot);
		return;
	}
	if (rc == -EAGAIN && port_now_us() - tls->since_us <= TLS_PATIENCE_US)
		return;
	error.rc = rc == -EAGAIN ? -ETIMEDOUT : rc;
	if (rc != -ENOMEM)
		error.cause = CHAN_NO_ENTROPY;
	carrier_refuse(slot, &error);
}

void carrier_tls_start(struct carrier_slot *slot)
{
	struct carrier *c = slot->carrier;
	int rc = c->trust ? 0 : trust_new(c);

	if (rc) {
		tls_bad_ca(slot, rc);
		return;
	}
	slot->tls = port_alloc(sizeof(*slot->tls));
	if (!slot->tls) {
		tls_bad_ca(slot, -ENOMEM);
		return;
	}
	memset(slot->tls, 0, sizeof(*slot->tls));
	slot->tls->since_us = port_now_us();
	tls_begin(slot);
}

void carrier_tls_stop(struct carrier_slot *slot)
{
	struct carrier_tls *tls = slot->tls;
	const void *bytes;
	size_t n;

	if (!tls)
		return;
	slot->tls = NULL;
	if (tls->client && slot->tcp) {
		tls_client_close(tls->client);
		bytes = tls_client_output(tls->client, &n);
		if (n)
			port_tcp_send(slot->tcp, bytes, n);
	}
	tls_client_free(tls->client);
	port_free(tls);
}

/* Log how a handshake went. */
static void tls_log(struct carrier_slot *slot)
{
	const struct carrier_tls *tls = slot->tls;
	char line[96];

	snprintf(line, sizeof(line),
		 "tls: slot %u up after %u ms, suite %04x%s", slot->slot,
		 (unsigned int)((uint32_t)(port_now_us() - tls->hello_us) /
				1000),
		 tls_client_suite(tls->client),
		 tls_client_resumed(tls->client) ? ", resumed" : "");
	port_log(line);
}

/*
 * Look at what the client has come to; hand on what it has for the session.
 * Returns whether it goes on: else slot->tls may be gone.
 */
static bool tls_look(struct carrier_slot *slot)
{
	struct carrier *c = slot->carrier;
	struct carrier_tls *tls = slot->tls;
	const void *bytes;
	size_t n;

	if (tls_client_report(tls->client, &c->trust->report))
		c->trust->reported = true;
	if (tls_client_state(tls->client) == TLS_FAILED) {
		tls_failed(slot);
		return false;
	}
	if (tls_client_state(tls->client) == TLS_HANDSHAKE)
		return true;
	if (!tls->up) {
		tls->up = true;
		tls_log(slot);
		chan_session_opened(c->session, slot->slot);
	}
	while (slot->tls == tls) {
		bytes = tls_client_plain(tls->client, &n);
		if (!n)
			break;
		chan_session_input(c->session, slot->slot, bytes, n);
		if (slot->tls == tls)
			tls_client_took(tls->client, n);
	}
	return slot->tls == tls;
}

/* Hand the port what TLS has; whether that was all of it. */
static bool tls_send(struct carrier_slot *slot)
{
	struct tls_client *client = slot->tls->client;
	bool any = false;
	size_t n, sent;

	for (;;) {
		const void *bytes = tls_client_output(client, &n);

		if (!n)
			break;
		sent = port_tcp_send(slot->tcp, bytes, n);
		if (!sent)
			break;
		any = true;
		tls_client_sent(client, sent);
	}
	if (any)
		port_tcp_flush(slot->tcp);
	return !n;
}

void carrier_tls_send(struct carrier_slot *slot)
{
	struct chan_session *s = slot->carrier->session;
	struct tls_client *client;
	const void *bytes;
	size_t n;

	if (!slot->tls || !slot->tls->client || !slot->tcp)
		return;
	client = slot->tls->client;
	/* A session taken up again is complete once our part is sent. */
	if (tls_send(slot) && !slot->tls->up && !tls_look(slot))
		return;
	while (tls_send(slot) && slot->tls->up) {
		bytes = chan_session_output(s, slot->slot, &n);
		n = n ? tls_client_write(client, bytes, n) : 0;
		if (!n)
			break;
		chan_session_sent(s, slot->slot, n);
		tls_client_flush(client);
	}
}

/* Keep the beginning of what came before there is TLS. */
static void tls_keep(struct carrier_tls *tls, const uint8_t *p, size_t n)
{
	for (; n && tls->early_n < sizeof(tls->early); n--)
		tls->early[tls->early_n++] = *p++;
	tls->early_n += n;
}

void carrier_tls_input(struct carrier_slot *slot, const void *bytes, size_t n)
{
	const uint8_t *p = bytes;
	bool sent = false;

	if (slot->tls && !slot->tls->client) {
		tls_keep(slot->tls, p, n);
		return;
	}
	while (n && slot->tls) {
		size_t took = tls_client_put(slot->tls->client, p, n);

		p += took;
		n -= took;
		if (!tls_look(slot) ||
		    tls_client_state(slot->tls->client) == TLS_CLOSED)
			return;
		if (!took && sent) {
			tls_stuck(slot);
			return;
		}
		/* What TLS itself has to say goes first. */
		sent = !took;
		if (sent)
			carrier_tls_send(slot);
	}
}

void carrier_tls_turn(struct carrier_slot *slot)
{
	struct carrier_tls *tls = slot->tls;
	struct chan_error error = {.cause = CHAN_SILENT, .rc = -ETIMEDOUT};

	if (!tls || tls->up)
		return;
	if (!tls->client)
		tls_begin(slot);
	else if (port_now_us() - tls->since_us > TLS_PATIENCE_US)
		carrier_refuse(slot, &error);
}

bool carrier_tls_closed(struct carrier_slot *slot, int rc)
{
	struct chan_error error = {
		.cause = CHAN_TLS_OTHER,
		.sentence = "%s closed the connection when TLS began. Is its "
			    "TLS port right?"};

	if (slot->tls->up || rc)
		return false;
	carrier_refuse(slot, &error);
	return true;
}
