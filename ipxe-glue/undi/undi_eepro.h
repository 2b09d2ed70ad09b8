/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Receiving on Intel's 8255x without iPXE's driver, which is not safe there.
 */
#ifndef UNDI_EEPRO_H
#define UNDI_EEPRO_H

#include <stdbool.h>
#include <stddef.h>

#include "ipxe-glue/undi/undi_card.h"

/* Whether @card is one of iPXE's eepro100 driver. */
bool undi_eepro_is(const struct undi_card *card);

/*
 * Take the receiver over, right after UNDI has opened the card.
 *
 * Returns 0; -ENODEV, and has touched nothing, unless the driver is iPXE's and
 * was opened just now; -EIO if the card takes no command: its receiver may
 * stand still then, until UNDI has closed and opened the card.
 */
int undi_eepro_start(const struct undi_card *card);

/* Stop the receiver; before UNDI closes the card. */
void undi_eepro_stop(void);

/* Whether it is taken over. Then the rest of this file is used, else nothing.
 */
bool undi_eepro_started(void);

/* As undi_card_receive(). */
const void *undi_eepro_receive(size_t *bytes);

/* Whether a frame waits. */
bool undi_eepro_pending(void);

/*
 * See to it that the receiver runs. Returns false when it may stop, for half
 * the room is taken: then no UNDI_ISR may be made, the driver would start it in
 * its own memory.
 */
bool undi_eepro_run(void);

/* After UNDI_ISR: the receiver is ours again, should the driver have had it. */
void undi_eepro_asked(void);

#endif
