/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * .vv files: a corpus of what the field writes, each oddity with its name; what
 * is refused, at which line; all of them cut and without memory.
 */
#include <errno.h>
#include <stdlib.h>

#include <spice/enums.h>

#include "ipxe-glue/port.h"
#include "ipxe-glue/vv.h"
#include "kbd/kbd.h"
#include "spice/chan/chan_session.h"
#include "test/test.h"

#define VV "[virt-viewer]\ntype=spice\nhost=h\nport=1\n"

static long live;
static bool no_memory;

void *port_alloc(size_t bytes)
{
	if (no_memory)
		return NULL;
	live++;
	return malloc(bytes);
}

void port_free(void *mem)
{
	live -= mem != NULL;
	free(mem);
}

const char *port_setting(const char *name)
{
	return NULL;
}

/* The text of corpus file @name, and its length. Owner: nobody. */
static const char *corpus(const char *name, size_t *n)
{
	static char text[VV_MAX_BYTES];
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "test/ipxe-glue/vv/%s.vv", name);
	f = fopen(path, "rb");
	*n = f ? fread(text, 1, sizeof(text), f) : 0;
	if (f)
		fclose(f);
	return text;
}

/* Read corpus file @name; NULL, or what was wrong with it. */
static const char *load(const char *name, struct target *t)
{
	const char *why = "", *text;
	size_t n;

	text = corpus(name, &n);
	if (!vv_probe(text, n))
		return "not probed";
	return vv_parse(t, text, n, &why) ? why : NULL;
}

/* Proxmox VE's, as spiceproxy writes them: the host is a token. */
TEST(proxmox)
{
	static const char token[] = "pvespiceproxy:6612b3a2:100:pve1::"
				    "cdd5e6de9a1a3b2c5cbd0fb0e0c4ff5c2b3f0f0f";
	struct target t;

	CHECK(!load("proxmox", &t));
	CHECK(!strcmp(t.host, token));
	CHECK_EQ(t.port, 0);
	CHECK_EQ(t.tls_port, 61000);
	CHECK(!strcmp(t.proxy.host, "pve1.example.org"));
	CHECK_EQ(t.proxy.port, 3128);
	CHECK(!strcmp(t.proxy.user, ""));
	CHECK(!strcmp(t.subject,
		      "OU=PVE Cluster Node,O=Proxmox Virtual Environment,"
		      "CN=pve1.example.org"));
	CHECK(!strcmp(t.password, "0123456789abcdef"));
	CHECK(!strncmp(t.ca, "-----BEGIN CERTIFICATE-----\nMII", 31));
	CHECK(!strchr(t.ca, '\\'));
	CHECK(!strcmp(t.ca + t.ca_bytes - 26, "-----END CERTIFICATE-----\n"));
	CHECK(!strcmp(t.title, "VM 100 - desk"));
	CHECK(t.delete_file);
	CHECK_EQ(t.secure_attention.key, KBD_KEY_EXT(0x52));
	CHECK(t.secure_attention.ctrl && t.secure_attention.alt &&
	      !t.secure_attention.shift);
	CHECK_EQ(t.release_cursor.key, 0x13);
	CHECK_EQ(t.compression, CHAN_COMPRESSION_AUTO);
	target_wipe(&t);
	CHECK_EQ(live, 0);
}

/* oVirt's: both ports or -1, channels, a second group that counts nothing. */
TEST(ovirt)
{
	struct target t;

	CHECK(!load("ovirt", &t));
	CHECK(!strcmp(t.host, "192.0.2.7"));
	CHECK_EQ(t.port, 0);
	CHECK_EQ(t.tls_port, 5903);
	CHECK_EQ(t.secure, 1u << SPICE_CHANNEL_MAIN |
				   1u << SPICE_CHANNEL_INPUTS |
				   1u << SPICE_CHANNEL_CURSOR |
				   1u << SPICE_CHANNEL_PLAYBACK |
				   1u << SPICE_CHANNEL_RECORD |
				   1u << SPICE_CHANNEL_DISPLAY |
				   1u << SPICE_CHANNEL_USBREDIR |
				   1u << SPICE_CHANNEL_SMARTCARD);
	CHECK(!strcmp(t.subject, "O=example.org,CN=host1.example.org"));
	CHECK(!strcmp(t.proxy.host, "squid.example.org"));
	CHECK_EQ(t.proxy.port, 8080);
	CHECK(!strcmp(t.proxy.user, "joe"));
	CHECK(!strcmp(t.proxy.password, "se:cret"));
	CHECK_EQ(t.release_cursor.key, KBD_KEY_F12);
	CHECK(t.release_cursor.shift && !t.release_cursor.ctrl);
	CHECK_EQ(t.secure_attention.key, KBD_KEY_EXT(0x4f));
	CHECK_EQ(t.color_depth, 16);
	CHECK_EQ(t.disable_effects, 5);
	CHECK(!t.delete_file);
	target_wipe(&t);
	CHECK_EQ(live, 0);
}

