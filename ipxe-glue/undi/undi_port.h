/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The port on UNDI and lwIP: what undi_main.c does with it.
 */
#ifndef UNDI_PORT_H
#define UNDI_PORT_H

/*
 * Load and start the card's driver; call it before heap_init(), for the driver
 * takes its memory out of the BIOS's map. What failed, port_net() says.
 */
void undi_port_card_start(void);

/* Close what is open, let its last segments out, stop the driver. */
void undi_port_stop(void);

#endif
