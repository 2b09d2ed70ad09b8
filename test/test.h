/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The unit tests' whole framework. A test program is a list of cases:
 *
 *	TEST(name) { CHECK(1 + 1 == 2); CHECK_EQ(f(), 3); }
 *	int main(void) { RUN(name); return test_end(); }
 *
 * Each case prints "ok NAME" or "not ok NAME"; a failed check prints the place
 * and the values first and ends its case. test/run counts those lines.
 */
#ifndef TEST_TEST_H
#define TEST_TEST_H

#include <stdio.h>
#include <string.h>

static int test_bad;  /* the running case has failed */
static int test_fail; /* cases that failed */

#define TEST(name) static void test_##name(void)

#define RUN(name)                                                     \
	do {                                                          \
		test_bad = 0;                                         \
		test_##name();                                        \
		printf("%s %s\n", test_bad ? "not ok" : "ok", #name); \
		fflush(stdout);                                       \
		test_fail += test_bad;                                \
	} while (0)

#define CHECK(cond)                                                         \
	do {                                                                \
		if (!(cond)) {                                              \
			printf("# %s:%d: %s\n", __FILE__, __LINE__, #cond); \
			test_bad = 1;                                       \
			return;                                             \
		}                                                           \
	} while (0)

#define CHECK_EQ(a, b)                                                      \
	do {                                                                \
		long long test_a = (long long)(a), test_b = (long long)(b); \
		if (test_a != test_b) {                                     \
			printf("# %s:%d: %s is %lld, not %s = %lld\n",      \
			       __FILE__, __LINE__, #a, test_a, #b, test_b); \
			test_bad = 1;                                       \
			return;                                             \
		}                                                           \
	} while (0)

static inline int test_end(void)
{
	return test_fail != 0;
}

#endif
