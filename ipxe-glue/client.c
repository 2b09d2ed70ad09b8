/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The thin client's main loop.
 *
 * The order of a turn, and what each step may cost:
 *
 *	1. port_poll	    network in and out; one interrupt window
 *	2. client_input	    keys and mouse out; some microseconds
 *	3. carrier_turn	    one message: as long as its image takes, but with a
 *			    look at 1 and 2 every 64 Kpixel (client_yield)
 *	4. screen_turn	    at most one present in 16 ms while messages wait,
 *			    with a look at 1 and 2 every 64 Kpixel as well
 *	5. port_idle	    only when nothing waits
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ipxe-glue/client.h"

/* How long an idle turn lasts at most: the countdown and timers live on it. */
#define CLIENT_IDLE_US 50000u

/* Pauses between tries: short at first, a machine may be just starting. */
static const uint8_t client_pauses_s[] = {1, 2, 4, 8, 15, 30};

/*
 * A session that lasted so long was a good one: the next pause is short again.
 * Longer than the longest pause, so that two PCs which push each other off one
 * server end up trying every half minute, not every second.
 */
#define CLIENT_GOOD_US 60000000u

/* So often in that time a move is one more failure. */
#define CLIENT_MOVES 3

/*
 * A form that nobody types in goes away after this: a PC that somebody walked
 * away from shall find its server when that comes back.
 */
#define CLIENT_FORM_PAUSE_S 120

/*
 * Who types into a session that ends just then does not mean us: Enter, F2 and
 * F10 count again a moment later.
 */
#define CLIENT_DEAF_US 500000u

/* A refused password or certificate is tried again as it is only so often. */
#define CLIENT_PASSWORD_PAUSE_S 30

/*
 * In the middle of long work only a session's keys are looked at: those of the
 * text screen may end what is being worked on.
 */
void client_yield(void *ctx)
{
	struct client *c = ctx;

	if (c->state == CLIENT_SESSION)
		client_input(c);
}

/* vga's yield: network too, and what is to be said goes out. */
static void client_vga_yield(void *ctx)
{
	struct client *c = ctx;

	port_poll();
	client_yield(c);
	carrier_flush(c->carrier);
}

static void client_resolved(void *ctx, const char *address)
{
	client_text_line(ctx, LINE_NAME, address);
}

/* A session begins, its carrier is ready. */
static void client_begin(struct client *c, enum client_state state)
{
	c->state = state;
	c->ended = c->leave_session = c->next_display = false;
	c->retry_us = 0;
	client_text_clear(c);
	client_text_why(c, "");
	client_text_server(c);
	client_screen_start(c);
}

void client_connect(struct client *c)
{
	client_next_drop(c);
	carrier_stop(c->carrier);
	memset(c->carrier, 0, sizeof(*c->carrier));
	c->carrier->events = &client_session_events;
	c->carrier->yield = client_yield;
	c->carrier->resolved = client_resolved;
	c->carrier->ctx = c;
	client_begin(c, CLIENT_CONNECT);
	if (carrier_start(c->carrier, &c->uri)) {
		c->ended = true;
		c->error.cause = CHAN_MEMORY;
		c->error.rc = -ENOMEM;
	}
}

/* The virtual machine is at another host now. */
static void client_follow(struct client *c)
{
	if (!client_next_waits(c)) {
		client_connect(c);
		return;
	}
	client_next_take(c);
	client_begin(c, c->text || c->grey ? CLIENT_CONNECT : CLIENT_SESSION);
	port_log("taken over where it moved");
}

void client_put_off(struct client *c)
{
	c->retry_us = port_now_us() + CLIENT_FORM_PAUSE_S * 1000000ull;
}

void client_leave(struct client *c)
{
	if (client_once(c) && c->state != CLIENT_SESSION)
		c->rc = -ECANCELED;
	c->state = CLIENT_LEAVE;
}

bool client_once(const struct client *c)
{
	return c->options && c->options->once;
}

/* With once, a failure is the end: what the caller is told. */
void client_give_up(struct client *c, int rc)
{
	c->options->error = c->error;
	snprintf(c->options->why, sizeof(c->options->why), "%s",
		 c->net_why ? c->net_why : c->why);
	c->rc = rc;
	c->state = CLIENT_LEAVE;
}

void client_retry_now(struct client *c)
{
	if (c->state == CLIENT_FORM)
		client_form_forget(c);
	c->retry_us = 0;
	if (c->has_uri && port_net()->phase == PORT_NET_UP)
		client_again(c);
	else
		c->state = CLIENT_NET;
	c->text_dirty = true;
}

