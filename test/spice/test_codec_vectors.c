/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Streams of the reference encoders give the pictures that they were made
 * from: into pixmaps with and without gaps, and nothing but the picture is
 * touched. Then the same streams, cut and damaged: no crash, no byte outside,
 * no memory lost.
 *
 * timeout 600
 */
#include "test/spice/codec_case.h"
#include "test/test.h"

#define VECTORS	    "test/vectors/"
#define MAX_VECTORS 120
#define WINDOW_PX   (16u << 20)

static struct case_vector vectors[MAX_VECTORS];
static unsigned int count;
static struct pix_palette palette;

/* The large pictures: a text file each. */
static int read_large(const char *name)
{
	struct case_vector *v = &vectors[count];
	char path[128], text[144], line[1024] = " ";
	FILE *f;

	snprintf(path, sizeof(path), VECTORS "%s", name);
	snprintf(text, sizeof(text), "%s.txt", path);
	f = fopen(text, "r");
	if (!f || !fgets(line + 1, sizeof(line) - 1, f))
		return 0;
	fclose(f);
	count++;
	return case_vector_read(v, path, line);
}

/* The small ones: a line each in one file. */
static int read_small(void)
{
	char path[128], line[1024] = " ", name[64];
	int good = 1;
	FILE *f;

	f = fopen(VECTORS "small/index.txt", "r");
	if (!f)
		return 0;
	while (good && count < MAX_VECTORS &&
	       fgets(line + 1, sizeof(line) - 1, f)) {
		good = case_value(line, "file", name, sizeof(name));
		snprintf(path, sizeof(path), VECTORS "small/%s", name);
		good = good && case_vector_read(&vectors[count++], path, line);
	}
	fclose(f);
	return good;
}

TEST(the_vectors_are_whole)
{
	case_palette(&palette);
	CHECK(read_large("text.lz"));
	CHECK(read_large("text.quic"));
	CHECK(read_large("text.glz0"));
	CHECK(read_large("text.glz1"));
	CHECK(read_large("text.glz2"));
	CHECK(read_large("text.zglz0"));
	CHECK(read_large("text.zglz1"));
	CHECK(read_large("text.zglz2"));
	CHECK(read_large("text.lz4"));
	CHECK(read_large("text.lz4b"));
	CHECK(read_large("text.jpeg"));
	CHECK(read_small());
	CHECK(count > 80);
}

/* Decode vector @v into a pixmap with @pad bytes of gap; compare. */
static void check_vector(const struct case_vector *v, struct codec_ctx *ctx,
			 uint32_t pad)
{
	const struct codec *codec = codec_find(v->type);
	struct codec_image img = case_image(v, &palette);
	struct case_out out;
	uint32_t format = 0;
	char sum[65];
	int rc, whole;

	CHECK(codec != NULL);
	CHECK_EQ(codec->format(&img, &format), 0);
	CHECK_EQ(format, v->format);
	case_out_init(&out, format, img.width, img.height, pad);
	rc = codec->decode(ctx, &img, &out.pm);
	whole = case_guards_whole(&out);
	case_sum(&out.pm, sum);
	case_out_free(&out);
	if (rc || !whole || strcmp(sum, v->sum))
		printf("# %s, gap of %u bytes\n", v->name, pad);
	CHECK_EQ(rc, 0);
	CHECK(whole);
	CHECK(!strcmp(sum, v->sum));
}

/* Does a dictionary begin with vector @v? */
static int begins_window(const struct case_vector *v)
{
	static const char *const first[] = {"text.lz", "text.zglz0", "glz-00",
					    "zglz-00"};

	for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++) {
		if (!strcmp(v->name, first[i]))
			return 1;
	}
	return 0;
}

/* All of them, in order: GLZ pictures need the earlier ones. */
static void check_all(uint32_t pad)
{
	struct test_env t;
	struct codec_ctx ctx = {0};
	unsigned int i;

	test_env_init(&t);
	ctx.env = &t.env;
	for (i = 0; i < count && !test_bad; i++) {
		if (begins_window(&vectors[i])) {
			codec_glz_window_free(ctx.glz);
			ctx.glz = codec_glz_window_new(
				&t.env, strncmp(vectors[i].name, "text", 4)
						? 100000
						: WINDOW_PX);
		}
		check_vector(&vectors[i], &ctx, pad);
	}
	codec_glz_window_free(ctx.glz);
	if (!test_bad)
		CHECK_EQ(t.live, 0);
}

TEST(decode_without_gaps)
{
	check_all(0);
}

TEST(decode_with_gaps)
{
	check_all(20);
}

