/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * How much of lwIP's window a connection's peer may use: all of it where the
 * way is long, what the card can take in a burst where it is short.
 *
 * iPXE gives a card eight receive buffers, and nothing empties them while we
 * do not call it. A server in the same building sends its whole window at once,
 * and what exceeds the buffers is lost (in QEMU, when the buffers are refilled,
 * all that has piled up behind them); it is sent again after a second. On a way
 * of a few milliseconds a small window costs nothing: 20 KiB in 1 ms are
 * 20 MB/s. Seen in QEMU 7.2, e1000 with user networking, bursts of 256 KiB:
 * 300 ms on average and 3 s at worst with 64 KiB of window, 27 ms with this.
 *
 * How long the way is, the handshake says, and whatever is sent and answered
 * after it: the shortest time counts, for a busy machine only makes them
 * longer. A peer on our own wire is near until several have been long.
 *
 * This is a policy decision.
 */
#ifndef UNDI_WINDOW_H
#define UNDI_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tcp_pcb;

struct undi_window {
	uint32_t rtt_us;  /* the shortest so far */
	bool on_wire;	  /* no router between */
	uint8_t samples;  /* of the way's length, behind the handshake */
	uint64_t sent_us; /* what is to be acknowledged; 0 nothing */
	size_t limit;	  /* what the peer may have under way */
	uint64_t last_us; /* something was received */
	size_t grown;	  /* bytes since the limit last grew */
	bool out_of_order;
};

/*
 * Before the first connection, after the card's start: its PCI id, by which its
 * room goes, unless the ring is ours (undi_eepro.h).
 */
void undi_window_start(uint16_t vendor, uint16_t device);

/* The connection has just been made; the handshake took @rtt_us. */
void undi_window_open(struct undi_window *win, struct tcp_pcb *pcb,
		      uint32_t rtt_us);

/* Something is sent and nothing is under way; what was sent has arrived. */
void undi_window_sent(struct undi_window *win);
void undi_window_acked(struct undi_window *win, const struct tcp_pcb *pcb);

/* Something was received. */
void undi_window_received(struct undi_window *win);

/*
 * @n bytes that were received are dealt with, @unread are not: give the peer
 * what room there is.
 */
void undi_window_consumed(struct undi_window *win, struct tcp_pcb *pcb,
			  size_t n, size_t unread);

/*
 * Every poll, for every connection: look whether frames were lost. Returns
 * whether it takes part in filling the card's buffers; how many do, goes to
 * undi_window_share().
 */
bool undi_window_poll(struct undi_window *win, const struct tcp_pcb *pcb);
void undi_window_share(unsigned int connections);

/*
 * A burst has made the card deaf (undi_watch.h): from now on no peer sends more
 * at once than it can take, however far it is.
 */
void undi_window_overrun(void);

/*
 * The connection is about to be closed: give lwIP all of its window back, for
 * it takes a small one to mean unread data and sends RST instead of FIN.
 */
void undi_window_close(struct tcp_pcb *pcb);

#endif
