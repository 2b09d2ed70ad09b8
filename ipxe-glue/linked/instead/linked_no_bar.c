/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * In the place of ipxe-glue/client_bar.c and vga/vga_bar.c where a ROM has no
 * room for them: between two sessions there is the text screen.
 */
#include "ipxe-glue/client.h"

void vga_grey(struct vga *v)
{
}

bool client_bar_show(struct client *c, unsigned int seconds)
{
	return false;
}
