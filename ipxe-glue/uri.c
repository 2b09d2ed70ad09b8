/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * spice:// URIs. Document: RFC 3986 for the syntax, spice-gtk's manual for the
 * keys. As there, a key that nobody knows makes the URI invalid.
 *
 * Leaves out, with an error that says so: spice+unix.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ipxe-glue/option.h"
#include "ipxe-glue/uri.h"

/* Take USER[:PASSWORD]. */
static int uri_user(struct target *uri, struct span user)
{
	struct span name = span_until(&user, ":");

	option_said(uri, "username");
	if (user.n)
		option_said(uri, "password");
	span_drop(&user, 1);
	return span_unescape(name, uri->username, sizeof(uri->username)) ||
	       span_unescape(user, uri->password, sizeof(uri->password));
}

/* Take user, host and port from @rest. */
static const char *uri_authority(struct target *uri, struct span *rest,
				 uint16_t *port)
{
	struct span all = span_until(rest, "/?#");
	struct span user = span_before(&all, '@'), host;
	int32_t number;

	if (user.p && uri_user(uri, user))
		return "its user name or password is too long or badly escaped";
	if (all.n && all.p[0] == '[') {
		span_drop(&all, 1);
		host = span_until(&all, "]");
		if (!all.n)
			return "it names no host";
		span_drop(&all, 1);
	} else {
		host = span_until(&all, ":");
	}
	if (!host.n || span_unescape(host, uri->host, sizeof(uri->host)))
		return "it names no host";
	if (!all.n)
		return NULL;
	number = all.p[0] == ':' ? 0 : -1;
	span_drop(&all, 1);
	if (number == 0)
		number = span_number(all, 65535);
	if (number < 1)
		return "its port is not a number from 1 to 65535";
	*port = (uint16_t)number;
	return NULL;
}

/* Take one key=value, the value escaped. */
static int uri_key(struct target *uri, unsigned int from, struct span value)
{
	char plain[TARGET_SUBJECT_BYTES];
	struct span key = span_until(&value, "=");
	int rc;

	span_drop(&value, 1);
	if (span_unescape(value, plain, sizeof(plain)))
		rc = option_wrong(uri, key, "is too long or badly escaped");
	else
		rc = option_set(uri, from, key, span_of(plain));
	target_forget(plain, sizeof(plain));
	return rc ? -EINVAL : 0;
}

/* All of them. */
static int uri_keys(struct target *uri, unsigned int from, struct span rest)
{
	span_until(&rest, "?#");
	while (rest.n && rest.p[0] != '#') {
		int rc;

		span_drop(&rest, 1);
		rc = uri_key(uri, from, span_until(&rest, "&;#"));
		if (rc)
			return rc;
	}
	return 0;
}

int uri_parse(struct target *uri, const char *text, const char **why)
{
	struct span rest = span_of(text);
	unsigned int from = OPTION_URI;

	target_init(uri);
	*why = "spice+unix:// is a place on the server's own machine";
	if (span_skip(&rest, "spice+unix:"))
		return -EPROTONOSUPPORT;
	*why = "it does not begin with spice:// or spice+tls://";
	if (span_skip(&rest, "spice+tls://"))
		from = OPTION_TLS_URI;
	else if (!span_skip(&rest, "spice://"))
		return -EPROTONOSUPPORT;
	*why = uri_authority(uri, &rest,
			     from == OPTION_URI ? &uri->port : &uri->tls_port);
	if (*why)
		return -EINVAL;
	/* Of spice+tls nobody makes a server without TLS. */
	if (from == OPTION_TLS_URI || uri->port)
		option_said(uri, "port");
	if (uri->tls_port)
		option_said(uri, "tls-port");
	*why = uri->why;
	if (uri_keys(uri, from, rest))
		return -EINVAL;
	*why = "ca= is only trusted together with ca-sha256=";
	return uri->ca_url[0] && !uri->ca_hashed ? -EINVAL : 0;
}

void uri_redact(const char *text, char *buf, size_t room)
{
	struct span rest = span_of(text), user;
	struct span scheme = span_until(&rest, ":/?#@");

	scheme.n += 3;
	if (!span_skip(&rest, "://")) {
		scheme.n = 0;
		rest = span_of(text);
	}
	user = span_before(&rest, '@');
	/* A ? before an @: either side of it may be a password's part. */
	span_until(&user, "?#");
	if (user.n)
		rest.n = 0;
	rest = span_until(&rest, "?#");
	snprintf(buf, room, "%.*s%.*s", (int)scheme.n, text, (int)rest.n,
		 rest.p);
}

void uri_server(const struct target *uri, char *buf, size_t room)
{
	target_server(uri, buf, room);
}
