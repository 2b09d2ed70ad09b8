/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
#include <stdbool.h>
#include <stdint.h>

#include "romlayout/include/sse.h"

#define CPUID_1_EDX_FXSR (1u << 24)
#define CPUID_1_EDX_SSE	 (1u << 25)
#define CR0_MP		 (1u << 1)
#define CR0_EM		 (1u << 2)
#define CR0_TS		 (1u << 3)
#define CR4_OSFXSR	 (1u << 9)
#define CR4_OSXMMEXCPT	 (1u << 10)

static uint32_t was_cr0, was_cr4; /* 0: not switched on */

static uint32_t cr0_get(void)
{
	uint32_t v;

	__asm__ volatile("movl %%cr0, %0" : "=r"(v));
	return v;
}

static void cr0_set(uint32_t v)
{
	__asm__ volatile("movl %0, %%cr0" : : "r"(v) : "memory");
}

static uint32_t cr4_get(void)
{
	uint32_t v;

	__asm__ volatile("movl %%cr4, %0" : "=r"(v));
	return v;
}

static void cr4_set(uint32_t v)
{
	__asm__ volatile("movl %0, %%cr4" : : "r"(v) : "memory");
}

/* Whether there is CPUID, as there is not on a 486: then bit 21 stays. */
static bool has_cpuid(void)
{
	const uint32_t id = 1u << 21;
	uint32_t was, is;

	__asm__ volatile("pushfl; popl %0" : "=r"(was));
	__asm__ volatile("pushl %1; popfl; pushfl; popl %0; pushl %2; popfl"
			 : "=&r"(is)
			 : "r"(was ^ id), "r"(was)
			 : "cc");
	return (was ^ is) & id;
}

void sse_start(void)
{
	const uint32_t both = CPUID_1_EDX_FXSR | CPUID_1_EDX_SSE;
	uint32_t eax = 1, ebx, ecx = 0, edx;

	if (!has_cpuid())
		return;
	__asm__ volatile("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
	if ((edx & both) != both)
		return;
	was_cr0 = cr0_get();
	was_cr4 = cr4_get();
	cr0_set((was_cr0 & ~(CR0_EM | CR0_TS)) | CR0_MP);
	cr4_set(was_cr4 | CR4_OSFXSR | CR4_OSXMMEXCPT);
}

void sse_stop(void)
{
	if (!was_cr0)
		return;
	cr4_set(was_cr4);
	cr0_set(was_cr0);
	was_cr0 = 0;
}
