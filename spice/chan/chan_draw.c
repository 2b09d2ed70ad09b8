/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Drawing messages: their bytes become a struct draw_op, which a row of
 * spice/draw paints. A part is read by one function each, in the order in which
 * the message has them; a table says which message has which.
 */
#include <string.h>

#include "spice/chan/chan_display.h"
#include "spice/pix/pix_region.h"

/* One message being read: the operation and what must be given back. */
struct draw_job {
	struct draw_op op;
	struct pix_rect *rects;
	struct chan_picture src, pattern, back, mask;
	struct draw_text text;
	struct draw_glyph *glyphs;
	struct draw_stroke stroke;
	struct draw_segment *segments;
	struct draw_point *points;
	int32_t *dash;
	struct draw_composite composite;
	struct pixmap into;	   /* the part of the surface under the box */
	struct wire_reader src_at; /* where the source's descriptor is */
};

/* Parts of a message behind its base, in wire order. */
enum draw_part {
	PART_END,
	PART_SRC, /* ptr image, Rect */
	PART_BRUSH,
	PART_ROP,   /* u16 */
	PART_SCALE, /* u8 */
	PART_MASK,
	PART_SRC_POS, /* Point */
	PART_ROP3,    /* u8 */
	PART_KEY,     /* u32 unused, u32 */
	PART_ALPHA,   /* u8 flags, u8 */
	PART_PATH,    /* ptr path */
	PART_LINE,    /* u8 flags, when styled: u8 n, ptr n fix */
	PART_STRING,  /* ptr string, Rect back */
	PART_BACK,    /* a brush */
	PART_UNUSED,  /* u16 */
	PART_COMPOSITE,
};

static const struct draw_form {
	uint16_t type;
	uint8_t parts[6];
} draw_forms[] = {
	{SPICE_MSG_DISPLAY_COPY_BITS, {PART_SRC_POS}},
	{SPICE_MSG_DISPLAY_DRAW_FILL, {PART_BRUSH, PART_ROP, PART_MASK}},
	{SPICE_MSG_DISPLAY_DRAW_OPAQUE,
	 {PART_SRC, PART_BRUSH, PART_ROP, PART_SCALE, PART_MASK}},
	{SPICE_MSG_DISPLAY_DRAW_COPY,
	 {PART_SRC, PART_ROP, PART_SCALE, PART_MASK}},
	{SPICE_MSG_DISPLAY_DRAW_BLEND,
	 {PART_SRC, PART_ROP, PART_SCALE, PART_MASK}},
	{SPICE_MSG_DISPLAY_DRAW_BLACKNESS, {PART_MASK}},
	{SPICE_MSG_DISPLAY_DRAW_WHITENESS, {PART_MASK}},
	{SPICE_MSG_DISPLAY_DRAW_INVERS, {PART_MASK}},
	{SPICE_MSG_DISPLAY_DRAW_ROP3,
	 {PART_SRC, PART_BRUSH, PART_ROP3, PART_SCALE, PART_MASK}},
	{SPICE_MSG_DISPLAY_DRAW_TRANSPARENT, {PART_SRC, PART_KEY}},
	{SPICE_MSG_DISPLAY_DRAW_ALPHA_BLEND, {PART_ALPHA, PART_SRC}},
	{SPICE_MSG_DISPLAY_DRAW_STROKE,
	 {PART_PATH, PART_LINE, PART_BRUSH, PART_ROP, PART_UNUSED}},
	{SPICE_MSG_DISPLAY_DRAW_COMPOSITE, {PART_COMPOSITE}},
	{SPICE_MSG_DISPLAY_DRAW_TEXT,
	 {PART_STRING, PART_BRUSH, PART_BACK, PART_ROP, PART_UNUSED}},
};

struct pix_rect chan_rect_read(struct wire_reader *r)
{
	struct pix_rect rect;

	rect.top = wire_i32(r);
	rect.left = wire_i32(r);
	rect.bottom = wire_i32(r);
	rect.right = wire_i32(r);
	return rect;
}

int chan_clip_read(struct chan *c, struct wire_reader *r,
		   struct draw_clip *clip, struct pix_rect **rects)
{
	const struct spice_env *env = c->s->env;
	uint8_t type = wire_u8(r);
	uint32_t n, i;

