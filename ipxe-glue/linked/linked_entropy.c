/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Random bytes inside iPXE: the same pool and the same sources as on the
 * stand-alone program (ipxe-glue/entropy.h has the policy), RDRAND and the time
 * of the interrupts that end a halt.
 */
#include <ipxe/cpuid.h>

#include "ipxe-glue/entropy.h"
#include "ipxe-glue/linked/linked.h"

#define RDRAND_TRIES 10 /* as the processor's manual says */
#define RDRAND_WORDS 300

static struct entropy pool;

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

void linked_entropy_start(void)
{
	uint64_t tsc = linked_time_tsc();
	uint32_t word;
	int i;

	/* What an earlier run has gathered is good for this one. */
	if (!pool.seeded)
		entropy_init(&pool, has_rdrand());
	entropy_mix(&pool, &tsc, sizeof(tsc));
	for (i = 0; pool.rdrand.present && i < RDRAND_WORDS; i++) {
		if (!rdrand(&word))
			pool.rdrand.failed = true;
		else
			entropy_rdrand(&pool, word);
	}
}

void linked_entropy_interrupt(void)
{
	entropy_timing(&pool, linked_time_tsc());
}

int port_entropy(void *buf, size_t n)
{
	return entropy_get(&pool, buf, n);
}
