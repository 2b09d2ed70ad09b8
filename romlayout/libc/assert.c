/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * What assert() calls.
 */
#include <assert.h>
#include <stdio.h>

#include "romlayout/include/rm.h"

void assert_failed(const char *file, int line, const char *cond)
{
	char text[160];

	snprintf(text, sizeof(text), "%s:%d: not true: %s", file, line, cond);
	rm_panic(text);
}
