/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Raw bitmaps: every format at many sizes and strides against a pixel-by-pixel
 * reading of the format's definition; and descriptions that are wrong.
 */
#include "test/spice/codec_case.h"
#include "test/test.h"

static struct pix_palette palette;
static const unsigned int bits_of[] = {0, 1, 1, 4, 4, 8, 16, 24, 32, 32, 8};

/* What the pixel at @x of a row of @format is, as the pixmap's value. */
static uint32_t pixel(const uint8_t *row, unsigned int format, uint32_t x,
		      const struct pix_palette *pal)
{
	uint32_t i = 0, v = 0;

	switch (format) {
	case SPICE_BITMAP_FMT_1BIT_LE:
		i = row[x / 8] >> (x % 8) & 1;
		return pal ? pal->color[i] : i;
	case SPICE_BITMAP_FMT_1BIT_BE:
		i = row[x / 8] >> (7 - x % 8) & 1;
		return pal ? pal->color[i] : i;
	case SPICE_BITMAP_FMT_4BIT_LE:
		return pal->color[x % 2 ? row[x / 2] >> 4 : row[x / 2] & 15];
	case SPICE_BITMAP_FMT_4BIT_BE:
		return pal->color[x % 2 ? row[x / 2] & 15 : row[x / 2] >> 4];
	case SPICE_BITMAP_FMT_8BIT:
		return pal->color[row[x]];
	case SPICE_BITMAP_FMT_16BIT:
		return row[x * 2] | row[x * 2 + 1] << 8;
	case SPICE_BITMAP_FMT_24BIT:
		memcpy(&v, row + x * 3, 3);
		return v;
	case SPICE_BITMAP_FMT_32BIT:
		memcpy(&v, row + x * 4, 3);
		return v;
	case SPICE_BITMAP_FMT_RGBA:
		memcpy(&v, row + x * 4, 4);
		return v;
	default:
		return row[x];
	}
}

/* The value at @x of a pixmap's row @y. */
static uint32_t got_pixel(const struct pixmap *pm, uint32_t x, uint32_t y)
{
	const uint8_t *row = pix_row(pm, y);
	unsigned int bits = pix_bits(pm->format);
	uint32_t v = 0;

	if (bits == 1)
		return row[x / 8] >> (x % 8) & 1;
	memcpy(&v, row + (size_t)x * bits / 8, bits / 8);
	return v;
}

static uint32_t format_of(unsigned int format, int with_palette)
{
	if (format <= SPICE_BITMAP_FMT_1BIT_BE && !with_palette)
		return SPICE_SURFACE_FMT_1_A;
	if (format == SPICE_BITMAP_FMT_16BIT)
		return SPICE_SURFACE_FMT_16_555;
	if (format == SPICE_BITMAP_FMT_RGBA)
		return SPICE_SURFACE_FMT_32_ARGB;
	if (format == SPICE_BITMAP_FMT_8BIT_A)
		return SPICE_SURFACE_FMT_8_A;
	return SPICE_SURFACE_FMT_32_xRGB;
}

static uint32_t random_state = 1;

/* How an image is described. */
struct how {
	unsigned int format;
	uint32_t width, height, slack, pad, to_format;
	int top_down, with_palette;
};

static void compare(const struct how *h, const struct codec_image *img,
		    const struct case_out *out)
{
	uint32_t mask = pix_bits(out->pm.format) == 16 ? 0xffff : ~0u;
	uint32_t x, y, want;

	CHECK(case_guards_whole(out));
	for (y = 0; y < h->height; y++) {
		const uint8_t *row = img->data +
				     (size_t)img->bitmap_stride *
					     (h->top_down ? y
							  : h->height - 1 - y);

		for (x = 0; x < h->width; x++) {
			want = pixel(row, h->format, x, img->palette);
			CHECK_EQ(got_pixel(&out->pm, x, y), want & mask);
		}
	}
}

