/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Base64 (RFC 4648, 4): what HTTP's basic authentication and SASL's mechanisms
 * write bytes in.
 */
#ifndef SPICE_WIRE_BASE64_H
#define SPICE_WIRE_BASE64_H

#include <stddef.h>

/* Characters for @n bytes, without the NUL. */
#define WIRE_BASE64_CHARS(n) (((n) + 2) / 3 * 4)

/*
 * Write @n bytes as WIRE_BASE64_CHARS(n) characters and a NUL.
 *
 * Returns the place of the NUL.
 */
char *wire_base64(char *to, const void *bytes, size_t n);

/*
 * Read @n characters, padded to a multiple of four.
 *
 * @to, @room: receive the bytes
 * Returns how many, or -EINVAL: another character, or they do not fit.
 */
int wire_base64_read(void *to, size_t room, const char *text, size_t n);

#endif
