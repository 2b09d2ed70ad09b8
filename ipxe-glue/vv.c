/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * .vv files.
 *
 * The syntax is that of GLib's key files, read generously: a byte order mark,
 * CRLF, indented lines and spaces round "=" are no errors. A comment begins
 * with "#"; ";key=value" is a key that nobody knows. Keys that nobody knows,
 * and other groups, count for nothing.
 *
 * Bound: VV_MAX_BYTES; allocates the certificates' copy and nothing else.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <spice/vd_agent.h>

#include "ipxe-glue/option.h"
#include "ipxe-glue/port.h"
#include "ipxe-glue/vv.h"
#include "kbd/kbd.h"

#define VV_GROUP "virt-viewer"

/* ---- hotkeys ------------------------------------------------------------- */

/* Characters by scancode, the first is 2; "\n" where there is none. */
static const char vv_characters[] = "1234567890-=\n\nqwertyuiop[]\n\n"
				    "asdfghjkl;'`\n\\zxcvbnm,./";

static const struct {
	char name[10];
	uint32_t key;
} vv_keys[] = {
	{"esc", KBD_KEY_ESC},
	{"escape", KBD_KEY_ESC},
	{"tab", KBD_KEY_TAB},
	{"backspace", 0x0e},
	{"enter", KBD_KEY_ENTER},
	{"return", KBD_KEY_ENTER},
	{"space", 0x39},
	{"ins", KBD_KEY_EXT(0x52)},
	{"insert", KBD_KEY_EXT(0x52)},
	{"del", KBD_KEY_DEL},
	{"delete", KBD_KEY_DEL},
	{"home", KBD_KEY_EXT(0x47)},
	{"end", KBD_KEY_EXT(0x4f)},
	{"pgup", KBD_KEY_EXT(0x49)},
	{"pageup", KBD_KEY_EXT(0x49)},
	{"page_up", KBD_KEY_EXT(0x49)},
	{"pgdn", KBD_KEY_EXT(0x51)},
	{"pagedown", KBD_KEY_EXT(0x51)},
	{"page_down", KBD_KEY_EXT(0x51)},
	{"up", KBD_KEY_EXT(0x48)},
	{"down", KBD_KEY_EXT(0x50)},
	{"left", KBD_KEY_EXT(0x4b)},
	{"right", KBD_KEY_EXT(0x4d)},
	{"print", KBD_KEY_PRINT},
	{"pause", KBD_KEY_PAUSE},
	{"f11", KBD_KEY_F11},
	{"f12", KBD_KEY_F12},
};

/* The key called @name, 0 for none. */
static uint32_t vv_key(struct span name)
{
	int32_t number;
	size_t i;

	if (name.n == 1 && name.p[0] > ' ') {
		char c = name.p[0];
		const char *at;

		c = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
		at = strchr(vv_characters, c);
		return at ? (uint32_t)(at - vv_characters) + 2 : 0;
	}
	for (i = 0; i < sizeof(vv_keys) / sizeof(vv_keys[0]); i++)
		if (span_is_nocase(name, vv_keys[i].name))
			return vv_keys[i].key;
	if (!span_skip(&name, "f"))
		return 0;
	number = span_number(name, 10);
	return number > 0 ? KBD_KEY_F1 - 1 + (uint32_t)number : 0;
}

/*
 * The modifier called @name: which of @hot's flags; NULL for none. Left and
 * right ones count alike: lctrl, left-ctrl, rightctrl, Control_L...
 */
static bool *vv_modifier(struct target_hotkey *hot, struct span name)
{
	static const char prefixes[][7] = {"",	    "l",     "r",     "left",
					   "right", "left-", "right-"};
	size_t i;

	if (name.n > 2 && name.p[name.n - 2] == '_')
		name.n -= 2;
	for (i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		struct span rest = name;

		if (!span_skip(&rest, prefixes[i]))
			continue;
		if (span_is_nocase(rest, "ctrl") ||
		    span_is_nocase(rest, "control"))
			return &hot->ctrl;
		if (span_is_nocase(rest, "alt"))
			return &hot->alt;
		if (span_is_nocase(rest, "shift"))
			return &hot->shift;
	}
	return NULL;
}

/*
 * "ctrl+alt+end": modifiers and one key. Modifiers alone are no hotkey here:
 * they are accepted and do nothing.
 */
static int vv_hotkey(struct span s, void *at)
{
	struct target_hotkey hot = {0};

	while (s.n) {
		struct span name = span_trim(span_until(&s, "+"));
		bool *modifier = vv_modifier(&hot, name);

		span_drop(&s, 1);
		if (modifier) {
			*modifier = true;
			continue;
		}
		if (hot.key)
			return -EINVAL;
		hot.key = vv_key(name);
		if (!hot.key)
			return -EINVAL;
	}
	*(struct target_hotkey *)at = hot;
	return 0;
}

/* ---- values -------------------------------------------------------------- */

