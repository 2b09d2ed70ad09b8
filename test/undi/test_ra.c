/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * ICMPv6 and DHCPv6 messages: read whole, cut at every length, with wrong
 * lengths, in memory of their size.
 */
#include <errno.h>
#include <stdlib.h>

#include "ipxe-glue/undi/undi_dhcp6_msg.h"
#include "ipxe-glue/undi/undi_ra.h"
#include "test/test.h"

/* A copy that ends where its memory ends. */
static uint8_t *exact(const uint8_t *bytes, size_t n)
{
	uint8_t *copy = malloc(n ? n : 1);

	if (n)
		memcpy(copy, bytes, n);
	return copy;
}

/* ---- router advertisements ----------------------------------------------- */

#define HEADER	  134, 0, 0, 0, 64, 0x40, 0x07, 0x08, 0, 0, 0, 0, 0, 0, 0, 0
#define MTU	  5, 1, 0, 0, 0, 0, 0x05, 0x00
#define SERVER(n) 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, n
#define RDNSS_2	  25, 5, 0, 0, 0, 0, 0x0e, 0x10, SERVER(1), SERVER(2)
#define DNSSL                                                              \
	31, 4, 0, 0, 0, 0, 0, 60, 4, 't', 'e', 's', 't', 7, 'e', 'x', 'a', \
		'm', 'p', 'l', 'e', 0, 3, 'l', 'a', 'n', 0, 0, 0, 0, 0, 0

static const uint8_t advertisement[] = {HEADER, MTU, RDNSS_2, DNSSL};

TEST(advertisement_is_read)
{
	static const uint8_t second[] = {SERVER(2)};
	struct undi_ra ra;

	CHECK_EQ(undi_ra_read(advertisement, sizeof(advertisement), &ra), 0);
	CHECK(ra.other && !ra.managed);
	CHECK_EQ(ra.router_s, 1800);
	CHECK_EQ(ra.servers, 2);
	CHECK(!memcmp(ra.server[1].address, second, 16));
	CHECK_EQ(ra.server[1].lifetime_s, 3600);
	CHECK_EQ(ra.domains, 2);
	CHECK(!strcmp(ra.domain[0].name, "test.example"));
	CHECK(!strcmp(ra.domain[1].name, "lan"));
	CHECK_EQ(ra.domain[1].lifetime_s, 60);
}

/* Whole options are an advertisement, anything else is none. */
TEST(advertisement_cut_anywhere)
{
	static const size_t whole[] = {16, 24, 64, 96};
	struct undi_ra ra;

	for (size_t n = 0; n <= sizeof(advertisement); n++) {
		uint8_t *copy = exact(advertisement, n);
		int want = -EINVAL;

		for (size_t i = 0; i < 4; i++)
			if (whole[i] == n)
				want = 0;
		CHECK_EQ(undi_ra_read(copy, n, &ra), want);
		free(copy);
	}
}

TEST(advertisement_with_any_byte_changed)
{
	struct undi_ra ra;

	for (size_t at = 0; at < sizeof(advertisement); at++) {
		for (int value = 0; value < 256; value++) {
			uint8_t *copy = exact(advertisement,
					      sizeof(advertisement));

			copy[at] = value;
			undi_ra_read(copy, sizeof(advertisement), &ra);
			CHECK(ra.servers <= UNDI_RA_SERVERS);
			CHECK(ra.domains <= UNDI_RA_DOMAINS);
			free(copy);
		}
	}
}

/* An option without a length would never end. */
TEST(option_of_no_length)
{
	static const uint8_t bytes[] = {HEADER, 25, 0, 0, 0, 0, 0, 0, 0};
	struct undi_ra ra;

	CHECK_EQ(undi_ra_read(bytes, sizeof(bytes), &ra), -EINVAL);
}

TEST(more_servers_than_there_is_room)
{
	static const uint8_t bytes[] = {HEADER, RDNSS_2, RDNSS_2, RDNSS_2};
	struct undi_ra ra;

	CHECK_EQ(undi_ra_read(bytes, sizeof(bytes), &ra), 0);
	CHECK_EQ(ra.servers, UNDI_RA_SERVERS);
}

/* ---- names --------------------------------------------------------------- */

static const struct {
	const char *bytes;
	size_t n, used;
	const char *text;
} names[] = {
	{"\4test\0", 6, 6, "test"},
	{"\4test\0more", 10, 6, "test"},
	{"\1a\1b\0", 5, 5, "a.b"},
	{"\0", 1, 1, ""},
	{"\4test", 5, 0, ""},	       /* no end */
	{"\4tes", 4, 0, ""},	       /* cut in a label */
	{"\300\14", 2, 0, ""},	       /* a pointer */
	{"\4te t\0", 6, 6, ""},	       /* what no host has */
	{"\4te.t\0", 6, 6, ""},	       /* not even a dot */
	{"\10morethan\0", 10, 10, ""}, /* longer than its room */
	{"", 0, 0, ""},
};

