/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * GLZ: sequences of images of random tokens that refer to each other, and the
 * window: what it holds, what it lets go, what it refuses.
 */
#include "test/spice/codec_case.h"
#include "test/spice/enc_lz.h"
#include "test/test.h"

/* Decode a stream of the given sides; the guards are checked. */
static int decode(const struct codec_ctx *ctx, const struct case_stream *s,
		  uint32_t format, uint32_t width, uint32_t height,
		  struct case_out *out, uint32_t pad)
{
	struct codec_image img = {.type = SPICE_IMAGE_TYPE_GLZ_RGB,
				  .width = width,
				  .height = height,
				  .data = s->data,
				  .len = s->len};
	int rc;

	case_out_init(out, format, width, height, pad);
	rc = codec_find(img.type)->decode(ctx, &img, &out->pm);
	return case_guards_whole(out) ? rc : 1;
}

static void check_image(const struct codec_ctx *ctx,
			const struct enc_lz_image *im, uint32_t pad)
{
	uint32_t format = enc_lz_format(im->type);
	size_t want_bytes, got_bytes;
	struct case_out out;
	uint8_t *want, *got;
	int rc, same;

	rc = decode(ctx, &im->stream, format, im->width, im->height, &out, pad);
	want = enc_lz_picture(im, NULL, &want_bytes);
	got = case_packed(&out.pm, &got_bytes);
	same = want_bytes == got_bytes && !memcmp(want, got, got_bytes);
	free(want);
	free(got);
	case_out_free(&out);
	if (rc || !same)
		printf("# image %u, type %u, %ux%u\n", (unsigned int)im->id,
		       im->type, im->width, im->height);
	CHECK_EQ(rc, 0);
	CHECK(same);
}

/*
 * 60 images, at most @keep of them in the window. RGB24 and RGB32 refer to
 * each other, others only to their kind.
 */
static void check_sequence(uint32_t seed, unsigned int keep, uint64_t first_id,
			   uint32_t largest)
{
	static const unsigned int types[] = {ENC_RGB16, ENC_RGB24, ENC_RGB32,
					     ENC_RGBA};
	struct enc_lz_image images[60] = {0}, *window[60];
	struct enc_lz enc = {.random = seed, .window = window};
	struct test_env t;
	struct codec_ctx ctx = {.env = &t.env};
	unsigned int i, k, held;

	test_env_init(&t);
	ctx.glz = codec_glz_window_new(&t.env, 1 << 20);
	for (i = 0; i < 60 && !test_bad; i++) {
		held = i < keep ? i : keep;
		for (k = 0; k < held; k++)
			window[k] = &images[i - 1 - k];
		enc.window_len = held;
		images[i].type = types[test_random(&enc.random) % 4];
		images[i].width = 1 + test_random(&enc.random) % largest;
		images[i].height = 1 + test_random(&enc.random) % largest;
		images[i].top_down = test_random(&enc.random) & 1;
		images[i].id = first_id + i;
		enc_lz_image(&enc, &images[i], held);
		check_image(&ctx, &images[i], i % 3 * 4);
	}
	for (i = 0; i < 60; i++)
		enc_lz_free(&images[i]);
	codec_glz_window_free(ctx.glz);
	if (!test_bad)
		CHECK_EQ(t.live, 0);
}

TEST(random_sequences)
{
	for (uint32_t seed = 1; seed < 20 && !test_bad; seed++)
		check_sequence(seed, seed * 3, seed & 1 ? 0 : 0xfffffff0, 60);
}

TEST(one_image_larger_than_every_distance_form)
{
	struct enc_lz enc = {.random = 7};
	struct enc_lz_image images[3] = {0},
			    *window[2] = {&images[0], &images[1]};
	struct test_env t;
	struct codec_ctx ctx = {.env = &t.env};

	test_env_init(&t);
	ctx.glz = codec_glz_window_new(&t.env, 1 << 20);
	enc.window = window;
	for (unsigned int i = 0; i < 3 && !test_bad; i++) {
		images[i] = (struct enc_lz_image){.type = ENC_RGBA,
						  .width = 641,
						  .height = 480,
						  .top_down = i != 1,
						  .id = i};
		enc.window_len = i;
		enc_lz_image(&enc, &images[i], i);
		check_image(&ctx, &images[i], 0);
	}
	for (unsigned int i = 0; i < 3; i++)
		enc_lz_free(&images[i]);
	codec_glz_window_free(ctx.glz);
	CHECK_EQ(t.live, 0);
}

