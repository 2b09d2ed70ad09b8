/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Whole sessions: every channel, lost connections, time, keys.
 *
 * covers: spice/chan/chan_session.c spice/chan/chan_frame.c
 * spice/chan/chan_base.c spice/chan/chan_watch.c spice/chan/chan_mend.c
 * spice/chan/chan_inputs.c spice/chan/chan_error.c spice/chan/chan_count.c
 */
#include "test/fuzz/session.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_session(data, size, ANY_SLOT);
}
