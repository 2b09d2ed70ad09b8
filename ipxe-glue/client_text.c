/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The text screen: what is going on before, between and after pictures, and
 * one true sentence when something failed.
 */
#include <stdio.h>
#include <string.h>

#include "ipxe-glue/client.h"

#define TEXT_PLAIN VGA_ATTR(VGA_GREY, VGA_BLACK)
#define TEXT_LABEL VGA_ATTR(VGA_CYAN, VGA_BLACK)
#define TEXT_TITLE VGA_ATTR(VGA_BRIGHT | VGA_GREY, VGA_BLUE)
#define TEXT_WHY   VGA_ATTR(VGA_BRIGHT | VGA_BROWN, VGA_BLACK)
#define TEXT_KEYS  VGA_ATTR(VGA_BLACK, VGA_GREY)

#define TEXT_FIRST_ROW 2
#define TEXT_WHY_ROW   12
#define TEXT_WHY_ROWS  5
#define TEXT_WAIT_ROW  18
/* Above and below the form. */
#define TEXT_FORM_WHY_ROW  6
#define TEXT_FORM_WAIT_ROW 23
#define TEXT_LEFT	   2
#define TEXT_VALUE	   12
#define TEXT_KEYS_ROW	   (VGA_TEXT_ROWS - 1)

static const char *const text_labels[LINE_COUNT] = {
	[LINE_CARD] = "Card",	    [LINE_NET] = "Network",
	[LINE_NET6] = "IPv6",	    [LINE_SERVER] = "Server",
	[LINE_NAME] = "Address",    [LINE_MAIN] = "main",
	[LINE_DISPLAY] = "display", [LINE_INPUTS] = "inputs",
	[LINE_CURSOR] = "cursor",
};

static void text_copy(char *to, size_t room, const char *from)
{
	size_t n = strlen(from);

	if (n > room - 1)
		n = room - 1;
	memcpy(to, from, n);
	to[n] = '\0';
}

void client_text_line(struct client *c, enum client_line line, const char *text)
{
	if (!strcmp(c->line[line], text))
		return;
	text_copy(c->line[line], sizeof(c->line[line]), text);
	c->text_dirty = true;
	if (text[0]) {
		char log[CLIENT_LINE_BYTES + 16];

		snprintf(log, sizeof(log), "%s: %s", text_labels[line],
			 c->line[line]);
		port_log(log);
	}
}

void client_text_why(struct client *c, const char *text)
{
	text_copy(c->why, sizeof(c->why), text);
	c->text_dirty = true;
	if (text[0])
		port_log(c->why);
}

void client_text_server(struct client *c)
{
	char server[TARGET_HOST_BYTES + 16], text[CLIENT_LINE_BYTES];
	const char *name = c->uri.title[0] ? c->uri.title : c->name, *port;
	int room = VGA_TEXT_COLS - TEXT_VALUE - 10;

	uri_server(&c->uri, server, sizeof(server));
	port = strrchr(server, ':');
	/* A long host loses its end, never its port. */
	if (port && strlen(server) > (size_t)room + 8)
		snprintf(text, sizeof(text), "%.*s...%s", room, server, port);
	else
		snprintf(text, sizeof(text), "%s%s%s", server,
			 name[0] ? ", " : "", name);
	client_text_line(c, LINE_SERVER, text);
}

void client_text_clear(struct client *c)
{
	unsigned int i;

	for (i = LINE_NAME; i < LINE_COUNT; i++)
		c->line[i][0] = '\0';
	c->text_dirty = true;
}

/* How much of @text fits in @cols cells, cut between words where there are? */
static size_t text_break(const char *text, size_t cols)
{
	size_t n = strlen(text), at;

	if (n <= cols)
		return n;
	for (at = cols; at > 0; at--)
		if (text[at] == ' ')
			return at;
	return cols;
}

const char *client_text_take(const char *text, size_t cols, char *part)
{
	size_t n = text_break(text, cols);

	memcpy(part, text, n);
	part[n] = '\0';
	text += n;
	while (*text == ' ')
		text++;
	return text;
}

