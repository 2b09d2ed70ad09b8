/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Whom to trust, as an X.509 engine for BearSSL: the chain is verified by
 * BearSSL's own ("minimal"), then the server's certificate is looked at: is it
 * valid now, is it for a server, is it this server's?
 *
 * A certificate that the person has confirmed by its fingerprint needs nothing
 * of this but the subject that was demanded, if one was, and a key that is long
 * enough.
 *
 * Where a fingerprint alone says whom to trust (hashed), the certificate that
 * has it comes from the server itself: libspice-server sends its CA's along. It
 * is then as good as one that was given; all else is verified as ever.
 *
 * Bound: sizeof(struct tls_x509) and a copy of the chain's first TLS_CHAIN_MAX
 * certificates, at most TLS_CERT_MAX_BYTES each.
 */
#ifndef SPICE_TLS_X509_H
#define SPICE_TLS_X509_H

#include <bearssl.h>

#include "spice/proto/proto_env.h"
#include "spice/tls/tls_anchors.h"
#include "spice/tls/tls_report.h"

#define TLS_CHAIN_MAX 8

/* Whom to trust. All of it must outlive the connections. */
struct tls_trust {
	struct tls_anchors anchors;
	const char *host;    /* as the person named it */
	const char *subject; /* host-subject, "" for none: then host counts */
	bool pinned;	     /* only the certificate with this SHA-256: */
	uint8_t pin[32];
	bool hashed; /* not the anchors, but what has this SHA-256: */
	uint8_t hash[32];
	struct tls_time now;   /* as the PC's clock says */
	struct tls_time built; /* no clock that is right says less */
};

/* A certificate of the chain. */
struct tls_x509_cert {
	uint8_t *der; /* NULL: too long */
	size_t n, size;
};

struct tls_x509 {
	const br_x509_class *vtable; /* first: BearSSL's engine */
	const struct spice_env *env;
	const struct tls_trust *trust;
	br_x509_minimal_context minimal;
	br_x509_decoder_context decoder;
	struct tls_x509_cert chain[TLS_CHAIN_MAX]; /* the server's own first */
	unsigned int certs;			   /* that have begun */
	struct tls_anchors own; /* made of one of them (hashed) */
	bool dated;		/* the first is not valid now */
	bool no_memory;

	struct tls_report report;
	bool reported; /* report counts */
	bool refused;  /* why counts */
	struct tls_why why;
};

void tls_x509_init(struct tls_x509 *x, const struct spice_env *env,
		   const struct tls_trust *trust);

/* Give back the certificates. */
void tls_x509_free(struct tls_x509 *x);

#endif
