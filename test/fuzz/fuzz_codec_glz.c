/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * GLZ_RGB, a list of images for one window.
 *
 * covers: spice/codec/codec_glz.c
 */
#include "test/fuzz/images.h"

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t len)
{
	static const enum fuzz_kind kinds[] = {GLZ};

	return fuzz_images(kinds, sizeof(kinds) / sizeof(kinds[0]), in, len);
}
