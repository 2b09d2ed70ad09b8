/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The verdict on a chain of certificates, which are built and signed here: each
 * reason to refuse one is told as itself; which kinds of keys may be given as
 * trusted, and what becomes of memory that runs out meanwhile.
 */
#include <errno.h>
#include <stdlib.h>

#include "spice/tls/tls_cert.h"
#include "spice/tls/tls_x509.h"
#include "test/spice/der_build.h"
#include "test/spice/test_env.h"
#include "test/test.h"

/* 2026-07-02 */
static const struct tls_time now = {TLS_TIME_UNIX_DAY + 20636, 0};

/* ---- certificates ---- */

enum kind { P256, P384, P521, P224, RSA, RSA_EMPTY, RSA_NONE, ODD };

struct shape {
	const char *subject, *issuer; /* common names */
	uint8_t signer;		      /* the issuer's secret */
	uint8_t secret;		      /* of P256; others cannot sign */
	enum kind kind;
	size_t rsa_bytes;
	const char *not_before, *not_after; /* as UTCTime */
	bool ca, signs_nothing, for_clients, twice_for_clients;
	bool unknown_condition, unique_ids, v1;
	bool sha1, wrong_signature;
};

#define ROOT 1
#define MID  2
#define LEAF 3

/* The private key of one of those. */
static br_ec_private_key secret_of(uint8_t who)
{
	static uint8_t bytes[32];

	memset(bytes, who, sizeof(bytes));
	return (br_ec_private_key){BR_EC_secp256r1, bytes, sizeof(bytes)};
}

static void put_algorithm(const void *oid, size_t n, const void *more,
			  size_t more_n)
{
	size_t at = open_tag(DER_SEQUENCE);

	put_tag(DER_OID, oid, n);
	put(more, more_n);
	close_tag(at);
}

static void put_common_name(const char *text)
{
	size_t name = open_tag(DER_SEQUENCE), set = open_tag(DER_SET);
	size_t pair = open_tag(DER_SEQUENCE);

	put_tag(DER_OID, "\x55\4\3", 3);
	put_tag(DER_UTF8_STRING, text, strlen(text));
	close_tag(pair);
	close_tag(set);
	close_tag(name);
}

static void put_rsa(const struct shape *s)
{
	static uint8_t modulus[1025];
	size_t bits, pair;

	put_algorithm("\x2a\x86\x48\x86\xf7\x0d\1\1\1", 9, "\5\0", 2);
	bits = open_tag(DER_BIT_STRING);
	if (s->kind != RSA_EMPTY)
		put("\0", 1);
	if (s->kind == RSA) {
		memset(modulus, 0xc5, sizeof(modulus));
		modulus[0] = 0;
		pair = open_tag(DER_SEQUENCE);
		put_tag(DER_INTEGER, modulus, s->rsa_bytes + 1);
		put_tag(DER_INTEGER, "\1\0\1", 3);
		close_tag(pair);
	}
	close_tag(bits);
}

static void put_curve(const struct shape *s)
{
	static const struct {
		const char *oid;
		size_t oid_n, point_n;
	} curves[] = {
		[P256] = {"\6\x08\x2a\x86\x48\xce\x3d\3\1\7", 10, 65},
		[P384] = {"\6\5\x2b\x81\4\0\x22", 7, 97},
		[P521] = {"\6\5\x2b\x81\4\0\x23", 7, 133},
		[P224] = {"\6\5\x2b\x81\4\0\x21", 7, 57},
	};
	br_ec_private_key secret = secret_of(s->secret);
	uint8_t point[1 + 133] = {0, 4};
	uint8_t buf[BR_EC_KBUF_PUB_MAX_SIZE];
	br_ec_public_key public;

	put_algorithm("\x2a\x86\x48\xce\x3d\2\1", 7, curves[s->kind].oid,
		      curves[s->kind].oid_n);
	if (s->kind == P256) {
		br_ec_compute_pub(&br_ec_all_m31, &public, buf, &secret);
		memcpy(point + 1, public.q, public.qlen);
	}
	put_tag(DER_BIT_STRING, point, 1 + curves[s->kind].point_n);
}

