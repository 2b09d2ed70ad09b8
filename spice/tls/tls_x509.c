/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * BearSSL's engine judges dates first and says only "expired". So the dates of
 * the server's own certificate are looked at here, and the chain is verified as
 * of a moment at which that certificate was valid: of several reasons the
 * gravest is told, and a wrong clock is told from an unknown CA.
 *
 * The chain is gathered first and verified when it is whole: the certificate
 * that a fingerprint names (tls_trust.hashed) comes after those it vouches for.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "spice/tls/tls_name.h"
#include "spice/tls/tls_x509.h"

static struct tls_x509 *x509_of(const br_x509_class **ctx)
{
	return (struct tls_x509 *)(void *)ctx;
}

/* Refuse; the first reason stays. Returns a reason for BearSSL. */
static unsigned int x509_refuse(struct tls_x509 *x, enum tls_reason reason,
				uint32_t detail, const char *text)
{
	size_t n = strlen(text);

	if (x->refused)
		return BR_ERR_X509_NOT_TRUSTED;
	x->refused = true;
	x->why.reason = reason;
	x->why.detail = detail;
	if (n >= sizeof(x->why.text))
		n = sizeof(x->why.text) - 1;
	memcpy(x->why.text, text, n);
	x->why.text[n] = '\0';
	return BR_ERR_X509_NOT_TRUSTED;
}

static void x509_start_chain(const br_x509_class **ctx, const char *name)
{
	struct tls_x509 *x = x509_of(ctx);

	tls_x509_free(x);
	x->refused = x->reported = x->dated = x->no_memory = false;
}

static void x509_start_cert(const br_x509_class **ctx, uint32_t length)
{
	struct tls_x509 *x = x509_of(ctx);
	struct tls_x509_cert *cert;

	if (x->certs++ >= TLS_CHAIN_MAX || length > TLS_CERT_MAX_BYTES)
		return;
	cert = &x->chain[x->certs - 1];
	cert->der = x->env->alloc(x->env->ctx, length + 1);
	cert->size = length;
	cert->n = 0;
	x->no_memory |= !cert->der;
}

static void x509_append(const br_x509_class **ctx, const unsigned char *buf,
			size_t n)
{
	struct tls_x509 *x = x509_of(ctx);
	struct tls_x509_cert *cert;

	if (!x->certs || x->certs > TLS_CHAIN_MAX)
		return;
	cert = &x->chain[x->certs - 1];
	if (!cert->der || n > cert->size - cert->n)
		return;
	memcpy(cert->der + cert->n, buf, n);
	cert->n += n;
}

static void x509_end_cert(const br_x509_class **ctx)
{
}

/* Have the chain verified as of now, if the certificate is valid now. */
static void x509_set_time(struct tls_x509 *x, const struct tls_cert *cert)
{
	struct tls_time at = x->dated ? cert->valid.not_before : x->trust->now;

	br_x509_minimal_set_time(&x->minimal, at.days, at.seconds);
}

static void x509_sha256(const struct tls_x509_cert *cert, uint8_t hash[32])
{
	br_sha256_context sha;

	br_sha256_init(&sha);
	br_sha256_update(&sha, cert->der, cert->n);
	br_sha256_out(&sha, hash);
}

static void x509_report(struct tls_x509 *x, const struct tls_cert *cert)
{
	struct tls_report *r = &x->report;

	x509_sha256(&x->chain[0], r->sha256);
	tls_name_text(cert->subject, r->subject, sizeof(r->subject));
	tls_name_text(cert->issuer, r->issuer, sizeof(r->issuer));
	tls_name_hosts_text(cert, r->hosts, sizeof(r->hosts));
	tls_time_text(cert->valid.not_before, r->not_before);
	tls_time_text(cert->valid.not_after, r->not_after);
	r->self_signed = cert->self_issued;
	r->rsa = cert->rsa;
	r->key_bits = cert->key_bits;
	x->reported = true;
}

