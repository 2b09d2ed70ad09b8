/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The settings block "spice", which `config` and `show` know: a row for `uri`
 * and for each of option.c's options that iPXE has no setting of that name for
 * already (username, password, keymap). Nothing else can be set in it.
 */
#include <string.h>

#include <ipxe/init.h>
#include <ipxe/settings.h>

#include "ipxe-glue/option.h"

/* More than option.c has, and one. */
#define ROWS_MAX 32

static const struct settings_scope spice_scope;

/* Those that nothing else is put into repeat the last one: `config` shows one
 * of several that are alike.
 */
static struct setting spice_rows[ROWS_MAX] __setting(SETTING_MISC, spice) = {
	[0 ... ROWS_MAX - 1] =
		{
			.name = "uri",
			.description = "SPICE server",
			.type = &setting_type_string,
			.scope = &spice_scope,
		},
};

static bool is_option(const char *name)
{
	const char *option;
	unsigned int i;

	for (i = 0; (option = option_name(OPTION_SETTING, i)); i++)
		if (!strcmp(name, option))
			return true;
	return false;
}

/* Found by name, for iPXE's own settings may be meant; those that are given as
 * a number have none.
 */
static int spice_applies(struct settings *settings __unused,
			 const struct setting *setting)
{
	return setting->scope == &spice_scope ||
	       (setting->name && is_option(setting->name));
}

static struct settings_operations spice_operations = {
	.applies = spice_applies,
	.store = generic_settings_store,
	.fetch = generic_settings_fetch,
	.clear = generic_settings_clear,
};

static struct generic_settings spice_settings = {
	.list = LIST_HEAD_INIT(spice_settings.list),
};

static void spice_init(void)
{
	struct setting *row = spice_rows;
	const char *name;
	unsigned int i;

	for (i = 0; (name = option_name(OPTION_SETTING, i)); i++) {
		if (find_setting(name) || row == spice_rows + ROWS_MAX - 1)
			continue;
		row->name = name;
		row->description = "SPICE client's option";
		row++;
	}
	settings_init(&spice_settings.settings, &spice_operations, NULL, NULL);
	register_settings(&spice_settings.settings, NULL, "spice");
}

struct init_fn spice_init_fn __init_fn(INIT_NORMAL) = {
	.name = "spice",
	.initialise = spice_init,
};
