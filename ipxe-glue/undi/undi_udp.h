/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * port_udp_* on lwIP.
 */
#ifndef UNDI_UDP_H
#define UNDI_UDP_H

/* Look names up, say so. From port_poll. */
void undi_udp_poll(void);

#endif
