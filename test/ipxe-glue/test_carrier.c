/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The carrier on a scripted port: which connections it opens, what it sends
 * and when, what it tells the port as consumed, and what happens when memory
 * or the connection goes.
 */
#include <errno.h>
#include <stdlib.h>

#include "ipxe-glue/carrier.h"
#include "test/spice/chan_peer.h"
#include "test/test.h"

/* ---- the port ---- */

struct port_tcp {
	const struct port_tcp_events *ev;
	void *ctx;
	char host[64];
	uint16_t port;
	uint8_t out[4096];
	size_t out_len, consumed;
	unsigned int flushes;
	bool open;
};

static struct {
	struct port_tcp tcp[8];
	unsigned int opens, closes, polls, logs;
	bool refuse;	  /* no memory for a connection */
	size_t room;	  /* port_tcp_send takes so many bytes at a time */
	size_t memory;	  /* what port_memory_free says */
	bool no_memory;	  /* what port_alloc says */
	bool never_waits; /* the other side of what port_tcp_waits says */
	int entropy_rc;
	uint64_t now;
	long live;
	void (*on_poll)(void);
} port;

uint64_t port_utc_s(void)
{
	return 0;
}

uint64_t port_now_us(void)
{
	return port.now;
}

void port_poll(void)
{
	port.polls++;
	if (port.on_poll)
		port.on_poll();
}

struct port_tcp *port_tcp_open(const char *host, uint16_t number,
			       const struct port_tcp_events *ev, void *ctx)
{
	struct port_tcp *tcp = &port.tcp[port.opens];

	if (port.refuse)
		return NULL;
	port.opens++;
	tcp->ev = ev;
	tcp->ctx = ctx;
	snprintf(tcp->host, sizeof(tcp->host), "%s", host);
	tcp->port = number;
	tcp->open = true;
	return tcp;
}

size_t port_tcp_send(struct port_tcp *tcp, const void *bytes, size_t n)
{
	n = n < port.room ? n : port.room;
	memcpy(tcp->out + tcp->out_len, bytes, n);
	tcp->out_len += n;
	return n;
}

void port_tcp_flush(struct port_tcp *tcp)
{
	tcp->flushes++;
}

void port_tcp_consumed(struct port_tcp *tcp, size_t n)
{
	tcp->consumed += n;
}

bool port_tcp_waits(void)
{
	return !port.never_waits;
}

void port_tcp_close(struct port_tcp *tcp)
{
	tcp->open = false;
	port.closes++;
}

void *port_alloc(size_t bytes)
{
	if (port.no_memory)
		return NULL;
	port.live++;
	return malloc(bytes);
}

void port_free(void *mem)
{
	port.live -= mem != NULL;
	free(mem);
}

size_t port_memory_free(void)
{
	return port.memory;
}

void port_log(const char *line)
{
	port.logs++;
}

int port_entropy(void *buf, size_t n)
{
	memset(buf, 5, n);
	return port.entropy_rc;
}

/* ---- the user ---- */

static struct {
	struct carrier carrier;
	struct target uri;
	unsigned int stages, resizes, dirts, cursors, modes, locks, ends,
		yields;
	struct chan_error error;
	char address[64];
} user;

static void user_stage(void *ctx, const char *name, enum chan_stage stage)
{
	user.stages++;
}

static void user_resized(void *ctx)
{
	user.resizes++;
}

static void user_dirty(void *ctx, const struct pix_rect *rect)
{
	user.dirts++;
}

static void user_cursor(void *ctx)
{
	user.cursors++;
}

static void user_mouse_mode(void *ctx, uint32_t mode)
{
	user.modes++;
}

static void user_locks(void *ctx, uint16_t locks)
{
	user.locks++;
}

static void user_ended(void *ctx, const struct chan_error *error)
{
	user.ends++;
	user.error = *error;
}

static void user_yield(void *ctx)
{
	user.yields++;
}

static void user_resolved(void *ctx, const char *address)
{
	snprintf(user.address, sizeof(user.address), "%s", address);
}

static const struct chan_session_events user_events = {
	.stage = user_stage,
	.resized = user_resized,
	.dirty = user_dirty,
	.cursor = user_cursor,
	.mouse_mode = user_mouse_mode,
	.locks = user_locks,
	.ended = user_ended,
};