/* What people's editors and scripts leave. */
TEST(oddities)
{
	static const struct {
		const char *name;
		uint16_t port, tls_port;
		const char *password;
	} rows[] = {
		{"indented", 5900, 0, "abc"},
		{"spaces", 5900, 5901, "a b"},
		{"crlf", 5900, 0, "abc"},
		{"bom", 5900, 0, "abc"},
		{"bom_crlf_comment", 5900, 0, "abc"},
		{"semicolon_keys", 5900, 0, ""},
		{"no_newline_at_end", 5900, 0, "abc"},
		{"empty_values", 5900, 0, ""},
		{"minus_one", 0, 5901, ""},
		{"double_escaped_ca", 0, 5901, ""},
		{"every_key", 5900, 5901, "p\\w d"},
		{"twice", 5901, 0, "last"},
		{"second_group_first_keys", 5900, 0, "abc"},
		{"other_group_first", 5900, 0, "abc"},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct target t;
		const char *why = load(rows[i].name, &t);

		if (why)
			printf("# %s: %s\n", rows[i].name, why);
		CHECK(!why);
		CHECK(!strcmp(t.host, "desk.example.org"));
		CHECK_EQ(t.port, rows[i].port);
		CHECK_EQ(t.tls_port, rows[i].tls_port);
		CHECK(!strcmp(t.password, rows[i].password));
		target_wipe(&t);
		CHECK_EQ(live, 0);
	}
}

/* Certificates: one escape or two, CR as well, empty. */
TEST(ca)
{
	static const char *const rows[][2] = {
		{"-----BEGIN X-----\\nAA\\n", "-----BEGIN X-----\nAA\n"},
		{"-----BEGIN X-----\\\\nAA\\\\n", "-----BEGIN X-----\nAA\n"},
		{"-----BEGIN X-----\\\\r\\\\nA", "-----BEGIN X-----\n\nA"},
		{"-----BEGIN X-----\\r\\nA", "-----BEGIN X-----\r\nA"},
		{"-----BEGIN \\", "-----BEGIN \\"},
	};
	char text[256];
	const char *why;
	struct target t;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(text, sizeof(text), "%sca=%s", VV, rows[i][0]);
		CHECK_EQ(vv_parse(&t, text, strlen(text), &why), 0);
		CHECK(t.ca && !strcmp(t.ca, rows[i][1]));
		CHECK_EQ(t.ca_bytes, strlen(t.ca));
		target_wipe(&t);
	}
	snprintf(text, sizeof(text), "%sca=-----BEGIN A\nca=\n", VV);
	CHECK_EQ(vv_parse(&t, text, strlen(text), &why), 0);
	CHECK(!t.ca);
	no_memory = true;
	snprintf(text, sizeof(text), "%sca=-----BEGIN A\n", VV);
	CHECK_EQ(vv_parse(&t, text, strlen(text), &why), -ENOMEM);
	CHECK(strstr(why, "memory"));
	no_memory = false;
	CHECK_EQ(live, 0);
}

TEST(hotkeys)
{
	static const struct {
		const char *text;
		uint32_t key;
		bool ctrl, alt, shift;
	} rows[] = {
		{"ctrl+alt+end", KBD_KEY_EXT(0x4f), true, true, false},
		{"shift+f12", KBD_KEY_F12, false, false, true},
		{"Shift+F11", KBD_KEY_F11, false, false, true},
		{"ctrl + alt + r", 0x13, true, true, false},
		{"lctrl+ralt+Z", 0x2c, true, true, false},
		{"left-ctrl+rightalt+left", KBD_KEY_EXT(0x4b), true, true,
		 false},
		{"leftshift+right", KBD_KEY_EXT(0x4d), false, false, true},
		{"Control_L+Alt_R+Delete", KBD_KEY_DEL, true, true, false},
		{"f1", KBD_KEY_F1, false, false, false},
		{"f10", 0x44, false, false, false},
		{"ctrl+1", 2, true, false, false},
		{"ctrl+0", 11, true, false, false},
		{"alt+/", 0x35, false, true, false},
		{"l", 0x26, false, false, false},
		{"ctrl+alt", 0, true, true, false},
		{"ctrl+pause", KBD_KEY_PAUSE, true, false, false},
	};
	static const char *const wrong[] = {
		"ctrl+hyper", "f13", "f0", "a+b", "ctrl++a", "ff", "\xc3\xa4"};
	char text[128];
	const char *why;
	struct target t;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(text, sizeof(text), "%srelease-cursor=%s\n", VV,
			 rows[i].text);
		if (vv_parse(&t, text, strlen(text), &why))
			printf("# %s: %s\n", rows[i].text, why);
		CHECK_EQ(t.release_cursor.key, rows[i].key);
		CHECK_EQ(t.release_cursor.ctrl, rows[i].ctrl);
		CHECK_EQ(t.release_cursor.alt, rows[i].alt);
		CHECK_EQ(t.release_cursor.shift, rows[i].shift);
	}
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		snprintf(text, sizeof(text), "%ssecure-attention=%s\n", VV,
			 wrong[i]);
		CHECK_EQ(vv_parse(&t, text, strlen(text), &why), -EINVAL);
		CHECK(!strncmp(why, "line 5: secure-attention= ", 26));
	}
}

