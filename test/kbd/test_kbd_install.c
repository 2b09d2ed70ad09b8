/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Installing and removing, lock LEDs, lost bytes.
 */
#include <errno.h>

#include "kbd/kbd.h"
#include "test/kbd/kbd_fake.h"
#include "test/test.h"

static struct kbd_fake f;
static struct kbd k;

static uint32_t vector15(void)
{
	uint32_t v;

	memcpy(&v, f.memory + 0x15 * 4, 4);
	return v;
}

static struct kbd_hook *hook(void)
{
	return (struct kbd_hook *)(f.memory + (FAKE_SEGMENT << 4));
}

static void set_vector15(uint32_t v)
{
	memcpy(f.memory + 0x15 * 4, &v, 4);
}

static const struct kbd_call with_mouse[] = {
	{0x15, 0xc205, 0x0300, 0, 0, false},
	{0x15, 0xc207, 0x0052, FAKE_SEGMENT, 0, false},
	{0x15, 0xc203, 0x0300, 0, 0, false},
	{0x15, 0xc202, 0x0500, 0, 0, false},
	{0x15, 0xc200, 0x0100, 0, 0, false},
	/* removal */
	{0x15, 0xc200, 0x0000, 0, 0, false},
	{0x15, 0xc207, 0x0000, 0, 0, false},
	/* the LEDs that were changed meanwhile */
	{0x16, 0x0100, 0, 0, 0, false},
};

TEST(install_and_remove)
{
	struct kbd_event e;

	kbd_fake_init(&f);
	memset(&k, 0, sizeof(k));
	CHECK(!kbd_poll(&k, &e));
	CHECK(!kbd_pending(&k));
	CHECK_EQ(kbd_lost(&k), 0);
	CHECK(!kbd_release_all(&k, &e));
	kbd_remove(&k); /* nothing to remove */

	kbd_fake_script(&f, with_mouse, 8);
	CHECK_EQ(kbd_install(&k, &f.bios), 0);
	CHECK(k.mouse.present);
	CHECK_EQ(f.at, 5);
	CHECK_EQ(kbd_install(&k, &f.bios), 0); /* is already */
	CHECK_EQ(f.at, 5);
	CHECK_EQ(vector15(), FAKE_SEGMENT << 16 | hook()->int15_offset);
	CHECK_EQ(hook()->old_segment, FAKE_OLD15 >> 16);
	CHECK_EQ(hook()->old_offset, FAKE_OLD15 & 0xffff);
	CHECK_EQ(hook()->active, 1);

	/* Ctrl was down when we came, Num Lock was switched by us. */
	k.leds = 0;
	k.leds_before = 2;
	f.memory[0x417] = 0x05;
	f.memory[0x418] = 0xf1;
	f.memory[0x496] = 0x1c;
	kbd_remove(&k);
	CHECK(kbd_fake_done(&f));
	CHECK_EQ(vector15(), FAKE_OLD15);
	CHECK_EQ(hook()->active, 0);
	CHECK_EQ(f.memory[0x417], 0x20);
	CHECK_EQ(f.memory[0x418], 0xf0);
	CHECK_EQ(f.memory[0x496], 0x10);
	CHECK(!kbd_poll(&k, &e));
}

TEST(install_again)
{
	static const struct kbd_ring_entry none[KBD_RING_ENTRIES];
	struct kbd_event e;
	int i;

	kbd_fake_init(&f);
	memset(&k, 0, sizeof(k));
	for (i = 0; i < 3; i++) {
		kbd_fake_script(&f, with_mouse, 7);
		CHECK_EQ(kbd_install(&k, &f.bios), 0);
		CHECK_EQ(hook()->old_segment, FAKE_OLD15 >> 16);
		kbd_fake_key(&f, 0x1e);
		CHECK(kbd_poll(&k, &e));
		/* Neither what is held nor what is queued outlives a session.
		 */
		kbd_fake_key(&f, 0x20);
		kbd_fake_key(&f, 0xe0);
		kbd_remove(&k);
		CHECK(kbd_fake_done(&f));
		CHECK_EQ(vector15(), FAKE_OLD15);
		/* Nor is it left in memory: it may be a password. */
		CHECK(!memcmp(hook()->ring, none, sizeof(none)));
	}
}

