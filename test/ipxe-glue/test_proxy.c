/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * HTTP CONNECT: proxies by name, what is asked of them, how their answers are
 * read, whole, cut, in single bytes, too long.
 */
#include <errno.h>
#include <stdlib.h>

#include "ipxe-glue/port.h"
#include "ipxe-glue/proxy.h"
#include "test/test.h"

void *port_alloc(size_t bytes)
{
	return NULL;
}

void port_free(void *mem)
{
	free(mem);
}

TEST(names)
{
	static const struct {
		const char *text, *host;
		uint16_t port;
		const char *user, *password;
	} rows[] = {
		{"http://pve1:3128", "pve1", 3128, "", ""},
		{"http://pve1", "pve1", 3128, "", ""},
		{"pve1.example.org:8080", "pve1.example.org", 8080, "", ""},
		{"HTTP://10.0.2.2:1/", "10.0.2.2", 1, "", ""},
		{"http://[2001:db8::1]:8080/x", "2001:db8::1", 8080, "", ""},
		{"[::1]", "::1", 3128, "", ""},
		{"http://joe@p", "p", 3128, "joe", ""},
		{"http://joe:a@b@p", "p", 3128, "joe", "a@b"},
		{"http://joe:a%40b:c@p:2", "p", 2, "joe", "a@b:c"},
	};
	static const char *const wrong[] = {
		"",
		"http://",
		"http://:3128",
		"http://p:",
		"http://p:0",
		"http://p:x",
		"http://p:65536",
		"https://p:1",
		"socks://p",
		"http://@p",
		"http://:x@p",
		"http://a%@p",
		"http://[::1",
		"http://[]:1",
		"http://[::1]x",
	};
	struct target_proxy proxy;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CHECK_EQ(proxy_parse(&proxy, span_of(rows[i].text)), 0);
		CHECK(!strcmp(proxy.host, rows[i].host));
		CHECK_EQ(proxy.port, rows[i].port);
		CHECK(!strcmp(proxy.user, rows[i].user));
		CHECK(!strcmp(proxy.password, rows[i].password));
	}
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		int rc = proxy_parse(&proxy, span_of(wrong[i]));

		if (!rc)
			printf("# %s\n", wrong[i]);
		CHECK_EQ(rc, -EINVAL);
	}
}

TEST(requests)
{
	static const struct {
		const char *proxy, *host, *request;
	} rows[] = {
		{"p", "desk.example.org",
		 "CONNECT desk.example.org:5901 HTTP/1.0\r\n"
		 "Host: desk.example.org:5901\r\n\r\n"},
		/* Proxmox VE reads the token from Host. */
		{"p", "pvespiceproxy:66:100:pve1::ab",
		 "CONNECT pvespiceproxy:66:100:pve1::ab:5901 HTTP/1.0\r\n"
		 "Host: pvespiceproxy:66:100:pve1::ab:5901\r\n\r\n"},
		{"p", "2001:db8::1",
		 "CONNECT [2001:db8::1]:5901 HTTP/1.0\r\n"
		 "Host: [2001:db8::1]:5901\r\n\r\n"},
		/* RFC 7617's own example, and each length of padding. */
		{"Aladdin:open%20sesame@p", "h",
		 "CONNECT h:5901 HTTP/1.0\r\nHost: h:5901\r\n"
		 "Proxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n"
		 "\r\n"},
		{"a:bc@p", "h",
		 "CONNECT h:5901 HTTP/1.0\r\nHost: h:5901\r\n"
		 "Proxy-Authorization: Basic YTpiYw==\r\n\r\n"},
		{"a:bcd@p", "h",
		 "CONNECT h:5901 HTTP/1.0\r\nHost: h:5901\r\n"
		 "Proxy-Authorization: Basic YTpiY2Q=\r\n\r\n"},
		{"a:bcde@p", "h",
		 "CONNECT h:5901 HTTP/1.0\r\nHost: h:5901\r\n"
		 "Proxy-Authorization: Basic YTpiY2Rl\r\n\r\n"},
		{"p", "a b", ""},
		{"p", "a\r\nX: y", ""},
	};
	char host[TARGET_HOST_BYTES];
	struct target_proxy proxy;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *buf = malloc(PROXY_REQUEST_BYTES);
		size_t n = strlen(rows[i].request);

		CHECK_EQ(proxy_parse(&proxy, span_of(rows[i].proxy)), 0);
		CHECK_EQ(proxy_request(&proxy, rows[i].host, 5901, buf,
				       PROXY_REQUEST_BYTES),
			 n);
		CHECK(!memcmp(buf, rows[i].request, n));
		free(buf);
	}
	/* The longest of everything fits. */
	memset(host, 'h', sizeof(host));
	host[sizeof(host) - 1] = '\0';
	memset(&proxy, 'u', sizeof(proxy));
	proxy.user[sizeof(proxy.user) - 1] = '\0';
	proxy.password[sizeof(proxy.password) - 1] = '\0';
	{
		char *buf = malloc(PROXY_REQUEST_BYTES);
		size_t n = proxy_request(&proxy, host, 65535, buf,
					 PROXY_REQUEST_BYTES);

		CHECK(n > 800 && n <= PROXY_REQUEST_BYTES);
		CHECK(!memcmp(buf + n - 4, "\r\n\r\n", 4));
		CHECK_EQ(proxy_request(&proxy, host, 65535, buf, 600), 0);
		free(buf);
	}
}

