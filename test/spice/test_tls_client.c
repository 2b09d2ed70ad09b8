/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The TLS client against BearSSL's own server in the same process: the bytes
 * between them whole, one by one, cut at every length, each one damaged; whom
 * it trusts; sessions that are taken up again; memory and entropy that fail.
 * timeout 240
 */
#include <errno.h>
#include <stdlib.h>

#include "spice/tls/tls_client.h"
#include "test/spice/test_env.h"
#include "test/spice/tls_peer_certs.h"
#include "test/test.h"

/* 2027-01-01 and 2026-02-01 */
static const struct tls_time now = {TLS_TIME_UNIX_DAY + 20819, 3600};
static const struct tls_time built = {TLS_TIME_UNIX_DAY + 20485, 0};

/* ---- both sides ---- */

static struct {
	struct test_env env;
	int entropy_rc;
	uint8_t entropy;
	struct tls_trust trust;
	struct tls_session session;
	struct tls_client *client;

	br_ssl_server_context server;
	br_ssl_session_cache_lru cache;
	uint8_t cache_bytes[1000];
	uint8_t server_buf[BR_SSL_BUFSIZE_BIDI];

	/* On the way to the client. */
	size_t step, came; /* bytes at once; bytes so far */
	size_t cut;	   /* nothing after so many, or ~0 */
	size_t flip;	   /* this byte is changed, or ~0 */
	char got[64];	   /* what the session was told */
	size_t got_n;
} w;

static int entropy(void *ctx, void *buf, size_t bytes)
{
	memset(buf, ++w.entropy, bytes);
	return w.entropy_rc;
}

static void trust_init(void)
{
	memset(&w, 0, sizeof(w));
	test_env_init(&w.env);
	w.env.env.entropy = entropy;
	w.trust.host = "host.example";
	w.trust.subject = "";
	w.trust.now = now;
	w.trust.built = built;
	tls_anchors_add(&w.trust.anchors, &w.env.env, peer_ca_pem,
			sizeof(peer_ca_pem) - 1, now);
	br_ssl_session_cache_lru_init(&w.cache, w.cache_bytes,
				      sizeof(w.cache_bytes));
}

/* Give all back; whether nothing is left. */
static bool trust_end(void)
{
	tls_client_free(w.client);
	w.client = NULL;
	tls_anchors_free(&w.trust.anchors, &w.env.env);
	return w.env.live == 0;
}

/* A fresh server, and a client that begins; what tls_client_new says. */
static int begin(void)
{
	static const br_x509_certificate chain = {(uint8_t *)peer_leaf_der,
						  sizeof(peer_leaf_der)};
	static const br_ec_private_key key = {BR_EC_secp256r1,
					      (uint8_t *)peer_leaf_key,
					      sizeof(peer_leaf_key)};

	br_ssl_server_init_full_ec(&w.server, &chain, 1, BR_KEYTYPE_EC, &key);
	br_ssl_engine_set_buffer(&w.server.eng, w.server_buf,
				 sizeof(w.server_buf), 1);
	br_ssl_server_set_cache(&w.server, &w.cache.vtable);
	br_ssl_server_reset(&w.server);
	tls_client_free(w.client);
	w.client = NULL;
	w.step = w.cut = w.flip = SIZE_MAX;
	w.came = w.got_n = 0;
	return tls_client_new(&w.env.env, &w.trust, &w.session, &w.client);
}

/* Hand the client bytes in memory of just their size. */
static void to_client(const uint8_t *bytes, size_t n)
{
	while (n) {
		size_t most = n < w.step ? n : w.step, took;
		uint8_t *copy;

		if (w.came >= w.cut)
			return;
		if (most > w.cut - w.came)
			most = w.cut - w.came;
		copy = malloc(most);
		memcpy(copy, bytes, most);
		if (w.flip - w.came < most)
			copy[w.flip - w.came] ^= 0x10;
		took = tls_client_put(w.client, copy, most);
		free(copy);
		for (;;) {
			size_t plain_n;
			const char *plain = tls_client_plain(w.client,
							     &plain_n);

			if (!plain_n || plain_n > sizeof(w.got) - w.got_n)
				break;
			memcpy(w.got + w.got_n, plain, plain_n);
			w.got_n += plain_n;
			tls_client_took(w.client, plain_n);
		}
		if (!took)
			return;
		w.came += took;
		bytes += took;
		n -= took;
	}
}

