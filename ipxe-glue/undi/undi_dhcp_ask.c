/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * What our DHCP messages say beside lwIP's own: who we are, as a PXE boot
 * server wants to see it (PXE 2.1, 2.2.1; RFC 4578), and what we would like to
 * know.
 *
 * Servers that answer PXE clients only look for option 60; some for 93, 94 or
 * 97 as well. Option 61 is what iPXE sends, so that a PC has the same lease
 * whoever of the two asks.
 */
#include <stdio.h>
#include <string.h>

#include "ipxe-glue/undi/undi_dhcp.h"

#include "lwip/dhcp.h"
#include "lwip/pbuf.h"
#include "lwip/prot/dhcp.h"
#include "lwip/prot/iana.h"

#include "ipxe-glue/port.h"
#include "ipxe-glue/undi/lwip/lwip_hooks.h"
#include "ipxe-glue/undi/undi_options.h"
#include "ipxe-glue/undi/undi_smbios.h"
#include "romlayout/include/rm.h"

#define OPTION_REQUESTS	 55
#define OPTION_CLASS	 60
#define OPTION_CLIENT	 61
#define OPTION_ARCH	 93
#define OPTION_INTERFACE 94
#define OPTION_MACHINE	 97

/* Values of theirs. */
#define CLIENT_ETHERNET 1
#define ARCH_BIOS	0 /* x86 with a BIOS */
#define INTERFACE_UNDI	1
#define MACHINE_GUID	0

/* lwIP adds END and up to three bytes of padding. */
#define TRAILER 4

/* What is asked for. Mostly what DHCP and PXE have servers send anyway. */
static const uint8_t wanted[] = {
	1, /* subnet mask */
	UNDI_OPTION_ROUTERS,
	UNDI_OPTION_NAME_SERVERS,
	12, /* host name */
	UNDI_OPTION_DOMAIN,
	UNDI_OPTION_ROOT_PATH,
	UNDI_OPTION_MTU,
	28, /* broadcast address */
	42, /* time servers */
	43, /* vendor's own */
	UNDI_OPTION_LEASE,
	UNDI_OPTION_SERVER_ID,
	58, /* T1 */
	59, /* T2 */
	66, /* TFTP server */
	UNDI_OPTION_BOOT_FILE,
	UNDI_OPTION_SEARCH,
	UNDI_OPTION_SITE,
};

static struct {
	uint8_t class[33]; /* with a NUL that is not sent */
	uint8_t client[7];
	uint8_t interface[3];
	uint8_t machine[1 + UNDI_SMBIOS_UUID];
} id;

/* ---- who we are ---------------------------------------------------------- */

/*
 * The machine's UUID, in the order of bytes that SMBIOS has (as Intel's ROMs
 * and UEFI send it). This is a policy decision: where the BIOS gives none,
 * zeros and the card's address, so that it is the machine's own all the same.
 */
static void set_machine(uint8_t *guid, const uint8_t mac[6])
{
	struct undi_smbios table;

	if (undi_smbios_find(rm_phys(UNDI_SMBIOS_AREA), UNDI_SMBIOS_AREA_BYTES,
			     &table) &&
	    undi_smbios_uuid(rm_phys(table.address), table.bytes, guid))
		return;
	port_log("SMBIOS has no UUID of this machine");
	memset(guid, 0, UNDI_SMBIOS_UUID - 6);
	memcpy(guid + UNDI_SMBIOS_UUID - 6, mac, 6);
}

void undi_dhcp_identity(const uint8_t mac[6], uint8_t major, uint8_t minor)
{
	snprintf((char *)id.class, sizeof(id.class),
		 "PXEClient:Arch:%05u:UNDI:%03u%03u", ARCH_BIOS, major, minor);
	id.client[0] = CLIENT_ETHERNET;
	memcpy(id.client + 1, mac, 6);
	id.interface[0] = INTERFACE_UNDI;
	id.interface[1] = major;
	id.interface[2] = minor;
	id.machine[0] = MACHINE_GUID;
	set_machine(id.machine + 1, mac);
}

/* ---- the message --------------------------------------------------------- */

/* Where the parameter request list is, *@end without one. It is the last. */
static u16_t find_requests(const struct dhcp_msg *msg, u16_t end)
{
	u16_t at = 0;

	while (at + 1 < end && msg->options[at] != OPTION_REQUESTS)
		at += 2 + msg->options[at + 1];
	return at < end ? at : end;
}

/* Add an option at @end if it fits; where the next goes. */
static u16_t add(struct dhcp_msg *msg, u16_t end, uint8_t option,
		 const void *value, size_t bytes)
{
	if (end + 2 + bytes > DHCP_OPTIONS_LEN - TRAILER)
		return end;
	msg->options[end++] = option;
	msg->options[end++] = bytes;
	memcpy(msg->options + end, value, bytes);
	return end + bytes;
}

/*
 * Our part of an outgoing message (lwip_hooks.h). lwIP writes its request list
 * last: ours takes its place. A message without one asks for nothing.
 */
void undi_dhcp_append(struct dhcp_msg *msg, u16_t *options_bytes)
{
	static const uint8_t arch[2] = {0, ARCH_BIOS};
	u16_t end = find_requests(msg, *options_bytes);
	bool asks = end < *options_bytes;

	msg->secs = lwip_htons(undi_dhcp_asking_s());
	if (asks) {
		end = add(msg, end, OPTION_REQUESTS, wanted, sizeof(wanted));
		end = add(msg, end, OPTION_CLASS, id.class,
			  sizeof(id.class) - 1);
		end = add(msg, end, OPTION_ARCH, arch, sizeof(arch));
		end = add(msg, end, OPTION_INTERFACE, id.interface,
			  sizeof(id.interface));
		end = add(msg, end, OPTION_MACHINE, id.machine,
			  sizeof(id.machine));
	}
	*options_bytes = add(msg, end, OPTION_CLIENT, id.client,
			     sizeof(id.client));
}

/*
 * DECLINE (RFC 2131, 4.4.4): which address, of which server, and who we are;
 * nothing else.
 */
struct pbuf *undi_dhcp_decline_message(const struct dhcp *dhcp,
				       const ip4_addr_t *address)
{
	static const uint8_t type = DHCP_DECLINE;
	struct pbuf *p = pbuf_alloc(PBUF_TRANSPORT, sizeof(struct dhcp_msg),
				    PBUF_RAM);
	struct dhcp_msg *msg;
	u16_t end = 0;

	if (!p)
		return NULL;
	msg = p->payload;
	memset(msg, 0, sizeof(*msg));
	msg->op = DHCP_BOOTREQUEST;
	msg->htype = LWIP_IANA_HWTYPE_ETHERNET;
	msg->hlen = sizeof(id.client) - 1;
	msg->xid = lwip_htonl(dhcp->xid);
	memcpy(msg->chaddr, id.client + 1, sizeof(id.client) - 1);
	msg->cookie = PP_HTONL(DHCP_MAGIC_COOKIE);
	end = add(msg, end, DHCP_OPTION_MESSAGE_TYPE, &type, sizeof(type));
	end = add(msg, end, DHCP_OPTION_REQUESTED_IP, address, 4);
	end = add(msg, end, DHCP_OPTION_SERVER_ID,
		  ip_2_ip4(&dhcp->server_ip_addr), 4);
	end = add(msg, end, OPTION_CLIENT, id.client, sizeof(id.client));
	msg->options[end] = DHCP_OPTION_END;
	return p;
}
