/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Inside fetch*.c: one file on its way, and how each scheme brings it.
 */
#ifndef IPXE_GLUE_FETCH_PART_H
#define IPXE_GLUE_FETCH_PART_H

#include <stdbool.h>
#include <stdint.h>

#include "ipxe-glue/fetch_file.h"
#include "ipxe-glue/port.h"
#include "ipxe-glue/span.h"
#include "ipxe-glue/target.h"

/* The head of an HTTP answer is no longer, and no line of it. */
#define FETCH_HEAD_MAX_BYTES 8192
#define FETCH_LINE_BYTES     (TARGET_URL_BYTES + 16)

/* Reading an HTTP answer (RFC 9112). Zeroed at first. */
struct fetch_http {
	uint8_t state; /* enum http_state */
	uint16_t status;
	bool chunked, sized;
	uint32_t left; /* bytes of the body, or of the chunk, that must come */
	uint32_t head; /* bytes of the head, and of chunks' lines, so far */
	uint16_t line_n;
	bool line_long;
	char line[FETCH_LINE_BYTES];
	char location[TARGET_URL_BYTES];
	bool asked;
	uint16_t sent; /* bytes of the request */
};

/* TFTP (RFC 1350). */
struct fetch_tftp {
	uint16_t port;	/* the server's for this transfer; 0: unknown */
	uint16_t block; /* the last that came */
	uint8_t tries;	/* since something came */
	bool open;
	uint64_t sent_us;
};

struct fetch {
	struct fetch_file file;

	/* The URL's parts. */
	char url[TARGET_URL_BYTES];
	char host[TARGET_HOST_BYTES];
	uint16_t port;
	struct span user; /* of url; escaped */
	struct span path; /* of url, from "/" on */
	unsigned int hops;

	const struct fetch_scheme *scheme;
	struct port_tcp *tcp;
	struct port_udp *udp;
	union {
		struct fetch_http http;
		struct fetch_tftp tftp;
	};
};

struct fetch_scheme {
	const char *name; /* "http://" */
	uint16_t port;
	void (*start)(struct fetch *f);
	void (*turn)(struct fetch *f); /* time passes, things are to be sent */
};

extern const struct fetch_scheme fetch_http_scheme, fetch_tftp_scheme;

/* It is over (fetch_end): a connection that could not be had or was lost. */
void fetch_lost(struct fetch *f, int rc);
/* Take the next @n bytes of the file. Returns false when that is too much (and
 * over). */
bool fetch_take(struct fetch *f, const void *bytes, size_t n);
/* Go to @url instead. */
void fetch_go(struct fetch *f, const char *url);

/* fetch_http.c: take bytes of the answer; ends @f when it is whole. */
void fetch_http_input(struct fetch *f, const void *bytes, size_t n);
/* The connection was closed, by the peer or (@rc) not. */
void fetch_http_closed(struct fetch *f, int rc);
/* fetch_tftp.c: take a datagram of @n bytes from @port. */
void fetch_tftp_input(struct fetch *f, uint16_t port, const uint8_t *bytes,
		      size_t n);

#endif
