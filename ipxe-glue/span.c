/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Parts of texts.
 */
#include <errno.h>
#include <string.h>

#include "ipxe-glue/span.h"

struct span span_of(const char *text)
{
	struct span s = {text, strlen(text)};

	return s;
}

bool span_is(struct span s, const char *word)
{
	return s.n == strlen(word) && !memcmp(s.p, word, s.n);
}

static char span_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

bool span_skip(struct span *s, const char *word)
{
	size_t i;

	for (i = 0; word[i]; i++)
		if (i >= s->n || span_lower(s->p[i]) != span_lower(word[i]))
			return false;
	span_drop(s, i);
	return true;
}

bool span_is_nocase(struct span s, const char *word)
{
	return span_skip(&s, word) && !s.n;
}

struct span span_until(struct span *s, const char *stops)
{
	struct span part = {s->p, 0};

	while (part.n < s->n && (!s->p[part.n] || !strchr(stops, s->p[part.n])))
		part.n++;
	span_drop(s, part.n);
	return part;
}

struct span span_before(struct span *s, char c)
{
	struct span part = {NULL, s->n};

	while (part.n && s->p[part.n - 1] != c)
		part.n--;
	if (!part.n)
		return part;
	part.p = s->p;
	span_drop(s, part.n--);
	return part;
}

void span_drop(struct span *s, size_t n)
{
	n = n < s->n ? n : s->n;
	/* Nothing need not be anywhere: NULL stays. */
	if (n)
		s->p += n;
	s->n -= n;
}

struct span span_trim(struct span s)
{
	while (s.n && (s.p[0] == ' ' || s.p[0] == '\t'))
		span_drop(&s, 1);
	while (s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
		s.n--;
	return s;
}

int32_t span_number(struct span s, uint32_t max)
{
	uint32_t v = 0;
	size_t i;

	for (i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9' || v > max)
			return -1;
		v = v * 10 + (uint32_t)(s.p[i] - '0');
	}
	return s.n && v <= max ? (int32_t)v : -1;
}

int span_hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = span_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int span_copy(struct span s, char *buf, size_t room)
{
	if (s.n >= room || (s.n && memchr(s.p, 0, s.n)))
		return -EINVAL;
	if (s.n)
		memcpy(buf, s.p, s.n);
	buf[s.n] = '\0';
	return 0;
}

int span_unescape(struct span s, char *buf, size_t room)
{
	size_t at = 0;

	while (s.n) {
		char c = s.p[0];

		if (c == '%') {
			int high, low;

			if (s.n < 3)
				return -EINVAL;
			high = span_hex(s.p[1]);
			low = span_hex(s.p[2]);
			if (high < 0 || low < 0)
				return -EINVAL;
			c = (char)(high << 4 | low);
			span_drop(&s, 2);
		}
		span_drop(&s, 1);
		if (!c || at + 1 >= room)
			return -EINVAL;
		buf[at++] = c;
	}
	buf[at] = '\0';
	return 0;
}
