/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The port inside iPXE: what its files know of each other.
 *
 * Everything between linked_start() and linked_stop() runs on a stack and in
 * memory of our own (linked_memory.c); nothing here keeps anything between two
 * sessions but how fast the TSC is, what is gathered of random bytes, and how
 * old the lease is.
 */
#ifndef IPXE_GLUE_LINKED_H
#define IPXE_GLUE_LINKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ipxe-glue/port.h"

struct client_options;

/*
 * Run a session (or, without options->once, the client until it is left) from
 * inside iPXE. Returns as client_main, in plain numbers.
 */
int linked_run(struct client_options *options);

/* linked_memory.c: a pool of all memory that iPXE leaves, and a stack. */
int linked_memory_start(void);
void linked_memory_stop(void);
int linked_memory_call(int (*function)(struct client_options *options),
		       struct client_options *options);

/* linked_bios.c: struct bios on iPXE's librm. */
extern struct bios linked_bios;
void linked_bios_start(void);

/*
 * linked_time.c: the TSC as a clock, the RTC to end a halt. Between listen and
 * stop the RTC interrupts nothing; has it ticked since last asked?
 */
void linked_time_start(void);
void linked_time_listen(void);
bool linked_time_ticked(void);
void linked_time_stop(void);
void linked_time_halt(void);
uint64_t linked_time_tsc(void);

/* linked_entropy.c: it leaves the RTC to linked_time_start(), so before that */
void linked_entropy_start(void);
void linked_entropy_interrupt(void);

/* linked_tcp.c: port_tcp_* on iPXE's data transfer interface. */
void linked_tcp_poll(void);
void linked_tcp_stop(void);
bool linked_tcp_heard(void); /* anything, since last asked */
void linked_tcp_moved(void); /* this PC has another address now */

/* linked_net.c: the network as a whole. */
void linked_net_poll(void);
void linked_net_stop(void);
unsigned int linked_net_frames(void); /* what its card takes: burst.h */

/*
 * linked_net6.c: fill in what @net says of IPv6, by a device's settings; with
 * @alone in the place of what it says of IPv4, too. The compact ROM has no
 * IPv6.
 */
struct settings;
void linked_net6(struct settings *settings, struct port_net *net, bool alone);

/* No answer to ARP, or to what was sent, in this time. */
#define LINKED_HOP_PATIENCE_US 4500000

/*
 * linked_hop.c: whether the machine on our network that the way to @peer leads
 * over (itself, or a router) does not answer. Others may be silent, too: a name
 * server; the compact ROM takes any that is waited for.
 */
struct sockaddr;
bool linked_hop_silent(const struct sockaddr *peer);

/*
 * Nothing was answered for LINKED_HOP_PATIENCE_US. iPXE believes for good what
 * a neighbour's address once was: the one that was sent to last is asked for it
 * again, so that a router whose card is another is found before the connection
 * is given up. The compact ROM does not ask.
 */
void linked_hop_ask(void);

/* linked_settings.c: forget what port_setting() gave last. */
void linked_settings_stop(void);

/*
 * linked_option.c: what the command's options say of the setting called @name,
 * or NULL. The compact ROM has none of it.
 */
const char *linked_option(const char *name) __attribute__((weak));

/* The plain error number for one of iPXE's. */
int linked_plain(int rc);

#endif
