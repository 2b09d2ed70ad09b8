/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The form on the text screen: where to connect, with which password, whom to
 * trust, and the layout of the keyboard that all this is typed on.
 */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "ipxe-glue/client.h"
#include "ipxe-glue/option.h"
#include "kbd/kbd_layout.h"

#define FORM_FRAME VGA_ATTR(VGA_CYAN, VGA_BLACK)
#define FORM_LABEL VGA_ATTR(VGA_GREY, VGA_BLACK)
#define FORM_AT	   VGA_ATTR(VGA_BRIGHT | VGA_GREY, VGA_BLACK)
#define FORM_ENTRY VGA_ATTR(VGA_GREY, VGA_BLUE)
#define FORM_FOCUS VGA_ATTR(VGA_BLACK, VGA_CYAN)
#define FORM_HINT  VGA_ATTR(VGA_CYAN, VGA_BLACK)

/* What QEMU's first machine has everywhere. */
#define FORM_PORT_USUAL "5900"

#define FORM_TOP      12
#define FORM_HINT_ROW 20
#define FORM_LEFT     2
#define FORM_WIDTH    76
#define FORM_COL      19 /* of the entries */
#define FORM_COLS     57

static const struct vga_area form_box = {FORM_TOP, FORM_LEFT, FORM_FIELDS + 1,
					 FORM_WIDTH};

#define FORM_TEXT(field)                     \
	offsetof(struct client_form, field), \
		sizeof(((struct client_form *)0)->field)

/* Port and TLS port share a row. */
static const struct form_row {
	const char *label, *hint;
	uint8_t row, label_col, col, cols;
	uint16_t at, size; /* of its text in struct client_form */
} form_rows[FORM_FIELDS] = {
	[FORM_HOST] =
		{"Host",
		 "Name or address, a spice:// URI, or the URL of a .vv file", 1,
		 4, FORM_COL, FORM_COLS, FORM_TEXT(host)},
	[FORM_PORT] = {"Port", "Without TLS; empty for none", 2, 4, FORM_COL, 6,
		       FORM_TEXT(port)},
	[FORM_TLS_PORT] = {"TLS port",
			   "With TLS; then nothing goes without it that need "
			   "not",
			   2, 28, 38, 6, FORM_TEXT(tls_port)},
	[FORM_PASSWORD] = {"Password", "Empty where the server wants none", 3,
			   4, FORM_COL, FORM_COLS, FORM_TEXT(password)},
	[FORM_USER] = {"User", "Only where the server asks for one (SASL)", 4,
		       4, FORM_COL, FORM_COLS, FORM_TEXT(user)},
	[FORM_PRINT] = {"CA fingerprint",
			"SHA-256 of the certificate that vouches for the "
			"server",
			5, 4, FORM_COL, FORM_COLS, FORM_TEXT(print)},
	[FORM_LAYOUT] = {"Keyboard",
			 "Left and Right choose the layout of this keyboard", 6,
			 4, FORM_COL, FORM_COLS, FORM_TEXT(layout)},
};

static char *form_text(struct client_form *f, unsigned int i)
{
	return (char *)f + form_rows[i].at;
}

/* Write the layout's name where its field shows it. */
static void form_layout(struct client *c)
{
	const struct kbd_layout *layout = c->ascii.layout;

	snprintf(c->form.layout, sizeof(c->form.layout), "< %s  %s%s >",
		 layout->name, layout->title,
		 !layout->second   ? ""
		 : c->ascii.second ? ", Cyrillic (Alt+Shift: Latin)"
				   : ", Latin (Alt+Shift: Cyrillic)");
	c->form.field[FORM_LAYOUT].at = 0;
}

/* A port's text, "" for none. */
static void form_put_port(char *text, size_t room, uint16_t port)
{
	if (port)
		snprintf(text, room, "%u", (unsigned int)port);
}

/* Fill in what is known. */
static void form_fill(struct client *c)
{
	struct client_form *f = &c->form;
	unsigned int i;

	if (!c->uri.host[0]) {
		memcpy(f->port, FORM_PORT_USUAL, sizeof(FORM_PORT_USUAL));
		return;
	}
	memcpy(f->host, c->uri.host, sizeof(f->host));
	memcpy(f->user, c->uri.username, sizeof(f->user));
	form_put_port(f->port, sizeof(f->port), c->uri.port);
	form_put_port(f->tls_port, sizeof(f->tls_port), c->uri.tls_port);
	for (i = 0; i < sizeof(c->uri.ca_sha256) && c->uri.ca_hashed; i++)
		snprintf(f->print + 2 * i, 3, "%02x", c->uri.ca_sha256[i]);
}

