/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * RDRAND, where CPUID has it, and the time of the interrupts that end a halt:
 * the RTC's, 1024 a second, from a crystal of its own, through as much of the
 * machine as lies between it and us.
 */
#include <stdbool.h>

#include "ipxe-glue/undi/undi_entropy.h"

#include "ipxe-glue/entropy.h"
#include "ipxe-glue/port.h"
#include "romlayout/include/rm.h"

static struct entropy pool;

#define CPUID_1_ECX_RDRAND (1u << 30)
#define RDRAND_TRIES	   10 /* as the processor's manual says */

/* One window of the health tests, and the samples before it. */
#define RDRAND_WORDS 300

static bool has_rdrand(void)
{
	uint32_t eax = 1, ebx, ecx = 0, edx;

	__asm__ volatile("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
	return ecx & CPUID_1_ECX_RDRAND;
}

static bool rdrand(uint32_t *word)
{
	for (int i = 0; i < RDRAND_TRIES; i++) {
		uint8_t ok;

		__asm__ volatile("rdrand %0; setc %1"
				 : "=r"(*word), "=qm"(ok)
				 :
				 : "cc");
		if (ok)
			return true;
	}
	return false;
}

void undi_entropy_start(void)
{
	const struct rom_info *info = rm_rom_info();
	uint32_t word;

	entropy_init(&pool, has_rdrand());
	entropy_mix(&pool, &info->tsc_start, sizeof(info->tsc_start));
	entropy_mix(&pool, &info->tsc_loaded, sizeof(info->tsc_loaded));
	for (int i = 0; pool.rdrand.present && i < RDRAND_WORDS; i++) {
		if (!rdrand(&word))
			pool.rdrand.failed = true;
		else
			entropy_rdrand(&pool, word);
	}
}

void undi_entropy_interrupt(void)
{
	entropy_timing(&pool, rm_tsc());
}

void undi_entropy_mix(const void *bytes, size_t n)
{
	entropy_mix(&pool, bytes, n);
}

unsigned int undi_entropy_bits(void)
{
	return pool.seeded ? 256 : entropy_bits(&pool);
}

int port_entropy(void *buf, size_t n)
{
	return entropy_get(&pool, buf, n);
}