static void begin(void)
{
	memset(&port, 0, sizeof(port));
	memset(&user, 0, sizeof(user));
	port.room = SIZE_MAX;
	port.memory = 16 << 20;
	strcpy(user.uri.host, "10.0.2.2");
	strcpy(user.uri.password, "secret");
	user.uri.port = 5930;
	user.carrier.events = &user_events;
	user.carrier.yield = user_yield;
	user.carrier.resolved = user_resolved;
}

/* Is nothing left? */
static bool end(void)
{
	unsigned int i;

	carrier_stop(&user.carrier);
	carrier_stop(&user.carrier);
	for (i = 0; i < 8; i++)
		if (port.tcp[i].open)
			return false;
	return port.live == 0 && !user.carrier.session;
}

static void turns(void)
{
	while (carrier_turn(&user.carrier))
		;
}

static void recv_bytes(unsigned int i, const void *bytes, size_t n)
{
	port.tcp[i].ev->recv(port.tcp[i].ctx, bytes, n);
}

/* Open connection @i and play the link. */
static void link_up(unsigned int i)
{
	uint8_t reply[PEER_REPLY_BYTES], ok[4] = {0};

	port.tcp[i].ev->open(port.tcp[i].ctx);
	turns();
	recv_bytes(i, reply, chan_peer_reply(reply, 0, PEER_COMMON_CAPS, 0));
	turns();
	recv_bytes(i, ok, 4);
	turns();
	port.tcp[i].out_len = 0;
	port.tcp[i].flushes = 0;
}

static void message(unsigned int i, uint16_t type, const void *body, size_t n)
{
	uint8_t buf[256];
	struct wire_writer w;

	wire_writer_init(&w, buf, sizeof(buf));
	wire_put_u16(&w, type);
	wire_put_u32(&w, (uint32_t)n);
	wire_put(&w, body, n);
	recv_bytes(i, buf, w.len);
}

/* All four channels: connections 0 to 3 are main, display, inputs, cursor. */
static bool all_up(void)
{
	static const uint8_t init[32] = {1, 0, 0, 0, 1, 0, 0, 0,
					 1, 0, 0, 0, 1, 0, 0, 0};
	unsigned int i;

	begin();
	if (carrier_start(&user.carrier, &user.uri))
		return false;
	link_up(0);
	message(0, SPICE_MSG_MAIN_INIT, init, sizeof(init));
	message(0, SPICE_MSG_MAIN_CHANNELS_LIST, "\3\0\0\0\2\0\3\0\4\0", 10);
	turns();
	if (port.opens != 4)
		return false;
	for (i = 1; i < 4; i++)
		link_up(i);
	return user.ends == 0;
}

/* ---- cases ---- */

TEST(life)
{
	begin();
	CHECK_EQ(carrier_start(&user.carrier, &user.uri), 0);
	CHECK_EQ(port.opens, 1);
	CHECK(!strcmp(port.tcp[0].host, "10.0.2.2"));
	CHECK_EQ(port.tcp[0].port, 5930);
	CHECK(!carrier_turn(&user.carrier));
	CHECK_EQ(port.tcp[0].out_len, 0);
	port.tcp[0].ev->resolved(port.tcp[0].ctx, "1.2.3.4");
	CHECK(!strcmp(user.address, "1.2.3.4"));
	port.tcp[0].ev->open(port.tcp[0].ctx);
	/* Several small things go out as one, at the turn's end. */
	CHECK_EQ(port.tcp[0].out_len, 0);
	turns();
	CHECK_EQ(port.tcp[0].out_len, 42);
	CHECK_EQ(port.tcp[0].flushes, 1);
	CHECK(end());
	CHECK_EQ(port.closes, 1);
	CHECK_EQ(user.ends, 0);
}

TEST(events_pass)
{
	CHECK(all_up());
	CHECK(!strcmp(port.tcp[3].host, "10.0.2.2"));
	CHECK_EQ(user.modes, 1);
	CHECK(user.stages >= 16);
	message(1, SPICE_MSG_DISPLAY_SURFACE_CREATE,
		"\0\0\0\0\x02\0\0\0\x02\0\0\0\x20\0\0\0\1\0\0\0", 20);
	message(1, SPICE_MSG_DISPLAY_DRAW_BLACKNESS,
		"\0\0\0\0\0\0\0\0\0\0\0\0\2\0\0\0\2\0\0\0\0"
		"\0\0\0\0\0\0\0\0\0\0\0\0\0",
		34);
	message(2, SPICE_MSG_INPUTS_INIT, "\2\0", 2);
	message(3, SPICE_MSG_CURSOR_HIDE, "", 0);
	turns();
	CHECK_EQ(user.resizes, 1);
	CHECK_EQ(user.dirts, 1);
	CHECK_EQ(user.locks, 1);
	CHECK_EQ(user.cursors, 1);
	/* Another channel's address is no news. */
	user.address[0] = '\0';
	port.tcp[1].ev->resolved(port.tcp[1].ctx, "1.2.3.4");
	CHECK_EQ(user.address[0], 0);
	port.tcp[1].ev->room(port.tcp[1].ctx);
	CHECK(end());
	CHECK_EQ(port.closes, 4);
	CHECK_EQ(user.ends, 0);
}

