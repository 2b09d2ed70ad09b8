/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The port on a workstation: POSIX sockets, for tools and tests. No BIOS, no
 * screen, no keyboard; the network is always up.
 *
 * Names are looked up by getaddrinfo, which blocks: a tool may.
 */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "ipxe-glue/port.h"
#include "test/host/port_posix.h"

#define POSIX_CONNECTIONS  8
#define POSIX_WINDOW_BYTES (256u << 10)

struct port_tcp {
	int fd; /* -1: free */
	bool connecting;
	bool dead; /* rc says why; closed is still to be called */
	int rc;
	const struct port_tcp_events *ev;
	void *ctx;
	size_t unconsumed;
	char address[48]; /* what the name was found to be; "": told */
};

static struct port_tcp posix_tcp[POSIX_CONNECTIONS];
static bool posix_started;
static bool posix_polling;
static struct port_tcp *posix_free(void);
bool port_posix_verbose;
size_t port_posix_memory = 1u << 30;
uint64_t port_posix_utc_s;
const char *(*port_posix_setting)(const char *name);

uint64_t port_now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000u + (uint64_t)t.tv_nsec / 1000u;
}

uint64_t port_utc_s(void)
{
	return port_posix_utc_s ? port_posix_utc_s : (uint64_t)time(NULL);
}

/* Say that @tcp is over, once, and forget it. */
static void posix_closed(struct port_tcp *tcp, int rc)
{
	if (tcp->fd >= 0)
		close(tcp->fd);
	tcp->fd = -1;
	tcp->dead = false;
	if (tcp->ev) {
		const struct port_tcp_events *ev = tcp->ev;

		tcp->ev = NULL;
		ev->closed(tcp->ctx, rc);
	}
}

/* The port's word for the system's error @e. */
static int posix_rc(int e)
{
	switch (e) {
	case ENETUNREACH:
	case EHOSTUNREACH:
	case ECONNREFUSED:
	case ETIMEDOUT:
	case ECONNRESET:
	case ENOMEM:
		return -e;
	case EPIPE:
		return -ECONNRESET;
	default:
		return -EIO;
	}
}

/* A connection attempt has an outcome. */
static void posix_connected(struct port_tcp *tcp)
{
	int error = 0;
	socklen_t n = sizeof(error);

	getsockopt(tcp->fd, SOL_SOCKET, SO_ERROR, &error, &n);
	tcp->connecting = false;
	if (error)
		posix_closed(tcp, posix_rc(error));
	else
		tcp->ev->open(tcp->ctx);
}

/* Take what has come. */
static void posix_receive(struct port_tcp *tcp)
{
	static uint8_t buf[65536];
	ssize_t n = recv(tcp->fd, buf, sizeof(buf), 0);

	if (n > 0) {
		tcp->unconsumed += (size_t)n;
		tcp->ev->recv(tcp->ctx, buf, (size_t)n);
	} else if (n == 0) {
		posix_closed(tcp, 0);
	} else if (errno != EAGAIN && errno != EINTR) {
		posix_closed(tcp, posix_rc(errno));
	}
}

/* Fill in what to poll for; returns how many. */
static nfds_t posix_pollfds(struct pollfd *fds, struct port_tcp **who)
{
	nfds_t n = 0;
	int i;

	for (i = 0; i < POSIX_CONNECTIONS; i++) {
		struct port_tcp *tcp = &posix_tcp[i];

		if (tcp->fd < 0 || !tcp->ev)
			continue;
		fds[n].fd = tcp->fd;
		fds[n].revents = 0;
		if (tcp->connecting)
			fds[n].events = POLLOUT;
		else
			fds[n].events = tcp->unconsumed < POSIX_WINDOW_BYTES
						? POLLIN
						: 0;
		who[n++] = tcp;
	}
	return n;
}

/* ---- UDP: looked at every time, waited for by nobody ---- */

#define POSIX_UDP 2

struct port_udp {
	int fd; /* -1: the name was not found */
	bool told;
	struct sockaddr_storage peer;
	socklen_t peer_len;
	const struct port_udp_events *ev; /* NULL: free */
	void *ctx;
};

static struct port_udp posix_udps[POSIX_UDP];

