/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Inflate: zlib streams (RFC 1950, 1951) from memory to memory. Private to
 * this folder.
 */
#ifndef SPICE_CODEC_INFLATE_H
#define SPICE_CODEC_INFLATE_H

#include "spice/codec/codec.h"

/*
 * Unpack a whole zlib stream.
 *
 * @in, @len: the stream; bytes after it are not looked at
 * @out, @out_len: receives exactly so many bytes
 * Returns 0; -EINVAL for a damaged or cut stream, a wrong checksum, or one
 * that unpacks to another size; -ENOMEM.
 * Bound: yields as decoders do; workspace below 4 KiB.
 */
int codec_inflate(const struct codec_ctx *ctx, const uint8_t *in, size_t len,
		  uint8_t *out, size_t out_len);

/*
 * Unpack the first @out_len bytes of a zlib stream: slowly, without memory.
 *
 * Returns 0 or -EINVAL.
 */
int codec_inflate_head(const uint8_t *in, size_t len, uint8_t *out,
		       size_t out_len);

#endif
