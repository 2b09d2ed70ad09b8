/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Scenes from a number: seed-0, seed-1, and so on. Each covers the screen with
 * a picture, makes surfaces of several formats and odd sizes, draws every
 * operation with every kind of operand on all of them, and shows the surfaces.
 *
 * The number decides everything, but for images kept in the client's cache and
 * palettes, which live on from scene to scene: their number alone decides what
 * they show.
 *
 * What libspice-server's canvas cannot do, or does as nobody could mean, is not
 * drawn; README.md here lists it, the code says at each place what it avoids.
 */

#include "test/server/draw.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define SURFACES 4		/* off the screen, in a scene */
#define DEEP	 (SURFACES + 1) /* the number of one more */
#define OPS	 24

struct target {
	uint32_t id, format;
	int w, h;
};

struct seed {
	struct server *s;
	uint32_t state;
	struct target target[1 + SURFACES]; /* the screen is the first */
	uint32_t targets;
	/*
	 * An xRGB surface whose fourth byte is known: only what says that it
	 * has alpha draws on it, only that reads it. Not always there: id 0.
	 */
	struct target deep;
};

/* 0..@n - 1; xorshift. */
static int roll(struct seed *d, uint32_t n)
{
	d->state ^= d->state << 13;
	d->state ^= d->state >> 17;
	d->state ^= d->state << 5;
	return (int)((d->state >> 3) % n);
}

static bool once_in(struct seed *d, uint32_t n)
{
	return !roll(d, n);
}

static int bits_of(const struct target *t)
{
	return t->format == SPICE_SURFACE_FMT_1_A   ? 1
	       : t->format == SPICE_SURFACE_FMT_8_A ? 8
	       : t->format == SPICE_SURFACE_FMT_16_555 ||
			       t->format == SPICE_SURFACE_FMT_16_565
		       ? 16
		       : 32;
}

/* ---- geometry ------------------------------------------------------------ */

/* A size up to @most: often small or odd, sometimes all. */
static int some_size(struct seed *d, int most)
{
	int n = once_in(d, 3) ? most : most < 70 ? most : 70;

	return once_in(d, 12) ? most : 1 + roll(d, n);
}

/* A box inside @w * @h, as the server wants it. */
static QXLRect some_box(struct seed *d, int w, int h)
{
	int bw = some_size(d, w), bh = some_size(d, h);

	return rect(roll(d, w - bw + 1), roll(d, h - bh + 1), bw, bh);
}

static int width(QXLRect r)
{
	return r.right - r.left;
}

static int height(QXLRect r)
{
	return r.bottom - r.top;
}

/* Often a clip: rectangles across the box, anywhere, overlapping. */
static void some_clip(struct seed *d, struct cmd *cmd)
{
	QXLRect box = cmd->drawable.bbox, rects[20];
	int n = 1 + roll(d, once_in(d, 3) ? 20 : 3), i;

	if (roll(d, 3))
		return;
	for (i = 0; i < n; i++)
		rects[i] = rect(box.left - 9 + roll(d, width(box) + 9),
				box.top - 9 + roll(d, height(box) + 9),
				1 + roll(d, width(box) + 9),
				1 + roll(d, height(box) + 9));
	cmd_clip(cmd, rects, n);
}

static struct cmd *begin(struct seed *d, const struct target *t, uint8_t type)
{
	struct cmd *cmd = cmd_draw(type, QXL_EFFECT_BLEND,
				   some_box(d, t->w, t->h));

	cmd_target(cmd, t->id);
	return cmd;
}

/* ---- operands ------------------------------------------------------------ */

static uint32_t some_color(struct seed *d)
{
	static const uint32_t plain[] = {0, 0xffffff, 0xffffffff, 0xff000000,
					 0x7fff};
	uint32_t c = (uint32_t)roll(d, 1 << 16) << 16 | roll(d, 1 << 16);

	return once_in(d, 3) ? plain[roll(d, COUNT(plain))] : c;
}

static uint16_t some_rop(struct seed *d, uint16_t invers_src)
{
	uint16_t rop = 1 << (3 + roll(d, 7)); /* OP_PUT to OP_INVERS */

	if (once_in(d, 2))
		return SPICE_ROPD_OP_PUT;
	if (once_in(d, 3))
		rop |= invers_src;
	if (once_in(d, 3))
		rop |= SPICE_ROPD_INVERS_DEST;
	if (once_in(d, 3))
		rop |= SPICE_ROPD_INVERS_RES;
	return rop;
}

/* An image for an operation, and its size. */
struct operand {
	const struct target *surface; /* NULL: source is what it is */
	struct source source;
	int w, h;
};

