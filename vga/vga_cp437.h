/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Characters: UTF-8 in, the text mode's code page 437 out.
 */
#ifndef VGA_VGA_CP437_H
#define VGA_VGA_CP437_H

#include <stddef.h>
#include <stdint.h>

#define VGA_UTF8_MAX 4 /* bytes of a character at most */

/*
 * Take the first character of @text, which is not empty. Bytes that are no
 * UTF-8 (overlong forms and surrogates too) count as U+FFFD, one each.
 *
 * @code: receives it
 * Returns its bytes, at least 1. Never reads beyond the 0 at the end.
 */
size_t vga_utf8_get(const char *text, uint32_t *code);

/* Write @code to @text (VGA_UTF8_MAX bytes, no 0 at the end). Returns bytes;
   0 for what is no character. */
size_t vga_utf8_put(char *text, uint32_t code);

/* The character cell for @code: '?' where there is none, ' ' for controls. */
uint8_t vga_cp437(uint32_t code);

#endif
