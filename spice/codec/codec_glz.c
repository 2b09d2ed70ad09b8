/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * GLZ_RGB: LZ77 whose matches also reach into earlier images, and the window
 * that keeps those.
 *
 * Every image is decoded into memory of its own, rows in stored order and
 * without gaps, because that is how later ones address it; finished rows are
 * copied to the output while they are still in the cache. 16-bit images stay
 * 16 bits wide: only images of the same kind are ever referred to.
 *
 * When to forget: an image says how far back (in ids) the server's own window
 * reaches. Where images come in order everything older is released before it
 * is decoded, and then the server's bound holds here as well. Where several
 * channels share a window they may come out of order; as long as one is
 * missing nothing is released for those behind it, and what finds no room
 * fails with -ENOENT: once the missing one is there it can be decoded.
 *
 * Memory: 4 bytes for each pixel promised, and for each image a record of
 * sizeof(struct glz_image) and at most four words of the slot table. The
 * number of images is bounded too, else those of one pixel would cost records
 * without end.
 */
#include "spice/codec/codec_glz.h"
#include "spice/codec/codec_lz.h"
#include "spice/codec/codec_rows.h"

#define GLZ_HEADER_BYTES 33

/*
 * This is a policy decision: images smaller than GLZ_SMALL_PX on average do
 * not fill a window. The reference server sends none below 54 bytes (14 pixels)
 * as GLZ.
 */
#define GLZ_SMALL_PX  16
#define GLZ_FEW	      4096
#define GLZ_MIN_SLOTS 64

struct glz_header {
	uint32_t type, width, height;
	bool top_down;
	uint64_t id;
	uint32_t head_dist; /* ids from the oldest that may be referred to */
};

/* An image in the window; its pixels follow it in memory. */
struct glz_image {
	uint64_t id;
	uint32_t head_dist;
	uint32_t pixels;
	uint32_t kind; /* enum lz_type, RGB24 counted as RGB32 */
	uint8_t data[] __attribute__((aligned(8)));
};

struct codec_glz_window {
	const struct spice_env *env;
	uint32_t limit_px, held_px;
	uint32_t limit_images, held_images;
	uint64_t oldest;	 /* ids below were released */
	uint64_t next;		 /* all ids below have come */
	bool begun;		 /* some image has come */
	struct glz_image **slot; /* by id modulo slots, a power of 2 */
	uint32_t slots;
};

/* Where decoding stands: one contiguous line of pixels. */
struct glz_state {
	const struct codec_glz_window *window;
	uint64_t id;
	const uint8_t *in, *in_end;
	uint8_t *base; /* the image's first byte */
	uint8_t *p;    /* next unit to write, base <= p <= stop */
	uint8_t *stop; /* where a yield is due, or end */
	uint8_t *end;
	uint32_t chunk; /* units from the last `stop` to this one */
	uint32_t kind;
	struct codec_pace pace;

	/* Finished rows go here; NULL in a pass that finishes none. */
	const struct pixmap *out;
	bool top_down;
	uint32_t rows_done;
};

struct codec_glz_window *codec_glz_window_new(const struct spice_env *env,
					      uint32_t pixels)
{
	struct codec_glz_window *w = env->alloc(env->ctx, sizeof(*w));

	if (!w)
		return NULL;
	memset(w, 0, sizeof(*w));
	w->env = env;
	w->limit_px = pixels;
	w->limit_images = GLZ_FEW + pixels / GLZ_SMALL_PX;
	w->slots = GLZ_MIN_SLOTS;
	w->slot = env->alloc(env->ctx, w->slots * sizeof(*w->slot));
	if (!w->slot)
		goto err_slot;
	memset(w->slot, 0, w->slots * sizeof(*w->slot));
	return w;

err_slot:
	env->free(env->ctx, w);
	return NULL;
}

