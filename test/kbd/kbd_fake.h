/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * A PC for kbd/: the first MiB of memory, and a BIOS that expects a written
 * script of calls and gives its answers.
 */
#ifndef TEST_KBD_FAKE_H
#define TEST_KBD_FAKE_H

#include "kbd/kbd.h"
#include "kbd/kbd_hook.h"

/* A call that must come next. Registers not named here are not looked at. */
struct kbd_call {
	uint8_t vector;
	uint16_t ax, bx, es; /* wanted */
	uint8_t ah;	     /* answer */
	bool cf;
};

struct kbd_fake {
	struct bios bios;
	uint8_t memory[1 << 20];
	bool no_low;
	const struct kbd_call *script;
	int calls, at; /* in script; done */
	int wrong;     /* calls that were not the next in the script */
};

#define FAKE_SEGMENT 0x9c00u
#define FAKE_OLD15   0xf0001234u /* segment:offset of the BIOS's INT 15h */

void kbd_fake_init(struct kbd_fake *f);

/* Expect these calls from now on. */
void kbd_fake_script(struct kbd_fake *f, const struct kbd_call *script,
		     int calls);

/* Were all calls made, and no other? */
bool kbd_fake_done(const struct kbd_fake *f);

/* What the resident block does with a scancode byte and a packet. */
void kbd_fake_key(struct kbd_fake *f, uint8_t byte);
void kbd_fake_packet(struct kbd_fake *f, uint8_t status, uint8_t x, uint8_t y);

/* kbd_install() on a PC without a mouse; returns its value. */
int kbd_fake_install(struct kbd_fake *f, struct kbd *k);

#endif
