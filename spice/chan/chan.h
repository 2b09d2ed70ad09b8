/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Inside spice/chan/: one channel, its link, its framing, its message table.
 *
 * A channel's life:
 *
 *	OFF -> CONNECTING -> REPLY -> (ENTROPY, SASL ->) RESULT -> UP -> OFF
 *	         ^ opened()   link       ticket      u32 0   |
 *	         +------------------- MENDING <--------------+
 *
 * CONNECTING: the owner was asked for a connection. REPLY: the link message is
 * out, its answer comes. ENTROPY: the ticket waits for random bytes. SASL: that
 * goes on in the ticket's place (chan_sasl.c). RESULT:
 * the ticket is out. UP: messages. AGAIN: the server wants the channel without
 * TLS (or, had we begun so, with it); the next tick opens it anew, once.
 * MENDING: a display that did not make sense any more has been closed and will
 * be connected anew (chan_mend.c).
 */
#ifndef SPICE_CHAN_CHAN_H
#define SPICE_CHAN_CHAN_H

#include <errno.h>

#include <spice/enums.h>
#include <spice/protocol.h>

#include "spice/chan/chan_session.h"
#include "spice/wire/wire_reader.h"
#include "spice/wire/wire_writer.h"

/*
 * This is a policy decision: no message longer than a raw 7680x4320 frame and
 * its descriptors. What memory really holds is found out by allocating.
 */
#define CHAN_MESSAGE_MAX_BYTES (136u << 20)

/*
 * The server's answer to a link message is 16 + 178 bytes and its capability
 * words; ten of them would be news.
 */
#define CHAN_LINK_MAX_BYTES 512

/* Bytes that may wait to be sent on a channel; a key event has ten. */
#define CHAN_OUT_MAX_BYTES 65536

enum chan_state {
	CHAN_OFF,
	CHAN_MENDING,
	CHAN_CONNECTING,
	CHAN_REPLY,
	CHAN_ENTROPY,
	CHAN_SASL,
	CHAN_RESULT,
	CHAN_UP,
	CHAN_AGAIN,
};

struct chan;
struct chan_display;
struct chan_cursors;

/* One message from the server, whole or on its way. */
struct chan_message {
	struct chan_message *next;
	uint64_t serial; /* counts from 1 on each channel */
	uint32_t size;	 /* bytes of the body, as its header says */
	uint32_t got;	 /* bytes of it that have come */
	uint32_t type;
	uint32_t listed; /* of a LIST: members that have been handled */
	uint8_t body[];
};

/* A row of a channel's table: what the dispatcher checks, whom it calls. */
struct chan_handler {
	uint16_t type;
	uint16_t least; /* bytes that every such body has */
	/*
	 * Handle one body; at least `least` bytes are there.
	 *
	 * Returns 0; -EAGAIN to be called again with the same message later;
	 * else negative errno: -ENOMEM and -EILSEQ (an image) have sentences of
	 * their own, all others mean a message that makes no sense.
	 */
	int (*handle)(struct chan *c, struct wire_reader *r);
};

/* A kind of channel. */
struct chan_kind {
	uint8_t type; /* SPICE_CHANNEL_* */
	const char *name;
	uint32_t caps; /* our channel capabilities, word 0 */
	const struct chan_handler *handlers; /* ends with a row of type 0 */
	/* Further bits: by what is linked, by what memory holds; or NULL. */
	uint32_t (*caps_more)(const struct chan_session *s);
	/* The link is up: send what comes first. 0 or negative errno. */
	int (*up)(struct chan *c);
	/* Give back what up and the handlers took; twice is fine. NULL: none.
	 */
	void (*down)(struct chan *c);
};

/* chan_mend.c: a display that is connected anew, or given up. */
struct chan_mend {
	bool due;	/* broken: to be closed once nobody works on it */
	bool lost;	/* and given up */
	bool going;	/* until the new one has shown its picture */
	unsigned int n; /* how often, lately */
	struct chan_error why;
	uint64_t since_us, again_us;
	uint32_t pause_us;
};

