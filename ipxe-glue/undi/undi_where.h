/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Where to connect, as the network told: the one place that knows which DHCP
 * options name a SPICE server, and which of several wins.
 */
#ifndef UNDI_WHERE_H
#define UNDI_WHERE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ipxe-glue/undi/undi_options.h"

/* Options that may hold a spice:// URI, or name a .vv file, the second by any
 * URL; their order is their rank. */
#define UNDI_WHERE_ROOT_PATH UNDI_OPTION_ROOT_PATH /* or any other text */
#define UNDI_WHERE_SITE	     UNDI_OPTION_SITE

/* The longest command line, and a NUL. */
#define UNDI_WHERE_COMMAND_BYTES 1534

/* Who told, in the order in which they are believed; before all of them, the
 * program's command line. */
enum undi_where_from {
	UNDI_WHERE_REPLY, /* cached by a PXE stack: the boot server's answer */
	UNDI_WHERE_ACK,	  /* cached by a PXE stack: the DHCP server's */
	UNDI_WHERE_OWN,	  /* our own DHCP */
	UNDI_WHERE_FROMS
};

/*
 * The command line: its first word that is no NAME=VALUE, if it has one, is the
 * URI. Of one that is too long nothing is taken; what stands for the URI then
 * cannot be used, and says so.
 */
void undi_where_command(const char *text);

/* What a word of it, NAME=VALUE or --NAME=VALUE, says; NULL: none. */
const char *undi_where_word(const char *name);

/* A DHCP option of @n bytes. Ignored unless it names a SPICE server. */
void undi_where_option(enum undi_where_from from, uint8_t option,
		       const void *text, size_t n);

/* All options of a cached BOOTP packet of @bytes. */
void undi_where_packet(enum undi_where_from from, const void *packet,
		       size_t bytes);

/* Whether @text of @n bytes is the name, or the URL, of a .vv file. */
bool undi_where_is_vv(const char *text, size_t n);

/* The URI that wins, NULL if nobody told one. */
const char *undi_where_uri(void);

/* Who told it, as the subject of a sentence; NULL if nobody did. */
const char *undi_where_by(void);

#endif
