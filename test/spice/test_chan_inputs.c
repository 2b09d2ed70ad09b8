/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The inputs channel: key codes, lock states, motion and positions paced by
 * acks and added up, buttons behind the motion that led to them.
 * timeout 240
 */
#include <stdlib.h>

#include "test/spice/chan_peer.h"
#include "test/test.h"

static struct chan_peer peer;

/* A session with an inputs channel in slot 1, in that mouse mode. */
static void begin(uint32_t mode)
{
	uint8_t body[4] = {3, 0, (uint8_t)mode, 0};

	memset(&peer, 0, sizeof(peer));
	chan_peer_start(&peer);
	chan_peer_up(&peer, "i");
	chan_peer_message(&peer, 0, SPICE_MSG_MAIN_MOUSE_MODE, body, 4);
	chan_peer_work(&peer);
	peer.slot[1].out_len = 0;
}

static struct chan_peer_sent take(void)
{
	return chan_peer_take(&peer, 1);
}

static void ack(void)
{
	chan_peer_message(&peer, 1, SPICE_MSG_INPUTS_MOUSE_MOTION_ACK, NULL, 0);
}

TEST(keys)
{
	struct chan_peer_sent sent;

	begin(SPICE_MOUSE_MODE_SERVER);
	chan_session_key(peer.s, 0x1e, true);
	chan_session_key(peer.s, 0x9e, false);
	chan_session_key(peer.s, 0x4be0, true);
	chan_session_key(peer.s, 0xc59de1, false);
	sent = take();
	CHECK_EQ(sent.type, SPICE_MSGC_INPUTS_KEY_DOWN);
	CHECK_EQ(sent.size, 4);
	CHECK_EQ(chan_peer_u32(sent.body), 0x1e);
	sent = take();
	CHECK_EQ(sent.type, SPICE_MSGC_INPUTS_KEY_UP);
	CHECK_EQ(chan_peer_u32(sent.body), 0x9e);
	sent = take();
	CHECK_EQ(sent.type, SPICE_MSGC_INPUTS_KEY_DOWN);
	CHECK(!memcmp(sent.body, "\xe0\x4b\0\0", 4));
	sent = take();
	CHECK_EQ(sent.type, SPICE_MSGC_INPUTS_KEY_UP);
	CHECK(!memcmp(sent.body, "\xe1\x9d\xc5\0", 4));
	CHECK(!take().there);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

TEST(locks)
{
	struct chan_peer_sent sent;

	begin(SPICE_MOUSE_MODE_SERVER);
	chan_peer_message(&peer, 1, SPICE_MSG_INPUTS_INIT, "\2\0", 2);
	CHECK_EQ(peer.locks, SPICE_KEYBOARD_MODIFIER_FLAGS_NUM_LOCK);
	chan_peer_message(&peer, 1, SPICE_MSG_INPUTS_KEY_MODIFIERS, "\4\1", 2);
	CHECK_EQ(peer.locks, 0x104);
	CHECK_EQ(peer.locked, 2);
	/* Never an answer by itself: that would go round in circles. */
	CHECK(!take().there);
	chan_session_locks(peer.s, SPICE_KEYBOARD_MODIFIER_FLAGS_CAPS_LOCK);
	sent = take();
	CHECK_EQ(sent.type, SPICE_MSGC_INPUTS_KEY_MODIFIERS);
	CHECK_EQ(sent.size, 2);
	CHECK_EQ(sent.body[0], 4);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

/* Nothing of what was done before the channel is up is sent later. */
TEST(not_up_yet)
{
	memset(&peer, 0, sizeof(peer));
	chan_peer_start(&peer);
	chan_session_key(peer.s, 0x1e, true);
	chan_session_locks(peer.s, 1);
	chan_session_motion(peer.s, 5, 5);
	chan_session_position(peer.s, 5, 5);
	chan_session_button(peer.s, SPICE_MOUSE_BUTTON_LEFT, true);
	chan_session_tick(peer.s, 1);
	chan_peer_up(&peer, "i");
	peer.slot[1].out_len = 0;
	chan_session_tick(peer.s, 2);
	chan_peer_work(&peer);
	CHECK(!take().there);
	chan_session_motion(peer.s, 1, 2);
	CHECK_EQ(chan_peer_u32(take().body), 1);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

TEST(motion)
{
	struct chan_peer_sent sent;
	int i, n = 0;

	begin(SPICE_MOUSE_MODE_SERVER);
	for (i = 0; i < 20; i++)
		chan_session_motion(peer.s, i, -1);
	for (; (sent = take()).there; n++) {
		CHECK_EQ(sent.type, SPICE_MSGC_INPUTS_MOUSE_MOTION);
		CHECK_EQ(sent.size, 10);
		CHECK_EQ(chan_peer_u32(sent.body), (uint32_t)n);
		CHECK_EQ(chan_peer_u32(sent.body + 4), UINT32_MAX);
	}
	CHECK_EQ(n, 8);

	/* An ack makes room for four; what was held goes as one sum. */
	ack();
	sent = take();
	CHECK_EQ(chan_peer_u32(sent.body),
		 8 + 9 + 10 + 11 + 12 + 13 + 14 + 15 + 16 + 17 + 18 + 19);
	CHECK_EQ(chan_peer_u32(sent.body + 4), (uint32_t)-12);
	CHECK(!take().there);
	for (i = 0; i < 20; i++)
		chan_session_motion(peer.s, 1, 0);
	for (n = 0; take().there; n++)
		;
	CHECK_EQ(n, 3);

	/* Acks that are too many do not make more room than there was. */
	for (i = 0; i < 10; i++)
		ack();
	CHECK(take().there);
	for (i = 0; i < 20; i++)
		chan_session_motion(peer.s, 1, 0);
	for (n = 0; take().there; n++)
		;
	CHECK_EQ(n, 8);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

/* The sum stays within 32 bits. */
TEST(motion_saturates)
{
	struct chan_peer_sent sent;
	int i;

	begin(SPICE_MOUSE_MODE_SERVER);
	for (i = 0; i < 8; i++)
		chan_session_motion(peer.s, 1, 1);
	while (take().there)
		;
	for (i = 0; i < 3; i++)
		chan_session_motion(peer.s, INT32_MAX, INT32_MIN);
	ack();
	sent = take();
	CHECK_EQ(chan_peer_u32(sent.body), INT32_MAX);
	CHECK_EQ(chan_peer_u32(sent.body + 4), 0x80000000u);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

TEST(positions)
{
	struct chan_peer_sent sent;
	unsigned int i, n = 0;

	begin(SPICE_MOUSE_MODE_CLIENT);
	for (i = 0; i < 20; i++)
		chan_session_position(peer.s, i, 2 * i);
	for (; (sent = take()).there; n++) {
		CHECK_EQ(sent.type, SPICE_MSGC_INPUTS_MOUSE_POSITION);
		CHECK_EQ(sent.size, 11);
		CHECK_EQ(chan_peer_u32(sent.body), n);
		CHECK_EQ(chan_peer_u32(sent.body + 4), 2 * n);
		CHECK_EQ(sent.body[10], 0);
	}
	CHECK_EQ(n, 8);
	ack();
	sent = take();
	CHECK_EQ(chan_peer_u32(sent.body), 19); /* the last, not a sum */
	CHECK(!take().there);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

/* The other mode's kind is not sent. */
TEST(only_of_the_mode)
{
	begin(SPICE_MOUSE_MODE_CLIENT);
	chan_session_motion(peer.s, 1, 1);
	CHECK(!take().there);
	CHECK_EQ(chan_peer_end(&peer), 0);
	begin(SPICE_MOUSE_MODE_SERVER);
	chan_session_position(peer.s, 1, 1);
	CHECK(!take().there);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

TEST(buttons)
{
	struct chan_peer_sent sent;

	begin(SPICE_MOUSE_MODE_SERVER);
	chan_session_button(peer.s, SPICE_MOUSE_BUTTON_LEFT, true);
	sent = take();
	CHECK_EQ(sent.type, SPICE_MSGC_INPUTS_MOUSE_PRESS);
	CHECK_EQ(sent.size, 3);
	CHECK_EQ(sent.body[0], SPICE_MOUSE_BUTTON_LEFT);
	CHECK_EQ(sent.body[1], SPICE_MOUSE_BUTTON_MASK_LEFT);
	chan_session_button(peer.s, SPICE_MOUSE_BUTTON_RIGHT, true);
	CHECK_EQ(take().body[1], 5);
	chan_session_motion(peer.s, 1, 1);
	sent = take();
	CHECK_EQ(sent.body[8], 5); /* a drag */
	chan_session_button(peer.s, SPICE_MOUSE_BUTTON_LEFT, false);
	sent = take();
	CHECK_EQ(sent.type, SPICE_MSGC_INPUTS_MOUSE_RELEASE);
	CHECK_EQ(sent.body[0], SPICE_MOUSE_BUTTON_LEFT);
	CHECK_EQ(sent.body[1], SPICE_MOUSE_BUTTON_MASK_RIGHT);
	chan_session_button(peer.s, 16, true);
	sent = take();
	CHECK_EQ(sent.body[2], 0x80);

	/* There is no button 0, nor one that no mask holds. */
	chan_session_button(peer.s, 0, true);
	chan_session_button(peer.s, 17, true);
	chan_session_button(peer.s, UINT32_MAX, true);
	CHECK(!take().there);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

/* A button does not wait for acks, and where it was pressed goes first. */
TEST(motion_before_button)
{
	struct chan_peer_sent sent;
	unsigned int i;

	begin(SPICE_MOUSE_MODE_CLIENT);
	for (i = 0; i < 12; i++)
		chan_session_position(peer.s, i, i);
	for (i = 0; i < 8; i++)
		CHECK(take().there);
	chan_session_button(peer.s, SPICE_MOUSE_BUTTON_LEFT, true);
	sent = take();
	CHECK_EQ(sent.type, SPICE_MSGC_INPUTS_MOUSE_POSITION);
	CHECK_EQ(chan_peer_u32(sent.body), 11);
	CHECK_EQ(sent.body[8], 0); /* not pressed yet */
	CHECK_EQ(take().type, SPICE_MSGC_INPUTS_MOUSE_PRESS);

	/* Nine are on their way: an ack leaves five, so three more may go. */
	ack();
	for (i = 0; i < 12; i++)
		chan_session_position(peer.s, i, i);
	for (i = 0; take().there; i++)
		;
	CHECK_EQ(i, 3);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

static void script(struct chan_peer *p)
{
	chan_peer_start(p);
	chan_peer_up(p, "i");
	chan_peer_message(p, 1, SPICE_MSG_INPUTS_INIT, "\1\0", 2);
	if (p->s) {
		chan_session_motion(p->s, 1, 2);
		chan_session_button(p->s, 1, true);
		chan_session_key(p->s, 0x1e, true);
	}
	chan_peer_message(p, 1, SPICE_MSG_INPUTS_MOUSE_MOTION_ACK, NULL, 0);
	chan_peer_message(p, 1, SPICE_MSG_INPUTS_KEY_MODIFIERS, "\2\0", 2);
}

TEST(every_way)
{
	static struct chan_peer base;
	const char *why = chan_peer_every_way(&base, script);

	if (why)
		printf("# %s\n", why);
	CHECK(!why);
}

int main(void)
{
	RUN(keys);
	RUN(locks);
	RUN(not_up_yet);
	RUN(motion);
	RUN(motion_saturates);
	RUN(positions);
	RUN(only_of_the_mode);
	RUN(buttons);
	RUN(motion_before_button);
	RUN(every_way);
	return test_end();
}
