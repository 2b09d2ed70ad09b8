/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Scenes that move: one place of the screen gets a new picture 25 times a
 * second, so that the server (--streaming all) takes it for a video. They are
 * not listed, for each takes seconds.
 *
 * The last picture's frame stays for a second, then the server sends the
 * picture itself. "video-..." end in the middle of that second (the frame is
 * what is on the screen), "ended-..." after it.
 */
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "test/server/draw.h"

#define VIDEO_FRAMES   45 /* it is one after 20 */
#define VIDEO_PAUSE_US 40000
#define VIDEO_LAST_US  600000
#define VIDEO_OVER_US  2500000

struct video {
	struct source source; /* seed is the frame's number */
	QXLRect box;
	int frames; /* 0: VIDEO_FRAMES; else to the beat, however long one takes
		     */
	bool window; /* something is drawn over it again and again */
	bool grows;  /* it changes its size a little */
	bool odd;    /* its lowest row comes first */
	bool half;   /* of 16 bits */
	bool over;
};

#define FILM(W, H)                                                          \
	{                                                                   \
		.content = CONTENT_PHOTO, .format = SPICE_BITMAP_FMT_32BIT, \
		.w = (W), .h = (H)                                          \
	}
#define BOX(X, Y, W, H)                                       \
	{                                                     \
		.top = (Y), .left = (X), .bottom = (Y) + (H), \
		.right = (X) + (W)                            \
	}

static void frame(struct server *s, const struct video *v, int n)
{
	struct source source = v->source;
	QXLRect box = v->box;
	struct cmd *cmd;

	source.seed = 3 * n + 1;
	source.bottom_up = v->odd;
	if (v->half)
		source.format = SPICE_BITMAP_FMT_16BIT;
	/* Around what it was: the server goes on with the stream. */
	if (v->grows && n > VIDEO_FRAMES * 3 / 4) {
		source.w += 14;
		source.h += 6;
		box = rect(box.left - 4, box.top - 3, source.w, source.h);
	}
	cmd = cmd_copy(box, rect(0, 0, source.w, source.h), SPICE_ROPD_OP_PUT);
	cmd->drawable.u.copy.src_bitmap = image_source(cmd, &source);
	cmd->drawable.effect = QXL_EFFECT_OPAQUE; /* or it is none */
	qxl_push(s, cmd);
}

static uint64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* Until the next frame's time; a frame that took long takes nothing away. */
static void pause_to(uint64_t until_us)
{
	uint64_t now = now_us();

	if (now < until_us)
		usleep(until_us - now);
}

static void play(struct server *s, const struct video *v)
{
	int frames = v->frames ? v->frames : VIDEO_FRAMES, n;
	uint64_t start_us;

	backdrop(s);
	start_us = now_us();
	for (n = 0; n < frames; n++) {
		frame(s, v, n);
		if (v->window && n % 8 == 7)
			draw_fill(
				s,
				rect(v->box.left + 20, v->box.top + 30, 90, 50),
				0x203040 + n);
		if (v->frames)
			pause_to(start_us + (n + 1ull) * VIDEO_PAUSE_US);
		else
			usleep(VIDEO_PAUSE_US);
	}
	if (v->frames)
		printf("played %d frames in %d ms\n", frames,
		       (int)((now_us() - start_us) / 1000));
	usleep(v->over ? VIDEO_OVER_US : VIDEO_LAST_US);
}

static const struct video videos[] = {
	{.source = FILM(320, 240), .box = BOX(100, 60, 320, 240)},
	{.source = FILM(301, 203), .box = BOX(77, 33, 301, 203), .odd = true},
	{.source = FILM(160, 120), .box = BOX(50, 40, 500, 333)},
	{.source = FILM(400, 300), .box = BOX(50, 40, 213, 177)},
	{.source = FILM(320, 240),
	 .box = BOX(100, 60, 320, 240),
	 .window = true},
	{.source = FILM(320, 240),
	 .box = BOX(100, 60, 320, 240),
	 .grows = true},
	{.source = FILM(320, 240), .box = BOX(100, 60, 320, 240), .half = true},
	{.source = FILM(320, 240), .box = BOX(100, 60, 320, 240), .over = true},
	{.source = FILM(320, 240),
	 .box = BOX(100, 60, 320, 240),
	 .window = true,
	 .over = true},
	{.source = FILM(320, 240),
	 .box = BOX(100, 60, 320, 240),
	 .frames = 100,
	 .over = true},
	{.source = FILM(640, 480),
	 .box = BOX(100, 60, 640, 480),
	 .frames = 100,
	 .over = true},
};

#define VIDEO(name, i)                     \
	static void name(struct server *s) \
	{                                  \
		play(s, &videos[i]);       \
	}

VIDEO(plain, 0)
VIDEO(odd, 1)
VIDEO(larger, 2)
VIDEO(smaller, 3)
VIDEO(under, 4)
VIDEO(grows, 5)
VIDEO(half, 6)
VIDEO(ended, 7)
VIDEO(ended_under, 8)
VIDEO(at_25, 9)
VIDEO(large_at_25, 10)

const struct scene scenes_video[] = {
	{"video", plain, "a place that changes 25 times a second", false},
	{"video-odd", odd, "the same, of odd sides, bottom row first", false},
	{"video-larger", larger, "scaled up", false},
	{"video-smaller", smaller, "scaled down", false},
	{"video-under", under, "with something drawn over it", false},
	{"video-grows", grows, "changing its size", false},
	{"video-16", half, "of 16 bits", false},
	{"ended", ended, "one that is over", false},
	{"video-25", at_25, "four seconds at 25 a second, over", false},
	{"video-25-large", large_at_25, "the same of 640 x 480", false},
	{"ended-under", ended_under, "one that is over, with something on it",
	 false},
	{NULL, NULL, NULL, false},
};
