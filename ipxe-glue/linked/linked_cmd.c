/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * A session for the command and for images, with iPXE's errors: each cause has
 * a number of its own, with the object's ERRFILE (ipxe.mk) and a text that
 * iPXE's console shows by name.
 */
#include <errno.h>
#include <stdio.h>

#include <ipxe/errortab.h>

#include "ipxe-glue/client.h"
#include "ipxe-glue/linked/linked.h"
#include "ipxe-glue/linked/linked_cmd.h"
#include "ipxe-glue/linked/linked_errno.h"

/* ---- errors -------------------------------------------------------------- */

#define EINFO_SPICE_ENDED \
	__einfo_uniqify(EINFO_ENOTCONN, 0x01, "SPICE server ended the session")
#define EINFO_SPICE_NAME \
	__einfo_uniqify(EINFO_ENOENT, 0x02, "SPICE server's name unknown")
#define EINFO_SPICE_NAMESERVER \
	__einfo_uniqify(EINFO_EAGAIN, 0x03, "No name server answered")
#define EINFO_SPICE_ROUTE \
	__einfo_uniqify(EINFO_ENETUNREACH, 0x04, "No route to SPICE server")
#define EINFO_SPICE_HOST \
	__einfo_uniqify(EINFO_EHOSTUNREACH, 0x05, "SPICE server unreachable")
#define EINFO_SPICE_REFUSED                       \
	__einfo_uniqify(EINFO_ECONNREFUSED, 0x06, \
			"SPICE server refused connection")
#define EINFO_SPICE_SILENT \
	__einfo_uniqify(EINFO_ETIMEDOUT, 0x07, "SPICE server does not answer")
#define EINFO_SPICE_CONNECT \
	__einfo_uniqify(EINFO_EIO, 0x08, "No connection to SPICE server")
#define EINFO_SPICE_OTHER \
	__einfo_uniqify(EINFO_EPROTONOSUPPORT, 0x09, "Not a SPICE server")
#define EINFO_SPICE_VERSION \
	__einfo_uniqify(EINFO_EPROTONOSUPPORT, 0x0a, "SPICE version unknown")
#define EINFO_SPICE_TLS \
	__einfo_uniqify(EINFO_ENOTSUP, 0x0b, "SPICE server wants TLS")
#define EINFO_SPICE_PLAIN \
	__einfo_uniqify(EINFO_ENOTSUP, 0x0c, "SPICE server wants no TLS")
#define EINFO_SPICE_DISPLAY \
	__einfo_uniqify(EINFO_ENODEV, 0x0d, "SPICE server has no display")
#define EINFO_SPICE_PASSWORD \
	__einfo_uniqify(EINFO_EACCES, 0x0e, "SPICE password refused")
#define EINFO_SPICE_LINK \
	__einfo_uniqify(EINFO_EPROTO, 0x0f, "SPICE server refused channel")
#define EINFO_SPICE_SASL \
	__einfo_uniqify(EINFO_ENOTSUP, 0x10, "SPICE server wants SASL")
#define EINFO_SPICE_ENTROPY \
	__einfo_uniqify(EINFO_EIO, 0x11, "No random numbers for SPICE")
#define EINFO_SPICE_LOST \
	__einfo_uniqify(EINFO_ECONNRESET, 0x12, "SPICE connection lost")
#define EINFO_SPICE_PROTOCOL \
	__einfo_uniqify(EINFO_EPROTO, 0x13, "SPICE message makes no sense")
#define EINFO_SPICE_IMAGE \
	__einfo_uniqify(EINFO_EPROTO, 0x14, "SPICE picture not decodable")
#define EINFO_SPICE_MEMORY \
	__einfo_uniqify(EINFO_ENOMEM, 0x15, "Too little memory for SPICE")
#define EINFO_SPICE_SCREEN \
	__einfo_uniqify(EINFO_ENODEV, 0x16, "No VBE mode for the picture")
#define EINFO_SPICE_LEFT                       \
	__einfo_uniqify(EINFO_ECANCELED, 0x17, \
			"Left before there was a picture")
#define EINFO_SPICE_URI \
	__einfo_uniqify(EINFO_EINVAL, 0x18, "Not a usable SPICE URI")
#define EINFO_SPICE_NETWORK \
	__einfo_uniqify(EINFO_ENETDOWN, 0x19, "No network for SPICE")
#define EINFO_SPICE_FETCH \
	__einfo_uniqify(EINFO_ENOENT, 0x1a, ".vv file not to be had")
#define EINFO_SPICE_VV \
	__einfo_uniqify(EINFO_EINVAL, 0x1a, "Not a usable .vv file")
#define EINFO_SPICE_ISSUER \
	__einfo_uniqify(EINFO_EACCES, 0x1a, "SPICE certificate's CA unknown")
#define EINFO_SPICE_HOLDER                  \
	__einfo_uniqify(EINFO_EACCES, 0x1b, \
			"SPICE certificate of another server")
#define EINFO_SPICE_DATE                    \
	__einfo_uniqify(EINFO_EACCES, 0x1c, \
			"SPICE certificate expired or clock wrong")
