/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * lwIP's resolver knows neither a search list nor which server answered last,
 * asks each server once, and says "no" for every cause alike. Here is the rest.
 *
 * Servers and domains are those that DHCP has given (the rows below). The one
 * that answered is asked first from then on. A name without a dot is tried
 * below each domain and then as it stands, one with a dot the other way round;
 * one that ends in a dot only so. Where nobody answers, all are asked again.
 *
 * IPv4 and IPv6 addresses are asked for at the same time, of servers that are
 * reached by either.
 *
 * Answers' codes (RFC 1035, 4.1.1) are read as they pass by. lwIP cannot be
 * told to forget a question: an answer that nobody waits for is known by its
 * name.
 */
#include <errno.h>
#include <string.h>

#include "ipxe-glue/undi/undi_lookup.h"

#include "lwip/dns.h"
#include "lwip/netif.h"
#include "lwip/pbuf.h"
#include "lwip/prot/dns.h"
#include "lwip/prot/ip4.h"
#include "lwip/prot/ip.h"
#include "lwip/prot/udp.h"

#include "ipxe-glue/undi/lwip/lwip_hooks.h"
#include "ipxe-glue/undi/undi_dhcp.h"
#include "ipxe-glue/undi/undi_ip6.h"
#include "ipxe-glue/undi/undi_netif.h"
#include "ipxe-glue/undi/undi_time.h"

/* Silent servers are asked again until this time. */
#define PATIENCE_US 5000000

/* With an address of one IP version at hand, wait this long for the other's. */
#define OTHER_PATIENCE_US 100000

/* As many lookups at once as there are connections (undi_tcp.c). */
#define LOOKUPS 16

#define RCODE_OK      0
#define RCODE_NO_NAME 3

/* Bits of undi_lookup.heard. */
#define HEARD_NO_NAME 1 /* there is no such name, or it has no address */
#define HEARD_FAILED  2 /* "I cannot tell" */

/* Where servers and domains come from: number i, NULL behind the last. */
static const ip_addr_t *(*const servers_of[])(unsigned int i) = {
	undi_dhcp_server,
	undi_ip6_server,
};
static const char *(*const domains_of[])(unsigned int i) = {
	undi_dhcp_domain,
	undi_ip6_domain,
};
#define SERVERS_OF (sizeof(servers_of) / sizeof(servers_of[0]))
#define DOMAINS_OF (sizeof(domains_of) / sizeof(domains_of[0]))

static struct undi_lookup *asking[LOOKUPS];
static ip_addr_t answered; /* who answered last; any: nobody */

/* ---- servers and domains ------------------------------------------------- */

/* Server @i of all that are known, NULL behind the last. */
static const ip_addr_t *server(unsigned int i)
{
	for (unsigned int of = 0; of < SERVERS_OF; of++)
		for (unsigned int k = 0; servers_of[of](k); k++)
			if (i-- == 0)
				return servers_of[of](k);
	return NULL;
}

static const char *domain(unsigned int i)
{
	for (unsigned int of = 0; of < DOMAINS_OF; of++)
		for (unsigned int k = 0; domains_of[of](k); k++)
			if (i-- == 0)
				return domains_of[of](k);
	return NULL;
}

static unsigned int domains(void)
{
	unsigned int n = 0;

	while (domain(n))
		n++;
	return n;
}

/* Whether @address is among the servers. */
static bool is_server(const ip_addr_t *address)
{
	const ip_addr_t *known;

	for (unsigned int i = 0; (known = server(i)); i++)
		if (ip_addr_eq(known, address))
			return true;
	return false;
}

/* Give lwIP the servers, the one that answered last before the others. */
static void set_servers(void)
{
	bool known = !ip_addr_isany(&answered) && is_server(&answered);
	const ip_addr_t *next;
	u8_t n = 0;

	if (known)
		dns_setserver(n++, &answered);
	for (unsigned int i = 0; n < DNS_MAX_SERVERS; i++) {
		next = server(i);
		if (!next || !known || !ip_addr_eq(next, &answered))
			dns_setserver(n++, next);
	}
}

const ip_addr_t *undi_lookup_server(void)
{
	set_servers();
	return ip_addr_isany(dns_getserver(0)) ? NULL : dns_getserver(0);
}

/* ---- answers ------------------------------------------------------------- */

/*
 * The name of the question in an answer as text.
 * @name: UNDI_LOOKUP_NAME bytes
 */
