/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The network as a whole: what iPXE has configured is used as it is, or what
 * the script has set; where there is nothing yet, one device after the other is
 * opened and configured in the background, as `dhcp` would, while the text
 * screen is shown.
 *
 * iPXE renews no lease: it is asked for again here, at half of its time, and
 * after each eighth more. When another address comes of it, or the lease ends,
 * the connections of the old one are over.
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
#define LINK_PATIENCE_S 6

/* A configuration that failed is begun again after this. */
#define AGAIN_S 1

static struct port_net net;
static struct net_device *netdev;
static unsigned int since_s; /* waiting for the link, or the last failure */
static unsigned int asked_s; /* when DHCP was asked last */

/*
 * What outlives a session: the lease, by iPXE's block of settings, which is
 * another one for each, when it was given, and when a session ended: what is
 * another one after that was given since.
 */
static struct settings *lease;
static unsigned int lease_s;
static unsigned int ended_s;

static unsigned int now_s(void)
{
	return (unsigned int)(port_now_us() / 1000000);
}

/* ---- text ---------------------------------------------------------------- */

/* "intel 8086:100e 52:54:00:12:34:56, net0" */
static void name_card(void)
{
	struct device_description *desc = &netdev->dev->desc;

	snprintf(net.card, sizeof(net.card), "%s %04x:%04x %s, %s",
		 netdev->dev->driver_name, desc->vendor, desc->device,
		 netdev_addr(netdev), netdev->name);
}

/* A setting of the device's, as text, "" for none. */
static void name_setting(const struct setting *setting, char *buf, size_t room)
{
	buf[0] = '\0';
	fetchf_setting(netdev_settings(netdev), setting, NULL, NULL, buf, room);
}

/* IPv4's; false: there is none. */
static bool name_address4(void)
{
	struct in_addr mask = {.s_addr = 0};
	uint32_t ones;
	size_t at;
	int bits = 0;

	name_setting(&ip_setting, net.address, sizeof(net.address));
	at = strlen(net.address);
	if (!at)
		return false;
	fetch_ipv4_setting(netdev_settings(netdev), &netmask_setting, &mask);
	for (ones = ntohl(mask.s_addr); ones & 0x80000000; ones <<= 1)
		bits++;
	snprintf(net.address + at, sizeof(net.address) - at, "/%d", bits);
	name_setting(&gateway_setting, net.gateway, sizeof(net.gateway));
	name_setting(&dns_setting, net.dns, sizeof(net.dns));
	return true;
}

/* False: no address of either kind. */
static bool name_network(void)
{
	bool has_ipv4 = name_address4();

	linked_net6(netdev_settings(netdev), &net, !has_ipv4);
	name_setting(&next_server_setting, net.next, sizeof(net.next));
	snprintf(net.mac, sizeof(net.mac), "%s", netdev_addr(netdev));
	net.bootfile[0] = '\0';
	fetch_string_setting(NULL, &filename_setting, net.bootfile,
			     sizeof(net.bootfile));
	return net.address[0];
}

/* ---- the lease ----------------------------------------------------------- */

/* The lease's time, 0: there is none, or it has no end. */
static unsigned int lease_time_s(void)
{
	static const struct setting lease_setting = {.tag = DHCP_LEASE_TIME};
	unsigned int seconds = (unsigned int)fetch_uintz_setting(
		netdev_settings(netdev), &lease_setting);

	return seconds == 0xffffffff ? 0 : seconds;
}

/* Is there another one than before? It was given at @given_s. */
static bool lease_is_new(unsigned int given_s)
{
	struct settings *now = find_child_settings(netdev_settings(netdev),
						   DHCP_SETTINGS_NAME);

	if (now == lease)
		return false;
	lease = now;
	lease_s = given_s;
	return true;
}

/*
 * One of iPXE's own, as old as it can be, but not so old that it would not be
 * asked for again before its end.
 */
static void lease_find(void)
{
	unsigned int age_s = now_s() - ended_s, half_s = lease_time_s() / 2;

	lease_is_new(now_s() - (age_s < half_s ? age_s : half_s));
}

