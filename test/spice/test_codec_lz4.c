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

int main(void)
{
	RUN(blocks);
	return test_end();
}
