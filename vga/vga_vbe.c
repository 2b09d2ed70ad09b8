/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * VBE 2.0 and 3.0 (VESA BIOS Extension Core Functions Standard): INT 10h with
 * AX = 4Fxxh.
 *
 * A BIOS is believed nothing that can be checked: a mode counts only if its
 * colour fields are where they belong, its rows hold its pixels and its memory
 * lies within what the card has. Of several depths of a size the best stays.
 * Bound: 512 mode numbers are looked at, VGA_MODES_MAX sizes kept.
 *
 * Left out: protected-mode interface, bank switching, palettes, planes; EDID
 * (AX = 4F15h): QEMU's names 1280x800 whatever the window can do, so it would
 * only take good modes away.
 */
#include <errno.h>
#include <string.h>

#include "vga/vga_vbe.h"

#define MODE_NUMBERS_MAX 512
#define MODE_LIST_END	 0xffff
#define MODE_LINEAR	 0x4000 /* in the number for 4F02: linear buffer */
/*
 * Do not clear: SeaBIOS's VGA BIOS clears all of video memory in real mode,
 * which took 1.4 s of a boot in QEMU; what shows is cleared below.
 */
#define MODE_KEEP 0x8000

/* Where in low memory: the info block first, since the list of modes may lie
   in it (SeaBIOS's does). */
#define LOW_INFO 0
#define LOW_MODE 512

/* This is a policy decision: no side above this, whatever the BIOS says. */
#define SIDE_MAX_PX 16384

/* Offsets into the answer of 4F00 (VbeInfoBlock). */
enum {
	INFO_SIGNATURE = 0,
	INFO_VERSION = 4,
	INFO_MODES_OFFSET = 14,
	INFO_MODES_SEGMENT = 16,
	INFO_MEMORY_64K = 18,
	INFO_BYTES = 512,
};

/* Offsets into the answer of 4F01 (ModeInfoBlock). */
enum {
	MODE_ATTRIBUTES = 0x00,
	MODE_PITCH = 0x10,
	MODE_WIDTH = 0x12,
	MODE_HEIGHT = 0x14,
	MODE_BPP = 0x19,
	MODE_MODEL = 0x1b,
	MODE_FIELDS = 0x1f, /* size, position of red, green, blue */
	MODE_BASE = 0x28,
	MODE_LINEAR_PITCH = 0x32, /* VBE 3.0 */
	MODE_LINEAR_FIELDS = 0x36,
	MODE_BYTES = 256,
};

/* Supported, colour, graphics, with a linear frame buffer. */
#define ATTRIBUTES_WANTED 0x0099

#define MODEL_PACKED 4
#define MODEL_DIRECT 6

/* A depth that the blits can write. */
static const struct {
	uint8_t bpp;	   /* in struct vga_mode */
	uint8_t said;	   /* BitsPerPixel; some say 16 for 15 */
	uint8_t fields[6]; /* as at MODE_FIELDS */
} depths[] = {
	{32, 32, {8, 16, 8, 8, 8, 0}}, {24, 24, {8, 16, 8, 8, 8, 0}},
	{16, 16, {5, 11, 6, 5, 5, 0}}, {15, 15, {5, 10, 5, 5, 5, 0}},
	{15, 16, {5, 10, 5, 5, 5, 0}},
};

static uint16_t get16(const uint8_t *at)
{
	return at[0] | at[1] << 8;
}

static uint32_t get32(const uint8_t *at)
{
	return get16(at) | (uint32_t)get16(at + 2) << 16;
}

/* Call AX=4F@function, ES:DI at @di of our buffer. Returns 0 or -EIO. */
static int vbe_call(struct vga *v, uint8_t function, uint16_t di,
		    struct bios_regs *regs)
{
	regs->eax = 0x4f00u | function;
	regs->es = v->low_segment;
	regs->edi = di;
	v->bios->call(v->bios, 0x10, regs);
	return (regs->eax & 0xffff) == 0x004f ? 0 : -EIO;
}

/* The depth of the mode in @info, 0 where the blits have none for it. */
static uint8_t mode_depth(const struct vga *v, const uint8_t *info)
{
	const uint8_t *fields = info + MODE_FIELDS;
	size_t i;

	if (v->vbe_version >= 0x0300 && info[MODE_LINEAR_FIELDS])
		fields = info + MODE_LINEAR_FIELDS;
	for (i = 0; i < sizeof(depths) / sizeof(depths[0]); i++) {
		if (depths[i].said != info[MODE_BPP])
			continue;
		/* Packed pixels of 24 and 32 bits name no fields. */
		if (info[MODE_MODEL] == MODEL_PACKED && !fields[0] &&
		    info[MODE_BPP] >= 24)
			return depths[i].bpp;
		if (memcmp(depths[i].fields, fields, 6) == 0)
			return depths[i].bpp;
	}
	return 0;
}

static uint32_t mode_pixel_bytes(const struct vga_mode *mode)
{
	return (mode->bpp + 7u) / 8;
}

/*
 * Do the rows hold the pixels, and the card's memory the rows? A row is written
 * in whole words, so that its last ones must hold groups of 4 pixels.
 */