/* At its end the address is nobody's. */
static bool lease_over(void)
{
	unsigned int time_s = lease_time_s();

	if (!lease || !time_s || now_s() - lease_s < time_s)
		return false;
	unregister_settings(lease);
	lease = NULL;
	return true;
}

/* ---- phases -------------------------------------------------------------- */

/* Up, if there is an address; with another one than before. */
static bool up(void)
{
	char before[sizeof(net.address)];

	strcpy(before, net.address);
	if (!name_network())
		return false;
	if (before[0] && strcmp(before, net.address))
		linked_tcp_moved();
	net.phase = PORT_NET_UP;
	net.rc = 0;
	return true;
}

static void failed(int rc);

static bool has_address(struct net_device *device)
{
	struct in_addr address;

	return netdev_configuration_ok(device) ||
	       fetch_ipv4_setting(netdev_settings(device), &ip_setting,
				  &address) > 0;
}

static void begin(struct net_device *device)
{
	if (netdev)
		netdev_put(netdev);
	netdev = netdev_get(device);
	name_card();
	since_s = now_s();
	net.phase = PORT_NET_LINK;
	lease_find();
	if (netdev_open(netdev))
		failed(-PLAIN_ENODEV);
}

/* Then the next device; after the last one, that DHCP is silent goes first. */
static void failed(int rc)
{
	struct net_device *next = list_next_entry(netdev, &net_devices, list);

	if (net.rc != -PLAIN_ETIMEDOUT)
		net.rc = rc;
	if (next) {
		begin(next);
		return;
	}
	net.phase = PORT_NET_FAILED;
	since_s = now_s();
}

/* The device that is configured, else one with a link, or the first. */
static struct net_device *find_device(void)
{
	struct net_device *each;

	for_each_netdev(each) if (has_address(each)) return each;
	for_each_netdev(each) if (netdev_link_ok(each)) return each;
	for_each_netdev(each) return each;
	return NULL;
}

/* All over again. */
static void start(void)
{
	struct net_device *device = find_device();

	net.phase = PORT_NET_FAILED;
	net.rc = -PLAIN_ENODEV;
	if (device)
		begin(device);
}

void port_net_start(void)
{
	if (!netdev)
		start();
}

const struct port_net *port_net(void)
{
	return &net;
}

/* What has no address yet, or none any more, asks for one. */
static void wait_link(void)
{
	if (!netdev_link_ok(netdev)) {
		if (now_s() - since_s > LINK_PATIENCE_S)
			failed(-PLAIN_ENETDOWN);
	} else if (lease_over() || !up()) {
		asked_s = now_s();
		if (netdev_configure_all(netdev) == 0)
			net.phase = PORT_NET_DHCP;
		else
			failed(-PLAIN_EIO);
	}
}

static void wait_configuration(void)
{
	if (netdev_configuration_in_progress(netdev))
		return;
	lease_is_new(asked_s);
	if (!up())
		failed(-PLAIN_ETIMEDOUT);
}

/* Ask for the lease anew. The old one stays meanwhile, until its end. */
static void renew(void)
{
	struct net_device_configurator *dhcp;
	unsigned int time_s;

	/* Asked for by us, or by iPXE's `dhcp` that somebody broke off. */
	if (lease_is_new(asked_s > since_s ? asked_s : since_s))
		up();
	if (lease_over()) {
		linked_tcp_moved();
		failed(-PLAIN_ETIMEDOUT);
		return;
	}
	if (netdev_configuration_in_progress(netdev))
		return;
	time_s = lease_time_s();
	if (!time_s || now_s() - lease_s < time_s / 2 ||
	    now_s() - asked_s < time_s / 8)
		return;
	asked_s = now_s();
	dhcp = find_netdev_configurator("dhcp");
	if (dhcp)
		netdev_configure(netdev, dhcp);
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
		if (now_s() - since_s > AGAIN_S)
			start();
		break;
	}
}

/* What is open stays open: the script goes on with it. */
void linked_net_stop(void)
{
	if (netdev)
		netdev_put(netdev);
	netdev = NULL;
	ended_s = now_s();
	memset(&net, 0, sizeof(net));
}