/* Write @text over several rows. */
static void text_wrap(struct vga *v, int row, int rows, uint8_t attr,
		      const char *text)
{
	char part[VGA_TEXT_COLS + 1];
	size_t cols = VGA_TEXT_COLS - 2 * TEXT_LEFT;

	while (rows--) {
		text = client_text_take(text, cols, part);
		vga_text_put_padded(v, row++, TEXT_LEFT, (int)cols, attr, part);
	}
}

/* The keys that work now. */
static const char *text_keys(const struct client *c)
{
	if (client_once(c))
		return " F10 leave";
	switch (c->state) {
	case CLIENT_WAIT:
		return " Enter try again now   F2 other server   "
		       "F10 leave, boot the next device";
	case CLIENT_FORM:
		return " Tab next field   Enter connect   Esc back   "
		       "F3 keyboard   F10 leave";
	case CLIENT_CERT:
		return " Enter trust it   Esc try again   F2 other server   "
		       "F10 leave";
	default:
		return " F2 other server   F10 leave, boot the next device";
	}
}

/* Seconds until the next try, 0 for none. */
static unsigned int text_seconds(const struct client *c)
{
	uint64_t now = port_now_us();

	if (!c->retry_us || c->retry_us <= now)
		return 0;
	return (unsigned int)((c->retry_us - now + 999999) / 1000000);
}

/* Is there a box for the person to fill in? */
static bool text_boxed(const struct client *c)
{
	return c->state == CLIENT_FORM || c->state == CLIENT_CERT;
}

static void text_countdown(struct client *c)
{
	char text[64] = "";

	if (c->shown_s)
		snprintf(text, sizeof(text), "Trying again in %u s.",
			 c->shown_s);
	vga_text_put_padded(&c->vga,
			    text_boxed(c) ? TEXT_FORM_WAIT_ROW : TEXT_WAIT_ROW,
			    TEXT_LEFT, 60, TEXT_PLAIN, text);
}

/*
 * What there is to say. Without a network nothing else counts, but for what the
 * form wants of its reader.
 */
static const char *text_why(const struct client *c)
{
	bool form = text_boxed(c) && c->why[0];

	return c->net_why && !form ? c->net_why : c->why;
}

/* Draw all of it. */
static void text_draw(struct client *c)
{
	struct vga *v = &c->vga;
	bool form = text_boxed(c);
	int i;

	if (form != c->text_form)
		vga_text_clear(v, TEXT_PLAIN);
	c->text_form = form;
	vga_text_put_padded(v, 0, 0, VGA_TEXT_COLS, TEXT_TITLE,
			    "  SPICE thin client");
	for (i = 0; i < (form ? LINE_SERVER : LINE_COUNT); i++) {
		int row = TEXT_FIRST_ROW + i;

		vga_text_put_padded(v, row, TEXT_LEFT, TEXT_VALUE - TEXT_LEFT,
				    TEXT_LABEL,
				    c->line[i][0] ? text_labels[i] : "");
		vga_text_put_padded(v, row, TEXT_VALUE,
				    VGA_TEXT_COLS - TEXT_VALUE, TEXT_PLAIN,
				    c->line[i]);
	}
	text_wrap(v, form ? TEXT_FORM_WHY_ROW : TEXT_WHY_ROW, TEXT_WHY_ROWS,
		  TEXT_WHY, text_why(c));
	text_countdown(c);
	vga_text_put_padded(v, TEXT_KEYS_ROW, 0, VGA_TEXT_COLS, TEXT_KEYS,
			    text_keys(c));
	if (c->state == CLIENT_FORM)
		client_form_draw(c);
	else if (c->state == CLIENT_CERT)
		client_cert_draw(c);
	else
		vga_text_cursor_hide(v);
}

void client_text_show(struct client *c)
{
	unsigned int left = text_seconds(c);

	if (client_bar_show(c, left))
		return;
	c->grey = false;
	if (!c->text) {
		vga_text_mode(&c->vga);
		c->text = true;
		c->text_dirty = true;
	}
	if (left != c->shown_s) {
		c->shown_s = left;
		text_countdown(c);
	}
	if (!c->text_dirty)
		return;
	c->text_dirty = false;
	text_draw(c);
}
