/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * snprintf: %d %i %u %x %X %o %c %s %p %%, flags - + space # 0, width and
 * precision as numbers or *, lengths hh h l ll j z t.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Where the text goes: @used counts on when @room is full. */
struct out {
	char *buf;
	size_t room, used;
};

/* One conversion. */
struct spec {
	bool left, plus, space, alt, zero;
	int width;
	int precision; /* -1 for none */
	int longs;     /* 0 int, 1 long, 2 long long, -1 short, -2 char */
};

static void put(struct out *out, char c, size_t n)
{
	for (; n; n--, out->used++) {
		if (out->used < out->room)
			out->buf[out->used] = c;
	}
}

static void put_text(struct out *out, const char *text, size_t n)
{
	for (; n; n--)
		put(out, *text++, 1);
}

/* Put @n characters into a field of @spec's width. */
static void put_field(struct out *out, const struct spec *spec,
		      const char *text, size_t n)
{
	size_t pad = (size_t)spec->width > n ? (size_t)spec->width - n : 0;

	put(out, ' ', spec->left ? 0 : pad);
	put_text(out, text, n);
	put(out, ' ', spec->left ? pad : 0);
}

/* Put a number: sign or base before zeros before its digits. */
static void put_number(struct out *out, const struct spec *spec, uint64_t value,
		       const char *sign, unsigned int base, bool upper)
{
	const char *set = upper ? "0123456789ABCDEF" : "0123456789abcdef";
	char digit[24]; /* 22 octal digits are the most */
	size_t n = 0, zeros = 0, pad = 0, len;

	for (; value; value /= base)
		digit[sizeof(digit) - ++n] = set[value % base];
	if (!n && spec->precision)
		digit[sizeof(digit) - ++n] = '0';

	if (spec->precision >= 0 && (size_t)spec->precision > n)
		zeros = (size_t)spec->precision - n;
	len = strlen(sign) + zeros + n;
	if ((size_t)spec->width > len)
		pad = (size_t)spec->width - len;
	if (spec->zero && !spec->left && spec->precision < 0) {
		zeros += pad;
		pad = 0;
	}

	put(out, ' ', spec->left ? 0 : pad);
	put_text(out, sign, strlen(sign));
	put(out, '0', zeros);
	put_text(out, digit + sizeof(digit) - n, n);
	put(out, ' ', spec->left ? pad : 0);
}

/* A list of arguments that can be handed on by address. */
struct args {
	va_list list;
};

static int64_t get_signed(struct args *args, int longs)
{
	if (longs == 2)
		return va_arg(args->list, long long);
	if (longs == 1)
		return va_arg(args->list, long);
	if (longs == -1)
		return (short)va_arg(args->list, int);
	if (longs == -2)
		return (signed char)va_arg(args->list, int);
	return va_arg(args->list, int);
}

static uint64_t get_unsigned(struct args *args, int longs)
{
	if (longs == 2)
		return va_arg(args->list, unsigned long long);
	if (longs == 1)
		return va_arg(args->list, unsigned long);
	if (longs == -1)
		return (unsigned short)va_arg(args->list, unsigned int);
	if (longs == -2)
		return (unsigned char)va_arg(args->list, unsigned int);
	return va_arg(args->list, unsigned int);
}

static const char *read_flags(const char *f, struct spec *spec)
{
	for (;; f++) {
		switch (*f) {
		case '-':
			spec->left = true;
			break;
		case '+':
			spec->plus = true;
			break;
		case ' ':
			spec->space = true;
			break;
		case '#':
			spec->alt = true;
			break;
		case '0':
			spec->zero = true;
			break;
		default:
			return f;
		}
	}
}

/* A number or an asterisk, bounded so that no sum overflows. */
static const char *read_count(const char *f, struct args *args, int *count)
{
	int n = 0;

	if (*f == '*') {
		n = va_arg(args->list, int);
		f++;
	} else {
		for (; *f >= '0' && *f <= '9'; f++)
			n = n < 100000 ? n * 10 + (*f - '0') : n;
	}
	*count = n;
	return f;
}

