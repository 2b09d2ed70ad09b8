/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The ring on Intel's 8255x, with a receive unit of this test's behind the
 * ports (Open Source Software Developer Manual, 6.4): on a workstation an
 * instruction that touches a port traps, and the trap is the card. Linked
 * below 4 GiB, as the card has 32 bits of an address.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <ucontext.h>

#include "ipxe-glue/undi/undi_eepro.h"
#include "test/test.h"

#define IO	0xc040
#define SLOTS	128
#define ROOM	1520
#define THEIRS	4
#define NUMBERS 4096 /* frames that a case may send */

enum ru { IDLE = 0x00, SUSPENDED = 0x04, NO_ROOM = 0x08, READY = 0x10 };

#define START 1
#define ABORT 4

#define RFD_EL	     0x8000
#define RFD_S	     0x4000
#define RFD_COMPLETE 0x8000
#define RFD_OK	     0x2000
#define COUNT_END    0x8000 /* EOF, and F: all of it is there */
#define COUNT_F	     0x4000

struct rfd {
	uint16_t status, command;
	uint32_t link, buffer;
	uint16_t count, size;
	uint8_t frame[ROOM];
} __attribute__((aligned(16)));

static struct rfd theirs[THEIRS];

static struct {
	uint32_t bar;
	bool deaf;    /* takes no command */
	uint8_t slow; /* looks until one is taken */
	enum ru state;
	uint8_t ack, command, looks;
	uint32_t pointer, started_at;
	struct rfd *at;
	unsigned int starts, aborts;
	/* Frames that come at the next touches of a port. */
	unsigned int due;
	uint16_t sent;		      /* the number of the next one */
	uint16_t kept[NUMBERS];	      /* those there was room for, */
	unsigned int kept_n, taken_n; /* and were read */
	unsigned int wrote_to_theirs;
} card;

static void receive(uint16_t status, uint16_t bytes);

static unsigned int length(uint16_t number)
{
	return 60 + number * 37u % (1514 - 60 + 1);
}

/* A good frame of the next number. */
static void frame(void)
{
	uint16_t number = card.sent++;

	if (card.state != READY)
		return;
	card.at->frame[0] = number & 0xff;
	card.at->frame[1] = number >> 8;
	memset(card.at->frame + 2, number * 7 & 0xff, length(number) - 2);
	card.kept[card.kept_n++ % NUMBERS] = number;
	receive(RFD_OK, length(number));
}

static void receive(uint16_t status, uint16_t bytes)
{
	struct rfd *rfd = card.at;

	for (int i = 0; i < THEIRS; i++)
		card.wrote_to_theirs += rfd == &theirs[i];
	if (card.state != READY)
		return;
	rfd->count = bytes | COUNT_END | COUNT_F;
	rfd->status |= RFD_COMPLETE | status;
	card.at = (void *)(uintptr_t)rfd->link;
	if (rfd->command & RFD_EL) {
		card.state = rfd->command & RFD_S ? SUSPENDED : NO_ROOM;
		card.ack |= 0x10;
	}
}

static void command(uint8_t what)
{
	card.command = what;
	if (card.deaf)
		return;
	card.looks = card.slow;
	if (what == START) {
		card.at = (void *)(uintptr_t)card.pointer;
		card.state = READY;
		card.starts++;
	}
	if (what == ABORT) {
		card.state = IDLE;
		card.aborts++;
	}
	if (!card.looks)
		card.command = 0;
}

static uint32_t port_read(uint16_t reg)
{
	switch (reg) {
	case 0:
		return card.state;
	case 2:
		if (card.looks && !--card.looks)
			card.command = 0;
		return card.command;
	case 4:
		return card.pointer;
	}
	abort();
}

static void port_write(uint16_t reg, uint32_t value)
{
	switch (reg) {
	case 1:
		card.ack &= ~value;
		return;
	case 2:
		command(value);
		return;
	case 4:
		card.pointer = value;
		return;
	}
	abort();
}

