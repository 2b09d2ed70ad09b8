/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * A server that goes silent: every state has its patience, and an idle desktop
 * has no end.
 */
#include <errno.h>
#include <stdlib.h>

#include "test/spice/chan_peer.h"
#include "test/test.h"

#define SECOND 1000000u

static struct chan_peer peer;
static uint64_t now;

/* Let @seconds pass, in which the client runs. */
static void pass(unsigned int seconds)
{
	uint64_t until = now + (uint64_t)seconds * SECOND;

	while (now < until) {
		now += SECOND / 20;
		chan_session_tick(peer.s, now);
		chan_peer_work(&peer);
	}
}

/* A session that waits for its main connection. */
static void begin(void)
{
	memset(&peer, 0, sizeof(peer));
	chan_peer_start(&peer);
	now = 1000;
	chan_session_tick(peer.s, now);
}

/* Whether it ended only after @seconds, for @cause and @rc, and no memory is
   lost. */
static bool ends_after(unsigned int seconds, enum chan_cause cause, int rc)
{
	bool good;

	pass(seconds - 1);
	good = peer.ends == 0;
	pass(2);
	good = good && peer.ends == 1 && peer.error.cause == cause &&
	       peer.error.rc == rc;
	if (!good)
		printf("# ends %u, cause %d, rc %d\n", peer.ends,
		       peer.error.cause, peer.error.rc);
	return chan_peer_end(&peer) == 0 && good;
}

static void answer(void)
{
	uint8_t reply[PEER_REPLY_BYTES];
	size_t n = chan_peer_reply(reply, 0, PEER_COMMON_CAPS, 0x0f);

	chan_peer_feed(&peer, 0, reply, n);
}

TEST(link)
{
	begin();
	CHECK(ends_after(60, CHAN_NO_CONNECTION, -ETIMEDOUT));

	begin();
	chan_session_opened(peer.s, 0);
	CHECK(ends_after(10, CHAN_SILENT, -ETIMEDOUT));

	/* A byte now and then is no answer. */
	begin();
	chan_session_opened(peer.s, 0);
	pass(5);
	chan_peer_feed(&peer, 0, "REDQ", 4);
	CHECK(ends_after(5, CHAN_SILENT, -ETIMEDOUT));

	begin();
	chan_session_opened(peer.s, 0);
	pass(5);
	peer.entropy_rc = -EAGAIN;
	answer();
	CHECK(ends_after(15, CHAN_NO_ENTROPY, -ETIMEDOUT));

	/* Each step's time begins anew. */
	begin();
	chan_session_opened(peer.s, 0);
	pass(9);
	answer();
	CHECK(ends_after(10, CHAN_SILENT, -EACCES));
}

TEST(main_channel)
{
	begin();
	chan_session_opened(peer.s, 0);
	answer();
	chan_peer_feed(&peer, 0, "\0\0\0\0", 4);
	CHECK(ends_after(10, CHAN_SILENT, -ENODATA));

	/* It lists channels, but no display. */
	begin();
	chan_peer_up(&peer, "i");
	CHECK(ends_after(10, CHAN_NO_DISPLAY, -ETIMEDOUT));

	/* The display's link counts by itself. */
	begin();
	chan_peer_up(&peer, "");
	pass(9);
	chan_peer_message(&peer, 0, SPICE_MSG_MAIN_CHANNELS_LIST,
			  "\1\0\0\0\2\0", 6);
	pass(5);
	CHECK_EQ(peer.ends, 0);
	chan_session_opened(peer.s, 1);
	CHECK(ends_after(10, CHAN_SILENT, -ETIMEDOUT));
}

static void surface(void)
{
	struct wire_writer *w = chan_peer_begin(&peer);

	wire_put_u32(w, 0);
	wire_put_u32(w, 32);
	wire_put_u32(w, 32);
	wire_put_u32(w, SPICE_SURFACE_FMT_32_xRGB);
	wire_put_u32(w, SPICE_SURFACE_FLAGS_PRIMARY);
	chan_peer_send(&peer, peer.display, SPICE_MSG_DISPLAY_SURFACE_CREATE);
}

