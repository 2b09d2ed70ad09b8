/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
#include <stdio.h>

#include "spice/tls/tls_time.h"

static const uint8_t month_days[12] = {31, 28, 31, 30, 31, 30,
				       31, 31, 30, 31, 30, 31};

static bool is_leap(uint32_t year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static uint32_t days_of_month(uint32_t year, uint32_t month)
{
	return month_days[month] + (month == 1 && is_leap(year));
}

/* Days before January 1st of @year. */
static uint32_t days_before(uint32_t year)
{
	return 365 * year + (year + 3) / 4 - (year + 99) / 100 +
	       (year + 399) / 400;
}

/*
 * Take @digits decimal digits from the front.
 * Returns their number, 100000 if they are none.
 */
static uint32_t take_number(struct tls_der *d, unsigned int digits)
{
	uint32_t v = 0;

	if (d->n < digits)
		return 100000;
	for (; digits; digits--) {
		uint8_t c = *d->p++;

		d->n--;
		if (c < '0' || c > '9')
			return 100000;
		v = v * 10 + c - '0';
	}
	return v;
}

bool tls_time_take(struct tls_der *d, struct tls_time *t)
{
	struct tls_der v;
	uint32_t year, month, day, hour, minute, second, i;

	if (tls_der_take(d, DER_UTC_TIME, &v)) {
		year = take_number(&v, 2);
		year += year < 50 ? 2000 : 1900;
	} else if (tls_der_take(d, DER_GENERAL_TIME, &v)) {
		year = take_number(&v, 4);
	} else {
		return false;
	}
	month = take_number(&v, 2) - 1;
	day = take_number(&v, 2) - 1;
	hour = take_number(&v, 2);
	minute = take_number(&v, 2);
	second = take_number(&v, 2);
	if (year > 9999 || month > 11 || day >= days_of_month(year, month) ||
	    hour > 23 || minute > 59 || second > 60 || v.n != 1 ||
	    v.p[0] != 'Z')
		return false;
	t->days = days_before(year) + day;
	for (i = 0; i < month; i++)
		t->days += days_of_month(year, i);
	t->seconds = hour * 3600 + minute * 60 + second;
	return true;
}

void tls_time_text(struct tls_time t, char text[TLS_TIME_TEXT_BYTES])
{
	uint32_t year = t.days / 366, month = 0, day;

	if (year > 9999)
		year = 9999;
	while (year < 9999 && days_before(year + 1) <= t.days)
		year++;
	day = t.days - days_before(year);
	while (month < 11 && day >= days_of_month(year, month))
		day -= days_of_month(year, month++);
	snprintf(text, TLS_TIME_TEXT_BYTES, "%04u-%02u-%02u %02u:%02u UTC",
		 (unsigned int)year, (unsigned int)month + 1,
		 (unsigned int)(day % 31 + 1),
		 (unsigned int)(t.seconds / 3600 % 25),
		 (unsigned int)(t.seconds / 60 % 60));
}
