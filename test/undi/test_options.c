/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * DHCP options: whole, in parts, in the fields that option 52 opens; domain
 * lists with every kind of pointer; messages cut at every length. Each message
 * lies in a block of its own length, so that the sanitizers see its end.
 */
#include <stdint.h>
#include <stdlib.h>

#include "ipxe-glue/undi/undi_options.h"
#include "test/test.h"

#define HEAD 240

static struct undi_message msg;

/* Make a message of these options, its fields file and sname as given. */
static void make(const void *options, size_t n, const char *file,
		 const char *sname)
{
	uint8_t *at = realloc((void *)msg.at, HEAD + n);

	memset(at, 0, HEAD);
	memcpy(at + 236, "\x63\x82\x53\x63", 4);
	if (file)
		memcpy(at + 108, file, strlen(file));
	if (sname)
		memcpy(at + 44, sname, strlen(sname));
	memcpy(at + HEAD, options, n);
	msg.at = at;
	msg.bytes = HEAD + n;
}

#define MAKE(text, file, sname) make(text, sizeof(text) - 1, file, sname)

TEST(numbers_of_their_length_only)
{
	uint32_t value = 7;

	MAKE("\x33\4\1\2\3\4\x1a\2\5\xdc\x35\1\2\x3a\3\1\2\3\xff", NULL, NULL);
	CHECK(undi_option_number(&msg, UNDI_OPTION_LEASE, &value));
	CHECK_EQ(value, 0x01020304);
	CHECK(undi_option_number(&msg, UNDI_OPTION_MTU, &value));
	CHECK_EQ(value, 1500);
	CHECK(undi_option_number(&msg, UNDI_OPTION_TYPE, &value));
	CHECK_EQ(value, UNDI_DHCP_OFFER);
	CHECK(!undi_option_number(&msg, 58, &value));
	CHECK(!undi_option_number(&msg, 59, &value));
	CHECK_EQ(value, UNDI_DHCP_OFFER);
}

TEST(nothing_behind_the_end)
{
	char text[8];

	MAKE("\0\0\x43\2ab\xff\x0f\2cd", NULL, NULL);
	CHECK_EQ(undi_option(&msg, 67, text, sizeof(text)), 2);
	CHECK_EQ(undi_option(&msg, 15, text, sizeof(text)), -1);
}

TEST(parts_are_put_together)
{
	char text[16] = "";

	MAKE("\x43\2sp\x0f\1x\x43\3ice\x43\0\xff", NULL, NULL);
	undi_option_text(&msg, 67, text, sizeof(text));
	CHECK(strcmp(text, "spice") == 0);
	CHECK_EQ(undi_option(&msg, 67, text, 3), 5);
	CHECK(memcmp(text, "spi", 3) == 0);
}

TEST(file_and_sname_hold_options)
{
	char text[16];

	MAKE("\x34\1\3\x43\1a\xff", "\x43\1b\xff\x43\1x", "\x43\1c\xff");
	undi_option_text(&msg, 67, text, sizeof(text));
	CHECK(strcmp(text, "abc") == 0);
	undi_option_boot_file(&msg, text, sizeof(text));
	CHECK(strcmp(text, "abc") == 0);

	MAKE("\x34\1\2\xff", "\x43\1b\xff", "\x43\1c\xff");
	undi_option_text(&msg, 67, text, sizeof(text));
	CHECK(strcmp(text, "c") == 0);

	/* The field holds options, none of them a name. */
	MAKE("\x34\1\1\xff", "\x0f\1b\xff", NULL);
	undi_option_boot_file(&msg, text, sizeof(text));
	CHECK(strcmp(text, "") == 0);
}