static void put_key(const struct shape *s)
{
	size_t at = open_tag(DER_SEQUENCE);

	if (s->kind == ODD) {
		put_algorithm("\x2b\x65\x70", 3, "", 0);
		put_tag(DER_BIT_STRING, "\0\1\2\3", 4);
	} else if (s->kind >= RSA) {
		put_rsa(s);
	} else {
		put_curve(s);
	}
	close_tag(at);
}

static void put_extension(uint8_t which, bool critical, const void *value,
			  size_t n)
{
	uint8_t oid[] = {0x55, 0x1d, which};
	size_t at = open_tag(DER_SEQUENCE);

	put_tag(DER_OID, oid, sizeof(oid));
	if (critical)
		put_tag(DER_BOOLEAN, "\xff", 1);
	put_tag(DER_OCTET_STRING, value, n);
	close_tag(at);
}

static void put_extensions(const struct shape *s)
{
	static const char clients[] = "\x30\x0a\6\x08+\6\1\5\5\7\3\2";
	size_t wrapped, list;
	int times = s->for_clients + s->twice_for_clients;

	if (s->unique_ids) {
		put_tag(DER_CONTEXT(1), "\0\1", 2);
		put_tag(DER_CONTEXT(2), "\0\2", 2);
	}
	wrapped = open_tag(DER_WRAPPED(3));
	list = open_tag(DER_SEQUENCE);
	if (s->ca)
		put_extension(0x13, true, "\x30\3\1\1\xff", 5);
	if (s->signs_nothing)
		put_extension(0x0f, true, "\3\2\7\x80", 4);
	if (s->unknown_condition)
		put_extension(0x63, true, "\5\0", 2);
	while (times--)
		put_extension(0x25, false, clients, sizeof(clients) - 1);
	close_tag(list);
	close_tag(wrapped);
}

/* Sign out's bytes from @from on. */
static void put_signature(const struct shape *s, size_t from)
{
	br_ec_private_key secret = secret_of(s->signer);
	uint8_t hash[32], signature[BR_EC_KBUF_PRIV_MAX_SIZE * 2 + 16];
	br_sha256_context sha;
	size_t n, at;

	br_sha256_init(&sha);
	br_sha256_update(&sha, out.b + from, out.n - from);
	br_sha256_out(&sha, hash);
	hash[0] ^= s->wrong_signature;
	n = br_ecdsa_i31_sign_asn1(&br_ec_all_m31, &br_sha256_vtable, hash,
				   &secret, signature);
	put_algorithm("\x2a\x86\x48\xce\x3d\4\3\2", s->sha1 ? 7 : 8, "", 0);
	at = open_tag(DER_BIT_STRING);
	put("\0", 1);
	put(signature, n);
	close_tag(at);
}

/* A certificate in memory of just its size; free() it. */
struct made {
	uint8_t *der;
	size_t n;
};

static struct made build(const struct shape *s)
{
	struct made made;
	size_t all, tbs, dates;

	out.n = 0;
	all = open_tag(DER_SEQUENCE);
	tbs = open_tag(DER_SEQUENCE);
	if (!s->v1)
		put("\xa0\3\2\1\2", 5);
	put_tag(DER_INTEGER, "\x11", 1);
	put_algorithm("\x2a\x86\x48\xce\x3d\4\3\2", s->sha1 ? 7 : 8, "", 0);
	put_common_name(s->issuer ? s->issuer : s->subject);
	dates = open_tag(DER_SEQUENCE);
	put_tag(DER_UTC_TIME, s->not_before ? s->not_before : "260101000000Z",
		13);
	put_tag(DER_UTC_TIME, s->not_after ? s->not_after : "360101000000Z",
		13);
	close_tag(dates);
	put_common_name(s->subject);
	put_key(s);
	if (!s->v1)
		put_extensions(s);
	close_tag(tbs);
	put_signature(s, all);
	close_tag(all);
	made.n = out.n;
	made.der = malloc(out.n);
	memcpy(made.der, out.b, out.n);
	return made;
}

/* ---- whom to trust ---- */

static struct {
	struct test_env env;
	struct tls_trust trust;
	struct tls_x509 x;
} w;