/* Palettes and kept images of surfaces of 16 bits are others. */
static uint32_t depth_class(const struct target *t)
{
	return t->format == SPICE_SURFACE_FMT_16_565	? 2000
	       : t->format == SPICE_SURFACE_FMT_32_ARGB ? 3000
	       : bits_of(t) == 16			? 1000
							: 0;
}

static struct source some_source(struct seed *d, const struct target *t, int w,
				 int h)
{
	static const uint8_t formats[] = {
		SPICE_BITMAP_FMT_1BIT_BE, SPICE_BITMAP_FMT_4BIT_BE,
		SPICE_BITMAP_FMT_8BIT,	  SPICE_BITMAP_FMT_16BIT,
		SPICE_BITMAP_FMT_24BIT,	  SPICE_BITMAP_FMT_32BIT,
		SPICE_BITMAP_FMT_32BIT,	  SPICE_BITMAP_FMT_RGBA,
	};
	struct source source = {.content = roll(d, 4),
				.seed = roll(d, 1000),
				.format = formats[roll(d, COUNT(formats))],
				.bottom_up = once_in(d, 2),
				.w = w,
				.h = h,
				.pad = once_in(d, 4) ? roll(d, 9) : 0};

	if (bits_of(t) == 8) {
		source.format = SPICE_BITMAP_FMT_8BIT_A;
		source.content = CONTENT_ALPHA;
	}
	/* The server has palettes for the other formats only. */
	if ((t->format == SPICE_SURFACE_FMT_16_565 || bits_of(t) == 1) &&
	    format_bits(source.format) <= 8)
		source.format = SPICE_BITMAP_FMT_16BIT;
	/* Whether these are opaque depends on how they were encoded. */
	if (t->format == SPICE_SURFACE_FMT_32_ARGB &&
	    format_bits(source.format) <= 16)
		source.format = SPICE_BITMAP_FMT_32BIT;
	if (source.format == SPICE_BITMAP_FMT_RGBA)
		source.content = CONTENT_ALPHA;
	if (once_in(d, 2))
		source.pal_id = 1 + depth_class(t) +
				format_bits(source.format) * 10 + roll(d, 5);
	source.high_bits = once_in(d, 3);
	return source;
}

/* An image to keep: its number decides what it is. */
static struct source kept_source(struct seed *d, const struct target *t)
{
	uint32_t id = 1 + roll(d, 24) + depth_class(t);
	struct seed own = {.state = id * 2654435761u};
	struct source source = some_source(&own, t, 20 + roll(&own, 90),
					   20 + roll(&own, 60));

	source.id = id;
	source.cache = true;
	return source;
}

/*
 * May an operation read pixels of surface @from for @t as they are? What is in
 * the fourth byte of xRGB is nobody's business, so nothing with alpha is made
 * from it. Between 555 and 565 the server copies bits, which means nothing.
 */
static bool readable(const struct target *from, const struct target *t)
{
	return from->format == t->format ||
	       (t->format == SPICE_SURFACE_FMT_32_xRGB && bits_of(from) == 32);
}

/* A surface that an operation on @t may read. NULL: not this time. */
static const struct target *same_depth(struct seed *d, const struct target *t)
{
	const struct target *from = &d->target[roll(d, d->targets)];

	return readable(from, t) ? from : NULL;
}

enum allow {
	ALLOW_ANY,
	ALLOW_DEPTHS, /* of any depth, too */
	ALLOW_OTHER,  /* not the surface itself */
	/*
	 * No surface, nothing kept: something sticks to it in the server, or
	 * the reference client does not look at it when nothing is drawn.
	 */
	ALLOW_NEW,
};

/* An image of about @w * @h, at least that unless it is what it is. */
static struct operand some_image(struct seed *d, const struct target *t, int w,
				 int h, enum allow allow)
{
	const struct target *from = allow == ALLOW_DEPTHS
					    ? &d->target[roll(d, d->targets)]
					    : same_depth(d, t);
	struct operand o = {NULL, {0}, w, h};

	if (allow == ALLOW_OTHER && from == t)
		from = NULL;
	if (allow != ALLOW_NEW && from && once_in(d, 2)) {
		o.surface = from;
		o.w = from->w;
		o.h = from->h;
		return o;
	}
	if (allow != ALLOW_NEW && bits_of(t) >= 16 && once_in(d, 3))
		o.source = kept_source(d, t);
	else
		o.source = some_source(d, t, w + roll(d, 9), h + roll(d, 9));
	if (allow == ALLOW_NEW)
		o.source.pal_id = 0;
	o.w = o.source.w;
	o.h = o.source.h;
	return o;
}

static QXLPHYSICAL image_of(struct cmd *cmd, const struct operand *o)
{
	if (o->surface)
		return image_surface(cmd, o->surface->id, o->w, o->h);
	return image_source(cmd, &o->source);
}

