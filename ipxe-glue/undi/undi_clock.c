/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
#include <stdbool.h>

#include "ipxe-glue/undi/undi_clock.h"

/* A byte of two decimal digits; 100 if it is none. */
static unsigned int bcd(uint32_t value)
{
	unsigned int high = value >> 4 & 15, low = value & 15;

	return high > 9 || low > 9 ? 100 : high * 10 + low;
}

static bool is_leap(unsigned int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Days of @month, 1..12. */
static unsigned int days_in(unsigned int month, unsigned int year)
{
	static const uint8_t days[12] = {31, 28, 31, 30, 31, 30,
					 31, 31, 30, 31, 30, 31};

	return days[month - 1] + (month == 2 && is_leap(year) ? 1u : 0u);
}

uint64_t undi_clock_s(uint32_t date, uint32_t time)
{
	unsigned int century = bcd(date >> 24), year = bcd(date >> 16);
	unsigned int month = bcd(date >> 8), day = bcd(date), y, m;
	unsigned int hour = bcd(time >> 24), minute = bcd(time >> 16);
	unsigned int second = bcd(time >> 8);
	uint32_t days = 0;

	if (century < 19 || century > 21 || year > 99 || month < 1 ||
	    month > 12 || day < 1 || hour > 23 || minute > 59 || second > 60)
		return 0;
	year += century * 100;
	if (day > days_in(month, year) || year < 1970)
		return 0;
	for (y = 1970; y < year; y++)
		days += is_leap(y) ? 366 : 365;
	for (m = 1; m < month; m++)
		days += days_in(m, year);
	days += day - 1;
	return (uint64_t)days * 86400 + hour * 3600 + minute * 60 + second;
}