/* A window under test, and images of one colour each. */
static struct test_env t;
static struct codec_ctx ctx;

static void open_window(uint32_t pixels)
{
	test_env_init(&t);
	ctx.env = &t.env;
	ctx.glz = codec_glz_window_new(&t.env, pixels);
}

static void close_window(void)
{
	codec_glz_window_free(ctx.glz);
	CHECK_EQ(t.live, 0);
}

/* An image of its id's low byte in every channel. */
static int plain(uint64_t id, uint32_t head_dist, uint32_t width,
		 uint32_t height)
{
	struct case_stream s = {0};
	struct case_out out;
	uint32_t pixels = width * height;
	int rc;

	enc_glz_header(&s, ENC_RGB32, width, height, 1, id, head_dist);
	case_put(&s, 0);
	case_put(&s, id & 255);
	case_put(&s, id & 255);
	case_put(&s, id & 255);
	if (pixels > 1)
		enc_glz_match(&s, pixels - 1, 0, 0, 0, 0);
	case_fit(&s);
	rc = decode(&ctx, &s, SPICE_SURFACE_FMT_32_xRGB, width, height, &out,
		    0);
	case_out_free(&out);
	free(s.data);
	return rc;
}

/*
 * An image of one match into image @id - @images at @offset.
 *
 * @type: of the image
 * Returns the decoder's error, else the first byte of the picture.
 */
static int refer(unsigned int type, uint64_t id, uint32_t head_dist,
		 uint32_t images, uint32_t offset, uint32_t width)
{
	struct case_stream s = {0};
	struct case_out out;
	int rc;

	enc_glz_header(&s, type, width, 1, 1, id, head_dist);
	enc_glz_match(&s, width, type == ENC_RGB16 ? 1 : 0, offset, images, 0);
	if (type == ENC_RGBA)
		enc_glz_match(&s, width, 2, offset, images, 0);
	case_fit(&s);
	rc = decode(&ctx, &s, enc_lz_format(type), width, 1, &out, 0);
	if (!rc)
		rc = out.pm.data[0];
	case_out_free(&out);
	free(s.data);
	return rc;
}

TEST(references_are_held_until_released)
{
	open_window(1000);
	for (uint64_t id = 0; id < 10; id++)
		CHECK_EQ(plain(id, (uint32_t)id, 10, 1), 0);
	CHECK_EQ(refer(ENC_RGB32, 10, 10, 10, 0, 10), 0);
	CHECK_EQ(refer(ENC_RGB32, 11, 11, 8, 9, 1), 3);
	/* 12 says that only 5 and later are left. */
	CHECK_EQ(refer(ENC_RGB32, 12, 7, 7, 0, 10), 5);
	CHECK_EQ(refer(ENC_RGB32, 13, 9, 9, 0, 10), -ENOENT);
	/* A failed one is not in the window, and may come again. */
	CHECK_EQ(refer(ENC_RGB32, 13, 8, 8, 0, 10), 5);
	CHECK_EQ(refer(ENC_RGB32, 14, 1, 20, 0, 10), -ENOENT);
	close_window();
}

TEST(references_outside_an_image)
{
	open_window(1000);
	CHECK_EQ(plain(0, 0, 10, 2), 0);
	CHECK_EQ(refer(ENC_RGB32, 1, 1, 1, 19, 1), 0);
	CHECK_EQ(refer(ENC_RGB32, 2, 2, 2, 20, 1), -EINVAL);
	CHECK_EQ(refer(ENC_RGB32, 2, 2, 2, 11, 10), -EINVAL);
	CHECK_EQ(refer(ENC_RGB32, 2, 2, 2, 0x1ffffff, 10), -EINVAL);
	/* Within itself: nothing is there yet. */
	CHECK_EQ(refer(ENC_RGB32, 2, 2, 0, 0, 10), -EINVAL);
	/* Itself, and later ones, by a distance that wraps. */
	CHECK_EQ(refer(ENC_RGB32, 2, 2, 3, 0, 10), -ENOENT);
	/* Other kinds. */
	CHECK_EQ(refer(ENC_RGB16, 2, 2, 2, 0, 10), -EINVAL);
	CHECK_EQ(refer(ENC_RGBA, 2, 2, 2, 0, 10), -EINVAL);
	CHECK_EQ(refer(ENC_RGB24, 2, 2, 2, 0, 10), 0);
	close_window();
}

