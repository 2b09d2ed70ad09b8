/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * SASL: a list of mechanisms, then what a server says, each a byte of length
 * and so many bytes.
 *
 * covers: spice/tls/tls_sasl.c spice/wire/wire_base64.c
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "spice/tls/tls_sasl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int entropy(void *ctx, void *buf, size_t bytes)
{
	memset(buf, 5, bytes);
	return 0;
}

/* The next piece, in memory of its size; NULL behind the last. */
static char *take(const uint8_t **data, size_t *size, size_t *n)
{
	char *copy;

	if (!*size)
		return NULL;
	*n = (*data)[0];
	++*data;
	--*size;
	if (*n > *size)
		*n = *size;
	copy = malloc(*n ? *n : 1);
	memcpy(copy, *data, *n);
	*data += *n;
	*size -= *n;
	return copy;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct spice_env env = {.entropy = entropy};
	char *out = malloc(TLS_SASL_OUT_BYTES), *in;
	struct tls_sasl sasl;
	int rc = -1;
	size_t n;

	in = take(&data, &size, &n);
	if (in && tls_sasl_choose(&sasl, in, n, true, "user", "pencil", "desk"))
		rc = tls_sasl_first(&sasl, &env, out);
	free(in);
	while (rc >= 0 && (in = take(&data, &size, &n))) {
		rc = tls_sasl_step(&sasl, &env, in, n, out);
		if (rc > TLS_SASL_OUT_BYTES)
			abort();
		free(in);
	}
	free(out);
	return 0;
}
