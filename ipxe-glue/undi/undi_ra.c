/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Layouts of RFC 8200, 4443, 4861 and 8106, read byte by byte.
 */
#include <errno.h>
#include <string.h>

#include "ipxe-glue/undi/undi_ra.h"

static uint16_t get16(const uint8_t *p)
{
	return p[0] << 8 | p[1];
}

static uint32_t get32(const uint8_t *p)
{
	return (uint32_t)get16(p) << 16 | get16(p + 2);
}

/* ---- names ----------------------------------------------------------------
 */

static bool in_host_name(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
}

size_t undi_domain_read(const uint8_t *from, size_t bytes, char *text,
			size_t room)
{
	size_t at = 0, out = 0;
	bool fits = true;

	while (at < bytes && from[at]) {
		size_t n = from[at++];

		if (n > 63 || n > bytes - at)
			break;
		fits = fits && out + n + 2 <= room;
		if (fits && out)
			text[out++] = '.';
		for (; n--; at++) {
			fits = fits && in_host_name(from[at]);
			if (fits)
				text[out++] = (char)from[at];
		}
	}
	text[fits ? out : 0] = '\0';
	if (at >= bytes || from[at]) {
		text[0] = '\0';
		return 0;
	}
	return at + 1;
}

/* ---- packets --------------------------------------------------------------
 */

/* Headers that may stand before a payload and are all of one shape. */
static bool is_extension(uint8_t proto)
{
	return proto == 0 || proto == 43 || proto == 60;
}

size_t undi_ip6_payload(const uint8_t *packet, size_t bytes, uint8_t *proto)
{
	size_t at = UNDI_IP6_HEADER;

	if (bytes < UNDI_IP6_HEADER)
		return 0;
	*proto = packet[6];
	while (is_extension(*proto)) {
		if (bytes - at < 8)
			return 0;
		*proto = packet[at];
		at += 8 * (packet[at + 1] + 1);
		if (at > bytes)
			return 0;
	}
	return at;
}

/* The ones' complement sum of @bytes, added to @sum. */
static uint32_t add_up(uint32_t sum, const uint8_t *p, size_t bytes)
{
	for (; bytes > 1; bytes -= 2, p += 2)
		sum += get16(p);
	if (bytes)
		sum += p[0] << 8;
	return sum;
}

bool undi_icmp6_sum_holds(const uint8_t *packet, const uint8_t *icmp,
			  size_t bytes)
{
	/* Both addresses, the length, the protocol (RFC 8200, 8.1). */
	uint32_t sum = add_up(bytes + UNDI_IP6_ICMP, packet + 8, 32);

	sum = add_up(sum, icmp, bytes);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum == 0xffff;
}

/* ---- router advertisements ------------------------------------------------
 */

#define RA_HEADER     16
#define OPTION_RDNSS  25
#define OPTION_DNSSL  31
#define OPTION_HEADER 8 /* of both: type, length, two reserved, lifetime */

static void read_servers(struct undi_ra *ra, const uint8_t *option, size_t n)
{
	for (size_t at = OPTION_HEADER; n - at >= 16; at += 16) {
		if (ra->servers == UNDI_RA_SERVERS)
			return;
		memcpy(ra->server[ra->servers].address, option + at, 16);
		ra->server[ra->servers++].lifetime_s = get32(option + 4);
	}
}

/* Names one after the other, zeros to fill the option. */
static void read_domains(struct undi_ra *ra, const uint8_t *option, size_t n)
{
	size_t at = OPTION_HEADER, used;

	while (ra->domains < UNDI_RA_DOMAINS && at < n) {
		char *name = ra->domain[ra->domains].name;

		used = undi_domain_read(option + at, n - at, name,
					UNDI_RA_DOMAIN);
		if (!used)
			return;
		if (name[0])
			ra->domain[ra->domains++].lifetime_s =
				get32(option + 4);
		at += used;
	}
}

int undi_ra_read(const uint8_t *icmp, size_t bytes, struct undi_ra *ra)
{
	size_t at = RA_HEADER, n;

	memset(ra, 0, sizeof(*ra));
	if (bytes < RA_HEADER)
		return -EINVAL;
	ra->managed = icmp[5] & 0x80;
	ra->other = icmp[5] & 0x40;
	ra->router_s = get16(icmp + 6);
	for (; at < bytes; at += n) {
		if (bytes - at < 8)
			return -EINVAL;
		n = 8 * icmp[at + 1];
		if (n == 0 || n > bytes - at)
			return -EINVAL;
		if (icmp[at] == OPTION_RDNSS)
			read_servers(ra, icmp + at, n);
		if (icmp[at] == OPTION_DNSSL)
			read_domains(ra, icmp + at, n);
	}
	return 0;
}
