/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * How much a peer may send at once, by how far it is, what was lost on the way
 * and who else sends: undi_window.c below lwIP's own structures, with a clock
 * and a wire of this test's.
 */
#include "ipxe-glue/undi/undi_eepro.h"
#include "ipxe-glue/undi/undi_ip6.h"
#include "ipxe-glue/undi/undi_netif.h"
#include "ipxe-glue/undi/undi_time.h"
#include "ipxe-glue/undi/undi_window.h"

#include "lwip/netif.h"
#include "lwip/tcp.h"

#include "test/test.h"

#define SEGMENT 1440
#define NEAR	(14 * SEGMENT)
#define MS	1000

static uint64_t now_us;
static struct netif wire;
static struct tcp_pcb pcb;
static struct undi_window win;
static bool own_ring;

bool undi_eepro_started(void)
{
	return own_ring;
}

uint64_t undi_time_us(void)
{
	return now_us;
}

struct netif *undi_netif(void)
{
	return &wire;
}

bool undi_ip6_on_wire(const ip6_addr_t *address)
{
	return false;
}

/* lwIP's: the peer may send so much more. */
void tcp_recved(struct tcp_pcb *p, u16_t n)
{
	p->rcv_wnd += n;
}

/* A connection to 10.0.0.9 (on our wire) or 10.9.0.9, made in @rtt_us. */
static void opened(bool on_wire, uint32_t rtt_us)
{
	now_us += 1000 * MS;
	IP_ADDR4(&wire.ip_addr, 10, 0, 0, 2);
	IP_ADDR4(&wire.netmask, 255, 255, 255, 0);
	memset(&pcb, 0, sizeof(pcb));
	tcp_set_flags(&pcb, TF_WND_SCALE);
	IP_ADDR4(&pcb.remote_ip, 10, on_wire ? 0 : 9, 0, 9);
	pcb.rcv_wnd = pcb.rcv_ann_wnd = TCP_WND_MAX(&pcb);
	undi_window_start(0x8086, 0x100e);
	undi_window_open(&win, &pcb, rtt_us);
	undi_window_share(1);
}

/* Something of ours arrives after @rtt_us, so many times. */
static void answered(uint32_t rtt_us, unsigned int times)
{
	while (times--) {
		undi_window_sent(&win);
		now_us += rtt_us;
		undi_window_acked(&win, &pcb);
	}
}

/* The peer sends @n bytes, which are read at once. */
static void passed(size_t n)
{
	pcb.rcv_wnd -= n;
	undi_window_received(&win);
	undi_window_consumed(&win, &pcb, n, 0);
}

/* A hole in what has come, or none. */
static void looked(bool hole)
{
	static char segment;

	pcb.ooseq = hole ? (void *)&segment : NULL;
	undi_window_poll(&win, &pcb);
}

TEST(a_router_between_makes_far)
{
	opened(false, 4 * MS);
	CHECK_EQ(pcb.rcv_wnd, NEAR);
	CHECK_EQ(pcb.rcv_ann_right_edge - pcb.rcv_nxt, NEAR);
	opened(false, 6 * MS);
	CHECK_EQ(pcb.rcv_wnd, TCP_WND_MAX(&pcb));
	/* The shortest time counts. */
	answered(1 * MS, 1);
	passed(SEGMENT);
	CHECK_EQ(pcb.rcv_wnd, TCP_WND_MAX(&pcb) - SEGMENT);
	passed(TCP_WND_MAX(&pcb) - SEGMENT);
	CHECK_EQ(pcb.rcv_wnd, NEAR);
}

TEST(on_our_wire_only_several_long_ways_make_far)
{
	opened(true, 90 * MS);
	CHECK_EQ(pcb.rcv_wnd, NEAR);
	answered(90 * MS, 3);
	passed(SEGMENT);
	CHECK_EQ(pcb.rcv_wnd, NEAR);
	answered(90 * MS, 1);
	passed(SEGMENT);
	CHECK_EQ(pcb.rcv_wnd, TCP_WND_MAX(&pcb));
	/* One short one: near it was all the time. */
	answered(19 * MS, 1);
	passed(TCP_WND_MAX(&pcb) - SEGMENT);
	CHECK_EQ(pcb.rcv_wnd, NEAR);
}

