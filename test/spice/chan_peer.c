/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The scripted peer (chan_peer.h).
 *
 * With CHAN_PEER_CORPUS=DIR in the environment every script that has run whole
 * is left there in the form that test/fuzz/session.h reads: so the seeds
 * of the fuzzer are made.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bearssl.h>

#include "test/spice/chan_peer.h"

/* ---- the server's key ---- */

static struct {
	bool made;
	br_rsa_private_key private;
	unsigned char private_room[BR_RSA_KBUF_PRIV_SIZE(1024)];
	uint8_t der[PEER_KEY_BYTES];
} peer_key;

static void peer_key_make(void)
{
	/* SubjectPublicKeyInfo up to the modulus, and what follows it. */
	static const uint8_t head[] = {
		0x30, 0x81, 0x9f, 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48,
		0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00, 0x03, 0x81,
		0x8d, 0x00, 0x30, 0x81, 0x89, 0x02, 0x81, 0x81, 0x00};
	static const uint8_t tail[] = {0x02, 0x03, 0x01, 0x00, 0x01};
	unsigned char room[BR_RSA_KBUF_PUB_SIZE(1024)];
	br_hmac_drbg_context drbg;
	br_rsa_public_key public;

	if (peer_key.made)
		return;
	br_hmac_drbg_init(&drbg, &br_sha256_vtable, "chan_peer", 9);
	if (!br_rsa_i31_keygen(&drbg.vtable, &peer_key.private,
			       peer_key.private_room, &public, room, 1024,
			       65537) ||
	    public.nlen != 128)
		abort();
	memcpy(peer_key.der, head, sizeof(head));
	memcpy(peer_key.der + sizeof(head), public.n, 128);
	memcpy(peer_key.der + sizeof(head) + 128, tail, sizeof(tail));
	peer_key.made = true;
}

const uint8_t *chan_peer_key(void)
{
	peer_key_make();
	return peer_key.der;
}

int chan_peer_decrypt(const uint8_t ticket[128], char text[128])
{
	size_t n = 128;

	peer_key_make();
	memcpy(text, ticket, n);
	if (!br_rsa_i31_oaep_decrypt(&br_sha1_vtable, NULL, 0,
				     &peer_key.private, text, &n))
		return -1;
	return (int)n;
}

/* ---- what happened, as one number ---- */

static void print_add(uint64_t *print, const void *bytes, size_t n)
{
	const uint8_t *p = bytes;

	while (n--)
		*print = (*print ^ *p++) * 0x100000001b3u;
}

static void print_word(struct chan_peer *p, uint64_t word)
{
	print_add(&p->print, &word, sizeof(word));
}

/* ---- the world: memory, entropy, log ---- */

static int peer_entropy(void *ctx, void *buf, size_t bytes)
{
	struct chan_peer *p = ctx;
	size_t i;

	for (i = 0; i < bytes; i++)
		((uint8_t *)buf)[i] = (uint8_t)(i * 7);
	return p->entropy_rc;
}

static void peer_log(void *ctx, const char *line)
{
	struct chan_peer *p = ctx;

	snprintf(p->log, sizeof(p->log), "%s", line);
}

static void peer_yield(void *ctx)
{
	struct chan_peer *p = ctx;

	p->env.yields++;
	if (p->on_yield)
		p->on_yield(p);
}

/* ---- events ---- */

static void peer_open(void *ctx, unsigned int slot, bool secure)
{
	struct chan_peer *p = ctx;

	p->slot[slot].opens++;
	p->slot[slot].secure = secure;
	print_word(p, 100 + slot);
}

static void peer_close(void *ctx, unsigned int slot)
{
	struct chan_peer *p = ctx;

	p->slot[slot].closes++;
	print_word(p, 200 + slot);
}

static void peer_stage(void *ctx, const char *name, enum chan_stage stage)
{
	struct chan_peer *p = ctx;

	p->stages++;
	print_word(p, 300 + stage);
	print_add(&p->print, name, strlen(name));
}