TEST(domain_names)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		uint8_t *copy = exact((const uint8_t *)names[i].bytes,
				      names[i].n);
		char text[8];

		CHECK_EQ(undi_domain_read(copy, names[i].n, text, sizeof(text)),
			 names[i].used);
		CHECK(!strcmp(text, names[i].text));
		free(copy);
	}
}

/* ---- packets ------------------------------------------------------------- */

/* A packet of @extensions headers of 8 bytes before ICMPv6's 8. */
static size_t packet(uint8_t *p, unsigned int extensions, uint8_t kind)
{
	size_t at = 40;

	memset(p, 0, 128);
	p[0] = 0x60;
	p[6] = extensions ? kind : UNDI_IP6_ICMP;
	for (unsigned int i = 0; i < extensions; i++, at += 8)
		p[at] = i + 1 < extensions ? kind : UNDI_IP6_ICMP;
	return at + 8;
}

TEST(payload_behind_extension_headers)
{
	static const uint8_t kinds[] = {0, 43, 60};
	uint8_t bytes[128], proto;

	for (unsigned int k = 0; k < 3; k++) {
		for (unsigned int n = 0; n < 4; n++) {
			size_t size = packet(bytes, n, kinds[k]);

			for (size_t cut = 0; cut <= size; cut++) {
				uint8_t *copy = exact(bytes, cut);
				size_t at = undi_ip6_payload(copy, cut, &proto);

				CHECK_EQ(at, cut < size - 8 ? 0 : size - 8);
				CHECK(!at || proto == UNDI_IP6_ICMP);
				free(copy);
			}
		}
	}
	/* A header longer than the packet. */
	packet(bytes, 1, 60);
	bytes[41] = 255;
	CHECK_EQ(undi_ip6_payload(bytes, 56, &proto), 0);
}

/* An echo request from ::1 to ::1. */
TEST(checksum)
{
	static const uint8_t ip[40] = {0x60, [5] = 16, 58,
				       64,   [23] = 1, [39] = 1};
	uint8_t icmp[16] = {128, 0,   0,   0,	0x12, 0x34, 0,	 1,
			    'a', 'b', 'c', 'd', 'e',  'f',  'g', 'h'};
	uint32_t sum = 0;

	/* By hand: addresses 1 + 1, length 16, protocol 58, the message. */
	sum = 1 + 1 + 16 + 58 + 0x8000 + 0x1234 + 1 + 0x6162 + 0x6364 + 0x6566 +
	      0x6768;
	sum = (sum & 0xffff) + (sum >> 16);
	icmp[2] = ~sum >> 8 & 0xff;
	icmp[3] = ~sum & 0xff;
	CHECK(undi_icmp6_sum_holds(ip, icmp, sizeof(icmp)));
	icmp[15] ^= 1;
	CHECK(!undi_icmp6_sum_holds(ip, icmp, sizeof(icmp)));
	icmp[15] ^= 1;
	CHECK(!undi_icmp6_sum_holds(ip, icmp, sizeof(icmp) - 1));
}

/* ---- DHCPv6 -------------------------------------------------------------- */

static const uint8_t mac[6] = {0x52, 0x54, 0, 0x12, 0x34, 0x56};
#define ID     0xabcdef
#define DUID   0, 1, 0, 10, 0, 3, 0, 1, 0x52, 0x54, 0, 0x12, 0x34, 0x56
#define SERVED 0, 2, 0, 4, 0, 3, 0, 1
#define URL    0, 59, 0, 11, 's', 'p', 'i', 'c', 'e', ':', '/', '/', 'h', ':', '1'
static const uint8_t reply_bytes[] = {
	7,	   0xab,      0xcd, 0xef, DUID, SERVED, 0, 23,	0,    32,
	SERVER(1), SERVER(2), 0,    24,	  0,	5,	3, 'l', 'a',  'n',
	0,	   URL,	      0,    32,	  0,	4,	0, 0,	0x0e, 0x10,
};

static int read_reply(const uint8_t *bytes, size_t n,
		      struct undi_dhcp6_reply *reply)
{
	uint8_t *copy = exact(bytes, n);
	int rc = undi_dhcp6_read(copy, n, mac, ID, reply);

	free(copy);
	return rc;
}

