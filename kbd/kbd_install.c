/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Put the resident block into low memory and the BIOS's way, and take it out.
 *
 * Context: 32 bits with interrupts off; a handler runs only inside bios->call
 * and the windows that the caller opens.
 */
#include <errno.h>
#include <string.h>

#include "kbd/kbd.h"
#include "kbd/kbd_hook.h"
#include "kbd/kbd_mouse.h"

#define IVT_INT15 (0x15 * 4)

/* BIOS data area: which modifiers the BIOS takes for held. */
#define BDA_SHIFT_FLAGS 0x417 /* bits 0-3: right, left Shift, Ctrl, Alt */
#define BDA_SHIFT_LEFT	0x418 /* bits 0-2: left Ctrl, left Alt, SysRq */
#define BDA_SHIFT_EXT	0x496 /* bits 2-3: right Ctrl, right Alt */

/* An interrupt vector in memory, offset first. */
struct vector {
	uint16_t offset, segment;
};

static volatile struct vector *int15_vector(struct bios *bios)
{
	return bios->map(bios, IVT_INT15, sizeof(struct vector));
}

static void bda_clear(struct bios *bios, uint32_t address, uint8_t bits)
{
	volatile uint8_t *byte = bios->map(bios, address, 1);

	*byte &= ~bits;
}

/* Does INT 15h still come to our block first? */
static bool vector_is_ours(const struct kbd *k)
{
	volatile struct vector *vector = int15_vector(k->bios);

	return vector->segment == k->hook_segment &&
	       vector->offset == k->hook->int15_offset;
}

/* Copy the block to low memory, once in k's life. */
static int hook_place(struct kbd *k)
{
	size_t bytes = kbd_hook_image_end - kbd_hook_image;
	void *low;

	if (k->hook)
		return 0;
	low = k->bios->low(k->bios, sizeof(*k->hook), &k->hook_segment);
	if (!low)
		return -ENOMEM;
	memset(low, 0, sizeof(*k->hook));
	memcpy(low, kbd_hook_image, bytes);
	k->hook = low;
	return 0;
}

static void hook_link(struct kbd *k)
{
	volatile struct vector *vector = int15_vector(k->bios);
	volatile struct kbd_hook *hook = k->hook;

	hook->tail = hook->head;
	if (!vector_is_ours(k) && !hook->old_segment && !hook->old_offset) {
		hook->old_offset = vector->offset;
		hook->old_segment = vector->segment;
		vector->offset = hook->int15_offset;
		vector->segment = k->hook_segment;
	}
	hook->active = 1;
}

static void hook_unlink(struct kbd *k)
{
	volatile struct vector *vector = int15_vector(k->bios);
	volatile struct kbd_hook *hook = k->hook;

	hook->active = 0;
	if (!vector_is_ours(k))
		return; /* someone after us calls us: stay, pass on */
	vector->offset = hook->old_offset;
	vector->segment = hook->old_segment;
	hook->old_offset = hook->old_segment = 0;
}

int kbd_install(struct kbd *k, struct bios *bios)
{
	int rc;

	if (k->installed)
		return 0;
	k->bios = bios;
	rc = hook_place(k);
	if (rc)
		return rc;
	k->lost_seen = k->hook->lost_keys;
	k->releasing = false;
	kbd_scancode_init(&k->scancode);
	memset(&k->mouse, 0, sizeof(k->mouse));
	k->leds = k->leds_before = kbd_leds_get(k);
	hook_link(k);
	k->installed = true;
	k->mouse.present = kbd_mouse_start(bios, k->hook_segment,
					   k->hook->mouse_offset) == 0;
	return 0;
}

void kbd_remove(struct kbd *k)
{
	unsigned int i;

	if (!k->installed)
		return;
	k->installed = false;
	if (k->mouse.present)
		kbd_mouse_stop(k->bios);
	hook_unlink(k);
	/* What was typed, passwords among it, is nobody's now. */
	for (i = 0; i < KBD_RING_ENTRIES; i++)
		k->hook->ring[i] = (struct kbd_ring_entry){0};
	/*
	 * The BIOS saw no release of what was held when we came, so that it may
	 * take Ctrl for held ever after.
	 */
	bda_clear(k->bios, BDA_SHIFT_FLAGS, 0x0f);
	bda_clear(k->bios, BDA_SHIFT_LEFT, 0x07);
	bda_clear(k->bios, BDA_SHIFT_EXT, 0x0c);
	kbd_leds_set(k, k->leds_before);
}