/* Forget the image in slot @i, if there is one and its id is below @below. */
static void glz_drop(struct codec_glz_window *w, uint32_t i, uint64_t below)
{
	struct glz_image *image = w->slot[i];

	if (!image || image->id >= below)
		return;
	w->held_px -= image->pixels;
	w->held_images--;
	w->slot[i] = NULL;
	w->env->free(w->env->ctx, image);
}

void codec_glz_window_reset(struct codec_glz_window *w)
{
	uint32_t i;

	for (i = 0; i < w->slots; i++)
		glz_drop(w, i, UINT64_MAX);
	w->oldest = 0;
	w->next = 0;
	w->begun = false;
}

void codec_glz_window_free(struct codec_glz_window *w)
{
	const struct spice_env *env;

	if (!w)
		return;
	env = w->env;
	codec_glz_window_reset(w);
	env->free(env->ctx, w->slot);
	env->free(env->ctx, w);
}

/* The image @id, NULL where the window does not hold it. */
static inline struct glz_image *glz_find(const struct codec_glz_window *w,
					 uint64_t id)
{
	struct glz_image *image = w->slot[(uint32_t)id & (w->slots - 1)];

	return image && image->id == id ? image : NULL;
}

/*
 * Forget all images below id @below, which is at most w->next.
 *
 * Bound: from w->oldest to w->next there is no gap, so this counts no further
 * than there are images, whatever ids the network makes up.
 */
static void glz_release(struct codec_glz_window *w, uint64_t below)
{
	for (; w->oldest < below; w->oldest++)
		glz_drop(w, (uint32_t)w->oldest & (w->slots - 1), below);
}

/* The oldest id that the image @id or later ones may refer to. */
static uint64_t glz_head(uint64_t id, uint32_t head_dist)
{
	return id > head_dist ? id - head_dist : 0;
}

/*
 * Double the slot table until @id has a slot to itself.
 *
 * Returns 0; -ENOMEM; -EINVAL where ids lie so far apart that no table of
 * honest size separates them.
 */
static int glz_make_slot(struct codec_glz_window *w, uint64_t id)
{
	const struct spice_env *env = w->env;
	struct glz_image **slot;
	uint32_t slots, i;

	while (w->slot[(uint32_t)id & (w->slots - 1)]) {
		slots = w->slots * 2;
		if (w->slots > w->limit_images)
			return -EINVAL;
		slot = env->alloc(env->ctx, slots * sizeof(*slot));
		if (!slot)
			return -ENOMEM;
		memset(slot, 0, slots * sizeof(*slot));
		for (i = 0; i < w->slots; i++) {
			if (w->slot[i])
				slot[w->slot[i]->id & (slots - 1)] = w->slot[i];
		}
		env->free(env->ctx, w->slot);
		w->slot = slot;
		w->slots = slots;
	}
	return 0;
}

/*
 * Make room for the image of @h: release what it says is too old, and check
 * that the window can take it.
 *
 * Returns 0, -EINVAL, -ENOENT (room will be there when an image that is
 * missing has come), -ENOMEM.
 */
static int glz_make_room(struct codec_glz_window *w, const struct glz_header *h)
{
	uint32_t pixels = h->width * h->height;

	if (!w->begun) {
		w->begun = true;
		w->oldest = w->next = h->id;
	}
	if (h->id == UINT64_MAX || glz_find(w, h->id))
		return -EINVAL;
	if (h->id == w->next)
		glz_release(w, glz_head(h->id, h->head_dist));
	if (pixels > w->limit_px)
		return -EINVAL;
	if (pixels > w->limit_px - w->held_px ||
	    w->held_images >= w->limit_images)
		return h->id > w->next ? -ENOENT : -EINVAL;
	return glz_make_slot(w, h->id);
}

/* Put the decoded @image into the slot that glz_make_room found. */
static void glz_keep(struct codec_glz_window *w, struct glz_image *image)
{
	/* Too late: what could refer to it has come before it. */
	if (image->id < w->oldest) {
		w->env->free(w->env->ctx, image);
		return;
	}
	w->slot[(uint32_t)image->id & (w->slots - 1)] = image;
	w->held_px += image->pixels;
	w->held_images++;
	if (image->id != w->next)
		return;
	do {
		w->next++;
		glz_release(w, glz_head(image->id, image->head_dist));
		image = glz_find(w, w->next);
	} while (image);
}

