/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Options of a target, by name.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <spice/enums.h>

#include "ipxe-glue/option.h"
#include "ipxe-glue/port.h"
#include "ipxe-glue/proxy.h"
#include "kbd/kbd.h"
#include "spice/chan/chan_session.h"

/* Compressions by name: ours, and spice-gtk's. */
static const struct {
	char name[9];
	uint8_t value;
} option_compressions[] = {
	{"auto", CHAN_COMPRESSION_AUTO},
	{"off", SPICE_IMAGE_COMPRESSION_OFF},
	{"lz", SPICE_IMAGE_COMPRESSION_LZ},
	{"glz", SPICE_IMAGE_COMPRESSION_GLZ},
	{"quic", SPICE_IMAGE_COMPRESSION_QUIC},
	{"lz4", SPICE_IMAGE_COMPRESSION_LZ4},
	{"auto-lz", SPICE_IMAGE_COMPRESSION_AUTO_LZ},
	{"auto-glz", SPICE_IMAGE_COMPRESSION_AUTO_GLZ},
	{"server", SPICE_IMAGE_COMPRESSION_INVALID},
};

/* Number of the word among rows of @stride bytes that @s is, or -1. */
static int option_find(struct span s, const char *words, size_t stride,
		       unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		if (span_is(s, words + i * stride))
			return (int)i;
	return -1;
}

static int option_compression(struct span s, void *at, size_t bytes)
{
	int i = option_find(
		s, option_compressions[0].name, sizeof(option_compressions[0]),
		sizeof(option_compressions) / sizeof(option_compressions[0]));

	if (i < 0)
		return -EINVAL;
	*(uint8_t *)at = option_compressions[i].value;
	return 0;
}

static int option_on_end(struct span s, void *at, size_t bytes)
{
	static const char words[][10] = {
		[TARGET_ON_END_RECONNECT] = "reconnect",
		[TARGET_ON_END_MENU] = "menu",
		[TARGET_ON_END_POWEROFF] = "poweroff",
		[TARGET_ON_END_REBOOT] = "reboot",
		[TARGET_ON_END_NEXT] = "next",
	};
	int i = option_find(s, words[0], sizeof(words[0]),
			    sizeof(words) / sizeof(words[0]));

	if (i < 0)
		return -EINVAL;
	*(enum target_on_end *)at = (enum target_on_end)i;
	return 0;
}

bool option_list(struct span list, const char *words, size_t stride,
		 unsigned int count, unsigned int first, uint32_t all,
		 uint32_t *set)
{
	*set = 0;
	while (list.n) {
		struct span word = span_until(&list, ",; \t");
		int i = option_find(word, words, stride, count);

		span_drop(&list, 1);
		if (span_is(word, "all"))
			*set |= all;
		else if (i >= 0)
			*set |= 1u << (first + (unsigned int)i);
		else if (word.n)
			return false;
	}
	return true;
}

static int option_channels(struct span s, void *at, size_t bytes)
{
	static const char words[][10] = {
		"main",	    "display", "inputs", "cursor",
		"playback", "record",  "tunnel", "smartcard",
		"usbredir", "port",    "webdav",
	};
	uint32_t set;

	if (!option_list(s, words[0], sizeof(words[0]),
			 sizeof(words) / sizeof(words[0]), SPICE_CHANNEL_MAIN,
			 TARGET_CHANNELS_ALL, &set))
		return -EINVAL;
	*(uint32_t *)at = set;
	return 0;
}

/* 32 bytes in hex, with or without colons between them. */
static int option_sha256(struct span s, void *at, size_t bytes)
{
	uint8_t sum[32];
	size_t i;

	for (i = 0; i < sizeof(sum); i++) {
		int high, low;

		if (i && s.n && s.p[0] == ':')
			span_drop(&s, 1);
		if (s.n < 2)
			return -EINVAL;
		high = span_hex(s.p[0]);
		low = span_hex(s.p[1]);
		if (high < 0 || low < 0)
			return -EINVAL;
		sum[i] = (uint8_t)(high << 4 | low);
		span_drop(&s, 2);
	}
	if (s.n)
		return -EINVAL;
	memcpy(at, sum, sizeof(sum));
	return 0;
}

static int option_text(struct span s, void *at, size_t bytes)
{
	return span_copy(s, at, bytes);
}

