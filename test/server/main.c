/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * spice-test-server: draws a scene for whoever connects. README.md here says
 * how it is used.
 *
 * Exit: 0 after quit, the end of standard input or SIGTERM; 1 when it cannot
 * serve, 2 for a command line it does not understand.
 */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "test/server/server.h"

struct options {
	int port, tls_port;
	const char *x509; /* folder of certificates and key */
	const char *plain_channel, *secure_channel;
	const char *scene;
	const char *password;
	int compression;
	int wan;
	int video;
	const char *second; /* scene of a second display, or NULL */
	bool draw_first;
};

struct word {
	const char *name;
	int value;
};

static const struct word compressions[] = {
	{"off", SPICE_IMAGE_COMPRESSION_OFF},
	{"auto_glz", SPICE_IMAGE_COMPRESSION_AUTO_GLZ},
	{"auto_lz", SPICE_IMAGE_COMPRESSION_AUTO_LZ},
	{"quic", SPICE_IMAGE_COMPRESSION_QUIC},
	{"glz", SPICE_IMAGE_COMPRESSION_GLZ},
	{"lz", SPICE_IMAGE_COMPRESSION_LZ},
	{"lz4", SPICE_IMAGE_COMPRESSION_LZ4},
	{NULL, 0},
};

static const struct word wans[] = {
	{"auto", SPICE_WAN_COMPRESSION_AUTO},
	{"always", SPICE_WAN_COMPRESSION_ALWAYS},
	{"never", SPICE_WAN_COMPRESSION_NEVER},
	{NULL, 0},
};

static const struct word videos[] = {
	{"off", SPICE_STREAM_VIDEO_OFF},
	{"all", SPICE_STREAM_VIDEO_ALL},
	{"filter", SPICE_STREAM_VIDEO_FILTER},
	{NULL, 0},
};

static const struct word formats[] = {
	{"xrgb", SPICE_SURFACE_FMT_32_xRGB},
	{"argb", SPICE_SURFACE_FMT_32_ARGB},
	{"555", SPICE_SURFACE_FMT_16_555},
	{NULL, 0},
};

static const char usage_text[] =
	"usage: spice-test-server --port N --scene NAME [options]\n"
	"  --truth FILE        write the drawn canvas there (PPM)\n"
	"  --compression NAME  off lz glz quic auto_lz auto_glz lz4\n"
	"  --wan NAME          JPEG and ZLIB_GLZ: never (default) auto always\n"
	"  --streaming NAME    videos: off (default) all filter\n"
	"  --second NAME       a second display, with this scene\n"
	"  --tls-port N --x509 DIR  TLS as well, with QEMU's file names\n"
	"  --plain-channel NAME, --secure-channel NAME  only so\n"
	"  --password TEXT     ask for this ticket\n"
	"  --size WxH          of the screen (default 800x600)\n"
	"  --format NAME       of the screen: xrgb (default) argb 555\n"
	"  --tablet            offer CLIENT mouse mode\n"
	"  --draw-first        draw before a client has come\n"
	"  --list              print the scenes\n";

static void usage(void)
{
	fputs(usage_text, stderr);
	exit(2);
}

static int word_value(const struct word *words, const char *name)
{
	for (; words->name; words++) {
		if (!strcmp(words->name, name))
			return words->value;
	}
	fprintf(stderr, "spice-test-server: unknown word %s\n", name);
	exit(2);
}

static void parse(int argc, char **argv, struct options *o, struct server *s)
{
	static const struct option longs[] = {
		{"port", 1, NULL, 'p'},
		{"scene", 1, NULL, 's'},
		{"truth", 1, NULL, 't'},
		{"compression", 1, NULL, 'c'},
		{"wan", 1, NULL, 'w'},
		{"password", 1, NULL, 'P'},
		{"size", 1, NULL, 'z'},
		{"format", 1, NULL, 'F'},
		{"tablet", 0, NULL, 'T'},
		{"draw-first", 0, NULL, 'f'},
		{"list", 0, NULL, 'l'},
		{"streaming", 1, NULL, 'S'},
		{"second", 1, NULL, '2'},
		{"tls-port", 1, NULL, 'L'},
		{"x509", 1, NULL, 'x'},
		{"plain-channel", 1, NULL, 'n'},
		{"secure-channel", 1, NULL, 'e'},
		{NULL, 0, NULL, 0},
	};
	int c;

	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (c == 'p')
			o->port = atoi(optarg);
		else if (c == 's')
			o->scene = optarg;
		else if (c == 't')
			s->truth = optarg;
		else if (c == 'c')
			o->compression = word_value(compressions, optarg);
		else if (c == 'w')
			o->wan = word_value(wans, optarg);
		else if (c == 'S')
			o->video = word_value(videos, optarg);
		else if (c == '2')
			o->second = optarg;
		else if (c == 'L')
			o->tls_port = atoi(optarg);
		else if (c == 'x')
			o->x509 = optarg;
		else if (c == 'n')
			o->plain_channel = optarg;
		else if (c == 'e')
			o->secure_channel = optarg;
		else if (c == 'P')
			o->password = optarg;
		else if (c == 'z' && sscanf(optarg, "%dx%d", &s->w, &s->h) == 2)
			continue;
		else if (c == 'F')
			s->format = word_value(formats, optarg);
		else if (c == 'T')
			s->tablet = true;
		else if (c == 'f')
			o->draw_first = true;
		else if (c == 'l')
			scene_list();
		else
			usage();
		if (c == 'l')
			exit(0);
	}
}

