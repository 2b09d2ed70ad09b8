/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * A SPICE session without input or output of its own: bytes in, bytes and
 * pictures out.
 *
 * The owner carries bytes for up to CHAN_SLOTS connections, each named by its
 * slot. The session says through its events which connections it wants; the
 * owner answers with opened, input, closed, and takes what output offers:
 *
 *	events.open(slot)  ->  chan_session_opened(slot)
 *	                       chan_session_input(slot, bytes) ...
 *	                       chan_session_closed(slot, rc)
 *	chan_session_output(slot) -> bytes to send -> chan_session_sent(slot, n)
 *	chan_session_work() until it returns 0: messages are handled here only
 *	chan_session_tick(now): what depends on time
 *
 * Reentrant, no globals, never blocks. Messages wait in memory between input
 * and work; chan_session_backlog says how much, so that the owner stops
 * reading in time. Inside spice_env.yield (called from work) the owner may call
 * input, output, sent, and the functions for keys and mouse.
 *
 * Document: the SPICE protocol (spice-protocol headers, spice.proto).
 */
#ifndef SPICE_CHAN_SESSION_H
#define SPICE_CHAN_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spice/chan/chan_error.h"
#include "spice/pix/pix_pixmap.h"
#include "spice/proto/proto_env.h"

/* What the server's cache keeps in step; remote-viewer opens as many windows.
 */
#define CHAN_DISPLAYS  4
#define CHAN_SLOTS     (2 + 2 * CHAN_DISPLAYS) /* each with its cursor */
#define CHAN_SLOT_MAIN 0

/* No SPICE_IMAGE_COMPRESSION_*: by how fast the line is. */
#define CHAN_COMPRESSION_AUTO 0xff

/* The password's longest form that a server takes (without the NUL). */
#define CHAN_PASSWORD_BYTES 60
/* The longest of others. */
#define CHAN_USERNAME_BYTES 127
#define CHAN_HOST_BYTES	    255

struct chan_session;

/* A pointer's shape, as the cursor channel last set it. */
struct chan_cursor {
	bool visible;	 /* else nothing below counts */
	bool placed;	 /* the server said where: server mouse mode */
	int32_t x, y;	 /* px, the hot spot's place on the primary */
	uint32_t serial; /* changes with every new shape */
	uint32_t width, height;
	uint32_t hot_x, hot_y;
	const uint32_t *argb;  /* premultiplied, width * height; NULL: none */
	const uint8_t *invert; /* invert the picture where a bit is set: rows of
				  (width + 7) / 8 bytes, bit 7 is the leftmost;
				  NULL: nowhere */
};

/* How far a channel has come; for the screen between power-on and desktop. */
enum chan_stage {
	CHAN_STAGE_CONNECTING, /* waiting for the carrier */
	CHAN_STAGE_LINKING,    /* link message sent */
	CHAN_STAGE_ENTROPY, /* waiting for random bytes, where there is need */
	CHAN_STAGE_TICKET,  /* ticket sent */
	CHAN_STAGE_UP,	    /* messages flow */
};

struct chan_session_events {
	/*
	 * Open a connection to the server for @slot.
	 * @secure: over TLS, on the port for that; never otherwise then
	 */
	void (*open)(void *ctx, unsigned int slot, bool secure);
	/* Close the connection of @slot; closed must not follow. */
	void (*close)(void *ctx, unsigned int slot);
	/* Channel @name is at @stage. May be NULL. */
	void (*stage)(void *ctx, const char *name, enum chan_stage stage);
	/* The picture came, went or changed its size. */
	void (*resized)(void *ctx);
	/* @rect of the picture has new pixels. */
	void (*dirty)(void *ctx, const struct pix_rect *rect);
	/* The pointer's shape, visibility or place changed. */
	void (*cursor)(void *ctx);
	/* The mouse mode is now @mode, SPICE_MOUSE_MODE_*. */
	void (*mouse_mode)(void *ctx, uint32_t mode);
	/* The guest's lock state is @locks, SPICE_KEYBOARD_MODIFIER_FLAGS_*. */
	void (*locks)(void *ctx, uint16_t locks);
	/*
	 * The virtual machine @begins to move to chan_session_destination: have
	 * another session link there (chan_config.session_id), then answer with
	 * chan_session_moving. Else it stays: forget that. May be NULL.
	 */
	void (*moving)(void *ctx, bool begins);
	/* The session is over; all connections have been closed. */
	void (*ended)(void *ctx, const struct chan_error *error);
};