/* Run both until nothing moves. @words: what the server says once it may */
static void run(const char *words)
{
	br_ssl_engine_context *s = &w.server.eng;
	bool moved = true, echoed = false;

	while (moved) {
		size_t n, room;
		const void *bytes = tls_client_output(w.client, &n);
		uint8_t *buf;

		moved = false;
		buf = br_ssl_engine_recvrec_buf(s, &room);
		if (n && buf) {
			n = n < room ? n : room;
			memcpy(buf, bytes, n);
			br_ssl_engine_recvrec_ack(s, n);
			tls_client_sent(w.client, n);
			moved = true;
		}
		buf = br_ssl_engine_sendrec_buf(s, &n);
		if (buf) {
			to_client(buf, n);
			br_ssl_engine_sendrec_ack(s, n);
			moved = true;
		}
		buf = br_ssl_engine_recvapp_buf(s, &n);
		if (buf) {
			/* The client's words: it may have more to hear. */
			br_ssl_engine_recvapp_ack(s, n);
			moved = true;
		}
		buf = br_ssl_engine_sendapp_buf(s, &room);
		if (words && buf && !echoed) {
			memcpy(buf, words, strlen(words));
			br_ssl_engine_sendapp_ack(s, strlen(words));
			br_ssl_engine_flush(s, 0);
			echoed = moved = true;
		}
	}
}

static bool up(void)
{
	return tls_client_state(w.client) == TLS_UP;
}

static bool heard(const char *words)
{
	return w.got_n == strlen(words) && !memcmp(w.got, words, w.got_n);
}

/* The reason it failed for, -1 if it did not. */
static int why(void)
{
	struct tls_why why_it;

	if (tls_client_state(w.client) != TLS_FAILED)
		return -1;
	tls_client_why(w.client, &why_it);
	return (int)why_it.reason;
}

/* ---- cases ---- */

TEST(handshake)
{
	/* With AES in the processor, without. */
	static const uint16_t suites[] = {
		BR_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
		BR_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256};
	struct tls_report report;

	trust_init();
	CHECK_EQ(begin(), 0);
	CHECK_EQ(tls_client_suite(w.client), 0);
	CHECK_EQ(tls_client_write(w.client, "early", 5), 0);
	run("hello");
	CHECK(tls_client_suite(w.client) == suites[0] ||
	      tls_client_suite(w.client) == suites[1]);
	CHECK(up() && heard("hello") && !tls_client_resumed(w.client));
	CHECK(w.session.there);
	CHECK(tls_client_report(w.client, &report));
	CHECK(!strcmp(report.subject, "O=Test, CN=host"));
	CHECK(!strcmp(report.issuer, "O=Test, CN=Root"));
	CHECK(!strcmp(report.hosts, "host.example"));
	CHECK(!strcmp(report.not_before, "2026-01-01 00:00 UTC"));
	CHECK_EQ(report.key_bits, 256);
	CHECK(!report.self_signed && !report.rsa);
	CHECK_EQ(tls_client_write(w.client, "key", 3), 3);
	tls_client_flush(w.client);
	run(NULL);
	CHECK(up());
	CHECK(trust_end());
}

/* What the server is told of its name: no dot at the end; an address nowhere.
 */
TEST(server_name)
{
	static const char *const rows[][2] = {
		{"host.example", "host.example"},
		{"host.example.", "host.example"},
		{"10.0.0.1", ""},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		trust_init();
		w.trust.host = rows[i][0];
		CHECK_EQ(begin(), 0);
		run("hello");
		CHECK(!strcmp(br_ssl_engine_get_server_name(&w.server.eng),
			      rows[i][1]));
		CHECK_EQ(why(), rows[i][1][0] ? -1 : TLS_NAME);
		CHECK(trust_end());
	}
}

/* The server says that it is done: that is no failure. */
TEST(closed)
{
	trust_init();
	CHECK_EQ(begin(), 0);
	run("x");
	br_ssl_engine_close(&w.server.eng);
	run(NULL);
	CHECK_EQ(tls_client_state(w.client), TLS_CLOSED);
	CHECK_EQ(tls_client_put(w.client, "x", 1), 0);
	CHECK_EQ(tls_client_write(w.client, "x", 1), 0);

	CHECK_EQ(begin(), 0);
	run("x");
	tls_client_close(w.client);
	run(NULL);
	CHECK_EQ(br_ssl_engine_current_state(&w.server.eng), BR_SSL_CLOSED);
	CHECK_EQ(br_ssl_engine_last_error(&w.server.eng), 0);
	CHECK(trust_end());
}

