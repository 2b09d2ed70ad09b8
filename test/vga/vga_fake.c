/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
#include <stdlib.h>
#include <string.h>

#include "test/vga/vga_fake.h"

#define LIST_ROM 0xc8000u /* where list_in_rom puts it */

#define SIZE(n, w, h)                                                        \
	{.number = (n), .width = (w), .height = (h), .bpp = 16},             \
		{.number = (n) + 1, .width = (w), .height = (h), .bpp = 24}, \
	{                                                                    \
		.number = (n) + 2, .width = (w), .height = (h), .bpp = 32    \
	}

const struct vga_fake_mode vga_fake_std[] = {
	{.number = 0x100, .width = 640, .height = 400, .bpp = 8, .model = 4},
	{.number = 0x109, .width = 132, .height = 25, .bpp = 0, .model = 0xff},
	SIZE(0x111, 640, 480),
	SIZE(0x114, 800, 600),
	SIZE(0x117, 1024, 768),
	SIZE(0x11a, 1280, 1024),
	SIZE(0x140, 320, 200),
	SIZE(0x146, 1152, 864),
	SIZE(0x175, 1280, 720),
	SIZE(0x17d, 1440, 900),
	SIZE(0x181, 1600, 1200),
	SIZE(0x185, 1920, 1080),
};
const int vga_fake_std_count = sizeof(vga_fake_std) / sizeof(vga_fake_std[0]);

const struct vga_fake_mode vga_fake_cirrus[] = {
	{.number = 0x101, .width = 640, .height = 480, .bpp = 8, .model = 4},
	{.number = 0x110, .width = 640, .height = 480, .bpp = 15, .said = 15},
	{.number = 0x111, .width = 640, .height = 480, .bpp = 16},
	{.number = 0x112, .width = 640, .height = 480, .bpp = 24},
	{.number = 0x115, .width = 800, .height = 600, .bpp = 24},
	{.number = 0x118, .width = 1024, .height = 768, .bpp = 24},
	{.number = 0x11a, .width = 1280, .height = 1024, .bpp = 16},
};
const int vga_fake_cirrus_count = sizeof(vga_fake_cirrus) /
				  sizeof(vga_fake_cirrus[0]);

static void put16(uint8_t *at, uint16_t v)
{
	at[0] = v;
	at[1] = v >> 8;
}

static uint8_t *buffer(struct vga_fake *f, const struct bios_regs *regs)
{
	return f->memory + ((uint32_t)regs->es << 4) + (regs->edi & 0xffff);
}

static void answer_00(struct vga_fake *f, uint8_t *to)
{
	bool asked_2 = memcmp(to, "VBE2", 4) == 0;
	uint32_t list = (uint32_t)(to - f->memory) + 34;
	int i;

	if (!asked_2)
		return;
	if (f->list_in_rom)
		list = LIST_ROM;
	memcpy(to, f->signature ? f->signature : "VESA", 4);
	put16(to + 4, f->version);
	put16(to + 14, list & 15);
	put16(to + 16, list >> 4);
	if (f->list_outside) {
		put16(to + 14, 0xffff);
		put16(to + 16, 0xffff);
	}
	put16(to + 18, f->memory_64k);
	for (i = 0; i < f->mode_count; i++)
		put16(f->memory + list + 2 * i, f->modes[i].number);
	if (f->list_endless) {
		for (; i < 4000; i++)
			put16(f->memory + list + 2 * i, 0x7777);
	}
	put16(f->memory + list + 2 * i, 0xffff);
}

static const struct vga_fake_mode *find(struct vga_fake *f, uint16_t number)
{
	int i;

	for (i = 0; i < f->mode_count; i++) {
		if (f->modes[i].number == number)
			return &f->modes[i];
	}
	return NULL;
}

static uint16_t pitch(const struct vga_fake_mode *m)
{
	return m->pitch ? m->pitch : (m->width * ((m->bpp + 7) / 8) + 3) & ~3;
}

static void answer_01(uint8_t *to, const struct vga_fake_mode *m)
{
	static const uint8_t fields[4][6] = {{5, 10, 5, 5, 5, 0},
					     {5, 11, 6, 5, 5, 0},
					     {8, 16, 8, 8, 8, 0},
					     {8, 0, 8, 8, 8, 16}};
	uint32_t base = m->base ? m->base : FAKE_FB;

	put16(to, 0x9b & ~m->attributes);
	put16(to + 0x10, pitch(m));
	put16(to + 0x12, m->width);
	put16(to + 0x14, m->height);
	to[0x19] = m->said ? m->said : m->bpp;
	to[0x1b] = m->model ? m->model : 6;
	if (!m->unmasked)
		memcpy(to + 0x1f,
		       fields[m->bgr	    ? 3
			      : m->bpp > 16 ? 2
					    : m->bpp == 16],
		       6);
	put16(to + 0x28, base);
	put16(to + 0x2a, base >> 16);
	if (m->pitch_linear) {
		put16(to + 0x32, m->pitch_linear);
		memcpy(to + 0x36, to + 0x1f, 6);
	}
}