	*rects = NULL;
	clip->rects = NULL;
	clip->count = 0;
	clip->all = type == SPICE_CLIP_TYPE_NONE;
	if (type == SPICE_CLIP_TYPE_NONE)
		return r->bad ? -EPROTO : 0;
	if (type != SPICE_CLIP_TYPE_RECTS)
		return -EPROTO;
	n = wire_u32(r);
	if (r->bad || n > wire_left(r) / 16)
		return -EPROTO;
	c->s->counts.clipped++;
	if (n == 0)
		return 0;
	*rects = env->alloc(env->ctx, n * sizeof(**rects));
	if (!*rects)
		return -ENOMEM;
	for (i = 0; i < n; i++)
		(*rects)[i] = chan_rect_read(r);
	clip->count = n;
	clip->rects = *rects;
	return 0;
}

/* Read the base: surface, box, clip. */
static int draw_base(struct chan *c, struct wire_reader *r,
		     struct draw_job *job)
{
	uint32_t id = wire_u32(r);

	job->op.env = c->s->env;
	job->op.dst = chan_surface(c, id);
	job->op.box = chan_rect_read(r);
	if (r->bad || !job->op.dst)
		return -EPROTO;
	if (id != DISPLAY_PRIMARY)
		c->s->counts.surface_off++;
	return chan_clip_read(c, r, &job->op.clip, &job->rects);
}

static int draw_src(struct chan *c, struct wire_reader *r, struct draw_job *job)
{
	const struct pix_rect *a = &job->op.src_area, *b = &job->op.box;
	bool there = wire_pointer(r, &job->src_at);

	job->op.src_area = chan_rect_read(r);
	if ((int64_t)a->right - a->left != (int64_t)b->right - b->left ||
	    (int64_t)a->bottom - a->top != (int64_t)b->bottom - b->top)
		c->s->counts.scaled++;
	return there && !r->bad ? 0 : -EPROTO;
}

static int draw_any_brush(struct chan *c, struct wire_reader *r,
			  const struct draw_job *job, struct draw_brush *brush,
			  struct chan_picture *pattern)
{
	struct wire_reader at;
	int rc;

	brush->type = wire_u8(r);
	c->s->counts.brush[brush->type & 3]++;
	switch (brush->type) {
	case SPICE_BRUSH_TYPE_NONE:
		return 0;
	case SPICE_BRUSH_TYPE_SOLID:
		brush->color = wire_u32(r);
		return r->bad ? -EPROTO : 0;
	case SPICE_BRUSH_TYPE_PATTERN:
		if (!wire_pointer(r, &at))
			return -EPROTO;
		brush->pos_x = wire_i32(r);
		brush->pos_y = wire_i32(r);
		if (r->bad)
			return -EPROTO;
		rc = chan_image_read(c, &at, job->op.dst, NULL, false, pattern);
		brush->pattern = pattern->pm;
		return rc;
	default:
		return -EPROTO;
	}
}

static int draw_brush(struct chan *c, struct wire_reader *r,
		      struct draw_job *job)
{
	return draw_any_brush(c, r, job, &job->op.brush, &job->pattern);
}

static int draw_back(struct chan *c, struct wire_reader *r,
		     struct draw_job *job)
{
	return draw_any_brush(c, r, job, &job->text.back, &job->back);
}

static int draw_rop(struct chan *c, struct wire_reader *r, struct draw_job *job)
{
	job->op.rop = wire_u16(r);
	if (job->op.rop != SPICE_ROPD_OP_PUT)
		c->s->counts.rop++;
	return r->bad ? -EPROTO : 0;
}

static int draw_scale(struct chan *c, struct wire_reader *r,
		      struct draw_job *job)
{
	job->op.scale = wire_u8(r);
	return r->bad ? -EPROTO : 0;
}

static int draw_rop3(struct chan *c, struct wire_reader *r,
		     struct draw_job *job)
{
	job->op.rop3 = wire_u8(r);
	return r->bad ? -EPROTO : 0;
}

static int draw_key(struct chan *c, struct wire_reader *r, struct draw_job *job)
{
	wire_u32(r);
	job->op.key = wire_u32(r);
	return r->bad ? -EPROTO : 0;
}

static int draw_alpha(struct chan *c, struct wire_reader *r,
		      struct draw_job *job)
{
	job->op.alpha_flags = wire_u8(r);
	job->op.alpha = wire_u8(r);
	return r->bad ? -EPROTO : 0;
}

static int draw_mask(struct chan *c, struct wire_reader *r,
		     struct draw_job *job)
{
	struct draw_mask *mask = &job->op.mask;
	struct wire_reader at;
	int rc;

