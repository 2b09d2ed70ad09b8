/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Answers of web and TFTP servers, in pieces. The first byte says which, and
 * how long pieces are.
 *
 * covers: ipxe-glue/fetch_http.c
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ipxe-glue/fetch_part.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct fetch f;
	size_t piece, at = 1;
	bool tftp;

	if (!size)
		return 0;
	/* Nothing is connected: a redirect ends it. */
	memset(&f, 0, offsetof(struct fetch, bytes));
	f.rc = -EINPROGRESS;
	f.hops = 100;
	strcpy(f.url, "http://h/x");
	f.path = (struct span){f.url + 8, 2};
	tftp = data[0] & 1;
	f.scheme = tftp ? &fetch_tftp_scheme : &fetch_http_scheme;
	piece = (data[0] >> 1) + 1u;
	while (at < size && f.rc == -EINPROGRESS) {
		size_t n = size - at < piece ? size - at : piece;

		if (tftp)
			fetch_tftp_input(&f, (uint16_t)(n & 3), data + at, n);
		else
			fetch_http_input(&f, data + at, n);
		at += n;
	}
	if (!tftp && f.rc == -EINPROGRESS)
		fetch_http_closed(&f, 0);
	if (f.n > FETCH_MAX_BYTES || (f.rc && f.rc != -EINPROGRESS && !f.why))
		abort();
	return 0;
}