/* A key is too short: the server's, which has @bits, or (0) an issuer's. */
static unsigned int x509_weak(struct tls_x509 *x, uint32_t bits)
{
	char text[40];

	snprintf(text, sizeof(text), "its key has only %u bits",
		 (unsigned int)bits);
	return x509_refuse(x, TLS_WEAK, bits,
			   bits ? text : "an issuer's key is too short");
}

/* An issuer is the reason, which is valid at another time. */
static unsigned int x509_issuer_dates(struct tls_x509 *x, struct tls_der name,
				      struct tls_span valid)
{
	bool over = tls_time_before(valid.not_after, x->trust->now);
	char who[64], when[TLS_TIME_TEXT_BYTES], text[sizeof(x->why.text)];

	tls_name_text(name, who, sizeof(who));
	tls_time_text(over ? valid.not_after : valid.not_before, when);
	snprintf(text, sizeof(text), "\"%s\", which %s %s", who,
		 over ? "was valid until" : "is not valid before", when);
	return x509_refuse(x, TLS_CA_DATE, 0, text);
}

/* An intermediate certificate is not valid now: which? */
static unsigned int x509_middle_dates(struct tls_x509 *x)
{
	struct tls_cert cert;
	unsigned int i;

	for (i = 1; i < x->certs && i < TLS_CHAIN_MAX; i++)
		if (!tls_cert_parse(&cert, x->chain[i].der, x->chain[i].n) &&
		    !tls_span_has(cert.valid, x->trust->now))
			return x509_issuer_dates(x, cert.subject, cert.valid);
	return x509_refuse(x, TLS_CERT, BR_ERR_X509_EXPIRED,
			   "it makes no sense");
}

/* The reason for BearSSL's @error about the chain. */
static unsigned int x509_chain(struct tls_x509 *x, unsigned int error)
{
	const struct tls_report *r = &x->report;

	switch (error) {
	case BR_ERR_X509_NOT_TRUSTED:
	case BR_ERR_X509_DN_MISMATCH:
	case BR_ERR_X509_NOT_CA:
		if (r->self_signed)
			return x509_refuse(x, TLS_SELF, 0, "");
		return x509_refuse(x, TLS_ISSUER, 0, r->issuer);
	case BR_ERR_X509_EXPIRED:
		/* The server's own is valid then: another one is not. */
		return x509_middle_dates(x);
	case BR_ERR_X509_WEAK_PUBLIC_KEY:
		return x509_weak(x, r->rsa && r->key_bits < TLS_RSA_MIN_BITS
					    ? r->key_bits
					    : 0);
	case BR_ERR_X509_CRITICAL_EXTENSION:
		return x509_refuse(x, TLS_CERT, error,
				   "it has a condition unknown here");
	case BR_ERR_X509_UNSUPPORTED:
		return x509_refuse(x, TLS_CERT, error,
				   "a kind of key or signature unknown here");
	case BR_ERR_X509_WRONG_KEY_TYPE:
	case BR_ERR_X509_BAD_SIGNATURE:
		return x509_refuse(x, TLS_CERT, error, "a signature is wrong");
	case BR_ERR_X509_FORBIDDEN_KEY_USAGE:
		return x509_refuse(x, TLS_CERT, error,
				   "its key is not for this");
	default:
		return x509_refuse(x, TLS_CERT, error, "it makes no sense");
	}
}

/* Is the certificate valid now, as far as the clock can say? */
static unsigned int x509_dates(struct tls_x509 *x, const struct tls_cert *cert)
{
	const struct tls_trust *trust = x->trust;
	char clock[TLS_TIME_TEXT_BYTES];

	if (!x->dated)
		return 0;
	tls_time_text(trust->now, clock);
	if (tls_time_before(trust->now, trust->built))
		return x509_refuse(x, TLS_CLOCK, 0, clock);
	if (tls_time_before(trust->now, cert->valid.not_before))
		return x509_refuse(x, TLS_NOT_YET, 0, x->report.not_before);
	return x509_refuse(x, TLS_EXPIRED, 0, x->report.not_after);
}

