/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The firmware's C library against the workstation's: its sources are compiled
 * here under other names, and both get the same arguments.
 */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#pragma GCC diagnostic ignored "-Wmissing-prototypes"

#define memcpy	    fw_memcpy
#define memmove	    fw_memmove
#define memset	    fw_memset
#define memcmp	    fw_memcmp
#define memchr	    fw_memchr
#define strlen	    fw_strlen
#define strnlen	    fw_strnlen
#define strcmp	    fw_strcmp
#define strncmp	    fw_strncmp
#define strcasecmp  fw_strcasecmp
#define strncasecmp fw_strncasecmp
#define strcpy	    fw_strcpy
#define strncpy	    fw_strncpy
#define strcat	    fw_strcat
#define strncat	    fw_strncat
#define strchr	    fw_strchr
#define strrchr	    fw_strrchr
#define strstr	    fw_strstr
#define strspn	    fw_strspn
#define strcspn	    fw_strcspn
#define strpbrk	    fw_strpbrk
#define strtol	    fw_strtol
#define strtoul	    fw_strtoul
#define atoi	    fw_atoi
#define abs	    fw_abs
#define vsnprintf   fw_vsnprintf
#define snprintf    fw_snprintf

int strncmp(const char *a, const char *b, size_t n);
int strncasecmp(const char *a, const char *b, size_t n);

#include "romlayout/libc/string_mem.c"
#include "romlayout/libc/string_str.c"
#include "romlayout/libc/stdlib_num.c"
#include "romlayout/libc/stdio_format.c"

#undef memcpy
#undef memmove
#undef memset
#undef memcmp
#undef memchr
#undef strlen
#undef strnlen
#undef strcmp
#undef strncmp
#undef strcasecmp
#undef strncasecmp
#undef strcpy
#undef strncpy
#undef strcat
#undef strncat
#undef strchr
#undef strrchr
#undef strstr
#undef strspn
#undef strcspn
#undef strpbrk
#undef strtol
#undef strtoul
#undef atoi
#undef abs
#undef vsnprintf
#undef snprintf

#include "test/test.h"

#define ROOM 80

static int sign(int n)
{
	return (n > 0) - (n < 0);
}

/* Two buffers with the same content, for both libraries. */
static unsigned char ours[ROOM], theirs[ROOM];

static void fill(void)
{
	size_t i;

	for (i = 0; i < ROOM; i++)
		ours[i] = theirs[i] = (unsigned char)(i * 7 + 1);
}

TEST(copies_of_every_length_and_skew)
{
	size_t n, from, to;

	for (n = 0; n < 24; n++) {
		for (from = 0; from < 6; from++) {
			for (to = 0; to < 6; to++) {
				fill();
				CHECK(fw_memcpy(ours + 40 + to, ours + from,
						n) == ours + 40 + to);
				memcpy(theirs + 40 + to, theirs + from, n);
				CHECK(!memcmp(ours, theirs, ROOM));
			}
		}
	}
}

TEST(moves_that_overlap)
{
	size_t n, from, to;

	for (n = 0; n < 24; n++) {
		for (from = 0; from < 50; from++) {
			for (to = 0; to < 50; to++) {
				fill();
				CHECK(fw_memmove(ours + to, ours + from, n) ==
				      ours + to);
				memmove(theirs + to, theirs + from, n);
				CHECK(!memcmp(ours, theirs, ROOM));
			}
		}
	}
}

TEST(sets)
{
	size_t n, to;

	for (n = 0; n < 40; n++) {
		for (to = 0; to < 8; to++) {
			fill();
			CHECK(fw_memset(ours + to, 0x1ab, n) == ours + to);
			memset(theirs + to, 0x1ab, n);
			CHECK(!memcmp(ours, theirs, ROOM));
		}
	}
}

static const char *const words[] = {
	"",    "a",    "b",	"ab",	     "abc", "abd",    "ABC", "abcabd",
	"bca", "\xff", "a\xff", "spice://h", "://", "aaaaab", "aab", " \tx",
};

#define WORDS (sizeof(words) / sizeof(*words))

TEST(two_words)
{
	size_t i, k, n;

	for (i = 0; i < WORDS * WORDS; i++) {
		const char *a = words[i / WORDS], *b = words[i % WORDS];

		k = strlen(a) < strlen(b) ? strlen(a) : strlen(b);
		CHECK_EQ(sign(fw_strcmp(a, b)), sign(strcmp(a, b)));
		CHECK_EQ(sign(fw_strcasecmp(a, b)), sign(strcasecmp(a, b)));
		CHECK_EQ(sign(fw_memcmp(a, b, k)), sign(memcmp(a, b, k)));
		CHECK(fw_strstr(a, b) == strstr(a, b));
		CHECK_EQ(fw_strspn(a, b), strspn(a, b));
		CHECK_EQ(fw_strcspn(a, b), strcspn(a, b));
		CHECK(fw_strpbrk(a, b) == strpbrk(a, b));
		for (n = 0; n < 6; n++) {
			CHECK_EQ(sign(fw_strncmp(a, b, n)),
				 sign(strncmp(a, b, n)));
			CHECK_EQ(sign(fw_strncasecmp(a, b, n)),
				 sign(strncasecmp(a, b, n)));
		}
	}
}

