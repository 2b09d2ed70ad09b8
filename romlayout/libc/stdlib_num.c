/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Numbers from text, as ISO C has them.
 */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>

/* The value of digit @c, 36 or more if it is none. */
static unsigned int digit_value(char c)
{
	if (isdigit(c))
		return (unsigned int)(c - '0');
	if (isalpha(c))
		return (unsigned int)(tolower(c) - 'a' + 10);
	return 36;
}

/* Skip space and a sign. Returns the rest, and in *@minus what sign it was. */
static const char *skip_sign(const char *s, bool *minus)
{
	while (isspace((unsigned char)*s))
		s++;
	*minus = *s == '-';
	if (*s == '-' || *s == '+')
		s++;
	return s;
}

/* Skip 0x where @base allows it, and settle base 0. */
static const char *skip_prefix(const char *s, int *base)
{
	bool hex = s[0] == '0' && (s[1] == 'x' || s[1] == 'X') &&
		   digit_value(s[2]) < 16;

	if ((*base == 0 || *base == 16) && hex) {
		*base = 16;
		return s + 2;
	}
	if (*base == 0)
		*base = s[0] == '0' ? 8 : 10;
	return s;
}

/*
 * Read digits of @base from @s.
 *
 * Returns the value, ULONG_MAX and *@over if it has no room; *@end is behind
 * the last digit, @s if there was none.
 */
static unsigned long digits(const char *s, int base, const char **end,
			    bool *over)
{
	unsigned long value = 0;
	unsigned int d;

	*over = false;
	for (; (d = digit_value(*s)) < (unsigned int)base; s++) {
		if (__builtin_mul_overflow(value, (unsigned long)base,
					   &value) ||
		    __builtin_add_overflow(value, (unsigned long)d, &value))
			*over = true;
	}
	*end = s;
	return *over ? ULONG_MAX : value;
}

/* The common part: magnitude and sign. */
static unsigned long number(const char *s, char **end, int base, bool *minus,
			    bool *over)
{
	const char *start = skip_prefix(skip_sign(s, minus), &base);
	const char *stop;
	unsigned long value = digits(start, base, &stop, over);

	if (end)
		*end = (char *)(stop == start ? s : stop);
	return value;
}

unsigned long strtoul(const char *s, char **end, int base)
{
	bool minus, over;
	unsigned long value = number(s, end, base, &minus, &over);

	if (over) {
		errno = ERANGE;
		return ULONG_MAX;
	}
	return minus ? 0 - value : value;
}

long strtol(const char *s, char **end, int base)
{
	bool minus, over;
	unsigned long value = number(s, end, base, &minus, &over);

	if (over || value > (unsigned long)LONG_MAX + minus) {
		errno = ERANGE;
		return minus ? LONG_MIN : LONG_MAX;
	}
	return (long)(minus ? 0 - value : value);
}

int atoi(const char *s)
{
	return (int)strtol(s, NULL, 10);
}

int abs(int n)
{
	return n < 0 ? -n : n;
}
