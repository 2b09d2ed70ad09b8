/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * What the BIOS says of date and time, as seconds since 1970.
 */
#include "ipxe-glue/undi/undi_clock.h"
#include "test/test.h"

TEST(dates)
{
	CHECK_EQ(undi_clock_s(0x19700101, 0x00000000), 0);
	CHECK_EQ(undi_clock_s(0x19700101, 0x00000100), 1);
	CHECK_EQ(undi_clock_s(0x20000229, 0x12000000), 951825600);
	CHECK_EQ(undi_clock_s(0x20261128, 0x20071500), 1795896435);
	CHECK_EQ(undi_clock_s(0x21000301, 0x00000000), 4107542400u);
}

/* No BCD, no such day, no century (a BIOS that does not keep one). */
TEST(no_dates)
{
	static const struct {
		uint32_t date, time;
	} bad[] = {
		{0x202611a8, 0},	  {0x20261a28, 0},
		{0x00261128, 0},	  {0x20260028, 0},
		{0x20261300, 0},	  {0x20261131, 0},
		{0x20260229, 0},	  {0x21000229, 0},
		{0x20261128, 0x24000000}, {0x20261128, 0x23600000},
		{0x20261128, 0x23596100}, {0xffffffff, 0xffffffff},
		{0x19691231, 0},	  {0, 0},
	};
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK_EQ(undi_clock_s(bad[i].date, bad[i].time), 0);
}

int main(void)
{
	RUN(dates);
	RUN(no_dates);
	return test_end();
}
