/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Command line and DHCP options (RFC 2132) that say where to connect.
 */
#include <stdbool.h>
#include <string.h>

#include "ipxe-glue/undi/undi_where.h"

/* As long as an option can be. A command line may be no longer either. */
#define URI_ROOM 256

static char found[UNDI_WHERE_FROMS][2][URI_ROOM];

/* The command line's further words, NAME=VALUE, with a NUL behind each. */
static char words[2 * URI_ROOM];

void undi_where_command(const char *text)
{
	char *to = found[UNDI_WHERE_COMMAND][0];
	size_t n = 0;

	while (*text == ' ')
		text++;
	while (n < URI_ROOM - 1 && text[n] && text[n] != ' ')
		n++;
	memcpy(to, text, n);
	to[n] = '\0';
	/* An empty one ends them. */
	memset(words, 0, sizeof(words));
	for (text += n, n = 0; *text && n < sizeof(words) - 2; text++)
		if (*text != ' ')
			words[n++] = *text;
		else if (n && words[n - 1])
			words[n++] = '\0';
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

/* Whether @text of @n bytes begins with "spice", in whatever case. */
static bool is_spice(const char *text, size_t n)
{
	static const char scheme[] = "spice";

	if (n < sizeof(scheme) - 1)
		return false;
	for (size_t i = 0; i < sizeof(scheme) - 1; i++)
		if ((text[i] | 0x20) != scheme[i])
			return false;
	return true;
}

void undi_where_option(enum undi_where_from from, uint8_t option,
		       const void *text, size_t n)
{
	char *to = found[from][option == UNDI_WHERE_SITE];

	if (option != UNDI_WHERE_ROOT_PATH && option != UNDI_WHERE_SITE)
		return;
	if (n >= URI_ROOM || !(is_spice(text, n) || undi_where_is_vv(text, n)))
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
	char text[URI_ROOM];

	for (size_t i = 0; i < sizeof(options); i++) {
		int n = undi_option(&msg, options[i], text, sizeof(text));

		if (n > 0)
			undi_where_option(from, options[i], text, n);
	}
}

/* The URI that wins, and who told it. Returns whether there is one. */
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

	return winner(&from, &option) ? found[from][option] : NULL;
}

const char *undi_where_by(void)
{
	enum undi_where_from from;
	unsigned int option;

	if (!winner(&from, &option))
		return NULL;
	if (from == UNDI_WHERE_COMMAND)
		return "The command line";
	return option ? "DHCP's option 224" : "DHCP's root-path";
}
