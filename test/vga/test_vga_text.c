/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The text screen, its characters, and the input field.
 */
#include <errno.h>

#include "test/test.h"
#include "test/vga/vga_fake.h"
#include "vga/vga_cp437.h"

static struct vga_fake f;
static struct vga v;

#define GREY VGA_ATTR(VGA_GREY, VGA_BLACK)

static void start(void)
{
	static bool used;

	if (used)
		vga_fake_free(&f);
	used = true;
	vga_fake_init(&f, vga_fake_std, vga_fake_std_count);
	vga_init(&v, &f.bios);
	vga_text_mode(&v);
}

/* One row's characters, without the blanks at its end. */
static const char *row(int r)
{
	static char text[VGA_TEXT_COLS + 1];
	int c, end = 0;

	for (c = 0; c < VGA_TEXT_COLS; c++) {
		text[c] = f.memory[0xb8000 + (r * VGA_TEXT_COLS + c) * 2];
		if (text[c] != ' ')
			end = c + 1;
	}
	text[end] = 0;
	return text;
}

static uint8_t attr(int r, int c)
{
	return f.memory[0xb8000 + (r * VGA_TEXT_COLS + c) * 2 + 1];
}

/* Nothing outside the screen's 4000 bytes was written. */
static int inside(void)
{
	int i;

	for (i = 0; i < 4096; i++) {
		if (f.memory[0xb8000 - 1 - i] || f.memory[0xb8000 + 4000 + i])
			return 0;
	}
	return 1;
}

TEST(mode_and_clear)
{
	int r;

	start();
	CHECK_EQ(f.set, 3);
	for (r = 0; r < VGA_TEXT_ROWS; r++)
		CHECK(!strcmp(row(r), ""));
	CHECK_EQ(attr(24, 79), GREY);
	vga_text_clear(&v, VGA_ATTR(15, VGA_BLUE));
	CHECK_EQ(attr(0, 0), 0x1f);
	CHECK_EQ(attr(24, 79), 0x1f);
	CHECK(inside());
}

TEST(put)
{
	start();
	CHECK_EQ(vga_text_put(&v, 2, 3, 0x1f, "Hello"), 5);
	CHECK(!strcmp(row(2), "   Hello"));
	CHECK_EQ(attr(2, 3), 0x1f);
	CHECK_EQ(attr(2, 8), GREY);
	CHECK_EQ(vga_text_put(&v, 3, 78, GREY, "abc"), 2);
	CHECK_EQ(strlen(row(3)), 80);
	CHECK(!strcmp(row(4), ""));
	CHECK_EQ(vga_text_put(&v, 25, 0, GREY, "a"), 0);
	CHECK_EQ(vga_text_put(&v, -1, 0, GREY, "a"), 0);
	CHECK_EQ(vga_text_put(&v, 0, -1, GREY, "a"), 0);
	CHECK_EQ(vga_text_put(&v, 0, 80, GREY, "a"), 0);
	CHECK_EQ(vga_text_put(&v, 5, 0, GREY, "ü→\t€\x80z"), 6);
	CHECK(!strcmp(row(5), "\x81\x1a ??z"));
	vga_text_put_padded(&v, 2, 3, 8, 0x70, "Bye");
	CHECK(!strcmp(row(2), "   Bye"));
	CHECK_EQ(attr(2, 10), 0x70);
	CHECK_EQ(attr(2, 11), GREY);
	vga_text_put_padded(&v, 2, 3, 2, GREY, "1234");
	CHECK(!strcmp(row(2), "   12e"));
	vga_text_put_padded(&v, 24, 78, 50, GREY, "1234");
	CHECK(inside());
}

TEST(scroll)
{
	struct vga_area a = {2, 1, 4, 3};
	struct vga_area wild = {-5, 70, 100, 100};
	char line[2] = "A";
	int r;

	start();
	for (r = 0; r < VGA_TEXT_ROWS; r++, line[0]++) {
		vga_text_put(&v, r, 0, GREY, line);
		vga_text_put(&v, r, 1, GREY, line);
		vga_text_put(&v, r, 4, GREY, line);
		vga_text_put(&v, r, 79, GREY, line);
	}
	vga_text_scroll(&v, &a, 1, 0x4f);
	CHECK(!memcmp(row(1), "BB  B", 5));
	CHECK(!memcmp(row(2), "CD  C", 5));
	CHECK(!memcmp(row(4), "EF  E", 5));
	CHECK(!memcmp(row(5), "F   F", 5));
	CHECK_EQ(attr(5, 1), 0x4f);
	CHECK_EQ(attr(5, 4), GREY);
	CHECK(!memcmp(row(6), "GG  G", 5));
	vga_text_scroll(&v, &a, 99, 0x4f); /* all of it */
	CHECK(!memcmp(row(2), "C   C", 5));
	vga_text_scroll(&v, &a, -1, 0x4f); /* nothing */
	vga_text_scroll(&v, &wild, 2, GREY);
	CHECK_EQ(row(0)[79], 'C');
	CHECK_EQ(strlen(row(24)), 5);
	CHECK(inside());
}

