/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The VESA BIOS extension's calls, for vga_mode.c alone.
 */
#ifndef VGA_VGA_VBE_H
#define VGA_VGA_VBE_H

#include "vga/vga.h"

/* Bytes of low memory that struct vga holds for the BIOS's answers. */
#define VBE_LOW_BYTES 1024

/*
 * Read what the BIOS offers into @v: version, memory, modes, the monitor's own
 * size. @v->mode_count stays 0 without a usable VBE.
 */
void vbe_probe(struct vga *v);

/*
 * Set @mode with its linear frame buffer, map that, and clear it to black.
 *
 * Returns 0, with v->mode and v->fb; -EIO when the BIOS refuses or lies,
 * -ENOMEM when the frame buffer cannot be mapped.
 */
int vbe_set(struct vga *v, const struct vga_mode *mode);

#endif
