/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * spice:// URIs: what is taken, what is refused and in which words.
 */
#include <errno.h>
#include <stdlib.h>

#include <spice/enums.h>

#include "ipxe-glue/option.h"
#include "ipxe-glue/port.h"
#include "ipxe-glue/uri.h"
#include "spice/chan/chan_session.h"
#include "test/test.h"

static const struct {
	const char *text, *host;
	uint16_t port;
	const char *password;
	uint8_t compression;
} good[] = {
#define AUTO CHAN_COMPRESSION_AUTO
	{"spice://10.0.2.2:5930", "10.0.2.2", 5930, "", AUTO},
	{"spice://desk.example.org:1", "desk.example.org", 1, "", AUTO},
	{"spice://h:65535/", "h", 65535, "", AUTO},
	{"spice://h:5900/some/path?password=x", "h", 5900, "x", AUTO},
	{"spice://h?port=5900", "h", 5900, "", AUTO},
	{"spice://h/?port=5900", "h", 5900, "", AUTO},
	{"spice://h:1?port=2", "h", 2, "", AUTO},
	{"spice://h:5900#part", "h", 5900, "", AUTO},
	{"spice://h?port=5900#part", "h", 5900, "", AUTO},
	{"spice://[fe80::1]:5900", "fe80::1", 5900, "", AUTO},
	{"spice://[::1]?port=7", "::1", 7, "", AUTO},
	{"spice://[2001:db8::1]:5930/", "2001:db8::1", 5930, "", AUTO},
	{"spice://[::ffff:192.0.2.1]:1", "::ffff:192.0.2.1", 1, "", AUTO},
	{"spice://[fe80::1%25en0]:1?password=x", "fe80::1%en0", 1, "x", AUTO},
	{"spice://user@h:5900", "h", 5900, "", AUTO},
	{"spice://user:x@[::1]:5900", "::1", 5900, "x", AUTO},
	{"spice://user:x@y@h:1", "h", 1, "x@y", AUTO},
	{"spice://user:x@h:1?password=y", "h", 1, "y", AUTO},
	{"spice://h:1?password=", "h", 1, "", AUTO},
	{"spice://h:1?password=%70%c3%A4ss%20w%26", "h", 1, "p\xc3\xa4ss w&",
	 AUTO},
	{"spice://h:1?password=a=b", "h", 1, "a=b", AUTO},
	{"SPICE://h:1", "h", 1, "", AUTO},
	{"spice://h:1?password=x;compression=glz", "h", 1, "x",
	 SPICE_IMAGE_COMPRESSION_GLZ},
	{"spice://h:1?compression=auto", "h", 1, "", AUTO},
	{"spice://h:1?compression=off&port=3", "h", 3, "",
	 SPICE_IMAGE_COMPRESSION_OFF},
	{"spice://h:1?compression=lz", "h", 1, "", SPICE_IMAGE_COMPRESSION_LZ},
	{"spice://h:1?compression=quic", "h", 1, "",
	 SPICE_IMAGE_COMPRESSION_QUIC},
	{"spice://h:1?compression=lz4", "h", 1, "",
	 SPICE_IMAGE_COMPRESSION_LZ4},
	{"spice://h:1?compression=server", "h", 1, "",
	 SPICE_IMAGE_COMPRESSION_INVALID},
};

TEST(taken)
{
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		const char *why = "";
		struct target uri;
		int rc = uri_parse(&uri, good[i].text, &why);

		if (rc)
			printf("# %s: %s\n", good[i].text, why);
		CHECK_EQ(rc, 0);
		CHECK(!strcmp(uri.host, good[i].host));
		CHECK_EQ(uri.port, good[i].port);
		CHECK(!strcmp(uri.password, good[i].password));
		CHECK_EQ(uri.compression, good[i].compression);
	}
}

