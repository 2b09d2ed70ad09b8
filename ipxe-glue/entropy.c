/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The health tests are those of NIST SP 800-90B, 4.4 (repetition count and
 * adaptive proportion), made for a weaker adversary than ours: a source that
 * alternates or counts passes both. So they are made for every simple way to
 * predict the next sample: a source of H bits a sample is, by definition of
 * min-entropy, predicted rightly at most once in 2^H times, by anybody. Each
 * predictor's run of right guesses is the repetition count test, its share in
 * a window the adaptive proportion test; for the predictors "as before" and
 * "as the window's first" they are 90B's own.
 *
 * Windows are 256 samples, not 512, and the start-up test is one window, not
 * 1024 samples: the person at the screen waits. The cutoffs below are computed
 * for this, at 2^-30 a window.
 */
#include <errno.h>
#include <string.h>

#include "ipxe-glue/entropy.h"

#define WINDOW	  256
#define SEED_BITS 256

/* Of the seed, what RDRAND may stand for while timing is sound. */
#define RDRAND_SHARE_BITS 128

/*
 * What a source claims. A run of c right guesses has chance 2^(-H c); @hits is
 * the least number that a binomial (256, 2^-H) reaches with at most 2^-30.
 */
struct claim {
	uint32_t mask; /* of a sample that is tested */
	unsigned int window_bits;
	unsigned int run, hits;
};

static const struct claim claim_timing = {
	.mask = 0xff, .window_bits = WINDOW / 2, .run = 61, .hits = 223};
static const struct claim claim_rdrand = {
	.mask = 0xffffffff, .window_bits = WINDOW * 8, .run = 5, .hits = 12};

/* What each predictor says will come next. */
static void predict(const struct entropy_source *s,
		    uint32_t guess[ENTROPY_PREDICTORS])
{
	const uint32_t *past = s->past;
	unsigned int n = 0;

	/* As it was 1 to 8 samples ago. */
	for (unsigned int lag = 0; lag < 8; lag++)
		guess[n++] = past[lag];
	/* The step that was made 1 to 4 samples ago. */
	for (unsigned int lag = 0; lag < 4; lag++)
		guess[n++] = past[0] + past[lag] - past[lag + 1];
	guess[n++] = s->first;
}

/* Count how right each predictor was. Returns false for too right. */
static bool judge(struct entropy_source *s, const struct claim *claim,
		  uint32_t sample)
{
	uint32_t guess[ENTROPY_PREDICTORS];
	bool sound = true;

	predict(s, guess);
	for (unsigned int i = 0; i < ENTROPY_PREDICTORS; i++) {
		if ((guess[i] ^ sample) & claim->mask) {
			s->run[i] = 0;
			continue;
		}
		if (++s->run[i] >= claim->run || ++s->hits[i] >= claim->hits)
			sound = false;
	}
	return sound;
}

static void begin_window(struct entropy_source *s, uint32_t sample)
{
	s->in_window = 0;
	s->first = sample;
	memset(s->hits, 0, sizeof(s->hits));
}

/* Test one sample, and credit the window that it completes. */
static void test_sample(struct entropy_source *s, const struct claim *claim,
			uint32_t sample)
{
	if (!s->present || s->failed)
		return;
	if (s->seen < ENTROPY_HISTORY) {
		/* The predictors have nothing to say yet. */
		if (++s->seen == ENTROPY_HISTORY)
			begin_window(s, sample);
	} else if (!judge(s, claim, sample)) {
		s->failed = true;
		s->credit_bits = 0;
	} else if (++s->in_window == WINDOW) {
		s->credit_bits += claim->window_bits;
		begin_window(s, sample);
	}
	memmove(s->past + 1, s->past, sizeof(s->past) - sizeof(s->past[0]));
	s->past[0] = sample;
}

unsigned int entropy_bits(const struct entropy *e)
{
	uint32_t timing = e->timing.credit_bits;
	uint32_t rdrand = e->rdrand.credit_bits;
	uint32_t most = e->timing.failed ? SEED_BITS : RDRAND_SHARE_BITS;

	if (rdrand > most)
		rdrand = most;
	if (timing > SEED_BITS - rdrand)
		timing = SEED_BITS - rdrand;
	return timing + rdrand;
}

/* With enough credit, make a seed of the pool and start to count anew. */
static void seed(struct entropy *e)
{
	uint8_t digest[br_sha256_SIZE];

	if (entropy_bits(e) < SEED_BITS)
		return;
	br_sha256_out(&e->pool, digest);
	if (e->seeded)
		br_hmac_drbg_update(&e->drbg, digest, sizeof(digest));
	else
		br_hmac_drbg_init(&e->drbg, &br_sha256_vtable, digest,
				  sizeof(digest));
	memset(digest, 0, sizeof(digest));
	__asm__ volatile("" : : "r"(digest) : "memory");
	e->seeded = true;
	e->timing.credit_bits = 0;
	e->rdrand.credit_bits = 0;
}

void entropy_init(struct entropy *e, bool has_rdrand)
{
	memset(e, 0, sizeof(*e));
	br_sha256_init(&e->pool);
	e->timing.present = true;
	e->rdrand.present = has_rdrand;
}

void entropy_mix(struct entropy *e, const void *bytes, size_t n)
{
	br_sha256_update(&e->pool, bytes, n);
}

void entropy_timing(struct entropy *e, uint64_t tsc)
{
	entropy_mix(e, &tsc, sizeof(tsc));
	test_sample(&e->timing, &claim_timing, tsc - e->last_tsc);
	e->last_tsc = tsc;
	seed(e);
}

void entropy_rdrand(struct entropy *e, uint32_t word)
{
	entropy_mix(e, &word, sizeof(word));
	test_sample(&e->rdrand, &claim_rdrand, word);
	seed(e);
}

int entropy_get(struct entropy *e, void *buf, size_t n)
{
	if (!e->seeded)
		return e->timing.failed &&
				       (!e->rdrand.present || e->rdrand.failed)
			       ? -EIO
			       : -EAGAIN;
	br_hmac_drbg_generate(&e->drbg, buf, n);
	return 0;
}
