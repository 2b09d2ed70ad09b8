/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Whether the network cable is plugged in. UNDI has no call for it that iPXE
 * would answer, so a card's own registers are read, where they are known.
 */
#ifndef UNDI_LINK_H
#define UNDI_LINK_H

#include <stdbool.h>

#include "ipxe-glue/undi/undi_card.h"

/* Find the register of @card. */
void undi_link_start(const struct undi_card *card);

/* Whether there is a link; true also where that cannot be known. */
bool undi_link_up(void);

/* Megabits a second, 0 where that cannot be known or without a link. */
unsigned int undi_link_mbit(void);

#endif
