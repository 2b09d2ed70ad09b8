/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Keys and mouse: to the session while there is a picture, else to the text
 * screen.
 *
 * Called each turn and from inside long decodes, so it never ends a session or
 * changes the screen's mode: it leaves a note for the main loop.
 */
#include "ipxe-glue/client.h"

/*
 * Servers count lock keys by their scancodes, and Pause has Num Lock's in it,
 * Ctrl+Break has Scroll Lock's: two seconds after such a key they push a lock
 * state that is wrong. What they push of that lock is not believed for:
 */
#define INPUT_GUARD_US 3000000u

/* Set 1's numbers of N and C: by their places, whatever is printed on them. */
#define INPUT_KEY_N 0x31
#define INPUT_KEY_C 0x2e

/*
 * The keys that stay here, all with Ctrl+Alt+Shift: Esc ends the session and
 * opens the form, N shows the next display. Both are left to the main loop.
 */
static bool input_hotkey(struct client *c, const struct kbd_key *key)
{
	uint8_t mods = kbd_modifiers(&c->kbd.scancode);

	/* Either of two keys will do for each. */
	if (!key->pressed || !(mods & KBD_MOD_CTRL) || !(mods & KBD_MOD_ALT) ||
	    !(mods & KBD_MOD_SHIFT))
		return false;
	if (key->code == KBD_KEY_ESC)
		c->leave_session = true;
	else if (key->code == INPUT_KEY_N)
		c->next_display |= !key->repeat;
	else
		return false;
	return true;
}

/* Is @key the one that the .vv file names? With just these modifiers. */
static bool input_is(struct client *c, const struct kbd_key *key,
		     const struct target_hotkey *hotkey)
{
	uint8_t mods = kbd_modifiers(&c->kbd.scancode);

	return hotkey->key && key->pressed && key->code == hotkey->key &&
	       !(mods & KBD_MOD_CTRL) == !hotkey->ctrl &&
	       !(mods & KBD_MOD_ALT) == !hotkey->alt &&
	       !(mods & KBD_MOD_SHIFT) == !hotkey->shift;
}

static void input_send(struct client *c, uint32_t code, bool pressed)
{
	struct kbd_key key = {code, pressed, false};

	chan_session_key(c->carrier->session, kbd_key_bytes(&key), pressed);
}

/*
 * Type Ctrl+Alt+Del there. What is held goes up before; its own releases, which
 * come later, are then nobody's.
 */
static void input_attention(struct client *c)
{
	static const uint32_t keys[] = {KBD_KEY_CTRL, KBD_KEY_ALT, KBD_KEY_DEL};
	unsigned int i;

	client_input_moved(c);
	for (i = 0; i < 3; i++)
		input_send(c, keys[i], true);
	while (i--)
		input_send(c, keys[i], false);
}

/* Which lock will the server get wrong after @key? */
static void input_guard(struct client *c, const struct kbd_key *key)
{
	if (!key->pressed)
		return;
	if (key->code == KBD_KEY_PAUSE)
		c->locks_guard |= KBD_LOCK_NUM;
	else if (key->code == KBD_KEY_BREAK)
		c->locks_guard |= KBD_LOCK_SCROLL;
	else if (key->code == KBD_KEY_NUM)
		c->locks_guard &= (uint8_t)~KBD_LOCK_NUM;
	else if (key->code == KBD_KEY_SCROLL)
		c->locks_guard &= (uint8_t)~KBD_LOCK_SCROLL;
	else
		return;
	c->guard_us = port_now_us() + INPUT_GUARD_US;
}

void client_input_locks(struct client *c, uint16_t locks)
{
	uint8_t guard = 0, now = locks & 7;

	if (port_now_us() < c->guard_us)
		guard = c->locks_guard;
	else
		c->locks_guard = 0;
	now = (uint8_t)((now & ~guard) | (c->locks & guard));
	c->locks = now;
	c->ascii.locks = now;
	kbd_leds_set(&c->kbd, now);
}

/* Where @code stands among the keys whose press was sent; the end: nowhere. */
static unsigned int input_sent(const struct client *c, uint32_t code)
{
	unsigned int i;

	for (i = 0; i < c->sent_count; i++)
		if (c->sent[i] == code)
			break;
	return i;
}

/*
 * Is @key the session's business? A key that was pressed on the text screen
 * (Enter in the form) and is still held is not, until it was let go.
 */
static bool input_mine(struct client *c, const struct kbd_key *key)
{
	unsigned int i = input_sent(c, key->code);
	bool sent = i < c->sent_count;

	if (!key->pressed) {
		if (sent)
			c->sent[i] = c->sent[--c->sent_count];
		return sent;
	}
	if (sent)
		return true;
	if (key->repeat || c->sent_count == CLIENT_SENT_MAX)
		return false;
	c->sent[c->sent_count++] = key->code;
	return true;
}

void client_input_start(struct client *c)
{
	c->sent_count = 0;
}

