/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * HTTP CONNECT.
 *
 * Of an answer only the status counts; its other lines are skipped as they
 * come, within a bound. The body of a refusal is not read.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ipxe-glue/proxy.h"
#include "spice/wire/wire_base64.h"

#define PROXY_PORT 3128

int proxy_parse(struct target_proxy *proxy, struct span text)
{
	struct span user, host;
	int32_t port = PROXY_PORT;

	memset(proxy, 0, sizeof(*proxy));
	span_skip(&text, "http://");
	text = span_until(&text, "/");
	user = span_before(&text, '@');
	if (user.p) {
		struct span name = span_until(&user, ":");

		span_drop(&user, 1);
		if (!name.n ||
		    span_unescape(name, proxy->user, sizeof(proxy->user)) ||
		    span_unescape(user, proxy->password,
				  sizeof(proxy->password)))
			return -EINVAL;
	}
	if (span_skip(&text, "[")) {
		host = span_until(&text, "]");
		if (!span_skip(&text, "]"))
			return -EINVAL;
	} else {
		host = span_until(&text, ":");
	}
	if (text.n) {
		if (!span_skip(&text, ":"))
			return -EINVAL;
		port = span_number(text, 65535);
	}
	proxy->port = (uint16_t)port;
	if (port < 1 || !host.n ||
	    span_unescape(host, proxy->host, sizeof(proxy->host)))
		return -EINVAL;
	return 0;
}

/* Can @host stand in a line of a request? */
static bool proxy_host_ok(const char *host)
{
	for (; *host; host++)
		if (*host <= ' ' || *host == 0x7f)
			return false;
	return true;
}

size_t proxy_request(const struct target_proxy *proxy, const char *host,
		     uint16_t port, char *buf, size_t room)
{
	const char *open = target_is_ip6(host) ? "[" : "";
	const char *close = *open ? "]" : "";
	char user[2 * TARGET_USER_BYTES];
	char *end;
	int n;

	if (!proxy_host_ok(host))
		return 0;
	/*
	 * Quirk: Proxmox VE reads its ticket from Host, not from the first
	 * line, and answers HTTP/1.0 (pve-http-server).
	 */
	n = snprintf(buf, room,
		     "CONNECT %s%s%s:%u HTTP/1.0\r\nHost: %s%s%s:%u\r\n", open,
		     host, close, (unsigned int)port, open, host, close,
		     (unsigned int)port);
	if (n < 0 || (size_t)n + 4 * sizeof(user) / 3 + 40 > room)
		return 0;
	end = buf + n;
	if (proxy->user[0]) {
		snprintf(user, sizeof(user), "%s:%s", proxy->user,
			 proxy->password);
		memcpy(end, "Proxy-Authorization: Basic ", 27);
		end = wire_base64(end + 27, user, strlen(user));
		target_forget(user, sizeof(user));
		memcpy(end, "\r\n", 2);
		end += 2;
	}
	memcpy(end, "\r\n", 2);
	return (size_t)(end + 2 - buf);
}

/* Read the status line's beginning: "HTTP/1.x NNN". */
static int proxy_status(struct proxy_answer *answer)
{
	struct span line = {answer->first, answer->line};
	struct span number;
	int32_t status;

	if (!span_skip(&line, "HTTP/1.") || line.n < 2)
		return -EPROTO;
	span_until(&line, " ");
	line = span_trim(line);
	number = span_until(&line, " ");
	status = number.n == 3 ? span_number(number, 999) : -1;
	if (status < 100)
		return -EPROTO;
	answer->status = (uint16_t)status;
	return 0;
}

/* The head's end has come. */
static int proxy_end(const struct proxy_answer *answer)
{
	return answer->status / 100 == 2 ? 0 : -EACCES;
}

int proxy_input(struct proxy_answer *answer, const void *bytes, size_t n,
		size_t *took)
{
	const char *p = bytes;
	int rc;

	for (*took = 0; *took < n;) {
		char c = p[(*took)++];

		if (answer->seen++ >= PROXY_HEAD_MAX_BYTES)
			return -EPROTO;
		if (!answer->status) {
			/* The first line: its beginning is kept. */
			if (c != '\n' && c != '\r') {
				if (answer->line < sizeof(answer->first))
					answer->first[answer->line++] = c;
				if (answer->line <= 7 &&
				    memcmp(answer->first, "HTTP/1.",
					   answer->line))
					return -EPROTO;
				continue;
			}
			if (c == '\r')
				continue;
			rc = proxy_status(answer);
			if (rc)
				return rc;
			answer->at = 0;
			continue;
		}
		if (c == '\n' && !answer->at)
			return proxy_end(answer);
		if (c == '\n')
			answer->at = 0;
		else if (c != '\r')
			answer->at = 1;
	}
	return -EINPROGRESS;
}