/* IN and OUT by DX: nothing else traps here. */
static void trap(int sig, siginfo_t *info, void *context)
{
	greg_t *reg = ((ucontext_t *)context)->uc_mcontext.gregs;
	uint8_t op = *(uint8_t *)reg[REG_RIP];
	uint16_t at = (uint16_t)reg[REG_RDX] - IO;

	if (card.due) {
		card.due--;
		frame();
	}
	switch (op) {
	case 0xec:
		reg[REG_RAX] = (reg[REG_RAX] & ~0xffll) | port_read(at);
		break;
	case 0xed:
		reg[REG_RAX] = port_read(at);
		break;
	case 0xee:
		port_write(at, reg[REG_RAX] & 0xff);
		break;
	case 0xef:
		port_write(at, reg[REG_RAX]);
		break;
	default:
		abort();
	}
	reg[REG_RIP]++;
}

uint32_t undi_card_pci(const struct undi_card *pci, uint8_t reg)
{
	return reg == 0x14 ? card.bar : 0xffffffff;
}

/* As iPXE's driver leaves it when it has opened the card. */
static void driver_opens(void)
{
	memset(&card, 0, sizeof(card));
	memset(theirs, 0, sizeof(theirs));
	card.bar = IO | 1;
	for (int i = 0; i < THEIRS; i++) {
		theirs[i].command = i == THEIRS - 1 ? RFD_EL | RFD_S : 0;
		theirs[i].link = i == THEIRS - 1
					 ? 0
					 : (uint32_t)(uintptr_t)&theirs[i + 1];
		theirs[i].buffer = 0xffffffff;
		theirs[i].size = 1518;
	}
	card.pointer = (uint32_t)(uintptr_t)theirs;
	card.at = theirs;
	card.state = READY;
}

static const struct undi_card pci = {.vendor = 0x8086, .device = 0x1229};

static int taken_over(void)
{
	driver_opens();
	return undi_eepro_start(&pci);
}

/* Read one; whether there was one, and it is the next of those kept. */
static bool read_next(void)
{
	size_t bytes;
	const uint8_t *p = undi_eepro_receive(&bytes);
	uint16_t number;

	if (!p)
		return false;
	if (card.taken_n == card.kept_n)
		abort();
	number = card.kept[card.taken_n++ % NUMBERS];
	if (bytes != length(number) || p[0] != (number & 0xff) ||
	    p[1] != number >> 8)
		return false;
	for (size_t i = 2; i < bytes; i++)
		if (p[i] != (number * 7 & 0xff))
			return false;
	return true;
}

TEST(which_cards_they_are)
{
	static const struct {
		uint16_t vendor, device;
		bool is;
	} all[] = {{0x8086, 0x1229, true},  {0x8086, 0x1209, true},
		   {0x8086, 0x2449, true},  {0x8086, 0x1030, true},
		   {0x8086, 0x103e, true},  {0x8086, 0x103f, false},
		   {0x8086, 0x102f, false}, {0x8086, 0x100e, false},
		   {0x10ec, 0x1229, false}};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct undi_card c = {.vendor = all[i].vendor,
				      .device = all[i].device};

		CHECK_EQ(undi_eepro_is(&c), all[i].is);
	}
}

TEST(taken_from_the_driver_it_runs_in_the_ring)
{
	CHECK_EQ(taken_over(), 0);
	CHECK(undi_eepro_started());
	CHECK_EQ(card.state, READY);
	CHECK_EQ(card.starts, 1);
	CHECK_EQ(card.aborts, 1);
	CHECK(card.at < theirs || card.at >= theirs + THEIRS);
	CHECK(!undi_eepro_pending());
	undi_eepro_stop();
	CHECK(!undi_eepro_started());
	CHECK_EQ(card.state, IDLE);
}

