/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Intel 8255x (Open Source Software Developer Manual, 6.4: the receive unit),
 * simplified receive mode.
 *
 * Quirk: iPXE's eepro100 driver, all versions (2019 to 2.0.0). It gives the
 * card four frames of room. When they are full the receiver stops, and the next
 * UNDI_ISR starts it twice in a row: once by the status after it has made room,
 * once more by the one it had read before. What came in between (in QEMU all
 * that was waiting, on a busy machine every other burst) is lost; and the
 * receiver goes on in memory that the driver has freed by then. Its next frame
 * ended up at address 0, in the interrupt vectors: on a busy machine about one
 * boot in 600 stood still.
 *
 * So the driver keeps its hands off: a ring of our own is given to the
 * receiver, and the driver's four frames stay empty. Sending, and all else, is
 * the driver's.
 *
 * The ring has the mark of a list's end in the slot that was read last, which
 * follows all that are free: a receiver that is faster than we are stops there,
 * and is started again. The driver must not see it stopped, it would start it
 * in its own frames: it is asked only while SPARE slots are free, twice what
 * all peers nearby may have under way (undi_window.h), and 8 ms of full frames
 * at 100 Mbit/s. Should a machine stand still just then, in a flood, the driver
 * starts it; that is seen right after the batch of calls (undi_eepro_asked) and
 * undone. What is left is a driver that is asked a second time in that batch,
 * for it has sent: it could free frames, and start in them, for that long.
 */
#include <errno.h>
#include <stdint.h>

#include "ipxe-glue/undi/undi_eepro.h"

#include "romlayout/include/rm.h"

/* Registers, from the base of the card's I/O ports on. */
#define SCB_STATUS  0
#define SCB_ACK	    1
#define SCB_COMMAND 2
#define SCB_POINTER 4
#define PCI_BAR_1   0x14
#define PCI_BAR_IO  0x01

#define STATUS_RU    0x3c /* the receiver's state, and */
#define RU_READY     0x10 /* the one in which it runs */
#define ACK_NO_ROOM  0x10
#define COMMAND_RU   0x0f
#define START_RU     1
#define ABORT_RU     4
#define COMMAND_MOST 10000 /* looks until a command is taken, 1 us each */

/* A receive frame descriptor, followed by the frame. */
#define RFD_END	     0xc000 /* end of the list, suspend */
#define RFD_COMPLETE 0x8000
#define RFD_OK	     0x2000
#define RFD_COUNT    0x3fff
#define RFD_NO_BUF   0xffffffff
#define RFD_HEAD     16

/* What iPXE's driver has of them. */
#define THEIR_FRAMES 4
#define THEIR_ROOM   1518

#define SLOTS	   128 /* 192 KiB, above 1 MiB */
#define ROOM	   1520
#define LOOK_EVERY 16 /* frames, at the receiver: has it stopped? */
#define SPARE	   64 /* slots, so that it does not in the next moment */

struct rfd {
	volatile uint16_t status, command;
	volatile uint32_t link, buffer;
	volatile uint16_t count, size;
	uint8_t frame[ROOM];
} __attribute__((aligned(16)));

_Static_assert(offsetof(struct rfd, frame) == RFD_HEAD && SLOTS >= 2 &&
		       ROOM >= UNDI_CARD_FRAME_MAX,
	       "the card writes frames behind their descriptors");

static struct rfd ring[SLOTS];

static struct {
	uint16_t io;	   /* 0: not taken over */
	unsigned int next; /* the slot that is filled next, or was */
	bool lent;	   /* the one before it is with our caller */
} own;

static uint8_t ru_state(uint16_t io)
{
	return rm_inb(io + SCB_STATUS) & STATUS_RU;
}

/* Give the receiver a command; false if the card does not take any. */
static bool command(uint16_t io, uint8_t what, const struct rfd *rfd)
{
	unsigned int looks = COMMAND_MOST;

	while (rm_inb(io + SCB_COMMAND))
		if (!--looks)
			return false;
	rm_outl(io + SCB_POINTER, (uint32_t)(uintptr_t)rfd);
	rm_outb(io + SCB_COMMAND, what);
	return true;
}

bool undi_eepro_is(const struct undi_card *card)
{
	static const uint16_t ids[] = {
		0x1029, 0x1050, 0x1051, 0x1059, 0x1065, 0x1092,
		0x10fe, 0x1209, 0x1227, 0x1228, 0x1229, 0x2449,
		0x2459, 0x245d, 0x27dc, 0x5200, 0x5201,
	};

	if (card->vendor != 0x8086)
		return false;
	if (card->device >= 0x1030 && card->device <= 0x103e)
		return true;
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		if (ids[i] == card->device)
			return true;
	return false;
}