/* A port that takes little at a time: the rest stays, in order. */
TEST(send_in_pieces)
{
	unsigned int i;

	CHECK(all_up());
	port.room = 3;
	chan_session_key(user.carrier.session, 0x1e, true);
	chan_session_key(user.carrier.session, 0x9e, false);
	for (i = 0; i < 7; i++) {
		CHECK_EQ(port.tcp[2].out_len, i * 3u);
		carrier_flush(&user.carrier);
	}
	CHECK_EQ(port.tcp[2].out_len, 20);
	CHECK_EQ(port.tcp[2].out[0], SPICE_MSGC_INPUTS_KEY_DOWN);
	CHECK_EQ(port.tcp[2].out[10], SPICE_MSGC_INPUTS_KEY_UP);
	CHECK_EQ(port.tcp[2].out[16], 0x9e);
	CHECK_EQ(port.tcp[2].flushes, 7);

	/* No room at all: nothing is lost. */
	port.room = 0;
	chan_session_key(user.carrier.session, 0x1e, true);
	carrier_flush(&user.carrier);
	CHECK_EQ(port.tcp[2].flushes, 7);
	port.room = 100;
	carrier_turn(&user.carrier);
	CHECK_EQ(port.tcp[2].out_len, 30);
	CHECK(end());
}

/* What was said last still goes out when the person leaves. */
TEST(stop_sends)
{
	CHECK(all_up());
	chan_session_key(user.carrier.session, 0x9e, false);
	carrier_stop(&user.carrier);
	CHECK_EQ(port.tcp[2].out_len, 10);
	CHECK(end());
}

/*
 * Bytes are told as consumed at once while little waits; with a full queue
 * not before messages were handled.
 */
TEST(back_pressure)
{
	static const uint8_t notify[6 + 200] = {7, 0, 200};
	size_t told;
	unsigned int i;

	CHECK(all_up());
	user.carrier.queue_bytes = 500;
	told = port.tcp[3].consumed;
	recv_bytes(3, notify, sizeof(notify));
	CHECK_EQ(port.tcp[3].consumed, told + 206);
	for (i = 0; i < 4; i++)
		recv_bytes(3, notify, sizeof(notify));
	/* The third makes it more than 500. */
	CHECK_EQ(port.tcp[3].consumed, told + 2 * 206);
	/* One that is on its way is let in: it could never end else. */
	while (chan_session_backlog(user.carrier.session, 3) > 500)
		CHECK(carrier_turn(&user.carrier));
	CHECK_EQ(port.tcp[3].consumed, told + 5 * 206);
	turns();
	CHECK_EQ(port.tcp[3].consumed, told + 5 * 206);
	CHECK_EQ(user.carrier.slot[3].held, 0);

	/* A message longer than the queue does not stop itself. */
	told = port.tcp[3].consumed;
	recv_bytes(3, "\x07\0\0\x10\0\0", 6); /* 4096 bytes */
	for (i = 0; i < 16; i++)
		recv_bytes(3, notify, 200);
	CHECK_EQ(port.tcp[3].consumed, told + 6 + 3200);
	CHECK(end());
}

/* A port that cannot make a server wait: the display is connected anew. */
TEST(queue_bound)
{
	static const uint8_t notify[6 + 200] = {7, 0, 200};

	CHECK(all_up());
	port.never_waits = true;
	user.carrier.queue_bytes = 500;
	recv_bytes(1, notify, sizeof(notify));
	recv_bytes(1, notify, sizeof(notify));
	CHECK_EQ(port.closes, 0);
	recv_bytes(1, notify, sizeof(notify));
	CHECK_EQ(port.closes, 1);
	CHECK(!port.tcp[1].open);
	CHECK_EQ(chan_session_backlog(user.carrier.session, 1), 0);
	port.now += 1000000;
	turns();
	CHECK_EQ(port.opens, 5);
	CHECK_EQ(user.ends, 0);
	CHECK(end());
}

