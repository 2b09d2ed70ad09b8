/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * SASL's mechanisms, the client's side: SCRAM-SHA-256 (RFC 7677), SCRAM-SHA-1
 * (RFC 5802), PLAIN (RFC 4616), DIGEST-MD5 (RFC 2831). Who carries the messages
 * is chan_sasl.c.
 *
 * Leaves out: channel binding, security layers (TLS does that), SASLprep of
 * what is not ASCII, authorization as somebody else.
 */
#ifndef SPICE_TLS_SASL_H
#define SPICE_TLS_SASL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spice/proto/proto_env.h"

#define TLS_SASL_OUT_BYTES 1024 /* no message of ours is longer */
#define TLS_SASL_IN_BYTES  480	/* and none of a server's */

#define TLS_SASL_NAME_BYTES	128 /* with the NUL, */
#define TLS_SASL_PASSWORD_BYTES 64

enum tls_sasl_mechanism {
	TLS_SASL_SCRAM_SHA_256,
	TLS_SASL_SCRAM_SHA_1,
	TLS_SASL_PLAIN,
	TLS_SASL_DIGEST_MD5,
	TLS_SASL_NONE,
};

struct tls_sasl {
	uint8_t mechanism; /* enum tls_sasl_mechanism */
	uint8_t step;	   /* messages of the server's that were answered */
	bool proved;	   /* the server knows the password as well */
	const char *user, *password, *host; /* the caller's */
	char nonce[33];			    /* ours, in hex */
	uint8_t proof[32]; /* what the server must prove itself by */
	uint8_t proof_n;
};

/*
 * Choose among @list, the mechanisms that a server offers, separated by commas
 * or blanks.
 *
 * @tls: nobody listens: PLAIN may be taken
 * @user, @password, @host: of the server; must outlive @s
 * Returns the mechanism's name; NULL when there is none that we can do.
 */
const char *tls_sasl_choose(struct tls_sasl *s, const char *list, size_t n,
			    bool tls, const char *user, const char *password,
			    const char *host);

/*
 * Write what goes out before the server says anything.
 *
 * @out: TLS_SASL_OUT_BYTES
 * Returns its length, 0 for nothing; env's error without random bytes;
 * -EINVAL for a name or password that cannot be written.
 */
int tls_sasl_first(struct tls_sasl *s, const struct spice_env *env, char *out);

/*
 * Answer @n bytes of the server's, at most TLS_SASL_IN_BYTES.
 *
 * Returns the answer's length, 0 for an empty one; -EACCES: it does not know
 * the password itself; -EOPNOTSUPP: it insists on what is left out here;
 * -EPROTO: it makes no sense.
 */
int tls_sasl_step(struct tls_sasl *s, const struct spice_env *env,
		  const char *in, size_t n, char *out);

/* Is all said that must be, the server's proof among it? */
bool tls_sasl_done(const struct tls_sasl *s);

#endif