static void check_round(const struct how *h)
{
	struct test_env t;
	struct codec_ctx ctx = {.env = &t.env};
	uint32_t row = (h->width * bits_of[h->format] + 7) / 8;
	struct codec_image img = {
		.type = SPICE_IMAGE_TYPE_BITMAP,
		.width = h->width,
		.height = h->height,
		.bitmap_format = (uint8_t)h->format,
		.bitmap_stride = row + h->slack,
		.top_down = h->top_down,
		.palette = h->with_palette ? &palette : NULL,
	};
	const struct codec *codec = codec_find(img.type);
	struct case_out out;
	uint32_t format = 0;
	uint8_t *data;
	int rc;

	/* The last row's padding is not there. */
	img.len = (size_t)img.bitmap_stride * (h->height - 1) + row;
	data = malloc(img.len);
	for (size_t i = 0; i < img.len; i++)
		data[i] = (uint8_t)test_random(&random_state);
	img.data = data;
	test_env_init(&t);
	rc = codec->format(&img, &format);
	case_out_init(&out, h->to_format, h->width, h->height, h->pad);
	if (!rc)
		rc = codec->decode(&ctx, &img, &out.pm);
	compare(h, &img, &out);
	case_out_free(&out);
	free(data);
	CHECK_EQ(rc, 0);
	CHECK_EQ(format, format_of(h->format, h->with_palette));
	CHECK_EQ(t.live, 0);
	if (test_bad)
		printf("# format %u, %ux%u, palette %d\n", h->format, h->width,
		       h->height, h->with_palette);
}

TEST(every_format)
{
	struct how h = {.height = 3};

	for (h.format = 1; h.format <= SPICE_BITMAP_FMT_8BIT_A; h.format++) {
		for (h.width = 1; h.width < 40 && !test_bad; h.width++) {
			h.height = 1 + h.width % 4;
			h.slack = h.width % 3;
			h.pad = h.width % 5 * 4;
			h.top_down = h.width & 1;
			h.with_palette = h.format <= SPICE_BITMAP_FMT_8BIT;
			h.to_format = format_of(h.format, h.with_palette);
			check_round(&h);
		}
	}
}

TEST(masks_without_a_palette)
{
	struct how h = {.height = 3, .to_format = SPICE_SURFACE_FMT_1_A};

	for (h.format = 1; h.format <= 2; h.format++) {
		for (h.width = 1; h.width < 40 && !test_bad; h.width++) {
			h.top_down = h.width & 1;
			check_round(&h);
		}
	}
}

TEST(palettes_into_16_bits)
{
	struct how h = {.width = 37,
			.height = 3,
			.with_palette = 1,
			.to_format = SPICE_SURFACE_FMT_16_555};

	for (h.format = 1; h.format <= SPICE_BITMAP_FMT_8BIT; h.format++)
		check_round(&h);
}

TEST(a_large_one_yields)
{
	struct test_env t;
	struct codec_ctx ctx = {.env = &t.env};
	struct codec_image img = {.type = SPICE_IMAGE_TYPE_BITMAP,
				  .width = 1000,
				  .height = 1000,
				  .bitmap_format = SPICE_BITMAP_FMT_8BIT_A,
				  .bitmap_stride = 1000,
				  .len = 1000000};
	struct case_out out;
	uint8_t *data = calloc(1, img.len);
	int rc;

	img.data = data;
	test_env_init(&t);
	case_out_init(&out, SPICE_SURFACE_FMT_8_A, 1000, 1000, 0);
	rc = codec_find(img.type)->decode(&ctx, &img, &out.pm);
	case_out_free(&out);
	free(data);
	CHECK_EQ(rc, 0);
	CHECK(t.yields >= 1000000 / 65536);
}

/* Decode a 10x4 bitmap of @len bytes described so. */
static int decode(unsigned int format, uint32_t stride, size_t len,
		  int with_palette)
{
	struct test_env t;
	struct codec_ctx ctx = {.env = &t.env};
	struct codec_image img = {.type = SPICE_IMAGE_TYPE_BITMAP,
				  .width = 10,
				  .height = 4,
				  .bitmap_format = (uint8_t)format,
				  .bitmap_stride = stride,
				  .palette = with_palette ? &palette : NULL,
				  .len = len};
	uint8_t *data = calloc(1, len ? len : 1);
	struct case_out out;
	int rc;

	img.data = data;
	test_env_init(&t);
	case_out_init(&out, SPICE_SURFACE_FMT_32_xRGB, 10, 4, 0);
	rc = codec_find(img.type)->decode(&ctx, &img, &out.pm);
	if (!case_guards_whole(&out))
		rc = 1;
	case_out_free(&out);
	free(data);
	return rc;
}