/* Of any other channel it is the end. */
TEST(queue_bound_elsewhere)
{
	static const uint8_t notify[6 + 200] = {7, 0, 200};

	CHECK(all_up());
	port.never_waits = true;
	user.carrier.queue_bytes = 100;
	recv_bytes(3, notify, sizeof(notify));
	turns();
	CHECK_EQ(user.ends, 1);
	CHECK_EQ(user.error.cause, CHAN_MEMORY);
	CHECK(end());
}

/* Held bytes of a connection that goes are nobody's any more. */
TEST(closed_while_held)
{
	static const uint8_t notify[6 + 200] = {7, 0, 200};
	size_t told;

	CHECK(all_up());
	user.carrier.queue_bytes = 0;
	told = port.tcp[3].consumed;
	recv_bytes(3, notify, sizeof(notify));
	CHECK_EQ(port.tcp[3].consumed, told);
	port.tcp[3].open = false;
	port.tcp[3].ev->closed(port.tcp[3].ctx, -ECONNRESET);
	CHECK_EQ(user.ends, 0);
	turns();
	CHECK_EQ(port.tcp[3].consumed, told);
	CHECK_EQ(user.ends, 1);
	CHECK_EQ(user.error.cause, CHAN_LOST);
	CHECK_EQ(port.closes, 3); /* the fourth was gone */
	CHECK(!carrier_turn(&user.carrier));
	CHECK(end());
}

TEST(refused)
{
	begin();
	CHECK_EQ(carrier_start(&user.carrier, &user.uri), 0);
	port.tcp[0].open = false;
	port.tcp[0].ev->closed(port.tcp[0].ctx, -ECONNREFUSED);
	turns();
	CHECK_EQ(user.ends, 1);
	CHECK_EQ(user.error.cause, CHAN_NO_CONNECTION);
	CHECK_EQ(user.error.rc, -ECONNREFUSED);
	CHECK(end());
	CHECK_EQ(port.closes, 0);
}

/* Without memory for a connection nobody calls back: the next turn says it. */
TEST(no_memory)
{
	begin();
	port.refuse = true;
	CHECK_EQ(carrier_start(&user.carrier, &user.uri), 0);
	CHECK_EQ(user.ends, 0);
	turns();
	CHECK_EQ(user.ends, 1);
	CHECK_EQ(user.error.cause, CHAN_NO_CONNECTION);
	CHECK_EQ(user.error.rc, -ENOMEM);
	CHECK(end());

	begin();
	port.no_memory = true;
	CHECK_EQ(carrier_start(&user.carrier, &user.uri), -ENOMEM);
	CHECK(!carrier_turn(&user.carrier));
	carrier_flush(&user.carrier);
	CHECK(end());

	/* The same for a later channel. */
	begin();
	carrier_start(&user.carrier, &user.uri);
	link_up(0);
	port.refuse = true;
	message(0, SPICE_MSG_MAIN_CHANNELS_LIST, "\1\0\0\0\2\0", 6);
	turns();
	CHECK_EQ(user.error.cause, CHAN_NO_CONNECTION);
	CHECK(!strcmp(user.error.channel, "display"));
	CHECK_EQ(port.closes, 1);
	CHECK(end());
}

TEST(entropy)
{
	uint8_t reply[PEER_REPLY_BYTES];

	begin();
	port.entropy_rc = -EAGAIN;
	carrier_start(&user.carrier, &user.uri);
	port.tcp[0].ev->open(port.tcp[0].ctx);
	turns();
	recv_bytes(0, reply, chan_peer_reply(reply, 0, PEER_COMMON_CAPS, 0));
	turns();
	CHECK_EQ(port.tcp[0].out_len, 42 + 4);
	port.entropy_rc = 0;
	turns();
	CHECK_EQ(port.tcp[0].out_len, 42 + 4 + 128);
	CHECK(end());
}

/* Begin a session over TLS whose keys want random bytes. */
static void begin_tls(int entropy_rc)
{
	begin();
	user.uri.tls_port = 5931;
	port.now = 1000000;
	port.entropy_rc = entropy_rc;
	carrier_start(&user.carrier, &user.uri);
	port.tcp[0].ev->open(port.tcp[0].ctx);
	turns();
}

