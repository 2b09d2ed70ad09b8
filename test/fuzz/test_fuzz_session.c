/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Replays what the fuzzer found worth keeping, without clang: session.pack, or
 * the files that are named (an input that crashed).
 * timeout 300
 */
#include "test/fuzz/fuzz_session.c"
#include "test/test.h"

#define PACK "test/fuzz/session.pack"

/* A whole file; its caller frees it. NULL where there is none. */
static uint8_t *load(const char *path, size_t *n)
{
	FILE *f = fopen(path, "rb");
	uint8_t *bytes;

	if (!f)
		return NULL;
	fseek(f, 0, SEEK_END);
	*n = (size_t)ftell(f);
	rewind(f);
	bytes = malloc(*n + 1);
	*n = fread(bytes, 1, *n, f);
	fclose(f);
	return bytes;
}

/* One input in memory of just its size. */
static void replay(const uint8_t *bytes, size_t n)
{
	uint8_t *copy = malloc(n ? n : 1);

	memcpy(copy, bytes, n);
	LLVMFuzzerTestOneInput(copy, n);
	free(copy);
}

/* u16 length, bytes; again and again */
TEST(replay_session)
{
	unsigned int count = 0;
	uint8_t *pack;
	size_t n, at = 0;

	pack = load(PACK, &n);
	CHECK(pack);
	while (at + 2 <= n) {
		size_t len = pack[at] | (size_t)pack[at + 1] << 8;

		CHECK(len <= n - at - 2);
		replay(pack + at + 2, len);
		at += 2 + len;
		count++;
	}
	free(pack);
	CHECK_EQ(at, n);
	CHECK(count > 20);
	printf("# %u inputs\n", count);
}

int main(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++) {
		size_t n;
		uint8_t *bytes = load(argv[i], &n);

		printf("# %s\n", argv[i]);
		fflush(stdout);
		if (bytes)
			replay(bytes, n);
		free(bytes);
	}
	if (argc > 1)
		return 0;
	RUN(replay_session);
	return test_end();
}
