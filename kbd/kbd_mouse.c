/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The PS/2 mouse through INT 15h AX=C2xxh, which serves USB mice as well, and
 * its packets:
 *
 *	        7   6   5   4   3   2   1   0
 *	status  YO  XO  YS  XS  1   M   R   L	overflow, sign, buttons
 *	x       low 8 bits of 9, two's complement, right is positive
 *	y       the same, up is positive
 *
 * No wheel: the BIOS takes packets of 3 bytes only.
 */
#include <errno.h>
#include <string.h>

#include "kbd/kbd_mouse.h"

#define STATUS_BUTTONS	  0x07
#define STATUS_X_SIGN	  0x10
#define STATUS_Y_SIGN	  0x20
#define STATUS_X_OVERFLOW 0x40
#define STATUS_Y_OVERFLOW 0x80

/* Functions of INT 15h AH=C2h, with their argument in BH. */
enum {
	MOUSE_ENABLE = 0x00,	 /* 0 off, 1 on */
	MOUSE_RATE = 0x02,	 /* 5: 100 packets a second */
	MOUSE_RESOLUTION = 0x03, /* 3: 8 counts a millimetre */
	MOUSE_INIT = 0x05,	 /* bytes in a packet */
	MOUSE_HANDLER = 0x07,	 /* ES:BX */
};

static int mouse_call(struct bios *bios, uint8_t function, uint16_t es,
		      uint16_t bx)
{
	struct bios_regs regs;

	memset(&regs, 0, sizeof(regs));
	regs.eax = 0xc200u | function;
	regs.ebx = bx;
	regs.es = es;
	bios->call(bios, 0x15, &regs);
	return regs.eflags & BIOS_CF || regs.eax >> 8 & 0xff ? -ENODEV : 0;
}

int kbd_mouse_start(struct bios *bios, uint16_t segment, uint16_t offset)
{
	int rc;

	rc = mouse_call(bios, MOUSE_INIT, 0, 3 << 8);
	if (rc)
		return rc;
	rc = mouse_call(bios, MOUSE_HANDLER, segment, offset);
	if (rc)
		return rc;
	/* A mouse that will not be tuned is still a mouse. */
	mouse_call(bios, MOUSE_RESOLUTION, 0, 3 << 8);
	mouse_call(bios, MOUSE_RATE, 0, 5 << 8);
	rc = mouse_call(bios, MOUSE_ENABLE, 0, 1 << 8);
	if (rc)
		mouse_call(bios, MOUSE_HANDLER, 0, 0);
	return rc;
}

void kbd_mouse_stop(struct bios *bios)
{
	mouse_call(bios, MOUSE_ENABLE, 0, 0);
	mouse_call(bios, MOUSE_HANDLER, 0, 0);
}

/* A 9-bit movement; one that ran over was at least 255 in its direction. */
static int32_t movement(uint8_t low, bool negative, bool overflow)
{
	if (overflow)
		return negative ? -255 : 255;
	return (int32_t)low - (negative ? 256 : 0);
}

void kbd_mouse_feed(struct kbd_mouse *m, uint8_t status, uint8_t x, uint8_t y)
{
	m->dx += movement(x, status & STATUS_X_SIGN,
			  status & STATUS_X_OVERFLOW);
	m->dy -= movement(y, status & STATUS_Y_SIGN,
			  status & STATUS_Y_OVERFLOW);
	m->target = status & STATUS_BUTTONS;
}

bool kbd_mouse_next(struct kbd_mouse *m, struct kbd_event *event)
{
	uint8_t changed = m->buttons ^ m->target;

	event->buttons = m->buttons;
	if (m->dx || m->dy) {
		event->type = KBD_MOTION;
		event->dx = m->dx;
		event->dy = m->dy;
		m->dx = m->dy = 0;
		return true;
	}
	if (!changed)
		return false;
	event->button = changed & -changed;
	m->buttons ^= event->button;
	event->buttons = m->buttons;
	event->type = m->buttons & event->button ? KBD_BUTTON_DOWN
						 : KBD_BUTTON_UP;
	return true;
}