static void peer_resized(void *ctx)
{
	struct chan_peer *p = ctx;

	p->resizes++;
	print_word(p, 400);
}

static void peer_dirty(void *ctx, const struct pix_rect *rect)
{
	struct chan_peer *p = ctx;

	if (p->dirts < PEER_RECTS)
		p->dirty[p->dirts] = *rect;
	p->dirts++;
	print_word(p, 500);
	print_add(&p->print, rect, sizeof(*rect));
}

static void peer_cursor(void *ctx)
{
	struct chan_peer *p = ctx;
	const struct chan_cursor *c = chan_session_cursor(p->s);

	p->cursors++;
	print_word(p, 600 + c->visible);
	print_word(p, (uint64_t)c->x << 32 | (uint32_t)c->y);
	if (c->argb)
		print_add(&p->print, c->argb,
			  sizeof(*c->argb) * c->width * c->height);
	if (c->invert)
		print_add(&p->print, c->invert,
			  (size_t)(c->width + 7) / 8 * c->height);
}

static void peer_mouse_mode(void *ctx, uint32_t mode)
{
	struct chan_peer *p = ctx;

	p->modes++;
	p->mouse_mode = mode;
	print_word(p, 700 + mode);
}

static void peer_locks(void *ctx, uint16_t locks)
{
	struct chan_peer *p = ctx;

	p->locked++;
	p->locks = locks;
	print_word(p, 800 + locks);
}

static void peer_moving(void *ctx, bool begins)
{
	struct chan_peer *p = ctx;

	p->moving = begins ? 1 : -1;
	print_word(p, 850 + begins);
}

static void peer_ended(void *ctx, const struct chan_error *error)
{
	struct chan_peer *p = ctx;

	p->ends++;
	p->error = *error;
	print_word(p, 900 + error->cause);
}

static const struct chan_session_events peer_events = {
	.open = peer_open,
	.close = peer_close,
	.stage = peer_stage,
	.resized = peer_resized,
	.dirty = peer_dirty,
	.cursor = peer_cursor,
	.mouse_mode = peer_mouse_mode,
	.locks = peer_locks,
	.moving = peer_moving,
	.ended = peer_ended,
};

/* ---- the fuzzer's seeds ---- */

static struct {
	size_t len;
	unsigned int count;
	uint8_t bytes[1 << 17];
} peer_corpus;

/*
 * Note one feed as a record of session.h: slot, u16 length, bytes; of a
 * whole message without its size.
 */
static void corpus_add(struct chan_peer *p, unsigned int slot,
		       const uint8_t *bytes, size_t n)
{
	unsigned int who = slot == p->main	? 0
			   : slot == p->display ? 1
			   : slot == p->inputs	? 2
						: 3;
	bool whole = n >= 6 && chan_peer_u32(bytes + 2) == n - 6;
	struct wire_writer w;

	if (!peer_corpus.len) {
		/* Two bytes of description: all channels are up, or none. */
		peer_corpus.bytes[0] = n >= 4 && !memcmp(bytes, "REDQ", 4);
		peer_corpus.bytes[1] = 0;
		peer_corpus.len = 2;
	}
	wire_writer_init(&w, peer_corpus.bytes, sizeof(peer_corpus.bytes));
	w.len = peer_corpus.len;
	wire_put_u8(&w, (uint8_t)(who | (p->lazy ? 4 : 0) | whole << 4));
	wire_put_u16(&w, (uint16_t)(whole ? n - 4 : n));
	wire_put(&w, bytes, whole ? 2 : 0);
	wire_put(&w, bytes + (whole ? 6 : 0), whole ? n - 6 : n);
	if (!w.bad && n < 65536)
		peer_corpus.len = w.len;
}

static void corpus_save(void)
{
	const char *dir = getenv("CHAN_PEER_CORPUS");
	char path[512];
	FILE *f;

	if (!dir || !peer_corpus.len)
		return;
	snprintf(path, sizeof(path), "%s/%s-%02u", dir,
		 program_invocation_short_name, peer_corpus.count++);
	f = fopen(path, "wb");
	if (f) {
		fwrite(peer_corpus.bytes, 1, peer_corpus.len, f);
		fclose(f);
	}
}

