/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The date and time that the BIOS keeps.
 */
#ifndef IPXE_GLUE_UNDI_CLOCK_H
#define IPXE_GLUE_UNDI_CLOCK_H

#include <stdint.h>

/*
 * Seconds since 1970 of what INT 1Ah says, in its own form (BCD).
 *
 * @date: CX and DX of AH=04h: century, year; month, day
 * @time: CX and DX of AH=02h: hour, minute; second, -
 * Returns 0 for what is no date and time.
 */
uint64_t undi_clock_s(uint32_t date, uint32_t time);

/* The two halves of what undi_clock_s() takes: CX above DX. */
#define UNDI_CLOCK(cx, dx) ((uint32_t)((cx)&0xffff) << 16 | ((dx)&0xffff))

#endif
