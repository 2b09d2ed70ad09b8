/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * A main for a fuzzer's target without clang: replays packs (WHAT.pack, see
 * pack.py), and files that are one input each.
 *
 *	replay_WHAT FILE...
 *
 * Prints how many inputs there were; ends badly where one crashes, by the
 * sanitizers' or the target's own word.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PACK_SUFFIX ".pack"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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

/*
 * A pack: u16 length, bytes; again and again.
 *
 * Returns the inputs in it, 0 for a broken one.
 */
static unsigned int replay_pack(const uint8_t *pack, size_t n)
{
	unsigned int count = 0;
	size_t at = 0, len;

	for (; at + 2 <= n; at += 2 + len, count++) {
		len = pack[at] | (size_t)pack[at + 1] << 8;
		if (len > n - at - 2)
			return 0;
		replay(pack + at + 2, len);
	}
	return at == n ? count : 0;
}

/* Replay the file @path. Returns the inputs in it. */
static unsigned int replay_file(const char *path)
{
	const char *dot = strrchr(path, '.');
	unsigned int count = 1;
	uint8_t *bytes;
	size_t n;

	bytes = load(path, &n);
	if (!bytes)
		return 0;
	if (dot && !strcmp(dot, PACK_SUFFIX))
		count = replay_pack(bytes, n);
	else
		replay(bytes, n);
	free(bytes);
	return count;
}

int main(int argc, char **argv)
{
	unsigned int count, all = 0;
	int i;

	for (i = 1; i < argc; i++) {
		count = replay_file(argv[i]);
		if (!count) {
			fprintf(stderr, "%s: no input or a broken pack\n",
				argv[i]);
			return 1;
		}
		all += count;
	}
	printf("%u inputs\n", all);
	return 0;
}
