/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * A proxy: its answer, in pieces whose length the first byte says; its name,
 * and what is asked of it then.
 *
 * covers: ipxe-glue/proxy.c
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "ipxe-glue/proxy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void name(const uint8_t *data, size_t size)
{
	struct span text = {(const char *)data, size};
	struct target_proxy proxy;
	char *request;

	if (proxy_parse(&proxy, text))
		return;
	request = malloc(PROXY_REQUEST_BYTES);
	if (proxy_request(&proxy, proxy.host, proxy.port, request,
			  PROXY_REQUEST_BYTES) > PROXY_REQUEST_BYTES)
		abort();
	free(request);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct proxy_answer answer = {0};
	size_t piece, at = 1, took;
	int rc = -EINPROGRESS;

	if (!size)
		return 0;
	name(data + 1, size - 1);
	piece = data[0] + 1u;
	while (at < size && rc == -EINPROGRESS) {
		size_t n = size - at < piece ? size - at : piece;

		rc = proxy_input(&answer, data + at, n, &took);
		if (took > n || (rc == -EINPROGRESS && took != n))
			abort();
		at += took;
	}
	if (!rc && answer.status / 100 != 2)
		abort();
	return 0;
}
