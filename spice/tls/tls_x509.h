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
 * Bound: sizeof(struct tls_x509) and a copy of the server's certificate, at
 * most TLS_CERT_MAX_BYTES.
 */
#ifndef SPICE_TLS_X509_H
#define SPICE_TLS_X509_H

#include <bearssl.h>

#include "spice/proto/proto_env.h"
#include "spice/tls/tls_anchors.h"
#include "spice/tls/tls_report.h"

/* Whom to trust. All of it must outlive the connections. */
struct tls_trust {
	struct tls_anchors anchors;
	const char *host;    /* as the person named it */
	const char *subject; /* host-subject, "" for none: then host counts */
	bool pinned;	     /* only the certificate with this SHA-256: */
	uint8_t pin[32];
	struct tls_time now;   /* as the PC's clock says */
	struct tls_time built; /* no clock that is right says less */
};

struct tls_x509 {
	const br_x509_class *vtable; /* first: BearSSL's engine */
	const struct spice_env *env;
	const struct tls_trust *trust;
	br_x509_minimal_context minimal;
	br_x509_decoder_context decoder;
	uint8_t *leaf; /* the first certificate; NULL: not yet, or too long */
	size_t leaf_len, leaf_size;
	unsigned int certs; /* that have begun */
	bool dated;	    /* the leaf is not valid now */

	struct tls_report report;
	bool reported; /* report counts */
	bool refused;  /* why counts */
	struct tls_why why;
};

void tls_x509_init(struct tls_x509 *x, const struct spice_env *env,
		   const struct tls_trust *trust);

/* Give back the certificate. */
void tls_x509_free(struct tls_x509 *x);

#endif
