/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The string types of certificates, as UTF-8.
 */
#ifndef SPICE_TLS_STRING_H
#define SPICE_TLS_STRING_H

#include "spice/tls/tls_der.h"

/* The longest value that is looked at, as UTF-8. RFC 5280 has 64 or so. */
#define TLS_STRING_MAX_BYTES 512

/*
 * Decode the value of a string.
 *
 * @tag: its type
 * @buf: receives UTF-8, no NUL at its end
 * Returns how many bytes, -1 when the type is unknown, the value malformed, too
 * long, or has a NUL in it.
 */
int tls_string_utf8(uint8_t tag, struct tls_der value,
		    char buf[TLS_STRING_MAX_BYTES]);

#endif
