/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * A session for the command and for images, with iPXE's errors: each cause has
 * a number of its own, with the object's ERRFILE (ipxe.mk) and a text that
 * iPXE's console shows by name.
 */
#include <errno.h>

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

/* One row a cause: what ended a session, and iPXE's error for it. */
#define ROW(cause, rc, einfo)                   \
	{                                       \
		cause, rc, __einfo_errno(einfo) \
	}

static const struct cause_row {
	uint8_t cause; /* enum chan_cause */
	int rc;	       /* plain; 0: any other */
	int error;
} cause_rows[] = {
	ROW(CHAN_ENDED, -PLAIN_ENODEV, EINFO_SPICE_SCREEN),
	ROW(CHAN_NO_CONNECTION, -PLAIN_ENOENT, EINFO_SPICE_NAME),
	ROW(CHAN_NO_CONNECTION, -PLAIN_EAGAIN, EINFO_SPICE_NAMESERVER),
	ROW(CHAN_NO_CONNECTION, -PLAIN_ENETUNREACH, EINFO_SPICE_ROUTE),
	ROW(CHAN_NO_CONNECTION, -PLAIN_EHOSTUNREACH, EINFO_SPICE_HOST),
	ROW(CHAN_NO_CONNECTION, -PLAIN_ECONNREFUSED, EINFO_SPICE_REFUSED),
	ROW(CHAN_NO_CONNECTION, -PLAIN_ETIMEDOUT, EINFO_SPICE_SILENT),
	ROW(CHAN_NO_CONNECTION, -PLAIN_ENOMEM, EINFO_SPICE_MEMORY),
	ROW(CHAN_NO_CONNECTION, 0, EINFO_SPICE_CONNECT),
	ROW(CHAN_NOT_SPICE, 0, EINFO_SPICE_OTHER),
	ROW(CHAN_SILENT, 0, EINFO_SPICE_SILENT),
	ROW(CHAN_VERSION, 0, EINFO_SPICE_VERSION),
	ROW(CHAN_NEED_TLS, 0, EINFO_SPICE_TLS),
	ROW(CHAN_NEED_PLAIN, 0, EINFO_SPICE_PLAIN),
	ROW(CHAN_NO_DISPLAY, 0, EINFO_SPICE_DISPLAY),
	ROW(CHAN_PASSWORD, 0, EINFO_SPICE_PASSWORD),
	ROW(CHAN_REFUSED, 0, EINFO_SPICE_LINK),
	ROW(CHAN_NO_AUTH, 0, EINFO_SPICE_SASL),
	ROW(CHAN_NO_ENTROPY, 0, EINFO_SPICE_ENTROPY),
	ROW(CHAN_SERVER_CLOSED, 0, EINFO_SPICE_ENDED),
	ROW(CHAN_LOST, 0, EINFO_SPICE_LOST),
	ROW(CHAN_PROTOCOL, 0, EINFO_SPICE_PROTOCOL),
	ROW(CHAN_IMAGE, 0, EINFO_SPICE_IMAGE),
	ROW(CHAN_MEMORY, 0, EINFO_SPICE_MEMORY),
};

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
};

/* iPXE's error for why a session ended. */
static int error_of(const struct chan_error *error)
{
	size_t i;

	if (error->cause >= CHAN_TLS_ISSUER)
		return -__einfo_errno(EINFO_SPICE_TLS);
	for (i = 0; i < sizeof(cause_rows) / sizeof(cause_rows[0]); i++)
		if (cause_rows[i].cause == error->cause &&
		    (!cause_rows[i].rc || cause_rows[i].rc == error->rc))
			return -cause_rows[i].error;
	return -__einfo_errno(EINFO_SPICE_CONNECT);
}

int spice_exec(struct client_options *options)
{
	switch (-linked_run(options)) {
	case 0:
		return 0;
	case PLAIN_ECANCELED:
		return -__einfo_errno(EINFO_SPICE_LEFT);
	case PLAIN_EINVAL:
		return -__einfo_errno(EINFO_SPICE_URI);
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
