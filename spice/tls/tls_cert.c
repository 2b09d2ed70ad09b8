/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
#include <errno.h>
#include <string.h>

#include "spice/tls/tls_cert.h"

/* Object identifiers, without tag and length. */
static const uint8_t oid_san[] = {0x55, 0x1d, 0x11};
static const uint8_t oid_eku[] = {0x55, 0x1d, 0x25};
static const uint8_t oid_eku_any[] = {0x55, 0x1d, 0x25, 0x00};
static const uint8_t oid_eku_server[] = {0x2b, 0x06, 0x01, 0x05,
					 0x05, 0x07, 0x03, 0x01};
static const uint8_t oid_rsa[] = {0x2a, 0x86, 0x48, 0x86, 0xf7,
				  0x0d, 0x01, 0x01, 0x01};
static const uint8_t oid_ec[] = {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01};
static const uint8_t oid_p256[] = {0x2a, 0x86, 0x48, 0xce,
				   0x3d, 0x03, 0x01, 0x07};
static const uint8_t oid_p384[] = {0x2b, 0x81, 0x04, 0x00, 0x22};
static const uint8_t oid_p521[] = {0x2b, 0x81, 0x04, 0x00, 0x23};

#define IS(der, oid) tls_der_equal(der, oid, sizeof(oid))

/* The bits of an RSA key's modulus; @bits is a BIT STRING's contents. */
static uint32_t rsa_bits(struct tls_der bits)
{
	struct tls_der pair, n;
	uint32_t count;
	uint8_t top;

	if (!bits.n)
		return 0;
	bits.p++;
	bits.n--;
	if (!tls_der_take(&bits, DER_SEQUENCE, &pair) ||
	    !tls_der_take(&pair, DER_INTEGER, &n))
		return 0;
	while (n.n && !n.p[0]) {
		n.p++;
		n.n--;
	}
	if (!n.n)
		return 0;
	count = (uint32_t)n.n * 8;
	for (top = n.p[0]; !(top & 0x80); top <<= 1)
		count--;
	return count;
}

/* Read the SubjectPublicKeyInfo's kind and size. */
static bool cert_key(struct tls_cert *cert, struct tls_der *tbs)
{
	struct tls_der info, algorithm, oid, curve, bits;

	if (!tls_der_take(tbs, DER_SEQUENCE, &info) ||
	    !tls_der_take(&info, DER_SEQUENCE, &algorithm) ||
	    !tls_der_take(&algorithm, DER_OID, &oid) ||
	    !tls_der_take(&info, DER_BIT_STRING, &bits))
		return false;
	cert->rsa = IS(&oid, oid_rsa);
	if (cert->rsa)
		cert->key_bits = rsa_bits(bits);
	if (!IS(&oid, oid_ec) || !tls_der_take(&algorithm, DER_OID, &curve))
		return true;
	if (IS(&curve, oid_p256))
		cert->key_bits = 256;
	else if (IS(&curve, oid_p384))
		cert->key_bits = 384;
	else if (IS(&curve, oid_p521))
		cert->key_bits = 521;
	return true;
}

/* extKeyUsage: is a TLS server among the purposes? */
static bool cert_purposes(struct tls_cert *cert, struct tls_der value)
{
	struct tls_der list, oid;

	cert->for_others = true;
	if (!tls_der_take(&value, DER_SEQUENCE, &list) || value.n)
		return false;
	while (list.n) {
		if (!tls_der_take(&list, DER_OID, &oid))
			return false;
		if (IS(&oid, oid_eku_server) || IS(&oid, oid_eku_any))
			cert->for_others = false;
	}
	return true;
}

