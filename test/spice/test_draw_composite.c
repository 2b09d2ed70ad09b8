/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * DRAW_COMPOSITE against pixman, which the reference client draws with: random
 * operators, formats, masks, filters, repeats and transforms.
 */
#include <errno.h>

#include <pixman.h>

#include "spice/draw/draw.h"
#include "test/spice/test_env.h"
#include "test/test.h"

static struct test_env t;
static uint32_t state = 2026;

static int32_t between(int32_t low, int32_t high)
{
	return low + (int32_t)(test_random(&state) % (high - low + 1));
}

static const struct {
	uint32_t format;
	pixman_format_code_t code;
} formats[] = {
	{SPICE_SURFACE_FMT_32_ARGB, PIXMAN_a8r8g8b8},
	{SPICE_SURFACE_FMT_32_xRGB, PIXMAN_x8r8g8b8},
	{SPICE_SURFACE_FMT_8_A, PIXMAN_a8},
	{SPICE_SURFACE_FMT_16_565, PIXMAN_r5g6b5},
	{SPICE_SURFACE_FMT_16_555, PIXMAN_x1r5g5b5},
};

static pixman_format_code_t code_of(uint32_t format)
{
	int i = 0;

	while (formats[i].format != format)
		i++;
	return formats[i].code;
}

/* Random pixels; premultiplied, as pixman wants them. */
static void random_pixmap(struct pixmap *pm, uint32_t format, int w, int h)
{
	uint32_t y, i, c, a;

	pix_alloc(&t.env, pm, format, w, h);
	for (y = 0; y < pm->height; y++)
		for (i = 0; i < pm->stride / 4; i++) {
			c = test_random(&state) ^ test_random(&state) << 16;
			a = between(0, 3) ? between(0, 255) : 255;
			if (format == SPICE_SURFACE_FMT_32_ARGB)
				c = a << 24 | (c >> 16 & 0xff) * a / 255 << 16 |
				    (c >> 8 & 0xff) * a / 255 << 8 |
				    (c & 0xff) * a / 255;
			((uint32_t *)(pm->data + y * pm->stride))[i] = c;
		}
}

static pixman_image_t *image_of(const struct pixmap *pm)
{
	return pixman_image_create_bits(code_of(pm->format), pm->width,
					pm->height, (uint32_t *)pm->data,
					pm->stride);
}

static pixman_image_t *operand_image(const struct draw_operand *o)
{
	pixman_image_t *image = image_of(o->pm);
	const int32_t *m = o->transform;
	pixman_transform_t transform = {
		{{m[0], m[1], m[2]}, {m[3], m[4], m[5]}, {0, 0, 65536}}};

	pixman_image_set_transform(image, &transform);
	pixman_image_set_filter(image, o->filter, NULL, 0);
	pixman_image_set_repeat(image, o->repeat);
	return image;
}

static void random_operand(struct draw_operand *o, struct pixmap *pm)
{
	static const int32_t identity[6] = {65536, 0, 0, 0, 65536, 0};
	int i;

	random_pixmap(pm, formats[between(0, 2)].format, between(1, 30),
		      between(1, 30));
	o->pm = pm;
	o->is_surface = true;
	o->filter = between(0, 1) ? 3 : 4;
	o->repeat = between(0, 3);
	o->x = between(-20, 20);
	o->y = between(-20, 20);
	memcpy(o->transform, identity, sizeof(identity));
	if (between(0, 1))
		for (i = 0; i < 6; i++)
			o->transform[i] += between(-70000, 70000);
}

static int same(const struct pixmap *a, const struct pixmap *b)
{
	uint32_t x, y, bits = pix_bits(a->format), mask = 0xffffffff;

	if (a->format == SPICE_SURFACE_FMT_32_xRGB)
		mask = 0xffffff;
	if (a->format == SPICE_SURFACE_FMT_16_555)
		mask = 0x7fff7fff;
	for (y = 0; y < a->height; y++)
		for (x = 0; x < a->width * bits / 8 / 4; x++) {
			uint32_t v = ((uint32_t *)pix_row(a, y))[x];
			uint32_t w = ((uint32_t *)pix_row(b, y))[x];

			if ((v ^ w) & mask) {
				printf("# at %u,%u: %08x, pixman %08x\n", x, y,
				       v, w);
				return 0;
			}
		}
	return 1;
}

static void paint_with_pixman(const struct draw_op *op, struct pixmap *dst)
{
	const struct draw_composite *c = op->composite;
	pixman_image_t *d = image_of(dst), *s = operand_image(&c->src);
	pixman_image_t *m = c->mask.pm ? operand_image(&c->mask) : NULL;

	if (m)
		pixman_image_set_component_alpha(m, c->component_alpha);
	pixman_image_composite32(c->operator, s, m, d, c->src.x, c->src.y,
				 c->mask.x, c->mask.y, op->box.left,
				 op->box.top, op->box.right - op->box.left,
				 op->box.bottom - op->box.top);
	pixman_image_unref(d);
	pixman_image_unref(s);
	if (m)
		pixman_image_unref(m);
}

