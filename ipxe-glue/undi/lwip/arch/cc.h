/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * What lwIP asks of a compiler and a processor: gcc and x86.
 */
#ifndef UNDI_ARCH_CC_H
#define UNDI_ARCH_CC_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define BYTE_ORDER LITTLE_ENDIAN

/* lwIP prints nothing in this build; the formats only have to exist. */
#define X8_F  "02x"
#define U16_F "u"
#define S16_F "d"
#define X16_F "x"
#define U32_F "u"
#define S32_F "d"
#define X32_F "x"
#define SZT_F "u"

/* One instruction, where lwIP's portable form shifts and masks. */
#define lwip_htonl(x) __builtin_bswap32(x)
#define lwip_htons(x) __builtin_bswap16(x)

/* undi_lwip.c */
uint32_t undi_lwip_rand(void);
void undi_lwip_assert(const char *text, const char *file, int line);

#define LWIP_RAND()		undi_lwip_rand()
#define LWIP_PLATFORM_DIAG(x)	((void)0)
#define LWIP_PLATFORM_ASSERT(x) undi_lwip_assert(x, __FILE__, __LINE__)

#endif
