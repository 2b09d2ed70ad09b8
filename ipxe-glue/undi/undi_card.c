/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The card through UNDI calls (PXE 2.1, chapter 4), polled: UNDI_ISR with
 * PROCESS once, then GET_NEXT until it says that nothing is left, in batches
 * (undi_batch.S).
 *
 * UNDI leaves the card's interrupt on, and nobody would serve it: its line is
 * masked in the PIC. That the line is up can still be read there (the request
 * register comes before the mask), which is a port read where an UNDI call is
 * a round trip through two processor modes.
 *
 * On one family of cards frames come in without the driver (undi_eepro.c); then
 * UNDI_ISR is there for what was sent alone.
 */
#include <errno.h>
#include <string.h>

#include "ipxe-glue/port.h"
#include "ipxe-glue/undi/undi_batch.h"
#include "ipxe-glue/undi/undi_card.h"
#include "ipxe-glue/undi/undi_eepro.h"
#include "romlayout/include/rm.h"

/* What real mode sees of us: parameters, a descriptor, a frame. */
struct undi_low {
	union {
		uint16_t status;
		struct pxe_start_undi start;
		struct pxe_initialize initialize;
		struct pxe_open open;
		struct pxe_transmit transmit;
		struct pxe_information information;
	};
	struct pxe_tbd tbd;
	uint8_t frame[UNDI_CARD_FRAME_MAX];
};

_Static_assert(offsetof(struct undi_batch, entry) == UNDI_BATCH_ENTRY &&
		       offsetof(struct undi_batch, count) == UNDI_BATCH_COUNT &&
		       offsetof(struct undi_batch, lengths) ==
			       UNDI_BATCH_LENGTHS &&
		       offsetof(struct undi_batch, first) == UNDI_BATCH_FIRST &&
		       offsetof(struct undi_batch, frames) ==
			       UNDI_BATCH_FRAME_0,
	       "undi_batch.S has other offsets");

static struct {
	struct pxe_segoff entry;
	uint16_t seg; /* of low */
	uint16_t bus_devfn;
	struct undi_low *low;
	uint32_t error;
	uint8_t irq, was_masked;
	uint8_t floor;	    /* the first of our steps */
	uint8_t level;	    /* how far start came: the step after the last */
	uint8_t receiving;  /* more frames wait than the last batch took */
	uint8_t sent;	    /* frames, of which the driver was not asked yet */
	uint16_t batch_seg; /* of its code */
	uint16_t next;	    /* in the batch: the first not yet handed out */
	struct undi_batch *batch;
} card;

/* PIC ports: mask register, and the command that selects the requests. */
#define PIC_COMMAND(irq)  ((irq) < 8 ? 0x20 : 0xa0)
#define PIC_MASK(irq)	  ((irq) < 8 ? 0x21 : 0xa1)
#define PIC_BIT(irq)	  (1u << ((irq)&7))
#define PIC_READ_REQUESTS 0x0a

uint32_t undi_card_error(void)
{
	return card.error;
}

uint16_t undi_call(struct pxe_segoff entry, enum pxe_op op, uint16_t seg,
		   uint16_t off)
{
	uint16_t args[3] = {op, off, seg};
	struct bios_regs regs = {.ebx = op, .edi = off, .es = seg};

	rm_far_call_regs(entry.seg, entry.off, args, 3, &regs);
	return (uint16_t)regs.eax;
}

/* Make PXE call @op with the parameters in card.low. Returns 0 or -EIO. */
static int call(enum pxe_op op)
{
	uint16_t rc = undi_call(card.entry, op, card.seg, 0);

	if (rc == 0 && card.low->status == 0)
		return 0;
	card.error = (uint32_t)op << 16 | card.low->status;
	return -EIO;
}

static void clear_params(void)
{
	memset(card.low, 0, offsetof(struct undi_low, tbd));
}

/* ---- start and stop ------------------------------------------------------ */

static void params_start(void)
{
	card.low->start.ax = card.bus_devfn;
	card.low->start.bx = card.low->start.dx = 0xffff;
	card.low->start.es = 0xf000;
}

static void params_open_plain(void)
{
	card.low->open.filter = PXE_FILTER_DIRECTED | PXE_FILTER_BROADCAST;
}

/*
 * With the groups of IPv6: all nodes, and who looks for an address of ours.
 * (iPXE receives every group in any case.)
 */
static void params_open(void)
{
	static const uint8_t all[6] = {0x33, 0x33, 0, 0, 0, 1};
	static const uint8_t solicited[3] = {0x33, 0x33, 0xff};
	struct pxe_open *open = &card.low->open;
	uint8_t mac[6];
	int rc = call(PXE_UNDI_GET_INFORMATION);

	memcpy(mac, card.low->information.current_address, sizeof(mac));
	clear_params();
	params_open_plain();
	if (rc)
		return;
	open->multicast_count = 2;
	memcpy(open->multicast[0], all, sizeof(all));
	memcpy(open->multicast[1], solicited, sizeof(solicited));
	memcpy(open->multicast[1] + 3, mac + 3, 3);
}