/* Add a sentence to @why, as far as there is room. */
static void client_add(char *why, const char *fmt, ...)
{
	size_t n = strlen(why);
	va_list args;

	va_start(args, fmt);
	vsnprintf(why + n, CLIENT_WHY_BYTES - n, fmt, args);
	va_end(args);
}

/* What the name that cannot be reached is here. */
static void client_add_address(struct client *c, char *why)
{
	const char *name = c->uri.proxy.host[0] ? c->uri.proxy.host
						: c->uri.host;
	const char *address = c->line[LINE_NAME];

	if (address[0] && strcmp(name, address))
		client_add(why, " (%s is %s.)", name, address);
}

/* The sentence for an ended session. */
static void client_say(struct client *c)
{
	char server[TARGET_HOST_BYTES + 16], why[CLIENT_WHY_BYTES];

	uri_server(&c->uri, server, sizeof(server));
	if (c->error.cause == CHAN_PASSWORD && c->uri.taken_us)
		c->error.rc = -ETIMEDOUT;
	if (c->error.cause == CHAN_ENDED && c->error.rc == -ENODEV)
		snprintf(why, sizeof(why),
			 "This PC's VGA BIOS offers no graphics mode that %s's "
			 "picture could be shown in (VBE with a linear frame "
			 "buffer is needed).",
			 server);
	else if (c->error.cause == CHAN_PASSWORD && !c->uri.password[0] &&
		 c->error.rc != -ENOENT)
		snprintf(why, sizeof(why),
			 "%s asks for a password. Type it, then Enter.",
			 server);
	else
		chan_error_sentence(&c->error, server, why, sizeof(why));
	if (c->error.cause == CHAN_PASSWORD && c->uri.password[0])
		target_add_age(&c->uri, port_now_us(), why, sizeof(why));
	else if (c->error.cause == CHAN_NO_CONNECTION)
		client_add_address(c, why);
	client_text_why(c, why);
}

/* Remember whose picture it was. */
static void client_name(struct client *c)
{
	const char *name;

	if (!c->carrier->session)
		return;
	name = chan_session_name(c->carrier->session);
	if (name[0])
		snprintf(c->name, sizeof(c->name), "%s", name);
	client_text_server(c);
}

/*
 * Is the server through with us? A lost network, a server that stopped in a
 * message, a picture that does not decode are no ends of a session, whatever
 * shall follow one: it is tried again.
 */
static bool client_over(const struct client *c)
{
	return c->first_us &&
	       (c->error.cause == CHAN_SERVER_CLOSED ||
		c->error.cause == CHAN_CUT ||
		(c->error.cause == CHAN_LOST && c->error.rc == -ECONNRESET));
}

/*
 * The form is open for whoever comes next: what was typed and what was
 * confirmed went with the person. What a URI, settings or a .vv file in memory
 * say is there again, for that is the administrator's. Where there is nothing
 * of the kind, the server's name stays to be seen, but no URL: it may be as
 * good as a password.
 */
static void client_parted(struct client *c)
{
	if (c->own && (c->before.host[0] || c->uri.source[0])) {
		target_move(&c->uri, &c->before);
		c->has_uri = c->uri.host[0] != '\0';
		c->name[0] = '\0';
		target_forget(c->line[LINE_SERVER], CLIENT_LINE_BYTES);
		client_move_forget(c);
	} else if (c->uri.typed || client_renews(c)) {
		target_forget(c->uri.password, sizeof(c->uri.password));
	}
	c->own = c->uri.typed = c->uri.pinned = false;
	client_form_open(c, FORM_HOST);
}

/* What follows the end of a session, if it is not the next one. */
static bool client_on_end(struct client *c)
{
	switch (c->uri.on_end) {
	case TARGET_ON_END_MENU:
		client_parted(c);
		return true;
	case TARGET_ON_END_POWEROFF:
		c->exit = PORT_EXIT_POWEROFF;
		break;
	case TARGET_ON_END_REBOOT:
		c->exit = PORT_EXIT_REBOOT;
		break;
	case TARGET_ON_END_NEXT:
		if (c->options)
			c->options->next = true;
		break;
	default:
		return false;
	}
	c->state = CLIENT_LEAVE;
	return true;
}

/*
 * It moved: at once after it? Not when that goes on and on: two servers that
 * each name the other had us turn in a circle.
 */
static bool client_follows(struct client *c)
{
	if (!c->moves || port_now_us() - c->moved_us > CLIENT_GOOD_US) {
		c->moves = 0;
		c->moved_us = port_now_us();
	}
	return ++c->moves < CLIENT_MOVES;
}

