/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Which way is short, and what a card takes at once.
 */
#include "ipxe-glue/burst.h"
#include "test/test.h"

#define MS 1000

/* Near before anything is known, and as soon as one answer was quick. */
TEST(near)
{
	struct burst_way way = {0};
	int i;

	CHECK(burst_near(&way));
	for (i = 0; i < BURST_SAMPLES - 1; i++) {
		burst_sample(&way, 80 * MS);
		CHECK(burst_near(&way));
	}
	burst_sample(&way, 80 * MS);
	CHECK(!burst_near(&way));
	burst_sample(&way, BURST_NEAR_US);
	CHECK(!burst_near(&way));
	burst_sample(&way, BURST_NEAR_US - 1);
	CHECK(burst_near(&way));
	/* A busy machine does not move it away. */
	for (i = 0; i < 1000; i++)
		burst_sample(&way, 900 * MS);
	CHECK(burst_near(&way));
	CHECK_EQ(way.shortest_us, BURST_NEAR_US - 1);
}

TEST(frames)
{
	CHECK_EQ(burst_frames(0x8086, 0x100e), 14);
	CHECK_EQ(burst_frames(0x1022, 0x2000), 4);
	CHECK_EQ(burst_frames(0x8086, 0x2449), 2);
	CHECK_EQ(burst_frames(0x1af4, 0x1041), 28);
	CHECK_EQ(burst_frames(0x15ad, 0x07b0), 7);
	/* Half of an id is none. */
	CHECK_EQ(burst_frames(0x1022, 0x1229), 14);
	CHECK_EQ(burst_frames(0, 0), 14);
}

int main(void)
{
	RUN(near);
	RUN(frames);
	return test_end();
}
