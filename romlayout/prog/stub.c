/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The program for as long as there is none: says so and lets the PC go on.
 */
#include "romlayout/prog/prog.h"

int __attribute__((weak)) program_main(void)
{
	rm_debug("no program\n");
	return 0;
}
