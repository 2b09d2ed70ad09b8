/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Certificates built here byte by byte: what they say, whom they name; cut at
 * every length, each byte changed: never outside their bytes, never somebody
 * they do not name.
 */
#include <errno.h>
#include <stdlib.h>

#include "spice/tls/tls_name.h"
#include "spice/tls/tls_string.h"
#include "test/spice/der_build.h"
#include "test/test.h"

/* ---- building certificates ---- */

/* One field of a Name. @more: another one in the same set */
struct field {
	const char *oid; /* the last byte of 2.5.4.x, or all of another one */
	uint8_t tag;
	const char *value;
	size_t n; /* 0: its strlen */
	bool more;
};

static void put_pair(const struct field *f)
{
	size_t pair = open_tag(DER_SEQUENCE);
	uint8_t oid[3] = {0x55, 4, (uint8_t)f->oid[0]};

	if (strlen(f->oid) == 1)
		put_tag(DER_OID, oid, 3);
	else
		put_tag(DER_OID, f->oid, strlen(f->oid));
	put_tag(f->tag, f->value, f->n ? f->n : strlen(f->value));
	close_tag(pair);
}

static void put_name(const struct field *f)
{
	size_t name = open_tag(DER_SEQUENCE);

	for (; f && f->oid; f++) {
		size_t set = open_tag(DER_SET);

		put_pair(f);
		if (f->more)
			put_pair(++f);
		close_tag(set);
	}
	close_tag(name);
}

struct shape {
	const struct field *subject, *issuer;
	const char *not_before, *not_after;
	const char *san; /* "dNAME", "i\4....": tag letter, length, value */
	size_t san_n;
	bool san_twice, eku_client, eku_server, v1;
};

static void put_extension(const void *oid, const void *value, size_t n)
{
	size_t ext = open_tag(DER_SEQUENCE);

	put_tag(DER_OID, oid, 3);
	put_tag(DER_OCTET_STRING, value, n);
	close_tag(ext);
}

static void put_extensions(const struct shape *s)
{
	size_t wrapped = open_tag(DER_WRAPPED(3));
	size_t list = open_tag(DER_SEQUENCE);
	uint8_t value[600];
	int times;

	for (times = s->san ? 1 + s->san_twice : 0; times; times--) {
		value[0] = DER_SEQUENCE;
		value[1] = 0x82;
		value[2] = (uint8_t)(s->san_n >> 8);
		value[3] = (uint8_t)s->san_n;
		memcpy(value + 4, s->san, s->san_n);
		if (s->san_n < 0x80) {
			value[1] = (uint8_t)s->san_n;
			memcpy(value + 2, s->san, s->san_n);
			put_extension("\x55\x1d\x11", value, s->san_n + 2);
		} else {
			put_extension("\x55\x1d\x11", value, s->san_n + 4);
		}
	}
	if (s->eku_client)
		put_extension("\x55\x1d\x25", "\x30\x0a\6\x08+\6\1\5\5\7\3\2",
			      12);
	if (s->eku_server)
		put_extension("\x55\x1d\x25",
			      "\x30\x14\6\x08+\6\1\5\5\7\3\2\6\x08+\6\1\5\5\7\3"
			      "\1",
			      22);
	close_tag(list);
	close_tag(wrapped);
}

/* Build a certificate, unsigned, in memory of just its size; free() it. */
static uint8_t *build(const struct shape *s, size_t *n)
{
	static const uint8_t key[] = {0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
				      0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
				      0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07,
				      0x03, 0x03, 0x00, 0x04, 0x05};
	size_t all, tbs, part;
	uint8_t *copy;

	out.n = 0;
	all = open_tag(DER_SEQUENCE);
	tbs = open_tag(DER_SEQUENCE);
	if (!s->v1)
		put("\xa0\x03\x02\x01\x02", 5);
	put_tag(DER_INTEGER, "\x11", 1);
	put_tag(DER_SEQUENCE, "\x06\x01\x2a", 3);
	put_name(s->issuer);
	part = open_tag(DER_SEQUENCE);
	put_tag(s->not_before ? DER_GENERAL_TIME : DER_UTC_TIME,
		s->not_before ? s->not_before : "260101000000Z",
		s->not_before ? 15 : 13);
	put_tag(s->not_after ? DER_GENERAL_TIME : DER_UTC_TIME,
		s->not_after ? s->not_after : "270101000000Z",
		s->not_after ? 15 : 13);
	close_tag(part);
	put_name(s->subject);
	part = open_tag(DER_SEQUENCE);
	put(key, sizeof(key));
	close_tag(part);
	if (!s->v1)
		put_extensions(s);
	close_tag(tbs);
	put_tag(DER_SEQUENCE, "\x06\x01\x2a", 3);
	put_tag(DER_BIT_STRING, "\0\1\2\3", 4);
	close_tag(all);
	*n = out.n;
	copy = malloc(out.n);
	memcpy(copy, out.b, out.n);
	return copy;
}