/* The next character of @s with GLib's escapes taken away; others stay. */
static char vv_char(struct span *s)
{
	static const char escapes[] = "s n\nt\tr\r\\\\";
	char c = s->p[0];
	size_t i;

	span_drop(s, 1);
	if (c != '\\' || !s->n)
		return c;
	for (i = 0; i < sizeof(escapes) - 1; i += 2) {
		if (s->p[0] != escapes[i])
			continue;
		span_drop(s, 1);
		return escapes[i + 1];
	}
	return c;
}

/*
 * Copy a value without its escapes to @buf; returns its length. One that does
 * not fit is cut and ends in a byte that no value may have.
 */
static size_t vv_plain(struct span s, char *buf, size_t room)
{
	size_t n = 0;

	while (s.n && n < room)
		buf[n++] = vv_char(&s);
	if (s.n)
		buf[n - 1] = '\1';
	return n;
}

/* The certificates. Quirk: some files have "\\n", which is an escaped "\n". */
static int vv_ca(struct target *t, struct span s)
{
	size_t n, i, at = 0;
	char *ca;

	port_free(t->ca);
	t->ca = NULL;
	t->ca_bytes = 0;
	if (!s.n)
		return 0;
	ca = port_alloc(s.n + 1);
	if (!ca)
		return -ENOMEM;
	n = vv_plain(s, ca, s.n);
	ca[n] = '\0';
	for (i = 0; i < n; i++) {
		ca[at++] = ca[i];
		if (ca[i] != '\\' || (ca[i + 1] != 'n' && ca[i + 1] != 'r'))
			continue;
		ca[at - 1] = '\n';
		i++;
	}
	ca[at] = '\0';
	t->ca = ca;
	t->ca_bytes = at;
	return strstr(ca, "-----BEGIN ") ? 0 : -EINVAL;
}

static int vv_flag(struct span s, void *at)
{
	bool yes = span_is(s, "1") || span_is_nocase(s, "true");

	if (!yes && !span_is(s, "0") && !span_is_nocase(s, "false"))
		return -EINVAL;
	*(bool *)at = yes;
	return 0;
}

static int vv_depth(struct span s, void *at)
{
	int32_t bits = span_is(s, "auto") ? 0 : span_number(s, 32);

	if (bits != 0 && bits != 8 && bits != 16 && bits != 24 && bits != 32)
		return -EINVAL;
	*(uint8_t *)at = (uint8_t)bits;
	return 0;
}

static int vv_effects(struct span s, void *at)
{
	/* In the order of VD_AGENT_DISPLAY_CONFIG_FLAG_DISABLE_*. */
	static const char words[][12] = {"wallpaper", "font-smooth",
					 "animation"};
	uint32_t set;

	if (!option_list(s, words[0], sizeof(words[0]), 3, 0, 7, &set))
		return -EINVAL;
	*(uint32_t *)at = set;
	return 0;
}

static int vv_host(struct span s, void *at)
{
	return span_copy(s, at, TARGET_HOST_BYTES);
}

/* Keys that only a .vv file has; the others are option.c's. */
static const struct {
	char key[18];
	uint16_t at;
	int (*read)(struct span s, void *at);
	const char *wrong;
} vv_rows[] = {
	{"host", offsetof(struct target, host), vv_host, "is too long"},
	{"secure-attention", offsetof(struct target, secure_attention),
	 vv_hotkey, "is no key that this client knows"},
	{"release-cursor", offsetof(struct target, release_cursor), vv_hotkey,
	 "is no key that this client knows"},
	{"color-depth", offsetof(struct target, color_depth), vv_depth,
	 "is none of 0, 8, 16, 24, 32"},
	{"disable-effects", offsetof(struct target, disable_effects),
	 vv_effects, "is no list of wallpaper, font-smooth, animation, all"},
	{"delete-this-file", offsetof(struct target, delete_file), vv_flag,
	 "is neither 0 nor 1"},
};

/* ---- the file ------------------------------------------------------------ */

struct vv {
	struct target *t;
	struct span rest;
	unsigned int line;
	bool inside; /* the group is ours */
	bool typed;  /* type=spice was there */
};

/* The next line, without its end and spaces before it. */
static struct span vv_line(struct vv *vv)
{
	struct span line = span_until(&vv->rest, "\n");

	span_drop(&vv->rest, 1);
	vv->line++;
	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	while (line.n && (line.p[0] == ' ' || line.p[0] == '\t'))
		span_drop(&line, 1);
	return line;
}

/* A line without a meaning of its own. */
static bool vv_blank(struct span line)
{
	line = span_trim(line);
	return !line.n || line.p[0] == '#';
}

/* Is @line the head of a group, and is it ours? */
static bool vv_group(struct span line, bool *ours)
{
	line = span_trim(line);
	if (!span_skip(&line, "["))
		return false;
	*ours = span_is(span_until(&line, "]"), VV_GROUP);
	return span_is(line, "]");
}

/* Without the byte order mark that some editors leave. */
static struct span vv_begin(const char *bytes, size_t n)
{
	struct span s = {bytes, n};

	if (n >= 3 && !memcmp(bytes, "\xef\xbb\xbf", 3))
		span_drop(&s, 3);
	return s;
}

