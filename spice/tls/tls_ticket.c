/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The SPICE ticket by BearSSL's RSA-OAEP.
 *
 * The server makes a new 1024-bit key for each connection; libraries in strict
 * modes refuse that size, the protocol knows no other. Documents: RFC 8017 7.1
 * (OAEP), RFC 5280 4.1 (SubjectPublicKeyInfo), RFC 3279 2.3.1 (RSA keys).
 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include <bearssl.h>

#include "spice/tls/tls_ticket.h"

#define DER_INTEGER    0x02
#define DER_BIT_STRING 0x03
#define DER_SEQUENCE   0x30

/* A bounded view of DER bytes, consumed from the front. */
struct der {
	const uint8_t *p;
	size_t n;
};

/*
 * Take the element at the front of @d, which must have @tag.
 *
 * @value: receives its contents
 * Returns whether it is there, whole, with a length of at most 65535.
 */
static bool der_take(struct der *d, uint8_t tag, struct der *value)
{
	size_t head = 2, len;

	if (d->n < 2 || d->p[0] != tag)
		return false;
	len = d->p[1];
	if (len == 0x81 && d->n >= 3) {
		len = d->p[2];
		head = 3;
	} else if (len == 0x82 && d->n >= 4) {
		len = (size_t)d->p[2] << 8 | d->p[3];
		head = 4;
	} else if (len >= 0x80) {
		return false;
	}
	if (len > d->n - head)
		return false;
	value->p = d->p + head;
	value->n = len;
	d->p += head + len;
	d->n -= head + len;
	return true;
}

/* Find modulus and exponent of a SubjectPublicKeyInfo; they stay in @key. */
static bool der_rsa_key(const uint8_t *key, size_t bytes,
			br_rsa_public_key *rsa)
{
	static const uint8_t rsa_oid[] = {0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
					  0xf7, 0x0d, 0x01, 0x01, 0x01};
	struct der all = {key, bytes}, info, algorithm, bits, pair, n, e;

	if (!der_take(&all, DER_SEQUENCE, &info) ||
	    !der_take(&info, DER_SEQUENCE, &algorithm) ||
	    algorithm.n < sizeof(rsa_oid) ||
	    memcmp(algorithm.p, rsa_oid, sizeof(rsa_oid)) ||
	    !der_take(&info, DER_BIT_STRING, &bits) || bits.n < 1 ||
	    bits.p[0] != 0)
		return false;
	bits.p++;
	bits.n--;
	if (!der_take(&bits, DER_SEQUENCE, &pair) ||
	    !der_take(&pair, DER_INTEGER, &n) ||
	    !der_take(&pair, DER_INTEGER, &e) || e.n == 0 || e.n > 8)
		return false;

	/* A leading zero keeps the number positive; BearSSL wants none. */
	while (n.n && n.p[0] == 0) {
		n.p++;
		n.n--;
	}
	rsa->n = (unsigned char *)n.p;
	rsa->nlen = n.n;
	rsa->e = (unsigned char *)e.p;
	rsa->elen = e.n;
	return n.n == TLS_TICKET_BYTES && (n.p[0] & 0x80) && (n.p[n.n - 1] & 1);
}

/* Zero what nobody reads again; memset would be optimised away. */
static void ticket_wipe(void *mem, size_t n)
{
	volatile uint8_t *p = mem;

	while (n--)
		*p++ = 0;
}

int tls_ticket(const struct spice_env *env, const uint8_t *key,
	       size_t key_bytes, const char *password,
	       uint8_t block[TLS_TICKET_BYTES])
{
	br_rsa_public_key rsa;
	br_hmac_drbg_context drbg;
	uint8_t seed[32];
	size_t n = strlen(password) + 1;
	int rc;

	/* OAEP with SHA-1 leaves 128 - 2 * 20 - 2 bytes. */
	if (n > TLS_TICKET_BYTES - 42)
		return -E2BIG;
	if (!der_rsa_key(key, key_bytes, &rsa))
		return -EPROTO;
	rc = env->entropy(env->ctx, seed, sizeof(seed));
	if (rc)
		return rc;

	br_hmac_drbg_init(&drbg, &br_sha256_vtable, seed, sizeof(seed));
	ticket_wipe(seed, sizeof(seed));
	n = br_rsa_i31_oaep_encrypt(&drbg.vtable, &br_sha1_vtable, NULL, 0,
				    &rsa, block, TLS_TICKET_BYTES, password, n);
	ticket_wipe(&drbg, sizeof(drbg));
	return n == TLS_TICKET_BYTES ? 0 : -EPROTO;
}