/* A URI with all that there is. */
TEST(every_key)
{
	static const char text[] =
		"spice://joe%40example@desk?port=5900&tls-port=5901;password=a%"
		"26b"
		"&username=jim&on-end=poweroff"
		"&proxy=http://u:p%2540w@[2001:db8::2]:8080/"
		"&secure-channels=main,inputs;disable-channels=cursor"
		"&host-subject=O%3dExample,CN%3Ddesk&title=My%20desk"
		"&ca=http://10.0.2.2/ca.pem&ca-sha256="
		"00:01:02:03:04:05:06:07:08:09:0a:0b:0c:0d:0e:0f"
		"101112131415161718191A1B1C1D1e1f&compression=auto-glz";
	const char *why = "";
	struct target t;
	unsigned int i;

	CHECK_EQ(uri_parse(&t, text, &why), 0);
	CHECK(!strcmp(t.host, "desk"));
	CHECK_EQ(t.port, 5900);
	CHECK_EQ(t.tls_port, 5901);
	CHECK(!strcmp(t.password, "a&b"));
	CHECK(!strcmp(t.username, "jim"));
	CHECK_EQ(t.on_end, TARGET_ON_END_POWEROFF);
	CHECK(!strcmp(t.proxy.host, "2001:db8::2"));
	CHECK_EQ(t.proxy.port, 8080);
	CHECK(!strcmp(t.proxy.user, "u"));
	CHECK(!strcmp(t.proxy.password, "p@w"));
	CHECK_EQ(t.secure,
		 1u << SPICE_CHANNEL_MAIN | 1u << SPICE_CHANNEL_INPUTS);
	CHECK_EQ(t.disabled, 1u << SPICE_CHANNEL_CURSOR);
	CHECK(!strcmp(t.subject, "O=Example,CN=desk"));
	CHECK(!strcmp(t.title, "My desk"));
	CHECK(!strcmp(t.ca_url, "http://10.0.2.2/ca.pem"));
	CHECK(t.ca_hashed);
	for (i = 0; i < 32; i++)
		CHECK_EQ(t.ca_sha256[i], i);
	CHECK_EQ(t.compression, SPICE_IMAGE_COMPRESSION_AUTO_GLZ);
}

/* The scheme says what the port is. */
TEST(tls)
{
	const char *why = "";
	struct target t;

	CHECK_EQ(uri_parse(&t, "spice+tls://joe@[::1]:5901", &why), 0);
	CHECK_EQ(t.port, 0);
	CHECK_EQ(t.tls_port, 5901);
	CHECK(!strcmp(t.username, "joe"));
	CHECK_EQ(uri_parse(&t, "SPICE+TLS://h:2?secure-channels=all", &why), 0);
	CHECK_EQ(t.tls_port, 2);
	CHECK_EQ(t.secure, TARGET_CHANNELS_ALL);
	CHECK_EQ(uri_parse(&t, "spice://h?tls-port=3", &why), 0);
	CHECK_EQ(t.port, 0);
	CHECK_EQ(t.tls_port, 3);
}

/* Words as on a command line; what was said is said. */
TEST(words)
{
	struct target t;
	unsigned int i;

	target_init(&t);
	CHECK_EQ(option_word(&t, span_of("--tls-port=7")), 0);
	CHECK_EQ(option_word(&t, span_of("title=a=b")), 0);
	CHECK_EQ(t.tls_port, 7);
	CHECK(!strcmp(t.title, "a=b"));
	CHECK_EQ(option_word(&t, span_of("titel=x")), -ENOENT);
	CHECK(strstr(t.why, "titel"));
	CHECK_EQ(option_word(&t, span_of("on-end")), -EINVAL);
	CHECK(!strcmp(t.title, "a=b"));
	for (i = 0; option_name(OPTION_SETTING, i); i++)
		CHECK(strlen(option_name(OPTION_SETTING, i)) > 1);
	CHECK_EQ(i, 14);
	for (i = 0; option_name(OPTION_TLS_URI, i); i++)
		CHECK(strcmp(option_name(OPTION_TLS_URI, i), "port"));
}

/* ---- settings ---- */

static const char *setting_name, *setting_value;

const char *port_setting(const char *name)
{
	return setting_name && !strcmp(name, setting_name) ? setting_value
							   : NULL;
}

void *port_alloc(size_t bytes)
{
	return NULL;
}

void port_free(void *mem)
{
	free(mem);
}

