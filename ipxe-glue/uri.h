/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * spice:// URIs, as spice-gtk writes them: spice://HOST:PORT?key=value&...
 * Keys: port, password; and compression (auto, off, lz, glz, quic), ours.
 */
#ifndef IPXE_GLUE_URI_H
#define IPXE_GLUE_URI_H

#include <stddef.h>
#include <stdint.h>

#define URI_HOST_BYTES	   256
#define URI_PASSWORD_BYTES 61 /* the longest that a server takes, and a NUL */

struct uri {
	char host[URI_HOST_BYTES]; /* name or address, no brackets */
	uint16_t port;
	char password[URI_PASSWORD_BYTES];
	uint8_t compression; /* SPICE_IMAGE_COMPRESSION_*, _INVALID: no wish */
};

/*
 * Read @text into @uri.
 *
 * @why: receives, on failure, what is wrong with it (static)
 * Returns 0; -EINVAL; -EPROTONOSUPPORT for another scheme and for what is not
 * done yet (TLS). @uri is undefined then.
 */
int uri_parse(struct uri *uri, const char *text, const char **why);

/*
 * Copy @text, a URI or what should have been one, without what is nobody's
 * business: user name, password, and all keys.
 */
void uri_redact(const char *text, char *buf, size_t room);

/* Write "host:port" (an IPv6 address in brackets) for people. */
void uri_server(const struct uri *uri, char *buf, size_t room);

#endif