static QXLBrush some_brush(struct seed *d, struct cmd *cmd,
			   const struct target *t, enum allow allow)
{
	struct operand tile;

	if (once_in(d, 8))
		return (QXLBrush){.type = SPICE_BRUSH_TYPE_NONE};
	if (once_in(d, 2) || bits_of(t) == 1)
		return brush_solid(some_color(d));
	tile = some_image(d, t, 1 + roll(d, 24), 1 + roll(d, 24), allow);
	return brush_pattern(image_of(cmd, &tile), roll(d, 300) - 100,
			     roll(d, 300) - 100);
}

/* Sometimes a mask; of a size and place of its own. */
static QXLQMask some_mask(struct seed *d, struct cmd *cmd)
{
	QXLRect box = cmd->drawable.bbox;
	struct source source = {
		.content = roll(d, 3),
		.seed = roll(d, 100),
		.format = once_in(d, 2) ? SPICE_BITMAP_FMT_1BIT_BE
					: SPICE_BITMAP_FMT_1BIT_LE,
		.bottom_up = once_in(d, 2),
		.w = 1 + roll(d, 2 * width(box)),
		.h = 1 + roll(d, 2 * height(box)),
	};
	QXLQMask mask = {0};

	if (roll(d, 4))
		return mask;
	mask.flags = once_in(d, 2) ? SPICE_MASK_FLAGS_INVERS : 0;
	mask.pos.x = roll(d, source.w);
	mask.pos.y = roll(d, source.h);
	mask.bitmap = image_source(cmd, &source);
	return mask;
}

static bool apart(QXLRect a, QXLRect b)
{
	/* Interpolation reads a pixel more. */
	return a.right + 1 < b.left || b.right + 1 < a.left ||
	       a.bottom + 1 < b.top || b.bottom + 1 < a.top;
}

/*
 * An image and the area of it that comes to the box. Unscaled, the box shrinks
 * to what there is. Of the surface itself no part of the box: the server would
 * read what it has just drawn.
 */
static QXLPHYSICAL area_of(struct seed *d, struct cmd *cmd,
			   const struct target *t, struct operand o,
			   QXLRect *area)
{
	QXLRect *box = &cmd->drawable.bbox;

	*area = some_box(d, o.w, o.h);
	if (roll(d, 3)) {
		if (width(*box) > o.w)
			box->right = box->left + o.w;
		if (height(*box) > o.h)
			box->bottom = box->top + o.h;
		*area = rect(roll(d, o.w - width(*box) + 1),
			     roll(d, o.h - height(*box) + 1), width(*box),
			     height(*box));
	}
	if (o.surface == t && !apart(*area, *box))
		o = some_image(d, t, area->right, area->bottom, ALLOW_NEW);
	return image_of(cmd, &o);
}

static QXLPHYSICAL some_area(struct seed *d, struct cmd *cmd,
			     const struct target *t, QXLRect *area)
{
	QXLRect box = cmd->drawable.bbox;

	return area_of(d, cmd, t,
		       some_image(d, t, width(box), height(box), ALLOW_ANY),
		       area);
}

static uint8_t some_scale(struct seed *d)
{
	return once_in(d, 2) ? SPICE_IMAGE_SCALE_MODE_NEAREST
			     : SPICE_IMAGE_SCALE_MODE_INTERPOLATE;
}

/* ---- operations ---------------------------------------------------------- */

static void fill(struct seed *d, const struct target *t)
{
	struct cmd *cmd = begin(d, t, QXL_DRAW_FILL);
	QXLFill *op = &cmd->drawable.u.fill;

	op->brush = some_brush(d, cmd, t, ALLOW_OTHER);
	op->rop_descriptor = some_rop(d, SPICE_ROPD_INVERS_BRUSH);
	op->mask = some_mask(d, cmd);
	some_clip(d, cmd);
	qxl_push(d->s, cmd);
}

static void opaque(struct seed *d, const struct target *t)
{
	struct cmd *cmd = begin(d, t, QXL_DRAW_OPAQUE);
	QXLOpaque *op = &cmd->drawable.u.opaque;

	op->src_bitmap = some_area(d, cmd, t, &op->src_area);
	op->brush = some_brush(d, cmd, t, ALLOW_OTHER);
	op->rop_descriptor = some_rop(d, SPICE_ROPD_INVERS_BRUSH);
	op->scale_mode = some_scale(d);
	op->mask = some_mask(d, cmd);
	some_clip(d, cmd);
	qxl_push(d->s, cmd);
}

