/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * What can be said of a target beside its host, by name: the keys of a
 * spice:// URI, settings (spice/NAME), words of a command line (NAME=VALUE,
 * --NAME VALUE), and those keys of a .vv file that others know as well. One
 * table for all.
 */
#ifndef IPXE_GLUE_OPTION_H
#define IPXE_GLUE_OPTION_H

#include "ipxe-glue/span.h"
#include "ipxe-glue/target.h"

/* Who says it. */
#define OPTION_URI     1u /* a spice:// URI */
#define OPTION_TLS_URI 2u /* a spice+tls:// URI: its port is the TLS port */
#define OPTION_VV      4u /* a .vv file: ports may be -1, "" is nothing said */
#define OPTION_SETTING 8u /* a setting, a command line */

/* Option @name was said in another way: no setting says it any more. */
void option_said(struct target *t, const char *name);

/*
 * Take @value, not escaped any more, for the option called @key.
 *
 * @from: one of OPTION_*
 * Returns 0; -ENOENT when @from has no such option, -EINVAL for the value; then
 * t->why says what is wrong ("port= is not a number from 1 to 65535") and @t is
 * otherwise as it was.
 */
int option_set(struct target *t, unsigned int from, struct span key,
	       struct span value);

/*
 * The same for @word, "name=value", as on a command line; "--" may be before
 * it.
 */
int option_word(struct target *t, struct span word);

/*
 * Fill in from the port's settings (spice/NAME) what nobody has said yet.
 *
 * Returns 0 or -EINVAL: t->why says which setting is wrong, or is what
 * option_whole says.
 */
int option_settings(struct target *t);

/*
 * Is there a port, once all have had their say? And a TLS port where somebody
 * (but a .vv file) said whom to trust? Else all of it would go plain, to
 * whoever answers.
 *
 * Returns 0, or -EINVAL and t->why.
 */
int option_whole(struct target *t);

/* The name of the option of number @i that @from has; NULL behind the last. */
const char *option_name(unsigned int from, unsigned int i);

/*
 * Read a list of words (separated by commas, semicolons, spaces) as a set of
 * bits: word number i of @words, @stride bytes each, is bit @first + i. "all"
 * is @all.
 *
 * Returns whether all words are known.
 */
bool option_list(struct span list, const char *words, size_t stride,
		 unsigned int count, unsigned int first, uint32_t all,
		 uint32_t *set);

/* Say in t->why what is wrong with @key. Returns -EINVAL. */
int option_wrong(struct target *t, struct span key, const char *what);

#endif