static void params_none(void)
{
}

/* Each step up, and what undoes it: 0 for nothing. */
static const struct {
	uint8_t up, down;
	void (*params)(void);
} steps[] = {
	{PXE_START_UNDI, PXE_STOP_UNDI, params_start},
	{PXE_UNDI_STARTUP, PXE_UNDI_SHUTDOWN, params_none},
	{PXE_UNDI_INITIALIZE, 0, params_none},
	{PXE_UNDI_OPEN, PXE_UNDI_CLOSE, params_open},
};
#define STEPS	  (sizeof(steps) / sizeof(steps[0]))
#define STEP_OPEN (STEPS - 1)

static void mask_irq(void)
{
	uint8_t mask;

	if (card.irq == 0 || card.irq > 15) {
		card.irq = 0;
		return;
	}
	mask = rm_inb(PIC_MASK(card.irq));
	card.was_masked = mask & PIC_BIT(card.irq);
	rm_outb(PIC_MASK(card.irq), mask | PIC_BIT(card.irq));
}

static void unmask_irq(void)
{
	if (card.irq && !card.was_masked)
		rm_outb(PIC_MASK(card.irq),
			rm_inb(PIC_MASK(card.irq)) & ~PIC_BIT(card.irq));
}

uint32_t undi_card_pci(const struct undi_card *out, uint8_t reg)
{
	if (!out->bus_devfn)
		return 0xffffffff;
	rm_outl(0xcf8, 0x80000000 | (uint32_t)out->bus_devfn << 8 | reg);
	return rm_inl(0xcfc);
}

static int get_information(struct undi_card *out)
{
	const struct pxe_information *info = &card.low->information;
	uint32_t id = undi_card_pci(out, 0);
	int rc;

	clear_params();
	rc = call(PXE_UNDI_GET_INFORMATION);
	if (rc)
		return rc;
	memcpy(out->mac, info->current_address, sizeof(out->mac));
	out->irq = card.irq = info->irq;
	out->vendor = id;
	out->device = id >> 16;
	return 0;
}

/* The batch's code and data, in pages of their own each (undi_load.c). */
static int start_batch(const struct undi_card *out)
{
	size_t code_bytes = undi_batch_end - undi_batch_start;
	uint16_t seg = undi_load_pages(sizeof(*card.batch));
	char *code;

	card.batch_seg = undi_load_pages(code_bytes);
	if (!seg || !card.batch_seg)
		return -ENOMEM;
	card.batch = rm_ptr(seg, 0);
	card.batch->entry = card.entry;
	card.batch->first = out->isr_start ? PXE_ISR_START : PXE_ISR_PROCESS;
	card.batch->function = card.batch->first;
	code = rm_ptr(card.batch_seg, 0);
	memcpy(code, undi_batch_start, code_bytes);
	memcpy(code + (undi_batch_segment - undi_batch_start), &seg,
	       sizeof(seg));
	return 0;
}

/* Make the steps from @from on. */
static int step_up(uint8_t from)
{
	for (card.level = from; card.level < STEPS; card.level++) {
		clear_params();
		steps[card.level].params();
		if (call(steps[card.level].up) == 0)
			continue;
		/* Maybe it wants no groups. */
		clear_params();
		params_open_plain();
		if (card.level != STEP_OPEN || call(PXE_UNDI_OPEN) != 0)
			return -ENODEV;
	}
	return 0;
}

/*
 * Open a card that a PXE stack has been using. To some it is open already, and
 * must be closed first; others have stopped it when they let go of it.
 */
static int open_running(void)
{
	card.floor = STEP_OPEN;
	if (step_up(STEP_OPEN) == 0)
		return 0;
	clear_params();
	call(PXE_UNDI_CLOSE);
	if (step_up(STEP_OPEN) == 0)
		return 0;
	clear_params();
	call(PXE_UNDI_SHUTDOWN);
	return step_up(1);
}

/* Close the card and open it again. */
static int reopen(void)
{
	clear_params();
	call(PXE_UNDI_CLOSE);
	return step_up(STEP_OPEN);
}

/*
 * Where iPXE's driver is not safe, have frames come in without it. The UNDI of
 * another maker's stack is left as it is. Returns 0, or -ENODEV if the card
 * had to be opened again and could not be.
 */