/* COPY and BLEND have one layout. */
static void copy_or_blend(struct seed *d, const struct target *t, uint8_t type)
{
	struct cmd *cmd = begin(d, t, type);
	QXLCopy *op = &cmd->drawable.u.copy;

	op->src_bitmap = some_area(d, cmd, t, &op->src_area);
	op->rop_descriptor = some_rop(d, SPICE_ROPD_INVERS_SRC);
	op->scale_mode = some_scale(d);
	op->mask = some_mask(d, cmd);
	some_clip(d, cmd);
	qxl_push(d->s, cmd);
}

static void copy(struct seed *d, const struct target *t)
{
	copy_or_blend(d, t, QXL_DRAW_COPY);
}

static void blend(struct seed *d, const struct target *t)
{
	copy_or_blend(d, t, QXL_DRAW_BLEND);
}

/* BLACKNESS, WHITENESS, INVERS have one layout. */
static void one_solid(struct seed *d, const struct target *t, uint8_t type)
{
	struct cmd *cmd = begin(d, t, type);

	cmd->drawable.u.blackness.mask = some_mask(d, cmd);
	some_clip(d, cmd);
	qxl_push(d->s, cmd);
}

static void blackness(struct seed *d, const struct target *t)
{
	one_solid(d, t, QXL_DRAW_BLACKNESS);
}

static void whiteness(struct seed *d, const struct target *t)
{
	one_solid(d, t, QXL_DRAW_WHITENESS);
}

static void invers(struct seed *d, const struct target *t)
{
	one_solid(d, t, QXL_DRAW_INVERS);
}

/*
 * Whether a ternary operation uses pattern (weight 4), source (2) and
 * destination (1) all three. libspice-server has no other ones and aborts.
 */
static bool is_ternary(int code)
{
	return (code >> 4) != (code & 0xf) &&
	       (code >> 2 & 0x33) != (code & 0x33) &&
	       (code >> 1 & 0x55) != (code & 0x55);
}

static void rop3(struct seed *d, const struct target *t)
{
	struct cmd *cmd = begin(d, t, QXL_DRAW_ROP3);
	QXLRect *box = &cmd->drawable.bbox;
	QXLRop3 *op = &cmd->drawable.u.rop3;

	do
		op->rop3 = roll(d, 256);
	while (!is_ternary(op->rop3));
	op->src_bitmap = some_area(d, cmd, t, &op->src_area);
	do
		op->brush = some_brush(d, cmd, t, ALLOW_OTHER);
	while (op->brush.type == SPICE_BRUSH_TYPE_NONE);
	/* The server reads before a pattern that begins in the box. */
	if (op->brush.type == SPICE_BRUSH_TYPE_PATTERN) {
		op->brush.u.pattern.pos.x = box->left - roll(d, 90);
		op->brush.u.pattern.pos.y = box->top - roll(d, 90);
	}
	op->scale_mode = some_scale(d);
	op->mask = some_mask(d, cmd);
	some_clip(d, cmd);
	qxl_push(d->s, cmd);
}

static void transparent(struct seed *d, const struct target *t)
{
	static const uint32_t keys[] = {0xf4f1e8, 0x202428, 0x000000, 0xffffff,
					0x2020c0};
	struct cmd *cmd = begin(d, t, QXL_DRAW_TRANSPARENT);
	QXLTransparent *op = &cmd->drawable.u.transparent;

	op->src_bitmap = some_area(d, cmd, t, &op->src_area);
	op->src_color = op->true_color = keys[roll(d, COUNT(keys))];
	some_clip(d, cmd);
	qxl_push(d->s, cmd);
}

static void alpha_blend(struct seed *d, const struct target *t)
{
	struct cmd *cmd = begin(d, t, QXL_DRAW_ALPHA_BLEND);
	QXLAlphaBlend *op = &cmd->drawable.u.alpha_blend;
	QXLRect box = cmd->drawable.bbox;
	struct operand o = some_image(d, t, width(box), height(box),
				      ALLOW_DEPTHS);
	bool deep = d->deep.id && t != &d->deep && once_in(d, 2);

	if (deep)
		o = (struct operand){&d->deep, {0}, d->deep.w, d->deep.h};
	op->src_bitmap = area_of(d, cmd, t, o, &op->src_area);
	op->alpha = once_in(d, 3) ? 255 : roll(d, 256);
	if (t == &d->deep || once_in(d, 2))
		op->alpha_flags |= SPICE_ALPHA_FLAGS_DEST_HAS_ALPHA;
	/* Of another surface of xRGB the fourth byte is whatever it is. */
	if (deep ||
	    ((!o.surface || o.surface->format != SPICE_SURFACE_FMT_32_xRGB) &&
	     once_in(d, 2)))
		op->alpha_flags |= SPICE_ALPHA_FLAGS_SRC_SURFACE_HAS_ALPHA;
	some_clip(d, cmd);
	qxl_push(d->s, cmd);
}

