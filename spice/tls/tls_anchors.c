/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Document: RFC 7468 (PEM). Bound: TLS_CA_MAX_BYTES of text, TLS_ANCHORS_MAX
 * certificates; while reading, a buffer as long as the text.
 */
#include <errno.h>
#include <string.h>

#include "spice/tls/tls_anchors.h"
#include "spice/tls/tls_cert.h"

/* Where the bytes of one certificate gather. */
struct gather {
	uint8_t *der;
	size_t n, room;
};

static void gather_bytes(void *ctx, const void *bytes, size_t n)
{
	struct gather *g = ctx;

	/* Base 64 only shrinks: it cannot be longer than the text. */
	if (n > g->room - g->n)
		n = g->room - g->n;
	memcpy(g->der + g->n, bytes, n);
	g->n += n;
}

/* Call @each for every certificate in @text; the first error ends it. */
static int each_pem(const uint8_t *text, size_t bytes, struct gather *g,
		    int (*each)(void *ctx, const uint8_t *der, size_t n),
		    void *ctx)
{
	br_pem_decoder_context pem;
	bool inside = false, newline = false;
	int rc = -EINVAL;

	br_pem_decoder_init(&pem);
	while (bytes || !newline) {
		size_t took;

		/* The last line may lack its end. */
		newline = !bytes;
		took = br_pem_decoder_push(&pem,
					   bytes ? (const void *)text : "\n",
					   bytes ? bytes : 1);
		if (bytes) {
			text += took;
			bytes -= took;
		}
		switch (br_pem_decoder_event(&pem)) {
		case BR_PEM_BEGIN_OBJ:
			inside = !strcmp(br_pem_decoder_name(&pem),
					 "CERTIFICATE") ||
				 !strcmp(br_pem_decoder_name(&pem),
					 "X509 CERTIFICATE");
			g->n = 0;
			br_pem_decoder_setdest(&pem,
					       inside ? gather_bytes : NULL, g);
			break;
		case BR_PEM_END_OBJ:
			if (!inside)
				break;
			rc = each(ctx, g->der, g->n);
			if (rc)
				return rc;
			inside = false;
			break;
		case BR_PEM_ERROR:
			return -EINVAL;
		}
	}
	return inside ? -EINVAL : rc;
}

static int
each_certificate(const struct spice_env *env, const void *text, size_t bytes,
		 int (*each)(void *ctx, const uint8_t *der, size_t n),
		 void *ctx)
{
	struct gather g = {.room = bytes};
	int rc;

	if (bytes > TLS_CA_MAX_BYTES)
		return -E2BIG;
	if (bytes && *(const uint8_t *)text == DER_SEQUENCE)
		return each(ctx, text, bytes);
	g.der = env->alloc(env->ctx, bytes + 1);
	if (!g.der)
		return -ENOMEM;
	rc = each_pem(text, bytes, &g, each, ctx);
	env->free(env->ctx, g.der);
	return rc;
}

/* ---- adding -------------------------------------------------------------- */

struct adding {
	struct tls_anchors *a;
	const struct spice_env *env;
	struct tls_time now;
};

/* Room for one more in the array; 0, -E2BIG, -ENOMEM. */
static int anchors_room(struct tls_anchors *a, const struct spice_env *env)
{
	size_t room = a->room ? a->room * 2 : 4;
	br_x509_trust_anchor *ta;

	if (a->count < a->room)
		return 0;
	if (a->count == TLS_ANCHORS_MAX)
		return -E2BIG;
	ta = env->alloc(env->ctx, room * sizeof(*ta));
	if (!ta)
		return -ENOMEM;
	if (a->count)
		memcpy(ta, a->ta, a->count * sizeof(*ta));
	env->free(env->ctx, a->ta);
	a->ta = ta;
	a->room = room;
	return 0;
}

/*
 * Make @ta of @cert, in a block of its own.
 * @key: BearSSL's, whose bytes are copied
 */
