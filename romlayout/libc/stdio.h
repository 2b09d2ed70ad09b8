/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Formatting into memory, as ISO C has it, without floating point, %n and wide
 * characters. There are no files: nothing here prints.
 */
#ifndef ROMLAYOUT_LIBC_STDIO_H
#define ROMLAYOUT_LIBC_STDIO_H

#include <stdarg.h>
#include <stddef.h>

int snprintf(char *buf, size_t room, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
int vsnprintf(char *buf, size_t room, const char *format, va_list args)
	__attribute__((format(printf, 3, 0)));

#endif