#define EINFO_SPICE_PIN                     \
	__einfo_uniqify(EINFO_EACCES, 0x1d, \
			"SPICE certificate not the one trusted")
#define EINFO_SPICE_CERT \
	__einfo_uniqify(EINFO_EACCES, 0x1e, "SPICE certificate not usable")
#define EINFO_SPICE_CA \
	__einfo_uniqify(EINFO_EINVAL, 0x1b, "No usable CA for SPICE")
#define EINFO_SPICE_HANDSHAKE \
	__einfo_uniqify(EINFO_EPROTO, 0x1a, "No TLS with SPICE server")
#define EINFO_SPICE_PROXY \
	__einfo_uniqify(EINFO_ECONNREFUSED, 0x1a, "Not through SPICE proxy")
#define EINFO_SPICE_STALLED \
	__einfo_uniqify(EINFO_ETIMEDOUT, 0x1a, "SPICE server stopped sending")
#define EINFO_SPICE_MOVED \
	__einfo_uniqify(EINFO_ENOTCONN, 0x1a, "Virtual machine has moved")
/* default.ipxe knows its number. */
#define EINFO_SPICE_NEXT __einfo_uniqify(EINFO_ECANCELED, 0x1a, "on-end=next")

struct errortab spice_errors[] __errortab = {
	__einfo_errortab(EINFO_SPICE_ENDED),
	__einfo_errortab(EINFO_SPICE_NAME),
	__einfo_errortab(EINFO_SPICE_NAMESERVER),
	__einfo_errortab(EINFO_SPICE_ROUTE),
	__einfo_errortab(EINFO_SPICE_HOST),
	__einfo_errortab(EINFO_SPICE_REFUSED),
	__einfo_errortab(EINFO_SPICE_SILENT),
	__einfo_errortab(EINFO_SPICE_CONNECT),
	__einfo_errortab(EINFO_SPICE_OTHER),
	__einfo_errortab(EINFO_SPICE_VERSION),
	__einfo_errortab(EINFO_SPICE_TLS),
	__einfo_errortab(EINFO_SPICE_PLAIN),
	__einfo_errortab(EINFO_SPICE_DISPLAY),
	__einfo_errortab(EINFO_SPICE_PASSWORD),
	__einfo_errortab(EINFO_SPICE_LINK),
	__einfo_errortab(EINFO_SPICE_SASL),
	__einfo_errortab(EINFO_SPICE_ENTROPY),
	__einfo_errortab(EINFO_SPICE_LOST),
	__einfo_errortab(EINFO_SPICE_PROTOCOL),
	__einfo_errortab(EINFO_SPICE_IMAGE),
	__einfo_errortab(EINFO_SPICE_MEMORY),
	__einfo_errortab(EINFO_SPICE_SCREEN),
	__einfo_errortab(EINFO_SPICE_LEFT),
	__einfo_errortab(EINFO_SPICE_URI),
	__einfo_errortab(EINFO_SPICE_NETWORK),
	__einfo_errortab(EINFO_SPICE_FETCH),
	__einfo_errortab(EINFO_SPICE_VV),
	__einfo_errortab(EINFO_SPICE_ISSUER),
	__einfo_errortab(EINFO_SPICE_HOLDER),
	__einfo_errortab(EINFO_SPICE_DATE),
	__einfo_errortab(EINFO_SPICE_PIN),
	__einfo_errortab(EINFO_SPICE_CERT),
	__einfo_errortab(EINFO_SPICE_CA),
	__einfo_errortab(EINFO_SPICE_HANDSHAKE),
	__einfo_errortab(EINFO_SPICE_PROXY),
	__einfo_errortab(EINFO_SPICE_STALLED),
	__einfo_errortab(EINFO_SPICE_MOVED),
	__einfo_errortab(EINFO_SPICE_NEXT),
};

/* iPXE's error for a connection that was not made, @rc plain. */
static int connect_error(int rc)
{
	switch (-rc) {
	case PLAIN_ENOENT:
		return -__einfo_errno(EINFO_SPICE_NAME);
	case PLAIN_EAGAIN:
		return -__einfo_errno(EINFO_SPICE_NAMESERVER);
	case PLAIN_ENETUNREACH:
		return -__einfo_errno(EINFO_SPICE_ROUTE);
	case PLAIN_EHOSTUNREACH:
		return -__einfo_errno(EINFO_SPICE_HOST);
	case PLAIN_ECONNREFUSED:
		return -__einfo_errno(EINFO_SPICE_REFUSED);
	case PLAIN_ETIMEDOUT:
		return -__einfo_errno(EINFO_SPICE_SILENT);
	case PLAIN_ENOMEM:
		return -__einfo_errno(EINFO_SPICE_MEMORY);
	default:
		return -__einfo_errno(EINFO_SPICE_CONNECT);
	}
}

/*
 * iPXE's error for why a session ended. Without a default: a cause that has
 * none of its own here does not compile (-Wswitch).
 */