static const char *read_length(const char *f, struct spec *spec)
{
	for (;; f++) {
		if (*f == 'h')
			spec->longs--;
		else if (*f == 'l')
			spec->longs++;
		else if (*f == 'z' || *f == 't')
			spec->longs = sizeof(size_t) == sizeof(long) ? 1 : 0;
		else if (*f == 'j')
			spec->longs = 2;
		else
			return f;
	}
}

static void convert_signed(struct out *out, const struct spec *spec,
			   struct args *args)
{
	int64_t value = get_signed(args, spec->longs);
	const char *sign = "";

	if (value < 0)
		sign = "-";
	else if (spec->plus)
		sign = "+";
	else if (spec->space)
		sign = " ";
	put_number(out, spec, value < 0 ? 0 - (uint64_t)value : (uint64_t)value,
		   sign, 10, false);
}

static void convert_text(struct out *out, const struct spec *spec,
			 struct args *args)
{
	const char *text = va_arg(args->list, const char *);
	size_t max = spec->precision < 0 ? SIZE_MAX : (size_t)spec->precision;

	if (!text)
		text = "(null)";
	put_field(out, spec, text, strnlen(text, max));
}

static void convert_hex(struct out *out, const struct spec *spec,
			struct args *args, bool upper)
{
	uint64_t value = get_unsigned(args, spec->longs);
	const char *sign = upper ? "0X" : "0x";

	if (!spec->alt || !value)
		sign = "";
	put_number(out, spec, value, sign, 16, upper);
}

static void convert(struct out *out, const struct spec *spec, char type,
		    struct args *args)
{
	char c;

	switch (type) {
	case 'd':
	case 'i':
		convert_signed(out, spec, args);
		break;
	case 'u':
		put_number(out, spec, get_unsigned(args, spec->longs), "", 10,
			   false);
		break;
	case 'o':
		put_number(out, spec, get_unsigned(args, spec->longs), "", 8,
			   false);
		break;
	case 'x':
	case 'X':
		convert_hex(out, spec, args, type == 'X');
		break;
	case 'p':
		put_number(out, spec, (uintptr_t)va_arg(args->list, void *),
			   "0x", 16, false);
		break;
	case 'c':
		c = (char)va_arg(args->list, int);
		put_field(out, spec, &c, 1);
		break;
	case 's':
		convert_text(out, spec, args);
		break;
	default:
		put(out, type, 1);
		break;
	}
}

/* Read one conversion behind its per cent sign and carry it out. */
static const char *conversion(struct out *out, const char *f, struct args *args)
{
	struct spec spec = {.precision = -1};

	f = read_flags(f, &spec);
	f = read_count(f, args, &spec.width);
	if (spec.width < 0) {
		spec.left = true;
		spec.width = -spec.width;
	}
	if (*f == '.')
		f = read_count(f + 1, args, &spec.precision);
	f = read_length(f, &spec);
	if (!*f)
		return f;
	convert(out, &spec, *f, args);
	return f + 1;
}

int vsnprintf(char *buf, size_t room, const char *format, va_list list)
{
	struct out out = {.buf = buf, .room = room};
	struct args args;
	size_t plain;

	va_copy(args.list, list);
	while (*format) {
		plain = strcspn(format, "%");
		put_text(&out, format, plain);
		format += plain;
		if (*format)
			format = conversion(&out, format + 1, &args);
	}
	va_end(args.list);
	if (room)
		buf[out.used < room ? out.used : room - 1] = '\0';
	return (int)out.used;
}

int snprintf(char *buf, size_t room, const char *format, ...)
{
	va_list list;
	int n;

	va_start(list, format);
	n = vsnprintf(buf, room, format, list);
	va_end(list);
	return n;
}
