/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * A host name's address: lwIP's resolver, with the domain that came by DHCP and
 * with an error that says what happened.
 */
#ifndef UNDI_LOOKUP_H
#define UNDI_LOOKUP_H

#include <stdbool.h>

#include "lwip/ip_addr.h"

#define UNDI_LOOKUP_NAME 256

struct undi_lookup {
	int rc; /* -EINPROGRESS, 0, or an error */
	ip_addr_t address;
	char host[UNDI_LOOKUP_NAME];
	char asked[UNDI_LOOKUP_NAME]; /* what lwIP is asked now; "" nothing */
	bool with_domain;	      /* asked has the domain behind host */
};

/* Begin to look @host up; nothing is sent before undi_lookup_poll(). */
void undi_lookup_start(struct undi_lookup *lookup, const char *host);

/*
 * Returns 0 (address is set); -EINPROGRESS; -ENOENT no such name, -EAGAIN no
 * name server answered or it could not tell, -EAFNOSUPPORT an IPv6 address,
 * -EINVAL not a name.
 */
int undi_lookup_poll(struct undi_lookup *lookup);

/* The answer is not wanted any more. */
void undi_lookup_stop(struct undi_lookup *lookup);

#endif
