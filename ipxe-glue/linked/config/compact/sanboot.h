/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * No disks over the network: 118 KiB.
 */
#undef SANBOOT_PCBIOS
#define SANBOOT_NULL
