/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The PXE stack that started us as a network program.
 */
#ifndef UNDI_STACK_H
#define UNDI_STACK_H

#include "ipxe-glue/undi/undi_card.h"
#include "romlayout/include/rm.h"

/*
 * Find the stack, take from it what it knows (command line and cached DHCP
 * answers go to undi_where.h), and have it let go of the network.
 *
 * @info: where its structures may be
 * @entry: gets where PXE calls go
 * @card: bus_devfn, running and isr_start are filled in
 *
 * Returns 0; -ENODEV if there is no PXE stack; -ENOMEM if low memory is short.
 */
int undi_stack_start(const struct rom_info *info, struct pxe_segoff *entry,
		     struct undi_card *card);

#endif
