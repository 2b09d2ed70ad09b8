/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The SPICE ticket: a password under the server's one-time RSA key.
 */
#ifndef SPICE_TLS_TICKET_H
#define SPICE_TLS_TICKET_H

#include <stddef.h>
#include <stdint.h>

#include "spice/proto/proto_env.h"

#define TLS_TICKET_BYTES 128 /* a 1024-bit key, always */

/*
 * Encrypt @password (with its NUL) by RSA-OAEP, SHA-1, empty label.
 *
 * @env: gives the random bytes
 * @key, @key_bytes: DER SubjectPublicKeyInfo of a 1024-bit RSA key
 * @password: at most 60 bytes and a NUL
 * @block: receives the ticket
 * Returns 0; -EPROTO when @key is not such a key; -EAGAIN while env has no
 * random bytes yet; env's error when it has none; -E2BIG for the password.
 * Timing: depends on the key and the password's length, not on its bytes.
 */
int tls_ticket(const struct spice_env *env, const uint8_t *key,
	       size_t key_bytes, const char *password,
	       uint8_t block[TLS_TICKET_BYTES]);

#endif