static bool end_tls(void)
{
	bool nothing_left = end();

	memset(&user.uri, 0, sizeof(user.uri));
	return nothing_left;
}

/* What ended the session, as a person reads it, has @words. */
static bool says(const char *words)
{
	char text[400];

	chan_error_sentence(&user.error, "desk", text, sizeof(text));
	if (strstr(text, words))
		return true;
	printf("# %s\n", text);
	return false;
}

/* TLS waits for its keys' random bytes, says nothing before, then goes on. */
TEST(entropy_for_tls)
{
	unsigned int i;

	begin_tls(-EAGAIN);
	CHECK_EQ(port.tcp[0].port, 5931);
	for (i = 0; i < 14; i++) {
		port.now += 1000000;
		turns();
		CHECK_EQ(port.tcp[0].out_len, 0);
		CHECK_EQ(user.ends, 0);
	}
	port.entropy_rc = 0;
	turns();
	/* A ClientHello: a handshake's record, TLS's version, its type. */
	CHECK(port.tcp[0].out_len > 43);
	CHECK_EQ(port.tcp[0].out[0], 22);
	CHECK_EQ(port.tcp[0].out[1], 3);
	CHECK_EQ(port.tcp[0].out[5], 1);
	/* The handshake has time of its own. */
	port.now += 9000000;
	turns();
	CHECK_EQ(user.ends, 0);
	CHECK(end_tls());
}

/*
 * Who speaks before our first word, which waits for random bytes, is no TLS
 * server, and is named by what he says, whole or byte by byte.
 */
TEST(speaks_before_tls)
{
	static const struct {
		const char *words, *said;
	} rows[] = {
		{"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n", "an SSH server"},
		{"SSH-", "an SSH server"},
		{"RFB 003.008\n", "a VNC server"},
		{"220 mail.example ESMTP\r\n", "does not speak TLS"},
	};
	size_t i, k;

	for (i = 0; i < 2 * sizeof(rows) / sizeof(rows[0]); i++) {
		const char *words = rows[i / 2].words;
		size_t n = strlen(words);

		begin_tls(-EAGAIN);
		if (i & 1)
			for (k = 0; k < n; k++)
				recv_bytes(0, words + k, 1);
		else
			recv_bytes(0, words, n);
		turns();
		CHECK_EQ(user.ends, 0);
		CHECK_EQ(port.tcp[0].consumed, n);
		port.entropy_rc = 0;
		turns();
		CHECK_EQ(user.ends, 1);
		CHECK(says(rows[i / 2].said));
		CHECK(end_tls());
	}
}

TEST(no_entropy_for_tls)
{
	/* There are none, ever. */
	begin_tls(-EIO);
	CHECK_EQ(user.ends, 1);
	CHECK_EQ(user.error.cause, CHAN_NO_ENTROPY);
	CHECK_EQ(user.error.rc, -EIO);
	CHECK(says(
		"gives no random numbers, so no secret can be sent to desk"));
	CHECK_EQ(port.tcp[0].out_len, 0);
	CHECK(end_tls());
	/* Nobody waits for ever; some more would have been enough. */
	begin_tls(-EAGAIN);
	port.now += 16000000;
	turns();
	CHECK_EQ(user.ends, 1);
	CHECK_EQ(user.error.cause, CHAN_NO_ENTROPY);
	CHECK_EQ(user.error.rc, -ETIMEDOUT);
	CHECK(says("not gathered enough random numbers yet"));
	CHECK_EQ(port.tcp[0].out_len, 0);
	CHECK(end_tls());
	/* Nor for memory. */
	begin();
	user.uri.tls_port = 5931;
	carrier_start(&user.carrier, &user.uri);
	port.no_memory = true;
	port.tcp[0].ev->open(port.tcp[0].ctx);
	turns();
	CHECK_EQ(user.ends, 1);
	CHECK(says("too little memory"));
	CHECK(end_tls());
}

/* The clock is the port's. */
TEST(silence)
{
	begin();
	port.now = 5000000;
	carrier_start(&user.carrier, &user.uri);
	port.tcp[0].ev->open(port.tcp[0].ctx);
	turns();
	port.now += 9900000;
	turns();
	CHECK_EQ(user.ends, 0);
	port.now += 200000;
	turns();
	CHECK_EQ(user.error.cause, CHAN_SILENT);
	CHECK(end());
}

