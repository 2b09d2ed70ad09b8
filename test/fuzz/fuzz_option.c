/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Options of a target: a byte says who names them (OPTION_*), then lines: words
 * of a command line, or NAME=VALUE of a URI or a .vv file. Last the whole is
 * taken for the carrier's settings.
 *
 * covers: ipxe-glue/option.c ipxe-glue/target.c
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ipxe-glue/option.h"
#include "ipxe-glue/port.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The lines, each ended by a NUL: what settings are looked up in. */
static char *lines;
static size_t lines_n;

const char *port_setting(const char *name)
{
	size_t at, n = strlen(name);

	for (at = 0; at < lines_n; at += strlen(lines + at) + 1)
		if (!strncmp(lines + at, name + 6, n - 6) &&
		    lines[at + n - 6] == '=')
			return lines + at + n - 5;
	return NULL;
}

void *port_alloc(size_t bytes)
{
	return malloc(bytes);
}

void port_free(void *mem)
{
	free(mem);
}

/* Whatever was said, a target's texts end in their room. */
static void look(const struct target *t)
{
	char shown[48];

	if (!memchr(t->host, 0, sizeof(t->host)) ||
	    !memchr(t->username, 0, sizeof(t->username)) ||
	    !memchr(t->password, 0, sizeof(t->password)) ||
	    !memchr(t->proxy.host, 0, sizeof(t->proxy.host)) ||
	    !memchr(t->proxy.user, 0, sizeof(t->proxy.user)) ||
	    !memchr(t->proxy.password, 0, sizeof(t->proxy.password)) ||
	    !memchr(t->subject, 0, sizeof(t->subject)) ||
	    !memchr(t->ca_url, 0, sizeof(t->ca_url)) ||
	    !memchr(t->title, 0, sizeof(t->title)) ||
	    !memchr(t->keymap, 0, sizeof(t->keymap)) ||
	    !memchr(t->why, 0, sizeof(t->why)))
		abort();
	target_server(t, shown, sizeof(shown));
	if (!memchr(shown, 0, sizeof(shown)))
		abort();
}

/* Where a session may come back to: a copy, and how old its password is. */
static void keep(struct target *t, size_t bits)
{
	struct target copy;
	char why[96] = "It is wrong.";

	if (!t->ca) {
		t->ca = strdup(t->host);
		t->ca_bytes = strlen(t->host);
	}
	if (target_copy(&copy, t))
		abort();
	look(&copy);
	if (memcmp(t->ca, copy.ca, t->ca_bytes + 1))
		abort();
	copy.typed = bits & 1;
	copy.taken_us = bits & 2 ? 1000000 : 0;
	target_add_age(&copy, (uint64_t)bits << 20, why,
		       bits & 4 ? sizeof(why) : 16);
	if (!memchr(why, 0, sizeof(why)))
		abort();
	target_wipe(&copy);
}

/* One line, in memory of just its size. */
static int say(struct target *t, unsigned int from, const char *line, size_t n)
{
	char *copy = malloc(n ? n : 1);
	struct span word = {copy, n}, key;
	int rc;

	memcpy(copy, line, n);
	if (from == OPTION_SETTING) {
		rc = option_word(t, word);
	} else {
		key = span_until(&word, "=");
		span_drop(&word, 1);
		rc = option_set(t, from, key, word);
	}
	free(copy);
	return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct target t, moved;
	unsigned int from, i;
	size_t at, n;

	if (!size)
		return 0;
	from = 1u << (data[0] & 3);
	lines_n = size;
	lines = malloc(size);
	memcpy(lines, data + 1, size - 1);
	lines[size - 1] = '\0';
	for (at = 0; at < size; at++)
		if (lines[at] == '\n')
			lines[at] = '\0';

	target_init(&t);
	target_init(&moved);
	for (at = 0; at < size; at += n + 1) {
		n = strlen(lines + at);
		if (!at)
			/* The host, which is nobody's option. */
			span_copy((struct span){lines, n}, t.host,
				  sizeof(t.host));
		else if (say(&t, from, lines + at, n) && !t.why[0])
			abort();
		look(&t);
	}
	for (i = 0; option_name(from, i); i++)
		if (data[0] & 4)
			option_said(&t, option_name(from, i));
	if (option_settings(&t) && !t.why[0])
		abort();
	look(&t);
	keep(&t, size);
	target_move(&moved, &t);
	look(&moved);
	target_wipe(&moved);
	target_wipe(&t);
	free(lines);
	return 0;
}
