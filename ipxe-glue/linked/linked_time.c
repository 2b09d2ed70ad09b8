/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The clock is the TSC, measured against iPXE's own timer once; a halt is ended
 * by the RTC's periodic interrupt (1024 a second, the BIOS's own rate). Before
 * a session nothing halts: there the RTC only says that such a time is over.
 *
 * The interrupt goes to the BIOS's handler, which may clear its enable bit when
 * nobody waits for an event: it is looked at before each halt.
 */
#include <pic8259.h>
#include <rtc.h>
#include <time.h>
#include <unistd.h>

#include <ipxe/io.h>

#include "ipxe-glue/linked/linked.h"

#define MEASURE_US    2000
#define MEASURE_TRIES 5

static uint32_t tsc_per_ms; /* 0: not measured yet */
static uint8_t was_enabled; /* the RTC's periodic interrupt, before us, and */
static int was_open;	    /* its line */

uint64_t linked_time_tsc(void)
{
	uint64_t tsc;

	__asm__ volatile("rdtsc" : "=A"(tsc));
	return tsc;
}

/* The shortest of some tries: one during which we were stopped counts too much.
 */
static void measure(void)
{
	uint64_t best = ~0ull, took;
	int i;

	for (i = 0; i < MEASURE_TRIES; i++) {
		took = linked_time_tsc();
		udelay(MEASURE_US);
		took = linked_time_tsc() - took;
		if (took < best)
			best = took;
	}
	tsc_per_ms = (uint32_t)(best * 1000 / MEASURE_US);
	if (!tsc_per_ms)
		tsc_per_ms = 1;
}

static uint8_t cmos_read(uint8_t reg)
{
	uint8_t value;

	outb(reg | CMOS_DISABLE_NMI, CMOS_ADDRESS);
	value = inb(CMOS_DATA);
	outb(CMOS_DEFAULT_ADDRESS, CMOS_ADDRESS);
	inb(CMOS_DATA);
	return value;
}

static void cmos_write(uint8_t reg, uint8_t value)
{
	outb(reg | CMOS_DISABLE_NMI, CMOS_ADDRESS);
	outb(value, CMOS_DATA);
	outb(CMOS_DEFAULT_ADDRESS, CMOS_ADDRESS);
	inb(CMOS_DATA);
}

static void rtc_enable(void)
{
	uint8_t b = cmos_read(RTC_STATUS_B);

	if (b & RTC_STATUS_B_PIE)
		return;
	enable_irq(RTC_IRQ);
	cmos_write(RTC_STATUS_B, b | RTC_STATUS_B_PIE);
	cmos_read(RTC_STATUS_C); /* one that waits would block all others */
}

static void rtc_save(void)
{
	was_open = irq_enabled(RTC_IRQ);
	was_enabled = cmos_read(RTC_STATUS_B) & RTC_STATUS_B_PIE;
}

void linked_time_start(void)
{
	if (!tsc_per_ms)
		measure();
	rtc_save();
	rtc_enable();
}

/* The flag is set by what is enabled only; its line is shut, so that the BIOS's
 * handler does not take it before us.
 */
void linked_time_listen(void)
{
	rtc_save();
	rtc_enable();
	disable_irq(RTC_IRQ);
}

bool linked_time_ticked(void)
{
	/* Its flag has the place that its enable has in B. */
	return cmos_read(RTC_STATUS_C) & RTC_STATUS_B_PIE;
}

void linked_time_stop(void)
{
	if (!was_enabled)
		cmos_write(RTC_STATUS_B,
			   cmos_read(RTC_STATUS_B) & ~RTC_STATUS_B_PIE);
	if (was_open)
		enable_irq(RTC_IRQ);
	else
		disable_irq(RTC_IRQ);
}

/* iPXE reflects every interrupt to the BIOS's handler. */
void linked_time_halt(void)
{
	rtc_enable();
	__asm__ volatile("sti\n\t"
			 "hlt\n\t"
			 "cli\n\t"
			 :
			 :
			 : "memory");
	linked_entropy_interrupt();
}

uint64_t port_utc_s(void)
{
	return time(NULL);
}

uint64_t port_now_us(void)
{
	uint64_t tsc = linked_time_tsc();

	return tsc / tsc_per_ms * 1000 + tsc % tsc_per_ms * 1000 / tsc_per_ms;
}