TEST(reply_is_read)
{
	struct undi_dhcp6_reply reply;

	CHECK_EQ(read_reply(reply_bytes, sizeof(reply_bytes), &reply), 0);
	CHECK_EQ(reply.servers, 2);
	CHECK_EQ(reply.server[1][15], 2);
	CHECK_EQ(reply.domains, 1);
	CHECK(!strcmp(reply.domain[0], "lan"));
	CHECK(!strcmp(reply.bootfile, "spice://h:1"));
	CHECK_EQ(reply.refresh_s, 3600);
}

TEST(reply_cut_anywhere)
{
	/* Where an option ends. */
	static const size_t whole[] = {4, 18, 26, 62, 71, 86, 94};
	struct undi_dhcp6_reply reply;

	for (size_t n = 0; n <= sizeof(reply_bytes); n++) {
		int want = -EINVAL;

		for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]); i++)
			if (whole[i] == n)
				want = 0;
		CHECK_EQ(read_reply(reply_bytes, n, &reply), want);
	}
}

TEST(replies_that_are_not_ours)
{
	/* Type, id, client; and a status that says no. */
	static const size_t changed[] = {0, 1, 3, 17};
	static const uint8_t refusal[] = {7,  0xab, 0xcd, 0xef, 0,
					  13, 0,    2,	  0,	4};
	struct undi_dhcp6_reply reply;
	uint8_t bytes[sizeof(reply_bytes)];

	for (size_t i = 0; i < 4; i++) {
		memcpy(bytes, reply_bytes, sizeof(bytes));
		bytes[changed[i]] ^= 1;
		CHECK_EQ(read_reply(bytes, sizeof(bytes), &reply), -EINVAL);
	}
	CHECK_EQ(read_reply(refusal, sizeof(refusal), &reply), -EINVAL);
}

/* QEMU's user network without a boot file name sends the C library's (null). */
TEST(boot_file_of_nobody)
{
	static const char *const urls[] = {"tftp://[fec0::2]/(null)", "/(null)",
					   "tftp://[fec0::2]/null", "(null)/a"};
	struct undi_dhcp6_reply reply;

	for (size_t i = 0; i < 4; i++) {
		size_t n = strlen(urls[i]);
		uint8_t bytes[64] = {7,	     0xab, 0xcd, 0xef, DUID,
				     SERVED, 0,	   59,	 0,    n};

		memcpy(bytes + 30, urls[i], n);
		CHECK_EQ(read_reply(bytes, 30 + n, &reply), 0);
		CHECK(!strcmp(reply.bootfile, i < 2 ? "" : urls[i]));
	}
}

TEST(reply_with_any_byte_changed)
{
	struct undi_dhcp6_reply reply;
	uint8_t bytes[sizeof(reply_bytes)];

	for (size_t at = 0; at < sizeof(bytes); at++) {
		for (int value = 0; value < 256; value++) {
			memcpy(bytes, reply_bytes, sizeof(bytes));
			bytes[at] = value;
			read_reply(bytes, sizeof(bytes), &reply);
			CHECK(reply.servers <= UNDI_RA_SERVERS);
			CHECK(reply.refresh_s >= 600 || reply.refresh_s == 0);
		}
	}
}

/* A request is options as long as they say, and its own client's answer. */
TEST(request)
{
	uint8_t bytes[UNDI_DHCP6_REQUEST_BYTES];
	size_t n = undi_dhcp6_request(bytes, mac, ID, 2500), at;
	unsigned int elapsed = 0, urls = 0;

	CHECK(n <= sizeof(bytes));
	CHECK_EQ(bytes[0], 11);
	for (at = 4; at + 4 <= n;) {
		unsigned int code = bytes[at] << 8 | bytes[at + 1];
		size_t size = bytes[at + 2] << 8 | bytes[at + 3];

		at += 4;
		if (code == 8)
			elapsed = bytes[at] << 8 | bytes[at + 1];
		for (size_t i = 0; code == 6 && i + 1 < size; i += 2)
			urls += bytes[at + i + 1] == 59;
		at += size;
	}
	CHECK_EQ(at, n);
	CHECK_EQ(elapsed, 250);
	CHECK_EQ(urls, 1);
}

int main(void)
{
	RUN(advertisement_is_read);
	RUN(advertisement_cut_anywhere);
	RUN(advertisement_with_any_byte_changed);
	RUN(option_of_no_length);
	RUN(more_servers_than_there_is_room);
	RUN(domain_names);
	RUN(payload_behind_extension_headers);
	RUN(checksum);
	RUN(reply_is_read);
	RUN(reply_cut_anywhere);
	RUN(replies_that_are_not_ours);
	RUN(boot_file_of_nobody);
	RUN(reply_with_any_byte_changed);
	RUN(request);
	return test_end();
}