/* What follows a hole: @limit, then a segment more for each window. */
static void hole_limits(size_t limit)
{
	pcb.rcv_wnd = 0;
	looked(true);
	CHECK_EQ(win.limit, limit);
	looked(false);
	if (limit == TCP_WND_MAX(&pcb))
		return;
	undi_window_consumed(&win, &pcb, limit - 1, 0);
	CHECK_EQ(pcb.rcv_wnd, limit);
	undi_window_consumed(&win, &pcb, 1, 0);
	CHECK_EQ(pcb.rcv_wnd, limit + TCP_MSS);
	/* The same hole still: nothing more is taken. */
	pcb.rcv_wnd = 0;
	looked(true);
	CHECK_EQ(win.limit, limit);
	undi_window_consumed(&win, &pcb, limit, 0);
	looked(true);
	CHECK_EQ(win.limit, limit + TCP_MSS);
}

TEST(a_hole_limits_who_is_on_our_wire_or_not_far)
{
	/* Far by its delayed acknowledgements, but on our wire. */
	opened(true, 90 * MS);
	answered(90 * MS, 4);
	CHECK_EQ(win.limit, TCP_WND_MAX(&pcb));
	hole_limits(NEAR);
	CHECK(!test_bad);
	/* Behind a router, but not so far that the card lost nothing. */
	opened(false, 19 * MS);
	hole_limits(NEAR);
}

TEST(a_hole_on_a_long_way_limits_nothing)
{
	opened(false, 20 * MS);
	hole_limits(TCP_WND_MAX(&pcb));
}

TEST(who_receives_shares_what_the_card_has)
{
	opened(true, 1 * MS);
	undi_window_received(&win);
	CHECK(undi_window_poll(&win, &pcb));
	now_us += 100 * MS;
	CHECK(!undi_window_poll(&win, &pcb));
	undi_window_share(2);
	passed(NEAR);
	CHECK_EQ(pcb.rcv_wnd, NEAR / 2);
	undi_window_share(100);
	passed(NEAR / 2);
	CHECK_EQ(pcb.rcv_wnd, 2 * SEGMENT);
	/* What is not read yet has its place. */
	undi_window_share(1);
	pcb.rcv_wnd = 0;
	undi_window_consumed(&win, &pcb, SEGMENT, NEAR - SEGMENT);
	CHECK_EQ(pcb.rcv_wnd, SEGMENT);
	/* A window is never taken back. */
	pcb.rcv_wnd = NEAR;
	undi_window_share(4);
	undi_window_consumed(&win, &pcb, 0, 0);
	CHECK_EQ(pcb.rcv_wnd, NEAR);
}

TEST(a_card_has_its_own_number_of_buffers)
{
	static const struct {
		uint16_t vendor, device;
		unsigned int frames;
		bool own_ring;
	} cards[] = {{0x1022, 0x2000, 4, false},  {0x8086, 0x1229, 2, false},
		     {0x8086, 0x2449, 2, false},  {0x8086, 0x1229, 28, true},
		     {0x8086, 0x1030, 28, true},  {0x1af4, 0x1041, 28, false},
		     {0x8086, 0x10d3, 14, false}, {0x15ad, 0x07b0, 7, false}};

	for (size_t i = 0; i < sizeof(cards) / sizeof(cards[0]); i++) {
		own_ring = cards[i].own_ring;
		undi_window_start(cards[i].vendor, cards[i].device);
		undi_window_open(&win, &pcb, 0);
		CHECK_EQ(pcb.rcv_wnd, cards[i].frames * SEGMENT);
	}
	own_ring = false;
}

TEST(before_the_end_all_is_given_back)
{
	opened(true, 1 * MS);
	undi_window_close(&pcb);
	CHECK_EQ(pcb.rcv_wnd, TCP_WND_MAX(&pcb));
}

/* The last case: it is so for good. */
TEST(after_an_overrun_nobody_is_far)
{
	undi_window_overrun();
	opened(false, 300 * MS);
	CHECK_EQ(pcb.rcv_wnd, NEAR);
}

int main(void)
{
	RUN(a_router_between_makes_far);
	RUN(on_our_wire_only_several_long_ways_make_far);
	RUN(a_hole_limits_who_is_on_our_wire_or_not_far);
	RUN(a_hole_on_a_long_way_limits_nothing);
	RUN(who_receives_shares_what_the_card_has);
	RUN(a_card_has_its_own_number_of_buffers);
	RUN(before_the_end_all_is_given_back);
	RUN(after_an_overrun_nobody_is_far);
	return test_end();
}
