/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Fetching by HTTP and TFTP on a scripted port: what is asked, answers whole
 * and in pieces, redirects, errors in words, nothing left over.
 */
#include <errno.h>
#include <stdlib.h>

#include "ipxe-glue/fetch_part.h"
#include "ipxe-glue/port.h"
#include "test/test.h"

struct port_tcp {
	const struct port_tcp_events *ev;
	void *ctx;
	char host[64];
	uint16_t port;
};

struct port_udp {
	const struct port_udp_events *ev;
	void *ctx;
	char host[64];
};

static struct {
	struct port_tcp tcp;
	struct port_udp udp;
	unsigned int opens, closes, sends;
	char out[2048];
	size_t out_len, room;
	uint16_t to;
	uint64_t now;
	long live;
	bool no_memory;
} port;

uint64_t port_now_us(void)
{
	return port.now;
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

struct port_tcp *port_tcp_open(const char *host, uint16_t number,
			       const struct port_tcp_events *ev, void *ctx)
{
	if (port.no_memory)
		return NULL;
	port.opens++;
	port.tcp.ev = ev;
	port.tcp.ctx = ctx;
	snprintf(port.tcp.host, sizeof(port.tcp.host), "%s", host);
	port.tcp.port = number;
	return &port.tcp;
}

size_t port_tcp_send(struct port_tcp *tcp, const void *bytes, size_t n)
{
	n = n < port.room ? n : port.room;
	memcpy(port.out + port.out_len, bytes, n);
	port.out_len += n;
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
	port.closes++;
}

struct port_udp *port_udp_open(const char *host,
			       const struct port_udp_events *ev, void *ctx)
{
	port.opens++;
	port.udp.ev = ev;
	port.udp.ctx = ctx;
	snprintf(port.udp.host, sizeof(port.udp.host), "%s", host);
	return &port.udp;
}

void port_udp_send(struct port_udp *udp, uint16_t number, const void *bytes,
		   size_t n)
{
	port.sends++;
	port.to = number;
	memcpy(port.out, bytes, n);
	port.out_len = n;
}

void port_udp_close(struct port_udp *udp)
{
	port.closes++;
}

static struct fetch *begin(const char *url)
{
	memset(&port, 0, sizeof(port));
	port.room = SIZE_MAX;
	port.now = 1000000;
	return fetch_start(url);
}

/* Is nothing left? */
static bool end(struct fetch *f)
{
	fetch_free(f);
	return port.live == 0 && port.opens == port.closes;
}

/* ---- URLs ---- */

TEST(urls)
{
	static const struct {
		const char *url, *host;
		uint16_t port;
		const char *line; /* of the request, and Host */
	} rows[] = {
		{"http://h/desk.vv", "h", 80,
		 "GET /desk.vv HTTP/1.1\r\nHost: h:80\r\n"},
		{"HTTP://h", "h", 80, "GET / HTTP/1.1\r\nHost: h:80\r\n"},
		{"http://h:8080/a/b%20c?x=y#z", "h", 8080,
		 "GET /a/b%20c?x=y HTTP/1.1\r\nHost: h:8080\r\n"},
		{"http://[2001:db8::1]:81?q", "2001:db8::1", 81,
		 "GET /?q HTTP/1.1\r\nHost: [2001:db8::1]:81\r\n"},
		{"http://u:p@p@h/x", "h", 80,
		 "GET /x HTTP/1.1\r\nHost: h:80\r\n"},
	};
	static const char *const wrong[] = {
		"",
		"desk.vv",
		"https://h/",
		"ftp://h/",
		"http://",
		"http:///x",
		"http://h:0/",
		"http://h:x/",
		"http://h/a b",
		"http://h/a\r\nX: y",
		"http://[::1",
		"tftp:///x",
	};
	char text[TARGET_URL_BYTES + 8];
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fetch *f = begin(rows[i].url);

		CHECK_EQ(fetch_poll(f), -EINPROGRESS);
		CHECK(!strcmp(port.tcp.host, rows[i].host));
		CHECK_EQ(port.tcp.port, rows[i].port);
		CHECK_EQ(port.out_len, 0);
		port.tcp.ev->open(f);
		port.room = 7;
		while (strncmp(port.out + port.out_len - 4, "\r\n\r\n", 4)) {
			CHECK_EQ(fetch_poll(f), -EINPROGRESS);
			CHECK(port.out_len < 1000);
		}
		fetch_poll(f);
		CHECK(!strncmp(port.out, rows[i].line, strlen(rows[i].line)));
		CHECK_EQ(
			!!strstr(port.out, "Authorization: Basic dTpwQHA=\r\n"),
			i == 4);
		CHECK(strstr(port.out, "Connection: close\r\n"));
		CHECK(end(f));
	}
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct fetch *f = begin(wrong[i]);

		CHECK(fetch_poll(f) != -EINPROGRESS);
		CHECK(fetch_why(f)[0]);
		CHECK_EQ(port.opens, 0);
		CHECK(end(f));
	}
	memset(text, 'x', sizeof(text));
	memcpy(text, "http://h/", 9);
	text[sizeof(text) - 1] = '\0';
	{
		struct fetch *f = begin(text);

		CHECK_EQ(fetch_poll(f), -EINVAL);
		CHECK(end(f));
	}
}