/* Pixels of 32 bits, all of them known, into @box of the deep surface. */
static void copy_deep(struct seed *d, QXLRect box)
{
	struct source source = {.content = CONTENT_ALPHA,
				.seed = roll(d, 1000),
				.format = SPICE_BITMAP_FMT_RGBA,
				.w = width(box),
				.h = height(box)};
	struct cmd *cmd = cmd_copy(box, rect(0, 0, width(box), height(box)),
				   SPICE_ROPD_OP_PUT);

	if (once_in(d, 3)) {
		source.content = CONTENT_PHOTO;
		source.format = SPICE_BITMAP_FMT_32BIT;
	}
	source.high_bits = once_in(d, 2);
	cmd_target(cmd, d->deep.id);
	cmd->drawable.u.copy.src_bitmap = image_source(cmd, &source);
	some_clip(d, cmd);
	qxl_push(d->s, cmd);
}

/* Something onto the deep surface, whatever was to be drawn on. */
static void deepen(struct seed *d, const struct target *unused)
{
	if (!d->deep.id)
		return;
	if (once_in(d, 2))
		alpha_blend(d, &d->deep);
	else
		copy_deep(d, some_box(d, d->deep.w, d->deep.h));
}

static void copy_bits(struct seed *d, const struct target *t)
{
	struct cmd *cmd = begin(d, t, QXL_COPY_BITS);
	QXLRect box = cmd->drawable.bbox;

	cmd->drawable.u.copy_bits.src_pos.x = roll(d, t->w - width(box) + 1);
	cmd->drawable.u.copy_bits.src_pos.y = roll(d, t->h - height(box) + 1);
	some_clip(d, cmd);
	qxl_push(d->s, cmd);
}

/* ---- STROKE -------------------------------------------------------------- */

/* A path of up to three pieces about @box. */
static QXLPHYSICAL some_path(struct seed *d, struct cmd *cmd)
{
	enum { POINTS = 7 }; /* one, and two curves */
	size_t each = sizeof(QXLPathSeg) + POINTS * sizeof(QXLPointFix);
	int n = 1 + roll(d, 3), i, k;
	QXLPath *path = cmd_alloc(cmd, sizeof(*path) + n * each);
	QXLRect box = cmd->drawable.bbox;

	path->data_size = path->chunk.data_size = n * each;
	for (i = 0; i < n; i++) {
		QXLPathSeg *seg = (QXLPathSeg *)(path->chunk.data + i * each);

		seg->count = POINTS;
		seg->flags = QXL_PATH_BEGIN | QXL_PATH_END;
		if (once_in(d, 3))
			seg->flags |= QXL_PATH_BEZIER;
		if (once_in(d, 3))
			seg->flags |= QXL_PATH_CLOSE;
		for (k = 0; k < POINTS; k++) {
			seg->points[k].x = (box.left - 20) * 16 +
					   roll(d, (width(box) + 40) * 16);
			seg->points[k].y = (box.top - 20) * 16 +
					   roll(d, (height(box) + 40) * 16);
		}
	}
	return phys(path);
}

static void some_dashes(struct seed *d, struct cmd *cmd, QXLStroke *op)
{
	int n = 2 + 2 * roll(d, 3), i;
	QXLFIXED *style = cmd_alloc(cmd, n * sizeof(*style));

	for (i = 0; i < n; i++)
		style[i] = (1 + roll(d, 12)) << 4;
	op->attr.flags = SPICE_LINE_FLAGS_STYLED;
	if (once_in(d, 2))
		op->attr.flags |= SPICE_LINE_FLAGS_START_WITH_GAP;
	op->attr.style_nseg = n;
	op->attr.style = phys(style);
}

/*
 * A clip that has no gap in any row, for the server loses rows there: all of
 * its rectangles have the box's middle column.
 */
static void some_clip_whole(struct seed *d, struct cmd *cmd)
{
	int middle = (cmd->drawable.bbox.left + cmd->drawable.bbox.right) / 2;
	QXLClipRects *clip;
	QXLRect *rects;
	uint32_t i;

	some_clip(d, cmd);
	if (cmd->drawable.clip.type != SPICE_CLIP_TYPE_RECTS)
		return;
	clip = (QXLClipRects *)(uintptr_t)cmd->drawable.clip.data;
	rects = (QXLRect *)clip->chunk.data;
	for (i = 0; i < clip->num_rects; i++) {
		if (rects[i].left > middle)
			rects[i].left = middle;
		if (rects[i].right <= middle)
			rects[i].right = middle + 1;
	}
}

