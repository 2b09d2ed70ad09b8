/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Documents: X.680 41 (types), RFC 3629 (UTF-8). TeletexString is read as
 * Latin-1, as everybody does.
 */
#include "spice/tls/tls_string.h"

/* What take_char returns for what is no character. */
#define NO_CHAR 0xffffffffu

/* Take one character of UTF-8 in its shortest form. */
static uint32_t take_utf8(struct tls_der *v)
{
	static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
	uint32_t c = *v->p++;
	unsigned int more, i;

	v->n--;
	if (c < 0x80)
		return c;
	more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1;
	if (c < 0xc0 || c >= 0xf8 || v->n < more)
		return NO_CHAR;
	c &= 0x3fu >> more;
	for (i = 0; i < more; i++, v->n--) {
		uint8_t b = *v->p++;

		if ((b & 0xc0) != 0x80)
			return NO_CHAR;
		c = c << 6 | (b & 0x3f);
	}
	return c < least[more] ? NO_CHAR : c;
}

/* Take @bytes bytes, the highest first. */
static uint32_t take_wide(struct tls_der *v, unsigned int bytes)
{
	uint32_t c = 0;

	if (v->n < bytes)
		return NO_CHAR;
	for (; bytes; bytes--, v->n--)
		c = c << 8 | *v->p++;
	return c;
}

/* Take the next character of a string of type @tag. */
static uint32_t take_char(uint8_t tag, struct tls_der *v)
{
	uint32_t c;

	switch (tag) {
	case DER_UTF8_STRING:
		return take_utf8(v);
	case DER_BMP_STRING:
		return take_wide(v, 2);
	case DER_UNIVERSAL:
		return take_wide(v, 4);
	case DER_TELETEX_STRING:
		return take_wide(v, 1);
	case DER_PRINTABLE:
	case DER_IA5_STRING:
	case DER_NUMERIC_STRING:
	case DER_VISIBLE_STRING:
		c = take_wide(v, 1);
		return c < 0x80 ? c : NO_CHAR;
	default:
		return NO_CHAR;
	}
}

/* Put @c as UTF-8; how many bytes. */
static unsigned int put_utf8(uint32_t c, char out[4])
{
	static const uint8_t first[] = {0, 0xc0, 0xe0, 0xf0};
	unsigned int more = c >= 0x10000 ? 3 : c >= 0x800 ? 2 : c >= 0x80;
	unsigned int i;

	for (i = more; i; i--, c >>= 6)
		out[i] = (char)(0x80 | (c & 0x3f));
	out[0] = (char)(first[more] | c);
	return more + 1;
}

int tls_string_utf8(uint8_t tag, struct tls_der value,
		    char buf[TLS_STRING_MAX_BYTES])
{
	unsigned int n = 0;

	while (value.n) {
		uint32_t c = take_char(tag, &value);

		/* NUL, halves of UTF-16 pairs, beyond Unicode. */
		if (!c || (c >= 0xd800 && c < 0xe000) || c > 0x10ffff ||
		    n + 4 > TLS_STRING_MAX_BYTES)
			return -1;
		n += put_utf8(c, buf + n);
	}
	return (int)n;
}