/* ---- whom is it for ---- */

#define CN(text)                                        \
	{                                               \
		"\x03", DER_UTF8_STRING, text, 0, false \
	}
#define O(text)                                         \
	{                                               \
		"\x0a", DER_UTF8_STRING, text, 0, false \
	}
#define OU(text)                                      \
	{                                             \
		"\x0b", DER_PRINTABLE, text, 0, false \
	}
#define END                             \
	{                               \
		NULL, 0, NULL, 0, false \
	}
#define NAMES(s) s, sizeof(s) - 1
#define DNS(n)	 "\x82" n

static const struct field cn_host[] = {CN("host.example"), END};
static const struct field cn_wild[] = {CN("*.example"), END};
static const struct field cn_wild2[] = {CN("*.b.example"), END};
static const struct field cn_addr[] = {CN("10.0.0.1"), END};
static const struct field cn_two[] = {CN("host.example"), CN("x"), END};
static const struct field cn_nul[] = {
	{"\x03", DER_UTF8_STRING, "host.example\0.evil", 18, false}, END};
static const struct field cn_bmp[] = {
	{"\x03", DER_BMP_STRING, "\0h\0o\0s\0t\0.\0a\0.\0b", 16, false}, END};

TEST(hosts)
{
	static const struct {
		const struct field *subject;
		const char *san;
		size_t san_n;
		const char *host;
		bool is;
	} rows[] = {
		{cn_host, NULL, 0, "host.example", true},
		{cn_host, NULL, 0, "HOST.Example", true},
		{cn_host, NULL, 0, "host.example.", true},
		{cn_host, NULL, 0, "host.example.org", false},
		{cn_host, NULL, 0, "host.exampl", false},
		{cn_host, NULL, 0, "", false},
		{cn_host, NULL, 0, ".", false},
		{cn_bmp, NULL, 0, "host.a.b", true},
		{cn_two, NULL, 0, "host.example", false},
		{cn_nul, NULL, 0, "host.example", false},
		{cn_addr, NULL, 0, "10.0.0.1", true},
		{cn_addr, NULL, 0, "10.0.0.11", false},
		/* A wildcard is a whole first label above at least two. */
		{cn_wild, NULL, 0, "a.example", false},
		{cn_wild2, NULL, 0, "a.b.example", true},
		{cn_wild2, NULL, 0, "A.B.EXAMPLE", true},
		{cn_wild2, NULL, 0, "b.example", false},
		{cn_wild2, NULL, 0, ".b.example", false},
		{cn_wild2, NULL, 0, "a.a.b.example", false},
		{NULL, NAMES(DNS("\x0e*.host.example")), "a.host.example",
		 true},
		{NULL, NAMES(DNS("\x0e*a.ost.example")), "ba.ost.example",
		 false},
		{NULL, NAMES(DNS("\x0e*.0.0.1.exampl")), "1.0.0.1", false},
		{NULL, NAMES(DNS("\x07*.0.0.1")), "9.0.0.1", false},
		{NULL, NAMES(DNS("\x01*")), "host", false},
		{NULL, NAMES(DNS("\x02*.")), "host.", false},
		/* Several names; beside them the common name counts nothing. */
		{cn_host, NAMES(DNS("\1a") DNS("\4host") "\x87\4\x0a\0\0\1"),
		 "host", true},
		{cn_host, NAMES(DNS("\1a") DNS("\4host") "\x87\4\x0a\0\0\1"),
		 "10.0.0.1", true},
		{cn_host, NAMES(DNS("\1a")), "host.example", false},
		{cn_host, NAMES(""), "host.example", false},
		{cn_addr, NAMES(DNS("\1a")), "10.0.0.1", false},
		{NULL,
		 NAMES(DNS("\x08"
			   "10.0.0.1")),
		 "10.0.0.1", false},
		{NULL, NAMES(DNS("\x09host\0.evi")), "host", false},
		{NULL, NAMES(DNS("\0")), "host", false},
		/* Addresses. */
		{NULL, NAMES("\x87\4\x0a\0\0\1"), "10.0.0.2", false},
		{NULL, NAMES("\x87\4\x0a\0\0\1"), "10.0.0.01", true},
		{NULL, NAMES("\x87\4\x0a\0\0\1"), "10.0.0.1.", false},
		{NULL, NAMES("\x87\4\x0a\0\0\1"), "10.0.0", false},
		{NULL, NAMES("\x87\4\x0a\0\0\1"), "10.0.0.257", false},
		{NULL, NAMES("\x87\x08\x0a\0\0\1\xff\xff\xff\xff"), "10.0.0.1",
		 false},
		{NULL, NAMES("\x87\x10\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1"),
		 "2001:db8::1", true},
		{NULL, NAMES("\x87\x10\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1"),
		 "2001:0DB8:0:0:0:0:0:1", true},
		{NULL, NAMES("\x87\x10\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1"),
		 "2001:db8::0.0.0.1", true},
		{NULL, NAMES("\x87\x10\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1"),
		 "2001:db8::1:0", false},
		{NULL, NAMES("\x87\x10\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1"),
		 "2001:db8:::1", false},
		{NULL, NAMES("\x87\x10\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1"),
		 "2001:db8::1::", false},
		{NULL, NAMES("\x87\x10\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
		 "::", true},
		{NULL, NAMES("\x87\x10\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1"), "::1",
		 true},
		{NULL, NAMES("\x87\x10\0\1\0\2\0\3\0\4\0\5\0\6\0\7\0\0"),
		 "1:2:3:4:5:6:7::", true},
		{NULL, NAMES("\x87\x10\0\1\0\2\0\3\0\4\0\5\0\6\0\7\0\x08"),
		 "1:2:3:4:5:6:7:8:9", false},
		{NULL, NAMES("\x87\x10\0\1\0\2\0\3\0\4\0\5\0\6\0\7\0\x08"),
		 "1:2:3:4:5:6:7:8", true},
	};
	size_t i, n;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct shape s = {.subject = rows[i].subject,
				  .san = rows[i].san,
				  .san_n = rows[i].san_n};
		uint8_t *der = build(&s, &n);
		struct tls_cert cert;
		bool is = !tls_cert_parse(&cert, der, n) &&
			  tls_name_is_host(&cert, rows[i].host);

		if (is != rows[i].is)
			printf("# row %zu: %s\n", i, rows[i].host);
		free(der);
		CHECK_EQ(is, rows[i].is);
	}
}