TEST(resumption)
{
	trust_init();
	CHECK_EQ(begin(), 0);
	run("one");
	CHECK(up());
	CHECK_EQ(begin(), 0);
	run("two");
	CHECK(up() && heard("two") && tls_client_resumed(w.client));
	/* A server that has forgotten it: a full handshake, with the check. */
	br_ssl_session_cache_lru_init(&w.cache, w.cache_bytes,
				      sizeof(w.cache_bytes));
	CHECK_EQ(begin(), 0);
	run("three");
	CHECK(up() && heard("three") && !tls_client_resumed(w.client));
	br_ssl_session_cache_lru_init(&w.cache, w.cache_bytes,
				      sizeof(w.cache_bytes));
	w.trust.host = "other.example";
	CHECK_EQ(begin(), 0);
	run("four");
	CHECK_EQ(why(), TLS_NAME);
	CHECK_EQ(w.got_n, 0);
	CHECK(trust_end());
}

TEST(whom)
{
	static const struct {
		const char *host, *subject;
		int32_t day; /* from now */
		int reason;
	} rows[] = {
		{"host.example", "", 0, -1},
		{"HOST.example.", "", 0, -1},
		{"host", "", 0, TLS_NAME},
		{"10.0.0.1", "", 0, TLS_NAME},
		{"10.0.0.1", "O=Test,CN=host", 0, -1},
		{"host.example", "O=Test", 0, TLS_SUBJECT},
		{"host.example", "no subject", 0, TLS_SUBJECT},
		{"host.example", "", -333, -1},
		{"host.example", "", -335, TLS_CLOCK},
		{"host.example", "", 365 * 9 + 2, TLS_EXPIRED},
		{"host.example", "", 365 * 20, TLS_EXPIRED},
		{"host.example", "", -20000, TLS_CLOCK},
		{"other.example", "", -20000, TLS_CLOCK},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		trust_init();
		w.trust.host = rows[i].host;
		w.trust.subject = rows[i].subject;
		w.trust.now.days += (uint32_t)rows[i].day;
		CHECK_EQ(begin(), 0);
		run("x");
		CHECK_EQ(why(), rows[i].reason);
		CHECK_EQ(w.got_n, rows[i].reason < 0);
		CHECK_EQ(w.session.there, rows[i].reason < 0);
		CHECK(trust_end());
	}
	/* A certificate of tomorrow; nobody who vouches. */
	trust_init();
	w.trust.built.days = 0;
	w.trust.now.days -= 400;
	CHECK_EQ(begin(), 0);
	run("x");
	CHECK_EQ(why(), TLS_NOT_YET);
	tls_anchors_free(&w.trust.anchors, &w.env.env);
	CHECK_EQ(begin(), 0);
	run("x");
	CHECK_EQ(why(), TLS_ISSUER);
	CHECK(trust_end());
}

/* The server's own certificate given as trusted, in DER, stands for itself. */
TEST(leaf_as_anchor)
{
	trust_init();
	tls_anchors_free(&w.trust.anchors, &w.env.env);
	CHECK_EQ(tls_anchors_add(&w.trust.anchors, &w.env.env, peer_leaf_der,
				 sizeof(peer_leaf_der), now),
		 0);
	CHECK_EQ(begin(), 0);
	run("x");
	CHECK(up());
	w.session.there = false;
	w.trust.host = "other.example";
	CHECK_EQ(begin(), 0);
	run("x");
	CHECK_EQ(why(), TLS_NAME);
	CHECK(trust_end());
}

TEST(pinned)
{
	struct tls_report report;

	trust_init();
	tls_anchors_free(&w.trust.anchors, &w.env.env);
	w.trust.host = "other.example";
	w.trust.now.days = 5;
	CHECK_EQ(begin(), 0);
	run("x");
	CHECK_EQ(why(), TLS_ISSUER);
	CHECK(tls_client_report(w.client, &report));
	w.trust.pinned = true;
	memcpy(w.trust.pin, report.sha256, 32);
	CHECK_EQ(begin(), 0);
	run("x");
	CHECK(up() && heard("x"));
	/* A subject that was demanded is not confirmed away. */
	w.session.there = false;
	w.trust.subject = "O=Test,CN=other";
	CHECK_EQ(begin(), 0);
	run("x");
	CHECK_EQ(why(), TLS_SUBJECT);
	CHECK_EQ(w.got_n, 0);
	w.trust.subject = "O=Test,CN=host";
	CHECK_EQ(begin(), 0);
	run("x");
	CHECK(up() && heard("x"));
	w.trust.subject = "";
	/* Whatever a CA says: it is not that one. */
	w.session.there = false;
	w.trust.pin[31] ^= 1;
	w.trust.host = "host.example";
	w.trust.now = now;
	tls_anchors_add(&w.trust.anchors, &w.env.env, peer_ca_pem,
			sizeof(peer_ca_pem) - 1, now);
	CHECK_EQ(begin(), 0);
	run("x");
	CHECK_EQ(why(), TLS_PIN);
	CHECK_EQ(w.got_n, 0);
	CHECK(trust_end());
}

