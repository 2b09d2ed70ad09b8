/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * A QUIC encoder for tests, pixel by pixel and channel by channel as the
 * format is described, without any of the decoder's shortcuts.
 */
#ifndef TEST_SPICE_ENC_QUIC_H
#define TEST_SPICE_ENC_QUIC_H

#include <stdint.h>

#include "test/spice/codec_case.h"

enum {
	ENC_QUIC_GRAY = 1,
	ENC_QUIC_RGB16,
	ENC_QUIC_RGB24,
	ENC_QUIC_RGB32,
	ENC_QUIC_RGBA,
};

/*
 * Encode a picture, at most ENC_QUIC_MAX_WIDTH wide.
 *
 * @px: 0xAARRGGBB, rows without gaps; gray is in the blue byte, RGB16 has five
 *      bits in each byte
 */
void enc_quic(struct case_stream *s, unsigned int type, uint32_t width,
	      uint32_t height, const uint32_t *px);

#define ENC_QUIC_MAX_WIDTH 16384

#endif