	mask->invers = wire_u8(r) & SPICE_MASK_FLAGS_INVERS;
	mask->pos_x = wire_i32(r);
	mask->pos_y = wire_i32(r);
	if (!wire_pointer(r, &at))
		return r->bad ? -EPROTO : 0;
	c->s->counts.masked++;
	rc = chan_image_read(c, &at, NULL, NULL, true, &job->mask);
	mask->bits = job->mask.pm;
	return rc;
}

static int draw_src_pos(struct chan *c, struct wire_reader *r,
			struct draw_job *job)
{
	job->op.src_x = wire_i32(r);
	job->op.src_y = wire_i32(r);
	return r->bad ? -EPROTO : 0;
}

static int draw_unused(struct chan *c, struct wire_reader *r,
		       struct draw_job *job)
{
	wire_u16(r);
	return r->bad ? -EPROTO : 0;
}

/* Read one piece of a path; its points are appended to job->points. */
static int draw_segment(struct wire_reader *r, struct draw_job *job,
			struct draw_segment *seg, size_t *used)
{
	uint32_t i;

	seg->flags = wire_u8(r);
	seg->count = wire_u32(r);
	if (r->bad || seg->count > wire_left(r) / 8)
		return -EPROTO;
	seg->points = job->points + *used;
	for (i = 0; i < seg->count; i++) {
		job->points[*used].x = wire_i32(r);
		job->points[(*used)++].y = wire_i32(r);
	}
	return 0;
}

static int draw_path(struct chan *c, struct wire_reader *r,
		     struct draw_job *job)
{
	const struct spice_env *env = c->s->env;
	struct wire_reader at;
	size_t used = 0;
	uint32_t n, i;
	int rc = 0;

	if (!wire_pointer(r, &at))
		return -EPROTO;
	n = wire_u32(&at);
	if (at.bad || n > wire_left(&at) / 5)
		return -EPROTO;
	job->segments = env->alloc(env->ctx, (n + 1) * sizeof(*job->segments));
	job->points = env->alloc(env->ctx, (wire_left(&at) / 8 + 1) *
						   sizeof(*job->points));
	if (!job->segments || !job->points)
		return -ENOMEM;
	for (i = 0; !rc && i < n; i++)
		rc = draw_segment(&at, job, &job->segments[i], &used);
	job->stroke.count = n;
	job->stroke.segments = job->segments;
	job->op.stroke = &job->stroke;
	return rc;
}

static int draw_line(struct chan *c, struct wire_reader *r,
		     struct draw_job *job)
{
	const struct spice_env *env = c->s->env;
	uint8_t flags = wire_u8(r), n, i;
	struct wire_reader at;

	if (!(flags & SPICE_LINE_FLAGS_STYLED))
		return r->bad ? -EPROTO : 0;
	n = wire_u8(r);
	if (!wire_pointer(r, &at))
		return r->bad || n ? -EPROTO : 0;
	job->dash = env->alloc(env->ctx, (n + 1u) * sizeof(*job->dash));
	if (!job->dash)
		return -ENOMEM;
	for (i = 0; i < n; i++)
		job->dash[i] = wire_i32(&at);
	job->stroke.gap_first = flags & SPICE_LINE_FLAGS_START_WITH_GAP;
	job->stroke.dash = job->dash;
	job->stroke.dashes = n;
	return at.bad ? -EPROTO : 0;
}

/* Read one letter; its rows stay where they are. */
static int draw_glyph(struct wire_reader *r, uint8_t bits,
		      struct draw_glyph *glyph)
{
	uint32_t x = wire_u32(r), y = wire_u32(r);

	glyph->x = (int32_t)(x + wire_u32(r));
	glyph->y = (int32_t)(y + wire_u32(r));
	glyph->width = wire_u16(r);
	glyph->height = wire_u16(r);
	glyph->rows = wire_bytes(r, (glyph->width * (size_t)bits + 7) / 8 *
					    glyph->height);
	return r->bad ? -EPROTO : 0;
}

static uint8_t draw_glyph_bits(uint8_t flags)
{
	if (flags & SPICE_STRING_FLAGS_RASTER_A1)
		return 1;
	if (flags & SPICE_STRING_FLAGS_RASTER_A4)
		return 4;
	return flags & SPICE_STRING_FLAGS_RASTER_A8 ? 8 : 0;
}

/* Bytes of a letter but for its rows. */
#define DRAW_GLYPH_BYTES 20

