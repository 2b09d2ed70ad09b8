/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * spice-bench: how fast decoders and drawing operations are.
 *
 * It is linked from the bare PC's own objects: 32 bits, no vector registers,
 * memcpy and all. So only the ratio to the machine's memcpy, which it measures
 * as well, says anything of another machine.
 *
 * A line of comma-separated values for each recorded picture (group dec), each
 * operation on a frame (draw) and the bare copy (mem), of one frame that caches
 * may hold and of ever another (memcpy_ram); ns is the median of all
 * repetitions, in CPU time. Before these one is made that does not count.
 */
#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "spice/codec/codec.h"
#include "spice/codec/codec_glz.h"
#include "spice/codec/codec_jpeg.h"
#include "spice/draw/draw.h"
#include "test/sha256.h"

#define BUILD	  "i686"
#define WINDOW_PX (16u << 20)
#define WIDTH	  1920
#define HEIGHT	  1080
#define MAX_FILES 1000
#define MAX_CHAIN 16
#define MAX_REPS  1000
#define RING	  12
#define GLYPH_W	  16
#define GLYPH_H	  24
#define GLYPHS	  (WIDTH / GLYPH_W * (HEIGHT / GLYPH_H))
#define RANDOM_A  1103515245u
#define KEY	  0xff00ff /* no pixel of frame_paint() */
#define HOLE	  16	   /* side, pixels */

static unsigned int reps;
static bool with_sums;
static const char *only; /* a codec or operation; NULL: all */

/* The bare PC's objects keep the stack less aligned than malloc wants it. */
#define CALLBACK __attribute__((force_align_arg_pointer))

static CALLBACK void *bench_alloc(void *ctx, size_t bytes)
{
	return malloc(bytes);
}

static CALLBACK void bench_free(void *ctx, void *mem)
{
	free(mem);
}

static const struct spice_env env = {.alloc = bench_alloc, .free = bench_free};

static void die(const char *what, const char *why)
{
	fprintf(stderr, "spice-bench: %s: %s\n", what, why);
	exit(1);
}

