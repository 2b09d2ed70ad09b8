/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The fuzzers' way into a session: hostile servers. What the targets of whole
 * sessions, of the link and of each channel have in common.
 *
 * An input is two bytes of description and a list of records:
 *
 *	0	flags: 1 the link of main comes first, over the same records,
 *		16 that of display, where main is up; else all four channels
 *		are up; 2 allocations fail after byte 1 so many; 4 random bytes
 *		come late, 8 not at all, 12 never; 32 the connection, too;
 *		64 there is a second display; 128 an old server (channels have
 *		no capabilities) and another owner: much memory, a user's name,
 *		no log
 *	1	see there; else 1 there is a TLS port, 2 no plain one, 4 display
 *		over TLS or not at all, 8 client mouse mode, 16 server's, both
 *		one that waits at another host, 32 the compression is the
 *		line's to choose, 64 the server's clock is known, 128 no cursor
 *		channel
 *
 *	record	u8 slot (0 to 3: main, display, inputs, cursor; 128: 4 to 7:
 *		the second display, and others) | 4: nothing
 *		is handled after it | 8: the next record comes in the middle of
 *		long work, if there is any | kind << 4; u16 length; bytes
 *
 * Kinds: 0 bytes of the stream; 1 a message, u16 type and body; 2 keys and
 * mouse; 3 the connection is closed; 4 time passes, a tenth of a second for
 * each byte, or in steps of a second as many as its only byte says; 5 the
 * connection is there; 6 the owner does something; 7 zeros of the stream, u16
 * times 16 of them. Memory is a budget of a few surfaces of the size of a
 * thumbnail. What is out of bounds, lost or undefined is the sanitizers' to
 * find; that the session ends at most once and gives back its memory is checked
 * here.
 */
#ifndef TEST_FUZZ_SESSION_H
#define TEST_FUZZ_SESSION_H

#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spice/chan/chan.h"

#define BUDGET_BYTES (768u << 10)

enum {
	LINK_FIRST = 1,
	FEW_ALLOCATIONS = 2,
	ENTROPY_LATE = 4,
	ENTROPY_NEVER = 8,
	LINK_OF_DISPLAY = 16,
	CONNECT_LATE = 32,
	TWO_DISPLAYS = 64,
	OTHERS = 128
};
#define ANY_SLOT (-1)

enum {
	WITH_TLS = 1,
	NO_PLAIN = 2,
	SECURE_DISPLAY = 4,
	MOUSE_CLIENT = 8,
	MOUSE_SERVER = 16,
	BY_LINE = 32,
	CLOCK = 64,
	NO_CURSOR = 128
};
#define WAITS (MOUSE_CLIENT | MOUSE_SERVER)
enum { LAZY = 4, IN_YIELD = 8 };
enum { STREAM, MESSAGE, INPUT, CLOSED, TIME, OPENED, OWNER, ZEROS };
#define MOST_TICKS 64

struct fuzz {
	int only;      /* the slot that records are for, or ANY_SLOT */
	uint8_t flags; /* of the input */
	const uint8_t *p, *end;
	struct chan_session *s;
	size_t used;
	long live, allocs_left;
	unsigned int ended, opened;
	bool closed[CHAN_SLOTS]; /* the port knows of no such connection */
	bool wanted[CHAN_SLOTS]; /* it was asked for one, and has none yet */
	bool in_yield;		 /* the next record is for the next yield */
	bool yielding;
	uint64_t now;
	volatile uint32_t sum; /* all that may be looked at is looked at */
};

static void *fuzz_alloc(void *ctx, size_t bytes)
{
	struct fuzz *f = ctx;
	void *mem;

	if (bytes > BUDGET_BYTES - f->used || !f->allocs_left)
		return NULL;
	if (f->allocs_left > 0)
		f->allocs_left--;
	mem = malloc(bytes ? bytes : 1);
	f->used += malloc_usable_size(mem);
	f->live++;
	return mem;
}

static void fuzz_free(void *ctx, void *mem)
{
	struct fuzz *f = ctx;

	if (!mem)
		return;
	f->used -= malloc_usable_size(mem);
	f->live--;
	free(mem);
}

static int fuzz_entropy(void *ctx, void *buf, size_t bytes)
{
	struct fuzz *f = ctx;

	if (f->flags & ENTROPY_NEVER)
		return f->flags & ENTROPY_LATE ? -EAGAIN : -EIO;
	if (f->flags & ENTROPY_LATE) {
		f->flags &= (uint8_t)~ENTROPY_LATE;
		return -EAGAIN;
	}
	memset(buf, 7, bytes);
	return 0;
}

