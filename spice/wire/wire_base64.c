/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Base64.
 */
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "spice/wire/wire_base64.h"

static const char base64_digits[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

char *wire_base64(char *to, const void *bytes, size_t n)
{
	const uint8_t *p = bytes;
	size_t i;

	for (i = 0; i < n; i += 3) {
		uint32_t v = (uint32_t)p[i] << 16;

		if (i + 1 < n)
			v |= (uint32_t)p[i + 1] << 8;
		if (i + 2 < n)
			v |= p[i + 2];
		*to++ = base64_digits[v >> 18];
		*to++ = base64_digits[v >> 12 & 63];
		*to++ = i + 1 < n ? base64_digits[v >> 6 & 63] : '=';
		*to++ = i + 2 < n ? base64_digits[v & 63] : '=';
	}
	*to = '\0';
	return to;
}

int wire_base64_read(void *to, size_t room, const char *text, size_t n)
{
	uint8_t *out = to;
	uint32_t v = 0;
	size_t i, pad = 0, at = 0;

	if (n % 4)
		return -EINVAL;
	while (pad < 2 && pad < n && text[n - 1 - pad] == '=')
		pad++;
	if (n / 4 * 3 - pad > room)
		return -EINVAL;
	for (i = 0; i < n; i++) {
		const char *digit = "A";

		if (i < n - pad)
			digit = text[i] ? strchr(base64_digits, text[i]) : NULL;
		if (!digit)
			return -EINVAL;
		v = v << 6 |
		    (i < n - pad ? (uint32_t)(digit - base64_digits) : 0);
		if (i % 4 != 3)
			continue;
		out[at++] = (uint8_t)(v >> 16);
		if (i < n - 1 || pad < 2)
			out[at++] = (uint8_t)(v >> 8);
		if (i < n - 1 || pad < 1)
			out[at++] = (uint8_t)v;
	}
	return (int)at;
}
