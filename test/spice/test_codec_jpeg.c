/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * JPEG beyond what the recorded streams show (test_codec_vectors): frames of a
 * stream that keep their tables, colour that is not interpolated, and markers
 * that lie. Sums are those of libjpeg-turbo 2.1.5 with its accurate transform.
 */
#include "spice/codec/codec_jpeg.h"
#include "test/spice/codec_case.h"
#include "test/test.h"

#define VECTORS "test/vectors/"
#define FRAME_W 1920
#define FRAME_H 1080

/* Decode into @out, which the caller frees. */
static int decode(struct test_env *t, const char *name, uint32_t width,
		  uint32_t height, bool bottom_up, bool smooth,
		  struct case_out *out)
{
	struct codec_jpeg_decoder *j;
	uint8_t *data;
	size_t len;
	int rc = -ENOENT;

	case_out_init(out, SPICE_SURFACE_FMT_32_xRGB, width, height, 8);
	data = case_read_file(name, &len);
	j = codec_jpeg_new(&t->env);
	if (data && j)
		rc = codec_jpeg_decode(j, data, len, &out->pm, bottom_up,
				       smooth);
	codec_jpeg_free(j);
	free(data);
	return rc;
}

TEST(colour_that_is_repeated)
{
	static const struct {
		const char *name, *sum;
	} rows[] = {
		{VECTORS "small/jpeg-420", "89f2ef51d6fefb0c8b568ba9c837d1d5"
					   "ed2d21a75d0914111674b99842583113"},
		{VECTORS "small/jpeg-422", "d6ff60ac397e5676a27633cd66895495"
					   "e36563abd680fe18b64655685602a40e"},
		{VECTORS "small/jpeg-440", "cffc5bdd4878b31c0f281fe72766a320"
					   "76c91d5dee8600749f44a570f505663c"},
	};
	struct test_env t;
	struct case_out out;
	char sum[65];
	int rc;

	test_env_init(&t);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		rc = decode(&t, rows[i].name, 61, 37, false, false, &out);
		case_sum(&out.pm, sum);
		CHECK(case_guards_whole(&out));
		case_out_free(&out);
		CHECK_EQ(rc, 0);
		CHECK(!strcmp(sum, rows[i].sum));
	}
	CHECK_EQ(t.live, 0);
}

TEST(bottom_up)
{
	const char *name = VECTORS "small/jpeg-420";
	struct case_out down, up;
	struct test_env t;
	uint32_t y;

	test_env_init(&t);
	CHECK_EQ(decode(&t, name, 61, 37, false, true, &down), 0);
	CHECK_EQ(decode(&t, name, 61, 37, true, true, &up), 0);
	for (y = 0; y < 37; y++)
		CHECK(!memcmp(pix_row(&down.pm, y), pix_row(&up.pm, 36 - y),
			      61 * 4));
	CHECK(case_guards_whole(&up));
	case_out_free(&down);
	case_out_free(&up);
}

/* What a text file says of a frame decoded with interpolation. */
static int frame_sum(const char *text, char sum[65])
{
	char line[1024] = " ";
	FILE *f = fopen(text, "r");
	int good;

	if (!f)
		return 0;
	good = fgets(line + 1, sizeof(line) - 1, f) &&
	       case_value(line, "out_sha256_islow_fancy", sum, 65);
	fclose(f);
	return good;
}

/* Decode a frame of a stream; its sum, whose top bytes are 255. */
static int frame(struct codec_jpeg_decoder *j, const char *name, char sum[65])
{
	struct case_out out;
	uint8_t *data;
	size_t len, i;
	int rc;

	data = case_read_file(name, &len);
	if (!data)
		return -ENOENT;
	case_out_init(&out, SPICE_SURFACE_FMT_32_xRGB, FRAME_W, FRAME_H, 0);
	rc = codec_jpeg_decode(j, data, len, &out.pm, false, true);
	for (i = 0; i < (size_t)FRAME_W * FRAME_H; i++)
		out.pm.data[i * 4 + 3] = 255;
	case_sum(&out.pm, sum);
	case_out_free(&out);
	free(data);
	return rc;
}

