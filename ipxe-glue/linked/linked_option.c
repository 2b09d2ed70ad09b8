/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The command: spice [options] [<uri> | <image>]
 *
 * Its options are those of ipxe-glue/option.c, by name, and --keep. They count
 * like settings (spice/NAME) of this one call, before all other settings.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ipxe/command.h>
#include <ipxe/errortab.h>
#include <ipxe/parseopt.h>

#include "ipxe-glue/linked/linked.h"
#include "ipxe-glue/linked/linked_cmd.h"
#include "ipxe-glue/option.h"

#define EINFO_SPICE_OPTION \
	__einfo_uniqify(EINFO_EINVAL, 0x01, "Not a usable SPICE option")

struct errortab spice_option_errors[] __errortab = {
	__einfo_errortab(EINFO_SPICE_OPTION),
};

/* More than option.c has. */
#define OPTIONS_MAX 32

struct spice_options {
	char *value[OPTIONS_MAX]; /* by option_name()'s number; NULL: not said
				   */
	int keep;
};

/* The options of the call that runs, or NULL. */
static const struct spice_options *said;

const char *linked_option(const char *name)
{
	static const char prefix[] = "spice/";
	const char *option;
	unsigned int i;

	if (!said || strncmp(name, prefix, sizeof(prefix) - 1))
		return NULL;
	for (i = 0; (option = option_name(OPTION_SETTING, i)); i++)
		if (!strcmp(name + sizeof(prefix) - 1, option))
			return said->value[i];
	return NULL;
}

/* ---- the table for iPXE's parser ----------------------------------------- */

static struct option_descriptor spice_opts[OPTIONS_MAX + 1];

static struct command_descriptor spice_cmd = {
	.options = spice_opts,
	.len = sizeof(struct spice_options),
	.max_args = 1,
	.usage = "[<uri>|<image>]",
};

/* Is @letter one that no option before number @n has, nor shall have? */
static bool is_free(char letter, unsigned int n)
{
	while (n--)
		if (spice_opts[n].shortopt == letter)
			return false;
	return letter != 'h' && letter != 'k' && letter != 'p' &&
	       ((letter >= 'a' && letter <= 'z') ||
		(letter >= '0' && letter <= '9'));
}

/* iPXE wants a letter for each: the first of the name that is free, or any. */
static char letter_for(const char *name, unsigned int n)
{
	char letter = 'a';

	if (!strcmp(name, "password"))
		return 'p';
	for (; *name; name++)
		if (is_free(*name, n))
			return *name;
	while (!is_free(letter, n))
		letter++;
	return letter;
}

/* Fill in the table, once; returns how many options option.c has. */
static unsigned int describe(void)
{
	const char *name;
	unsigned int i;

	for (i = 0; i < OPTIONS_MAX && (name = option_name(OPTION_SETTING, i));
	     i++) {
		spice_opts[i].longopt = name;
		spice_opts[i].shortopt = letter_for(name, i);
		spice_opts[i].has_arg = required_argument;
		spice_opts[i].offset =
			(uint16_t)(offsetof(struct spice_options, value) +
				   i * sizeof(char *));
		spice_opts[i].parse = OPTION_PARSER(struct spice_options,
						    value[0], parse_string);
	}
	spice_opts[i] = (struct option_descriptor)OPTION_DESC(
		"keep", 'k', no_argument, struct spice_options, keep,
		parse_flag);
	spice_cmd.num_options = (uint8_t)(i + 1);
	return i;
}

/* ---- the command --------------------------------------------------------- */

/* Are all values such as they must be? Says which is not. */
static int check(const struct spice_options *opts, unsigned int count)
{
	struct target *t = malloc(sizeof(*t));
	unsigned int i;
	int rc = 0;

	if (!t)
		return -ENOMEM;
	target_init(t);
	for (i = 0; i < count && !rc; i++) {
		if (!opts->value[i] ||
		    !option_set(t, OPTION_SETTING,
				span_of(option_name(OPTION_SETTING, i)),
				span_of(opts->value[i])))
			continue;
		printf("--%s\n", t->why);
		rc = -__einfo_errno(EINFO_SPICE_OPTION);
	}
	target_forget(t, sizeof(*t));
	free(t);
	return rc;
}

static int run(const struct spice_options *opts, const char *where)
{
	struct client_options options = {.uri = where, .once = !opts->keep};
	struct image *image = linked_vv_find(where);
	int rc;

	said = opts;
	options.password = linked_option("spice/password");
	rc = image ? linked_vv_exec(image, &options) : spice_exec(&options);
	said = NULL;
	return rc;
}

static int spice_command_exec(int argc, char **argv)
{
	struct spice_options opts;
	unsigned int count = describe();
	int rc;

	rc = parse_options(argc, argv, &spice_cmd, &opts);
	if (rc)
		return rc;
	rc = check(&opts, count);
	if (!rc)
		rc = run(&opts, argv[optind]);
	if (rc)
		printf("Could not show the desktop: %s\n", strerror(rc));
	return rc;
}

COMMAND(spice, spice_command_exec);
