/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Part of a text, which is how URIs, .vv files and HTTP's heads are read: a
 * bounded view that is cut up from the front. Nothing is copied before it is
 * known to fit.
 */
#ifndef IPXE_GLUE_SPAN_H
#define IPXE_GLUE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct span {
	const char *p;
	size_t n;
};

struct span span_of(const char *text);

/* Is it @word? With _nocase: ASCII letters of either case. */
bool span_is(struct span s, const char *word);
bool span_is_nocase(struct span s, const char *word);

/* Does it begin with @word (ASCII letters of either case)? Then cut it off. */
bool span_skip(struct span *s, const char *word);

/* What stands before the first of @stops; it is cut off @s, the stop is not. */
struct span span_until(struct span *s, const char *stops);

/* What stands before the last @c; it and @c are cut off. p is NULL without. */
struct span span_before(struct span *s, char c);

/* Cut @n bytes off the front, at most what is there. */
void span_drop(struct span *s, size_t n);

/* Without spaces and tabs around. */
struct span span_trim(struct span s);

/* A whole decimal number up to @max, or -1. */
int32_t span_number(struct span s, uint32_t max);

/* The value of hex digit @c, or -1. */
int span_hex(char c);

/*
 * Copy to @buf with a NUL, as it is or (_unescape) with its %XX taken away.
 *
 * Returns 0; -EINVAL for what does not fit, is badly escaped, or has a NUL.
 */
int span_copy(struct span s, char *buf, size_t room);
int span_unescape(struct span s, char *buf, size_t room);

#endif
