/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * spice:// URIs, as spice-gtk writes them: spice://HOST:PORT?key=value&...
 * Keys: port, password; and compression (auto, off, lz, glz, quic), ours.
 */
#ifndef IPXE_GLUE_URI_H
#define IPXE_GLUE_URI_H

#include <stddef.h>

#include "ipxe-glue/target.h"

/*
 * Read @text into @uri.
 *
 * @why: receives, on failure, what is wrong with it (static)
 * Returns 0; -EINVAL; -EPROTONOSUPPORT for another scheme and for what is not
 * done yet (TLS). @uri is undefined then.
 */
int uri_parse(struct target *uri, const char *text, const char **why);

/*
 * Copy @text, a URI or what should have been one, without what is nobody's
 * business: user name, password, and all keys.
 */
void uri_redact(const char *text, char *buf, size_t room);

/* Write "host:port" (an IPv6 address in brackets) for people. */
void uri_server(const struct target *uri, char *buf, size_t room);

#endif