/* Of a pattern that is a surface the server reads memory that is none. */
static void stroke(struct seed *d, const struct target *t)
{
	struct cmd *cmd = begin(d, t, QXL_DRAW_STROKE);
	QXLStroke *op = &cmd->drawable.u.stroke;

	op->path = some_path(d, cmd);
	if (once_in(d, 2))
		some_dashes(d, cmd, op);
	op->brush = some_brush(d, cmd, t, ALLOW_NEW);
	op->fore_mode = some_rop(d, SPICE_ROPD_INVERS_BRUSH);
	op->back_mode = SPICE_ROPD_OP_PUT;
	some_clip_whole(d, cmd);
	qxl_push(d->s, cmd);
}

/* ---- TEXT ---------------------------------------------------------------- */

/*
 * A string whose letters overlap. Those of 8 bits the server reads from one
 * row too low: their rows are all the same, and @box leaves out the top row,
 * which would come from behind their end.
 */
static QXLPHYSICAL some_string(struct seed *d, struct cmd *cmd, QXLRect *box)
{
	static const uint8_t flags[] = {SPICE_STRING_FLAGS_RASTER_A1,
					SPICE_STRING_FLAGS_RASTER_A4,
					SPICE_STRING_FLAGS_RASTER_A8};
	int kind = roll(d, 3), bits = kind == 2 ? 8 : kind == 1 ? 4 : 1;
	int w = 1 + roll(d, 20), h = 2 + roll(d, 20), n = 1 + roll(d, 9);
	int x = box->left + roll(d, width(*box)), y, i;
	size_t row = (w * bits + 7) / 8, k;
	size_t each = sizeof(QXLRasterGlyph) + row * h;
	QXLString *text = cmd_alloc(cmd, sizeof(*text) + n * each);

	y = box->top + roll(d, height(*box));
	text->data_size = text->chunk.data_size = n * each;
	text->length = n;
	text->flags = flags[kind];
	for (i = 0; i < n; i++) {
		QXLRasterGlyph *glyph =
			(QXLRasterGlyph *)(text->chunk.data + i * each);

		glyph->render_pos.x = x + i * (w - roll(d, 3));
		glyph->render_pos.y = y + (bits == 8 ? 0 : roll(d, 3));
		glyph->glyph_origin.x = -roll(d, 4);
		glyph->glyph_origin.y = -h / 2;
		glyph->width = w;
		glyph->height = h;
		for (k = 0; k < row * h; k++)
			glyph->data[k] = content_argb(CONTENT_PHOTO, i, k % row,
						      bits == 8 ? 0 : k / row);
	}
	if (bits == 8 && box->top <= y - h / 2)
		box->top = y - h / 2 + 1;
	return phys(text);
}

/*
 * A pattern's place sticks to its image: it has to be a new one. Of what is
 * behind the letters the reference client does not decode the pattern if
 * nothing of it shows, and waits for it for ever when a later image, come as
 * GLZ, refers to it: it is behind all that is drawn.
 */
static void text(struct seed *d, const struct target *t)
{
	struct cmd *cmd = begin(d, t, QXL_DRAW_TEXT);
	QXLText *op = &cmd->drawable.u.text;
	QXLRect *box = &cmd->drawable.bbox;

	op->str = some_string(d, cmd, box);
	if (box->top >= box->bottom) {
		cmd_free(cmd);
		return;
	}
	if (once_in(d, 2) && bits_of(t) > 1)
		op->back_area = some_box(d, t->w, t->h);
	op->fore_brush = some_brush(d, cmd, t, ALLOW_NEW);
	op->back_brush = some_brush(d, cmd, t, ALLOW_NEW);
	if (op->back_brush.type == SPICE_BRUSH_TYPE_PATTERN)
		op->back_area = *box;
	op->fore_mode = SPICE_ROPD_OP_PUT;
	op->back_mode = SPICE_ROPD_OP_PUT;
	some_clip(d, cmd);
	qxl_push(d->s, cmd);
}

/* ---- COMPOSITE ----------------------------------------------------------- */

static QXLPHYSICAL some_transform(struct seed *d, struct cmd *cmd)
{
	QXLTransform *t = cmd_alloc(cmd, sizeof(*t));
	int kind = roll(d, 6);

	t->t00 = t->t11 = 0x10000;
	if (kind == 1) { /* turned by a right angle */
		t->t00 = t->t11 = 0;
		t->t01 = 0x10000;
		t->t10 = -0x10000;
		t->t12 = 30 << 16;
	} else if (kind == 2) { /* moved by less than a pixel, too */
		t->t02 = roll(d, 0x200000) - 0x100000;
		t->t12 = roll(d, 0x200000) - 0x100000;
	} else if (kind >= 3) {
		t->t00 = 0x3000 + roll(d, 0x20000);
		t->t11 = 0x3000 + roll(d, 0x20000);
		t->t02 = roll(d, 0x200000) - 0x100000;
		t->t12 = roll(d, 0x200000) - 0x100000;
	}
	if (kind >= 4) {
		t->t01 = roll(d, 0x10000) - 0x8000;
		t->t10 = roll(d, 0x10000) - 0x8000;
	}
	return phys(t);
}

