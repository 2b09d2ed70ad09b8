/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * carrier_tls between a port and a TLS client that are both made up: what it
 * does when TLS takes nothing of what came. No server in the tests can be had
 * to bring that about; test_carrier.c and test_tls.py have the real one.
 */
#include <errno.h>
#include <stdlib.h>

#include "ipxe-glue/carrier_tls.h"
#include "spice/tls/tls_client.h"
#include "test/test.h"

/* ---- the port: one connection ---- */

struct port_tcp {
	const struct port_tcp_events *ev;
	void *ctx;
	bool open;
};

static struct {
	struct port_tcp tcp;
	size_t room; /* port_tcp_send takes so many bytes at a time */
	size_t sent;
	long live;
} port;

uint64_t port_utc_s(void)
{
	return 0;
}

uint64_t port_now_us(void)
{
	return 1000000;
}

void port_poll(void)
{
}

struct port_tcp *port_tcp_open(const char *host, uint16_t number,
			       const struct port_tcp_events *ev, void *ctx)
{
	port.tcp.ev = ev;
	port.tcp.ctx = ctx;
	port.tcp.open = true;
	return &port.tcp;
}

size_t port_tcp_send(struct port_tcp *tcp, const void *bytes, size_t n)
{
	n = n < port.room ? n : port.room;
	port.sent += n;
	return n;
}

void port_tcp_flush(struct port_tcp *tcp)
{
}

void port_tcp_consumed(struct port_tcp *tcp, size_t n)
{
}

bool port_tcp_waits(void)
{
	return true;
}

void port_tcp_close(struct port_tcp *tcp)
{
	tcp->open = false;
}

void *port_alloc(size_t bytes)
{
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
	return 16 << 20;
}

void port_log(const char *line)
{
}

int port_entropy(void *buf, size_t n)
{
	memset(buf, 5, n);
	return 0;
}

/* ---- TLS: what is put is what is inside ---- */

struct tls_client {
	char unused;
};

static struct {
	enum tls_state state;
	size_t says;   /* bytes of its own that are to be sent */
	bool stubborn; /* takes nothing even then */
	bool closes;   /* when it is next given something */
	bool waits;    /* for random bytes */
	uint8_t put[64];
	size_t put_n, took;
	unsigned int tries;
} tls;

static struct tls_client one;

int tls_client_new(const struct spice_env *env, const struct tls_trust *trust,
		   struct tls_session *session, struct tls_client **client)
{
	if (tls.waits)
		return -EAGAIN;
	*client = &one;
	return 0;
}

void tls_client_free(struct tls_client *t)
{
}

enum tls_state tls_client_state(const struct tls_client *t)
{
	return tls.state;
}

size_t tls_client_put(struct tls_client *t, const void *bytes, size_t n)
{
	tls.tries++;
	if (tls.closes)
		tls.state = TLS_CLOSED;
	if (tls.closes || tls.stubborn || tls.says)
		return 0;
	n = n < 4 ? n : 4;
	memcpy(tls.put + tls.put_n, bytes, n);
	tls.put_n += n;
	return n;
}

const void *tls_client_plain(struct tls_client *t, size_t *n)
{
	*n = tls.put_n - tls.took;
	return tls.put + tls.took;
}

void tls_client_took(struct tls_client *t, size_t n)
{
	tls.took += n;
}

size_t tls_client_write(struct tls_client *t, const void *bytes, size_t n)
{
	return 0;
}

void tls_client_flush(struct tls_client *t)
{
}

void tls_client_close(struct tls_client *t)
{
}

const void *tls_client_output(struct tls_client *t, size_t *n)
{
	*n = tls.says;
	return "0123456789";
}

void tls_client_sent(struct tls_client *t, size_t n)
{
	tls.says -= n;
}

bool tls_client_resumed(const struct tls_client *t)
{
	return false;
}

uint16_t tls_client_suite(const struct tls_client *t)
{
	return 0;
}

bool tls_client_report(const struct tls_client *t, struct tls_report *report)
{
	return false;
}

void tls_client_why(const struct tls_client *t, struct tls_why *why)
{
	memset(why, 0, sizeof(*why));
}

/* ---- the user ---- */

static struct {
	struct carrier carrier;
	struct target uri;
	unsigned int ends;
	struct chan_error error;
} user;

static void user_mouse_mode(void *ctx, uint32_t mode)
{
}

static void user_ended(void *ctx, const struct chan_error *error)
{
	user.ends++;
	user.error = *error;
}

static const struct chan_session_events user_events = {
	.mouse_mode = user_mouse_mode,
	.ended = user_ended,
};

