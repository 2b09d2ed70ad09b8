/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * spice:// URIs: what is taken, what is refused and in which words.
 */
#include <errno.h>
#include <stdlib.h>

#include <spice/enums.h>

#include "ipxe-glue/uri.h"
#include "test/test.h"

static const struct {
	const char *text, *host;
	uint16_t port;
	const char *password;
	uint8_t compression;
} good[] = {
#define LZ SPICE_IMAGE_COMPRESSION_LZ
	{"spice://10.0.2.2:5930", "10.0.2.2", 5930, "", LZ},
	{"spice://desk.example.org:1", "desk.example.org", 1, "", LZ},
	{"spice://h:65535/", "h", 65535, "", LZ},
	{"spice://h:5900/some/path?password=x", "h", 5900, "x", LZ},
	{"spice://h?port=5900", "h", 5900, "", LZ},
	{"spice://h/?port=5900", "h", 5900, "", LZ},
	{"spice://h:1?port=2", "h", 2, "", LZ},
	{"spice://h:5900#part", "h", 5900, "", LZ},
	{"spice://h?port=5900#part", "h", 5900, "", LZ},
	{"spice://[fe80::1]:5900", "fe80::1", 5900, "", LZ},
	{"spice://[::1]?port=7", "::1", 7, "", LZ},
	{"spice://[2001:db8::1]:5930/", "2001:db8::1", 5930, "", LZ},
	{"spice://[::ffff:192.0.2.1]:1", "::ffff:192.0.2.1", 1, "", LZ},
	{"spice://[fe80::1%25en0]:1?password=x", "fe80::1%en0", 1, "x", LZ},
	{"spice://user@h:5900", "h", 5900, "", LZ},
	{"spice://user:x@[::1]:5900", "::1", 5900, "", LZ},
	{"spice://h:1?password=", "h", 1, "", LZ},
	{"spice://h:1?password=%70%c3%A4ss%20w%26", "h", 1, "p\xc3\xa4ss w&",
	 LZ},
	{"spice://h:1?password=a=b", "h", 1, "a=b", LZ},
	{"SPICE://h:1", "h", 1, "", LZ},
	{"spice://h:1?password=x;compression=glz", "h", 1, "x",
	 SPICE_IMAGE_COMPRESSION_GLZ},
	{"spice://h:1?compression=auto", "h", 1, "", LZ},
	{"spice://h:1?compression=off&port=3", "h", 3, "",
	 SPICE_IMAGE_COMPRESSION_OFF},
	{"spice://h:1?compression=lz", "h", 1, "", LZ},
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

static const struct {
	const char *text;
	int rc;
	const char *word; /* in the reason */
} bad[] = {
	{"", -EPROTONOSUPPORT, "spice://"},
	{"spice", -EPROTONOSUPPORT, "spice://"},
	{"spice:/", -EPROTONOSUPPORT, "spice://"},
	{"spice:h:1", -EPROTONOSUPPORT, "spice://"},
	{"http://h:1", -EPROTONOSUPPORT, "spice://"},
	{"spicy://h:1", -EPROTONOSUPPORT, "spice://"},
	{"spice+tls://h:1", -EPROTONOSUPPORT, "TLS"},
	{"spice+unix:///x", -EPROTONOSUPPORT, "spice://"},
	{"spice://h:1?tls-port=2", -EPROTONOSUPPORT, "TLS"},
	{"spice://", -EINVAL, "host"},
	{"spice://:5900", -EINVAL, "host"},
	{"spice://user@:5900", -EINVAL, "host"},
	{"spice://[]:5900", -EINVAL, "host"},
	{"spice://[::1", -EINVAL, "host"},
	{"spice://h", -EINVAL, "port"},
	{"spice://h:", -EINVAL, "port"},
	{"spice://h:0", -EINVAL, "port"},
	{"spice://h:65536", -EINVAL, "port"},
	{"spice://h:99999999999999999999", -EINVAL, "port"},
	{"spice://h:59x0", -EINVAL, "port"},
	{"spice://h:-1", -EINVAL, "port"},
	{"spice://[::1]5900", -EINVAL, "port"},
	{"spice://[2001:db8::1]", -EINVAL, "port"},
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
	{"spice://h:1?proxy=x", -EINVAL, "key"},
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
	strcpy(uri.host, "fe80::1");
	uri_server(&uri, text, sizeof(text));
	CHECK(!strcmp(text, "[fe80::1]:5930"));
	uri_server(&uri, text, 5);
	CHECK(!strcmp(text, "[fe8"));
}

int main(void)
{
	RUN(taken);
	RUN(refused);
	RUN(redacted);
	RUN(lengths);
	RUN(cut);
	RUN(server);
	return test_end();
}
