/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Layouts and numbers of "Preboot Execution Environment (PXE) Specification",
 * version 2.1, chapters 3 and 4, as far as they are used here, and two calls
 * that iPXE adds. Fixed by others: nothing in here may change. Names are the
 * specification's, in our spelling.
 */
#ifndef UNDI_PXE_H
#define UNDI_PXE_H

#include <stdint.h>

#define PXE_PACKED __attribute__((packed))

/* A real-mode far pointer. */
struct pxe_segoff {
	uint16_t off, seg;
} PXE_PACKED;

/* Where a ROM image points to its UNDI ROM ID structure (a word). */
#define PXE_ROM_UNDI_ID_OFFSET 0x16

struct pxe_undi_rom_id {
	uint8_t signature[4]; /* "UNDI" */
	uint8_t length, checksum, revision;
	uint8_t undi_revision[3];
	uint16_t loader; /* offset in the image */
	uint16_t stack_bytes, data_bytes, code_bytes;
} PXE_PACKED;

/* The structure that an UNDI loader leaves ("!PXE"). */
struct pxe_entry {
	uint8_t signature[4];
	uint8_t length, checksum, revision, reserved;
	struct pxe_segoff undi_rom_id, base_rom_id;
	struct pxe_segoff entry_sp; /* called with a real-mode stack */
	struct pxe_segoff entry_esp;
} PXE_PACKED;

/* What came before it, and points to it since version 2.1. */
struct pxe_env {
	uint8_t signature[6]; /* "PXENV+" */
	uint16_t version;     /* 0x0201 */
	uint8_t length, checksum;
	struct pxe_segoff entry; /* BX: the call, ES:DI: its parameters */
	uint8_t not_used[24];
	struct pxe_segoff pxe; /* only there since 2.1 */
} PXE_PACKED;

#define PXE_ENV_2_1 0x0201

/* INT 1Ah with this in AX: is there a PXE stack? */
#define PXE_INT_1A_CHECK 0x5650
#define PXE_INT_1A_YES	 0x564e /* in AX; ES:BX points to PXENV+ */

struct pxe_loader {
	uint16_t status;
	uint16_t ax, bx, dx, di, es;
	uint16_t undi_ds, undi_cs;
	struct pxe_segoff pxe, pxenv;
} PXE_PACKED;

enum pxe_op {
	PXE_START_UNDI = 0x00,
	PXE_UNDI_STARTUP = 0x01,
	PXE_UNDI_INITIALIZE = 0x03,
	PXE_UNDI_SHUTDOWN = 0x05,
	PXE_UNDI_OPEN = 0x06,
	PXE_UNDI_CLOSE = 0x07,
	PXE_UNDI_TRANSMIT = 0x08,
	PXE_UNDI_GET_INFORMATION = 0x0c,
	PXE_UNDI_GET_NIC_TYPE = 0x12,
	PXE_UNDI_ISR = 0x14,
	PXE_STOP_UNDI = 0x15,
	PXE_TFTP_CLOSE = 0x21,
	PXE_UDP_CLOSE = 0x31,
	PXE_GET_CACHED_INFO = 0x71,
	PXE_FILE_API_CHECK = 0xe6, /* iPXE's */
	PXE_FILE_CMDLINE = 0xe8,
};

struct pxe_start_undi {
	uint16_t status;
	uint16_t ax, bx, dx, di, es;
} PXE_PACKED;

struct pxe_initialize {
	uint16_t status;
	uint32_t protocol_ini;
	uint8_t reserved[8];
} PXE_PACKED;

#define PXE_FILTER_DIRECTED  0x0001
#define PXE_FILTER_BROADCAST 0x0002

struct pxe_open {
	uint16_t status;
	uint16_t flag, filter;
	uint16_t multicast_count;
	uint8_t multicast[8][16];
} PXE_PACKED;

/* The frame comes whole, its Ethernet header in it. */
#define PXE_PROTOCOL_UNKNOWN 0

struct pxe_transmit {
	uint16_t status;
	uint8_t protocol, flag;
	struct pxe_segoff destination, tbd;
	uint32_t reserved[2];
} PXE_PACKED;

/* Transmit buffer descriptor: the first block alone is used. */
struct pxe_tbd {
	uint16_t immediate_bytes;
	struct pxe_segoff immediate;
	uint16_t block_count;
	uint8_t blocks[8][8];
} PXE_PACKED;

struct pxe_information {
	uint16_t status;
	uint16_t base_io, irq, mtu, hardware_type, address_bytes;
	uint8_t current_address[16], permanent_address[16];
	uint16_t rom_address, rx_buffers, tx_buffers;
} PXE_PACKED;

#define PXE_NIC_PCI	2
#define PXE_NIC_CARDBUS 4

struct pxe_nic_type {
	uint16_t status;
	uint8_t type;
	uint16_t vendor, device;
	uint8_t class[3], revision;
	uint16_t bus_devfn;
	uint16_t sub_vendor, sub_device;
} PXE_PACKED;

#define PXE_PACKET_ACK	 2 /* DHCPACK */
#define PXE_PACKET_REPLY 3 /* the boot server's answer, or the proxy's */

struct pxe_cached_info {
	uint16_t status, packet;
	uint16_t bytes; /* of the buffer, then of the packet */
	struct pxe_segoff buffer;
	uint16_t limit;
} PXE_PACKED;

struct pxe_file_cmdline {
	uint16_t status;
	uint16_t bytes; /* of the buffer, then of the text with its NUL */
	struct pxe_segoff buffer;
} PXE_PACKED;

#define PXE_FILE_API_ASK    0x91d447b2
#define PXE_FILE_API_ANSWER 0xe9c17b20

struct pxe_file_api {
	uint16_t status, bytes;
	uint32_t magic, provider, calls, flags;
} PXE_PACKED;

enum pxe_isr_in {
	PXE_ISR_START = 1,
	PXE_ISR_PROCESS = 2,
	PXE_ISR_GET_NEXT = 3,
};

enum pxe_isr_out {
	PXE_ISR_DONE = 0,
	PXE_ISR_TRANSMIT = 2, /* a frame has been sent */
	PXE_ISR_RECEIVE = 3,
	PXE_ISR_BUSY = 4,
};

struct pxe_isr {
	uint16_t status;
	uint16_t function; /* pxe_isr_in, then pxe_isr_out */
	uint16_t buffer_bytes, frame_bytes, header_bytes;
	struct pxe_segoff frame;
	uint8_t protocol, type;
} PXE_PACKED;

#endif
