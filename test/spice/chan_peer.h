/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * A scripted SPICE server around one session, for unit tests.
 *
 * The peer owns a session and plays everything around it: memory that is
 * counted and can run out, connections, the server's half of the link with a
 * real RSA key, messages. It notes every event, and parses what the client
 * sends.
 *
 * A script is a function that talks through chan_peer_message and
 * chan_peer_feed. chan_peer_every_way runs it with its bytes fed whole, one by
 * one, split at every offset, cut at every length, and with every allocation
 * failing in turn.
 */
#ifndef TEST_SPICE_CHAN_PEER_H
#define TEST_SPICE_CHAN_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <spice/enums.h>
#include <spice/protocol.h>

#include "spice/chan/chan_session.h"
#include "spice/wire/wire_writer.h"
#include "test/spice/test_env.h"

#define PEER_REPLY_BYTES 202 /* a link answer with one word of each cap */
#define PEER_KEY_BYTES	 162
#define PEER_RECTS	 64

/* What the server side of a common link answer says. */
#define PEER_COMMON_CAPS 0x0b
#define PEER_SESSION_ID	 0x12345678

struct chan_peer_slot {
	unsigned int opens, closes;
	bool secure;	    /* how it was opened last */
	uint8_t out[16384]; /* what the client has sent and nobody took */
	size_t out_len;
	uint64_t print; /* of all it has sent */
};

/* How bytes are handed to the session. */
struct chan_peer_way {
	enum { PEER_WHOLE, PEER_BYTES, PEER_SPLIT, PEER_CUT } how;
	size_t at; /* SPLIT, CUT: after so many bytes of the script */
};

struct chan_peer {
	struct test_env env; /* first: it is the session's env.ctx */
	bool limited;	     /* only so many allocations succeed: */
	long allocs;
	int entropy_rc;
	const char *password, *username;
	bool tls, plain_port; /* as chan_config's */
	uint32_t secure, disabled;
	uint8_t compression;
	size_t memory_bytes;
	uint32_t session_id; /* of a session that waits; 0: a new one */

	struct chan_session *s;
	struct chan_peer_slot slot[CHAN_SLOTS];
	unsigned int main, display, inputs, cursor; /* which slot is whose */

	struct chan_peer_way way;
	size_t fed;	/* bytes of the script so far */
	bool plain;	/* what is fed now is not part of the way */
	bool lazy;	/* messages wait until chan_peer_work */
	uint64_t print; /* of all events, in their order */

	/* What the events said. */
	unsigned int stages, resizes, dirts, cursors, modes, locked, ends;
	int moving; /* 1 begins, -1 does not; 0: nothing said */
	struct pix_rect dirty[PEER_RECTS];
	uint32_t mouse_mode;
	uint16_t locks;
	struct chan_error error;
	char log[200]; /* the last line */
	void (*on_yield)(struct chan_peer *p);

	/* Room for a message that is being built. */
	struct wire_writer w;
	uint8_t body[1 << 16];
};

/* Make a session, not yet linked. Set what you want of @p before (zeroed). */
void chan_peer_start(struct chan_peer *p);

/* End it; returns how many allocations were not given back. */
long chan_peer_end(struct chan_peer *p);

/* The server's key as it stands in the link answer. */
const uint8_t *chan_peer_key(void);

/*
 * Decrypt a ticket with the private key.
 * Returns the bytes of the text, which are in @text; -1 if it is none.
 */
int chan_peer_decrypt(const uint8_t ticket[128], char text[128]);

/*
 * Write a link answer.
 * @room: at least PEER_REPLY_BYTES
 */
size_t chan_peer_reply(uint8_t *buf, uint32_t error, uint32_t common,
		       uint32_t channel);

/* Feed bytes as they are. */
void chan_peer_feed(struct chan_peer *p, unsigned int slot, const void *bytes,
		    size_t n);

/* Handle all that waits, collect what the client sends. */
void chan_peer_work(struct chan_peer *p);

/* Play the whole link of @slot; what the client sent is thrown away. */
void chan_peer_link(struct chan_peer *p, unsigned int slot, uint32_t caps);

/* Start a message's body in p->w, which starts over. */
struct wire_writer *chan_peer_begin(struct chan_peer *p);
/* Frame what is in p->w and feed it. */
void chan_peer_send(struct chan_peer *p, unsigned int slot, uint16_t type);
/* Frame and feed a body. */
void chan_peer_message(struct chan_peer *p, unsigned int slot, uint16_t type,
		       const void *body, size_t n);

/*
 * Link main, send INIT with mouse mode SERVER, both supported, and a list of
 * channels; link those.
 * @channels: of "dic" those that there shall be, in the order of their slots;
 * of two equal ones the second is number 1, p->display and so on name the first
 */
void chan_peer_up(struct chan_peer *p, const char *channels);

/* One message from the client. */
struct chan_peer_sent {
	bool there;
	uint16_t type;
	uint32_t size;
	uint8_t body[300];
};

/* Take the client's next message on @slot. */
struct chan_peer_sent chan_peer_take(struct chan_peer *p, unsigned int slot);

uint32_t chan_peer_u32(const uint8_t *p);

/*
 * Run @script, which starts and does not end the peer, in every way.
 * @script: gets the peer as @base had it, with the way set
 * Returns NULL, or what went wrong (static).
 */
const char *chan_peer_every_way(const struct chan_peer *base,
				void (*script)(struct chan_peer *p));

#endif