/* Someone hooks after us and stays: so does our block, passing on. */
TEST(hooked_after_us)
{
	kbd_fake_init(&f);
	memset(&k, 0, sizeof(k));
	kbd_fake_script(&f, with_mouse, 7);
	CHECK_EQ(kbd_install(&k, &f.bios), 0);
	set_vector15(0x80001111);
	kbd_remove(&k);
	CHECK_EQ(vector15(), 0x80001111);
	CHECK_EQ(hook()->active, 0);
	CHECK_EQ(hook()->old_segment, FAKE_OLD15 >> 16);

	/* Back again: in the chain already, only switched on. */
	kbd_fake_script(&f, with_mouse, 7);
	CHECK_EQ(kbd_install(&k, &f.bios), 0);
	CHECK_EQ(vector15(), 0x80001111);
	CHECK_EQ(hook()->active, 1);
	CHECK_EQ(hook()->old_segment, FAKE_OLD15 >> 16);

	/* The other one goes: now we can go too. */
	set_vector15(FAKE_SEGMENT << 16 | hook()->int15_offset);
	kbd_remove(&k);
	CHECK_EQ(vector15(), FAKE_OLD15);
	CHECK(kbd_fake_done(&f));
}

TEST(no_low_memory)
{
	kbd_fake_init(&f);
	memset(&k, 0, sizeof(k));
	f.no_low = true;
	CHECK_EQ(kbd_install(&k, &f.bios), -ENOMEM);
	CHECK_EQ(vector15(), FAKE_OLD15);
	kbd_remove(&k);
}

TEST(no_mouse)
{
	CHECK_EQ(kbd_fake_install(&f, &k), 0);
	CHECK(!k.mouse.present);
	CHECK(kbd_fake_done(&f));
	kbd_remove(&k); /* makes no call */
	CHECK(kbd_fake_done(&f));
}

TEST(leds)
{
	static const struct kbd_call calls[] = {
		{0x16, 0x0100, 0, 0, 0, false},
		{0x16, 0x0100, 0, 0, 0, false},
		{0x16, 0x0100, 0, 0, 0, false},
	};

	CHECK_EQ(kbd_fake_install(&f, &k), 0);
	kbd_fake_script(&f, calls, 3);
	f.memory[0x417] = 0x8a; /* bits that are not ours stay */
	kbd_leds_set(&k, 0);
	CHECK_EQ(f.at, 0); /* off already */
	kbd_leds_set(&k, KBD_LOCK_NUM);
	CHECK_EQ(f.at, 1);
	CHECK_EQ(f.memory[0x417], 0xaa);
	CHECK_EQ(kbd_leds_get(&k), KBD_LOCK_NUM);
	kbd_leds_set(&k, KBD_LOCK_NUM | 0xf8); /* no such locks */
	CHECK_EQ(f.at, 1);
	kbd_leds_set(&k, KBD_LOCK_SCROLL | KBD_LOCK_CAPS);
	CHECK_EQ(f.memory[0x417], 0xda);
	kbd_leds_set(&k, 7);
	CHECK_EQ(f.memory[0x417], 0xfa);
	CHECK(kbd_fake_done(&f));
}

/* More keys than the ring holds: they are counted, and nothing stays held. */
TEST(lost_bytes)
{
	struct kbd_event e;
	int i, pressed = 0, n = 0;

	CHECK_EQ(kbd_fake_install(&f, &k), 0);
	for (i = 0; i < 511; i++)
		kbd_fake_key(&f, i < 40 ? 0x02 + i : 0x1e);
	kbd_fake_key(&f, 0x9e);
	kbd_fake_key(&f, 0x82);
	CHECK_EQ(kbd_lost(&k), 2);
	while (kbd_poll(&k, &e)) {
		CHECK_EQ(e.type, KBD_KEY);
		if (e.key.pressed && !e.key.repeat)
			pressed++;
		if (!e.key.pressed)
			pressed--;
		CHECK(++n < 600);
	}
	CHECK_EQ(n, 511 + 40);
	CHECK_EQ(pressed, 0);
	kbd_fake_key(&f, 0x1e);
	CHECK(kbd_poll(&k, &e));
	CHECK(!kbd_poll(&k, &e)); /* that one stays held */
}

int main(void)
{
	RUN(install_and_remove);
	RUN(install_again);
	RUN(hooked_after_us);
	RUN(no_low_memory);
	RUN(no_mouse);
	RUN(leds);
	RUN(lost_bytes);
	return test_end();
}
