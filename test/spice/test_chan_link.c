/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The link: what we say, what we make of each answer, the ticket, entropy that
 * is late or missing, time.
 * timeout 240
 */
#include <errno.h>
#include <stdlib.h>

#include "test/spice/chan_peer.h"
#include "test/test.h"

static struct chan_peer peer;

/* A peer whose main connection is open. */
static void begin(const char *password)
{
	memset(&peer, 0, sizeof(peer));
	peer.password = password;
	chan_peer_start(&peer);
	chan_session_opened(peer.s, 0);
	chan_peer_work(&peer);
}

/* Feed a common answer. */
static void answer(uint32_t error, uint32_t common)
{
	uint8_t reply[PEER_REPLY_BYTES];

	chan_peer_feed(&peer, 0, reply,
		       chan_peer_reply(reply, error, common, 0x0f));
}

static void result(uint32_t error)
{
	uint8_t buf[4] = {(uint8_t)error};

	chan_peer_feed(&peer, 0, buf, 4);
}

TEST(hello)
{
	static const uint8_t want[42] = {
		'R', 'E', 'D', 'Q', 2, 0, 0,  0, 2, 0, 0,    0, 26, 0,
		0,   0,	  0,   0,   0, 0, 1,  0, 1, 0, 0,    0, 1,  0,
		0,   0,	  18,  0,   0, 0, 15, 0, 0, 0, 0x07, 0, 0,  0};

	begin(NULL);
	CHECK_EQ(peer.slot[0].opens, 1);
	CHECK_EQ(peer.slot[0].out_len, sizeof(want));
	CHECK(!memcmp(peer.slot[0].out, want, 34));
	/* AUTH_SELECTION, AUTH_SPICE, AUTH_SASL, MINI_HEADER. */
	CHECK_EQ(chan_peer_u32(peer.slot[0].out + 34), 0x0f);
	CHECK_EQ(chan_peer_u32(peer.slot[0].out + 38), want[38]);
	CHECK_EQ(chan_peer_end(&peer), 0);
	CHECK_EQ(peer.ends, 0);
	CHECK_EQ(peer.slot[0].closes, 1);
}

/* After the answer: u32 1 where both offer a choice, and the ticket. */
static int sent_password(const char *password, uint32_t common, char text[128])
{
	size_t skip = common & 1 ? 4 : 0;

	begin(password);
	peer.slot[0].out_len = 0;
	answer(0, common);
	if (peer.slot[0].out_len != 128 + skip)
		return -2;
	if (skip && chan_peer_u32(peer.slot[0].out) != 1)
		return -3;
	return chan_peer_decrypt(peer.slot[0].out + skip, text);
}

TEST(ticket)
{
	char text[128], longest[61];

	CHECK_EQ(sent_password("secret", 0x0b, text), 7);
	CHECK(!memcmp(text, "secret", 7));
	CHECK_EQ(chan_peer_end(&peer), 0);

	/* Without a password the ticket is a NUL. */
	CHECK_EQ(sent_password(NULL, 0x0b, text), 1);
	CHECK_EQ(text[0], 0);
	CHECK_EQ(chan_peer_end(&peer), 0);

	/* Without AUTH_SELECTION the ticket comes alone. */
	CHECK_EQ(sent_password("x", 0x0a, text), 2);
	CHECK_EQ(chan_peer_end(&peer), 0);

	memset(longest, 'p', 60);
	longest[60] = '\0';
	CHECK_EQ(sent_password(longest, 0x0b, text), 61);
	CHECK(!memcmp(text, longest, 61));
	CHECK_EQ(chan_peer_end(&peer), 0);
}

