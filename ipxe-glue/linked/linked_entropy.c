/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Random bytes inside iPXE: the same pool and the same sources as on the
 * stand-alone program (ipxe-glue/entropy.h has the policy), RDRAND and the time
 * of the interrupts that end a halt.
 *
 * Half a second of them is wanted. So that no session waits for it, they are
 * gathered from iPXE's start on, beside its DHCP, as one of its processes. That
 * does not halt, for a card would lose what comes meanwhile: it sees late, by
 * what else runs then, that the RTC has ticked, which jitters no less. Where a
 * vendor's code drives the card it may want the RTC's interrupt, which is shut
 * meanwhile: there a session begins with it.
 */
#include <string.h>

#include <ipxe/cpuid.h>
#include <ipxe/device.h>
#include <ipxe/init.h>
#include <ipxe/netdevice.h>
#include <ipxe/process.h>
#include <ipxe/timer.h>

#include "ipxe-glue/entropy.h"
#include "ipxe-glue/linked/linked.h"

#define RDRAND_TRIES 10 /* as the processor's manual says */
#define RDRAND_WORDS 300

/* By then a PC without a network sits in the menu, and its RTC is let go. */
#define GATHER_TICKS (10 * TICKS_PER_SEC)

static struct entropy pool;
static unsigned long gather_since;
static bool gathering;

static bool has_rdrand(void)
{
	struct x86_features features;

	x86_features(&features);
	return features.intel.ecx & CPUID_FEATURES_INTEL_ECX_RDRAND;
}

static bool rdrand(uint32_t *word)
{
	uint8_t ok;
	int i;

	for (i = 0; i < RDRAND_TRIES; i++) {
		/* iPXE's compiler flags are those of a 386. */
		__asm__ volatile(".byte 0x0f, 0xc7, 0xf0\n\t" /* rdrand %eax */
				 "setc %1"
				 : "=a"(*word), "=qm"(ok)
				 :
				 : "cc");
		if (ok)
			return true;
	}
	return false;
}

static void begin(void)
{
	uint64_t tsc = linked_time_tsc();
	uint32_t word;
	int i;

	/* What was gathered before is good for this session. */
	if (!pool.timing.present || (pool.timing.failed && !pool.seeded))
		entropy_init(&pool, has_rdrand());
	entropy_mix(&pool, &tsc, sizeof(tsc));
	for (i = 0; pool.rdrand.present && i < RDRAND_WORDS; i++) {
		if (!rdrand(&word))
			pool.rdrand.failed = true;
		else
			entropy_rdrand(&pool, word);
	}
}

/* ---- before a session ---------------------------------------------------- */

static void gather(struct process *process);

PERMANENT_PROCESS(linked_entropy_process, gather);

static void gather_stop(int booting __unused)
{
	process_del(&linked_entropy_process);
	if (gathering)
		linked_time_stop();
	gathering = false;
}

/* Are iPXE's drivers "undionly" and "undipci" in use? */
static bool vendor_drives(void)
{
	struct net_device *netdev;

	for_each_netdev(netdev) if (!strncmp(netdev->dev->driver_name, "undi",
					     4)) return true;
	return false;
}

static void gather(struct process *process __unused)
{
	if (vendor_drives()) {
		gather_stop(0);
		return;
	}
	if (!gathering) {
		gathering = true;
		gather_since = currticks();
		begin();
		linked_time_listen();
	}
	if (linked_time_ticked())
		linked_entropy_interrupt();
	if (pool.seeded || pool.timing.failed ||
	    currticks() - gather_since > GATHER_TICKS)
		gather_stop(0);
}

/* What iPXE leaves to, finds the RTC as it was. */
struct startup_fn linked_entropy_startup __startup_fn(STARTUP_NORMAL) = {
	.name = "spice",
	.shutdown = gather_stop,
};

/* ---- in a session -------------------------------------------------------- */

void linked_entropy_start(void)
{
	gather_stop(0);
	begin();
}

void linked_entropy_interrupt(void)
{
	entropy_timing(&pool, linked_time_tsc());
}

int port_entropy(void *buf, size_t n)
{
	return entropy_get(&pool, buf, n);
}