/* Text that is only shown: what has no room is cut off, in UTF-8. */
static int option_label(struct span s, void *at, size_t bytes)
{
	if (s.n >= bytes)
		for (s.n = bytes - 1; s.n && (s.p[s.n] & 0xc0) == 0x80;)
			s.n--;
	return span_copy(s, at, bytes);
}

static int option_url(struct span s, void *at, size_t bytes)
{
	struct span rest = s;

	span_until(&rest, ":");
	return span_skip(&rest, "://") ? span_copy(s, at, bytes) : -EINVAL;
}

static int option_port(struct span s, void *at, size_t bytes)
{
	int32_t v = span_number(s, 65535);

	if (v < 1)
		return -EINVAL;
	*(uint16_t *)at = (uint16_t)v;
	return 0;
}

static int option_keymap(struct span s, void *at, size_t bytes)
{
	char name[sizeof(((struct target *)0)->keymap)];

	if (span_copy(s, name, sizeof(name)) || (s.n && !kbd_layout_find(name)))
		return -EINVAL;
	return span_copy(s, at, bytes);
}

static int option_proxy(struct span s, void *at, size_t bytes)
{
	return proxy_parse(at, s);
}

/* What an option's value is like. */
enum option_kind {
	OPTION_TEXT,
	OPTION_LABEL,
	OPTION_PORT,
	OPTION_COMPRESSION,
	OPTION_ON_END,
	OPTION_CHANNELS,
	OPTION_SHA256,
	OPTION_URL,
	OPTION_PROXY,
	OPTION_KEYMAP,
};

static const struct {
	int (*read)(struct span s, void *at, size_t bytes);
	const char *wrong;
} option_kinds[] = {
	[OPTION_TEXT] = {option_text, "is too long"},
	[OPTION_LABEL] = {option_label, "has a NUL in it"},
	[OPTION_PORT] = {option_port, "is not a number from 1 to 65535"},
	[OPTION_COMPRESSION] = {option_compression,
				"is none of auto, off, lz, glz, quic, lz4, "
				"auto-lz, auto-glz, server"},
	[OPTION_ON_END] = {option_on_end, "is none of reconnect, menu, "
					  "poweroff, reboot, next"},
	[OPTION_CHANNELS] = {option_channels,
			     "is neither all nor a list of main, display, "
			     "inputs, cursor, playback, record, ..."},
	[OPTION_SHA256] = {option_sha256, "is not 64 hexadecimal digits"},
	[OPTION_URL] = {option_url, "is no URL, or too long"},
	[OPTION_PROXY] = {option_proxy, "is not http://[USER:PASSWORD@]HOST"
					"[:PORT]"},
	[OPTION_KEYMAP] = {option_keymap,
			   "is no keyboard layout that this client has"},
};

#define OPTION_ALL    (OPTION_URI | OPTION_TLS_URI | OPTION_VV | OPTION_SETTING)
#define OPTION_NOT_VV (OPTION_URI | OPTION_TLS_URI | OPTION_SETTING)
/* Not who says it: it says whom to trust, which is for TLS. */
#define OPTION_TRUST 16u

#define OPTION_ROW(name, from, kind, field)                       \
	{                                                         \
		name, from, kind, offsetof(struct target, field), \
			sizeof(((struct target *)0)->field)       \
	}

/* The table. A row's number is its bit in target.said. */
static const struct {
	char name[17];
	uint8_t from; /* who may say it, OPTION_*; OPTION_TRUST */
	uint8_t kind;
	uint16_t at, bytes;
} option_rows[] = {
	OPTION_ROW("port", OPTION_ALL & ~OPTION_TLS_URI, OPTION_PORT, port),
	OPTION_ROW("tls-port", OPTION_ALL & ~OPTION_TLS_URI, OPTION_PORT,
		   tls_port),
	OPTION_ROW("username", OPTION_ALL, OPTION_TEXT, username),
	OPTION_ROW("password", OPTION_ALL, OPTION_TEXT, password),
	OPTION_ROW("compression", OPTION_ALL, OPTION_COMPRESSION, compression),
	OPTION_ROW("on-end", OPTION_ALL, OPTION_ON_END, on_end),
	OPTION_ROW("proxy", OPTION_ALL, OPTION_PROXY, proxy),
	OPTION_ROW("secure-channels", OPTION_ALL, OPTION_CHANNELS, secure),
	OPTION_ROW("disable-channels", OPTION_ALL, OPTION_CHANNELS, disabled),
	OPTION_ROW("host-subject", OPTION_ALL | OPTION_TRUST, OPTION_TEXT,
		   subject),
	OPTION_ROW("ca", OPTION_NOT_VV | OPTION_TRUST, OPTION_URL, ca_url),
	OPTION_ROW("ca-sha256", OPTION_NOT_VV | OPTION_TRUST, OPTION_SHA256,
		   ca_sha256),
	OPTION_ROW("title", OPTION_ALL, OPTION_LABEL, title),
	OPTION_ROW("keymap", OPTION_ALL, OPTION_KEYMAP, keymap),
};