struct chan_config {
	const char *password; /* copied; NULL or "" for none */
	/* For SASL, where a server wants that: who, and whom; copied, as that.
	 */
	const char *username, *host;
	uint8_t compression; /* SPICE_IMAGE_COMPRESSION_* to ask for;
				_INVALID leaves the choice to the server,
				CHAN_COMPRESSION_AUTO to the line */
	size_t memory_bytes; /* what surfaces, caches and messages may use */
	/*
	 * Which ports there are. With one for TLS everything goes over TLS, but
	 * for a channel that the server, over TLS, wants without: that one is
	 * opened again on the other port, if there is one.
	 */
	bool tls, plain;
	/* Sets of channels, 1 << SPICE_CHANNEL_*. */
	uint32_t secure;   /* over TLS or not at all */
	uint32_t disabled; /* never opened; main always is */
	/*
	 * The number of the session that this one shall go on with, at another
	 * host: main links and waits for chan_session_take_over. 0: a new one.
	 */
	uint32_t session_id;
};

/*
 * Make a session and ask for its main connection.
 *
 * @env, @events: must outlive the session; @ctx is handed to the events
 * Returns the session, NULL when memory is short.
 * Owner: the caller; chan_session_free gives everything back.
 */
struct chan_session *chan_session_new(const struct spice_env *env,
				      const struct chan_config *config,
				      const struct chan_session_events *events,
				      void *ctx);

/*
 * Close all connections and give back all memory. No event but close follows.
 * Context: not from inside an event.
 */
void chan_session_free(struct chan_session *s);

void chan_session_opened(struct chan_session *s, unsigned int slot);

/* Take @n bytes that came for @slot; copied. */
void chan_session_input(struct chan_session *s, unsigned int slot,
			const void *bytes, size_t n);

/* The connection of @slot is gone; rc as port_tcp_events.closed. */
void chan_session_closed(struct chan_session *s, unsigned int slot, int rc);

/*
 * The connection of @slot cannot be had, or not be kept, for a reason of the
 * owner's: what lies between (a proxy, TLS) refused it. Ends the session.
 *
 * @error: cause, rc, detail, sentence and text count; copied
 */
void chan_session_refused(struct chan_session *s, unsigned int slot,
			  const struct chan_error *error);

/*
 * Bytes of whole messages that wait in memory for work, of @slot. The one that
 * is still coming does not count: an owner that stopped in its middle would
 * wait for ever.
 */
size_t chan_session_backlog(const struct chan_session *s, unsigned int slot);

/* What to send on @slot next; *@n bytes, 0 for nothing. */
const void *chan_session_output(struct chan_session *s, unsigned int slot,
				size_t *n);
/* The first @n bytes of the output of @slot are on their way. */
void chan_session_sent(struct chan_session *s, unsigned int slot, size_t n);

/*
 * Handle at most one waiting message; the ones of main, inputs and cursor go
 * before the ones of display. Returns true when more may wait.
 */
bool chan_session_work(struct chan_session *s);

/* What depends on time; call at least every 50 ms while entropy is awaited. */
void chan_session_tick(struct chan_session *s, uint64_t now_us);

/*
 * When the next video frame is to be shown, on the clock of chan_session_tick;
 * UINT64_MAX for none. Work has something to do then.
 */
uint64_t chan_session_due(const struct chan_session *s);

/*
 * Give up what waits on @slot and connect that channel anew, for an owner that
 * cannot hold more of it and cannot make the server wait. A display comes back
 * whole; of any other channel this is the end of the session (CHAN_MEMORY).
 * Returns whether the session goes on. Context: anywhere.
 */
bool chan_session_reopen(struct chan_session *s, unsigned int slot);

/*
 * What is on show: the primary surface of a display, or the part of it that is
 * one monitor. NULL while there is none. dirty, cursor and
 * chan_session_position count from its corner.
 */
const struct pixmap *chan_session_picture(const struct chan_session *s);

/* The server has said that the picture is complete (MARK). */
bool chan_session_marked(const struct chan_session *s);

/*
 * Show the next monitor or display that has a picture, after the last the first
 * again; resized and cursor follow. Returns whether there is more than one.
 */
bool chan_session_next(struct chan_session *s);

/* The pointer. Owner: the session, until the next work. */
const struct chan_cursor *chan_session_cursor(const struct chan_session *s);

/* Where a virtual machine has moved to. */
struct chan_destination {
	uint16_t port, tls_port; /* 0: none */
	char host[256];		 /* "" for nowhere */
	char subject[1024]; /* that its certificate must have, "" for any */
};

/*
 * After CHAN_MOVED, in a moving event: where to connect next. Owner: the
 * session; NULL without. CHAN_MOVED's detail is not 0 when a session that waits
 * there is to take over.
 */
const struct chan_destination *
chan_session_destination(const struct chan_session *s);

/* The number that the server gave the session; 0 before INIT. */
uint32_t chan_session_id(const struct chan_session *s);

