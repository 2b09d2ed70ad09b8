/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The certificates that a person gave as trusted.
 *
 * A CA's vouches for what it signed, an intermediate CA's too: whoever was
 * given is the end of the chain. One that is no CA's stands for itself: a
 * server that shows the same name and proves the same key.
 *
 * This is a policy decision: RSA below 2048 bits is refused here, too, and so
 * are dates. RFC 5280 (6.1.1 d) would have name and key alone count; but its
 * keeper promised that key for so long, and remote-viewer, as all that verifies
 * by OpenSSL or GnuTLS, refuses a root that has expired.
 */
#ifndef SPICE_TLS_ANCHORS_H
#define SPICE_TLS_ANCHORS_H

#include <bearssl.h>

#include "spice/proto/proto_env.h"
#include "spice/tls/tls_time.h"

#define TLS_ANCHORS_MAX	 256
#define TLS_RSA_MIN_BITS 2048
#define TLS_RSA_MAX_BITS 4096
#define TLS_CA_MAX_BYTES (1u << 20)

struct tls_anchors {
	br_x509_trust_anchor *ta; /* each owns a block: a tls_span, then what
				     dn.data and the key point to */
	size_t count, room;
	size_t current; /* so many, the first, are valid now */
};

/*
 * Add the certificates in @text: PEM, anything between them skipped; or one in
 * DER.
 *
 * @a: zeroed before the first call
 * @now: those that are not valid then come last (tls_anchors.current)
 * Returns 0; -EINVAL: there is none, or one cannot be read; -EACCES: the key of
 * one is too short; -EOPNOTSUPP: a kind of key that is not supported; -E2BIG;
 * -ENOMEM. Owner: @a, also after an error: tls_anchors_free.
 */
int tls_anchors_add(struct tls_anchors *a, const struct spice_env *env,
		    const void *text, size_t bytes, struct tls_time now);

/* How long the certificate is valid that @ta, one of tls_anchors, is of. */
struct tls_span tls_anchors_span(const br_x509_trust_anchor *ta);

void tls_anchors_free(struct tls_anchors *a, const struct spice_env *env);

/*
 * Is @text just one certificate, with SHA-256 @hash?
 * Returns 0; -EACCES: another, or several; -EINVAL: none; -E2BIG; -ENOMEM.
 */
int tls_anchors_check(const struct spice_env *env, const void *text,
		      size_t bytes, const uint8_t hash[32]);

#endif
