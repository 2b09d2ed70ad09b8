/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * A program in the client's place that exercises the port of ipxe-glue/undi/ on
 * a booted PC, against test/boot/test_undi_*.py. What to do is the DHCP boot
 * file name: "undi:PORT/step/step=NUMBER/...", PORT the test's server on
 * 10.0.2.2, or on what a step "at=HOST" names. It prints `NAME value` lines to
 * the debug port.
 *
 * The server's protocol: a line "get BYTES" is answered with so many bytes,
 * "burst BYTES" likewise, with a pause after each 256 KiB; a line "put BYTES"
 * is followed by so many, each the low byte of its index by seven; both ends
 * then exchange the CRC-32 and compare.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ipxe-glue/client.h"
#include "ipxe-glue/port.h"
#include "ipxe-glue/undi/undi_entropy.h"
#include "ipxe-glue/undi/undi_netif.h"
#include "ipxe-glue/undi/undi_time.h"
#include "romlayout/include/rm.h"

#define WAIT_US	 60000000 /* for anything at all */
#define STEPS_US 20000

#define BURST_BYTES (256 << 10)

/* ---- saying ----------------------------------------------------------------
 */

static void say(const char *name, unsigned long value)
{
	char line[96];

	snprintf(line, sizeof(line), "%s %lu", name, value);
	port_log(line);
}

static void say_text(const char *name, const char *value)
{
	char line[320];

	snprintf(line, sizeof(line), "%s %s", name, value);
	port_log(line);
}

static void say_rc(const char *name, int rc)
{
	char line[96];

	snprintf(line, sizeof(line), "%s %d", name, rc);
	port_log(line);
}

static void turn(void)
{
	port_poll();
	port_idle(port_now_us() + STEPS_US);
}

/* ---- CRC-32 ----------------------------------------------------------------
 */

static uint32_t crc_table[256];

static void crc_start(void)
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t c = i;

		for (int k = 0; k < 8; k++)
			c = c & 1 ? c >> 1 ^ 0xedb88320 : c >> 1;
		crc_table[i] = c;
	}
}

static uint32_t crc(uint32_t c, const uint8_t *bytes, size_t n)
{
	c = ~c;
	while (n--)
		c = crc_table[(c ^ *bytes++) & 0xff] ^ c >> 8;
	return ~c;
}

/* ---- one transfer ----------------------------------------------------------
 */

struct job {
	struct port_tcp *tcp;
	bool opened, resolved, done, put, slow, burst;
	uint32_t bytes, have, crc;
	uint32_t unread;
	int rc;
};

static void on_resolved(void *ctx, const char *address)
{
	struct job *job = ctx;

	job->resolved = true;
	say_text("resolved", address);
}

/* A "put" job's next bytes, as many as go. */
static void put_more(struct job *job)
{
	static uint8_t part[4096];

	while (job->have < job->bytes) {
		size_t n = job->bytes - job->have, taken;

		if (n > sizeof(part))
			n = sizeof(part);
		for (size_t i = 0; i < n; i++)
			part[i] = (job->have + i) * 7;
		taken = port_tcp_send(job->tcp, part, n);
		job->crc = crc(job->crc, part, taken);
		job->have += taken;
		if (taken < n)
			return;
	}
}

static void send_crc(struct job *job)
{
	char line[16];

	snprintf(line, sizeof(line), "%08lx\n", (unsigned long)job->crc);
	port_tcp_send(job->tcp, line, strlen(line));
}

static void on_open(void *ctx)
{
	struct job *job = ctx;
	char line[32];

	job->opened = true;
	snprintf(line, sizeof(line), "%s %lu\n",
		 job->put     ? "put"
		 : job->burst ? "burst"
			      : "get",
		 (unsigned long)job->bytes);
	port_tcp_send(job->tcp, line, strlen(line));
	if (job->put)
		put_more(job);
}

static void on_recv(void *ctx, const void *bytes, size_t n)
{
	struct job *job = ctx;

	if (job->put) /* the answer to our sum: only its coming counts */
		return;
	job->crc = crc(job->crc, bytes, n);
	job->have += n;
	job->unread += n;
	if (!job->slow) {
		port_tcp_consumed(job->tcp, n);
		job->unread = 0;
	}
	if (job->have == job->bytes)
		send_crc(job);
}

static void on_room(void *ctx)
{
	struct job *job = ctx;

	if (!job->put)
		return;
	put_more(job);
	if (job->have == job->bytes)
		send_crc(job);
}

static void on_closed(void *ctx, int rc)
{
	struct job *job = ctx;

	job->tcp = NULL;
	job->rc = rc;
	job->done = true;
}

static const struct port_tcp_events events = {
	.resolved = on_resolved,
	.open = on_open,
	.recv = on_recv,
	.room = on_room,
	.closed = on_closed,
};

/* Run a job to its end; its result, -ETIME for none. */
static int run(struct job *job, const char *host, uint16_t port)
{
	uint64_t end = port_now_us() + WAIT_US;

	job->tcp = port_tcp_open(host, port, &events, job);
	if (!job->tcp)
		return -ENOMEM;
	while (!job->done && port_now_us() < end)
		turn();
	return job->done ? job->rc : -ETIME;
}