/* A key that comes while a picture is being drawn goes out at once. */
static void poll_key(void)
{
	if (port.polls == 1)
		chan_session_key(user.carrier.session, 0x1e, true);
	if (port.polls == 2 && port.tcp[2].out_len != 10)
		user.ends = 99;
}

TEST(yield)
{
	CHECK(all_up());
	message(1, SPICE_MSG_DISPLAY_SURFACE_CREATE,
		"\0\0\0\0\0\x04\0\0\0\x02\0\0\x20\0\0\0\1\0\0\0", 20);
	turns();
	port.on_poll = poll_key;
	message(1, SPICE_MSG_DISPLAY_DRAW_WHITENESS,
		"\0\0\0\0\0\0\0\0\0\0\0\0\0\x02\0\0\0\x04\0\0\0"
		"\0\0\0\0\0\0\0\0\0\0\0\0\0",
		34);
	turns();
	CHECK(port.polls >= 2);
	CHECK_EQ(user.yields, port.polls);
	CHECK_EQ(port.tcp[2].out_len, 10);
	CHECK_EQ(user.ends, 0);
	/* Without anyone who wants to know. */
	user.carrier.yield = NULL;
	message(1, SPICE_MSG_DISPLAY_DRAW_WHITENESS,
		"\0\0\0\0\0\0\0\0\0\0\0\0\0\x02\0\0\0\x04\0\0\0"
		"\0\0\0\0\0\0\0\0\0\0\0\0\0",
		34);
	turns();
	CHECK(end());
}

/* The optional events may be left out. */
TEST(optional)
{
	static struct chan_session_events few;

	begin();
	few = user_events;
	few.stage = NULL;
	user.carrier.events = &few;
	user.carrier.resolved = NULL;
	carrier_start(&user.carrier, &user.uri);
	port.tcp[0].ev->resolved(port.tcp[0].ctx, "1.2.3.4");
	link_up(0);
	message(0, 4711, "", 0);
	turns();
	CHECK_EQ(user.stages, 0);
	CHECK_EQ(user.ends, 0);
	CHECK(port.logs > 0);
	CHECK(end());
}

/* ---- a virtual machine that moves ---- */

static int moving; /* 1 it begins, -1 it does not */

static void user_moving(void *ctx, bool begins)
{
	moving = begins ? 1 : -1;
}

/* Who cannot be in two places says so by himself; else the user is asked. */
TEST(moves)
{
	static const char next[] = "\x2c\x17\xff\xff\5\0\0\0\x14\0\0\0\0\0\0\0"
				   "\0\0\0\0next";
	static struct chan_session_events both;
	unsigned int i;

	CHECK(all_up());
	message(0, SPICE_MSG_MAIN_MIGRATE_BEGIN, next, sizeof(next));
	turns();
	CHECK_EQ(port.tcp[0].out[port.tcp[0].out_len - 6],
		 SPICE_MSGC_MAIN_MIGRATE_CONNECT_ERROR);
	CHECK(end());

	CHECK(all_up());
	both = user_events;
	both.moving = user_moving;
	user.carrier.events = &both;
	message(0, SPICE_MSG_MAIN_MIGRATE_BEGIN, next, sizeof(next));
	turns();
	CHECK_EQ(moving, 1);
	message(0, SPICE_MSG_MAIN_MIGRATE_CANCEL, "", 0);
	turns();
	CHECK_EQ(moving, -1);
	CHECK(end());

	/* The one that waits there. */
	begin();
	user.carrier.session_id = 77;
	CHECK_EQ(carrier_start(&user.carrier, &user.uri), 0);
	link_up(0);
	for (i = 0; i < 3; i++)
		turns();
	CHECK_EQ(port.tcp[0].out_len, 0);
	carrier_take_over(&user.carrier, &user.uri);
	turns();
	CHECK_EQ(port.tcp[0].out_len, 6);
	CHECK_EQ(port.tcp[0].out[0], SPICE_MSGC_MAIN_MIGRATE_END);
	CHECK(end());
}

/* ---- through a proxy ---- */

static void begin_proxied(void)
{
	begin();
	strcpy(user.uri.host, "desk");
	strcpy(user.uri.proxy.host, "pve1");
	user.uri.proxy.port = 3128;
	carrier_start(&user.carrier, &user.uri);
}

static void end_proxied(void)
{
	memset(&user.uri, 0, sizeof(user.uri));
}

