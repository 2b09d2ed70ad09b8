/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Bounded views of DER, and what is needed to walk through a certificate.
 *
 * Document: X.690. Leaves out tags above 30 and lengths above 65535; a length
 * that is not in its shortest form is no DER and refused.
 */
#ifndef SPICE_TLS_DER_H
#define SPICE_TLS_DER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DER_BOOLEAN	   0x01
#define DER_INTEGER	   0x02
#define DER_BIT_STRING	   0x03
#define DER_OCTET_STRING   0x04
#define DER_OID		   0x06
#define DER_UTF8_STRING	   0x0c
#define DER_NUMERIC_STRING 0x12
#define DER_PRINTABLE	   0x13
#define DER_TELETEX_STRING 0x14
#define DER_IA5_STRING	   0x16
#define DER_UTC_TIME	   0x17
#define DER_GENERAL_TIME   0x18
#define DER_VISIBLE_STRING 0x1a
#define DER_UNIVERSAL	   0x1c
#define DER_BMP_STRING	   0x1e
#define DER_SEQUENCE	   0x30
#define DER_SET		   0x31
/* Context tags: primitive, constructed. */
#define DER_CONTEXT(n) (0x80 | (n))
#define DER_WRAPPED(n) (0xa0 | (n))

/* Bytes that lie in somebody else's memory, taken from the front. */
struct tls_der {
	const uint8_t *p;
	size_t n;
};

/*
 * Take the element at the front of @d, whatever it is.
 *
 * @tag, @value: receive its tag and its contents
 * Returns whether it is there, whole. If not, @d is as it was.
 */
bool tls_der_any(struct tls_der *d, uint8_t *tag, struct tls_der *value);

/* The same for an element that must have @tag. */
bool tls_der_take(struct tls_der *d, uint8_t tag, struct tls_der *value);

/* Is the element at the front of @d one with @tag? */
static inline bool tls_der_is(const struct tls_der *d, uint8_t tag)
{
	return d->n && d->p[0] == tag;
}

/* Are the bytes of @d just the @n at @bytes? */
bool tls_der_equal(const struct tls_der *d, const void *bytes, size_t n);

#endif