static bool mode_sane(const struct vga *v, const struct vga_mode *mode)
{
	uint64_t bytes = (uint64_t)mode->pitch * mode->height;
	uint32_t row_px = mode->bpp == 24 ? (mode->width + 3u) & ~3u
					  : mode->width;

	if (!mode->width || !mode->height || mode->width > SIDE_MAX_PX ||
	    mode->height > SIDE_MAX_PX)
		return false;
	if (mode->pitch < row_px * mode_pixel_bytes(mode) || mode->pitch % 4)
		return false;
	/* Below 1 MiB there is no linear frame buffer, whatever it says. */
	return bytes <= v->vbe_bytes && mode->base >= 0x100000 &&
	       mode->base % 4 == 0 && mode->base + bytes <= 0x100000000ull;
}

/* Look at one mode number. Returns whether @mode is usable. */
static bool mode_read(struct vga *v, uint16_t number, struct vga_mode *mode)
{
	struct bios_regs regs = {.ecx = number};
	uint8_t *info = v->low + LOW_MODE;

	memset(info, 0, MODE_BYTES);
	if (vbe_call(v, 0x01, LOW_MODE, &regs))
		return false;
	if ((get16(info + MODE_ATTRIBUTES) & ATTRIBUTES_WANTED) !=
	    ATTRIBUTES_WANTED)
		return false;
	if (info[MODE_MODEL] != MODEL_PACKED &&
	    info[MODE_MODEL] != MODEL_DIRECT)
		return false;
	memset(mode, 0, sizeof(*mode));
	mode->number = number;
	mode->width = get16(info + MODE_WIDTH);
	mode->height = get16(info + MODE_HEIGHT);
	mode->bpp = mode_depth(v, info);
	mode->base = get32(info + MODE_BASE);
	mode->pitch = get16(info + MODE_PITCH);
	if (v->vbe_version >= 0x0300 && get16(info + MODE_LINEAR_PITCH))
		mode->pitch = get16(info + MODE_LINEAR_PITCH);
	return mode->bpp && mode_sane(v, mode);
}

/* Keep @mode unless its size is there at the same or a better depth. */
static void mode_keep(struct vga *v, const struct vga_mode *mode)
{
	uint16_t i;

	for (i = 0; i < v->mode_count; i++) {
		if (v->modes[i].width == mode->width &&
		    v->modes[i].height == mode->height)
			break;
	}
	if (i == VGA_MODES_MAX)
		return;
	if (i == v->mode_count)
		v->mode_count++;
	else if (v->modes[i].bpp >= mode->bpp)
		return;
	v->modes[i] = *mode;
}

/* Read all modes of the list at physical address @list. */
static void modes_read(struct vga *v, uint32_t list)
{
	volatile const uint16_t *at;
	struct vga_mode mode;
	uint16_t number;
	int i;

	for (i = 0; i < MODE_NUMBERS_MAX; i++) {
		at = v->bios->map(v->bios, list + 2 * i, 2);
		if (!at)
			return;
		number = *at;
		if (number == MODE_LIST_END)
			return;
		if (mode_read(v, number, &mode))
			mode_keep(v, &mode);
	}
}

void vbe_probe(struct vga *v)
{
	struct bios_regs regs = {0};
	uint8_t *info = v->low + LOW_INFO;
	uint32_t list;

	v->mode_count = 0;
	memset(info, 0, INFO_BYTES);
	memcpy(info + INFO_SIGNATURE, "VBE2", 4);
	if (vbe_call(v, 0x00, LOW_INFO, &regs) || memcmp(info, "VESA", 4) != 0)
		return;
	v->vbe_version = get16(info + INFO_VERSION);
	v->vbe_bytes = (uint32_t)get16(info + INFO_MEMORY_64K) << 16;
	list = ((uint32_t)get16(info + INFO_MODES_SEGMENT) << 4) +
	       get16(info + INFO_MODES_OFFSET);
	if (v->vbe_version < 0x0200)
		return;
	modes_read(v, list);
}

/* The bytes between rows that the card really has now, or @mode's. */
static uint16_t pitch_now(struct vga *v, const struct vga_mode *mode)
{
	struct bios_regs regs = {.ebx = 1};

	if (vbe_call(v, 0x06, 0, &regs))
		return mode->pitch;
	return regs.ebx & 0xffff;
}

static void clear(void *fb, size_t bytes)
{
	volatile uint32_t *at = fb;
	size_t i;

	for (i = 0; i < bytes / 4; i++)
		at[i] = 0;
}

int vbe_set(struct vga *v, const struct vga_mode *mode)
{
	struct bios_regs regs = {.ebx = mode->number | MODE_LINEAR | MODE_KEEP};
	struct vga_mode now = *mode;
	size_t bytes;

	if (vbe_call(v, 0x02, 0, &regs))
		return -EIO;
	now.pitch = pitch_now(v, mode);
	if (!mode_sane(v, &now))
		return -EIO;
	bytes = (size_t)now.pitch * now.height;
	v->fb = v->bios->map(v->bios, now.base, bytes);
	if (!v->fb)
		return -ENOMEM;
	v->mode = now;
	clear(v->fb, bytes);
	return 0;
}
