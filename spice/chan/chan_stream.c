/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Video streams: MJPEG frames, shown in time on the surface that they belong
 * to.
 *
 * A frame says when it is to be shown, on the server's clock (MM_TIME). One
 * that comes early waits; of those that are due only the newest is shown, and
 * one that comes late is shown at once unless a newer one has come behind it.
 * A frame that is left out still leaves its tables to the decoder.
 *
 * Frames are decoded straight into the surface where they are neither scaled
 * nor clipped. Scaling is DRAW_COPY's, to the nearest pixel, as the reference
 * client does it.
 *
 * Leaves out: every codec but MJPEG, which we alone advertise.
 *
 * Bound: STREAM_MAX streams a display, each with a decoder; of waiting frames
 * STREAM_WAIT_MAX a stream, and a STREAM_SHARE of memory_bytes. A frame is as
 * large as the stream said at its creation (or itself, with DATA_SIZED), never
 * more than PIX_MAX_BYTES.
 */
#include <string.h>

#include "spice/chan/chan_display.h"
#include "spice/codec/codec_jpeg.h"

/* The server has at most 50 at a time, numbered below 64. */
#define STREAM_MAX 64

/*
 * This is a policy decision: servers let a client's clock run 0.4 s late and
 * say so when they change that. What is to be shown later than this, or more
 * than so many frames ahead, is shown at once: the clocks do not agree.
 */
#define STREAM_AHEAD_MS 2000
#define STREAM_WAIT_MAX 60
#define STREAM_SHARE	16

/* So many frames too late in a row are reported at once. */
#define STREAM_LATE_ROW 3

/* One frame: of a message, or waiting with its bytes behind it. */
struct stream_frame {
	struct stream_frame *next;
	uint32_t time; /* ms on the server's clock */
	uint32_t width, height;
	struct pix_rect dest;
	const uint8_t *data;
	size_t len;
	uint8_t own[];
};

/* What the server wants to hear from time to time. */
struct stream_report {
	bool active;
	uint32_t unique, most, timeout_ms;
	uint32_t frames, late, late_row;
	uint32_t first_time, since_ms; /* of the first frame; its coming */
};

struct chan_stream {
	struct chan_stream *next;
	uint32_t id, surface;
	bool bottom_up, said;
	uint32_t width, height;
	struct pix_rect dest;
	struct draw_clip clip;
	struct pix_rect *rects; /* clip's */
	struct codec_jpeg_decoder *jpeg;
	struct stream_frame *first, **last;
	unsigned int waiting;
	size_t waiting_bytes;
	struct stream_report report;
};

/* ---- the clock ---- */

void chan_clock_set(struct chan_session *s, uint32_t ms)
{
	s->clock.known = true;
	s->clock.ms = ms;
	s->clock.at_us = s->now_us;
}

/* In steps of less than an hour: there is no division of 64 bits here. */
void chan_clock_tick(struct chan_session *s)
{
	struct chan_clock *clock = &s->clock;
	uint64_t step_us = s->now_us - clock->at_us;
	uint32_t ms;

	if (step_us > UINT32_MAX)
		step_us = 0;
	ms = (uint32_t)step_us / 1000;
	clock->ms += ms;
	clock->at_us = step_us ? clock->at_us + ms * 1000ull : s->now_us;
}

/* ms until @time; less than 0: it is over. */
static int32_t stream_ahead(const struct chan_session *s, uint32_t time)
{
	int32_t ahead = (int32_t)(time - s->clock.ms);

	return s->clock.known && ahead <= STREAM_AHEAD_MS ? ahead : 0;
}

/* ---- streams ---- */

static struct chan_stream *stream_find(struct chan *c, uint32_t id)
{
	struct chan_stream *st = c->display->streams;

	while (st && st->id != id)
		st = st->next;
	return st;
}

/* Take the first waiting frame, which is the caller's to free. */
static struct stream_frame *stream_pop(struct chan_stream *st)
{
	struct stream_frame *frame = st->first;

	st->first = frame->next;
	if (!st->first)
		st->last = &st->first;
	st->waiting--;
	st->waiting_bytes -= frame->len;
	return frame;
}

/* Leave out the first @n waiting frames. */
static void stream_drop(struct chan *c, struct chan_stream *st, unsigned int n)
{
	const struct spice_env *env = c->s->env;

	while (n--) {
		struct stream_frame *frame = stream_pop(st);

		codec_jpeg_skip(st->jpeg, frame->data, frame->len);
		env->free(env->ctx, frame);
		c->s->counts.frames_dropped++;
	}
}