static int add(const struct shape *s)
{
	struct made made = build(s);
	int rc = tls_anchors_add(&w.trust.anchors, &w.env.env, made.der, made.n,
				 w.trust.now);

	free(made.der);
	return rc;
}

static const struct shape root = {
	.subject = "Root", .signer = ROOT, .secret = ROOT, .ca = true};
static const struct shape leaf = {.subject = "host.example",
				  .issuer = "Root",
				  .signer = ROOT,
				  .secret = LEAF};
static const struct shape middle = {.subject = "Mid",
				    .issuer = "Root",
				    .signer = ROOT,
				    .secret = MID,
				    .ca = true};
static const struct shape below = {.subject = "host.example",
				   .issuer = "Mid",
				   .signer = MID,
				   .secret = LEAF};

static void begin(void)
{
	memset(&w, 0, sizeof(w));
	test_env_init(&w.env);
	w.trust.host = "host.example";
	w.trust.subject = "";
	w.trust.now = now;
	CHECK_EQ(add(&root), 0);
}

static bool end(void)
{
	tls_anchors_free(&w.trust.anchors, &w.env.env);
	return w.env.live == 0;
}

/* Show @made to the engine, in pieces of 100 bytes. */
static void show(const struct made *made)
{
	const br_x509_class **ctx = &w.x.vtable;
	size_t at, n;

	w.x.vtable->start_cert(ctx, (uint32_t)made->n);
	for (at = 0; at < made->n; at += n) {
		n = made->n - at < 100 ? made->n - at : 100;
		w.x.vtable->append(ctx, made->der + at, n);
	}
	w.x.vtable->end_cert(ctx);
}

/*
 * Show a chain of one or two; returns the reason, -1: it is accepted, -2: the
 * engine contradicts itself.
 */
static int verdict(const struct shape *first, const struct shape *second)
{
	struct made made = build(first);
	unsigned int error, usages;
	bool usable;

	tls_x509_init(&w.x, &w.env.env, &w.trust);
	w.x.vtable->start_chain(&w.x.vtable, NULL);
	show(&made);
	free(made.der);
	if (second) {
		made = build(second);
		show(&made);
		free(made.der);
	}
	error = w.x.vtable->end_chain(&w.x.vtable);
	usable = w.x.vtable->get_pkey(&w.x.vtable, NULL) &&
		 w.x.vtable->get_pkey(&w.x.vtable, &usages) &&
		 usages & BR_KEYTYPE_SIGN;
	tls_x509_free(&w.x);
	if ((error != 0) != w.x.refused || (!error && !usable))
		return -2;
	return error ? (int)w.x.why.reason : -1;
}

static bool says(const char *text)
{
	if (!strcmp(w.x.why.text, text))
		return true;
	printf("# it says: %s\n", w.x.why.text);
	return false;
}

/* ---- cases ---- */

TEST(accepted)
{
	struct shape s = leaf;

	begin();
	CHECK_EQ(verdict(&leaf, NULL), -1);
	CHECK(!strcmp(w.x.report.subject, "CN=host.example"));
	CHECK(!strcmp(w.x.report.issuer, "CN=Root"));
	CHECK_EQ(verdict(&below, &middle), -1);
	s.unique_ids = true;
	CHECK_EQ(verdict(&s, NULL), -1);
	s = leaf;
	s.kind = RSA;
	s.rsa_bytes = 256;
	CHECK_EQ(verdict(&s, NULL), -1);
	CHECK(w.x.report.rsa);
	CHECK_EQ(w.x.report.key_bits, 2048);
	s.kind = P384;
	CHECK_EQ(verdict(&s, NULL), -1);
	CHECK_EQ(w.x.report.key_bits, 384);
	s.kind = P521;
	CHECK_EQ(verdict(&s, NULL), -1);
	CHECK_EQ(w.x.report.key_bits, 521);
	CHECK(end());
}