TEST(box)
{
	struct vga_area a = {3, 10, 4, 12};
	struct vga_area narrow = {10, 76, 3, 20};

	start();
	vga_text_box(&v, &a, 0x1f, "Title");
	CHECK(!strcmp(row(3) + 10, "\xda\xc4 Title \xc4\xc4\xbf"));
	CHECK(!strcmp(row(4) + 10, "\xb3          \xb3"));
	CHECK(!strcmp(row(6) + 10, "\xc0\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4"
				   "\xc4\xd9"));
	vga_text_box(&v, &a, 0x1f, "A title that is too long");
	CHECK(!strcmp(row(3) + 10, "\xda\xc4 A title\xc4\xbf"));
	vga_text_box(&v, &a, 0x1f, NULL);
	CHECK_EQ((uint8_t)row(3)[12], 0xc4);
	vga_text_box(&v, &narrow, 0x1f, "Title");
	CHECK(inside());
}

TEST(cursor)
{
	start();
	vga_text_cursor(&v, 24, 79);
	CHECK_EQ(f.cursor, 24 << 8 | 79);
	CHECK_EQ(f.cursor_shape, 0x0607);
	vga_text_cursor(&v, 25, 0);
	CHECK_EQ(f.cursor_shape, 0x2000);
	CHECK_EQ(f.cursor, 24 << 8 | 79);
	vga_text_cursor(&v, 0, 0);
	CHECK_EQ(f.cursor, 0);
	vga_text_cursor(&v, 0, 80);
	CHECK_EQ(f.cursor_shape, 0x2000);
	vga_text_cursor(&v, -1, 0);
	vga_text_cursor(&v, 0, -1);
	CHECK_EQ(f.cursor, 0);
}

/* Each code there is, to UTF-8 and back. */
TEST(utf8_whole)
{
	char text[VGA_UTF8_MAX + 1];
	uint32_t code, back;
	size_t n;

	for (code = 0; code < 0x110400; code++) {
		n = vga_utf8_put(text, code);
		if (code >= 0x110000 || (code >= 0xd800 && code < 0xe000)) {
			CHECK_EQ(n, 0);
			continue;
		}
		text[n] = 0;
		CHECK_EQ(vga_utf8_get(text, &back), n);
		CHECK_EQ(back, code);
	}
}

TEST(utf8_damaged)
{
	static const char *const bad[] = {
		"\x80",
		"\xbf",
		"\xc0\x80",
		"\xc1\xbf",
		"\xc3",
		"\xc3z",
		"\xe2\x82",
		"\xe2",
		"\xe0\x80\x80",
		"\xed\xa0\x80",
		"\xf0\x9f\x98",
		"\xf0\x80\x80\x80",
		"\xf4\x90\x80\x80",
		"\xf8\x88\x80",
		"\xff",
	};
	uint32_t code;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CHECK_EQ(vga_utf8_get(bad[i], &code), 1);
		CHECK_EQ(code, 0xfffd);
	}
}

TEST(code_page)
{
	int seen[256] = {0}, cells = 0;
	uint32_t code;
	uint8_t c;

	CHECK_EQ(vga_cp437('A'), 'A');
	CHECK_EQ(vga_cp437('~'), '~');
	CHECK_EQ(vga_cp437(0x00e4), 0x84);
	CHECK_EQ(vga_cp437(0x00df), 0xe1);
	CHECK_EQ(vga_cp437(0x2500), 0xc4);
	CHECK_EQ(vga_cp437(0x00a0), 0xff);
	CHECK_EQ(vga_cp437(0x263a), 0x01);
	CHECK_EQ(vga_cp437(0x25bc), 0x1f);
	CHECK_EQ(vga_cp437(0x20ac), '?');
	CHECK_EQ(vga_cp437('\n'), ' ');
	CHECK_EQ(vga_cp437(0x7f), ' ');
	/* Each cell but the blank ones has one character that gives it. */
	for (code = 0x20; code < 0x3000; code++) {
		c = vga_cp437(code);
		if (c == '?' || code == 0x7f)
			continue;
		CHECK_EQ(seen[c]++, 0);
		cells++;
	}
	CHECK_EQ(cells, 94 + 128 + 31);
}