TEST(boot_file_of_the_field)
{
	char text[256], field[129], small[10];

	MAKE("\x35\1\5\xff", "spice://a", NULL);
	undi_option_boot_file(&msg, text, sizeof(text));
	CHECK(strcmp(text, "spice://a") == 0);
	undi_option_boot_file(&msg, small, sizeof(small));
	CHECK(strcmp(small, "spice://a") == 0);
	undi_option_boot_file(&msg, small, sizeof(small) - 1);
	CHECK(strcmp(small, "") == 0);

	/* All of it, without a NUL. */
	memset(field, 'f', 128);
	field[128] = '\0';
	MAKE("\x35\1\5\xff", field, NULL);
	undi_option_boot_file(&msg, text, sizeof(text));
	CHECK_EQ(strlen(text), 128);
}

TEST(text_is_text)
{
	char text[8];

	MAKE("\x43\5ab\0cd\x0f\3a\nb\x11\x08"
	     "12345678\xff",
	     NULL, NULL);
	undi_option_text(&msg, 67, text, sizeof(text));
	CHECK(strcmp(text, "ab") == 0);
	undi_option_text(&msg, 15, text, sizeof(text));
	CHECK(strcmp(text, "") == 0);
	undi_option_text(&msg, 17, text, sizeof(text));
	CHECK(strcmp(text, "") == 0);
	undi_option_text(&msg, 99, text, sizeof(text));
	CHECK(strcmp(text, "") == 0);
}

TEST(cut_at_every_length)
{
	static const uint8_t whole[] =
		"\x34\1\3\x43\2sp\x0f\1x\x43\3ice\x33\4\1\2\3\4\xff";
	char text[16];
	uint32_t value;

	for (size_t n = 0; n < sizeof(whole); n++) {
		make(whole, n, "\x43\1!\xff", NULL);
		undi_option_text(&msg, 67, text, sizeof(text));
		CHECK(strncmp(text, n < 3 ? "" : n < 7 ? "!" : "sp", 1) == 0);
		CHECK_EQ(undi_option_number(&msg, 51, &value), n >= 21);
	}
	/* Without room for the options' cookie it is no message at all. */
	while (msg.bytes-- > 0) {
		msg.at = realloc((void *)msg.at, msg.bytes ? msg.bytes : 1);
		if (msg.bytes < HEAD) {
			CHECK(!undi_options_valid(&msg));
			CHECK_EQ(undi_option(&msg, 67, text, 16), -1);
		}
		undi_option_boot_file(&msg, text, sizeof(text));
	}
	msg.bytes = 0;
}

TEST(wrong_cookie)
{
	char text[16];

	MAKE("\x43\2sp\xff", "file", NULL);
	((uint8_t *)msg.at)[238]++;
	CHECK(!undi_options_valid(&msg));
	CHECK_EQ(undi_option(&msg, 67, text, sizeof(text)), -1);
	undi_option_boot_file(&msg, text, sizeof(text));
	CHECK(strcmp(text, "") == 0);
}

/* ---- domain lists ---------------------------------------------------------
 */

#define NAMES 4

struct list {
	const char *title;
	const char *value;
	size_t bytes;
	const char *names; /* each with a blank behind it */
};

#define LIST(title, value, names)                      \
	{                                              \
		title, value, sizeof(value) - 1, names \
	}

static const struct list lists[] = {
	LIST("none", "", ""),
	LIST("root only", "\0\0\0", ""),
	LIST("two", "\1a\2bc\0\3def\0", "a.bc def "),
	LIST("pointer to a tail", "\1a\2bc\0\1d\xc0\2", "a.bc d.bc "),
	LIST("pointer to a pointer", "\1a\0\1b\xc0\0\1c\xc0\3", "a b.a c.b.a "),
	LIST("all of it a pointer", "\1a\0\xc0\0", "a a "),
	LIST("pointer to itself", "\1a\0\xc0\3", "a "),
	LIST("pointer into itself", "\1a\0\1b\xc0\3\1c\0", "a "),
	LIST("pointer forwards", "\xc0\2\1a\0", ""),
	LIST("pointer behind the end", "\1a\0\xc1\xff", "a "),
	LIST("pointer cut", "\1a\0\xc0", "a "),
	LIST("label cut", "\1a\0\5bc", "a "),
	LIST("without its end", "\1a\0\2bc", "a "),
	LIST("reserved label",
	     "\1a\0\x41"
	     "b\0",
	     "a "),
	LIST("bad character", "\3a b\0\2c.\0\1d\0", "d "),
	LIST("more than there is room for", "\1a\0\1b\0\1c\0\1d\0\1e\0",
	     "a b c d "),
};