static void fuzz_log(void *ctx, const char *line)
{
	struct fuzz *f = ctx;

	f->sum += (uint32_t)strlen(line);
}

/* ---- events ---- */

static void fuzz_open(void *ctx, unsigned int slot, bool secure)
{
	struct fuzz *f = ctx;

	f->opened |= 1u << slot;
	f->closed[slot] = false;
	f->wanted[slot] = true;
}

static void fuzz_close(void *ctx, unsigned int slot)
{
	struct fuzz *f = ctx;

	f->closed[slot] = true;
	f->wanted[slot] = false;
}

static void fuzz_stage(void *ctx, const char *name, enum chan_stage stage)
{
}

static void fuzz_resized(void *ctx)
{
}

static void fuzz_look(struct fuzz *f, const struct pix_rect *rect)
{
	const struct pixmap *pm = chan_session_picture(f->s);
	int32_t y;

	if (!pm || rect->left < 0 || rect->top < 0 ||
	    rect->left >= rect->right || rect->top >= rect->bottom ||
	    rect->right > (int32_t)pm->width ||
	    rect->bottom > (int32_t)pm->height)
		abort();
	for (y = rect->top; y < rect->bottom; y++)
		f->sum += pix_row(pm, (uint32_t)y)[(uint32_t)(rect->right - 1) *
						   pix_bits(pm->format) / 8];
}

/* All that an owner may ask a session. */
static void fuzz_ask(struct fuzz *f)
{
	unsigned int i;

	f->sum += (uint32_t)strlen(chan_session_name(f->s));
	f->sum += !!chan_session_destination(f->s);
	f->sum += chan_session_mouse_mode(f->s) + chan_session_marked(f->s);
	f->sum += chan_session_counts(f->s)->clipped;
	for (i = 0; i < CHAN_SLOTS; i++)
		f->sum += (uint32_t)chan_session_backlog(f->s, i);
}

static void fuzz_dirty(void *ctx, const struct pix_rect *rect)
{
	fuzz_look(ctx, rect);
}

static void fuzz_cursor(void *ctx)
{
	struct fuzz *f = ctx;
	const struct chan_cursor *c = chan_session_cursor(f->s);
	size_t i, n = (size_t)c->width * c->height;

	for (i = 0; c->argb && i < n; i++)
		f->sum += c->argb[i];
	n = (size_t)(c->width + 7) / 8 * c->height;
	for (i = 0; c->invert && i < n; i++)
		f->sum += c->invert[i];
	if (c->argb && (c->hot_x >= c->width || c->hot_y >= c->height))
		abort();
}

static void fuzz_mouse_mode(void *ctx, uint32_t mode)
{
}

static void fuzz_locks(void *ctx, uint16_t locks)
{
}

/* There is a way to every other host. */
static void fuzz_moving(void *ctx, bool begins)
{
	struct fuzz *f = ctx;

	f->sum += chan_session_id(f->s);
	if (begins)
		chan_session_moving(
			f->s, chan_session_destination(f->s)->host[0] & 1);
}

static void fuzz_ended(void *ctx, const struct chan_error *error)
{
	struct fuzz *f = ctx;
	char text[200];

	if (f->ended++)
		abort();
	chan_error_sentence(error, "server", text, 4);
	f->sum += (uint32_t)strlen(text);
	chan_error_sentence(error, "server", text, sizeof(text));
	f->sum += (uint32_t)strlen(text);
}

static const struct chan_session_events fuzz_events = {
	.open = fuzz_open,
	.close = fuzz_close,
	.stage = fuzz_stage,
	.resized = fuzz_resized,
	.dirty = fuzz_dirty,
	.cursor = fuzz_cursor,
	.mouse_mode = fuzz_mouse_mode,
	.locks = fuzz_locks,
	.moving = fuzz_moving,
	.ended = fuzz_ended,
};

/* ---- records ---- */

/* Send what waits, some of it. */
static void fuzz_output(struct fuzz *f)
{
	unsigned int i;

	for (i = 0; i < CHAN_SLOTS; i++) {
		const uint8_t *bytes;
		size_t n, k;

		bytes = chan_session_output(f->s, i, &n);
		for (k = 0; k < n; k++)
			f->sum += bytes[k];
		/* Nobody can have sent more than there is: not counted. */
		chan_session_sent(f->s, i, n & 1 ? n + 1 : n - n / 3);
	}
}

static void fuzz_opened(struct fuzz *f, unsigned int slot)
{
	if (!f->wanted[slot])
		return;
	f->wanted[slot] = false;
	chan_session_opened(f->s, slot);
}

