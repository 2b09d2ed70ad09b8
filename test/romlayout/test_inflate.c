/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The loader's deflate decoder: streams that zlib made (below), whole, cut at
 * every length, with bytes damaged in turn (all of the first, which hold the
 * codes), into rooms too small.
 */
#include "romlayout/rom/inflate.c"

#include <stdio.h>
#include <stdlib.h>

#include "test/test.h"

#define PLAIN_BYTES 3000

/* What the streams unpack to: letters, the same with changes, any bytes. */
static uint8_t plain[PLAIN_BYTES];

static void make_plain(void)
{
	uint32_t x = 1;
	size_t i;

	for (i = 0; i < PLAIN_BYTES; i++) {
		x = x * 1103515245u + 12345u;
		if (i >= 2500)
			plain[i] = (uint8_t)(x >> 16);
		else if (i >= 1200 && x >> 28)
			plain[i] = plain[i - 700];
		else
			plain[i] = "eeeeeettttaaoins"[x >> 20 & 15];
	}
}

#include "test/romlayout/inflate_streams.h"

/* Run on exact copies of both buffers, so that a byte too far is found. */
static long run(const uint8_t *in, size_t bytes, size_t room, uint8_t *out)
{
	uint8_t *in2 = malloc(bytes ? bytes : 1);
	uint8_t *out2 = malloc(room ? room : 1);
	long n;

	memcpy(in2, in, bytes);
	n = inflate(out2 + (room ? 0 : 1), room, in2, bytes);
	if (n > 0 && out)
		memcpy(out, out2, (size_t)n);
	free(in2);
	free(out2);
	return n;
}

TEST(whole)
{
	static uint8_t out[PLAIN_BYTES + 10];
	size_t i;

	for (i = 0; i < STREAMS; i++) {
		CHECK_EQ(run(streams[i].bytes, streams[i].n, PLAIN_BYTES + 10,
			     out),
			 PLAIN_BYTES);
		CHECK(!memcmp(out, plain, PLAIN_BYTES));
		CHECK_EQ(run(streams[i].bytes, streams[i].n, PLAIN_BYTES, out),
			 PLAIN_BYTES);
	}
}

TEST(cut)
{
	size_t i, n;

	for (i = 0; i < STREAMS; i++) {
		for (n = 0; n < streams[i].n; n++)
			CHECK_EQ(run(streams[i].bytes, n, PLAIN_BYTES, NULL),
				 -EINVAL);
	}
}

TEST(too_small)
{
	size_t i, room;

	for (i = 0; i < STREAMS; i++) {
		for (room = 0; room < PLAIN_BYTES; room += 7)
			CHECK_EQ(
				run(streams[i].bytes, streams[i].n, room, NULL),
				-ENOSPC);
	}
}

TEST(damaged)
{
	static uint8_t in[PLAIN_BYTES + 100];
	size_t i, at, kind, good = 0;
	long n;

	for (i = 0; i < STREAMS; i++) {
		memcpy(in, streams[i].bytes, streams[i].n);
		for (at = 0; at < streams[i].n; at += 1 + at / 200) {
			for (kind = 0; kind < 8; kind++) {
				in[at] ^= (uint8_t)(1 << kind);
				n = run(in, streams[i].n, PLAIN_BYTES, NULL);
				in[at] ^= (uint8_t)(1 << kind);
				CHECK(n <= PLAIN_BYTES);
				CHECK(n >= 0 || n == -EINVAL || n == -ENOSPC);
				good += n >= 0;
			}
		}
	}
	printf("# %zu of them unpack to something\n", good);
}

/* Small streams that are wrong in one way each. */
TEST(wrong)
{
	static const struct {
		const char *why;
		uint8_t n, bytes[12];
	} row[] = {
		{"block type 3", 1, {0x07}},
		{"stored, length and check differ", 5, {1, 2, 0, 2, 0}},
		{"stored, longer than input", 6, {1, 2, 0, 0xfd, 0xff, 9}},
		{"distance before the start", 4, {0x4b, 0x04, 0x22, 0x00}},
		{"distance symbol 30", 4, {0x03, 0x3e, 0x00, 0x00}},
		{"length symbol 286", 3, {0x1b, 0x03, 0x00}},
		{"too many literal codes", 4, {0xfd, 0x00, 0x00, 0x00}},
		{"no codes at all", 12, {0x05}},
	};
	size_t i;

	for (i = 0; i < sizeof(row) / sizeof(*row); i++) {
		printf("# %s\n", row[i].why);
		CHECK_EQ(run(row[i].bytes, row[i].n, 100, NULL), -EINVAL);
	}
}

int main(void)
{
	make_plain();
	RUN(whole);
	RUN(cut);
	RUN(too_small);
	RUN(damaged);
	RUN(wrong);
	return test_end();
}
