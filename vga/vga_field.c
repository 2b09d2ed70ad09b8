/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * A line of input on the text screen. The text is the caller's; the cursor
 * moves by whole characters of UTF-8, each of which is a cell.
 */
#include <errno.h>
#include <string.h>

#include "vga/vga.h"
#include "vga/vga_cp437.h"

static size_t length(const char *text)
{
	size_t n = 0;

	while (text[n])
		n++;
	return n;
}

/* The byte where the character after @at begins; @at itself at the end. */
static size_t next(const struct vga_field *f, size_t at)
{
	uint32_t code;

	return f->text[at] ? at + vga_utf8_get(f->text + at, &code) : at;
}

/* The byte where the character before @at begins; 0 at the beginning. */
static size_t previous(const struct vga_field *f, size_t at)
{
	size_t from = 0, to = 0;

	while (to < at) {
		from = to;
		to = next(f, to);
	}
	return from;
}

/* Cells from byte @from to byte @to. */
static int cells_between(const struct vga_field *f, size_t from, size_t to)
{
	int n = 0;

	for (; from < to; n++)
		from = next(f, from);
	return n;
}

void vga_field_init(struct vga_field *f)
{
	f->at = length(f->text);
	f->first = 0;
}

int vga_field_insert(struct vga_field *f, uint32_t code)
{
	size_t used = length(f->text) + 1;
	char utf8[VGA_UTF8_MAX];
	size_t bytes;

	bytes = code < ' ' || code == 0x7f ? 0 : vga_utf8_put(utf8, code);
	if (!bytes)
		return -EINVAL;
	if (used + bytes > f->size)
		return -ENOSPC;
	memmove(f->text + f->at + bytes, f->text + f->at, used - f->at);
	memcpy(f->text + f->at, utf8, bytes);
	f->at += bytes;
	return 0;
}

/* Take the bytes from @from to @to out. Returns whether there are any. */
static bool cut(struct vga_field *f, size_t from, size_t to)
{
	size_t end = length(f->text) + 1;

	memmove(f->text + from, f->text + to, end - to);
	f->at = from;
	return from != to;
}

static bool go(struct vga_field *f, size_t at)
{
	bool changed = f->at != at;

	f->at = at;
	return changed;
}

bool vga_field_edit(struct vga_field *f, enum vga_edit edit)
{
	switch (edit) {
	case VGA_EDIT_LEFT:
		return go(f, previous(f, f->at));
	case VGA_EDIT_RIGHT:
		return go(f, next(f, f->at));
	case VGA_EDIT_HOME:
		return go(f, 0);
	case VGA_EDIT_END:
		return go(f, length(f->text));
	case VGA_EDIT_BACKSPACE:
		return cut(f, previous(f, f->at), f->at);
	case VGA_EDIT_DELETE:
		return cut(f, f->at, next(f, f->at));
	case VGA_EDIT_CLEAR:
		return cut(f, 0, length(f->text));
	}
	return false;
}

/* Scroll so that the cursor is among the cells shown. */
static void scroll(struct vga_field *f)
{
	if (f->first > f->at)
		f->first = f->at;
	while (cells_between(f, f->first, f->at) >= f->cols)
		f->first = next(f, f->first);
}

void vga_field_draw(struct vga *v, struct vga_field *f, bool focus)
{
	int col, last = f->col + f->cols;
	size_t at;

	scroll(f);
	at = f->first;
	for (col = f->col; col < last && f->text[at]; col++) {
		char one[VGA_UTF8_MAX + 1] = {'*'};
		size_t to = next(f, at);

		if (!f->secret)
			memcpy(one, f->text + at, to - at);
		vga_text_put(v, f->row, col, f->attr, one);
		at = to;
	}
	vga_text_put_padded(v, f->row, col, last - col, f->attr, "");
	if (focus)
		vga_text_cursor(v, f->row,
				f->col + cells_between(f, f->first, f->at));
}
