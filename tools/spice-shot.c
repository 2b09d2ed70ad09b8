/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * spice-shot: connect to a SPICE server, draw along for a while, save the
 * picture. The same client as in the firmware, over POSIX sockets.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ipxe-glue/carrier.h"
#include "ipxe-glue/carrier_tls.h"
#include "ipxe-glue/option.h"
#include "ipxe-glue/source.h"
#include "ipxe-glue/vv.h"
#include "test/host/port_posix.h"
#include "test/sha256.h"

#define SHOT_CONNECT_MS 30000 /* no picture by then: give up */
#define SHOT_MARKER_PX	8

#define SHOT_SAID     24 /* more than option.c has rows */
#define SHOT_OPTIONS  16 /* our own */
#define SHOT_CA_BYTES (1 << 20)

struct shot {
	struct carrier carrier;
	struct target uri;
	struct source source;
	const char *file, *ca;
	const char *said[SHOT_SAID];
	unsigned int wait_ms;
	uint32_t marker; /* colour of the marker, with until_marker */
	bool until_marker, counts;
	unsigned int display;	    /* still to be passed over */
	unsigned int markers, seen; /* to wait for; that came */
	int rc;			    /* of the last one's picture */
	uint64_t first_us; /* when the first picture had come, 0: not yet */
	bool ended;
	struct chan_error error;
};

static void shot_usage(FILE *out)
{
	fprintf(out,
		"usage: spice-shot [OPTIONS] WHERE FILE.ppm\n"
		"\n"
		"WHERE is a URI (spice://HOST:PORT, spice+tls://HOST:PORT), a .vv "
		"file, or its\nURL (http://, tftp://). Connects, draws along, and "
		"saves the picture as FILE.ppm,\nN ms (default 1000) after the "
		"first one has come, or when the server ends the\nsession (which "
		"it says). Exit status 0 only when a picture was saved.\n"
		"\n"
		"  --password P       what the server asks for\n"
		"  --wait-ms N        how long to draw along\n"
		"  --until-marker HEX save once the top left pixel has this "
		"colour (RRGGBB)\n"
		"  --display N        show the N-th display or monitor, from 0\n"
		"  --markers N        tell the sum of the picture at each of N "
		"markers of\n                     the test server\n"
		"                     (on SIGUSR1, any time: saves, prints "
		"saved)\n"
		"  --memory-mb N      pretend to have so much memory\n"
		"  --ca FILE          the CA's certificates (PEM) that the "
		"server's must be signed by\n"
		"  --ca-sha256 HEX    the SHA-256 of that certificate, which may come "
		"from the\n                     server, then\n"
		"  --host-subject S   what the server's certificate must name, "
		"instead of its host\n"
		"  --secure-channels LIST, --disable-channels LIST\n"
		"                     over TLS or not at all; not at all\n"
		"  --proxy URL        http://[USER:PASSWORD@]HOST[:PORT] that "
		"all goes through\n"
		"  --username, --port, --tls-port, --compression, ...\n"
		"                     whatever a URI may say, and instead of it\n"
		"  --clock N          pretend that it is N seconds after 1970\n"
		"  --counts           print what was decoded and drawn, by kind\n"
		"  --verbose          print the log\n");
}

/* 8 bits of @v's @bits at @shift, the top ones repeated below. */
static uint8_t shot_part(uint32_t v, unsigned int shift, unsigned int bits)
{
	uint32_t part = v >> shift & ((1u << bits) - 1);

	return (uint8_t)(part << (8 - bits) | part >> (2 * bits - 8));
}

/* Pixel @x of @row in @format as R, G, B. */
static void shot_pixel(const uint8_t *row, uint32_t format, uint32_t x,
		       uint8_t rgb[3])
{
	uint32_t v;

	if (pix_bits(format) == 32) {
		rgb[0] = row[x * 4 + 2];
		rgb[1] = row[x * 4 + 1];
		rgb[2] = row[x * 4];
		return;
	}
	v = row[x * 2] | row[x * 2 + 1] << 8;
	if (format == SPICE_SURFACE_FMT_16_555) {
		rgb[0] = shot_part(v, 10, 5);
		rgb[1] = shot_part(v, 5, 5);
	} else {
		rgb[0] = shot_part(v, 11, 5);
		rgb[1] = shot_part(v, 5, 6);
	}
	rgb[2] = shot_part(v, 0, 5);
}