/* ---- the session's life ---- */

void chan_peer_start(struct chan_peer *p)
{
	struct chan_config config = {
		.password = p->password,
		.username = p->username,
		.host = "desk",
		.compression = p->compression,
		.tls = p->tls,
		.plain = p->plain_port,
		.secure = p->secure,
		.disabled = p->disabled,
		.session_id = p->session_id,
		.memory_bytes = p->memory_bytes ? p->memory_bytes : 1 << 19,
	};

	peer_corpus.len = 0;
	test_env_init(&p->env);
	if (p->limited)
		p->env.allocs_left = p->allocs;
	p->env.env.entropy = peer_entropy;
	p->env.env.log = peer_log;
	p->env.env.yield = peer_yield;
	p->print = 0xcbf29ce484222325u;
	p->display = p->inputs = p->cursor = CHAN_SLOTS;
	p->s = chan_session_new(&p->env.env, &config, &peer_events, p);
}

long chan_peer_end(struct chan_peer *p)
{
	const struct pixmap *pm = p->s ? chan_session_picture(p->s) : NULL;
	unsigned int i;
	uint32_t y;

	for (i = 0; i < CHAN_SLOTS; i++)
		print_word(p, p->slot[i].print);
	for (y = 0; pm && y < pm->height; y++)
		print_add(&p->print, pix_row(pm, y),
			  (size_t)pm->width * pix_bits(pm->format) / 8);
	if (p->way.how == PEER_WHOLE && !p->limited)
		corpus_save();
	chan_session_free(p->s);
	p->s = NULL;
	return p->env.live;
}

/* Collect what the client has to say. */
static void peer_collect(struct chan_peer *p)
{
	unsigned int i;

	for (i = 0; i < CHAN_SLOTS; i++) {
		struct chan_peer_slot *slot = &p->slot[i];
		const void *bytes;
		size_t n;

		bytes = chan_session_output(p->s, i, &n);
		if (n > sizeof(slot->out) - slot->out_len)
			abort();
		if (!n)
			continue;
		memcpy(slot->out + slot->out_len, bytes, n);
		print_add(&slot->print, bytes, n);
		slot->out_len += n;
		chan_session_sent(p->s, i, n);
	}
}

void chan_peer_work(struct chan_peer *p)
{
	if (!p->s)
		return;
	while (chan_session_work(p->s))
		;
	peer_collect(p);
}

/* Hand over some bytes, in memory of just that size. */
static void peer_input(struct chan_peer *p, unsigned int slot,
		       const uint8_t *bytes, size_t n)
{
	uint8_t *copy = malloc(n);

	if (n)
		memcpy(copy, bytes, n);
	chan_session_input(p->s, slot, copy, n);
	free(copy);
	if (!p->lazy)
		chan_peer_work(p);
}

void chan_peer_feed(struct chan_peer *p, unsigned int slot, const void *bytes,
		    size_t n)
{
	const uint8_t *b = bytes;
	size_t from = p->fed, at = p->way.at, i;

	if (!p->s || slot >= CHAN_SLOTS)
		return;
	if (p->plain) {
		peer_input(p, slot, b, n);
		return;
	}
	corpus_add(p, slot, b, n);
	p->fed += n;
	switch (p->way.how) {
	case PEER_WHOLE:
		peer_input(p, slot, b, n);
		break;
	case PEER_BYTES:
		for (i = 0; i < n; i++)
			peer_input(p, slot, b + i, 1);
		break;
	case PEER_SPLIT:
		at = at > from && at < p->fed ? at - from : 0;
		if (at)
			peer_input(p, slot, b, at);
		peer_input(p, slot, b + at, n - at);
		break;
	case PEER_CUT:
		if (at < from)
			return;
		if (at >= p->fed) {
			peer_input(p, slot, b, n);
			return;
		}
		peer_input(p, slot, b, at - from);
		chan_session_closed(p->s, slot, 0);
		chan_peer_work(p);
		break;
	}
}

