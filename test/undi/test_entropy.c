/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The entropy pool with sources that are sound, that stick, alternate, count or
 * follow longer patterns; with and without RDRAND.
 *
 * The sound ones are a fixed pseudo-random sequence: a run is repeatable.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>

#include "ipxe-glue/entropy.h"
#include "test/test.h"

#define MANY 5000

static uint64_t lcg;

/* A sound source's next 32 bits. */
static uint32_t noise(void)
{
	lcg = lcg * 6364136223846793005u + 1442695040888963407u;
	return lcg >> 33;
}

/* What a source gives as its sample @i: below, one of each kind. */
typedef uint32_t source_fn(unsigned int i);

static uint32_t sound(unsigned int i)
{
	return noise();
}

/* A nearly dead one that still holds our claim: three values in eight. */
static uint32_t weak(unsigned int i)
{
	return noise() % 8 < 5 ? 7 : noise();
}

static uint32_t stuck(unsigned int i)
{
	return 0x12345678;
}

static uint32_t stuck_ones(unsigned int i)
{
	return 0xffffffff;
}

static uint32_t alternates(unsigned int i)
{
	return i & 1 ? 0x1111 : 0x2222;
}

static uint32_t counts(unsigned int i)
{
	return i;
}

static uint32_t counts_in_sevens(unsigned int i)
{
	return 1000 - 7 * i;
}

static uint32_t repeats_after_seven(unsigned int i)
{
	static const uint32_t values[] = {9, 250, 33, 4, 128, 77, 61};

	return values[i % 7];
}

/* Counts, by turns one and three. */
static uint32_t counts_unevenly(unsigned int i)
{
	return 4 * (i / 2) + (i & 1);
}

/* Sound but for nine samples in ten. */
static uint32_t mostly_stuck(unsigned int i)
{
	return noise() % 10 ? 5 : noise();
}

static source_fn *const bad[] = {
	stuck,		 stuck_ones,	   alternates,
	counts,		 counts_in_sevens, repeats_after_seven,
	counts_unevenly, mostly_stuck,
};
#define BAD (sizeof(bad) / sizeof(bad[0]))

/* Samples of @source as interrupts; the interval is some 3,000,000 ticks. */
static void give_timing(struct entropy *e, source_fn *source, unsigned int n)
{
	static uint64_t tsc;

	for (unsigned int i = 0; i < n; i++) {
		tsc += 3000064 + (source(i) & 0xff);
		entropy_timing(e, tsc);
	}
}

static void give_rdrand(struct entropy *e, source_fn *source, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		entropy_rdrand(e, source(i));
}

static bool ready(struct entropy *e)
{
	uint8_t byte;

	return entropy_get(e, &byte, 1) == 0;
}

static int get_rc(struct entropy *e)
{
	uint8_t byte;

	return entropy_get(e, &byte, 1);
}

static struct entropy e;

TEST(nothing_before_any_sample)
{
	entropy_init(&e, false);
	CHECK_EQ(get_rc(&e), -EAGAIN);
	CHECK_EQ(entropy_bits(&e), 0);
}

TEST(timing_alone_needs_two_windows)
{
	entropy_init(&e, false);
	give_timing(&e, sound, 512);
	CHECK_EQ(get_rc(&e), -EAGAIN);
	CHECK(entropy_bits(&e) < 256);
	give_timing(&e, sound, 16);
	CHECK(ready(&e));
}

TEST(weak_timing_holds_the_claim)
{
	entropy_init(&e, false);
	give_timing(&e, weak, MANY);
	CHECK(!e.timing.failed);
	CHECK(ready(&e));
}

TEST(rdrand_alone_is_not_enough)
{
	entropy_init(&e, true);
	give_rdrand(&e, sound, MANY);
	CHECK(!e.rdrand.failed);
	CHECK_EQ(entropy_bits(&e), 128);
	CHECK_EQ(get_rc(&e), -EAGAIN);
}

TEST(rdrand_halves_the_time)
{
	entropy_init(&e, true);
	give_rdrand(&e, sound, 300);
	give_timing(&e, sound, 256);
	CHECK_EQ(get_rc(&e), -EAGAIN);
	give_timing(&e, sound, 16);
	CHECK(ready(&e));
}

