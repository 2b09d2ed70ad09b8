/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * spice-decode: decode images as SPICE's messages have them, by the firmware's
 * own decoders. The bare payload comes from files: what follows the image
 * descriptor and its length fields on the wire.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spice/codec/codec.h"
#include "spice/codec/codec_glz.h"
#include "spice/codec/codec_inflate.h"
#include "spice/codec/codec_jpeg.h"
#include "spice/pix/pix_convert.h"

#define EXIT_BROKEN 1 /* a file or what is in it */
#define EXIT_USAGE  2
/* As much as any server promises itself, and then some. */
#define WINDOW_PX (64u << 20)
/* No GLZ stream is longer (codec_zlib_glz.c). */
#define GLZ_PX_BYTES 8
#define GLZ_SLACK    256
#define LZ_MAGIC_LEN 8
#define LZ_TYPE_AT   11
#define LZ_PLT8	     5 /* types up to this one have palettes */

/* What --type names. */
static const struct decode_type {
	const char *name;
	uint8_t type; /* SPICE_IMAGE_TYPE_* */
	bool stream;  /* frames of one */
} decode_types[] = {
	{"bitmap", SPICE_IMAGE_TYPE_BITMAP, false},
	{"lz", SPICE_IMAGE_TYPE_LZ_RGB, false},
	{"glz", SPICE_IMAGE_TYPE_GLZ_RGB, false},
	{"zlib-glz", SPICE_IMAGE_TYPE_ZLIB_GLZ_RGB, false},
	{"quic", SPICE_IMAGE_TYPE_QUIC, false},
	{"jpeg", SPICE_IMAGE_TYPE_JPEG, false},
	{"jpeg-alpha", SPICE_IMAGE_TYPE_JPEG_ALPHA, false},
	{"mjpeg", SPICE_IMAGE_TYPE_JPEG, true},
	{"lz4", SPICE_IMAGE_TYPE_LZ4, false},
	{NULL, 0, false},
};

/* What --format names. */
static const struct decode_format {
	const char *name;
	uint8_t format; /* SPICE_BITMAP_FMT_* */
} decode_formats[] = {
	{"1le", SPICE_BITMAP_FMT_1BIT_LE},
	{"1be", SPICE_BITMAP_FMT_1BIT_BE},
	{"4le", SPICE_BITMAP_FMT_4BIT_LE},
	{"4be", SPICE_BITMAP_FMT_4BIT_BE},
	{"8", SPICE_BITMAP_FMT_8BIT},
	{"16", SPICE_BITMAP_FMT_16BIT},
	{"24", SPICE_BITMAP_FMT_24BIT},
	{"32", SPICE_BITMAP_FMT_32BIT},
	{"rgba", SPICE_BITMAP_FMT_RGBA},
	{"a8", SPICE_BITMAP_FMT_8BIT_A},
	{NULL, 0},
};

struct decode {
	const struct decode_type *type;
	struct codec_image img; /* what the options say of each file */
	struct pix_palette palette;
	bool raw, repeated;
	struct codec_ctx ctx;
	struct codec_jpeg_decoder *jpeg;
	struct pixmap pm; /* the last picture */
	unsigned int files;
};

static const char decode_help[] =
	"usage: spice-decode --type T --size WxH [OPTIONS] FILE... > OUT.ppm\n"
	"\n"
	"Decodes images as SPICE's messages have them: each FILE is one image's\n"
	"payload, what follows its descriptor and length fields. Several files "
	"are those\nof one GLZ window or one stream, in order; the last one's "
	"picture comes out.\n"
	"\n"
	"  --type T         bitmap, lz, glz, zlib-glz, quic, jpeg, jpeg-alpha, "
	"mjpeg, lz4\n"
	"  --size WxH       of the files that follow, in pixels\n"
	"  --raw            B, G, R, X (or A) bytes instead of a PPM, top row "
	"first\n"
	"  --palette FILE   colours for indices (bitmap, lz): B, G, R, 0 each\n"
	"  --repeated       JPEG's colours are repeated between their samples: so "
	"the\n"
	"                   client shows streams; without it, mjpeg's are "
	"interpolated,\n"
	"                   too, as images' are\n"
	"\n"
	"bitmap only:\n"
	"  --format F       1le, 1be, 4le, 4be (packed indices, the first pixel "
	"in the\n"
	"                   low or the high bits), 8 (indices), 16 (555), 24, "
	"32 (the\n"
	"                   default), rgba, a8 (8-bit alpha); 1le and 1be "
	"without a\n"
	"                   palette are masks\n"
	"  --stride N       bytes from row to row; else the file's bytes by its "
	"rows\n"
	"  --bottom-up      the first row is the lowest\n"
	"\n"
	"jpeg-alpha only:\n"
	"  --jpeg-size N    bytes of JPEG before the alpha\n"
	"\n"
	"Exit status: 0, 1 for a file that cannot be read or decoded, 2 for "
	"wrong usage.\n";