/* Bytes in memory of just their size; who was asked for connects first. */
static void fuzz_feed(struct fuzz *f, unsigned int slot, const uint8_t *bytes,
		      size_t n)
{
	uint8_t *copy = malloc(n ? n : 1);

	memcpy(copy, bytes, n);
	if (!(f->flags & CONNECT_LATE))
		fuzz_opened(f, slot);
	if (!f->closed[slot])
		chan_session_input(f->s, slot, copy, n);
	free(copy);
}

static void fuzz_zeros(struct fuzz *f, unsigned int slot, const uint8_t *bytes,
		       size_t n)
{
	static const uint8_t zeros[16];
	size_t i, times = n < 2 ? 0 : bytes[0] | (size_t)bytes[1] << 8;

	for (i = 0; i < times; i++)
		fuzz_feed(f, slot, zeros, sizeof(zeros));
}

static void fuzz_message(struct fuzz *f, unsigned int slot,
			 const uint8_t *bytes, size_t n)
{
	uint8_t head[6];

	if (n < 2)
		return;
	head[0] = bytes[0];
	head[1] = bytes[1];
	n -= 2;
	head[2] = (uint8_t)n;
	head[3] = (uint8_t)(n >> 8);
	head[4] = head[5] = 0;
	fuzz_feed(f, slot, head, 6);
	fuzz_feed(f, slot, bytes + 2, n);
}

static void fuzz_input(struct fuzz *f, const uint8_t *bytes, size_t n)
{
	for (; n >= 4; bytes += 4, n -= 4) {
		int32_t x = (int8_t)bytes[1], y = (int8_t)bytes[2];
		bool press = bytes[0] & 8;

		switch (bytes[0] & 7) {
		case 0:
			chan_session_key(f->s, (uint32_t)x, press);
			break;
		case 1:
			chan_session_motion(f->s, x * (1 << 24), y * (1 << 24));
			break;
		case 2:
			chan_session_position(f->s, bytes[1], bytes[2]);
			break;
		case 3:
			chan_session_button(f->s, bytes[1], press);
			break;
		default:
			chan_session_locks(f->s, bytes[1]);
			break;
		}
	}
}

static void fuzz_time(struct fuzz *f, size_t n)
{
	unsigned int i, ticks = n == 1 ? f->p[0] % MOST_TICKS : 0;

	f->now += n * 100000;
	chan_session_tick(f->s, f->now);
	for (i = 0; i < ticks; i++) {
		f->now += 1000000;
		chan_session_tick(f->s, f->now);
	}
}

static void fuzz_owner(struct fuzz *f, unsigned int slot, uint8_t what)
{
	static const struct chan_error refused = {.cause = CHAN_NO_CONNECTION,
						  .rc = -ECONNREFUSED};
	static const struct chan_error told = {.cause = CHAN_NO_CONNECTION,
					       .rc = -EACCES,
					       .sentence = "%s by %t refused",
					       .text = "a proxy"};
	uint64_t due_us;

	switch (what & 7) {
	case 0:
		if ((f->opened & 1u << slot) && !f->closed[slot])
			chan_session_reopen(f->s, slot);
		break;
	case 1:
		chan_session_refused(f->s, slot, &refused);
		break;
	case 2:
		chan_session_next(f->s);
		break;
	case 4:
		chan_session_take_over(f->s, 512 << 10);
		break;
	case 5:
		chan_session_refused(f->s, slot, &told);
		break;
	default:
		due_us = chan_session_due(f->s);
		if (due_us != UINT64_MAX && due_us > f->now)
			f->now = due_us;
		chan_session_tick(f->s, f->now);
		break;
	}
}

static void fuzz_record(struct fuzz *f)
{
	unsigned int slot, kind;
	uint8_t op;
	size_t n;

	op = f->p[0];
	n = f->p[1] | (size_t)f->p[2] << 8;
	f->p += 3;
	n = n < (size_t)(f->end - f->p) ? n : (size_t)(f->end - f->p);
	slot = ((op & 3u) | (op >> 7) << 2) % CHAN_SLOTS;
	if (f->only != ANY_SLOT)
		slot = (unsigned int)f->only;
	kind = op >> 4 & 7;

	switch (kind) {
	case MESSAGE:
		fuzz_message(f, slot, f->p, n);
		break;
	case INPUT:
		fuzz_input(f, f->p, n);
		break;
	case CLOSED:
		if ((f->opened & 1u << slot) && !f->closed[slot]) {
			f->closed[slot] = true;
			chan_session_closed(f->s, slot,
					    n & 1 ? -ECONNRESET : 0);
		}
		break;
	case TIME:
		fuzz_time(f, n);
		break;
	case OPENED:
		fuzz_opened(f, slot);
		break;
	case OWNER:
		if (n && !f->yielding)
			fuzz_owner(f, slot, f->p[0]);
		break;
	case ZEROS:
		fuzz_zeros(f, slot, f->p, n);
		break;
	default:
		fuzz_feed(f, slot, f->p, n);
		break;
	}
	f->p += n;
	f->in_yield = op & IN_YIELD;
	if (!(op & LAZY) && !f->in_yield)
		while (chan_session_work(f->s))
			;
	fuzz_output(f);
	fuzz_ask(f);
}