/* Read the header and check it against the descriptor. 0 or -EINVAL. */
static int glz_header(const struct codec_image *img, struct glz_header *h)
{
	const uint8_t *p = img->data;

	if (img->len < GLZ_HEADER_BYTES || codec_get32be(p) != LZ_MAGIC ||
	    codec_get32be(p + 4) != LZ_VERSION)
		return -EINVAL;
	h->type = p[8] & 15;
	h->top_down = p[8] >> 4 != 0;
	h->width = codec_get32be(p + 9);
	h->height = codec_get32be(p + 13);
	h->id = (uint64_t)codec_get32be(p + 21) << 32 | codec_get32be(p + 25);
	h->head_dist = codec_get32be(p + 29);
	if (h->width != img->width || h->height != img->height)
		return -EINVAL;
	return 0;
}

/* What a stream of @type decodes to. 0 or -EINVAL. */
static int glz_type_format(uint32_t type, uint32_t *format)
{
	switch (type) {
	case LZ_RGB16:
		*format = SPICE_SURFACE_FMT_16_555;
		return 0;
	case LZ_RGB24:
	case LZ_RGB32:
		*format = SPICE_SURFACE_FMT_32_xRGB;
		return 0;
	case LZ_RGBA:
		*format = SPICE_SURFACE_FMT_32_ARGB;
		return 0;
	default: /* palettes are never sent as GLZ */
		return -EINVAL;
	}
}

static int glz_format(const struct codec_image *img, uint32_t *format)
{
	struct glz_header h;
	int rc;

	rc = glz_header(img, &h);
	if (rc)
		return rc;
	return glz_type_format(h.type, format);
}

/* Copy the rows that are finished to the output. */
static void glz_copy_rows(struct glz_state *s, unsigned int unit)
{
	size_t bytes = (size_t)s->out->width * unit;
	uint32_t done = (uint32_t)((size_t)(s->p - s->base) / bytes);
	uint32_t y;

	for (; s->rows_done < done; s->rows_done++) {
		y = s->top_down ? s->rows_done
				: s->out->height - 1 - s->rows_done;
		memcpy(pix_row(s->out, y), s->base + bytes * s->rows_done,
		       bytes);
	}
}

/* At `stop`: let others run, and set the next one. */
static void glz_next_stop(struct glz_state *s, unsigned int unit)
{
	size_t room = (size_t)(s->end - s->p);

	if (s->out)
		glz_copy_rows(s, unit);
	if (room > (size_t)CODEC_PACE_PX * unit)
		room = (size_t)CODEC_PACE_PX * unit;
	s->stop = s->p + room;
	codec_pace(&s->pace, s->chunk);
	s->chunk = (uint32_t)(room / unit);
}

/* A match as the stream has it. */
struct glz_match {
	size_t n;	 /* units, without bias */
	uint32_t offset; /* units */
	uint32_t images; /* images back, 0: in this one */
};

/*
 * Read a match; its first byte @c has been read.
 *
 *	 c: LLLsoooo      L length, s long form, o offset bits 0-3
 *	    length bytes  when L is 7, to the first that is not 255
 *	    oooooooo      offset bits 4-11
 *	 b: kkiiiiii      short: k bytes of image distance follow its low 6 bits
 *	    kkeooooo      long: offset bits 12-16; e: one more offset byte
 *	    i... e        image distance, low byte first; then offset bits 17-24
 *
 * Returns the input after it, NULL when it is cut or too long.
 */