static void *decode_alloc(void *ctx, size_t bytes)
{
	return malloc(bytes);
}

static void decode_free(void *ctx, void *mem)
{
	free(mem);
}

static const struct spice_env decode_env = {.alloc = decode_alloc,
					    .free = decode_free};

static int decode_usage(const char *what, const char *value)
{
	fprintf(stderr, "spice-decode: %s%s\n(spice-decode --help says more)\n",
		what, value);
	return EXIT_USAGE;
}

static int decode_broken(const char *path, const char *what)
{
	fprintf(stderr, "spice-decode: %s: %s\n", path, what);
	return EXIT_BROKEN;
}

/* Read a whole file; the caller frees it. NULL with errno. */
static uint8_t *decode_read(const char *path, size_t *len)
{
	size_t room = 1 << 16, got;
	FILE *f = fopen(path, "rb");
	uint8_t *data = f ? malloc(room) : NULL, *more;

	*len = 0;
	while (data && (got = fread(data + *len, 1, room - *len, f)) > 0) {
		*len += got;
		if (*len < room)
			continue;
		room *= 2;
		more = realloc(data, room);
		if (!more)
			free(data);
		data = more;
	}
	if (data && ferror(f)) {
		free(data);
		data = NULL;
	}
	if (f)
		fclose(f);
	return data;
}

/*
 * How many bytes does the zlib stream unpack to? The wire says it beside the
 * payload; here it is the largest beginning that can be had.
 *
 * @most: more than can be
 */
static uint32_t decode_glz_size(const uint8_t *data, size_t len, size_t most)
{
	uint8_t *out = malloc(most);
	size_t low = 0, high = most, middle;

	while (out && high - low > 1) {
		middle = low + (high - low) / 2;
		if (codec_inflate_head(data, len, out, middle))
			high = middle;
		else
			low = middle;
	}
	free(out);
	return (uint32_t)low;
}

/* LZ with a palette is a type of its own on the wire. */
static bool decode_is_plt(const uint8_t *data, size_t len)
{
	return len > LZ_TYPE_AT && !memcmp(data + LZ_MAGIC_LEN, "\0\0\0", 3) &&
	       data[LZ_TYPE_AT] >= 1 && data[LZ_TYPE_AT] <= LZ_PLT8;
}

/* Fill in what the wire says beside the payload. */
static void decode_describe(const struct decode *d, struct codec_image *img)
{
	uint64_t pixels = (uint64_t)img->width * img->height;

	if (img->type == SPICE_IMAGE_TYPE_ZLIB_GLZ_RGB)
		img->glz_size =
			decode_glz_size(img->data, img->len,
					pixels * GLZ_PX_BYTES + GLZ_SLACK + 1);
	if (img->type == SPICE_IMAGE_TYPE_LZ_RGB &&
	    decode_is_plt(img->data, img->len))
		img->type = SPICE_IMAGE_TYPE_LZ_PLT;
	if (!img->bitmap_stride)
		img->bitmap_stride = (uint32_t)(img->len / img->height);
	if (d->palette.count)
		img->palette = &d->palette;
}