TEST(a_large_picture_yields)
{
	struct test_env t;
	struct codec_ctx ctx = {.env = &t.env};
	long px;

	for (unsigned int i = 0; i < 3; i++) {
		test_env_init(&t);
		ctx.glz = codec_glz_window_new(&t.env, WINDOW_PX);
		check_vector(&vectors[i], &ctx, 0);
		codec_glz_window_free(ctx.glz);
		px = (long)vectors[i].width * vectors[i].height;
		CHECK(t.yields >= px / 65536);
		CHECK(t.yields <= px / 32768);
	}
}

/*
 * Decode @len bytes that may be damaged.
 *
 * Returns what the decoder did; a touched guard is a failed check.
 */
static int decode_damaged(const struct case_vector *v,
			  const struct codec_ctx *ctx, const uint8_t *data,
			  size_t len)
{
	const struct codec *codec = codec_find(v->type);
	struct codec_image img = case_image(v, &palette);
	struct case_out out;
	uint32_t format;
	int rc, whole;

	img.len = len;
	img.data = data;
	rc = codec->format(&img, &format);
	if (rc)
		return rc;
	case_out_init(&out, format, img.width, img.height, 4);
	rc = codec->decode(ctx, &img, &out.pm);
	whole = case_guards_whole(&out);
	case_out_free(&out);
	if (!whole) {
		printf("# %s: a byte outside was written\n", v->name);
		test_bad = 1;
	}
	return rc;
}

/* Small enough to be decoded thousands of times? */
static int is_small(const struct case_vector *v)
{
	return v->width * v->height < 3000 && v->len < 8000;
}

static int uses_window(const struct case_vector *v)
{
	return v->type == SPICE_IMAGE_TYPE_GLZ_RGB ||
	       v->type == SPICE_IMAGE_TYPE_ZLIB_GLZ_RGB;
}

/* A window that holds the small pictures up to the one before @i. */
static struct codec_glz_window *window_before(const struct spice_env *env,
					      unsigned int i)
{
	struct codec_ctx ctx = {.env = env};
	unsigned int k;

	ctx.glz = codec_glz_window_new(env, 100000);
	for (k = 0; k < i; k++) {
		if (vectors[k].type == vectors[i].type &&
		    uses_window(&vectors[k]) &&
		    strncmp(vectors[k].name, "text", 4))
			decode_damaged(&vectors[k], &ctx, vectors[k].data,
				       vectors[k].len);
	}
	return ctx.glz;
}

/*
 * QUIC ends with a word that no pixel needs, and its last word with bits that
 * none does; a JPEG ends with a marker: a cut in those is none.
 */
static size_t spare_bytes(const struct case_vector *v)
{
	return v->type == SPICE_IMAGE_TYPE_QUIC	  ? 8
	       : v->type == SPICE_IMAGE_TYPE_JPEG ? 2
						  : 0;
}

TEST(cut_at_every_length)
{
	struct test_env t;
	struct codec_ctx ctx = {.env = &t.env};
	uint8_t *copy;
	size_t len;
	int rc;

	test_env_init(&t);
	for (unsigned int i = 0; i < count; i++) {
		if (!is_small(&vectors[i]))
			continue;
		/* Cut streams never enter the window: one serves them all. */
		ctx.glz = window_before(&t.env, i);
		for (len = 0; len < vectors[i].len && !test_bad; len++) {
			copy = malloc(len ? len : 1);
			memcpy(copy, vectors[i].data, len);
			rc = decode_damaged(&vectors[i], &ctx, copy, len);
			free(copy);
			if (len + spare_bytes(&vectors[i]) >= vectors[i].len)
				continue;
			if (rc != -EINVAL)
				printf("# %s cut at %zu\n", vectors[i].name,
				       len);
			CHECK_EQ(rc, -EINVAL);
		}
		codec_glz_window_free(ctx.glz);
	}
	CHECK_EQ(t.live, 0);
}

/* One to four bytes changed, each time others, the same in each run. */
TEST(damaged_bytes)
{
	struct test_env t;
	struct codec_ctx ctx = {.env = &t.env};
	uint32_t random = 1;
	unsigned int round, n;
	long bad = 0, all = 0;
	uint8_t *copy;
	size_t at;

	test_env_init(&t);
	for (unsigned int i = 0; i < count && !test_bad; i++) {
		const struct case_vector *v = &vectors[i];

		for (round = 0; is_small(v) && round < 300; round++) {
			copy = malloc(v->len);
			memcpy(copy, v->data, v->len);
			for (n = 1 + test_random(&random) % 4; n; n--) {
				at = test_random(&random) % v->len;
				if (round & 1)
					at %= 40;
				copy[at % v->len] =
					(uint8_t)test_random(&random);
			}
			ctx.glz = round % 8
					  ? codec_glz_window_new(&t.env, 100000)
					  : window_before(&t.env, i);
			bad += decode_damaged(v, &ctx, copy, v->len) != 0;
			all++;
			codec_glz_window_free(ctx.glz);
			free(copy);
		}
	}
	printf("## %ld damaged streams, %ld refused\n", all, bad);
	CHECK(all > 5000);
	CHECK(bad > all / 4);
	CHECK_EQ(t.live, 0);
}

