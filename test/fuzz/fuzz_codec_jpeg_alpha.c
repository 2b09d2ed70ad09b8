/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * JPEG_ALPHA.
 *
 * covers: spice/codec/codec_jpeg_alpha.c
 */
#include "test/fuzz/images.h"

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t len)
{
	static const enum fuzz_kind kinds[] = {JPEG_ALPHA};

	return fuzz_images(kinds, sizeof(kinds) / sizeof(kinds[0]), in, len);
}
