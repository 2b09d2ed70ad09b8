/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The target: everything that was said of where to connect, and how. A URI
 * (uri.h), a .vv file, the command line, settings and the form each fill some
 * of it in; the carrier and the client read it.
 *
 * A zeroed target names nothing. Texts end in NUL; what does not fit is an
 * error of whoever reads it in, never cut.
 */
#ifndef IPXE_GLUE_TARGET_H
#define IPXE_GLUE_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TARGET_HOST_BYTES    256
#define TARGET_USER_BYTES    128
#define TARGET_SUBJECT_BYTES 1024
#define TARGET_TITLE_BYTES   80
#define TARGET_URL_BYTES     512
#define TARGET_WHY_BYTES     160
/* The longest that a server takes, and a NUL. */
#define TARGET_PASSWORD_BYTES 61

/* Sets of channels: bit 1 << SPICE_CHANNEL_*. */
#define TARGET_CHANNELS_ALL 0xffffffffu

/* An HTTP proxy that every channel goes through (CONNECT). */
struct target_proxy {
	char host[TARGET_HOST_BYTES]; /* "" for no proxy */
	uint16_t port;
	char user[TARGET_USER_BYTES]; /* "" for no authentication */
	char password[TARGET_USER_BYTES];
};

/* A key with modifiers; 0 is none. The low byte is a key as kbd.h names it. */
struct target_hotkey {
	uint32_t key; /* a press's bytes, the lowest first (kbd.h); 0: none */
	bool ctrl, alt, shift;
};

/* What follows when a session is over. */
enum target_on_end {
	TARGET_ON_END_RECONNECT, /* growing pauses */
	TARGET_ON_END_MENU,	 /* the form */
	TARGET_ON_END_POWEROFF,
	TARGET_ON_END_REBOOT,
	TARGET_ON_END_NEXT, /* the next boot device, the script's next line */
};

struct target {
	char host[TARGET_HOST_BYTES]; /* name or address, no brackets */
	uint16_t port;		      /* plain; 0: none */
	uint16_t tls_port;	      /* TLS; 0: none */
	char username[TARGET_USER_BYTES];
	char password[TARGET_PASSWORD_BYTES];
	uint8_t compression; /* SPICE_IMAGE_COMPRESSION_*, _INVALID: no wish,
				CHAN_COMPRESSION_AUTO */
	enum target_on_end on_end;

	struct target_proxy proxy;

	uint32_t secure;   /* channels that go over TLS or not at all */
	uint32_t disabled; /* channels that are never opened */

	/*
	 * Whom to trust: certificates in PEM, as many as there are. Owner: the
	 * target (port_alloc); NULL for none but the built-in ones.
	 */
	char *ca;
	size_t ca_bytes;
	/* Where to fetch them from, "" for nowhere, and the SHA-256 of the one
	   certificate (DER) in there. That alone: of a certificate that the
	   server shows with its own, or its own; then only this is trusted. */
	char ca_url[TARGET_URL_BYTES];
	bool ca_hashed;
	uint8_t ca_sha256[32];
	/* The subject that the server's certificate must have, as in a .vv;
	   "" for the check by host name. */
	char subject[TARGET_SUBJECT_BYTES];
	/*
	 * SHA-256 of the server's own certificate (DER), confirmed by the
	 * person on the screen for this session: then it is trusted, and no
	 * other.
	 */
	bool pinned;
	uint8_t pin[32];

	char title[TARGET_TITLE_BYTES];
	char keymap[8]; /* layout of what is typed here (kbd_layout.c) */
	struct target_hotkey secure_attention; /* send Ctrl+Alt+Del */
	struct target_hotkey release_cursor;   /* open the local menu */
	uint8_t color_depth;	  /* for the guest agent; 0: no wish */
	uint32_t disable_effects; /* VD_AGENT_DISPLAY_CONFIG_FLAG_* */
	bool delete_file;	  /* wipe our copy of the .vv once read */

	/*
	 * The URL that a .vv was fetched from: its password may be good for
	 * seconds only, so that it is fetched anew for the next session; "" for
	 * none.
	 */
	char source[TARGET_URL_BYTES];

	/*
	 * Somebody said whom to trust, and not a .vv file, which names its CA
	 * and subject with or without a TLS port: then nothing goes plain.
	 */
	bool trust_said;

	/* The password: when it came, and when a server took it last (us of the
	   port's clock, 0: never); it was typed; a .vv file brought it. */
	uint64_t password_us, taken_us;
	bool typed, from_vv;

	uint32_t said; /* bit a row of option.c's table: it was said */
	char why[TARGET_WHY_BYTES]; /* what was wrong with what was read last */
};

/* Nothing named, the rest as it is when nobody says anything. */
void target_init(struct target *t);

/* Forget everything, secrets first, and give back what it owns. */
void target_wipe(struct target *t);

/* Move @from to @to, which is wiped before; @from is as after target_init. */
void target_move(struct target *to, struct target *from);

/*
 * Make @to, which owns nothing, the same as @from.
 * Returns 0; -ENOMEM: @to is as after target_init.
 */
int target_copy(struct target *to, const struct target *from);

/*
 * Add to the sentence in @why, of @room bytes, how old the password is that was
 * refused, where that is known. @now_us: by the port's clock
 */
void target_add_age(const struct target *t, uint64_t now_us, char *why,
		    size_t room);

/* Is @host an IPv6 address (not a name, not a proxy's token with colons)? */
bool target_is_ip6(const char *host);

/*
 * Write whom @t names, for people: "host:port", an IPv6 address in brackets; a
 * token that only a proxy understands as the title, or "a host behind the proxy
 * NAME".
 */
void target_server(const struct target *t, char *buf, size_t room);

/* Zero @n bytes that nobody reads again; the compiler leaves it in. */
void target_forget(void *mem, size_t n);

#endif