TEST(dns_names)
{
	static const char *const rows[][2] = {
		{"host", "host"},
		{"host.", "host"},
		{"a-b_c.Example.org", "a-b_c.Example.org"},
		{"a.example..", "a.example."},
		{"", NULL},
		{"10.0.0.1", NULL},
		{"::1", NULL},
		{"pvespiceproxy:66:100:pve::ab", NULL},
		{"a b", NULL},
	};
	char name[TLS_NAME_DNS_BYTES], text[TLS_NAME_DNS_BYTES + 2];
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CHECK_EQ(tls_name_dns(rows[i][0], name), rows[i][1] != NULL);
		CHECK(!rows[i][1] || !strcmp(name, rows[i][1]));
	}
	memset(text, 'x', sizeof(text));
	text[TLS_NAME_DNS_BYTES] = '\0';
	CHECK(!tls_name_dns(text, name));
	text[TLS_NAME_DNS_BYTES - 1] = '.';
	CHECK(tls_name_dns(text, name));
	CHECK_EQ(strlen(name), TLS_NAME_DNS_BYTES - 1);
}

/* ---- host-subject ---- */

static const struct field three[] = {O("Test"), OU("Unit"), CN("host"), END};
static const struct field four[] = {O("Test"), OU("Unit"), OU("Unit"),
				    CN("host"), END};