void client_input_moved(struct client *c)
{
	while (c->sent_count)
		input_send(c, c->sent[--c->sent_count], false);
}

static void input_session_key(struct client *c, const struct kbd_key *key)
{
	if (input_hotkey(c, key))
		return;
	if (input_is(c, key, &c->uri.release_cursor)) {
		c->leave_session = true;
		return;
	}
	if (input_is(c, key, &c->uri.secure_attention)) {
		if (!key->repeat)
			input_attention(c);
		return;
	}
	input_guard(c, key);
	if (!input_mine(c, key))
		return;
	chan_session_key(c->carrier->session, kbd_key_bytes(key), key->pressed);
}

/* Ctrl+C, too, where a script waits: all that iPXE does is left so. */
static bool input_leaves(struct client *c, const struct kbd_key *key)
{
	if (!key->pressed)
		return false;
	return key->code == KBD_KEY_F1 + 9 ||
	       (client_once(c) && key->code == INPUT_KEY_C &&
		kbd_modifiers(&c->kbd.scancode) & KBD_MOD_CTRL);
}

/* A key on the text screen. */
static void input_text_key(struct client *c, const struct kbd_key *key)
{
	if (port_now_us() < c->deaf_us)
		return;
	if (input_leaves(c, key)) {
		client_leave(c);
	} else if (c->state == CLIENT_FORM) {
		client_form_key(c, key);
	} else if (c->state == CLIENT_CERT) {
		client_cert_key(c, key);
	} else if (key->pressed && key->code == KBD_KEY_F1 + 1 &&
		   !client_once(c)) {
		client_next_drop(c);
		carrier_stop(c->carrier);
		/* What the person confirmed is asked for anew. */
		c->uri.pinned = false;
		client_input_start(c);
		c->ended = false;
		client_form_open(c, FORM_HOST);
		client_put_off(c);
	} else if (key->pressed && key->code == KBD_KEY_ENTER &&
		   c->state == CLIENT_WAIT) {
		client_retry_now(c);
	}
}

/* @v inside 0..size - 1. */
static int32_t input_clamp(int64_t v, uint32_t size)
{
	if (v < 0)
		return 0;
	return v < (int64_t)size ? (int32_t)v : (int32_t)size - 1;
}

void client_input_place(struct client *c)
{
	const struct pixmap *pm = chan_session_picture(c->carrier->session);

	if (!pm)
		return;
	c->pointer_x = input_clamp(c->pointer_x, pm->width);
	c->pointer_y = input_clamp(c->pointer_y, pm->height);
	c->cursor_dirty = true;
}

void client_input_resume(struct client *c)
{
	struct chan_session *s = c->carrier->session;

	if (c->moved && chan_session_mouse_mode(s) == SPICE_MOUSE_MODE_CLIENT)
		chan_session_position(s, (uint32_t)c->pointer_x,
				      (uint32_t)c->pointer_y);
}

/* The mouse moved: in either mode we know where our own pointer would be. */
static void input_motion(struct client *c, int32_t dx, int32_t dy)
{
	struct chan_session *s = c->carrier->session;

	/* Between two primaries there is no place to point at. */
	if (!chan_session_picture(s))
		return;
	c->moved = true;
	c->pointer_x += dx;
	c->pointer_y += dy;
	client_input_place(c);
	if (chan_session_mouse_mode(s) == SPICE_MOUSE_MODE_CLIENT)
		chan_session_position(s, (uint32_t)c->pointer_x,
				      (uint32_t)c->pointer_y);
	else
		chan_session_motion(s, dx, dy);
}

/* The protocol's number for one of kbd's buttons. */
static unsigned int input_button(uint8_t button)
{
	switch (button) {
	case KBD_LEFT:
		return SPICE_MOUSE_BUTTON_LEFT;
	case KBD_MIDDLE:
		return SPICE_MOUSE_BUTTON_MIDDLE;
	default:
		return SPICE_MOUSE_BUTTON_RIGHT;
	}
}

static void input_session(struct client *c, const struct kbd_event *e)
{
	switch (e->type) {
	case KBD_KEY:
		input_session_key(c, &e->key);
		break;
	case KBD_MOTION:
		input_motion(c, e->dx, e->dy);
		break;
	case KBD_BUTTON_DOWN:
	case KBD_BUTTON_UP:
		chan_session_button(c->carrier->session,
				    input_button(e->button),
				    e->type == KBD_BUTTON_DOWN);
		break;
	default:
		break;
	}
}

void client_input(struct client *c)
{
	struct kbd_event e;

	while (kbd_poll(&c->kbd, &e)) {
		if (c->state == CLIENT_SESSION)
			input_session(c, &e);
		else if (e.type == KBD_KEY)
			input_text_key(c, &e.key);
	}
}

void client_input_release(struct client *c)
{
	struct kbd_event e;

	while (kbd_release_all(&c->kbd, &e))
		if (c->carrier->session)
			input_session(c, &e);
	client_input_start(c);
}
