/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * QUIC: what the plain encoder makes of noise, flat areas, ramps and mixtures
 * comes back, for every type, at widths around every threshold.
 */
#include "test/spice/codec_case.h"
#include "test/spice/enc_quic.h"
#include "test/test.h"

static uint32_t random_state = 1;

/* A picture by kind: 0 noise, 1 flat, 2 ramps, 3 a mixture, 4 few colours. */
static uint32_t *picture(unsigned int kind, uint32_t width, uint32_t height)
{
	uint32_t *px = malloc((size_t)width * height * sizeof(*px));
	uint32_t flat = test_random(&random_state), x, y, v, draw;

	for (y = 0; y < height; y++) {
		for (x = 0; x < width; x++) {
			draw = kind == 3 ? (x / 37 + y / 5) % 5 : kind;
			v = test_random(&random_state);
			if (draw == 1 || draw == 3)
				v = flat;
			if (draw == 2)
				v = (x * 3 + y) % 256 * 0x010101 | y << 24;
			if (draw == 4)
				v = v % 16 ? flat : v;
			px[(size_t)y * width + x] = v;
		}
	}
	return px;
}

static uint32_t format_of(unsigned int type)
{
	switch (type) {
	case ENC_QUIC_GRAY:
		return SPICE_SURFACE_FMT_8_A;
	case ENC_QUIC_RGB16:
		return SPICE_SURFACE_FMT_16_555;
	case ENC_QUIC_RGBA:
		return SPICE_SURFACE_FMT_32_ARGB;
	default:
		return SPICE_SURFACE_FMT_32_xRGB;
	}
}

/* A pixel of the pixmap, in the encoder's form. */
static uint32_t got_pixel(const struct pixmap *pm, uint32_t x, uint32_t y)
{
	unsigned int bytes = pix_bits(pm->format) / 8;
	uint32_t v = 0;

	memcpy(&v, pix_row(pm, y) + (size_t)x * bytes, bytes);
	if (bytes == 2)
		v = v >> 10 << 16 | (v >> 5 & 31) << 8 | (v & 31);
	return v;
}

/* What of a pixel is encoded. */
static uint32_t mask_of(unsigned int type)
{
	return type == ENC_QUIC_GRAY	? 0xff
	       : type == ENC_QUIC_RGB16 ? 0x1f1f1f
	       : type == ENC_QUIC_RGBA	? 0xffffffff
					: 0xffffff;
}

static void check_round(unsigned int type, unsigned int kind, uint32_t width,
			uint32_t height)
{
	struct case_stream s = {0};
	struct test_env t;
	struct codec_ctx ctx = {.env = &t.env};
	struct codec_image img = {.type = SPICE_IMAGE_TYPE_QUIC,
				  .width = width,
				  .height = height};
	uint32_t *px = picture(kind, width, height), x, y, format = 0;
	struct case_out out;
	long bad = 0;
	int rc, whole;

	for (x = 0; x < width * height; x++)
		px[x] &= mask_of(type);
	test_env_init(&t);
	enc_quic(&s, type, width, height, px);
	img.data = s.data;
	img.len = s.len;
	rc = codec_find(img.type)->format(&img, &format);
	case_out_init(&out, format_of(type), width, height, width % 3 * 4);
	if (!rc)
		rc = codec_find(img.type)->decode(&ctx, &img, &out.pm);
	whole = case_guards_whole(&out);
	for (y = 0; y < height; y++) {
		for (x = 0; x < width; x++)
			bad += got_pixel(&out.pm, x, y) !=
			       px[(size_t)y * width + x];
	}
	case_out_free(&out);
	free(s.data);
	free(px);
	if (rc || bad)
		printf("# type %u, kind %u, %ux%u\n", type, kind, width,
		       height);
	CHECK_EQ(rc, 0);
	CHECK_EQ(format, format_of(type));
	CHECK_EQ(bad, 0);
	CHECK(whole);
	CHECK_EQ(t.live, 0);
}