TEST(one_word)
{
	size_t i, n;
	int c;

	for (i = 0; i < WORDS; i++) {
		const char *a = words[i];

		CHECK_EQ(fw_strlen(a), strlen(a));
		for (c = 0; c < 256; c++) {
			CHECK(fw_strchr(a, c) == strchr(a, c));
			CHECK(fw_strrchr(a, c) == strrchr(a, c));
			CHECK(fw_memchr(a, c, strlen(a)) ==
			      memchr(a, c, strlen(a)));
		}
		for (n = 0; n < 12; n++) {
			CHECK_EQ(fw_strnlen(a, n), strnlen(a, n));
			fill();
			fw_strncpy((char *)ours, a, n);
			strncpy((char *)theirs, a, n);
			CHECK(!memcmp(ours, theirs, ROOM));
			strcpy((char *)ours, "xy");
			strcpy((char *)theirs, "xy");
			fw_strncat((char *)ours, a, n);
			strncat((char *)theirs, a, n);
			fw_strcat((char *)ours, a);
			strcat((char *)theirs, a);
			CHECK(!strcmp((char *)ours, (char *)theirs));
		}
	}
}

TEST(numbers_of_text)
{
	static const char *const text[] = {"",
					   "0",
					   "-1",
					   "+42",
					   "  77x",
					   "0x1F",
					   "0x",
					   "0xg",
					   "017",
					   "089",
					   "zz",
					   "-0x10",
					   "9223372036854775807",
					   "9223372036854775808",
					   "-9223372036854775808",
					   "-9223372036854775809",
					   "18446744073709551615",
					   "18446744073709551616",
					   "99999999999999999999999",
					   "- 1",
					   "--1",
					   "12 34"};
	static const int base[] = {0, 2, 8, 10, 16, 36};
	size_t i, k;
	char *end, *end2;
	int err;

	for (i = 0; i < sizeof(text) / sizeof(*text); i++) {
		for (k = 0; k < sizeof(base) / sizeof(*base); k++) {
			errno = 0;
			long want = strtol(text[i], &end, base[k]);

			err = errno;
			errno = 0;
			CHECK_EQ(fw_strtol(text[i], &end2, base[k]), want);
			CHECK(end == end2 && errno == err);
			errno = 0;
			unsigned long uwant = strtoul(text[i], &end, base[k]);

			err = errno;
			errno = 0;
			CHECK(fw_strtoul(text[i], &end2, base[k]) == uwant);
			CHECK(end == end2 && errno == err);
		}
	}
	CHECK_EQ(fw_atoi(" -12x"), -12);
	CHECK_EQ(fw_abs(-3), 3);
}

/* Both libraries' result of one format, in every room. */
static bool __attribute__((format(printf, 1, 2))) same(const char *format, ...)
{
	char a[100], b[100];
	size_t room;
	va_list args;
	int n, want;

	for (room = 0; room <= sizeof(a); room++) {
		memset(a, '#', sizeof(a));
		memset(b, '#', sizeof(b));
		va_start(args, format);
		n = fw_vsnprintf(a, room, format, args);
		va_end(args);
		va_start(args, format);
		want = vsnprintf(b, room, format, args);
		va_end(args);
		if (n != want || memcmp(a, b, sizeof(a))) {
			printf("# room %zu: %d \"%.60s\", not %d \"%.60s\"\n",
			       room, n, a, want, b);
			return false;
		}
	}
	return true;
}

#pragma GCC diagnostic ignored "-Wformat"

TEST(formats)
{
	static const long long value[] = {0,   1,	  -1,	     42,
					  255, INT_MAX,	  INT_MIN,   UINT_MAX,
					  256, LLONG_MAX, LLONG_MIN, 0xabcdef};
	static const char *const format[] = {
		"%d",	  "%5d|%-5d|%05d", "%+d% d",   "%.3d|%8.3d|%-8.3d",
		"%.0d",	  "%u|%10u",	   "%x|%X",    "%#x|%08x|%#10x",
		"%o|%5o", "%hhd|%hd",	   "%hhx|%hx", "%c",
	};
	static const char *const wide[] = {"%lld|%30lld|%-30lld|%030lld",
					   "%llx|%#llX",
					   "%llu",
					   "%ld",
					   "%zu|%zx",
					   "%jd",
					   "%td"};
	size_t i, k;

	for (i = 0; i < sizeof(value) / sizeof(*value); i++) {
		long long v = value[i];
		int n = (int)v;

		for (k = 0; k < sizeof(format) / sizeof(*format); k++)
			CHECK(same(format[k], n, n, n));
		for (k = 0; k < sizeof(wide) / sizeof(*wide); k++)
			CHECK(same(wide[k], v, v, v, v));
		CHECK(same("%*d|%-*d|%.*d", 7, n, -7, n, 4, n));
	}
	CHECK(same("%s|%5s|%-5s|%.2s|%.0s", "abc", "abc", "abc", "abc", "abc"));
	CHECK(same("100%% %p plain", (void *)same));
	CHECK(same("%.3s", "ab\0x"));
}

int main(void)
{
	RUN(copies_of_every_length_and_skew);
	RUN(moves_that_overlap);
	RUN(sets);
	RUN(two_words);
	RUN(one_word);
	RUN(numbers_of_text);
	RUN(formats);
	return test_end();
}
