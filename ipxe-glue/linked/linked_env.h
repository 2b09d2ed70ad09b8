/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * What the portable sources see of a C library inside iPXE. It is included
 * before everything else in each of them (ipxe.mk), because some things differ
 * there:
 *
 * - iPXE's error numbers carry the file that made them, so that two files'
 *   -ENOENT are not equal. Ours are plain numbers; what comes from iPXE is
 *   turned into them in linked_tcp.c, and back in linked_cmd.c.
 * - iPXE's snprintf knows no %u and no precision: ours is used.
 *
 * And its headers lack some of ISO C's names.
 */
#ifndef IPXE_GLUE_LINKED_ENV_H
#define IPXE_GLUE_LINKED_ENV_H

/* iPXE's <errno.h> finds itself included already. */
#define ERRNO_H
#include "ipxe-glue/linked/linked_errno.h"

#define EPERM		PLAIN_EPERM
#define ENOENT		PLAIN_ENOENT
#define EINTR		PLAIN_EINTR
#define EIO		PLAIN_EIO
#define ENXIO		PLAIN_ENXIO
#define E2BIG		PLAIN_E2BIG
#define ENOEXEC		PLAIN_ENOEXEC
#define EBADF		PLAIN_EBADF
#define ECHILD		PLAIN_ECHILD
#define EAGAIN		PLAIN_EAGAIN
#define ENOMEM		PLAIN_ENOMEM
#define EACCES		PLAIN_EACCES
#define EFAULT		PLAIN_EFAULT
#define EBUSY		PLAIN_EBUSY
#define EEXIST		PLAIN_EEXIST
#define ENODEV		PLAIN_ENODEV
#define EINVAL		PLAIN_EINVAL
#define EFBIG		PLAIN_EFBIG
#define ENOSPC		PLAIN_ENOSPC
#define EPIPE		PLAIN_EPIPE
#define EDOM		PLAIN_EDOM
#define ERANGE		PLAIN_ERANGE
#define ENAMETOOLONG	PLAIN_ENAMETOOLONG
#define ENOSYS		PLAIN_ENOSYS
#define ENOMSG		PLAIN_ENOMSG
#define ENODATA		PLAIN_ENODATA
#define ETIME		PLAIN_ETIME
#define EPROTO		PLAIN_EPROTO
#define EBADMSG		PLAIN_EBADMSG
#define EOVERFLOW	PLAIN_EOVERFLOW
#define EILSEQ		PLAIN_EILSEQ
#define EMSGSIZE	PLAIN_EMSGSIZE
#define EPROTONOSUPPORT PLAIN_EPROTONOSUPPORT
#define EOPNOTSUPP	PLAIN_EOPNOTSUPP
#define ENOTSUP		PLAIN_ENOTSUP
#define EAFNOSUPPORT	PLAIN_EAFNOSUPPORT
#define EADDRINUSE	PLAIN_EADDRINUSE
#define EADDRNOTAVAIL	PLAIN_EADDRNOTAVAIL
#define ENETDOWN	PLAIN_ENETDOWN
#define ENETUNREACH	PLAIN_ENETUNREACH
#define ENETRESET	PLAIN_ENETRESET
#define ECONNABORTED	PLAIN_ECONNABORTED
#define ECONNRESET	PLAIN_ECONNRESET
#define ENOBUFS		PLAIN_ENOBUFS
#define EISCONN		PLAIN_EISCONN
#define ENOTCONN	PLAIN_ENOTCONN
#define ETIMEDOUT	PLAIN_ETIMEDOUT
#define ECONNREFUSED	PLAIN_ECONNREFUSED
#define EHOSTDOWN	PLAIN_EHOSTDOWN
#define EHOSTUNREACH	PLAIN_EHOSTUNREACH
#define EALREADY	PLAIN_EALREADY
#define EINPROGRESS	PLAIN_EINPROGRESS
#define ECANCELED	PLAIN_ECANCELED

/* What iPXE's <stdint.h>, <stddef.h> and <string.h> leave out. */
#include <stddef.h>
#include <stdint.h>

typedef __UINTPTR_TYPE__ uintptr_t;
typedef __PTRDIFF_TYPE__ ptrdiff_t;
#define SIZE_MAX   __SIZE_MAX__
#define UINT8_MAX  __UINT8_MAX__
#define INT8_MAX   __INT8_MAX__
#define INT8_MIN   (-__INT8_MAX__ - 1)
#define UINT16_MAX __UINT16_MAX__
#define INT16_MAX  __INT16_MAX__
#define INT16_MIN  (-__INT16_MAX__ - 1)
#define UINT32_MAX __UINT32_MAX__
#define INT32_MAX  __INT32_MAX__
#define INT32_MIN  (-__INT32_MAX__ - 1)
#define UINT64_MAX __UINT64_MAX__
#define INT64_MAX  __INT64_MAX__
#define INT64_MIN  (-__INT64_MAX__ - 1)

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
