/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * What lwIP needs from below: milliseconds, numbers that are hard to guess, and
 * somewhere to fail.
 */
#include "lwip/init.h"
#include "lwip/sys.h"

#include "ipxe-glue/port.h"
#include "ipxe-glue/undi/undi_time.h"
#include "romlayout/include/rm.h"

u32_t sys_now(void)
{
	/* Wraps with lwIP's own 32 bits; it takes differences only. */
	return undi_time_us() / 1000;
}

/*
 * For ports, sequence numbers and query ids. Before the entropy pool is full
 * (DHCP runs then, nothing else) the TSC has to do.
 */
uint32_t undi_lwip_rand(void)
{
	static uint32_t state;
	uint32_t number;

	if (port_entropy(&number, sizeof(number)) == 0)
		return number;
	state = (state ^ (uint32_t)rm_tsc()) * 2654435761u;
	return state ^ state >> 15;
}

void undi_lwip_assert(const char *text, const char *file, int line)
{
	rm_debug(file);
	rm_debug(": ");
	rm_panic(text);
}
