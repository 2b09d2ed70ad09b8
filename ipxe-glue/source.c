/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * From a name to a target.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ipxe-glue/carrier_tls.h"
#include "ipxe-glue/option.h"
#include "ipxe-glue/port.h"
#include "ipxe-glue/source.h"
#include "ipxe-glue/span.h"
#include "ipxe-glue/uri.h"
#include "ipxe-glue/vv.h"

#define SOURCE_MAC     "${mac}"
#define SOURCE_DEFAULT "default.vv"
#define SOURCE_HERE    "The .vv file"

/* Is it a URL of something to be fetched? */
static bool source_is_url(const char *name)
{
	struct span s = span_of(name);

	return span_skip(&s, "http://") || span_skip(&s, "https://") ||
	       span_skip(&s, "tftp://");
}

static bool source_ends(const char *name, const char *end)
{
	size_t n = strlen(name), m = strlen(end);

	return n >= m && !strcmp(name + n - m, end);
}

/* Say why not, as the end of a sentence. */
static int source_cannot(struct source *s, int rc, const char *why)
{
	snprintf(s->why, sizeof(s->why), "%s", why);
	return rc;
}

/* Say why not, as a sentence about s->url: "URL could not be fetched: why." */
static int source_failed(struct source *s, int rc, const char *what,
			 const char *why)
{
	char shown[128];

	uri_redact(s->url, shown, sizeof(shown));
	snprintf(s->why, sizeof(s->why), "%s %s: %s.", shown, what, why);
	return rc;
}

static int source_fetch(struct source *s)
{
	fetch_free(s->fetch);
	s->fetch = fetch_start(s->url);
	return s->fetch ? -EINPROGRESS
			: source_failed(s, -ENOMEM, "could not be fetched",
					"there is too little memory");
}

/* Write the URL of what is asked for first; false when it is too long. */
static bool source_url(struct source *s)
{
	const char *mac = strstr(s->name, SOURCE_MAC);
	const char *address = port_net()->mac;
	bool folder = source_ends(s->name, "/");
	int n;

	s->fallback = folder || mac;
	if (mac)
		n = snprintf(s->url, sizeof(s->url), "%.*s%s%s",
			     (int)(mac - s->name), s->name, address,
			     mac + sizeof(SOURCE_MAC) - 1);
	else if (folder && address[0])
		n = snprintf(s->url, sizeof(s->url), "%s%s.vv", s->name,
			     address);
	else
		n = snprintf(s->url, sizeof(s->url), "%s%s", s->name,
			     folder ? SOURCE_DEFAULT : "");
	return n >= 0 && (size_t)n < sizeof(s->url);
}

/* The same folder's default.vv; false when there is no other to try. */
static bool source_default(struct source *s)
{
	char *slash = strrchr(s->url, '/');

	if (!s->fallback || !slash ||
	    (size_t)(slash + 1 - s->url) + sizeof(SOURCE_DEFAULT) >
		    sizeof(s->url))
		return false;
	s->fallback = false;
	memcpy(slash + 1, SOURCE_DEFAULT, sizeof(SOURCE_DEFAULT));
	return true;
}

/*
 * The target is read: what settings say beside it, and certificates to be
 * fetched.
 */
static int source_read(struct source *s)
{
	if (option_settings(&s->target))
		return source_cannot(s, -EINVAL, s->target.why);
	if (!s->target.ca_url[0] || s->target.ca)
		return 0;
	if (!s->target.ca_hashed)
		return source_cannot(s, -EINVAL,
				     "ca= is only trusted together with "
				     "ca-sha256=");
	s->ca = true;
	memcpy(s->url, s->target.ca_url, sizeof(s->url));
	return source_fetch(s);
}

/* The same for a file's: why not is a sentence about it. */
static int source_read_file(struct source *s)
{
	char why[SOURCE_WHY_BYTES];
	int rc = source_read(s);

	if (rc != -EINVAL)
		return rc;
	memcpy(why, s->why, sizeof(why));
	return source_failed(s, rc, "cannot be used", why);
}