/*
 * An operand: a new image, or a surface but @not. *@which receives the
 * surface, NULL for none.
 */
static QXLPHYSICAL some_operand(struct seed *d, struct cmd *cmd,
				const struct target *t,
				const struct target * not,
				const struct target **which)
{
	const struct target *from = &d->target[roll(d, d->targets)];
	QXLRect box = cmd->drawable.bbox;
	struct operand o;

	*which = NULL;
	if (from != not &&once_in(d, 2)) {
		*which = from;
		return image_surface(cmd, from->id, from->w, from->h);
	}
	o = some_image(d, t, width(box), height(box), ALLOW_NEW);
	return image_of(cmd, &o);
}

/*
 * A surface keeps its last transform in the server: a drawing of nothing (the
 * destination) takes it away. It has to be on @t, too, for only what is drawn
 * on one surface is drawn in its order; and not where the marker will be: what
 * that covers the server leaves out.
 */
static void forget_transform(struct seed *d, const struct target *t,
			     const struct target *from)
{
	struct cmd *cmd = cmd_draw(QXL_DRAW_COMPOSITE, QXL_EFFECT_BLEND,
				   rect(t->w - 1, t->h - 1, 1, 1));
	QXLComposite *op = &cmd->drawable.u.composite;
	QXLTransform *none = cmd_alloc(cmd, sizeof(*none));

	cmd_target(cmd, t->id);
	none->t00 = none->t11 = 0x10000;
	op->flags = QXL_OP_DST;
	op->src = image_surface(cmd, from->id, from->w, from->h);
	op->src_transform = phys(none);
	qxl_push(d->s, cmd);
}

/* Of pixman's operators, CLEAR to HSL_LUMINOSITY, and the first of the last. */
#define OPERATORS 0x3f
#define FIRST_HSL 0x3b

static void composite(struct seed *d, const struct target *t)
{
	struct cmd *cmd = begin(d, t, QXL_DRAW_COMPOSITE);
	QXLComposite *op = &cmd->drawable.u.composite;
	const struct target *src, *mask = NULL;

	op->flags = once_in(d, 2) ? roll(d, 13) : roll(d, OPERATORS);
	op->flags |= roll(d, 5) << 8 | roll(d, 5) << 11;
	op->flags |= roll(d, 4) << 14 | roll(d, 4) << 16;
	op->src = some_operand(d, cmd, t, NULL, &src);
	op->src_transform = some_transform(d, cmd);
	/* What those of HSL make of a mask nobody could mean. */
	if ((op->flags & 0xff) < FIRST_HSL && once_in(d, 2)) {
		op->flags |= SPICE_COMPOSITE_HAS_MASK;
		op->mask = some_operand(d, cmd, t, src, &mask);
		op->mask_transform = some_transform(d, cmd);
		if (once_in(d, 2))
			op->flags |= SPICE_COMPOSITE_COMPONENT_ALPHA;
	}
	/* Of nothing but alpha without alpha nothing is left: it crashes. */
	if (once_in(d, 3) && !(src && bits_of(src) <= 8))
		op->flags |= SPICE_COMPOSITE_SOURCE_OPAQUE;
	op->src_origin.x = roll(d, 80) - 20;
	op->src_origin.y = roll(d, 80) - 20;
	op->mask_origin.x = roll(d, 80) - 20;
	op->mask_origin.y = roll(d, 80) - 20;
	some_clip(d, cmd);
	qxl_push(d->s, cmd);
	if (src)
		forget_transform(d, t, src);
	if (mask)
		forget_transform(d, t, mask);
}

/* ---- a scene ------------------------------------------------------------- */

struct op {
	void (*draw)(struct seed *d, const struct target *t);
	int least_bits; /* of the surface that it may be drawn on */
};

static const struct op ops[] = {
	{text, 1},	{alpha_blend, 1}, {deepen, 1},	     {fill, 8},
	{whiteness, 8}, {blackness, 8},	  {stroke, 8},	     {copy, 8},
	{copy, 8},	{invers, 8},	  {copy_bits, 8},    {composite, 8},
	{composite, 8}, {opaque, 8},	  {blend, 8},	     {transparent, 8},
	{rop3, 16},	{rop3, 16},	  {alpha_blend, 16}, {stroke, 16},
	{text, 16},
};

static void some_op(struct seed *d)
{
	const struct target *t = &d->target[0];
	const struct op *op;

	if (once_in(d, 2))
		t = &d->target[roll(d, d->targets)];
	do
		op = &ops[roll(d, COUNT(ops))];
	while (op->least_bits > bits_of(t));
	op->draw(d, t);
}