bool vv_probe(const char *bytes, size_t n)
{
	struct vv vv = {.rest = vv_begin(bytes, n)};

	while (vv.rest.n) {
		struct span line = vv_line(&vv);
		bool ours, group = vv_group(line, &ours);

		if (vv_blank(line))
			continue;
		/* Other groups may come first, keys without one may not. */
		if (group ? ours : !vv.inside)
			return group;
		vv.inside = true;
	}
	return false;
}

/* Take a value that is only a .vv's, or one that all know. */
static int vv_value(struct target *t, struct span key, struct span value)
{
	size_t i;
	int rc;

	for (i = 0; i < sizeof(vv_rows) / sizeof(vv_rows[0]); i++) {
		if (!span_is(key, vv_rows[i].key))
			continue;
		if (value.n &&
		    vv_rows[i].read(value, (uint8_t *)t + vv_rows[i].at))
			return option_wrong(t, key, vv_rows[i].wrong);
		return 0;
	}
	rc = option_set(t, OPTION_VV, key, value);
	return rc == -ENOENT ? 0 : rc;
}

/* Take a line of our group. */
static int vv_take(struct vv *vv, struct span line)
{
	struct span key = span_trim(span_until(&line, "="));
	char plain[TARGET_SUBJECT_BYTES + 8]; /* more than any value has */
	struct span value = {plain, 0};
	int rc;

	if (!line.n || !key.n) {
		snprintf(vv->t->why, sizeof(vv->t->why),
			 "this is neither [group] nor key=value");
		return -EINVAL;
	}
	span_drop(&line, 1);
	/* As with GLib, spaces behind a value are its own: in a password. */
	if (!span_is(key, "password"))
		line = span_trim(line);
	while (line.n && (line.p[0] == ' ' || line.p[0] == '\t'))
		span_drop(&line, 1);
	if (span_is(key, "ca")) {
		rc = vv_ca(vv->t, line);
		return rc == -EINVAL ? option_wrong(vv->t, key,
						    "is no certificate in PEM")
				     : rc;
	}
	if (span_is(key, "type")) {
		vv->typed = span_is_nocase(line, "spice");
		if (vv->typed)
			return 0;
		option_wrong(vv->t, key, "is not spice");
		return -EPROTONOSUPPORT;
	}
	value.n = vv_plain(line, plain, sizeof(plain));
	rc = vv_value(vv->t, key, value);
	target_forget(plain, sizeof(plain));
	return rc;
}

/* Put the line's number before what is wrong. */
static void vv_number(struct vv *vv)
{
	char what[TARGET_WHY_BYTES];

	memcpy(what, vv->t->why, sizeof(what));
	snprintf(vv->t->why, sizeof(vv->t->why), "line %u: %s", vv->line, what);
}

/* Of a file that is not taken: is this the line that has it wiped? */
static void vv_look(struct vv *vv, struct span line)
{
	struct span key = span_trim(span_until(&line, "="));

	span_drop(&line, 1);
	if (span_is(key, "delete-this-file"))
		vv_flag(span_trim(line), &vv->t->delete_file);
}

/* Take all lines; after an error (@rc: from the first on) only look at them. */
static int vv_lines(struct vv *vv, int rc)
{
	while (vv->rest.n) {
		struct span line = vv_line(vv);

		if (vv_blank(line) || vv_group(line, &vv->inside))
			continue;
		if (!vv->inside)
			continue;
		if (rc) {
			vv_look(vv, line);
			continue;
		}
		rc = vv_take(vv, line);
		if (rc == -EINVAL || rc == -EPROTONOSUPPORT)
			vv_number(vv);
	}
	return rc;
}

/* Is all there that there must be? What is missing, or NULL. */
static const char *vv_missing(const struct vv *vv)
{
	if (!vv->typed)
		return "it has no type=spice";
	if (!vv->t->host[0])
		return "it has no host=";
	if (!vv->t->port && !vv->t->tls_port)
		return "it has neither port= nor tls-port=";
	return NULL;
}

int vv_parse(struct target *t, const char *bytes, size_t n, const char **why)
{
	struct vv vv = {.t = t, .rest = vv_begin(bytes, n)};
	const char *missing;
	int rc;

	target_init(t);
	*why = "it is no .vv file ([virt-viewer])";
	if (!vv_probe(bytes, n))
		return -EPROTONOSUPPORT;
	rc = vv_lines(&vv, n > VV_MAX_BYTES ? -E2BIG : 0);
	*why = rc == -E2BIG ? "it is longer than 64 KiB"
			    : "there is too little memory for it";
	missing = vv_missing(&vv);
	if (!rc && missing) {
		snprintf(t->why, sizeof(t->why), "%s", missing);
		rc = -EINVAL;
	}
	if (rc == -EINVAL || rc == -EPROTONOSUPPORT)
		*why = t->why;
	if (rc) {
		port_free(t->ca);
		t->ca = NULL;
	}
	t->from_vv = !rc;
	return rc;
}
