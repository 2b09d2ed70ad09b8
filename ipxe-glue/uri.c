/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * spice:// URIs. Document: RFC 3986 for the syntax, spice-gtk's manual for the
 * keys. As there, a key that nobody knows makes the URI invalid.
 *
 * Leaves out, with an error that says so: spice+tls, tls-port, spice+unix.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <spice/enums.h>

#include "ipxe-glue/uri.h"

/*
 * This is a policy decision: LZ is what every server has, what our decoder is
 * fastest at, and what never turns into an encoding that we do not know when
 * the server takes the line for a slow one.
 */
#define URI_COMPRESSION_AUTO SPICE_IMAGE_COMPRESSION_LZ

/* Part of a text. */
struct uri_span {
	const char *p;
	size_t n;
};

static bool uri_is(struct uri_span s, const char *word)
{
	return s.n == strlen(word) && !memcmp(s.p, word, s.n);
}

/* The same for a scheme, in which case does not matter; @word is small. */
static bool uri_is_scheme(struct uri_span s, const char *word)
{
	size_t i;

	for (i = 0; i < s.n && word[i]; i++)
		if ((s.p[i] | 0x20) != (word[i] | 0x20))
			return false;
	return i == s.n && !word[i];
}

/* The span up to the first of @stops in @s, which is cut off behind it. */
static struct uri_span uri_until(struct uri_span *s, const char *stops)
{
	struct uri_span part = {s->p, 0};

	while (part.n < s->n && !strchr(stops, s->p[part.n]))
		part.n++;
	s->p += part.n;
	s->n -= part.n;
	return part;
}

static int uri_hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Copy @s to @buf with its %XX taken away; 0 or -EINVAL. */
static int uri_copy(struct uri_span s, char *buf, size_t room)
{
	size_t i, at = 0;

	for (i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c == '%') {
			int high, low;

			if (s.n - i < 3)
				return -EINVAL;
			high = uri_hex(s.p[i + 1]);
			low = uri_hex(s.p[i + 2]);
			if (high < 0 || low < 0 || !(high | low))
				return -EINVAL;
			c = (char)(high << 4 | low);
			i += 2;
		}
		if (at + 1 >= room)
			return -EINVAL;
		buf[at++] = c;
	}
	buf[at] = '\0';
	return 0;
}

/* A port, 1..65535. */
static int uri_port(struct uri_span s, uint16_t *port)
{
	uint32_t v = 0;
	size_t i;

	for (i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9' || v > 65535)
			return -EINVAL;
		v = v * 10 + (uint32_t)(s.p[i] - '0');
	}
	if (v < 1 || v > 65535)
		return -EINVAL;
	*port = (uint16_t)v;
	return 0;
}

static const struct uri_compression {
	const char *name;
	uint8_t value;
} uri_compressions[] = {
	{"auto", URI_COMPRESSION_AUTO},
	{"off", SPICE_IMAGE_COMPRESSION_OFF},
	{"lz", SPICE_IMAGE_COMPRESSION_LZ},
	{"glz", SPICE_IMAGE_COMPRESSION_GLZ},
	{"quic", SPICE_IMAGE_COMPRESSION_QUIC},
	{"lz4", SPICE_IMAGE_COMPRESSION_LZ4},
	{"server", SPICE_IMAGE_COMPRESSION_INVALID},
};

static int uri_compression(struct uri_span s, uint8_t *value)
{
	size_t i;

	for (i = 0; i < sizeof(uri_compressions) / sizeof(uri_compressions[0]);
	     i++) {
		if (!uri_is(s, uri_compressions[i].name))
			continue;
		*value = uri_compressions[i].value;
		return 0;
	}
	return -EINVAL;
}