/* Is it the wanted server's? */
static unsigned int x509_name(struct tls_x509 *x, const struct tls_cert *cert)
{
	const struct tls_trust *trust = x->trust;

	if (!trust->subject[0]) {
		if (tls_name_is_host(cert, trust->host))
			return 0;
		return x509_refuse(x, TLS_NAME, 0, x->report.hosts);
	}
	if (!tls_name_is_subject(cert, trust->subject))
		return 0;
	return x509_refuse(x, TLS_SUBJECT, 0, x->report.subject);
}

/* The person confirmed one fingerprint: is it this one's? */
static unsigned int x509_pinned(struct tls_x509 *x, const struct tls_cert *cert)
{
	if (memcmp(x->trust->pin, x->report.sha256, sizeof(x->trust->pin)))
		return x509_refuse(x, TLS_PIN, 0, "");
	/* Whoever demanded a subject is not overruled by whoever confirms. */
	if (x->trust->subject[0] && x509_name(x, cert))
		return BR_ERR_X509_NOT_TRUSTED;
	if (cert->rsa && cert->key_bits < TLS_RSA_MIN_BITS)
		return x509_weak(x, cert->key_bits);
	br_x509_decoder_init(&x->decoder, NULL, NULL);
	br_x509_decoder_push(&x->decoder, x->chain[0].der, x->chain[0].n);
	if (!br_x509_decoder_get_pkey(&x->decoder))
		return x509_refuse(x, TLS_CERT, 0,
				   "a kind of key unknown here");
	return 0;
}

/*
 * Make an anchor of the certificate that has the hash.
 * Returns a reason for BearSSL, 0 for none.
 */
static unsigned int x509_own(struct tls_x509 *x)
{
	const struct tls_x509_cert *cert = x->chain;
	uint8_t hash[32];
	int rc;

	for (; cert < x->chain + TLS_CHAIN_MAX; cert++) {
		if (!cert->der)
			continue;
		x509_sha256(cert, hash);
		if (!memcmp(hash, x->trust->hash, sizeof(hash)))
			break;
	}
	if (cert == x->chain + TLS_CHAIN_MAX)
		return x509_refuse(x, TLS_PRINT, x->certs, "");
	rc = tls_anchors_add(&x->own, x->env, cert->der, cert->n,
			     x->trust->now);
	if (rc == -EACCES)
		return x509_weak(x, 0);
	if (rc)
		return x509_refuse(x, TLS_CERT, 0,
				   rc == -ENOMEM
					   ? "too little memory"
					   : "a kind of key unknown here");
	return 0;
}

/* Have BearSSL verify the chain by those @count at @ta; returns its error. */
static unsigned int x509_verify_by(struct tls_x509 *x,
				   const struct tls_cert *leaf,
				   const br_x509_trust_anchor *ta, size_t count)
{
	const br_x509_class **engine = &x->minimal.vtable;
	unsigned int i;

	br_x509_minimal_init(&x->minimal, &br_sha256_vtable, ta, count);
	br_x509_minimal_set_rsa(&x->minimal, br_rsa_i31_pkcs1_vrfy);
	br_x509_minimal_set_ecdsa(&x->minimal, &br_ec_all_m31,
				  br_ecdsa_i31_vrfy_asn1);
	br_x509_minimal_set_hash(&x->minimal, br_sha256_ID, &br_sha256_vtable);
	br_x509_minimal_set_hash(&x->minimal, br_sha384_ID, &br_sha384_vtable);
	br_x509_minimal_set_hash(&x->minimal, br_sha512_ID, &br_sha512_vtable);
	br_x509_minimal_set_minrsa(&x->minimal, TLS_RSA_MIN_BITS / 8);
	x509_set_time(x, leaf);
	/* Names are our own affair: none for the engine. */
	(*engine)->start_chain(engine, NULL);
	for (i = 0; i < x->certs && i < TLS_CHAIN_MAX; i++) {
		(*engine)->start_cert(engine, (uint32_t)x->chain[i].size);
		(*engine)->append(engine, x->chain[i].der, x->chain[i].n);
		(*engine)->end_cert(engine);
	}
	return (*engine)->end_chain(engine);
}