static void make_surface(struct seed *d, uint32_t id)
{
	static const uint32_t formats[] = {
		SPICE_SURFACE_FMT_32_xRGB, SPICE_SURFACE_FMT_32_ARGB,
		SPICE_SURFACE_FMT_32_ARGB, SPICE_SURFACE_FMT_16_555,
		SPICE_SURFACE_FMT_16_565,  SPICE_SURFACE_FMT_8_A,
		SPICE_SURFACE_FMT_1_A};
	struct target *t = &d->target[d->targets++];
	/* Where JPEG is, the server has to read surfaces: not all it can. */
	int kinds = d->s->lossy ? 4 : COUNT(formats);

	t->id = id;
	t->format = formats[roll(d, kinds)];
	if (id > 1 && once_in(d, 2)) /* one to read from */
		t->format = t[-1].format;
	t->w = 17 + roll(d, 140);
	t->h = 17 + roll(d, 100);
	surface_create(d->s, id, t->format, t->w, t->h);
	if (bits_of(t) >= 8)
		copy(d, t);
}

/* All of the deep surface is drawn once, and something on that. */
static void make_deep(struct seed *d)
{
	struct target *t = &d->deep;

	t->id = DEEP;
	t->format = SPICE_SURFACE_FMT_32_xRGB;
	t->w = 17 + roll(d, 100);
	t->h = 17 + roll(d, 100);
	surface_create(d->s, t->id, t->format, t->w, t->h);
	copy_deep(d, rect(0, 0, t->w, t->h));
	deepen(d, NULL);
}

/* With its alpha over the screen. */
static void show_deep(struct seed *d)
{
	struct target *t = &d->deep;
	QXLRect box = rect(roll(d, d->s->w - t->w), roll(d, d->s->h - t->h),
			   t->w, t->h);
	struct cmd *cmd = cmd_draw(QXL_DRAW_ALPHA_BLEND, QXL_EFFECT_BLEND, box);
	QXLAlphaBlend *op = &cmd->drawable.u.alpha_blend;

	op->src_bitmap = image_surface(cmd, t->id, t->w, t->h);
	op->src_area = rect(0, 0, t->w, t->h);
	op->alpha = 255;
	op->alpha_flags = SPICE_ALPHA_FLAGS_SRC_SURFACE_HAS_ALPHA;
	qxl_push(d->s, cmd);
}

/* A surface onto the screen; where COPY cannot, by COMPOSITE. */
static void show_surface(struct seed *d, const struct target *t)
{
	QXLRect box = rect(roll(d, d->s->w - t->w), roll(d, d->s->h - t->h),
			   t->w, t->h);
	bool plain = readable(t, &d->target[0]);
	struct cmd *cmd = cmd_draw(plain ? QXL_DRAW_COPY : QXL_DRAW_COMPOSITE,
				   QXL_EFFECT_BLEND, box);
	QXLComposite *op = &cmd->drawable.u.composite;
	struct source source = {.content = CONTENT_BARS,
				.format = SPICE_BITMAP_FMT_32BIT,
				.w = t->w,
				.h = t->h};
	QXLPHYSICAL image = image_surface(cmd, t->id, t->w, t->h);

	if (plain) {
		cmd->drawable.u.copy.src_bitmap = image;
		cmd->drawable.u.copy.src_area = rect(0, 0, t->w, t->h);
		cmd->drawable.u.copy.rop_descriptor = SPICE_ROPD_OP_PUT;
	} else if (bits_of(t) >= 16) {
		op->flags = QXL_OP_SOURCE;
		op->src = image;
	} else {
		op->flags = QXL_OP_OVER | SPICE_COMPOSITE_HAS_MASK;
		op->src = image_source(cmd, &source);
		op->mask = image;
	}
	qxl_push(d->s, cmd);
}

void scene_seed(struct server *s, uint32_t number)
{
	struct seed d = {.s = s,
			 .state = number * 2654435761u + 12345,
			 .target = {{0, s->format, s->w, s->h}},
			 .targets = 1};
	struct source ground;
	int i, n;

	for (i = 0; i < 5; i++)
		roll(&d, 2);
	ground = some_source(&d, &d.target[0], s->w, s->h);
	draw_source(s, &ground, 0, 0);
	n = roll(&d, SURFACES + 1);
	for (i = 1; i <= n; i++)
		make_surface(&d, i);
	if (once_in(&d, 3))
		make_deep(&d);
	for (i = 0; i < OPS; i++)
		some_op(&d);
	if (d.deep.id) {
		show_deep(&d);
		surface_destroy(s, d.deep.id);
	}
	for (i = 1; i <= n; i++) {
		show_surface(&d, &d.target[i]);
		surface_destroy(s, i);
	}
	qxl_settle(s);
}
