/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * A small decoder of raw deflate (RFC 1951).
 */
#ifndef ROMLAYOUT_INFLATE_H
#define ROMLAYOUT_INFLATE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Unpack a whole stream.
 * @out: @room bytes, never written beyond
 * @in: @bytes of raw deflate, never read beyond
 *
 * Aliasing: none. Workspace: 1.5 KiB of stack.
 * Returns how many bytes it gave; -EINVAL if it is no deflate or is cut;
 * -ENOSPC if @room is too small.
 */
long inflate(uint8_t *out, size_t room, const uint8_t *in, size_t bytes);

#endif
