/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * spice:// URIs, as spice-gtk writes them:
 *
 *	spice://[USER[:PASSWORD]@]HOST[:PORT][?key=value&key=value;...]
 *	spice+tls://[USER[:PASSWORD]@]HOST:PORT[?...]
 *
 * The keys are the rows of option.c: port, tls-port, password, as there, and
 * ours. With a tls-port TLS is used (carrier.c).
 */
#ifndef IPXE_GLUE_URI_H
#define IPXE_GLUE_URI_H

#include <stddef.h>

#include "ipxe-glue/target.h"

/*
 * Read @text into @uri.
 *
 * @uri: receives all of it; what it held is not given back (target_wipe)
 * @why: receives, on failure, what is wrong with it; lives as long as @uri
 * Returns 0, also without a port, which a setting may say (option_whole);
 * -EINVAL; -EPROTONOSUPPORT for another scheme. @uri owns nothing
 * then, and only its why means something.
 */
int uri_parse(struct target *uri, const char *text, const char **why);

/*
 * Copy @text, a URI or what should have been one, without what is nobody's
 * business: user name, password, and all keys.
 */
void uri_redact(const char *text, char *buf, size_t room);

/* target_server() by its old name. */
void uri_server(const struct target *uri, char *buf, size_t room);

#endif
