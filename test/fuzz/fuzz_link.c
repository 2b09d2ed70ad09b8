/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The link of the main channel, and of one that comes after it.
 *
 * covers: spice/chan/chan_link.c spice/chan/chan_sasl.c
 */
#include "test/fuzz/session.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t copy[1024];

	if (size < 2 || size > sizeof(copy))
		return 0;
	memcpy(copy, data, size);
	if (!(copy[0] & LINK_OF_DISPLAY)) {
		copy[0] |= LINK_FIRST;
		return fuzz_session(copy, size, 0);
	}
	copy[0] &= (uint8_t)~LINK_FIRST;
	return fuzz_session(copy, size, 1);
}
