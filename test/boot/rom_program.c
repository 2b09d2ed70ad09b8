/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * A program that exercises the frame of romlayout/ on a booted PC. It prints
 * `ok NAME VALUE` and `not ok NAME VALUE` lines to the debug port, then
 * `waiting`; then a key chooses how it ends (test_rom_boot.py presses it):
 * d, g, u an exception, v one in graphics mode, s a stack overflow, p a panic,
 * a an abort, h a wrong heap_free(), r a return to the BIOS.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "romlayout/include/rm.h"

#define TICKS	    0x46c
#define BASE_KIB    0x413
#define REGIONS	    64
#define BLOCK_BYTES 0x80000
#define BLOCKS_MAX  512
#define STACK_DEEP  100000
#define CALLS	    2000

static void say(const char *name, bool good, uint32_t value)
{
	char line[96];

	snprintf(line, sizeof(line), "%s %s %08lx\n", good ? "ok" : "not ok",
		 name, (unsigned long)value);
	rm_debug(line);
}

static uint32_t ticks(void)
{
	return *(volatile uint32_t *)rm_phys(TICKS);
}

static bool interrupts_on(void)
{
	uint32_t flags;

	__asm__ volatile("pushfl; popl %0" : "=r"(flags));
	return flags & 0x200;
}

static void test_info(void)
{
	const struct rom_info *info = rm_rom_info();
	const uint8_t *stock = rm_phys(info->stock_rom);

	say("info_magic", info->magic == ROM_INFO_MAGIC, info->magic);
	say("info_card", info->bus_devfn != 0, info->bus_devfn);
	say("info_ids",
	    info->pci_vendor == 0x8086 && info->pci_device == 0x100e,
	    info->pci_device);
	say("info_stock_rom",
	    stock[0] == 0x55 && stock[1] == 0xaa &&
		    stock[2] * 512u == info->stock_bytes,
	    info->stock_bytes);
	say("info_tsc",
	    info->tsc_start && info->tsc_loaded > info->tsc_start &&
		    rm_tsc() > info->tsc_loaded,
	    (uint32_t)((info->tsc_loaded - info->tsc_start) >> 10));
}

static uint8_t in_bss[4096];

static void test_memory(void)
{
	volatile uint8_t deep[STACK_DEEP];
	uint32_t sum = 0, i;
	uintptr_t lo, hi;

	for (i = 0; i < sizeof(in_bss); i++)
		sum += in_bss[i];
	say("bss_is_zero", !sum, sum);
	for (i = 0; i < STACK_DEEP; i++)
		deep[i] = (uint8_t)i;
	rm_program_range(&lo, &hi);
	say("stack_is_deep",
	    (uintptr_t)deep > lo && (uintptr_t)deep + STACK_DEEP < hi,
	    (uint32_t)(uintptr_t)deep);
}

static void test_low(void)
{
	uint16_t base_kib = *(uint16_t *)rm_phys(BASE_KIB), seg, seg2;
	struct bios_regs regs = {0};
	uint8_t *a = rm_low_alloc(100, &seg), *b = rm_low_alloc(5, &seg2);
	size_t scratch;

	rm_int(0x12, &regs);
	say("int12_base_memory", (uint16_t)regs.eax == base_kib, regs.eax);
	say("low_alloc",
	    a && b && (uintptr_t)a == (uintptr_t)seg << 4 && b == a + 112 &&
		    (uintptr_t)a >= base_kib * 1024u &&
		    (uintptr_t)a < 0xa0000 && !a[0] && !a[99],
	    (uint32_t)(uintptr_t)a);
	say("low_alloc_too_much", !rm_low_alloc(0x10001, &seg), seg);
	say("low_room", rm_low_free_bytes() >= 200 * 1024, rm_low_free_bytes());
	rm_low_scratch(&seg, &scratch);
	say("low_scratch",
	    scratch >= 128 * 1024 &&
		    ((uint32_t)seg << 4) + scratch == base_kib * 1024u,
	    scratch);
}

static void test_map(void)
{
	static struct rm_region map[REGIONS];
	unsigned int n = rm_memory_map(map, REGIONS), i;
	bool low = false, high = false;

	for (i = 0; i < n; i++) {
		if (map[i].type != RM_REGION_RAM)
			continue;
		low |= !map[i].base && map[i].bytes > 0x90000;
		high |= map[i].base == 0x100000 && map[i].bytes > 48 << 20;
	}
	say("e820", low && high, n);
	say("e820_bounded", rm_memory_map(map, 2) == 2, n);
}

