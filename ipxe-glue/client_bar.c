/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Between two sessions: the last picture stays, grey, and a band across it says
 * what happened and what happens next. The text screen is for the time before
 * there was a picture, and for what a person has to do (form, certificate).
 */
#include <stdio.h>
#include <string.h>

#include "ipxe-glue/client.h"

/* A blank row, the server, the sentence, what is next, a blank row. */
#define BAR_ROWS     7
#define BAR_SERVER   1
#define BAR_WHY	     2
#define BAR_WHY_ROWS 3
#define BAR_NEXT     5

/* The sentence; while a session is being begun, how far that is. */
static const char *bar_why(const struct client *c)
{
	if (c->net_why)
		return c->net_why;
	if (c->state == CLIENT_NET)
		return "Waiting for the network.";
	if (c->state == CLIENT_FETCH)
		return "Fetching the connection file ...";
	return c->state == CLIENT_CONNECT ? "Connecting ..." : c->why;
}

static bool bar_next(struct client *c)
{
	char text[VGA_BAR_COLS + 1], when[48] = "";

	if (c->shown_s)
		snprintf(when, sizeof(when),
			 "Trying again in %u s.   Enter now   ", c->shown_s);
	snprintf(text, sizeof(text), "%sF2 menu   F10 leave", when);
	return vga_bar(&c->vga, BAR_ROWS, BAR_NEXT, text);
}

/* Draw all of it; false where the screen cannot show it. */
static bool bar_draw(struct client *c)
{
	char part[VGA_BAR_COLS + 1];
	const char *why = bar_why(c);
	unsigned int row;
	bool good = vga_bar(&c->vga, BAR_ROWS, 0, "") &&
		    vga_bar(&c->vga, BAR_ROWS, BAR_SERVER,
			    c->line[LINE_SERVER]) &&
		    bar_next(c) && vga_bar(&c->vga, BAR_ROWS, BAR_ROWS - 1, "");

	for (row = BAR_WHY; good && row < BAR_WHY + BAR_WHY_ROWS; row++) {
		why = client_text_take(why, VGA_BAR_COLS, part);
		vga_bar(&c->vga, BAR_ROWS, row, part);
	}
	return good;
}

bool client_bar_show(struct client *c, unsigned int seconds)
{
	bool all = c->text_dirty;

	if (!c->grey || (c->state != CLIENT_NET && c->state != CLIENT_FETCH &&
			 c->state != CLIENT_CONNECT && c->state != CLIENT_WAIT))
		return false;
	if (!all && seconds == c->shown_s)
		return true;
	c->shown_s = seconds;
	c->text_dirty = false;
	return all ? bar_draw(c) : bar_next(c);
}