static bool answer_02(struct vga_fake *f, uint16_t bx)
{
	const struct vga_fake_mode *m = find(f, bx & 0x3fff);

	if (!m || m->refused || !(bx & 0x4000))
		return false;
	f->set = bx;
	f->sets++;
	return true;
}

static bool answer_06(struct vga_fake *f, struct bios_regs *regs)
{
	const struct vga_fake_mode *m = find(f, f->set & 0x3fff);

	if (!m || m->pitch_set == 1 || (regs->ebx & 0xff) != 1)
		return false;
	regs->ebx = m->pitch_linear ? m->pitch_linear : pitch(m);
	if (m->pitch_set)
		regs->ebx = m->pitch_set;
	return true;
}

static bool vbe(struct vga_fake *f, struct bios_regs *regs)
{
	const struct vga_fake_mode *m;

	switch (regs->eax & 0xff) {
	case 0x00:
		answer_00(f, buffer(f, regs));
		return true;
	case 0x01:
		f->infos++;
		m = find(f, regs->ecx & 0xffff);
		if (m)
			answer_01(buffer(f, regs), m);
		return m != NULL;
	case 0x02:
		return answer_02(f, regs->ebx);
	case 0x06:
		return answer_06(f, regs);
	}
	return false;
}

static void fake_call(struct bios *bios, uint8_t vector, struct bios_regs *regs)
{
	struct vga_fake *f = bios->ctx;

	if (vector != 0x10)
		abort();
	switch (regs->eax >> 8 & 0xff) {
	case 0x00:
		f->set = regs->eax & 0xff;
		break;
	case 0x01:
		f->cursor_shape = regs->ecx;
		break;
	case 0x02:
		f->cursor = regs->edx;
		break;
	case 0x11:
		regs->es = f->no_font ? 0 : FAKE_FONT >> 4;
		regs->ebp = 0;
		break;
	case 0x4f:
		if (f->version)
			regs->eax = vbe(f, regs) ? 0x004f : 0x014f;
		break;
	default:
		abort();
	}
}

static void *fake_map(struct bios *bios, uint64_t phys, size_t bytes)
{
	struct vga_fake *f = bios->ctx;

	if (phys + bytes <= sizeof(f->memory))
		return f->memory + phys;
	if (f->no_map || phys < FAKE_FB ||
	    phys + bytes > FAKE_FB + FAKE_FB_BYTES)
		return NULL;
	return f->fb + (phys - FAKE_FB);
}

static void *fake_low(struct bios *bios, size_t bytes, uint16_t *segment)
{
	struct vga_fake *f = bios->ctx;

	*segment = FAKE_LOW;
	return f->no_low ? NULL : f->memory + (FAKE_LOW << 4);
}

uint8_t vga_fake_font(uint8_t c, int y)
{
	return c == ' ' ? 0 : (uint8_t)(c * 7 + y * 29);
}

void vga_fake_init(struct vga_fake *f, const struct vga_fake_mode *modes,
		   int count)
{
	uint8_t *all = malloc(FAKE_FB_BYTES + 2 * FAKE_FB_WALL);
	int i;

	if (!all)
		abort();
	memset(f, 0, sizeof(*f));
	memset(all, 0x5a, FAKE_FB_BYTES + 2 * FAKE_FB_WALL);
	f->fb = all + FAKE_FB_WALL;
	f->bios.ctx = f;
	f->bios.call = fake_call;
	f->bios.map = fake_map;
	f->bios.low = fake_low;
	f->version = 0x0300;
	for (i = 0; i < 256 * 16; i++)
		f->memory[FAKE_FONT + i] = vga_fake_font((uint8_t)(i / 16),
							 i % 16);
	f->memory_64k = FAKE_FB_BYTES >> 16;
	f->modes = modes;
	f->mode_count = count;
}

void vga_fake_free(struct vga_fake *f)
{
	free(f->fb - FAKE_FB_WALL);
}

bool vga_fake_walls(const struct vga_fake *f)
{
	int i;

	for (i = 0; i < FAKE_FB_WALL; i++) {
		if (f->fb[-1 - i] != 0x5a || f->fb[FAKE_FB_BYTES + i] != 0x5a)
			return false;
	}
	return true;
}
