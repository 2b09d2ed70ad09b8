/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * In the place of linked_option.c where a ROM has no room: the command with
 * two options. All else that can be said of a target is a setting (spice/NAME)
 * or in the URI.
 *
 * And `dhcp` as iPXE has it, another name for `ifconf`; the file that it is in
 * there has `pxebs`, too, which asks for boot servers that nobody has.
 *
 * And a gap of low memory, which costs no room in the ROM.
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include <hci/ifmgmt_cmd.h>
#include <ipxe/command.h>
#include <ipxe/neighbour.h>
#include <ipxe/parseopt.h>
#include <librm.h>

#include "ipxe-glue/linked/linked.h"
#include "ipxe-glue/linked/linked_cmd.h"

/*
 * Quirk: QEMU without KVM. iPXE unpacks itself with 8 KiB of state at the end
 * of its data in low memory. Without a PXE stack that data is so small that
 * state and 16-bit code share a page, and each write there is taken for one to
 * code that has run: 10 s instead of a tenth. So they are a page apart.
 */
#define GAP_BYTES 4096

char __bss16_array(linked_gap, [GAP_BYTES]);

struct spice_options {
	char *password;
	int keep;
};

static struct option_descriptor spice_opts[] = {
	OPTION_DESC("password", 'p', required_argument, struct spice_options,
		    password, parse_string),
	OPTION_DESC("keep", 'k', no_argument, struct spice_options, keep,
		    parse_flag),
};

static struct command_descriptor spice_cmd =
	COMMAND_DESC(struct spice_options, spice_opts, 0, 1, "[<uri>]");

static int spice_command_exec(int argc, char **argv)
{
	struct client_options options = {.uri = NULL};
	struct spice_options opts;
	int rc;

	rc = parse_options(argc, argv, &spice_cmd, &opts);
	if (rc)
		return rc;
	options.uri = argv[optind];
	options.password = opts.password;
	options.once = !opts.keep;
	rc = spice_exec(&options);
	if (rc)
		printf("Could not show the desktop: %s\n", strerror(rc));
	return rc;
}

/* Nothing to be said of IPv6. */
void linked_net6(struct settings *settings __unused,
		 struct port_net *net __unused, bool alone __unused)
{
}

/* Any machine on our network that a packet waits for. */
bool linked_hop_silent(const struct sockaddr *peer __unused)
{
	struct neighbour *neighbour;

	list_for_each_entry(
		neighbour, &neighbours,
		list) if (neighbour->discovery &&
			  !list_empty(&neighbour->tx_queue)) return true;
	return false;
}

void linked_hop_ask(void)
{
}

COMMAND(spice, spice_command_exec);
COMMAND(dhcp, ifconf_exec);
PROVIDE_REQUIRING_SYMBOL();
REQUIRE_OBJECT(dhcp);
REQUIRE_SYMBOL(linked_gap);
