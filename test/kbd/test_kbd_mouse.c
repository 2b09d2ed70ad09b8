/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Mouse packets to events, in order with keys; the start of the mouse.
 */
#include "kbd/kbd.h"
#include "kbd/kbd_mouse.h"
#include "test/kbd/kbd_fake.h"
#include "test/test.h"

static struct kbd_fake f;
static struct kbd k;

/* One packet's movement against the definition. */
TEST(movement)
{
	struct kbd_mouse m = {0};
	struct kbd_event e;
	int x, y;

	for (x = -256; x < 256; x++) {
		for (y = -256; y < 256; y++) {
			kbd_mouse_feed(&m, 0x08 | (x < 0) << 4 | (y < 0) << 5,
				       x & 0xff, y & 0xff);
			if (!x && !y) {
				CHECK(!kbd_mouse_next(&m, &e));
				continue;
			}
			CHECK(kbd_mouse_next(&m, &e));
			CHECK_EQ(e.type, KBD_MOTION);
			CHECK_EQ(e.dx, x);
			CHECK_EQ(e.dy, -y);
			CHECK(!kbd_mouse_next(&m, &e));
		}
	}
}

TEST(overflow)
{
	struct kbd_mouse m = {0};
	struct kbd_event e;

	kbd_mouse_feed(&m, 0x08 | 0x40, 5, 7);
	CHECK(kbd_mouse_next(&m, &e));
	CHECK_EQ(e.dx, 255);
	CHECK_EQ(e.dy, -7);
	kbd_mouse_feed(&m, 0x08 | 0xc0 | 0x30, 5, 7);
	CHECK(kbd_mouse_next(&m, &e));
	CHECK_EQ(e.dx, -255);
	CHECK_EQ(e.dy, 255);
}

/* An event as text, for comparing a whole run. */
static void describe(char *to, size_t size, const struct kbd_event *e)
{
	size_t used = strlen(to);

	to += used;
	size -= used;
	switch (e->type) {
	case KBD_KEY:
		snprintf(to, size, "key%x ", kbd_key_bytes(&e->key));
		break;
	case KBD_MOTION:
		snprintf(to, size, "%d,%d/%d ", e->dx, e->dy, e->buttons);
		break;
	case KBD_BUTTON_DOWN:
		snprintf(to, size, "down%d/%d ", e->button, e->buttons);
		break;
	case KBD_BUTTON_UP:
		snprintf(to, size, "up%d/%d ", e->button, e->buttons);
		break;
	default:
		snprintf(to, size, "? ");
	}
}

static char text[512];

static const char *drain(void)
{
	struct kbd_event e;

	text[0] = 0;
	while (strlen(text) < 400 && kbd_poll(&k, &e))
		describe(text, sizeof(text), &e);
	return text;
}

TEST(order)
{
	CHECK_EQ(kbd_fake_install(&f, &k), 0);
	kbd_fake_packet(&f, 0x08, 1, 2);
	kbd_fake_packet(&f, 0x08, 3, 0);
	kbd_fake_key(&f, 0x1d);
	kbd_fake_packet(&f, 0x08, 10, 0);
	kbd_fake_packet(&f, 0x09, 5, 0); /* motion comes before its button */
	kbd_fake_packet(&f, 0x09, 1, 0);
	kbd_fake_packet(&f, 0x08, 1, 0);
	kbd_fake_key(&f, 0x9d);
	CHECK(kbd_pending(&k));
	CHECK(!strcmp(drain(), "4,-2/0 key1d 15,0/0 down1/1 2,0/1 up1/0 "
			       "key9d "));
	CHECK(!kbd_pending(&k));
}

TEST(clicks_are_kept)
{
	CHECK_EQ(kbd_fake_install(&f, &k), 0);
	kbd_fake_packet(&f, 0x0f, 0, 0);
	kbd_fake_packet(&f, 0x0c, 0, 0);
	kbd_fake_packet(&f, 0x0a, 0, 0); /* one up, one down in a packet */
	kbd_fake_packet(&f, 0x08, 0, 0);
	kbd_fake_packet(&f, 0x09, 0, 0);
	kbd_fake_packet(&f, 0x08, 0, 0);
	CHECK(!strcmp(drain(), "down1/1 down2/3 down4/7 up1/6 up2/4 down2/6 "
			       "up4/2 up2/0 down1/1 up1/0 "));
}