static void stream_free(struct chan *c, struct chan_stream **link)
{
	const struct spice_env *env = c->s->env;
	struct chan_stream *st = *link;

	*link = st->next;
	stream_drop(c, st, st->waiting);
	codec_jpeg_free(st->jpeg);
	env->free(env->ctx, st->rects);
	env->free(env->ctx, st);
}

void chan_stream_forget(struct chan *c, uint32_t surface)
{
	struct chan_stream **link = &c->display->streams;

	while (*link)
		if (surface == DISPLAY_SURFACES || (*link)->surface == surface)
			stream_free(c, link);
		else
			link = &(*link)->next;
}

/* Does @op cover @dest? Clipped it is the stream's own picture, box for box. */
static bool stream_covers(const struct draw_op *op, const struct pix_rect *dest)
{
	const struct pix_rect *box = &op->box;

	if (!op->clip.all)
		return !memcmp(box, dest, sizeof(*box));
	return box->left <= dest->left && box->top <= dest->top &&
	       box->right >= dest->right && box->bottom >= dest->bottom;
}

void chan_stream_covered(struct chan *c, const struct draw_op *op)
{
	struct chan_stream *st;

	for (st = c->display->streams; st; st = st->next)
		if (op->dst == chan_surface(c, st->surface) &&
		    stream_covers(op, &st->dest))
			stream_drop(c, st, st->waiting);
}

/* Tell the server how it went; @ahead_ms: of the last frame, when it came. */
static int stream_report(struct chan *c, uint32_t id,
			 const struct stream_report *report, uint32_t last_time,
			 int32_t ahead_ms)
{
	uint8_t body[32];
	struct wire_writer w;

	if (!(c->caps & 1u << SPICE_DISPLAY_CAP_STREAM_REPORT))
		return 0;
	wire_writer_init(&w, body, sizeof(body));
	wire_put_u32(&w, id);
	wire_put_u32(&w, report->unique);
	wire_put_u32(&w, report->first_time);
	wire_put_u32(&w, last_time);
	wire_put_u32(&w, report->frames);
	wire_put_u32(&w, report->late);
	wire_put_u32(&w, (uint32_t)ahead_ms);
	wire_put_u32(&w, UINT32_MAX); /* there is no sound to wait for */
	c->s->counts.reports++;
	return chan_send(c, SPICE_MSGC_DISPLAY_STREAM_REPORT, body, w.len);
}

/* Count a frame that has come; report when it is time. */
static int stream_count(struct chan *c, struct chan_stream *st, uint32_t time,
			int32_t ahead_ms)
{
	struct stream_report *r = &st->report;
	int rc;

	if (!r->active)
		return 0;
	if (!r->frames++) {
		r->first_time = time;
		r->since_ms = c->s->clock.ms;
	}
	r->late += ahead_ms < 0;
	r->late_row = ahead_ms < 0 ? r->late_row + 1 : 0;
	if (r->frames < r->most && r->late_row < STREAM_LATE_ROW &&
	    c->s->clock.ms - r->since_ms < r->timeout_ms)
		return 0;
	rc = stream_report(c, st->id, r, time, ahead_ms);
	r->frames = r->late = r->late_row = 0;
	return rc;
}

/* ---- frames ---- */

/* Decode @frame and put it where it belongs. 0, -EINVAL, -ENOMEM. */
static int stream_paint(struct chan *c, struct chan_stream *st,
			const struct stream_frame *frame, struct draw_op *op)
{
	const struct spice_env *env = c->s->env;
	const struct draw_row *copy = draw_find(SPICE_MSG_DISPLAY_DRAW_COPY);
	struct pixmap own = {0}, into, *to;
	int rc = 0;

	op->env = env;
	op->box = frame->dest;
	op->clip = st->clip;
	op->rop = SPICE_ROPD_OP_PUT;
	op->scale = SPICE_IMAGE_SCALE_MODE_NEAREST;
	op->src_area.right = (int32_t)frame->width;
	op->src_area.bottom = (int32_t)frame->height;
	to = chan_draw_into(op, &into);
	if (!to) {
		rc = pix_alloc(env, &own, SPICE_SURFACE_FMT_32_xRGB,
			       frame->width, frame->height);
		to = &own;
	}
	if (!rc)
		rc = codec_jpeg_decode(st->jpeg, frame->data, frame->len, to,
				       st->bottom_up, false);
	op->src = to;
	if (!rc && to == &own && !pix_rect_empty(op->box))
		rc = copy->paint(op);
	c->s->counts.frames_straight += !rc && to == &into;
	pix_free(env, &own);
	return rc;
}

