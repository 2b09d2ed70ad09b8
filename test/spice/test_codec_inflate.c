/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Inflate: streams made here bit by bit, honest ones and ones that lie. What
 * zlib itself makes is among the recorded streams (zglz).
 */
#include "spice/codec/codec_inflate.h"
#include "test/spice/codec_case.h"
#include "test/test.h"

#define ROOM 70000

/* A stream being written, bits first. */
struct bits {
	struct case_stream s;
	unsigned int at; /* bits in the last byte */
};

static void put(struct bits *b, uint32_t value, unsigned int n)
{
	for (; n; n--, value >>= 1) {
		if (b->at % 8 == 0)
			case_put(&b->s, 0);
		b->s.data[b->s.len - 1] |= (value & 1) << (b->at++ % 8);
	}
}

/* A code: its first bit is the highest. */
static void put_code(struct bits *b, uint32_t code, unsigned int n)
{
	while (n--)
		put(b, code >> n & 1, 1);
}

static void begin(struct bits *b)
{
	memset(b, 0, sizeof(*b));
	put(b, 0x78, 8);
	put(b, 0x9c, 8);
}

/* To the next byte, then the sum of @out. */
static void finish(struct bits *b, const uint8_t *out, size_t n)
{
	uint32_t a1 = 1, a2 = 0;

	while (n--) {
		a1 = (a1 + *out++) % 65521;
		a2 = (a2 + a1) % 65521;
	}
	b->at = 0;
	case_put32be(&b->s, a2 << 16 | a1);
}

/* A literal, a length symbol or the end, as a fixed block has them. */
static void put_fixed(struct bits *b, unsigned int sym)
{
	if (sym < 144)
		put_code(b, 0x30 + sym, 8);
	else if (sym < 256)
		put_code(b, 0x190 + sym - 144, 9);
	else if (sym < 280)
		put_code(b, sym - 256, 7);
	else
		put_code(b, 0xc0 + sym - 280, 8);
}

/* Unpack to @n bytes; frees the stream. @out: NULL or receives them. */
static int unpack(struct bits *b, uint8_t *out, size_t n)
{
	struct codec_ctx ctx = {0};
	struct test_env t;
	uint8_t *mem = malloc(n ? n : 1);
	int rc;

	test_env_init(&t);
	ctx.env = &t.env;
	case_fit(&b->s);
	rc = codec_inflate(&ctx, b->s.data, b->s.len, mem, n);
	if (!rc && out)
		memcpy(out, mem, n);
	if (!rc) {
		/* Each beginning is the same, without tables. */
		for (size_t k = 1; k < n && k < 300; k++) {
			uint8_t *head = malloc(k);

			if (codec_inflate_head(b->s.data, b->s.len, head, k) ||
			    memcmp(head, mem, k))
				rc = -EDOM;
			free(head);
		}
	}
	if (t.live)
		rc = -EDOM;
	free(mem);
	free(b->s.data);
	return rc;
}

TEST(zlib_headers)
{
	static const struct {
		uint8_t head[2];
		int rc;
	} rows[] = {
		{{0x78, 0x9c}, 0},	 {{0x78, 0x01}, 0},
		{{0x08, 0x1d}, 0},	 {{0x78, 0x9d}, -EINVAL},
		{{0x79, 0x9b}, -EINVAL}, {{0x78, 0xbb}, -EINVAL},
	};
	struct codec_ctx ctx = {0};
	struct test_env t;
	struct bits b;
	uint8_t out;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		begin(&b);
		memcpy(b.s.data, rows[i].head, 2);
		put(&b, 3, 3);
		put_fixed(&b, 'x');
		put_fixed(&b, 256);
		finish(&b, (const uint8_t *)"x", 1);
		CHECK_EQ(unpack(&b, NULL, 1), rows[i].rc);
	}
	test_env_init(&t);
	ctx.env = &t.env;
	CHECK_EQ(codec_inflate(&ctx, rows[0].head, 1, &out, 1), -EINVAL);
	CHECK_EQ(codec_inflate(&ctx, rows[0].head, 2, &out, 1), -EINVAL);
	t.allocs_left = 0;
	CHECK_EQ(codec_inflate(&ctx, rows[0].head, 2, &out, 1), -ENOMEM);
}