static const struct field comma[] = {O("A, B"), CN("c\\d"), END};
static const struct field umlaut[] = {
	{"\x0a", DER_TELETEX_STRING,
	 "M\xf6"
	 "bel",
	 0, false},
	{"\x03", DER_BMP_STRING, "\x20\xac", 2, false},
	END};
static const struct field set_of_two[] = {
	{"\x0a", DER_UTF8_STRING, "Test", 0, true}, CN("host"), END};
static const struct field mail[] = {{"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01",
				     DER_IA5_STRING, "a@b", 0, false},
				    {"\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19",
				     DER_IA5_STRING, "dc", 0, false},
				    END};
static const struct field nul[] = {
	{"\x03", DER_UTF8_STRING, "host\0", 5, false}, END};
static const struct field broken[] = {
	{"\x03", DER_UTF8_STRING, "\xc0\xaf", 2, false}, END};
static const struct field empty[] = {{"\x03", DER_UTF8_STRING, "", 0, false},
				     END};

TEST(subjects)
{
	static const struct {
		const struct field *subject;
		const char *text;
		int rc;
	} rows[] = {
		{three, "O=Test,OU=Unit,CN=host", 0},
		{three, "O=Test, OU=Unit, CN=host", 0},
		{three, "o=Test,organizationalUnitName=Unit,commonName=host",
		 0},
		{three, "2.5.4.10=Test,2.5.4.11=Unit,2.5.4.3=host", 0},
		{three, "O =Test,OU=Unit,CN=host", 0},
		{three, "O=Test,OU=Unit", -EACCES},
		{three, "OU=Unit,CN=host", -EACCES},
		{three, "O=Test,CN=host", -EACCES},
		{three, "O=Test,OU=Unit,CN=host,C=DE", -EACCES},
		{three, "OU=Unit,O=Test,CN=host", -EACCES},
		{three, "O=Test,OU=Unit,CN=Host", -EACCES},
		{three, "O=Test,OU=Unit,CN=host ", -EACCES},
		{three, "O=Test,OU=Unit,CN= host", -EACCES},
		{three, "O=Test,OU=Unit,OU=Unit,CN=host", -EACCES},
		{three, "O=\\54est,OU=Unit,CN=host", 0},
		{four, "O=Test,OU=Unit,CN=host", -EACCES},
		{four, "O=Test,OU=Unit,OU=Unit,CN=host", 0},
		{comma, "O=A\\, B,CN=c\\\\d", 0},
		{comma, "O=A, B,CN=c\\\\d", -EINVAL},
		{umlaut,
		 "O=M\xc3\xb6"
		 "bel,CN=\xe2\x82\xac",
		 0},
		{umlaut,
		 "O=M\\C3\\B6"
		 "bel,CN=\xe2\x82\xac",
		 0},
		{umlaut,
		 "O=M\xf6"
		 "bel,CN=\xe2\x82\xac",
		 -EACCES},
		{set_of_two, "O=Test,CN=host", -EACCES},
		{set_of_two, "O=Test", -EACCES},
		{mail, "emailAddress=a@b,DC=dc", 0},
		{mail, "E=a@b,domainComponent=dc", 0},
		{mail, "1.2.840.113549.1.9.1=a@b,0.9.2342.19200300.100.1.25=dc",
		 0},
		{nul, "CN=host", -EACCES},
		{nul, "CN=host\\00", -EACCES},
		{broken, "CN=/", -EACCES},
		{empty, "CN=", 0},
		{empty, "CN=x", -EACCES},
		{three, "", -EINVAL},
		{three, ",", -EINVAL},
		{three, "CN", -EINVAL},
		{three, "=x", -EINVAL},
		{three, "XX=x", -EINVAL},
		{three, "O=Test,", -EINVAL},
		{three, "O=Test,,CN=host", -EINVAL},
		{three, "O=Test\\", -EINVAL},
		{three, "O=Te\\xst", -EINVAL},
		{three, "1.2.3.4.5.6.7.8.9=x", -EINVAL},
		{three, "2..5=x", -EINVAL},
		{three, "9.9=x", -EINVAL},
		{three, "2.5.4.99999999999=x", -EINVAL},
	};
	size_t i, n;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct shape s = {.subject = rows[i].subject};
		uint8_t *der = build(&s, &n);
		struct tls_cert cert;
		int rc = tls_cert_parse(&cert, der, n);

		if (!rc)
			rc = tls_name_is_subject(&cert, rows[i].text);
		if (rc != rows[i].rc)
			printf("# row %zu: %s\n", i, rows[i].text);
		free(der);
		CHECK_EQ(rc, rows[i].rc);
	}
}

