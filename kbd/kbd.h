/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Keyboard and mouse of a PC with a BIOS, without losing what the BIOS itself
 * would swallow: raw scancodes as the keyboard made them, mouse packets.
 *
 * A small resident block in low memory (kbd_hook.S) takes them in interrupts
 * and queues them in one ring, in the order they came. kbd_poll() turns that
 * into events. No interrupt handler runs here: the caller opens an interrupt
 * window (romlayout's or iPXE's business) every few milliseconds.
 *
 *	kbd_install()	hook the BIOS; nothing reaches the BIOS's own buffer now
 *	kbd_poll()	the next event, until it returns false
 *	kbd_release_all() release what is held, one key a call (session ends)
 *	kbd_remove()	give everything back
 */
#ifndef KBD_KBD_H
#define KBD_KBD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "romlayout/include/bios.h"

/*
 * A key is named by the bytes that its press sends, the first one lowest: A is
 * 0x1e, the left arrow 0x4be0 (E0 4B), Pause 0x451de1 (E1 1D 45).
 */
#define KBD_KEY_EXT(code) (0xe0u | (uint32_t)(code) << 8)
#define KBD_KEY_ESC	  0x01u
#define KBD_KEY_TAB	  0x0fu
#define KBD_KEY_ENTER	  0x1cu
#define KBD_KEY_CTRL	  0x1du
#define KBD_KEY_SHIFT	  0x2au
#define KBD_KEY_RSHIFT	  0x36u
#define KBD_KEY_ALT	  0x38u
#define KBD_KEY_CAPS	  0x3au
#define KBD_KEY_F1	  0x3bu
#define KBD_KEY_NUM	  0x45u
#define KBD_KEY_SCROLL	  0x46u
#define KBD_KEY_SYSRQ	  0x54u
#define KBD_KEY_F11	  0x57u
#define KBD_KEY_F12	  0x58u
#define KBD_KEY_RCTRL	  KBD_KEY_EXT(0x1d)
#define KBD_KEY_PRINT	  KBD_KEY_EXT(0x37)
#define KBD_KEY_ALTGR	  KBD_KEY_EXT(0x38)
#define KBD_KEY_BREAK	  KBD_KEY_EXT(0x46)
#define KBD_KEY_DEL	  KBD_KEY_EXT(0x53)
#define KBD_KEY_LGUI	  KBD_KEY_EXT(0x5b)
#define KBD_KEY_RGUI	  KBD_KEY_EXT(0x5c)
#define KBD_KEY_PAUSE	  0x451de1u

struct kbd_key {
	uint32_t code; /* as above, for presses and releases alike */
	bool pressed;
	bool repeat; /* pressed while it was held: autorepeat */
};

/*
 * The bytes of @key as the keyboard sent them, first one lowest: a release has
 * bit 7 set in its last byte (in both of Pause's).
 */
uint32_t kbd_key_bytes(const struct kbd_key *key);

enum kbd_type {
	KBD_NONE,
	KBD_KEY,	 /* key */
	KBD_MOTION,	 /* dx, dy */
	KBD_BUTTON_DOWN, /* button */
	KBD_BUTTON_UP,	 /* button */
};

/* Bits of a button mask, and the values of `button`. */
#define KBD_LEFT   1
#define KBD_RIGHT  2
#define KBD_MIDDLE 4

struct kbd_event {
	enum kbd_type type;
	struct kbd_key key;
	int32_t dx, dy;	 /* px, right and down are positive */
	uint8_t button;	 /* one of KBD_LEFT... */
	uint8_t buttons; /* mask of all held after this event */
};

/* ---- Scancodes: bytes to keys (kbd_scancode.c) ---- */

struct kbd_scancode {
	uint8_t prefix;	  /* state, see kbd_scancode.c */
	uint32_t held[9]; /* bit per key: 128 plain, 128 E0, Pause */
};

/* Start with no key held. */
void kbd_scancode_init(struct kbd_scancode *s);

/*
 * Take one byte from the keyboard.
 *
 * @key: receives the key, written only if there is one
 * Returns whether @byte ended a key's press or release. Releases of keys that
 * are not held are dropped.
 */
bool kbd_scancode_feed(struct kbd_scancode *s, uint8_t byte,
		       struct kbd_key *key);

/*
 * Release one held key: modifiers last.
 *
 * Returns false when none is held; else @key is the release.
 */
bool kbd_scancode_release(struct kbd_scancode *s, struct kbd_key *key);

/* Is the key of that name held? */
bool kbd_scancode_held(const struct kbd_scancode *s, uint32_t code);

/* Held modifiers; for hotkeys. */
#define KBD_MOD_LSHIFT 0x01
#define KBD_MOD_RSHIFT 0x02
#define KBD_MOD_LCTRL  0x04
#define KBD_MOD_RCTRL  0x08
#define KBD_MOD_LALT   0x10
#define KBD_MOD_RALT   0x20 /* AltGr */
#define KBD_MOD_LGUI   0x40
#define KBD_MOD_RGUI   0x80
#define KBD_MOD_SHIFT  (KBD_MOD_LSHIFT | KBD_MOD_RSHIFT)
#define KBD_MOD_CTRL   (KBD_MOD_LCTRL | KBD_MOD_RCTRL)
#define KBD_MOD_ALT    (KBD_MOD_LALT | KBD_MOD_RALT)
uint8_t kbd_modifiers(const struct kbd_scancode *s);

