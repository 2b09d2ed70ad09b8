/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
#include <stdio.h>
#include <string.h>

#include "test/kbd/kbd_fake.h"

static void fake_call(struct bios *bios, uint8_t vector, struct bios_regs *regs)
{
	struct kbd_fake *f = bios->ctx;
	const struct kbd_call *want = f->script + f->at;

	if (f->at >= f->calls || vector != want->vector ||
	    (regs->eax & 0xffff) != want->ax ||
	    (regs->ebx & 0xffff) != want->bx || regs->es != want->es) {
		printf("# call %d: INT %02x AX=%04x BX=%04x ES=%04x\n", f->at,
		       vector, regs->eax & 0xffff, regs->ebx & 0xffff,
		       regs->es);
		f->wrong++;
		return;
	}
	f->at++;
	regs->eax = (regs->eax & 0xffff00ff) | (uint32_t)want->ah << 8;
	regs->eflags = want->cf ? BIOS_CF : 0;
}

static void *fake_map(struct bios *bios, uint64_t phys, size_t bytes)
{
	struct kbd_fake *f = bios->ctx;

	return phys && phys + bytes <= sizeof(f->memory) ? f->memory + phys
							 : NULL;
}

static void *fake_low(struct bios *bios, size_t bytes, uint16_t *segment)
{
	struct kbd_fake *f = bios->ctx;

	*segment = FAKE_SEGMENT;
	/* What lies there is nothing. */
	memset(f->memory + (FAKE_SEGMENT << 4), 0xa5, bytes);
	return f->no_low ? NULL : f->memory + (FAKE_SEGMENT << 4);
}

void kbd_fake_init(struct kbd_fake *f)
{
	uint32_t old = FAKE_OLD15;

	memset(f, 0, sizeof(*f));
	f->bios.ctx = f;
	f->bios.call = fake_call;
	f->bios.map = fake_map;
	f->bios.low = fake_low;
	memcpy(f->memory + 0x15 * 4, &old, 4);
}

void kbd_fake_script(struct kbd_fake *f, const struct kbd_call *script,
		     int calls)
{
	f->script = script;
	f->calls = calls;
	f->at = 0;
}

bool kbd_fake_done(const struct kbd_fake *f)
{
	return f->at == f->calls && !f->wrong;
}

static struct kbd_hook *hook(struct kbd_fake *f)
{
	return (struct kbd_hook *)(f->memory + (FAKE_SEGMENT << 4));
}

static void enqueue(struct kbd_fake *f, struct kbd_ring_entry entry, int room,
		    uint16_t *lost)
{
	struct kbd_hook *h = hook(f);
	int left = (h->tail - h->head - 1) & (KBD_RING_ENTRIES - 1);

	if (left < room) {
		++*lost;
		return;
	}
	h->ring[h->head] = entry;
	h->head = (h->head + 1) & (KBD_RING_ENTRIES - 1);
}

void kbd_fake_key(struct kbd_fake *f, uint8_t byte)
{
	enqueue(f, (struct kbd_ring_entry){KBD_TAG_KEY, byte, 0xee, 0xee}, 1,
		&hook(f)->lost_keys);
}

void kbd_fake_packet(struct kbd_fake *f, uint8_t status, uint8_t x, uint8_t y)
{
	enqueue(f, (struct kbd_ring_entry){KBD_TAG_MOUSE, status, x, y},
		KBD_RING_RESERVE, &hook(f)->lost_mouse);
}

int kbd_fake_install(struct kbd_fake *f, struct kbd *k)
{
	static const struct kbd_call no_mouse[] = {
		{0x15, 0xc205, 0x0300, 0, 0x86, true},
	};

	kbd_fake_init(f);
	kbd_fake_script(f, no_mouse, 1);
	memset(k, 0, sizeof(*k));
	return kbd_install(k, &f->bios);
}
