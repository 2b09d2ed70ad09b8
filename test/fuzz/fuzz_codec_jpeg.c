/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * JPEG, as images and as the frames of a stream.
 *
 * covers: spice/codec/codec_jpeg.c spice/codec/codec_jpeg_huffman.c
 * spice/codec/codec_jpeg_idct.c spice/codec/codec_jpeg_color.c
 */
#include "test/fuzz/images.h"

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t len)
{
	static const enum fuzz_kind kinds[] = {JPEG};

	return fuzz_images(kinds, sizeof(kinds) / sizeof(kinds[0]), in, len);
}
