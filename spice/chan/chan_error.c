/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The sentence for each cause: what failed, against whom, what to do.
 *
 * In the texts %s stands for the server as the person knows it, %c for the
 * channel, %u for the detail, %t for the error's own text.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "spice/chan/chan_error.h"

struct error_text {
	uint8_t cause; /* enum chan_cause */
	int rc;	       /* 0: any other */
	const char *text;
};

static const struct error_text error_texts[] = {
	{CHAN_ENDED, 0, "The session with %s has ended."},
	{CHAN_NO_CONNECTION, -ENOENT,
	 "No name server knows the host of %s. Check the name."},
	{CHAN_NO_CONNECTION, -EAGAIN,
	 "No name server answered for the host of %s. Check the network, or "
	 "give an address."},
	{CHAN_NO_CONNECTION, -ENETUNREACH,
	 "There is no route to %s. Check the address and the gateway."},
	{CHAN_NO_CONNECTION, -EHOSTUNREACH,
	 "%s cannot be reached. Is that machine on, and on this network?"},
	{CHAN_NO_CONNECTION, -ECONNREFUSED,
	 "%s refused the connection. Is the virtual machine running, and the "
	 "port right?"},
	{CHAN_NO_CONNECTION, -ETIMEDOUT,
	 "%s does not answer. Is that machine on, and no firewall between?"},
	{CHAN_NO_CONNECTION, -ECONNRESET,
	 "%s broke off the connection before it was made. Is the port right?"},
	{CHAN_NO_CONNECTION, -ENOMEM,
	 "Too little memory to connect to %s. More memory in this PC helps."},
	{CHAN_NO_CONNECTION, 0,
	 "No connection to %s could be made. Check the address and the port."},
	{CHAN_NOT_SPICE, -EPROTO,
	 "What answers at %s is not a SPICE server. Check the port."},
	{CHAN_NOT_SPICE, 0,
	 "%s took the connection and closed it without a word. Is it a SPICE "
	 "server, and its port one without TLS?"},
	{CHAN_IS_VNC, 0,
	 "What answers at %s is a VNC server, not a SPICE server. Give the "
	 "virtual machine's SPICE port."},
	{CHAN_IS_HTTP, 0,
	 "What answers at %s is a web server, not a SPICE server. Give the "
	 "virtual machine's SPICE port."},
	{CHAN_IS_SSH, 0,
	 "What answers at %s is an SSH server, not a SPICE server. Give the "
	 "virtual machine's SPICE port."},
	{CHAN_SILENT, -EACCES,
	 "%s says nothing to the password it was sent (channel %c). Is the "
	 "virtual machine's host overloaded?"},
	{CHAN_SILENT, -ENODATA,
	 "%s let this PC in but sends nothing. Is the virtual machine's host "
	 "overloaded?"},
	{CHAN_SILENT, 0,
	 "%s took the connection but says nothing. Is it a SPICE server?"},
	{CHAN_VERSION, -EACCES,
	 "%s refuses this client's version of SPICE (2.2). A newer server "
	 "there helps."},
	{CHAN_VERSION, 0,
	 "%s speaks version %u of SPICE, which is not this client's (2.2). "
	 "Another version of the server helps."},
	{CHAN_NEED_TLS, -EPROTO,
	 "%s speaks only TLS at this port. Give it as the TLS port."},
	{CHAN_NEED_TLS, -ENOENT,
	 "Channel %c of %s may only go over TLS here, and no TLS port was "
	 "given."},
	{CHAN_NEED_TLS, 0,
	 "%s wants TLS for channel %c. Give its TLS port as well."},
	{CHAN_NEED_PLAIN, -EPERM,
	 "%s wants channel %c without TLS, which is forbidden here (secure "
	 "channels)."},
	{CHAN_NEED_PLAIN, 0,
	 "%s wants channel %c without TLS. Give its port without TLS as "
	 "well."},
	{CHAN_NO_DISPLAY, 0,
	 "%s offers no display. Has the virtual machine a graphics card?"},
	{CHAN_NO_PICTURE, 0,
	 "%s sends no picture. Is the virtual machine paused, or just "
	 "starting?"},
	{CHAN_PASSWORD, -ETIMEDOUT,
	 "%s took this password before and refuses it now: it has expired, or "
	 "was changed. Type the new one, or have it renewed there."},
	{CHAN_PASSWORD, -ENOENT,
	 "%s asks for a user name and a password (SASL). Type both."},
	{CHAN_PASSWORD, -EPERM,
	 "%s refused the user name or the password (SASL). Type the right "
	 "ones."},
	{CHAN_PASSWORD, 0,
	 "%s refused the password: it is wrong, or has expired. Type the "
	 "right one, or have it renewed there."},
	{CHAN_REFUSED, 0,
	 "%s refused channel %c (link error %u). Has another client taken "
	 "over?"},
	{CHAN_NO_AUTH, -EACCES,
	 "%s did not prove that it knows the password itself (SASL). Somebody "
	 "else may answer there: check the address, or use TLS."},
	{CHAN_NO_AUTH, -EPERM,
	 "%s asks for no user name (SASL). Without TLS the password goes "
	 "nowhere then: leave the user name out, or use its TLS port."},
	{CHAN_NO_AUTH, 0,
	 "%s wants a kind of SASL that this client does not have. Use its TLS "
	 "port, or let it offer SCRAM-SHA-256 or a password."},
	{CHAN_NO_ENTROPY, -ETIMEDOUT,
	 "This PC has not gathered enough random numbers yet to send secrets "
	 "to %s. It goes on; keys and mouse help."},
	{CHAN_NO_ENTROPY, 0,
	 "This PC gives no random numbers, so no secret can be sent to %s. "
	 "Switch it off and on; its clock may be broken."},
	{CHAN_SERVER_CLOSED, 0,
	 "%s closed the session. Was the virtual machine shut down, or has "
	 "another client taken over?"},
	{CHAN_MOVED, 0, "The virtual machine has moved away from %s."},
	{CHAN_LOST, -EADDRNOTAVAIL,
	 "The connection to %s was lost: this PC's network address has changed, "
	 "or is not its own any more."},
	{CHAN_LOST, -ETIMEDOUT,
	 "The connection to %s was lost: no answer any more. Is that machine "
	 "on, and the network whole?"},
	{CHAN_LOST, 0,
	 "The connection to %s was lost (channel %c). Was the virtual machine "
	 "or its host switched off?"},
	{CHAN_CUT, 0,
	 "%s broke off in the middle of a message (channel %c). Was the "
	 "virtual machine or its host switched off?"},
	{CHAN_STALLED, 0,
	 "%s stopped in the middle of a message (channel %c). Is that machine "
	 "on, and the network whole?"},
	{CHAN_PROTOCOL, 0,
	 "%s sent something that makes no sense (channel %c, message %u). Is "
	 "it a SPICE server that others can use?"},
	{CHAN_IMAGE, 0,
	 "%s sent a picture that cannot be decoded (message %u). The next "
	 "try asks for plainer ones."},
	{CHAN_SCREEN_MEMORY, 0,
	 "Too little memory for the screen of %s, which needs %u KiB. Use a "
	 "smaller resolution there, or more memory here."},
	{CHAN_MEMORY, 0,
	 "Too little memory for what %s sends (channel %c). Use a smaller "
	 "resolution there, or more memory here."},
};

