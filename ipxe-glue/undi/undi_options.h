/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Reads DHCP options out of a BOOTP message, as it came or as a PXE stack has
 * cached it. Keeps nothing, changes nothing, knows nothing of lwIP.
 */
#ifndef UNDI_OPTIONS_H
#define UNDI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Options by the names of RFC 2132; 119 is RFC 3397's. */
enum undi_option {
	UNDI_OPTION_ROUTERS = 3,
	UNDI_OPTION_NAME_SERVERS = 6,
	UNDI_OPTION_DOMAIN = 15,
	UNDI_OPTION_ROOT_PATH = 17,
	UNDI_OPTION_MTU = 26,
	UNDI_OPTION_LEASE = 51,
	UNDI_OPTION_TYPE = 53,
	UNDI_OPTION_SERVER_ID = 54,
	UNDI_OPTION_MESSAGE = 56,
	UNDI_OPTION_TFTP_SERVER = 66,
	UNDI_OPTION_BOOT_FILE = 67,
	UNDI_OPTION_SEARCH = 119,
	UNDI_OPTION_SITE = 224, /* ours (RFC 3942): a spice:// URI */
};

/* Values of UNDI_OPTION_TYPE. */
enum undi_dhcp_type {
	UNDI_DHCP_BOOTP = 0, /* has no such option */
	UNDI_DHCP_DISCOVER = 1,
	UNDI_DHCP_OFFER = 2,
	UNDI_DHCP_REQUEST = 3,
	UNDI_DHCP_ACK = 5,
	UNDI_DHCP_NAK = 6,
};

/* As long as a domain name gets, with its NUL. */
#define UNDI_OPTION_NAME 128

/* A message of @bytes, from its field "op" on. Owner: the caller. */
struct undi_message {
	const uint8_t *at;
	size_t bytes;
};

/* Whether @msg is long enough for a BOOTP message and has DHCP's cookie. */
bool undi_options_valid(const struct undi_message *msg);

/*
 * Copy an option's value, put together from all its parts (RFC 3396), wherever
 * in the message they are (option 52).
 * @to, @room: gets as much of it as fits
 *
 * Returns its length, which may exceed @room; -1 if there is no such option. A
 * message that is not valid has none.
 */
int undi_option(const struct undi_message *msg, uint8_t code, void *to,
		size_t room);

/* A value of exactly 1, 2 or 4 bytes as a number; false if it is none. */
bool undi_option_number(const struct undi_message *msg, uint8_t code,
			uint32_t *value);

/*
 * Copy a value that is text: up to its first NUL, "" if there is none, or if it
 * does not fit or has control characters in it.
 */
void undi_option_text(const struct undi_message *msg, uint8_t code, char *to,
		      size_t room);

/* The boot file name: option 67, else the message's own field. As text. */
void undi_option_boot_file(const struct undi_message *msg, char *to,
			   size_t room);

/*
 * Read a list of domain names as DNS writes them, compression included (RFC
 * 3397). A name with characters that no host has is left out; from the first
 * that is cut off or points anywhere but backwards, nothing is read.
 *
 * Returns how many there are in @names, at most @max.
 */
unsigned int undi_option_names(const uint8_t *value, size_t bytes,
			       char (*names)[UNDI_OPTION_NAME],
			       unsigned int max);

/* Whether @text can be a domain name: letters, digits, "-", "_", dots. */
bool undi_option_is_name(const char *text);

#endif
