/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * SASL in the ticket's place: what goes over the wire, whole and in pieces;
 * servers that refuse, hang up, prove nothing, say too much.
 */
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>

#include "test/spice/chan_peer.h"
#include "test/test.h"

static struct chan_peer peer;

/* Our nonce, of the peer's random bytes. */
#define NONCE "00070e151c232a31383f464d545b6269"

static uint32_t offers = 0x0d; /* the server's common capabilities */

static void hello(struct chan_peer *p)
{
	uint8_t reply[PEER_REPLY_BYTES];

	chan_peer_start(p);
	if (!p->s)
		return;
	chan_session_opened(p->s, 0);
	chan_peer_work(p);
	p->slot[0].out_len = 0;
	chan_peer_feed(p, 0, reply, chan_peer_reply(reply, 0, offers, 0x0f));
}

static void begin(bool tls)
{
	memset(&peer, 0, sizeof(peer));
	peer.password = "pencil";
	peer.username = "user";
	peer.tls = tls;
	hello(&peer);
}

/* u32 count and bytes; the NUL behind them counts if @nul; maybe a u8. */
static void say(struct chan_peer *p, const char *bytes, size_t n, bool nul,
		int last)
{
	uint8_t buf[600];
	struct wire_writer w;

	wire_writer_init(&w, buf, sizeof(buf));
	wire_put_u32(&w, (uint32_t)(n + nul));
	wire_put(&w, bytes, n);
	if (nul)
		wire_put_u8(&w, 0);
	if (last >= 0)
		wire_put_u8(&w, (uint8_t)last);
	chan_peer_feed(p, 0, buf, w.len);
}

/* Has the client said just this since? */
static bool said(const void *bytes, size_t n)
{
	bool good = peer.slot[0].out_len == n &&
		    !memcmp(peer.slot[0].out, bytes, n);

	if (!good)
		printf("# %zu bytes, not %zu\n", peer.slot[0].out_len, n);
	peer.slot[0].out_len = 0;
	return good;
}

