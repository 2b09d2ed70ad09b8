/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Every image encoding that we decode. A new one is its own file, its row's
 * name here, and a declaration in codec_rows.h; nothing else changes.
 *
 * FROM_CACHE, FROM_CACHE_LOSSLESS and SURFACE are no encodings: whoever parses
 * the descriptor looks those up.
 */
#include "spice/codec/codec_rows.h"

static const struct codec *const codecs[] = {
	&codec_bitmap, &codec_quic, &codec_lz_plt,
	&codec_lz_rgb, &codec_glz,  &codec_zlib_glz,
	&codec_lz4,    &codec_jpeg, &codec_jpeg_alpha,
};

const struct codec *codec_find(uint8_t type)
{
	size_t i;

	for (i = 0; i < sizeof(codecs) / sizeof(codecs[0]); i++) {
		if (codecs[i]->type == type)
			return codecs[i];
	}
	return NULL;
}
