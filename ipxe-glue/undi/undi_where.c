/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Command line and DHCP options (RFC 2132) that say where to connect.
 */
#include <stdbool.h>
#include <string.h>

#include "ipxe-glue/undi/undi_where.h"

/* As long as an option can be, and a NUL. */
#define OPTION_ROOM 256

static char found[UNDI_WHERE_FROMS][2][OPTION_ROOM];

/*
 * The command line's words, with a NUL behind each and an empty one at their
 * end; and which of them is the URI.
 */
static char words[UNDI_WHERE_COMMAND_BYTES + 1];
static const char *command;

/* In place of a URI, so that the screen says why there is none. */
static const char too_long[] = "(a line of more than 1533 characters)";

/* Whether a word is NAME=VALUE or --NAME=VALUE: no URI's "=" comes so soon. */
static bool is_setting(const char *word)
{
	size_t n = strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789-");

	return n && word[n] == '=';
}

void undi_where_command(const char *text)
{
	const char *word = words;
	size_t n = 0;

	memset(words, 0, sizeof(words));
	command = NULL;
	if (strnlen(text, UNDI_WHERE_COMMAND_BYTES) ==
	    UNDI_WHERE_COMMAND_BYTES) {
		command = too_long;
		return;
	}
	for (; *text; text++)
		if (*text != ' ')
			words[n++] = *text;
		else if (n && words[n - 1])
			words[n++] = '\0';
	while (is_setting(word))
		word += strlen(word) + 1;
	if (*word)
		command = word;
}

const char *undi_where_word(const char *name)
{
	size_t n = strlen(name);
	const char *word = words;

	for (; *word; word += strlen(word) + 1) {
		const char *at = word;

		if (at[0] == '-' && at[1] == '-')
			at += 2;
		if (!strncmp(at, name, n) && at[n] == '=')
			return at + n + 1;
	}
	return NULL;
}

bool undi_where_is_vv(const char *text, size_t n)
{
	return n >= 3 && memcmp(text + n - 3, ".vv", 3) == 0;
}

/* Whether @text of @n bytes begins with @scheme, in whatever case. */
static bool begins(const char *text, size_t n, const char *scheme)
{
	size_t m = strlen(scheme);

	if (n < m)
		return false;
	for (size_t i = 0; i < m; i++)
		if ((text[i] | 0x20) != scheme[i])
			return false;
	return true;
}

/*
 * Whether an option's text is for us. A root-path by HTTP or TFTP may be for
 * others; the site option is ours. This is a policy decision.
 */
static bool is_for_us(uint8_t option, const char *text, size_t n)
{
	if (begins(text, n, "spice") || undi_where_is_vv(text, n))
		return true;
	return option == UNDI_WHERE_SITE &&
	       (begins(text, n, "http://") || begins(text, n, "https://") ||
		begins(text, n, "tftp://"));
}

void undi_where_option(enum undi_where_from from, uint8_t option,
		       const void *text, size_t n)
{
	char *to = found[from][option == UNDI_WHERE_SITE];

	if (option != UNDI_WHERE_ROOT_PATH && option != UNDI_WHERE_SITE)
		return;
	if (n >= OPTION_ROOM || !is_for_us(option, text, n))
		return;
	memcpy(to, text, n);
	to[n] = '\0';
}

void undi_where_packet(enum undi_where_from from, const void *packet,
		       size_t bytes)
{
	static const uint8_t options[] = {UNDI_WHERE_ROOT_PATH,
					  UNDI_WHERE_SITE};
	const struct undi_message msg = {.at = packet, .bytes = bytes};
	char text[OPTION_ROOM];

	for (size_t i = 0; i < sizeof(options); i++) {
		int n = undi_option(&msg, options[i], text, sizeof(text));

		if (n > 0)
			undi_where_option(from, options[i], text, n);
	}
}

/* The option that wins, and who told it. Returns whether there is one. */
static bool winner(enum undi_where_from *from, unsigned int *option)
{
	for (*from = 0; *from < UNDI_WHERE_FROMS; ++*from)
		for (*option = 0; *option < 2; ++*option)
			if (found[*from][*option][0])
				return true;
	return false;
}

const char *undi_where_uri(void)
{
	enum undi_where_from from;
	unsigned int option;

	if (command)
		return command;
	return winner(&from, &option) ? found[from][option] : NULL;
}

const char *undi_where_by(void)
{
	enum undi_where_from from;
	unsigned int option;

	if (command)
		return "The command line";
	if (!winner(&from, &option))
		return NULL;
	return option ? "DHCP's option 224" : "DHCP's root-path";
}