TEST(every_way)
{
	size_t total, i;

	trust_init();
	CHECK_EQ(begin(), 0);
	run("hello");
	total = w.came;
	w.session.there = false;
	CHECK_EQ(begin(), 0);
	w.step = 1;
	run("hello");
	CHECK(up() && heard("hello"));
	/* An ECDSA signature has some bytes more or less each time. */
	for (i = 0; i < total - 8; i++) {
		w.session.there = false;
		CHECK_EQ(begin(), 0);
		w.cut = i;
		run("hello");
		/* Records are all or nothing. */
		CHECK_EQ(w.got_n, 0);
		CHECK(why() < 0);
	}
	CHECK(trust_end());
}

/* One bit of all that the server says: never up, or it is found out. */
TEST(damaged)
{
	size_t total, i;

	trust_init();
	CHECK_EQ(begin(), 0);
	run("hello");
	total = w.came;
	for (i = 0; i < total; i++) {
		w.session.there = false;
		CHECK_EQ(begin(), 0);
		w.flip = i;
		run("hello");
		/* One that is shorter, by its signature, has no such byte. */
		CHECK(!w.got_n || w.came <= i);
	}
	CHECK(trust_end());
}

TEST(memory)
{
	long allocs;

	for (allocs = 0; allocs < 20; allocs++) {
		int rc;

		trust_init();
		w.env.allocs_left = allocs;
		rc = begin();
		if (!rc)
			run("x");
		else
			CHECK_EQ(rc, -ENOMEM);
		CHECK(rc || up() || why() >= 0);
		CHECK(trust_end());
	}
}

TEST(no_entropy)
{
	trust_init();
	w.entropy_rc = -EAGAIN;
	CHECK_EQ(begin(), -EAGAIN);
	w.entropy_rc = -EIO;
	CHECK_EQ(begin(), -EIO);
	CHECK(!w.client);
	CHECK(trust_end());
}

/* What answers is no TLS: told by its first words, also in pieces. */
TEST(strangers)
{
	static const struct {
		const char *words;
		int reason;
	} rows[] = {
		{"REDQ", TLS_PLAIN},
		{"RFB 003.008\n", TLS_OTHER},
		{"HTTP/1.0 400", TLS_OTHER},
		{"SSH-2.0-x", TLS_OTHER},
		{"\xff\xff\xff\xff", TLS_OTHER},
		{"\x15\x03\x01\x01\x02\x02\x46", TLS_BROKEN},
		{"RED", -1},
		{"\x16\x03\x03", -1},
	};
	size_t i, k;

	for (i = 0; i < 2 * sizeof(rows) / sizeof(rows[0]); i++) {
		const char *words = rows[i / 2].words;
		size_t n = strlen(words);

		trust_init();
		CHECK_EQ(begin(), 0);
		if (i & 1)
			for (k = 0; k < n; k++)
				tls_client_put(w.client, words + k, 1);
		else
			for (k = 0; k < n;) {
				size_t took = tls_client_put(w.client,
							     words + k, n - k);

				k = took ? k + took : n;
			}
		if (rows[i / 2].reason == TLS_BROKEN)
			CHECK(!up());
		else
			CHECK_EQ(why(), rows[i / 2].reason);
		CHECK(trust_end());
	}
}

/* A server's alert is named; an old server's is told as one. */
TEST(alerts)
{
	static const struct {
		uint8_t minor, alert;
		int reason;
		const char *text;
	} rows[] = {
		{3, 80, TLS_ALERT, "internal error"},
		{3, 40, TLS_ALERT, "nothing in common"},
		{3, 112, TLS_ALERT, "it does not know that name"},
		{3, 99, TLS_ALERT, "no name for it here"},
		{1, 40, TLS_VERSION, "newer than 1.1"},
		{1, 70, TLS_VERSION, "newer than 1.1"},
		{3, 70, TLS_VERSION, "older than 1.3"},
	};
	size_t i, k;

	trust_init();
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t record[] = {21, 3, rows[i].minor, 0,
				    2,	2, rows[i].alert};
		struct tls_report report;
		struct tls_why said;

		CHECK_EQ(begin(), 0);
		for (k = 0; k < sizeof(record); k++)
			tls_client_put(w.client, record + k, 1);
		CHECK_EQ(why(), rows[i].reason);
		tls_client_why(w.client, &said);
		CHECK(!strncmp(said.text, rows[i].text, strlen(rows[i].text)));
		CHECK_EQ(said.detail,
			 rows[i].reason == TLS_ALERT ? rows[i].alert : 0);
		CHECK(!tls_client_report(w.client, &report));
		CHECK_EQ(tls_client_put(w.client, record, 1), 0);
	}
	CHECK(trust_end());
}

