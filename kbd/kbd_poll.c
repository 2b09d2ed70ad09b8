/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The ring's entries to events, in order: motion is gathered up to the next
 * key or button.
 */
#include <string.h>

#include "kbd/kbd.h"
#include "kbd/kbd_hook.h"

static bool ring_empty(const struct kbd *k)
{
	return k->hook->head == k->hook->tail;
}

static struct kbd_ring_entry ring_first(const struct kbd *k)
{
	volatile struct kbd_ring_entry *at =
		&k->hook->ring[k->hook->tail % KBD_RING_ENTRIES];
	struct kbd_ring_entry entry = {at->tag, at->a, at->x, at->y};

	return entry;
}

static void ring_drop(struct kbd *k)
{
	k->hook->tail = (k->hook->tail + 1) % KBD_RING_ENTRIES;
}

/* Give out the release of one held key. */
static bool release_key(struct kbd *k, struct kbd_event *event)
{
	if (!kbd_scancode_release(&k->scancode, &event->key))
		return false;
	event->type = KBD_KEY;
	event->buttons = k->mouse.buttons;
	return true;
}

/* Take the ring's next byte of the keyboard. Returns whether @event is one. */
static bool poll_key(struct kbd *k, uint8_t byte, struct kbd_event *event)
{
	if (!kbd_scancode_feed(&k->scancode, byte, &event->key))
		return false;
	event->type = KBD_KEY;
	event->buttons = k->mouse.buttons;
	return true;
}

/*
 * The ring is empty. Were bytes lost, there may be a release among them:
 * release all, rather than hold a key that nobody presses.
 */
static bool poll_lost(struct kbd *k, struct kbd_event *event)
{
	if (k->lost_seen != k->hook->lost_keys) {
		k->lost_seen = k->hook->lost_keys;
		k->releasing = true;
	}
	k->releasing = k->releasing && release_key(k, event);
	return k->releasing;
}

bool kbd_poll(struct kbd *k, struct kbd_event *event)
{
	struct kbd_ring_entry entry;

	memset(event, 0, sizeof(*event));
	if (!k->installed)
		return false;
	while (!ring_empty(k)) {
		entry = ring_first(k);
		/* What the mouse did before goes out before a key. */
		if (entry.tag == KBD_TAG_KEY ||
		    k->mouse.target != k->mouse.buttons) {
			if (kbd_mouse_next(&k->mouse, event))
				return true;
		}
		ring_drop(k);
		if (entry.tag == KBD_TAG_MOUSE)
			kbd_mouse_feed(&k->mouse, entry.a, entry.x, entry.y);
		else if (poll_key(k, entry.a, event))
			return true;
	}
	return kbd_mouse_next(&k->mouse, event) || poll_lost(k, event);
}

bool kbd_pending(const struct kbd *k)
{
	return k->installed &&
	       (!ring_empty(k) || k->mouse.dx || k->mouse.dy ||
		k->mouse.target != k->mouse.buttons || k->releasing ||
		k->lost_seen != k->hook->lost_keys);
}

bool kbd_release_all(struct kbd *k, struct kbd_event *event)
{
	memset(event, 0, sizeof(*event));
	if (k->hook)
		k->hook->tail = k->hook->head;
	k->mouse.dx = k->mouse.dy = 0;
	k->mouse.target = 0;
	return release_key(k, event) || kbd_mouse_next(&k->mouse, event);
}

uint32_t kbd_lost(const struct kbd *k)
{
	return k->hook ? k->hook->lost_keys + k->hook->lost_mouse : 0;
}