/* Show @frame now; a damaged one is left out. Returns 0 or -ENOMEM. */
static int stream_show(struct chan *c, struct chan_stream *st,
		       const struct stream_frame *frame)
{
	struct chan_counts *counts = &c->s->counts;
	struct draw_op op = {0};
	uint32_t width, height;
	int rc;

	op.dst = chan_surface(c, st->surface);
	rc = codec_jpeg_size(frame->data, frame->len, &width, &height);
	if (!rc && (width != frame->width || height != frame->height))
		rc = -EINVAL;
	if (!rc)
		rc = op.dst ? stream_paint(c, st, frame, &op) : -EINVAL;
	if (rc == -ENOMEM)
		return rc;
	if (rc) {
		counts->frames_bad++;
		if (!st->said)
			chan_log(c->s, "display: a video frame is damaged");
		st->said = true;
		return 0;
	}
	counts->frames++;
	if (frame->dest.right - (int64_t)frame->dest.left != width ||
	    frame->dest.bottom - (int64_t)frame->dest.top != height)
		counts->frames_scaled++;
	chan_draw_dirty(c, &op);
	return 0;
}

/* Has a newer frame of stream @id come, which waits to be handled? */
static bool stream_newer(const struct chan *c, uint32_t id)
{
	const struct chan_message *m;
	struct wire_reader r;

	/* The first is the one that is being handled. */
	for (m = c->first ? c->first->next : NULL; m; m = m->next) {
		if (m->type != SPICE_MSG_DISPLAY_STREAM_DATA &&
		    m->type != SPICE_MSG_DISPLAY_STREAM_DATA_SIZED)
			continue;
		wire_reader_init(&r, m->body, m->size);
		if (wire_u32(&r) == id && !r.bad)
			return true;
	}
	return false;
}

/* Let @frame wait; false where there is no room for it. */
static bool stream_wait(struct chan *c, struct chan_stream *st,
			const struct stream_frame *frame)
{
	const struct spice_env *env = c->s->env;
	struct stream_frame *kept;

	if (st->waiting == STREAM_WAIT_MAX ||
	    st->waiting_bytes + frame->len >
		    c->s->memory_bytes / STREAM_SHARE /
			    chan_has(c->s, &chan_display_kind))
		return false;
	kept = env->alloc(env->ctx, sizeof(*kept) + frame->len);
	if (!kept)
		return false;
	*kept = *frame;
	memcpy(kept->own, frame->data, frame->len);
	kept->data = kept->own;
	*st->last = kept;
	st->last = &kept->next;
	st->waiting++;
	st->waiting_bytes += frame->len;
	return true;
}

/* A frame has come. */
static int stream_frame(struct chan *c, struct chan_stream *st,
			const struct stream_frame *frame)
{
	struct chan_counts *counts = &c->s->counts;
	int32_t ahead_ms = stream_ahead(c->s, frame->time);
	int rc = stream_count(c, st, frame->time, ahead_ms);

	if (rc)
		return rc;
	if (ahead_ms > 0 && stream_wait(c, st, frame))
		return 0;
	/* What still waits is older. */
	stream_drop(c, st, st->waiting);
	counts->frames_late += ahead_ms < 0;
	if (ahead_ms < 0 && stream_newer(c, st->id)) {
		codec_jpeg_skip(st->jpeg, frame->data, frame->len);
		counts->frames_dropped++;
		return 0;
	}
	return stream_show(c, st, frame);
}

/* How many of the waiting frames are due? */
static unsigned int stream_due(const struct chan_session *s,
			       const struct chan_stream *st)
{
	const struct stream_frame *frame;
	unsigned int n = 0, i = 0;

	for (frame = st->first; frame; frame = frame->next) {
		i++;
		if (stream_ahead(s, frame->time) <= 0)
			n = i;
	}
	return n;
}

/* Show the newest frame of @st that is due. Returns whether there was one. */
static bool stream_work(struct chan *c, struct chan_stream *st)
{
	const struct spice_env *env = c->s->env;
	unsigned int due = stream_due(c->s, st);
	struct stream_frame *frame;
	int rc;

	if (!due)
		return false;
	stream_drop(c, st, due - 1);
	frame = stream_pop(st);
	rc = stream_show(c, st, frame);
	env->free(env->ctx, frame);
	if (rc)
		chan_send_fail(c, rc);
	return true;
}

bool chan_stream_work(struct chan_session *s)
{
	struct chan_stream *st;
	unsigned int i;

	for (i = 0; i < CHAN_SLOTS; i++) {
		struct chan *c = &s->chan[i];

		if (!c->display || chan_stopped(c))
			continue;
		for (st = c->display->streams; st; st = st->next)
			if (stream_work(c, st))
				return true;
	}
	return false;
}