TEST(refused)
{
	struct shape s, m;

	begin();
	CHECK_EQ(verdict(&below, NULL), TLS_ISSUER);
	CHECK(says("CN=Mid"));
	s = leaf;
	s.signer = MID;
	CHECK_EQ(verdict(&s, NULL), TLS_ISSUER);
	s = leaf;
	s.issuer = NULL;
	CHECK_EQ(verdict(&s, NULL), TLS_SELF);
	CHECK(says(""));
	s = leaf;
	s.for_clients = true;
	CHECK_EQ(verdict(&s, NULL), TLS_CERT);
	CHECK(says("it is not for a server"));
	s.twice_for_clients = true;
	CHECK_EQ(verdict(&s, NULL), TLS_CERT);
	CHECK(says("it makes no sense"));
	s = leaf;
	s.unknown_condition = true;
	CHECK_EQ(verdict(&s, NULL), TLS_CERT);
	CHECK(says("it has a condition unknown here"));
	s = leaf;
	s.sha1 = true;
	CHECK_EQ(verdict(&s, NULL), TLS_CERT);
	CHECK(says("a kind of key or signature unknown here"));
	s = leaf;
	s.kind = ODD;
	CHECK_EQ(verdict(&s, NULL), TLS_CERT);
	s = leaf;
	s.kind = RSA;
	s.rsa_bytes = 128;
	CHECK_EQ(verdict(&s, NULL), TLS_WEAK);
	CHECK_EQ(w.x.why.detail, 1024);
	CHECK(says("its key has only 1024 bits"));

	/* The issuer is the one who is wrong. */
	m = middle;
	m.ca = false;
	CHECK_EQ(verdict(&below, &m), TLS_ISSUER);
	m = middle;
	m.signs_nothing = true;
	CHECK_EQ(verdict(&below, &m), TLS_CERT);
	CHECK(says("its key is not for this"));
	m = middle;
	m.not_after = "260601000000Z";
	CHECK_EQ(verdict(&below, &m), TLS_CA_DATE);
	CHECK(says("\"CN=Mid\", which was valid until 2026-06-01 00:00 UTC"));
	m.not_after = NULL;
	m.not_before = "270101000000Z";
	CHECK_EQ(verdict(&below, &m), TLS_CA_DATE);
	CHECK(says("\"CN=Mid\", which is not valid before 2027-01-01 00:00 "
		   "UTC"));
	m = middle;
	m.kind = RSA;
	m.rsa_bytes = 128;
	CHECK_EQ(verdict(&below, &m), TLS_WEAK);
	CHECK(says("an issuer's key is too short"));
	m = middle;
	m.secret = LEAF;
	CHECK_EQ(verdict(&below, &m), TLS_CERT);
	CHECK(says("a signature is wrong"));
	s = below;
	s.wrong_signature = true;
	CHECK_EQ(verdict(&s, &middle), TLS_CERT);
	CHECK(says("a signature is wrong"));
	CHECK(end());
}

/* A first certificate of no sense, too long, or that does not fit. */
TEST(no_certificate)
{
	static uint8_t zeros[TLS_CERT_MAX_BYTES + 1];
	struct made made = {zeros, 100};

	begin();
	tls_x509_init(&w.x, &w.env.env, &w.trust);
	for (;;) {
		w.x.vtable->start_chain(&w.x.vtable, NULL);
		show(&made);
		CHECK(w.x.vtable->end_chain(&w.x.vtable) != 0);
		CHECK_EQ(w.x.why.reason, TLS_CERT);
		CHECK(says("it makes no sense"));
		/* The first reason stays. */
		CHECK(w.x.vtable->end_chain(&w.x.vtable) != 0);
		CHECK(says("it makes no sense"));
		if (made.n == sizeof(zeros))
			break;
		made.n = sizeof(zeros);
	}
	CHECK(!w.x.chain[0].der);
	w.env.allocs_left = 0;
	CHECK_EQ(verdict(&leaf, NULL), TLS_CERT);
	CHECK(says("too little memory"));
	w.env.allocs_left = 1;
	CHECK_EQ(verdict(&below, &middle), TLS_CERT);
	CHECK(says("too little memory"));
	/* More than was announced is nobody's. */
	w.env.allocs_left = 10;
	w.x.vtable->start_chain(&w.x.vtable, NULL);
	w.x.vtable->start_cert(&w.x.vtable, 10);
	w.x.vtable->append(&w.x.vtable, zeros, 11);
	CHECK_EQ(w.x.chain[0].n, 0);
	tls_x509_free(&w.x);
	CHECK(end());
}

