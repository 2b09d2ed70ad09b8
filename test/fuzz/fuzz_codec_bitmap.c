/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * BITMAP.
 *
 * covers: spice/codec/codec_bitmap.c
 */
#include "test/fuzz/images.h"

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t len)
{
	static const enum fuzz_kind kinds[] = {BITMAP};

	return fuzz_images(kinds, sizeof(kinds) / sizeof(kinds[0]), in, len);
}