static char text[16];
static struct vga_field field;

static void field_start(const char *with)
{
	start();
	memset(&field, 0, sizeof(field));
	strcpy(text, with);
	field.row = 7;
	field.col = 10;
	field.cols = 5;
	field.attr = 0x70;
	field.text = text;
	field.size = sizeof(text);
	vga_field_init(&field);
}

/* The field drawn, then "|" and the cursor's place in it. */
static const char *drawn(void)
{
	static char out[32];
	int c;

	vga_field_draw(&v, &field, true);
	for (c = 0; c < 5; c++)
		out[c] = f.memory[0xb8000 + (7 * 80 + 10 + c) * 2];
	snprintf(out + 5, sizeof(out) - 5, "|%d", (f.cursor & 0xff) - 10);
	return out;
}

TEST(field_edits)
{
	field_start("abc");
	CHECK(!strcmp(drawn(), "abc  |3"));
	CHECK_EQ(attr(7, 14), 0x70);
	CHECK_EQ(attr(7, 15), GREY);
	CHECK_EQ(vga_field_insert(&field, 'd'), 0);
	CHECK(!strcmp(drawn(), "abcd |4"));
	CHECK_EQ(vga_field_insert(&field, 0xfc), 0);
	CHECK(!strcmp(drawn(), "bcd\x81 |4"));
	CHECK(vga_field_edit(&field, VGA_EDIT_LEFT));
	CHECK(!strcmp(drawn(), "bcd\x81 |3"));
	CHECK(vga_field_edit(&field, VGA_EDIT_HOME));
	CHECK(!vga_field_edit(&field, VGA_EDIT_HOME));
	CHECK(!vga_field_edit(&field, VGA_EDIT_LEFT));
	CHECK(!vga_field_edit(&field, VGA_EDIT_BACKSPACE));
	CHECK(!strcmp(drawn(), "abcd\x81|0"));
	CHECK(vga_field_edit(&field, VGA_EDIT_DELETE));
	CHECK(!strcmp(drawn(), "bcd\x81 |0"));
	CHECK(vga_field_edit(&field, VGA_EDIT_RIGHT));
	CHECK_EQ(vga_field_insert(&field, 'X'), 0);
	CHECK(!strcmp(drawn(), "bXcd\x81|2"));
	CHECK(vga_field_edit(&field, VGA_EDIT_END));
	CHECK(!vga_field_edit(&field, VGA_EDIT_RIGHT));
	CHECK(!vga_field_edit(&field, VGA_EDIT_DELETE));
	CHECK(vga_field_edit(&field, VGA_EDIT_BACKSPACE));
	CHECK(!strcmp(text, "bXcd"));
	CHECK(vga_field_edit(&field, VGA_EDIT_CLEAR));
	CHECK(!vga_field_edit(&field, VGA_EDIT_CLEAR));
	CHECK(!vga_field_edit(&field, (enum vga_edit)99));
	CHECK(!strcmp(drawn(), "     |0"));
	CHECK(inside());
}

TEST(field_full)
{
	int i;

	field_start("");
	for (i = 0; i < 15; i++)
		CHECK_EQ(vga_field_insert(&field, 'a' + i), 0);
	CHECK_EQ(vga_field_insert(&field, 'z'), -ENOSPC);
	CHECK(!strcmp(text, "abcdefghijklmno"));
	CHECK(!strcmp(drawn(), "lmno |4"));
	vga_field_edit(&field, VGA_EDIT_BACKSPACE);
	CHECK_EQ(vga_field_insert(&field, 0xe4), -ENOSPC); /* 2 bytes */
	CHECK_EQ(vga_field_insert(&field, '\n'), -EINVAL);
	CHECK_EQ(vga_field_insert(&field, 0x7f), -EINVAL);
	CHECK_EQ(vga_field_insert(&field, 0x110001), -EINVAL);
}

TEST(field_secret)
{
	field_start("a\xc3\xa4");
	field.secret = true;
	CHECK(!strcmp(drawn(), "**   |2"));
	f.cursor = 0;
	vga_field_draw(&v, &field, false);
	CHECK_EQ(f.cursor, 0);
}

int main(void)
{
	RUN(mode_and_clear);
	RUN(put);
	RUN(scroll);
	RUN(box);
	RUN(cursor);
	RUN(utf8_whole);
	RUN(utf8_damaged);
	RUN(code_page);
	RUN(field_edits);
	RUN(field_full);
	RUN(field_secret);
	vga_fake_free(&f);
	return test_end();
}