static bool read_question(struct pbuf *p, u16_t at, char *name)
{
	size_t chars = 0;
	int label;

	while ((label = pbuf_try_get_at(p, at++)) > 0) {
		if (label > 63 || chars + label + 1 >= UNDI_LOOKUP_NAME)
			return false;
		if (chars)
			name[chars++] = '.';
		if (pbuf_copy_partial(p, name + chars, label, at) != label)
			return false;
		chars += label;
		at += label;
	}
	name[chars] = '\0';
	return label == 0;
}

void undi_lookup_heard(struct pbuf *p, u16_t at, const ip_addr_t *from)
{
	char name[UNDI_LOOKUP_NAME];
	struct udp_hdr udp;
	struct dns_hdr dns;
	uint8_t rcode;

	if (pbuf_copy_partial(p, &udp, sizeof(udp), at) != sizeof(udp) ||
	    udp.src != PP_HTONS(DNS_SERVER_PORT))
		return;
	at += sizeof(udp);
	if (pbuf_copy_partial(p, &dns, sizeof(dns), at) != sizeof(dns) ||
	    !(dns.flags1 & DNS_FLAG1_RESPONSE) ||
	    !read_question(p, at + sizeof(dns), name) || !is_server(from))
		return;
	rcode = dns.flags2 & DNS_FLAG2_ERR_MASK;
	for (unsigned int i = 0; i < LOOKUPS; i++) {
		if (!asking[i] || lwip_stricmp(asking[i]->asked, name) != 0)
			continue;
		if (rcode == RCODE_OK || rcode == RCODE_NO_NAME) {
			asking[i]->heard |= HEARD_NO_NAME;
			answered = *from;
		} else {
			asking[i]->heard |= HEARD_FAILED;
		}
	}
}

/*
 * Look at a received IP packet (lwip_hooks.h). Returns 0: the packet goes its
 * way.
 */
int undi_lookup_peek(struct pbuf *p)
{
	const struct ip_hdr *ip = p->payload;
	ip_addr_t from;

	if (p->len < sizeof(*ip) || IPH_PROTO(ip) != IP_PROTO_UDP)
		return 0;
	ip_addr_copy_from_ip4(from, ip->src);
	undi_lookup_heard(p, IPH_HL_BYTES(ip), &from);
	return 0;
}

static void forget(struct undi_lookup *lookup)
{
	for (unsigned int i = 0; i < LOOKUPS; i++)
		if (asking[i] == lookup)
			asking[i] = NULL;
	lookup->asked[0] = '\0';
}

/* No answer has an address: what next? undi_lookup_poll() asks. */
static void no_address(struct undi_lookup *lookup)
{
	bool silent = !lookup->heard;

	if (silent && undi_time_us() - lookup->since_us < PATIENCE_US)
		return; /* the same again */
	if (silent) {
		lookup->rc = -EAGAIN; /* nor would they about another form */
		return;
	}
	if (!(lookup->heard & HEARD_NO_NAME))
		lookup->unsure = true;
	lookup->form++;
}

/* Nothing more is waited for. */
static void end(struct undi_lookup *lookup)
{
	lookup->v4.waiting = lookup->v6.waiting = false;
	forget(lookup);
	if (lookup->count)
		lookup->rc = 0;
	else
		no_address(lookup);
}

static void add(struct undi_lookup *lookup, const ip_addr_t *address)
{
	if (!lookup->count)
		lookup->first_us = undi_time_us();
	lookup->address[lookup->count++] = *address;
}

static void on_answer(const char *name, const ip_addr_t *address, void *arg)
{
	struct undi_lookup_question *question = arg;
	struct undi_lookup *lookup = question->lookup;

	if (!question->waiting || strcmp(lookup->asked, name) != 0)
		return;
	question->waiting = false;
	if (address)
		add(lookup, address);
	if (!lookup->v4.waiting && !lookup->v6.waiting)
		end(lookup);
}

/* ---- questions ----------------------------------------------------------- */

/*
 * Put the name's form of that number into asked. Returns -ENOENT behind the
 * last, -ENAMETOOLONG for one that would be.
 */
static int set_asked(struct undi_lookup *lookup)
{
	size_t n = strlen(lookup->host), domain_len;
	const char *dot = strchr(lookup->host, '.');
	bool absolute = n && lookup->host[n - 1] == '.';
	unsigned int all = absolute ? 0 : domains();
	unsigned int plain = dot ? 0 : all;
	const char *below;

	if (lookup->form > all)
		return -ENOENT;
	memcpy(lookup->asked, lookup->host, n + 1);
	if (absolute)
		lookup->asked[n - 1] = '\0'; /* lwIP's callback has it so */
	if (lookup->form == plain)
		return 0;
	below = domain(lookup->form - (lookup->form > plain));
	domain_len = strlen(below);
	if (n + 1 + domain_len >= UNDI_LOOKUP_NAME)
		return -ENAMETOOLONG;
	lookup->asked[n] = '.';
	memcpy(lookup->asked + n + 1, below, domain_len + 1);
	return 0;
}

