/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Unpredictable bytes out of unreliable sources: health tests, a stated
 * estimate, one pool (SHA-256), one generator (HMAC-DRBG, NIST SP 800-90A).
 *
 * Portable: the carrier brings the samples. The policy:
 *
 * - Nothing comes out before 256 bits have been credited.
 * - Timing: when an interrupt came, by the processor's counter. Its low 8 bits
 *   jitter by far more than a bit on every machine measured; half a bit a
 *   sample is credited.
 * - RDRAND, where there is one: 8 bits of each word's 32 are believed, and of
 *   the 256 bits at most 128 come from it, however much it delivers: a
 *   processor that lies is outvoted by timing. Only where timing has failed its
 *   tests may RDRAND stand alone.
 * - A source that fails a test loses its credit and is out until the next
 *   start. Its samples stay in the pool, where they do no harm.
 * - Credit is given for a whole window of samples after it passed all tests.
 */
#ifndef IPXE_GLUE_ENTROPY_H
#define IPXE_GLUE_ENTROPY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <bearssl.h>

#define ENTROPY_PREDICTORS 13
#define ENTROPY_HISTORY	   8

/* One source under test. Private to entropy.c, but for a look from tests. */
struct entropy_source {
	bool present, failed;
	uint32_t credit_bits; /* of windows that passed */
	unsigned int in_window, seen;
	uint32_t past[ENTROPY_HISTORY]; /* the latest first */
	uint32_t first;			/* of this window */
	uint16_t run[ENTROPY_PREDICTORS];
	uint16_t hits[ENTROPY_PREDICTORS];
};

struct entropy {
	br_sha256_context pool;
	br_hmac_drbg_context drbg;
	bool seeded;
	uint64_t last_tsc;
	struct entropy_source timing, rdrand;
};

/*
 * Start empty.
 * @has_rdrand: whether entropy_rdrand() will be called
 */
void entropy_init(struct entropy *e, bool has_rdrand);

/* An interrupt came at @tsc. */
void entropy_timing(struct entropy *e, uint64_t tsc);

/* RDRAND gave @word. */
void entropy_rdrand(struct entropy *e, uint32_t word);

/* Mix in what differs between machines and starts; credits nothing. */
void entropy_mix(struct entropy *e, const void *bytes, size_t n);

/* Bits credited so far, at most 256 between two seeds. */
unsigned int entropy_bits(const struct entropy *e);

/*
 * Fill @buf with @n unpredictable bytes.
 * Returns 0; -EAGAIN while there are fewer than 256 bits; -EIO when every
 * source has failed before that.
 */
int entropy_get(struct entropy *e, void *buf, size_t n);

#endif
