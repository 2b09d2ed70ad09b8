/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * SASL: a byte of flags, a list of mechanisms, then what a server says, each a
 * u16 of length and so many bytes.
 *
 * covers: spice/tls/tls_sasl.c spice/wire/wire_base64.c
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "spice/tls/tls_sasl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Flags of an input; who is who without them is in the last function. */
enum {
	NO_TLS = 1,
	ODD_NAME = 2,	   /* with what has to be written out */
	QUOTED_NAME = 4,   /* with what cannot be written */
	LONG_PASSWORD = 8, /* longer than any */
	LONG_NAME = 16,
	LONG_HOST = 32,
	NO_ENTROPY = 64,
};

/* Random bytes that a seed's maker knows. */
static int entropy(void *ctx, void *buf, size_t bytes)
{
	memset(buf, 5, bytes);
	return *(const uint8_t *)ctx & NO_ENTROPY ? -EIO : 0;
}

/* The next piece, in memory of its size; NULL behind the last. */
static char *take(const uint8_t **data, size_t *size, size_t *n)
{
	char *copy;

	if (*size < 2)
		return NULL;
	*n = (*data)[0] | (size_t)(*data)[1] << 8;
	*data += 2;
	*size -= 2;
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
	char *out, *in, name[130], host[400];
	uint8_t flags = size ? data[0] : 0;
	const struct spice_env env = {.ctx = &flags, .entropy = entropy};
	struct tls_sasl sasl;
	int rc = -1;
	size_t n;

	if (!size--)
		return 0;
	data++;
	memset(name, 'n', sizeof(name));
	name[sizeof(name) - 3] = '\0';
	memset(host, 'h', sizeof(host));
	host[sizeof(host) - 1] = '\0';
	out = malloc(TLS_SASL_OUT_BYTES);
	in = take(&data, &size, &n);
	if (in && tls_sasl_choose(&sasl, in, n, !(flags & NO_TLS),
				  flags & ODD_NAME	? "us=er,"
				  : flags & QUOTED_NAME ? "us\"er"
				  : flags & LONG_NAME	? name
							: "user",
				  flags & LONG_PASSWORD ? host : "pencil",
				  flags & LONG_HOST ? host : "desk"))
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
