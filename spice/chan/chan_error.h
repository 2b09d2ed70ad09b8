/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Why a session ended, and the sentence that says it to a person.
 */
#ifndef SPICE_CHAN_ERROR_H
#define SPICE_CHAN_ERROR_H

#include <stddef.h>
#include <stdint.h>

enum chan_cause {
	CHAN_ENDED,	    /* nothing failed: the owner ended it */
	CHAN_NO_CONNECTION, /* rc says why (port_tcp_events.closed) */
	CHAN_NOT_SPICE,	    /* the answer is not a SPICE link; rc -EPROTO: it
			       is nothing that we know, 0: it said nothing */
	CHAN_IS_VNC,	    /* the answer is a VNC server's, */
	CHAN_IS_HTTP,	    /* a web server's, */
	CHAN_IS_SSH,	    /* an SSH server's */
	CHAN_SILENT,	    /* no answer in time; rc -ETIMEDOUT to our first
			       words, -EACCES to the ticket, -ENODATA let in,
			       but nothing is sent */
	CHAN_VERSION,	    /* rc -EPROTO: it speaks version detail, -EACCES: it
			       refused ours */
	CHAN_NEED_TLS,	    /* rc -EACCES: the server wants TLS on this channel,
			       -EPROTO: it speaks nothing else on this port,
			       -ENOENT: the target wants it, and has no port */
	CHAN_NEED_PLAIN,    /* the server wants no TLS on this channel */
	CHAN_NO_DISPLAY,    /* the server offers no display channel */
	CHAN_NO_PICTURE,    /* the display is up, but nothing is drawn */
	CHAN_PASSWORD,	 /* refused after the ticket; rc -ETIMEDOUT: though it
			    was right a while ago; -EPERM: with its user name,
			    by SASL; -ENOENT: SASL, and nobody gave a name */
	CHAN_REFUSED,	 /* another link error; detail is its number */
	CHAN_NO_AUTH,	 /* no authentication that we can do; rc -EACCES: the
			    server does not know the password, -EPERM: there is a
			    user name, and no SASL, and no TLS */
	CHAN_NO_ENTROPY, /* no random bytes to be had; -ETIMEDOUT: yet */
	CHAN_SERVER_CLOSED, /* the server closed the session */
	CHAN_MOVED,	    /* the virtual machine is on another host now:
			       chan_session_destination says which */
	CHAN_LOST,	    /* the connection broke; rc, -ETIMEDOUT: no sign of
			       life any more */
	CHAN_CUT,	    /* it was closed in the middle of a message */
	CHAN_STALLED,	    /* a message began and does not go on */
	CHAN_PROTOCOL,	    /* a message that makes no sense; detail: type */
	CHAN_IMAGE,	    /* an image that cannot be decoded */
	CHAN_SCREEN_MEMORY, /* the primary surface does not fit; detail: KiB */
	CHAN_MEMORY,	    /* too little memory; detail: KiB asked for,
			       0 where nobody counted */

	/*
	 * TLS could not be had; who found out says the sentence. Of these the
	 * server's certificate alone is to blame, and a person who knows its
	 * fingerprint may trust it all the same:
	 */
	CHAN_TLS_ISSUER,  /* signed by nobody whom the target names */
	CHAN_TLS_SELF,	  /* signed by itself, and not given as trusted */
	CHAN_TLS_NAME,	  /* it is for others */
	CHAN_TLS_SUBJECT, /* its subject is not the host-subject given */
	CHAN_TLS_EXPIRED, /* it is not valid any more */
	CHAN_TLS_NOT_YET, /* not valid yet */
	CHAN_TLS_CA_DATE, /* one that it depends on is not valid */
	CHAN_TLS_CLOCK,	  /* this PC's clock is wrong, nothing can be said */
	/* And these nobody can overrule: */
	CHAN_TLS_WEAK,	  /* a key that is too short; detail: bits, or 0 */
	CHAN_TLS_CERT,	  /* the certificate makes no sense; detail: why */
	CHAN_TLS_PIN,	  /* not the certificate that the person confirmed */
	CHAN_TLS_PRINT,	  /* none with the fingerprint given; detail: of how
			     many */
	CHAN_TLS_VERSION, /* the server knows other TLS than 1.2 only */
	CHAN_TLS_ALERT,	  /* the server refused; detail: its alert */
	CHAN_TLS_PLAIN,	  /* SPICE without TLS answers at this port */
	CHAN_TLS_OTHER,	  /* what answers is no TLS */
	CHAN_TLS_BROKEN,  /* it does not go on as TLS must; detail: why */
	CHAN_TLS_CA,	  /* the certificates given here cannot be read */
	CHAN_TLS_ABSENT,  /* this build has no TLS */

	CHAN_PROXY, /* the proxy on the way: rc, or detail its answer's number;
		       who found out says the sentence */
};

/* May a person who confirms the certificate's fingerprint go on? */
#define CHAN_TLS_MAY_CONFIRM(cause) \
	((cause) >= CHAN_TLS_ISSUER && (cause) <= CHAN_TLS_CLOCK)

#define CHAN_ERROR_TEXT_BYTES 120

struct chan_error {
	enum chan_cause cause;
	int rc;		     /* negative errno, 0 where there is none */
	uint32_t detail;     /* as the cause says */
	const char *channel; /* "main", "display", ...; static */
	/*
	 * Static; NULL: the cause's own. As those it holds %s for the server,
	 * %c for the channel, %u for the detail, %t for the text below.
	 */
	const char *sentence;
	char text[CHAN_ERROR_TEXT_BYTES]; /* printable ASCII */
};

/*
 * Say @error in one sentence: what failed, against whom, what to do.
 *
 * @server: "host:port" as the person knows it
 * @buf, @room: receives the text, always with a NUL, cut where it must be
 */
void chan_error_sentence(const struct chan_error *error, const char *server,
			 char *buf, size_t room);

#endif