/*
 * Whether the receiver was started last, and with a list as iPXE's driver makes
 * them: four frames, each in this form.
 */
static bool is_theirs(uint16_t io)
{
	uint32_t at = rm_inl(io + SCB_POINTER);

	for (int i = 0; i < THEIR_FRAMES; i++) {
		const struct rfd *rfd = rm_phys(at);
		uint16_t end = i == THEIR_FRAMES - 1 ? RFD_END : 0;

		if (at < 0x100000 || at & 1 || at > UINT32_MAX - 4096 ||
		    rfd->command != end || rfd->buffer != RFD_NO_BUF ||
		    rfd->size != THEIR_ROOM)
			return false;
		at = rfd->link;
	}
	return at == 0;
}

/* All slots free, the last one the end. */
static void make_ring(void)
{
	for (unsigned int i = 0; i < SLOTS; i++) {
		ring[i].status = ring[i].count = 0;
		ring[i].command = i == SLOTS - 1 ? RFD_END : 0;
		ring[i].link = (uint32_t)(uintptr_t)&ring[(i + 1) % SLOTS];
		ring[i].buffer = RFD_NO_BUF;
		ring[i].size = ROOM;
	}
}

int undi_eepro_start(const struct undi_card *card)
{
	uint32_t bar = undi_card_pci(card, PCI_BAR_1);
	uint16_t io = bar & 0xfffc;

	own.io = 0;
	if (!(bar & PCI_BAR_IO) || !io || !is_theirs(io))
		return -ENODEV;
	make_ring();
	own.next = 0;
	own.lent = false;
	if (!command(io, ABORT_RU, NULL) || !command(io, START_RU, ring))
		return -EIO;
	/* The driver is not to be told. */
	rm_outb(io + SCB_ACK, ACK_NO_ROOM);
	own.io = io;
	return 0;
}

void undi_eepro_stop(void)
{
	if (own.io)
		command(own.io, ABORT_RU, NULL);
	own.io = 0;
}

bool undi_eepro_started(void)
{
	return own.io;
}

bool undi_eepro_pending(void)
{
	return ring[own.next].status & RFD_COMPLETE;
}

/*
 * One that has stopped goes on in the slot behind the last that is filled: that
 * one, and those up to the mark, have been read meanwhile.
 */
static void go_on(void)
{
	unsigned int i = own.next, n = SLOTS;

	while (n && ring[i].status & RFD_COMPLETE) {
		i = (i + 1) % SLOTS;
		n--;
	}
	if (n)
		command(own.io, START_RU, &ring[i]);
}

bool undi_eepro_run(void)
{
	const struct rfd *spare = &ring[(own.next + SLOTS - SPARE) % SLOTS];

	if (ru_state(own.io) != RU_READY)
		go_on();
	return ru_state(own.io) == RU_READY && !(spare->status & RFD_COMPLETE);
}

/*
 * The pointer is what the card was given last: by us a slot, by the driver 0
 * when it has sent, and its frames when it has started the receiver. (With its
 * very first frame that it sends, something else: then nothing is lost here.)
 */
void undi_eepro_asked(void)
{
	uint32_t at = rm_inl(own.io + SCB_POINTER);

	if (!at || at - (uint32_t)(uintptr_t)ring < sizeof(ring))
		return;
	command(own.io, ABORT_RU, NULL);
	go_on();
}

/* Take back what was lent: it is the end now, and the old end is free. */
static void take_back(void)
{
	unsigned int last = (own.next + SLOTS - 1) % SLOTS;

	if (!own.lent)
		return;
	own.lent = false;
	ring[last].status = ring[last].count = 0;
	ring[last].command = RFD_END;
	ring[(last + SLOTS - 1) % SLOTS].command = 0;
}

/*
 * QEMU says that a frame is complete and writes it then, with its lock held: a
 * register is read in between, which waits for that lock.
 */
const void *undi_eepro_receive(size_t *bytes)
{
	const struct rfd *rfd;

	for (;;) {
		take_back();
		if (!undi_eepro_pending() || own.next % LOOK_EVERY == 0)
			undi_eepro_run();
		rfd = &ring[own.next];
		if (!undi_eepro_pending())
			return NULL;
		(void)ru_state(own.io);
		own.next = (own.next + 1) % SLOTS;
		own.lent = true;
		*bytes = rfd->count & RFD_COUNT;
		if (rfd->status & RFD_OK && *bytes && *bytes <= ROOM)
			return rfd->frame;
	}
}
