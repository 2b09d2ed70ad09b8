/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * vga/ and kbd/ on a booted PC, without a network. Takes commands, a line each,
 * from COM1, and says on the debug port what it did and what keyboard and
 * mouse sent, as lines that begin with "T ". test_vga_kbd.py drives it.
 *
 *	graphics W H	show a picture of that size, all of it new
 *	dirty L T R B	change the picture there and present that
 *	shape W H X Y	a pointer with that hot spot; every fifth pixel inverts
 *	move X Y	the pointer goes there, the view follows
 *	text		the text screen
 *	leds N		lock LEDs
 *	bench N		N presents of the whole picture
 *	stall		look at no keys until the next command comes
 *	lost		how many bytes and packets found the ring full
 *	remove, install	the keyboard
 *	quit		back to the BIOS
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kbd/kbd.h"
#include "romlayout/include/rm.h"
#include "vga/vga.h"

#define COM1	   0x3f8
#define COM1_FIFO  0x3fa
#define COM1_READY 0x3fd
#define TICKS	   0x46c

#define SHAPE_SIDE 256

static struct vga vga;
static struct kbd kbd;
static struct vga_picture picture;
static uint32_t shape[SHAPE_SIDE * SHAPE_SIDE];
static uint8_t invert[SHAPE_SIDE * SHAPE_SIDE / 8];
static uint32_t salt; /* what "dirty" changes */

static void say(const char *format, ...)
{
	char line[120] = "T ";
	va_list args;

	va_start(args, format);
	vsnprintf(line + 2, sizeof(line) - 3, format, args);
	va_end(args);
	strcat(line, "\n");
	rm_debug(line);
}

static uint32_t ticks(void)
{
	return *(volatile uint32_t *)rm_phys(TICKS);
}

/* The pixels that test_vga_kbd.py computes as well. */
static void paint(const struct vga_rect *r)
{
	uint32_t *row;
	int32_t x, y;

	for (y = r->top; y < r->bottom; y++) {
		row = (uint32_t *)(uintptr_t)picture.data + y * picture.width;
		for (x = r->left; x < r->right; x++)
			row[x] =
				(uint32_t)(x * 65599 + y * 1021 + (x ^ y) * 7) +
				salt;
	}
}

static int show(uint32_t w, uint32_t h)
{
	struct vga_rect all = {0, 0, w, h};
	int rc;

	free((void *)(uintptr_t)picture.data);
	memset(&picture, 0, sizeof(picture));
	picture.data = malloc((size_t)w * h * 4);
	if (!picture.data)
		return -1;
	picture.width = w;
	picture.height = h;
	picture.stride = w * 4;
	salt = 0;
	paint(&all);
	rc = vga_graphics(&vga, w, h);
	vga_present(&vga, &picture, NULL, 0);
	return rc;
}

static void shape_show(uint32_t w, uint32_t h, int32_t x, int32_t y)
{
	struct vga_shape s = {w, h, x, y, shape, invert};
	uint32_t i, row, col, a;

	memset(invert, 0, sizeof(invert));
	for (i = 0; i < w * h; i++) {
		row = i / w;
		col = i % w;
		a = i * 37 & 255;
		shape[i] = a << 24 | a / 2 << 16 | a / 3 << 8 | a;
		if (i % 5 == 0)
			invert[row * ((w + 7) / 8) + col / 8] |= 0x80 >>
								 col % 8;
	}
	vga_pointer_set(&vga, &s);
	vga_present(&vga, &picture, NULL, 0);
}

static void bench(uint32_t n)
{
	struct vga_rect all = {0, 0, picture.width, picture.height};
	uint32_t i, start = ticks();

	for (i = 0; i < n; i++) {
		vga_present(&vga, &picture, &all, 1);
		rm_irq_window();
	}
	say("bench %u", (unsigned int)(ticks() - start));
}

static void stall(void)
{
	say("stalled");
	while (!(rm_inb(COM1_READY) & 1))
		rm_irq_window();
}

static void install(void)
{
	int rc = kbd_install(&kbd, &rm_bios);

	say("install %d mouse %d", rc, kbd.mouse.present);
}