/*
 * The primary surface as R, G, B of 8 bits each; the caller frees it. NULL
 * without one, or without memory.
 */
static uint8_t *shot_rgb(const struct shot *shot, uint32_t *width,
			 uint32_t *height)
{
	const struct pixmap *pm = chan_session_picture(shot->carrier.session);
	uint8_t *rgb, *out;
	uint32_t x, y;

	if (!pm || (pix_bits(pm->format) != 32 && pix_bits(pm->format) != 16))
		return NULL;
	*width = pm->width;
	*height = pm->height;
	out = rgb = malloc((size_t)pm->width * pm->height * 3);
	if (!rgb)
		return NULL;
	for (y = 0; y < pm->height; y++)
		for (x = 0; x < pm->width; x++, out += 3)
			shot_pixel(pix_row(pm, y), pm->format, x, out);
	return rgb;
}

/* Write a picture to @f, which is closed; 0 or negative errno. */
static int shot_write(FILE *f, const uint8_t *rgb, uint32_t width,
		      uint32_t height)
{
	int rc = 0;

	if (fprintf(f, "P6\n%" PRIu32 " %" PRIu32 "\n255\n", width, height) <
		    0 ||
	    fwrite(rgb, 3, (size_t)width * height, f) != (size_t)width * height)
		rc = -errno;
	if (fclose(f) && !rc)
		rc = -errno;
	return rc;
}

/*
 * Write the primary surface; 0 or negative errno. Half a picture is none: a
 * file that could not be written to its end is removed, a device stays.
 */
static int shot_save(struct shot *shot)
{
	uint32_t width, height;
	uint8_t *rgb = shot_rgb(shot, &width, &height);
	struct stat was;
	FILE *f;
	int rc;

	if (!rgb)
		return -ENODATA;
	f = fopen(shot->file, "wb");
	rc = f ? shot_write(f, rgb, width, height) : -errno;
	if (f && rc && !stat(shot->file, &was) && S_ISREG(was.st_mode))
		remove(shot->file);
	free(rgb);
	return rc;
}

/* Is the marker there? */
static bool shot_marked(struct shot *shot)
{
	const struct pixmap *pm = chan_session_picture(shot->carrier.session);
	uint8_t rgb[3];

	if (!pm || pix_bits(pm->format) < 16)
		return false;
	shot_pixel(pm->data, pm->format, 0, rgb);
	return ((uint32_t)rgb[0] << 16 | rgb[1] << 8 | rgb[2]) == shot->marker;
}

/* Is the test server's next marker, test/server/README.md, all there? */
static bool shot_next_marker(const struct shot *shot)
{
	const struct pixmap *pm = chan_session_picture(shot->carrier.session);
	uint8_t rgb[3], green;
	uint32_t i;

	if (!pm || pix_bits(pm->format) < 16 || pm->width < SHOT_MARKER_PX ||
	    pm->height < SHOT_MARKER_PX)
		return false;
	green = pix_bits(pm->format) == 32 ? (uint8_t)(shot->seen % 255)
					   : shot_part(shot->seen % 31, 0, 5);
	for (i = 0; i < SHOT_MARKER_PX * SHOT_MARKER_PX; i++) {
		shot_pixel(pix_row(pm, i / SHOT_MARKER_PX), pm->format,
			   i % SHOT_MARKER_PX, rgb);
		if (rgb[0] != 255 || rgb[1] != green || rgb[2] != 255)
			return false;
	}
	return true;
}

/* Tell of a marker that has come. True: it was the last. */
static bool shot_look(struct shot *shot)
{
	uint32_t width, height;
	char hex[65];
	uint8_t *rgb;

	if (!shot_next_marker(shot))
		return false;
	rgb = shot_rgb(shot, &width, &height);
	if (!rgb)
		return false;
	sha256_hex(rgb, (size_t)width * height * 3, hex);
	free(rgb);
	/* The file first: who reads the line may read it. */
	if (strcmp(shot->file, "/dev/null"))
		shot->rc = shot_save(shot);
	printf("marker %u %s\n", ++shot->seen, hex);
	fflush(stdout);
	return shot->seen == shot->markers;
}