TEST(refused)
{
	static const struct {
		const char *text;
		int rc;
		const char *why; /* its beginning */
	} rows[] = {
		{"", -EPROTONOSUPPORT, "it is no .vv file"},
		{"\n\n# x\n", -EPROTONOSUPPORT, "it is no .vv file"},
		{"<html>", -EPROTONOSUPPORT, "it is no .vv file"},
		{"type=spice\n" VV, -EPROTONOSUPPORT, "it is no .vv file"},
		{"[ovirt]\nhost=h\n", -EPROTONOSUPPORT, "it is no .vv file"},
		{"[ovirt]\n[virt-viewer", -EPROTONOSUPPORT,
		 "it is no .vv file"},
		{"[virt-viewer", -EPROTONOSUPPORT, "it is no .vv file"},
		{"[virt-viewer]\nhost=h\nport=1\n", -EINVAL,
		 "it has no type=spice"},
		{"[virt-viewer]\n\ntype=vnc\n", -EPROTONOSUPPORT,
		 "line 3: type= is not spice"},
		{"[virt-viewer]\ntype=spice\nport=1\n", -EINVAL,
		 "it has no host="},
		{"[virt-viewer]\ntype=spice\nhost=h\nport=-1\ntls-port=-1",
		 -EINVAL, "it has neither port="},
		{VV "port=65536\n", -EINVAL, "line 5: port= is not a number"},
		{VV "port=-2\n", -EINVAL, "line 5: port= is not a number"},
		{VV "tls-port=x\n", -EINVAL, "line 5: tls-port= is not"},
		{VV "\r\n\r\ntls-port=1 2\r\n", -EINVAL, "line 7: tls-port="},
		{VV "what is this\n", -EINVAL, "line 5: this is neither"},
		{VV "=x\n", -EINVAL, "line 5: this is neither"},
		{VV "ca=hello\n", -EINVAL, "line 5: ca= is no certificate"},
		{VV "proxy=socks5://p\n", -EINVAL, "line 5: proxy= is not"},
		{VV "secure-channels=main;vdagent\n", -EINVAL,
		 "line 5: secure-channels= is neither"},
		{VV "disable-channels=x\n", -EINVAL, "line 5: disable-chan"},
		{VV "delete-this-file=2\n", -EINVAL, "line 5: delete-this"},
		{VV "color-depth=15\n", -EINVAL, "line 5: color-depth="},
		{VV "disable-effects=sound\n", -EINVAL, "line 5: disable-eff"},
		{VV "keymap=klingon\n", -EINVAL,
		 "line 5: keymap= is no keyboard layout"},
		{VV "keymap=xx\n", -EINVAL, "line 5: keymap= is no keyb"},
		{VV "password=12345678901234567890123456789012345678901234567"
		    "89012345678901\n",
		 -EINVAL, "line 5: password= is too long"},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *why = "";
		struct target t;
		int rc = vv_parse(&t, rows[i].text, strlen(rows[i].text), &why);

		if (rc != rows[i].rc ||
		    strncmp(why, rows[i].why, strlen(rows[i].why)))
			printf("# row %zu: %d, %s\n", i, rc, why);
		CHECK_EQ(rc, rows[i].rc);
		CHECK(!strncmp(why, rows[i].why, strlen(rows[i].why)));
		CHECK_EQ(live, 0);
	}
}