/* --- commands on standard input --- */

static void do_scene(struct server *s, const char *arg)
{
	const struct scene *scene = scene_find(arg);

	if (scene)
		scene_draw(s, scene);
	else
		printf("error no scene %s\n", arg);
}

static void do_resize(struct server *s, const char *arg)
{
	int w, h;

	if (sscanf(arg, "%d %d", &w, &h) != 2 || w < 16 || h < 16) {
		printf("error resize W H\n");
		return;
	}
	qxl_resize(s, w, h);
	printf("resized %d %d\n", w, h);
}

static void do_tablet(struct server *s, const char *arg)
{
	input_tablet(s, !strcmp(arg, "on"));
}

static void do_leds(struct server *s, const char *arg)
{
	input_leds(atoi(arg));
}

static void do_password(struct server *s, const char *arg)
{
	spice_server_set_ticket(s->spice, arg, 0, 0, 0);
}

/* Quirk: the library closes sessions only as a side effect of a new ticket. */
static void do_kick(struct server *s, const char *arg)
{
	spice_server_set_ticket(s->spice, "kicked", 0, 0, 1);
	spice_server_set_noauth(s->spice);
	printf("kicked\n");
}

static void do_name(struct server *s, const char *arg)
{
	spice_server_set_name(s->spice, arg);
}

static void do_quit(struct server *s, const char *arg)
{
	loop_quit();
}

static const struct verb {
	const char *name;
	void (*run)(struct server *s, const char *arg);
} verbs[] = {
	{"scene", do_scene}, {"resize", do_resize},	{"tablet", do_tablet},
	{"leds", do_leds},   {"password", do_password}, {"kick", do_kick},
	{"name", do_name},   {"quit", do_quit},
};

static void run_line(struct server *s, char *line)
{
	char *arg = strchr(line, ' ');
	size_t i;

	if (arg)
		*arg++ = 0;
	for (i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (!strcmp(verbs[i].name, line)) {
			verbs[i].run(s, arg ? arg : "");
			return;
		}
	}
	printf("error no command %s\n", line);
}

static void on_stdin(int fd, int event, void *opaque)
{
	static char line[1024];
	static size_t have;
	ssize_t n = read(fd, line + have, sizeof(line) - 1 - have);
	char *end;

	if (n <= 0) {
		loop_quit();
		return;
	}
	have += n;
	line[have] = 0;
	while ((end = strchr(line, '\n'))) {
		*end = 0;
		run_line(opaque, line);
		have -= end + 1 - line;
		memmove(line, end + 1, have + 1);
	}
	if (have == sizeof(line) - 1)
		have = 0;
}

/* --- a client has come, or gone --- */

static const struct scene *first_scene, *second_scene;

static bool is_present(struct server *s)
{
	bool present;

	pthread_mutex_lock(&s->lock);
	present = s->present;
	pthread_mutex_unlock(&s->lock);
	return present;
}

static void on_client(int fd, int event, void *opaque)
{
	struct server *s = opaque;
	uint64_t count;
	bool present;

	if (read(fd, &count, sizeof(count)) < 0)
		return;
	present = is_present(s);
	printf("client %s\n", present ? "here" : "gone");
	if (present && first_scene) {
		const struct scene *scene = first_scene;

		first_scene = NULL;
		scene_draw(s, scene);
	}
}

/* The same of the second display; nobody is told. */
static void on_second(int fd, int event, void *opaque)
{
	struct server *s = opaque;
	uint64_t count;

	if (read(fd, &count, sizeof(count)) > 0 && is_present(s) &&
	    second_scene) {
		scene_draw(s, second_scene);
		second_scene = NULL;
	}
}