static void shot_print(const char *kind, const char *name, uint64_t n)
{
	printf("count %s %s %" PRIu64 "\n", kind, name, n);
}

static void shot_print_row(const char *kind, const uint32_t *row, size_t n)
{
	char name[24];
	size_t i;

	for (i = 0; i < n; i++) {
		if (!row[i])
			continue;
		snprintf(name, sizeof(name), "%zu", i);
		shot_print(kind, name, row[i]);
	}
}

/* "cell KIND N...": a row for each kind of operation that was drawn. */
static void shot_print_cells(const struct chan_counts *c)
{
	unsigned int kind, i;

	for (kind = 0; kind < CHAN_KINDS; kind++) {
		if (!c->draw[kind])
			continue;
		printf("cell %u", kind);
		for (i = 0; i < CHAN_CELLS; i++)
			printf(" %" PRIu32, c->cell[kind][i]);
		putchar('\n');
	}
}

static void shot_print_composite(const struct chan_count_composite *c)
{
	shot_print_row("operator", c->operators, 64);
	shot_print_row("source-filter", c->filter[0], 8);
	shot_print_row("mask-filter", c->filter[1], 8);
	shot_print_row("source-repeat", c->repeat[0], 4);
	shot_print_row("mask-repeat", c->repeat[1], 4);
	shot_print_row("source-turn", c->turn[0], CHAN_TURNS);
	shot_print_row("mask-turn", c->turn[1], CHAN_TURNS);
	shot_print("composite", "component-alpha", c->component_alpha);
	shot_print("composite", "opaque", c->opaque);
}

static void shot_counts(const struct chan_counts *c)
{
	shot_print_cells(c);
	shot_print_composite(&c->composite);
	shot_print_row("flags", c->flags, 8);
	shot_print_row("alpha", c->alpha, 4);
	shot_print_row("letters", c->letters, 9);
	shot_print_row("image", c->image, 128);
	shot_print_row("bitmap", c->bitmap, 16);
	shot_print_row("draw", c->draw, 32);
	shot_print_row("brush", c->brush, 4);
	shot_print_row("cursor", c->cursor, 8);
	shot_print("op", "clipped", c->clipped);
	shot_print("op", "masked", c->masked);
	shot_print("op", "scaled", c->scaled);
	shot_print("op", "rop", c->rop);
	shot_print("op", "palette", c->palette);
	shot_print("op", "palette-cached", c->palette_cached);
	shot_print("op", "off-screen", c->surface_off);
	shot_print("op", "straight", c->straight);
	shot_print("video", "streams", c->streams);
	shot_print("video", "frames", c->frames);
	shot_print("video", "straight", c->frames_straight);
	shot_print("video", "scaled", c->frames_scaled);
	shot_print("video", "late", c->frames_late);
	shot_print("video", "dropped", c->frames_dropped);
	shot_print("video", "bad", c->frames_bad);
	shot_print("video", "reports", c->reports);
	shot_print("session", "mended", c->mended);
	shot_print("bytes", "in", c->bytes_in);
}

/* ---- the session's events ---- */

static void shot_resized(void *ctx)
{
}

static void shot_dirty(void *ctx, const struct pix_rect *rect)
{
	struct shot *shot = ctx;

	if (!shot->first_us)
		shot->first_us = port_now_us();
}

static void shot_nothing(void *ctx)
{
}

static void shot_mouse_mode(void *ctx, uint32_t mode)
{
}

static void shot_stage(void *ctx, const char *name, enum chan_stage stage)
{
	struct shot *shot = ctx;

	if (stage == CHAN_STAGE_UP)
		shot->uri.taken_us = port_now_us();
}

static void shot_locks(void *ctx, uint16_t locks)
{
}

static void shot_ended(void *ctx, const struct chan_error *error)
{
	struct shot *shot = ctx;

	shot->ended = true;
	shot->error = *error;
}

