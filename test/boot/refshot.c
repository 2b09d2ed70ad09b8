/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The reference client without a window: spice-gtk's library joins a session,
 * draws along until the marker is on its screen, and saves what it shows.
 *
 *	refshot PORT RRGGBB FILE	the marker's colour; FILE becomes a PPM
 *
 * The exit status is 0 when it was saved. It waits for WAIT_S seconds.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <spice-client.h>

#define MARKER_PX 8
#define WAIT_S	  15

static struct {
	const uint8_t *pixels; /* 32 bits each, NULL before there is a screen */
	int width, height, stride;
	uint32_t marker;
	const char *path;
	GMainLoop *loop;
	int status;
} shot = {.status = 1};

/* Is the upper left corner the marker? */
static int marker_shown(void)
{
	uint32_t pixel;

	if (!shot.pixels || shot.width < MARKER_PX || shot.height < MARKER_PX)
		return 0;
	for (int y = 0; y < MARKER_PX; y++) {
		for (int x = 0; x < MARKER_PX; x++) {
			memcpy(&pixel, shot.pixels + y * shot.stride + x * 4,
			       4);
			if ((pixel & 0xffffff) != shot.marker)
				return 0;
		}
	}
	return 1;
}

/* Write the screen. 0, or 1 when that fails. */
static int save(void)
{
	FILE *f = fopen(shot.path, "wb");
	const uint8_t *p;

	if (!f)
		return 1;
	fprintf(f, "P6\n%d %d\n255\n", shot.width, shot.height);
	for (int y = 0; y < shot.height; y++) {
		p = shot.pixels + y * shot.stride;
		for (int x = 0; x < shot.width; x++, p += 4) {
			fputc(p[2], f);
			fputc(p[1], f);
			fputc(p[0], f);
		}
	}
	return fclose(f) != 0;
}

static void on_create(SpiceChannel *channel, int format, int width, int height,
		      int stride, int shmid, void *pixels, void *data)
{
	/* The marker on a screen of 16 bits looks otherwise: none comes. */
	shot.pixels = format == SPICE_SURFACE_FMT_16_555 ? NULL : pixels;
	shot.width = width;
	shot.height = height;
	shot.stride = stride;
}

static void on_destroy(SpiceChannel *channel, void *data)
{
	shot.pixels = NULL;
}

static void on_invalidate(SpiceChannel *channel, int x, int y, int width,
			  int height, void *data)
{
	if (!marker_shown())
		return;
	shot.status = save();
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

static gboolean on_timeout(void *data)
{
	fprintf(stderr, "refshot: no marker\n");
	g_main_loop_quit(shot.loop);
	return FALSE;
}

int main(int argc, char **argv)
{
	SpiceSession *session;

	if (argc != 4) {
		fprintf(stderr, "refshot PORT RRGGBB FILE\n");
		return 2;
	}
	shot.marker = (uint32_t)strtoul(argv[2], NULL, 16);
	shot.path = argv[3];
	shot.loop = g_main_loop_new(NULL, FALSE);
	session = spice_session_new();
	g_object_set(session, "host", "127.0.0.1", "port", argv[1], NULL);
	g_signal_connect(session, "channel-new", G_CALLBACK(on_channel), NULL);
	g_timeout_add_seconds(WAIT_S, on_timeout, NULL);
	if (!spice_session_connect(session))
		return 1;
	g_main_loop_run(shot.loop);
	return shot.status;
}
