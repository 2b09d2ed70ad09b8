/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Whether the card still receives. When nothing comes for a while a neighbour
 * is asked (ARP) for a sign of life; when it is silent too, the card is closed
 * and opened again, with growing pauses: it may as well be the network.
 *
 * Quirk: iPXE 1.21.1's pcnet32 on QEMU 7.2. When a burst fills its 32 receive
 * buffers, QEMU goes on at the next one that is free, while the driver waits at
 * the one that should have been next: nothing more comes until 32 frames have
 * gone round, and with a peer that sends one again every few seconds, never.
 */
#ifndef UNDI_WATCH_H
#define UNDI_WATCH_H

#include <stdbool.h>

/* Frames have come. */
void undi_watch_heard(void);

/*
 * With a link and an address, every poll: ask when it is time to.
 * Returns whether the card should be started anew now.
 */
bool undi_watch_poll(void);

/* It was. If the answer comes at once, it was the card and not the network. */
void undi_watch_restarted(void);

#endif