/* The words for what a decoder returned. */
static const char *decode_error(const struct codec_image *img, int rc)
{
	if (rc == -ENOMEM)
		return "not enough memory";
	if (rc == -ENOENT)
		return "it refers to an image that was not given before it";
	if (img->type == SPICE_IMAGE_TYPE_LZ_PLT && !img->palette)
		return "its pixels are indices: --palette is missing";
	if (img->type == SPICE_IMAGE_TYPE_BITMAP)
		return "too short, or its format needs a --palette";
	return "damaged, cut, of another size, or of another type";
}

/* Decode @img into d->pm. Returns 0 or negative errno. */
static int decode_image(struct decode *d, const struct codec_image *img)
{
	const struct codec *codec = codec_find(img->type);
	uint32_t format;
	int rc;

	rc = codec->format(img, &format);
	if (rc)
		return rc;
	pix_free(&decode_env, &d->pm);
	rc = pix_alloc(&decode_env, &d->pm, format, img->width, img->height);
	if (rc)
		return rc;
	if (img->type == SPICE_IMAGE_TYPE_JPEG)
		return codec_jpeg_decode(d->jpeg, img->data, img->len, &d->pm,
					 false, !d->repeated);
	return codec->decode(&d->ctx, img, &d->pm);
}

/* Decode the next file. Returns an exit status. */
static int decode_file(struct decode *d, const char *path)
{
	struct codec_image img = d->img;
	uint8_t *data;
	int rc;

	if (!d->type || !img.width)
		return decode_usage("--type and --size come before files", "");
	data = decode_read(path, &img.len);
	if (!data)
		return decode_broken(path, strerror(errno));
	img.type = d->type->type;
	img.data = data;
	/* Frames stand alone, but for what the decoder keeps. */
	decode_describe(d, &img);
	rc = decode_image(d, &img);
	free(data);
	d->files++;
	return rc ? decode_broken(path, decode_error(&img, rc)) : 0;
}

/* Pixel @x of a row as A, R, G, B. */
static uint32_t decode_pixel(const struct decode *d, const uint8_t *row,
			     uint32_t x)
{
	uint32_t format = d->pm.format, v = pix_load(format, row, x);

	/* A mask is shown as gray. */
	if (format == SPICE_SURFACE_FMT_8_A)
		return v * 0x01010101;
	if (format == SPICE_SURFACE_FMT_1_A)
		return v * 0xffffffff;
	if (format == SPICE_SURFACE_FMT_32_xRGB && !d->type->stream)
		return v;
	return pix_to_argb(format, v);
}

/* Write the picture. Returns an exit status. */
static int decode_write(const struct decode *d)
{
	const struct pixmap *pm = &d->pm;
	size_t step = d->raw ? 4 : 3;
	uint8_t *line = malloc(pm->width * step), *p;
	uint32_t x, y, v;

	if (!line)
		return decode_broken("output", "not enough memory");
	if (!d->raw)
		printf("P6\n%u %u\n255\n", pm->width, pm->height);
	for (y = 0; y < pm->height; y++) {
		for (x = 0, p = line; x < pm->width; x++, p += step) {
			v = decode_pixel(d, pix_row(pm, y), x);
			p[1] = (uint8_t)(v >> 8);
			p[d->raw ? 0 : 2] = (uint8_t)v;
			p[d->raw ? 2 : 0] = (uint8_t)(v >> 16);
			if (d->raw)
				p[3] = (uint8_t)(v >> 24);
		}
		fwrite(line, step, pm->width, stdout);
	}
	free(line);
	if (fflush(stdout) || ferror(stdout))
		return decode_broken("output", strerror(errno));
	return 0;
}

static int decode_set_type(struct decode *d, const char *name)
{
	const struct decode_type *t = decode_types;

	while (t->name && strcmp(t->name, name))
		t++;
	if (!t->name)
		return decode_usage("unknown --type ", name);
	d->type = t;
	return 0;
}

static int decode_set_format(struct decode *d, const char *name)
{
	const struct decode_format *f = decode_formats;

	while (f->name && strcmp(f->name, name))
		f++;
	if (!f->name)
		return decode_usage("unknown --format ", name);
	d->img.bitmap_format = f->format;
	return 0;
}