/* Read from a block of just this length. */
static void read_list(const char *value, size_t bytes, char *text)
{
	char names[NAMES][UNDI_OPTION_NAME];
	uint8_t *copy = malloc(bytes ? bytes : 1);
	unsigned int n;

	memcpy(copy, value, bytes);
	n = undi_option_names(copy, bytes, names, NAMES);
	free(copy);
	*text = '\0';
	for (unsigned int i = 0; i < n; i++) {
		strcat(text, names[i]);
		strcat(text, " ");
	}
}

TEST(domain_lists)
{
	char text[NAMES * (UNDI_OPTION_NAME + 1) + 1];

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		read_list(lists[i].value, lists[i].bytes, text);
		if (strcmp(text, lists[i].names))
			printf("# %s: \"%s\"\n", lists[i].title, text);
		CHECK(strcmp(text, lists[i].names) == 0);
	}
}

TEST(domain_lists_cut_anywhere)
{
	char text[NAMES * (UNDI_OPTION_NAME + 1) + 1];

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		for (size_t n = 0; n < lists[i].bytes; n++)
			read_list(lists[i].value, n, text);
	CHECK(true);
}

TEST(long_names)
{
	char value[300], text[NAMES * (UNDI_OPTION_NAME + 1) + 1];

	/* Labels of 63: one fits, two are a dot too long to have a NUL. */
	memset(value, 'x', sizeof(value));
	value[0] = value[64] = 63;
	value[128] = 0;
	memcpy(value + 129, "\1a", 3);
	read_list(value, 132, text);
	CHECK_EQ(strlen(text), 127 + 1 + 2);
	value[128] = 1; /* and another one */
	value[130] = 0;
	memcpy(value + 131, "\1b", 3);
	read_list(value, 134, text);
	CHECK(strcmp(text, "b ") == 0);
}

TEST(random_lists)
{
	static const char bytes[] = "\0\1\2\3\xc0\xc0"
				    "ab";
	char value[24], text[NAMES * (UNDI_OPTION_NAME + 1) + 1];
	uint32_t seed = 1;

	for (int i = 0; i < 200000; i++) {
		size_t n = i % sizeof(value);

		for (size_t k = 0; k < n; k++) {
			seed = seed * 1664525 + 1013904223;
			value[k] = bytes[seed >> 29];
		}
		read_list(value, n, text);
	}
	CHECK(true);
}

TEST(what_is_a_name)
{
	CHECK(undi_option_is_name("a"));
	CHECK(undi_option_is_name("a-b.c_d.9"));
	CHECK(!undi_option_is_name(""));
	CHECK(!undi_option_is_name("."));
	CHECK(!undi_option_is_name(".a"));
	CHECK(!undi_option_is_name("a."));
	CHECK(!undi_option_is_name("a..b"));
	CHECK(!undi_option_is_name("a b"));
}

int main(void)
{
	RUN(numbers_of_their_length_only);
	RUN(nothing_behind_the_end);
	RUN(parts_are_put_together);
	RUN(file_and_sname_hold_options);
	RUN(boot_file_of_the_field);
	RUN(text_is_text);
	RUN(cut_at_every_length);
	RUN(wrong_cookie);
	RUN(domain_lists);
	RUN(domain_lists_cut_anywhere);
	RUN(long_names);
	RUN(random_lists);
	RUN(what_is_a_name);
	free((void *)msg.at);
	return test_end();
}
