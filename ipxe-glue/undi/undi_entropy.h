/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The sources of a bare PC for ipxe-glue/entropy.h.
 */
#ifndef UNDI_ENTROPY_H
#define UNDI_ENTROPY_H

#include <stddef.h>

/* Begin to gather: the first thing that the program does. */
void undi_entropy_start(void);

/* An interrupt has come just now (it ended a halt). */
void undi_entropy_interrupt(void);

/* Mix in what tells machines apart; it counts for nothing. */
void undi_entropy_mix(const void *bytes, size_t n);

/* Bits gathered, of 256; 256 when there was enough once. */
unsigned int undi_entropy_bits(void);

#endif
