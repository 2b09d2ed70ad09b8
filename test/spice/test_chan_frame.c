/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Framing, and the messages of every channel: acks, pings, lists, waits,
 * notices, what is unknown, too long or cut.
 * timeout 240
 */
#include <errno.h>
#include <stdlib.h>

#include "spice/chan/chan.h"
#include "test/spice/chan_peer.h"
#include "test/test.h"

static struct chan_peer peer;

static void begin(const char *channels)
{
	unsigned int i;

	memset(&peer, 0, sizeof(peer));
	chan_peer_start(&peer);
	chan_peer_up(&peer, channels);
	for (i = 0; i < CHAN_SLOTS; i++)
		peer.slot[i].out_len = 0;
}

static void send_words(unsigned int slot, uint16_t type, unsigned int n,
		       uint32_t a, uint32_t b, uint32_t c)
{
	struct wire_writer *w = chan_peer_begin(&peer);
	uint32_t words[3] = {a, b, c};
	unsigned int i;

	for (i = 0; i < n; i++)
		wire_put_u32(w, words[i]);
	chan_peer_send(&peer, slot, type);
}

static void set_ack(unsigned int slot, uint32_t generation, uint32_t window)
{
	send_words(slot, SPICE_MSG_SET_ACK, 2, generation, window, 0);
}

/* How many ACKs wait on @slot, and nothing else? -1: something else. */
static int acks(unsigned int slot)
{
	struct chan_peer_sent sent;
	int n = 0;

	while ((sent = chan_peer_take(&peer, slot)).there) {
		if (sent.type != SPICE_MSGC_ACK || sent.size)
			return -1;
		n++;
	}
	return n;
}

/* @n messages that do nothing. */
static void idle_messages(unsigned int slot, unsigned int n)
{
	while (n--)
		chan_peer_message(&peer, slot, SPICE_MSG_CURSOR_TRAIL,
				  "\0\0\0\0", 4);
}