TEST(frames_keep_their_tables)
{
	struct codec_jpeg_decoder *j;
	char have[65], want[65] = "";
	struct test_env t;

	test_env_init(&t);
	j = codec_jpeg_new(&t.env);
	CHECK(j);
	CHECK_EQ(frame(j, VECTORS "text.mjpeg0", have), 0);
	CHECK(frame_sum(VECTORS "text.mjpeg0.txt", want));
	CHECK(!strcmp(have, want));
	CHECK_EQ(frame(j, VECTORS "text.mjpeg1", have), 0);
	CHECK(frame_sum(VECTORS "text.mjpeg1.txt", want));
	CHECK(!strcmp(have, want));
	codec_jpeg_free(j);
	CHECK(t.yields > 2L * FRAME_W * FRAME_H / 65536);
	CHECK_EQ(t.live, 0);
}

/* A frame without Huffman tables comes first: they are the standard's. */
TEST(standard_tables)
{
	struct codec_jpeg_decoder *j;
	char have[65], want[65] = "";
	struct test_env t;

	test_env_init(&t);
	j = codec_jpeg_new(&t.env);
	CHECK(j);
	CHECK_EQ(frame(j, VECTORS "text.mjpeg1", have), 0);
	CHECK(frame_sum(VECTORS "text.mjpeg1.txt", want));
	CHECK(!strcmp(have, want));
	codec_jpeg_free(j);
	codec_jpeg_free(NULL);
}

/* ---- markers that lie ---- */

#define SOI    "\xff\xd8"
#define DQT    "\xff\xdb\0\x43\0" ONES
#define ONES8  "\1\1\1\1\1\1\1\1"
#define ONES   ONES8 ONES8 ONES8 ONES8 ONES8 ONES8 ONES8 ONES8
#define SOF(n) "\xff\xc0\0\x0b\x08\0\x08\0\x08\1\1" n "\0"
#define SOS    "\xff\xda\0\x08\1\1\0\0\x3f\0"
/* DC of no bits, end of block: 00 1010, and ones to fill the byte. */
#define BLOCK "\x2b"
/* Three components, factors of the first, then of the others. */
#define SOF3(h, o) "\xff\xc0\0\x11\x08\0\x08\0\x08\3\1" h "\0\2" o "\0\3" o "\0"
#define SOS3	   "\xff\xda\0\x0c\3\1\0\2\0\3\0\0\x3f\0"

#define S(bytes) bytes, sizeof(bytes) - 1