static void test_int(void)
{
	struct bios_regs regs = {0};
	uint64_t start;
	int i;

	rm_int(0x1a, &regs);
	say("int1a_ticks",
	    ((regs.ecx << 16 | (regs.edx & 0xffff)) - ticks()) + 2 < 4,
	    regs.edx);
	regs = (struct bios_regs){.eax = 0x0f00};
	rm_int(0x10, &regs);
	say("int10_mode", (regs.eax & 0x7f) == 3 && (regs.eax >> 8) == 80,
	    regs.eax);
	regs = (struct bios_regs){.eax = 0x8800};
	rm_int(0x15, &regs);
	say("int15_extended_memory",
	    !(regs.eflags & BIOS_CF) && (uint16_t)regs.eax > 0x3000, regs.eax);
	regs = (struct bios_regs){.eax = 0xabcd};
	rm_int(0x15, &regs);
	say("int15_unknown_sets_carry", regs.eflags & BIOS_CF, regs.eflags);
	regs = (struct bios_regs){.eax = 0xb101};
	rm_int(0x1a, &regs);
	say("int1a_pci_bios", regs.edx == 0x20494350, regs.edx);

	start = rm_tsc();
	for (i = 0; i < CALLS; i++) {
		regs = (struct bios_regs){0};
		rm_int(0x1a, &regs);
	}
	say("int_many", !interrupts_on(),
	    (uint32_t)((rm_tsc() - start) / CALLS));
}

/* Copy 16-bit @code to low memory; returns its segment. */
static uint16_t put_code(const void *code, size_t n)
{
	uint16_t seg;
	void *mem = rm_low_alloc(n, &seg);

	memcpy(mem, code, n);
	return seg;
}

static void test_far(void)
{
	/* push bp; mov bp,sp; mov ax,[bp+6]; sub ax,[bp+8]; shl ax,1;
	 * add ax,[bp+10]; pop bp; retf */
	static const uint8_t c_style[] = {0x55, 0x89, 0xe5, 0x8b, 0x46, 0x06,
					  0x2b, 0x46, 0x08, 0xd1, 0xe0, 0x03,
					  0x46, 0x0a, 0x5d, 0xcb};
	/* pop ebx; pop ax; pop cx; sub ax,cx; push ebx; stc; retf */
	static const uint8_t pascal[] = {0x66, 0x5b, 0x58, 0x59, 0x29,
					 0xc8, 0x66, 0x53, 0xf9, 0xcb};
	static const uint8_t nothing[] = {0xcb};
	/* pushf; pop ax; retf */
	static const uint8_t flags[] = {0x9c, 0x58, 0xcb};
	static const uint16_t args[] = {1000, 58, 7};
	struct bios_regs regs = {.eax = 0x11111111,
				 .ebx = 0x22222222,
				 .ecx = 0x33333333,
				 .edx = 0x44444444,
				 .esi = 0x55555555,
				 .edi = 0x66666666,
				 .ebp = 0x77777777,
				 .ds = 0x8888,
				 .es = 0x9999,
				 .eflags = BIOS_CF};
	struct bios_regs back = regs;
	uint16_t ax;

	ax = rm_far_call(put_code(c_style, sizeof(c_style)), 0, args, 3);
	say("far_call_c", ax == 2 * (1000 - 58) + 7, ax);
	ax = rm_far_call(put_code(pascal, sizeof(pascal)), 0, args, 2);
	say("far_call_pascal", ax == 1000 - 58, ax);
	rm_far_call_regs(put_code(nothing, 1), 0, NULL, 0, &back);
	say("far_call_registers",
	    !memcmp(&regs, &back, offsetof(struct bios_regs, eflags)) &&
		    back.eflags & BIOS_CF,
	    back.eflags);
	ax = rm_far_call(put_code(flags, sizeof(flags)), 0, NULL, 0);
	say("far_call_interrupts_on", (ax & 0x0201) == 0x0200, ax);
}

/* An `int` in 32 bits runs what real mode has at that vector. */
static void test_reflect(void)
{
	/* inc word cs:[7]; iret */
	static const uint8_t handler[] = {0x2e, 0xff, 0x06, 0x07, 0x00,
					  0xcf, 0x90, 0x00, 0x00};
	uint16_t seg = put_code(handler, sizeof(handler));
	uint32_t *vector = rm_phys(0xf1 * 4), old = *vector;

	*vector = (uint32_t)seg << 16;
	__asm__ volatile("int $0xf1; int $0xf1" : : : "memory");
	*vector = old;
	say("int_reflected", *(uint16_t *)rm_ptr(seg, 7) == 2,
	    *(uint16_t *)rm_ptr(seg, 7));
}