/* ---- the link ---- */

size_t chan_peer_reply(uint8_t *buf, uint32_t error, uint32_t common,
		       uint32_t channel)
{
	static const uint8_t no_key[PEER_KEY_BYTES];
	struct wire_writer w;

	wire_writer_init(&w, buf, PEER_REPLY_BYTES);
	wire_put(&w, "REDQ", 4);
	wire_put_u32(&w, 2);
	wire_put_u32(&w, 2);
	wire_put_u32(&w, PEER_REPLY_BYTES - 16);
	wire_put_u32(&w, error);
	wire_put(&w, error ? no_key : chan_peer_key(), PEER_KEY_BYTES);
	wire_put_u32(&w, 1);
	wire_put_u32(&w, 1);
	wire_put_u32(&w, 178);
	wire_put_u32(&w, common);
	wire_put_u32(&w, channel);
	return w.len;
}

void chan_peer_link(struct chan_peer *p, unsigned int slot, uint32_t caps)
{
	uint8_t reply[PEER_REPLY_BYTES], ok[4] = {0};
	bool plain = p->plain;

	if (!p->s)
		return;
	p->plain = true;
	chan_session_opened(p->s, slot);
	chan_peer_feed(p, slot, reply,
		       chan_peer_reply(reply, 0, PEER_COMMON_CAPS, caps));
	p->slot[slot].out_len = 0;
	chan_peer_feed(p, slot, ok, sizeof(ok));
	p->plain = plain;
}

/* ---- messages ---- */

struct wire_writer *chan_peer_begin(struct chan_peer *p)
{
	wire_writer_init(&p->w, p->body, sizeof(p->body));
	return &p->w;
}

void chan_peer_message(struct chan_peer *p, unsigned int slot, uint16_t type,
		       const void *body, size_t n)
{
	uint8_t *buf = malloc(n + 6);
	struct wire_writer w;

	wire_writer_init(&w, buf, n + 6);
	wire_put_u16(&w, type);
	wire_put_u32(&w, (uint32_t)n);
	wire_put(&w, body, n);
	chan_peer_feed(p, slot, buf, n + 6);
	free(buf);
}

void chan_peer_send(struct chan_peer *p, unsigned int slot, uint16_t type)
{
	if (p->w.bad)
		abort();
	chan_peer_message(p, slot, type, p->w.base, p->w.len);
}

void chan_peer_up(struct chan_peer *p, const char *channels)
{
	struct wire_writer *w;
	unsigned int i, n;

	p->plain = true;
	chan_peer_link(p, 0, 0x0f);
	w = chan_peer_begin(p);
	wire_put_u32(w, PEER_SESSION_ID);
	wire_put_u32(w, 1);
	wire_put_u32(w, SPICE_MOUSE_MODE_SERVER | SPICE_MOUSE_MODE_CLIENT);
	wire_put_u32(w, SPICE_MOUSE_MODE_SERVER);
	for (i = 0; i < 4; i++)
		wire_put_u32(w, 0);
	chan_peer_send(p, 0, SPICE_MSG_MAIN_INIT);

	w = chan_peer_begin(p);
	wire_put_u32(w, (uint32_t)strlen(channels));
	for (i = 0; channels[i]; i++) {
		unsigned int *slot = channels[i] == 'd'	  ? &p->display
				     : channels[i] == 'i' ? &p->inputs
							  : &p->cursor;
		uint8_t type = channels[i] == 'd'   ? SPICE_CHANNEL_DISPLAY
			       : channels[i] == 'i' ? SPICE_CHANNEL_INPUTS
						    : SPICE_CHANNEL_CURSOR;
		uint8_t id = 0;

		for (n = 0; n < i; n++)
			id += channels[n] == channels[i];
		if (!id)
			*slot = i + 1;
		wire_put_u8(w, type);
		wire_put_u8(w, id);
	}
	chan_peer_send(p, 0, SPICE_MSG_MAIN_CHANNELS_LIST);
	for (i = 0; channels[i]; i++)
		chan_peer_link(p, i + 1, channels[i] == 'd' ? 0x1052 : 1);
	p->plain = false;
}

