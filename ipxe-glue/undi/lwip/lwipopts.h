/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * How lwIP 2.2.1 is built here: one thread, no operating system, IPv4 and IPv6,
 * the raw interface. Options are lwIP's (its opt.h says what each means).
 *
 * Memory: all of it is in lwIP's own arrays, some 2 MiB that are zero until
 * used, so that a full heap never stops the network.
 */
#ifndef UNDI_LWIPOPTS_H
#define UNDI_LWIPOPTS_H

#define LWIP_HOOK_FILENAME "lwip_hooks.h"

/* ---- no operating system ------------------------------------------------ */
#define NO_SYS		      1
#define SYS_LIGHTWEIGHT_PROT  0
#define LWIP_NETCONN	      0
#define LWIP_SOCKET	      0
#define LWIP_STATS	      0
#define LWIP_TIMERS	      1
#define LWIP_SINGLE_NETIF     1
#define LWIP_NETIF_LOOPBACK   0
#define LWIP_HAVE_LOOPIF      0
#define LWIP_NO_CTYPE_H	      1
#define LWIP_NO_UNISTD_H      1
#define LWIP_NO_INTTYPES_H    1
#define LWIP_PROVIDE_ERRNO    0
#define LWIP_ERRNO_STDINCLUDE 1

/* ---- protocols ---------------------------------------------------------- */
#define LWIP_IPV4 1
#define LWIP_IPV6 1
#define LWIP_ARP  1
#define LWIP_ICMP 1
#define LWIP_RAW  1 /* what ICMP says of a connection */
#define LWIP_UDP  1
#define LWIP_TCP  1
#define LWIP_DNS  1
/* All that are known: undi_lookup.c gives them. */
#define DNS_MAX_SERVERS	    6
#define DNS_MAX_NAME_LENGTH 256
#define DNS_TABLE_SIZE	    16
/* A server is asked twice in two seconds, then the next one. */
#define DNS_MAX_RETRIES			2
#define LWIP_DHCP			1
#define LWIP_DHCP_BOOTP_FILE		1
#define LWIP_DHCP_MAX_DNS_SERVERS	0 /* read by undi_dhcp.c */
#define LWIP_DHCP_DISCOVER_ADD_HOSTNAME 0
#define LWIP_NETIF_HOSTNAME		0
/* Probing the address first would cost seconds at every power-on. */
#define LWIP_ACD		 0
#define LWIP_DHCP_DOES_ACD_CHECK 0
/* The default of a minute lets a short lease die before it is renewed. */
#define DHCP_COARSE_TIMER_SECS	    1
#define DHCP_DEFINE_CUSTOM_TIMEOUTS 1
#define DHCP_SET_TIMEOUT_FROM_OFFERED_T0_LEASE(res, dhcp) \
	((res) = undi_dhcp_t0(dhcp))
#define DHCP_SET_TIMEOUT_FROM_OFFERED_T1_RENEW(res, dhcp) \
	((res) = undi_dhcp_t1(dhcp))
#define DHCP_SET_TIMEOUT_FROM_OFFERED_T2_REBIND(res, dhcp) \
	((res) = undi_dhcp_t2(dhcp))
/* A renewal that got no answer is tried again after half of what is left. */
#define DHCP_NEXT_TIMEOUT_THRESHOLD 4
/* Milliseconds to wait after the first, second... discover. */
#define DHCP_REQUEST_BACKOFF_SEQUENCE(tries) \
	(u16_t)((tries) < 3 ? 1000 : (tries) < 5 ? 2000 : 4000)
/* Room for what undi_dhcp_ask.c adds. */
#define DHCP_OPTIONS_LEN 192

/* ---- IPv6 --------------------------------------------------------------- */
/* One made from the card's own address, and those of five prefixes. */
#define LWIP_IPV6_NUM_ADDRESSES	  6
#define LWIP_ND6_NUM_PREFIXES	  5
#define LWIP_ND6_NUM_ROUTERS	  4
#define LWIP_ND6_NUM_NEIGHBORS	  16
#define LWIP_ND6_NUM_DESTINATIONS 16
#define LWIP_IPV6_MLD		  1
/* Solicited-node groups: all addresses of a card share one. */
#define MEMP_NUM_MLD6_GROUP 8
/* Name servers and what else advertisements say is read by undi_ra.c. */
#define LWIP_ND6_RDNSS_MAX_DNS_SERVERS 0
#define LWIP_IPV6_DHCP6		       0 /* undi_dhcp6.c */
/* Nothing is sent in fragments (undi_tcp.c), and nothing asked for comes so. */
#define LWIP_IPV6_FRAG	0
#define LWIP_IPV6_REASS 0

/* ---- TCP ---------------------------------------------------------------- */
#define TCP_MSS 1460
/* What the port's contract promises, and the shift that lets it be said. */
#define LWIP_WND_SCALE	      1
#define TCP_RCV_SCALE	      4
#define TCP_WND		      (256 * 1024)
#define TCP_SND_BUF	      (48 * 1024)
#define TCP_SND_QUEUELEN      (4 * TCP_SND_BUF / TCP_MSS)
#define TCP_SNDLOWAT	      (TCP_SND_BUF / 2)
#define TCP_OVERSIZE	      TCP_MSS
#define TCP_QUEUE_OOSEQ	      1
#define LWIP_TCP_SACK_OUT     1
#define LWIP_TCP_MAX_SACK_NUM 4
#define TCP_OOSEQ_MAX_BYTES   TCP_WND
#define TCP_OOSEQ_MAX_PBUFS   200
#define LWIP_TCP_KEEPALIVE    1
#define LWIP_TCP_RTO_TIME     1000
#define TCP_SYNMAXRTX	      12 /* undi_tcp.c gives up before */
#define TCP_LISTEN_BACKLOG    0

/* ---- memory ------------------------------------------------------------- */
#define MEM_ALIGNMENT 4
/* Copies of what is being sent: eight full send buffers and their headers. */
#define MEM_SIZE (640 * 1024)
/*
 * Received frames. Those in order are handed over and freed at once, so what
 * stays is only what came out of order: a full window of one connection (180
 * segments) and a good part of others' (the display's is the only one that
 * fills).
 */
#define PBUF_POOL_SIZE		512
#define PBUF_POOL_BUFSIZE	1536
#define MEMP_NUM_PBUF		64
#define MEMP_NUM_RAW_PCB	1 /* ICMP */
#define MEMP_NUM_UDP_PCB	20
#define MEMP_NUM_TCP_PCB	32
#define MEMP_NUM_TCP_PCB_LISTEN 1
#define MEMP_NUM_TCP_SEG	1024
#define MEMP_NUM_REASSDATA	4
#define ARP_QUEUEING		1
#define MEMP_NUM_ARP_QUEUE	16
#define IP_REASS_MAX_PBUFS	32
#define IP_FRAG			1

#endif
