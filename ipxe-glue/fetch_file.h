/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Inside fetching: what every file on its way has, whoever brings it (fetch.c,
 * or iPXE's own downloader in linked/linked_fetch.c): how it stands, how long
 * it may take, what came. Their struct fetch begins with it.
 */
#ifndef IPXE_GLUE_FETCH_FILE_H
#define IPXE_GLUE_FETCH_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ipxe-glue/fetch.h"

struct fetch_file {
	int rc; /* -EINPROGRESS until it is over */
	const char *why;
	uint64_t began_us;
	uint64_t since_us; /* something came last */
	size_t bytes_all;  /* of the struct fetch */
	size_t n;
	char bytes[FETCH_MAX_BYTES];
};

/* A struct fetch of @bytes, zeroed but for this; NULL: no memory. */
struct fetch *fetch_new(size_t bytes);
/* It is over; the first reason stays. @why: lives as long as @f. */
void fetch_end(struct fetch *f, int rc, const char *why);
/*
 * Take @n bytes of the file, which go to @at. Returns false when that is too
 * much (and over).
 */
bool fetch_put(struct fetch *f, size_t at, const void *bytes, size_t n);

/* Whoever brings the file: go on, once a turn. */
void fetch_turn(struct fetch *f);
/* Close what is open; called more than once. */
void fetch_stop(struct fetch *f);

#endif