TEST(settings)
{
	static const struct {
		const char *uri, *setting;
		bool held;
	} said[] = {
		{"spice://h:1", "spice/port", true},
		{"spice://h:1", "spice/tls-port", false},
		{"spice+tls://h:1", "spice/tls-port", true},
		{"spice+tls://h:1", "spice/port", true},
		{"spice://me:pw@h:1", "spice/username", true},
		{"spice://me:pw@h:1", "spice/password", true},
		{"spice://me@h:1", "spice/password", false},
		{"spice://h:1", "spice/username", false},
	};
	unsigned int i;
	struct target t;
	const char *why;

	CHECK_EQ(uri_parse(&t, "spice://h:1?on-end=reconnect", &why), 0);
	setting_name = "spice/on-end";
	setting_value = "menu";
	CHECK_EQ(option_settings(&t), 0);
	CHECK_EQ(t.on_end, TARGET_ON_END_RECONNECT);
	CHECK_EQ(uri_parse(&t, "spice://h:1", &why), 0);
	CHECK_EQ(option_settings(&t), 0);
	CHECK_EQ(t.on_end, TARGET_ON_END_MENU);
	/* What stands before the keys was said, too. */
	for (i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
		struct target before;

		CHECK_EQ(uri_parse(&t, said[i].uri, &why), 0);
		before = t;
		setting_name = said[i].setting;
		setting_value = "77";
		CHECK_EQ(option_settings(&t), 0);
		CHECK_EQ(!memcmp(&before, &t, offsetof(struct target, proxy)),
			 said[i].held);
	}
	/* A .vv file's "none" is a word, its "" is not. */
	target_init(&t);
	CHECK_EQ(option_set(&t, OPTION_VV, span_of("port"), span_of("-1")), 0);
	CHECK_EQ(option_set(&t, OPTION_VV, span_of("tls-port"), span_of("")),
		 0);
	setting_name = "spice/port";
	CHECK_EQ(option_settings(&t), -EINVAL);
	CHECK_EQ(t.port, 0);
	setting_name = "spice/tls-port";
	CHECK_EQ(option_settings(&t), 0);
	CHECK_EQ(t.tls_port, 77);
	setting_name = "spice/secure-channels";
	setting_value = "mian";
	CHECK_EQ(option_settings(&t), -EINVAL);
	CHECK(strstr(t.why, "secure-channels="));
	setting_name = NULL;
}

/* A setting may say the port that the URI does not: who judges is the last. */
TEST(port_said_elsewhere)
{
	static const char *const rows[][3] = {
		{"spice://h", NULL, "it names no port"},
		{"spice+tls://h", NULL, "it names no port"},
		{"spice+tls://h", "spice/port", "it names no port"},
		{"spice://h", "spice/port", NULL},
		{"spice://[2001:db8::1]", "spice/tls-port", NULL},
		{"spice+tls://h?host-subject=CN=x", "spice/tls-port", NULL},
	};
	struct target t;
	const char *why;
	unsigned int i;

	setting_value = "77";
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CHECK_EQ(uri_parse(&t, rows[i][0], &why), 0);
		setting_name = rows[i][1];
		CHECK_EQ(option_settings(&t), rows[i][2] ? -EINVAL : 0);
		CHECK_EQ(t.port + t.tls_port, rows[i][2] ? 0 : 77);
		CHECK(!rows[i][2] || strstr(t.why, rows[i][2]));
	}
	setting_name = NULL;
}

#define PRINT "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

/* Whoever says whom to trust gets TLS, or is told; a .vv file, which says it
   with either port, does not count. */
TEST(trust)
{
	static const struct {
		const char *uri, *setting, *value;
		int rc;
	} rows[] = {
		{"spice://h:1?ca-sha256=" PRINT, NULL, NULL, -EINVAL},
		{"spice://h:1?ca=http://h/&ca-sha256=" PRINT, NULL, NULL,
		 -EINVAL},
		{"spice://h:1?host-subject=CN=x", NULL, NULL, -EINVAL},
		{"spice://h:1?host-subject=", NULL, NULL, 0},
		{"spice://h:1", "spice/ca-sha256", PRINT, -EINVAL},
		{"spice://h:1", "spice/host-subject", "CN=x", -EINVAL},
		{"spice://h:1?ca-sha256=" PRINT, "spice/tls-port", "2", 0},
		{"spice://h:1?tls-port=2&ca-sha256=" PRINT, NULL, NULL, 0},
		{"spice+tls://h:2", "spice/ca-sha256", PRINT, 0},
	};
	struct target t;
	const char *why;
	unsigned int i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CHECK_EQ(uri_parse(&t, rows[i].uri, &why), 0);
		setting_name = rows[i].setting;
		setting_value = rows[i].value;
		CHECK_EQ(option_settings(&t), rows[i].rc);
		CHECK_EQ(strstr(t.why, "are for TLS: give the TLS port") !=
				 NULL,
			 rows[i].rc != 0);
	}
	for (i = 0; i < 2; i++) {
		target_init(&t);
		t.port = 1;
		CHECK_EQ(option_set(&t, OPTION_VV, span_of("host-subject"),
				    span_of("CN=x")),
			 0);
		setting_name = i ? "spice/ca-sha256" : NULL;
		setting_value = PRINT;
		CHECK_EQ(option_settings(&t), i ? -EINVAL : 0);
	}
	setting_name = NULL;
}