static void test_irq(void)
{
	uint32_t start = ticks(), i, halts = 0;
	uint64_t tsc = rm_tsc(), busy;

	while (ticks() - start < 3 && rm_tsc() - tsc < 20000000000)
		rm_irq_window();
	busy = (rm_tsc() - tsc) / 3;
	say("window_ticks", ticks() - start >= 3, ticks() - start);

	rm_irq_window();
	start = ticks();
	for (tsc = rm_tsc(); rm_tsc() - tsc < 3 * busy;)
		;
	say("no_window_no_ticks", ticks() == start && !interrupts_on(),
	    ticks() - start);

	start = ticks();
	for (i = 0; ticks() - start < 5 && i < 1000; i++, halts++)
		rm_halt();
	say("halt_ticks", ticks() - start == 5 && halts <= 12, halts);
	say("interrupts_stay_off", !interrupts_on(), 0);
}

/* Take all of the heap, fill it, look whether it is still there. */
static void test_heap(void)
{
	static uint8_t *block[BLOCKS_MAX];
	uintptr_t lo, hi;
	size_t before, largest;
	unsigned int n, i, bad = 0;
	int rc;

	say("heap_before_init", !heap_alloc(1), 0);
	rc = heap_init();
	say("heap_init", rc == 0, (uint32_t)rc);
	before = heap_free_bytes();
	largest = heap_largest_bytes();
	say("heap_bytes", before > 40 << 20, before);
	rm_program_range(&lo, &hi);

	for (n = 0; n < BLOCKS_MAX; n++) {
		block[n] = heap_alloc(BLOCK_BYTES);
		if (!block[n])
			break;
		bad += (uintptr_t)block[n] < 0x100000 ||
		       ((uintptr_t)block[n] < hi &&
			(uintptr_t)block[n] + BLOCK_BYTES > lo);
		memset(block[n], (int)n, BLOCK_BYTES);
	}
	for (i = 0; i < n; i++)
		bad += block[i][0] != (uint8_t)i ||
		       memcmp(block[i], block[i] + 1, BLOCK_BYTES - 1);
	say("heap_all_is_memory", n >= 80 && !bad, n);
	test_int();
	for (i = 0; i < n; i += 2)
		heap_free(block[i]);
	for (i = 1; i < n; i += 2)
		heap_free(block[i]);
	say("heap_comes_back",
	    heap_free_bytes() == before && heap_largest_bytes() == largest,
	    heap_largest_bytes());
}

static void test_libc(void)
{
	char text[64];
	char *end;
	void *p = malloc(1), *q = calloc(3, 1000);

	snprintf(text, sizeof(text), "%5d|%-5s|%08lx|%llu|%zu", -42, "ab",
		 0xbeefUL, 12345678901234ULL, sizeof(int));
	say("snprintf", !strcmp(text, "  -42|ab   |0000beef|12345678901234|4"),
	    0);
	say("strtoul", strtoul("0x1fz", &end, 0) == 0x1f && *end == 'z', 0);
	say("malloc", p && q && !memcmp(q, (uint8_t[8]){0}, 8), 0);
	free(p);
	free(q);
}

/* The next key, ASCII; the processor sleeps meanwhile. */
static char wait_key(void)
{
	struct bios_regs regs;

	for (;;) {
		regs = (struct bios_regs){.eax = 0x0100};
		rm_int(0x16, &regs);
		if (!(regs.eflags & BIOS_ZF))
			break;
		rm_halt();
	}
	regs = (struct bios_regs){.eax = 0};
	rm_int(0x16, &regs);
	return (char)regs.eax;
}

/* Use so much of the stack that the guard is hit. */
static void __attribute__((noinline)) overflow(void)
{
	volatile uint8_t deep[0x20000];
	size_t i;

	for (i = 0; i < sizeof(deep); i += 4)
		deep[i] = 0;
	rm_irq_window();
}

/* Leave text mode: 1024x768 with a linear frame buffer. */
static void graphics(void)
{
	struct bios_regs regs = {.eax = 0x4f02, .ebx = 0x4118};

	rm_int(0x10, &regs);
}

static void finish(char how)
{
	void *volatile not_heap = in_bss + 64;
	uint32_t zero = 0;

	switch (how) {
	case 'd':
		__asm__ volatile("divl %0" : : "r"(zero), "a"(7), "d"(0));
		break;
	case 'g':
		__asm__ volatile("movl %0, %%fs" : : "r"(0x7f8));
		break;
	case 'v':
		graphics();
		/* fall through */
	case 'u':
		__asm__ volatile("ud2");
		break;
	case 's':
		overflow();
		break;
	case 'p':
		rm_panic("the test wants it");
	case 'a':
		abort();
	case 'h':
		heap_free(not_heap);
		break;
	default:
		break;
	}
}

int program_main(void)
{
	test_info();
	test_memory();
	test_low();
	test_map();
	test_int();
	test_far();
	test_reflect();
	test_irq();
	test_heap();
	test_libc();
	rm_debug("waiting\n");
	finish(wait_key());
	return 42;
}