/* ---- the certificates given ---- */

static int add(const void *text, size_t n)
{
	uint8_t *copy = malloc(n);
	int rc;

	memcpy(copy, text, n);
	rc = tls_anchors_add(&w.trust.anchors, &w.env.env, copy, n, now);
	free(copy);
	return rc;
}

TEST(anchors)
{
	static char text[8192];
	size_t n = sizeof(peer_ca_pem) - 1, i;

	trust_init();
	CHECK_EQ(w.trust.anchors.count, 1);
	CHECK_EQ(w.trust.anchors.ta[0].flags, BR_X509_TA_CA);
	/* Several, words between them, CRLF, no end of the last line. */
	snprintf(text, sizeof(text), "words\n%smore\n%s", peer_ca_pem,
		 peer_ca_pem);
	CHECK_EQ(add(text, strlen(text)), 0);
	CHECK_EQ(add(peer_ca_pem, n - 1), 0);
	CHECK_EQ(w.trust.anchors.count, 4);
	for (i = 0; i < n; i++)
		text[i] = peer_ca_pem[i] == '\n' ? '\r' : peer_ca_pem[i];
	CHECK_EQ(add(peer_leaf_der, sizeof(peer_leaf_der)), 0);
	CHECK_EQ(w.trust.anchors.ta[4].flags, 0);
	CHECK_EQ(add("", 0), -EINVAL);
	CHECK_EQ(add("nothing here", 12), -EINVAL);
	/* Cut at every length, and another key in between. */
	for (i = 0; i < n - strlen("-----END CERTIFICATE-----\n"); i++)
		CHECK_EQ(add(peer_ca_pem, i), -EINVAL);
	for (i = 0; i < sizeof(peer_ca_der); i++)
		CHECK_EQ(add(peer_ca_der, i), -EINVAL);
	snprintf(text, sizeof(text),
		 "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE "
		 "KEY-----\n%s",
		 peer_ca_pem);
	CHECK_EQ(add(text, strlen(text)), 0);
	CHECK(trust_end());
}

TEST(checked_by_hash)
{
	static char two[8192];
	size_t n = sizeof(peer_ca_pem) - 1;
	br_sha256_context sha;
	uint8_t hash[32];

	trust_init();
	br_sha256_init(&sha);
	br_sha256_update(&sha, peer_ca_der, sizeof(peer_ca_der));
	br_sha256_out(&sha, hash);
	CHECK_EQ(tls_anchors_check(&w.env.env, peer_ca_pem, n, hash), 0);
	CHECK_EQ(tls_anchors_check(&w.env.env, peer_ca_der, sizeof(peer_ca_der),
				   hash),
		 0);
	/* Somebody added his own. */
	snprintf(two, sizeof(two), "%s%s", peer_ca_pem, peer_ca_pem);
	CHECK_EQ(tls_anchors_check(&w.env.env, two, strlen(two), hash),
		 -EACCES);
	CHECK_EQ(tls_anchors_check(&w.env.env, "none", 4, hash), -EINVAL);
	hash[0] ^= 1;
	CHECK_EQ(tls_anchors_check(&w.env.env, peer_ca_pem, n, hash), -EACCES);
	CHECK(trust_end());
}

int main(void)
{
	RUN(handshake);
	RUN(server_name);
	RUN(closed);
	RUN(resumption);
	RUN(whom);
	RUN(leaf_as_anchor);
	RUN(pinned);
	RUN(every_way);
	RUN(damaged);
	RUN(memory);
	RUN(no_entropy);
	RUN(strangers);
	RUN(alerts);
	RUN(anchors);
	RUN(checked_by_hash);
	printf("## a TLS connection holds %u bytes, until it is up %u more\n",
	       (unsigned int)tls_client_bytes,
	       (unsigned int)sizeof(struct tls_x509));
	return test_end();
}
