/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Images inside display messages: descriptor, palette, cache, decoder.
 *
 * Document: SpiceImageDescriptor and the structures behind it, spice.proto.
 * The rule of the protocol that an image is decoded even where nothing of it
 * shows is kept by decoding always: later messages may refer to it.
 */
#include <string.h>

#include "spice/chan/chan_display.h"
#include "spice/pix/pix_pace.h"

/* Give every pixel of an xRGB pixmap an alpha of 255. */
static void image_opaque(const struct spice_env *env, struct pixmap *pm)
{
	struct pix_pace pace = {env, 0};
	uint32_t x, y;

	for (y = 0; y < pm->height; y++) {
		uint8_t *row = pix_row(pm, y);

		for (x = 0; x < pm->width; x++)
			row[x * 4 + 3] = 0xff;
		pix_pace(&pace, pm->width);
	}
}

/* Read a palette at @r and remember it if it is to be cached. */
static int image_palette_new(struct chan *c, struct wire_reader *r, bool keep,
			     struct pix_palette *palette)
{
	uint32_t i;

	palette->unique = wire_u64(r);
	palette->count = wire_u16(r);
	if (r->bad || palette->count > 256)
		return -EPROTO;
	for (i = 0; i < palette->count; i++)
		palette->color[i] = wire_u32(r);
	if (r->bad)
		return -EPROTO;
	c->s->counts.palette++;
	if (!keep)
		return 0;
	return pix_palettes_put(&c->display->palettes, palette);
}

/*
 * Read the palette part of a BITMAP or LZ_PLT sub-header.
 *
 * @flags: SPICE_BITMAP_FLAGS_*
 * @palette: receives the palette
 * Returns 1 with a palette, 0 without one, negative errno.
 */
static int image_palette(struct chan *c, struct wire_reader *r, uint8_t flags,
			 struct pix_palette *palette)
{
	struct wire_reader at;
	int rc;

	memset(palette, 0, sizeof(*palette));
	if (flags & SPICE_BITMAP_FLAGS_PAL_FROM_CACHE) {
		uint64_t unique = wire_u64(r);
		const struct pix_palette *found;

		found = pix_palettes_get(&c->display->palettes, unique);
		if (r->bad || !found)
			return -EPROTO;
		*palette = *found;
		c->s->counts.palette_cached++;
		return 1;
	}
	if (!wire_pointer(r, &at))
		return r->bad ? -EPROTO : 0;
	rc = image_palette_new(c, &at, flags & SPICE_BITMAP_FLAGS_PAL_CACHE_ME,
			       palette);
	return rc ? rc : 1;
}

/* Does @format of a bitmap use palette indices? */
static bool image_indexed(uint8_t format)
{
	return format >= SPICE_BITMAP_FMT_1BIT_LE &&
	       format <= SPICE_BITMAP_FMT_8BIT;
}

/* Read the sub-header of a BITMAP. */
static int image_bitmap(struct chan *c, struct wire_reader *r,
			struct codec_image *img, struct pix_palette *palette)
{
	uint8_t flags;
	uint32_t width, height;
	uint64_t bytes;
	int rc = 0;

	img->bitmap_format = wire_u8(r);
	flags = wire_u8(r);
	width = wire_u32(r);
	height = wire_u32(r);
	img->bitmap_stride = wire_u32(r);
	img->top_down = flags & SPICE_BITMAP_FLAGS_TOP_DOWN;
	if (r->bad || width != img->width || height != img->height ||
	    img->bitmap_format >= SPICE_BITMAP_FMT_ENUM_END)
		return -EPROTO;
	c->s->counts.bitmap[img->bitmap_format & 15]++;
	/* A palette pointer is there for every format, often NULL. */
	rc = image_palette(c, r, flags, palette);
	if (rc < 0)
		return rc;
	if (rc > 0 && image_indexed(img->bitmap_format))
		img->palette = palette;
	bytes = (uint64_t)img->bitmap_stride * height;
	if (bytes > wire_left(r))
		return -EPROTO;
	img->len = (size_t)bytes;
	img->data = wire_bytes(r, img->len);
	return 0;
}

/* Read what stands before the size of the encoded bytes. */
static uint8_t image_before_size(struct wire_reader *r, struct codec_image *img)
{
	uint8_t flags = 0;

	switch (img->type) {
	case SPICE_IMAGE_TYPE_LZ_PLT:
		flags = wire_u8(r);
		img->top_down = flags & SPICE_BITMAP_FLAGS_TOP_DOWN;
		break;
	case SPICE_IMAGE_TYPE_ZLIB_GLZ_RGB:
		img->glz_size = wire_u32(r);
		break;
	case SPICE_IMAGE_TYPE_JPEG_ALPHA:
		wire_u8(r); /* flags: LZ's header says the same */
		img->jpeg_size = wire_u32(r);
		break;
	default:
		break;
	}
	return flags;
}

/* Read what lies between the descriptor and the encoded bytes. */
static int image_sub_header(struct chan *c, struct wire_reader *r,
			    struct codec_image *img,
			    struct pix_palette *palette)
{
	uint8_t flags;
	int rc;

