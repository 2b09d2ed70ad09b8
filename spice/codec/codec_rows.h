/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The rows that codec_table.c lists; private to this folder.
 */
#ifndef SPICE_CODEC_ROWS_H
#define SPICE_CODEC_ROWS_H

#include "spice/codec/codec.h"

extern const struct codec codec_bitmap;
extern const struct codec codec_glz;
extern const struct codec codec_jpeg;
extern const struct codec codec_jpeg_alpha;
extern const struct codec codec_lz4;
extern const struct codec codec_lz_plt;
extern const struct codec codec_lz_rgb;
extern const struct codec codec_quic;
extern const struct codec codec_zlib_glz;

#endif
