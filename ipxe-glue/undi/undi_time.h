/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The clock: the processor's time stamp counter, measured against the PIT; and
 * the halt, ended by the RTC's periodic interrupt.
 */
#ifndef UNDI_TIME_H
#define UNDI_TIME_H

#include <stdint.h>

/* Measure the TSC (10 ms) and start the RTC's interrupts. */
void undi_time_start(void);

/* Stop the RTC's interrupts; the mask is as it was. */
void undi_time_stop(void);

/*
 * Set how often the RTC interrupts: 65536 >> @rate times a second.
 * Returns the rate that it had, the BIOS's own: whoever changes it sets it
 * back.
 */
unsigned int undi_time_rtc_rate(unsigned int rate);
#define UNDI_TIME_RTC_FAST 3 /* 8192 Hz */

/* Microseconds since the first instruction of our boot entry. */
uint64_t undi_time_us(void);

/* The same for a TSC value. */
uint64_t undi_time_of_us(uint64_t tsc);

/* TSC ticks in a millisecond. */
uint32_t undi_time_tsc_per_ms(void);

/*
 * Halt until the next interrupt, and give the entropy pool its time. The RTC's
 * comes in a millisecond; in eight when nothing has gone on for a while.
 */
void undi_time_halt(void);

/* Something goes on: the next halts are short. */
void undi_time_busy(void);

#endif