/* Refused with @error; -ENODEV: not touched. */
static bool refused(int error)
{
	if (undi_eepro_start(&pci) != error || undi_eepro_started())
		return false;
	return error != -ENODEV || (!card.starts && !card.aborts);
}

TEST(another_driver_s_list_is_left_alone)
{
	driver_opens();
	card.bar = 0xfebc0000;
	CHECK(refused(-ENODEV));
	card.bar = 1;
	CHECK(refused(-ENODEV));
	driver_opens();
	card.pointer = 0;
	CHECK(refused(-ENODEV));
	card.pointer = 0xffff0;
	CHECK(refused(-ENODEV));
	card.pointer = (uint32_t)(uintptr_t)theirs + 1;
	CHECK(refused(-ENODEV));
	card.pointer = UINT32_MAX - 15;
	CHECK(refused(-ENODEV));
	for (int i = 0; i < THEIRS; i++) {
		driver_opens();
		theirs[i].command ^= RFD_EL;
		CHECK(refused(-ENODEV));
		driver_opens();
		theirs[i].buffer = 0;
		CHECK(refused(-ENODEV));
		driver_opens();
		theirs[i].size = 1536;
		CHECK(refused(-ENODEV));
	}
	driver_opens();
	theirs[THEIRS - 1].link = (uint32_t)(uintptr_t)theirs;
	CHECK(refused(-ENODEV));
	driver_opens();
	theirs[THEIRS - 2].link = 0;
	CHECK(refused(-ENODEV));
}

TEST(a_card_that_takes_no_command_is_said_to)
{
	driver_opens();
	card.deaf = true;
	CHECK(refused(-EIO));
	/* One that takes its time. */
	driver_opens();
	card.slow = 200;
	CHECK_EQ(undi_eepro_start(&pci), 0);
	CHECK_EQ(card.state, READY);
}

TEST(each_frame_comes_once_and_in_order)
{
	CHECK_EQ(taken_over(), 0);
	for (int i = 0; i < 3 * SLOTS; i++) {
		frame();
		CHECK(undi_eepro_pending());
		CHECK(read_next());
		CHECK(!read_next());
	}
	CHECK_EQ(card.taken_n, 3 * SLOTS);
	CHECK_EQ(card.state, READY);
}

TEST(bad_frames_are_passed_over)
{
	CHECK_EQ(taken_over(), 0);
	receive(0, 60);
	receive(RFD_OK, 0);
	receive(RFD_OK, ROOM + 1);
	frame();
	receive(0, 60);
	CHECK(read_next());
	CHECK(!read_next());
	CHECK(!undi_eepro_pending());
}

TEST(a_flood_loses_what_there_is_no_room_for_and_no_more)
{
	CHECK_EQ(taken_over(), 0);
	for (int round = 0; round < 5; round++) {
		unsigned int kept = card.kept_n, starts = card.starts;

		for (int i = 0; i < 2 * SLOTS; i++)
			frame();
		CHECK(card.state != READY);
		CHECK(card.kept_n - kept >= SLOTS - 1);
		while (read_next())
			;
		CHECK_EQ(card.taken_n, card.kept_n);
		CHECK_EQ(card.state, READY);
		CHECK_EQ(card.starts, starts + 1);
	}
}

TEST(what_was_given_out_stays_until_the_next_call)
{
	const uint8_t *p;
	size_t bytes;

	CHECK_EQ(taken_over(), 0);
	frame();
	p = undi_eepro_receive(&bytes);
	CHECK(p);
	for (int i = 0; i < 2 * SLOTS; i++)
		frame();
	CHECK_EQ(p[0] | p[1] << 8, 0);
	CHECK_EQ(p[length(0) - 1], 0);
	CHECK_EQ(bytes, length(0));
}