static int draw_string(struct chan *c, struct wire_reader *r,
		       struct draw_job *job)
{
	const struct spice_env *env = c->s->env;
	struct wire_reader at;
	bool there = wire_pointer(r, &at);
	uint16_t n = wire_u16(&at), i;
	int rc = 0;

	job->text.bits = draw_glyph_bits(wire_u8(&at));
	job->text.back_area = chan_rect_read(r);
	if (!there || r->bad || at.bad || !job->text.bits ||
	    n > wire_left(&at) / DRAW_GLYPH_BYTES)
		return -EPROTO;
	job->glyphs = env->alloc(env->ctx, (n + 1u) * sizeof(*job->glyphs));
	if (!job->glyphs)
		return -ENOMEM;
	for (i = 0; !rc && i < n; i++)
		rc = draw_glyph(&at, job->text.bits, &job->glyphs[i]);
	job->text.count = n;
	job->text.glyphs = job->glyphs;
	job->op.text = &job->text;
	return rc;
}

static void draw_transform(struct wire_reader *r, bool there, int32_t t[6])
{
	static const int32_t identity[6] = {65536, 0, 0, 0, 65536, 0};
	int i;

	for (i = 0; i < 6; i++)
		t[i] = there ? wire_i32(r) : identity[i];
}

static int draw_operand(struct chan *c, struct wire_reader *at,
			const struct draw_job *job,
			struct draw_operand *operand,
			struct chan_picture *picture)
{
	int rc = chan_image_read(c, at, job->op.dst, NULL, false, picture);

	operand->pm = picture->pm;
	operand->is_surface = picture->surface;
	return rc;
}

/*
 * u32 flags, ptr source, ptr mask if there is one, their transforms if there
 * are any, Point16 of each.
 */
static int draw_composite(struct chan *c, struct wire_reader *r,
			  struct draw_job *job)
{
	struct draw_composite *comp = &job->composite;
	uint32_t flags = wire_u32(r);
	struct wire_reader src, mask;
	int rc;

	job->op.composite = comp;
	comp->operator=(uint8_t) flags;
	comp->src.filter = flags >> 8 & 7;
	comp->mask.filter = flags >> 11 & 7;
	comp->src.repeat = flags >> 14 & 3;
	comp->mask.repeat = flags >> 16 & 3;
	comp->component_alpha = flags >> 18 & 1;
	if (!wire_pointer(r, &src) ||
	    (flags & SPICE_COMPOSITE_HAS_MASK && !wire_pointer(r, &mask)))
		return -EPROTO;
	draw_transform(r, flags & SPICE_COMPOSITE_HAS_SRC_TRANSFORM,
		       comp->src.transform);
	draw_transform(r, flags & SPICE_COMPOSITE_HAS_MASK_TRANSFORM,
		       comp->mask.transform);
	comp->src.x = (int16_t)wire_u16(r);
	comp->src.y = (int16_t)wire_u16(r);
	comp->mask.x = (int16_t)wire_u16(r);
	comp->mask.y = (int16_t)wire_u16(r);
	if (r->bad)
		return -EPROTO;
	rc = draw_operand(c, &src, job, &comp->src, &job->src);
	comp->src.opaque = comp->src.is_surface &&
			   flags & SPICE_COMPOSITE_SOURCE_OPAQUE;
	if (!rc && flags & SPICE_COMPOSITE_HAS_MASK)
		rc = draw_operand(c, &mask, job, &comp->mask, &job->mask);
	return rc;
}

static int (*const draw_parts[])(struct chan *c, struct wire_reader *r,
				 struct draw_job *job) = {
	[PART_SRC] = draw_src,
	[PART_BRUSH] = draw_brush,
	[PART_ROP] = draw_rop,
	[PART_SCALE] = draw_scale,
	[PART_MASK] = draw_mask,
	[PART_SRC_POS] = draw_src_pos,
	[PART_ROP3] = draw_rop3,
	[PART_KEY] = draw_key,
	[PART_ALPHA] = draw_alpha,
	[PART_PATH] = draw_path,
	[PART_LINE] = draw_line,
	[PART_STRING] = draw_string,
	[PART_BACK] = draw_back,
	[PART_UNUSED] = draw_unused,
	[PART_COMPOSITE] = draw_composite,
};

struct pixmap *chan_draw_into(const struct draw_op *op, struct pixmap *into)
{
	const struct pixmap *dst = op->dst;