/* Read one extension; a second SAN or purpose is no certificate. */
static bool cert_extension(struct tls_cert *cert, struct tls_der ext,
			   bool *purposes)
{
	struct tls_der oid, critical, value;

	if (!tls_der_take(&ext, DER_OID, &oid))
		return false;
	if (tls_der_is(&ext, DER_BOOLEAN) &&
	    !tls_der_take(&ext, DER_BOOLEAN, &critical))
		return false;
	if (!tls_der_take(&ext, DER_OCTET_STRING, &value) || ext.n)
		return false;
	if (IS(&oid, oid_san)) {
		if (cert->has_names)
			return false;
		cert->has_names = true;
		return tls_der_take(&value, DER_SEQUENCE, &cert->names) &&
		       !value.n;
	}
	if (IS(&oid, oid_eku)) {
		if (*purposes)
			return false;
		*purposes = true;
		return cert_purposes(cert, value);
	}
	return true;
}

static bool cert_extensions(struct tls_cert *cert, struct tls_der *tbs)
{
	struct tls_der skipped, wrapped, list, ext;
	bool purposes = false;

	/* issuerUniqueID, subjectUniqueID: nobody has had them for long. */
	if (tls_der_is(tbs, DER_CONTEXT(1)) &&
	    !tls_der_take(tbs, DER_CONTEXT(1), &skipped))
		return false;
	if (tls_der_is(tbs, DER_CONTEXT(2)) &&
	    !tls_der_take(tbs, DER_CONTEXT(2), &skipped))
		return false;
	if (!tbs->n)
		return true;
	if (!tls_der_take(tbs, DER_WRAPPED(3), &wrapped) || tbs->n ||
	    !tls_der_take(&wrapped, DER_SEQUENCE, &list) || wrapped.n)
		return false;
	while (list.n)
		if (!tls_der_take(&list, DER_SEQUENCE, &ext) ||
		    !cert_extension(cert, ext, &purposes))
			return false;
	return true;
}

/* Take a whole Name, header and all. */
static bool cert_name(struct tls_der *tbs, struct tls_der *name)
{
	struct tls_der before = *tbs, inner;

	if (!tls_der_take(tbs, DER_SEQUENCE, &inner))
		return false;
	name->p = before.p;
	name->n = before.n - tbs->n;
	return true;
}

static bool cert_tbs(struct tls_cert *cert, struct tls_der tbs)
{
	struct tls_der skipped, dates;

	cert->v1 = !tls_der_is(&tbs, DER_WRAPPED(0));
	if (!cert->v1 && !tls_der_take(&tbs, DER_WRAPPED(0), &skipped))
		return false;
	if (!tls_der_take(&tbs, DER_INTEGER, &skipped) ||
	    !tls_der_take(&tbs, DER_SEQUENCE, &skipped) ||
	    !cert_name(&tbs, &cert->issuer) ||
	    !tls_der_take(&tbs, DER_SEQUENCE, &dates) ||
	    !tls_time_take(&dates, &cert->valid.not_before) ||
	    !tls_time_take(&dates, &cert->valid.not_after) || dates.n ||
	    !cert_name(&tbs, &cert->subject) || !cert_key(cert, &tbs))
		return false;
	cert->self_issued = cert->subject.n > 2 &&
			    tls_der_equal(&cert->subject, cert->issuer.p,
					  cert->issuer.n);
	return cert_extensions(cert, &tbs);
}

int tls_cert_parse(struct tls_cert *cert, const uint8_t *der, size_t n)
{
	struct tls_der all = {der, n}, outer, tbs, algorithm, signature;

	memset(cert, 0, sizeof(*cert));
	if (n > TLS_CERT_MAX_BYTES ||
	    !tls_der_take(&all, DER_SEQUENCE, &outer) || all.n ||
	    !tls_der_take(&outer, DER_SEQUENCE, &tbs) ||
	    !tls_der_take(&outer, DER_SEQUENCE, &algorithm) ||
	    !tls_der_take(&outer, DER_BIT_STRING, &signature) || outer.n ||
	    !cert_tbs(cert, tbs))
		return -EINVAL;
	return 0;
}
