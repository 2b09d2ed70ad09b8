/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * LZ4 blocks that lie. Honest ones are among the recorded streams.
 */
#include "test/spice/codec_case.h"
#include "test/test.h"

#define S(bytes) bytes, sizeof(bytes) - 1

/* Top-down pixels of one byte, and how many bytes the block has. */
#define HEAD(n) "\1\x0a\0\0\0" n
#define EIGHT	"abcdefgh"
#define SIXTEEN EIGHT EIGHT

/* All are pictures of 16 x 2. */
static const struct {
	const char *bytes;
	size_t len;
	int rc;
} rows[] = {
	{S(HEAD("\x22") "\xf0\x11" SIXTEEN SIXTEEN), 0},
	/* Two blocks; the second one's match reaches into the first. */
	{S(HEAD("\x11") "\xf0\1" SIXTEEN "\0\0\0\x0b\7\x10\0\x50"
			"abcde\xff\xff"),
	 -EINVAL},
	{S(HEAD("\x12") "\xf0\1" SIXTEEN "\0\0\0\x09\7\x10\0\x50"
			"abcde"),
	 0},
	/* More than the picture. */
	{S(HEAD("\x22") "\xf0\x11" SIXTEEN SIXTEEN "\0\0"), -EINVAL},
	/* Header and sizes. */
	{S(""), -EINVAL},
	{S("\1"), -EINVAL},
	{S("\1\5"), -EINVAL},
	{S("\1\x0b"), -EINVAL},
	{S("\1\x0a"), -EINVAL},
	{S("\1\x0a\0\0\0"), -EINVAL},
	{S(HEAD("\x23") "\xf0\x11" SIXTEEN SIXTEEN), -EINVAL},
	{S(HEAD("\x21") "\xf0\x11" SIXTEEN SIXTEEN), -EINVAL},
	{S("\1\x0a\xff\xff\xff\xff\xf0\x11" SIXTEEN SIXTEEN), -EINVAL},
	{S(HEAD("\0")), -EINVAL},
	/* Too many pixels, as literals and as a match; just all, with no
	 * literals behind them; too few. */
	{S(HEAD("\x23") "\xf0\x12" SIXTEEN SIXTEEN "x"), -EINVAL},
	{S(HEAD("\x07") "\x1f"
			"a\1\0\x0e\0"),
	 -EINVAL},
	{S(HEAD("\x06") "\x1f"
			"a\1\0\x0c\0"),
	 0},
	{S(HEAD("\x06") "\x10"
			"a\1\0\x10"
			"b"),
	 -EINVAL},
	/* A match as long as there is room, and a last literal. */
	{S(HEAD("\x07") "\x1f"
			"a\1\0\x0b\x10"
			"b"),
	 0},
	{S(HEAD("\x06") "\x1f"
			"a\1\0\x0b\x10"),
	 -EINVAL},
	{S(HEAD("\x05") "\x1f"
			"a\1\0\x0b"),
	 -EINVAL},
	/* Back to nowhere; before the picture. */
	{S(HEAD("\x07") "\x1f"
			"a\0\0\x0b\x10"
			"b"),
	 -EINVAL},
	{S(HEAD("\x07") "\x1f"
			"a\2\0\x0b\x10"
			"b"),
	 -EINVAL},
	/* Cut in a distance, in a length. */
	{S(HEAD("\x03") "\x1f"
			"a\1"),
	 -EINVAL},
	{S(HEAD("\x04") "\x1f"
			"a\1\0"),
	 -EINVAL},
	{S(HEAD("\x01") "\xf0"), -EINVAL},
	{S(HEAD("\x03") "\xf0\xff\xff"), -EINVAL},
	{S(HEAD("\x02") "\xf0\x11"), -EINVAL},
};

TEST(blocks)
{
	struct codec_image img = {
		.type = SPICE_IMAGE_TYPE_LZ4, .width = 16, .height = 2};
	const struct codec *codec = codec_find(img.type);
	struct codec_ctx ctx = {0};
	struct case_out out;
	struct test_env t;
	uint8_t *data;
	int rc;

	test_env_init(&t);
	ctx.env = &t.env;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		img.len = rows[i].len;
		img.data = data = malloc(img.len + !img.len);
		memcpy(data, rows[i].bytes, img.len);
		case_out_init(&out, SPICE_SURFACE_FMT_8_A, 16, 2, 4);
		rc = codec->decode(&ctx, &img, &out.pm);
		if (rc != rows[i].rc)
			printf("# row %zu\n", i);
		CHECK(case_guards_whole(&out));
		CHECK_EQ(rc, rows[i].rc);
		if (!rc)
			CHECK_EQ(out.pm.data[0], 'a');
		case_out_free(&out);
		free(data);
	}
	CHECK_EQ(t.live, 0);
}