TEST(ack_window)
{
	struct chan_peer_sent sent;

	begin("c");
	idle_messages(1, 100);
	CHECK_EQ(acks(1), 0); /* nobody asked */

	set_ack(1, 7, 20);
	sent = chan_peer_take(&peer, 1);
	CHECK_EQ(sent.type, SPICE_MSGC_ACK_SYNC);
	CHECK_EQ(sent.size, 4);
	CHECK_EQ(chan_peer_u32(sent.body), 7);
	CHECK_EQ(acks(1), 0);
	idle_messages(1, 19);
	CHECK_EQ(acks(1), 0);
	idle_messages(1, 1);
	CHECK_EQ(acks(1), 1);
	idle_messages(1, 205);
	CHECK_EQ(acks(1), 10);

	/* A new window starts over. */
	set_ack(1, 8, 2);
	CHECK_EQ(chan_peer_u32(chan_peer_take(&peer, 1).body), 8);
	idle_messages(1, 1);
	CHECK_EQ(acks(1), 0);
	idle_messages(1, 1);
	CHECK_EQ(acks(1), 1);

	/* 0: no more of them. */
	set_ack(1, 9, 0);
	chan_peer_take(&peer, 1);
	idle_messages(1, 50);
	CHECK_EQ(acks(1), 0);

	/* The largest window is one that never closes. */
	set_ack(1, 10, UINT32_MAX);
	chan_peer_take(&peer, 1);
	idle_messages(1, 50);
	CHECK_EQ(acks(1), 0);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

/* Every kind of message counts as one: unknown ones, pings, notices, lists. */
TEST(ack_counts_all)
{
	begin("c");
	set_ack(1, 1, 4);
	chan_peer_take(&peer, 1);
	chan_peer_message(&peer, 1, 999, "?", 1);
	chan_peer_message(&peer, 1, SPICE_MSG_LIST,
			  "\x02\0\x0a\0\0\0\x0a\0\0\0"
			  "\x6a\0\x04\0\0\0\0\0\0\0",
			  20);
	chan_peer_message(&peer, 1, SPICE_MSG_PING, "abcdefghijkl", 12);
	CHECK_EQ(chan_peer_take(&peer, 1).type, SPICE_MSGC_PONG);
	CHECK_EQ(acks(1), 0);
	chan_peer_message(&peer, 1, SPICE_MSG_NOTIFY,
			  "................\0\0\0\0\x02\0\0\0hi", 26);
	CHECK_EQ(acks(1), 1);
	CHECK(!strcmp(peer.log, "server: hi"));
	CHECK_EQ(chan_peer_end(&peer), 0);
}

/*
 * Acks come when a message was handled, not when it came: what waits slows
 * the server down. A ping in their middle is counted in its turn.
 */
TEST(acks_wait)
{
	begin("c");
	set_ack(1, 1, 2);
	chan_peer_take(&peer, 1);
	peer.lazy = true;
	idle_messages(1, 4);
	chan_peer_message(&peer, 1, SPICE_MSG_PING, "abcdefghijkl", 12);
	CHECK_EQ(chan_peer_take(&peer, 1).type, SPICE_MSGC_PONG);
	CHECK_EQ(acks(1), 0);
	CHECK(chan_session_backlog(peer.s, 1) >= 5 * 4);
	CHECK(chan_session_work(peer.s));
	CHECK_EQ(acks(1), 0);
	CHECK(chan_session_work(peer.s));
	CHECK_EQ(acks(1), 1);
	chan_peer_work(&peer);
	CHECK_EQ(acks(1), 1);
	idle_messages(1, 1);
	chan_peer_work(&peer);
	CHECK_EQ(acks(1), 1);
	CHECK_EQ(chan_session_backlog(peer.s, 1), 0);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

TEST(pings)
{
	static uint8_t big[256000 + 12];
	struct chan_peer_sent sent;
	unsigned int slot;

	begin("dic");
	memcpy(big, "\x2a\0\0\0timestmp", 12);
	for (slot = 0; slot < 4; slot++) {
		chan_peer_message(&peer, slot, SPICE_MSG_PING, big, 12);
		sent = chan_peer_take(&peer, slot);
		CHECK_EQ(sent.type, SPICE_MSGC_PONG);
		CHECK_EQ(sent.size, 12);
		CHECK(!memcmp(sent.body, big, 12));
	}
	/* The one that measures the line: answered when its end has come. */
	peer.lazy = true;
	chan_peer_message(&peer, 0, SPICE_MSG_PING, big, sizeof(big));
	sent = chan_peer_take(&peer, 0);
	CHECK_EQ(sent.type, SPICE_MSGC_PONG);
	CHECK(!memcmp(sent.body, big, 12));
	/* Its zeros are not kept. */
	CHECK(chan_session_backlog(peer.s, 0) < 200);
	chan_peer_work(&peer);
	CHECK_EQ(chan_session_backlog(peer.s, 0), 0);
	peer.lazy = false;

	chan_peer_feed(&peer, 0, "\x04\0\x0c\xe8\x03\0", 6); /* 256012 */
	chan_peer_feed(&peer, 0, big, 256000);
	CHECK(!chan_peer_take(&peer, 0).there);
	chan_peer_feed(&peer, 0, big, 12);
	CHECK(chan_peer_take(&peer, 0).there);

	/* Without a time stamp it makes no sense. */
	chan_peer_message(&peer, 0, SPICE_MSG_PING, big, 11);
	CHECK_EQ(peer.error.cause, CHAN_PROTOCOL);
	CHECK_EQ(peer.error.detail, SPICE_MSG_PING);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

TEST(unknown_is_skipped)
{
	begin("c");
	chan_peer_message(&peer, 1, 65535, "whatever", 8);
	CHECK_EQ(peer.ends, 0);
	CHECK(strstr(peer.log, "65535"));
	chan_peer_message(&peer, 1, 0, NULL, 0);
	CHECK_EQ(peer.ends, 0);
	chan_peer_message(&peer, 1, SPICE_MSG_CURSOR_HIDE, NULL, 0);
	CHECK_EQ(peer.cursors, 1);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

TEST(too_long)
{
	begin("");
	chan_peer_feed(&peer, 0, "\x67\0\x01\0\x80\x08", 6); /* 136 MiB + 1 */
	CHECK_EQ(peer.error.cause, CHAN_PROTOCOL);
	CHECK_EQ(peer.error.rc, -E2BIG);
	CHECK_EQ(chan_peer_end(&peer), 0);

	begin("");
	chan_peer_feed(&peer, 0, "\x67\0\xff\xff\xff\xff", 6);
	CHECK_EQ(peer.error.cause, CHAN_PROTOCOL);
	CHECK_EQ(chan_peer_end(&peer), 0);

	/* One that may be is refused by memory, which is said, too. */
	begin("");
	peer.env.allocs_left = 0;
	chan_peer_feed(&peer, 0, "\x67\0\0\0\x10\0", 6); /* 1 MiB */
	CHECK_EQ(peer.error.cause, CHAN_MEMORY);
	CHECK_EQ(peer.error.detail, 1024);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

/* Every message with a fixed part, one byte short. */
TEST(too_short)
{
	const struct chan_kind *kinds[] = {&chan_main_kind, &chan_display_kind,
					   &chan_inputs_kind,
					   &chan_cursor_kind};
	static const uint8_t zeros[64];
	const struct chan_handler *row;
	unsigned int i;

	for (i = 0; i < 4; i++) {
		for (row = kinds[i]->handlers; row->type; row++) {
			if (!row->least)
				continue;
			begin("dic");
			chan_peer_message(&peer, i, row->type, zeros,
					  row->least - 1u);
			CHECK_EQ(peer.ends, 1);
			CHECK_EQ(peer.error.cause, CHAN_PROTOCOL);
			CHECK_EQ(peer.error.detail, row->type);
			CHECK(!strcmp(peer.error.channel, kinds[i]->name));
			CHECK_EQ(chan_peer_end(&peer), 0);
		}
	}
	for (row = chan_base_handlers; row->type; row++) {
		begin("");
		chan_peer_message(&peer, 0, row->type, zeros, row->least - 1u);
		CHECK_EQ(peer.error.cause, CHAN_PROTOCOL);
		CHECK_EQ(chan_peer_end(&peer), 0);
	}
}

TEST(notify)
{
	uint8_t body[24 + 300] = {0};

	begin("");
	/* The text's length is the message's word against its own. */
	memset(body + 24, 'x', 300);
	body[20] = 44, body[21] = 1;
	chan_peer_message(&peer, 0, SPICE_MSG_NOTIFY, body, 24 + 300);
	CHECK_EQ(strlen(peer.log), 8 + 127);
	body[20] = 45;
	chan_peer_message(&peer, 0, SPICE_MSG_NOTIFY, body, 24 + 300);
	CHECK_EQ(peer.error.cause, CHAN_PROTOCOL);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

TEST(disconnecting)
{
	begin("");
	chan_peer_message(&peer, 0, SPICE_MSG_DISCONNECTING, "............",
			  12);
	CHECK_EQ(peer.error.cause, CHAN_SERVER_CLOSED);
	CHECK_EQ(peer.ends, 1);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

/* ---- LIST ---- */

struct member {
	uint16_t type;
	uint32_t size;
	const char *body;
};

static void list(unsigned int slot, const struct member *member, unsigned int n)
{
	struct wire_writer *w = chan_peer_begin(&peer);
	uint32_t offset = 2 + n * 4;
	unsigned int i;

	wire_put_u16(w, (uint16_t)n);
	for (i = 0; i < n; i++) {
		wire_put_u32(w, offset);
		offset += 6 + member[i].size;
	}
	for (i = 0; i < n; i++) {
		wire_put_u16(w, member[i].type);
		wire_put_u32(w, member[i].size);
		wire_put(w, member[i].body, member[i].size);
	}
	chan_peer_send(&peer, slot, SPICE_MSG_LIST);
}

TEST(list_members)
{
	static const struct member good[] = {
		{SPICE_MSG_CURSOR_HIDE, 0, ""},
		{SPICE_MSG_CURSOR_MOVE, 4, "\x05\0\x06\0"},
		{SPICE_MSG_SET_ACK, 8, "\x01\0\0\0\x03\0\0\0"},
	};

	begin("c");
	list(1, good, 3);
	CHECK_EQ(peer.ends, 0);
	CHECK_EQ(peer.cursors, 2);
	CHECK_EQ(chan_session_cursor(peer.s)->x, 5);
	CHECK_EQ(chan_session_cursor(peer.s)->y, 6);
	CHECK_EQ(chan_peer_take(&peer, 1).type, SPICE_MSGC_ACK_SYNC);
	list(1, good, 0);
	list(1, good, 2);
	CHECK_EQ(acks(1), 0);
	list(1, good, 1);
	CHECK_EQ(acks(1), 1);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

/* The cause when @body comes as a LIST. */
static int list_cause(const char *body, size_t n)
{
	begin("c");
	chan_peer_message(&peer, 1, SPICE_MSG_LIST, body, n);
	if (chan_peer_end(&peer))
		return -1;
	return peer.ends ? (int)peer.error.cause : 0;
}

TEST(list_damaged)
{
	CHECK_EQ(list_cause("", 0), CHAN_PROTOCOL);
	CHECK_EQ(list_cause("\x01", 1), CHAN_PROTOCOL);
	CHECK_EQ(list_cause("\0\0", 2), 0);
	CHECK_EQ(list_cause("\x01\0", 2), CHAN_PROTOCOL);
	CHECK_EQ(list_cause("\x01\0\0\0\0\0", 6), CHAN_PROTOCOL); /* NULL */
	CHECK_EQ(list_cause("\x01\0\x06\0\0\0", 6), CHAN_PROTOCOL);
	CHECK_EQ(list_cause("\x01\0\xff\xff\xff\xff", 6), CHAN_PROTOCOL);
	/* Member's header cut, its size beyond the end. */
	CHECK_EQ(list_cause("\x01\0\x06\0\0\0\x69", 7), CHAN_PROTOCOL);
	CHECK_EQ(list_cause("\x01\0\x06\0\0\0\x69\0\0\0\0\0", 12), 0);
	CHECK_EQ(list_cause("\x01\0\x06\0\0\0\x69\0\x01\0\0\0", 12),
		 CHAN_PROTOCOL);
	CHECK_EQ(list_cause("\x01\0\x06\0\0\0\x69\0\xff\xff\xff\xff", 12),
		 CHAN_PROTOCOL);
	/* A list in a list. */
	CHECK_EQ(list_cause("\x01\0\x06\0\0\0\x08\0\x02\0\0\0\0\0", 14),
		 CHAN_PROTOCOL);
	/* More members than offsets. */
	CHECK_EQ(list_cause("\xff\xff\x06\0\0\0\x69\0\0\0\0\0", 12),
		 CHAN_PROTOCOL);
	/* The second member is too short for what it is. */
	CHECK_EQ(list_cause("\x02\0\x0a\0\0\0\x0a\0\0\0\x68\0\0\0\0\0", 16),
		 CHAN_PROTOCOL);
}

/* ---- WAIT_FOR_CHANNELS ---- */

static void wait_for(unsigned int slot, uint8_t type, uint8_t id,
		     uint64_t serial)
{
	struct wire_writer *w = chan_peer_begin(&peer);

	wire_put_u8(w, 1);
	wire_put_u8(w, type);
	wire_put_u8(w, id);
	wire_put_u64(w, serial);
	chan_peer_send(&peer, slot, SPICE_MSG_WAIT_FOR_CHANNELS);
}

static void move_to(uint8_t x)
{
	uint8_t body[4] = {x};

	chan_peer_message(&peer, peer.cursor, SPICE_MSG_CURSOR_MOVE, body, 4);
}

TEST(wait_for_channels)
{
	begin("ic");
	move_to(1);
	wait_for(2, SPICE_CHANNEL_INPUTS, 0, 2);
	move_to(2);
	CHECK_EQ(chan_session_cursor(peer.s)->x, 1);
	CHECK(chan_session_backlog(peer.s, 2) > 0);
	chan_peer_message(&peer, 1, SPICE_MSG_INPUTS_INIT, "\0\0", 2);
	CHECK_EQ(chan_session_cursor(peer.s)->x, 1);
	chan_peer_message(&peer, 1, SPICE_MSG_INPUTS_KEY_MODIFIERS, "\0\0", 2);
	CHECK_EQ(chan_session_cursor(peer.s)->x, 2);
	CHECK_EQ(chan_session_backlog(peer.s, 2), 0);

	/* A ping counts, and so does what came before it. */
	wait_for(2, SPICE_CHANNEL_INPUTS, 0, 3);
	move_to(3);
	CHECK_EQ(chan_session_cursor(peer.s)->x, 2);
	chan_peer_message(&peer, 1, SPICE_MSG_PING, "............", 12);
	CHECK_EQ(chan_session_cursor(peer.s)->x, 3);

	/* For itself, for what is not there, for what has been: no wait. */
	wait_for(2, SPICE_CHANNEL_CURSOR, 0, 1000);
	wait_for(2, SPICE_CHANNEL_DISPLAY, 0, 1000);
	wait_for(2, SPICE_CHANNEL_INPUTS, 1, 1000);
	wait_for(2, SPICE_CHANNEL_INPUTS, 0, 3);
	move_to(4);
	CHECK_EQ(chan_session_cursor(peer.s)->x, 4);

	chan_peer_message(&peer, 2, SPICE_MSG_WAIT_FOR_CHANNELS, "\x02", 1);
	CHECK_EQ(peer.error.cause, CHAN_PROTOCOL);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

/* What stands before a wait in a list is done once. */
TEST(wait_in_a_list)
{
	static const struct member members[] = {
		{SPICE_MSG_CURSOR_HIDE, 0, ""},
		{SPICE_MSG_WAIT_FOR_CHANNELS, 11,
		 "\x01\x03\0\x01\0\0\0\0\0\0\0"},
		{SPICE_MSG_CURSOR_HIDE, 0, ""},
	};

	begin("ic");
	list(2, members, 3);
	CHECK_EQ(peer.cursors, 1);
	chan_peer_work(&peer);
	chan_peer_work(&peer);
	CHECK_EQ(peer.cursors, 1);
	chan_peer_message(&peer, 1, SPICE_MSG_INPUTS_INIT, "\0\0", 2);
	CHECK_EQ(peer.cursors, 2);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

/* ---- output ---- */

TEST(output_in_pieces)
{
	const void *bytes;
	size_t n;

	begin("i");
	chan_session_key(peer.s, 0x1e, true);
	chan_session_key(peer.s, 0x9e, false);
	bytes = chan_session_output(peer.s, 1, &n);
	CHECK_EQ(n, 20);
	CHECK_EQ(((const uint8_t *)bytes)[6], 0x1e);
	chan_session_sent(peer.s, 1, 0);
	chan_session_sent(peer.s, 1, 13);
	bytes = chan_session_output(peer.s, 1, &n);
	CHECK_EQ(n, 7);
	CHECK_EQ(((const uint8_t *)bytes)[3], 0x9e);
	chan_session_sent(peer.s, 1, 1000);
	chan_session_output(peer.s, 1, &n);
	CHECK_EQ(n, 0);
	/* A channel that never had anything to say. */
	chan_session_output(peer.s, 3, &n);
	CHECK_EQ(n, 0);
	chan_session_sent(peer.s, 3, 0);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

/* A carrier that sends nothing any more: bounded, and it ends in words. */
TEST(output_is_bounded)
{
	size_t n, most = 0;

	begin("i");
	while (!peer.ends) {
		chan_session_key(peer.s, 0x1e, true);
		chan_session_output(peer.s, 1, &n);
		most = n > most ? n : most;
		CHECK(n <= 65536);
		chan_session_tick(peer.s, 1);
	}
	CHECK(most > 60000);
	CHECK_EQ(peer.error.cause, CHAN_LOST);
	CHECK_EQ(peer.error.rc, -ETIMEDOUT);
	chan_session_output(peer.s, 1, &n);
	CHECK_EQ(n, 0);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

/* What a server said before it hung up is handled first. */
TEST(closed_with_messages_waiting)
{
	begin("c");
	peer.lazy = true;
	move_to(8);
	chan_session_closed(peer.s, 1, 0);
	CHECK_EQ(peer.ends, 0);
	chan_peer_work(&peer);
	CHECK_EQ(chan_session_cursor(peer.s)->x, 8);
	CHECK_EQ(peer.ends, 1);
	CHECK_EQ(peer.error.cause, CHAN_SERVER_CLOSED);

	/* After the end nothing happens any more. */
	move_to(9);
	chan_session_opened(peer.s, 1);
	chan_session_closed(peer.s, 1, 0);
	chan_session_tick(peer.s, 1);
	chan_session_key(peer.s, 1, true);
	chan_session_position(peer.s, 1, 1);
	CHECK(!chan_session_work(peer.s));
	CHECK_EQ(peer.ends, 1);
	CHECK_EQ(chan_session_cursor(peer.s)->x, 8);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

static bool script_lazy;

static void script(struct chan_peer *p)
{
	chan_peer_start(p);
	chan_peer_up(p, "ic");
	p->lazy = script_lazy;
	chan_peer_message(p, 2, SPICE_MSG_SET_ACK, "\x01\0\0\0\x02\0\0\0", 8);
	chan_peer_message(p, 2, SPICE_MSG_PING, "............1234567890", 22);
	chan_peer_message(p, 2, SPICE_MSG_NOTIFY,
			  "................\0\0\0\0\x02\0\0\0hi", 26);
	chan_peer_message(p, 2, SPICE_MSG_LIST,
			  "\x02\0\x0a\0\0\0\x0a\0\0\0"
			  "\x6a\0\x04\0\0\0\0\0\0\0",
			  20);
	chan_peer_message(p, 2, SPICE_MSG_WAIT_FOR_CHANNELS,
			  "\x01\x03\0\x01\0\0\0\0\0\0\0", 11);
	chan_peer_message(p, 2, SPICE_MSG_CURSOR_MOVE, "\x01\0\x01\0", 4);
	chan_peer_message(p, 1, SPICE_MSG_INPUTS_INIT, "\x05\0", 2);
	chan_peer_message(p, 2, 4711, "abc", 3);
}

TEST(every_way)
{
	static struct chan_peer base;
	const char *why = chan_peer_every_way(&base, script);

	if (why)
		printf("# %s\n", why);
	CHECK(!why);
}

/* Everything is in memory before the first message is handled. */
TEST(all_at_once)
{
	memset(&peer, 0, sizeof(peer));
	script_lazy = true;
	script(&peer);
	chan_peer_work(&peer);
	CHECK_EQ(peer.ends, 0);
	CHECK_EQ(peer.locks, 5);
	CHECK_EQ(chan_session_cursor(peer.s)->x, 1);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

int main(void)
{
	RUN(ack_window);
	RUN(ack_counts_all);
	RUN(acks_wait);
	RUN(pings);
	RUN(unknown_is_skipped);
	RUN(too_long);
	RUN(too_short);
	RUN(notify);
	RUN(disconnecting);
	RUN(list_members);
	RUN(list_damaged);
	RUN(wait_for_channels);
	RUN(wait_in_a_list);
	RUN(output_in_pieces);
	RUN(output_is_bounded);
	RUN(closed_with_messages_waiting);
	RUN(every_way);
	RUN(all_at_once);
	return test_end();
}
