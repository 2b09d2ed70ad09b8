/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * A small HTTP/1.1 client (RFC 9110, 9112): one GET a connection, bodies with a
 * length, in chunks, or up to the end; redirects to http:// (fetch.c counts
 * them); basic authentication from the URL.
 *
 * Leaves out: TLS, other encodings (none is offered), trailers' meaning.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ipxe-glue/fetch_part.h"
#include "spice/wire/wire_base64.h"

/*
 *	STATUS -> FIELDS -> BODY (length, or up to the end) -> over
 *	                 -> SIZE -> CHUNK -> CHUNK_END -> SIZE ...
 *	                    SIZE (0) -> TRAILER -> over
 */
enum http_state {
	HTTP_STATUS,
	HTTP_FIELDS,
	HTTP_BODY,
	HTTP_SIZE,
	HTTP_CHUNK,
	HTTP_CHUNK_END,
	HTTP_TRAILER,
};

static void http_bad(struct fetch *f)
{
	fetch_end(f, -EPROTO, "what answers is no web server");
}

/* ---- the answer ---------------------------------------------------------- */

static void http_status(struct fetch *f, struct span line)
{
	struct span number;
	int32_t status;

	if (!span_skip(&line, "HTTP/1.")) {
		http_bad(f);
		return;
	}
	span_until(&line, " ");
	span_drop(&line, 1);
	number = span_until(&line, " ");
	status = number.n == 3 ? span_number(number, 999) : -1;
	if (status < 100) {
		http_bad(f);
		return;
	}
	f->http.status = (uint16_t)status;
	f->http.state = HTTP_FIELDS;
}

static void http_field(struct fetch *f, struct span line)
{
	struct fetch_http *h = &f->http;
	struct span name = span_until(&line, ":");
	int32_t bytes;

	span_drop(&line, 1);
	line = span_trim(line);
	if (span_is_nocase(name, "Content-Length")) {
		bytes = span_number(line, FETCH_MAX_BYTES);
		if (bytes < 0)
			fetch_end(f, -E2BIG, "it is longer than 64 KiB");
		h->sized = true;
		h->left = (uint32_t)bytes;
	} else if (span_is_nocase(name, "Transfer-Encoding")) {
		h->chunked = span_is_nocase(line, "chunked");
		if (!h->chunked)
			http_bad(f);
	} else if (span_is_nocase(name, "Location")) {
		if (span_copy(line, h->location, sizeof(h->location)))
			h->location[0] = '\0';
	}
}

/* An absolute path on the same host, or a whole URL. */
static void http_redirect(struct fetch *f)
{
	char url[TARGET_URL_BYTES], location[TARGET_URL_BYTES];
	size_t n = (size_t)(f->path.p - f->url);

	memcpy(location, f->http.location, sizeof(location));
	if (location[0] != '/') {
		struct span to = span_of(location);

		if (!span_skip(&to, f->scheme->name)) {
			fetch_end(f, -EPROTONOSUPPORT,
				  "its server sends elsewhere than to http://");
			return;
		}
		fetch_go(f, location);
		return;
	}
	if (n + strlen(location) >= sizeof(url)) {
		fetch_end(f, -EINVAL, "its URL is too long");
		return;
	}
	memcpy(url, f->url, n);
	strcpy(url + n, location);
	fetch_go(f, url);
}

/* The head is whole: what does it come to? */
static void http_head(struct fetch *f)
{
	struct fetch_http *h = &f->http;

	switch (h->status) {
	case 200:
		break;
	case 301:
	case 302:
	case 303:
	case 307:
	case 308:
		if (h->location[0])
			http_redirect(f);
		else
			http_bad(f);
		return;
	case 404:
	case 410:
		fetch_end(f, -ENOENT, "the server has no such file (404)");
		return;
	case 401:
		fetch_end(f, -EACCES,
			  "the server wants a user name and password (401)");
		return;
	case 403:
		fetch_end(f, -EACCES, "the server does not give it (403)");
		return;
	default:
		if (h->status >= 200) {
			fetch_end(f, -EIO, "the server reports an error");
			return;
		}
		h->state = HTTP_STATUS; /* 1xx: the answer follows */
		h->status = 0;
		return;
	}
	h->state = HTTP_BODY;
	if (h->chunked)
		h->state = HTTP_SIZE;
	else if (h->sized && !h->left)
		fetch_end(f, 0, "");
}

/* A chunk's size, in hex, with or without extensions. */
static void http_size(struct fetch *f, struct span line)
{
	struct span digits = span_trim(span_until(&line, ";"));
	uint32_t size = 0;
	size_t i;

	for (i = 0; i < digits.n; i++) {
		int digit = span_hex(digits.p[i]);

		if (digit < 0 || size > FETCH_MAX_BYTES) {
			digits.n = 0;
			break;
		}
		size = size << 4 | (uint32_t)digit;
	}
	if (!digits.n) {
		http_bad(f);
		return;
	}
	f->http.left = size;
	f->http.state = size ? HTTP_CHUNK : HTTP_TRAILER;
}

/* A whole line has come. */
static void http_line(struct fetch *f, struct span line)
{
	switch (f->http.state) {
	case HTTP_STATUS:
		http_status(f, line);
		break;
	case HTTP_FIELDS:
		if (line.n)
			http_field(f, line);
		else
			http_head(f);
		break;
	case HTTP_SIZE:
		http_size(f, line);
		break;
	case HTTP_CHUNK_END:
		f->http.state = HTTP_SIZE;
		if (line.n)
			http_bad(f);
		break;
	default: /* TRAILER */
		if (!line.n)
			fetch_end(f, 0, "");
		break;
	}
}