/* A name without a scheme: a file, or a folder, of DHCP's boot server. */
static bool source_by_tftp(struct source *s, const char *name)
{
	const char *next = port_net()->next;
	int n;

	if (!next[0] || !name[0] ||
	    !(source_ends(name, ".vv") || source_ends(name, "/")))
		return false;
	n = snprintf(s->name, sizeof(s->name),
		     target_is_ip6(next) ? "tftp://[%s]/%s" : "tftp://%s/%s",
		     next, name + (name[0] == '/'));
	return n >= 0 && (size_t)n < sizeof(s->name);
}

int source_begin(struct source *s, const char *name)
{
	const char *why;
	int rc;

	source_stop(s);
	if (source_is_url(name)) {
		if (span_copy(span_of(name), s->name, sizeof(s->name)))
			return source_cannot(s, -EINVAL, "it is too long");
	} else if (!source_by_tftp(s, name)) {
		rc = uri_parse(&s->target, name, &why);
		if (rc)
			return source_cannot(s, rc, why);
		return source_read(s);
	}
	if (!source_url(s))
		return source_cannot(s, -EINVAL, "it is too long");
	return source_fetch(s);
}

int source_begin_vv(struct source *s, char *bytes, size_t n, const char *from)
{
	const char *why;
	int rc;

	source_stop(s);
	memcpy(s->url, SOURCE_HERE, sizeof(SOURCE_HERE));
	rc = vv_parse(&s->target, bytes, n, &why);
	if (rc)
		source_failed(s, rc, "cannot be used", why);
	else if (from && source_is_url(from))
		(void)span_copy(span_of(from), s->target.source,
				sizeof(s->target.source));
	if (!rc)
		rc = source_read_file(s);
	if (s->target.delete_file)
		target_forget(bytes, n);
	return rc;
}

/* The .vv is here. */
static int source_vv(struct source *s)
{
	const char *bytes, *why;
	size_t n;
	int rc;

	bytes = fetch_bytes(s->fetch, &n);
	rc = vv_parse(&s->target, bytes, n, &why);
	if (rc)
		source_failed(s, rc, "cannot be used", why);
	/* Wiped, whether the file asks for it or not: nobody reads it again. */
	fetch_free(s->fetch);
	s->fetch = NULL;
	if (rc)
		return rc;
	memcpy(s->target.source, s->name, sizeof(s->name));
	return source_read_file(s);
}

/* The certificates are here. */
static int source_ca(struct source *s)
{
	struct target *t = &s->target;
	const char *bytes;
	size_t n;
	int rc;

	bytes = fetch_bytes(s->fetch, &n);
	rc = carrier_tls_check_ca(bytes, n, t->ca_sha256);
	if (rc)
		return source_failed(
			s, rc, "cannot be trusted",
			rc == -EINVAL ? "there is no certificate in it"
				      : "its SHA-256 is not the one that "
					"was given (ca-sha256)");
	t->ca = port_alloc(n + 1);
	if (!t->ca)
		return source_failed(s, -ENOMEM, "cannot be used",
				     "there is too little memory");
	memcpy(t->ca, bytes, n);
	t->ca[n] = '\0';
	t->ca_bytes = n;
	fetch_free(s->fetch);
	s->fetch = NULL;
	return 0;
}

int source_poll(struct source *s)
{
	int rc = s->fetch ? fetch_poll(s->fetch) : -EINVAL;

	if (rc == -EINPROGRESS)
		return rc;
	if (rc == -ENOENT && !s->ca && source_default(s))
		return source_fetch(s);
	if (rc)
		return source_failed(s, rc, "could not be fetched",
				     s->fetch ? fetch_why(s->fetch) : "");
	return s->ca ? source_ca(s) : source_vv(s);
}

void source_stop(struct source *s)
{
	fetch_free(s->fetch);
	target_wipe(&s->target);
	target_forget(s, sizeof(*s));
	target_init(&s->target);
}
