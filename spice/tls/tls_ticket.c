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

#include "spice/tls/tls_der.h"
#include "spice/tls/tls_ticket.h"
#include "spice/tls/tls_wipe.h"

/* Find modulus and exponent of a SubjectPublicKeyInfo; they stay in @key. */
static bool der_rsa_key(const uint8_t *key, size_t bytes,
			br_rsa_public_key *rsa)
{
	static const uint8_t rsa_oid[] = {0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
					  0xf7, 0x0d, 0x01, 0x01, 0x01};
	struct tls_der all = {key, bytes}, info, algorithm, bits, pair, n, e;

	if (!tls_der_take(&all, DER_SEQUENCE, &info) ||
	    !tls_der_take(&info, DER_SEQUENCE, &algorithm) ||
	    algorithm.n < sizeof(rsa_oid) ||
	    memcmp(algorithm.p, rsa_oid, sizeof(rsa_oid)) ||
	    !tls_der_take(&info, DER_BIT_STRING, &bits) || bits.n < 1 ||
	    bits.p[0] != 0)
		return false;
	bits.p++;
	bits.n--;
	if (!tls_der_take(&bits, DER_SEQUENCE, &pair) ||
	    !tls_der_take(&pair, DER_INTEGER, &n) ||
	    !tls_der_take(&pair, DER_INTEGER, &e) || e.n == 0 || e.n > 8)
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
	tls_wipe(seed, sizeof(seed));
	n = br_rsa_i31_oaep_encrypt(&drbg.vtable, &br_sha1_vtable, NULL, 0,
				    &rsa, block, TLS_TICKET_BYTES, password, n);
	tls_wipe(&drbg, sizeof(drbg));
	return n == TLS_TICKET_BYTES ? 0 : -EPROTO;
}