/* The same packets, polled after each. */
TEST(polled_at_once)
{
	char all[512] = "";

	CHECK_EQ(kbd_fake_install(&f, &k), 0);
	kbd_fake_packet(&f, 0x08, 1, 2);
	strcat(all, drain());
	kbd_fake_packet(&f, 0x0a, 3, 0);
	strcat(all, drain());
	kbd_fake_packet(&f, 0x08, 3, 0);
	strcat(all, drain());
	CHECK(!strcmp(all, "1,-2/0 3,0/0 down2/2 3,0/2 up2/0 "));
}

TEST(motion_leaves_room_for_keys)
{
	struct kbd_event e;
	int i;

	CHECK_EQ(kbd_fake_install(&f, &k), 0);
	for (i = 0; i < 600; i++)
		kbd_fake_packet(&f, 0x08, 1, 0);
	for (i = 0; i < 50; i++) {
		kbd_fake_key(&f, 0x1e);
		kbd_fake_key(&f, 0x9e);
	}
	CHECK_EQ(kbd_lost(&k), 600 - (512 - KBD_RING_RESERVE));
	CHECK(kbd_poll(&k, &e));
	CHECK_EQ(e.dx, 512 - KBD_RING_RESERVE);
	for (i = 0; i < 100; i++) {
		CHECK(kbd_poll(&k, &e));
		CHECK_EQ(e.type, KBD_KEY);
		CHECK_EQ(e.key.pressed, i % 2 == 0);
	}
	CHECK(!kbd_poll(&k, &e));
}

TEST(release_all_buttons)
{
	struct kbd_event e;

	CHECK_EQ(kbd_fake_install(&f, &k), 0);
	kbd_fake_packet(&f, 0x0d, 0, 0);
	CHECK(!strcmp(drain(), "down1/1 down4/5 "));
	kbd_fake_packet(&f, 0x0d, 9, 9); /* dropped */
	text[0] = 0;
	while (kbd_release_all(&k, &e))
		describe(text, sizeof(text), &e);
	CHECK(!strcmp(text, "up1/4 up4/0 "));
	CHECK(!kbd_poll(&k, &e));
}

/* Each call, and what comes of its failing. */
static const struct kbd_call start[] = {
	{0x15, 0xc205, 0x0300, 0, 0, false},
	{0x15, 0xc207, 0x0052, FAKE_SEGMENT, 0, false},
	{0x15, 0xc203, 0x0300, 0, 0, false},
	{0x15, 0xc202, 0x0500, 0, 0, false},
	{0x15, 0xc200, 0x0100, 0, 0, false},
	{0x15, 0xc207, 0x0000, 0, 0, false}, /* only if the last one failed */
};

TEST(start_calls)
{
	kbd_fake_init(&f);
	kbd_fake_script(&f, start, 5);
	CHECK_EQ(kbd_mouse_start(&f.bios, FAKE_SEGMENT, 0x52), 0);
	CHECK(kbd_fake_done(&f));
}

TEST(start_failures)
{
	/* calls made when that one fails, and whether there is a mouse then */
	static const int made[] = {1, 2, 5, 5, 6};
	struct kbd_call script[6];
	int fails, how;

	for (fails = 0; fails < 5; fails++) {
		for (how = 0; how < 2; how++) {
			memcpy(script, start, sizeof(script));
			script[fails].cf = how;
			script[fails].ah = how ? 0 : 0x03;
			kbd_fake_init(&f);
			kbd_fake_script(&f, script, made[fails]);
			CHECK_EQ(kbd_mouse_start(&f.bios, FAKE_SEGMENT, 0x52) ==
					 0,
				 fails == 2 || fails == 3);
			CHECK(kbd_fake_done(&f));
		}
	}
}

int main(void)
{
	RUN(movement);
	RUN(overflow);
	RUN(order);
	RUN(clicks_are_kept);
	RUN(polled_at_once);
	RUN(motion_leaves_room_for_keys);
	RUN(release_all_buttons);
	RUN(start_calls);
	RUN(start_failures);
	return test_end();
}