static int anchor_set(br_x509_trust_anchor *ta, const struct spice_env *env,
		      const struct tls_cert *cert, const br_x509_pkey *key)
{
	const struct tls_der *name = &cert->subject;
	bool rsa = key->key_type == BR_KEYTYPE_RSA;
	size_t bytes = rsa ? key->key.rsa.nlen + key->key.rsa.elen
			   : key->key.ec.qlen;
	uint8_t *block = env->alloc(env->ctx,
				    sizeof(cert->valid) + name->n + bytes);

	if (!block)
		return -ENOMEM;
	memcpy(block, &cert->valid, sizeof(cert->valid));
	block += sizeof(cert->valid);
	memcpy(block, name->p, name->n);
	ta->dn.data = block;
	ta->dn.len = name->n;
	block += name->n;
	ta->pkey = *key;
	if (rsa) {
		ta->pkey.key.rsa.n = memcpy(block, key->key.rsa.n,
					    key->key.rsa.nlen);
		block += key->key.rsa.nlen;
		ta->pkey.key.rsa.e = memcpy(block, key->key.rsa.e,
					    key->key.rsa.elen);
	} else {
		ta->pkey.key.ec.q = memcpy(block, key->key.ec.q,
					   key->key.ec.qlen);
	}
	return 0;
}

/* Add one certificate. */
static int anchors_one(void *ctx, const uint8_t *der, size_t n)
{
	struct adding *adding = ctx;
	struct tls_anchors *a = adding->a;
	br_x509_decoder_context decoder;
	br_x509_trust_anchor ta;
	const br_x509_pkey *key;
	struct tls_cert cert;
	size_t at = a->count;
	int rc;

	if (tls_cert_parse(&cert, der, n))
		return -EINVAL;
	br_x509_decoder_init(&decoder, NULL, NULL);
	br_x509_decoder_push(&decoder, der, n);
	key = br_x509_decoder_get_pkey(&decoder);
	if (!key || !cert.key_bits || cert.key_bits > TLS_RSA_MAX_BITS)
		return -EOPNOTSUPP;
	if (cert.rsa && cert.key_bits < TLS_RSA_MIN_BITS)
		return -EACCES;
	rc = anchors_room(a, adding->env);
	if (rc)
		return rc;
	rc = anchor_set(&ta, adding->env, &cert, key);
	if (rc)
		return rc;
	ta.flags = 0;
	/* The roots of long ago had no extensions to say so. */
	if (br_x509_decoder_isCA(&decoder) || (cert.v1 && cert.self_issued))
		ta.flags = BR_X509_TA_CA;
	if (tls_span_has(cert.valid, adding->now)) {
		a->ta[a->count] = a->ta[a->current];
		at = a->current++;
	}
	a->ta[at] = ta;
	a->count++;
	return 0;
}

int tls_anchors_add(struct tls_anchors *a, const struct spice_env *env,
		    const void *text, size_t bytes, struct tls_time now)
{
	struct adding adding = {a, env, now};

	return each_certificate(env, text, bytes, anchors_one, &adding);
}

struct tls_span tls_anchors_span(const br_x509_trust_anchor *ta)
{
	struct tls_span span;

	memcpy(&span, ta->dn.data - sizeof(span), sizeof(span));
	return span;
}

void tls_anchors_free(struct tls_anchors *a, const struct spice_env *env)
{
	while (a->count)
		env->free(env->ctx,
			  a->ta[--a->count].dn.data - sizeof(struct tls_span));
	env->free(env->ctx, a->ta);
	a->ta = NULL;
	a->room = a->current = 0;
}

/* ---- checking ------------------------------------------------------------ */

struct checking {
	const uint8_t *hash;
	unsigned int seen;
};

static int check_one(void *ctx, const uint8_t *der, size_t n)
{
	struct checking *checking = ctx;
	br_sha256_context sha;
	uint8_t hash[32];

	br_sha256_init(&sha);
	br_sha256_update(&sha, der, n);
	br_sha256_out(&sha, hash);
	if (checking->seen++ || memcmp(hash, checking->hash, sizeof(hash)))
		return -EACCES;
	return 0;
}

int tls_anchors_check(const struct spice_env *env, const void *text,
		      size_t bytes, const uint8_t hash[32])
{
	struct checking checking = {hash, 0};

	return each_certificate(env, text, bytes, check_one, &checking);
}
