/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The resident block in low memory, as both of its users see it: kbd_hook.S,
 * which fills the ring in real mode, and the C code, which empties it.
 *
 *	0	struct kbd_hook but its ring
 *	32	code
 *	256	ring
 *
 * One writer (the block, interrupts off) moves head, one reader moves tail;
 * head == tail: empty. Mouse packets are refused earlier than scancodes, so
 * that no storm of motion costs a key.
 */
#ifndef KBD_KBD_HOOK_H
#define KBD_KBD_HOOK_H

#define KBD_RING_ENTRIES                                                      \
	512		     /* a power of 2; 30 of them are one key's repeat \
				in a second, 100 a second of mouse */
#define KBD_RING_RESERVE 128 /* for scancodes alone */
#define KBD_RING_OFFSET	 256

#define KBD_TAG_KEY   0
#define KBD_TAG_MOUSE 1

#ifndef __ASSEMBLER__
#include <stdint.h>

struct kbd_ring_entry {
	uint8_t tag;  /* KBD_TAG_* */
	uint8_t a;    /* the scancode byte, or the packet's status */
	uint8_t x, y; /* the packet's */
};

struct kbd_hook {
	uint16_t head, tail;
	uint16_t lost_keys, lost_mouse;	     /* counts, wrap */
	uint16_t active;		     /* 0: pass everything on */
	uint16_t old_offset, old_segment;    /* of INT 15h before us */
	uint16_t int15_offset, mouse_offset; /* entry points */
	uint8_t code[KBD_RING_OFFSET - 18];
	struct kbd_ring_entry ring[KBD_RING_ENTRIES];
};

/* The block's first KBD_RING_OFFSET bytes, to be copied. */
extern const uint8_t kbd_hook_image[];
extern const uint8_t kbd_hook_image_end[];
#endif

#endif