/* Every length and every distance, in fixed blocks. */
TEST(fixed_lengths_and_distances)
{
	static const uint16_t far[] = {
		1,    2,    3,	  4,	5,    7,    9,	  13,	 17,	25,
		33,   49,   65,	  97,	129,  193,  257,  385,	 513,	769,
		1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};
	static uint8_t want[ROOM], have[ROOM];
	struct bits b;
	size_t n = 0, i;
	unsigned int sym, extra, len;

	begin(&b);
	put(&b, 3, 3);
	for (sym = 0; sym < 256; sym++) {
		put_fixed(&b, sym);
		want[n++] = (uint8_t)sym;
	}
	/* Lengths 3 to 258, from 7 back. */
	for (len = 3; len <= 258; len++) {
		extra = len < 11 || len == 258 ? 0
			: len < 19	       ? 1
			: len < 35	       ? 2
			: len < 67	       ? 3
			: len < 131	       ? 4
					       : 5;
		if (len == 258)
			sym = 285;
		else if (len < 11)
			sym = 254 + len;
		else
			sym = 261 + extra * 4 + ((len - 3) >> extra) % 4;
		put_fixed(&b, sym);
		put(&b, (len - 3) & ((1u << extra) - 1), extra);
		put_code(&b, 5, 5);
		put(&b, 0, 1);
		for (i = 0; i < len; i++, n++)
			want[n] = want[n - 7];
	}
	/* Each distance's symbol, with all extra bits set. */
	for (sym = 0; sym < 30; sym++) {
		extra = sym < 4 ? 0 : sym / 2 - 1;
		put_fixed(&b, 257 + 5);
		put_code(&b, sym, 5);
		put(&b, (1u << extra) - 1, extra);
		for (i = 0; i < 8; i++, n++)
			want[n] = want[n - far[sym] - (1u << extra) + 1];
	}
	put_fixed(&b, 256);
	finish(&b, want, n);
	CHECK_EQ(unpack(&b, have, n), 0);
	CHECK(!memcmp(have, want, n));
}

TEST(stored_blocks)
{
	static uint8_t want[ROOM];
	struct bits b;
	size_t i;

	for (int wrong = 0; wrong < 4; wrong++) {
		begin(&b);
		put(&b, 0, 3); /* not the last, and empty */
		b.at = 0;
		put(&b, 0, 16);
		put(&b, 0xffff, 16);
		put(&b, 1, 3);
		b.at = 0;
		put(&b, 65535, 16);
		put(&b, wrong == 1 ? 1 : 0, 16);
		for (i = 0; i < 65535; i++) {
			want[i] = (uint8_t)(i * 7 ^ i >> 8);
			if (wrong != 2 || i < 1000)
				case_put(&b.s, want[i]);
		}
		if (wrong != 2)
			finish(&b, want, 65535);
		CHECK_EQ(unpack(&b, NULL, wrong == 3 ? 65534 : 65535),
			 wrong ? -EINVAL : 0);
	}
}

/* One fixed block of "aaaa" and so on, with something wrong. */
TEST(lies)
{
	struct bits b;

	for (int wrong = 0; wrong < 12; wrong++) {
		begin(&b);
		put(&b, wrong == 1 ? 7 : 3, 3); /* 7: a third kind of block */
		put_fixed(&b, 'a');
		put_fixed(&b, wrong == 2 ? 286 : 257); /* no such length */
		put_code(&b,
			 wrong == 3   ? 30 /* no such distance */
			 : wrong == 4 ? 1  /* before the beginning */
				      : 0,
			 5);
		if (wrong == 5)
			put_fixed(&b, 'b'); /* more than there is room for */
		if (wrong == 6) {
			put_fixed(&b, 285);
			put_code(&b, 0, 5);
		}
		if (wrong != 7) /* no end */
			put_fixed(&b, 256);
		finish(&b, (const uint8_t *)"aaaa", 4);
		if (wrong == 8)
			b.s.data[b.s.len - 1] ^= 1; /* the sum */
		if (wrong == 9)
			b.s.len--;
		if (wrong == 10)
			b.s.len -= 5;
		CHECK_EQ(unpack(&b, NULL, wrong == 11 ? 5 : 4),
			 wrong ? -EINVAL : 0);
	}
}