/* ---- a long picture of random sequences, and what they mean ---- */

#define LONG_W	   128
#define LONG_H	   512
#define LONG_BYTES (LONG_W * LONG_H * 4)

struct sequences {
	uint8_t plain[LONG_BYTES];
	uint8_t stream[2 * LONG_BYTES];
	size_t at, len; /* of plain, of stream */
	uint32_t state;
};

/* A length. Returns what of it the token says. */
static unsigned int put_length(struct sequences *q, size_t n)
{
	unsigned int part = n < 15 ? (unsigned int)n : 15;

	if (part < 15)
		return part;
	for (n -= 15; n >= 255; n -= 255)
		q->stream[q->len++] = 255;
	q->stream[q->len++] = (uint8_t)n;
	return part;
}

/*
 * Literals and a match of 4 bytes and more, or none where @n is 0.
 *
 * @tops: top bytes may be other than 0
 */
static void put_sequence(struct sequences *q, size_t literals, size_t back,
			 size_t n, int tops)
{
	uint8_t *token = &q->stream[q->len++];
	size_t i;

	*token = (uint8_t)(put_length(q, literals) << 4);
	for (i = 0; i < literals; i++, q->at++) {
		q->plain[q->at] = (uint8_t)(test_random(&q->state) >> 9);
		if (q->at % 4 == 3 && !tops)
			q->plain[q->at] = 0;
		q->stream[q->len++] = q->plain[q->at];
	}
	if (!n)
		return;
	q->stream[q->len++] = (uint8_t)back;
	q->stream[q->len++] = (uint8_t)(back >> 8);
	*token |= (uint8_t)put_length(q, n - 4);
	for (i = 0; i < n; i++, q->at++)
		q->plain[q->at] = q->plain[q->at - back];
}

/* Fill the picture; from the middle on with top bytes. */
static void put_picture(struct sequences *q)
{
	size_t literals, back, n;
	int tops;

	while (q->at < LONG_BYTES - 1000) {
		tops = q->at > LONG_BYTES / 2;
		literals = test_random(&q->state) % 20;
		back = test_random(&q->state) % 4
			       ? 1 + test_random(&q->state) % 20
			       : 1 + test_random(&q->state) % 65535;
		if (!tops)
			back = (back + 3) / 4 * 4;
		if (back > q->at || back > 65535)
			back = q->at + literals > 4 ? 4 : q->at + literals;
		n = 4 + test_random(&q->state) %
				(test_random(&q->state) % 8 ? 30 : 400);
		put_sequence(q, literals + !back, back + !back, n, tops);
	}
	put_sequence(q, LONG_BYTES - q->at, 0, 0, 1);
}

/* Straight into a surface, and through scratch memory: top bytes are 0. */
TEST(long_pictures)
{
	static struct sequences q;
	const struct codec *codec = codec_find(SPICE_IMAGE_TYPE_LZ4);
	struct codec_image img = {.type = SPICE_IMAGE_TYPE_LZ4,
				  .width = LONG_W,
				  .height = LONG_H,
				  .data = q.stream};
	struct codec_ctx ctx = {0};
	struct case_out out;
	struct test_env t;
	uint32_t pad, x, y;
	int same;

	test_env_init(&t);
	ctx.env = &t.env;
	for (uint32_t seed = 1; seed <= 12; seed++) {
		q.state = seed;
		q.at = 0;
		q.len = 6;
		put_picture(&q);
		q.stream[0] = 1;
		q.stream[1] = seed % 4 ? SPICE_BITMAP_FMT_32BIT
				       : SPICE_BITMAP_FMT_RGBA;
		for (int i = 0; i < 4; i++)
			q.stream[2 + i] = (uint8_t)((q.len - 6) >>
						    (24 - 8 * i));
		img.len = q.len;
		for (x = 3; seed % 4 && x < LONG_BYTES; x += 4)
			q.plain[x] = 0;
		for (pad = 0; pad <= 20; pad += 20) {
			case_out_init(&out,
				      seed % 4 ? SPICE_SURFACE_FMT_32_xRGB
					       : SPICE_SURFACE_FMT_32_ARGB,
				      LONG_W, LONG_H, pad);
			CHECK_EQ(codec->decode(&ctx, &img, &out.pm), 0);
			CHECK(case_guards_whole(&out));
			for (same = 1, y = 0; y < LONG_H; y++)
				same &= !memcmp(pix_row(&out.pm, y),
						q.plain + y * LONG_W * 4,
						LONG_W * 4);
			case_out_free(&out);
			if (!same)
				printf("# seed %u, gap of %u\n", seed, pad);
			CHECK(same);
		}
	}
	CHECK_EQ(t.live, 0);
}

int main(void)
{
	RUN(blocks);
	RUN(long_pictures);
	return test_end();
}