TEST(the_window_is_filled_to_the_last_pixel)
{
	open_window(1000);
	CHECK_EQ(plain(0, 0, 500, 1), 0);
	CHECK_EQ(plain(1, 1, 500, 1), 0);
	CHECK_EQ(plain(2, 2, 1, 1), -EINVAL);
	CHECK_EQ(plain(2, 1, 501, 1), -EINVAL);
	CHECK_EQ(plain(2, 1, 500, 1), 0);
	CHECK_EQ(plain(3, 0, 1001, 1), -EINVAL);
	CHECK_EQ(plain(3, 0, 1000, 1), 0);
	close_window();
}

TEST(a_full_slot_table_is_released_at_once)
{
	open_window(1000);
	for (uint64_t id = 0; id < 64; id++)
		CHECK_EQ(plain(id, (uint32_t)id, 10, 1), 0);
	CHECK_EQ(plain(64, 0, 1000, 1), 0);
	CHECK_EQ(refer(ENC_RGB32, 65, 65, 65, 0, 10), -EINVAL);
	CHECK_EQ(plain(65, 0, 1000, 1), 0);
	close_window();
}

TEST(small_images_are_counted)
{
	uint64_t id;

	/* 4096 and one for each 16 pixels. */
	open_window(16000);
	for (id = 0; id < 5096; id++) {
		if (plain(id, (uint32_t)id, 1, 1))
			break;
	}
	CHECK_EQ(id, 5096);
	CHECK_EQ(plain(id, (uint32_t)id, 1, 1), -EINVAL);
	CHECK_EQ(plain(id, (uint32_t)id - 1, 1, 1), 0);
	id--;
	CHECK_EQ(refer(ENC_RGB32, id + 2, (uint32_t)id, (uint32_t)id, 0, 1), 2);
	close_window();
}

TEST(images_out_of_order_wait)
{
	open_window(100);
	CHECK_EQ(plain(0, 0, 10, 1), 0);
	/* 1 is on another channel; 2 and 3 need it or not. */
	CHECK_EQ(plain(2, 0, 10, 1), 0);
	CHECK_EQ(refer(ENC_RGB32, 3, 3, 2, 0, 10), -ENOENT);
	/* Nothing was released for 2: 1 may refer to 0. */
	CHECK_EQ(plain(4, 0, 81, 1), -ENOENT);
	CHECK_EQ(refer(ENC_RGB32, 1, 1, 1, 0, 10), 0);
	/* Now 2's word is good: 0 and 1 are gone. */
	CHECK_EQ(refer(ENC_RGB32, 3, 1, 1, 0, 10), 2);
	CHECK_EQ(refer(ENC_RGB32, 4, 1, 3, 0, 10), -ENOENT);
	CHECK_EQ(plain(4, 1, 80, 1), 0);
	close_window();
}

TEST(the_first_may_be_any)
{
	open_window(100);
	CHECK_EQ(plain(7, 3, 10, 1), 0);
	/* Late, decoded, but nobody can refer to it any more. */
	CHECK_EQ(plain(5, 3, 10, 1), 0);
	CHECK_EQ(refer(ENC_RGB32, 8, 3, 3, 0, 10), -ENOENT);
	CHECK_EQ(refer(ENC_RGB32, 8, 1, 1, 0, 10), 7);
	codec_glz_window_reset(ctx.glz);
	CHECK_EQ(t.live, 2);
	CHECK_EQ(plain(0, 0, 10, 1), 0);
	CHECK_EQ(refer(ENC_RGB32, 1, 1, 1, 0, 10), 0);
	close_window();
}

TEST(ids_that_are_hostile)
{
	open_window(1 << 20);
	CHECK_EQ(plain(0, 0, 10, 1), 0);
	CHECK_EQ(plain(0, 0, 10, 1), -EINVAL);
	CHECK_EQ(plain(UINT64_MAX, 0, 10, 1), -EINVAL);
	/* No slot table separates these two. */
	CHECK_EQ(plain(1ull << 40, 0, 10, 1), -EINVAL);
	CHECK_EQ(plain((1ull << 40) + 3, 0, 10, 1), 0);
	CHECK_EQ(plain(1, 0, 10, 1), 0);
	close_window();
	/* The first of all, and it has almost the last id. */
	open_window(100);
	CHECK_EQ(plain(UINT64_MAX - 1, 0xffffffff, 10, 1), 0);
	close_window();
}

