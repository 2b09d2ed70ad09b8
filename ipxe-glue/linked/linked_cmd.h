/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * A session from inside iPXE: for the command `spice` (linked_option.c), for
 * spice:// URIs (linked_image.c) and .vv files (linked_vv.c).
 */
#ifndef IPXE_GLUE_LINKED_CMD_H
#define IPXE_GLUE_LINKED_CMD_H

#include "ipxe-glue/client.h"

struct image;

/*
 * Show the desktop that @options (or, where they name none, the settings or
 * DHCP) name. @options is written.
 *
 * Returns 0 or one of iPXE's own error numbers.
 */
int spice_exec(struct client_options *options);

/* The .vv file among iPXE's images that is called @name, or NULL. */
struct image *linked_vv_find(const char *name);

/*
 * The same for the .vv file @image, which is wiped and unregistered when it
 * asks for that. Where it came by a URL that can be asked for again, each
 * further session is by a fresh one.
 */
int linked_vv_exec(struct image *image, struct client_options *options);

#endif
