/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * In the place of ipxe-glue/source.c where a ROM has no room for files: URIs
 * only.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ipxe-glue/option.h"
#include "ipxe-glue/source.h"
#include "ipxe-glue/uri.h"

int source_begin(struct source *s, const char *name)
{
	const char *why;
	int rc;

	source_stop(s);
	rc = uri_parse(&s->target, name, &why);
	if (!rc) {
		rc = option_settings(&s->target);
		why = s->target.why;
	}
	if (rc)
		snprintf(s->why, sizeof(s->why), "%s", why);
	return rc;
}

int source_begin_vv(struct source *s, char *bytes, size_t n, const char *from)
{
	return -EOPNOTSUPP;
}

int source_poll(struct source *s)
{
	return -EOPNOTSUPP;
}

void source_stop(struct source *s)
{
	target_wipe(&s->target);
}