/* ---- HTTP ---- */

#define OK "HTTP/1.1 200 OK\r\n"

static const struct {
	const char *answer;
	int rc; /* once the connection has been closed */
	const char *body, *why;
} answers[] = {
	{OK "Content-Length: 5\r\n\r\nhello", 0, "hello", ""},
	{OK "content-length:5\r\nX: y\r\n\r\nhello, more", 0, "hello", ""},
	{OK "Content-Length: 0\r\n\r\n", 0, "", ""},
	{OK "\r\nhello", 0, "hello", ""},
	{"HTTP/1.0 200\n\nhello", 0, "hello", ""},
	{OK "Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n"
	    "0\r\nTrailer: x\r\n\r\n",
	 0, "hello", ""},
	{OK "Transfer-Encoding: chunked\r\nContent-Length: 99\r\n\r\n"
	    "00A\r\n0123456789\r\n0\r\n\r\n",
	 0, "0123456789", ""},
	{"HTTP/1.1 100 Continue\r\n\r\n" OK "Content-Length: 2\r\n\r\nhi", 0,
	 "hi", ""},
	{"HTTP/1.1 404 Not Found\r\n\r\n<html>", -ENOENT, NULL, "no such file"},
	{"HTTP/1.1 410 Gone\r\n\r\n", -ENOENT, NULL, "no such file"},
	{"HTTP/1.1 401 x\r\n\r\n", -EACCES, NULL, "password"},
	{"HTTP/1.1 403 x\r\n\r\n", -EACCES, NULL, "does not give"},
	{"HTTP/1.1 500 x\r\n\r\n", -EIO, NULL, "error"},
	{"HTTP/1.1 302 x\r\n\r\n", -EPROTO, NULL, "no web server"},
	{OK "Content-Length: 65537\r\n\r\n", -E2BIG, NULL, "64 KiB"},
	{OK "Content-Length: 9999999999999\r\n\r\n", -E2BIG, NULL, "64 KiB"},
	{OK "Content-Length: -1\r\n\r\n", -E2BIG, NULL, ""},
	{OK "Content-Length: 5\r\n\r\nhel", -EIO, NULL, "broke off"},
	{OK "Content-", -EIO, NULL, "broke off"},
	{OK "Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n", -EIO, NULL,
	 "broke off"},
	{OK "Transfer-Encoding: chunked\r\n\r\n3\r\nhello\r\n", -EPROTO, NULL,
	 "no web server"},
	{OK "Transfer-Encoding: chunked\r\n\r\n\r\n", -EPROTO, NULL, ""},
	{OK "Transfer-Encoding: chunked\r\n\r\nfffffffff\r\n", -EPROTO, NULL,
	 ""},
	{OK "Transfer-Encoding: chunked\r\n\r\n-1\r\n", -EPROTO, NULL, ""},
	{OK "Transfer-Encoding: gzip\r\n\r\n", -EPROTO, NULL, ""},
	{"SSH-2.0-x\r\n", -EPROTO, NULL, "no web server"},
	{"HTTP/2 200 x\r\n\r\n", -EPROTO, NULL, ""},
	{"HTTP/1.1 20 x\r\n\r\n", -EPROTO, NULL, ""},
	{"HTTP/1.1 2x0 x\r\n\r\n", -EPROTO, NULL, ""},
	{"", -EPROTO, NULL, "without an answer"},
};