static int decode_set_size(struct decode *d, const char *text)
{
	unsigned int width, height;
	char more;

	if (sscanf(text, "%5ux%5u%c", &width, &height, &more) != 2 || !width ||
	    !height || width > PIX_MAX_SIDE_PX || height > PIX_MAX_SIDE_PX)
		return decode_usage("--size is no WxH: ", text);
	d->img.width = width;
	d->img.height = height;
	return 0;
}

static int decode_set_number(uint32_t *number, const char *text)
{
	char *end;
	unsigned long v = strtoul(text, &end, 10);

	if (*end || !*text || !v || v > INT32_MAX)
		return decode_usage("not a number of bytes: ", text);
	*number = (uint32_t)v;
	return 0;
}

static int decode_set_palette(struct decode *d, const char *path)
{
	size_t len, i;
	uint8_t *data = decode_read(path, &len);

	if (!data)
		return decode_broken(path, strerror(errno));
	for (i = 0; i < 256 && i * 4 + 4 <= len; i++)
		memcpy(&d->palette.color[i], data + i * 4, 4);
	d->palette.count = (uint16_t)i;
	free(data);
	return i ? 0 : decode_broken(path, "no colour in it");
}

/* Options in the order of getopt's table. */
enum { TYPE = 2, SIZE, RAW, FORMAT, STRIDE, UP, PALETTE, JPEG, REPEATED, HELP };

/* Take one option or file. Returns an exit status. */
static int decode_option(struct decode *d, int option)
{
	switch (option) {
	case 1: /* no option: a file */
		return decode_file(d, optarg);
	case TYPE:
		return decode_set_type(d, optarg);
	case SIZE:
		return decode_set_size(d, optarg);
	case RAW:
		d->raw = true;
		return 0;
	case FORMAT:
		return decode_set_format(d, optarg);
	case STRIDE:
		return decode_set_number(&d->img.bitmap_stride, optarg);
	case UP:
		d->img.top_down = false;
		return 0;
	case PALETTE:
		return decode_set_palette(d, optarg);
	case JPEG:
		return decode_set_number(&d->img.jpeg_size, optarg);
	case REPEATED:
		d->repeated = true;
		return 0;
	default:
		return decode_usage("unknown option, or one without a value",
				    "");
	}
}

/* All arguments, in their order. Returns an exit status. */
static int decode_all(struct decode *d, int argc, char **argv)
{
	static const struct option options[] = {
		{"type", required_argument, NULL, TYPE},
		{"size", required_argument, NULL, SIZE},
		{"raw", no_argument, NULL, RAW},
		{"format", required_argument, NULL, FORMAT},
		{"stride", required_argument, NULL, STRIDE},
		{"bottom-up", no_argument, NULL, UP},
		{"palette", required_argument, NULL, PALETTE},
		{"jpeg-size", required_argument, NULL, JPEG},
		{"repeated", no_argument, NULL, REPEATED},
		{"help", no_argument, NULL, HELP},
		{NULL, 0, NULL, 0},
	};
	int option, status;

	opterr = 0;
	while ((option = getopt_long(argc, argv, "-", options, NULL)) != -1) {
		if (option == HELP) {
			fputs(decode_help, stdout);
			exit(0);
		}
		status = decode_option(d, option);
		if (status)
			return status;
	}
	for (; optind < argc; optind++) { /* behind "--" */
		status = decode_file(d, argv[optind]);
		if (status)
			return status;
	}
	return d->files ? decode_write(d) : decode_usage("no file named", "");
}

int main(int argc, char **argv)
{
	struct decode d = {
		.img = {.bitmap_format = SPICE_BITMAP_FMT_32BIT,
			.top_down = true},
		.ctx = {.env = &decode_env},
	};
	int status;

	d.ctx.glz = codec_glz_window_new(&decode_env, WINDOW_PX);
	d.jpeg = codec_jpeg_new(&decode_env);
	if (!d.ctx.glz || !d.jpeg)
		return decode_broken("start", "not enough memory");
	status = decode_all(&d, argc, argv);
	pix_free(&decode_env, &d.pm);
	codec_jpeg_free(d.jpeg);
	codec_glz_window_free(d.ctx.glz);
	return status;
}
