/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Assertions of ISO C: one that fails shows its place and halts the machine.
 */
#undef assert

#ifdef NDEBUG
#define assert(cond) ((void)0)
#else
#define assert(cond) \
	((cond) ? (void)0 : assert_failed(__FILE__, __LINE__, #cond))
#endif

#ifndef ROMLAYOUT_LIBC_ASSERT_H
#define ROMLAYOUT_LIBC_ASSERT_H

#define static_assert _Static_assert

void assert_failed(const char *file, int line, const char *cond)
	__attribute__((noreturn));

#endif