void client_form_keymap(struct client *c)
{
	const char *name = c->uri.keymap;
	const struct kbd_layout *layout;

	if (c->keymapped)
		return;
	if (!name[0])
		name = port_setting("spice/keymap");
	layout = name ? kbd_layout_find(name) : NULL;
	if (!layout)
		return;
	c->ascii.layout = layout;
	c->keymapped = true;
}

void client_form_open(struct client *c, enum form_field focus)
{
	struct client_form *f = &c->form;
	unsigned int i;

	memset(f, 0, sizeof(*f));
	form_fill(c);
	client_form_keymap(c);
	form_layout(c);
	for (i = 0; i < FORM_FIELDS; i++) {
		f->field[i].row = FORM_TOP + form_rows[i].row;
		f->field[i].col = form_rows[i].col;
		f->field[i].cols = form_rows[i].cols;
		f->field[i].text = form_text(f, i);
		f->field[i].size = form_rows[i].size;
		f->field[i].secret = i == FORM_PASSWORD;
		vga_field_init(&f->field[i]);
	}
	f->focus = focus;
	f->fresh = (1u << FORM_FIELDS) - 1;
	c->state = CLIENT_FORM;
	c->text_dirty = true;
}

void client_form_forget(struct client *c)
{
	struct client_form *f = &c->form;

	target_wipe(&f->target);
	target_forget(f->password, sizeof(f->password));
	target_forget(f->host, sizeof(f->host)); /* or a URI */
}

/* What the field with the cursor is for. */
static const char *form_hint(const struct client *c)
{
	if (c->form.focus == FORM_PASSWORD && c->ascii.locks & KBD_LOCK_CAPS)
		return "Caps Lock is on";
	return form_rows[c->form.focus].hint;
}

void client_form_draw(struct client *c)
{
	struct client_form *f = &c->form;
	unsigned int i;

	form_layout(c);
	vga_text_box(&c->vga, &form_box, FORM_FRAME, "Connect to");
	for (i = 0; i < FORM_FIELDS; i++) {
		bool focus = i == f->focus;

		vga_text_put(&c->vga, f->field[i].row, form_rows[i].label_col,
			     focus ? FORM_AT : FORM_LABEL, form_rows[i].label);
		f->field[i].attr = focus ? FORM_FOCUS : FORM_ENTRY;
		vga_field_draw(&c->vga, &f->field[i], false);
	}
	vga_text_put_padded(&c->vga, FORM_HINT_ROW, FORM_COL, FORM_COLS,
			    FORM_HINT, form_hint(c));
	if (f->focus == FORM_LAYOUT)
		vga_text_cursor_hide(&c->vga);
	else
		vga_field_draw(&c->vga, &f->field[f->focus], true);
}

/* Go to the next field, or (@back) to the one before. */
static void form_move(struct client_form *f, bool back)
{
	f->focus = (f->focus + (back ? FORM_FIELDS - 1 : 1)) % FORM_FIELDS;
}

/* Take a port as typed, 0 for none; false when it is no port. */
static bool form_port(const char *text, uint16_t *port)
{
	uint32_t v = 0;
	bool none = !*text;

	for (; *text >= '0' && *text <= '9' && v < 65536; text++)
		v = v * 10 + (uint32_t)(*text - '0');
	*port = (uint16_t)v;
	return !*text && v <= 65535 && (v || none);
}

/* The value of a hexadecimal digit, -1 for none. */
static int form_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Take a fingerprint as typed: 64 digits, between which anything may stand. */
static bool form_print(struct target *t, const char *text)
{
	unsigned int n = 0;

	t->ca_hashed = *text != '\0';
	for (; *text; text++) {
		int v = form_digit(*text);
		uint8_t *at;

		if (v < 0)
			continue;
		if (n == 2 * sizeof(t->ca_sha256))
			return false;
		at = &t->ca_sha256[n / 2];
		*at = (uint8_t)(n++ % 2 ? *at | v : v << 4);
	}
	return !t->ca_hashed || n == 2 * sizeof(t->ca_sha256);
}

/*
 * Take the fingerprint for @t, of which all else is known. One that nothing
 * would be compared with is never passed over.
 */