/* Take one key=value. */
static int uri_key(struct target *uri, struct uri_span key,
		   struct uri_span value, const char **why)
{
	if (uri_is(key, "port")) {
		*why = "port= is not a number from 1 to 65535";
		return uri_port(value, &uri->port);
	}
	if (uri_is(key, "password")) {
		*why = "password= is too long or badly escaped";
		return uri_copy(value, uri->password, sizeof(uri->password));
	}
	if (uri_is(key, "compression")) {
		*why = "compression= is none of auto, off, lz, glz, quic, lz4, "
		       "server";
		return uri_compression(value, &uri->compression);
	}
	if (uri_is(key, "tls-port")) {
		*why = "TLS (tls-port=) is not supported yet";
		return -EPROTONOSUPPORT;
	}
	*why = "it has a key that is none of port, password, compression";
	return -EINVAL;
}

/* Take host and port from @rest. */
static int uri_authority(struct target *uri, struct uri_span *rest,
			 const char **why)
{
	struct uri_span all = uri_until(rest, "/?#");
	struct uri_span host, user = all;

	/* A user name is for SASL, which is not there yet: skipped. */
	uri_until(&user, "@");
	if (user.n) {
		all.p = user.p + 1;
		all.n = user.n - 1;
	}
	*why = "it names no host";
	if (all.n && all.p[0] == '[') {
		all.p++;
		all.n--;
		host = uri_until(&all, "]");
		if (!all.n)
			return -EINVAL;
		all.p++;
		all.n--;
	} else {
		host = uri_until(&all, ":");
	}
	if (!host.n || uri_copy(host, uri->host, sizeof(uri->host)))
		return -EINVAL;
	if (!all.n)
		return 0;
	*why = "its port is not a number from 1 to 65535";
	if (all.p[0] != ':')
		return -EINVAL;
	all.p++;
	all.n--;
	return uri_port(all, &uri->port);
}

int uri_parse(struct target *uri, const char *text, const char **why)
{
	struct uri_span rest = {text, strlen(text)};
	struct uri_span scheme = uri_until(&rest, ":");
	int rc;

	memset(uri, 0, sizeof(*uri));
	uri->compression = URI_COMPRESSION_AUTO;
	*why = "it does not begin with spice://";
	if (uri_is_scheme(scheme, "spice+tls"))
		*why = "TLS (spice+tls://) is not supported yet";
	if (!uri_is_scheme(scheme, "spice") || rest.n < 3 ||
	    memcmp(rest.p, "://", 3))
		return -EPROTONOSUPPORT;
	rest.p += 3;
	rest.n -= 3;
	rc = uri_authority(uri, &rest, why);
	if (rc)
		return rc;
	uri_until(&rest, "?#");
	while (rest.n &&
	       (rest.p[0] == '?' || rest.p[0] == '&' || rest.p[0] == ';')) {
		struct uri_span key, value;

		rest.p++;
		rest.n--;
		value = uri_until(&rest, "&;#");
		key = uri_until(&value, "=");
		if (value.n) {
			value.p++;
			value.n--;
		}
		rc = uri_key(uri, key, value, why);
		if (rc)
			return rc;
	}
	*why = "it names no port";
	return uri->port ? 0 : -EINVAL;
}

void uri_redact(const char *text, char *buf, size_t room)
{
	struct uri_span rest = {text, strlen(text)};
	struct uri_span all = uri_until(&rest, "?#");
	struct uri_span user = all, slashes = all;
	size_t skip_from = 0, skip_to = 0, i, at = 0;

	uri_until(&slashes, "/");
	uri_until(&user, "@");
	if (user.n) {
		/* "scheme://user@": what stands between // and behind @ goes */
		skip_to = (size_t)(user.p + 1 - all.p);
		if (slashes.n >= 2 && slashes.p[1] == '/' && slashes.p < user.p)
			skip_from = (size_t)(slashes.p + 2 - all.p);
	}
	for (i = 0; i < all.n && at + 1 < room; i++)
		if (i < skip_from || i >= skip_to)
			buf[at++] = all.p[i];
	buf[at] = '\0';
}

void uri_server(const struct target *uri, char *buf, size_t room)
{
	bool v6 = strchr(uri->host, ':') != NULL;

	snprintf(buf, room, v6 ? "[%s]:%u" : "%s:%u", uri->host,
		 (unsigned int)uri->port);
}