TEST(plain)
{
	begin(true);
	CHECK(said("\2\0\0\0", 4));
	say(&peer, ",DIGEST-MD5,PLAIN,", 18, false, -1);
	CHECK(said("\5\0\0\0PLAIN\15\0\0\0\0user\0pencil\0", 26));
	say(&peer, "", 0, false, 1);
	CHECK(said("", 0));
	chan_peer_feed(&peer, 0, "\0\0\0\0", 4);
	CHECK_EQ(peer.ends, 0);
	chan_peer_feed(&peer, 0, "\0\0\0\0", 4);
	/* Up: main says its first words. */
	CHECK_EQ(peer.ends, 0);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

static unsigned int told; /* memory given back with a password in it */

static void free_and_look(void *ctx, void *mem)
{
	size_t n = mem ? malloc_usable_size(mem) : 0, i;

	for (i = 0; i + 6 <= n; i++)
		told += !memcmp((char *)mem + i, "pencil", 6);
	test_env_free(ctx, mem);
}

/* No memory that is given back has the password in it, sent or not. */
TEST(wiped)
{
	const char *out;
	size_t n, i;
	int sent;

	for (sent = 0; sent < 3; sent++) {
		begin(true);
		told = 0;
		peer.env.env.free = free_and_look;
		said("\2\0\0\0", 4);
		chan_session_input(peer.s, 0, "\5\0\0\0PLAIN", 9);
		if (sent == 1) {
			/* Gone out: nor does what lives on have it. */
			out = chan_session_output(peer.s, 0, &n);
			chan_peer_work(&peer);
			for (i = 0; i < n - 6; i++)
				CHECK(memcmp(out + i, "pencil", 6));
		} else if (sent == 2) {
			chan_session_closed(peer.s, 0, -ECONNRESET);
		}
		chan_peer_end(&peer);
		CHECK_EQ(told, 0);
	}
}

/* Nobody in between talks us out of SASL; over TLS the server may. */
TEST(downgrade)
{
	offers = 0x0b;
	begin(false);
	CHECK_EQ(peer.error.cause, CHAN_NO_AUTH);
	CHECK_EQ(peer.error.rc, -EPERM);
	CHECK(said("", 0));
	CHECK_EQ(chan_peer_end(&peer), 0);
	begin(true);
	CHECK_EQ(peer.ends, 0);
	CHECK_EQ(peer.slot[0].out_len, 4 + 128);
	CHECK_EQ(chan_peer_end(&peer), 0);
	offers = 0x0f;
	begin(false);
	CHECK(said("\2\0\0\0", 4));
	CHECK_EQ(chan_peer_end(&peer), 0);
	offers = 0x0d;
}

/* Without TLS no password goes out in clear. */
TEST(plain_without_tls)
{
	begin(false);
	said("\2\0\0\0", 4);
	say(&peer, "PLAIN", 5, false, -1);
	CHECK_EQ(peer.error.cause, CHAN_NO_AUTH);
	CHECK_EQ(peer.error.rc, -EOPNOTSUPP);
	CHECK(said("", 0));
	CHECK_EQ(chan_peer_end(&peer), 0);
}

static const char challenge[] = "r=" NONCE "x,s=W22ZaJ0SNY7soEsUEjb6gQ==,"
				"i=4096";

/* As far as our proof. */
static void scram(void)
{
	begin(true);
	say(&peer, "SCRAM-SHA-256", 13, false, -1);
	peer.slot[0].out_len = 0;
	say(&peer, challenge, sizeof(challenge) - 1, true, 0);
}

TEST(scram_goes_on)
{
	scram();
	CHECK_EQ(peer.ends, 0);
	CHECK(!memcmp(peer.slot[0].out + 4, "c=biws,r=" NONCE "x,p=", 45));
	CHECK_EQ(chan_peer_end(&peer), 0);
}

/* A server that lets us in without proof is somebody else. */
TEST(no_proof)
{
	scram();
	say(&peer, "v=AAAA", 6, true, 1);
	CHECK_EQ(peer.error.cause, CHAN_NO_AUTH);
	CHECK_EQ(peer.error.rc, -EACCES);
	CHECK_EQ(chan_peer_end(&peer), 0);
	scram();
	say(&peer, "", 0, false, 1);
	CHECK_EQ(peer.error.cause, CHAN_NO_AUTH);
	CHECK_EQ(chan_peer_end(&peer), 0);
	/* At once. */
	begin(true);
	say(&peer, "SCRAM-SHA-256", 13, false, -1);
	say(&peer, "", 0, false, 1);
	CHECK_EQ(peer.ends, 1);
	CHECK_EQ(chan_peer_end(&peer), 0);
	begin(true);
	say(&peer, "SCRAM-SHA-256", 13, false, -1);
	say(&peer, challenge, sizeof(challenge) - 1, true, 1);
	CHECK_EQ(peer.error.rc, -EACCES);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

TEST(refused)
{
	begin(true);
	say(&peer, "PLAIN", 5, false, -1);
	say(&peer, "", 0, false, 1);
	chan_peer_feed(&peer, 0, "\1\0\0\0\26\0\0\0Authentication failed\0",
		       30);
	CHECK_EQ(peer.error.cause, CHAN_PASSWORD);
	CHECK_EQ(peer.error.rc, -EPERM);
	CHECK_EQ(chan_peer_end(&peer), 0);
	/* Or by hanging up. */
	begin(true);
	say(&peer, "PLAIN", 5, false, -1);
	chan_session_closed(peer.s, 0, 0);
	chan_peer_work(&peer);
	CHECK_EQ(peer.error.cause, CHAN_PASSWORD);
	CHECK_EQ(peer.error.rc, -EPERM);
	CHECK_EQ(chan_peer_end(&peer), 0);
	/* After all of it, by the link's own number. */
	begin(true);
	say(&peer, "PLAIN", 5, false, -1);
	say(&peer, "", 0, false, 1);
	chan_peer_feed(&peer, 0, "\0\0\0\0\7\0\0\0", 8);
	CHECK_EQ(peer.error.cause, CHAN_PASSWORD);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

TEST(too_long)
{
	static const char big[512];

	begin(true);
	say(&peer, big, 508, false, -1);
	CHECK_EQ(peer.error.cause, CHAN_NOT_SPICE);
	CHECK_EQ(chan_peer_end(&peer), 0);
	begin(true);
	chan_peer_feed(&peer, 0, "\xff\xff\xff\xff", 4);
	CHECK_EQ(peer.error.cause, CHAN_NOT_SPICE);
	CHECK_EQ(chan_peer_end(&peer), 0);
	begin(true);
	say(&peer, "PLAIN", 5, false, -1);
	say(&peer, "unasked", 7, true, 1);
	CHECK_EQ(peer.ends, 1);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

TEST(silent)
{
	begin(true);
	chan_session_tick(peer.s, 1000000);
	chan_session_tick(peer.s, 12000000);
	CHECK_EQ(peer.error.cause, CHAN_SILENT);
	CHECK_EQ(peer.error.rc, -EACCES);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

TEST(no_entropy)
{
	begin(true);
	peer.entropy_rc = -EIO;
	say(&peer, "SCRAM-SHA-1", 11, false, -1);
	CHECK_EQ(peer.error.cause, CHAN_NO_ENTROPY);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

/* The link of @slot by PLAIN, but for its last @less steps. */
static void link_slot(unsigned int slot, unsigned int less)
{
	uint8_t reply[PEER_REPLY_BYTES];

	chan_session_opened(peer.s, slot);
	chan_peer_work(&peer);
	chan_peer_feed(&peer, slot, reply,
		       chan_peer_reply(reply, 0, offers, 0x0f));
	chan_peer_feed(&peer, slot, "\5\0\0\0PLAIN", 9);
	if (less < 2)
		chan_peer_feed(&peer, slot, "\0\0\0\0\1", 5);
	if (less < 1)
		chan_peer_feed(&peer, slot, "\0\0\0\0\0\0\0\0", 8);
	peer.slot[slot].out_len = 0;
}

/* A display that is connected anew while SASL is half done, again and again:
   nothing of it is left over, and in the end it is up. */
TEST(mended)
{
	static const uint8_t init[32] = {1, 0, 0, 0, 1, 0, 0, 0,
					 1, 0, 0, 0, 1, 0, 0, 0};
	static const uint8_t nonsense[40] = {99};
	uint64_t now = 1000000;
	unsigned int i;
	long live = 0;

	memset(&peer, 0, sizeof(peer));
	peer.password = "pencil";
	peer.username = "user";
	peer.tls = true;
	chan_peer_start(&peer);
	link_slot(0, 0);
	chan_peer_message(&peer, 0, SPICE_MSG_MAIN_INIT, init, sizeof(init));
	chan_peer_message(&peer, 0, SPICE_MSG_MAIN_CHANNELS_LIST,
			  "\1\0\0\0\2\0", 6);
	link_slot(1, 0);
	chan_session_tick(peer.s, now);
	chan_peer_message(&peer, 1, SPICE_MSG_DISPLAY_SURFACE_CREATE,
			  "\0\0\0\0\2\0\0\0\2\0\0\0\x20\0\0\0\1\0\0\0", 20);
	chan_peer_message(&peer, 1, SPICE_MSG_DISPLAY_MARK, "", 0);
	/* On a surface that is not there. */
	chan_peer_message(&peer, 1, SPICE_MSG_DISPLAY_DRAW_FILL, nonsense,
			  sizeof(nonsense));
	CHECK_EQ(peer.ends, 0);
	CHECK_EQ(chan_session_counts(peer.s)->mended, 1);
	for (i = 1; i < 4; i++) {
		CHECK_EQ(peer.slot[1].opens, i);
		chan_session_tick(peer.s, now += 1000000);
		CHECK_EQ(peer.slot[1].opens, i + 1);
		link_slot(1, i);
		CHECK(i == 1 || peer.env.live > live);
		chan_session_closed(peer.s, 1, 0);
		chan_peer_work(&peer);
		if (i == 1)
			live = peer.env.live;
		CHECK_EQ(peer.env.live, live);
	}
	chan_session_tick(peer.s, now += 1000000);
	link_slot(1, 0);
	chan_peer_message(&peer, 1, SPICE_MSG_DISPLAY_MARK, "", 0);
	CHECK_EQ(peer.ends, 0);
	CHECK_EQ(chan_peer_end(&peer), 0);
}

static void script(struct chan_peer *p)
{
	hello(p);
	if (!p->s)
		return;
	say(p, "SCRAM-SHA-256,X", 15, false, -1);
	say(p, challenge, sizeof(challenge) - 1, true, 0);
	say(p, "v=AAAA", 6, true, 1);
}

TEST(every_way)
{
	struct chan_peer base = {
		.password = "pencil", .username = "user", .tls = true};
	const char *wrong = chan_peer_every_way(&base, script);

	if (wrong)
		printf("# %s\n", wrong);
	CHECK(!wrong);
}

int main(void)
{
	RUN(plain);
	RUN(wiped);
	RUN(downgrade);
	RUN(plain_without_tls);
	RUN(scram_goes_on);
	RUN(no_proof);
	RUN(refused);
	RUN(too_long);
	RUN(silent);
	RUN(no_entropy);
	RUN(mended);
	RUN(every_way);
	return test_end();
}