/* Be among those that answers are compared with. */
static void listen(struct undi_lookup *lookup)
{
	lookup->heard = 0;
	for (unsigned int i = 0; i < LOOKUPS; i++) {
		if (!asking[i]) {
			asking[i] = lookup;
			return;
		}
	}
}

/* Ask for addresses of one IP version. Returns 0 or why not. */
static int ask_for(struct undi_lookup_question *question, uint8_t version)
{
	struct undi_lookup *lookup = question->lookup;
	ip_addr_t address;

	switch (dns_gethostbyname_addrtype(lookup->asked, &address, on_answer,
					   question, version)) {
	case ERR_INPROGRESS:
		question->waiting = true;
		return 0;
	case ERR_OK:
		add(lookup, &address);
		return 0;
	case ERR_VAL: /* no name server known */
		return -EAGAIN;
	case ERR_MEM: /* too many questions: the next poll asks again */
		return -EINPROGRESS;
	default:
		return -EINVAL;
	}
}

/*
 * Ask for what is in asked: addresses of the IP versions that we have, or may
 * still get.
 */
static void ask(struct undi_lookup *lookup)
{
	bool early = undi_netif_link_us() < UNDI_NETIF_SETTLE_US;
	int rc = 0;

	set_servers();
	listen(lookup);
	if (early || !ip4_addr_isany(netif_ip4_addr(undi_netif())))
		rc = ask_for(&lookup->v4, LWIP_DNS_ADDRTYPE_IPV4);
	if (!rc && (early || undi_ip6_up()))
		rc = ask_for(&lookup->v6, LWIP_DNS_ADDRTYPE_IPV6);
	if (lookup->v4.waiting || lookup->v6.waiting)
		return;
	forget(lookup);
	if (rc == -EAGAIN && early)
		rc = -EINPROGRESS; /* a server may still be named */
	lookup->rc = lookup->count ? 0 : rc;
}

/* Go on to the next form of the name that can be asked, and ask. */
static void go_on(struct undi_lookup *lookup)
{
	int rc;

	if (!lookup->since_us)
		lookup->since_us = undi_time_us();
	while ((rc = set_asked(lookup)) == -ENAMETOOLONG)
		lookup->form++;
	if (rc == 0)
		ask(lookup);
	else
		lookup->rc = lookup->unsure ? -EAGAIN : -ENOENT;
}

void undi_lookup_start(struct undi_lookup *lookup, const char *host)
{
	size_t n = strlen(host);

	memset(lookup, 0, sizeof(*lookup));
	lookup->rc = -EINPROGRESS;
	lookup->v4.lookup = lookup->v6.lookup = lookup;
	if (n == 0 || n >= UNDI_LOOKUP_NAME)
		lookup->rc = -EINVAL;
	else
		memcpy(lookup->host, host, n + 1);
}

/*
 * Whether the host is an address in writing. The zone behind an IPv6 address
 * ("%eth0") has no meaning here: there is one card.
 */
static bool is_literal(struct undi_lookup *lookup)
{
	ip_addr_t *address = &lookup->address[0];
	char text[IPADDR_STRLEN_MAX];
	size_t n = strcspn(lookup->host, "%");

	if (n >= sizeof(text) ||
	    (lookup->host[n] && !strchr(lookup->host, ':')))
		return false;
	memcpy(text, lookup->host, n);
	text[n] = '\0';
	if (!ipaddr_aton(text, address))
		return false;
	/* "::ffff:192.0.2.1" is an IPv4 address. */
	if (IP_IS_V6(address) && ip6_addr_isipv4mappedipv6(ip_2_ip6(address)))
		ip_addr_set_ip4_u32(address, ip_2_ip6(address)->addr[3]);
	lookup->count = 1;
	return true;
}

int undi_lookup_poll(struct undi_lookup *lookup)
{
	if (lookup->rc != -EINPROGRESS)
		return lookup->rc;
	if (lookup->count &&
	    undi_time_us() - lookup->first_us >= OTHER_PATIENCE_US)
		end(lookup);
	if (lookup->rc != -EINPROGRESS || lookup->asked[0])
		return lookup->rc;
	if (is_literal(lookup))
		lookup->rc = 0;
	else if (strchr(lookup->host, ':'))
		lookup->rc = -EINVAL;
	else
		go_on(lookup);
	return lookup->rc;
}

void undi_lookup_stop(struct undi_lookup *lookup)
{
	lookup->v4.waiting = lookup->v6.waiting = false;
	forget(lookup);
}