/* ---- time ---- */

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static int compare_ns(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* What is measured: a call, and what must go before it each time. */
struct bench {
	void (*before)(void *ctx); /* may be NULL; not measured */
	void (*run)(void *ctx);
	void *ctx;
};

/* The median of all runs, and the sum of @pm after the first one. */
static uint64_t measure_ns(const struct bench *b, const struct pixmap *pm,
			   char sum[65])
{
	static uint64_t ns[MAX_REPS];
	unsigned int i;

	if (b->before)
		b->before(b->ctx);
	b->run(b->ctx);
	sum[0] = '\0';
	if (with_sums)
		sha256_hex(pm->data, (size_t)pm->stride * pm->height, sum);
	for (i = 0; i < reps; i++) {
		if (b->before)
			b->before(b->ctx);
		ns[i] = now_ns();
		b->run(b->ctx);
		ns[i] = now_ns() - ns[i];
	}
	qsort(ns, reps, sizeof(ns[0]), compare_ns);
	return ns[reps / 2];
}

/* Measure; a line of the output. @pm: what is written to. */
static void bench_row(const char *group, const char *image, const char *codec,
		      size_t bytes, const struct bench *b,
		      const struct pixmap *pm)
{
	char sum[65];
	uint64_t ns = measure_ns(b, pm, sum);

	printf(BUILD ",%s,%s,%s,%zu,%u,%llu%s%s\n", group, image, codec, bytes,
	       pm->width * pm->height, (unsigned long long)ns,
	       with_sums ? "," : "", sum);
	fflush(stdout);
}

static bool is_wanted(const char *name)
{
	return !only || !strcmp(only, name);
}

/* ---- recorded pictures ---- */

/* A codec's name in a file's, without the digits of a chain. */
static const struct bench_codec {
	const char *name;
	uint8_t type;
	bool chain;  /* digit N needs the ones before */
	bool stream; /* frames, decoded as the client does those */
} bench_codecs[] = {
	{"bitmap", SPICE_IMAGE_TYPE_BITMAP, false, false}, /* of 32 bits */
	{"quic", SPICE_IMAGE_TYPE_QUIC, false, false},
	{"lz", SPICE_IMAGE_TYPE_LZ_RGB, false, false},
	{"lz4", SPICE_IMAGE_TYPE_LZ4, false, false},
	{"lz4b", SPICE_IMAGE_TYPE_LZ4, false, false},
	{"glz", SPICE_IMAGE_TYPE_GLZ_RGB, true, false},
	{"zglz", SPICE_IMAGE_TYPE_ZLIB_GLZ_RGB, true, false},
	{"jpeg", SPICE_IMAGE_TYPE_JPEG, false, false},
	{"mjpeg", SPICE_IMAGE_TYPE_JPEG, true, true},
};

/* The codec of a file named *.@name. NULL: none; @index: its digit. */
static const struct bench_codec *find_codec(const char *name, int *index)
{
	const struct bench_codec *c;
	size_t n, i;

	for (i = 0; i < sizeof(bench_codecs) / sizeof(bench_codecs[0]); i++) {
		c = &bench_codecs[i];
		n = strlen(c->name);
		*index = 0;
		if (strncmp(name, c->name, n))
			continue;
		if (!name[n] && !c->chain)
			return c;
		if (c->chain && name[n] >= '0' && name[n] <= '9' &&
		    !name[n + 1]) {
			*index = name[n] - '0';
			return c;
		}
	}
	return NULL;
}

/* The number behind " @key=" in the text file of @path; 0: not there. */
static uint32_t text_number(const char *path, const char *key)
{
	char line[4096] = " ", word[64], name[512];
	const char *at;
	FILE *f;

	snprintf(name, sizeof(name), "%s.txt", path);
	f = fopen(name, "r");
	if (!f)
		return 0;
	line[fread(line + 1, 1, sizeof(line) - 2, f) + 1] = '\0';
	fclose(f);
	snprintf(word, sizeof(word), " %s=", key);
	at = strstr(line, word);
	return at ? (uint32_t)strtoul(at + strlen(word), NULL, 10) : 0;
}

static void read_file(const char *path, struct codec_image *img)
{
	FILE *f = fopen(path, "rb");
	uint8_t *data;

	if (!f)
		die(path, strerror(errno));
	fseek(f, 0, SEEK_END);
	img->len = (size_t)ftell(f);
	rewind(f);
	data = malloc(img->len + 1);
	if (!data || fread(data, 1, img->len, f) != img->len)
		die(path, "not read");
	fclose(f);
	img->data = data;
}

/* A picture and those that it refers to. */
struct chain {
	const struct bench_codec *codec;
	unsigned int count;
	struct codec_image img[MAX_CHAIN];
	struct codec_ctx ctx;
	struct codec_jpeg_decoder *jpeg;
	struct pixmap pm;
	int rc;
};

static void chain_decode(struct chain *c, unsigned int i)
{
	const struct codec_image *img = &c->img[i];

	c->rc |= c->codec->stream
			 ? codec_jpeg_decode(c->jpeg, img->data, img->len,
					     &c->pm, false, false)
			 : codec_find(img->type)->decode(&c->ctx, img, &c->pm);
}

/* All but the last one. */
static void chain_before(void *ctx)
{
	struct chain *c = ctx;
	unsigned int i;

	codec_glz_window_free(c->ctx.glz);
	c->ctx.glz = codec_glz_window_new(&env, WINDOW_PX);
	for (i = 0; i + 1 < c->count; i++)
		chain_decode(c, i);
}

static void chain_run(void *ctx)
{
	struct chain *c = ctx;

	chain_decode(c, c->count - 1);
}

/* Read picture @i of a chain; @path is the file without digit. */
static void chain_read(struct chain *c, const char *path, unsigned int i)
{
	struct codec_image *img = &c->img[i];
	char name[512];

	if (c->codec->chain)
		snprintf(name, sizeof(name), "%s%u", path, i);
	else
		snprintf(name, sizeof(name), "%s", path);
	img->type = c->codec->type;
	img->width = text_number(name, "width");
	img->height = text_number(name, "height");
	img->glz_size = text_number(name, "glz_size");
	img->bitmap_format = SPICE_BITMAP_FMT_32BIT;
	img->top_down = true;
	img->bitmap_stride = img->width * 4;
	if (!img->width || !img->height)
		die(name, "its text file has no width and height");
	read_file(name, img);
}

/* Measure the file @name of @folder, if it is a picture. */
static void bench_file(const char *folder, const char *name)
{
	const char *dot = strrchr(name, '.');
	struct chain c = {.ctx = {.env = &env}};
	struct bench b = {chain_before, chain_run, &c};
	char path[512], image[256];
	int index;
	unsigned int i;

	c.codec = dot ? find_codec(dot + 1, &index) : NULL;
	if (!c.codec || !is_wanted(dot + 1))
		return;
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	if (!text_number(path, "width"))
		return;
	if (c.codec->chain)
		path[strlen(path) - 1] = '\0';
	snprintf(image, sizeof(image), "%.*s", (int)(dot - name), name);

	c.count = (unsigned int)index + 1;
	for (i = 0; i < c.count; i++)
		chain_read(&c, path, i);
	c.jpeg = codec_jpeg_new(&env);
	if (!c.jpeg || pix_alloc(&env, &c.pm, SPICE_SURFACE_FMT_32_xRGB,
				 c.img[index].width, c.img[index].height))
		die(name, "not enough memory");
	bench_row("dec", image, dot + 1, c.img[index].len, &b, &c.pm);
	if (c.rc)
		die(name, "does not decode");
	for (i = 0; i < c.count; i++)
		free((void *)c.img[i].data);
	codec_glz_window_free(c.ctx.glz);
	codec_jpeg_free(c.jpeg);
	pix_free(&env, &c.pm);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void bench_folder(const char *folder)
{
	static char *names[MAX_FILES];
	DIR *dir = opendir(folder);
	struct dirent *entry;
	unsigned int count = 0, i;

	if (!dir)
		die(folder, strerror(errno));
	while ((entry = readdir(dir)) && count < MAX_FILES)
		names[count++] = strdup(entry->d_name);
	closedir(dir);
	qsort(names, count, sizeof(names[0]), compare_names);
	for (i = 0; i < count; i++) {
		bench_file(folder, names[i]);
		free(names[i]);
	}
}

/* ---- drawing ---- */

/* What all operations on a frame share. */
struct frame {
	struct pixmap dst, src, keyed, small, tile;
	struct draw_glyph glyphs[GLYPHS];
	uint8_t rows[GLYPH_W * GLYPH_H];
	struct draw_text text;
	struct draw_op op;
	const struct draw_row *row;
	int rc;
};

/* Something like a picture: a slope of colours and alphas, and noise. */
static void frame_paint(struct pixmap *pm, uint32_t seed)
{
	uint32_t x, y, a, v, *row;

	for (y = 0; y < pm->height; y++) {
		row = (uint32_t *)pix_row(pm, y);
		for (x = 0; x < pm->width; x++) {
			seed = seed * RANDOM_A + 12345;
			a = (x + y) & 255;
			v = a * (seed >> 24) / 255;
			row[x] = a << 24 | v << 16 | (a - v) << 8 | v / 2;
		}
	}
}

/* One square of four is of the key's colour. */
static void frame_holes(struct pixmap *pm)
{
	uint32_t x, y, *row;

	for (y = 0; y < pm->height; y++) {
		row = (uint32_t *)pix_row(pm, y);
		for (x = 0; x < pm->width; x++) {
			if (x / HOLE % 2 && y / HOLE % 2)
				row[x] = KEY;
		}
	}
}

/* A ring with soft edges: as much inside, outside and between as letters. */
static void frame_glyph(uint8_t *rows)
{
	int x, y, r, cover;

	for (y = 0; y < GLYPH_H; y++) {
		for (x = 0; x < GLYPH_W; x++) {
			r = (2 * x - 15) * (2 * x - 15) +
			    (2 * y - 23) * (2 * y - 23) / 3;
			r = r > 120 ? r - 120 : 120 - r;
			cover = r < 40 ? 255 : r < 80 ? (80 - r) * 6 : 0;
			rows[y * GLYPH_W + x] = (uint8_t)cover;
		}
	}
}

static void frame_text(struct frame *f)
{
	int i, columns = WIDTH / GLYPH_W;

	frame_glyph(f->rows);
	for (i = 0; i < GLYPHS; i++)
		f->glyphs[i] = (struct draw_glyph){i % columns * GLYPH_W,
						   i / columns * GLYPH_H,
						   GLYPH_W, GLYPH_H, f->rows};
	f->text.bits = 8;
	f->text.count = GLYPHS;
	f->text.glyphs = f->glyphs;
}

static struct frame *frame_new(void)
{
	const uint32_t argb = SPICE_SURFACE_FMT_32_ARGB;
	struct frame *f = calloc(1, sizeof(*f));

	if (!f ||
	    pix_alloc(&env, &f->dst, SPICE_SURFACE_FMT_32_xRGB, WIDTH,
		      HEIGHT) ||
	    pix_alloc(&env, &f->src, argb, WIDTH, HEIGHT) ||
	    pix_alloc(&env, &f->keyed, argb, WIDTH, HEIGHT) ||
	    pix_alloc(&env, &f->small, argb, WIDTH * 2 / 3, HEIGHT * 2 / 3) ||
	    pix_alloc(&env, &f->tile, SPICE_SURFACE_FMT_32_xRGB, 8, 8))
		die("frame", "not enough memory");
	frame_paint(&f->src, 1);
	frame_paint(&f->keyed, 1);
	frame_holes(&f->keyed);
	frame_paint(&f->small, 2);
	frame_paint(&f->tile, 3);
	frame_text(f);
	return f;
}

/* Each sets up f->op, in which box, destination and source are set. */
static void set_fill(struct draw_op *op, const struct frame *f)
{
	op->brush.type = SPICE_BRUSH_TYPE_SOLID;
	op->brush.color = 0x336699;
}

static void set_copy(struct draw_op *op, const struct frame *f)
{
}

static void set_over(struct draw_op *op, const struct frame *f)
{
	op->alpha = 255;
}

static void set_over_alpha(struct draw_op *op, const struct frame *f)
{
	op->alpha = 160;
}

static void set_nearest(struct draw_op *op, const struct frame *f)
{
	op->src = &f->small;
	op->src_area = pix_bounds(&f->small);
	op->scale = SPICE_IMAGE_SCALE_MODE_NEAREST;
}

static void set_bilinear(struct draw_op *op, const struct frame *f)
{
	set_nearest(op, f);
	op->scale = SPICE_IMAGE_SCALE_MODE_INTERPOLATE;
}

static void set_rop3_solid(struct draw_op *op, const struct frame *f)
{
	set_fill(op, f);
	op->rop3 = 0xb8; /* source where the destination is set, else brush */
}

static void set_rop3_pattern(struct draw_op *op, const struct frame *f)
{
	op->brush.type = SPICE_BRUSH_TYPE_PATTERN;
	op->brush.pattern = &f->tile;
	op->rop3 = 0xb8;
}

static void set_key(struct draw_op *op, const struct frame *f)
{
	op->src = &f->keyed;
	op->key = KEY;
}

static void set_text(struct draw_op *op, const struct frame *f)
{
	set_fill(op, f);
	op->text = &f->text;
}

static const struct bench_op {
	const char *name;
	uint16_t type; /* SPICE_MSG_DISPLAY_DRAW_* */
	void (*set)(struct draw_op *op, const struct frame *f);
} bench_ops[] = {
	{"fill", SPICE_MSG_DISPLAY_DRAW_FILL, set_fill},
	{"copy", SPICE_MSG_DISPLAY_DRAW_COPY, set_copy},
	{"over", SPICE_MSG_DISPLAY_DRAW_ALPHA_BLEND, set_over},
	{"over_alpha", SPICE_MSG_DISPLAY_DRAW_ALPHA_BLEND, set_over_alpha},
	{"nearest", SPICE_MSG_DISPLAY_DRAW_COPY, set_nearest},
	{"bilinear", SPICE_MSG_DISPLAY_DRAW_COPY, set_bilinear},
	{"rop3_solid", SPICE_MSG_DISPLAY_DRAW_ROP3, set_rop3_solid},
	{"rop3_pattern", SPICE_MSG_DISPLAY_DRAW_ROP3, set_rop3_pattern},
	{"colorkey", SPICE_MSG_DISPLAY_DRAW_TRANSPARENT, set_key},
	{"text_a8", SPICE_MSG_DISPLAY_DRAW_TEXT, set_text},
};

static void frame_run(void *ctx)
{
	struct frame *f = ctx;

	f->rc |= f->row->paint(&f->op);
}

static void bench_op(struct frame *f, const struct bench_op *o)
{
	struct bench b = {NULL, frame_run, f};

	if (!is_wanted(o->name))
		return;
	frame_paint(&f->dst, 4);
	memset(&f->op, 0, sizeof(f->op));
	f->op.env = &env;
	f->op.dst = &f->dst;
	f->op.box = pix_bounds(&f->dst);
	f->op.clip.all = true;
	f->op.src = &f->src;
	f->op.src_area = pix_bounds(&f->src);
	f->op.rop = SPICE_ROPD_OP_PUT;
	o->set(&f->op, f);
	f->row = draw_find(o->type);
	bench_row("draw", "frame", o->name,
		  (size_t)f->dst.stride * f->dst.height, &b, &f->dst);
	if (f->rc)
		die(o->name, "is not painted");
}

/* ---- memory ---- */

static void memory_copy(void *ctx)
{
	struct frame *f = ctx;

	memcpy(f->dst.data, f->src.data, (size_t)f->dst.stride * f->dst.height);
}

static void memory_set(void *ctx)
{
	struct frame *f = ctx;

	memset(f->dst.data, 0x5a, (size_t)f->dst.stride * f->dst.height);
}

/* Frames, more than caches hold. */
struct ring {
	struct pixmap pm[RING];
	unsigned int turn;
};

static void memory_ring(void *ctx)
{
	struct ring *r = ctx;
	const struct pixmap *src = &r->pm[r->turn++ % RING];
	struct pixmap *dst = &r->pm[(r->turn + RING / 2) % RING];

	memcpy(dst->data, src->data, (size_t)src->stride * src->height);
}

static void bench_ring(void)
{
	static struct ring r;
	struct bench b = {NULL, memory_ring, &r};
	unsigned int i;

	for (i = 0; i < RING; i++) {
		if (pix_alloc(&env, &r.pm[i], SPICE_SURFACE_FMT_32_xRGB, WIDTH,
			      HEIGHT))
			die("frames", "not enough memory");
		frame_paint(&r.pm[i], i);
	}
	bench_row("mem", "frame", "memcpy_ram", (size_t)r.pm[0].stride * HEIGHT,
		  &b, &r.pm[0]);
	for (i = 0; i < RING; i++)
		pix_free(&env, &r.pm[i]);
}

static void bench_memory(struct frame *f)
{
	struct bench copy = {NULL, memory_copy, f}, set = {NULL, memory_set, f};
	size_t bytes = (size_t)f->dst.stride * f->dst.height;

	bench_row("mem", "frame", "memcpy", bytes, &copy, &f->dst);
	bench_row("mem", "frame", "memset", bytes, &set, &f->dst);
	bench_ring();
}

static int usage(FILE *out)
{
	fprintf(out,
		"usage: spice-bench [--sums] [--only NAME] DIR REPS\n"
		"\n"
		"Prints build,group,image,codec,bytes,pixels,ns: for each "
		"IMAGE.CODEC in DIR that\nhas an IMAGE.CODEC.txt (dec), for "
		"drawing operations on a frame (draw), and for\ncopies of "
		"one (mem). ns is the median of REPS (1 to %d) runs.\n"
		"\n"
		"  --sums        the SHA-256 of the first run's rows as well\n"
		"  --only NAME   one codec or operation, beside mem\n",
		MAX_REPS);
	return 2;
}

static void bench_all(const char *folder)
{
	struct frame *f = frame_new();
	unsigned int i;

	printf("build,group,image,codec,bytes,pixels,ns%s\n",
	       with_sums ? ",sha256" : "");
	bench_folder(folder);
	for (i = 0; i < sizeof(bench_ops) / sizeof(bench_ops[0]); i++)
		bench_op(f, &bench_ops[i]);
	bench_memory(f);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{"sums", no_argument, NULL, 's'},
		{"only", required_argument, NULL, 'o'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'h')
			return usage(stdout), 0;
		if (option == '?')
			return usage(stderr);
		with_sums |= option == 's';
		only = option == 'o' ? optarg : only;
	}
	if (argc - optind == 2)
		reps = (unsigned int)strtoul(argv[optind + 1], NULL, 10);
	if (!reps || reps > MAX_REPS)
		return usage(stderr);
	/* Memory once touched stays ours: page faults are none of a PC's. */
	mallopt(M_MMAP_MAX, 0);
	mallopt(M_TRIM_THRESHOLD, -1);
	bench_all(argv[optind]);
	return 0;
}