static const struct chan_session_events shot_events = {
	.resized = shot_resized,
	.dirty = shot_dirty,
	.cursor = shot_nothing,
	.mouse_mode = shot_mouse_mode,
	.locks = shot_locks,
	.stage = shot_stage,
	.ended = shot_ended,
};

/* Is it time to save? */
static bool shot_due(struct shot *shot, uint64_t start_us)
{
	uint64_t now = port_now_us();

	if (shot->ended)
		return true;
	if (!shot->first_us)
		return now - start_us > SHOT_CONNECT_MS * 1000ull;
	if (shot->until_marker && shot_marked(shot))
		return true;
	if (shot->markers && shot_look(shot))
		return true;
	return now - shot->first_us >= shot->wait_ms * 1000ull;
}

/* Pass over displays, as long as there are some to pass over. */
static void shot_pass(struct shot *shot)
{
	struct chan_session *s = shot->carrier.session;

	if (shot->display && chan_session_marked(s) && chan_session_next(s))
		shot->display--;
}

static volatile sig_atomic_t shot_wanted; /* the picture of this moment */

static void shot_signalled(int number)
{
	shot_wanted = 1;
}

/* Draw along until the picture is due. */
static void shot_run(struct shot *shot)
{
	uint64_t start_us = port_now_us();

	while (!shot_due(shot, start_us)) {
		port_poll();
		if (shot_wanted) {
			shot_wanted = 0;
			if (shot->counts)
				shot_counts(chan_session_counts(
					shot->carrier.session));
			puts(shot_save(shot) ? "not saved" : "saved");
			fflush(stdout);
		}
		if (!carrier_turn(&shot->carrier))
			port_idle(port_now_us() + 5000);
		shot_pass(shot);
	}
	/* The server's last words before it closed are still to be drawn. */
	while (carrier_turn(&shot->carrier))
		;
}

/* Add to @text what the name that cannot be reached is here. */
static void shot_add_address(const struct shot *shot, char *text, size_t room)
{
	const char *proxy = shot->uri.proxy.host;
	const char *name = proxy[0] ? proxy : shot->uri.host;
	const char *address = shot->carrier.address;
	size_t n = strlen(text);

	if (address[0] && strcmp(name, address))
		snprintf(text + n, room - n, " (%s is %s.)", name, address);
}

/* Why it ended; here nobody can type what the client's own screen asks for. */
static void shot_sentence(struct shot *shot, const char *server, char *text,
			  size_t room)
{
	struct chan_error *error = &shot->error;
	bool password = error->cause == CHAN_PASSWORD && shot->uri.password[0];

	if (error->cause == CHAN_PASSWORD && !password &&
	    error->rc != -ENOENT) {
		snprintf(text, room, "%s asks for a password (--password).",
			 server);
		return;
	}
	if (password && shot->uri.taken_us)
		error->rc = -ETIMEDOUT;
	chan_error_sentence(error, server, text, room);
	if (password)
		target_add_age(&shot->uri, port_now_us(), text, room);
	else if (error->cause == CHAN_NO_CONNECTION)
		shot_add_address(shot, text, room);
}

/* Save, or say why not; the exit status. */
static int shot_finish(struct shot *shot)
{
	char server[300], text[512];
	int rc;

	if (shot->counts)
		shot_counts(chan_session_counts(shot->carrier.session));
	uri_server(&shot->uri, server, sizeof(server));
	if (shot->ended)
		shot_sentence(shot, server, text, sizeof(text));
	else
		snprintf(text, sizeof(text),
			 "%s sent no picture within %d seconds.", server,
			 SHOT_CONNECT_MS / 1000);
	if (shot->ended || !shot->first_us)
		fprintf(stderr, "spice-shot: %s\n", text);
	if (!shot->first_us)
		return 1;
	if ((shot->until_marker && !shot_marked(shot)) ||
	    shot->seen < shot->markers) {
		fprintf(stderr, "spice-shot: the marker did not come.\n");
		return 1;
	}
	/* At the last marker it was saved. */
	rc = shot->markers ? shot->rc : shot_save(shot);
	if (rc) {
		fprintf(stderr, "spice-shot: %s: %s\n", shot->file,
			rc == -ENODATA ? "the server took its picture away"
				       : strerror(-rc));
		return 1;
	}
	return 0;
}

