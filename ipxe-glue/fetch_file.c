/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * One file on its way: what all who bring one have in common.
 */
#include <errno.h>
#include <string.h>

#include "ipxe-glue/fetch_file.h"
#include "ipxe-glue/port.h"
#include "ipxe-glue/target.h"

/* Somebody waits before the screen. */
#define FETCH_PATIENCE_US 20000000u
/* Whoever sends a byte now and then does not keep him for ever. */
#define FETCH_ALL_US 60000000u

static struct fetch_file *file_of(const struct fetch *f)
{
	return (struct fetch_file *)f;
}

struct fetch *fetch_new(size_t bytes)
{
	struct fetch_file *file = port_alloc(bytes);

	if (!file)
		return NULL;
	memset(file, 0, bytes);
	file->bytes_all = bytes;
	file->rc = -EINPROGRESS;
	file->began_us = file->since_us = port_now_us();
	return (struct fetch *)file;
}

void fetch_end(struct fetch *f, int rc, const char *why)
{
	if (file_of(f)->rc != -EINPROGRESS)
		return;
	file_of(f)->rc = rc;
	file_of(f)->why = why;
}

bool fetch_put(struct fetch *f, size_t at, const void *bytes, size_t n)
{
	struct fetch_file *file = file_of(f);

	if (at > FETCH_MAX_BYTES || n > FETCH_MAX_BYTES - at) {
		fetch_end(f, -E2BIG, "it is longer than 64 KiB");
		return false;
	}
	memcpy(file->bytes + at, bytes, n);
	if (n && at + n > file->n)
		file->n = at + n;
	file->since_us = port_now_us();
	return true;
}

int fetch_poll(struct fetch *f)
{
	struct fetch_file *file = file_of(f);

	if (file->rc == -EINPROGRESS)
		fetch_turn(f);
	if (port_now_us() - file->since_us > FETCH_PATIENCE_US)
		fetch_end(f, -ETIMEDOUT, "that host does not answer");
	if (port_now_us() - file->began_us > FETCH_ALL_US)
		fetch_end(f, -ETIMEDOUT, "it is not here after a minute");
	if (file->rc != -EINPROGRESS)
		fetch_stop(f);
	return file->rc;
}

const char *fetch_bytes(const struct fetch *f, size_t *n)
{
	*n = file_of(f)->n;
	return file_of(f)->bytes;
}

const char *fetch_why(const struct fetch *f)
{
	return file_of(f)->why;
}

void fetch_free(struct fetch *f)
{
	if (!f)
		return;
	fetch_stop(f);
	target_forget(f, file_of(f)->bytes_all);
	port_free(f);
}