/* The text for @error; there is one for each cause. */
static const char *error_find(const struct chan_error *error)
{
	size_t i;

	if (error->sentence)
		return error->sentence;
	for (i = 0; i < sizeof(error_texts) / sizeof(error_texts[0]); i++) {
		const struct error_text *row = &error_texts[i];

		if (row->cause == (uint8_t)error->cause &&
		    (row->rc == 0 || row->rc == error->rc))
			return row->text;
	}
	return "The session with %s failed.";
}

void chan_error_sentence(const struct chan_error *error, const char *server,
			 char *buf, size_t room)
{
	const char *text = error_find(error);
	size_t at = 0;

	while (*text && at + 1 < room) {
		char number[12];
		const char *put = NULL;
		size_t n;

		if (text[0] == '%' && text[1] == 's') {
			put = server;
		} else if (text[0] == '%' && text[1] == 'c') {
			put = error->channel ? error->channel : "?";
		} else if (text[0] == '%' && text[1] == 'u') {
			snprintf(number, sizeof(number), "%u",
				 (unsigned int)error->detail);
			put = number;
		} else if (text[0] == '%' && text[1] == 't') {
			put = error->text;
		}
		if (!put) {
			buf[at++] = *text++;
			continue;
		}
		n = strlen(put);
		if (n > room - 1 - at)
			n = room - 1 - at;
		memcpy(buf + at, put, n);
		at += n;
		text += 2;
	}
	if (room)
		buf[at] = '\0';
}