/* The fingerprint that was confirmed counts, and nothing else but the key. */
TEST(pinned)
{
	struct shape s = leaf;

	begin();
	w.trust.host = "other.example";
	s.kind = RSA;
	s.rsa_bytes = 128;
	CHECK_EQ(verdict(&s, NULL), TLS_WEAK);
	w.trust.pinned = true;
	CHECK_EQ(verdict(&s, NULL), TLS_PIN);
	memcpy(w.trust.pin, w.x.report.sha256, sizeof(w.trust.pin));
	CHECK_EQ(verdict(&s, NULL), TLS_WEAK);
	CHECK(says("its key has only 1024 bits"));
	s.rsa_bytes = 256;
	CHECK_EQ(verdict(&s, NULL), TLS_PIN);
	memcpy(w.trust.pin, w.x.report.sha256, sizeof(w.trust.pin));
	CHECK_EQ(verdict(&s, NULL), -1);
	s.kind = ODD;
	CHECK_EQ(verdict(&s, NULL), TLS_PIN);
	memcpy(w.trust.pin, w.x.report.sha256, sizeof(w.trust.pin));
	CHECK_EQ(verdict(&s, NULL), TLS_CERT);
	CHECK(says("a kind of key unknown here"));
	CHECK(end());
}

static void sha256(const struct shape *s, uint8_t hash[32])
{
	struct made made = build(s);
	br_sha256_context sha;

	br_sha256_init(&sha);
	br_sha256_update(&sha, made.der, made.n);
	br_sha256_out(&sha, hash);
	free(made.der);
}

/*
 * Only a fingerprint is known: of the CA, of one between, of the server's own;
 * whoever has it must be shown, and all else holds as if he had been given.
 */
TEST(hashed)
{
	struct shape s = leaf, m = middle;

	begin();
	tls_anchors_free(&w.trust.anchors, &w.env.env);
	CHECK_EQ(verdict(&leaf, &root), TLS_ISSUER);
	w.trust.hashed = true;
	CHECK_EQ(verdict(&leaf, &root), TLS_PRINT);
	CHECK_EQ(w.x.why.detail, 2);
	sha256(&root, w.trust.hash);
	CHECK_EQ(verdict(&leaf, &root), -1);
	CHECK_EQ(verdict(&leaf, NULL), TLS_PRINT);
	CHECK_EQ(w.x.why.detail, 1);
	/* Shown by somebody for whom it does not vouch. */
	s.signer = MID;
	CHECK_EQ(verdict(&s, &root), TLS_CERT);
	s = leaf;
	s.not_after = "260601000000Z";
	CHECK_EQ(verdict(&s, &root), TLS_EXPIRED);
	w.trust.host = "other.example";
	CHECK_EQ(verdict(&leaf, &root), TLS_NAME);
	w.trust.host = "host.example";

	sha256(&middle, w.trust.hash);
	CHECK_EQ(verdict(&below, &middle), -1);
	CHECK_EQ(verdict(&leaf, &middle), TLS_ISSUER);
	m.ca = false;
	CHECK_EQ(verdict(&below, &m), TLS_PRINT);
	sha256(&m, w.trust.hash);
	CHECK_EQ(verdict(&below, &m), TLS_ISSUER);
	m.kind = RSA;
	m.rsa_bytes = 128;
	sha256(&m, w.trust.hash);
	CHECK_EQ(verdict(&below, &m), TLS_WEAK);
	m.kind = ODD;
	sha256(&m, w.trust.hash);
	CHECK_EQ(verdict(&below, &m), TLS_CERT);
	CHECK(says("a kind of key unknown here"));

	/* The server's own: for nobody else, and only while it is valid. */
	sha256(&leaf, w.trust.hash);
	CHECK_EQ(verdict(&leaf, NULL), -1);
	w.trust.host = "other.example";
	CHECK_EQ(verdict(&leaf, NULL), TLS_NAME);
	w.trust.host = "host.example";
	s = leaf;
	s.issuer = NULL;
	s.signer = LEAF;
	sha256(&s, w.trust.hash);
	CHECK_EQ(verdict(&s, NULL), -1);
	s.not_after = "260601000000Z";
	sha256(&s, w.trust.hash);
	CHECK_EQ(verdict(&s, NULL), TLS_EXPIRED);

	/* Anchors that were given do not count beside it. */
	CHECK_EQ(add(&root), 0);
	CHECK_EQ(verdict(&leaf, NULL), TLS_PRINT);
	for (long allocs = 0; allocs < 4; allocs++) {
		sha256(&root, w.trust.hash);
		w.env.allocs_left = allocs;
		CHECK_EQ(verdict(&leaf, &root), TLS_CERT);
		CHECK(says("too little memory"));
	}
	CHECK(end());
}