/* Each answer cut in two at every place. */
TEST(http_answers)
{
	size_t i, cut;

	for (i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		size_t n = strlen(answers[i].answer);

		for (cut = 0; cut <= n; cut++) {
			struct fetch *f = begin("http://h/x");
			char *copy = malloc(n + 1);
			size_t got;
			int rc;

			memcpy(copy, answers[i].answer, n);
			port.tcp.ev->open(f);
			port.tcp.ev->recv(f, copy, cut);
			if (fetch_poll(f) == -EINPROGRESS)
				port.tcp.ev->recv(f, copy + cut, n - cut);
			if (fetch_poll(f) == -EINPROGRESS) {
				port.closes++;
				port.tcp.ev->closed(f, 0);
			}
			rc = fetch_poll(f);
			free(copy);
			if (rc != answers[i].rc)
				printf("# %zu at %zu: %d %s\n", i, cut, rc,
				       fetch_why(f));
			CHECK_EQ(rc, answers[i].rc);
			CHECK(strstr(fetch_why(f), answers[i].why));
			if (!rc) {
				CHECK(!strncmp(fetch_bytes(f, &got),
					       answers[i].body,
					       strlen(answers[i].body)));
				CHECK_EQ(got, strlen(answers[i].body));
			}
			CHECK(end(f));
		}
	}
}

/* Without a length, in chunks: the bound is the same. An endless head, too. */
TEST(http_too_long)
{
	static char block[8192];
	struct fetch *f;
	unsigned int i;
	size_t n;

	memset(block, 'x', sizeof(block));
	for (i = 0; i < 2; i++) {
		unsigned int k;

		f = begin("http://h/x");
		port.tcp.ev->recv(f, OK "\r\n", 19);
		for (k = 0; k < 8; k++)
			port.tcp.ev->recv(f, block, sizeof(block));
		CHECK_EQ(fetch_poll(f), -EINPROGRESS);
		port.tcp.ev->recv(f, block, i);
		if (!i) {
			port.closes++;
			port.tcp.ev->closed(f, 0);
		}
		CHECK_EQ(fetch_poll(f), i ? -E2BIG : 0);
		fetch_bytes(f, &n);
		CHECK_EQ(n, 65536);
		CHECK(end(f));
	}
	f = begin("http://h/x");
	port.tcp.ev->recv(f, OK "Transfer-Encoding: chunked\r\n\r\n", 47);
	while (fetch_poll(f) == -EINPROGRESS) {
		port.tcp.ev->recv(f, "2000\r\n", 6);
		port.tcp.ev->recv(f, block, sizeof(block));
		port.tcp.ev->recv(f, "\r\n", 2);
	}
	CHECK_EQ(fetch_poll(f), -E2BIG);
	CHECK(end(f));
	f = begin("http://h/x");
	port.tcp.ev->recv(f, OK, 17);
	port.tcp.ev->recv(f, block, sizeof(block));
	CHECK_EQ(fetch_poll(f), -EPROTO);
	CHECK(end(f));
	/* A field longer than a line is kept: nobody reads it. */
	f = begin("http://h/x");
	port.tcp.ev->recv(f, OK, 17);
	port.tcp.ev->recv(f, block, 4096);
	port.tcp.ev->recv(f, "\r\nContent-Length: 1\r\n\r\ny", 24);
	CHECK_EQ(fetch_poll(f), 0);
	CHECK(end(f));
}

