/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * lwIP's resolver says "no" for every cause alike, so the answers' codes (RFC
 * 1035, 4.1.1) are read as they pass by. It cannot be told to forget a
 * question: an answer that nobody waits for any more is known by its name.
 *
 * A name without a dot is tried with the domain first.
 */
#include <errno.h>
#include <string.h>

#include "ipxe-glue/undi/undi_lookup.h"

#include "lwip/dns.h"
#include "lwip/pbuf.h"
#include "lwip/prot/dns.h"
#include "lwip/prot/ip4.h"
#include "lwip/prot/ip.h"
#include "lwip/prot/udp.h"

#include "ipxe-glue/undi/lwip/lwip_hooks.h"
#include "ipxe-glue/undi/undi_dhcp.h"

#define RCODE_NONE    0xff /* no answer seen */
#define RCODE_OK      0
#define RCODE_NO_NAME 3

static uint8_t last_rcode = RCODE_NONE;

/*
 * Look at a received IP packet (lwip_hooks.h): if a name server's answer, keep
 * its code. Returns 0: the packet goes its way.
 */
int undi_lookup_peek(struct pbuf *p)
{
	const struct ip_hdr *ip = p->payload;
	struct udp_hdr udp;
	struct dns_hdr dns;
	u16_t at;

	if (p->len < sizeof(*ip) || IPH_PROTO(ip) != IP_PROTO_UDP)
		return 0;
	at = IPH_HL_BYTES(ip);
	if (pbuf_copy_partial(p, &udp, sizeof(udp), at) != sizeof(udp) ||
	    udp.src != PP_HTONS(DNS_SERVER_PORT))
		return 0;
	at += sizeof(udp);
	if (pbuf_copy_partial(p, &dns, sizeof(dns), at) == sizeof(dns))
		last_rcode = dns.flags2 & DNS_FLAG2_ERR_MASK;
	return 0;
}

static void on_answer(const char *name, const ip_addr_t *address, void *arg)
{
	struct undi_lookup *lookup = arg;

	if (strcmp(lookup->asked, name) != 0)
		return;
	if (address) {
		lookup->address = *address;
		lookup->rc = 0;
	} else if (last_rcode == RCODE_OK || last_rcode == RCODE_NO_NAME) {
		lookup->rc = -ENOENT;
	} else {
		lookup->rc = -EAGAIN;
	}
	lookup->asked[0] = '\0';
}

/* Put host and, if there is one and it fits, the domain into asked. */
static void set_asked(struct undi_lookup *lookup)
{
	const char *domain = undi_dhcp_domain();
	size_t host_len = strlen(lookup->host), domain_len = strlen(domain);

	lookup->with_domain = !lookup->with_domain && domain_len &&
			      !strchr(lookup->host, '.') &&
			      host_len + 1 + domain_len < UNDI_LOOKUP_NAME;
	memcpy(lookup->asked, lookup->host, host_len + 1);
	if (!lookup->with_domain)
		return;
	lookup->asked[host_len] = '.';
	memcpy(lookup->asked + host_len + 1, domain, domain_len + 1);
}

static void ask(struct undi_lookup *lookup)
{
	ip_addr_t address;

	set_asked(lookup);
	last_rcode = RCODE_NONE;
	lookup->rc = -EINPROGRESS;
	switch (dns_gethostbyname(lookup->asked, &address, on_answer, lookup)) {
	case ERR_OK:
		lookup->address = address;
		lookup->rc = 0;
		break;
	case ERR_INPROGRESS:
		break;
	case ERR_VAL: /* no name server known */
		lookup->rc = -EAGAIN;
		break;
	case ERR_MEM: /* too many questions: the next poll asks again */
		lookup->asked[0] = '\0';
		lookup->with_domain = false;
		break;
	default:
		lookup->rc = -EINVAL;
		break;
	}
}

void undi_lookup_start(struct undi_lookup *lookup, const char *host)
{
	size_t n = strlen(host);

	memset(lookup, 0, sizeof(*lookup));
	lookup->rc = -EINPROGRESS;
	if (n == 0 || n >= UNDI_LOOKUP_NAME)
		lookup->rc = -EINVAL;
	else if (strchr(host, ':'))
		lookup->rc = -EAFNOSUPPORT;
	else
		memcpy(lookup->host, host, n + 1);
}

int undi_lookup_poll(struct undi_lookup *lookup)
{
	ip_addr_t literal;

	if (lookup->rc == -EINPROGRESS && !lookup->asked[0]) {
		if (ipaddr_aton(lookup->host, &literal)) {
			lookup->address = literal;
			lookup->rc = 0;
		} else {
			ask(lookup);
		}
	}
	/* Not below the domain: as it stands, then. */
	if (lookup->rc == -ENOENT && lookup->with_domain)
		ask(lookup);
	return lookup->rc;
}

void undi_lookup_stop(struct undi_lookup *lookup)
{
	lookup->asked[0] = '\0';
}
