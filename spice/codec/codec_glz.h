/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The GLZ dictionary: the window of decoded images that later ones refer to.
 * One for each glz_dict_id that DISPLAY_INIT named; reset with the session.
 */
#ifndef SPICE_CODEC_GLZ_H
#define SPICE_CODEC_GLZ_H

#include <stdint.h>

#include "spice/proto/proto_env.h"

struct codec_glz_window;

/*
 * Make an empty window.
 *
 * @pixels: what DISPLAY_INIT promises; at most 4 bytes for each are held, plus
 *          a small record an image
 * Returns the window, NULL when memory is short.
 * Owner: the caller; give it back with codec_glz_window_free.
 */
struct codec_glz_window *codec_glz_window_new(const struct spice_env *env,
					      uint32_t pixels);
void codec_glz_window_free(struct codec_glz_window *window);

/* Forget all images. */
void codec_glz_window_reset(struct codec_glz_window *window);

#endif
