/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * LZ streams of random tokens, every type, both row orders, pixmaps with and
 * without gaps; and streams that are wrong in one place.
 */
#include "test/spice/codec_case.h"
#include "test/spice/enc_lz.h"
#include "test/test.h"

static struct pix_palette palette;

static struct codec_image image_of(const struct enc_lz_image *im)
{
	return (struct codec_image){
		.type = im->type <= ENC_PLT8 ? SPICE_IMAGE_TYPE_LZ_PLT
					     : SPICE_IMAGE_TYPE_LZ_RGB,
		.width = im->width,
		.height = im->height,
		.palette = im->type <= ENC_PLT8 ? &palette : NULL,
		.data = im->stream.data,
		.len = im->stream.len,
	};
}

/* Make, decode and compare one image. */
static void check_round(unsigned int type, uint32_t width, uint32_t height,
			uint32_t pad, int top_down, uint32_t seed)
{
	struct enc_lz enc = {.random = seed};
	struct enc_lz_image im = {.type = type,
				  .width = width,
				  .height = height,
				  .top_down = top_down};
	struct test_env t;
	struct codec_ctx ctx = {.env = &t.env};
	struct codec_image img;
	struct case_out out;
	uint8_t *want, *got;
	size_t want_bytes, got_bytes;
	int rc, whole, same;

	test_env_init(&t);
	/* Narrow ones take another way when there is memory. */
	if (type > ENC_PLT8 && seed % 5 < 2)
		t.allocs_left = 0;
	enc_lz_image(&enc, &im, -1);
	img = image_of(&im);
	case_out_init(&out, enc_lz_format(type), width, height, pad);
	rc = codec_find(img.type)->decode(&ctx, &img, &out.pm);
	whole = case_guards_whole(&out);
	want = enc_lz_picture(&im, &palette, &want_bytes);
	got = case_packed(&out.pm, &got_bytes);
	same = want_bytes == got_bytes && !memcmp(want, got, got_bytes);
	free(want);
	free(got);
	case_out_free(&out);
	enc_lz_free(&im);
	if (rc || !whole || !same)
		printf("# type %u, %ux%u, pad %u, top_down %d, seed %u\n", type,
		       width, height, pad, top_down, seed);
	CHECK_EQ(rc, 0);
	CHECK(whole);
	CHECK(same);
	CHECK_EQ(t.live, 0);
}

TEST(random_streams)
{
	static const uint32_t sides[][2] = {{1, 1},   {1, 50},	{50, 1},
					    {7, 9},   {33, 20}, {300, 4},
					    {64, 64}, {129, 31}};
	uint32_t seed = 1;

	for (unsigned int type = ENC_PLT1_LE; type <= ENC_A8; type++) {
		for (unsigned int i = 0; i < 8; i++) {
			for (unsigned int how = 0; how < 16; how++) {
				check_round(type, sides[i][0], sides[i][1],
					    how & 2 ? 4 + how : 0, how & 1,
					    seed++);
				if (test_bad)
					return;
			}
		}
	}
}

/* More pixels than a match can reach back, and than pass between yields. */
TEST(large_random_streams)
{
	uint32_t seed = 1000;

	for (unsigned int type = ENC_PLT8; type <= ENC_A8; type++) {
		for (unsigned int how = 0; how < 4; how++) {
			check_round(type, 619, 251, how & 2 ? 12 : 0, how & 1,
				    seed++);
			if (test_bad)
				return;
		}
	}
	check_round(ENC_RGB32, 3, 16384, 4, 0, seed++);
	check_round(ENC_RGB32, 16384, 9, 4, 0, seed++);
	check_round(ENC_PLT1_LE, 16384, 9, 4, 1, seed);
}

TEST(palette_into_16_bits)
{
	struct enc_lz enc = {.random = 5};
	struct enc_lz_image im = {
		.type = ENC_PLT4_BE, .width = 31, .height = 6, .top_down = 1};
	struct test_env t;
	struct codec_ctx ctx = {.env = &t.env};
	struct codec_image img;
	struct case_out out;
	size_t bytes;
	uint8_t *want;
	int rc, same = 1;

	test_env_init(&t);
	enc_lz_image(&enc, &im, -1);
	img = image_of(&im);
	case_out_init(&out, SPICE_SURFACE_FMT_16_555, 31, 6, 0);
	rc = codec_find(img.type)->decode(&ctx, &img, &out.pm);
	want = enc_lz_picture(&im, &palette, &bytes);
	for (uint32_t i = 0; i < 31 * 6; i++)
		same &= !memcmp(want + i * 4,
				pix_row(&out.pm, i / 31) + i % 31 * 2, 2);
	free(want);
	case_out_free(&out);
	enc_lz_free(&im);
	CHECK_EQ(rc, 0);
	CHECK(same);
}

