/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Clip rectangles into bands.
 *
 * Servers send them in bands already, nearly always; then they are used where
 * they are. Otherwise: drop the empty ones and sort by top, which is enough
 * for bands out of order. If not, sweep down: from one edge to the next the
 * same rectangles are active; they make one band, joined where they touch.
 * They stay sorted by left, so that a band costs one look at each.
 *
 * Bound: two lists of PIX_CLIP_RECTS and what comes out, at most as long.
 */
#include <errno.h>
#include <string.h>

#include "spice/pix/pix_clip.h"
#include "spice/pix/pix_pace.h"

static bool in_bands(const struct pix_rect *r, uint32_t count)
{
	uint32_t i;

	for (i = 0; i < count; i++) {
		if (pix_rect_empty(r[i]))
			return false;
		if (!i || r[i].top >= r[i - 1].bottom)
			continue;
		if (r[i].top != r[i - 1].top ||
		    r[i].bottom != r[i - 1].bottom ||
		    r[i].left < r[i - 1].right)
			return false;
	}
	return true;
}

static bool by_top(const struct pix_rect *a, const struct pix_rect *b)
{
	return a->top != b->top ? a->top < b->top : a->left < b->left;
}

/* Let r[@i] sink to its place in the heap r[0..n - 1], the last on top. */
static void sink(struct pix_rect *r, uint32_t i, uint32_t n)
{
	struct pix_rect moving = r[i];
	uint32_t child;

	while ((child = 2 * i + 1) < n) {
		if (child + 1 < n && by_top(&r[child], &r[child + 1]))
			child++;
		if (!by_top(&moving, &r[child]))
			break;
		r[i] = r[child];
		i = child;
	}
	r[i] = moving;
}

/* Heap sort: no recursion, no memory, and no input that makes it slow. */
static void sort(struct pix_rect *r, uint32_t n)
{
	struct pix_rect last;
	uint32_t i;

	for (i = n / 2; i-- > 0;)
		sink(r, i, n);
	while (n > 1) {
		last = r[--n];
		r[n] = r[0];
		r[0] = last;
		sink(r, 0, n);
	}
}

/* Copy what of @in is inside @bounds to @out; returns how many. */
static uint32_t collect(struct pix_rect *out, const struct pix_rect *in,
			uint32_t count, struct pix_rect bounds)
{
	uint32_t i, n = 0;

	for (i = 0; i < count; i++) {
		out[n] = pix_rect_intersect(in[i], bounds);
		if (!pix_rect_empty(out[n]))
			n++;
	}
	return n;
}

/* A sweep from top to bottom over @n rectangles sorted by top, then left. */
struct sweep {
	const struct pix_rect *sorted;
	uint32_t n, next;	 /* of sorted: the first not reached yet */
	struct pix_rect *active; /* by left; room for n */
	uint32_t actives;
	struct pix_rect *out;
	uint32_t count, room; /* of out */
	struct pix_pace pace;
};

/* Those that begin at @top become active. They have one order, and keep it. */
static void merge(struct sweep *s, int32_t top)
{
	uint32_t first = s->next, old = s->actives;
	struct pix_rect *to;

	while (s->next < s->n && s->sorted[s->next].top == top)
		s->next++;
	s->actives += s->next - first;
	/* From the right on, so that each finds its place free. */
	for (to = s->active + s->actives; to > s->active + old;) {
		uint32_t new = first + (uint32_t)(to - s->active) - old - 1;

		if (old && s->active[old - 1].left > s->sorted[new].left)
			*--to = s->active[--old];
		else
			*--to = s->sorted[new];
	}
}

/*
 * Find the band that begins at @top and those active in it.
 *
 * Returns where it ends. With none active that is the next top, or @top itself
 * at the end of all.
 */
