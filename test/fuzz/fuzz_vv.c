/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * .vv files.
 *
 * covers: ipxe-glue/vv.c
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ipxe-glue/vv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct target target;
	const char *why = NULL;

	vv_probe((const char *)data, size);
	if (vv_parse(&target, (const char *)data, size, &why)) {
		if (!why || !*why || target.ca)
			abort();
		return 0;
	}
	if (!target.host[0] || (!target.port && !target.tls_port) ||
	    (target.ca && strlen(target.ca) > target.ca_bytes))
		abort();
	target_wipe(&target);
	return 0;
}