TEST(bad_timing_never_gives_bytes)
{
	for (unsigned int i = 0; i < BAD; i++) {
		entropy_init(&e, false);
		give_timing(&e, bad[i], MANY);
		if (!e.timing.failed)
			printf("# bad source %u\n", i);
		CHECK(e.timing.failed);
		CHECK_EQ(entropy_bits(&e), 0);
		CHECK_EQ(get_rc(&e), -EIO);
	}
}

/* It has not even credited the window in which it was found out. */
TEST(bad_timing_is_found_in_one_window)
{
	for (unsigned int i = 0; i < BAD; i++) {
		entropy_init(&e, false);
		give_timing(&e, bad[i], 8 + 256);
		CHECK(e.timing.failed);
	}
}

TEST(bad_rdrand_counts_for_nothing)
{
	for (unsigned int i = 0; i < BAD; i++) {
		entropy_init(&e, true);
		give_rdrand(&e, bad[i], MANY);
		CHECK(e.rdrand.failed);
		CHECK_EQ(entropy_bits(&e), 0);
		CHECK_EQ(get_rc(&e), -EAGAIN);
		/* Timing goes on alone, and needs its whole time. */
		give_timing(&e, sound, 300);
		CHECK_EQ(get_rc(&e), -EAGAIN);
		give_timing(&e, sound, 300);
		CHECK(ready(&e));
	}
}

TEST(rdrand_stands_in_for_failed_timing)
{
	entropy_init(&e, true);
	give_rdrand(&e, sound, 300);
	CHECK_EQ(get_rc(&e), -EAGAIN);
	give_timing(&e, stuck, 300);
	CHECK(e.timing.failed);
	CHECK(ready(&e));
}

TEST(all_failed_is_an_error)
{
	entropy_init(&e, true);
	give_rdrand(&e, stuck, 300);
	CHECK_EQ(get_rc(&e), -EAGAIN);
	give_timing(&e, counts, 300);
	CHECK_EQ(get_rc(&e), -EIO);
}

/* A source that dies after the seed was made takes nothing back. */
TEST(later_failure_keeps_the_seed)
{
	entropy_init(&e, false);
	give_timing(&e, sound, 1000);
	CHECK(ready(&e));
	give_timing(&e, stuck, 1000);
	CHECK(e.timing.failed);
	CHECK(ready(&e));
}

TEST(sound_sources_stay_sound)
{
	entropy_init(&e, true);
	give_timing(&e, sound, 300000);
	give_rdrand(&e, sound, 300000);
	CHECK(!e.timing.failed);
	CHECK(!e.rdrand.failed);
}

static void make(uint8_t out[32], uint64_t start, unsigned int extra)
{
	lcg = start;
	entropy_init(&e, false);
	give_timing(&e, sound, 600);
	entropy_mix(&e, "x", extra);
	if (entropy_get(&e, out, 32) != 0)
		memset(out, 0, 32);
}

TEST(bytes_differ_between_samples_and_calls)
{
	uint8_t a[32], b[32], zero[32] = {0};

	make(a, 1, 0);
	CHECK(memcmp(a, zero, 32) != 0);
	CHECK_EQ(entropy_get(&e, b, 32), 0);
	CHECK(memcmp(a, b, 32) != 0);
	make(b, 2, 0);
	CHECK(memcmp(a, b, 32) != 0);
}

/* Later samples reach the generator with the next full credit. */
TEST(it_seeds_again)
{
	uint8_t a[32], b[32];
	struct entropy copy;

	make(a, 3, 0);
	copy = e;
	give_timing(&e, sound, 600);
	CHECK_EQ(entropy_get(&e, a, 32), 0);
	CHECK_EQ(entropy_get(&copy, b, 32), 0);
	CHECK(memcmp(a, b, 32) != 0);
}

int main(void)
{
	RUN(nothing_before_any_sample);
	RUN(timing_alone_needs_two_windows);
	RUN(weak_timing_holds_the_claim);
	RUN(rdrand_alone_is_not_enough);
	RUN(rdrand_halves_the_time);
	RUN(bad_timing_never_gives_bytes);
	RUN(bad_timing_is_found_in_one_window);
	RUN(bad_rdrand_counts_for_nothing);
	RUN(rdrand_stands_in_for_failed_timing);
	RUN(all_failed_is_an_error);
	RUN(later_failure_keeps_the_seed);
	RUN(sound_sources_stay_sound);
	RUN(bytes_differ_between_samples_and_calls);
	RUN(it_seeds_again);
	return test_end();
}