/* A session is over: its password is wiped where a fresh .vv file brings the
   next one. */
static void client_forget(struct client *c)
{
	if (client_renews(c))
		target_forget(c->uri.password, sizeof(c->uri.password));
}

/*
 * Let go of an ended session, its picture kept: grey, unless another session
 * takes over. Keys that are held there, by all we know, the next session lets
 * go of: a server that is there may have done so, one that is gone has not.
 *
 * Returns whether it goes on elsewhere.
 */
static bool client_over_now(struct client *c)
{
	bool moved;

	client_name(c);
	moved = client_move(c) && client_follows(c);
	c->state = CLIENT_WAIT;
	c->ended = false;
	c->text_dirty = true;
	if (c->first_us)
		c->deaf_us = port_now_us() + CLIENT_DEAF_US;
	if (!moved || !c->error.detail)
		client_next_drop(c);
	if (client_next_waits(c))
		client_screen_still(c);
	else if (!client_once(c))
		client_screen_grey(c);
	client_cert_note(c);
	carrier_stop(c->carrier);
	return moved;
}

unsigned int client_pause(struct client *c)
{
	unsigned int i = c->tries++;

	if (i >= sizeof(client_pauses_s))
		i = sizeof(client_pauses_s) - 1;
	return client_pauses_s[i];
}

/* A session has ended or could not be begun: say why, plan the next try. */
static void client_failed(struct client *c)
{
	unsigned int pause;
	bool back, asks;

	if (client_over_now(c)) {
		client_follow(c);
		return;
	}
	if (c->first_us && port_now_us() - c->first_us > CLIENT_GOOD_US)
		c->tries = 0;
	client_screen_failed(c, c->error.channel);
	client_say(c);
	asks = !c->uri.password[0] || c->error.rc == -ENOENT;
	client_forget(c);
	back = client_move_back(c);
	if (client_once(c)) {
		client_give_up(c, -EIO);
		return;
	}
	if (client_over(c) && client_on_end(c))
		return;
	/* What always decodes: the server's other encodings it may not be. */
	if (c->error.cause == CHAN_IMAGE)
		c->uri.compression = SPICE_IMAGE_COMPRESSION_LZ;
	pause = client_pause(c);
	/* A fresh .vv file has a fresh one, where it has one at all. */
	if (c->error.cause == CHAN_PASSWORD && (asks || !client_renews(c)) &&
	    !back) {
		client_form_open(c, FORM_PASSWORD);
		pause = CLIENT_PASSWORD_PAUSE_S;
	}
	if (!back && client_cert_open(c))
		pause = CLIENT_PASSWORD_PAUSE_S;
	c->retry_us = port_now_us() + pause * 1000000ull;
}

/* The person left the session by the hotkey. */
static void client_left(struct client *c)
{
	client_input_release(c);
	client_next_drop(c);
	carrier_stop(c->carrier);
	c->leave_session = false;
	if (client_once(c)) {
		client_leave(c);
		return;
	}
	c->retry_us = 0;
	client_text_clear(c);
	client_text_why(c, "");
	client_parted(c);
}

/* ---- the network's state, and where to connect ---- */

/* The IPv6 address beside the other one. */
static void client_net6_text(struct client *c, const struct port_net *net)
{
	char text[CLIENT_LINE_BYTES] = "";

	if (net->address6[0] && strcmp(net->address6, net->address))
		snprintf(text, sizeof(text), "%s%s%s", net->address6,
			 net->gateway6[0] ? ", router " : "", net->gateway6);
	client_text_line(c, LINE_NET6, text);
}

static void client_net_text(struct client *c, const struct port_net *net)
{
	char text[CLIENT_LINE_BYTES];

	client_text_line(c, LINE_CARD, net->card);
	client_net6_text(c, net);
	switch (net->phase) {
	case PORT_NET_UP:
		snprintf(text, sizeof(text), "%s%s%s%s%s", net->address,
			 net->gateway[0] ? ", gateway " : "", net->gateway,
			 net->dns[0] ? ", DNS " : "", net->dns);
		client_text_line(c, LINE_NET, text);
		break;
	case PORT_NET_LINK:
		client_text_line(c, LINE_NET, "waiting for the link");
		break;
	case PORT_NET_DHCP:
		client_text_line(c, LINE_NET, "asking for an address (DHCP)");
		break;
	case PORT_NET_FAILED:
		client_text_line(c, LINE_NET, "not up yet, still trying");
		break;
	default:
		client_text_line(c, LINE_NET, "starting the card");
		break;
	}
}