enum {
	OPT_WAIT = 1,
	OPT_MARKER,
	OPT_MARKERS,
	OPT_MEMORY,
	OPT_DISPLAY,
	OPT_COUNTS,
	OPT_VERBOSE,
	OPT_CA,
	OPT_CLOCK,
	OPT_HELP,
	/* What a URI can say, too (option.h): its number there follows. */
	OPT_SAID = 100
};

static const struct option shot_options[] = {
	{"wait-ms", required_argument, NULL, OPT_WAIT},
	{"until-marker", required_argument, NULL, OPT_MARKER},
	{"display", required_argument, NULL, OPT_DISPLAY},
	{"markers", required_argument, NULL, OPT_MARKERS},
	{"memory-mb", required_argument, NULL, OPT_MEMORY},
	{"counts", no_argument, NULL, OPT_COUNTS},
	{"verbose", no_argument, NULL, OPT_VERBOSE},
	{"ca", required_argument, NULL, OPT_CA},
	{"clock", required_argument, NULL, OPT_CLOCK},
	{"help", no_argument, NULL, OPT_HELP},
	{NULL, 0, NULL, 0},
};

/* Our own, and all of option.c's that have no meaning of their own here. */
static void shot_all_options(struct option all[SHOT_OPTIONS + SHOT_SAID])
{
	const char *name;
	unsigned int i, n;

	for (n = 0; shot_options[n].name; n++)
		all[n] = shot_options[n];
	for (i = 0; (name = option_name(OPTION_SETTING, i)); i++) {
		if (!strcmp(name, "ca"))
			continue;
		all[n].name = name;
		all[n].has_arg = required_argument;
		all[n++].val = OPT_SAID + (int)i;
	}
}

/* A whole number from the command line, or exit. */
static unsigned long shot_number(const char *text, int base)
{
	char *end;
	unsigned long v;

	errno = 0;
	v = strtoul(text, &end, base);
	if (errno || end == text || *end || v > 0xffffffff) {
		fprintf(stderr, "spice-shot: %s is not a number\n", text);
		exit(2);
	}
	return v;
}

/* Read the command line. */
static void shot_arguments(struct shot *shot, int argc, char **argv)
{
	struct option all[SHOT_OPTIONS + SHOT_SAID] = {{0}};
	int opt;

	shot_all_options(all);
	while ((opt = getopt_long(argc, argv, "", all, NULL)) != -1) {
		switch (opt) {
		case OPT_WAIT:
			shot->wait_ms = (unsigned int)shot_number(optarg, 10);
			break;
		case OPT_MARKER:
			shot->marker = (uint32_t)shot_number(optarg, 16);
			shot->until_marker = true;
			break;
		case OPT_DISPLAY:
			shot->display = (unsigned int)shot_number(optarg, 10);
			break;
		case OPT_MARKERS:
			shot->markers = (unsigned int)shot_number(optarg, 10);
			break;
		case OPT_MEMORY:
			port_posix_memory = shot_number(optarg, 10) << 20;
			break;
		case OPT_COUNTS:
			shot->counts = true;
			break;
		case OPT_VERBOSE:
			port_posix_verbose = true;
			break;
		case OPT_CA:
			shot->ca = optarg;
			break;
		case OPT_CLOCK:
			port_posix_utc_s = shot_number(optarg, 10);
			break;
		case OPT_HELP:
			shot_usage(stdout);
			exit(0);
		default:
			if (opt < OPT_SAID) {
				shot_usage(stderr);
				exit(2);
			}
			shot->said[opt - OPT_SAID] = optarg;
			break;
		}
	}
	if (argc - optind != 2) {
		shot_usage(stderr);
		exit(2);
	}
}

/* Say @what of @name and exit. */
static void shot_exit(const char *name, const char *what)
{
	fprintf(stderr, "spice-shot: %s%s%s\n", name, *name ? ": " : "", what);
	exit(2);
}

