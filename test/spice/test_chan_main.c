/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The main channel: INIT, the list of channels, mouse modes, the name.
 * timeout 240
 */
#include <stdlib.h>

#include "test/spice/chan_peer.h"
#include "test/test.h"

static struct chan_peer peer;

static void begin(void)
{
	memset(&peer, 0, sizeof(peer));
	chan_peer_start(&peer);
	chan_peer_link(&peer, 0, 0x0f);
	peer.slot[0].out_len = 0;
}

static void init(uint32_t modes, uint32_t mode)
{
	struct wire_writer *w = chan_peer_begin(&peer);
	unsigned int i;

	wire_put_u32(w, PEER_SESSION_ID);
	wire_put_u32(w, 1);
	wire_put_u32(w, modes);
	wire_put_u32(w, mode);
	for (i = 0; i < 4; i++)
		wire_put_u32(w, 0xffffffff);
	chan_peer_send(&peer, 0, SPICE_MSG_MAIN_INIT);
}

TEST(init_server_mode)
{
	struct chan_peer_sent sent;

	begin();
	CHECK(!chan_peer_take(&peer, 0).there); /* the server speaks first */
	init(SPICE_MOUSE_MODE_SERVER, SPICE_MOUSE_MODE_SERVER);
	CHECK_EQ(peer.modes, 1);
	CHECK_EQ(peer.mouse_mode, SPICE_MOUSE_MODE_SERVER);
	CHECK_EQ(chan_session_mouse_mode(peer.s), SPICE_MOUSE_MODE_SERVER);
	sent = chan_peer_take(&peer, 0);
	CHECK_EQ(sent.type, SPICE_MSGC_MAIN_ATTACH_CHANNELS);
	CHECK_EQ(sent.size, 0);
	CHECK(!chan_peer_take(&peer, 0).there);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

/* CLIENT is asked for where it is offered, at INIT and later. */
TEST(mouse_modes)
{
	struct chan_peer_sent sent;

	begin();
	init(3, SPICE_MOUSE_MODE_SERVER);
	sent = chan_peer_take(&peer, 0);
	CHECK_EQ(sent.type, SPICE_MSGC_MAIN_MOUSE_MODE_REQUEST);
	CHECK_EQ(sent.size, 2);
	CHECK_EQ(sent.body[0], SPICE_MOUSE_MODE_CLIENT);
	CHECK_EQ(sent.body[1], 0);
	CHECK_EQ(chan_peer_take(&peer, 0).type,
		 SPICE_MSGC_MAIN_ATTACH_CHANNELS);

	/* Granted. */
	chan_peer_message(&peer, 0, SPICE_MSG_MAIN_MOUSE_MODE, "\3\0\2\0", 4);
	CHECK_EQ(peer.modes, 2);
	CHECK_EQ(peer.mouse_mode, SPICE_MOUSE_MODE_CLIENT);
	CHECK(!chan_peer_take(&peer, 0).there);
	/* Said again: no event, no request. */
	chan_peer_message(&peer, 0, SPICE_MSG_MAIN_MOUSE_MODE, "\3\0\2\0", 4);
	CHECK_EQ(peer.modes, 2);
	/* The tablet goes, and comes again. */
	chan_peer_message(&peer, 0, SPICE_MSG_MAIN_MOUSE_MODE, "\1\0\1\0", 4);
	CHECK_EQ(peer.modes, 3);
	CHECK_EQ(peer.mouse_mode, SPICE_MOUSE_MODE_SERVER);
	CHECK(!chan_peer_take(&peer, 0).there);
	chan_peer_message(&peer, 0, SPICE_MSG_MAIN_MOUSE_MODE, "\3\0\1\0", 4);
	CHECK_EQ(chan_peer_take(&peer, 0).type,
		 SPICE_MSGC_MAIN_MOUSE_MODE_REQUEST);
	CHECK_EQ(chan_peer_end(&peer), 0);

	/* A session that is in CLIENT mode from its start. */
	begin();
	init(3, SPICE_MOUSE_MODE_CLIENT);
	CHECK_EQ(peer.mouse_mode, SPICE_MOUSE_MODE_CLIENT);
	CHECK_EQ(chan_peer_take(&peer, 0).type,
		 SPICE_MSGC_MAIN_ATTACH_CHANNELS);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

static void channels(const char *list, unsigned int n, uint32_t count)
{
	struct wire_writer *w = chan_peer_begin(&peer);

	wire_put_u32(w, count);
	wire_put(w, list, (size_t)n * 2);
	chan_peer_send(&peer, 0, SPICE_MSG_MAIN_CHANNELS_LIST);
}

static unsigned int opened(void)
{
	return peer.slot[1].opens + peer.slot[2].opens + peer.slot[3].opens;
}

TEST(channels_list)
{
	begin();
	init(1, 1);
	/* Sound, a second display, USB, what nobody knows: left alone. */
	channels("\5\0\6\0\2\1\3\0\x09\0\x63\0\2\0\4\1\4\0", 9, 9);
	CHECK_EQ(opened(), 3);
	CHECK_EQ(peer.slot[0].opens, 1);
	/* Named again, or hot-plugged: what is there stays. */
	channels("\2\0\3\0\4\0\1\0", 4, 4);
	CHECK_EQ(opened(), 3);
	CHECK_EQ(peer.ends, 0);
	CHECK_EQ(chan_peer_end(&peer), 0);

	/* One after the other. */
	begin();
	init(1, 1);
	channels("", 0, 0);
	CHECK_EQ(opened(), 0);
	channels("\2\0", 1, 1);
	CHECK_EQ(opened(), 1);
	channels("\3\0", 1, 1);
	CHECK_EQ(opened(), 2);
	CHECK_EQ(chan_peer_end(&peer), 0);

	/* More than there are. */
	begin();
	init(1, 1);
	channels("\2\0\3\0", 2, 3);
	CHECK_EQ(peer.error.cause, CHAN_PROTOCOL);
	CHECK_EQ(chan_peer_end(&peer), 0);
	begin();
	channels("\5\0", 1, UINT32_MAX);
	CHECK_EQ(peer.error.cause, CHAN_PROTOCOL);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

/* Opened while the session has no room for what comes with a channel. */
TEST(no_memory_for_a_channel)
{
	begin();
	init(1, 1);
	channels("\2\0\4\0", 2, 2);
	peer.env.allocs_left = 0;
	chan_session_opened(peer.s, 1);
	CHECK_EQ(peer.ends, 1);
	CHECK_EQ(peer.error.cause, CHAN_MEMORY);
	/* Both connections that were asked for, and main's. */
	CHECK_EQ(peer.slot[0].closes, 1);
	CHECK_EQ(peer.slot[1].closes, 1);
	CHECK_EQ(peer.slot[2].closes, 1);
	CHECK_EQ(peer.slot[3].closes, 0);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

/* What chan_session_name says after a NAME of @n bytes and that length. */
static const char *named(const char *bytes, size_t n, uint32_t len)
{
	struct wire_writer *w;

	begin();
	w = chan_peer_begin(&peer);
	wire_put_u32(w, len);
	wire_put(w, bytes, n);
	chan_peer_send(&peer, 0, SPICE_MSG_MAIN_NAME);
	return peer.ends ? "!" : chan_session_name(peer.s);
}

TEST(name)
{
	static const char longest[] =
		"0123456789012345678901234567890123456789"
		"0123456789012345678901234567890123456789";

	begin();
	CHECK(!strcmp(chan_session_name(peer.s), ""));
	CHECK_EQ(chan_peer_end(&peer), 0);
	CHECK(!strcmp(named("desk", 5, 5), "desk"));
	CHECK_EQ(chan_peer_end(&peer), 0);
	CHECK(!strcmp(named("desk", 4, 4), "desk")); /* without its NUL */
	CHECK_EQ(chan_peer_end(&peer), 0);
	CHECK(!strcmp(named("", 0, 0), ""));
	CHECK_EQ(chan_peer_end(&peer), 0);
	CHECK_EQ(strlen(named(longest, 80, 80)), 63);
	CHECK_EQ(chan_peer_end(&peer), 0);
	CHECK(!strcmp(named("desk", 5, 6), "!"));
	CHECK_EQ(chan_peer_end(&peer), 0);
	CHECK(!strcmp(named("desk", 5, UINT32_MAX), "!"));
	CHECK_EQ(chan_peer_end(&peer), 0);
}

/* Nothing is said to any of these: a server ends clients that talk rot. */
TEST(not_answered)
{
	static const uint16_t types[] = {
		SPICE_MSG_MAIN_MULTI_MEDIA_TIME,
		SPICE_MSG_MAIN_AGENT_CONNECTED,
		SPICE_MSG_MAIN_AGENT_CONNECTED_TOKENS,
		SPICE_MSG_MAIN_AGENT_DISCONNECTED,
		SPICE_MSG_MAIN_AGENT_TOKEN,
		SPICE_MSG_MAIN_AGENT_DATA,
		SPICE_MSG_MAIN_UUID,
		SPICE_MSG_MIGRATE,
	};
	uint8_t zeros[64] = {0};
	unsigned int i;

	begin();
	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		chan_peer_message(&peer, 0, types[i], zeros, sizeof(zeros));
	CHECK(!chan_peer_take(&peer, 0).there);
	CHECK_EQ(peer.ends, 0);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

static void script(struct chan_peer *p)
{
	struct wire_writer *w;
	unsigned int i;

	chan_peer_start(p);
	chan_peer_link(p, 0, 0x0f);
	w = chan_peer_begin(p);
	for (i = 0; i < 8; i++)
		wire_put_u32(w, i == 2 ? 3 : 1);
	chan_peer_send(p, 0, SPICE_MSG_MAIN_INIT);
	chan_peer_message(p, 0, SPICE_MSG_MAIN_NAME, "\3\0\0\0vm", 7);
	chan_peer_message(p, 0, SPICE_MSG_MAIN_CHANNELS_LIST,
			  "\3\0\0\0\2\0\3\0\4\0", 10);
	chan_peer_message(p, 0, SPICE_MSG_MAIN_MOUSE_MODE, "\3\0\2\0", 4);
	chan_peer_message(p, 0, SPICE_MSG_MAIN_UUID, "0123456789abcdef", 16);
}

TEST(every_way)
{
	static struct chan_peer base;
	const char *why = chan_peer_every_way(&base, script);

	if (why)
		printf("# %s\n", why);
	CHECK(!why);
}

/* Where it goes, as @type; texts at their offsets, sizes with their NUL. */
static void moves(uint16_t type, uint32_t host_bytes, uint32_t host_at,
		  uint32_t subject_bytes, const char *host)
{
	struct wire_writer *w = chan_peer_begin(&peer);

	wire_put_u16(w, 5931);
	wire_put_u16(w, 0xffff);
	wire_put_u32(w, host_bytes);
	wire_put_u32(w, host_at);
	wire_put_u32(w, subject_bytes);
	wire_put_u32(w, 20 + (uint32_t)strlen(host) + 1);
	wire_put(w, host, strlen(host) + 1);
	wire_put(w, "CN=next", 8);
	chan_peer_send(&peer, 0, type);
}

static void moved(uint32_t host_bytes, uint32_t host_at, uint32_t subject_bytes,
		  const char *host)
{
	moves(SPICE_MSG_MAIN_MIGRATE_SWITCH_HOST, host_bytes, host_at,
	      subject_bytes, host);
}

TEST(switch_host)
{
	const struct chan_destination *d;

	begin();
	CHECK(!chan_session_destination(peer.s));
	moved(5, 20, 8, "next");
	CHECK_EQ(peer.ends, 1);
	CHECK_EQ(peer.error.cause, CHAN_MOVED);
	d = chan_session_destination(peer.s);
	CHECK(d);
	CHECK(!strcmp(d->host, "next") && !strcmp(d->subject, "CN=next"));
	CHECK_EQ(d->port, 5931);
	CHECK_EQ(d->tls_port, 0);
	CHECK_EQ(chan_peer_end(&peer), 0);
	/* Without a subject. */
	begin();
	moved(5, 20, 0, "next");
	CHECK_EQ(peer.error.cause, CHAN_MOVED);
	CHECK(!chan_session_destination(peer.s)->subject[0]);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

/* Texts that lie outside, have no end, are too long, or are not there. */
TEST(switch_host_nonsense)
{
	static const uint32_t bad[][3] = {
		{5, 33, 8}, {5, 0xffffffff, 8}, {0xffffffff, 20, 8},
		{4, 20, 8}, {0, 20, 8},		{5, 20, 9},
		{5, 20, 7}, {1, 24, 0}};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		begin();
		moved(bad[i][0], bad[i][1], bad[i][2], "next");
		CHECK_EQ(peer.ends, 1);
		CHECK_EQ(peer.error.cause, CHAN_PROTOCOL);
		CHECK_EQ(chan_peer_end(&peer), 0);
	}
	begin();
	chan_peer_message(&peer, 0, SPICE_MSG_MAIN_MIGRATE_SWITCH_HOST,
			  "\1\0\0\0\5\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 19);
	CHECK_EQ(peer.error.cause, CHAN_PROTOCOL);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

/* The source's side: begins, is answered, stays after all, begins, ends. */
TEST(move_from)
{
	const struct chan_destination *d;

	begin();
	init(1, 1);
	peer.slot[0].out_len = 0;
	CHECK_EQ(chan_session_id(peer.s), PEER_SESSION_ID);
	moves(SPICE_MSG_MAIN_MIGRATE_BEGIN, 5, 20, 8, "next");
	CHECK_EQ(peer.moving, 1);
	CHECK_EQ(peer.ends, 0);
	d = chan_session_destination(peer.s);
	CHECK(d && !strcmp(d->host, "next") && !strcmp(d->subject, "CN=next"));
	CHECK(!chan_peer_take(&peer, 0).there);
	chan_session_moving(peer.s, false);
	chan_peer_work(&peer);
	CHECK_EQ(chan_peer_take(&peer, 0).type,
		 SPICE_MSGC_MAIN_MIGRATE_CONNECT_ERROR);
	chan_peer_message(&peer, 0, SPICE_MSG_MAIN_MIGRATE_CANCEL, "", 0);
	CHECK_EQ(peer.moving, -1);
	moves(SPICE_MSG_MAIN_MIGRATE_BEGIN, 5, 20, 0, "next");
	CHECK_EQ(peer.moving, 1);
	chan_session_moving(peer.s, true);
	chan_peer_work(&peer);
	CHECK_EQ(chan_peer_take(&peer, 0).type,
		 SPICE_MSGC_MAIN_MIGRATE_CONNECTED);
	CHECK_EQ(peer.ends, 0);
	chan_peer_message(&peer, 0, SPICE_MSG_MAIN_MIGRATE_END, "", 0);
	CHECK_EQ(peer.ends, 1);
	CHECK_EQ(peer.error.cause, CHAN_MOVED);
	CHECK_EQ(peer.error.detail, SPICE_MSG_MAIN_MIGRATE_END);
	/* Too late. */
	chan_session_moving(peer.s, true);
	chan_peer_work(&peer);
	CHECK_EQ(peer.ends, 1);
	CHECK_EQ(chan_peer_end(&peer), 0);

	/* An end of what never began; a beginning to nowhere. */
	begin();
	chan_peer_message(&peer, 0, SPICE_MSG_MAIN_MIGRATE_END, "", 0);
	CHECK_EQ(peer.error.cause, CHAN_PROTOCOL);
	CHECK_EQ(chan_peer_end(&peer), 0);
	begin();
	moves(SPICE_MSG_MAIN_MIGRATE_BEGIN, 5, 33, 8, "next");
	CHECK_EQ(peer.error.cause, CHAN_PROTOCOL);
	CHECK_EQ(peer.moving, 0);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

/* A session that waits at the other host, main linked. */
static void wait_there(void)
{
	memset(&peer, 0, sizeof(peer));
	peer.session_id = 77;
	chan_peer_start(&peer);
	chan_peer_link(&peer, 0, 0x0f);
}

/* At the other host: links with that number, waits, goes on when told. */
TEST(move_to)
{
	uint64_t now = 1;

	memset(&peer, 0, sizeof(peer));
	peer.session_id = 77;
	chan_peer_start(&peer);
	chan_session_opened(peer.s, 0);
	chan_peer_work(&peer);
	CHECK_EQ(chan_peer_u32(peer.slot[0].out + 16), 77);
	/* It can be in two places: the channel's own capabilities. */
	CHECK_EQ(chan_peer_u32(peer.slot[0].out + 38) &
			 1u << SPICE_MAIN_CAP_SEMI_SEAMLESS_MIGRATE,
		 1u << SPICE_MAIN_CAP_SEMI_SEAMLESS_MIGRATE);
	CHECK_EQ(chan_peer_end(&peer), 0);

	wait_there();
	peer.slot[0].out_len = 0;
	/* A server that says nothing for an hour owes nothing yet. */
	for (; now < 3600000000ull; now += 1000000)
		chan_session_tick(peer.s, now);
	CHECK_EQ(peer.ends, 0);
	CHECK(!chan_peer_take(&peer, 0).there);
	chan_session_take_over(peer.s, 1 << 19);
	chan_peer_work(&peer);
	CHECK_EQ(chan_peer_take(&peer, 0).type, SPICE_MSGC_MAIN_MIGRATE_END);
	init(1, 1);
	CHECK_EQ(chan_peer_take(&peer, 0).type,
		 SPICE_MSGC_MAIN_ATTACH_CHANNELS);
	channels("\2\0\3\0", 2, 2);
	CHECK_EQ(opened(), 2);
	CHECK_EQ(chan_peer_end(&peer), 0);

	/* What is said too early, of which nobody has heard yet, waits. */
	wait_there();
	peer.slot[0].out_len = 0;
	init(3, 2);
	channels("\2\0\3\0", 2, 2);
	CHECK_EQ(peer.modes, 0);
	CHECK_EQ(opened(), 0);
	CHECK(!chan_peer_take(&peer, 0).there);
	chan_session_take_over(peer.s, 1 << 19);
	chan_peer_work(&peer);
	CHECK_EQ(peer.modes, 1);
	CHECK_EQ(opened(), 2);
	CHECK_EQ(chan_peer_end(&peer), 0);

	/* No memory for what is to be said. */
	wait_there();
	peer.env.allocs_left = 0;
	for (now = 0; now < 400 && !peer.ends; now++) {
		chan_session_take_over(peer.s, 1 << 19);
		chan_session_tick(peer.s, 1 + now);
	}
	CHECK_EQ(peer.ends, 1);
	CHECK_EQ(peer.error.cause, CHAN_MEMORY);
	CHECK_EQ(chan_peer_end(&peer), 0);

	/* Now it owes something. */
	wait_there();
	for (now = 1; now < 60000000; now += 1000000)
		chan_session_tick(peer.s, now);
	chan_session_take_over(peer.s, 1 << 19);
	for (; now < 69000000; now += 1000000)
		chan_session_tick(peer.s, now);
	CHECK_EQ(peer.ends, 0);
	for (; now < 72000000; now += 1000000)
		chan_session_tick(peer.s, now);
	CHECK_EQ(peer.ends, 1);
	CHECK_EQ(peer.error.cause, CHAN_SILENT);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

int main(void)
{
	RUN(init_server_mode);
	RUN(mouse_modes);
	RUN(channels_list);
	RUN(no_memory_for_a_channel);
	RUN(name);
	RUN(not_answered);
	RUN(every_way);
	RUN(switch_host);
	RUN(switch_host_nonsense);
	RUN(move_from);
	RUN(move_to);
	return test_end();
}
