/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Where to connect: which source and which option wins. What was told stays
 * until it is told anew, so the cases go from the weakest to the strongest.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ipxe-glue/undi/undi_where.h"
#include "test/test.h"

static void tell(enum undi_where_from from, uint8_t option, const char *text)
{
	undi_where_option(from, option, text, strlen(text));
}

static bool is(const char *want)
{
	const char *have = undi_where_uri();

	return have && want ? !strcmp(have, want) : have == want;
}

TEST(nothing_told)
{
	CHECK(is(NULL));
	CHECK(!undi_where_by());
}

TEST(what_names_no_spice_server_is_ignored)
{
	char longest[256];

	tell(UNDI_WHERE_OWN, 17, "nfs:/root");
	tell(UNDI_WHERE_OWN, 17, "spic");
	tell(UNDI_WHERE_OWN, 17, "");
	tell(UNDI_WHERE_OWN, 67, "spice://a:1");
	tell(UNDI_WHERE_OWN, 17, "http://a/b");
	tell(UNDI_WHERE_OWN, 224, "iscsi:x");
	tell(UNDI_WHERE_OWN, 224, "http:/");
	memset(longest, 'x', sizeof(longest));
	memcpy(longest, "spice://", 8);
	undi_where_option(UNDI_WHERE_OWN, 17, longest, sizeof(longest));
	CHECK(is(NULL));
}

TEST(root_path_before_site_option)
{
	tell(UNDI_WHERE_OWN, 224, "spice://own-site:1");
	CHECK(is("spice://own-site:1"));
	CHECK(!strcmp(undi_where_by(), "DHCP's option 224"));
	tell(UNDI_WHERE_OWN, 17, "SPICE://own-root:1");
	CHECK(is("SPICE://own-root:1"));
	CHECK(!strcmp(undi_where_by(), "DHCP's root-path"));
	tell(UNDI_WHERE_OWN, 224, "spice://own-site:2");
	CHECK(is("SPICE://own-root:1"));
}

TEST(any_url_in_the_site_option)
{
	static const char *const urls[] = {
		"http://a/desks/", "HTTPS://a/cgi?pc=1", "tftp://a/desks/",
		"spice://own-site:2"};

	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		tell(UNDI_WHERE_OWN, 224, urls[i]);
		CHECK(is(urls[i]));
	}
}

/* A BOOTP message whose options are @options of @n bytes. */
static uint8_t *packet(const char *options, size_t n, size_t *bytes)
{
	uint8_t *p = calloc(1, 240 + n);

	*bytes = 240 + n;
	memcpy(p + 236, "\x63\x82\x53\x63", 4);
	memcpy(p + 240, options, n);
	return p;
}

TEST(cached_packets_before_our_own)
{
	static const char ack[] = "\x35\x01\x05\x00\xe0\x0bspice://b:2\xff";
	static const char reply[] = "\x11\x0bspice://c:3";
	size_t bytes;
	uint8_t *p;

	p = packet(ack, sizeof(ack) - 1, &bytes);
	undi_where_packet(UNDI_WHERE_ACK, p, bytes);
	free(p);
	CHECK(is("spice://b:2"));
	p = packet(reply, sizeof(reply) - 1, &bytes);
	undi_where_packet(UNDI_WHERE_REPLY, p, bytes);
	free(p);
	CHECK(is("spice://c:3"));
}

/* Under the sanitizer: no length makes it read behind the packet's end. */
TEST(cut_packets_are_safe)
{
	static const char full[] = "\x34\x01\x03\x11\x0bspice://d:4\xff";
	size_t bytes;
	uint8_t *whole = packet(full, sizeof(full) - 1, &bytes), *p;

	for (size_t n = 0; n < bytes; n++) {
		p = malloc(n + !n);
		memcpy(p, whole, n);
		undi_where_packet(UNDI_WHERE_ACK, p, n);
		free(p);
	}
	free(whole);
	CHECK(is("spice://c:3"));
}

TEST(command_line_first)
{
	undi_where_command("");
	CHECK(is("spice://c:3"));
	undi_where_command("  spice://e:5?password=x  and more");
	CHECK(is("spice://e:5?password=x"));
	CHECK(!strcmp(undi_where_by(), "The command line"));
}

TEST(words)
{
	undi_where_command("spice://e:5 on-end=menu  --title=a=b x titl= ");
	CHECK(!strcmp(undi_where_uri(), "spice://e:5"));
	CHECK(!strcmp(undi_where_word("on-end"), "menu"));
	CHECK(!strcmp(undi_where_word("title"), "a=b"));
	CHECK(!strcmp(undi_where_word("titl"), ""));
	CHECK(!undi_where_word("x"));
	CHECK(!undi_where_word("end"));
	undi_where_command("spice://e:5");
	CHECK(!undi_where_word("on-end"));
	undi_where_command("");
}

TEST(settings_before_the_uri_or_alone)
{
	undi_where_command("keymap=de");
	CHECK(is("spice://c:3"));
	CHECK(!strcmp(undi_where_by(), "DHCP's root-path"));
	CHECK(!strcmp(undi_where_word("keymap"), "de"));
	undi_where_command("keymap=fr --on-end=menu spice://e:5?keymap=x x=1");
	CHECK(is("spice://e:5?keymap=x"));
	CHECK(!strcmp(undi_where_word("keymap"), "fr"));
	CHECK(!strcmp(undi_where_word("on-end"), "menu"));
	CHECK(!strcmp(undi_where_word("x"), "1"));
	/* These have a "=", and are no settings. */
	undi_where_command("e:5?a=b");
	CHECK(is("e:5?a=b"));
	undi_where_command("=");
	CHECK(is("="));
	undi_where_command("");
}

/* Nothing is cut: all of it counts, or none. */
TEST(long_command_lines)
{
	char text[UNDI_WHERE_COMMAND_BYTES + 8];
	const size_t most = UNDI_WHERE_COMMAND_BYTES - 1;

	for (size_t n = 250; n < sizeof(text) - 1; n++) {
		memset(text, 'a', n);
		memcpy(text, "spice://", 8);
		text[n] = '\0';
		undi_where_command(text);
		CHECK(is(text) == (n <= most));
		CHECK(n <= most || undi_where_uri()[0] == '(');
		memcpy(text, "spice://e:5 title=", 18);
		undi_where_command(text);
		CHECK(is("spice://e:5") == (n <= most));
		CHECK(n > most ? !undi_where_word("title")
			       : strlen(undi_where_word("title")) == n - 18);
	}
	undi_where_command("");
	CHECK(is("spice://c:3"));
}

int main(void)
{
	RUN(nothing_told);
	RUN(what_names_no_spice_server_is_ignored);
	RUN(any_url_in_the_site_option);
	RUN(root_path_before_site_option);
	RUN(cached_packets_before_our_own);
	RUN(cut_packets_are_safe);
	RUN(command_line_first);
	RUN(words);
	RUN(settings_before_the_uri_or_alone);
	RUN(long_command_lines);
	return test_end();
}