/* ---- blocks that bring codes ---- */

/*
 * Begin a dynamic block. The code for lengths has 4 bits for each of 0 to 15
 * but 14 and 15, and 4 for 17 and 18: they are codes 0 to 13, 14 and 15.
 */
static void dynamic(struct bits *b, unsigned int lits, unsigned int dists)
{
	static const uint8_t order[19] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
					  11, 4,  12, 3, 13, 2, 14, 1, 15};

	begin(b);
	put(b, 5, 3);
	put(b, lits - 257, 5);
	put(b, dists - 1, 5);
	put(b, 15, 4);
	for (unsigned int i = 0; i < 19; i++)
		put(b,
		    order[i] == 14 || order[i] == 15 || order[i] == 16 ? 0 : 4,
		    3);
}

static void put_length(struct bits *b, unsigned int length)
{
	put_code(b, length, 4);
}

/* @n times 0, 11 to 138. */
static void put_zeroes(struct bits *b, unsigned int n)
{
	put_code(b, 15, 4);
	put(b, n - 11, 7);
}

/* Codes: 'a' 1 bit, the end 2 bits, 258 bytes 2 bits; distance 1: 1 bit. */
static void small_codes(struct bits *b)
{
	dynamic(b, 286, 1);
	put_zeroes(b, 97);
	put_length(b, 1);
	put_zeroes(b, 138);
	put_zeroes(b, 20);
	put_length(b, 2); /* 256 */
	put_zeroes(b, 28);
	put_length(b, 2); /* 285 */
	put_length(b, 1); /* the distance */
}

TEST(dynamic_codes)
{
	static uint8_t want[ROOM], have[ROOM];
	struct bits b;
	unsigned int i;

	memset(want, 'a', sizeof(want));
	small_codes(&b);
	put_code(&b, 0, 1);
	for (i = 0; i < 200; i++) {
		put_code(&b, 3, 2);
		put_code(&b, 0, 1);
	}
	put_code(&b, 2, 2);
	finish(&b, want, 1 + 200 * 258);
	CHECK_EQ(unpack(&b, have, 1 + 200 * 258), 0);
	CHECK(!memcmp(have, want, 1 + 200 * 258));
	/* A distance that the code does not have. */
	small_codes(&b);
	put_code(&b, 0, 1);
	put_code(&b, 3, 2);
	put_code(&b, 1, 1);
	for (i = 0; i < 8; i++)
		put_code(&b, 2, 2);
	CHECK_EQ(unpack(&b, have, 259), -EINVAL);
}

/* Codes of 1 to 13 bits: the long ones are in no table. */
TEST(long_codes)
{
	static uint8_t want[ROOM], have[ROOM];
	struct bits b;
	unsigned int i, n = 0;

	dynamic(&b, 257, 1);
	for (i = 0; i < 13; i++)
		put_length(&b, i + 1);
	put_zeroes(&b, 138);
	put_zeroes(&b, 105);
	put_length(&b, 13); /* 256 */
	put_length(&b, 0);
	for (i = 0; i < 13; i++) {
		put_code(&b, (1u << (i + 1)) - 2, i + 1);
		want[n++] = (uint8_t)i;
	}
	put_code(&b, 0x1fff, 13);
	finish(&b, want, n);
	CHECK_EQ(unpack(&b, have, n), 0);
	CHECK(!memcmp(have, want, n));
}