CODEC_INLINE const uint8_t *glz_read_match(const uint8_t *in,
					   const uint8_t *end, unsigned int c,
					   size_t limit, struct glz_match *m)
{
	unsigned int b, k, i, shift = 6;
	bool extra = false;

	m->n = c >> 5;
	if (m->n == 7) {
		do {
			if (in == end || m->n > limit)
				return NULL;
			b = *in++;
			m->n += b;
		} while (b == 255);
	}
	if (end - in < 2)
		return NULL;
	m->offset = (c & 15) | *in++ << 4;
	b = *in++;
	k = b >> 6;
	m->images = b & 63;
	if (c & 16) {
		m->offset |= (b & 31) << 12;
		extra = b & 32;
		m->images = 0;
		shift = 0;
	}
	if (end - in < (ptrdiff_t)(k + extra))
		return NULL;
	for (i = 0; i < k; i++, shift += 8)
		m->images |= (uint32_t)*in++ << shift;
	if (extra)
		m->offset |= (uint32_t)*in++ << 17;
	return in;
}

/*
 * Find where a match into an earlier image begins.
 *
 * Returns 0, -ENOENT when the window does not hold that image, -EINVAL when
 * it is of another kind or too small.
 */
static inline int glz_source(const struct glz_state *s,
			     const struct glz_match *m, size_t n,
			     unsigned int unit, const uint8_t **from)
{
	const struct glz_image *image = glz_find(s->window, s->id - m->images);

	if (!image)
		return -ENOENT;
	if (image->kind != s->kind || m->offset > image->pixels ||
	    n > image->pixels - m->offset)
		return -EINVAL;
	*from = image->data + (size_t)m->offset * unit;
	return 0;
}

/*
 * Do one token that crosses a stop.
 *
 * @from: first source byte in another image, NULL: not there
 * @back: else bytes back in this one, 0: literals
 * Returns 0, -EINVAL when the picture is full.
 */
CODEC_INLINE int glz_pieces(struct glz_state *s, const uint8_t *from,
			    size_t back, size_t n, enum lz_pass pass)
{
	const unsigned int unit = lz_unit(pass);
	size_t m;

	if (n > (size_t)(s->end - s->p) / unit)
		return -EINVAL;
	while (n) {
		if (s->p == s->stop)
			glz_next_stop(s, unit);
		m = (size_t)(s->stop - s->p) / unit;
		m = m < n ? m : n;
		if (from) {
			lz_copy(s->p, from, m, pass);
			from += m * unit;
		} else if (back) {
			lz_match(s->p, back, m, pass);
		} else {
			lz_literals(s->p, s->in, (uint32_t)m, pass);
			s->in += m * lz_literal_bytes(pass);
		}
		s->p += m * unit;
		n -= m;
	}
	return 0;
}

/*
 * Decode tokens until the image is full.
 *
 * The kernel, whole for the sake of registers, as in codec_lz.c.
 *
 * Returns 0, -EINVAL or -ENOENT.
 */
CODEC_INLINE int glz_kernel(struct glz_state *s, enum lz_pass pass)
{
	const unsigned int unit = lz_unit(pass);
	const unsigned int lit = lz_literal_bytes(pass);
	const size_t limit = (size_t)(s->end - s->base) / unit;
	const uint8_t *in = s->in, *in_end = s->in_end, *from;
	uint8_t *p = s->p;
	struct glz_match m;
	unsigned int c;
	size_t n, back;
	int rc;

	while (p != s->end) {
		if (in == in_end)
			return -EINVAL;
		c = *in++;
		from = NULL;
		back = 0;
		if (c < LZ_LITERALS) {
			n = c + 1;
			if (n * lit > (size_t)(in_end - in))
				return -EINVAL;
			if (n * unit <= (size_t)(s->stop - p)) {
				lz_literals(p, in, n, pass);
				p += n * unit;
				in += n * lit;
				continue;
			}
		} else {
			in = glz_read_match(in, in_end, c, limit, &m);
			if (!in)
				return -EINVAL;
			n = m.n + lz_bias(pass);
			if (m.images) {
				rc = glz_source(s, &m, n, unit, &from);
				if (rc)
					return rc;
			} else {
				back = m.offset + 1;
				if (back > (size_t)(p - s->base) / unit)
					return -EINVAL;
				back *= unit;
			}
			if (n <= (size_t)(s->stop - p) / unit) {
				if (from)
					lz_copy(p, from, n, pass);
				else
					lz_match(p, back, n, pass);
				p += n * unit;
				continue;
			}
		}
		s->p = p;
		s->in = in;
		rc = glz_pieces(s, from, back, n, pass);
		if (rc)
			return rc;
		p = s->p;
		in = s->in;
	}
	s->p = p;
	s->in = in;
	return 0;
}