/* The driver may be asked only while half of the ring is free. */
TEST(the_driver_is_not_asked_when_it_may_stop)
{
	CHECK_EQ(taken_over(), 0);
	for (int i = 0; i < SLOTS / 2; i++) {
		CHECK(undi_eepro_run());
		frame();
	}
	CHECK(undi_eepro_run());
	frame();
	CHECK(!undi_eepro_run());
	for (int i = 0; i < 2 * SLOTS; i++)
		frame();
	CHECK(card.state != READY);
	CHECK(!undi_eepro_run());
	while (read_next())
		;
	CHECK_EQ(card.taken_n, card.kept_n);
	CHECK(undi_eepro_run());
	CHECK_EQ(card.state, READY);
}

TEST(a_receiver_that_the_driver_has_started_comes_back)
{
	unsigned int aborts;

	CHECK_EQ(taken_over(), 0);
	frame();
	frame();
	CHECK(read_next());
	/* Its sending leaves 0 there: nothing is wrong. */
	aborts = card.aborts;
	card.pointer = 0;
	undi_eepro_asked();
	CHECK_EQ(card.aborts, aborts);
	CHECK_EQ(card.starts, 1);
	/* Started: in the driver's frames, before one has come. */
	card.pointer = (uint32_t)(uintptr_t)theirs;
	command(START);
	undi_eepro_asked();
	CHECK_EQ(card.aborts, aborts + 1);
	CHECK_EQ(card.state, READY);
	for (int i = 0; i < 2 * SLOTS; i++) {
		frame();
		CHECK(read_next());
	}
	CHECK(read_next());
	CHECK(!read_next());
	CHECK_EQ(card.wrote_to_theirs, 0);
	/* Not a second time for the same. */
	aborts = card.aborts;
	undi_eepro_asked();
	CHECK_EQ(card.aborts, aborts);
}

/*
 * Frames arrive at any moment, singly and in floods, while they are read, the
 * driver is asked and starts the receiver: whatever was kept is read, once.
 */
TEST(at_any_moment)
{
	CHECK_EQ(taken_over(), 0);
	srand(1);
	for (int i = 0; i < 200000; i++) {
		switch (rand() % 8) {
		case 0:
			card.due = rand() % 16;
			break;
		case 1:
			for (int n = rand() % (rand() % 9 ? 8 : 300); n; n--)
				frame();
			break;
		case 2:
			if (!undi_eepro_run())
				break;
			CHECK_EQ(card.state, READY);
			if (rand() % 4 == 0) {
				unsigned int due = card.due;

				card.due = 0;
				card.pointer = (uint32_t)(uintptr_t)theirs;
				command(START);
				undi_eepro_asked();
				card.due = due;
				CHECK_EQ(card.state, READY);
			}
			break;
		default:
			if (card.taken_n < card.kept_n)
				CHECK(read_next());
		}
		CHECK(card.kept_n - card.taken_n <= SLOTS);
		CHECK_EQ(card.wrote_to_theirs, 0);
	}
	card.due = 0;
	while (read_next())
		;
	CHECK_EQ(card.taken_n, card.kept_n);
	CHECK(card.taken_n > 50000);
	CHECK_EQ(card.state, READY);
}

int main(void)
{
	struct sigaction ports = {.sa_sigaction = trap, .sa_flags = SA_SIGINFO};

	sigaction(SIGSEGV, &ports, NULL);
	RUN(which_cards_they_are);
	RUN(taken_from_the_driver_it_runs_in_the_ring);
	RUN(another_driver_s_list_is_left_alone);
	RUN(a_card_that_takes_no_command_is_said_to);
	RUN(each_frame_comes_once_and_in_order);
	RUN(bad_frames_are_passed_over);
	RUN(a_flood_loses_what_there_is_no_room_for_and_no_more);
	RUN(what_was_given_out_stays_until_the_next_call);
	RUN(the_driver_is_not_asked_when_it_may_stop);
	RUN(a_receiver_that_the_driver_has_started_comes_back);
	RUN(at_any_moment);
	return test_end();
}