/* Returns false for "quit". */
static bool obey(const char *line)
{
	struct vga_rect r;
	char word[16];
	int a[4] = {0}, i, n = 0;
	char *end;

	while (line[n] && line[n] != ' ' && n < 15)
		n++;
	memcpy(word, line, n);
	word[n] = 0;
	for (i = 0, line += n; i < 4 && *line; i++, line = end)
		a[i] = strtol(line, &end, 10);

	if (strcmp(word, "graphics") == 0) {
		i = show(a[0], a[1]);
		say("graphics %d %ux%u %u", i, vga.mode.width, vga.mode.height,
		    vga.mode.bpp);
	} else if (strcmp(word, "dirty") == 0) {
		r = (struct vga_rect){a[0], a[1], a[2], a[3]};
		salt += 0x123457;
		paint(&r);
		vga_present(&vga, &picture, &r, 1);
	} else if (strcmp(word, "shape") == 0) {
		shape_show(a[0], a[1], a[2], a[3]);
	} else if (strcmp(word, "move") == 0) {
		vga_pointer_move(&vga, a[0], a[1]);
		vga_view_follow(&vga, a[0], a[1]);
		vga_present(&vga, &picture, NULL, 0);
		say("view %d %d", (int)vga.origin_x, (int)vga.origin_y);
	} else if (strcmp(word, "text") == 0) {
		struct vga_area box = {5, 10, 6, 40};

		vga_text_mode(&vga);
		vga_text_clear(&vga, VGA_ATTR(VGA_GREY, VGA_BLUE));
		vga_text_box(&vga, &box,
			     VGA_ATTR(VGA_BRIGHT | VGA_GREY, VGA_RED), "Grüße");
		vga_text_put(&vga, 7, 12, VGA_ATTR(14, VGA_RED), "½ ≤ π → €");
		vga_text_cursor(&vga, 7, 22);
	} else if (strcmp(word, "leds") == 0) {
		kbd_leds_set(&kbd, a[0]);
	} else if (strcmp(word, "bench") == 0) {
		bench(a[0]);
	} else if (strcmp(word, "stall") == 0) {
		stall();
	} else if (strcmp(word, "lost") == 0) {
		say("lost %u", (unsigned int)kbd_lost(&kbd));
	} else if (strcmp(word, "remove") == 0) {
		kbd_remove(&kbd);
	} else if (strcmp(word, "install") == 0) {
		install();
	} else {
		return false;
	}
	say("done %s", word);
	return true;
}

static void report(const struct kbd_event *e)
{
	switch (e->type) {
	case KBD_KEY:
		say("key %x%s", (unsigned int)kbd_key_bytes(&e->key),
		    e->key.repeat ? " repeat" : "");
		break;
	case KBD_MOTION:
		say("motion %d %d", (int)e->dx, (int)e->dy);
		break;
	default:
		say("%s %d", e->type == KBD_BUTTON_DOWN ? "down" : "up",
		    e->button);
	}
}

int program_main(void)
{
	struct kbd_event event;
	char line[64];
	size_t n = 0;
	bool on = true;
	int i, c;

	if (heap_init() || vga_init(&vga, &rm_bios))
		return 1;
	for (i = 0; i < vga.mode_count; i++)
		say("mode %ux%u %u", vga.modes[i].width, vga.modes[i].height,
		    vga.modes[i].bpp);
	install();
	rm_outb(COM1_FIFO, 1);
	say("ready");
	while (on) {
		rm_halt();
		while (kbd_poll(&kbd, &event))
			report(&event);
		while (on && rm_inb(COM1_READY) & 1) {
			c = rm_inb(COM1);
			if (c != '\n' && n < sizeof(line) - 1) {
				line[n++] = c;
				continue;
			}
			line[n] = 0;
			n = 0;
			on = obey(line);
		}
	}
	while (kbd_release_all(&kbd, &event))
		report(&event);
	say("lost %u", (unsigned int)kbd_lost(&kbd));
	kbd_remove(&kbd);
	vga_text_mode(&vga);
	return 0;
}