/* ---- steps ------------------------------------------------------------------
 */

static uint16_t server_port;
static char server[128] = "10.0.2.2";

/* Download so many MiB; bytes, CRC and speed. */
static void step_get(unsigned long mib)
{
	struct job job = {.bytes = mib << 20};
	uint64_t start = port_now_us();
	uint32_t frames = undi_netif_counts.received;
	uint32_t sent = undi_netif_counts.sent;

	say_rc("get-rc", run(&job, server, server_port));
	say("get-us", port_now_us() - start);
	say("get-bytes", job.have);
	say("get-frames", undi_netif_counts.received - frames);
	say("get-sent", undi_netif_counts.sent - sent);
}

static void step_put(unsigned long mib)
{
	struct job job = {.put = true, .bytes = mib << 20};
	uint64_t start = port_now_us();

	say_rc("put-rc", run(&job, server, server_port));
	say("put-us", port_now_us() - start);
}

/* So many connections at once, a MiB each. */
static void step_many(unsigned long n)
{
	static struct job jobs[16];
	uint64_t end = port_now_us() + WAIT_US;
	unsigned long done = 0, good = 0;

	memset(jobs, 0, sizeof(jobs));
	for (unsigned long i = 0; i < n; i++) {
		jobs[i].bytes = 1 << 20;
		jobs[i].tcp = port_tcp_open(server, server_port, &events,
					    &jobs[i]);
	}
	while (done < n && port_now_us() < end) {
		turn();
		done = 0;
		for (unsigned long i = 0; i < n; i++)
			done += jobs[i].done;
	}
	for (unsigned long i = 0; i < n; i++)
		good += jobs[i].done && jobs[i].have == jobs[i].bytes;
	say("many-good", good);
}

/* Take nothing for a second, so that the window closes; then all of it. */
static void step_slow(unsigned long mib)
{
	struct job job = {.bytes = mib << 20, .slow = true};
	uint64_t open_at = port_now_us() + 1000000;
	uint64_t end = port_now_us() + WAIT_US;

	job.tcp = port_tcp_open(server, server_port, &events, &job);
	while (port_now_us() < open_at && !job.done)
		turn();
	say("slow-held", job.unread);
	job.slow = false;
	if (job.tcp)
		port_tcp_consumed(job.tcp, job.unread);
	while (!job.done && port_now_us() < end)
		turn();
	say_rc("slow-rc", job.done ? job.rc : -ETIME);
}

/*
 * So many bursts of 256 KiB with pauses, as pictures come: the longest time
 * from a burst's first byte to its last.
 */
static void step_burst(unsigned long n)
{
	struct job job = {.bytes = n * BURST_BYTES, .burst = true};
	uint64_t end = port_now_us() + WAIT_US, first = 0, longest = 0, sum = 0;
	uint32_t have = 0;

	job.tcp = port_tcp_open(server, server_port, &events, &job);
	while (!job.done && port_now_us() < end) {
		uint64_t now;

		turn();
		now = port_now_us();
		if (job.have == have)
			continue;
		if (have % BURST_BYTES == 0)
			first = now;
		have = job.have;
		if (have % BURST_BYTES == 0) {
			sum += now - first;
			if (now - first > longest)
				longest = now - first;
		}
	}
	say_rc("burst-rc", job.done ? job.rc : -ETIME);
	say("burst-mean-us", sum / n);
	say("burst-longest-us", longest);
}

static void step_refused(unsigned long port)
{
	struct job job = {.bytes = 1};

	say_rc("refused-rc", run(&job, server, port));
}

static void step_noname(unsigned long unused)
{
	struct job job = {.bytes = 1};

	say_rc("noname-rc", run(&job, "no-such-host.invalid", 1));
}

/* A name without a dot: the domain that came by DHCP belongs behind it. */
static void step_name(unsigned long mib)
{
	struct job job = {.bytes = mib << 20};

	say_rc("name-rc", run(&job, "server", server_port));
}

static void step_nohost(unsigned long unused)
{
	struct job job = {.bytes = 1};

	say_rc("nohost-rc", run(&job, "10.0.2.77", 1));
}

/* Close at once after the request: FIN with much still to come. */
static void step_leave(unsigned long n)
{
	for (unsigned long i = 0; i < n; i++) {
		struct job job = {.bytes = 8 << 20};
		uint64_t end = port_now_us() + WAIT_US;

		job.tcp = port_tcp_open(server, server_port, &events, &job);
		while (job.have == 0 && !job.done && port_now_us() < end)
			turn();
		if (job.tcp)
			port_tcp_close(job.tcp);
	}
	say("leave", n);
}