TEST(memory_runs_out)
{
	struct spice_env *env = &t.env;

	test_env_init(&t);
	t.allocs_left = 0;
	CHECK(codec_glz_window_new(env, 100) == NULL);
	t.allocs_left = 1;
	CHECK(codec_glz_window_new(env, 100) == NULL);
	CHECK_EQ(t.live, 0);
	codec_glz_window_free(NULL);

	open_window(10000);
	t.allocs_left = 0;
	CHECK_EQ(plain(0, 0, 10, 1), -ENOMEM);
	t.allocs_left = -1;
	for (uint64_t id = 0; id < 64; id++)
		CHECK_EQ(plain(id, (uint32_t)id, 10, 1), 0);
	/* The 65th needs a larger table. */
	t.allocs_left = 0;
	CHECK_EQ(plain(64, 64, 10, 1), -ENOMEM);
	t.allocs_left = 1;
	CHECK_EQ(plain(64, 64, 10, 1), -ENOMEM);
	t.allocs_left = -1;
	CHECK_EQ(plain(64, 64, 10, 1), 0);
	close_window();
}

TEST(without_a_window)
{
	test_env_init(&t);
	ctx.env = &t.env;
	ctx.glz = NULL;
	CHECK_EQ(plain(0, 0, 10, 1), -EINVAL);
}

TEST(types_that_are_never_sent)
{
	struct codec_image img = {
		.type = SPICE_IMAGE_TYPE_GLZ_RGB, .width = 4, .height = 1};
	uint32_t format;

	for (unsigned int type = 0; type < 16; type++) {
		struct case_stream s = {0};
		int rc, good = type >= ENC_RGB16 && type <= ENC_RGBA;

		enc_glz_header(&s, type, 4, 1, 1, 0, 0);
		img.data = s.data;
		img.len = s.len;
		rc = codec_find(img.type)->format(&img, &format);
		free(s.data);
		CHECK_EQ(rc, good ? 0 : -EINVAL);
	}
}

/* Tokens that leave the image, on either side of a yield. */
TEST(tokens_that_do_not_fit)
{
	static const uint8_t lits[] = {4, 1, 2, 3, 1, 2, 3, 1,
				       2, 3, 1, 2, 3, 1, 2, 3};
	static const uint8_t run[] = {0, 1, 2, 3, 4 << 5, 0, 0};
	static const uint8_t endless[] = {0,   1,   2,	 3,   7 << 5, 255,
					  255, 255, 255, 255, 0,      0};
	static const uint8_t cut[] = {0, 1, 2, 3, 1 << 5 | 16, 0, 3 << 6, 0, 0};
	static const struct {
		const uint8_t *data;
		size_t len;
	} bad[] = {{lits, sizeof(lits)},
		   {run, sizeof(run)},
		   {endless, sizeof(endless)},
		   {cut, sizeof(cut)}};

	open_window(100);
	for (unsigned int i = 0; i < 4; i++) {
		struct case_stream s = {0};
		struct case_out out;
		int rc;

		enc_glz_header(&s, ENC_RGB32, 4, 1, 1, 0, 0);
		for (size_t k = 0; k < bad[i].len; k++)
			case_put(&s, bad[i].data[k]);
		case_fit(&s);
		rc = decode(&ctx, &s, SPICE_SURFACE_FMT_32_xRGB, 4, 1, &out, 0);
		case_out_free(&out);
		free(s.data);
		CHECK_EQ(rc, -EINVAL);
	}
	close_window();
}

int main(void)
{
	RUN(random_sequences);
	RUN(one_image_larger_than_every_distance_form);
	RUN(references_are_held_until_released);
	RUN(references_outside_an_image);
	RUN(the_window_is_filled_to_the_last_pixel);
	RUN(a_full_slot_table_is_released_at_once);
	RUN(small_images_are_counted);
	RUN(images_out_of_order_wait);
	RUN(the_first_may_be_any);
	RUN(ids_that_are_hostile);
	RUN(memory_runs_out);
	RUN(without_a_window);
	RUN(types_that_are_never_sent);
	RUN(tokens_that_do_not_fit);
	return test_end();
}
