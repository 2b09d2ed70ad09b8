/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * LZ_RGB and LZ_PLT, and the alpha of a JPEG_ALPHA.
 *
 * covers: spice/codec/codec_lz.c
 */
#include "test/fuzz/images.h"

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t len)
{
	static const enum fuzz_kind kinds[] = {LZ, LZ_PLT, JPEG_ALPHA};

	return fuzz_images(kinds, sizeof(kinds) / sizeof(kinds[0]), in, len);
}
