/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The inputs channel: keys and mouse go out, lock states come in.
 *
 * Motion is paced: the server acknowledges every fourth motion or position
 * message; with eight on their way we add up what comes and send the sum. A
 * button goes out at once, after the motion that led to it.
 */
#include "spice/chan/chan.h"

#define INPUTS_PER_ACK	   SPICE_INPUT_MOTION_ACK_BUNCH
#define INPUTS_UNACKED_MAX (2 * SPICE_INPUT_MOTION_ACK_BUNCH)

/* The inputs channel when it is up, else NULL. */
static struct chan *inputs_chan(struct chan_session *s)
{
	return s->failed ? NULL : chan_find(s, SPICE_CHANNEL_INPUTS);
}

static void inputs_send(struct chan *c, uint16_t type, struct wire_writer *w)
{
	int rc = chan_send(c, type, w->base, w->len);

	if (rc)
		chan_send_fail(c, rc);
}

/* Send the motion or position that was held back. */
static void inputs_send_motion(struct chan *c)
{
	struct chan_inputs *in = &c->s->inputs;
	uint8_t body[16];
	struct wire_writer w;

	wire_writer_init(&w, body, sizeof(body));
	if (c->s->mouse_mode == SPICE_MOUSE_MODE_CLIENT && in->placed) {
		wire_put_u32(&w, in->x);
		wire_put_u32(&w, in->y);
		wire_put_u16(&w, in->buttons);
		wire_put_u8(&w, c->s->shown);
		inputs_send(c, SPICE_MSGC_INPUTS_MOUSE_POSITION, &w);
		in->unacked++;
	} else if (c->s->mouse_mode == SPICE_MOUSE_MODE_SERVER && in->moved) {
		wire_put_u32(&w, (uint32_t)in->dx);
		wire_put_u32(&w, (uint32_t)in->dy);
		wire_put_u16(&w, in->buttons);
		inputs_send(c, SPICE_MSGC_INPUTS_MOUSE_MOTION, &w);
		in->unacked++;
	}
	in->placed = in->moved = false;
	in->dx = in->dy = 0;
}

void chan_inputs_flush(struct chan_session *s)
{
	struct chan *c = inputs_chan(s);

	if (c && s->inputs.unacked < INPUTS_UNACKED_MAX)
		inputs_send_motion(c);
}

void chan_session_key(struct chan_session *s, uint32_t code, bool pressed)
{
	struct chan *c = inputs_chan(s);
	uint8_t body[4];
	struct wire_writer w;

	if (!c)
		return;
	wire_writer_init(&w, body, sizeof(body));
	wire_put_u32(&w, code);
	inputs_send(c,
		    pressed ? SPICE_MSGC_INPUTS_KEY_DOWN
			    : SPICE_MSGC_INPUTS_KEY_UP,
		    &w);
}

void chan_session_locks(struct chan_session *s, uint16_t locks)
{
	struct chan *c = inputs_chan(s);
	uint8_t body[2];
	struct wire_writer w;

	if (!c)
		return;
	wire_writer_init(&w, body, sizeof(body));
	wire_put_u16(&w, locks);
	inputs_send(c, SPICE_MSGC_INPUTS_KEY_MODIFIERS, &w);
}

/* @a + @b without leaving int32_t. */
static int32_t inputs_add(int32_t a, int32_t b)
{
	int64_t sum = (int64_t)a + b;

	if (sum > INT32_MAX)
		return INT32_MAX;
	return sum < INT32_MIN ? INT32_MIN : (int32_t)sum;
}

void chan_session_motion(struct chan_session *s, int32_t dx, int32_t dy)
{
	s->inputs.dx = inputs_add(s->inputs.dx, dx);
	s->inputs.dy = inputs_add(s->inputs.dy, dy);
	s->inputs.moved = true;
	chan_inputs_flush(s);
}

void chan_session_position(struct chan_session *s, uint32_t x, uint32_t y)
{
	s->inputs.x = x + (uint32_t)s->view_x;
	s->inputs.y = y + (uint32_t)s->view_y;
	s->inputs.placed = true;
	chan_inputs_flush(s);
}

void chan_session_button(struct chan_session *s, unsigned int button,
			 bool pressed)
{
	struct chan *c = inputs_chan(s);
	uint8_t body[3];
	struct wire_writer w;

	if (!c || button < SPICE_MOUSE_BUTTON_LEFT || button > 16)
		return;
	/* The place where it was pressed goes first, paced or not. */
	inputs_send_motion(c);
	if (pressed)
		s->inputs.buttons |= (uint16_t)(1u << (button - 1));
	else
		s->inputs.buttons &= (uint16_t) ~(1u << (button - 1));

	wire_writer_init(&w, body, sizeof(body));
	wire_put_u8(&w, (uint8_t)button);
	wire_put_u16(&w, s->inputs.buttons);
	inputs_send(c,
		    pressed ? SPICE_MSGC_INPUTS_MOUSE_PRESS
			    : SPICE_MSGC_INPUTS_MOUSE_RELEASE,
		    &w);
}

static int inputs_locks(struct chan *c, struct wire_reader *r)
{
	c->s->events->locks(c->s->ctx, wire_u16(r));
	return 0;
}

static int inputs_motion_ack(struct chan *c, struct wire_reader *r)
{
	struct chan_inputs *in = &c->s->inputs;

	in->unacked -= in->unacked < INPUTS_PER_ACK ? in->unacked
						    : INPUTS_PER_ACK;
	chan_inputs_flush(c->s);
	return 0;
}

static int inputs_up(struct chan *c)
{
	struct chan_inputs none = {0};

	c->s->inputs = none;
	return 0;
}

static const struct chan_handler inputs_handlers[] = {
	{SPICE_MSG_INPUTS_INIT, 2, inputs_locks},
	{SPICE_MSG_INPUTS_KEY_MODIFIERS, 2, inputs_locks},
	{SPICE_MSG_INPUTS_MOUSE_MOTION_ACK, 0, inputs_motion_ack},
	{0, 0, NULL},
};

const struct chan_kind chan_inputs_kind = {
	.type = SPICE_CHANNEL_INPUTS,
	.name = "inputs",
	.handlers = inputs_handlers,
	.up = inputs_up,
};
