/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "spice/tls/tls_name.h"
#include "spice/tls/tls_string.h"

#define SAN_DNS	    DER_CONTEXT(2)
#define SAN_ADDRESS DER_CONTEXT(7)

/* Fields of a Name that have names of their own. */
static const struct name_field {
	const char *brief, *name;
	uint8_t n, oid[10];
} name_fields[] = {
	{"CN", "commonName", 3, {0x55, 4, 3}},
	{"SN", "surname", 3, {0x55, 4, 4}},
	{"serialNumber", "", 3, {0x55, 4, 5}},
	{"C", "countryName", 3, {0x55, 4, 6}},
	{"L", "localityName", 3, {0x55, 4, 7}},
	{"ST", "stateOrProvinceName", 3, {0x55, 4, 8}},
	{"S", "", 3, {0x55, 4, 8}},
	{"street", "streetAddress", 3, {0x55, 4, 9}},
	{"O", "organizationName", 3, {0x55, 4, 10}},
	{"OU", "organizationalUnitName", 3, {0x55, 4, 11}},
	{"title", "", 3, {0x55, 4, 12}},
	{"description", "", 3, {0x55, 4, 13}},
	{"postalCode", "", 3, {0x55, 4, 17}},
	{"name", "", 3, {0x55, 4, 41}},
	{"GN", "givenName", 3, {0x55, 4, 42}},
	{"initials", "", 3, {0x55, 4, 43}},
	{"generationQualifier", "", 3, {0x55, 4, 44}},
	{"dnQualifier", "", 3, {0x55, 4, 46}},
	{"UID",
	 "userId",
	 10,
	 {0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 1}},
	{"DC",
	 "domainComponent",
	 10,
	 {0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 25}},
	{"emailAddress", "E", 9, {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1}},
};

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
}

/* Are the @n bytes at @a the text @b, but for the case of letters? */
static bool equal_text(const char *a, size_t n, const char *b)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!b[i] || lower(a[i]) != lower(b[i]))
			return false;
	return !b[n];
}

/* ---- hosts --------------------------------------------------------------- */

/* Read "10.0.0.1" from @text up to its NUL; whether it is one. */
static bool address4(const char *text, uint8_t out[4])
{
	unsigned int i, v, digits;

	for (i = 0; i < 4; i++) {
		v = digits = 0;
		while (*text >= '0' && *text <= '9' && digits++ < 3)
			v = v * 10 + (unsigned int)(*text++ - '0');
		if (!digits || v > 255 || *text != (i < 3 ? '.' : '\0'))
			return false;
		out[i] = (uint8_t)v;
		text++;
	}
	return true;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Read "2001:db8::1", also with an IPv4 address as its end. */
static bool address6(const char *text, uint8_t out[16])
{
	unsigned int n = 0, gap = 17, v, digits;

	if (text[0] == ':' && text[1] != ':')
		return false;
	while (*text) {
		const char *group = text;

		if (text[0] == ':' && text[1] == ':') {
			if (gap < 17)
				return false;
			gap = n;
			text += 2;
			continue;
		}
		if (*text == ':') {
			if (gap == n)
				return false;
			group = ++text;
		}
		v = digits = 0;
		while (hex_digit(*text) >= 0 && digits++ < 4)
			v = v << 4 | (unsigned int)hex_digit(*text++);
		if (*text == '.' && n <= 12 && address4(group, out + n)) {
			n += 4;
			break;
		}
		if (!digits || n > 14 || (*text && *text != ':') ||
		    (text[0] == ':' && !text[1]))
			return false;
		out[n++] = (uint8_t)(v >> 8);
		out[n++] = (uint8_t)v;
	}
	if (gap == 17)
		return n == 16;
	if (n > 14)
		return false;
	memmove(out + 16 - (n - gap), out + gap, n - gap);
	memset(out + gap, 0, 16 - n);
	return true;
}

/* The bytes of the literal address @host, 4 or 16; 0 if it is a name. */
static unsigned int literal(const char *host, uint8_t out[16])
{
	if (address4(host, out))
		return 4;
	return address6(host, out) ? 16 : 0;
}

/* Length of @host without a dot at its end: "host." is "host", said by someone
   who knows DNS. */
static size_t host_length(const char *host)
{
	size_t n = strlen(host);

	return n > 1 && host[n - 1] == '.' ? n - 1 : n;
}

bool tls_name_dns(const char *host, char name[TLS_NAME_DNS_BYTES])
{
	uint8_t address[16];
	size_t n = host_length(host), i;

	if (!n || n >= TLS_NAME_DNS_BYTES || literal(host, address))
		return false;
	for (i = 0; i < n; i++) {
		char c = lower(host[i]);

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') &&
		    c != '-' && c != '.' && c != '_')
			return false;
		name[i] = host[i];
	}
	name[n] = '\0';
	return true;
}

/*
 * Does the name of @n bytes at @p, perhaps with a wildcard, stand for @host?
 * A NUL in it is equal to no character of a host's name.
 */
