/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The port: what the thin client needs from whatever carries it.
 *
 * Implemented in ipxe-glue/undi/ (UNDI and lwIP), ipxe-glue/linked/ (inside
 * iPXE) and test/host/ (POSIX). Everything runs in one thread: no function
 * blocks, and the carrier calls back only from inside port_poll, never from
 * inside another port_ function and never from an interrupt.
 */
#ifndef IPXE_GLUE_PORT_H
#define IPXE_GLUE_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- time -------------------------------------------------------------- */

/* Microseconds on a clock that never goes back; its start is arbitrary. */
uint64_t port_now_us(void);

/*
 * The PC's own clock: seconds since 1970, of UTC as far as it was set to that.
 * It may be wrong by anything. 0 when there is none.
 */
uint64_t port_utc_s(void);

/*
 * Run the carrier: network in and out, its timers, callbacks. Opens one
 * interrupt window, in which BIOS handlers run (kbd's among them). Safe in the
 * middle of a long decode; a call from inside itself does nothing.
 */
void port_poll(void);

/*
 * Halt until the next interrupt or until @until_us, whichever is first; at once
 * when something waits. Interrupts come at least every 4 ms while halted.
 */
void port_idle(uint64_t until_us);

/* ---- the network as a whole -------------------------------------------- */

enum port_net_phase {
	PORT_NET_OFF,	 /* not started */
	PORT_NET_CARD,	 /* finding and starting the card */
	PORT_NET_LINK,	 /* waiting for the link */
	PORT_NET_DHCP,	 /* asking for an address */
	PORT_NET_UP,	 /* has an address */
	PORT_NET_FAILED, /* rc says why: -ENODEV no card, -ENETDOWN no link,
			    -ETIMEDOUT no answer from DHCP, nor from an IPv6
			    router; it goes on trying */
};

struct port_net {
	enum port_net_phase phase;
	int rc;	       /* FAILED: negative errno */
	char card[64]; /* "Intel 8086:100e 52:54:00:12:34:56, 1000 Mbit/s" */
	/* IPv4's, or IPv6's where there is no other. */
	char address[64];   /* "10.0.2.15/24" */
	char gateway[48];   /* "10.0.2.2", "" for none */
	char dns[48];	    /* first name server, "" for none */
	char address6[48];  /* "2001:db8::5054:ff:fe12:3456/64", "" for none */
	char gateway6[48];  /* "fe80::1", "" for none */
	char mac[18];	    /* "52:54:00:12:34:56", "" for none */
	char next[48];	    /* the TFTP server that DHCP names, "" for none */
	char bootfile[256]; /* DHCP file name or option 67, or DHCPv6 option 59,
			       "" for none */
};

/* Bring the network up; port_poll goes on with it. Twice does nothing. */
void port_net_start(void);

/* The state as of the last port_poll. Owner: the port; never NULL. */
const struct port_net *port_net(void);

/* ---- TCP --------------------------------------------------------------- */

struct port_tcp;

struct port_tcp_events {
	/* The name was looked up; @address is text. Before open; optional. */
	void (*resolved)(void *ctx, const char *address);
	/* Connected: may send. */
	void (*open)(void *ctx);
	/*
	 * @n bytes have arrived; all are taken. The window stays smaller by
	 * them until port_tcp_consumed.
	 */
	void (*recv)(void *ctx, const void *bytes, size_t n);
	/* There is room to send again. */
	void (*room)(void *ctx);
	/*
	 * The connection is over and @tcp is gone: 0 closed by the peer, or
	 * -ENOENT name not found, -EAGAIN no name server answered, -ENETUNREACH
	 * no route, -EHOSTUNREACH, -ECONNREFUSED, -ETIMEDOUT, -ECONNRESET,
	 * -EADDRNOTAVAIL this PC's own address has changed or was lost,
	 * -ENOMEM, -EIO anything else.
	 */
	void (*closed)(void *ctx, int rc);
};

/*
 * Look @host up and connect.
 *
 * @host: a name or an address; copied
 * @ev, @ctx: called from port_poll; ev must outlive the connection
 * Returns the connection, NULL when memory is short (closed is not called).
 * Owner: the port until closed was called or port_tcp_close.
 * At least 8 connections. The window is at least 256 KiB for each where the way
 * is long; on a short one the carrier may give what its card can take in a
 * burst (ipxe-glue/burst.h has the reason and the figures).
 */
struct port_tcp *port_tcp_open(const char *host, uint16_t port,
			       const struct port_tcp_events *ev, void *ctx);

/*
 * Offer @n bytes; what is offered in one turn goes out in as few segments as
 * it fits, at the end of this port_poll or at port_tcp_flush.
 * Returns how many were taken (copied), 0..n.
 */
size_t port_tcp_send(struct port_tcp *tcp, const void *bytes, size_t n);
void port_tcp_flush(struct port_tcp *tcp);

/* @n of the bytes that recv delivered are dealt with: open the window. */
void port_tcp_consumed(struct port_tcp *tcp, size_t n);

/*
 * Does a peer wait while port_tcp_consumed is not called? A carrier that cannot
 * open a closed window again (iPXE's TCP) never closes it and says false: then
 * the owner bounds what waits by giving the connection up and opening another.
 */
bool port_tcp_waits(void);

/* Close with FIN what was sent; closed is not called any more. */
void port_tcp_close(struct port_tcp *tcp);

/* ---- UDP ---------------------------------------------------------------- */

struct port_udp;

struct port_udp_events {
	/* The name was looked up: may send. */
	void (*open)(void *ctx);
	/* A datagram of @n bytes came from the host's @port. */
	void (*recv)(void *ctx, uint16_t port, const void *bytes, size_t n);
	/* It cannot be had, and @udp is gone: rc as TCP's. */
	void (*closed)(void *ctx, int rc);
};

/*
 * Look @host up, for datagrams to and from it and nobody else.
 *
 * As port_tcp_open; two at once. A carrier that brings files itself (fetch.h)
 * need not have it.
 */
struct port_udp *port_udp_open(const char *host,
			       const struct port_udp_events *ev, void *ctx);
/* Send one datagram of @n bytes, at most 1200, to @port; it may get lost. */
void port_udp_send(struct port_udp *udp, uint16_t port, const void *bytes,
		   size_t n);
/* closed is not called any more. */
void port_udp_close(struct port_udp *udp);

/* ---- memory ------------------------------------------------------------ */

void *port_alloc(size_t bytes); /* aligned to 16; NULL when there is none */
void port_free(void *mem);
size_t port_memory_free(void); /* bytes; a floor, fragmentation aside */

/* ---- machine ------------------------------------------------------------ */

struct bios;

/* The BIOS; NULL where there is none (POSIX): no screen, no keyboard then. */
struct bios *port_bios(void);

/*
 * Fill @buf with @n unpredictable bytes.
 *
 * Returns 0; -EAGAIN while too little entropy has been gathered (port_poll goes
 * on gathering); -EIO when the sources failed their health tests.
 */
int port_entropy(void *buf, size_t n);

/* One line for the log (debug console, serial), no newline. */
void port_log(const char *line);

/*
 * What the carrier knows of a setting by @name ("spice/uri", "spice/password"),
 * NULL when nothing. "spice/uri-by": who has named the first of these ("The
 * command line"). Owner: the port, until the next call.
 */
const char *port_setting(const char *name);

/* Leave: power off, reboot, or give control back to the BIOS's boot order. */
enum port_exit { PORT_EXIT_RETURN, PORT_EXIT_REBOOT, PORT_EXIT_POWEROFF };
void port_exit(enum port_exit how);

#endif
