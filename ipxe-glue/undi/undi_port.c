/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The port's own loop, and the network as a whole.
 *
 * A turn of port_poll(): interrupts, frames in, lwIP's timers, DHCP's phase,
 * connections' states, what was offered out.
 *
 * An UNDI call is dear (two processor modes each way, inside the driver as
 * well), so a card that is quiet is asked by its interrupt line instead, as
 * long as that line proves right; every 20 ms UNDI is called nevertheless.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "ipxe-glue/undi/undi_port.h"

#include "lwip/timeouts.h"

#include "ipxe-glue/port.h"
#include "ipxe-glue/undi/undi_arp.h"
#include "ipxe-glue/undi/undi_card.h"
#include "ipxe-glue/undi/undi_clock.h"
#include "ipxe-glue/undi/undi_dhcp.h"
#include "ipxe-glue/undi/undi_entropy.h"
#include "ipxe-glue/undi/undi_icmp.h"
#include "ipxe-glue/undi/undi_ip6.h"
#include "ipxe-glue/undi/undi_link.h"
#include "ipxe-glue/undi/undi_netif.h"
#include "ipxe-glue/undi/undi_stack.h"
#include "ipxe-glue/undi/undi_tcp.h"
#include "ipxe-glue/undi/undi_time.h"
#include "ipxe-glue/undi/undi_udp.h"
#include "ipxe-glue/undi/undi_watch.h"
#include "ipxe-glue/undi/undi_where.h"
#include "ipxe-glue/undi/undi_window.h"
#include "romlayout/include/rm.h"

#define QUIET_POLL_US 20000

/* The BIOS's clock. */
#define RTC_INT	     0x1a
#define RTC_GET_TIME 0x0200
#define RTC_GET_DATE 0x0400

/* A card and a switch agree on a speed in some 3 s. */
#define LINK_PATIENCE_US 6000000

/*
 * With an IPv6 address alone and nothing that says where to connect, DHCP may
 * say it in this time.
 */
#define DHCP_PATIENCE_US 4000000

/* How far the interrupt line is trusted: a frame that it announced, or not. */
#define TRUST_ENOUGH 8
#define TRUST_MOST   32
#define TRUST_LOSS   4

/* So often in a row the line may announce what is not there. */
#define EMPTY_AT_MOST 2

static struct {
	struct port_net net; /* what the client sees */
	struct port_net v4;  /* what DHCP knows */
	struct undi_card card;
	int started, polling;
	int trust;
	int empty; /* fetches in a row that brought nothing */
	uint64_t polled_us;
	uint64_t link_us; /* when it was last seen, or waiting for it began */
} state;

/* ---- text ---------------------------------------------------------------- */

/* Append @text to the string in @to of @room bytes. */
static void append(char *to, size_t room, const char *text)
{
	size_t n = strlen(to);

	while (*text && n + 1 < room)
		to[n++] = *text++;
	to[n] = '\0';
}

static void append_hex(char *to, size_t room, uint32_t value, int digits)
{
	char text[9];

	text[digits] = '\0';
	for (int i = digits; i-- > 0; value >>= 4)
		text[i] = "0123456789abcdef"[value & 15];
	append(to, room, text);
}

/* "Intel 8086:100e 52:54:00:12:34:56" */
static void name_card(struct port_net *net, const struct undi_card *card)
{
	static const struct {
		uint16_t vendor;
		char name[10];
	} vendors[] = {
		{0x8086, "Intel "},  {0x10ec, "Realtek "},
		{0x1022, "AMD "},    {0x14e4, "Broadcom "},
		{0x1af4, "virtio "}, {0x15ad, "VMware "},
	};
	const size_t room = sizeof(net->card);

	net->card[0] = '\0';
	for (size_t i = 0; i < sizeof(vendors) / sizeof(vendors[0]); i++)
		if (vendors[i].vendor == card->vendor)
			append(net->card, room, vendors[i].name);
	append_hex(net->card, room, card->vendor, 4);
	append(net->card, room, ":");
	append_hex(net->card, room, card->device, 4);
	net->mac[0] = '\0';
	for (int i = 0; i < 6; i++) {
		append(net->mac, sizeof(net->mac), i ? ":" : "");
		append_hex(net->mac, sizeof(net->mac), card->mac[i], 2);
	}
	append(net->card, room, " ");
	append(net->card, room, net->mac);
}

/* ---- start and stop -------------------------------------------------------
 */

/*
 * Quirk: iPXE 1.21.1, on a processor without RDRAND, counts RTC interrupts for
 * its random numbers when it starts, some 800 of them. None of its random
 * numbers are used here: it gets its interrupts faster.
 */
static int start_card(struct pxe_segoff entry)
{
	unsigned int rate = undi_time_rtc_rate(UNDI_TIME_RTC_FAST);
	int rc = undi_card_start(entry, &state.card);

	undi_time_rtc_rate(rate);
	return rc;
}