static bool name_is(const char *p, size_t n, const char *host)
{
	const char *rest;

	if (n < 3 || p[0] != '*' || p[1] != '.')
		return n && equal_text(p, n, host);
	rest = strchr(host, '.');
	if (!rest || rest == host || !memchr(p + 2, '.', n - 2))
		return false;
	return equal_text(p + 1, n - 1, rest);
}

/* Among the subjectAltName's: the @bytes of an address, or the name @host. */
static bool san_has(struct tls_der names, const uint8_t *address,
		    unsigned int bytes, const char *host)
{
	struct tls_der value;
	uint8_t tag;

	while (tls_der_any(&names, &tag, &value)) {
		if (bytes && tag == SAN_ADDRESS &&
		    tls_der_equal(&value, address, bytes))
			return true;
		if (!bytes && tag == SAN_DNS &&
		    name_is((const char *)value.p, value.n, host))
			return true;
	}
	return false;
}

/* One field of a Name, and whether it stands in a set with others. */
struct rdn {
	struct tls_der oid, value;
	uint8_t tag;
	bool alone;
};

/* Take the next RDN of @name's contents. */
static bool take_rdn(struct tls_der *name, struct rdn *rdn)
{
	struct tls_der set, pair;

	if (!tls_der_take(name, DER_SET, &set) ||
	    !tls_der_take(&set, DER_SEQUENCE, &pair) ||
	    !tls_der_take(&pair, DER_OID, &rdn->oid) ||
	    !tls_der_any(&pair, &rdn->tag, &rdn->value) || pair.n)
		return false;
	rdn->alone = !set.n;
	return true;
}

/* The contents of a whole Name. */
static struct tls_der name_inner(struct tls_der name)
{
	struct tls_der inner = {NULL, 0};

	tls_der_take(&name, DER_SEQUENCE, &inner);
	return inner;
}

/* The one common name of @cert: its bytes in @buf, or -1. */
static int common_name(const struct tls_cert *cert,
		       char buf[TLS_STRING_MAX_BYTES])
{
	struct tls_der name = name_inner(cert->subject);
	struct rdn rdn;
	int n = -1;

	while (name.n) {
		if (!take_rdn(&name, &rdn))
			return -1;
		if (!tls_der_equal(&rdn.oid, name_fields[0].oid, 3))
			continue;
		if (n >= 0)
			return -1;
		n = tls_string_utf8(rdn.tag, rdn.value, buf);
		if (n < 0)
			return -1;
	}
	return n;
}

bool tls_name_is_host(const struct tls_cert *cert, const char *host)
{
	char text[256], cn[TLS_STRING_MAX_BYTES];
	uint8_t address[16];
	unsigned int bytes = literal(host, address);
	size_t n = bytes ? strlen(host) : host_length(host);
	int len;

	if (!n || n >= sizeof(text))
		return false;
	memcpy(text, host, n);
	text[n] = '\0';
	if (cert->has_names)
		return san_has(cert->names, address, bytes, text);
	len = common_name(cert, cn);
	if (len <= 0)
		return false;
	return bytes ? equal_text(cn, (size_t)len, text)
		     : name_is(cn, (size_t)len, text);
}

/* ---- host-subject -------------------------------------------------------- */

/* Read "2.5.4.3" from the @n bytes at @text as an OID's bytes; how many, or 0.
 */
static size_t oid_digits(const char *text, size_t n, uint8_t out[16])
{
	uint32_t arc[8];
	size_t arcs = 0, len = 0, i = 0;
	int shift;

	do {
		if (arcs == 8 || i == n)
			return 0;
		arc[arcs] = 0;
		if (text[i] == '.')
			return 0;
		for (; i < n && text[i] != '.'; i++) {
			if (text[i] < '0' || text[i] > '9' ||
			    arc[arcs] > 99999999)
				return 0;
			arc[arcs] = arc[arcs] * 10 + (uint32_t)(text[i] - '0');
		}
		arcs++;
	} while (i++ < n);
	if (arcs < 2 || arc[0] > 2 || (arc[0] < 2 && arc[1] > 39))
		return 0;
	arc[1] += arc[0] * 40;
	for (i = 1; i < arcs; i++) {
		for (shift = 28; shift && !(arc[i] >> shift);)
			shift -= 7;
		for (; shift >= 0; shift -= 7) {
			if (len == 16)
				return 0;
			out[len++] = (uint8_t)((arc[i] >> shift & 0x7f) |
					       (shift ? 0x80 : 0));
		}
	}
	return len;
}

/* The OID of the field called so; how many bytes, 0: there is none. */
static size_t field_oid(const char *text, size_t n, uint8_t out[16])
{
	const size_t rows = sizeof(name_fields) / sizeof(name_fields[0]);
	size_t i;

	for (i = 0; i < rows; i++) {
		const struct name_field *f = &name_fields[i];

		if (!equal_text(text, n, f->brief) &&
		    !(f->name[0] && equal_text(text, n, f->name)))
			continue;
		memcpy(out, f->oid, f->n);
		return f->n;
	}
	return oid_digits(text, n, out);
}

/*
 * Take a value up to the next comma, its escapes resolved.
 * Returns its bytes, or -1.
 */
