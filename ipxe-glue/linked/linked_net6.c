/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * What the screen says of IPv6, which iPXE itself configures.
 */
#include <stdio.h>
#include <string.h>

#include <ipxe/settings.h>

#include "ipxe-glue/linked/linked.h"

/* A setting as text, "" for none. */
static void name(struct settings *settings, const char *setting_name, char *buf,
		 size_t room)
{
	const struct setting *setting = find_setting(setting_name);

	buf[0] = '\0';
	if (setting)
		fetchf_setting(settings, setting, NULL, NULL, buf, room);
}

void linked_net6(struct settings *settings, struct port_net *net, bool alone)
{
	char address[40], bits[8];

	name(settings, "ip6", address, sizeof(address));
	name(settings, "len6", bits, sizeof(bits));
	name(settings, "gateway6", net->gateway6, sizeof(net->gateway6));
	net->address6[0] = '\0';
	/* Not the one that each device makes for its link alone. */
	if (address[0] && strncmp(address, "fe80:", 5))
		snprintf(net->address6, sizeof(net->address6), "%s/%s", address,
			 bits);
	if (!alone)
		return;
	strcpy(net->address, net->address6);
	strcpy(net->gateway, net->gateway6);
	name(settings, "dns6", net->dns, sizeof(net->dns));
}
