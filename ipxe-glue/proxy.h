/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * An HTTP proxy on the way: CONNECT (RFC 9110 9.3.6), as Proxmox VE's and
 * squid take it, with basic authentication (RFC 7617). No input or output of
 * its own: a request to send, an answer to feed.
 */
#ifndef IPXE_GLUE_PROXY_H
#define IPXE_GLUE_PROXY_H

#include "ipxe-glue/span.h"
#include "ipxe-glue/target.h"

/* No answer's head is longer; squid's has some 400 bytes. */
#define PROXY_HEAD_MAX_BYTES 8192

/* The longest request: host twice, user and password in base64, words. */
#define PROXY_REQUEST_BYTES 1024

/* An answer that is on its way. Zeroed at first. */
struct proxy_answer {
	uint16_t seen;	 /* bytes of the head */
	uint16_t status; /* its number, once its line has come */
	uint8_t line;	 /* bytes of the status line kept */
	uint8_t at;	 /* bytes of the line that is coming, at most 2 */
	char first[16];	 /* "HTTP/1.0 200" */
};

/*
 * Read "[http://][USER[:PASSWORD]@]HOST[:PORT][/]"; port 3128 if none is named.
 *
 * Returns 0 or -EINVAL; @proxy is undefined then.
 */
int proxy_parse(struct target_proxy *proxy, struct span text);

/*
 * Write the request for a way to @host and @port; nobody here looks @host up.
 *
 * @buf: PROXY_REQUEST_BYTES
 * Returns how many bytes to send, 0 when @host is no name that a request may
 * have in it.
 */
size_t proxy_request(const struct target_proxy *proxy, const char *host,
		     uint16_t port, char *buf, size_t room);

/*
 * Take up to @n bytes of the answer.
 *
 * @took: receives how many were the head's; what follows is the server's
 * Returns 0 when the way is open; -EINPROGRESS while more must come; -EACCES
 * when the proxy refused (status says how); -EPROTO when this is no HTTP.
 */
int proxy_input(struct proxy_answer *answer, const void *bytes, size_t n,
		size_t *took);

#endif