TEST(descriptions_that_are_wrong)
{
	CHECK_EQ(decode(SPICE_BITMAP_FMT_32BIT, 40, 160, 0), 0);
	CHECK_EQ(decode(SPICE_BITMAP_FMT_32BIT, 40, 159, 0), -EINVAL);
	CHECK_EQ(decode(SPICE_BITMAP_FMT_32BIT, 39, 160, 0), -EINVAL);
	CHECK_EQ(decode(SPICE_BITMAP_FMT_32BIT, 0, 160, 0), -EINVAL);
	CHECK_EQ(decode(SPICE_BITMAP_FMT_32BIT, 0xffffffff, 160, 0), -EINVAL);
	CHECK_EQ(decode(SPICE_BITMAP_FMT_32BIT, 0x55555556, 160, 0), -EINVAL);
	CHECK_EQ(decode(SPICE_BITMAP_FMT_1BIT_BE, 2, 7, 1), -EINVAL);
	CHECK_EQ(decode(SPICE_BITMAP_FMT_8BIT, 10, 40, 1), 0);
	CHECK_EQ(decode(SPICE_BITMAP_FMT_8BIT, 10, 40, 0), -EINVAL);
	CHECK_EQ(decode(SPICE_BITMAP_FMT_4BIT_LE, 10, 40, 0), -EINVAL);
	/* Formats that the pixmap is not of. */
	CHECK_EQ(decode(SPICE_BITMAP_FMT_1BIT_LE, 10, 40, 0), -EINVAL);
	CHECK_EQ(decode(SPICE_BITMAP_FMT_16BIT, 20, 80, 0), -EINVAL);
	/* Formats that there are none of. */
	CHECK_EQ(decode(0, 40, 160, 1), -EINVAL);
	CHECK_EQ(decode(11, 40, 160, 1), -EINVAL);
	CHECK_EQ(decode(255, 40, 160, 1), -EINVAL);
}

TEST(sides_of_nothing)
{
	static const uint32_t sides[][2] = {
		{0, 4}, {4, 0}, {0, 0}, {PIX_MAX_SIDE_PX + 1, 1}};
	struct test_env t;
	struct codec_ctx ctx = {.env = &t.env};
	uint8_t data[4] = {0};

	test_env_init(&t);
	for (unsigned int i = 0; i < 4; i++) {
		struct codec_image img = {
			.type = SPICE_IMAGE_TYPE_BITMAP,
			.width = sides[i][0],
			.height = sides[i][1],
			.bitmap_format = SPICE_BITMAP_FMT_32BIT,
			.data = data,
			.len = sizeof(data)};
		struct pixmap out = {SPICE_SURFACE_FMT_32_xRGB, sides[i][0],
				     sides[i][1], 1 << 20, data};

		CHECK_EQ(codec_find(img.type)->decode(&ctx, &img, &out),
			 -EINVAL);
	}
}

TEST(unknown_formats_have_no_pixmap)
{
	struct codec_image img = {.type = SPICE_IMAGE_TYPE_BITMAP,
				  .width = 1,
				  .height = 1,
				  .bitmap_format = 77};
	uint32_t format;

	CHECK_EQ(codec_find(img.type)->format(&img, &format), -EINVAL);
}

int main(void)
{
	case_palette(&palette);
	RUN(every_format);
	RUN(masks_without_a_palette);
	RUN(palettes_into_16_bits);
	RUN(a_large_one_yields);
	RUN(descriptions_that_are_wrong);
	RUN(sides_of_nothing);
	RUN(unknown_formats_have_no_pixmap);
	return test_end();
}
