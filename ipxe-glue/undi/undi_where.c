/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Command line and DHCP options (RFC 2132) that say where to connect.
 *
 * Left out: an option in several parts (RFC 3396); the first part counts.
 */
#include <stdbool.h>
#include <string.h>

#include "ipxe-glue/undi/undi_where.h"

/* As long as an option can be. A command line may be no longer either. */
#define URI_ROOM 256

static char found[UNDI_WHERE_FROMS][2][URI_ROOM];

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
}

/* Whether @text of @n bytes begins with "spice", in whatever case. */
static bool is_ours(const char *text, size_t n)
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
	if (n >= URI_ROOM || !is_ours(text, n))
		return;
	memcpy(to, text, n);
	to[n] = '\0';
}

/* ---- a whole packet ------------------------------------------------------ */

/* RFC 2131: fields that options may go on in, the cookie before the first. */
#define PACKET_SNAME	   44
#define PACKET_SNAME_BYTES 64
#define PACKET_FILE	   108
#define PACKET_FILE_BYTES  128
#define PACKET_COOKIE	   236
#define PACKET_OPTIONS	   240

#define OPTION_PAD	0
#define OPTION_OVERLOAD 52
#define OPTION_END	255

#define OVERLOAD_FILE  1
#define OVERLOAD_SNAME 2

/* All options in @n bytes. Returns what option 52 says, or 0. */
static uint8_t walk(enum undi_where_from from, const uint8_t *options, size_t n)
{
	uint8_t overload = 0;
	size_t at = 0;

	while (at < n && options[at] != OPTION_END) {
		if (options[at] == OPTION_PAD) {
			at++;
			continue;
		}
		if (n - at < 2 || n - at - 2 < options[at + 1])
			break;
		if (options[at] == OPTION_OVERLOAD && options[at + 1] == 1)
			overload = options[at + 2];
		undi_where_option(from, options[at], options + at + 2,
				  options[at + 1]);
		at += 2u + options[at + 1];
	}
	return overload;
}

void undi_where_packet(enum undi_where_from from, const void *packet,
		       size_t bytes)
{
	static const uint8_t cookie[4] = {99, 130, 83, 99};
	const uint8_t *p = packet;
	uint8_t overload;

	if (bytes < PACKET_OPTIONS || memcmp(p + PACKET_COOKIE, cookie, 4) != 0)
		return;
	overload = walk(from, p + PACKET_OPTIONS, bytes - PACKET_OPTIONS);
	if (overload & OVERLOAD_FILE)
		walk(from, p + PACKET_FILE, PACKET_FILE_BYTES);
	if (overload & OVERLOAD_SNAME)
		walk(from, p + PACKET_SNAME, PACKET_SNAME_BYTES);
}

const char *undi_where_uri(void)
{
	for (unsigned int from = 0; from < UNDI_WHERE_FROMS; from++)
		for (unsigned int i = 0; i < 2; i++)
			if (found[from][i][0])
				return found[from][i];
	return NULL;
}
