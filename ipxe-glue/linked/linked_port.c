/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The port's loop inside iPXE, the log, and a session's beginning and end.
 *
 * A turn of port_poll(): one interrupt window, iPXE's own processes (network,
 * timers, DHCP), then our connections and the network's phase. An interrupt
 * runs in the window and in halts only, never inside a call of iPXE: it
 * reflects every vector to the BIOS.
 */
#include <stdio.h>
#include <string.h>

#include <ipxe/console.h>
#include <ipxe/io.h>
#include <ipxe/process.h>
#include <ipxe/reboot.h>

#include "ipxe-glue/client.h"
#include "ipxe-glue/linked/linked.h"
#include "romlayout/include/bios.h"
#include "romlayout/include/sse.h"

/*
 * Of iPXE's processes so many in a turn: one step runs one of them, and the
 * permanent ones (network, timers, what the image has besides) are fewer.
 */
#define STEPS 6

/*
 * A halt lasts up to a millisecond, in which the card's buffers fill and a peer
 * stands still. So long after the last segment there is none: some round trips
 * of a building. This is a policy decision.
 */
#define LIVELY_US 2000

#define DEBUG_PORT    0x402
#define DEBUG_PRESENT 0xe9

/* The text screen: cells, and where the BIOS keeps mode and cursor. */
#define TEXT_CELLS 0xb8000
#define TEXT_BYTES (80 * 25 * 2)
#define BDA_MODE   0x449
#define BDA_CURSOR 0x450
#define MODE_TEXT  3

static bool polling;
static uint64_t start_us;
static uint64_t lively_us; /* no halt before */

/* iPXE's own BIOS console; where there is none, this. */
extern struct console_driver bios_console;
struct console_driver bios_console __attribute__((weak));

static inline void irq_window(void)
{
	__asm__ volatile("sti\n\t"
			 "nop\n\t"
			 "nop\n\t"
			 "cli\n\t"
			 :
			 :
			 : "memory");
}

void port_poll(void)
{
	int i;

	if (polling)
		return;
	polling = true;
	irq_window();
	for (i = 0; i < STEPS; i++)
		step();
	linked_tcp_poll();
	linked_net_poll();
	polling = false;
}

/*
 * No interrupt tells of the network: where something has just come, and more is
 * likely to, it is looked at without a halt.
 */
void port_idle(uint64_t until_us)
{
	uint64_t now_us = port_now_us();

	if (linked_tcp_heard())
		lively_us = now_us + LIVELY_US;
	if (now_us >= lively_us && now_us < until_us)
		linked_time_halt();
}

struct bios *port_bios(void)
{
	return &linked_bios;
}

static void debug(const char *text)
{
	if (inb(DEBUG_PORT) != DEBUG_PRESENT)
		return;
	for (; *text; text++)
		outb(*text, DEBUG_PORT);
}

/* Each line with the time since the session began. */
void port_log(const char *line)
{
	uint64_t now = port_now_us() - start_us;
	char stamp[24];

	snprintf(stamp, sizeof(stamp), "[%3d.%06d] ", (int)(now / 1000000),
		 (int)(now % 1000000));
	debug(stamp);
	debug(line);
	debug("\n");
}

/* The same before each session, or something leaks. */
static void log_memory(void)
{
	char text[48];

	snprintf(text, sizeof(text), "memory: %d KiB are free",
		 (int)(port_memory_free() >> 10));
	port_log(text);
}

/* ---- the text screen as we found it -------------------------------------- */

struct text_screen {
	bool is_text;
	uint16_t cursor; /* column, row */
	uint8_t cells[TEXT_BYTES];
};

static void text_save(struct text_screen *text)
{
	text->is_text = *(uint8_t *)phys_to_virt(BDA_MODE) == MODE_TEXT;
	text->cursor = *(uint16_t *)phys_to_virt(BDA_CURSOR);
	memcpy(text->cells, phys_to_virt(TEXT_CELLS), TEXT_BYTES);
}

static void text_restore(const struct text_screen *text)
{
	struct bios_regs regs;

	if (!text || !text->is_text)
		return;
	memcpy(phys_to_virt(TEXT_CELLS), text->cells, TEXT_BYTES);
	memset(&regs, 0, sizeof(regs));
	regs.eax = 0x0200;
	regs.edx = text->cursor;
	linked_bios.call(&linked_bios, 0x10, &regs);
}

/* ---- a session ----------------------------------------------------------- */

int linked_run(struct client_options *options)
{
	struct text_screen *text;
	int rc;

	rc = linked_memory_start();
	if (rc)
		return rc;
	linked_entropy_start();
	linked_time_start();
	start_us = port_now_us();
	port_log("program started");
	log_memory();
	linked_bios_start();
	sse_start();
	text = port_alloc(sizeof(*text));
	if (text)
		text_save(text);
	bios_console.disabled |= CONSOLE_DISABLED_OUTPUT;

	rc = linked_memory_call(client_main, options);

	bios_console.disabled &= ~CONSOLE_DISABLED_OUTPUT;
	text_restore(text);
	sse_stop();
	linked_tcp_stop();
	linked_net_stop();
	linked_settings_stop();
	linked_time_stop();
	linked_memory_stop();
	return rc;
}

void port_exit(enum port_exit how)
{
	if (how == PORT_EXIT_REBOOT)
		reboot(REBOOT_WARM);
	if (how == PORT_EXIT_POWEROFF)
		poweroff();
}