static int32_t activate(struct sweep *s, int32_t top)
{
	int32_t end = INT32_MAX;
	uint32_t i, n = 0;

	for (i = 0; i < s->actives; i++)
		if (s->active[i].bottom > top)
			s->active[n++] = s->active[i];
	s->actives = n;
	merge(s, top);
	for (i = 0; i < s->actives; i++)
		if (s->active[i].bottom < end)
			end = s->active[i].bottom;
	pix_pace(&s->pace, s->actives + 1);
	if (s->next < s->n && s->sorted[s->next].top < end)
		end = s->sorted[s->next].top;
	return end < INT32_MAX ? end : top;
}

/* Write the band of the active rectangles, touching ones joined. */
static int band(struct sweep *s, int32_t top, int32_t bottom)
{
	const struct pix_rect *a = s->active;
	struct pix_rect now;
	uint32_t i = 0;

	while (i < s->actives) {
		now = (struct pix_rect){a[i].left, top, a[i].right, bottom};
		for (i++; i < s->actives && a[i].left <= now.right; i++) {
			if (a[i].right > now.right)
				now.right = a[i].right;
		}
		if (s->count == s->room)
			return -E2BIG;
		s->out[s->count++] = now;
	}
	return 0;
}

static int sweep_all(struct sweep *s)
{
	int32_t top = s->sorted[0].top, bottom;
	int rc;

	for (;; top = bottom) {
		bottom = activate(s, top);
		if (bottom == top)
			return 0;
		rc = band(s, top, bottom);
		if (rc)
			return rc;
	}
}

/* Cut the @n overlapping rectangles of @work, room for 2 * @n, into bands. */
static int cut(const struct spice_env *env, struct pix_clip *clip,
	       struct pix_rect *work, uint32_t n)
{
	struct sweep s = {
		.sorted = work, .n = n, .active = work + n, .pace = {env, 0}};
	int rc;

	/* n rectangles make at most 2n - 1 bands of at most n. */
	s.room = n < 64 ? 2 * n * n : PIX_CLIP_RECTS;
	s.out = env->alloc(env->ctx, s.room * sizeof(*s.out));
	if (!s.out)
		return -ENOMEM;
	rc = sweep_all(&s);
	if (rc) {
		env->free(env->ctx, s.out);
		return rc;
	}
	clip->own = s.out;
	clip->count = s.count;
	return 0;
}

/* Make bands of @rects, in memory of our own. */
static int make_bands(const struct spice_env *env, struct pix_clip *clip,
		      const struct pix_rect *rects, uint32_t count)
{
	struct pix_rect *work;
	uint32_t n;
	int rc;

	if (count > PIX_CLIP_RECTS)
		return -E2BIG;
	work = env->alloc(env->ctx, 2 * count * sizeof(*work));
	if (!work)
		return -ENOMEM;
	n = collect(work, rects, count, clip->bounds);
	sort(work, n);
	if (in_bands(work, n)) {
		clip->own = work;
		clip->count = n;
	} else {
		rc = cut(env, clip, work, n);
		env->free(env->ctx, work);
		if (rc)
			return rc;
	}
	clip->rects = clip->own;
	return 0;
}

int pix_clip_open(const struct spice_env *env, struct pix_clip *clip,
		  struct pix_rect bounds, bool all,
		  const struct pix_rect *rects, uint32_t count)
{
	memset(clip, 0, sizeof(*clip));
	clip->bounds = bounds;
	if (pix_rect_empty(bounds))
		return 0;
	if (all) {
		clip->one = bounds;
		clip->rects = &clip->one;
		clip->count = 1;
		return 0;
	}
	if (in_bands(rects, count)) {
		clip->rects = rects;
		clip->count = count;
		return 0;
	}
	return make_bands(env, clip, rects, count);
}

void pix_clip_close(const struct spice_env *env, struct pix_clip *clip)
{
	if (clip->own)
		env->free(env->ctx, clip->own);
	clip->own = NULL;
	clip->count = 0;
}
