/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * What a certificate says. This verifies nothing: BearSSL's engine does that,
 * before or after; here is what that engine does not tell of a certificate.
 *
 * Document: RFC 5280 4.1, 4.2.1.
 * Bound: no memory of its own; everything stays in the caller's bytes.
 */
#ifndef SPICE_TLS_CERT_H
#define SPICE_TLS_CERT_H

#include "spice/tls/tls_der.h"
#include "spice/tls/tls_time.h"

/* The longest certificate that is looked at; one of RSA-4096 has 2 KiB. */
#define TLS_CERT_MAX_BYTES 16384

struct tls_cert {
	struct tls_der subject, issuer; /* whole Names, with their header */
	struct tls_der
		names;	   /* contents of the subjectAltName's GeneralNames */
	bool has_names;	   /* there is such an extension, even an empty one */
	bool v1;	   /* older than extensions */
	bool self_issued;  /* subject and issuer are the same, and not "" */
	bool for_others;   /* extKeyUsage has nothing for a TLS server */
	bool rsa;	   /* else an elliptic curve, or unknown */
	uint32_t key_bits; /* RSA modulus or curve; 0: a kind unknown here */
	struct tls_span valid;
};

/*
 * Read a certificate.
 *
 * @der, @n: must stay as long as @cert is used
 * Returns 0, -EINVAL if it is none, or longer than TLS_CERT_MAX_BYTES.
 */
int tls_cert_parse(struct tls_cert *cert, const uint8_t *der, size_t n);

#endif