	if (img->type == SPICE_IMAGE_TYPE_BITMAP)
		return image_bitmap(c, r, img, palette);
	flags = image_before_size(r, img);
	img->len = wire_u32(r);
	if (img->type == SPICE_IMAGE_TYPE_LZ_PLT) {
		rc = image_palette(c, r, flags, palette);
		if (rc <= 0)
			return rc ? rc : -EPROTO;
		img->palette = palette;
	}
	img->data = wire_bytes(r, img->len);
	return img->data ? 0 : -EPROTO;
}

/* The picture that the cache holds under @id, NULL when it has none. */
static const struct pixmap *image_cached(struct chan *c, uint64_t id)
{
	const struct pix_cached *found;

	found = pix_cache_get(&c->display->cache, id);
	return found ? &found->pm : NULL;
}

/* Keep a decoded picture in the cache, whose it is from then on. */
static int image_keep(struct chan *c, uint64_t id, bool replace,
		      struct chan_picture *out)
{
	struct pix_cache *cache = &c->display->cache;
	int rc;

	if (replace)
		rc = pix_cache_replace(cache, id, &out->own);
	else
		rc = pix_cache_put(cache, id, &out->own, false);
	if (rc)
		return rc;
	out->pm = image_cached(c, id);
	return 0;
}

/*
 * Find the format that @img shall be decoded to for @surface.
 *
 * Colours of a palette are 555 values where the surface has 16 bits.
 */
static int image_format(const struct codec *codec,
			const struct codec_image *img,
			const struct pixmap *surface, uint32_t *format)
{
	int rc = codec->format(img, format);

	if (!rc && img->palette && surface && pix_bits(surface->format) == 16)
		*format = SPICE_SURFACE_FMT_16_555;
	return rc;
}

/*
 * Are pixels of @format what a surface of @surface holds? The top byte of xRGB
 * is nobody's, so that an image's alpha may lie there.
 */
static bool image_fits(uint32_t surface, uint32_t format)
{
	return surface == format || (surface == SPICE_SURFACE_FMT_32_xRGB &&
				     format == SPICE_SURFACE_FMT_32_ARGB);
}

/* Decode @img into new pixels, or into @into if they fit there. */
static int image_decode(struct chan *c, const struct codec *codec,
			const struct codec_image *img, uint8_t flags,
			const struct pixmap *surface, struct pixmap *into,
			struct chan_picture *out)
{
	const struct codec_ctx ctx = {c->s->env, c->display->glz};
	uint8_t keep = flags & (SPICE_IMAGE_FLAGS_CACHE_ME |
				SPICE_IMAGE_FLAGS_CACHE_REPLACE_ME);
	uint32_t format;
	int rc;

	if (image_format(codec, img, surface, &format))
		return -EILSEQ;
	if (into && !flags && image_fits(into->format, format) &&
	    into->width == img->width && into->height == img->height) {
		into->format = format;
		out->straight = true;
		out->pm = into;
		c->s->counts.straight++;
		rc = codec->decode(&ctx, img, into);
	} else {
		rc = pix_alloc(c->s->env, &out->own, format, img->width,
			       img->height);
		if (rc)
			return rc;
		out->pm = &out->own;
		rc = codec->decode(&ctx, img, &out->own);
	}
	if (rc)
		return rc == -ENOMEM ? rc : -EILSEQ;
	if ((flags & SPICE_IMAGE_FLAGS_HIGH_BITS_SET) &&
	    format == SPICE_SURFACE_FMT_32_xRGB)
		image_opaque(c->s->env, &out->own);
	if (keep)
		return image_keep(c, img->id,
				  keep & SPICE_IMAGE_FLAGS_CACHE_REPLACE_ME,
				  out);
	return 0;
}

int chan_image_read(struct chan *c, struct wire_reader *r,
		    const struct pixmap *surface, struct pixmap *into,
		    bool mask, struct chan_picture *out)
{
	struct codec_image img = {0};
	struct pix_palette palette;
	const struct codec *codec;
	uint8_t flags;
	int rc;

	memset(out, 0, sizeof(*out));
	img.id = wire_u64(r);
	img.type = wire_u8(r);
	flags = wire_u8(r);
	img.width = wire_u32(r);
	img.height = wire_u32(r);
	if (r->bad)
		return -EPROTO;
	c->s->counts.image[img.type & 127]++;
	c->s->counts.flags[flags & 7]++;

	switch (img.type) {
	case SPICE_IMAGE_TYPE_SURFACE:
		out->pm = chan_surface(c, wire_u32(r));
		out->surface = true;
		return out->pm && !r->bad ? 0 : -EPROTO;
	case SPICE_IMAGE_TYPE_FROM_CACHE:
	case SPICE_IMAGE_TYPE_FROM_CACHE_LOSSLESS:
		out->pm = image_cached(c, img.id);
		return out->pm ? 0 : -EPROTO;
	default:
		break;
	}
	codec = codec_find(img.type);
	if (!codec) {
		chan_log(c->s, "display: image type %u is not known here",
			 img.type);
		return -EILSEQ;
	}
	rc = image_sub_header(c, r, &img, &palette);
	if (rc)
		return rc;
	if (mask)
		img.palette = NULL;
	return image_decode(c, codec, &img, flags, surface, into, out);
}

void chan_picture_free(struct chan *c, struct chan_picture *picture)
{
	pix_free(c->s->env, &picture->own);
	picture->pm = NULL;
}
