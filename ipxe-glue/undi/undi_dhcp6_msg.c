/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Options of RFC 8415 (21), 3646 (name servers), 5970 (boot file URL).
 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "ipxe-glue/undi/undi_dhcp6_msg.h"

enum message { REPLY = 7, INFORMATION_REQUEST = 11 };

enum option {
	CLIENT_ID = 1,
	REQUESTED = 6,
	ELAPSED = 8,
	STATUS = 13,
	VENDOR_CLASS = 16,
	NAME_SERVERS = 23,
	DOMAINS = 24,
	REFRESH = 32,
	BOOTFILE_URL = 59,
	ARCHITECTURE = 61,
	INTERFACE = 62, /* which UNDI */
	MAX_REFRESH = 83,
};

#define HEADER_BYTES 4 /* type, id */
#define OPTION_BYTES 4 /* code, length */

/* Asked again after this if the server says nothing; never sooner than that. */
#define REFRESH_S	86400
#define REFRESH_LEAST_S 600

/* Whose classes are PXE's: Intel. */
#define ENTERPRISE 343

static uint16_t get16(const uint8_t *p)
{
	return p[0] << 8 | p[1];
}

static uint32_t get32(const uint8_t *p)
{
	return (uint32_t)get16(p) << 16 | get16(p + 2);
}

static uint8_t *put16(uint8_t *p, uint32_t value)
{
	*p++ = value >> 8;
	*p++ = value;
	return p;
}

static uint8_t *put_option(uint8_t *p, enum option code, const void *value,
			   size_t n)
{
	p = put16(put16(p, code), n);
	memcpy(p, value, n);
	return p + n;
}

/* The client's identifier: its link-layer address (DUID-LL). */
#define DUID_BYTES 10

static void put_duid(uint8_t *duid, const uint8_t mac[6])
{
	memcpy(put16(put16(duid, 3), 1), mac, 6);
}

size_t undi_dhcp6_request(uint8_t *buf, const uint8_t mac[6], uint32_t id,
			  uint32_t waiting_ms)
{
	static const uint8_t wanted[] = {
		0, NAME_SERVERS, 0, DOMAINS,	 0, REFRESH,
		0, BOOTFILE_URL, 0, MAX_REFRESH,
	};
	/* A PC with a BIOS, and UNDI 2.1: as in DHCPv4 (undi_dhcp_ask.c). */
	static const uint8_t architecture[] = {0, 0}, undi[] = {1, 2, 1};
	static const char class[] = "PXEClient:Arch:00000:UNDI:002001";
	uint8_t duid[DUID_BYTES], elapsed[2], vendor[6 + sizeof(class) - 1];
	uint8_t *p = buf;

	waiting_ms /= 10;
	put16(elapsed, waiting_ms > 0xffff ? 0xffff : waiting_ms);
	put_duid(duid, mac);
	put16(put16(put16(vendor, 0), ENTERPRISE), sizeof(class) - 1);
	memcpy(vendor + 6, class, sizeof(class) - 1);

	*p++ = INFORMATION_REQUEST;
	*p++ = id >> 16;
	p = put16(p, id);
	p = put_option(p, CLIENT_ID, duid, sizeof(duid));
	p = put_option(p, ELAPSED, elapsed, sizeof(elapsed));
	p = put_option(p, REQUESTED, wanted, sizeof(wanted));
	p = put_option(p, ARCHITECTURE, architecture, sizeof(architecture));
	p = put_option(p, INTERFACE, undi, sizeof(undi));
	p = put_option(p, VENDOR_CLASS, vendor, sizeof(vendor));
	return p - buf;
}

static void read_servers(struct undi_dhcp6_reply *reply, const uint8_t *value,
			 size_t n)
{
	for (; n >= 16 && reply->servers < UNDI_RA_SERVERS; n -= 16) {
		memcpy(reply->server[reply->servers++], value, 16);
		value += 16;
	}
}

static void read_domains(struct undi_dhcp6_reply *reply, const uint8_t *value,
			 size_t n)
{
	while (n && reply->domains < UNDI_RA_DOMAINS) {
		char *name = reply->domain[reply->domains];
		size_t used = undi_domain_read(value, n, name, UNDI_RA_DOMAIN);

		if (!used)
			return;
		reply->domains += name[0] != '\0';
		value += used;
		n -= used;
	}
}

/*
 * Quirk: QEMU's user network without a boot file name (libslirp 4.7) sends
 * "tftp://[fec0::2]/(null)".
 */
static bool is_null(const uint8_t *value, size_t n)
{
	static const char null[] = "/(null)";
	const size_t m = sizeof(null) - 1;

	return n >= m && memcmp(value + n - m, null, m) == 0;
}

static void read_bootfile(struct undi_dhcp6_reply *reply, const uint8_t *value,
			  size_t n)
{
	if (n >= sizeof(reply->bootfile) || memchr(value, 0, n) ||
	    is_null(value, n))
		return;
	memcpy(reply->bootfile, value, n);
	reply->bootfile[n] = '\0';
}

/*
 * Take one option. Returns false when it says that the message is not for us,
 * or no.
 */
static bool read_option(struct undi_dhcp6_reply *reply, unsigned int code,
			const uint8_t *value, size_t n, const uint8_t *duid)
{
	switch (code) {
	case CLIENT_ID:
		return n == DUID_BYTES && !memcmp(value, duid, n);
	case STATUS:
		return n < 2 || get16(value) == 0;
	case NAME_SERVERS:
		read_servers(reply, value, n);
		break;
	case DOMAINS:
		read_domains(reply, value, n);
		break;
	case BOOTFILE_URL:
		read_bootfile(reply, value, n);
		break;
	case REFRESH:
		if (n == 4)
			reply->refresh_s = get32(value);
		break;
	}
	return true;
}

int undi_dhcp6_read(const uint8_t *msg, size_t bytes, const uint8_t mac[6],
		    uint32_t id, struct undi_dhcp6_reply *reply)
{
	uint8_t duid[DUID_BYTES];
	size_t at = HEADER_BYTES, n;

	put_duid(duid, mac);
	memset(reply, 0, sizeof(*reply));
	reply->refresh_s = REFRESH_S;
	if (bytes < HEADER_BYTES || msg[0] != REPLY ||
	    (get32(msg) & 0xffffff) != (id & 0xffffff))
		return -EINVAL;
	for (; at < bytes; at += n) {
		unsigned int code;

		if (bytes - at < OPTION_BYTES)
			return -EINVAL;
		code = get16(msg + at);
		n = get16(msg + at + 2);
		at += OPTION_BYTES;
		if (n > bytes - at)
			return -EINVAL;
		if (!read_option(reply, code, msg + at, n, duid))
			return -EINVAL;
	}
	if (reply->refresh_s < REFRESH_LEAST_S)
		reply->refresh_s = REFRESH_LEAST_S;
	/*
	 * Quirk: QEMU's user network (libslirp 4.7) does not name itself, so a
	 * server identifier is not asked for.
	 */
	return 0;
}