/* A whole file of at most @room bytes; its length. Or exit. */
static size_t shot_read(const char *path, char *bytes, size_t room)
{
	FILE *f = fopen(path, "rb");
	size_t n;

	if (!f)
		shot_exit(path, strerror(errno));
	n = fread(bytes, 1, room, f);
	if (ferror(f))
		shot_exit(path, strerror(errno));
	fclose(f);
	return n;
}

static const char *const *shot_said; /* for shot_setting */

/* What the command line says counts where WHERE is judged as a whole, too. */
static const char *shot_setting(const char *name)
{
	unsigned int i;

	for (i = 0; i < SHOT_SAID; i++)
		if (shot_said[i] && !strcmp(name + strlen("spice/"),
					    option_name(OPTION_SETTING, i)))
			return shot_said[i];
	return NULL;
}

/* Find out what @where means: a URI, a .vv file, or where one is. Or exit. */
static void shot_where(struct shot *shot, const char *where)
{
	static char bytes[VV_MAX_BYTES + 1];
	struct source *s = &shot->source;
	int rc;

	if (strstr(where, "://"))
		rc = source_begin(s, where);
	else
		rc = source_begin_vv(
			s, bytes, shot_read(where, bytes, sizeof(bytes)), NULL);
	target_forget(bytes, sizeof(bytes));
	if (rc && rc != -EINPROGRESS)
		shot_exit(where, s->why);
	while (rc == -EINPROGRESS) {
		port_idle(port_now_us() + 5000);
		rc = source_poll(s);
	}
	if (rc)
		shot_exit("", s->why);
	/* A file of ours that was to be read once. */
	if (s->target.delete_file && !strstr(where, "://"))
		fprintf(stderr,
			"spice-shot: %s says delete-this-file, and stays\n",
			where);
	target_move(&shot->uri, &s->target);
	shot->uri.password_us = port_now_us();
	source_stop(s);
}

/* Take the certificates of --ca for the target, or exit. */
static void shot_ca(struct shot *shot, struct target *t)
{
	port_free(t->ca);
	t->ca = port_alloc(SHOT_CA_BYTES);
	if (!t->ca)
		shot_exit(shot->ca, strerror(ENOMEM));
	t->ca_bytes = shot_read(shot->ca, t->ca, SHOT_CA_BYTES);
	if (t->ca_hashed &&
	    carrier_tls_check_ca(t->ca, t->ca_bytes, t->ca_sha256))
		shot_exit(shot->ca, "is not the certificate with that SHA-256");
	t->ca_hashed = false;
	t->trust_said = true;
}

/* Add to the target what the command line says of it, or exit. */
static void shot_target(struct shot *shot)
{
	struct target *t = &shot->uri;
	unsigned int i;

	for (i = 0; i < SHOT_SAID; i++)
		if (shot->said[i] &&
		    option_set(t, OPTION_SETTING,
			       span_of(option_name(OPTION_SETTING, i)),
			       span_of(shot->said[i])))
			shot_exit("", t->why);
	if (shot->ca)
		shot_ca(shot, t);
	if (option_whole(t))
		shot_exit("", t->why);
}

int main(int argc, char **argv)
{
	static struct shot shot = {.wait_ms = 1000};
	int status;

	shot_arguments(&shot, argc, argv);
	shot.file = argv[optind + 1];
	shot_said = shot.said;
	port_posix_setting = shot_setting;
	shot_where(&shot, argv[optind]);
	shot_target(&shot);

	/* Whoever has read a line of the log may ask for a picture. */
	signal(SIGUSR1, shot_signalled);
	signal(SIGXFSZ, SIG_IGN); /* the write's error says it */
	shot.carrier.events = &shot_events;
	shot.carrier.ctx = &shot;
	if (carrier_start(&shot.carrier, &shot.uri)) {
		fprintf(stderr, "spice-shot: out of memory\n");
		return 1;
	}
	shot_run(&shot);
	status = shot_finish(&shot);
	carrier_stop(&shot.carrier);
	target_wipe(&shot.uri);
	return status;
}
