/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * From a name to a target: what DHCP, a command line or a person names is a
 * spice:// URI, or a .vv file to be fetched; certificates that a target names
 * by their URL are fetched, too, and compared with their SHA-256.
 *
 * A name is one of
 *
 *	spice://... spice+tls://...	a URI
 *	http://... tftp://...		a .vv file; "${mac}" in it stands for
 *					this PC's, 52:54:00:12:34:56
 *	http://.../ tftp://.../		a folder: ${mac}.vv in it
 *	NAME.vv, FOLDER/		the same on DHCP's boot server, by TFTP
 *
 * Where ${mac}.vv is not there, default.vv of the same folder is taken. A build
 * that has no room for files links linked/instead/linked_no_source.c.
 */
#ifndef IPXE_GLUE_SOURCE_H
#define IPXE_GLUE_SOURCE_H

#include "ipxe-glue/fetch.h"
#include "ipxe-glue/target.h"

#define SOURCE_WHY_BYTES 300

struct source {
	struct target target; /* after 0; to be taken by target_move */
	struct fetch *fetch;
	bool fallback; /* default.vv may still be tried */
	bool ca;       /* it is the certificates that are fetched */
	char name[TARGET_URL_BYTES]; /* as it was given */
	char url[TARGET_URL_BYTES];  /* what is fetched */
	char why[SOURCE_WHY_BYTES];  /* a sentence */
};

/*
 * Begin to find out what @name means; copied. What @s was at is stopped.
 *
 * @s: zeroed before its first use
 * Returns 0 when the target is whole, -EINPROGRESS: go on with source_poll;
 * -EPROTONOSUPPORT or -EINVAL when @name is nothing of the above: s->why says
 * it as the end of a sentence ("it names no port"); -ENOMEM, as from
 * source_poll.
 */
int source_begin(struct source *s, const char *name);

/*
 * The same for a .vv file of @n bytes that is here already (its CA may not be);
 * wiped, whatever is returned, when it asks for that.
 *
 * @from: the URL where a fresh one can be had for the next session, or NULL
 * Returns as source_poll.
 */
int source_begin_vv(struct source *s, char *bytes, size_t n, const char *from);

/*
 * Go on, once a turn after port_poll.
 *
 * Returns 0, -EINPROGRESS, or another negative errno: s->why is a sentence.
 */
int source_poll(struct source *s);

/* Stop, and forget all of it. */
void source_stop(struct source *s);

#endif