/* A value that is longer than any buffer. */
TEST(long_values)
{
	static char value[TLS_STRING_MAX_BYTES + 100], text[1200];
	struct field long_cn[] = {CN(value), END};
	struct shape s = {.subject = long_cn};
	struct tls_cert cert;
	char shown[64];
	uint8_t *der;
	size_t n, len;

	for (len = TLS_STRING_MAX_BYTES - 4; len <= TLS_STRING_MAX_BYTES;
	     len++) {
		memset(value, 'a', len);
		value[len] = '\0';
		snprintf(text, sizeof(text), "CN=%s", value);
		der = build(&s, &n);
		CHECK_EQ(tls_cert_parse(&cert, der, n), 0);
		CHECK_EQ(tls_name_is_subject(&cert, text),
			 len <= TLS_STRING_MAX_BYTES - 3 ? 0 : -EACCES);
		tls_name_text(cert.subject, shown, sizeof(shown));
		CHECK(strlen(shown) < sizeof(shown));
		tls_name_hosts_text(&cert, shown, sizeof(shown));
		CHECK(strlen(shown) < sizeof(shown));
		free(der);
	}
	memset(value, 'a', sizeof(value) - 1);
	snprintf(text, sizeof(text), "CN=%s", value);
	s.subject = three;
	der = build(&s, &n);
	CHECK_EQ(tls_cert_parse(&cert, der, n), 0);
	CHECK_EQ(tls_name_is_subject(&cert, text), -EINVAL);
	free(der);
}

/* ---- for people ---- */

TEST(texts)
{
	static const char san[] = DNS("\1a") DNS(
		"\5*.b.c") "\x87\4\x0a\0\0\1"
			   "\x87\x10\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1" DNS(
				   "\2\n\xff");
	struct shape s = {
		.subject = umlaut, .san = san, .san_n = sizeof(san) - 1};
	struct tls_cert cert;
	char text[200];
	size_t n, room;
	uint8_t *der = build(&s, &n);

	CHECK_EQ(tls_cert_parse(&cert, der, n), 0);
	tls_name_text(cert.subject, text, sizeof(text));
	CHECK(!strcmp(text, "O=M?bel, CN=?"));
	tls_name_hosts_text(&cert, text, sizeof(text));
	CHECK(!strcmp(text, "a, *.b.c, 10.0.0.1, 2001:db8:0:0:0:0:0:1, ??"));
	for (room = 8; room < 60; room++) {
		memset(text, '#', sizeof(text));
		tls_name_hosts_text(&cert, text, room);
		CHECK(strlen(text) < room);
		CHECK_EQ(text[room], '#');
		if (room <= 44)
			CHECK(!strcmp(text + room - 4, "..."));
	}
	tls_name_text(cert.issuer, text, sizeof(text));
	CHECK(!strcmp(text, ""));
	free(der);
	s.san = NULL;
	der = build(&s, &n);
	CHECK_EQ(tls_cert_parse(&cert, der, n), 0);
	tls_name_hosts_text(&cert, text, sizeof(text));
	CHECK(!strcmp(text, "?"));
	free(der);
}

/* ---- what a certificate says ---- */

