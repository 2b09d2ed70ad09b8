/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * One file by its URL: what all schemes have in common.
 */
#include <errno.h>
#include <string.h>

#include "ipxe-glue/fetch_part.h"

#define FETCH_HOPS 4

static const struct fetch_scheme *const fetch_schemes[] = {
	&fetch_http_scheme,
	&fetch_tftp_scheme,
};

void fetch_lost(struct fetch *f, int rc)
{
	static const struct {
		int rc;
		const char *why;
	} rows[] = {
		{-ENOENT, "no name server knows that host"},
		{-EAGAIN, "no name server answered for that host"},
		{-ENETUNREACH, "there is no route to that host"},
		{-EHOSTUNREACH, "that host cannot be reached"},
		{-ECONNREFUSED, "that host refused the connection"},
		{-ETIMEDOUT, "that host does not answer"},
		{-ENOMEM, "there is too little memory"},
		{0, "the connection was lost"},
	};
	size_t i = 0;

	while (rows[i].rc && rows[i].rc != rc)
		i++;
	/* -ENOENT is for the file. */
	fetch_end(f, rc && rc != -ENOENT ? rc : -EIO, rows[i].why);
}

bool fetch_take(struct fetch *f, const void *bytes, size_t n)
{
	return fetch_put(f, f->file.n, bytes, n);
}

void fetch_stop(struct fetch *f)
{
	if (f->tcp)
		port_tcp_close(f->tcp);
	if (f->udp)
		port_udp_close(f->udp);
	f->tcp = NULL;
	f->udp = NULL;
}

/* Take f->url apart; NULL or what is wrong. */
static const char *fetch_parse(struct fetch *f)
{
	struct span rest = span_of(f->url), all, host;
	int32_t port;
	size_t i;

	f->scheme = NULL;
	for (i = 0; i < sizeof(fetch_schemes) / sizeof(fetch_schemes[0]); i++)
		if (!f->scheme && span_skip(&rest, fetch_schemes[i]->name))
			f->scheme = fetch_schemes[i];
	if (!f->scheme)
		return "only http:// and tftp:// can be fetched";
	all = span_until(&rest, "/?#");
	f->path = span_until(&rest, "#");
	f->user = span_before(&all, '@');
	if (span_skip(&all, "[")) {
		host = span_until(&all, "]");
		if (!span_skip(&all, "]"))
			host.n = 0;
	} else {
		host = span_until(&all, ":");
	}
	port = f->scheme->port;
	if (span_skip(&all, ":"))
		port = span_number(all, 65535);
	f->port = (uint16_t)port;
	if (!host.n || port < 1 ||
	    span_unescape(host, f->host, sizeof(f->host)))
		return "its URL names no host and port";
	for (i = 0; i < f->path.n; i++)
		if (f->path.p[i] <= ' ' || f->path.p[i] == 0x7f)
			return "its URL has blanks in it";
	return NULL;
}

void fetch_go(struct fetch *f, const char *url)
{
	const char *wrong;

	fetch_stop(f);
	f->file.n = 0;
	f->file.since_us = port_now_us();
	if (f->hops++ > FETCH_HOPS) {
		fetch_end(f, -EPROTO, "its server sends from one to the other");
		return;
	}
	if (span_copy(span_of(url), f->url, sizeof(f->url))) {
		fetch_end(f, -EINVAL, "its URL is too long");
		return;
	}
	wrong = fetch_parse(f);
	if (wrong)
		fetch_end(f, f->scheme ? -EINVAL : -EPROTONOSUPPORT, wrong);
	else
		f->scheme->start(f);
}

struct fetch *fetch_start(const char *url)
{
	struct fetch *f = fetch_new(sizeof(*f));

	if (f)
		fetch_go(f, url);
	return f;
}

void fetch_turn(struct fetch *f)
{
	f->scheme->turn(f);
}
