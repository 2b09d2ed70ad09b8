/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The reference client without a window: spice-gtk's library joins a session,
 * draws along until the marker is on its screen, and saves what it shows.
 *
 *	refshot PORT RRGGBB FILE	the marker's colour; FILE becomes a PPM
 *	refshot PORT N			tells the sum of the picture at each of
 *					the test server's first N markers
 *
 * The exit status is 0 when it was saved, or all N came. It waits for WAIT_S
 * seconds, for each.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <spice-client.h>

#include "test/sha256.h"

#define MARKER_PX 8
#define WAIT_S	  15

static struct {
	const uint8_t *pixels; /* 32 bits each, NULL before there is a screen */
	int width, height, stride;
	uint32_t marker;
	const char *path; /* NULL: sums of markers are told */
	uint32_t seen, wanted;
	guint timer;
	int wide; /* bits of a pixel */
	GMainLoop *loop;
	int status;
} shot = {.status = 1};

/* Five bits as eight. */
static uint32_t widened(uint32_t v)
{
	v &= 31;
	return v << 3 | v >> 2;
}

/* Pixel @x of row @y as 0xRRGGBB. */
static uint32_t pixel_at(int x, int y)
{
	const uint8_t *p = shot.pixels + y * shot.stride + x * shot.wide / 8;
	uint32_t v;

	if (shot.wide == 32)
		return p[0] | p[1] << 8 | p[2] << 16;
	v = p[0] | p[1] << 8;
	return widened(v >> 10) << 16 | widened(v >> 5) << 8 | widened(v);
}

/* Is the upper left corner the marker? */
static int marker_shown(void)
{
	if (!shot.pixels || shot.width < MARKER_PX || shot.height < MARKER_PX)
		return 0;
	for (int y = 0; y < MARKER_PX; y++) {
		for (int x = 0; x < MARKER_PX; x++) {
			if (pixel_at(x, y) != shot.marker)
				return 0;
		}
	}
	return 1;
}

/* The screen as R, G, B of 8 bits each; freed by the caller. */
static uint8_t *screen_rgb(void)
{
	uint8_t *rgb = g_malloc((gsize)shot.width * shot.height * 3);
	uint8_t *out = rgb;

	for (int y = 0; y < shot.height; y++) {
		for (int x = 0; x < shot.width; x++) {
			uint32_t p = pixel_at(x, y);

			*out++ = p >> 16;
			*out++ = p >> 8;
			*out++ = p;
		}
	}
	return rgb;
}

/* Write the screen. 0, or 1 when that fails. */
static int save(void)
{
	FILE *f = fopen(shot.path, "wb");
	uint8_t *rgb;

	if (!f)
		return 1;
	rgb = screen_rgb();
	fprintf(f, "P6\n%d %d\n255\n", shot.width, shot.height);
	fwrite(rgb, 3, (size_t)shot.width * shot.height, f);
	g_free(rgb);
	return fclose(f) != 0;
}

/* The colour of marker number shot.seen; test/server/README.md. */
static void next_marker(void)
{
	uint32_t green = shot.wide == 32 ? shot.seen % 255
					 : widened(shot.seen % 31);

	shot.marker = 0xff00ff | green << 8;
}

/* Tell the sum. True: it was the last. */
static int tell(void)
{
	uint8_t *rgb = screen_rgb();
	char hex[65];

	sha256_hex(rgb, (size_t)shot.width * shot.height * 3, hex);
	g_free(rgb);
	printf("marker %u %s\n", ++shot.seen, hex);
	fflush(stdout);
	next_marker();
	return shot.seen == shot.wanted;
}

static void on_create(SpiceChannel *channel, int format, int width, int height,
		      int stride, int shmid, void *pixels, void *data)
{
	shot.pixels = pixels;
	shot.wide = format == SPICE_SURFACE_FMT_16_555 ? 16 : 32;
	shot.width = width;
	shot.height = height;
	shot.stride = stride;
	if (!shot.path)
		next_marker();
}

static void on_destroy(SpiceChannel *channel, void *data)
{
	shot.pixels = NULL;
}

static gboolean on_timeout(void *data)
{
	fprintf(stderr, "refshot: no marker\n");
	g_main_loop_quit(shot.loop);
	return FALSE;
}

static void wait_for_marker(void)
{
	if (shot.timer)
		g_source_remove(shot.timer);
	shot.timer = g_timeout_add_seconds(WAIT_S, on_timeout, NULL);
}

static void on_invalidate(SpiceChannel *channel, int x, int y, int width,
			  int height, void *data)
{
	if (!marker_shown())
		return;
	if (!shot.path && !tell()) {
		wait_for_marker();
		return;
	}
	shot.status = shot.path ? save() : 0;
	g_main_loop_quit(shot.loop);
}

static void on_channel(SpiceSession *session, SpiceChannel *channel, void *data)
{
	if (SPICE_IS_DISPLAY_CHANNEL(channel)) {
		g_signal_connect(channel, "display-primary-create",
				 G_CALLBACK(on_create), NULL);
		g_signal_connect(channel, "display-primary-destroy",
				 G_CALLBACK(on_destroy), NULL);
		g_signal_connect(channel, "display-invalidate",
				 G_CALLBACK(on_invalidate), NULL);
	}
	if (SPICE_IS_DISPLAY_CHANNEL(channel) || SPICE_IS_MAIN_CHANNEL(channel))
		spice_channel_connect(channel);
}

int main(int argc, char **argv)
{
	SpiceSession *session;

	if (argc != 4 && argc != 3) {
		fprintf(stderr, "refshot PORT RRGGBB FILE | PORT N\n");
		return 2;
	}
	if (argc == 4) {
		shot.marker = (uint32_t)strtoul(argv[2], NULL, 16);
		shot.path = argv[3];
	} else {
		shot.wanted = (uint32_t)strtoul(argv[2], NULL, 10);
	}
	shot.loop = g_main_loop_new(NULL, FALSE);
	session = spice_session_new();
	g_object_set(session, "host", "127.0.0.1", "port", argv[1], NULL);
	g_signal_connect(session, "channel-new", G_CALLBACK(on_channel), NULL);
	wait_for_marker();
	if (!spice_session_connect(session))
		return 1;
	g_main_loop_run(shot.loop);
	return shot.status;
}