TEST(http_redirects)
{
	struct fetch *f = begin("http://u:p@h:81/a/b?c");
	unsigned int i;

#define TO(where) "HTTP/1.1 302 x\r\nLocation: " where "\r\n\r\nHTTP/1.1 404"
	port.tcp.ev->recv(f, TO("/d%20e"), sizeof(TO("/d%20e")) - 1);
	CHECK_EQ(fetch_poll(f), -EINPROGRESS);
	CHECK_EQ(port.opens, 2);
	CHECK_EQ(port.closes, 1);
	CHECK(!strcmp(port.tcp.host, "h"));
	CHECK_EQ(port.tcp.port, 81);
	port.tcp.ev->open(f);
	fetch_poll(f);
	CHECK(!strncmp(port.out, "GET /d%20e HTTP/1.1\r\nHost: h:81\r\n", 33));
	CHECK(strstr(port.out, "Authorization: Basic dTpw"));
	port.tcp.ev->recv(f, TO("http://k/x"), sizeof(TO("http://k/x")) - 1);
	CHECK(!strcmp(port.tcp.host, "k"));
	CHECK_EQ(port.tcp.port, 80);
	port.out_len = 0;
	memset(port.out, 0, sizeof(port.out));
	port.tcp.ev->open(f);
	fetch_poll(f);
	CHECK(!strstr(port.out, "Authorization"));
	port.tcp.ev->recv(f, OK "Content-Length: 1\r\n\r\nz", 39);
	CHECK_EQ(fetch_poll(f), 0);
	CHECK(end(f));

	/* In a circle, and to where nobody can go. */
	f = begin("http://h/");
	for (i = 0; i < 20 && fetch_poll(f) == -EINPROGRESS; i++)
		port.tcp.ev->recv(f, TO("/"), sizeof(TO("/")) - 1);
	CHECK_EQ(fetch_poll(f), -EPROTO);
	CHECK(i < 8);
	CHECK(end(f));
	f = begin("http://h/");
	port.tcp.ev->recv(f, TO("https://h/"), sizeof(TO("https://h/")) - 1);
	CHECK_EQ(fetch_poll(f), -EPROTONOSUPPORT);
	CHECK(end(f));
	f = begin("http://h/");
	port.tcp.ev->recv(f, TO("tftp://h/x"), sizeof(TO("tftp://h/x")) - 1);
	CHECK_EQ(fetch_poll(f), -EPROTONOSUPPORT);
	CHECK_EQ(port.opens, 1);
	CHECK(end(f));
}

/* Lost, silent, no memory. */
TEST(lost)
{
	static const int reasons[] = {
		-ENOENT,       -EAGAIN,	   -ENETUNREACH, -EHOSTUNREACH,
		-ECONNREFUSED, -ETIMEDOUT, -ENOMEM,	 -ECONNRESET};
	struct fetch *f;
	size_t i;

	for (i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		f = begin("http://h/");
		port.closes++;
		port.tcp.ev->closed(f, reasons[i]);
		CHECK(fetch_poll(f) < 0);
		CHECK(fetch_poll(f) != -ENOENT);
		CHECK(strlen(fetch_why(f)) > 10);
		CHECK(end(f));
	}
	f = begin("http://h/");
	port.tcp.ev->open(f);
	port.now += 19000000;
	CHECK_EQ(fetch_poll(f), -EINPROGRESS);
	port.now += 2000000;
	CHECK_EQ(fetch_poll(f), -ETIMEDOUT);
	CHECK(end(f));
	/* A byte now and then, and sent on now and then: a minute is enough. */
	f = begin("http://h/");
	port.tcp.ev->open(f);
	for (i = 0; i < 6; i++) {
		CHECK_EQ(fetch_poll(f), -EINPROGRESS);
		port.now += 10000000;
		if (i == 2)
			port.tcp.ev->recv(f, &TO("/b")[2],
					  sizeof(TO("/b")) - 3);
		else
			port.tcp.ev->recv(f, &"HTxHTT"[i], 1);
	}
	CHECK_EQ(fetch_poll(f), -EINPROGRESS);
	port.now += 1;
	CHECK_EQ(fetch_poll(f), -ETIMEDOUT);
	CHECK(strstr(fetch_why(f), "minute"));
	CHECK(end(f));
	f = begin("http://h/");
	port.no_memory = true;
	CHECK(!fetch_start("http://h/"));
	CHECK(end(f));
	fetch_free(NULL);
}

/* ---- TFTP ---- */

/* Hand over a data block of @n bytes. */
static void data(struct fetch *f, uint16_t from, unsigned int block, size_t n)
{
	uint8_t packet[4 + 600];

	memset(packet, 'a' + (int)block % 26, sizeof(packet));
	packet[0] = 0;
	packet[1] = 3;
	packet[2] = (uint8_t)(block >> 8);
	packet[3] = (uint8_t)block;
	port.udp.ev->recv(f, from, packet, 4 + n);
}

