/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Fetches one small file by its URL: a .vv, or certificates. http:// and
 * tftp:// (fetch.c); inside iPXE its own downloader stands in for this file.
 *
 *	f = fetch_start(url);
 *	while ((rc = fetch_poll(f)) == -EINPROGRESS)
 *		port_poll() ...
 *	fetch_bytes(f, &n) or fetch_why(f)
 *	fetch_free(f);
 */
#ifndef IPXE_GLUE_FETCH_H
#define IPXE_GLUE_FETCH_H

#include <stddef.h>

/*
 * No file is longer: a .vv of Proxmox VE has 5 KiB, one with a chain of large
 * certificates 20.
 */
#define FETCH_MAX_BYTES (64u << 10)

struct fetch;

/*
 * Begin to fetch @url; copied.
 *
 * Returns NULL when memory is short; whatever else is wrong says fetch_poll.
 * Owner: the caller; fetch_free, in whatever state.
 */
struct fetch *fetch_start(const char *url);

/*
 * Go on, once a turn after port_poll.
 *
 * Returns 0 when the file is there; -EINPROGRESS; -ENOENT when the server has
 * no such file, any other negative errno otherwise: fetch_why says the rest.
 */
int fetch_poll(struct fetch *f);

/* The file, after 0. Owner: @f. */
const char *fetch_bytes(const struct fetch *f, size_t *n);

/* Why not, as the end of a sentence ("the server refuses it (403)"). */
const char *fetch_why(const struct fetch *f);

/* Stop, wipe what came, give it back; NULL does nothing. */
void fetch_free(struct fetch *f);

#endif