static int take_over(const struct undi_card *out)
{
	int rc;

	if (!undi_eepro_is(out) || out->isr_start)
		return 0;
	rc = undi_eepro_start(out);
	/* That is for one opened just now; a PXE stack may have had it open. */
	if (rc == -ENODEV && out->running) {
		if (reopen() != 0)
			return -ENODEV;
		rc = undi_eepro_start(out);
	}
	port_log(rc == 0 ? "UNDI: Intel 8255x, its receiver is ours"
			 : "UNDI: Intel 8255x, its receiver is the driver's");
	return rc == -EIO ? reopen() : 0;
}

int undi_card_start(struct pxe_segoff entry, struct undi_card *out)
{
	card.entry = entry;
	card.bus_devfn = out->bus_devfn;
	card.low = rm_low_alloc(sizeof(*card.low), &card.seg);
	if (!card.low || start_batch(out) != 0)
		return -ENOMEM;

	if ((out->running ? open_running() : step_up(0)) != 0)
		goto err;
	if (get_information(out) != 0)
		goto err;
	mask_irq();
	if (take_over(out) == 0)
		return 0;

err:
	undi_card_stop();
	return -ENODEV;
}

void undi_card_stop(void)
{
	uint32_t error = card.error;

	undi_eepro_stop();
	for (; card.level > card.floor; card.level--) {
		if (!steps[card.level - 1].down)
			continue;
		clear_params();
		call(steps[card.level - 1].down);
	}
	unmask_irq();
	card.irq = 0;
	card.error = error;
}

int undi_card_restart(const struct undi_card *out)
{
	undi_eepro_stop();
	card.batch->count = card.next = 0;
	card.receiving = card.sent = 0;
	card.batch->function = card.batch->first;
	if (reopen() != 0)
		return -ENODEV;
	return take_over(out);
}

/* ---- frames -------------------------------------------------------------- */

void *undi_card_tx_buffer(void)
{
	return card.low->frame;
}

/* Have the card send what is in the buffer. */
static int transmit(size_t bytes)
{
	struct pxe_transmit *tx = &card.low->transmit;
	struct pxe_tbd *tbd = &card.low->tbd;

	clear_params();
	tx->protocol = PXE_PROTOCOL_UNKNOWN;
	tx->tbd.seg = card.seg;
	tx->tbd.off = offsetof(struct undi_low, tbd);
	tbd->immediate_bytes = bytes;
	tbd->immediate.seg = card.seg;
	tbd->immediate.off = offsetof(struct undi_low, frame);
	return call(PXE_UNDI_TRANSMIT);
}

/* Fetch frames until the batch is full or none is left. */
static void fetch(void)
{
	struct undi_batch *batch = card.batch;

	rm_far_call(card.batch_seg, 0, NULL, 0);
	if (batch->isr.status != 0)
		card.error = (uint32_t)PXE_UNDI_ISR << 16 | batch->isr.status;
	card.next = 0;
	card.receiving = batch->function == PXE_ISR_GET_NEXT;
}

/*
 * Have the driver see to what was sent; where that is all that it is asked, and
 * frames that came in before our own receiver are nobody's.
 */
static void clean_up(void)
{
	if (!undi_eepro_run())
		return;
	fetch();
	undi_eepro_asked();
	card.batch->count = card.next = 0;
	card.receiving = card.sent = 0;
}

/*
 * The driver has room for so many frames. It may have none yet when it has just
 * been asked: a frame takes 0.12 ms at 100 Mbit/s.
 */
#define SENT_MOST  4
#define SEND_TRIES 20

int undi_card_send(size_t bytes)
{
	unsigned int tries = SEND_TRIES;
	int rc;

	if (bytes > sizeof(card.low->frame))
		return -EIO;
	if (!undi_eepro_started())
		return transmit(bytes);
	do {
		if (card.sent >= SENT_MOST)
			clean_up();
		rc = transmit(bytes);
		card.sent = rc ? SENT_MOST : card.sent + 1;
	} while (rc && --tries);
	return rc;
}

const void *undi_card_receive(size_t *bytes)
{
	struct undi_batch *batch = card.batch;

	if (undi_eepro_started())
		return undi_eepro_receive(bytes);
	if (card.next == batch->count) {
		/* The last batch has emptied the card: say so once. */
		if (card.next && !card.receiving) {
			batch->count = card.next = 0;
			return NULL;
		}
		fetch();
	}
	if (batch->count == 0)
		return NULL;
	*bytes = batch->lengths[card.next];
	return batch->frames[card.next++];
}

int undi_card_pending(void)
{
	if (undi_eepro_started())
		return undi_eepro_pending();
	if (!card.irq || card.receiving || card.next < card.batch->count)
		return 1;
	rm_outb(PIC_COMMAND(card.irq), PIC_READ_REQUESTS);
	return !!(rm_inb(PIC_COMMAND(card.irq)) & PIC_BIT(card.irq));
}