/* The driver, from the stock ROM or the PXE stack that is there. */
static int find_driver(struct pxe_segoff *entry)
{
	const struct rom_info *info = rm_rom_info();
	int rc = -ENODEV;

	if (info->started_by == ROM_INFO_BY_PXE)
		return undi_stack_start(info, entry, &state.card);
	state.card.bus_devfn = info->bus_devfn;
	if (info->stock_rom)
		rc = undi_load(rm_phys(info->stock_rom), info->stock_bytes,
			       info->bus_devfn, entry);
	port_log("UNDI: loaded");
	return rc;
}

void undi_port_card_start(void)
{
	struct pxe_segoff entry;
	int rc;

	state.net.phase = PORT_NET_CARD;
	rc = find_driver(&entry);
	if (rc == 0)
		rc = start_card(entry);
	port_log("UNDI: started");
	if (rc) {
		state.net.phase = PORT_NET_FAILED;
		state.net.rc = -ENODEV;
		return;
	}
	name_card(&state.net, &state.card);
	undi_entropy_mix(state.card.mac, sizeof(state.card.mac));
}

/* Tell DHCP who asks. */
static void name_client(void)
{
	const struct rom_info *info = rm_rom_info();
	const void *rom = info->stock_rom ? rm_phys(info->stock_rom) : NULL;
	uint16_t version = undi_load_version(rom, info->stock_bytes);

	undi_dhcp_identity(state.card.mac, version >> 8, version & 0xff);
}

void port_net_start(void)
{
	if (state.started || state.net.phase == PORT_NET_FAILED)
		return;
	state.started = 1;
	undi_netif_start(state.card.mac);
	undi_arp_start();
	name_client();
	undi_ip6_start(state.card.mac);
	undi_icmp_start();
	undi_link_start(&state.card);
	undi_window_start(state.card.vendor, state.card.device);
	state.net.phase = PORT_NET_LINK;
	state.link_us = undi_time_us();
}

const struct port_net *port_net(void)
{
	return &state.net;
}

void undi_port_stop(void)
{
	uint64_t until = undi_time_us() + 50000;

	if (state.started) {
		undi_tcp_close_all();
		while (undi_time_us() < until)
			port_poll();
	}
	state.started = 0;
	undi_card_stop();
}

/* ---- the link -------------------------------------------------------------
 */

/* "..., 1000 Mbit/s" behind the card's name. */
static void name_link(struct port_net *net)
{
	char text[24], *comma = strchr(net->card, ',');

	if (comma)
		*comma = '\0';
	if (!undi_link_mbit())
		return;
	snprintf(text, sizeof(text), ", %u Mbit/s", undi_link_mbit());
	append(net->card, sizeof(net->card), text);
}

/*
 * Follow the cable. Returns whether there is a link. Connections outlive a
 * cable that was out for a moment.
 */
static bool check_link(void)
{
	struct port_net *net = &state.net;
	bool was = undi_netif_link();

	if (undi_link_up()) {
		state.link_us = undi_time_us();
		if (was)
			return true;
		name_link(net);
		undi_netif_set_link(true);
		undi_dhcp_start();
		undi_ip6_link_up();
		state.v4.phase = net->phase = PORT_NET_DHCP;
		return true;
	}
	if (was) {
		undi_netif_set_link(false);
		state.v4.phase = net->phase = PORT_NET_LINK;
	}
	if (undi_time_us() - state.link_us >= LINK_PATIENCE_US) {
		net->phase = PORT_NET_FAILED;
		net->rc = -ENETDOWN;
	}
	return false;
}

/* ---- addresses ------------------------------------------------------------
 */

/* Whether a boot file name says where to connect. */
static bool names_server(const char *bootfile)
{
	return (strncmp(bootfile, "spice", 5) == 0 &&
		strstr(bootfile, "://")) ||
	       undi_where_is_vv(bootfile, strlen(bootfile));
}

/* Of two boot file names the one that helps; DHCP's, if neither or both do. */
static const char *better(const char *v4, const char *v6)
{
	if (names_server(v4) || !v6[0])
		return v4;
	return names_server(v6) || !v4[0] ? v6 : v4;
}

/* Whether IPv6 will do without an address from DHCP. */
static bool ip6_alone(void)
{
	uint64_t up_us = undi_ip6_up_us();
	bool told = names_server(undi_ip6_bootfile()) || undi_where_uri();

	return told ? up_us > 0 : up_us >= DHCP_PATIENCE_US;
}

/*
 * Bring what the client sees up to date. The network is up with an address of
 * either IP version, and stays up as long as there is one.
 */
