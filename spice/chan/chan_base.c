/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Messages that every channel has: acknowledgements, pings, notices, waits.
 *
 * Leaves out: migration (a session that is migrated ends and is begun anew).
 */
#include <string.h>

#include "spice/chan/chan.h"

#define BASE_PING_BYTES 12 /* u32 id, u64 time: what PONG sends back */

/*
 * Acknowledge every `window` messages once they have been handled: the server
 * keeps at most two windows on their way, so that late acknowledgements slow
 * it down instead of filling our memory.
 */
void chan_base_count(struct chan *c)
{
	int rc;

	if (!c->ack_window || --c->ack_left)
		return;
	c->ack_left = c->ack_window;
	rc = chan_send(c, SPICE_MSGC_ACK, NULL, 0);
	if (rc)
		chan_send_fail(c, rc);
}

static int base_set_ack(struct chan *c, struct wire_reader *r)
{
	uint8_t body[4];
	struct wire_writer w;

	wire_writer_init(&w, body, sizeof(body));
	wire_put_u32(&w, wire_u32(r));
	c->ack_window = wire_u32(r);
	/* SET_ACK itself does not count; this handler's own count makes up. */
	c->ack_left = c->ack_window + 1;
	return chan_send(c, SPICE_MSGC_ACK_SYNC, body, w.len);
}

/*
 * PONG at once, before messages that wait to be drawn: from its delay the
 * server takes the line for a slow one and chooses heavier image encodings.
 * The PING itself is counted in its turn.
 */
void chan_base_urgent(struct chan *c, const struct chan_message *m)
{
	int rc;

	if (m->type != SPICE_MSG_PING || m->size < BASE_PING_BYTES)
		return;
	rc = chan_send(c, SPICE_MSGC_PONG, m->body, BASE_PING_BYTES);
	if (rc)
		chan_send_fail(c, rc);
}

/* It has been answered when it came. */
static int base_ping(struct chan *c, struct wire_reader *r)
{
	return 0;
}

static int base_wait(struct chan *c, struct wire_reader *r)
{
	unsigned int n = wire_u8(r);

	while (n--) {
		uint8_t type = wire_u8(r);
		uint8_t id = wire_u8(r);
		uint64_t serial = wire_u64(r);
		struct chan *other = chan_at(c->s, type, id);

		if (r->bad)
			return -EPROTO;
		if (other && other != c && other->state == CHAN_UP &&
		    other->done < serial)
			return -EAGAIN;
	}
	return 0;
}

static int base_notify(struct chan *c, struct wire_reader *r)
{
	char text[128];
	const uint8_t *bytes;
	uint32_t n;

	wire_bytes(r, 20); /* time, severity, visibility, what */
	n = wire_u32(r);
	bytes = wire_bytes(r, n);
	if (!bytes)
		return -EPROTO;
	if (n > sizeof(text) - 1)
		n = sizeof(text) - 1;
	memcpy(text, bytes, n);
	text[n] = '\0';
	chan_log(c->s, "server: %s", text);
	return 0;
}

static int base_disconnecting(struct chan *c, struct wire_reader *r)
{
	chan_fail(c, CHAN_SERVER_CLOSED, 0, 0);
	return 0;
}

const struct chan_handler chan_base_handlers[] = {
	{SPICE_MSG_SET_ACK, 8, base_set_ack},
	{SPICE_MSG_PING, BASE_PING_BYTES, base_ping},
	{SPICE_MSG_WAIT_FOR_CHANNELS, 1, base_wait},
	{SPICE_MSG_DISCONNECTING, 12, base_disconnecting},
	{SPICE_MSG_NOTIFY, 24, base_notify},
	{0, 0, NULL},
};
