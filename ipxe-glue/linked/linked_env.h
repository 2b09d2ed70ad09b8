/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * What the portable sources see of a C library inside iPXE. It is included
 * before everything else in each of them (ipxe.mk), because some things differ
 * there:
 *
 * - iPXE's error numbers carry the file that made them, so that two files'
 *   -ENOENT are not equal. Ours are plain numbers; what comes from iPXE is
 *   turned into them in one place (linked_tcp.c), and back in one
 * (linked_cmd.c).
 * - iPXE's snprintf knows no %u and no precision: ours is used.
 *
 * And its headers lack some of ISO C's names.
 */
#ifndef IPXE_GLUE_LINKED_ENV_H
#define IPXE_GLUE_LINKED_ENV_H

/* iPXE's <errno.h> finds itself included already. */
#define ERRNO_H
#include "ipxe-glue/linked/linked_errno.h"

#define ENOENT	     PLAIN_ENOENT
#define EIO	     PLAIN_EIO
#define EAGAIN	     PLAIN_EAGAIN
#define ENOMEM	     PLAIN_ENOMEM
#define EBUSY	     PLAIN_EBUSY
#define ENODEV	     PLAIN_ENODEV
#define EINVAL	     PLAIN_EINVAL
#define ENOSPC	     PLAIN_ENOSPC
#define ERANGE	     PLAIN_ERANGE
#define EPROTO	     PLAIN_EPROTO
#define EOVERFLOW    PLAIN_EOVERFLOW
#define EMSGSIZE     PLAIN_EMSGSIZE
#define ENOTSUP	     PLAIN_ENOTSUP
#define EACCES	     PLAIN_EACCES
#define ECANCELED    PLAIN_ECANCELED
#define ENETDOWN     PLAIN_ENETDOWN
#define ENETUNREACH  PLAIN_ENETUNREACH
#define ECONNRESET   PLAIN_ECONNRESET
#define ETIMEDOUT    PLAIN_ETIMEDOUT
#define ECONNREFUSED PLAIN_ECONNREFUSED
#define EHOSTUNREACH PLAIN_EHOSTUNREACH
#define EINPROGRESS  PLAIN_EINPROGRESS

#define E2BIG		PLAIN_E2BIG
#define EILSEQ		PLAIN_EILSEQ
#define EPROTONOSUPPORT PLAIN_EPROTONOSUPPORT
#define ENOBUFS		PLAIN_ENOBUFS

/* What iPXE's <stdint.h>, <stddef.h> and <string.h> leave out. */
#include <stddef.h>
#include <stdint.h>

typedef __UINTPTR_TYPE__ uintptr_t;
typedef __PTRDIFF_TYPE__ ptrdiff_t;
#define SIZE_MAX   __SIZE_MAX__
#define UINT32_MAX __UINT32_MAX__
#define UINT64_MAX __UINT64_MAX__
#define INT32_MAX  __INT32_MAX__
#define INT32_MIN  (-__INT32_MAX__ - 1)

static inline size_t strcspn(const char *text, const char *stops)
{
	size_t n = 0, i;

	for (; text[n]; n++)
		for (i = 0; stops[i]; i++)
			if (stops[i] == text[n])
				return n;
	return n;
}

#include <stdio.h>
#define snprintf  spice_snprintf
#define vsnprintf spice_vsnprintf
int snprintf(char *buf, size_t room, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
int vsnprintf(char *buf, size_t room, const char *format, va_list args)
	__attribute__((format(printf, 3, 0)));

#endif