static void follow_addresses(void)
{
	struct port_net *net = &state.net, *v4 = &state.v4;
	bool was_up = net->phase == PORT_NET_UP, has_ip4;

	undi_dhcp_poll(v4);
	has_ip4 = v4->phase == PORT_NET_UP;
	undi_ip6_poll(has_ip4);
	undi_ip6_describe(net);
	if (!has_ip4 && !(was_up ? undi_ip6_up() : ip6_alone())) {
		net->phase = v4->phase;
		net->rc = v4->rc;
		return;
	}
	strcpy(net->address, has_ip4 ? v4->address : net->address6);
	strcpy(net->gateway, has_ip4 ? v4->gateway : net->gateway6);
	strcpy(net->dns, v4->dns);
	if (!(has_ip4 && v4->dns[0]) && undi_ip6_server(0))
		undi_ip6_text(undi_ip6_server(0), net->dns, sizeof(net->dns));
	strcpy(net->bootfile, better(v4->bootfile, undi_ip6_bootfile()));
	strcpy(net->next, v4->next);
	net->phase = PORT_NET_UP;
	net->rc = 0;
}

/*
 * The boot file that DHCP names is this program itself, where a PXE stack has
 * started it.
 */
static void check_boot_file(struct port_net *net)
{
	if (rm_rom_info()->started_by == ROM_INFO_BY_PXE &&
	    !names_server(net->bootfile))
		net->bootfile[0] = '\0';
}

/* ---- the loop -------------------------------------------------------------
 */

/* Take frames, unless the card is quiet by all we know. */
static void receive(void)
{
	uint64_t now = undi_time_us();
	int pending = undi_card_pending();

	if (!pending && state.trust >= TRUST_ENOUGH &&
	    now - state.polled_us < QUIET_POLL_US)
		return;
	state.polled_us = now;
	if (undi_netif_receive() == 0) {
		if (state.empty < EMPTY_AT_MOST)
			state.empty++;
		return;
	}
	undi_watch_heard();
	state.empty = 0;
	state.trust += pending ? 1 : -TRUST_LOSS;
	if (state.trust < 0)
		state.trust = 0;
	if (state.trust > TRUST_MOST)
		state.trust = TRUST_MOST;
}

/* A card that has gone deaf is started anew. */
static void watch_card(void)
{
	if (state.net.phase != PORT_NET_UP || !undi_watch_poll())
		return;
	port_log(undi_card_restart(&state.card) == 0
			 ? "UNDI: silent, opened again"
			 : "UNDI: silent, cannot be opened");
	undi_watch_restarted();
}

void port_poll(void)
{
	if (state.polling)
		return;
	state.polling = 1;
	if (state.net.phase != PORT_NET_UP)
		undi_time_busy();
	rm_irq_window();
	if (state.started) {
		receive();
		sys_check_timeouts();
		if (check_link()) {
			follow_addresses();
			watch_card();
		}
		check_boot_file(&state.net);
		undi_arp_poll();
		undi_tcp_poll();
		undi_udp_poll();
		undi_tcp_flush_all();
		undi_netif_flush();
	}
	state.polling = 0;
}

/*
 * Whether frames wait, so that a halt would keep them. The line says so always
 * for a card without one (NE2000), and when a neighbour on it is never served:
 * then nothing would ever halt, and the halts feed the entropy pool.
 */
static bool frames_wait(void)
{
	return state.started && state.trust >= TRUST_ENOUGH &&
	       state.empty < EMPTY_AT_MOST && undi_card_pending();
}

void port_idle(uint64_t until_us)
{
	if (undi_time_us() >= until_us || frames_wait())
		return;
	undi_time_halt();
}

/* ---- the rest of port.h ---------------------------------------------------
 */

uint64_t port_utc_s(void)
{
	struct bios_regs date, again = {0}, time;
	unsigned int tries = 3;

	/* Between the two calls a day may end. */
	do {
		memset(&date, 0, sizeof(date));
		memset(&time, 0, sizeof(time));
		memset(&again, 0, sizeof(again));
		date.eax = again.eax = RTC_GET_DATE;
		time.eax = RTC_GET_TIME;
		rm_int(RTC_INT, &date);
		rm_int(RTC_INT, &time);
		rm_int(RTC_INT, &again);
		if ((date.eflags | time.eflags) & BIOS_CF)
			return 0;
	} while (date.edx != again.edx && --tries);
	return undi_clock_s(UNDI_CLOCK(date.ecx, date.edx),
			    UNDI_CLOCK(time.ecx, time.edx));
}

uint64_t port_now_us(void)
{
	return undi_time_us();
}

void *port_alloc(size_t bytes)
{
	return heap_alloc(bytes);
}

void port_free(void *mem)
{
	heap_free(mem);
}

size_t port_memory_free(void)
{
	return heap_free_bytes();
}

struct bios *port_bios(void)
{
	return &rm_bios;
}

/* Each line with the time since our first instruction. */
void port_log(const char *line)
{
	uint64_t now = undi_time_us();
	char stamp[24];

	snprintf(stamp, sizeof(stamp), "[%3u.%06u] ",
		 (unsigned int)(now / 1000000), (unsigned int)(now % 1000000));
	rm_debug(stamp);
	rm_debug(line);
	rm_debug("\n");
}

const char *port_setting(const char *name)
{
	if (strcmp(name, "spice/uri-by") == 0)
		return undi_where_by();
	if (strcmp(name, "spice/uri") == 0)
		return undi_where_uri();
	return strncmp(name, "spice/", 6) ? NULL : undi_where_word(name + 6);
}
