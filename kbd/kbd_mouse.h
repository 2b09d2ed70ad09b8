/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The mouse's side of the BIOS, for kbd_install.c alone.
 */
#ifndef KBD_KBD_MOUSE_H
#define KBD_KBD_MOUSE_H

#include "kbd/kbd.h"

/*
 * Reset the mouse and have the BIOS far-call @segment:@offset for each packet.
 *
 * Returns 0, or -ENODEV without a mouse (or a BIOS that knows of mice).
 */
int kbd_mouse_start(struct bios *bios, uint16_t segment, uint16_t offset);

/* Stop the mouse and have the BIOS forget the handler. */
void kbd_mouse_stop(struct bios *bios);

#endif
