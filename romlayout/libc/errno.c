/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * errno, for the few functions of ISO C that set it, and its text: the number.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

int errno;

char *strerror(int errnum)
{
	static char text[24];

	snprintf(text, sizeof(text), "error %d", errnum);
	return text;
}