/* The port in @a, wherever its family has it. */
static uint16_t *posix_port(struct sockaddr_storage *a)
{
	return a->ss_family == AF_INET6 ? &((struct sockaddr_in6 *)a)->sin6_port
					: &((struct sockaddr_in *)a)->sin_port;
}

static void posix_udp_step(struct port_udp *udp)
{
	uint8_t bytes[2048];

	if (!udp->told) {
		udp->told = true;
		if (udp->fd >= 0) {
			udp->ev->open(udp->ctx);
		} else {
			const struct port_udp_events *ev = udp->ev;

			udp->ev = NULL;
			ev->closed(udp->ctx, -ENOENT);
		}
	}
	while (udp->ev) {
		struct sockaddr_storage from = {0};
		socklen_t len = sizeof(from);
		uint16_t port;
		ssize_t n = recvfrom(udp->fd, bytes, sizeof(bytes),
				     MSG_DONTWAIT, (struct sockaddr *)&from,
				     &len);

		if (n < 0)
			return;
		port = ntohs(*posix_port(&from));
		*posix_port(&from) = *posix_port(&udp->peer);
		if (len == udp->peer_len && !memcmp(&from, &udp->peer, len))
			udp->ev->recv(udp->ctx, port, bytes, (size_t)n);
	}
}

static void posix_udp_poll(void)
{
	int i;

	for (i = 0; i < POSIX_UDP; i++)
		if (posix_udps[i].ev)
			posix_udp_step(&posix_udps[i]);
}

struct port_udp *port_udp_open(const char *host,
			       const struct port_udp_events *ev, void *ctx)
{
	struct addrinfo hints = {.ai_socktype = SOCK_DGRAM}, *found = NULL;
	struct port_udp *udp = posix_udps;

	while (udp < posix_udps + POSIX_UDP && udp->ev)
		udp++;
	if (udp == posix_udps + POSIX_UDP)
		return NULL;
	memset(udp, 0, sizeof(*udp));
	udp->fd = -1;
	udp->ev = ev;
	udp->ctx = ctx;
	posix_free();
	if (!getaddrinfo(host, NULL, &hints, &found)) {
		memcpy(&udp->peer, found->ai_addr, found->ai_addrlen);
		udp->peer_len = found->ai_addrlen;
		udp->fd = socket(found->ai_family, SOCK_DGRAM, 0);
		freeaddrinfo(found);
	}
	return udp;
}

void port_udp_send(struct port_udp *udp, uint16_t port, const void *bytes,
		   size_t n)
{
	struct sockaddr_storage to = udp->peer;

	*posix_port(&to) = htons(port);
	sendto(udp->fd, bytes, n, MSG_DONTWAIT, (struct sockaddr *)&to,
	       udp->peer_len);
}

void port_udp_close(struct port_udp *udp)
{
	if (udp->fd >= 0)
		close(udp->fd);
	udp->ev = NULL;
}

/* Tell what the name was found to be, once. */
static void posix_resolved(struct port_tcp *tcp)
{
	if (tcp->address[0] && tcp->ev && tcp->ev->resolved)
		tcp->ev->resolved(tcp->ctx, tcp->address);
	tcp->address[0] = '\0';
}

static void posix_poll(int timeout_ms)
{
	struct pollfd fds[POSIX_CONNECTIONS];
	struct port_tcp *who[POSIX_CONNECTIONS];
	nfds_t n, i;

	if (!posix_started || posix_polling)
		return;
	posix_polling = true;
	for (i = 0; i < POSIX_CONNECTIONS; i++) {
		posix_resolved(&posix_tcp[i]);
		if (posix_tcp[i].dead)
			posix_closed(&posix_tcp[i], posix_tcp[i].rc);
	}
	n = posix_pollfds(fds, who);
	if (poll(fds, n, timeout_ms) > 0) {
		for (i = 0; i < n; i++) {
			/* A callback may have closed it meanwhile. */
			if (!fds[i].revents || who[i]->fd != fds[i].fd)
				continue;
			if (who[i]->connecting)
				posix_connected(who[i]);
			else
				posix_receive(who[i]);
		}
	}
	posix_udp_poll();
	posix_polling = false;
}

