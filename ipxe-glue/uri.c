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

	span_drop(&user, 1);
	return span_unescape(name, uri->username, sizeof(uri->username)) ||
	       span_unescape(user, uri->password, sizeof(uri->password));
}

/* Take user, host and port from @rest. */
static const char *uri_authority(struct target *uri, struct span *rest,
				 uint16_t *port)
{
	struct span all = span_until(rest, "/?#");
	struct span host, user = all;
	int32_t number;

	host = span_until(&user, "@");
	if (user.n) {
		all = user;
		span_drop(&all, 1);
		if (uri_user(uri, host))
			return "its user name or password is too long or badly "
			       "escaped";
	}
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
	*why = "it does not begin with spice:// or spice+tls://";
	if (span_skip(&rest, "spice+tls://"))
		from = OPTION_TLS_URI;
	else if (!span_skip(&rest, "spice://"))
		return -EPROTONOSUPPORT;
	*why = uri_authority(uri, &rest,
			     from == OPTION_URI ? &uri->port : &uri->tls_port);
	if (*why)
		return -EINVAL;
	*why = uri->why;
	if (uri_keys(uri, from, rest))
		return -EINVAL;
	*why = "it names no port";
	if (!uri->port && !uri->tls_port)
		return -EINVAL;
	*why = "ca= is only trusted together with ca-sha256=";
	return uri->ca_url[0] && !uri->ca_hashed ? -EINVAL : 0;
}

void uri_redact(const char *text, char *buf, size_t room)
{
	struct span rest = span_of(text);
	struct span all = span_until(&rest, "?#");
	struct span user = all, slashes = all;
	size_t skip_from = 0, skip_to = 0, i, at = 0;

	span_until(&slashes, "/");
	span_until(&user, "@");
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
	target_server(uri, buf, room);
}