TEST(certificate)
{
	static const char san[] = DNS("\1a");
	struct shape s = {.subject = three,
			  .issuer = three,
			  .san = san,
			  .san_n = 3,
			  .eku_client = true,
			  .not_before = "20000229235960Z",
			  .not_after = "99991231235959Z"};
	struct tls_cert cert;
	char text[TLS_TIME_TEXT_BYTES];
	size_t n;
	uint8_t *der = build(&s, &n);

	CHECK_EQ(tls_cert_parse(&cert, der, n), 0);
	CHECK(cert.self_issued && cert.for_others && !cert.rsa && !cert.v1);
	CHECK_EQ(cert.key_bits, 256);
	CHECK_EQ(cert.valid.not_before.days, 730544);
	CHECK_EQ(cert.valid.not_before.seconds, 86400);
	tls_time_text(cert.valid.not_after, text);
	CHECK(!strcmp(text, "9999-12-31 23:59 UTC"));
	free(der);

	s.eku_client = false;
	s.eku_server = true;
	der = build(&s, &n);
	CHECK_EQ(tls_cert_parse(&cert, der, n), 0);
	CHECK(!cert.for_others);
	free(der);

	s.san_twice = true;
	der = build(&s, &n);
	CHECK_EQ(tls_cert_parse(&cert, der, n), -EINVAL);
	free(der);

	s.v1 = true;
	der = build(&s, &n);
	CHECK_EQ(tls_cert_parse(&cert, der, n), 0);
	CHECK(cert.v1 && !cert.has_names);
	free(der);
}

TEST(dates)
{
	static const struct {
		const char *text;
		uint32_t days, seconds; /* days 0: no date */
	} rows[] = {
		{"\x17\x0d"
		 "700101000000Z",
		 TLS_TIME_UNIX_DAY, 0},
		{"\x17\x0d"
		 "491231235959Z",
		 748747, 86399},
		{"\x17\x0d"
		 "500101000000Z",
		 712223, 0},
		{"\x18\x0f"
		 "20260131235901Z",
		 740012, 86341},
		{"\x17\x0d"
		 "260229000000Z",
		 0, 0},
		{"\x17\x0d"
		 "261301000000Z",
		 0, 0},
		{"\x17\x0d"
		 "260001000000Z",
		 0, 0},
		{"\x17\x0d"
		 "260100000000Z",
		 0, 0},
		{"\x17\x0d"
		 "260101240000Z",
		 0, 0},
		{"\x17\x0d"
		 "26010100000 Z",
		 0, 0},
		{"\x17\x0d"
		 "2601010000000",
		 0, 0},
		{"\x17\x0b"
		 "2601010000Z",
		 0, 0},
		{"\x17\x11"
		 "260101000000+0100",
		 0, 0},
		{"\x18\x11"
		 "20260101000000.0Z",
		 0, 0},
		{"\x16\x0d"
		 "260101000000Z",
		 0, 0},
	};
	char text[TLS_TIME_TEXT_BYTES];
	struct tls_time t;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct tls_der d = {(const uint8_t *)rows[i].text,
				    strlen(rows[i].text)};
		bool is = tls_time_take(&d, &t);

		CHECK_EQ(is, rows[i].days != 0);
		if (!is)
			continue;
		CHECK_EQ(t.days, rows[i].days);
		CHECK_EQ(t.seconds, rows[i].seconds);
	}
	/* Every day for a while, there and back. */
	for (i = 0; i < 150000; i += 13) {
		struct tls_time day = {700000 + (uint32_t)i, 0}, again;
		char der[18] = "\x18\x0f";
		struct tls_der d = {(const uint8_t *)der, 17};

		tls_time_text(day, text);
		memcpy(der + 2, text, 4);
		memcpy(der + 6, text + 5, 2);
		memcpy(der + 8, text + 8, 2);
		memcpy(der + 10, "000000Z", 7);
		CHECK(tls_time_take(&d, &again));
		CHECK_EQ(again.days, day.days);
	}
}

/* ---- cut and damaged ---- */

/* Ask a certificate everything; returns whether it is one for "host". */
static bool ask(const uint8_t *der, size_t n)
{
	struct tls_cert cert;
	char text[64];

	if (tls_cert_parse(&cert, der, n))
		return false;
	tls_name_text(cert.subject, text, sizeof(text));
	tls_name_text(cert.issuer, text, sizeof(text));
	tls_name_hosts_text(&cert, text, sizeof(text));
	tls_time_text(cert.valid.not_before, text);
	tls_time_text(cert.valid.not_after, text);
	tls_name_is_subject(&cert, "O=Test,OU=Unit,CN=host");
	tls_name_is_host(&cert, "10.0.0.1");
	return tls_name_is_host(&cert, "host");
}