static int take_value(const char **text, char buf[TLS_STRING_MAX_BYTES])
{
	const char *p = *text;
	int n = 0;

	for (; *p && *p != ','; p++) {
		char c = *p;

		if (n == TLS_STRING_MAX_BYTES)
			return -1;
		if (c == '\\') {
			c = *++p;
			if (hex_digit(c) >= 0 && hex_digit(p[1]) >= 0) {
				c = (char)(hex_digit(c) << 4 | hex_digit(p[1]));
				p++;
			} else if (!c || !strchr(",\\+\"<>;=# ", c)) {
				return -1;
			}
		}
		buf[n++] = c;
	}
	*text = p;
	return n;
}

int tls_name_is_subject(const struct tls_cert *cert, const char *text)
{
	char want[TLS_STRING_MAX_BYTES], have[TLS_STRING_MAX_BYTES];
	struct tls_der name = name_inner(cert->subject);
	bool same = true;

	/* All of the text is read in any case: is it one at all? */
	do {
		struct rdn rdn;
		uint8_t oid[16];
		size_t key = 0, end, oid_n;
		int n;

		while (*text == ' ')
			text++;
		while (text[key] && text[key] != '=' && text[key] != ',')
			key++;
		if (text[key] != '=')
			return -EINVAL;
		for (end = key; end && text[end - 1] == ' ';)
			end--;
		oid_n = field_oid(text, end, oid);
		text += key + 1;
		n = take_value(&text, want);
		if (!oid_n || n < 0)
			return -EINVAL;
		same = same && take_rdn(&name, &rdn) && rdn.alone &&
		       tls_der_equal(&rdn.oid, oid, oid_n) &&
		       tls_string_utf8(rdn.tag, rdn.value, have) == n &&
		       !memcmp(want, have, (size_t)n);
	} while (*text++ == ',');
	return same && !name.n ? 0 : -EACCES;
}

/* ---- for a person -------------------------------------------------------- */

struct text_out {
	char *buf;
	size_t room, n;
};

/* Add @n bytes; each that a screen may not show, or more than one byte, is ?.
 */
static void add_bytes(struct text_out *t, const char *p, size_t n)
{
	for (; n; n--, p++) {
		/* The second and later bytes of a character. */
		if ((*p & 0xc0) == 0x80)
			continue;
		if (t->n + 1 == t->room) {
			memcpy(t->buf + t->room - 4, "...", 3);
			break;
		}
		t->buf[t->n++] = (char)(*p >= ' ' && *p <= '~' ? *p : '?');
	}
	t->buf[t->n] = '\0';
}

static void add_text(struct text_out *t, const char *text)
{
	add_bytes(t, text, strlen(text));
}

/* What a field is called; "?" for one that has no name here. */
static const char *field_name(const struct tls_der *oid)
{
	const size_t rows = sizeof(name_fields) / sizeof(name_fields[0]);
	size_t i;

	for (i = 0; i < rows; i++)
		if (tls_der_equal(oid, name_fields[i].oid, name_fields[i].n))
			return name_fields[i].brief;
	return "?";
}

void tls_name_text(struct tls_der name, char *buf, size_t room)
{
	struct text_out t = {buf, room, 0};
	struct tls_der inner = name_inner(name);
	char value[TLS_STRING_MAX_BYTES];
	struct rdn rdn;

	add_text(&t, "");
	while (take_rdn(&inner, &rdn)) {
		int n = tls_string_utf8(rdn.tag, rdn.value, value);

		if (t.n)
			add_text(&t, ", ");
		add_text(&t, field_name(&rdn.oid));
		add_text(&t, "=");
		if (n < 0)
			add_text(&t, "?");
		else
			add_bytes(&t, value, (size_t)n);
	}
}

/* One address as text: IPv6 with all its groups. */
static void add_address(struct text_out *t, const struct tls_der *a)
{
	char part[8];
	size_t i;

	for (i = 0; a->n == 4 && i < 4; i++) {
		snprintf(part, sizeof(part), "%s%u", i ? "." : "", a->p[i]);
		add_text(t, part);
	}
	for (i = 0; a->n == 16 && i < 16; i += 2) {
		snprintf(part, sizeof(part), "%s%x", i ? ":" : "",
			 a->p[i] << 8 | a->p[i + 1]);
		add_text(t, part);
	}
}

void tls_name_hosts_text(const struct tls_cert *cert, char *buf, size_t room)
{
	struct text_out t = {buf, room, 0};
	struct tls_der names = cert->names, value;
	char cn[TLS_STRING_MAX_BYTES];
	uint8_t tag;
	int n;

	add_text(&t, "");
	while (cert->has_names && tls_der_any(&names, &tag, &value)) {
		if (tag != SAN_DNS && tag != SAN_ADDRESS)
			continue;
		if (t.n)
			add_text(&t, ", ");
		if (tag == SAN_DNS)
			add_bytes(&t, (const char *)value.p, value.n);
		else
			add_address(&t, &value);
	}
	if (!cert->has_names) {
		n = common_name(cert, cn);
		if (n > 0)
			add_bytes(&t, cn, (size_t)n);
	}
	if (!t.n)
		add_text(&t, "nobody");
}
