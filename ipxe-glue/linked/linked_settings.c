/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Settings: ${spice/uri}, ${spice/password} and the like, set by scripts or
 * `config`; the command's options count before them. Without a user's name or a
 * password of its own a session takes iPXE's ${username} and ${password}, which
 * `login` asks for and DHCP may give (options 175.190 and 175.191); without a
 * URI what DHCP's site option 224 says, as the stand-alone program does.
 */
#include <stdlib.h>
#include <string.h>

#include <ipxe/settings.h>

#include "ipxe-glue/linked/linked.h"

/* DHCP's option for a URI of ours, as iPXE writes it. */
#define SITE_URI "224"

static char *last; /* what port_setting() gave last */

/* A password does not stay in memory. */
void linked_settings_stop(void)
{
	if (last)
		memset(last, 0, strlen(last));
	free(last);
	last = NULL;
}

/* The value of the setting called @name, or NULL. Owner: the caller. */
static char *fetch(const char *name)
{
	char *copy = strdup(name), *value = NULL;
	struct settings *settings;
	struct setting setting;

	if (!copy)
		return NULL;
	if (parse_setting_name(copy, find_child_settings, &settings,
			       &setting) == 0) {
		setting.type = &setting_type_string;
		fetch_string_setting_copy(settings, &setting, &value);
	}
	free(copy);
	if (value && !value[0]) {
		free(value);
		value = NULL;
	}
	return value;
}

const char *port_setting(const char *name)
{
	const char *option = linked_option ? linked_option(name) : NULL;

	if (option)
		return option;
	linked_settings_stop();
	last = fetch(name);
	if (!last && strstr("spice/password spice/username", name))
		last = fetch(name + strlen("spice/"));
	if (!last && !strcmp(name, "spice/uri"))
		last = fetch(SITE_URI);
	return last;
}
