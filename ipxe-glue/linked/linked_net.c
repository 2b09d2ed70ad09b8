/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The network as a whole: what iPXE has configured is used as it is; where it
 * has nothing yet, the first device is opened and configured in the background,
 * as `dhcp` would, while the text screen is shown.
 *
 * iPXE renews no lease: it is asked for again here, at half of its time. When
 * another address comes of it, the connections of the old one are over.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <ipxe/device.h>
#include <ipxe/dhcp.h>
#include <ipxe/in.h>
#include <ipxe/netdevice.h>
#include <ipxe/settings.h>

#include "ipxe-glue/burst.h"
#include "ipxe-glue/linked/linked.h"
#include "ipxe-glue/linked/linked_errno.h"

/* A card and a switch agree on a speed in some 3 s. */
#define LINK_PATIENCE_US 6000000

/* A configuration that failed is begun again after this. */
#define AGAIN_US 1000000

static struct port_net net;
static struct net_device *netdev;
static uint64_t since_us; /* waiting for the link, or the last failure */
static uint64_t lease_us; /* when the lease was asked for, as far as we know */
static bool renewing;

/* ---- text ---------------------------------------------------------------- */

/* "intel 8086:100e 52:54:00:12:34:56, net0" */
static void name_card(void)
{
	struct device_description *desc = &netdev->dev->desc;

	snprintf(net.card, sizeof(net.card), "%s %04x:%04x %s, %s",
		 netdev->dev->driver_name, desc->vendor, desc->device,
		 netdev_addr(netdev), netdev->name);
}

static struct in_addr address_of(const struct setting *setting)
{
	struct in_addr address = {.s_addr = 0};

	fetch_ipv4_setting(netdev_settings(netdev), setting, &address);
	return address;
}

static void name_address(const struct setting *setting, char *buf, size_t room)
{
	struct in_addr address = address_of(setting);

	buf[0] = '\0';
	if (address.s_addr)
		snprintf(buf, room, "%s", inet_ntoa(address));
}

static void name_network(void)
{
	uint32_t mask = ntohl(address_of(&netmask_setting).s_addr);
	char address[sizeof(net.address) - 4];
	int bits = 0;

	for (; mask & 0x80000000; mask <<= 1)
		bits++;
	name_address(&ip_setting, address, sizeof(address));
	snprintf(net.address, sizeof(net.address), "%s/%d", address, bits);
	name_address(&gateway_setting, net.gateway, sizeof(net.gateway));
	name_address(&dns_setting, net.dns, sizeof(net.dns));
	name_address(&next_server_setting, net.next, sizeof(net.next));
	snprintf(net.mac, sizeof(net.mac), "%s", netdev_addr(netdev));
	net.bootfile[0] = '\0';
	fetch_string_setting(NULL, &filename_setting, net.bootfile,
			     sizeof(net.bootfile));
}

/* ---- phases -------------------------------------------------------------- */

static void up(void)
{
	char before[sizeof(net.address)];

	strcpy(before, net.address);
	name_network();
	if (before[0] && strcmp(before, net.address))
		linked_tcp_moved();
	net.phase = PORT_NET_UP;
	net.rc = 0;
}

static void failed(int rc)
{
	net.phase = PORT_NET_FAILED;
	net.rc = rc;
	since_us = port_now_us();
}

/* The device that iPXE has configured, or its first. */
static struct net_device *find_device(void)
{
	struct net_device *each;

	for_each_netdev(each) if (netdev_is_open(each) &&
				  netdev_configuration_ok(each)) return each;
	for_each_netdev(each) return each;
	return NULL;
}

void port_net_start(void)
{
	if (netdev)
		return;
	netdev = find_device();
	net.phase = PORT_NET_FAILED;
	net.rc = -PLAIN_ENODEV;
	if (!netdev)
		return;
	netdev_get(netdev);
	name_card();
	lease_us = since_us = port_now_us();
	if (netdev_open(netdev))
		return;
	net.phase = PORT_NET_LINK;
	if (netdev_configuration_ok(netdev))
		up();
}

const struct port_net *port_net(void)
{
	return &net;
}

static void wait_link(void)
{
	if (netdev_link_ok(netdev)) {
		if (netdev_configure_all(netdev) == 0)
			net.phase = PORT_NET_DHCP;
		else
			failed(-PLAIN_EIO);
		lease_us = port_now_us();
	} else if (port_now_us() - since_us > LINK_PATIENCE_US) {
		failed(-PLAIN_ENETDOWN);
	}
}

static void wait_configuration(void)
{
	if (netdev_configuration_in_progress(netdev))
		return;
	if (netdev_configuration_ok(netdev))
		up();
	else
		failed(-PLAIN_ETIMEDOUT);
}

/* Ask for the lease anew at half of its time. The old one stays meanwhile. */
static void renew(void)
{
	static const struct setting lease_setting = {.tag = DHCP_LEASE_TIME};
	struct net_device_configurator *dhcp;
	unsigned long seconds;

	if (netdev_configuration_in_progress(netdev))
		return;
	if (renewing)
		up();
	renewing = false;
	seconds = fetch_uintz_setting(netdev_settings(netdev), &lease_setting);
	if (!seconds || seconds == 0xffffffff ||
	    port_now_us() - lease_us < seconds * 500000ull)
		return;
	dhcp = find_netdev_configurator("dhcp");
	lease_us = port_now_us();
	renewing = dhcp && netdev_configure(netdev, dhcp) == 0;
}

unsigned int linked_net_frames(void)
{
	struct device_description *desc = &netdev->dev->desc;

	return burst_frames(desc->vendor, desc->device);
}

void linked_net_poll(void)
{
	if (!netdev)
		return;
	switch (net.phase) {
	case PORT_NET_LINK:
		wait_link();
		break;
	case PORT_NET_DHCP:
		wait_configuration();
		break;
	case PORT_NET_UP:
		renew();
		break;
	default:
		if (port_now_us() - since_us <= AGAIN_US ||
		    net.rc == -PLAIN_ENODEV)
			break;
		/* Without a link that is what is said next. */
		net.phase = PORT_NET_LINK;
		since_us = port_now_us();
		break;
	}
}

/* What is open stays open: the script goes on with it. */
void linked_net_stop(void)
{
	if (netdev)
		netdev_put(netdev);
	netdev = NULL;
	memset(&net, 0, sizeof(net));
}
