/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * A moment, UTC, in the proleptic Gregorian calendar, as BearSSL counts it.
 */
#ifndef SPICE_TLS_TIME_H
#define SPICE_TLS_TIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spice/tls/tls_der.h"

/* 1970-01-01 */
#define TLS_TIME_UNIX_DAY 719528u

#define TLS_TIME_TEXT_BYTES 21 /* "2026-01-31 23:59 UTC" */

struct tls_time {
	uint32_t days;	  /* since January 1st of the year 0 */
	uint32_t seconds; /* of the day, 0..86400 (a leap second) */
};

/* Is @a before @b? */
static inline bool tls_time_before(struct tls_time a, struct tls_time b)
{
	return a.days != b.days ? a.days < b.days : a.seconds < b.seconds;
}

/*
 * Take a UTCTime or GeneralizedTime as certificates have them (RFC 5280
 * 4.1.2.5) from the front of @d.
 */
bool tls_time_take(struct tls_der *d, struct tls_time *t);

/* How long a certificate is valid; is it at @now? */
struct tls_span {
	struct tls_time not_before, not_after;
};

static inline bool tls_span_has(struct tls_span span, struct tls_time now)
{
	return !tls_time_before(now, span.not_before) &&
	       !tls_time_before(span.not_after, now);
}

void tls_time_text(struct tls_time t, char text[TLS_TIME_TEXT_BYTES]);

#endif