/*
 * A CA that was given is judged by the clock as all others are, whether the
 * server shows it, too, or not; one of the same name that took over counts.
 */
TEST(anchor_dates)
{
	struct shape old = root, new = root, s = leaf;

	begin();
	tls_anchors_free(&w.trust.anchors, &w.env.env);
	old.not_after = "260601000000Z";
	CHECK_EQ(add(&old), 0);
	CHECK_EQ(w.trust.anchors.current, 0);
	for (int i = 0; i < 2; i++) {
		CHECK_EQ(verdict(&leaf, i ? &old : NULL), TLS_CA_DATE);
		CHECK(says("\"CN=Root\", which was valid until "
			   "2026-06-01 00:00 UTC"));
	}
	CHECK_EQ(verdict(&below, &middle), TLS_CA_DATE);
	/* It vouches for no stranger. */
	s.signer = MID;
	CHECK_EQ(verdict(&s, NULL), TLS_ISSUER);
	/* The server's own is expired: that is the reason. */
	s = leaf;
	s.not_after = "260501000000Z";
	CHECK_EQ(verdict(&s, NULL), TLS_EXPIRED);
	/* As if nothing was wrong, where nobody knows what day it is. */
	w.trust.built.days = w.trust.now.days + 1;
	CHECK_EQ(verdict(&leaf, NULL), TLS_CLOCK);
	w.trust.built.days = 0;

	/* Another CA is no help; the same one's next certificate is. */
	CHECK_EQ(add(&middle), 0);
	CHECK_EQ(w.trust.anchors.current, 1);
	CHECK_EQ(verdict(&leaf, NULL), TLS_CA_DATE);
	CHECK_EQ(verdict(&below, NULL), -1);
	new.not_before = "260601000000Z";
	CHECK_EQ(add(&new), 0);
	CHECK_EQ(w.trust.anchors.current, 2);
	CHECK_EQ(verdict(&leaf, NULL), -1);
	CHECK_EQ(verdict(&leaf, &old), -1);
	CHECK(end());

	/* Not yet; and by its hash alone, from the server. */
	memset(&w.trust.anchors, 0, sizeof(w.trust.anchors));
	new.not_before = "261001000000Z";
	CHECK_EQ(add(&new), 0);
	CHECK_EQ(verdict(&leaf, NULL), TLS_CA_DATE);
	CHECK(says("\"CN=Root\", which is not valid before "
		   "2026-10-01 00:00 UTC"));
	w.trust.hashed = true;
	sha256(&old, w.trust.hash);
	CHECK_EQ(verdict(&leaf, &old), TLS_CA_DATE);
	sha256(&root, w.trust.hash);
	CHECK_EQ(verdict(&leaf, &root), -1);
	CHECK(end());
}

/* What comes after the eighth is not looked at. */
TEST(long_chain)
{
	struct made made;

	begin();
	tls_x509_init(&w.x, &w.env.env, &w.trust);
	w.x.vtable->start_chain(&w.x.vtable, NULL);
	made = build(&leaf);
	show(&made);
	free(made.der);
	made = build(&root);
	for (int i = 0; i < 20; i++)
		show(&made);
	free(made.der);
	CHECK_EQ(w.x.vtable->end_chain(&w.x.vtable), 0);
	tls_x509_free(&w.x);
	CHECK(end());
}