void port_poll(void)
{
	posix_poll(0);
}

void port_idle(uint64_t until_us)
{
	uint64_t now = port_now_us();
	uint64_t ms = until_us > now ? (until_us - now + 999) / 1000 : 0;

	posix_poll(ms > 1000 ? 1000 : (int)ms);
}

void port_net_start(void)
{
}

const struct port_net *port_net(void)
{
	static const struct port_net net = {.phase = PORT_NET_UP,
					    .card = "the workstation's"};

	return &net;
}

/* A free connection. */
static struct port_tcp *posix_free(void)
{
	int i;

	for (i = 0; i < POSIX_CONNECTIONS; i++) {
		if (!posix_started)
			posix_tcp[i].fd = -1;
	}
	posix_started = true;
	for (i = 0; i < POSIX_CONNECTIONS; i++)
		if (posix_tcp[i].fd < 0 && !posix_tcp[i].ev)
			return &posix_tcp[i];
	return NULL;
}

/* Start to connect to @a; 0 or the port's negative errno. */
static int posix_connect(struct port_tcp *tcp, const struct addrinfo *a)
{
	int one = 1;

	tcp->fd = socket(a->ai_family, SOCK_STREAM, 0);
	if (tcp->fd < 0)
		return -EIO;
	fcntl(tcp->fd, F_SETFL, O_NONBLOCK);
	setsockopt(tcp->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (connect(tcp->fd, a->ai_addr, a->ai_addrlen) && errno != EINPROGRESS)
		return posix_rc(errno);
	return 0;
}

struct port_tcp *port_tcp_open(const char *host, uint16_t port,
			       const struct port_tcp_events *ev, void *ctx)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
	struct port_tcp *tcp = posix_free();
	char service[8];
	int rc;

	if (!tcp)
		return NULL;
	memset(tcp, 0, sizeof(*tcp));
	tcp->fd = -1;
	tcp->connecting = true;
	tcp->ev = ev;
	tcp->ctx = ctx;
	snprintf(service, sizeof(service), "%u", port);
	rc = getaddrinfo(host, service, &hints, &found);
	if (rc)
		tcp->rc = rc == EAI_AGAIN ? -EAGAIN : -ENOENT;
	else
		tcp->rc = posix_connect(tcp, found);
	if (found) {
		getnameinfo(found->ai_addr, found->ai_addrlen, tcp->address,
			    sizeof(tcp->address), NULL, 0, NI_NUMERICHOST);
		freeaddrinfo(found);
	}
	tcp->dead = tcp->rc != 0;
	return tcp;
}

size_t port_tcp_send(struct port_tcp *tcp, const void *bytes, size_t n)
{
	ssize_t sent;

	if (tcp->fd < 0 || tcp->connecting || tcp->dead)
		return 0;
	sent = send(tcp->fd, bytes, n, MSG_NOSIGNAL);
	return sent > 0 ? (size_t)sent : 0;
}

void port_tcp_flush(struct port_tcp *tcp)
{
}

void port_tcp_consumed(struct port_tcp *tcp, size_t n)
{
	tcp->unconsumed -= n < tcp->unconsumed ? n : tcp->unconsumed;
}

bool port_tcp_waits(void)
{
	return true;
}

void port_tcp_close(struct port_tcp *tcp)
{
	tcp->ev = NULL;
	posix_closed(tcp, 0);
}

void *port_alloc(size_t bytes)
{
	void *mem = NULL;

	return posix_memalign(&mem, 16, bytes ? bytes : 1) ? NULL : mem;
}

void port_free(void *mem)
{
	free(mem);
}

size_t port_memory_free(void)
{
	return port_posix_memory;
}

struct bios *port_bios(void)
{
	return NULL;
}

int port_entropy(void *buf, size_t n)
{
	return getrandom(buf, n, 0) == (ssize_t)n ? 0 : -EIO;
}

void port_log(const char *line)
{
	if (port_posix_verbose)
		fprintf(stderr, "%s\n", line);
}

const char *port_setting(const char *name)
{
	return port_posix_setting ? port_posix_setting(name) : NULL;
}

void port_exit(enum port_exit how)
{
	exit(how == PORT_EXIT_RETURN ? 0 : 1);
}
