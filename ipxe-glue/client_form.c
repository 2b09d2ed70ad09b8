/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The form on the text screen: host, port, password.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ipxe-glue/client.h"

#define FORM_LABEL VGA_ATTR(VGA_BRIGHT | VGA_GREY, VGA_BLACK)
#define FORM_ENTRY VGA_ATTR(VGA_BRIGHT | VGA_GREY, VGA_BLUE)

/* What QEMU's first machine has everywhere. */
#define FORM_PORT_USUAL "5900"

#define FORM_ROW  19
#define FORM_LEFT 2
#define FORM_COL  14
#define FORM_COLS 60

static const struct form_row {
	const char *label;
	int cols;
} form_rows[FORM_FIELDS] = {
	[FORM_HOST] = {"Host", FORM_COLS},
	[FORM_PORT] = {"Port", 6},
	[FORM_PASSWORD] = {"Password", FORM_COLS},
};

void client_form_open(struct client *c, enum form_field focus)
{
	struct client_form *f = &c->form;
	char *text[FORM_FIELDS] = {f->host, f->port, f->password};
	size_t size[FORM_FIELDS] = {sizeof(f->host), sizeof(f->port),
				    sizeof(f->password)};
	unsigned int i;

	memset(f, 0, sizeof(*f));
	memcpy(f->port, FORM_PORT_USUAL, sizeof(FORM_PORT_USUAL));
	if (c->has_uri) {
		memcpy(f->host, c->uri.host, sizeof(f->host));
		snprintf(f->port, sizeof(f->port), "%u",
			 (unsigned int)c->uri.port);
	}
	for (i = 0; i < FORM_FIELDS; i++) {
		f->field[i].row = FORM_ROW + (int)i;
		f->field[i].col = FORM_COL;
		f->field[i].cols = form_rows[i].cols;
		f->field[i].attr = FORM_ENTRY;
		f->field[i].text = text[i];
		f->field[i].size = size[i];
		f->field[i].secret = i == FORM_PASSWORD;
		vga_field_init(&f->field[i]);
	}
	f->focus = focus;
	f->fresh = (1u << FORM_FIELDS) - 1;
	c->state = CLIENT_FORM;
	c->text_dirty = true;
}

void client_form_draw(struct client *c)
{
	unsigned int i;

	for (i = 0; i < FORM_FIELDS; i++)
		vga_text_put(&c->vga, FORM_ROW + (int)i, FORM_LEFT, FORM_LABEL,
			     form_rows[i].label);
	for (i = 0; i < FORM_FIELDS; i++)
		vga_field_draw(&c->vga, &c->form.field[i], false);
	vga_field_draw(&c->vga, &c->form.field[c->form.focus], true);
}

/* Go to the next field, or (@back) to the one before. */
static void form_move(struct client_form *f, bool back)
{
	f->focus = (f->focus + (back ? FORM_FIELDS - 1 : 1)) % FORM_FIELDS;
}

/* A port as typed, 0 for none. */
static uint16_t form_port(const char *text)
{
	uint32_t v = 0;

	for (; *text >= '0' && *text <= '9' && v < 65536; text++)
		v = v * 10 + (uint32_t)(*text - '0');
	return *text || v > 65535 ? 0 : (uint16_t)v;
}

/* Do @a and @b name the same server and password? */
static bool form_same(const struct target *a, const struct target *b)
{
	return a->port == b->port && !strcmp(a->host, b->host) &&
	       !strcmp(a->password, b->password);
}

/*
 * Take what was typed. A whole spice:// URI in the host's field is as good as
 * host and port.
 */
static void form_accept(struct client *c)
{
	struct client_form *f = &c->form;
	const char *why = NULL;
	struct target uri;

	if (!strncmp(f->host, "spice", 5) && strchr(f->host, '/')) {
		if (uri_parse(&uri, f->host, &why)) {
			f->focus = FORM_HOST;
			client_text_why(c, why);
			return;
		}
	} else {
		uint8_t compression = c->uri.compression;

		/* Defaults of every other key. */
		uri_parse(&uri, "spice://host:1", &why);
		if (c->has_uri)
			uri.compression = compression;
		memcpy(uri.host, f->host, sizeof(uri.host));
		uri.port = form_port(f->port);
	}
	if (!uri.host[0] || !uri.port) {
		f->focus = uri.host[0] ? FORM_PORT : FORM_HOST;
		client_text_why(
			c, uri.host[0] ? "A port is a number from 1 to 65535."
				       : "Type the server's name or address.");
		return;
	}
	if (f->password[0])
		memcpy(uri.password, f->password, sizeof(uri.password));
	else if (c->has_uri && !uri.password[0] && uri.port == c->uri.port &&
		 !strcmp(uri.host, c->uri.host))
		memcpy(uri.password, c->uri.password, sizeof(uri.password));
	memset(f->password, 0, sizeof(f->password));
	c->taken = c->taken && form_same(&uri, &c->uri);
	target_move(&c->uri, &uri);
	c->name[0] = '\0';
	c->has_uri = true;
	c->tries = 0;
	client_retry_now(c);
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

void client_form_key(struct client *c, const struct kbd_key *key)
{
	struct client_form *f = &c->form;
	uint32_t ch = kbd_ascii_feed(&c->ascii, &c->kbd.scancode, key);
	int edit = form_edit(ch);

	if (!ch)
		return;
	/* Somebody is there: no trying behind his back. */
	if (c->retry_us)
		client_put_off(c);
	c->text_dirty = true;
	if (edit >= 0)
		form_edit_field(f, (enum vga_edit)edit);
	else if (ch == KBD_CHAR_TAB || ch == KBD_CHAR_DOWN)
		form_move(f, false);
	else if (ch == KBD_CHAR_BACKTAB || ch == KBD_CHAR_UP)
		form_move(f, true);
	else if (ch == KBD_CHAR_ENTER)
		form_accept(c);
	else if (ch == KBD_CHAR_ESC)
		client_retry_now(c);
	for (; ch >= ' ' && ch < KBD_CHAR_BACKTAB;
	     ch = kbd_ascii_next(&c->ascii))
		form_insert(f, ch);
}
