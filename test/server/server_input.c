/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Keyboard, mouse and tablet: each prints what the client sent, a line each.
 *
 *	key 1e			a scancode byte, prefixes too
 *	motion DX DY DZ BUTTONS	SERVER mouse mode
 *	pos X Y BUTTONS		CLIENT mouse mode
 *	wheel DZ BUTTONS	CLIENT mouse mode
 *	buttons BUTTONS		either mode
 *
 * BUTTONS is a number in hex: 1 left, 2 middle, 4 right, 10 side, 20 extra
 * (as libspice-server hands them on).
 */
#include <stdio.h>

#include "test/server/server.h"

static uint8_t lights;

static void key(SpiceKbdInstance *sin, uint8_t byte)
{
	printf("key %02x\n", byte);
}

static uint8_t get_leds(SpiceKbdInstance *sin)
{
	return lights;
}

static void motion(SpiceMouseInstance *sin, int dx, int dy, int dz,
		   uint32_t buttons)
{
	printf("motion %d %d %d %x\n", dx, dy, dz, buttons);
}

static void mouse_buttons(SpiceMouseInstance *sin, uint32_t buttons)
{
	printf("buttons %x\n", buttons);
}

static void set_logical_size(SpiceTabletInstance *sin, int w, int h)
{
	printf("tablet size %d %d\n", w, h);
}

static void position(SpiceTabletInstance *sin, int x, int y, uint32_t buttons)
{
	printf("pos %d %d %x\n", x, y, buttons);
}

static void wheel(SpiceTabletInstance *sin, int dz, uint32_t buttons)
{
	printf("wheel %d %x\n", dz, buttons);
}

static void tablet_buttons(SpiceTabletInstance *sin, uint32_t buttons)
{
	printf("buttons %x\n", buttons);
}

static const SpiceKbdInterface kbd_interface = {
	.base.type = SPICE_INTERFACE_KEYBOARD,
	.base.description = "test keyboard",
	.base.major_version = SPICE_INTERFACE_KEYBOARD_MAJOR,
	.base.minor_version = SPICE_INTERFACE_KEYBOARD_MINOR,
	.push_scan_freg = key,
	.get_leds = get_leds,
};

static const SpiceMouseInterface mouse_interface = {
	.base.type = SPICE_INTERFACE_MOUSE,
	.base.description = "test mouse",
	.base.major_version = SPICE_INTERFACE_MOUSE_MAJOR,
	.base.minor_version = SPICE_INTERFACE_MOUSE_MINOR,
	.motion = motion,
	.buttons = mouse_buttons,
};

static const SpiceTabletInterface tablet_interface = {
	.base.type = SPICE_INTERFACE_TABLET,
	.base.description = "test tablet",
	.base.major_version = SPICE_INTERFACE_TABLET_MAJOR,
	.base.minor_version = SPICE_INTERFACE_TABLET_MINOR,
	.set_logical_size = set_logical_size,
	.position = position,
	.wheel = wheel,
	.buttons = tablet_buttons,
};

static SpiceKbdInstance kbd = {.base.sif = &kbd_interface.base};
static SpiceMouseInstance mouse = {.base.sif = &mouse_interface.base};
static SpiceTabletInstance tablet = {.base.sif = &tablet_interface.base};

void input_start(struct server *s)
{
	bool offer = s->tablet;

	spice_server_add_interface(s->spice, &kbd.base);
	spice_server_add_interface(s->spice, &mouse.base);
	s->tablet = false;
	input_tablet(s, offer);
}

void input_tablet(struct server *s, bool on)
{
	if (on == s->tablet)
		return;
	if (on)
		spice_server_add_interface(s->spice, &tablet.base);
	else
		spice_server_remove_interface(&tablet.base);
	s->tablet = on;
}

void input_leds(int leds)
{
	lights = (uint8_t)leds;
	spice_server_kbd_leds(&kbd, leds);
}
