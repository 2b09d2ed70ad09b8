/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Messages of the main channel.
 *
 * covers: spice/chan/chan_main.c spice/chan/chan_move.c
 */
#include "test/fuzz/session.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_session(data, size, 0);
}