/* In the middle of long work: a record, if one is meant for here. */
static void fuzz_yield(void *ctx)
{
	struct fuzz *f = ctx;

	if (f->in_yield && f->end - f->p >= 3) {
		f->yielding = true;
		fuzz_record(f);
		f->yielding = false;
	}
	if (chan_session_work(f->s))
		abort();
}

/* ---- one input ---- */

/* Bring @kind's channel @id up without its link. */
static void fuzz_up(struct fuzz *f, const struct chan_kind *kind, uint8_t id)
{
	struct chan *c;

	if (kind != &chan_main_kind)
		chan_open(f->s, kind, id);
	for (c = f->s->chan; c->kind != kind || c->id != id; c++)
		;
	c->caps = f->flags & OTHERS ? 0 : 0xffff;
	chan_enter(c, CHAN_UP);
	f->wanted[c->slot] = false;
	if (kind->up(c))
		chan_fail(c, CHAN_MEMORY, -ENOMEM, 1);
}

static void fuzz_begin(struct fuzz *f, const struct spice_env *env,
		       uint8_t more)
{
	struct chan_config config = {
		.password = "password",
		.compression = more & BY_LINE ? CHAN_COMPRESSION_AUTO
					      : SPICE_IMAGE_COMPRESSION_LZ,
		.username = f->flags & OTHERS ? "user" : NULL,
		.host = "server",
		.memory_bytes = f->flags & OTHERS ? 1u << 30 : 512 << 10,
		.tls = more & WITH_TLS,
		.plain = !(more & NO_PLAIN),
		.secure = more & SECURE_DISPLAY ? 1u << SPICE_CHANNEL_DISPLAY
						: 0,
		.disabled = more & NO_CURSOR ? 1u << SPICE_CHANNEL_CURSOR : 0,
		.session_id = (more & WAITS) == WAITS ? 7 : 0,
	};

	f->s = chan_session_new(env, &config, &fuzz_events, f);
	if (!f->s)
		return;
	if (f->flags & LINK_FIRST) {
		if (!(f->flags & CONNECT_LATE))
			fuzz_opened(f, 0);
		return;
	}
	fuzz_up(f, &chan_main_kind, 0);
	if (f->flags & LINK_OF_DISPLAY) {
		chan_open(f->s, &chan_display_kind, 0);
		if (!(f->flags & CONNECT_LATE))
			fuzz_opened(f, 1);
		return;
	}
	fuzz_up(f, &chan_display_kind, 0);
	fuzz_up(f, &chan_inputs_kind, 0);
	fuzz_up(f, &chan_cursor_kind, 0);
	if (f->flags & TWO_DISPLAYS)
		fuzz_up(f, &chan_display_kind, 1);
	chan_session_tick(f->s, 1);
	f->s->mouse_mode = more & MOUSE_CLIENT	 ? SPICE_MOUSE_MODE_CLIENT
			   : more & MOUSE_SERVER ? SPICE_MOUSE_MODE_SERVER
						 : f->s->mouse_mode;
	if (more & CLOCK)
		chan_clock_set(f->s, 1);
}

/* An input; @only: the slot that its records are for, or ANY_SLOT. */
static int fuzz_session(const uint8_t *data, size_t size, int only)
{
	struct fuzz f = {.allocs_left = -1, .only = only};
	struct spice_env env = {.ctx = &f,
				.alloc = fuzz_alloc,
				.free = fuzz_free,
				.yield = fuzz_yield,
				.log = fuzz_log,
				.entropy = fuzz_entropy};

	if (size < 2)
		return 0;
	f.flags = data[0];
	if (f.flags & FEW_ALLOCATIONS)
		f.allocs_left = data[1];
	if (f.flags & OTHERS)
		env.log = NULL;
	f.p = data + 2;
	f.end = data + size;
	fuzz_begin(&f, &env, f.flags & FEW_ALLOCATIONS ? 0 : data[1]);
	while (f.s && f.end - f.p >= 3)
		fuzz_record(&f);
	if (f.s)
		while (chan_session_work(f.s))
			;
	chan_session_free(f.s);
	if (f.live || f.used)
		abort();
	return 0;
}

/* libFuzzer's name for what each target defines. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
