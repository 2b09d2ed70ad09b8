/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * In the place of spice/chan/chan_move.c and ipxe-glue/client_next.c where a
 * ROM has no room for them: a server that does not hear of semi-seamless
 * migration has the client connect anew when the virtual machine has moved.
 */
#include "ipxe-glue/client.h"
#include "spice/chan/chan.h"

const uint32_t chan_move_caps;

int chan_move_begin(struct chan *c, struct wire_reader *r)
{
	return 0;
}

int chan_move_cancel(struct chan *c, struct wire_reader *r)
{
	return 0;
}

int chan_move_end(struct chan *c, struct wire_reader *r)
{
	return 0;
}

void chan_session_moving(struct chan_session *s, bool connected)
{
}

void chan_session_take_over(struct chan_session *s, size_t memory_bytes)
{
}

void client_next_moving(void *ctx, bool begins)
{
}

void client_next_turn(struct client *c)
{
}

bool client_next_waits(const struct client *c)
{
	return false;
}

void client_next_take(struct client *c)
{
}

void client_next_drop(struct client *c)
{
}