TEST(sizes_that_disagree)
{
	struct test_env t;
	struct codec_ctx ctx = {.env = &t.env};
	struct case_out out;
	struct codec_image img;
	uint32_t format;
	int rc;

	test_env_init(&t);
	for (unsigned int i = 0; i < count; i++) {
		const struct codec *codec = codec_find(vectors[i].type);

		for (int what = 0; what < 2; what++) {
			img = case_image(&vectors[i], &palette);
			img.width += what == 0;
			img.height -= what == 1;
			case_out_init(&out, vectors[i].format, img.width,
				      img.height ? img.height : 1, 0);
			/* LZ4 does not know its size: its end tells. */
			if (img.type != SPICE_IMAGE_TYPE_LZ4)
				CHECK_EQ(codec->format(&img, &format), -EINVAL);
			rc = codec->decode(&ctx, &img, &out.pm);
			case_out_free(&out);
			CHECK_EQ(rc, -EINVAL);
		}
	}
	CHECK_EQ(t.live, 0);
}

/* A pixmap that is not what the contract says is refused, not written. */
TEST(pixmaps_that_disagree)
{
	struct test_env t;
	struct codec_ctx ctx = {.env = &t.env};
	struct case_out out;
	struct codec_image img;
	uint32_t wrong;
	int rc;

	test_env_init(&t);
	for (unsigned int i = 0; i < count; i++) {
		const struct codec *codec = codec_find(vectors[i].type);

		ctx.glz = codec_glz_window_new(&t.env, WINDOW_PX);
		for (int what = 0; what < 4; what++) {
			img = case_image(&vectors[i], &palette);
			wrong = vectors[i].format == SPICE_SURFACE_FMT_8_A
					? SPICE_SURFACE_FMT_16_565
					: SPICE_SURFACE_FMT_8_A;
			case_out_init(&out,
				      what == 0 ? wrong : vectors[i].format,
				      img.width + (what == 1),
				      img.height + (what == 2), 0);
			if (what == 3)
				out.pm.stride = 0;
			rc = codec->decode(&ctx, &img, &out.pm);
			case_out_free(&out);
			CHECK_EQ(rc, -EINVAL);
		}
		codec_glz_window_free(ctx.glz);
	}
	CHECK_EQ(t.live, 0);
}

TEST(memory_that_runs_out)
{
	struct test_env t;
	struct codec_ctx ctx = {.env = &t.env};
	struct case_out out;
	struct codec_image img;
	long left;
	int rc;

	for (unsigned int i = 0; i < count; i++) {
		if (!is_small(&vectors[i]) || uses_window(&vectors[i]))
			continue;
		rc = -ENOMEM;
		for (left = 0; rc == -ENOMEM && left < 10; left++) {
			test_env_init(&t);
			t.allocs_left = left;
			img = case_image(&vectors[i], &palette);
			case_out_init(&out, vectors[i].format, img.width,
				      img.height, 0);
			rc = codec_find(vectors[i].type)
				     ->decode(&ctx, &img, &out.pm);
			case_out_free(&out);
			CHECK_EQ(t.live, 0);
		}
		CHECK_EQ(rc, 0);
	}
}

TEST(encodings_without_a_row)
{
	CHECK(codec_find(SPICE_IMAGE_TYPE_BITMAP) != NULL);
	CHECK(codec_find(SPICE_IMAGE_TYPE_FROM_CACHE) == NULL);
	CHECK(codec_find(SPICE_IMAGE_TYPE_SURFACE) == NULL);
	CHECK(codec_find(255) == NULL);
}

int main(void)
{
	RUN(the_vectors_are_whole);
	RUN(decode_without_gaps);
	RUN(decode_with_gaps);
	RUN(a_large_picture_yields);
	RUN(cut_at_every_length);
	RUN(damaged_bytes);
	RUN(sizes_that_disagree);
	RUN(pixmaps_that_disagree);
	RUN(memory_that_runs_out);
	RUN(encodings_without_a_row);
	for (unsigned int i = 0; i < count; i++)
		free(vectors[i].data);
	return test_end();
}
