/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The thin client: power-on to desktop. Joins the port, spice/, vga/ and kbd/.
 *
 * Its states, and what leads from one to the next:
 *
 *	NET ----address----> (URI?) --yes--> CONNECT --picture--> SESSION
 *	                     (.vv?) -> FETCH ---^
 *	 ^                      |no            |  ^                  |
 *	 |no address            v        failed|  |pause, Enter      |ended
 *	 +--(goes on trying)   FORM <---F2-----WAIT <----------------+
 *	                        |                 ^
 *	                        +--Enter--> CONNECT
 *
 * A refused password leads to FORM, with the cursor in the password; a
 * certificate that nobody vouches for to CERT, and by its fingerprint to
 * CONNECT.
 */
#ifndef IPXE_GLUE_CLIENT_H
#define IPXE_GLUE_CLIENT_H

#include "ipxe-glue/carrier.h"
#include "ipxe-glue/carrier_tls.h"
#include "ipxe-glue/port.h"
#include "ipxe-glue/source.h"
#include "ipxe-glue/uri.h"
#include "kbd/kbd.h"
#include "spice/pix/pix_region.h"
#include "vga/vga.h"

#define CLIENT_WHY_BYTES 320

/* How a carrier that is more than a boot device wants the client. */
struct client_options {
	const char *uri; /* where to; NULL: what settings and DHCP say */
	/* A .vv file that is here already, or NULL; uri is where a fresh one
	   can be had, then. Wiped once read where it asks for that. */
	char *vv;
	size_t vv_bytes;
	const char *password;	 /* before all others; NULL: URI's, settings' */
	bool once;		 /* one session: no form, no second try */
	struct chan_error error; /* out, with once: why it ended, */
	char why[CLIENT_WHY_BYTES]; /* and the sentence for the person */
	bool next; /* out, without once: ended, and on-end=next */
};

/*
 * Run the thin client until the person leaves it, or (once) one session is
 * over.
 *
 * @options: NULL for none of them; error is written, the rest must stay
 * Returns 0 when the person left (go on with the next boot device), -ENODEV
 * without a BIOS, -ENOMEM; with once also -ECANCELED when the person left
 * before there was a picture, -EINVAL for a URI that cannot be used or none,
 * -ENODATA for a .vv file that could not be fetched, -EBADMSG for one that
 * cannot be used, -ENETDOWN without a network (error.rc says why), -EIO when
 * the session failed or the server ended it (error). Screen, keyboard and
 * network are as they were found.
 */
int client_main(struct client_options *options);

/* ---- for the client_*.c files only ------------------------------------- */

enum client_state {
	CLIENT_NET,
	CLIENT_FETCH, /* a .vv file, or certificates */
	CLIENT_CONNECT,
	CLIENT_SESSION,
	CLIENT_WAIT,
	CLIENT_FORM,
	CLIENT_CERT,
	CLIENT_LEAVE,
};

/* The lines of the text screen that tell how far things are. */
enum client_line {
	LINE_CARD,
	LINE_NET,
	LINE_NET6,
	LINE_SERVER,
	LINE_NAME,
	LINE_MAIN,
	LINE_DISPLAY,
	LINE_INPUTS,
	LINE_CURSOR,
	LINE_COUNT,
};

#define CLIENT_LINE_BYTES 72
#define CLIENT_SENT_MAX	  32 /* more keys than hands can hold */

enum form_field {
	FORM_HOST,
	FORM_PORT,
	FORM_TLS_PORT,
	FORM_PASSWORD,
	FORM_USER,
	FORM_PRINT,
	FORM_LAYOUT,
	FORM_FIELDS,
};

struct client_form {
	struct vga_field field[FORM_FIELDS];
	char host[TARGET_HOST_BYTES];
	char port[6], tls_port[6];
	char password[TARGET_PASSWORD_BYTES];
	char user[TARGET_USER_BYTES];
	char print[100];      /* 64 digits, in pairs with colons between */
	char layout[48];      /* its name, for show */
	struct target target; /* being read */
	unsigned int focus;
	unsigned int fresh; /* bit a field: as it was filled in for the person;
			       the first character typed replaces it */
};

