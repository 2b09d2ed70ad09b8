/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Messages of the display channel.
 *
 * covers: spice/chan/chan_display.c spice/chan/chan_draw.c
 * spice/chan/chan_image.c spice/chan/chan_stream.c
 */
#include "test/fuzz/session.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_session(data, size, 1);
}
