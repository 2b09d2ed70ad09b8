/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The BIOS's memory map, and the heap that is made of it.
 */
#include <errno.h>
#include <stdint.h>

#include "romlayout/heap/heap_pool.h"
#include "romlayout/prog/prog.h"

#define E820_SIGNATURE 0x534d4150 /* "SMAP" */

/* Room for a map: what real PCs have, twice. One that is longer is cut. */
#define REGIONS_MAX 128

#define HEAP_START 0x100000ull
#define HEAP_END   0xfffff000ull /* the last page stays out: no end wraps */

/* As INT 15h writes it. */
struct e820 {
	uint64_t base, bytes;
	uint32_t type, attributes;
};

static struct heap_pool pool;

unsigned int rm_memory_map(struct rm_region *regions, unsigned int max)
{
	static struct e820 *entry;
	static uint16_t segment;
	struct bios_regs regs;
	uint32_t next = 0;
	unsigned int n = 0;

	if (!entry)
		entry = rm_low_alloc(sizeof(*entry), &segment);
	if (!entry)
		return 0;
	while (n < max) {
		regs = (struct bios_regs){
			.eax = 0xe820,
			.ebx = next,
			.ecx = sizeof(*entry),
			.edx = E820_SIGNATURE,
			.es = segment,
		};
		entry->attributes = 1;
		rm_int(0x15, &regs);
		if (regs.eflags & BIOS_CF || regs.eax != E820_SIGNATURE)
			break;
		/* Bit 0 clear means that the entry is to be ignored. */
		if (entry->attributes & 1) {
			regions[n].base = entry->base;
			regions[n].bytes = entry->bytes;
			regions[n++].type = entry->type;
		}
		next = regs.ebx;
		if (!next)
			break;
	}
	return n;
}

void rm_program_range(uintptr_t *lo, uintptr_t *hi)
{
	const struct rom_info *info = rm_rom_info();

	*lo = (uintptr_t)program_start;
	*hi = (uintptr_t)program_end;
	if (info->stock_rom + info->stock_bytes > *hi)
		*hi = info->stock_rom + info->stock_bytes;
}

/*
 * Find where RAM from @lo on ends.
 * @holes: @n ranges that are not for us, RAM ranges among them are skipped
 * Returns the end of the free part, at most @hi; or, in *@skip, where to go on
 * when @lo itself lies in a hole.
 */
static uint64_t free_end(uint64_t lo, uint64_t hi,
			 const struct rm_region *holes, unsigned int n,
			 uint64_t *skip)
{
	unsigned int i;
	uint64_t end;

	*skip = 0;
	for (i = 0; i < n; i++) {
		end = holes[i].base + holes[i].bytes;
		if (holes[i].type == RM_REGION_RAM || end <= lo)
			continue;
		if (holes[i].base <= lo && end > *skip)
			*skip = end;
		if (holes[i].base > lo && holes[i].base < hi)
			hi = holes[i].base;
	}
	return hi;
}

/* Give the pool what of [@lo, @hi) is in none of @n holes. */
static void add_range(uint64_t lo, uint64_t hi, const struct rm_region *holes,
		      unsigned int n)
{
	uint64_t end, skip;

	while (lo < hi) {
		end = free_end(lo, hi, holes, n, &skip);
		if (skip) {
			lo = skip;
			continue;
		}
		heap_pool_add(&pool, rm_phys((uintptr_t)lo),
			      (size_t)(end - lo));
		lo = end;
	}
}

int heap_init(void)
{
	static struct rm_region map[REGIONS_MAX + 1];
	unsigned int n = rm_memory_map(map, REGIONS_MAX);
	uintptr_t program_lo, program_hi;
	unsigned int i;

	rm_program_range(&program_lo, &program_hi);
	map[n].base = program_lo;
	map[n].bytes = program_hi - program_lo;
	map[n++].type = 0;
	for (i = 0; i < n; i++) {
		uint64_t lo = map[i].base, hi = lo + map[i].bytes;

		if (map[i].type != RM_REGION_RAM)
			continue;
		lo = lo < HEAP_START ? HEAP_START : lo;
		hi = hi > HEAP_END ? HEAP_END : hi;
		add_range(lo, hi, map, n);
	}
	return pool.free_bytes ? 0 : -ENOMEM;
}

void *heap_alloc(size_t bytes)
{
	return heap_pool_alloc(&pool, bytes);
}

void heap_free(void *mem)
{
	if (mem && heap_pool_free(&pool, mem))
		rm_panic("heap_free() was given what is not in use");
}

size_t heap_free_bytes(void)
{
	return pool.free_bytes;
}

size_t heap_largest_bytes(void)
{
	return heap_pool_largest(&pool);
}