/* Take bytes of the body; returns how many. */
static size_t http_body(struct fetch *f, const char *bytes, size_t n)
{
	struct fetch_http *h = &f->http;
	bool bounded = h->state == HTTP_CHUNK || h->sized;

	if (bounded && n > h->left)
		n = h->left;
	if (!fetch_take(f, bytes, n) || !bounded)
		return n;
	h->left -= (uint32_t)n;
	if (h->left)
		return n;
	if (h->state == HTTP_CHUNK)
		h->state = HTTP_CHUNK_END;
	else
		fetch_end(f, 0, "");
	return n;
}

/* Take one byte of a line. What is longer than a line may be is cut. */
static void http_char(struct fetch *f, char c)
{
	struct fetch_http *h = &f->http;
	struct span line;

	if (++h->head > FETCH_HEAD_MAX_BYTES) {
		http_bad(f);
		return;
	}
	if (c != '\n') {
		if (h->line_n < sizeof(h->line))
			h->line[h->line_n++] = c;
		/* Nobody need wait for a line's end to see that this is none.
		 */
		if (h->state == HTTP_STATUS && h->line_n == 7 &&
		    memcmp(h->line, "HTTP/1.", 7))
			http_bad(f);
		return;
	}
	line.p = h->line;
	line.n = h->line_n;
	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	h->line_n = 0;
	http_line(f, line);
}

void fetch_http_input(struct fetch *f, const void *bytes, size_t n)
{
	const char *p = bytes;
	unsigned int hops = f->hops;

	f->file.since_us = port_now_us();
	/* A redirect begins anew: what follows its head is nobody's. */
	while (n && f->file.rc == -EINPROGRESS && f->hops == hops) {
		size_t took = 1;

		if (f->http.state == HTTP_BODY || f->http.state == HTTP_CHUNK)
			took = http_body(f, p, n);
		else
			http_char(f, *p);
		p += took;
		n -= took;
	}
}

void fetch_http_closed(struct fetch *f, int rc)
{
	const struct fetch_http *h = &f->http;

	if (rc)
		fetch_lost(f, rc);
	else if (h->state == HTTP_BODY && !h->sized)
		fetch_end(f, 0, "");
	else if (!h->head)
		fetch_end(f, -EPROTO, "the server hung up without an answer");
	else
		fetch_end(f, -EIO, "the server broke off in the middle");
}

/* ---- the connection ------------------------------------------------------ */

static void http_open(void *ctx)
{
	struct fetch *f = ctx;

	f->http.asked = true;
	f->file.since_us = port_now_us();
}

static void http_recv(void *ctx, const void *bytes, size_t n)
{
	struct fetch *f = ctx;

	port_tcp_consumed(f->tcp, n);
	fetch_http_input(f, bytes, n);
}

static void http_room(void *ctx)
{
}

static void http_closed(void *ctx, int rc)
{
	struct fetch *f = ctx;

	f->tcp = NULL;
	fetch_http_closed(f, rc);
}

static const struct port_tcp_events http_events = {
	.open = http_open,
	.recv = http_recv,
	.room = http_room,
	.closed = http_closed,
};

static void http_start(struct fetch *f)
{
	memset(&f->http, 0, sizeof(f->http));
	f->tcp = port_tcp_open(f->host, f->port, &http_events, f);
	if (!f->tcp)
		fetch_lost(f, -ENOMEM);
}

/* Append the URL's user and password. */
static int http_user(const struct fetch *f, char *buf, size_t room)
{
	char user[128];
	int n = 0;

	if (!f->user.n)
		return 0;
	if (span_unescape(f->user, user, sizeof(user)) ||
	    WIRE_BASE64_CHARS(strlen(user)) + 32 > room)
		return -EINVAL;
	strcpy(buf, "Authorization: Basic ");
	n = (int)(wire_base64(buf + 21, user, strlen(user)) - buf);
	strcpy(buf + n, "\r\n");
	target_forget(user, sizeof(user));
	return n + 2;
}

/* Ask, once the connection is open. */
static void http_turn(struct fetch *f)
{
	bool v6 = target_is_ip6(f->host);
	char request[TARGET_URL_BYTES + TARGET_HOST_BYTES + 384];
	const char *slash = f->path.n && f->path.p[0] == '/' ? "" : "/";
	int n, user;

	if (!f->http.asked || !f->tcp)
		return;
	n = snprintf(request, sizeof(request),
		     "GET %s%.*s HTTP/1.1\r\nHost: %s%s%s:%u\r\n"
		     "User-Agent: spice-thin-client\r\nAccept: */*\r\n"
		     "Accept-Encoding: identity\r\nConnection: close\r\n",
		     slash, (int)f->path.n, f->path.p, v6 ? "[" : "", f->host,
		     v6 ? "]" : "", (unsigned int)f->port);
	user = http_user(f, request + n, sizeof(request) - (size_t)n - 2);
	if (user < 0) {
		fetch_end(f, -EINVAL, "the user name in its URL is too long");
		return;
	}
	n += user;
	memcpy(request + n, "\r\n", 2);
	n += 2;
	f->http.sent += port_tcp_send(f->tcp, request + f->http.sent,
				      (size_t)n - f->http.sent);
	port_tcp_flush(f->tcp);
	f->http.asked = f->http.sent < n;
	target_forget(request, sizeof(request));
}

const struct fetch_scheme fetch_http_scheme = {
	.name = "http://",
	.port = 80,
	.start = http_start,
	.turn = http_turn,
};