struct chan {
	struct chan_session *s;
	const struct chan_kind *kind; /* NULL: a free slot */
	unsigned int slot;
	uint8_t id;
	enum chan_state state;
	bool secure;	   /* over TLS */
	bool switched;	   /* because the server wanted the other way */
	uint64_t since_us; /* when the state was entered */
	bool gone;	   /* UP, but the connection is over: the messages */
	int gone_rc;	   /* that wait are handled, then the session ends */

	uint8_t link[CHAN_LINK_MAX_BYTES];
	size_t link_len;
	uint32_t caps;		/* the server's channel capabilities, word 0 */
	struct chan_sasl *sasl; /* SASL; else NULL */

	uint8_t head[6];
	size_t head_len;
	struct chan_message *coming; /* its body is incomplete */
	uint64_t skip;		     /* bytes of a body that nobody needs */
	uint32_t skipped; /* of a PING in all; 0: no long one comes */
	uint64_t skip_us; /* when its header had come */
	struct chan_message *first, **last;
	size_t backlog;
	uint64_t serial; /* of the message received last */
	uint64_t done;	 /* serial of the message handled last */

	uint32_t ack_window, ack_left; /* 0: the server counts none */

	struct chan_display *display; /* of a display channel that is up */
	struct chan_cursors *cursors; /* of a cursor channel that is up */
	struct chan_mend mend;

	/* chan_watch.c */
	bool heard;	     /* bytes have come since the last tick */
	bool held;	     /* the first message waits for another channel */
	uint64_t stalled_us; /* since a message's last byte */
	uint64_t held_us;

	uint8_t *out;
	size_t out_len, out_room;
};

/* chan_inputs.c: what is held back until the server has kept up. */
struct chan_inputs {
	int32_t dx, dy;	    /* motion not yet sent */
	uint32_t x, y;	    /* position not yet sent */
	bool moved, placed; /* there is such */
	uint32_t unacked;   /* motion messages without ack */
	uint16_t buttons;   /* SPICE_MOUSE_BUTTON_MASK_* held */
};

/* chan_watch.c: is the server still there? */
struct chan_watch {
	bool listed;	   /* the list of channels has come */
	bool pictured;	   /* the display has shown something */
	bool known;	   /* it was asked the first time */
	bool asked;	   /* and has not answered yet */
	bool answers;	   /* it has answered once */
	uint64_t quiet_us; /* since a byte came on any channel */
};

/* The server's multimedia time, carried on by ours. */
struct chan_clock {
	bool known;
	uint32_t ms;	/* at at_us */
	uint64_t at_us; /* chan_session_tick's */
};

struct chan_session {
	const struct spice_env *env;
	const struct chan_session_events *events;
	void *ctx;
	char password[CHAN_PASSWORD_BYTES + 1];
	char username[CHAN_USERNAME_BYTES + 1];
	char host[CHAN_HOST_BYTES + 1];
	uint8_t compression;
	size_t memory_bytes;
	bool tls, plain;	  /* ports that there are */
	uint32_t secure_channels; /* as chan_config.secure, */
	uint32_t disabled;	  /* .disabled */

	uint64_t now_us;
	unsigned int busy; /* calls deep; the end waits for 0 */
	bool failed, ended;
	struct chan_error error;

	struct chan chan[CHAN_SLOTS];
	uint32_t session_id;
	bool waits; /* main is up, the virtual machine not here yet */
	struct chan_destination *destination; /* or NULL */
	uint32_t mouse_mode;
	char name[64];

	struct chan_inputs inputs;
	struct chan_watch watch;
	uint8_t shown;		/* the display that the owner sees */
	int32_t view_x, view_y; /* px of its primary: where the view begins */
	struct chan_clock clock;
	bool slow; /* the line, when its long PING came */
	struct chan_counts counts;
};

/* Has the session or @c come to an end, so that nothing more is handled? */
static inline bool chan_stopped(const struct chan *c)
{
	return c->s->failed || c->mend.due;
}

/* chan_session.c */

