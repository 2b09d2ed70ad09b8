/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * General functions of ISO C. malloc takes from the program's heap
 * (romlayout/include/rm.h): it gives NULL before heap_init().
 */
#ifndef ROMLAYOUT_LIBC_STDLIB_H
#define ROMLAYOUT_LIBC_STDLIB_H

#include <stddef.h>

#define EXIT_SUCCESS 0
#define EXIT_FAILURE 1

void *malloc(size_t bytes);
void *calloc(size_t n, size_t bytes);
void free(void *mem);

void abort(void) __attribute__((noreturn));

int atoi(const char *s);
long strtol(const char *s, char **end, int base);
unsigned long strtoul(const char *s, char **end, int base);

int abs(int n);

#endif