/* Fill the whole heap, go on with the network, look whether it is as it was. */
static void step_pattern(unsigned long mib)
{
	size_t bytes = heap_largest_bytes() / 4096 * 4096 - 4096, bad = 0;
	uint32_t *words = port_alloc(bytes);
	uint32_t *rest[64];
	size_t pieces = 0;

	if (!words) {
		say("pattern-none", bytes);
		return;
	}
	for (size_t i = 0; i < bytes / 4; i++)
		words[i] = i * 2654435761u;
	/* The pieces that are left, too. */
	while (pieces < 64 && (rest[pieces] = port_alloc(65536)))
		memset(rest[pieces++], 0xa5, 65536);
	step_get(mib);
	for (size_t i = 0; i < bytes / 4; i++)
		bad += words[i] != (uint32_t)(i * 2654435761u);
	while (pieces--)
		port_free(rest[pieces]);
	port_free(words);
	say("pattern-mib", bytes >> 20);
	say("pattern-bad", bad);
}

/* Nothing to do for so many ms: how many halts, and how far apart. */
static void step_idle(unsigned long ms)
{
	uint64_t end = port_now_us() + ms * 1000, longest = 0;
	unsigned long halts = 0;

	while (port_now_us() < end) {
		uint64_t before = port_now_us(), took;

		port_poll();
		port_idle(before + STEPS_US);
		took = port_now_us() - before;
		if (took > longest)
			longest = took;
		halts++;
	}
	say("idle-halts", halts);
	say("idle-longest-us", longest);
}

/* The clock against the BIOS's ticks, 54.925 ms each. */
static void step_clock(unsigned long ticks)
{
	volatile uint32_t *now = rm_phys(0x46c);
	uint32_t first = *now;
	uint64_t start;

	while (*now == first)
		rm_irq_window();
	start = port_now_us();
	while (*now - first <= ticks)
		rm_irq_window();
	say("clock-us", port_now_us() - start);
}

static void step_entropy(unsigned long unused)
{
	uint8_t bytes[16];
	char text[40];

	say_rc("entropy-at-once", port_entropy(bytes, sizeof(bytes)));
	while (port_entropy(bytes, sizeof(bytes)) == -EAGAIN &&
	       port_now_us() < WAIT_US)
		turn();
	say("entropy-us", port_now_us());
	say_rc("entropy-rc", port_entropy(bytes, sizeof(bytes)));
	for (int i = 0; i < 16; i++)
		snprintf(text + 2 * i, 3, "%02x", bytes[i]);
	say_text("entropy-bytes", text);
}

/* Leave by the way that @how names. */
static void step_exit(unsigned long how)
{
	say("exit", how);
	port_exit(how);
}

static const struct {
	const char *name;
	void (*run)(unsigned long number);
} steps[] = {
	{"get", step_get},	   {"put", step_put},
	{"many", step_many},	   {"slow", step_slow},
	{"burst", step_burst},	   {"refused", step_refused},
	{"noname", step_noname},   {"nohost", step_nohost},
	{"name", step_name},	   {"leave", step_leave},
	{"pattern", step_pattern}, {"idle", step_idle},
	{"clock", step_clock},	   {"entropy", step_entropy},
	{"exit", step_exit},
};

/* "at=HOST": the server of the steps that follow. */
static void set_server(const char *text, size_t n)
{
	if (n >= sizeof(server))
		return;
	memcpy(server, text, n);
	server[n] = '\0';
}

/* Run the step at @text ("name" or "name=number"); what is behind it. */
static const char *step(const char *text)
{
	size_t n = strcspn(text, "=/");
	const char *end = text + strcspn(text, "/");
	unsigned long number = text[n] == '=' ? strtoul(text + n + 1, NULL, 0)
					      : 0;

	if (strncmp(text, "at=", 3) == 0)
		set_server(text + 3, end - text - 3);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (strlen(steps[i].name) == n &&
		    memcmp(steps[i].name, text, n) == 0)
			steps[i].run(number);
	return *end ? end + 1 : end;
}

/* ---- the network first
 * ------------------------------------------------------- */

static void show_net(void)
{
	static const char *const phases[] = {"off",  "card", "link",
					     "dhcp", "up",   "failed"};
	static int last = -1;
	const struct port_net *net = port_net();

	if ((int)net->phase == last)
		return;
	last = net->phase;
	say_text("phase", phases[net->phase]);
	say("phase-us", port_now_us());
	if (net->phase == PORT_NET_FAILED)
		say_rc("phase-rc", net->rc);
}

int client_main(struct client_options *options)
{
	const struct rom_info *info = rm_rom_info();
	const struct port_net *net = port_net();
	const char *text;

	crc_start();
	say("tsc-per-ms", undi_time_tsc_per_ms());
	say("loaded-us", undi_time_of_us(info->tsc_loaded));
	say("main-us", port_now_us());
	show_net();
	say_text("card", net->card);
	port_net_start();
	while (net->phase != PORT_NET_UP) {
		turn();
		show_net();
	}
	say_text("address", net->address);
	say_text("gateway", net->gateway);
	say_text("dns", net->dns);
	say_text("bootfile", net->bootfile);

	/* As a PXE program it has a command line. */
	text = port_setting("spice/uri");
	say_text("uri", text ? text : "");
	if (!text)
		text = net->bootfile;
	if (strncmp(text, "undi:", 5) == 0) {
		server_port = strtoul(text + 5, NULL, 10);
		text += strcspn(text, "/");
		text += *text == '/';
		while (*text)
			text = step(text);
	}
	port_log("end.");
	return 0;
}