/* The kernel for each pass: constants from here on. */
static int glz_pass_rgb(struct glz_state *s)
{
	return glz_kernel(s, LZ_PASS_RGB);
}

static int glz_pass_alpha(struct glz_state *s)
{
	return glz_kernel(s, LZ_PASS_ALPHA);
}

static int glz_pass_16(struct glz_state *s)
{
	return glz_kernel(s, LZ_PASS_16);
}

/* Run all passes over the image that @s was set up for, and copy it to @out. */
static int glz_passes(struct glz_state *s, const struct pixmap *out)
{
	int rc;

	if (s->kind == LZ_RGBA) {
		rc = glz_pass_rgb(s);
		if (rc)
			return rc;
		s->p = s->stop = s->base;
	}
	s->out = out;
	rc = s->kind == LZ_RGB16  ? glz_pass_16(s)
	     : s->kind == LZ_RGBA ? glz_pass_alpha(s)
				  : glz_pass_rgb(s);
	if (rc)
		return rc;
	glz_copy_rows(s, s->kind == LZ_RGB16 ? 2 : 4);
	return 0;
}

/* Decode into memory of the window's; see struct codec for what is returned. */
static int glz_decode_image(const struct codec_ctx *ctx,
			    const struct codec_image *img,
			    const struct glz_header *h,
			    const struct pixmap *out)
{
	struct codec_glz_window *w = ctx->glz;
	unsigned int unit = h->type == LZ_RGB16 ? 2 : 4;
	size_t bytes = (size_t)h->width * h->height * unit;
	struct glz_state s = {0};
	struct glz_image *image;
	int rc;

	image = w->env->alloc(w->env->ctx, sizeof(*image) + bytes);
	if (!image)
		return -ENOMEM;
	image->id = h->id;
	image->head_dist = h->head_dist;
	image->pixels = h->width * h->height;
	image->kind = h->type == LZ_RGB24 ? LZ_RGB32 : h->type;

	s.window = w;
	s.id = h->id;
	s.in = img->data + GLZ_HEADER_BYTES;
	s.in_end = img->data + img->len;
	s.base = s.p = s.stop = image->data;
	s.end = s.base + bytes;
	s.kind = image->kind;
	s.top_down = h->top_down;
	codec_pace_init(&s.pace, ctx);
	rc = glz_passes(&s, out);
	if (rc)
		goto err_passes;
	glz_keep(w, image);
	return 0;

err_passes:
	w->env->free(w->env->ctx, image);
	return rc;
}

static int glz_decode(const struct codec_ctx *ctx,
		      const struct codec_image *img, struct pixmap *out)
{
	struct glz_header h;
	uint32_t format;
	int rc;

	rc = glz_header(img, &h);
	if (rc)
		return rc;
	rc = glz_type_format(h.type, &format);
	if (rc)
		return rc;
	rc = codec_check_out(img, out, format);
	if (rc)
		return rc;
	if (!ctx->glz)
		return -EINVAL;
	rc = glz_make_room(ctx->glz, &h);
	if (rc)
		return rc;
	return glz_decode_image(ctx, img, &h, out);
}

const struct codec codec_glz = {
	.type = SPICE_IMAGE_TYPE_GLZ_RGB,
	.name = "glz",
	.format = glz_format,
	.decode = glz_decode,
};
