/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * A session from inside iPXE, for the command and for spice:// URIs.
 */
#ifndef IPXE_GLUE_LINKED_CMD_H
#define IPXE_GLUE_LINKED_CMD_H

#include <stdbool.h>

/*
 * Show the desktop that @uri (or, NULL, the settings or DHCP) names.
 *
 * @password: counts before the URI's own; NULL for that or the settings'
 * @once: one session; else it is tried until the person leaves
 * Returns 0 or one of iPXE's own error numbers.
 */
int spice_exec(const char *uri, const char *password, bool once);

#endif