uint32_t chan_peer_u32(const uint8_t *p)
{
	return p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24;
}

struct chan_peer_sent chan_peer_take(struct chan_peer *p, unsigned int i)
{
	struct chan_peer_slot *slot = &p->slot[i];
	struct chan_peer_sent sent = {0};

	if (p->s)
		peer_collect(p);
	if (slot->out_len < 6)
		return sent;
	sent.type = (uint16_t)(slot->out[0] | slot->out[1] << 8);
	sent.size = chan_peer_u32(slot->out + 2);
	if (sent.size > sizeof(sent.body) || sent.size > slot->out_len - 6)
		return sent;
	sent.there = true;
	memcpy(sent.body, slot->out + 6, sent.size);
	slot->out_len -= sent.size + 6;
	memmove(slot->out, slot->out + 6 + sent.size, slot->out_len);
	return sent;
}

/* ---- every way ---- */

static struct chan_peer way_peer;

/* Run @script once; returns whether all memory was given back. */
static bool way_run(const struct chan_peer *base,
		    void (*script)(struct chan_peer *p),
		    struct chan_peer_way way)
{
	way_peer = *base;
	way_peer.way = way;
	script(&way_peer);
	return chan_peer_end(&way_peer) == 0;
}

static bool way_short(enum chan_cause cause)
{
	return cause == CHAN_MEMORY || cause == CHAN_SCREEN_MEMORY;
}

/* Every allocation fails in turn; the session must end for that reason. */
static const char *way_memory(const struct chan_peer *base,
			      void (*script)(struct chan_peer *p),
			      uint64_t print)
{
	static char why[120];
	struct chan_peer limited = *base;
	struct chan_peer_way whole = {PEER_WHOLE, 0};

	limited.limited = true;
	for (limited.allocs = 0;; limited.allocs++) {
		if (!way_run(&limited, script, whole))
			return "memory was lost after a failed allocation";
		if (way_peer.env.allocs_left) {
			return way_peer.print == print ? NULL
						       : "not the same again";
		}
		/* The last one may have been the last that was needed. */
		if (way_peer.print == print)
			continue;
		if (limited.allocs &&
		    (way_peer.ends != 1 || !way_short(way_peer.error.cause))) {
			snprintf(why, sizeof(why),
				 "allocation %ld fails: ends %u, cause %d",
				 limited.allocs, way_peer.ends,
				 way_peer.error.cause);
			return why;
		}
	}
}

const char *chan_peer_every_way(const struct chan_peer *base,
				void (*script)(struct chan_peer *p))
{
	static char why[120];
	struct chan_peer_way way = {PEER_WHOLE, 0};
	size_t total;
	uint64_t print;

	if (!way_run(base, script, way))
		return "memory was lost";
	total = way_peer.fed;
	print = way_peer.print;

	way.how = PEER_BYTES;
	if (!way_run(base, script, way) || way_peer.print != print)
		return "byte by byte it is not the same";
	way.how = PEER_SPLIT;
	for (way.at = 1; way.at < total; way.at++) {
		if (way_run(base, script, way) && way_peer.print == print)
			continue;
		snprintf(why, sizeof(why), "split at %zu it is not the same",
			 way.at);
		return why;
	}
	way.how = PEER_CUT;
	for (way.at = 0; way.at < total; way.at++) {
		if (way_run(base, script, way) && way_peer.ends == 1)
			continue;
		snprintf(why, sizeof(why),
			 "cut at %zu: ended %u times, live %ld", way.at,
			 way_peer.ends, way_peer.env.live);
		return why;
	}
	return way_memory(base, script, print);
}