static const struct {
	const char *text;
	int rc;
	const char *word; /* in the reason */
} bad[] = {
	{"", -EPROTONOSUPPORT, "spice://"},
	{"spice", -EPROTONOSUPPORT, "spice+tls://"},
	{"spice:/", -EPROTONOSUPPORT, "spice://"},
	{"spice:h:1", -EPROTONOSUPPORT, "spice://"},
	{"http://h:1", -EPROTONOSUPPORT, "spice://"},
	{"spicy://h:1", -EPROTONOSUPPORT, "spice://"},
	{"spice+unix:///x", -EPROTONOSUPPORT, "server's own machine"},
	{"spice+tls://h:1?port=2", -EINVAL, "\"port\""},
	{"spice+tls://h:1?tls-port=2", -EINVAL, "\"tls-port\""},
	{"spice://h:1?tls-port=-1", -EINVAL, "tls-port= is not a number"},
	{"spice://h:1?tls-port=0", -EINVAL, "tls-port="},
	{"spice://u%@h:1", -EINVAL, "user name"},
	{"spice://h:1?on-end=later", -EINVAL, "on-end= is none of"},
	{"spice://h:1?proxy=ftp://p", -EINVAL, "proxy="},
	{"spice://h:1?proxy=https://p", -EINVAL, "proxy="},
	{"spice://h:1?proxy=p:0", -EINVAL, "proxy="},
	{"spice://h:1?proxy=@p", -EINVAL, "proxy="},
	{"spice://h:1?proxy=", -EINVAL, "proxy="},
	{"spice://h:1?proxy=[::1", -EINVAL, "proxy="},
	{"spice://h:1?proxy=[::1]x", -EINVAL, "proxy="},
	{"spice://h:1?secure-channels=mian", -EINVAL, "secure-channels="},
	{"spice://h:1?ca=desk.pem", -EINVAL, "ca= is no URL"},
	{"spice://h:1?ca=http://h/ca.pem", -EINVAL, "ca-sha256="},
	{"spice://h:1?ca-sha256=00", -EINVAL, "64 hex"},
	{"spice://h:1?type=spice", -EINVAL, "\"type\""},
	{"spice://h:1?a%0a\x01"
	 "b=x",
	 -EINVAL, "\"a%0a?b\""},
	{"spice://h:1?color-depth=32", -EINVAL, "\"color-depth\""},
	{"spice://", -EINVAL, "host"},
	{"spice://:5900", -EINVAL, "host"},
	{"spice://user@:5900", -EINVAL, "host"},
	{"spice://[]:5900", -EINVAL, "host"},
	{"spice://[::1", -EINVAL, "host"},
	{"spice://h:", -EINVAL, "port"},
	{"spice://h:0", -EINVAL, "port"},
	{"spice://h:65536", -EINVAL, "port"},
	{"spice://h:99999999999999999999", -EINVAL, "port"},
	{"spice://h:59x0", -EINVAL, "port"},
	{"spice://h:-1", -EINVAL, "port"},
	{"spice://[::1]5900", -EINVAL, "port"},
	{"spice://[fe80::1%en0]:1", -EINVAL, "host"},
	{"spice://::1:5900", -EINVAL, "host"},
	{"spice://2001:db8::1:5900", -EINVAL, "port"},
	{"spice://h?port=", -EINVAL, "port="},
	{"spice://h?port", -EINVAL, "port="},
	{"spice://h:1?password=%", -EINVAL, "password="},
	{"spice://h:1?password=%4", -EINVAL, "password="},
	{"spice://h:1?password=%zz", -EINVAL, "password="},
	{"spice://h:1?password=%4g", -EINVAL, "password="},
	{"spice://h:1?password=a%00b", -EINVAL, "password="},
	{"spice://h:1?compression=jpeg", -EINVAL, "compression="},
	{"spice://h:1?compression", -EINVAL, "compression="},
	{"spice://h:1?passwor=x", -EINVAL, "key"},
	{"spice://h:1?&port=2", -EINVAL, "key"},
};

TEST(refused)
{
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		const char *why = "";
		struct target uri;
		int rc = uri_parse(&uri, bad[i].text, &why);

		if (rc != bad[i].rc || !strstr(why, bad[i].word))
			printf("# %s: %d, %s\n", bad[i].text, rc, why);
		CHECK_EQ(rc, bad[i].rc);
		CHECK(strstr(why, bad[i].word));
	}
}