/* The answer to a moving event that begins: is main @connected there? */
void chan_session_moving(struct chan_session *s, bool connected);

/*
 * A session that waits at the other host: the virtual machine is there, go on.
 * @memory_bytes: as in chan_config, which was for two
 */
void chan_session_take_over(struct chan_session *s, size_t memory_bytes);

/* The virtual machine's name, "" while unknown. */
const char *chan_session_name(const struct chan_session *s);

/* SPICE_MOUSE_MODE_*, 0 before INIT. */
uint32_t chan_session_mouse_mode(const struct chan_session *s);

/*
 * Keys and mouse; dropped while the inputs channel is not up.
 *
 * @code: 1 to 4 bytes of PS/2 set 1, the first lowest; of a release the
 *        release bytes
 * @locks: SPICE_KEYBOARD_MODIFIER_FLAGS_*
 * @button: SPICE_MOUSE_BUTTON_*
 * Motion is added up and paced by the server's acks; it goes before a button.
 */
void chan_session_key(struct chan_session *s, uint32_t code, bool pressed);
void chan_session_locks(struct chan_session *s, uint16_t locks);
void chan_session_motion(struct chan_session *s, int32_t dx, int32_t dy);
void chan_session_position(struct chan_session *s, uint32_t x, uint32_t y);
void chan_session_button(struct chan_session *s, unsigned int button,
			 bool pressed);

/*
 * With what an operation came: columns of chan_counts.cell. Formats, of a
 * source and of the surface, stand in the order 1_A, 8_A, 16_555, 16_565,
 * 32_ARGB, 32_xRGB.
 */
enum chan_cell {
	CHAN_CELL_BRUSH, /* NONE, SOLID, PATTERN */
	CHAN_CELL_MASK = 3,
	CHAN_CELL_CLIP,
	CHAN_CELL_NEAREST, /* scaled */
	CHAN_CELL_SMOOTH,  /* scaled */
	CHAN_CELL_SURFACE, /* the source is one */
	CHAN_CELL_FROM,
	CHAN_CELL_ONTO = CHAN_CELL_FROM + 6,
	CHAN_CELLS = CHAN_CELL_ONTO + 6,
};
#define CHAN_KINDS 19 /* of operation: COPY_BITS, FILL to COMPOSITE */

/* The row of message @type; SPICE_MSG_DISPLAY_*. */
static inline unsigned int chan_count_kind(uint16_t type)
{
	return type >= 300 && type < 300 + CHAN_KINDS ? type - 300 : 0;
}

/* What an operand of COMPOSITE is turned into; the first that is not so. */
enum chan_turn {
	CHAN_TURN_NONE, /* moved by whole pixels at most */
	CHAN_TURN_MOVED,
	CHAN_TURN_STRETCHED,
	CHAN_TURN_TURNED,
	CHAN_TURNS,
};

/* With what COMPOSITE came; [0] of its source, [1] of its mask. */
struct chan_count_composite {
	uint32_t operators[64]; /* PIXMAN_OP_* */
	uint32_t filter[2][8], repeat[2][4], turn[2][CHAN_TURNS];
	uint32_t component_alpha, opaque;
};

/* Counts by kind, for tests and the log: what was decoded and drawn. */
struct chan_counts {
	uint32_t image[128]; /* by SPICE_IMAGE_TYPE_* */
	uint32_t bitmap[16]; /* BITMAP, by SPICE_BITMAP_FMT_* */
	uint32_t draw[32];   /* by message number - 300; COPY_BITS is 0 */
	uint32_t cell[CHAN_KINDS][CHAN_CELLS]; /* drawn; by enum chan_cell */
	struct chan_count_composite composite;
	uint32_t flags[8];   /* images, by SPICE_IMAGE_FLAGS_* */
	uint32_t alpha[4];   /* ALPHA_BLEND, by SPICE_ALPHA_FLAGS_* */
	uint32_t letters[9]; /* TEXT, by a pixel's bits */
	uint32_t brush[4];   /* by SPICE_BRUSH_TYPE_* */
	uint32_t clipped, masked, scaled, rop, palette, palette_cached;
	uint32_t surface_off; /* drawn on an off-screen surface */
	uint32_t straight;    /* decoded straight into the surface */
	uint32_t cursor[8];   /* by SPICE_CURSOR_TYPE_* */
	uint32_t mended;      /* displays that were connected anew */
	/* Video: streams; frames that were shown, of those decoded straight
	   into the surface, scaled, too late; left out for a newer one;
	   undecodable; reports sent */
	uint32_t streams, frames, frames_straight, frames_scaled, frames_late;
	uint32_t frames_dropped, frames_bad, reports;
	uint64_t bytes_in;
};
const struct chan_counts *chan_session_counts(const struct chan_session *s);

#endif