TEST(codes_that_lie)
{
	struct bits b;
	unsigned int i;

	/* More codes of one bit than there are. */
	dynamic(&b, 257, 1);
	for (i = 0; i < 3; i++)
		put_length(&b, 1);
	put_zeroes(&b, 138);
	put_zeroes(&b, 115);
	put_length(&b, 1);
	put_length(&b, 1);
	CHECK_EQ(unpack(&b, NULL, 10), -EINVAL);

	/* The same for distances. */
	dynamic(&b, 257, 3);
	put_zeroes(&b, 138);
	put_zeroes(&b, 118);
	put_length(&b, 1);
	for (i = 0; i < 3; i++)
		put_length(&b, 1);
	CHECK_EQ(unpack(&b, NULL, 10), -EINVAL);

	/* More zeros than lengths. */
	dynamic(&b, 257, 1);
	put_zeroes(&b, 138);
	put_zeroes(&b, 138);
	CHECK_EQ(unpack(&b, NULL, 10), -EINVAL);

	/* Lengths whose own code has too many codes. */
	begin(&b);
	put(&b, 5, 3);
	put(&b, 0, 14);
	for (i = 0; i < 4; i++)
		put(&b, 1, 3);
	CHECK_EQ(unpack(&b, NULL, 10), -EINVAL);

	/* A repetition of nothing: 16 has the only code. */
	begin(&b);
	put(&b, 5, 3);
	put(&b, 0, 14);
	put(&b, 1, 3);
	put(&b, 0, 9);
	put(&b, 0, 30);
	CHECK_EQ(unpack(&b, NULL, 10), -EINVAL);

	/* No code at all. */
	begin(&b);
	put(&b, 5, 3);
	put(&b, 0, 14);
	put(&b, 0, 12);
	put(&b, 0, 30);
	CHECK_EQ(unpack(&b, NULL, 10), -EINVAL);
}

/* ---- GLZ in zlib ---- */

TEST(sizes_that_are_promised)
{
	struct codec_image img = {.type = SPICE_IMAGE_TYPE_ZLIB_GLZ_RGB,
				  .width = 61,
				  .height = 37,
				  .glz_size = 3047};
	const struct codec *codec = codec_find(img.type);
	struct codec_ctx ctx = {0};
	struct case_out out;
	struct test_env t;
	uint32_t format;
	uint8_t *data;

	test_env_init(&t);
	ctx.env = &t.env;
	ctx.glz = codec_glz_window_new(&t.env, 100000);
	img.data = data = case_read_file("test/vectors/small/zglz-00",
					 &img.len);
	CHECK(data);
	case_out_init(&out, SPICE_SURFACE_FMT_32_xRGB, 61, 37, 0);
	CHECK_EQ(codec->format(&img, &format), 0);
	/* Too little, too much, absurd. */
	img.glz_size--;
	CHECK_EQ(codec->decode(&ctx, &img, &out.pm), -EINVAL);
	img.glz_size += 2;
	CHECK_EQ(codec->decode(&ctx, &img, &out.pm), -EINVAL);
	img.glz_size = 32;
	CHECK_EQ(codec->format(&img, &format), -EINVAL);
	img.glz_size = 61 * 37 * 8 + 257;
	CHECK_EQ(codec->decode(&ctx, &img, &out.pm), -EINVAL);
	img.glz_size = UINT32_MAX;
	CHECK_EQ(codec->decode(&ctx, &img, &out.pm), -EINVAL);
	img.glz_size = 3047;
	t.allocs_left = 0;
	CHECK_EQ(codec->decode(&ctx, &img, &out.pm), -ENOMEM);
	t.allocs_left = 1;
	CHECK_EQ(codec->decode(&ctx, &img, &out.pm), -ENOMEM);
	t.allocs_left = -1;
	CHECK_EQ(codec->decode(&ctx, &img, &out.pm), 0);
	case_out_free(&out);
	codec_glz_window_free(ctx.glz);
	free(data);
	CHECK_EQ(t.live, 0);
}

int main(void)
{
	RUN(zlib_headers);
	RUN(fixed_lengths_and_distances);
	RUN(stored_blocks);
	RUN(lies);
	RUN(dynamic_codes);
	RUN(long_codes);
	RUN(codes_that_lie);
	RUN(sizes_that_are_promised);
	return test_end();
}