/* 80 bits: nobody grinds a second certificate that begins so. */
#define CLIENT_CERT_DIGITS 20

/* A certificate that a person may trust. */
struct client_cert {
	bool there;
	struct tls_report report;
	struct vga_field field;
	char typed[3 * CLIENT_CERT_DIGITS /
		   2]; /* in pairs, something between */
};

/* client_next.c: where the virtual machine goes. */
struct client_next {
	bool begins;	/* the server said so, and nothing was done yet */
	bool cancelled; /* what is below is not wanted any more */
	struct carrier *carrier; /* the other one of the two; NULL: none */
	struct target *uri;	 /* its; of c->uri what is not said anew */
	bool up, failed, answered;
};

/* client_move.c: what of a target goes with the host. */
struct client_home {
	char host[TARGET_HOST_BYTES], subject[TARGET_SUBJECT_BYTES];
	uint16_t port, tls_port;
	uint32_t secure;
};

struct client {
	struct client_options *options; /* or NULL */
	int rc;				/* what client_main returns */
	struct bios *bios;
	struct vga vga;
	struct kbd kbd;
	struct kbd_ascii ascii;
	struct carrier carriers[2], *carrier; /* one of them */
	struct client_next next;
	enum client_state state;

	/* Where to. */
	struct source source; /* FETCH: what uri is to become */
	bool vv_bad;	      /* the options' .vv file makes no sense */
	struct target uri;
	bool has_uri;
	bool own;	      /* somebody at the form had a say in uri; then: */
	struct target before; /* what uri was, if it was anything */
	struct client_home home; /* where it was before it moved; no host: it
				    did not. While at_home: where it moved to */
	bool at_home;
	char name[64]; /* of the virtual machine seen there last, "" for none */
	unsigned int tries; /* failures since the last desktop */
	unsigned int moves; /* to other hosts, since: */
	uint64_t moved_us;
	uint64_t retry_us;   /* WAIT, FORM: when to try again; 0: never */
	bool leave_session;  /* the hotkey was pressed */
	bool next_display;   /* as was the one for this */
	uint64_t deaf_us;    /* keys count again from then on */
	enum port_exit exit; /* LEAVE: what to do then */
	bool ended;	     /* the session said so; error is why */
	struct chan_error error;

	/* Free memory before the first session, and the least since. */
	size_t memory_bytes, memory_least;

	/* The text screen. */
	bool text;	/* it is on */
	bool grey;	/* the last picture is on, grey, with a band of text */
	bool text_form; /* it is laid out for the form */
	bool text_dirty;
	char line[LINE_COUNT][CLIENT_LINE_BYTES];
	char why[CLIENT_WHY_BYTES]; /* what failed, "" for nothing */
	const char *net_why;	    /* what the network lacks, or NULL */
	unsigned int shown_s;	    /* seconds of the countdown on show */
	enum port_net_phase phase;
	struct client_form form;
	struct client_cert cert;
	bool keymapped; /* somebody has said which layout the keyboard has */

	/* The graphics screen. */
	struct pix_region dirty;
	bool resized;	   /* the primary is new: a mode is due */
	uint64_t first_us; /* when the first picture was shown; 0: not yet */
	bool cursor_dirty; /* shape, place or visibility changed */
	uint32_t cursor_serial;
	uint64_t present_us;	      /* when the last present began */
	int32_t pointer_x, pointer_y; /* ours, px of the picture */
	bool moved;		      /* the mouse, since the session began */

	/* Keys whose press went to the server: only their releases do, too. */
	uint32_t sent[CLIENT_SENT_MAX];
	unsigned int sent_count;

	/* Locks: what is shown, what a wrong push must not change. */
	uint8_t locks, locks_guard;
	uint64_t guard_us;
};

/* client_text.c: the text screen */
void client_text_line(struct client *c, enum client_line line,
		      const char *text);
