/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * TSC, PIT and RTC.
 *
 * The TSC is measured against channel 2 of the PIT (1.193182 MHz, gated by
 * port 61h), which the BIOS does not use while nothing beeps. Where that
 * channel does not count, against the BIOS's tick (18.2 a second).
 *
 * The RTC's periodic interrupt ends a halt. Its rate stays the BIOS's own
 * (1024 Hz, so that INT 15h AH=86h still counts right); only the enable bit is
 * set. A BIOS handler may clear that bit when nobody waits for an event: it is
 * looked at before each halt.
 */
#include "ipxe-glue/undi/undi_time.h"

#include "ipxe-glue/undi/undi_entropy.h"
#include "romlayout/include/rm.h"

/* ---- the TSC ------------------------------------------------------------- */

#define PIT_HZ	      1193182
#define PIT_WAIT      11932 /* counts: 10 ms */
#define PIT_WAIT_US   10000
#define PIT_DATA_2    0x42
#define PIT_CONTROL   0x43
#define PIT_ONESHOT_2 0xb0 /* channel 2, low then high byte, mode 0 */
#define SYSTEM_PORT_B 0x61
#define PORT_B_GATE_2 0x01
#define PORT_B_SPEAK  0x02
#define PORT_B_OUT_2  0x20

/* The BIOS's tick counter and its period. */
#define BIOS_TICKS    0x46c
#define BIOS_TICK_US  54925
#define POLLS_AT_MOST 1000000 /* of a port; some 1 us each on hardware */

static struct {
	uint64_t start; /* TSC that is 0 us */
	uint32_t tsc_per_ms;
	uint32_t us_per_tsc; /* times 2^32 */
	uint8_t was_masked;  /* IRQ 8, and */
	uint8_t was_enabled; /* its periodic interrupt, before us */
} clock;

/* TSC ticks while the PIT counts 10 ms; 0 if it does not. */
static uint32_t measure_pit(void)
{
	uint8_t port_b = rm_inb(SYSTEM_PORT_B);
	uint64_t before, after;
	uint32_t polls = 0;

	rm_outb(SYSTEM_PORT_B, (port_b & ~PORT_B_SPEAK) | PORT_B_GATE_2);
	rm_outb(PIT_CONTROL, PIT_ONESHOT_2);
	rm_outb(PIT_DATA_2, PIT_WAIT & 0xff);
	before = rm_tsc();
	rm_outb(PIT_DATA_2, PIT_WAIT >> 8); /* counting begins */
	while (!(rm_inb(SYSTEM_PORT_B) & PORT_B_OUT_2) &&
	       ++polls < POLLS_AT_MOST)
		;
	after = rm_tsc();
	rm_outb(SYSTEM_PORT_B, port_b);

	/* Over at once: no such channel, or its output is stuck. */
	if (polls < 10 || polls == POLLS_AT_MOST)
		return 0;
	return after - before;
}

/* TSC ticks in a BIOS tick. */
static uint32_t measure_tick(void)
{
	volatile uint32_t *ticks = rm_phys(BIOS_TICKS);
	uint32_t first = *ticks;
	uint64_t before;

	while (*ticks == first)
		rm_halt();
	before = rm_tsc();
	while (*ticks == first + 1)
		rm_halt();
	return rm_tsc() - before;
}

/*
 * What the loop between two readings adds can only lengthen a measurement (we
 * are not always running, in a virtual machine): the shortest is the best.
 */
static void measure(void)
{
	uint32_t ticks, least = 0xffffffff;
	uint32_t us = PIT_WAIT_US;

	for (int i = 0; i < 3; i++) {
		ticks = measure_pit();
		if (ticks == 0)
			break;
		if (ticks < least)
			least = ticks;
	}
	if (ticks == 0) {
		least = measure_tick();
		us = BIOS_TICK_US;
	}
	/* ticks * 1000 has 42 bits at 400 MHz for a tick: halve the factors. */
	clock.tsc_per_ms = (uint64_t)least * 1000 / us;
	if (clock.tsc_per_ms < 1001)
		clock.tsc_per_ms = 1001; /* the quotient below has 32 bits */
	clock.us_per_tsc = ((uint64_t)1000 << 32) / clock.tsc_per_ms;
}

uint32_t undi_time_tsc_per_ms(void)
{
	return clock.tsc_per_ms;
}

uint64_t undi_time_of_us(uint64_t tsc)
{
	uint64_t ticks = tsc - clock.start;

	/* 64 by 32 bits, of which the upper 64 are wanted. */
	return ((ticks & 0xffffffff) * clock.us_per_tsc >> 32) +
	       (ticks >> 32) * clock.us_per_tsc;
}

uint64_t undi_time_us(void)
{
	return undi_time_of_us(rm_tsc());
}

/* ---- the RTC ------------------------------------------------------------- */

#define CMOS_INDEX    0x70
#define CMOS_DATA     0x71
#define CMOS_NMI_OFF  0x80
#define RTC_A	      0x0a
#define RTC_B	      0x0b
#define RTC_C	      0x0c
#define RTC_D	      0x0d
#define RTC_B_PERIOD  0x40
#define PIC2_MASK     0xa1
#define PIC2_MASK_RTC 0x01

static uint8_t cmos_read(uint8_t reg)
{
	uint8_t value;

	rm_outb(CMOS_INDEX, reg | CMOS_NMI_OFF);
	value = rm_inb(CMOS_DATA);
	rm_outb(CMOS_INDEX,
		RTC_D); /* NMI on, a register that reads harmlessly */
	return value;
}

static void cmos_write(uint8_t reg, uint8_t value)
{
	rm_outb(CMOS_INDEX, reg | CMOS_NMI_OFF);
	rm_outb(CMOS_DATA, value);
	rm_outb(CMOS_INDEX, RTC_D);
}

static void rtc_enable(void)
{
	uint8_t b = cmos_read(RTC_B);

	if (b & RTC_B_PERIOD)
		return;
	cmos_write(RTC_B, b | RTC_B_PERIOD);
	cmos_read(RTC_C); /* one that waits would block all further ones */
}

static void rtc_start(void)
{
	uint8_t mask = rm_inb(PIC2_MASK);

	clock.was_masked = mask & PIC2_MASK_RTC;
	clock.was_enabled = cmos_read(RTC_B) & RTC_B_PERIOD;
	rm_outb(PIC2_MASK, mask & ~PIC2_MASK_RTC);
	rtc_enable();
}

void undi_time_start(void)
{
	clock.start = rm_rom_info()->tsc_start;
	measure();
	rtc_start();
}

void undi_time_stop(void)
{
	if (!clock.was_enabled)
		cmos_write(RTC_B, cmos_read(RTC_B) & ~RTC_B_PERIOD);
	if (clock.was_masked)
		rm_outb(PIC2_MASK, rm_inb(PIC2_MASK) | PIC2_MASK_RTC);
}

void undi_time_halt(void)
{
	rtc_enable();
	rm_halt();
	undi_entropy_interrupt();
}
