/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * TSC, PIT and RTC.
 *
 * The TSC is measured against channel 2 of the PIT (1.193182 MHz, gated by
 * port 61h), which the BIOS does not use while nothing beeps. Where that
 * channel does not count, against the BIOS's tick (18.2 a second). Two readings
 * of both clocks and what lies between: how long we are stopped in between does
 * not matter.
 *
 * The RTC's periodic interrupt ends a halt. Its rate stays the BIOS's own
 * (1024 Hz, so that INT 15h AH=86h still counts right) while anything goes on;
 * only the enable bit is set. A BIOS handler may clear that bit when nobody
 * waits for an event: it is looked at before each halt.
 *
 * A thousand interrupts a second, each done again in real mode, are a fifth of
 * a core in QEMU. A PC that shows a still picture gets an eighth of them: keys
 * and the mouse have interrupts of their own, and with the first frame that
 * comes or goes the rate is the old one.
 */
#include <stdbool.h>

#include "ipxe-glue/undi/undi_time.h"

#include "ipxe-glue/undi/undi_entropy.h"
#include "romlayout/include/rm.h"

/* ---- the TSC ------------------------------------------------------------- */

#define PIT_HZ	      1193182
#define PIT_WAIT      11932 /* counts: 10 ms, of the 55 that 16 bits hold */
#define PIT_DATA_2    0x42
#define PIT_CONTROL   0x43
#define PIT_ONESHOT_2 0xb0 /* channel 2, low then high byte, mode 0 */
#define PIT_LATCH_2   0x80
#define SYSTEM_PORT_B 0x61
#define PORT_B_GATE_2 0x01
#define PORT_B_SPEAK  0x02
#define PORT_B_OUT_2  0x20

/* The BIOS's tick counter and its period. */
#define BIOS_TICKS    0x46c
#define BIOS_TICK_US  54925
#define PIT_TRIES     3
#define POLLS_AT_MOST 10000 /* of eight readings, 20 us and more each */

static struct {
	uint64_t start; /* TSC that is 0 us */
	uint32_t tsc_per_ms;
	uint32_t us_per_tsc; /* times 2^32 */
	uint8_t was_masked;  /* IRQ 8, and */
	uint8_t was_enabled; /* its periodic interrupt, before us */
	bool slow;	     /* it has the rate below, and had */
	uint8_t was_rate;
	uint64_t busy_us; /* when something went on last */
} clock;

/* Both clocks at one moment. */
struct reading {
	uint64_t tsc;
	uint16_t pit;
};

/*
 * Read both, as close together as some tries make it: in a virtual machine we
 * may be stopped for milliseconds between any two instructions.
 */
static struct reading read_both(void)
{
	struct reading best = {0, 0};
	uint64_t least = ~0ull;

	for (int i = 0; i < 8; i++) {
		uint64_t before = rm_tsc(), took;
		uint16_t pit;

		rm_outb(PIT_CONTROL, PIT_LATCH_2);
		took = rm_tsc() - before;
		pit = rm_inb(PIT_DATA_2);
		pit |= rm_inb(PIT_DATA_2) << 8;
		if (took < least) {
			least = took;
			best.tsc = before + took / 2;
			best.pit = pit;
		}
	}
	return best;
}

/*
 * TSC ticks in a millisecond by the PIT; 0 if it does not count, or was read
 * too late, after it had come to its end.
 */
static uint32_t measure_pit(void)
{
	uint8_t port_b = rm_inb(SYSTEM_PORT_B);
	struct reading from, to;
	uint32_t polls = 0;
	bool ended;

	rm_outb(SYSTEM_PORT_B, (port_b & ~PORT_B_SPEAK) | PORT_B_GATE_2);
	rm_outb(PIT_CONTROL, PIT_ONESHOT_2);
	rm_outb(PIT_DATA_2, 0xff);
	rm_outb(PIT_DATA_2, 0xff);
	from = read_both();
	do
		to = read_both();
	while ((uint16_t)(from.pit - to.pit) < PIT_WAIT &&
	       ++polls < POLLS_AT_MOST);
	ended = rm_inb(SYSTEM_PORT_B) & PORT_B_OUT_2;
	rm_outb(SYSTEM_PORT_B, port_b);

	if (ended || polls == POLLS_AT_MOST)
		return 0;
	return (to.tsc - from.tsc) * PIT_HZ /
	       ((uint64_t)(uint16_t)(from.pit - to.pit) * 1000);
}

/* TSC ticks in a millisecond by the BIOS's tick. */
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
	return (rm_tsc() - before) * 1000 / BIOS_TICK_US;
}

static void measure(void)
{
	uint32_t per_ms = 0;

	for (int i = 0; i < PIT_TRIES && !per_ms; i++)
		per_ms = measure_pit();
	if (!per_ms)
		per_ms = measure_tick();
	if (per_ms < 1001)
		per_ms = 1001; /* the quotient below has 32 bits */
	clock.tsc_per_ms = per_ms;
	clock.us_per_tsc = ((uint64_t)1000 << 32) / per_ms;
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
#define RTC_A_RATE    0x0f
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

/* Whoever cleared the bit may have masked the line as well: undo both. */
static void rtc_enable(void)
{
	uint8_t b = cmos_read(RTC_B);

	if (b & RTC_B_PERIOD)
		return;
	rm_outb(PIC2_MASK, rm_inb(PIC2_MASK) & ~PIC2_MASK_RTC);
	cmos_write(RTC_B, b | RTC_B_PERIOD);
	cmos_read(RTC_C); /* one that waits would block all further ones */
}

unsigned int undi_time_rtc_rate(unsigned int rate)
{
	uint8_t a = cmos_read(RTC_A);

	cmos_write(RTC_A, (a & ~RTC_A_RATE) | rate);
	return a & RTC_A_RATE;
}

static void rtc_start(void)
{
	clock.was_masked = rm_inb(PIC2_MASK) & PIC2_MASK_RTC;
	clock.was_enabled = cmos_read(RTC_B) & RTC_B_PERIOD;
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
	undi_time_busy();
	if (!clock.was_enabled)
		cmos_write(RTC_B, cmos_read(RTC_B) & ~RTC_B_PERIOD);
	if (clock.was_masked)
		rm_outb(PIC2_MASK, rm_inb(PIC2_MASK) | PIC2_MASK_RTC);
}

/* 128 Hz, after so long. Random numbers are made of these interrupts. */
#define RATE_SLOW 9
#define CALM_US	  250000

static void set_slow(bool slow)
{
	if (slow == clock.slow)
		return;
	clock.slow = slow;
	if (slow)
		clock.was_rate = undi_time_rtc_rate(RATE_SLOW);
	else
		undi_time_rtc_rate(clock.was_rate);
}

void undi_time_busy(void)
{
	clock.busy_us = undi_time_us();
	set_slow(false);
}

void undi_time_halt(void)
{
	if (undi_time_us() - clock.busy_us >= CALM_US &&
	    undi_entropy_bits() >= 256)
		set_slow(true);
	rtc_enable();
	rm_halt();
	undi_entropy_interrupt();
}