	if (op->rop != SPICE_ROPD_OP_PUT || op->mask.bits || !op->clip.all ||
	    pix_bits(dst->format) != 32)
		return NULL;
	if (op->box.left < 0 || op->box.top < 0 ||
	    op->box.right <= op->box.left || op->box.bottom <= op->box.top ||
	    op->box.right > (int64_t)dst->width ||
	    op->box.bottom > (int64_t)dst->height)
		return NULL;
	if (op->src_area.left || op->src_area.top ||
	    op->src_area.right != op->box.right - op->box.left ||
	    op->src_area.bottom != op->box.bottom - op->box.top)
		return NULL;
	into->format = dst->format;
	into->width = (uint32_t)op->src_area.right;
	into->height = (uint32_t)op->src_area.bottom;
	into->stride = dst->stride;
	into->data = pix_row(dst, (uint32_t)op->box.top) +
		     (size_t)op->box.left * 4;
	return into;
}

/* May the source be decoded to where it belongs? Then job->into is there. */
static struct pixmap *draw_straight(struct draw_job *job, uint16_t type)
{
	return type == SPICE_MSG_DISPLAY_DRAW_COPY
		       ? chan_draw_into(&job->op, &job->into)
		       : NULL;
}

static int draw_decode_src(struct chan *c, uint16_t type, struct draw_job *job)
{
	int rc = chan_image_read(c, &job->src_at, job->op.dst,
				 draw_straight(job, type), false, &job->src);

	job->op.src = job->src.pm;
	job->op.src_is_surface = job->src.surface;
	return rc;
}

/*
 * Read all parts of a message of @type. Images are decoded in the order in
 * which they come, for one may refer to another; but COPY's last, because only
 * then is it known where it may go: its mask refers to nothing.
 */
static int draw_read(struct chan *c, uint16_t type, struct wire_reader *r,
		     struct draw_job *job)
{
	bool copy = type == SPICE_MSG_DISPLAY_DRAW_COPY;
	const struct draw_form *form = draw_forms;
	const uint8_t *part;
	int rc;

	while (form->type != type)
		if (++form ==
		    draw_forms + sizeof(draw_forms) / sizeof(draw_forms[0]))
			return -EPROTO;
	rc = draw_base(c, r, job);
	for (part = form->parts; !rc && *part; part++) {
		rc = draw_parts[*part](c, r, job);
		if (!rc && *part == PART_SRC && !copy)
			rc = draw_decode_src(c, type, job);
	}
	if (!rc && copy)
		rc = draw_decode_src(c, type, job);
	/* Not before: a later image may have taken its place in the cache. */
	if (!rc && job->op.mask.bits &&
	    job->op.mask.bits->format != SPICE_SURFACE_FMT_1_A)
		rc = -EPROTO;
	return rc;
}

void chan_draw_dirty(struct chan *c, const struct draw_op *op)
{
	struct chan_session *s = c->s;
	struct pix_region dirty;
	uint32_t i;

	if (op->dst != c->display->surface[DISPLAY_PRIMARY])
		return;
	s->watch.pictured = true;
	if (c->id != s->shown)
		return;
	pix_region_init(&dirty, c->display->area);
	draw_extents(op, &dirty);
	for (i = 0; i < dirty.count; i++) {
		struct pix_rect *r = &dirty.rects[i];

		r->left -= s->view_x;
		r->right -= s->view_x;
		r->top -= s->view_y;
		r->bottom -= s->view_y;
		s->events->dirty(s->ctx, r);
	}
}

int chan_draw(struct chan *c, uint16_t type, struct wire_reader *r)
{
	const struct draw_row *row = draw_find(type);
	const struct spice_env *env = c->s->env;
	struct draw_job job;
	int rc;

	memset(&job, 0, sizeof(job));
	c->s->counts.draw[type >= 300 ? (type - 300) & 31 : 0]++;
	rc = draw_read(c, type, r, &job);
	if (!rc && !row)
		chan_log(c->s, "display: operation %u is not painted", type);
	else if (!rc && !job.src.straight && !pix_rect_empty(job.op.box))
		rc = row->paint(&job.op);
	if (!rc && row) {
		chan_count_draw(c, type, &job.op);
		chan_stream_covered(c, &job.op);
		chan_draw_dirty(c, &job.op);
	}
	chan_picture_free(c, &job.src);
	chan_picture_free(c, &job.pattern);
	chan_picture_free(c, &job.back);
	chan_picture_free(c, &job.mask);
	env->free(env->ctx, job.rects);
	env->free(env->ctx, job.glyphs);
	env->free(env->ctx, job.segments);
	env->free(env->ctx, job.points);
	env->free(env->ctx, job.dash);
	return rc;
}