TEST(cut_and_damaged)
{
	static const char san[] = DNS("\x04host") "\x87\4\x0a\0\0\1";
	struct shape s = {.subject = four,
			  .issuer = umlaut,
			  .san = san,
			  .san_n = sizeof(san) - 1,
			  .eku_server = true};
	size_t n, i;
	int bit;
	uint8_t *der = build(&s, &n), *copy;

	CHECK(ask(der, n));
	for (i = 0; i < n; i++) {
		copy = malloc(i);
		memcpy(copy, der, i);
		CHECK(!ask(copy, i));
		free(copy);
	}
	/* Longer than it says. */
	copy = malloc(n + 1);
	memcpy(copy, der, n);
	copy[n] = 0;
	CHECK(!ask(copy, n + 1));
	free(copy);
	for (i = 0; i < n; i++) {
		for (bit = 0; bit < 8; bit++) {
			der[i] ^= 1 << bit;
			ask(der, n);
			der[i] ^= 1 << bit;
		}
		/* Lengths that reach outside. */
		bit = der[i];
		der[i] = 0x82;
		ask(der, n);
		der[i] = 0xff;
		ask(der, n);
		der[i] = (uint8_t)bit;
	}
	free(der);
}

TEST(strings)
{
	static const struct {
		uint8_t tag;
		const char *value;
		size_t n;
		const char *utf8; /* NULL: none */
	} rows[] = {
		{DER_UTF8_STRING, "a\xc3\xb6\xe2\x82\xac\xf0\x9f\x98\x80", 10,
		 "a\xc3\xb6\xe2\x82\xac\xf0\x9f\x98\x80"},
		{DER_UTF8_STRING, "\xc1\xbf", 2, NULL},
		{DER_UTF8_STRING, "\xe0\x80\x80", 3, NULL},
		{DER_UTF8_STRING, "\xed\xa0\x80", 3, NULL},
		{DER_UTF8_STRING, "\xf4\x90\x80\x80", 4, NULL},
		{DER_UTF8_STRING, "\xf8\x88\x80\x80\x80", 5, NULL},
		{DER_UTF8_STRING, "\xe2\x82", 2, NULL},
		{DER_UTF8_STRING, "\x80", 1, NULL},
		{DER_UTF8_STRING, "a\0b", 3, NULL},
		{DER_PRINTABLE, "abc", 3, "abc"},
		{DER_PRINTABLE, "\xf6", 1, NULL},
		{DER_IA5_STRING, "a@b", 3, "a@b"},
		{DER_NUMERIC_STRING, "12", 2, "12"},
		{DER_VISIBLE_STRING, "x", 1, "x"},
		{DER_TELETEX_STRING, "\xf6", 1, "\xc3\xb6"},
		{DER_BMP_STRING, "\0a\x20\xac", 4, "a\xe2\x82\xac"},
		{DER_BMP_STRING, "\0a\0", 3, NULL},
		{DER_BMP_STRING, "\xd8\x00\xdc\x00", 4, NULL},
		{DER_UNIVERSAL, "\0\1\xf6\0", 4, "\xf0\x9f\x98\x80"},
		{DER_UNIVERSAL, "\0\x11\0\0", 4, NULL},
		{DER_UNIVERSAL, "\0\0\0", 3, NULL},
		{DER_OCTET_STRING, "a", 1, NULL},
	};
	char buf[TLS_STRING_MAX_BYTES];
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct tls_der d = {(const uint8_t *)rows[i].value, rows[i].n};
		int n = tls_string_utf8(rows[i].tag, d, buf);

		if (!rows[i].utf8) {
			CHECK_EQ(n, -1);
			continue;
		}
		CHECK_EQ(n, strlen(rows[i].utf8));
		CHECK(!memcmp(buf, rows[i].utf8, (size_t)n));
	}
}

int main(void)
{
	RUN(hosts);
	RUN(dns_names);
	RUN(subjects);
	RUN(long_values);
	RUN(texts);
	RUN(certificate);
	RUN(dates);
	RUN(cut_and_damaged);
	RUN(strings);
	return test_end();
}