static const char *form_read_print(struct client_form *f, struct target *t)
{
	f->focus = FORM_PRINT;
	if (!form_print(t, f->print))
		return "A SHA-256 fingerprint has 64 digits (0-9, a-f).";
	if (!t->ca_hashed || t->tls_port)
		return NULL;
	f->focus = FORM_TLS_PORT;
	return "A CA fingerprint is for TLS: type the TLS port.";
}

/* What is wrong with the form, and where; NULL for nothing. */
static const char *form_read(struct client_form *f, struct target *t)
{
	f->focus = FORM_HOST;
	if (!f->host[0])
		return "Type the server's name or address.";
	memcpy(t->host, f->host, sizeof(t->host));
	memcpy(t->username, f->user, sizeof(t->username));
	f->focus = FORM_PORT;
	if (!form_port(f->port, &t->port))
		return "A port is a number from 1 to 65535.";
	f->focus = FORM_TLS_PORT;
	if (!form_port(f->tls_port, &t->tls_port))
		return "A port is a number from 1 to 65535.";
	f->focus = FORM_PORT;
	if (!t->port && !t->tls_port)
		return "Type the server's port, or its TLS port.";
	return form_read_print(f, t);
}

/* Do @a and @b name the same server? */
static bool form_same(const struct target *a, const struct target *b)
{
	return a->port == b->port && a->tls_port == b->tls_port &&
	       !strcmp(a->host, b->host);
}

/*
 * Another fingerprint, or none, was typed for the server that @t is: what was
 * said before of whom to trust, and what was confirmed, is over.
 */
static void form_take_print(struct target *t, const struct target *typed)
{
	t->pinned = false;
	if (t->ca_url[0]) {
		port_free(t->ca);
		t->ca = NULL;
	}
	t->ca_url[0] = '\0';
	t->ca_hashed = typed->ca_hashed;
	memcpy(t->ca_sha256, typed->ca_sha256, sizeof(t->ca_sha256));
}

/* From here on somebody has a say in c->uri: what it was comes back when he
   leaves. */
static void form_keep(struct client *c)
{
	if (!c->own && c->has_uri)
		target_copy(&c->before, &c->uri);
	if (c->before.source[0])
		target_forget(c->before.password, sizeof(c->before.password));
	c->own = true;
}

/*
 * The target that was typed is in f->target: the same server as before, of
 * which a .vv file or a URI said more than the form has, or another one.
 */
static void form_take(struct client *c, bool same)
{
	struct client_form *f = &c->form;
	struct target *t = &f->target;

	form_keep(c);
	if (same) {
		memcpy(c->uri.username, t->username, sizeof(t->username));
		if (!(f->fresh & 1u << FORM_PRINT))
			form_take_print(&c->uri, t);
	} else {
		if (c->has_uri) {
			t->on_end = c->uri.on_end;
			t->compression = c->uri.compression;
		}
		target_move(&c->uri, t);
		client_move_forget(c);
		c->name[0] = '\0';
		c->moved = false;
		c->pointer_x = c->pointer_y = 0;
	}
	if (f->password[0]) {
		memcpy(c->uri.password, f->password, sizeof(f->password));
		c->uri.typed = true;
		c->uri.password_us = port_now_us();
		c->uri.taken_us = 0;
	}
	c->has_uri = true;
	c->tries = 0;
	client_retry_now(c);
}

/*
 * A URI was typed, and read into f->target.
 * @fetch: it is to be fetched, or something for it is (client_again)
 */
static void form_take_uri(struct client *c, bool fetch)
{
	struct client_form *f = &c->form;

	if (fetch) {
		memcpy(f->target.source, f->host, sizeof(f->host));
		target_forget(f->password, sizeof(f->password));
	}
	f->target.typed = !fetch;
	f->target.password_us = port_now_us();
	form_take(c, false);
}

/* A fingerprint was typed beside what says whom to trust when it is fetched. */
static const char form_two_prints[] =
	"What is fetched says whom to trust: clear the CA fingerprint.";

/*
 * Take what was typed. A whole URI in the host's field is as good as all the
 * others.
 */