/* Whether a file asks to be wiped is known of one that is not taken, too. */
TEST(wiped)
{
	static const struct {
		const char *text;
		bool wiped;
	} rows[] = {
		{VV "delete-this-file=1\nport=x\n", true},
		{VV "port=x\r\n  delete-this-file = true \r\n", true},
		{VV "port=x\ndelete-this-file=0\n", false},
		{VV "port=x\n[ovirt]\ndelete-this-file=1\n", false},
		{VV "port=x\ndelete-this-file", false},
		{VV "port=x\ndelete-this-file=1\ndelete-this-file=0", false},
		{"[virt-viewer]\ntype=vnc\ndelete-this-file=1\n", true},
		{"[virt-viewer]\nhost=h\ndelete-this-file=1\n", true},
		{VV "ca=-----BEGIN X\ndelete-this-file=1\n", true},
	};
	static char text[VV_MAX_BYTES + 40];
	const char *why;
	struct target t;
	size_t i;

	no_memory = true;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CHECK(vv_parse(&t, rows[i].text, strlen(rows[i].text), &why));
		CHECK_EQ(t.delete_file, rows[i].wiped);
	}
	no_memory = false;
	memset(text, '\n', sizeof(text));
	memcpy(text, VV, sizeof(VV) - 1);
	memcpy(text + sizeof(text) - 20, "delete-this-file=1", 18);
	CHECK_EQ(vv_parse(&t, text, sizeof(text), &why), -E2BIG);
	CHECK(t.delete_file);
	CHECK(!strcmp(why, "it is longer than 64 KiB"));
	CHECK_EQ(live, 0);
}

/* Values too long for anything, files too long, a NUL. */
TEST(lengths)
{
	static char text[VV_MAX_BYTES + 64];
	const char *why;
	struct target t;
	size_t at = sizeof(VV) - 1, n;

	memset(text, ' ', sizeof(text));
	memcpy(text, VV, at);
	CHECK_EQ(vv_parse(&t, text, VV_MAX_BYTES, &why), 0);
	CHECK_EQ(vv_parse(&t, text, VV_MAX_BYTES + 1, &why), -E2BIG);
	CHECK(strstr(why, "64 KiB"));

	/* A key that nobody knows may say what it likes. */
	memset(text + at, 'm', VV_MAX_BYTES - at);
	memcpy(text + at, "usb-filter=", 11);
	CHECK_EQ(vv_parse(&t, text, VV_MAX_BYTES, &why), 0);
	memcpy(text + at, "host-subject=", 13);
	CHECK_EQ(vv_parse(&t, text, VV_MAX_BYTES, &why), -EINVAL);
	CHECK(!strncmp(why, "line 5: host-subject= is too", 28));
	n = at + 13 + TARGET_SUBJECT_BYTES - 1;
	CHECK_EQ(vv_parse(&t, text, n, &why), 0);
	CHECK_EQ(strlen(t.subject), TARGET_SUBJECT_BYTES - 1);
	CHECK_EQ(vv_parse(&t, text, n + 1, &why), -EINVAL);

	/* What is only shown is cut, between characters: here of two bytes. */
	for (n = 0; n < 2 * sizeof(t.title); n += 2)
		memcpy(text + at + 6 + n, "\xc3\xa4", 2);
	memcpy(text + at, "title=", 6);
	CHECK_EQ(vv_parse(&t, text, at + 6 + n, &why), 0);
	CHECK(t.from_vv);
	CHECK_EQ(strlen(t.title), (sizeof(t.title) - 1) / 2 * 2);
	memcpy(text + at, "title=x", 7);
	CHECK_EQ(vv_parse(&t, text, at + 7 + n, &why), 0);

	memcpy(text + at, "password=a\0b\n", 13);
	CHECK_EQ(vv_parse(&t, text, at + 13, &why), -EINVAL);
}

/* Every file of the corpus, cut at every length, in memory of its size. */
TEST(cut)
{
	static const char *const names[] = {"proxmox", "ovirt", "every_key",
					    "double_escaped_ca"};
	size_t i, n, whole;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *text = corpus(names[i], &whole);

		CHECK(whole > 100);
		for (n = 0; n <= whole; n++) {
			char *copy = malloc(n ? n : 1);
			const char *why = NULL;
			struct target t;

			memcpy(copy, text, n);
			vv_probe(copy, n);
			if (!vv_parse(&t, copy, n, &why))
				target_wipe(&t);
			free(copy);
			CHECK(why);
			CHECK_EQ(live, 0);
		}
	}
}

int main(void)
{
	RUN(proxmox);
	RUN(ovirt);
	RUN(oddities);
	RUN(ca);
	RUN(hotkeys);
	RUN(refused);
	RUN(wiped);
	RUN(lengths);
	RUN(cut);
	return test_end();
}