/* End the session for @cause; the first reason stays. Returns @rc or -EIO. */
int chan_fail(struct chan *c, enum chan_cause cause, int rc, uint32_t detail);
void chan_log(struct chan_session *s, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/*
 * Ask for a connection for a channel of @kind.
 * Returns 0, -ENOSPC, -EACCES: only TLS would do, and there is no port for it
 * (the session has failed).
 */
int chan_open(struct chan_session *s, const struct chan_kind *kind, uint8_t id);
void chan_enter(struct chan *c, enum chan_state state);
/* An AGAIN channel: open it anew. */
void chan_reopen(struct chan *c);
/* How many channels of @kind are there, up or on their way? */
unsigned int chan_has(const struct chan_session *s,
		      const struct chan_kind *kind);
/* The first channel of @type that is up, or NULL. */
struct chan *chan_find(struct chan_session *s, uint8_t type);
/* The channel of @type numbered @id, whatever its state, or NULL. */
struct chan *chan_at(struct chan_session *s, uint8_t type, uint8_t id);

/* chan_mend.c */
/*
 * Is @cause one that a new connection of @c mends, or is @c one that the
 * session can do without? Then that is on its way, and the session goes on.
 */
bool chan_mend(struct chan *c, enum chan_cause cause, int rc, uint32_t detail);
/* Close what is to be connected anew. Context: nobody works on a message. */
void chan_mend_close(struct chan_session *s);
/* Open what has waited long enough. */
void chan_mend_tick(struct chan_session *s);
/* The new display is complete. */
void chan_mend_done(struct chan *c);

/* chan_link.c */
void chan_link_start(struct chan *c);
/* Take up to @n bytes of the answer; returns how many were its. */
size_t chan_link_input(struct chan *c, const uint8_t *bytes, size_t n);
/* Send the ticket if random bytes can be had. */
void chan_link_ticket(struct chan *c);

/* chan_sasl.c */
/* The server wants SASL: begin. */
void chan_sasl_start(struct chan *c);
/* Take up to @n bytes of what it says; returns how many were for that. */
size_t chan_sasl_input(struct chan *c, const uint8_t *bytes, size_t n);
void chan_sasl_drop(struct chan *c); /* forget all of it */

/* chan_frame.c */
void chan_frame_input(struct chan *c, const uint8_t *bytes, size_t n);
void chan_frame_drop(struct chan *c); /* forget everything */
/*
 * Queue one message of @n body bytes; 0, -ENOMEM, -ENOBUFS: the server has
 * not read for long.
 */
int chan_send(struct chan *c, uint16_t type, const void *body, size_t n);
/* Queue bytes as they are (the link). */
int chan_send_raw(struct chan *c, const void *bytes, size_t n);
/* End the session because of what chan_send returned. */
void chan_send_fail(struct chan *c, int rc);
/* Handle the first waiting message; true when one was handled. */
bool chan_frame_work(struct chan *c);

/* chan_base.c */
extern const struct chan_handler chan_base_handlers[];
/* A message is whole: do at once what must not wait for its turn. */
void chan_base_urgent(struct chan *c, const struct chan_message *m);
/* A message has been handled: count it, acknowledge. */
void chan_base_count(struct chan *c);

/* The kinds, each the last thing in its file. */
extern const struct chan_kind chan_main_kind, chan_display_kind,
	chan_inputs_kind, chan_cursor_kind;

/* chan_main.c */
/* Read where the virtual machine goes into s->destination. */
int chan_main_destination(struct chan *c, struct wire_reader *r);

/* chan_move.c: what main's table has of it */
extern const uint32_t chan_move_caps;
int chan_move_begin(struct chan *c, struct wire_reader *r);
int chan_move_cancel(struct chan *c, struct wire_reader *r);
int chan_move_end(struct chan *c, struct wire_reader *r);

/* chan_inputs.c */
void chan_inputs_flush(struct chan_session *s);

/* chan_watch.c */
/* Look at what the server owes; @now_us as chan_session_tick's. */
void chan_watch_tick(struct chan_session *s, uint64_t now_us);
/* The list of channels has come. */
void chan_watch_listed(struct chan_session *s);

/* chan_stream.c; the rest of it is in chan_display.h */
/* The server's multimedia time is @ms now. */
void chan_clock_set(struct chan_session *s, uint32_t ms);
void chan_clock_tick(struct chan_session *s);
/* Show one video frame whose time has come. Returns whether there was one. */
bool chan_stream_work(struct chan_session *s);
extern const uint32_t chan_stream_caps;

#endif