/* The sentence for a network that does not come up. */
static const char *client_net_why(int rc)
{
	switch (rc) {
	case -ENODEV:
		return "The network card could not be started. Switch the PC "
		       "off and on; look for the card in the BIOS setup.";
	case -ENETDOWN:
		return "The network card has no link. Check the cable.";
	case -ETIMEDOUT:
		return "No DHCP server answered. Check the cable and the "
		       "network's DHCP server; this goes on asking.";
	default:
		return "The network could not be started. Switch the PC off "
		       "and on.";
	}
}

/* Follow the network's phases. */
static void client_net(struct client *c)
{
	const struct port_net *net = port_net();

	client_net_text(c, net);
	if (net->phase != c->phase) {
		c->phase = net->phase;
		c->net_why = net->phase == PORT_NET_FAILED
				     ? client_net_why(net->rc)
				     : NULL;
		c->text_dirty = true;
		if (c->net_why)
			port_log(c->net_why);
		if (net->phase == PORT_NET_UP)
			port_log("network is up");
	}
	if (net->phase == PORT_NET_FAILED && client_once(c) &&
	    c->state != CLIENT_SESSION) {
		c->error.rc = net->rc;
		client_give_up(c, -ENETDOWN);
	}
	if (c->state != CLIENT_NET || net->phase != PORT_NET_UP)
		return;
	if (c->has_uri)
		client_again(c);
	else
		client_where(c);
}

/* Log how much memory is in use whenever that has grown by a megabyte. */
static void client_memory(struct client *c)
{
	size_t left = port_memory_free();
	char log[64];

	if (left + (1u << 20) > c->memory_least)
		return;
	c->memory_least = left;
	snprintf(log, sizeof(log), "memory: %u KiB of %u KiB in use",
		 (unsigned int)((c->memory_bytes - left) >> 10),
		 (unsigned int)(c->memory_bytes >> 10));
	port_log(log);
}

/* How long may an idle turn last? A video frame may fall due. */
static uint64_t client_idle_until(const struct client *c)
{
	uint64_t until_us = port_now_us() + CLIENT_IDLE_US, due_us;

	if (!c->carrier->session)
		return until_us;
	due_us = chan_session_due(c->carrier->session);
	return due_us < until_us ? due_us : until_us;
}

/* One turn; returns whether more waits to be done at once. */
static bool client_turn(struct client *c)
{
	bool more = false;

	port_poll();
	client_net(c);
	client_source_turn(c);
	if (c->state != CLIENT_LEAVE)
		client_input(c);
	if (c->state == CLIENT_LEAVE)
		return true;
	if (c->carrier->session) {
		client_memory(c);
		more = carrier_turn(c->carrier);
		client_next_turn(c);
		client_screen_turn(c, more);
	}
	if (c->next_display && c->carrier->session)
		chan_session_next(c->carrier->session);
	c->next_display = false;
	if (c->ended)
		client_failed(c);
	else if (c->leave_session)
		client_left(c);
	if (c->retry_us && port_now_us() >= c->retry_us)
		client_retry_now(c);
	if (c->state != CLIENT_SESSION && c->state != CLIENT_LEAVE)
		client_text_show(c);
	return more;
}

static int client_run(struct client *c)
{
	int rc;

	c->bios = port_bios();
	if (!c->bios)
		return -ENODEV;
	rc = vga_init(&c->vga, c->bios);
	if (rc)
		return rc;
	vga_set_yield(&c->vga, client_vga_yield, c);
	rc = kbd_install(&c->kbd, c->bios);
	if (rc)
		return rc;
	c->locks = kbd_leds_get(&c->kbd);
	kbd_ascii_init(&c->ascii, c->locks);
	client_text_show(c);

	port_net_start();
	while (c->state != CLIENT_LEAVE)
		if (!client_turn(c))
			port_idle(client_idle_until(c));

	client_input_release(c);
	client_next_drop(c);
	carrier_stop(c->carrier);
	vga_text_mode(&c->vga);
	kbd_remove(&c->kbd);
	if (c->exit != PORT_EXIT_RETURN)
		port_exit(c->exit);
	return c->rc;
}

int client_main(struct client_options *options)
{
	size_t memory = port_memory_free();
	struct client *c = port_alloc(sizeof(*c));
	int rc;

	if (!c)
		return -ENOMEM;
	memset(c, 0, sizeof(*c));
	c->options = options;
	target_init(&c->before);
	c->carrier = c->carriers;
	c->memory_bytes = c->memory_least = memory;
	rc = client_run(c);
	source_stop(&c->source);
	target_wipe(&c->uri);
	target_wipe(&c->before);
	target_forget(c, sizeof(*c));
	port_free(c);
	return rc;
}