/* The way is asked for, then the session speaks; each channel asks anew. */
TEST(proxy)
{
	static const char asked[] = "CONNECT desk:5930 HTTP/1.0\r\n"
				    "Host: desk:5930\r\n\r\n";
	struct port_tcp *tcp = &port.tcp[0];

	begin_proxied();
	CHECK(!strcmp(tcp->host, "pve1"));
	CHECK_EQ(tcp->port, 3128);
	turns();
	CHECK_EQ(tcp->out_len, 0);
	port.room = 20;
	tcp->ev->open(tcp->ctx);
	CHECK_EQ(tcp->out_len, 0);
	turns();
	CHECK_EQ(tcp->out_len, 20);
	port.room = SIZE_MAX;
	turns();
	turns();
	CHECK_EQ(tcp->out_len, sizeof(asked) - 1);
	CHECK(!memcmp(tcp->out, asked, tcp->out_len));
	tcp->out_len = 0;
	recv_bytes(0, "HTTP/1.0 200 OK\r\n", 17);
	turns();
	CHECK_EQ(tcp->out_len, 0);
	CHECK_EQ(tcp->consumed, 17);
	recv_bytes(0, "\r\n", 2);
	turns();
	CHECK_EQ(tcp->out_len, 42);
	CHECK(!memcmp(tcp->out, "REDQ", 4));
	CHECK_EQ(user.ends, 0);
	/* From here on nothing is the proxy's. */
	recv_bytes(0, "HTTP", 4);
	turns();
	CHECK_EQ(user.error.cause, CHAN_IS_HTTP);
	CHECK(end());
	end_proxied();
}

/* What comes behind the answer, in the same segment, is the server's. */
TEST(proxy_rest)
{
	begin_proxied();
	port.tcp[0].ev->open(port.tcp[0].ctx);
	turns();
	recv_bytes(0, "HTTP/1.1 200 x\r\n\r\nRFB 003", 25);
	turns();
	CHECK_EQ(user.error.cause, CHAN_IS_VNC);
	CHECK(end());
	end_proxied();
}

static const struct {
	const char *answer;
	int rc;
	uint32_t detail;
	const char *words; /* in the sentence */
} refusals[] = {
	{"HTTP/1.0 401 invalid ticket\r\n\r\n", -EACCES, 401, "ticket"},
	{"HTTP/1.1 403 no\r\n\r\n", -EACCES, 403, "does not allow"},
	{"HTTP/1.1 404 no\r\n\r\n", -EACCES, 404, "does not know the host"},
	{"HTTP/1.1 405 no\r\n\r\n", -EACCES, 405, "but no proxy (405)"},
	{"HTTP/1.1 501 no\r\n\r\n", -EACCES, 501, "but no proxy (501)"},
	{"HTTP/1.1 407 who\r\n\r\n", -EACCES, 407, "password"},
	{"HTTP/1.1 502 gone\r\n\r\n", -EACCES, 502, "cannot reach desk:5930"},
	{"HTTP/1.1 503 gone\r\nA: b\r\n\r\n<html>", -EACCES, 503,
	 "cannot reach"},
	{"HTTP/1.1 504 gone\r\n\r\n", -EACCES, 504, "no answer from"},
	{"HTTP/1.1 418 tea\r\n\r\n", -EACCES, 418, "its answer: 418"},
	{"SSH-2.0", -EPROTO, 0, "no HTTP proxy"},
	{"HTTP/1.1 502 go", -EACCES, 502, "cannot reach"}, /* and closes */
	{"", -ECONNRESET, 0, "hung up"},		   /* closes */
	{"HTTP/1.1 200 o", -ECONNRESET, 0, "hung up"},	   /* closes */
};

TEST(proxy_refuses)
{
	char text[400];
	size_t i;

	for (i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		begin_proxied();
		port.tcp[0].ev->resolved(port.tcp[0].ctx, "192.0.2.1");
		port.tcp[0].ev->open(port.tcp[0].ctx);
		turns();
		recv_bytes(0, refusals[i].answer, strlen(refusals[i].answer));
		if (port.tcp[0].open && !user.ends) {
			recv_bytes(0, "ne\r\n", 4 * !!refusals[i].answer[0]);
			port.tcp[0].open = false;
			port.tcp[0].ev->closed(port.tcp[0].ctx, 0);
		}
		turns();
		CHECK_EQ(user.ends, 1);
		CHECK_EQ(user.error.cause, CHAN_PROXY);
		CHECK_EQ(user.error.rc, refusals[i].rc);
		CHECK_EQ(user.error.detail, refusals[i].detail);
		chan_error_sentence(&user.error, "desk:5930", text,
				    sizeof(text));
		if (!strstr(text, refusals[i].words))
			printf("# %s\n", text);
		CHECK(strstr(text, refusals[i].words));
		CHECK(strstr(text, "pve1:3128 (192.0.2.1)"));
		CHECK(!strchr(text, '%'));
		CHECK(end());
		end_proxied();
	}
}

