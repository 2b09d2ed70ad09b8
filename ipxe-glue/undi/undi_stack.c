/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * A PXE stack is found (PXE 2.1, chapter 4.4.5) by its !PXE structure on the
 * stack that we were called with, by its PXENV+ in ES:BX, or by asking INT 1Ah
 * for PXENV+. Before version 2.1 there is PXENV+ alone, with an entry point of
 * its own.
 *
 * Its UDP and TFTP are closed; its base code and UNDI stay as they are, so that
 * it can go on when we return. Its memory is its own: conventional memory above
 * 0040:0013, and above 1 MiB what it has taken out of the BIOS's map.
 */
#include <errno.h>
#include <string.h>

#include "ipxe-glue/undi/undi_stack.h"

#include "ipxe-glue/port.h"
#include "ipxe-glue/undi/undi_where.h"

/* Above any DHCP packet (an Ethernet frame's) and any command line. */
#define BUFFER_BYTES 1536

/* What real mode sees of us. */
struct stack_low {
	union {
		uint16_t status;
		struct pxe_nic_type nic;
		struct pxe_cached_info cached;
		struct pxe_file_cmdline cmdline;
		struct pxe_file_api api;
		uint8_t room[64];
	};
	uint8_t buffer[BUFFER_BYTES];
};

static struct {
	struct pxe_segoff entry;
	struct stack_low *low;
	uint16_t seg;
} stack;

/* ---- finding it ---------------------------------------------------------- */

/*
 * Whether a structure of ours to use is at @at.
 * @least: bytes that it must have
 * @length: the byte in it that says how many it has
 */
static bool is_valid(const uint8_t *at, const char *signature, uint8_t length,
		     size_t least)
{
	uint8_t sum = 0;

	if (memcmp(at, signature, strlen(signature)) != 0 || length < least)
		return false;
	for (unsigned int i = 0; i < length; i++)
		sum += at[i];
	return sum == 0;
}

/* Take the entry point out of the !PXE at @at, if there is one. */
static bool take_pxe(struct pxe_segoff at)
{
	const struct pxe_entry *pxe = rm_ptr(at.seg, at.off);

	if (!is_valid((const uint8_t *)pxe, "!PXE", pxe->length, sizeof(*pxe)))
		return false;
	if (!pxe->entry_sp.seg && !pxe->entry_sp.off)
		return false;
	stack.entry = pxe->entry_sp;
	return true;
}

/* The same by the PXENV+ at @at. */
static bool take_env(struct pxe_segoff at)
{
	const struct pxe_env *env = rm_ptr(at.seg, at.off);
	const size_t old = offsetof(struct pxe_env, pxe);

	if (!is_valid((const uint8_t *)env, "PXENV+", env->length, old))
		return false;
	if (env->version >= PXE_ENV_2_1 && env->length >= sizeof(*env) &&
	    take_pxe(env->pxe))
		return true;
	stack.entry = env->entry;
	return stack.entry.seg || stack.entry.off;
}

static bool take_int_1a(void)
{
	struct bios_regs regs = {.eax = PXE_INT_1A_CHECK};
	struct pxe_segoff at;

	rm_int(0x1a, &regs);
	at.seg = regs.es;
	at.off = (uint16_t)regs.ebx;
	return !(regs.eflags & BIOS_CF) &&
	       (regs.eax & 0xffff) == PXE_INT_1A_YES && take_env(at);
}

static const char *find(const struct rom_info *info)
{
	const struct pxe_segoff pxe = {info->pxe_off, info->pxe_seg};
	const struct pxe_segoff env = {info->pxenv_off, info->pxenv_seg};

	if (take_pxe(pxe))
		return "PXE stack: !PXE on its stack";
	if (take_env(env))
		return "PXE stack: PXENV+ in ES:BX";
	if (take_int_1a())
		return "PXE stack: PXENV+ by INT 1Ah";
	return NULL;
}

/* ---- what it knows ------------------------------------------------------- */

/* Make a call with the parameters in stack.low. Returns whether it succeeded.
 */
static bool call(enum pxe_op op)
{
	return undi_call(stack.entry, op, stack.seg, 0) == 0 &&
	       stack.low->status == 0;
}

static void clear(void)
{
	memset(stack.low, 0, sizeof(*stack.low));
}

static struct pxe_segoff buffer(void)
{
	return (struct pxe_segoff){offsetof(struct stack_low, buffer),
				   stack.seg};
}

/* Both go without on a stack that is not iPXE's. */
static bool has_file_calls(void)
{
	struct pxe_file_api *api = &stack.low->api;

	clear();
	api->bytes = sizeof(*api);
	api->magic = PXE_FILE_API_ASK;
	return call(PXE_FILE_API_CHECK) && api->magic == PXE_FILE_API_ANSWER;
}

static void read_command(void)
{
	struct pxe_file_cmdline *line = &stack.low->cmdline;

	clear();
	/* Cut to that by iPXE; by 2.0 with a NUL at its end, by 1.21 without.
	 */
	_Static_assert(UNDI_WHERE_COMMAND_BYTES + 2 <= BUFFER_BYTES, "NULs");
	line->bytes = UNDI_WHERE_COMMAND_BYTES + 1;
	line->buffer = buffer();
	if (call(PXE_FILE_CMDLINE) && line->bytes)
		undi_where_command((const char *)stack.low->buffer);
}

static void read_packet(enum undi_where_from from, uint16_t packet)
{
	struct pxe_cached_info *cached = &stack.low->cached;

	clear();
	cached->packet = packet;
	cached->bytes = BUFFER_BYTES;
	cached->buffer = buffer();
	if (call(PXE_GET_CACHED_INFO) && cached->bytes <= BUFFER_BYTES)
		undi_where_packet(from, stack.low->buffer, cached->bytes);
}

static uint16_t read_place(void)
{
	const struct pxe_nic_type *nic = &stack.low->nic;

	clear();
	if (!call(PXE_UNDI_GET_NIC_TYPE) ||
	    (nic->type != PXE_NIC_PCI && nic->type != PXE_NIC_CARDBUS))
		return 0;
	return nic->bus_devfn;
}

int undi_stack_start(const struct rom_info *info, struct pxe_segoff *entry,
		     struct undi_card *card)
{
	const char *how = find(info);
	bool ipxe;

	if (!how)
		return -ENODEV;
	port_log(how);
	stack.low = rm_low_alloc(sizeof(*stack.low), &stack.seg);
	if (!stack.low)
		return -ENOMEM;

	ipxe = has_file_calls();
	if (ipxe)
		read_command();
	read_packet(UNDI_WHERE_REPLY, PXE_PACKET_REPLY);
	read_packet(UNDI_WHERE_ACK, PXE_PACKET_ACK);
	*entry = stack.entry;
	card->bus_devfn = read_place();
	card->running = true;
	card->isr_start = !ipxe;

	/* Nothing may be open; then these fail, and that is all right. */
	clear();
	call(PXE_UDP_CLOSE);
	clear();
	call(PXE_TFTP_CLOSE);
	return 0;
}