TEST(comes_up)
{
	begin("secret");
	answer(0, 0x0b);
	CHECK_EQ(peer.ends, 0);
	result(0);
	CHECK_EQ(peer.ends, 0);
	CHECK_EQ(peer.stages, 4); /* connecting, linking, ticket twice, up */
	CHECK_EQ(chan_session_mouse_mode(peer.s), 0);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

TEST(other_channels_name_the_session)
{
	memset(&peer, 0, sizeof(peer));
	chan_peer_start(&peer);
	chan_peer_up(&peer, "dic");
	CHECK_EQ(peer.slot[1].opens, 1);
	CHECK_EQ(peer.slot[2].opens, 1);
	CHECK_EQ(peer.slot[3].opens, 1);
	CHECK_EQ(chan_peer_end(&peer), 0);

	chan_peer_start(&peer);
	peer.slot[1].out_len = 0;
	peer.plain = true;
	chan_peer_up(&peer, "");
	chan_peer_message(&peer, 0, SPICE_MSG_MAIN_CHANNELS_LIST,
			  "\x01\0\0\0\x02\0", 6);
	chan_session_opened(peer.s, 1);
	chan_peer_work(&peer);
	CHECK_EQ(chan_peer_u32(peer.slot[1].out + 16), PEER_SESSION_ID);
	CHECK_EQ(peer.slot[1].out[20], SPICE_CHANNEL_DISPLAY);
	/* LZ4, monitors, video with MJPEG alone, sized, and reports. */
	CHECK_EQ(chan_peer_u32(peer.slot[1].out + 38), 0x333);
	CHECK_EQ(chan_peer_end(&peer), 0);

	/* With more memory COMPOSITE and A8 surfaces. */
	memset(&peer, 0, sizeof(peer));
	peer.memory_bytes = 64 << 20;
	chan_peer_start(&peer);
	chan_peer_up(&peer, "");
	chan_peer_message(&peer, 0, SPICE_MSG_MAIN_CHANNELS_LIST,
			  "\x01\0\0\0\x02\0", 6);
	chan_session_opened(peer.s, 1);
	chan_peer_work(&peer);
	CHECK_EQ(chan_peer_u32(peer.slot[1].out + 38), 0x33f);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

/* The cause that comes of a whole answer with @error, or of a bare result. */
static int cause_of(uint32_t error, bool whole, bool early)
{
	uint8_t reply[PEER_REPLY_BYTES];

	begin("x");
	if (!early)
		answer(0, 0x0b);
	if (whole)
		chan_peer_feed(&peer, 0, reply,
			       chan_peer_reply(reply, error, 0, 0));
	else
		result(error);
	if (peer.ends != 1 || peer.slot[0].closes != 1 || chan_peer_end(&peer))
		return -1;
	return (int)peer.error.cause;
}

TEST(link_errors)
{
	CHECK_EQ(cause_of(1, true, true), CHAN_REFUSED);
	CHECK_EQ(cause_of(2, true, true), CHAN_REFUSED);
	CHECK_EQ(cause_of(4, true, true), CHAN_VERSION);
	CHECK_EQ(cause_of(5, true, true), CHAN_NEED_TLS);
	CHECK_EQ(cause_of(6, true, true), CHAN_NEED_PLAIN);
	CHECK_EQ(cause_of(7, false, false), CHAN_PASSWORD);
	CHECK_EQ(peer.error.detail, 7);
	CHECK_EQ(cause_of(8, false, false), CHAN_REFUSED);
	CHECK_EQ(peer.error.detail, 8);
	/* Late, but in the form of a whole answer. */
	CHECK_EQ(cause_of(3, true, false), CHAN_REFUSED);
	CHECK_EQ(peer.error.detail, 3);
	CHECK_EQ(cause_of(7, true, false), CHAN_PASSWORD);
}

TEST(capabilities)
{
	begin(NULL);
	answer(0, 0x0c); /* SASL, no ticket: who are we? */
	CHECK_EQ(peer.ends, 1);
	CHECK_EQ(peer.error.cause, CHAN_PASSWORD);
	CHECK_EQ(peer.error.rc, -ENOENT);
	CHECK_EQ(chan_peer_end(&peer), 0);

	begin(NULL);
	answer(0, 0x03); /* no mini header */
	CHECK_EQ(peer.error.cause, CHAN_VERSION);
	CHECK_EQ(chan_peer_end(&peer), 0);

	begin(NULL);
	answer(0, 0x0e); /* both */
	CHECK_EQ(peer.ends, 0);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

/* What comes of a common answer with @value written at @at. */
static int cause_with(size_t at, uint32_t value)
{
	uint8_t reply[1024] = {0};
	struct wire_writer w;
	size_t n = chan_peer_reply(reply, 0, 0x0b, 0x0f);

	wire_writer_init(&w, reply + at, 4);
	wire_put_u32(&w, value);
	begin(NULL);
	chan_peer_feed(&peer, 0, reply, n);
	if (chan_peer_end(&peer))
		return -1;
	return peer.ends ? (int)peer.error.cause : 0;
}

TEST(answers_that_make_no_sense)
{
	CHECK_EQ(cause_with(0, 0x20535353), CHAN_NOT_SPICE);
	CHECK_EQ(cause_with(4, 1), CHAN_VERSION);
	CHECK_EQ(peer.error.detail, 1);
	CHECK_EQ(cause_with(8, 77), 0); /* any minor */
	CHECK_EQ(cause_with(12, 177), CHAN_NOT_SPICE);
	CHECK_EQ(cause_with(12, 497), CHAN_NOT_SPICE);
	CHECK_EQ(cause_with(12, UINT32_MAX), CHAN_NOT_SPICE);
	/* Capabilities that lie outside. */
	CHECK_EQ(cause_with(16 + 166, 129), CHAN_NOT_SPICE);
	CHECK_EQ(cause_with(16 + 166, 3), CHAN_NOT_SPICE);
	CHECK_EQ(cause_with(16 + 166, UINT32_MAX), CHAN_NOT_SPICE);
	CHECK_EQ(cause_with(16 + 170, 2), CHAN_NOT_SPICE);
	CHECK_EQ(cause_with(16 + 170, UINT32_MAX), CHAN_NOT_SPICE);
	CHECK_EQ(cause_with(16 + 174, 187), CHAN_NOT_SPICE);
	CHECK_EQ(cause_with(16 + 174, UINT32_MAX), CHAN_NOT_SPICE);
	/* No channel capabilities are none. */
	CHECK_EQ(cause_with(16 + 170, 0), 0);
	/* No common ones: no mini header either. */
	CHECK_EQ(cause_with(16 + 166, 0), CHAN_VERSION);
	/* A key that is none. */
	CHECK_EQ(cause_with(20, 0), CHAN_NOT_SPICE);
}

/* Others that answer at a port that somebody took for SPICE's. */
TEST(strangers)
{
	static const struct {
		const char *says;
		enum chan_cause cause;
	} strangers[] = {
		{"HTTP/1.1 400 Bad Request\r\n", CHAN_IS_HTTP},
		{"RFB 003.008\n", CHAN_IS_VNC},
		{"SSH-2.0-OpenSSH_9.2\r\n", CHAN_IS_SSH},
		{"\x15\x03\x01\x02\x02\x46", CHAN_NEED_TLS},
		{"220 mail.example ESMTP\r\n", CHAN_NOT_SPICE},
		{"REDR", CHAN_NOT_SPICE},
	};
	size_t i;

	for (i = 0; i < sizeof(strangers) / sizeof(strangers[0]); i++) {
		begin(NULL);
		chan_peer_feed(&peer, 0, strangers[i].says,
			       strlen(strangers[i].says));
		CHECK_EQ(peer.error.cause, strangers[i].cause);
		CHECK_EQ(peer.error.rc, -EPROTO);
		CHECK_EQ(chan_peer_end(&peer), 0);
	}

	/* The first byte is enough. */
	begin(NULL);
	chan_peer_feed(&peer, 0, "S", 1);
	CHECK_EQ(peer.error.cause, CHAN_NOT_SPICE);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

TEST(speaks_before_asked)
{
	memset(&peer, 0, sizeof(peer));
	chan_peer_start(&peer);
	chan_peer_feed(&peer, 0, "R", 1); /* not even opened */
	CHECK_EQ(peer.error.cause, CHAN_NOT_SPICE);
	CHECK_EQ(chan_peer_end(&peer), 0);

	begin(NULL);
	peer.entropy_rc = -EAGAIN;
	answer(0, 0x0b);
	result(0); /* before our ticket */
	CHECK_EQ(peer.error.cause, CHAN_NOT_SPICE);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

TEST(entropy_comes_late)
{
	begin("x");
	peer.entropy_rc = -EAGAIN;
	peer.slot[0].out_len = 0;
	answer(0, 0x0b);
	CHECK_EQ(peer.slot[0].out_len, 4);
	chan_session_tick(peer.s, 1000);
	chan_session_tick(peer.s, 15000000);
	chan_peer_work(&peer);
	CHECK_EQ(peer.slot[0].out_len, 4);
	CHECK_EQ(peer.ends, 0);
	peer.entropy_rc = 0;
	chan_session_tick(peer.s, 15000900);
	chan_peer_work(&peer);
	CHECK_EQ(peer.slot[0].out_len, 132);
	CHECK_EQ(chan_peer_end(&peer), 0);

	/* But it must come, or a person is told. */
	begin("x");
	peer.entropy_rc = -EAGAIN;
	answer(0, 0x0b);
	chan_session_tick(peer.s, 1000);
	chan_session_tick(peer.s, 15000900);
	CHECK_EQ(peer.ends, 0);
	chan_session_tick(peer.s, 15001100);
	CHECK_EQ(peer.error.cause, CHAN_NO_ENTROPY);
	CHECK_EQ(peer.error.rc, -ETIMEDOUT);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

TEST(no_entropy)
{
	begin("x");
	peer.entropy_rc = -EIO;
	answer(0, 0x0b);
	CHECK_EQ(peer.error.cause, CHAN_NO_ENTROPY);
	CHECK_EQ(peer.error.rc, -EIO);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

/* The cause when the connection is closed with @rc at a stage of the link. */
static int closed_at(unsigned int stage, int rc)
{
	memset(&peer, 0, sizeof(peer));
	chan_peer_start(&peer);
	if (stage >= 1)
		chan_session_opened(peer.s, 0);
	if (stage == 2)
		chan_peer_feed(&peer, 0, "REDQ", 4);
	if (stage >= 3)
		answer(0, 0x0b);
	if (stage >= 4)
		result(0);
	chan_session_closed(peer.s, 0, rc);
	chan_peer_work(&peer);
	if (chan_peer_end(&peer) || peer.ends != 1 || peer.error.rc > 0)
		return -1;
	return (int)peer.error.cause;
}

TEST(closed)
{
	CHECK_EQ(closed_at(0, -ECONNREFUSED), CHAN_NO_CONNECTION);
	CHECK_EQ(peer.error.rc, -ECONNREFUSED);
	CHECK_EQ(closed_at(0, 0), CHAN_NO_CONNECTION);
	CHECK(peer.error.rc != 0);
	CHECK_EQ(closed_at(1, 0), CHAN_NOT_SPICE);
	CHECK_EQ(closed_at(1, -ECONNRESET), CHAN_NOT_SPICE);
	CHECK_EQ(closed_at(1, -ETIMEDOUT), CHAN_LOST);
	CHECK_EQ(closed_at(2, 0), CHAN_CUT);
	CHECK_EQ(closed_at(2, -ECONNRESET), CHAN_CUT);
	CHECK_EQ(closed_at(2, -ETIMEDOUT), CHAN_LOST);
	CHECK_EQ(closed_at(1, -EADDRNOTAVAIL), CHAN_LOST);
	CHECK_EQ(closed_at(2, -EADDRNOTAVAIL), CHAN_LOST);
	CHECK_EQ(closed_at(3, 0), CHAN_LOST);
	CHECK_EQ(closed_at(4, 0), CHAN_SERVER_CLOSED);
	CHECK_EQ(closed_at(4, -ECONNRESET), CHAN_LOST);
}

/*
 * A server that is going down closes a channel that is being linked: that
 * port is a SPICE server's nevertheless.
 */
TEST(closed_second_channel)
{
	memset(&peer, 0, sizeof(peer));
	chan_peer_start(&peer);
	chan_peer_up(&peer, "");
	chan_peer_message(&peer, 0, SPICE_MSG_MAIN_CHANNELS_LIST,
			  "\x01\0\0\0\x02\0", 6);
	chan_session_opened(peer.s, 1);
	chan_session_closed(peer.s, 1, 0);
	CHECK_EQ(peer.error.cause, CHAN_LOST);
	CHECK(!strcmp(peer.error.channel, "display"));
	CHECK_EQ(chan_peer_end(&peer), 0);
}

/* The link and the first message, in every way. */
static void script(struct chan_peer *p)
{
	uint8_t reply[PEER_REPLY_BYTES], ok[4] = {0};
	size_t n = chan_peer_reply(reply, 0, 0x0b, 0x0f);

	chan_peer_start(p);
	if (p->s)
		chan_session_opened(p->s, 0);
	chan_peer_feed(p, 0, reply, n);
	chan_peer_feed(p, 0, ok, 4);
	chan_peer_message(p, 0, SPICE_MSG_MAIN_NAME, "\x03\0\0\0vm", 7);
}

/* An error after the ticket that has the long form. */
static void script_refused(struct chan_peer *p)
{
	uint8_t reply[PEER_REPLY_BYTES];

	chan_peer_start(p);
	p->plain = true;
	if (p->s)
		chan_session_opened(p->s, 0);
	chan_peer_feed(p, 0, reply, chan_peer_reply(reply, 0, 0x0b, 0x0f));
	p->plain = false;
	chan_peer_feed(p, 0, reply, chan_peer_reply(reply, 3, 0, 0));
}

TEST(every_way)
{
	static struct chan_peer base;
	const char *why = chan_peer_every_way(&base, script);

	if (why)
		printf("# %s\n", why);
	CHECK(!why);
	why = chan_peer_every_way(&base, script_refused);
	if (why)
		printf("# refused: %s\n", why);
	CHECK(!why);
}

/* Each byte of the answer damaged in turn: no crash, and always a cause. */
TEST(damaged_answer)
{
	uint8_t reply[PEER_REPLY_BYTES];
	size_t n = chan_peer_reply(reply, 0, 0x0b, 0x0f), i;

	for (i = 0; i < n; i++) {
		reply[i] ^= 0x80;
		begin(NULL);
		chan_peer_feed(&peer, 0, reply, n);
		result(0);
		CHECK_EQ(chan_peer_end(&peer), 0);
		reply[i] ^= 0x80;
	}
}

/* ---- over TLS or not ---- */

/* A session with these ports; the main channel's connection is open. */
static void begin_ports(bool tls, bool plain, uint32_t secure)
{
	memset(&peer, 0, sizeof(peer));
	peer.tls = tls;
	peer.plain_port = plain;
	peer.secure = secure;
	chan_peer_start(&peer);
	chan_session_opened(peer.s, 0);
	chan_peer_work(&peer);
}

/* With a TLS port everything begins there. */
TEST(transport)
{
	begin_ports(false, true, 0);
	CHECK(!peer.slot[0].secure);
	CHECK_EQ(chan_peer_end(&peer), 0);
	begin_ports(true, true, 0);
	CHECK(peer.slot[0].secure);
	CHECK_EQ(chan_peer_end(&peer), 0);

	/* Only TLS would do, and there is none: nobody is called. */
	begin_ports(false, true, 1u << SPICE_CHANNEL_MAIN);
	CHECK_EQ(peer.slot[0].opens, 0);
	CHECK_EQ(peer.ends, 1);
	CHECK_EQ(peer.error.cause, CHAN_NEED_TLS);
	CHECK_EQ(peer.error.rc, -ENOENT);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

/* The server wants it plain: once, on the other port, at the next tick. */
TEST(wants_plain)
{
	begin_ports(true, true, 0);
	answer(SPICE_LINK_ERR_NEED_UNSECURED, 0x0b);
	CHECK_EQ(peer.slot[0].opens, 1);
	/* What it still says, and that it hangs up, is no news. */
	chan_peer_feed(&peer, 0, "more", 4);
	chan_session_closed(peer.s, 0, 0);
	CHECK_EQ(peer.ends, 0);
	chan_session_tick(peer.s, 1000);
	CHECK_EQ(peer.slot[0].closes, 1);
	CHECK_EQ(peer.slot[0].opens, 2);
	CHECK(!peer.slot[0].secure);
	peer.slot[0].out_len = 0;
	chan_session_opened(peer.s, 0);
	chan_peer_work(&peer);
	CHECK_EQ(peer.slot[0].out_len, 42);
	/* And back again it does not go. */
	answer(SPICE_LINK_ERR_NEED_SECURED, 0x0b);
	CHECK_EQ(peer.ends, 1);
	CHECK_EQ(peer.error.cause, CHAN_NEED_TLS);
	CHECK_EQ(chan_peer_end(&peer), 0);

	/* Forbidden, or no such port: no connection, no ticket. */
	begin_ports(true, true, 1u << SPICE_CHANNEL_MAIN);
	peer.slot[0].out_len = 0;
	answer(SPICE_LINK_ERR_NEED_UNSECURED, 0x0b);
	CHECK_EQ(peer.error.cause, CHAN_NEED_PLAIN);
	CHECK_EQ(peer.error.rc, -EPERM);
	CHECK_EQ(peer.slot[0].opens, 1);
	CHECK_EQ(peer.slot[0].out_len, 0);
	CHECK_EQ(chan_peer_end(&peer), 0);
	begin_ports(true, false, 0);
	answer(SPICE_LINK_ERR_NEED_UNSECURED, 0x0b);
	CHECK_EQ(peer.error.cause, CHAN_NEED_PLAIN);
	CHECK_EQ(peer.error.rc, -EACCES);
	CHECK_EQ(peer.slot[0].opens, 1);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

/* What lies between refused: with its own words, once. */
TEST(refused_between)
{
	struct chan_error error = {.cause = CHAN_TLS_NAME,
				   .rc = -EACCES,
				   .sentence = "%s is not %t",
				   .text = "it"};

	begin_ports(true, true, 0);
	chan_session_refused(peer.s, 0, &error);
	CHECK_EQ(peer.ends, 1);
	CHECK_EQ(peer.slot[0].closes, 1);
	CHECK_EQ(peer.slot[0].opens, 1);
	CHECK_EQ(peer.error.cause, CHAN_TLS_NAME);
	CHECK(!strcmp(peer.error.text, "it"));
	CHECK(!strcmp(peer.error.channel, "main"));
	chan_session_refused(peer.s, 0, &error);
	CHECK_EQ(peer.ends, 1);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

/* A disabled channel is not opened; the main one always is. */
TEST(disabled)
{
	memset(&peer, 0, sizeof(peer));
	peer.disabled = 1u << SPICE_CHANNEL_INPUTS | 1u << SPICE_CHANNEL_MAIN;
	chan_peer_start(&peer);
	chan_peer_up(&peer, "d");
	CHECK_EQ(peer.slot[0].opens, 1);
	chan_peer_message(&peer, 0, SPICE_MSG_MAIN_CHANNELS_LIST,
			  "\3\0\0\0\2\0\3\0\4\0", 10);
	CHECK_EQ(peer.slot[1].opens, 1);
	CHECK_EQ(peer.slot[2].opens, 1); /* the cursor's */
	CHECK_EQ(peer.slot[3].opens, 0);
	CHECK_EQ(peer.ends, 0);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

int main(void)
{
	RUN(transport);
	RUN(wants_plain);
	RUN(refused_between);
	RUN(disabled);
	RUN(hello);
	RUN(ticket);
	RUN(comes_up);
	RUN(other_channels_name_the_session);
	RUN(link_errors);
	RUN(capabilities);
	RUN(answers_that_make_no_sense);
	RUN(strangers);
	RUN(speaks_before_asked);
	RUN(entropy_comes_late);
	RUN(no_entropy);
	RUN(closed);
	RUN(closed_second_channel);
	RUN(every_way);
	RUN(damaged_answer);
	return test_end();
}