/*
 * Verify the chain by what is trusted. BearSSL looks at no anchor's dates: only
 * those that are valid now count; of the others, one that would have done is
 * the reason. Where the server's own certificate is not valid now, or nobody
 * knows when that is, all count, for that is the reason then.
 *
 * Returns BearSSL's error; or refuses.
 */
static unsigned int x509_verify(struct tls_x509 *x, const struct tls_cert *leaf)
{
	const struct tls_trust *trust = x->trust;
	const struct tls_anchors *a = trust->hashed ? &x->own : &trust->anchors;
	unsigned int error;
	size_t i;

	x->dated = tls_time_before(trust->now, trust->built) ||
		   !tls_span_has(leaf->valid, trust->now);
	error = x509_verify_by(x, leaf, a->ta,
			       x->dated ? a->count : a->current);
	for (i = a->current; error && !x->dated && i < a->count; i++) {
		const br_x509_trust_anchor *ta = &a->ta[i];

		if (!x509_verify_by(x, leaf, ta, 1))
			return x509_issuer_dates(
				x, (struct tls_der){ta->dn.data, ta->dn.len},
				tls_anchors_span(ta));
	}
	return error;
}

static unsigned int x509_end_chain(const br_x509_class **ctx)
{
	struct tls_x509 *x = x509_of(ctx);
	const struct tls_trust *trust = x->trust;
	struct tls_cert cert;
	unsigned int error;

	if (x->no_memory)
		return x509_refuse(x, TLS_CERT, 0, "too little memory");
	if (!x->chain[0].der || x->chain[0].n != x->chain[0].size ||
	    tls_cert_parse(&cert, x->chain[0].der, x->chain[0].n))
		return x509_refuse(x, TLS_CERT, 0, "it makes no sense");
	x509_report(x, &cert);
	if (trust->pinned)
		return x509_pinned(x, &cert);
	error = trust->hashed ? x509_own(x) : 0;
	if (error)
		return error;
	error = x509_verify(x, &cert);
	if (error == BR_ERR_X509_EXPIRED && x->dated)
		return x509_dates(x, &cert);
	if (error)
		return x509_chain(x, error);
	if (cert.for_others)
		return x509_refuse(x, TLS_CERT, 0, "it is not for a server");
	error = x509_dates(x, &cert);
	if (!error)
		error = x509_name(x, &cert);
	return error;
}

static const br_x509_pkey *x509_get_pkey(const br_x509_class *const *ctx,
					 unsigned int *usages)
{
	struct tls_x509 *x = (struct tls_x509 *)(uintptr_t)ctx;
	const br_x509_class *const *minimal = &x->minimal.vtable;

	if (x->refused)
		return NULL;
	if (!x->trust->pinned)
		return x->minimal.vtable->get_pkey(minimal, usages);
	if (usages)
		*usages = BR_KEYTYPE_SIGN;
	return br_x509_decoder_get_pkey(&x->decoder);
}

static const br_x509_class x509_vtable = {
	sizeof(struct tls_x509), x509_start_chain, x509_start_cert, x509_append,
	x509_end_cert,		 x509_end_chain,   x509_get_pkey,
};

void tls_x509_init(struct tls_x509 *x, const struct spice_env *env,
		   const struct tls_trust *trust)
{
	memset(x, 0, sizeof(*x));
	x->vtable = &x509_vtable;
	x->env = env;
	x->trust = trust;
}

void tls_x509_free(struct tls_x509 *x)
{
	unsigned int i;

	for (i = 0; i < TLS_CHAIN_MAX; i++)
		x->env->free(x->env->ctx, x->chain[i].der);
	memset(x->chain, 0, sizeof(x->chain));
	x->certs = 0;
	tls_anchors_free(&x->own, x->env);
}