#define OPTION_ROWS (sizeof(option_rows) / sizeof(option_rows[0]))

int option_wrong(struct target *t, struct span key, const char *what)
{
	snprintf(t->why, sizeof(t->why), "%.*s= %s", (int)key.n, key.p, what);
	return -EINVAL;
}

/* Take row @i's value. */
static int option_take(struct target *t, unsigned int i, unsigned int from,
		       struct span value)
{
	uint8_t *at = (uint8_t *)t + option_rows[i].at;
	unsigned int kind = option_rows[i].kind;
	int rc;

	/* Nothing said, or said to be none. */
	if (from == OPTION_VV &&
	    (!value.n || (kind == OPTION_PORT &&
			  (span_is(value, "-1") || span_is(value, "0"))))) {
		memset(at, 0, option_rows[i].bytes);
		if (value.n)
			t->said |= 1u << i;
		return 0;
	}
	rc = option_kinds[kind].read(value, at, option_rows[i].bytes);
	if (rc)
		return option_wrong(t, span_of(option_rows[i].name),
				    rc == -EOPNOTSUPP
					    ? "is more than this ROM "
					      "has room for"
					    : option_kinds[kind].wrong);
	t->said |= 1u << i;
	if (kind == OPTION_SHA256)
		t->ca_hashed = true;
	if (from != OPTION_VV && option_rows[i].from & OPTION_TRUST)
		t->trust_said |= value.n != 0;
	return 0;
}

/* Copy @key's printable beginning, for people. */
static void option_show(struct span key, char *buf, size_t room)
{
	size_t n;

	for (n = 0; n < key.n && n + 1 < room; n++)
		buf[n] = key.p[n] > ' ' && key.p[n] < 0x7f ? key.p[n] : '?';
	buf[n] = '\0';
}

int option_set(struct target *t, unsigned int from, struct span key,
	       struct span value)
{
	char shown[24];
	unsigned int i;

	for (i = 0; i < OPTION_ROWS; i++)
		if ((option_rows[i].from & from) &&
		    span_is(key, option_rows[i].name))
			return option_take(t, i, from, value);
	option_show(key, shown, sizeof(shown));
	snprintf(t->why, sizeof(t->why), "nobody knows its key \"%s\"", shown);
	return -ENOENT;
}

void option_said(struct target *t, const char *name)
{
	unsigned int i;

	for (i = 0; i < OPTION_ROWS; i++)
		if (!strcmp(option_rows[i].name, name))
			t->said |= 1u << i;
}

int option_word(struct target *t, struct span word)
{
	struct span key;

	span_skip(&word, "--");
	key = span_until(&word, "=");
	span_drop(&word, 1);
	return option_set(t, OPTION_SETTING, key, word);
}

int option_settings(struct target *t)
{
	char name[6 + sizeof(option_rows[0].name)] = "spice/";
	unsigned int i;

	for (i = 0; i < OPTION_ROWS; i++) {
		const char *value;

		if (t->said & 1u << i ||
		    !(option_rows[i].from & OPTION_SETTING))
			continue;
		strcpy(name + 6, option_rows[i].name);
		value = port_setting(name);
		if (value && value[0] &&
		    option_take(t, i, OPTION_SETTING, span_of(value)))
			return -EINVAL;
	}
	return option_whole(t);
}

int option_whole(struct target *t)
{
	const char *why = "a CA and host-subject are for TLS: give the TLS "
			  "port";

	if (t->tls_port || (t->port && !t->trust_said))
		return 0;
	if (!t->port)
		why = "it names no port";
	snprintf(t->why, sizeof(t->why), "%s", why);
	return -EINVAL;
}

const char *option_name(unsigned int from, unsigned int i)
{
	unsigned int row;

	for (row = 0; row < OPTION_ROWS; row++)
		if ((option_rows[row].from & from) && !i--)
			return option_rows[row].name;
	return NULL;
}