TEST(every_type_and_width)
{
	static const uint32_t sides[][2] = {
		{1, 1},	   {1, 40},   {2, 9},	 {3, 9},    {4, 9},
		{5, 9},	   {33, 33},  {100, 60}, {2047, 3}, {2048, 3},
		{2049, 3}, {5000, 4}, {700, 70},
	};

	for (unsigned int type = 1; type <= ENC_QUIC_RGBA; type++) {
		for (unsigned int kind = 0; kind < 5; kind++) {
			for (unsigned int i = 0; i < 13 && !test_bad; i++)
				check_round(type, kind, sides[i][0],
					    sides[i][1]);
		}
	}
}

/* The longest runs there are, in every state. */
TEST(long_runs)
{
	for (unsigned int type = 1; type <= ENC_QUIC_RGBA; type++) {
		if (!test_bad)
			check_round(type, 1, ENC_QUIC_MAX_WIDTH, 50);
		if (!test_bad)
			check_round(type, 4, ENC_QUIC_MAX_WIDTH, 4);
	}
}

/* Decode a 100x100 picture of @len bytes that are all @byte. */
static int decode_bytes(unsigned int type, uint8_t byte, size_t len)
{
	uint8_t header[20] = {
		'Q',	    'U',       'I', 'C', [8] = (uint8_t)type,
		[12] = 100, [16] = 100};
	struct test_env t;
	struct codec_ctx ctx = {.env = &t.env};
	struct codec_image img = {.type = SPICE_IMAGE_TYPE_QUIC,
				  .width = 100,
				  .height = 100,
				  .len = len};
	uint8_t *data = malloc(len);
	struct case_out out;
	int rc;

	memset(data, byte, len);
	memcpy(data, header, len < sizeof(header) ? len : sizeof(header));
	img.data = data;
	test_env_init(&t);
	case_out_init(&out, format_of(type), 100, 100, 0);
	rc = codec_find(img.type)->decode(&ctx, &img, &out.pm);
	if (!case_guards_whole(&out) || t.live)
		rc = 1;
	case_out_free(&out);
	free(data);
	return rc;
}

TEST(streams_of_one_byte)
{
	/* Ones: runs without end. Zeros: escapes, more bits than there are. */
	CHECK_EQ(decode_bytes(ENC_QUIC_RGB32, 0xff, 5000), -EINVAL);
	CHECK_EQ(decode_bytes(ENC_QUIC_RGBA, 0xff, 5000), -EINVAL);
	CHECK_EQ(decode_bytes(ENC_QUIC_RGB32, 0x00, 5000), -EINVAL);
	CHECK_EQ(decode_bytes(ENC_QUIC_RGB32, 0x00, 200000), 0);
	CHECK_EQ(decode_bytes(ENC_QUIC_RGB32, 0x55, 20), -EINVAL);
	CHECK_EQ(decode_bytes(ENC_QUIC_RGB32, 0x55, 19), -EINVAL);
}

TEST(headers_that_are_wrong)
{
	static const struct {
		unsigned int at, value;
	} bad[] = {{0, 'q'}, {4, 1}, {7, 1}, {8, 0}, {8, 6}, {12, 8}, {16, 8}};
	struct codec_image img = {
		.type = SPICE_IMAGE_TYPE_QUIC, .width = 9, .height = 9};
	uint32_t *px = picture(0, 9, 9), format;
	struct case_stream s = {0};
	int rc = -EINVAL, good;

	enc_quic(&s, ENC_QUIC_RGB32, 9, 9, px);
	free(px);
	img.data = s.data;
	img.len = s.len;
	good = codec_find(img.type)->format(&img, &format);
	for (unsigned int i = 0; i < 7 && rc == -EINVAL; i++) {
		uint8_t was = s.data[bad[i].at];

		s.data[bad[i].at] = (uint8_t)bad[i].value;
		rc = codec_find(img.type)->format(&img, &format);
		s.data[bad[i].at] = was;
	}
	free(s.data);
	CHECK_EQ(good, 0);
	CHECK_EQ(rc, -EINVAL);
}

int main(void)
{
	RUN(every_type_and_width);
	RUN(long_runs);
	RUN(streams_of_one_byte);
	RUN(headers_that_are_wrong);
	return test_end();
}
