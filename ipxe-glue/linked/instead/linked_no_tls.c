/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * In the place of ipxe-glue/carrier_tls.c, client_cert.c and sse.c where a ROM
 * has no room for TLS: what wants it is refused, nothing goes without it.
 */
#include <errno.h>

#include "ipxe-glue/client.h"
#include "romlayout/include/sse.h"

void carrier_tls_start(struct carrier_slot *slot)
{
	struct chan_error error = {
		.cause = CHAN_TLS_ABSENT,
		.sentence = "%s is to be reached over TLS, which this ROM has "
			    "no room for. Use the full image."};

	carrier_refuse(slot, &error);
}

void carrier_tls_input(struct carrier_slot *slot, const void *bytes, size_t n)
{
}

void carrier_tls_send(struct carrier_slot *slot)
{
}

void carrier_tls_turn(struct carrier_slot *slot)
{
}

bool carrier_tls_closed(struct carrier_slot *slot, int rc)
{
	return false;
}

void carrier_tls_stop(struct carrier_slot *slot)
{
}

void carrier_tls_end(struct carrier *c)
{
}

void carrier_tls_target(struct carrier *c)
{
}

const struct tls_report *carrier_tls_report(const struct carrier *c)
{
	return NULL;
}

int carrier_tls_check_ca(const char *text, size_t bytes, const uint8_t hash[32])
{
	return -EOPNOTSUPP;
}

void sse_start(void)
{
}

void sse_stop(void)
{
}

void client_cert_note(struct client *c)
{
}

bool client_cert_open(struct client *c)
{
	return false;
}

void client_cert_key(struct client *c, const struct kbd_key *key)
{
}

void client_cert_draw(struct client *c)
{
}