TEST(anchors_kinds)
{
	static const struct {
		enum kind kind;
		size_t rsa_bytes;
		int rc;
	} rows[] = {
		{P256, 0, 0},
		{P384, 0, 0},
		{P521, 0, 0},
		{P224, 0, -EOPNOTSUPP},
		{RSA, 64, -EACCES},
		{RSA, 128, -EACCES},
		{RSA, 255, -EACCES},
		{RSA, 256, 0},
		{RSA, 512, 0},
		{RSA, 513, -EOPNOTSUPP},
		{RSA, 1024, -EOPNOTSUPP},
		{RSA_EMPTY, 0, -EOPNOTSUPP},
		{RSA_NONE, 0, -EOPNOTSUPP},
		{ODD, 0, -EOPNOTSUPP},
	};
	struct shape s = root;
	size_t i, count = 1;

	begin();
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const br_x509_trust_anchor *ta;

		s.kind = rows[i].kind;
		s.rsa_bytes = rows[i].rsa_bytes;
		CHECK_EQ(add(&s), rows[i].rc);
		if (rows[i].rc)
			continue;
		ta = &w.trust.anchors.ta[count++];
		CHECK_EQ(ta->flags, BR_X509_TA_CA);
		if (s.kind != RSA)
			continue;
		CHECK_EQ(ta->pkey.key_type, BR_KEYTYPE_RSA);
		CHECK_EQ(ta->pkey.key.rsa.nlen, s.rsa_bytes);
		CHECK_EQ(ta->pkey.key.rsa.n[0], 0xc5);
		CHECK_EQ(ta->pkey.key.rsa.elen, 3);
		CHECK_EQ(ta->pkey.key.rsa.e[2], 1);
	}
	CHECK_EQ(w.trust.anchors.count, count);
	/* One from before extensions is a CA's if it vouches for itself. */
	s = root;
	s.v1 = true;
	CHECK_EQ(add(&s), 0);
	CHECK_EQ(w.trust.anchors.ta[count++].flags, BR_X509_TA_CA);
	s.issuer = "Somebody";
	CHECK_EQ(add(&s), 0);
	CHECK_EQ(w.trust.anchors.ta[count].flags, 0);
	CHECK(end());
}

TEST(anchors_bounds)
{
	static char text[TLS_CA_MAX_BYTES + 1];
	size_t i;

	begin();
	memset(text, 'x', sizeof(text));
	CHECK_EQ(tls_anchors_add(&w.trust.anchors, &w.env.env, text,
				 sizeof(text), now),
		 -E2BIG);
	CHECK_EQ(tls_anchors_add(&w.trust.anchors, &w.env.env, text,
				 sizeof(text) - 1, now),
		 -EINVAL);
	for (i = 1; i < TLS_ANCHORS_MAX; i++)
		CHECK_EQ(add(&root), 0);
	CHECK_EQ(add(&root), -E2BIG);
	CHECK_EQ(w.trust.anchors.count, TLS_ANCHORS_MAX);
	CHECK(end());
}

/* Without memory for the array, for a certificate, for PEM's buffer. */
TEST(anchors_memory)
{
	uint8_t hash[32] = {0};
	long allocs;

	begin();
	CHECK(end());
	for (allocs = 0; allocs < 2; allocs++) {
		w.env.allocs_left = allocs;
		CHECK_EQ(add(&root), -ENOMEM);
		CHECK_EQ(w.trust.anchors.count, 0);
		CHECK(end());
	}
	w.env.allocs_left = 0;
	CHECK_EQ(tls_anchors_add(&w.trust.anchors, &w.env.env, "-----", 5, now),
		 -ENOMEM);
	CHECK_EQ(tls_anchors_check(&w.env.env, "-----", 5, hash), -ENOMEM);
	CHECK(end());
}

int main(void)
{
	RUN(accepted);
	RUN(refused);
	RUN(no_certificate);
	RUN(pinned);
	RUN(hashed);
	RUN(anchor_dates);
	RUN(long_chain);
	RUN(anchors_kinds);
	RUN(anchors_bounds);
	RUN(anchors_memory);
	return test_end();
}