uint64_t chan_session_due(const struct chan_session *s)
{
	const struct chan_stream *st;
	uint64_t due_us = UINT64_MAX;
	unsigned int i;

	for (i = 0; i < CHAN_SLOTS; i++) {
		st = s->chan[i].display ? s->chan[i].display->streams : NULL;
		for (; st; st = st->next) {
			int32_t ahead_ms;
			uint64_t at_us = s->clock.at_us;

			if (!st->first)
				continue;
			ahead_ms = stream_ahead(s, st->first->time);
			if (ahead_ms > 0)
				at_us += (uint32_t)ahead_ms * 1000ull;
			if (at_us < due_us)
				due_us = at_us;
		}
	}
	return due_us;
}

/* ---- messages ---- */

static int stream_create(struct chan *c, uint32_t id, struct wire_reader *r)
{
	const struct spice_env *env = c->s->env;
	static const struct stream_report cannot = {.late = UINT32_MAX};
	uint32_t surface = id;
	struct chan_stream *st, **link = &c->display->streams;
	uint8_t flags, codec;

	/* Of all stream messages this one begins with something else. */
	id = wire_u32(r);
	flags = wire_u8(r);
	codec = wire_u8(r);
	if (id >= STREAM_MAX)
		return -EPROTO;
	while (*link && (*link)->id != id)
		link = &(*link)->next;
	if (*link)
		stream_free(c, link);
	if (codec != SPICE_VIDEO_CODEC_TYPE_MJPEG) {
		chan_log(c->s, "display: video codec %u is not known here",
			 codec);
		return stream_report(c, id, &cannot, 0, 0);
	}
	st = env->alloc(env->ctx, sizeof(*st));
	if (!st)
		return -ENOMEM;
	memset(st, 0, sizeof(*st));
	st->last = &st->first;
	st->next = c->display->streams;
	c->display->streams = st;
	st->id = id;
	st->surface = surface;
	st->bottom_up = !(flags & SPICE_STREAM_FLAGS_TOP_DOWN);
	wire_u64(r); /* a stamp of old */
	st->width = wire_u32(r);
	st->height = wire_u32(r);
	wire_u64(r); /* the size of what the server made it from */
	st->dest = chan_rect_read(r);
	st->jpeg = codec_jpeg_new(env);
	if (!st->jpeg)
		return -ENOMEM;
	c->s->counts.streams++;
	return chan_clip_read(c, r, &st->clip, &st->rects);
}

static int stream_data(struct chan *c, struct chan_stream *st, bool sized,
		       struct wire_reader *r)
{
	struct stream_frame frame = {0};

	frame.time = wire_u32(r);
	frame.width = sized ? wire_u32(r) : st->width;
	frame.height = sized ? wire_u32(r) : st->height;
	frame.dest = sized ? chan_rect_read(r) : st->dest;
	frame.len = wire_u32(r);
	frame.data = wire_bytes(r, frame.len);
	return frame.data ? stream_frame(c, st, &frame) : -EPROTO;
}

static int stream_clip(struct chan *c, struct chan_stream *st,
		       struct wire_reader *r)
{
	c->s->env->free(c->s->env->ctx, st->rects);
	return chan_clip_read(c, r, &st->clip, &st->rects);
}

static int stream_activate(struct chan_stream *st, struct wire_reader *r)
{
	memset(&st->report, 0, sizeof(st->report));
	st->report.active = true;
	st->report.unique = wire_u32(r);
	st->report.most = wire_u32(r);
	st->report.timeout_ms = wire_u32(r);
	return 0;
}

int chan_stream(struct chan *c, uint16_t type, struct wire_reader *r)
{
	struct chan_stream *st, **link = &c->display->streams;
	uint32_t id;

	if (type == SPICE_MSG_DISPLAY_STREAM_DESTROY_ALL) {
		chan_stream_forget(c, DISPLAY_SURFACES);
		return 0;
	}
	id = wire_u32(r);
	if (type == SPICE_MSG_DISPLAY_STREAM_CREATE)
		return stream_create(c, id, r);
	st = stream_find(c, id);
	if (!st)
		return 0; /* of a codec that we do not know */
	switch (type) {
	case SPICE_MSG_DISPLAY_STREAM_CLIP:
		return stream_clip(c, st, r);
	case SPICE_MSG_DISPLAY_STREAM_ACTIVATE_REPORT:
		return stream_activate(st, r);
	case SPICE_MSG_DISPLAY_STREAM_DESTROY:
		while (*link != st)
			link = &(*link)->next;
		stream_free(c, link);
		return 0;
	default:
		return stream_data(
			c, st, type == SPICE_MSG_DISPLAY_STREAM_DATA_SIZED, r);
	}
}

const uint32_t chan_stream_caps = 1u << SPICE_DISPLAY_CAP_SIZED_STREAM |
				  1u << SPICE_DISPLAY_CAP_STREAM_REPORT |
				  1u << SPICE_DISPLAY_CAP_CODEC_MJPEG;
