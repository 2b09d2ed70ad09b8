/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Zero what nobody reads again; memset would be optimised away.
 */
#ifndef SPICE_TLS_WIPE_H
#define SPICE_TLS_WIPE_H

#include <stddef.h>
#include <string.h>

static inline void tls_wipe(void *mem, size_t n)
{
	memset(mem, 0, n);
	__asm__ volatile("" : : "r"(mem) : "memory");
}

#endif
