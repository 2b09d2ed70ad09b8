/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * In the place of spice/chan/chan_stream.c where a ROM has no room for video:
 * no codec is advertised, so that a server sends pictures instead of a stream,
 * and what it says of streams all the same is skipped.
 */
#include "spice/chan/chan_display.h"

const uint32_t chan_stream_caps;

int chan_stream(struct chan *c, uint16_t type, struct wire_reader *r)
{
	return 0;
}

void chan_stream_forget(struct chan *c, uint32_t surface)
{
}

void chan_stream_covered(struct chan *c, const struct draw_op *op)
{
}

/* Only frames have a time. */
void chan_clock_set(struct chan_session *s, uint32_t ms)
{
}

void chan_clock_tick(struct chan_session *s)
{
}

uint64_t chan_session_due(const struct chan_session *s)
{
	return UINT64_MAX;
}

bool chan_stream_work(struct chan_session *s)
{
	return false;
}