/* ---- Keys to characters, for input on our own screens (kbd_ascii.c) ---- */

/* Lock bits, numbered as SPICE_KEYBOARD_MODIFIER_FLAGS are. */
#define KBD_LOCK_SCROLL 1
#define KBD_LOCK_NUM	2
#define KBD_LOCK_CAPS	4

/* What is no character lies above Unicode. */
enum kbd_char {
	KBD_CHAR_NONE = 0,
	KBD_CHAR_BACKSPACE = 0x08,
	KBD_CHAR_TAB = 0x09,
	KBD_CHAR_ENTER = 0x0a,
	KBD_CHAR_ESC = 0x1b,
	KBD_CHAR_BACKTAB = 0x110000, /* Shift+Tab */
	KBD_CHAR_UP,
	KBD_CHAR_DOWN,
	KBD_CHAR_LEFT,
	KBD_CHAR_RIGHT,
	KBD_CHAR_HOME,
	KBD_CHAR_END,
	KBD_CHAR_PGUP,
	KBD_CHAR_PGDN,
	KBD_CHAR_INSERT,
	KBD_CHAR_DELETE,
	KBD_CHAR_F1 = 0x110100, /* F1..F12 in order */
};

struct kbd_layout; /* kbd_layout.h */

struct kbd_ascii {
	const struct kbd_layout *layout;
	uint8_t locks;	/* KBD_LOCK_*; ours to toggle, the caller may set it */
	bool second;	/* of a layout with two alphabets: not the Latin one */
	uint32_t dead;	/* the accent that waits for its letter; 0: none */
	uint32_t after; /* what kbd_ascii_next() will give */
};

/* Layout by its name ("us", "de"; kbd_layout.c has all); NULL: unknown. */
const struct kbd_layout *kbd_layout_find(const char *name);

/* Start with the US layout and @locks. */
void kbd_ascii_init(struct kbd_ascii *a, uint8_t locks);

/*
 * Translate @key with the modifiers that @s holds; toggle locks on the way
 * (a->locks; hand it to kbd_leds_set()).
 *
 * Returns a Unicode character or KBD_CHAR_*; 0 for releases, modifiers, and
 * what has none. With Ctrl or Alt held (or AltGr, where the layout has no third
 * character) only the KBD_CHAR_* come through: a hotkey writes no letter.
 */
uint32_t kbd_ascii_feed(struct kbd_ascii *a, const struct kbd_scancode *s,
			const struct kbd_key *key);

/*
 * What else the same key wrote, or 0: an accent and a character that it does
 * not fit are two. Call it after each kbd_ascii_feed().
 */
uint32_t kbd_ascii_next(struct kbd_ascii *a);

/* ---- The mouse's packets (kbd_mouse.c) ---- */

struct kbd_mouse {
	bool present;
	int32_t dx, dy;	 /* gathered, not yet given out */
	uint8_t buttons; /* given out */
	uint8_t target;	 /* of the last packet */
};

/* Take the 3 bytes of a PS/2 packet; give out what is pending before. */
void kbd_mouse_feed(struct kbd_mouse *m, uint8_t status, uint8_t x, uint8_t y);

/* The next event of those packets: motion first, then each button. */
bool kbd_mouse_next(struct kbd_mouse *m, struct kbd_event *event);

/* ---- The whole ---- */

struct kbd_hook; /* the resident block, kbd_hook.h */

struct kbd {
	struct bios *bios;
	volatile struct kbd_hook *hook; /* in low memory */
	uint16_t hook_segment;
	bool installed;
	uint16_t lost_seen; /* the block's count of lost bytes, last look */
	struct kbd_scancode scancode;
	struct kbd_mouse mouse;
	uint8_t leds;	     /* KBD_LOCK_* as last set */
	uint8_t leds_before; /* bits 4-6 of 0040:0017 at install */
	bool releasing;	     /* bytes were lost: release what is held first */
};

/*
 * Hook the keyboard and start the mouse. A second kbd_install() after a
 * kbd_remove() uses the same low memory again: zero @k only once.
 *
 * @k: zeroed by the caller before the first install
 * Returns 0, or -ENOMEM without low memory. Without a mouse k->mouse.present
 * is false and all else works.
 */
int kbd_install(struct kbd *k, struct bios *bios);

/*
 * Stop the mouse and give the vector back; bring the BIOS's idea of modifiers
 * and lock LEDs back. Where another program hooked the vector after us, our
 * block stays in the chain and passes everything on.
 */
void kbd_remove(struct kbd *k);

/* Take the next event; false when there is none. Bound: constant time but for
   coalescing motion, at most the ring's 512 entries. */
bool kbd_poll(struct kbd *k, struct kbd_event *event);

/* How many scancode bytes and mouse packets found the ring full so far. */
uint32_t kbd_lost(const struct kbd *k);

/* Is an event waiting? Cheap; may say yes and kbd_poll() then no. */
bool kbd_pending(const struct kbd *k);

/*
 * Release one held key or mouse button, as an event; call until false. What is
 * still in the ring is dropped first.
 */
bool kbd_release_all(struct kbd *k, struct kbd_event *event);

/*
 * Show @locks (KBD_LOCK_*) on the keyboard. USB keyboards show none under
 * SeaBIOS. Does nothing when they are shown already.
 */
void kbd_leds_set(struct kbd *k, uint8_t locks);

/* The lock state the BIOS has now, as KBD_LOCK_*. */
uint8_t kbd_leds_get(const struct kbd *k);

#endif