static int error_of(const struct chan_error *error)
{
	switch (error->cause) {
	case CHAN_NO_CONNECTION:
		return connect_error(error->rc);
	case CHAN_ENDED:
		return -__einfo_errno(EINFO_SPICE_SCREEN);
	case CHAN_NOT_SPICE:
	case CHAN_IS_VNC:
	case CHAN_IS_HTTP:
	case CHAN_IS_SSH:
		return -__einfo_errno(EINFO_SPICE_OTHER);
	case CHAN_SILENT:
		return -__einfo_errno(EINFO_SPICE_SILENT);
	case CHAN_VERSION:
		return -__einfo_errno(EINFO_SPICE_VERSION);
	case CHAN_NEED_TLS:
	case CHAN_TLS_ABSENT:
		return -__einfo_errno(EINFO_SPICE_TLS);
	case CHAN_NEED_PLAIN:
	case CHAN_TLS_PLAIN:
		return -__einfo_errno(EINFO_SPICE_PLAIN);
	case CHAN_NO_DISPLAY:
		return -__einfo_errno(EINFO_SPICE_DISPLAY);
	case CHAN_NO_PICTURE:
	case CHAN_STALLED:
		return -__einfo_errno(EINFO_SPICE_STALLED);
	case CHAN_PASSWORD:
		return -__einfo_errno(EINFO_SPICE_PASSWORD);
	case CHAN_REFUSED:
		return -__einfo_errno(EINFO_SPICE_LINK);
	case CHAN_NO_AUTH:
		return -__einfo_errno(EINFO_SPICE_SASL);
	case CHAN_NO_ENTROPY:
		return -__einfo_errno(EINFO_SPICE_ENTROPY);
	case CHAN_SERVER_CLOSED:
		return -__einfo_errno(EINFO_SPICE_ENDED);
	case CHAN_MOVED:
		return -__einfo_errno(EINFO_SPICE_MOVED);
	case CHAN_LOST:
	case CHAN_CUT:
		return -__einfo_errno(EINFO_SPICE_LOST);
	case CHAN_PROTOCOL:
		return -__einfo_errno(EINFO_SPICE_PROTOCOL);
	case CHAN_IMAGE:
		return -__einfo_errno(EINFO_SPICE_IMAGE);
	case CHAN_SCREEN_MEMORY:
	case CHAN_MEMORY:
		return -__einfo_errno(EINFO_SPICE_MEMORY);
	case CHAN_TLS_ISSUER:
	case CHAN_TLS_SELF:
		return -__einfo_errno(EINFO_SPICE_ISSUER);
	case CHAN_TLS_NAME:
	case CHAN_TLS_SUBJECT:
		return -__einfo_errno(EINFO_SPICE_HOLDER);
	case CHAN_TLS_EXPIRED:
	case CHAN_TLS_NOT_YET:
	case CHAN_TLS_CA_DATE:
	case CHAN_TLS_CLOCK:
		return -__einfo_errno(EINFO_SPICE_DATE);
	case CHAN_TLS_WEAK:
	case CHAN_TLS_CERT:
		return -__einfo_errno(EINFO_SPICE_CERT);
	case CHAN_TLS_PIN:
	case CHAN_TLS_PRINT:
		return -__einfo_errno(EINFO_SPICE_PIN);
	case CHAN_TLS_VERSION:
	case CHAN_TLS_ALERT:
	case CHAN_TLS_OTHER:
	case CHAN_TLS_BROKEN:
		return -__einfo_errno(EINFO_SPICE_HANDSHAKE);
	case CHAN_TLS_CA:
		return -__einfo_errno(EINFO_SPICE_CA);
	case CHAN_PROXY:
		return -__einfo_errno(EINFO_SPICE_PROXY);
	}
	return -__einfo_errno(EINFO_SPICE_CONNECT);
}

/* The client's own sentence, between words where there are. */
static void say(const char *why)
{
	char line[80];

	while (*why) {
		why = client_text_take(why, sizeof(line) - 1, line);
		printf("%s\n", line);
	}
}

int spice_exec(struct client_options *options)
{
	int rc = linked_run(options);

	say(options->why);
	switch (-rc) {
	case 0:
		return options->next ? -__einfo_errno(EINFO_SPICE_NEXT) : 0;
	case PLAIN_ECANCELED:
		return -__einfo_errno(EINFO_SPICE_LEFT);
	case PLAIN_EINVAL:
		return -__einfo_errno(EINFO_SPICE_URI);
	case PLAIN_ENODATA:
		return -__einfo_errno(EINFO_SPICE_FETCH);
	case PLAIN_EBADMSG:
		return -__einfo_errno(EINFO_SPICE_VV);
	case PLAIN_ENETDOWN:
		return -__einfo_errno(EINFO_SPICE_NETWORK);
	case PLAIN_ENODEV:
		return -__einfo_errno(EINFO_SPICE_SCREEN);
	case PLAIN_ENOMEM:
		return -__einfo_errno(EINFO_SPICE_MEMORY);
	default:
		return error_of(&options->error);
	}
}