/* Decode @s, a 4x2 RGB32 or a type of its own, in a pixmap with gaps. */
static int decode_tokens(unsigned int type, uint32_t stride, uint32_t pad,
			 const uint8_t *tokens, size_t len)
{
	struct case_stream s = {0};
	struct test_env t;
	struct codec_ctx ctx = {.env = &t.env};
	struct codec_image img = {.type = SPICE_IMAGE_TYPE_LZ_RGB,
				  .width = 4,
				  .height = 2,
				  .palette = &palette};
	struct case_out out;
	int rc;

	test_env_init(&t);
	enc_lz_header(&s, type, 4, 2, stride, 1);
	for (size_t i = 0; i < len; i++)
		case_put(&s, tokens[i]);
	case_fit(&s);
	img.data = s.data;
	img.len = s.len;
	case_out_init(&out, enc_lz_format(type), 4, 2, pad);
	rc = codec_find(img.type)->decode(&ctx, &img, &out.pm);
	if (!case_guards_whole(&out) || t.live)
		rc = 1;
	case_out_free(&out);
	free(s.data);
	return rc;
}

#define TOKENS(type, stride, pad, ...)                                   \
	decode_tokens(type, stride, pad, (const uint8_t[]){__VA_ARGS__}, \
		      sizeof((const uint8_t[]){__VA_ARGS__}))

TEST(tokens_that_fit)
{
	/* One literal, then a run of 7 through the row's end. */
	CHECK_EQ(TOKENS(ENC_RGB32, 16, 0, 0, 1, 2, 3, 7 << 5, 0, 0), 0);
	CHECK_EQ(TOKENS(ENC_RGB32, 16, 4, 0, 1, 2, 3, 7 << 5, 0, 0), 0);
	/* What follows a full picture is not looked at. */
	CHECK_EQ(TOKENS(ENC_RGB32, 16, 4, 0, 1, 2, 3, 7 << 5, 0, 0, 9, 9), 0);
}

TEST(tokens_that_do_not_fit)
{
	for (uint32_t pad = 0; pad < 8; pad += 4) {
		/* A match before any pixel, and one pixel too far back. */
		CHECK_EQ(TOKENS(ENC_RGB32, 16, pad, 1 << 5, 0), -EINVAL);
		CHECK_EQ(TOKENS(ENC_RGB32, 16, pad, 0, 1, 2, 3, 1 << 5, 1),
			 -EINVAL);
		/* From the second row before the first. */
		CHECK_EQ(TOKENS(ENC_RGB32, 16, pad, 0, 1, 2, 3, 4 << 5, 0,
				1 << 5, 5),
			 -EINVAL);
		/* A run of 8, literals of 9: one too many. */
		CHECK_EQ(TOKENS(ENC_RGB32, 16, pad, 0, 1, 2, 3, 7 << 5, 1, 0),
			 -EINVAL);
		CHECK_EQ(TOKENS(ENC_A8, 4, pad, 8, 1, 2, 3, 4, 5, 6, 7, 8, 9),
			 -EINVAL);
		/* A length that goes on and on. */
		CHECK_EQ(TOKENS(ENC_RGB32, 16, pad, 0, 1, 2, 3, 7 << 5, 255,
				255, 255, 255, 255, 255, 0, 0),
			 -EINVAL);
		/* A far distance of a cut stream. */
		CHECK_EQ(TOKENS(ENC_RGB32, 16, pad, 0, 1, 2, 3, 1 << 5 | 31,
				255, 0),
			 -EINVAL);
	}
}

TEST(headers_that_are_wrong)
{
	/* Types 0 and 12; strides that are too short, too long. */
	CHECK_EQ(TOKENS(0, 16, 0, 7, 0), -EINVAL);
	CHECK_EQ(TOKENS(12, 16, 0, 7, 0), -EINVAL);
	CHECK_EQ(TOKENS(ENC_PLT8, 3, 0, 7, 1, 2, 3, 4, 5, 6, 7, 8), -EINVAL);
	CHECK_EQ(TOKENS(ENC_PLT8, 69, 0, 7, 1, 2, 3, 4, 5, 6, 7, 8), -EINVAL);
	CHECK_EQ(TOKENS(ENC_PLT8, 4, 0, 7, 1, 2, 3, 4, 5, 6, 7, 8), 0);
	/* Rows of indices longer than they need be: cropped. */
	CHECK_EQ(TOKENS(ENC_PLT8, 5, 0, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0), 0);
	/* One missing. */
	CHECK_EQ(TOKENS(ENC_PLT8, 4, 0, 6, 1, 2, 3, 4, 5, 6, 7), -EINVAL);
}

TEST(palette_images_need_a_palette)
{
	struct enc_lz enc = {.random = 5};
	struct enc_lz_image im = {.type = ENC_PLT8, .width = 3, .height = 6};
	struct codec_image img;
	uint32_t format;
	int rc;

	enc_lz_image(&enc, &im, -1);
	img = image_of(&im);
	img.palette = NULL;
	rc = codec_find(img.type)->format(&img, &format);
	enc_lz_free(&im);
	CHECK_EQ(rc, -EINVAL);
}

int main(void)
{
	case_palette(&palette);
	RUN(random_streams);
	RUN(large_random_streams);
	RUN(palette_into_16_bits);
	RUN(tokens_that_fit);
	RUN(tokens_that_do_not_fit);
	RUN(headers_that_are_wrong);
	RUN(palette_images_need_a_palette);
	return test_end();
}
