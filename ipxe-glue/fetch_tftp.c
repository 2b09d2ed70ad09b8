/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * A TFTP client (RFC 1350): octet mode, blocks of 512 bytes, no options. A
 * server whose answers get lost is asked again every second, five times.
 */
#include <errno.h>
#include <string.h>

#include "ipxe-glue/fetch_part.h"

#define TFTP_BLOCK 512
#define TFTP_RRQ   1
#define TFTP_DATA  3
#define TFTP_ACK   4
#define TFTP_ERROR 5

#define TFTP_AGAIN_US 1000000u
#define TFTP_TRIES    5

/* Send the request, or acknowledge the block that came last. */
static void tftp_send(struct fetch *f)
{
	struct fetch_tftp *t = &f->tftp;
	uint8_t packet[2 + TARGET_URL_BYTES + 6] = {0, TFTP_ACK};
	uint16_t port = t->port ? t->port : f->port;
	size_t n = 4;

	packet[2] = (uint8_t)(t->block >> 8);
	packet[3] = (uint8_t)t->block;
	if (!t->port) {
		struct span path = f->path;

		/* As iPXE does: the name has no slash before it. */
		span_skip(&path, "/");
		packet[1] = TFTP_RRQ;
		if (span_unescape(path, (char *)packet + 2, TARGET_URL_BYTES)) {
			fetch_end(f, -EINVAL, "its URL is badly escaped");
			return;
		}
		n = 2 + strlen((char *)packet + 2) + 1;
		memcpy(packet + n, "octet", 6);
		n += 6;
	}
	if (f->udp)
		port_udp_send(f->udp, port, packet, n);
	t->sent_us = port_now_us();
	t->tries++;
}

static void tftp_error(struct fetch *f, unsigned int code)
{
	if (code == 1)
		fetch_end(f, -ENOENT, "the server has no such file");
	else if (code == 2)
		fetch_end(f, -EACCES, "the server does not give it");
	else
		fetch_end(f, -EIO, "the server reports an error");
}

void fetch_tftp_input(struct fetch *f, uint16_t port, const uint8_t *bytes,
		      size_t n)
{
	struct fetch_tftp *t = &f->tftp;
	unsigned int code;

	/* Another transfer's, or nothing that we know. */
	if (f->file.rc != -EINPROGRESS || n < 4 ||
	    (t->port && port != t->port) || bytes[0])
		return;
	code = (unsigned int)bytes[2] << 8 | bytes[3];
	if (bytes[1] == TFTP_ERROR) {
		tftp_error(f, code);
		return;
	}
	if (bytes[1] != TFTP_DATA || code != (uint16_t)(t->block + 1))
		return;
	if (n - 4 > TFTP_BLOCK) {
		fetch_end(f, -EPROTO, "what answers is no TFTP server");
		return;
	}
	t->port = port;
	t->block++;
	t->tries = 0;
	if (!fetch_take(f, bytes + 4, n - 4))
		return;
	tftp_send(f);
	if (n - 4 < TFTP_BLOCK)
		fetch_end(f, 0, "");
}

static void tftp_open(void *ctx)
{
	struct fetch *f = ctx;

	f->tftp.open = true;
	f->file.since_us = port_now_us();
}

static void tftp_recv(void *ctx, uint16_t port, const void *bytes, size_t n)
{
	fetch_tftp_input(ctx, port, bytes, n);
}

static void tftp_closed(void *ctx, int rc)
{
	struct fetch *f = ctx;

	f->udp = NULL;
	fetch_lost(f, rc);
}

static const struct port_udp_events tftp_events = {
	.open = tftp_open,
	.recv = tftp_recv,
	.closed = tftp_closed,
};

static void tftp_start(struct fetch *f)
{
	memset(&f->tftp, 0, sizeof(f->tftp));
	f->udp = port_udp_open(f->host, &tftp_events, f);
	if (!f->udp)
		fetch_lost(f, -ENOMEM);
}

static void tftp_turn(struct fetch *f)
{
	struct fetch_tftp *t = &f->tftp;

	if (!t->open || !f->udp ||
	    (t->tries && port_now_us() - t->sent_us < TFTP_AGAIN_US))
		return;
	if (t->tries > TFTP_TRIES)
		fetch_lost(f, -ETIMEDOUT);
	else
		tftp_send(f);
}

const struct fetch_scheme fetch_tftp_scheme = {
	.name = "tftp://",
	.port = 69,
	.start = tftp_start,
	.turn = tftp_turn,
};