static const struct {
	const char *text;
	int rc;
	uint16_t status;
	size_t rest; /* bytes behind the head */
} answers[] = {
	/* Proxmox VE's */
	{"HTTP/1.0 200 OK\r\n\r\n", 0, 200, 0},
	{"HTTP/1.0 200 OK\r\n\r\nREDQ", 0, 200, 4},
	{"HTTP/1.0 401 invalid ticket\r\n\r\n", -EACCES, 401, 0},
	/* squid's */
	{"HTTP/1.1 200 Connection established\r\n\r\n", 0, 200, 0},
	{"HTTP/1.1 407 Proxy Authentication Required\r\n"
	 "Server: squid\r\nContent-Type: text/html\r\n"
	 "Proxy-Authenticate: Basic realm=\"x\"\r\n\r\n<html>\r\n\r\n",
	 -EACCES, 407, 10},
	{"HTTP/1.1 503 Service Unavailable\r\nX-Squid-Error: "
	 "ERR_CONNECT_FAIL 111\r\n\r\n<!DOCTYPE",
	 -EACCES, 503, 9},
	/* others' */
	{"HTTP/1.1 200\r\n\r\n", 0, 200, 0},
	{"HTTP/1.1 200\n\n", 0, 200, 0},
	{"HTTP/1.1 204 x\nVia: y\n\nz", 0, 204, 1},
	{"HTTP/1.1 302 Found\r\nLocation: x\r\n\r\n", -EACCES, 302, 0},
	{"HTTP/1.1 999 x\r\n\r\n", -EACCES, 999, 0},
	/* none */
	{"RFB 003.008\n", -EPROTO, 0, 11},
	{"SSH-2.0-x\r\n", -EPROTO, 0, 10},
	{"HTTP/2 200\r\n\r\n", -EPROTO, 0, 8},
	{"HTTP/1.1 20\r\n\r\n", -EPROTO, 0, 2},
	{"HTTP/1.1 2000\r\n\r\n", -EPROTO, 0, 2},
	{"HTTP/1.1 abc\r\n\r\n", -EPROTO, 0, 2},
	{"HTTP/1.1 099 x\r\n\r\n", -EPROTO, 0, 2},
	{"HTTP/1.1\r\n\r\n", -EPROTO, 0, 2},
	{"\r\n\r\n", -EPROTO, 0, 2},
	{"\x16\x03\x01", -EPROTO, 0, 2},
};

#define ANSWERS (sizeof(answers) / sizeof(answers[0]))

/* Whole; split at every place; in memory of its size. */
TEST(read)
{
	size_t i, cut, took, n;

	for (i = 0; i < ANSWERS; i++) {
		for (n = strlen(answers[i].text), cut = 0; cut <= n; cut++) {
			struct proxy_answer answer = {0};
			char *copy = malloc(n);
			int rc;

			memcpy(copy, answers[i].text, n);
			rc = proxy_input(&answer, copy, cut, &took);
			if (rc == -EINPROGRESS) {
				CHECK_EQ(took, cut);
				rc = proxy_input(&answer, copy + cut, n - cut,
						 &took);
				took += cut;
			}
			free(copy);
			if (rc != answers[i].rc)
				printf("# %s\n", answers[i].text);
			CHECK_EQ(rc, answers[i].rc);
			CHECK_EQ(answer.status, answers[i].status);
			if (rc != -EPROTO)
				CHECK_EQ(n - took, answers[i].rest);
		}
	}
}

/* Cut short: more must come. */
TEST(cut)
{
	size_t n, took, whole = strlen(answers[0].text);

	for (n = 0; n < whole; n++) {
		struct proxy_answer answer = {0};

		CHECK_EQ(proxy_input(&answer, answers[0].text, n, &took),
			 -EINPROGRESS);
	}
}

/* A head without an end. */
TEST(endless)
{
	static const char line[] = "X-Header: again and again\r\n";
	struct proxy_answer answer = {0};
	size_t took, sum = 0;
	int rc;

	rc = proxy_input(&answer, "HTTP/1.1 200 ", 13, &took);
	CHECK_EQ(rc, -EINPROGRESS);
	while (rc == -EINPROGRESS) {
		rc = proxy_input(&answer, line, sizeof(line) - 1, &took);
		sum += took;
	}
	CHECK_EQ(rc, -EPROTO);
	CHECK(sum <= PROXY_HEAD_MAX_BYTES);
}

int main(void)
{
	RUN(names);
	RUN(requests);
	RUN(read);
	RUN(cut);
	RUN(endless);
	return test_end();
}