/* What people are shown of a URI has no secrets in it. */
TEST(redacted)
{
	static const char *const rows[][2] = {
		{"spice://h:1", "spice://h:1"},
		{"spice://h:1?password=Secret", "spice://h:1"},
		{"spice://me:Secret@h:1/x#Secret", "spice://h:1/x"},
		{"me:Secret@h", "h"},
		{"spice://me:Sec@ret@h:1", "spice://h:1"},
		{"spice://me:Sec/@ret@h:1", "spice://h:1"},
		{"spice://me:Sec?ret@h:1", "spice://"},
		{"spice://me:Sec#ret@h:1", "spice://"},
		{"spice://h:1?password=Sec@ret", "spice://"},
		{"me:Sec//ret@h", "h"},
		{"pxelinux.0", "pxelinux.0"},
		{"", ""},
	};
	char buf[32];
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uri_redact(rows[i][0], buf, sizeof(buf));
		if (strcmp(buf, rows[i][1]))
			printf("# %s gives %s\n", rows[i][0], buf);
		CHECK(!strcmp(buf, rows[i][1]));
	}
	uri_redact("spice://a-name-too-long-for-this-buffer:5900", buf, 10);
	CHECK(!strcmp(buf, "spice://a"));
}

/* The longest host and password that fit, and one more. */
TEST(lengths)
{
	char text[600], host[300], password[100];
	const char *why;
	struct target uri;
	int more;

	for (more = 0; more < 2; more++) {
		memset(host, 'h', sizeof(host));
		host[TARGET_HOST_BYTES - 1 + more] = '\0';
		snprintf(text, sizeof(text), "spice://%s:1", host);
		CHECK_EQ(uri_parse(&uri, text, &why), more ? -EINVAL : 0);
		memset(password, 'p', sizeof(password));
		password[60 + more] = '\0';
		snprintf(text, sizeof(text), "spice://h:1?password=%s",
			 password);
		CHECK_EQ(uri_parse(&uri, text, &why), more ? -EINVAL : 0);
	}
}

/* Any text, cut at every length, in memory of its size: no crash. */
TEST(cut)
{
	const char *why;
	struct target uri;
	size_t i, n;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		for (n = 0; n <= strlen(good[i].text); n++) {
			char *text = strndup(good[i].text, n);

			why = NULL;
			uri_parse(&uri, text, &why);
			CHECK(why);
			free(text);
		}
	}
}

TEST(server)
{
	struct target uri = {.host = "10.0.2.2", .port = 5930};
	char text[64];

	uri_server(&uri, text, sizeof(text));
	CHECK(!strcmp(text, "10.0.2.2:5930"));
	uri.tls_port = 5931;
	uri_server(&uri, text, sizeof(text));
	CHECK(!strcmp(text, "10.0.2.2:5931"));
	uri.port = 0;
	uri_server(&uri, text, sizeof(text));
	CHECK(!strcmp(text, "10.0.2.2:5931"));
	/* A token that only a proxy understands. */
	strcpy(uri.host, "pvespiceproxy:6613:100:pve1::abcd");
	strcpy(uri.proxy.host, "pve1");
	uri_server(&uri, text, sizeof(text));
	CHECK(!strcmp(text, "a host behind the proxy pve1"));
	strcpy(uri.title, "VM 100");
	uri_server(&uri, text, sizeof(text));
	CHECK(!strcmp(text, "VM 100"));
	/* Without a proxy there is none to speak of. */
	uri.title[0] = uri.proxy.host[0] = '\0';
	strcpy(uri.host, "x:y");
	uri_server(&uri, text, sizeof(text));
	CHECK(!strcmp(text, "x:y:5931"));
	uri.port = 5930;
	uri.tls_port = 0;
	strcpy(uri.host, "fe80::1%en0");
	uri_server(&uri, text, sizeof(text));
	CHECK(!strcmp(text, "[fe80::1%en0]:5930"));
	strcpy(uri.host, "fe80::1");
	uri_server(&uri, text, sizeof(text));
	CHECK(!strcmp(text, "[fe80::1]:5930"));
	uri_server(&uri, text, 5);
	CHECK(!strcmp(text, "[fe8"));
}

int main(void)
{
	RUN(taken);
	RUN(every_key);
	RUN(tls);
	RUN(words);
	RUN(settings);
	RUN(port_said_elsewhere);
	RUN(trust);
	RUN(refused);
	RUN(redacted);
	RUN(lengths);
	RUN(cut);
	RUN(server);
	return test_end();
}
