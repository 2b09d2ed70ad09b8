/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * A file fetched from a hostile web or TFTP server, on a port of our own.
 *
 * An input is a byte of flags (1: no connection is to be had; 2: there is room
 * for few bytes at a time), a URL up to a NUL, and records: u8 what | more <<
 * 3, u8 n. What: 0 the n bytes that follow are received (by TFTP from port
 * @more); 1 the connection is there; 2 it is closed, for reason @more; 3 n
 * quarters of a second pass; 4 n times 512 bytes of the same are received (by
 * TFTP: n blocks).
 *
 * covers: ipxe-glue/fetch.c ipxe-glue/fetch_file.c ipxe-glue/fetch_http.c
 * ipxe-glue/fetch_tftp.c
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ipxe-glue/fetch_part.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct port_tcp {
	const struct port_tcp_events *ev;
	void *ctx;
};

struct port_udp {
	const struct port_udp_events *ev;
	void *ctx;
};

/* The port: one connection at a time, in memory of its own. */
static struct {
	uint8_t flags;
	struct port_tcp *tcp;
	struct port_udp *udp;
	unsigned int live;
	uint64_t now;
	volatile uint32_t sum; /* of all that was sent */
} port;

enum { NO_CONNECTION = 1, LITTLE_ROOM = 2 };

uint64_t port_now_us(void)
{
	return port.now;
}

void *port_alloc(size_t bytes)
{
	return malloc(bytes);
}

void port_free(void *mem)
{
	free(mem);
}

static void look(const char *bytes, size_t n)
{
	while (n--)
		port.sum += (uint8_t)*bytes++;
}

struct port_tcp *port_tcp_open(const char *host, uint16_t number,
			       const struct port_tcp_events *ev, void *ctx)
{
	if (!number || port.live)
		abort();
	look(host, strlen(host));
	if (port.flags & NO_CONNECTION)
		return NULL;
	port.live++;
	port.tcp = malloc(sizeof(*port.tcp));
	port.tcp->ev = ev;
	port.tcp->ctx = ctx;
	return port.tcp;
}

size_t port_tcp_send(struct port_tcp *tcp, const void *bytes, size_t n)
{
	look(bytes, n);
	return port.flags & LITTLE_ROOM && n > 100 ? 100 : n;
}

void port_tcp_flush(struct port_tcp *tcp)
{
}

void port_tcp_consumed(struct port_tcp *tcp, size_t n)
{
}

void port_tcp_close(struct port_tcp *tcp)
{
	free(tcp);
	port.tcp = NULL;
	port.live--;
}

struct port_udp *port_udp_open(const char *host,
			       const struct port_udp_events *ev, void *ctx)
{
	if (port.live)
		abort();
	look(host, strlen(host));
	if (port.flags & NO_CONNECTION)
		return NULL;
	port.live++;
	port.udp = malloc(sizeof(*port.udp));
	port.udp->ev = ev;
	port.udp->ctx = ctx;
	return port.udp;
}

void port_udp_send(struct port_udp *udp, uint16_t number, const void *bytes,
		   size_t n)
{
	look(bytes, n);
}

void port_udp_close(struct port_udp *udp)
{
	free(udp);
	port.udp = NULL;
	port.live--;
}

/* ---- records ---- */

/* Bytes arrive, in memory of just their size. */
static void receive(unsigned int from, const uint8_t *bytes, size_t n)
{
	uint8_t *copy = malloc(n ? n : 1);

	memcpy(copy, bytes, n);
	if (port.tcp)
		port.tcp->ev->recv(port.tcp->ctx, copy, n);
	else if (port.udp)
		port.udp->ev->recv(port.udp->ctx, (uint16_t)from, copy, n);
	free(copy);
}

/* @n times 512 bytes; by TFTP with the right heads. */
static void receive_much(struct fetch *f, unsigned int from, size_t n)
{
	uint8_t block[4 + 512] = {0, 3};

	while (n-- && f->file.rc == -EINPROGRESS) {
		uint16_t next = (uint16_t)(f->tftp.block + 1);

		if (port.udp) {
			block[2] = (uint8_t)(next >> 8);
			block[3] = (uint8_t)next;
		}
		receive(from, block + (port.udp ? 0 : 4),
			sizeof(block) - (port.udp ? 0 : 4));
	}
}

static void opened(void)
{
	if (port.tcp)
		port.tcp->ev->open(port.tcp->ctx);
	else if (port.udp)
		port.udp->ev->open(port.udp->ctx);
}

static void closed(unsigned int why)
{
	static const int reasons[] = {0,       -ENOENT,	      -EAGAIN,
				      -ENOMEM, -ECONNREFUSED, -ECONNRESET};
	int rc = reasons[why % (sizeof(reasons) / sizeof(reasons[0]))];
	struct port_tcp *tcp = port.tcp;
	struct port_udp *udp = port.udp;

	/* It is gone before anybody is told. */
	port.tcp = NULL;
	port.udp = NULL;
	port.live = 0;
	if (tcp)
		tcp->ev->closed(tcp->ctx, rc);
	else if (udp)
		udp->ev->closed(udp->ctx, rc ? rc : -EIO);
	free(tcp);
	free(udp);
}

/* One record; returns how many of its bytes follow. */
static size_t record(struct fetch *f, const uint8_t *data, size_t size)
{
	unsigned int more = data[0] >> 3;
	size_t n = data[1];

	switch (data[0] & 7) {
	case 0:
		n = n < size - 2 ? n : size - 2;
		receive(more, data + 2, n);
		return n;
	case 1:
		opened();
		break;
	case 2:
		closed(more);
		break;
	case 3:
		port.now += n * 250000;
		break;
	case 4:
		receive_much(f, more, n);
		break;
	default:
		break;
	}
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end;
	struct fetch *f;
	size_t n;
	int rc;

	if (size < 2)
		return 0;
	memset(&port, 0, sizeof(port));
	port.flags = data[0];
	data++;
	size--;
	end = memchr(data, 0, size);
	if (!end)
		return 0;
	f = fetch_start((const char *)data);
	size -= (size_t)(end + 1 - data);
	data = end + 1;
	rc = fetch_poll(f);
	while (size >= 2 && rc == -EINPROGRESS) {
		n = 2 + record(f, data, size);
		data += n;
		size -= n;
		rc = fetch_poll(f);
	}
	if (rc != -EINPROGRESS && (!fetch_why(f) || port.live))
		abort();
	look(fetch_bytes(f, &n), n);
	if (n > FETCH_MAX_BYTES)
		abort();
	fetch_free(f);
	fetch_free(NULL);
	if (port.live)
		abort();
	return 0;
}