static const struct {
	const char *bytes;
	size_t len;
	int size_rc, rc; /* of codec_jpeg_size, of decoding */
} marked[] = {
	{S(SOI DQT SOF("\x11") SOS BLOCK), 0, 0},
	/* A component alone: its factors mean nothing. */
	{S(SOI DQT SOF("\x42") SOS BLOCK), 0, 0},
	/* Bytes of 255 before a marker, and markers that are passed over. */
	{S(SOI "\xff\xff\xff\xe0\0\4ab\xff\xee\0\3x\xff\xfe\0\2" DQT SOF("\x11")
		   SOS BLOCK),
	 0, 0},
	{S(SOI DQT SOF3("\x11", "\x11") SOS3 "\x28\xa2"), 0, -EINVAL},
	{S(SOI DQT SOF3("\x11", "\x11") SOS3 "\x28\xa2\x8b\xff\xd9"), 0, 0},
	{S(SOI DQT SOF3("\x12", "\x11") SOS3 "\x28\xa2\x8a\x2b"), 0, 0},
	{S(SOI DQT SOF3("\x21", "\x11") SOS3 "\x28\xa2\x8a\x2b"), 0, 0},
	{S(SOI DQT SOF3("\x31", "\x11") SOS3 "\x28\xa2\x8a\x2b"), -EINVAL,
	 -EINVAL},
	{S(SOI DQT SOF3("\x13", "\x11") SOS3 "\x28\xa2\x8a\x2b"), -EINVAL,
	 -EINVAL},
	{S(SOI DQT SOF3("\x01", "\x11") SOS3 "\x28\xa2\x8a\x2b"), -EINVAL,
	 -EINVAL},
	{S(SOI DQT SOF3("\x22", "\x21") SOS3 "\x28\xa2\x8a\x2b"), -EINVAL,
	 -EINVAL},
	/* No beginning, no end. */
	{S(""), -EINVAL, -EINVAL},
	{S("\xff"), -EINVAL, -EINVAL},
	{S("\xff\xd9"), -EINVAL, -EINVAL},
	{S(SOI), -EINVAL, -EINVAL},
	{S(SOI "\0"), -EINVAL, -EINVAL},
	{S(SOI "\xff\xff\xff"), -EINVAL, -EINVAL},
	{S(SOI "\xff\xdb"), -EINVAL, -EINVAL},
	{S(SOI "\xff\xdb\0\1"), -EINVAL, -EINVAL},
	{S(SOI "\xff\xfe\0\3"), -EINVAL, -EINVAL},
	{S(SOI DQT SOF("\x11")), 0, -EINVAL},
	{S(SOI DQT SOF("\x11") "\xff\xd9\0\2"), 0, -EINVAL},
	{S(SOI DQT SOF("\x11") SOS), 0, -EINVAL},
	/* Quantizers: none, of a third kind, cut, of 16 bits. */
	{S(SOI SOF("\x11") SOS BLOCK), 0, -EINVAL},
	{S(SOI "\xff\xdb\0\x43\x20" ONES SOF("\x11") SOS BLOCK), 0, -EINVAL},
	{S(SOI "\xff\xdb\0\x43\4" ONES SOF("\x11") SOS BLOCK), 0, -EINVAL},
	{S(SOI "\xff\xdb\0\x43\x10" ONES SOF("\x11") SOS BLOCK), 0, -EINVAL},
	{S(SOI "\xff\xdb\0\x83\x10" ONES ONES SOF("\x11") SOS BLOCK), 0, 0},
	/* Frames: two, of 12 bits, of no size, of two or four components,
	 * progressive, lossless, arithmetic. */
	{S(SOI DQT SOF("\x11") SOF("\x11") SOS BLOCK), 0, -EINVAL},
	{S(SOI DQT "\xff\xc0\0\x0b\x0c\0\x08\0\x08\1\1\x11\0" SOS BLOCK),
	 -EINVAL, -EINVAL},
	{S(SOI DQT "\xff\xc0\0\x0b\x08\0\0\0\x08\1\1\x11\0" SOS BLOCK), -EINVAL,
	 -EINVAL},
	{S(SOI DQT "\xff\xc0\0\x0b\x08\0\x08\0\0\1\1\x11\0" SOS BLOCK), -EINVAL,
	 -EINVAL},
	{S(SOI DQT "\xff\xc0\0\x0e\x08\0\x08\0\x08\2\1\x11\0\2\x11\0"), -EINVAL,
	 -EINVAL},
	{S(SOI DQT "\xff\xc0\0\x0b\x08\0\x08\0\x08\3\1\x11\0" SOS), -EINVAL,
	 -EINVAL},
	{S(SOI DQT "\xff\xc0\0\x0b\x08\0\x08\0\x08\1\1\x11\4" SOS), -EINVAL,
	 -EINVAL},
	{S(SOI DQT "\xff\xc0\0\7\x08\0\x08\0\x08"), -EINVAL, -EINVAL},
	{S(SOI DQT "\xff\xc1\0\x0b\x08\0\x08\0\x08\1\1\x11\0" SOS BLOCK), 0, 0},
	{S(SOI DQT "\xff\xc2\0\x0b\x08\0\x08\0\x08\1\1\x11\0" SOS), -EINVAL,
	 -EINVAL},
	{S(SOI DQT "\xff\xcc\0\4\0\0"), -EINVAL, -EINVAL},
	/* Scans: before the frame, of other components, of tables there are
	 * none of. */
	{S(SOI DQT SOS SOF("\x11") BLOCK), -EINVAL, -EINVAL},
	{S(SOI DQT SOF("\x11") "\xff\xda\0\x08\1\2\0\0\x3f\0" BLOCK), 0,
	 -EINVAL},
	{S(SOI DQT SOF("\x11") "\xff\xda\0\x08\2\1\0\0\x3f\0" BLOCK), 0,
	 -EINVAL},
	{S(SOI DQT SOF("\x11") "\xff\xda\0\x07\1\1\0\0\x3f" BLOCK), 0, -EINVAL},
	{S(SOI DQT SOF("\x11") "\xff\xda\0\x08\1\1\x20\0\x3f\0" BLOCK), 0,
	 -EINVAL},
	{S(SOI DQT SOF("\x11") "\xff\xda\0\x08\1\1\2\0\x3f\0" BLOCK), 0,
	 -EINVAL},
	/* Huffman tables: cut, of a third kind, of more codes than fit. */
	{S(SOI DQT SOF("\x11") "\xff\xc4\0\3\0" SOS BLOCK), 0, -EINVAL},
	{S(SOI DQT SOF("\x11") "\xff\xc4\0\x13\2" ONES8 ONES8 SOS BLOCK), 0,
	 -EINVAL},
	{S(SOI DQT SOF("\x11") "\xff\xc4\0\x13\0" ONES8 ONES8 SOS BLOCK), 0,
	 -EINVAL},
	{S(SOI DQT SOF("\x11") "\xff\xc4\0\x16\0\3\0\0\0\0\0\0\0" ONES8
			       "\0\0\0" SOS BLOCK),
	 0, -EINVAL},
	{S(SOI DQT SOF("\x11") "\xff\xc4\0\x16\0\3\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			       "\0\0\0\0" SOS BLOCK),
	 0, -EINVAL},
	/* One code, 0, and bits that are another. */
	{S(SOI DQT SOF("\x11") "\xff\xc4\0\x14\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			       "\0\0" SOS "\xff\0\xff\0\xff\0"),
	 0, -EINVAL},
	/* A run beyond the block: 16 zeros four times, then a coefficient. */
	{S(SOI DQT SOF("\x11") SOS "\x3f\xf9\xff\xcf\xfe\x7f\xf3\x3f\x3f"), 0,
	 -EINVAL},
	/* Restarts: of no length, then one that comes, or does not. */
	{S(SOI DQT SOF("\x11") "\xff\xdd\0\3\0" SOS BLOCK), 0, -EINVAL},
	{S(SOI DQT SOF("\x11") "\xff\xdd\0\4\0\1" SOS BLOCK), 0, 0},
};

TEST(markers)
{
	struct test_env t;
	struct case_out out;
	uint32_t width, height;
	uint8_t *data;
	int rc, size_rc;

	test_env_init(&t);
	for (size_t i = 0; i < sizeof(marked) / sizeof(marked[0]); i++) {
		struct codec_jpeg_decoder *j = codec_jpeg_new(&t.env);

		data = malloc(marked[i].len + !marked[i].len);
		memcpy(data, marked[i].bytes, marked[i].len);
		size_rc = codec_jpeg_size(data, marked[i].len, &width, &height);
		case_out_init(&out, SPICE_SURFACE_FMT_32_xRGB, 8, 8, 0);
		rc = codec_jpeg_decode(j, data, marked[i].len, &out.pm, false,
				       true);
		if (rc != marked[i].rc || size_rc != marked[i].size_rc)
			printf("# row %zu\n", i);
		CHECK(case_guards_whole(&out));
		CHECK_EQ(size_rc, marked[i].size_rc);
		CHECK_EQ(rc, marked[i].rc);
		/* All that these decode to: no coefficient, the middle. */
		if (!rc)
			CHECK_EQ(pix_row(&out.pm, 7)[28], 128);
		case_out_free(&out);
		codec_jpeg_free(j);
		free(data);
	}
	CHECK_EQ(t.live, 0);
}

/* Two blocks with a restart after each; the marker is @bytes. */
static int restart(const char *bytes, size_t n)
{
	static const char head[] = SOI DQT
		"\xff\xc0\0\x0b\x08\0\x08\0\x10\1\1\x11\0"
		"\xff\xdd\0\4\0\1" SOS BLOCK;
	struct codec_jpeg_decoder *j;
	struct case_stream s = {0};
	struct case_out out;
	struct test_env t;
	size_t i;
	int rc;

	test_env_init(&t);
	for (i = 0; i < sizeof(head) - 1; i++)
		case_put(&s, (uint8_t)head[i]);
	for (i = 0; i < n; i++)
		case_put(&s, (uint8_t)bytes[i]);
	case_fit(&s);
	j = codec_jpeg_new(&t.env);
	case_out_init(&out, SPICE_SURFACE_FMT_32_xRGB, 16, 8, 0);
	rc = codec_jpeg_decode(j, s.data, s.len, &out.pm, false, true);
	case_out_free(&out);
	codec_jpeg_free(j);
	free(s.data);
	return rc;
}

TEST(restarts)
{
	CHECK_EQ(restart(S("\xff\xd0\x2b")), 0);
	CHECK_EQ(restart(S("\xff\xff\xff\xd0\x2b\xff\xd9")), 0);
	CHECK_EQ(restart(S("\xff\xd1\x2b")), -EINVAL);
	CHECK_EQ(restart(S("\xff\xd9\x2b")), -EINVAL);
	CHECK_EQ(restart(S("\x2b\x2b")), -EINVAL);
	CHECK_EQ(restart(S("\xff\xff")), -EINVAL);
	CHECK_EQ(restart(S("")), -EINVAL);
	CHECK_EQ(restart(S("\xff\xd0")), -EINVAL);
}

TEST(memory_that_runs_out)
{
	static const char whole[] = SOI DQT SOF("\x11") SOS BLOCK;
	struct codec_jpeg_decoder *j;
	struct case_out out;
	struct test_env t;

	test_env_init(&t);
	t.allocs_left = 0;
	CHECK(!codec_jpeg_new(&t.env));
	t.allocs_left = 1;
	j = codec_jpeg_new(&t.env);
	CHECK(j);
	case_out_init(&out, SPICE_SURFACE_FMT_32_xRGB, 8, 8, 0);
	CHECK_EQ(codec_jpeg_decode(j, (const uint8_t *)whole, sizeof(whole) - 1,
				   &out.pm, false, true),
		 -ENOMEM);
	out.pm.width = 7;
	CHECK_EQ(codec_jpeg_decode(j, (const uint8_t *)whole, sizeof(whole) - 1,
				   &out.pm, false, true),
		 -EINVAL);
	case_out_free(&out);
	codec_jpeg_free(j);
	CHECK_EQ(t.live, 0);
}

/* The alpha behind a picture: missing, of another kind, cut. */
TEST(alpha)
{
	struct codec_image img = {.type = SPICE_IMAGE_TYPE_JPEG_ALPHA,
				  .width = 61,
				  .height = 37,
				  .top_down = true};
	const struct codec *codec = codec_find(img.type);
	struct codec_ctx ctx = {0};
	struct test_env t;
	struct case_out out;
	uint32_t format;
	uint8_t *data;

	test_env_init(&t);
	ctx.env = &t.env;
	data = case_read_file(VECTORS "small/jpeg-alpha", &img.len);
	CHECK(data);
	img.data = data;
	img.jpeg_size = 2477;
	CHECK_EQ(codec->format(&img, &format), 0);
	CHECK_EQ(format, SPICE_SURFACE_FMT_32_ARGB);
	case_out_init(&out, format, 61, 37, 0);
	CHECK_EQ(codec->decode(&ctx, &img, &out.pm), 0);
	img.jpeg_size++;
	CHECK_EQ(codec->decode(&ctx, &img, &out.pm), -EINVAL);
	img.jpeg_size--;
	data[2477 + 11] = 9; /* RGBA, where only alpha belongs */
	CHECK_EQ(codec->decode(&ctx, &img, &out.pm), -EINVAL);
	data[2477 + 11] = 10;
	data[0] = 0;
	CHECK_EQ(codec->decode(&ctx, &img, &out.pm), -EINVAL);
	img.jpeg_size = (uint32_t)img.len + 1;
	CHECK_EQ(codec->format(&img, &format), -EINVAL);
	case_out_free(&out);
	free(data);
	CHECK_EQ(t.live, 0);
}

int main(void)
{
	RUN(colour_that_is_repeated);
	RUN(bottom_up);
	RUN(frames_keep_their_tables);
	RUN(standard_tables);
	RUN(markers);
	RUN(restarts);
	RUN(memory_that_runs_out);
	RUN(alpha);
	return test_end();
}