/* Was block @block acknowledged to @to? */
static bool acked(uint16_t to, unsigned int block)
{
	return port.to == to && port.out_len == 4 && port.out[1] == 4 &&
	       (uint8_t)port.out[2] == block >> 8 &&
	       (uint8_t)port.out[3] == (block & 255);
}

TEST(tftp)
{
	struct fetch *f = begin("tftp://10.0.2.2/desks/a%20b.vv");
	size_t n;

	CHECK(!strcmp(port.udp.host, "10.0.2.2"));
	fetch_poll(f);
	CHECK_EQ(port.sends, 0);
	port.udp.ev->open(f);
	fetch_poll(f);
	CHECK_EQ(port.to, 69);
	CHECK_EQ(port.out_len, 2 + 13 + 6);
	CHECK(!memcmp(port.out, "\0\1desks/a b.vv\0octet", 21));
	data(f, 4000, 1, 512);
	CHECK(acked(4000, 1));
	/* Another's, an old one, one too early, nonsense. */
	port.sends = 0;
	data(f, 4001, 2, 512);
	data(f, 4000, 1, 512);
	data(f, 4000, 3, 512);
	port.udp.ev->recv(f, 4000, "\0\3\0", 3);
	CHECK_EQ(port.sends, 0);
	/* The acknowledgement may have been lost. */
	port.now += 1100000;
	fetch_poll(f);
	CHECK(acked(4000, 1));
	data(f, 4000, 2, 100);
	CHECK(acked(4000, 2));
	CHECK_EQ(fetch_poll(f), 0);
	CHECK(fetch_bytes(f, &n)[511] == 'b' && fetch_bytes(f, &n)[512] == 'c');
	CHECK_EQ(n, 612);
	CHECK(end(f));
}

TEST(tftp_fails)
{
	struct fetch *f = begin("tftp://h:70/x");
	unsigned int i;

	port.udp.ev->open(f);
	fetch_poll(f);
	CHECK_EQ(port.to, 70);
	port.udp.ev->recv(f, 5, "\0\5\0\1gone", 9);
	CHECK_EQ(fetch_poll(f), -ENOENT);
	CHECK(end(f));
	f = begin("tftp://h/x");
	port.udp.ev->open(f);
	port.udp.ev->recv(f, 5, "\0\5\0\2", 4);
	CHECK_EQ(fetch_poll(f), -EACCES);
	CHECK(end(f));
	f = begin("tftp://h/x");
	port.udp.ev->open(f);
	data(f, 5, 1, 513);
	CHECK_EQ(fetch_poll(f), -EPROTO);
	CHECK(end(f));
	/* Too long: 128 whole blocks are 64 KiB, and one more byte. */
	f = begin("tftp://h/x");
	port.udp.ev->open(f);
	for (i = 1; i <= 128; i++)
		data(f, 5, i, 512);
	CHECK_EQ(fetch_poll(f), -EINPROGRESS);
	data(f, 5, 129, 1);
	CHECK_EQ(fetch_poll(f), -E2BIG);
	CHECK(end(f));
	/* Nobody there. */
	f = begin("tftp://h/x");
	port.udp.ev->open(f);
	for (i = 0; i < 30 && fetch_poll(f) == -EINPROGRESS; i++)
		port.now += 1000000;
	CHECK_EQ(fetch_poll(f), -ETIMEDOUT);
	CHECK(port.sends >= 4 && port.sends < 9);
	CHECK(end(f));
	f = begin("tftp://h/x");
	port.closes++;
	port.udp.ev->closed(f, -ENOENT);
	CHECK_EQ(fetch_poll(f), -EIO);
	CHECK(strstr(fetch_why(f), "no name server"));
	CHECK(end(f));
	f = begin("tftp://h/%");
	port.udp.ev->open(f);
	CHECK_EQ(fetch_poll(f), -EINVAL);
	CHECK(end(f));
}

int main(void)
{
	RUN(urls);
	RUN(http_answers);
	RUN(http_too_long);
	RUN(http_redirects);
	RUN(lost);
	RUN(tftp);
	RUN(tftp_fails);
	return test_end();
}
