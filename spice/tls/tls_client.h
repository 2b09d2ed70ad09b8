/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The client's side of one TLS connection, without input or output of its own.
 *
 *	tls_client_put(bytes from the server)	until 0: then read
 *	tls_client_plain() -> bytes for the session -> tls_client_took()
 *	tls_client_write(bytes of the session)
 *	tls_client_output() -> bytes for the server -> tls_client_sent()
 *
 * TLS 1.2 and nothing older; every suite is forward secret (ECDHE) and
 * authenticated encryption (AES-GCM, ChaCha20-Poly1305). No renegotiation, no
 * compression, no client certificates. AES-NI and PCLMUL where the processor
 * has them: AES is then offered first, else ChaCha20.
 *
 * Bound: TLS_CLIENT_BYTES a connection; until it is up sizeof(struct tls_x509)
 * and the server's certificate as well.
 */
#ifndef SPICE_TLS_CLIENT_H
#define SPICE_TLS_CLIENT_H

#include "spice/tls/tls_x509.h"

struct tls_client;

/* A session that further connections may take up. Secret: wipe it. */
struct tls_session {
	bool there;
	br_ssl_session_parameters parameters;
};

enum tls_state {
	TLS_HANDSHAKE,
	TLS_UP,	    /* the server is who it should be; bytes flow */
	TLS_CLOSED, /* by the server, properly */
	TLS_FAILED, /* tls_client_why */
};

/* What a connection takes: 37 KiB and a bit. */
extern const size_t tls_client_bytes;

/*
 * Begin a connection.
 *
 * @trust, @session: must outlive it; @session is taken up if it is there, and
 *	set once a full handshake has succeeded
 * @client: receives it. Owner: the caller, tls_client_free
 * Returns 0, -ENOMEM, or env's word that there are no random bytes (yet:
 * -EAGAIN).
 */
int tls_client_new(const struct spice_env *env, const struct tls_trust *trust,
		   struct tls_session *session, struct tls_client **client);

/* Wipe and give back; NULL does nothing. */
void tls_client_free(struct tls_client *t);

enum tls_state tls_client_state(const struct tls_client *t);

/*
 * Hand over bytes from the server.
 * Returns how many were taken, at most one record's: 0 while what they hold is
 * to be read first, or when the connection is over.
 */
size_t tls_client_put(struct tls_client *t, const void *bytes, size_t n);

/* What has come for the session; *@n bytes, 0 for nothing. */
const void *tls_client_plain(struct tls_client *t, size_t *n);
void tls_client_took(struct tls_client *t, size_t n);

/* Take up to @n bytes of the session's; 0 while TLS_HANDSHAKE, or no room. */
size_t tls_client_write(struct tls_client *t, const void *bytes, size_t n);

/* Make records of what was written, to be sent now. */
void tls_client_flush(struct tls_client *t);

/* Say to the server that nothing more will come. */
void tls_client_close(struct tls_client *t);

/* What is to be sent; *@n bytes, 0 for nothing. */
const void *tls_client_output(struct tls_client *t, size_t *n);
void tls_client_sent(struct tls_client *t, size_t n);

/* Was an earlier session taken up, so that no certificate came? */
bool tls_client_resumed(const struct tls_client *t);

/* The suite, as its number in the registry; 0 before there is one. */
uint16_t tls_client_suite(const struct tls_client *t);

/*
 * The server's certificate, if one has come.
 * Returns whether @report was filled in. Only before TLS_UP was left, or once.
 */
bool tls_client_report(const struct tls_client *t, struct tls_report *report);

/* Why it failed. */
void tls_client_why(const struct tls_client *t, struct tls_why *why);

#endif
