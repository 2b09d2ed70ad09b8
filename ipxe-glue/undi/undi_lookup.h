/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * A host name's address: lwIP's resolver, with a search list, with any number
 * of servers asked in turn, and with an error that says what happened.
 */
#ifndef UNDI_LOOKUP_H
#define UNDI_LOOKUP_H

#include <stdbool.h>
#include <stdint.h>

#include "lwip/ip_addr.h"

#define UNDI_LOOKUP_NAME 256
#define UNDI_LOOKUP_ADDRESSES                           \
	2 /* one of each IP version: lwIP gives no more \
	   */

struct pbuf;

/* What lwIP is asked: addresses of one IP version. */
struct undi_lookup_question {
	struct undi_lookup *lookup;
	bool waiting;
};

struct undi_lookup {
	int rc; /* -EINPROGRESS, 0, or an error */
	unsigned int count;
	ip_addr_t address[UNDI_LOOKUP_ADDRESSES];
	struct undi_lookup_question v4, v6;
	uint64_t since_us; /* the first question */
	uint64_t first_us; /* the first address */
	unsigned int form; /* the host's name alone, or below a domain: which */
	uint8_t heard;	   /* of servers about asked */
	bool unsure;	   /* about some form no server could tell */
	char host[UNDI_LOOKUP_NAME];
	char asked[UNDI_LOOKUP_NAME]; /* what lwIP is asked now; "" nothing */
};

/* Begin to look @host up; nothing is sent before undi_lookup_poll(). */
void undi_lookup_start(struct undi_lookup *lookup, const char *host);

/*
 * Returns 0 (addresses are there); -EINPROGRESS; -ENOENT no such name, -EAGAIN
 * no name server answered or it could not tell, -EINVAL not a name.
 */
int undi_lookup_poll(struct undi_lookup *lookup);

/* The answer is not wanted any more. */
void undi_lookup_stop(struct undi_lookup *lookup);

/*
 * Look at a received datagram: if it is a name server's answer, keep what it
 * says. @at: where in @p its UDP header is; @from: its sender
 */
void undi_lookup_heard(struct pbuf *p, u16_t at, const ip_addr_t *from);

/* The name server that is asked first, NULL without any. */
const ip_addr_t *undi_lookup_server(void);

#endif