/* A proxy that cannot be had has sentences of its own, with its name. */
TEST(proxy_lost)
{
	static const struct {
		int rc;
		const char *words;
	} reasons[] = {
		{-ENOENT, "No name server knows the proxy pve1:3128"},
		{-EAGAIN, "No name server answered for the proxy pve1:3128"},
		{-ENETUNREACH, "There is no route to the proxy pve1:3128."},
		{-EHOSTUNREACH, "The proxy pve1:3128 cannot be reached."},
		{-ECONNREFUSED, "The proxy pve1:3128 refused the connection."},
		{-ETIMEDOUT, "The proxy pve1:3128 does not answer."},
		{-EADDRNOTAVAIL, "This PC's own address has changed"},
		{-ENOMEM, "Too little memory to connect to the proxy pve1"},
		{-ECONNRESET, "The proxy pve1:3128 hung up without an answer."},
	};
	char text[400];
	size_t i;

	for (i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		begin_proxied();
		port.tcp[0].open = false;
		port.tcp[0].ev->closed(port.tcp[0].ctx, reasons[i].rc);
		turns();
		CHECK_EQ(user.error.cause, CHAN_PROXY);
		CHECK_EQ(user.error.rc, reasons[i].rc);
		chan_error_sentence(&user.error, "desk:5930", text,
				    sizeof(text));
		if (!strstr(text, reasons[i].words))
			printf("# %s\n", text);
		CHECK(strstr(text, reasons[i].words));
		CHECK(end());
		end_proxied();
	}
	/* Lost for no reason that has a name. */
	begin_proxied();
	port.tcp[0].open = false;
	port.tcp[0].ev->closed(port.tcp[0].ctx, -EIO);
	turns();
	CHECK_EQ(user.error.rc, -ECONNRESET);
	CHECK(end());
	/* One that says nothing. */
	begin_proxied();
	port.tcp[0].ev->open(port.tcp[0].ctx);
	port.now = 1;
	turns();
	port.now += 29000000;
	turns();
	CHECK_EQ(user.ends, 0);
	port.now += 2000000;
	turns();
	CHECK_EQ(user.ends, 1);
	CHECK_EQ(user.error.rc, -EBUSY);
	CHECK(end());
	/* A name that cannot be asked for. */
	begin_proxied();
	strcpy(user.uri.host, "a b");
	port.tcp[0].ev->open(port.tcp[0].ctx);
	port.now = 1;
	turns();
	CHECK_EQ(user.error.rc, -EINVAL);
	CHECK(end());
	end_proxied();
}

/* A proxy drops who leaves much unread: everything is read. */
TEST(proxy_is_drained)
{
	static const uint8_t notify[6 + 200] = {7, 0, 200};
	size_t told;

	CHECK(all_up());
	strcpy(user.uri.proxy.host, "pve1");
	user.carrier.queue_bytes = 0;
	told = port.tcp[3].consumed;
	recv_bytes(3, notify, sizeof(notify));
	CHECK_EQ(port.tcp[3].consumed, told + sizeof(notify));
	CHECK(end());
	end_proxied();
}

int main(void)
{
	RUN(life);
	RUN(events_pass);
	RUN(send_in_pieces);
	RUN(stop_sends);
	RUN(back_pressure);
	RUN(queue_bound);
	RUN(queue_bound_elsewhere);
	RUN(closed_while_held);
	RUN(refused);
	RUN(no_memory);
	RUN(entropy);
	RUN(entropy_for_tls);
	RUN(speaks_before_tls);
	RUN(no_entropy_for_tls);
	RUN(silence);
	RUN(yield);
	RUN(optional);
	RUN(moves);
	RUN(proxy);
	RUN(proxy_rest);
	RUN(proxy_refuses);
	RUN(proxy_lost);
	RUN(proxy_is_drained);
	return test_end();
}