/* A connection over TLS that is up, or (@waits) for which there are no random
   bytes yet. */
static void begin_with(bool waits)
{
	memset(&port, 0, sizeof(port));
	memset(&tls, 0, sizeof(tls));
	memset(&user, 0, sizeof(user));
	port.room = SIZE_MAX;
	tls.state = waits ? TLS_HANDSHAKE : TLS_UP;
	tls.waits = waits;
	strcpy(user.uri.host, "10.0.2.2");
	user.uri.tls_port = 5931;
	user.carrier.events = &user_events;
	carrier_start(&user.carrier, &user.uri);
	port.tcp.ev->open(port.tcp.ctx);
	carrier_turn(&user.carrier);
}

static void begin(void)
{
	begin_with(false);
}

static void recv_bytes(const char *bytes)
{
	port.tcp.ev->recv(port.tcp.ctx, bytes, strlen(bytes));
}

static bool end(void)
{
	carrier_stop(&user.carrier);
	return port.live == 0 && !port.tcp.open;
}

/* ---- cases ---- */

/* A record at a time; all of it. */
TEST(takes_all)
{
	begin();
	recv_bytes("REDQabcdef");
	CHECK_EQ(tls.put_n, 10);
	CHECK_EQ(tls.took, 10);
	CHECK_EQ(user.ends, 0);
	CHECK(end());
}

/* What TLS itself has to say goes out, then it takes the rest. */
TEST(speaks_first)
{
	begin();
	tls.says = 10;
	recv_bytes("REDQabcdef");
	CHECK_EQ(port.sent, 10);
	CHECK_EQ(tls.put_n, 10);
	CHECK(!memcmp(tls.put, "REDQabcdef", 10));
	CHECK_EQ(user.ends, 0);
	CHECK(end());
}

/* Never are bytes left out in silence: that would shift all that follows. */
TEST(takes_nothing)
{
	char text[200];

	/* It could not speak. */
	begin();
	tls.says = 10;
	port.room = 3;
	recv_bytes("REDQ");
	CHECK_EQ(tls.put_n, 4);
	tls.says = 10;
	port.room = 0;
	recv_bytes("abcdef");
	carrier_turn(&user.carrier);
	CHECK_EQ(user.ends, 1);
	CHECK_EQ(user.error.cause, CHAN_TLS_BROKEN);
	CHECK_EQ(user.error.rc, -ENOBUFS);
	chan_error_sentence(&user.error, "desk", text, sizeof(text));
	CHECK(strstr(text, "desk does not go on as it must (channel main"));
	CHECK(end());

	/* It spoke, and takes nothing all the same. */
	begin();
	tls.says = 10;
	tls.stubborn = true;
	recv_bytes("REDQ");
	carrier_turn(&user.carrier);
	CHECK_EQ(tls.tries, 2);
	CHECK_EQ(user.ends, 1);
	CHECK_EQ(user.error.cause, CHAN_TLS_BROKEN);
	CHECK(end());
}

/* Behind the server's goodbye nothing counts. */
TEST(closed)
{
	begin();
	tls.closes = true;
	recv_bytes("REDQ");
	carrier_turn(&user.carrier);
	CHECK_EQ(tls.tries, 1);
	CHECK_EQ(tls.put_n, 0);
	CHECK_EQ(user.ends, 0);
	CHECK(end());
}

/*
 * What comes before our first word is kept for TLS; more than is kept cannot be
 * the beginning of any answer, and is not left out in silence.
 */
TEST(early)
{
	begin_with(true);
	recv_bytes("0123456");
	recv_bytes("789abcdef");
	carrier_turn(&user.carrier);
	CHECK_EQ(tls.put_n, 0);
	CHECK_EQ(user.ends, 0);
	tls.waits = false;
	carrier_turn(&user.carrier);
	CHECK_EQ(tls.put_n, 16);
	CHECK(!memcmp(tls.put, "0123456789abcdef", 16));
	recv_bytes("ghi");
	CHECK(!memcmp(tls.put + 16, "ghi", 3));
	CHECK_EQ(user.ends, 0);
	CHECK(end());

	begin_with(true);
	recv_bytes("0123456789");
	recv_bytes("abcdefg");
	tls.waits = false;
	carrier_turn(&user.carrier);
	CHECK_EQ(tls.put_n, 16);
	CHECK_EQ(user.ends, 1);
	CHECK_EQ(user.error.cause, CHAN_TLS_BROKEN);
	CHECK(end());
}

int main(void)
{
	RUN(takes_all);
	RUN(speaks_first);
	RUN(takes_nothing);
	RUN(closed);
	RUN(early);
	return test_end();
}