void client_text_why(struct client *c, const char *text);
void client_text_server(struct client *c); /* where to, and c->name */
void client_text_clear(struct client *c);  /* the lines of a session */
void client_text_show(struct client *c);   /* bring the screen up to date */
/*
 * Take the beginning of @text that fits in @cols cells, cut between words where
 * there are. @part: receives it, @cols + 1 bytes. Returns what is left.
 */
const char *client_text_take(const char *text, size_t cols, char *part);

/* client_bar.c: between two pictures */
/* Bring the band up to date; false: the text screen is due. @seconds: until
   the next try. */
bool client_bar_show(struct client *c, unsigned int seconds);

/* client_move.c */
/* Has the session ended because the virtual machine moved? Then c->uri says
   where to. The session must still be there. */
bool client_move(struct client *c);
/*
 * The session has ended. If it could not be had where it moved to, c->uri is
 * now where it was before, and the other way round: it may have been started
 * there again. Returns whether it is.
 */
bool client_move_back(struct client *c);
void client_move_forget(struct client *c); /* c->uri is another target */
/* Where the session says that it goes; NULL when it may not say so. */
const struct chan_destination *client_move_where(const struct client *c);
/* Make what @t said of one host hold for @d. */
void client_move_target(struct target *t, const struct chan_destination *d);

/* client_next.c: at another host before the virtual machine is */
/* The session's event. */
void client_next_moving(void *ctx, bool begins);
void client_next_turn(struct client *c); /* while there is a session */
/* Is there a session that can take over? */
bool client_next_waits(const struct client *c);
/* Let it; the other one has been stopped, c->uri is where it is. */
void client_next_take(struct client *c);
void client_next_drop(struct client *c);

/* client_form.c */
void client_form_open(struct client *c, enum form_field focus);
/* Of what was typed nothing stays. */
void client_form_forget(struct client *c);
/* The keyboard's layout as target or settings say, unless one was chosen. */
void client_form_keymap(struct client *c);
void client_form_key(struct client *c, const struct kbd_key *key);
void client_form_draw(struct client *c);

/* client_cert.c: a certificate that a person may trust */
/* Remember the one that the session was refused for; it is still there. */
void client_cert_note(struct client *c);
/* Show it; false when there is none. */
bool client_cert_open(struct client *c);
void client_cert_key(struct client *c, const struct kbd_key *key);
void client_cert_draw(struct client *c);

/* client_screen.c: the picture */
extern const struct chan_session_events client_session_events;
void client_screen_start(struct client *c); /* a session begins */
void client_screen_turn(struct client *c, bool more);
/* A session is over: its last picture stays. False: there is none. */
bool client_screen_still(struct client *c);
/* And that grey. */
void client_screen_grey(struct client *c);
/* Say on the text screen that the channel called @name failed. */
void client_screen_failed(struct client *c, const char *name);

/* client_input.c: keys and mouse */
void client_input(struct client *c);
void client_input_start(struct client *c); /* no key is held there */
/* The virtual machine has moved: let go of what was held there. */
void client_input_moved(struct client *c);
/* The server may take positions now: tell it where the pointer is. */
void client_input_resume(struct client *c);
void client_input_release(struct client *c);
void client_input_locks(struct client *c, uint16_t locks);
/* Put the pointer inside the picture, and the view round it. */
void client_input_place(struct client *c);

/* client_source.c: where to */
void client_where(struct client *c); /* nobody knows yet */
void client_again(struct client *c); /* as before, by a fresh .vv file */
void client_source_turn(struct client *c);
/* Does a fresh .vv file bring a fresh password? */
bool client_renews(const struct client *c);

/* client.c */
void client_give_up(struct client *c, int rc);
/* Seconds until the next try; counts it. */
unsigned int client_pause(struct client *c);
/* The form is open and somebody is there: put off the next try. */
void client_put_off(struct client *c);
void client_connect(struct client *c);
void client_leave(struct client *c);
bool client_once(const struct client *c);
void client_retry_now(struct client *c);
void client_yield(void *ctx);

#endif
