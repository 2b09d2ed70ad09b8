/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Certificates: a list that somebody gives as trusted, a server's own, and
 * whom it names. A byte of how much follows for the host's name and one for
 * the host-subject, those two, then the certificate or the list.
 *
 * covers: spice/tls/tls_cert.c spice/tls/tls_name.c spice/tls/tls_string.c
 * spice/tls/tls_time.c spice/tls/tls_der.c spice/tls/tls_anchors.c
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "spice/tls/tls_anchors.h"
#include "spice/tls/tls_name.h"
#include "test/spice/test_env.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The next @n bytes as a string, in memory of its size. */
static char *take(const uint8_t **data, size_t *size, size_t n)
{
	char *copy;

	if (n > *size)
		n = *size;
	copy = malloc(n + 1);
	memcpy(copy, *data, n);
	copy[n] = '\0';
	*data += n;
	*size -= n;
	return copy;
}

/* A text for people is printable and ends in its room. */
static void look(const char *text, size_t room)
{
	size_t i;

	for (i = 0; i < room && text[i]; i++)
		if (text[i] < ' ' || text[i] > '~')
			abort();
	if (i == room)
		abort();
}

/* Ask a certificate all that is ever asked of one. */
static void ask(const uint8_t *der, size_t n, const char *host,
		const char *subject)
{
	char text[TLS_TIME_TEXT_BYTES + 40];
	struct tls_cert cert;

	if (tls_cert_parse(&cert, der, n))
		return;
	if (tls_name_is_host(&cert, host) && !*host)
		abort();
	if (!tls_name_is_subject(&cert, subject) && !*subject)
		abort();
	tls_name_text(cert.subject, text, sizeof(text));
	look(text, sizeof(text));
	tls_name_text(cert.issuer, text, 8);
	look(text, 8);
	tls_name_hosts_text(&cert, text, sizeof(text));
	look(text, sizeof(text));
	tls_time_text(cert.valid.not_before, text);
	look(text, TLS_TIME_TEXT_BYTES);
	tls_time_text(cert.valid.not_after, text);
	look(text, TLS_TIME_TEXT_BYTES);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* 2026-07-02 */
	const struct tls_time now = {TLS_TIME_UNIX_DAY + 20636, 0};
	struct tls_anchors anchors = {0};
	struct test_env env;
	uint8_t hash[32] = {0}, *rest;
	char name[TLS_NAME_DNS_BYTES];
	char *host, *subject;
	size_t host_n, subject_n, i = 0;

	if (size < 2)
		return 0;
	host_n = data[0];
	subject_n = data[1];
	data += 2;
	size -= 2;
	host = take(&data, &size, host_n);
	subject = take(&data, &size, subject_n);
	rest = malloc(size ? size : 1);
	memcpy(rest, data, size);

	test_env_init(&env);
	tls_name_dns(host, name);
	ask(rest, size, host, subject);
	tls_anchors_add(&anchors, &env.env, rest, size, now);
	/* A second time, with memory for some. */
	env.allocs_left = host_n % 8;
	tls_anchors_add(&anchors, &env.env, rest, size, now);
	env.allocs_left = -1;
	while (i < anchors.count)
		tls_time_text(tls_anchors_span(&anchors.ta[i++]).not_after,
			      name);
	tls_anchors_check(&env.env, rest, size, hash);
	tls_anchors_free(&anchors, &env.env);
	if (env.live)
		abort();
	free(rest);
	free(subject);
	free(host);
	return 0;
}