static void form_accept(struct client *c)
{
	struct client_form *f = &c->form;
	const char *why = NULL;
	unsigned int focus = f->focus;

	target_init(&f->target);
	if (!strncmp(f->host, "spice", 5) && strchr(f->host, '/')) {
		f->focus = FORM_HOST;
		if (!uri_parse(&f->target, f->host, &why))
			why = f->print[0] ? form_read_print(f, &f->target)
					  : NULL;
		if (!why && option_whole(&f->target))
			why = f->target.why;
		if (!why && f->print[0] && f->target.ca_url[0]) {
			f->focus = FORM_PRINT;
			why = form_two_prints;
		}
		if (!why) {
			form_take_uri(c, f->target.ca_url[0] != '\0');
			return;
		}
	} else if (strstr(f->host, "://")) {
		/* A .vv file's URL: the target is in there. */
		if (!f->print[0]) {
			form_take_uri(c, true);
			return;
		}
		f->focus = FORM_PRINT;
		why = form_two_prints;
	} else {
		why = form_read(f, &f->target);
		if (!why) {
			f->focus = focus;
			form_take(c,
				  c->has_uri && form_same(&f->target, &c->uri));
			return;
		}
	}
	client_text_why(c, why);
}

/* The edit that navigation key @ch means; -1 for none. */
static int form_edit(uint32_t ch)
{
	switch (ch) {
	case KBD_CHAR_LEFT:
		return VGA_EDIT_LEFT;
	case KBD_CHAR_RIGHT:
		return VGA_EDIT_RIGHT;
	case KBD_CHAR_HOME:
		return VGA_EDIT_HOME;
	case KBD_CHAR_END:
		return VGA_EDIT_END;
	case KBD_CHAR_BACKSPACE:
		return VGA_EDIT_BACKSPACE;
	case KBD_CHAR_DELETE:
		return VGA_EDIT_DELETE;
	default:
		return -1;
	}
}

static void form_edit_field(struct client_form *f, enum vga_edit edit)
{
	f->fresh &= ~(1u << f->focus);
	vga_field_edit(&f->field[f->focus], edit);
}

static void form_insert(struct client_form *f, uint32_t ch)
{
	if (f->fresh & 1u << f->focus)
		form_edit_field(f, VGA_EDIT_CLEAR);
	vga_field_insert(&f->field[f->focus], ch);
}

/* The next layout of the list, or (@back) the one before. */
static void form_next_layout(struct client *c, bool back)
{
	unsigned int i = (unsigned int)(c->ascii.layout - kbd_layouts);

	i = (i + (back ? kbd_layouts_count - 1 : 1)) % kbd_layouts_count;
	c->ascii.layout = &kbd_layouts[i];
	c->ascii.second = false;
	c->keymapped = true;
}

/*
 * The fingerprint that was filled in for the old host is no other's: it goes
 * as soon as another one is typed, so that what stands there is what counts.
 */
static void form_drop_print(struct client *c)
{
	struct client_form *f = &c->form;

	if (!(f->fresh & 1u << FORM_PRINT) || !f->print[0] ||
	    !strcmp(f->host, c->uri.host))
		return;
	f->fresh &= ~(1u << FORM_PRINT);
	vga_field_edit(&f->field[FORM_PRINT], VGA_EDIT_CLEAR);
}

/* A key that goes into the field with the cursor. */
static void form_type(struct client *c, uint32_t ch)
{
	struct client_form *f = &c->form;
	int edit = form_edit(ch);

	if (f->focus == FORM_LAYOUT)
		form_next_layout(c, edit == VGA_EDIT_LEFT);
	else if (edit >= 0)
		form_edit_field(f, (enum vga_edit)edit);
	else
		for (; ch >= ' ' && ch < KBD_CHAR_BACKTAB;
		     ch = kbd_ascii_next(&c->ascii))
			form_insert(f, ch);
	form_drop_print(c);
}

void client_form_key(struct client *c, const struct kbd_key *key)
{
	struct client_form *f = &c->form;
	uint32_t ch = kbd_ascii_feed(&c->ascii, &c->kbd.scancode, key);

	/* Caps Lock and Alt+Shift are to be seen, too. */
	c->text_dirty |= key->pressed;
	if (!ch)
		return;
	/* Somebody is there: no trying behind his back. */
	if (c->retry_us)
		client_put_off(c);
	if (ch == KBD_CHAR_TAB || ch == KBD_CHAR_DOWN)
		form_move(f, false);
	else if (ch == KBD_CHAR_BACKTAB || ch == KBD_CHAR_UP)
		form_move(f, true);
	else if (ch == KBD_CHAR_ENTER)
		form_accept(c);
	else if (ch == KBD_CHAR_ESC)
		client_retry_now(c);
	else if (ch == KBD_CHAR_F1 + 2)
		form_next_layout(c, false);
	else
		form_type(c, ch);
}