/* A random operation by both. Returns whether they agree. */
static int agree(int operator)
{
	struct draw_composite c = {0};
	struct draw_op op = {.env = &t.env, .composite = &c};
	struct pixmap dst, copy, src, mask = {0};
	int ok;

	random_pixmap(&dst, formats[between(0, 4)].format, 32, 24);
	random_operand(&c.src, &src);
	if (between(0, 1))
		random_operand(&c.mask, &mask);
	/* Under a mask of 0 pixman's HSL takes what stood there before. */
	if (operator>=
	    0x3b &&(mask.format != SPICE_SURFACE_FMT_32_xRGB || !c.mask.repeat))
		c.mask.pm = NULL;
	c.component_alpha = c.mask.pm && between(0, 1) &&
			    mask.format == SPICE_SURFACE_FMT_32_ARGB;
	c.operator=(uint8_t) operator;
	op.dst = &dst;
	op.clip.all = true;
	op.box = (struct pix_rect){between(0, 8), between(0, 8), between(9, 32),
				   between(9, 24)};
	copy = dst;
	copy.data = malloc((size_t)dst.stride * dst.height);
	memcpy(copy.data, dst.data, (size_t)dst.stride * dst.height);

	paint_with_pixman(&op, &copy);
	ok = draw_find(SPICE_MSG_DISPLAY_DRAW_COMPOSITE)->paint(&op) == 0;
	ok &= same(&dst, &copy);
	if (!ok)
		printf("# operator %d on %u from %u (filter %d, repeat %d), "
		       "mask %u, component alpha %d\n",
		       c.operator, dst.format, src.format, c.src.filter,
		       c.src.repeat, c.mask.pm ? mask.format : 0,
		       c.component_alpha);
	free(copy.data);
	pix_free(&t.env, &dst);
	pix_free(&t.env, &src);
	pix_free(&t.env, &mask);
	return ok;
}

TEST(as_pixman)
{
	int i;

	test_env_init(&t);
	for (i = 0; i < 20000; i++)
		CHECK(agree(between(0, 12)));
	CHECK_EQ(t.live, 0);
}

/* What divides: to the last bit of pixman's real numbers; and blend modes. */
TEST(beyond_add)
{
	int i;

	test_env_init(&t);
	for (i = 0; i < 20000; i++)
		CHECK(agree(between(0x0d, 0x3e)));
	CHECK_EQ(t.live, 0);
}

/* What a message can say that makes no sense: no crash, no end in sight. */
TEST(hostile)
{
	static const int32_t ends[] = {INT32_MIN, INT32_MAX, 0, 65536, -1};
	const struct draw_row *row =
		draw_find(SPICE_MSG_DISPLAY_DRAW_COMPOSITE);
	struct draw_composite c;
	struct draw_op op = {.env = &t.env, .composite = &c};
	struct pixmap dst, src, mask;
	int i, k, rc;

	test_env_init(&t);
	for (i = 0; i < 3000; i++) {
		memset(&c, 0, sizeof(c));
		random_pixmap(&dst, formats[i % 5].format, 9, 7);
		random_operand(&c.src, &src);
		random_operand(&c.mask, &mask);
		c.src.pm = between(0, 5) ? &src : &dst;
		c.src.is_surface = between(0, 1);
		c.src.opaque = between(0, 1);
		c.src.filter = between(0, 7);
		c.operator= between(0, 255);
		for (k = 0; k < 6; k++) {
			c.src.transform[k] = ends[between(0, 4)];
			c.mask.transform[k] = ends[between(0, 4)];
		}
		op.dst = &dst;
		op.clip.all = true;
		op.box = (struct pix_rect){
			ends[between(0, 4)], ends[between(0, 4)],
			ends[between(0, 4)], ends[between(0, 4)]};
		t.allocs_left = i % 3 ? -1 : 0;
		rc = row->paint(&op);
		t.allocs_left = -1;
		CHECK(rc == 0 || rc == -ENOMEM);
		pix_free(&t.env, &dst);
		pix_free(&t.env, &src);
		pix_free(&t.env, &mask);
		CHECK_EQ(t.live, 0);
	}
	op.composite = NULL;
	CHECK_EQ(row->paint(&op), -EINVAL);
}

/* SATURATE: as much of the source as there is room for. */
TEST(saturate)
{
	/* The last four are pixman's numbers. */
	uint32_t from[8] = {0xff8040ff, 0x40201040, 0x00000000, 0x80808080,
			    0xd9b8609b, 0xce859995, 0x4e362a04, 0xe3900a22};
	uint32_t to[8] = {0x80402010, 0x80402010, 0xff010203, 0xff102030,
			  0xbb9a1a04, 0x5e4a125d, 0xf33ef38f, 0x3331321c};
	uint32_t want[8] = {0xff80408f, 0xc0603050, 0xff010203, 0xff102030,
			    0xffd43834, 0xffb28ad2, 0xff46fa90, 0xffb33b3a};
	struct pixmap src = {SPICE_SURFACE_FMT_32_ARGB, 8, 1, 32,
			     (uint8_t *)from};
	struct pixmap dst = {SPICE_SURFACE_FMT_32_ARGB, 8, 1, 32,
			     (uint8_t *)to};
	struct draw_composite c = {
		.operator= 13,
		.src = {.pm = &src,
			.is_surface = true,
			.filter = 3,
			.transform = {65536, 0, 0, 0, 65536, 0}}};
	struct draw_op op = {.env = &t.env,
			     .composite = &c,
			     .dst = &dst,
			     .box = {0, 0, 8, 1},
			     .clip = {.all = true}};
	int i;

	test_env_init(&t);
	CHECK_EQ(draw_find(SPICE_MSG_DISPLAY_DRAW_COMPOSITE)->paint(&op), 0);
	for (i = 0; i < 8; i++)
		CHECK_EQ(to[i], want[i]);
}

int main(void)
{
	RUN(as_pixman);
	RUN(beyond_add);
	RUN(hostile);
	RUN(saturate);
	return test_end();
}
