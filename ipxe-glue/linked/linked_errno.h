/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Error numbers as the portable sources have them inside iPXE (linked_env.h),
 * by a name that the glue can use beside iPXE's own. The values are those of
 * any PC's C library.
 */
#ifndef IPXE_GLUE_LINKED_ERRNO_H
#define IPXE_GLUE_LINKED_ERRNO_H

#define PLAIN_EPERM	      1
#define PLAIN_ENOENT	      2
#define PLAIN_EINTR	      4
#define PLAIN_EIO	      5
#define PLAIN_ENXIO	      6
#define PLAIN_E2BIG	      7
#define PLAIN_ENOEXEC	      8
#define PLAIN_EBADF	      9
#define PLAIN_ECHILD	      10
#define PLAIN_EAGAIN	      11
#define PLAIN_ENOMEM	      12
#define PLAIN_EACCES	      13
#define PLAIN_EFAULT	      14
#define PLAIN_EBUSY	      16
#define PLAIN_EEXIST	      17
#define PLAIN_ENODEV	      19
#define PLAIN_EINVAL	      22
#define PLAIN_EFBIG	      27
#define PLAIN_ENOSPC	      28
#define PLAIN_EPIPE	      32
#define PLAIN_EDOM	      33
#define PLAIN_ERANGE	      34
#define PLAIN_ENAMETOOLONG    36
#define PLAIN_ENOSYS	      38
#define PLAIN_ENOMSG	      42
#define PLAIN_ENODATA	      61
#define PLAIN_ETIME	      62
#define PLAIN_EPROTO	      71
#define PLAIN_EBADMSG	      74
#define PLAIN_EOVERFLOW	      75
#define PLAIN_EILSEQ	      84
#define PLAIN_EMSGSIZE	      90
#define PLAIN_EPROTONOSUPPORT 93
#define PLAIN_EOPNOTSUPP      95
#define PLAIN_ENOTSUP	      95
#define PLAIN_EAFNOSUPPORT    97
#define PLAIN_EADDRINUSE      98
#define PLAIN_EADDRNOTAVAIL   99
#define PLAIN_ENETDOWN	      100
#define PLAIN_ENETUNREACH     101
#define PLAIN_ENETRESET	      102
#define PLAIN_ECONNABORTED    103
#define PLAIN_ECONNRESET      104
#define PLAIN_ENOBUFS	      105
#define PLAIN_EISCONN	      106
#define PLAIN_ENOTCONN	      107
#define PLAIN_ETIMEDOUT	      110
#define PLAIN_ECONNREFUSED    111
#define PLAIN_EHOSTDOWN	      112
#define PLAIN_EHOSTUNREACH    113
#define PLAIN_EALREADY	      114
#define PLAIN_EINPROGRESS     115
#define PLAIN_ECANCELED	      125

#endif