static void on_signal(int fd, int event, void *opaque)
{
	loop_quit();
}

/* --- start --- */

/* TLS with the files of QEMU's x509-dir. */
static void start_tls(struct server *s, const struct options *o)
{
	char ca[256], cert[256], key[256];

	snprintf(ca, sizeof(ca), "%s/ca-cert.pem", o->x509);
	snprintf(cert, sizeof(cert), "%s/server-cert.pem", o->x509);
	snprintf(key, sizeof(key), "%s/server-key.pem", o->x509);
	if (spice_server_set_tls(s->spice, o->tls_port, ca, cert, key, NULL,
				 NULL, NULL)) {
		fprintf(stderr, "spice-test-server: no TLS\n");
		exit(1);
	}
}

static void start_spice(struct server *s, const struct options *o)
{
	s->spice = spice_server_new();
	spice_server_set_addr(s->spice, "127.0.0.1", SPICE_ADDR_FLAG_IPV4_ONLY);
	spice_server_set_port(s->spice, o->port);
	if (o->tls_port && o->x509)
		start_tls(s, o);
	if (o->plain_channel)
		spice_server_set_channel_security(s->spice, o->plain_channel,
						  SPICE_CHANNEL_SECURITY_NONE);
	if (o->secure_channel)
		spice_server_set_channel_security(s->spice, o->secure_channel,
						  SPICE_CHANNEL_SECURITY_SSL);
	if (o->password)
		spice_server_set_ticket(s->spice, o->password, 0, 0, 0);
	else
		spice_server_set_noauth(s->spice);
	spice_server_set_image_compression(s->spice, o->compression);
	spice_server_set_jpeg_compression(s->spice, o->wan);
	spice_server_set_zlib_glz_compression(s->spice, o->wan);
	spice_server_set_streaming_video(s->spice, o->video);
	spice_server_set_name(s->spice, "test server");
	if (spice_server_init(s->spice, &loop_core)) {
		fprintf(stderr, "spice-test-server: cannot listen\n");
		exit(1);
	}
}

static void watch_all(struct server *s)
{
	sigset_t set;

	/* The library writes to clients that have gone. */
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	loop_watch(signalfd(-1, &set, SFD_CLOEXEC), on_signal, s);
	s->event_fd = eventfd(0, EFD_CLOEXEC);
	loop_watch(s->event_fd, on_client, s);
	loop_watch(STDIN_FILENO, on_stdin, s);
}

/* A second display beside @s, half as wide; its truth is in FILE.2. */
static void start_second(const struct server *s, const char *scene)
{
	static struct server second;
	static char truth[4096];

	second_scene = scene_find(scene);
	if (!second_scene) {
		fprintf(stderr, "spice-test-server: no scene %s\n", scene);
		exit(2);
	}
	second.spice = s->spice;
	second.id = 1;
	second.w = s->w / 2;
	second.h = s->h;
	second.format = s->format;
	if (s->truth) {
		snprintf(truth, sizeof(truth), "%s.2", s->truth);
		second.truth = truth;
	}
	pthread_mutex_init(&second.lock, NULL);
	second.event_fd = eventfd(0, EFD_CLOEXEC);
	loop_watch(second.event_fd, on_second, &second);
	qxl_start(&second);
}

int main(int argc, char **argv)
{
	static struct server s = {
		.w = 800, .h = 600, .format = SPICE_SURFACE_FMT_32_xRGB};
	struct options o = {.compression = SPICE_IMAGE_COMPRESSION_LZ,
			    .wan = SPICE_WAN_COMPRESSION_NEVER,
			    .video = SPICE_STREAM_VIDEO_OFF};

	setvbuf(stdout, NULL, _IOLBF, 0);
	parse(argc, argv, &o, &s);
	if (!o.port || !o.scene || s.w < 16 || s.h < 16)
		usage();
	first_scene = scene_find(o.scene);
	if (!first_scene) {
		fprintf(stderr, "spice-test-server: no scene %s\n", o.scene);
		return 2;
	}
	s.lossy = o.wan != SPICE_WAN_COMPRESSION_NEVER &&
		  o.compression == SPICE_IMAGE_COMPRESSION_QUIC;
	pthread_mutex_init(&s.lock, NULL);
	watch_all(&s);
	start_spice(&s, &o);
	qxl_start(&s);
	if (o.second)
		start_second(&s, o.second);
	input_start(&s);
	if (o.draw_first) {
		scene_draw(&s, first_scene);
		first_scene = NULL;
	}
	printf("listening %d\n", o.port);
	loop_run();
	spice_server_destroy(s.spice);
	return 0;
}
