/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * spice:// URIs: parsed, and shown without their secrets.
 *
 * covers: ipxe-glue/uri.c
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ipxe-glue/uri.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), shown[80];
	struct target target;
	const char *why = NULL;

	memcpy(text, data, size);
	text[size] = '\0';
	if (uri_parse(&target, text, &why)) {
		if (!why || !*why)
			abort();
	} else {
		uri_server(&target, shown, sizeof(shown));
		if (!memchr(target.host, 0, sizeof(target.host)) ||
		    !memchr(target.password, 0, sizeof(target.password)))
			abort();
	}
	uri_redact(text, shown, size % sizeof(shown) + 1);
	if (!memchr(shown, 0, sizeof(shown)))
		abort();
	free(text);
	return 0;
}
