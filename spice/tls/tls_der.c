/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
#include <string.h>

#include "spice/tls/tls_der.h"

#define DER_TAG_LONG 0x1f /* the tag goes on in the next byte */

bool tls_der_any(struct tls_der *d, uint8_t *tag, struct tls_der *value)
{
	size_t head = 2, len;

	if (d->n < 2 || (d->p[0] & DER_TAG_LONG) == DER_TAG_LONG)
		return false;
	len = d->p[1];
	if (len == 0x81 && d->n >= 3) {
		head = 3;
		len = d->p[2];
		if (len < 0x80)
			return false;
	} else if (len == 0x82 && d->n >= 4) {
		head = 4;
		len = (size_t)d->p[2] << 8 | d->p[3];
		if (len < 0x100)
			return false;
	} else if (len >= 0x80) {
		return false;
	}
	if (len > d->n - head)
		return false;
	*tag = d->p[0];
	value->p = d->p + head;
	value->n = len;
	d->p += head + len;
	d->n -= head + len;
	return true;
}

bool tls_der_take(struct tls_der *d, uint8_t tag, struct tls_der *value)
{
	uint8_t found;

	return tls_der_is(d, tag) && tls_der_any(d, &found, value);
}

bool tls_der_equal(const struct tls_der *d, const void *bytes, size_t n)
{
	return d->n == n && !memcmp(d->p, bytes, n);
}
