/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The network card, driven by the UNDI of a stock iPXE ROM (or another's): one
 * card, Ethernet, polled.
 */
#ifndef UNDI_CARD_H
#define UNDI_CARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ipxe-glue/undi/undi_pxe.h"

/* The largest Ethernet frame, without checksum, and a VLAN tag's room. */
#define UNDI_CARD_FRAME_MAX 1518

struct undi_card {
	uint8_t mac[6];
	uint8_t irq;		 /* of the PIC, 0 unknown */
	uint16_t bus_devfn;	 /* 0: not known */
	uint16_t vendor, device; /* from the card's configuration space */
	bool running;	/* under a PXE stack, which is to find it so again */
	bool isr_start; /* UNDI_ISR wants START before PROCESS */
};

/*
 * Make PXE call @op with the parameters at @seg:@off, as !PXE takes it and as
 * PXENV+ does. Returns AX; the status is in the parameters.
 */
uint16_t undi_call(struct pxe_segoff entry, enum pxe_op op, uint16_t seg,
		   uint16_t off);

/*
 * Load the UNDI out of a ROM image into low memory.
 * @rom, @bytes: the image
 * @bus_devfn: the card, PCI bus in bits 8-15
 * @entry: gets where PXE calls go
 *
 * Returns 0; -ENOEXEC if the image has no UNDI, -ENOMEM if low memory is
 * short, -EIO if the loader refuses.
 */
int undi_load(const void *rom, size_t bytes, uint16_t bus_devfn,
	      struct pxe_segoff *entry);

/*
 * The version of the UNDI in a ROM image, major in bits 8-15; 2.1 if it does
 * not say, or there is no image (@rom NULL).
 */
uint16_t undi_load_version(const void *rom, size_t bytes);

/*
 * Take a segment of low memory that shares no 4 KiB page with another: QEMU's
 * TCG translates a page's code anew after every write to that page, and one
 * write in a page of the driver's code makes every call ten times as slow.
 * Returns 0 without memory.
 */
uint16_t undi_load_pages(size_t bytes);

/*
 * Start the card behind @entry.
 * @card: bus_devfn, running and isr_start come in, the rest goes out
 *
 * Returns 0, -ENOMEM, or -ENODEV if an UNDI call failed (undi_card_error says
 * which). Its interrupt is masked from then on.
 */
int undi_card_start(struct pxe_segoff entry, struct undi_card *card);

/* A register of @card's PCI configuration space; all ones if it has none. */
uint32_t undi_card_pci(const struct undi_card *card, uint8_t reg);

/*
 * Close, and shut down and unload what we have loaded; then the interrupt mask
 * is as it was.
 */
void undi_card_stop(void);

/*
 * Close the card and open it again: its driver forgets what it waited for.
 * Returns 0, or -ENODEV.
 */
int undi_card_restart(const struct undi_card *card);

/* The last PXE call that failed: its number in bits 16-31, its status. */
uint32_t undi_card_error(void);

/*
 * Send one frame, Ethernet header first: written to undi_card_tx_buffer() by
 * the caller.
 *
 * Returns 0, or -EIO.
 */
int undi_card_send(size_t bytes);
void *undi_card_tx_buffer(void);

/*
 * Fetch one waiting frame.
 * @bytes: its length
 *
 * Returns the frame, valid until the next undi_card_ call, or NULL when none
 * waits.
 */
const void *undi_card_receive(size_t *bytes);

/* Whether the card asks for attention; 1 also when that cannot be known. */
int undi_card_pending(void);

#endif
