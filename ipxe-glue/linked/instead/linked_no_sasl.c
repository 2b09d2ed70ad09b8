/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * In the place of spice/chan/chan_sasl.c where a ROM has no room for it.
 */
#include "spice/chan/chan.h"

void chan_sasl_start(struct chan *c)
{
	chan_fail(c, CHAN_NO_AUTH, -EOPNOTSUPP, 0);
}

size_t chan_sasl_input(struct chan *c, const uint8_t *bytes, size_t n)
{
	return n;
}

void chan_sasl_drop(struct chan *c)
{
}