TEST(first_picture)
{
	begin();
	chan_peer_up(&peer, "dic");
	CHECK(ends_after(20, CHAN_NO_PICTURE, -ETIMEDOUT));

	/* A surface alone is none; nor are other channels' words. */
	begin();
	chan_peer_up(&peer, "dic");
	surface();
	chan_peer_message(&peer, peer.display, SPICE_MSG_DISPLAY_MARK, "", 0);
	pass(10);
	chan_peer_message(&peer, 0, SPICE_MSG_PING, "\0\0\0\0\0\0\0\0\0\0\0\0",
			  12);
	CHECK(ends_after(10, CHAN_NO_PICTURE, -ETIMEDOUT));

	/* One that takes long on a slow line is waited for. */
	begin();
	chan_peer_up(&peer, "d");
	surface();
	chan_peer_feed(&peer, peer.display, "\x30\1\x40\0\0\0", 6);
	for (int i = 0; i < 63; i++) {
		chan_peer_feed(&peer, peer.display, "", 1);
		pass(2);
	}
	CHECK_EQ(peer.ends, 0);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

static void picture(const char *channels)
{
	begin();
	chan_peer_up(&peer, channels);
	peer.slot[0].out_len = 0;
	surface();
	chan_peer_message(&peer, peer.display, SPICE_MSG_DISPLAY_DRAW_WHITENESS,
			  "\0\0\0\0\0\0\0\0\0\0\0\0\x20\0\0\0\x20\0\0\0"
			  "\0\0\0\0\0\0\0\0\0\0\0\0\0",
			  34);
	pass(1);
}

/* Has the client asked for a sign of life? */
static bool asks(void)
{
	return chan_peer_take(&peer, 0).type == SPICE_MSGC_MAIN_ATTACH_CHANNELS;
}

static void list(void)
{
	chan_peer_message(&peer, 0, SPICE_MSG_MAIN_CHANNELS_LIST,
			  "\1\0\0\0\2\0", 6);
}

/* It is asked when the first picture is there, then after silence. */
TEST(lives)
{
	picture("dic");
	CHECK(asks());
	CHECK(!asks());
	list();
	for (int i = 0; i < 40; i++) {
		pass(14);
		CHECK(!asks());
		pass(3);
		CHECK(asks());
		CHECK(!asks());
		pass(10);
		list();
	}
	/* Any word on any channel is a sign. */
	for (int i = 0; i < 40; i++) {
		pass(14);
		CHECK(!asks());
		chan_peer_message(&peer, peer.cursor, SPICE_MSG_CURSOR_HIDE, "",
				  0);
	}
	CHECK_EQ(peer.ends, 0);
	CHECK_EQ(peer.slot[peer.display].opens, 1);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

TEST(vanishes)
{
	picture("dic");
	CHECK(asks());
	list();
	CHECK(ends_after(30, CHAN_LOST, -ETIMEDOUT));

	/* Having answered once it must again. */
	picture("d");
	list();
	pass(20);
	list();
	CHECK(ends_after(30, CHAN_LOST, -ETIMEDOUT));
}

/* One that does not know the question is left in peace. */
TEST(never_answers)
{
	picture("dic");
	CHECK(asks());
	pass(1000);
	CHECK(!asks());
	CHECK_EQ(peer.ends, 0);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

/* What stood still here is not the server's silence. */
TEST(own_pause)
{
	picture("dic");
	list();
	for (int i = 0; i < 10; i++) {
		now += 3600ull * SECOND;
		chan_session_tick(peer.s, now);
	}
	CHECK_EQ(peer.ends, 0);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

TEST(stops_in_a_message)
{
	picture("dic");
	chan_peer_feed(&peer, peer.display, "\x30\1\x40\0\0\0...", 9);
	CHECK(ends_after(20, CHAN_STALLED, -ETIMEDOUT));

	/* In its header, while others talk. */
	picture("dic");
	chan_peer_feed(&peer, peer.cursor, "\x30\1\x40", 3);
	for (int i = 0; i < 9; i++) {
		pass(2);
		list();
		CHECK_EQ(peer.ends, 0);
	}
	pass(3);
	CHECK_EQ(peer.error.cause, CHAN_STALLED);
	CHECK(!strcmp(peer.error.channel, "cursor"));
	CHECK_EQ(chan_peer_end(&peer), 0);
}

/* Display waits for what the cursor channel never gets. */
TEST(held_back)
{
	picture("dc");
	list();
	chan_peer_message(&peer, peer.display, SPICE_MSG_WAIT_FOR_CHANNELS,
			  "\1\4\0\x77\0\0\0\0\0\0\0", 11);
	for (int i = 0; i < 9; i++) {
		pass(2);
		list();
		CHECK_EQ(peer.ends, 0);
	}
	pass(3);
	CHECK_EQ(peer.error.cause, CHAN_PROTOCOL);
	CHECK_EQ(peer.error.detail, SPICE_MSG_WAIT_FOR_CHANNELS);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

/* Closed between messages, in one's header, in one's body. */
TEST(closed_where)
{
	static const struct {
		size_t n;
		int rc;
		enum chan_cause cause;
	} where[] = {
		{0, 0, CHAN_SERVER_CLOSED},
		{1, 0, CHAN_CUT},
		{6, 0, CHAN_CUT},
		{9, 0, CHAN_CUT},
		{0, -ECONNRESET, CHAN_LOST},
		{9, -ECONNRESET, CHAN_CUT},
		{9, -ETIMEDOUT, CHAN_LOST},
	};
	size_t i;

	for (i = 0; i < sizeof(where) / sizeof(where[0]); i++) {
		picture("d");
		if (where[i].n)
			chan_peer_feed(&peer, peer.display,
				       "\x30\1\x40\0\0\0...", where[i].n);
		chan_session_closed(peer.s, peer.display, where[i].rc);
		chan_peer_work(&peer);
		CHECK_EQ(peer.error.cause, where[i].cause);
		CHECK_EQ(chan_peer_end(&peer), 0);
	}
}

int main(void)
{
	RUN(link);
	RUN(main_channel);
	RUN(first_picture);
	RUN(lives);
	RUN(vanishes);
	RUN(never_answers);
	RUN(own_pause);
	RUN(stops_in_a_message);
	RUN(held_back);
	RUN(closed_where);
	return test_end();
}
