/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Messages of the display channel, and all that they draw.
 *
 * covers: spice/chan/chan_display.c spice/chan/chan_draw.c
 * spice/chan/chan_image.c spice/chan/chan_stream.c spice/codec/codec_pixel.c
 * spice/draw/draw_blend.c spice/draw/draw_composite.c spice/draw/draw_copy.c
 * spice/draw/draw_copy_bits.c spice/draw/draw_dash.c spice/draw/draw_ends.c
 * spice/draw/draw_fill.c spice/draw/draw_line.c spice/draw/draw_opaque.c
 * spice/draw/draw_render.c spice/draw/draw_rop.c spice/draw/draw_rop3.c
 * spice/draw/draw_solid.c spice/draw/draw_source.c spice/draw/draw_span.c
 * spice/draw/draw_stroke.c spice/draw/draw_text.c spice/draw/draw_transparent.c
 * spice/draw/draw_wide.c spice/pix/pix_cache.c spice/pix/pix_clip.c
 * spice/pix/pix_palettes.c spice/pix/pix_pixmap.c
 */
#include "test/fuzz/session.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_session(data, size, 1);
}
