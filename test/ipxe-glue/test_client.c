/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The thin client's loop on a made-up PC: what the text screen says, when it
 * tries again, what keys do in every state, and that nothing is left over.
 *
 * client_main() runs in a thread of its own and stands still in port_poll; a
 * test lets it run turn by turn. Time is the test's: an idle turn takes as long
 * as the client asked for.
 */
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>

#include "ipxe-glue/client.h"
#include "kbd/kbd_hook.h"
#include "test/spice/chan_peer.h"
#include "test/test.h"
#include "test/vga/vga_fake.h"

#define TCP_MAX 4096
#define MEMORY	(64u << 20)

/* ---- the port ---- */

struct port_tcp {
	const struct port_tcp_events *ev; /* NULL: over */
	void *ctx;
	uint64_t opened_us;
	char host[64];
	uint16_t port;
	uint8_t out[512]; /* the first bytes sent */
	size_t out_len;
};

struct port_udp {
	const struct port_udp_events *ev; /* NULL: over */
	void *ctx;
	char host[64];
	char out[64]; /* the last datagram's beginning */
};

static struct {
	pthread_t thread;
	sem_t run, stood; /* the client may run; it stands still */
	bool stood_once, started, over, polling;
	int rc; /* client_main's */

	struct bios bios;
	struct vga_fake vga;
	uint16_t low; /* the next free segment */
	uint16_t hook;

	struct port_net net;
	uint64_t now_us;
	struct port_tcp tcp[TCP_MAX];
	struct port_udp udp;
	unsigned int opens;
	bool refuse;	 /* no memory for connections */
	long live, left; /* allocations: alive; that may still succeed */
	int entropy_rc;
	int tls_cause;	      /* why TLS refuses */
	bool tls_plain;	      /* TLS is up, and each channel wanted without */
	unsigned int trusted; /* connections that it took */
	const char *secret;   /* in no memory that is given back; or NULL */
	unsigned int told;    /* where it was */
	char *client;	      /* struct client, while it is there */
	int exits;	      /* port_exit's argument, -1: not called */
	char log[65536];
	size_t log_len;
} pc;

uint64_t port_utc_s(void)
{
	return 0;
}

uint64_t port_now_us(void)
{
	return pc.now_us;
}

void port_poll(void)
{
	if (pc.polling)
		return;
	pc.polling = true;
	sem_post(&pc.stood);
	sem_wait(&pc.run);
	pc.polling = false;
}

void port_idle(uint64_t until_us)
{
	pc.now_us = until_us;
}

void port_net_start(void)
{
	pc.started = true;
}

const struct port_net *port_net(void)
{
	return &pc.net;
}

struct port_tcp *port_tcp_open(const char *host, uint16_t port,
			       const struct port_tcp_events *ev, void *ctx)
{
	struct port_tcp *tcp = &pc.tcp[pc.opens];

	if (pc.refuse || pc.opens == TCP_MAX)
		return NULL;
	pc.opens++;
	tcp->ev = ev;
	tcp->ctx = ctx;
	tcp->opened_us = pc.now_us;
	tcp->port = port;
	snprintf(tcp->host, sizeof(tcp->host), "%s", host);
	return tcp;
}

size_t port_tcp_send(struct port_tcp *tcp, const void *bytes, size_t n)
{
	size_t kept = sizeof(tcp->out) - tcp->out_len;

	kept = kept < n ? kept : n;
	memcpy(tcp->out + tcp->out_len, bytes, kept);
	tcp->out_len += kept;
	return n;
}

void port_tcp_flush(struct port_tcp *tcp)
{
}

void port_tcp_consumed(struct port_tcp *tcp, size_t n)
{
}

bool port_tcp_waits(void)
{
	return true;
}

void port_tcp_close(struct port_tcp *tcp)
{
	tcp->ev = NULL;
}

struct port_udp *port_udp_open(const char *host,
			       const struct port_udp_events *ev, void *ctx)
{
	pc.udp.ev = ev;
	pc.udp.ctx = ctx;
	snprintf(pc.udp.host, sizeof(pc.udp.host), "%s", host);
	return &pc.udp;
}

void port_udp_send(struct port_udp *udp, uint16_t port, const void *bytes,
		   size_t n)
{
	memset(udp->out, 0, sizeof(udp->out));
	memcpy(udp->out, bytes, n < 64 ? n : 64);
}

void port_udp_close(struct port_udp *udp)
{
	udp->ev = NULL;
}

void *port_alloc(size_t bytes)
{
	void *mem;

	if (!pc.left || bytes > MEMORY)
		return NULL;
	pc.left--;
	pc.live++;
	mem = malloc(bytes);
	if (bytes == sizeof(struct client))
		pc.client = mem;
	return mem;
}

void port_free(void *mem)
{
	size_t n = mem ? malloc_usable_size(mem) : 0, i;

	for (i = 0; pc.secret && i + strlen(pc.secret) <= n; i++)
		pc.told += !memcmp((char *)mem + i, pc.secret,
				   strlen(pc.secret));
	pc.live -= mem != NULL;
	free(mem);
}

size_t port_memory_free(void)
{
	return MEMORY;
}

struct bios *port_bios(void)
{
	return &pc.bios;
}

int port_entropy(void *buf, size_t n)
{
	memset(buf, 5, n);
	return pc.entropy_rc;
}

void port_log(const char *line)
{
	pc.log_len += (size_t)snprintf(
		pc.log + pc.log_len, sizeof(pc.log) - pc.log_len, "%s\n", line);
	if (pc.log_len > sizeof(pc.log) / 2)
		pc.log_len = 0;
}

/* "NAME=VALUE", as many as there are before NULL. */
static const char *const *settings;

/* The answer before is gone, and others have its place. */
const char *port_setting(const char *name)
{
	static char answer[128];
	size_t n = strlen(name);

	memset(answer, 'X', sizeof(answer) - 1);
	for (const char *const *s = settings; s && *s; s++)
		if (!strncmp(*s, name, n) && (*s)[n] == '=')
			return strcpy(answer, *s + n + 1);
	return NULL;
}

void port_exit(enum port_exit how)
{
	pc.exits = (int)how;
}

/* ---- TLS: a certificate that nobody vouches for ---- */

static struct tls_report report;

void carrier_tls_start(struct carrier_slot *slot)
{
	const struct target *t = slot->carrier->uri;
	struct chan_error error = {.cause = (enum chan_cause)pc.tls_cause,
				   .sentence = "%s is signed by nobody."};

	if (pc.tls_plain) {
		uint8_t reply[PEER_REPLY_BYTES];
		struct chan_session *s = slot->carrier->session;

		chan_session_opened(s, slot->slot);
		chan_session_input(
			s, slot->slot, reply,
			chan_peer_reply(reply, SPICE_LINK_ERR_NEED_UNSECURED,
					0x0b, 0x0f));
	} else if ((t->pinned &&
		    !memcmp(t->pin, report.sha256, sizeof(t->pin))) ||
		   (t->ca_hashed &&
		    !memcmp(t->ca_sha256, report.sha256, sizeof(t->ca_sha256))))
		pc.trusted++;
	else
		carrier_refuse(slot, &error);
}

void carrier_tls_input(struct carrier_slot *slot, const void *bytes, size_t n)
{
}

void carrier_tls_send(struct carrier_slot *slot)
{
}

void carrier_tls_turn(struct carrier_slot *slot)
{
}

bool carrier_tls_closed(struct carrier_slot *slot, int rc)
{
	return false;
}

void carrier_tls_stop(struct carrier_slot *slot)
{
}

void carrier_tls_end(struct carrier *c)
{
}

void carrier_tls_target(struct carrier *c)
{
}

const struct tls_report *carrier_tls_report(const struct carrier *c)
{
	return &report;
}

int carrier_tls_check_ca(const char *text, size_t bytes, const uint8_t hash[32])
{
	return -EOPNOTSUPP;
}

/* ---- the BIOS: vga_fake's screen, a keyboard, no mouse ---- */

static void bios_call(struct bios *bios, uint8_t vector, struct bios_regs *regs)
{
	if (vector == 0x10)
		pc.vga.bios.call(&pc.vga.bios, vector, regs);
	else
		regs->eflags = BIOS_CF;
}

static void *bios_map(struct bios *bios, uint64_t phys, size_t bytes)
{
	return pc.vga.bios.map(&pc.vga.bios, phys, bytes);
}

static void *bios_low(struct bios *bios, size_t bytes, uint16_t *segment)
{
	*segment = pc.low;
	pc.hook = pc.low; /* kbd's comes last */
	pc.low = (uint16_t)(pc.low + (bytes + 15) / 16);
	return pc.vga.memory + ((size_t)*segment << 4);
}

/* ---- the test's hands and eyes ---- */

static struct client_options *options; /* of the next begin */

static void *client_thread(void *arg)
{
	sem_wait(&pc.run);
	pc.rc = client_main(options);
	pc.over = true;
	sem_post(&pc.stood);
	return NULL;
}

static void turn(void)
{
	if (pc.over)
		return;
	sem_post(&pc.run);
	sem_wait(&pc.stood);
}

static void turns(unsigned int n)
{
	while (n--)
		turn();
}

static void pass(unsigned int seconds)
{
	uint64_t until = pc.now_us + seconds * 1000000ull;

	while (pc.now_us < until && !pc.over)
		turn();
}

/* Switch the PC on; DHCP names @bootfile ("" for nothing) when it answers. */
static void begin(const char *bootfile)
{
	/* A case that failed has left its PC running. */
	if (pc.stood_once && !pc.over)
		exit(1);
	memset(&pc, 0, sizeof(pc));
	pc.stood_once = true;
	vga_fake_init(&pc.vga, vga_fake_std, vga_fake_std_count);
	pc.bios.call = bios_call;
	pc.bios.map = bios_map;
	pc.bios.low = bios_low;
	pc.low = 0x8f00;
	pc.left = -1;
	pc.exits = -1;
	pc.now_us = 1000000;
	snprintf(pc.net.bootfile, sizeof(pc.net.bootfile), "%s", bootfile);
	strcpy(pc.net.address, "10.0.2.15/24");
	sem_init(&pc.run, 0, 0);
	sem_init(&pc.stood, 0, 0);
	pthread_create(&pc.thread, NULL, client_thread, NULL);
	turn();
}

static void net(enum port_net_phase phase, int rc)
{
	pc.net.phase = phase;
	pc.net.rc = rc;
	turns(2);
}

static void byte(uint8_t code)
{
	struct kbd_hook *h =
		(struct kbd_hook *)(pc.vga.memory + ((size_t)pc.hook << 4));

	h->ring[h->head] = (struct kbd_ring_entry){KBD_TAG_KEY, code, 0, 0};
	h->head = (h->head + 1) & (KBD_RING_ENTRIES - 1);
}

static void key(uint8_t code)
{
	byte(code);
	byte(code | 0x80);
	turns(2);
}

#define KEY_ESC	  0x01
#define KEY_TAB	  0x0f
#define KEY_ENTER 0x1c
#define KEY_F2	  0x3c
#define KEY_F10	  0x44

/* Digits, dots and blanks. */
static void type(const char *text)
{
	for (; *text; text++)
		key(*text == '.'   ? 0x34
		    : *text == ' ' ? 0x39
		    : *text == '0' ? 0x0b
				   : (uint8_t)(*text - '0' + 1));
}

/* Type on an English keyboard. */
static void type_all(const char *text)
{
	static const char rows[] = "qwertyuiop[]\n\0asdfghjkl;'`\0\\zxcvbnm,./";
	static const char shifted[] = ":;?/&7+=", other[] = "=\x0d-\x0c";

	for (; *text; text++) {
		const char *up = strchr(shifted, *text);
		char c = up && !((up - shifted) & 1) ? up[1] : *text;
		const char *at = strchr(other, c);

		if (c != *text)
			byte(0x2a);
		if (at)
			key((uint8_t)at[1]);
		else if (c >= '0' && c <= '9')
			type((char[]){c, '\0'});
		else
			key((uint8_t)(0x10 + ((const char *)memchr(
						      rows, c, sizeof(rows)) -
					      rows)));
		if (c != *text)
			byte(0xaa);
	}
}

static bool graphics(void)
{
	return (pc.vga.set & 0x4000) != 0;
}

#define WIDTH  640u /* of the test's desktop, 32 bits a pixel */
#define HEIGHT 480u

static uint32_t pixel(unsigned int x, unsigned int y)
{
	const uint8_t *at = pc.vga.fb + ((size_t)y * WIDTH + x) * 4;

	return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16;
}

#define BAR_ROWS 7
#define BAR_TOP	 ((HEIGHT - BAR_ROWS * VGA_BAR_ROW_PX) / 2)

/* Is this cell of the band @c? */
static bool glyph(unsigned int x, unsigned int y, uint8_t c)
{
	for (unsigned int i = 0; i < 128; i++)
		if ((pixel(x + i % 8, y + i / 8) == 0xffffff) !=
		    (vga_fake_font(c, (int)(i / 8)) >> (7 - i % 8) & 1))
			return false;
	return true;
}

/* Is all but the band the grey of the desktop, which is white? */
static bool grey(void)
{
	for (unsigned int y = 0; y < HEIGHT; y++)
		for (unsigned int x = 0; x < WIDTH; x++)
			if (y - BAR_TOP >= BAR_ROWS * VGA_BAR_ROW_PX &&
			    pixel(x, y) != 0x7f7f7f)
				return false;
	return graphics();
}

/* Read row @row of the band, @n characters, to @text. */
static bool bar_read(unsigned int row, unsigned int n, char *text)
{
	unsigned int x = (WIDTH - 8 * n) / 2;
	unsigned int y = BAR_TOP + row * VGA_BAR_ROW_PX + 2;

	for (unsigned int i = 0; i < n; i++, x += 8) {
		uint8_t c = ' ';

		while (c && !glyph(x, y, c))
			c++;
		if (!c)
			return false;
		text[i] = (char)c;
	}
	text[n] = '\0';
	return n == 0 || (text[0] != ' ' && text[n - 1] != ' ');
}

/* The band across the grey picture, its rows with a blank between; or "". */
static const char *bar(void)
{
	static char text[BAR_ROWS * 80];
	size_t at = 0;

	text[0] = '\0';
	if (pixel(0, BAR_TOP) != 0x182848)
		return text;
	for (unsigned int row = 0; row < BAR_ROWS; row++) {
		unsigned int n = VGA_BAR_COLS;

		while (n && !bar_read(row, n, text + at))
			n--;
		if (!n)
			continue;
		at += n;
		text[at++] = ' ';
	}
	text[at] = '\0';
	return text;
}

/* The text screen as one line, runs of blanks as one; or the band. */
static const char *screen(void)
{
	static char text[80 * 25 + 1];
	const uint8_t *cell = pc.vga.memory + 0xb8000;
	size_t n = 0;

	if (graphics())
		return bar();
	for (int i = 0; i < 80 * 25; i++, cell += 2) {
		char c = *cell ? (char)*cell : ' ';

		if (c != ' ' || (n && text[n - 1] != ' '))
			text[n++] = c;
	}
	text[n] = '\0';
	return text;
}

static bool shows(const char *text)
{
	if (strstr(screen(), text))
		return true;
	printf("# not on the screen: %s\n# %s\n", text, screen());
	return false;
}

/* Is @text anywhere in what the client keeps? */
static bool knows(const char *text)
{
	size_t n = strlen(text), i;

	for (i = 0; i + n <= sizeof(struct client); i++)
		if (!memcmp(pc.client + i, text, n))
			return true;
	return false;
}

static struct port_tcp *last(void)
{
	return &pc.tcp[pc.opens - 1];
}

static unsigned int connected(void)
{
	unsigned int i, n = 0;

	for (i = 0; i < pc.opens; i++)
		n += pc.tcp[i].ev != NULL;
	return n;
}

/* The server, or the network, ends a connection. */
static void closed(struct port_tcp *tcp, int rc)
{
	const struct port_tcp_events *ev = tcp->ev;

	tcp->ev = NULL;
	if (ev)
		ev->closed(tcp->ctx, rc);
	turns(2);
}

static void says(struct port_tcp *tcp, const void *bytes, size_t n)
{
	if (tcp->ev)
		tcp->ev->recv(tcp->ctx, bytes, n);
	turns(2);
}

/* As far as @stage: 0 connecting, 1 linking, 2 ticket sent, 3 up. */
static void link_to(struct port_tcp *tcp, unsigned int stage)
{
	uint8_t reply[PEER_REPLY_BYTES];

	if (stage >= 1 && tcp->ev)
		tcp->ev->open(tcp->ctx);
	turns(2);
	if (stage >= 2)
		says(tcp, reply,
		     chan_peer_reply(reply, 0, PEER_COMMON_CAPS, 0));
	if (stage >= 3)
		says(tcp, "\0\0\0\0", 4);
}

static void message(struct port_tcp *tcp, uint16_t type, const void *body,
		    size_t n)
{
	uint8_t buf[256];
	struct wire_writer w;

	wire_writer_init(&w, buf, sizeof(buf));
	wire_put_u16(&w, type);
	wire_put_u32(&w, (uint32_t)n);
	wire_put(&w, body, n);
	says(tcp, buf, w.len);
}

/* Main is up: display, inputs. The latter are the last two connections. */
static void channels(struct port_tcp *main)
{
	static const uint8_t init[32] = {1, 0, 0, 0, 1, 0, 0, 0,
					 1, 0, 0, 0, 1, 0, 0, 0};

	link_to(main, 3);
	message(main, SPICE_MSG_MAIN_INIT, init, sizeof(init));
	message(main, SPICE_MSG_MAIN_NAME, "\5\0\0\0desk", 9);
	message(main, SPICE_MSG_MAIN_CHANNELS_LIST, "\2\0\0\0\2\0\3\0", 8);
	link_to(main + 1, 3);
	link_to(main + 2, 3);
}

/* The whole way to a desktop of 640x480; main is the first of three. */
static struct port_tcp *desktop(void)
{
	struct port_tcp *main = last();

	channels(main);
	message(main + 1, SPICE_MSG_DISPLAY_SURFACE_CREATE,
		"\0\0\0\0\x80\2\0\0\xe0\1\0\0\x20\0\0\0\1\0\0\0", 20);
	message(main + 1, SPICE_MSG_DISPLAY_DRAW_WHITENESS,
		"\0\0\0\0\0\0\0\0\0\0\0\0\xe0\1\0\0\x80\2\0\0"
		"\0\0\0\0\0\0\0\0\0\0\0\0\0",
		34);
	/* Drawing and showing look at the network in between. */
	turns(20);
	return main;
}

/* Leave by F10 (or it has left): is all as it was found? */
static bool end(void)
{
	bool good;

	pass(1); /* right after a session keys do not count */
	if (!pc.over && graphics()) {
		byte(0x1d), byte(0x38), byte(0x2a);
		key(KEY_ESC);
		byte(0x9d), byte(0xb8), byte(0xaa);
		turns(2);
	}
	if (!pc.over)
		key(KEY_F10);
	turns(3);
	good = pc.over && pc.live == 0 && connected() == 0 && pc.vga.set == 3 &&
	       vga_fake_walls(&pc.vga);
	if (!good)
		printf("# over %d, live %ld, connected %u, mode %x\n", pc.over,
		       pc.live, connected(), pc.vga.set);
	if (pc.over)
		pthread_join(pc.thread, NULL);
	vga_fake_free(&pc.vga);
	return good;
}

#define URI "spice://10.0.2.2:5930"

/* ---- cases ---- */

TEST(network_sentences)
{
	begin(URI);
	CHECK(pc.started);
	CHECK(shows("F10 leave"));
	net(PORT_NET_FAILED, -ENODEV);
	CHECK(shows("The network card could not be started."));
	net(PORT_NET_LINK, 0);
	CHECK(shows("waiting for the link"));
	net(PORT_NET_FAILED, -ENETDOWN);
	CHECK(shows("no link. Check the cable."));
	net(PORT_NET_DHCP, 0);
	CHECK(shows("asking for an address"));
	CHECK(!strstr(screen(), "Check the cable."));
	net(PORT_NET_FAILED, -ETIMEDOUT);
	CHECK(shows("No DHCP server answered."));
	pass(100);
	CHECK_EQ(pc.opens, 0);
	net(PORT_NET_UP, 0);
	CHECK(!strstr(screen(), "No DHCP server answered."));
	CHECK_EQ(pc.opens, 1);
	CHECK(!strcmp(last()->host, "10.0.2.2"));
	CHECK(end());
	CHECK_EQ(pc.rc, 0);
}

/* Without a network, too, there is the form; Enter waits for one. */
TEST(form_without_network)
{
	begin("");
	net(PORT_NET_FAILED, -ETIMEDOUT);
	key(KEY_F2);
	CHECK(shows("Tab next field"));
	CHECK(shows("No DHCP server answered."));
	/* What the form wants goes before it. */
	key(KEY_ENTER);
	CHECK(shows("Type the server's name or address."));
	type("10.9.8.7");
	key(KEY_ENTER);
	turns(3);
	CHECK(shows("No DHCP server answered."));
	CHECK_EQ(pc.opens, 0);
	pass(60);
	net(PORT_NET_UP, 0);
	CHECK_EQ(pc.opens, 1);
	CHECK(!strcmp(last()->host, "10.9.8.7"));
	CHECK_EQ(last()->port, 5900);
	CHECK(end());
}

TEST(pauses_grow)
{
	static const unsigned int pauses[] = {1, 2, 4, 8, 15, 30, 30, 30};
	unsigned int i;

	begin(URI);
	net(PORT_NET_UP, 0);
	for (i = 0; i < sizeof(pauses) / sizeof(pauses[0]); i++) {
		uint64_t before = pc.now_us, took;
		unsigned int opens = pc.opens;

		closed(last(), -ECONNREFUSED);
		CHECK(shows("10.0.2.2:5930 refused the connection."));
		CHECK(shows("Trying again in"));
		while (pc.opens == opens && pc.now_us - before < 99000000)
			turn();
		took = last()->opened_us - before;
		CHECK(took >= pauses[i] * 1000000u);
		CHECK(took < pauses[i] * 1000000u + 200000u);
	}
	CHECK(end());
}

TEST(enter_tries_at_once)
{
	begin(URI);
	net(PORT_NET_UP, 0);
	for (unsigned int i = 1; i < 20; i++) {
		closed(last(), -EHOSTUNREACH);
		CHECK(shows("cannot be reached"));
		CHECK_EQ(pc.opens, i);
		key(KEY_ENTER);
		CHECK_EQ(pc.opens, i + 1);
		/* While it connects Enter does nothing. */
		key(KEY_ENTER);
		CHECK_EQ(pc.opens, i + 1);
	}
	CHECK(end());
}

/* The session as far as @stage: 0..3 of main's link, 4 channels, 5 a mode. */
static void at_stage(unsigned int stage)
{
	begin(URI);
	net(PORT_NET_UP, 0);
	if (stage == 5)
		desktop();
	else if (stage == 4)
		channels(last());
	else
		link_to(last(), stage);
}

/* F2 and F10 in every state; nothing is left over. */
TEST(keys_in_every_state)
{
	for (unsigned int stage = 0; stage < 5; stage++) {
		at_stage(stage);
		key(KEY_F2);
		CHECK(shows("Tab next field"));
		CHECK_EQ(connected(), 0);
		CHECK_EQ(pc.live, 1); /* the client's own */
		/* Esc goes back to it. */
		key(KEY_ESC);
		CHECK_EQ(connected(), 1);
		CHECK(end());

		at_stage(stage);
		key(KEY_F10);
		turns(3);
		CHECK(pc.over);
		CHECK(end());
	}
}

/* The same while it waits for entropy. */
TEST(keys_without_entropy)
{
	begin(URI);
	net(PORT_NET_UP, 0);
	pc.entropy_rc = -EAGAIN;
	link_to(last(), 2);
	CHECK(shows("waiting for random numbers"));
	pass(14);
	CHECK(shows("waiting for random numbers"));
	pass(2);
	CHECK(strstr(pc.log, "not gathered enough random numbers yet"));
	pass(2);
	CHECK_EQ(pc.opens, 2);
	link_to(last(), 2);
	key(KEY_F2);
	CHECK(shows("Tab next field"));
	CHECK(end());
}

/* Each state ends by itself when nobody answers any more. */
TEST(no_state_hangs)
{
	static const char *const sentences[] = {
		"does not answer", "says nothing.", "says nothing to the",
		"sends nothing", "sends no picture"};

	for (unsigned int stage = 0; stage < 5; stage++) {
		at_stage(stage);
		pass(stage == 0 ? 61 : stage == 4 ? 21 : 11);
		CHECK(strstr(pc.log, sentences[stage]));
		pass(3);
		CHECK(connected() >= 1);
		CHECK(end());
	}
}

TEST(session_ends_and_comes_back)
{
	struct port_tcp *main;

	begin(URI);
	net(PORT_NET_UP, 0);
	main = desktop();
	CHECK(graphics());
	closed(main, 0);
	CHECK(graphics());
	CHECK(grey());
	CHECK(shows("10.0.2.2:5930 closed the session."));
	CHECK(shows("10.0.2.2:5930, desk")); /* whose it was */
	CHECK(shows("Trying again in 1 s.   Enter now   F2 menu   F10 leave"));
	CHECK_EQ(connected(), 0);
	CHECK_EQ(pc.live, 1);
	pass(2);
	CHECK_EQ(connected(), 1);
	CHECK(grey());
	CHECK(shows("Connecting"));
	desktop();
	CHECK(graphics());
	CHECK_EQ(pixel(0, 0), 0xffffff);
	CHECK_EQ(pixel(320, 240), 0xffffff);
	/* A session of a minute was a good one: a short pause again. */
	for (int i = 0; i < 3; i++) {
		message(last() - 2, SPICE_MSG_PING, "\0\0\0\0\0\0\0\0\0\0\0\0",
			12);
		pass(25);
	}
	CHECK(graphics());
	closed(last(), -ECONNRESET);
	CHECK(shows("was lost (channel inputs)"));
	CHECK(shows("Trying again in 1 s."));
	CHECK(end());
}

/* What was on its way when memory ended is given back; it tries on. */
TEST(memory_runs_out_anywhere)
{
	for (long n = 0; n < 40; n++) {
		begin(URI);
		net(PORT_NET_UP, 0);
		pc.left = n;
		if (connected())
			channels(last());
		turns(5);
		pc.left = -1;
		pass(5);
		CHECK(pc.opens >= 1);
		CHECK(connected() >= 1);
		CHECK(end());
	}
}

TEST(no_memory_at_all)
{
	begin(URI);
	pc.refuse = true;
	net(PORT_NET_UP, 0);
	turns(3);
	CHECK(shows("Too little memory to connect to"));
	pc.refuse = false;
	pass(2);
	CHECK_EQ(connected(), 1);
	CHECK(end());
}

TEST(many_failures)
{
	begin(URI);
	net(PORT_NET_UP, 0);
	for (int i = 0; i < 60; i++) {
		struct port_tcp *main = last();

		if (i % 3)
			desktop();
		closed(main, i % 2 ? -ECONNRESET : 0);
		CHECK_EQ(connected(), 0);
		CHECK_EQ(pc.live, 1);
		pc.now_us += 600000;
		key(KEY_ENTER);
		CHECK_EQ(connected(), 1);
	}
	CHECK(end());
}

static void denied(void)
{
	link_to(last(), 2);
	says(last(), "\7\0\0\0", 4);
}

/* Keys of somebody who types when the session ends are not ours. */
TEST(deaf_for_a_moment)
{
	begin(URI);
	net(PORT_NET_UP, 0);
	closed(desktop(), 0);
	key(KEY_F10);
	key(KEY_F2);
	key(KEY_ENTER);
	CHECK(!pc.over);
	CHECK_EQ(connected(), 0);
	CHECK(grey());
	pc.now_us += 500000;
	key(KEY_F2);
	CHECK(!graphics());
	CHECK(shows("Tab next field"));
	CHECK(end());
}

/* The picture stays grey through failures, and through a lost network. */
TEST(stays_grey)
{
	unsigned int opens;

	begin(URI);
	net(PORT_NET_UP, 0);
	closed(desktop(), -ETIMEDOUT);
	CHECK(shows("no answer any more"));
	for (int i = 0; i < 5; i++) {
		opens = pc.opens;
		while (pc.opens == opens)
			turn();
		CHECK(grey());
		closed(last(), -ECONNREFUSED);
		CHECK(grey());
		CHECK(shows("refused the connection"));
	}
	net(PORT_NET_FAILED, -ENETDOWN);
	CHECK(grey());
	CHECK(shows("no link. Check the cable."));
	pass(100);
	CHECK(shows("F2 menu   F10 leave"));
	net(PORT_NET_UP, 0);
	CHECK(grey());
	desktop();
	CHECK_EQ(pixel(320, 240), 0xffffff);
	CHECK(end());
}

/* Where the BIOS has no font there is the text screen. */
TEST(grey_without_font)
{
	begin(URI);
	net(PORT_NET_UP, 0);
	pc.vga.no_font = true;
	closed(desktop(), 0);
	CHECK(!graphics());
	CHECK(shows("closed the session."));
	CHECK(end());
}

/* on-end: what follows when the server ends the session, and only then. */
TEST(on_end)
{
	static const struct {
		const char *name;
		int exits;
	} ends[] = {{"poweroff", PORT_EXIT_POWEROFF},
		    {"reboot", PORT_EXIT_REBOOT},
		    {"next", -1}};

	for (unsigned int i = 0; i < 3; i++) {
		char uri[80];

		snprintf(uri, sizeof(uri), URI "?on-end=%s", ends[i].name);
		begin(uri);
		net(PORT_NET_UP, 0);
		closed(last(), -ECONNREFUSED);
		pass(2);
		CHECK(!pc.over);
		closed(desktop(), -ETIMEDOUT);
		CHECK(!pc.over);
		pass(3);
		closed(desktop(), 0);
		turns(3);
		CHECK(pc.over);
		CHECK_EQ(pc.exits, ends[i].exits);
		CHECK_EQ(pc.rc, 0);
		CHECK(end());
	}
	begin(URI "?on-end=menu");
	net(PORT_NET_UP, 0);
	closed(desktop(), 0);
	CHECK(!graphics());
	CHECK(shows("closed the session."));
	CHECK(shows("Tab next field"));
	pass(600);
	CHECK_EQ(connected(), 0);
	CHECK(end());
}

/* The virtual machine moves: at once to the other host, and what was said of
   the old one holds. */
TEST(moves)
{
	struct port_tcp *main;

	begin(URI "?password=abc");
	net(PORT_NET_UP, 0);
	main = desktop();
	message(main, SPICE_MSG_MAIN_MIGRATE_SWITCH_HOST,
		"\x2c\x17\xff\xff\5\0\0\0\x14\0\0\0\0\0\0\0\0\0\0\0next", 25);
	CHECK(strstr(pc.log, "The virtual machine has moved to next:5932."));
	CHECK_EQ(connected(), 1);
	CHECK(!strcmp(last()->host, "next"));
	CHECK_EQ(last()->port, 5932);
	CHECK(grey());
	CHECK(shows("next:5932, desk"));
	desktop();
	CHECK_EQ(pixel(320, 240), 0xffffff);
	CHECK(end());
}

/* How a try fails that is next at @host; the one after it comes in 31 s. */
static bool tried(const char *host, int rc)
{
	pass(31);
	if (connected() != 1 || strcmp(last()->host, host))
		return false;
	closed(last(), rc);
	return !connected();
}

/* Gone where it moved to, it may be where it was: there, too, it is tried. */
TEST(moves_back)
{
	unsigned int i;

	begin(URI "?password=abc");
	net(PORT_NET_UP, 0);
	message(desktop(), SPICE_MSG_MAIN_MIGRATE_SWITCH_HOST,
		"\x2c\x17\xff\xff\5\0\0\0\x14\0\0\0\0\0\0\0\0\0\0\0next", 25);
	closed(desktop(), -ECONNRESET);
	/* It was there a moment ago. */
	for (i = 0; i < 2; i++) {
		CHECK(tried("next", -ECONNREFUSED));
		CHECK(shows("next:5932 refused the connection."));
		CHECK(tried("10.0.2.2", -ETIMEDOUT));
	}
	CHECK(tried("next", -ECONNREFUSED));
	/* Another machine is there now: nobody is asked for its password. */
	pass(31);
	CHECK(!strcmp(last()->host, "10.0.2.2"));
	denied();
	CHECK(!strstr(screen(), "Tab next field"));
	CHECK(tried("next", -ECONNREFUSED));
	/* It is there again, and is so when it moves again. */
	pass(31);
	CHECK(!strcmp(last()->host, "10.0.2.2"));
	closed(desktop(), -ECONNRESET);
	CHECK(tried("10.0.2.2", -ECONNREFUSED));
	CHECK(tried("next", -ECONNREFUSED));
	/* Another server that is typed has no such past. */
	key(KEY_F2);
	type("10.0.2.9");
	key(KEY_ENTER);
	closed(last(), -ECONNREFUSED);
	CHECK(tried("10.0.2.9", -ECONNREFUSED));
	CHECK(tried("10.0.2.9", -ECONNREFUSED));
	CHECK(end());
}

#define NEXT_HOST "\5\0\0\0\x14\0\0\0\0\0\0\0\0\0\0\0next"
#define NEXT	  "\x2c\x17\xff\xff" NEXT_HOST /* port 5932, no TLS */
#define NEXT_TLS  "\xff\xff\x2d\x17" NEXT_HOST

/* What is sent on @tcp since @from has a message of @type. */
static bool sent(const struct port_tcp *tcp, size_t from, uint16_t type)
{
	for (; from + 6 <= tcp->out_len; from++)
		if (tcp->out[from] == type && !tcp->out[from + 1] &&
		    !tcp->out[from + 2] && !tcp->out[from + 3] &&
		    !tcp->out[from + 4] && !tcp->out[from + 5])
			return true;
	return false;
}

/* Over TLS each channel is wanted without it; there anybody may say that the
   virtual machine moved. */
TEST(moves_unsafely)
{
	struct port_tcp *main;
	size_t at;

	begin(URI "?tls-port=5931");
	pc.tls_plain = true;
	net(PORT_NET_UP, 0);
	link_to(last(), 1);
	turns(3);
	main = last();
	CHECK_EQ(main->port, 5930);
	link_to(main, 3);
	at = main->out_len;
	message(main, SPICE_MSG_MAIN_MIGRATE_BEGIN, NEXT, 25);
	turns(2);
	CHECK(sent(main, at, SPICE_MSGC_MAIN_MIGRATE_CONNECT_ERROR));
	CHECK_EQ(last(), main);
	message(main, SPICE_MSG_MAIN_MIGRATE_SWITCH_HOST, NEXT, 25);
	CHECK(shows("has moved away from 10.0.2.2:5931."));
	CHECK(!strstr(pc.log, "next"));
	pass(3);
	CHECK(!strcmp(last()->host, "10.0.2.2"));
	CHECK(end());
}

/* On and on: from the third in a minute on not without a pause. */
TEST(moves_in_a_circle)
{
	unsigned int i;

	begin(URI);
	net(PORT_NET_UP, 0);
	for (i = 1; i <= 3; i++) {
		message(desktop(), SPICE_MSG_MAIN_MIGRATE_SWITCH_HOST, NEXT,
			25);
		CHECK_EQ(connected(), i < 3);
	}
	CHECK(shows("has moved away from next:5932."));
	pass(3);
	CHECK_EQ(connected(), 1);
	CHECK(!strcmp(last()->host, "next"));
	CHECK(end());
}

/* What was typed is in no memory that is given back. */
TEST(wiped)
{
	begin(URI "?password=99887766");
	pc.secret = "99887766";
	net(PORT_NET_UP, 0);
	closed(last(), -ECONNREFUSED);
	key(KEY_F2);
	for (int i = 0; i < 3; i++)
		key(KEY_TAB);
	type("99887766");
	CHECK(end());
	CHECK_EQ(pc.told, 0);
}

/* Who came by TLS does not go on without it; the other way is fine. */
TEST(moves_and_tls)
{
	struct chan_destination d = {.port = 5932, .host = "next"};
	struct target t;
	struct port_tcp *main;

	target_init(&t);
	t.tls_port = 5931;
	t.pinned = true;
	snprintf(t.subject, sizeof(t.subject), "CN=old");
	client_move_target(&t, &d);
	CHECK_EQ(t.secure, TARGET_CHANNELS_ALL);
	CHECK_EQ(t.port, 5932);
	CHECK_EQ(t.tls_port, 0);
	CHECK(!t.pinned && !strcmp(t.subject, "CN=old"));
	d.tls_port = 5933;
	snprintf(d.subject, sizeof(d.subject), "CN=next");
	client_move_target(&t, &d);
	CHECK(!strcmp(t.subject, "CN=next"));

	begin(URI);
	net(PORT_NET_UP, 0);
	main = desktop();
	message(main, SPICE_MSG_MAIN_MIGRATE_BEGIN, NEXT_TLS, 25);
	turns(2);
	CHECK_EQ(last()->port, 5933);
	CHECK(end());
}

/* @main says where it moves, and main is up there: the one that waits. */
static struct port_tcp *waiting(struct port_tcp *main)
{
	struct port_tcp *there;

	message(main, SPICE_MSG_MAIN_MIGRATE_BEGIN, NEXT, 25);
	turns(2);
	there = last();
	link_to(there, 3);
	turns(4);
	return there;
}

/* A session waits at the other host; the picture stays when it takes over. */
TEST(takes_over)
{
	struct port_tcp *main, *there;
	size_t at;

	begin(URI "?password=abc");
	net(PORT_NET_UP, 0);
	main = desktop();
	at = main->out_len;
	message(main, SPICE_MSG_MAIN_MIGRATE_BEGIN, NEXT, 25);
	turns(2);
	there = last();
	CHECK(!strcmp(there->host, "next"));
	CHECK_EQ(there->port, 5932);
	/* It stays after all. */
	message(main, SPICE_MSG_MAIN_MIGRATE_CANCEL, "", 0);
	turns(2);
	CHECK(!there->ev);
	CHECK(!sent(main, at, SPICE_MSGC_MAIN_MIGRATE_CONNECTED));
	/* There is no way there. */
	message(main, SPICE_MSG_MAIN_MIGRATE_BEGIN, NEXT, 25);
	turns(2);
	closed(last(), -ECONNREFUSED);
	turns(2);
	CHECK(sent(main, at, SPICE_MSGC_MAIN_MIGRATE_CONNECT_ERROR));
	/* There is. */
	at = main->out_len;
	there = waiting(main);
	CHECK(sent(main, at, SPICE_MSGC_MAIN_MIGRATE_CONNECTED));
	CHECK(main->ev && graphics() && !grey());
	CHECK_EQ(pixel(320, 240), 0xffffff);
	byte(0x1e);
	turns(2);
	at = there->out_len;
	message(main, SPICE_MSG_MAIN_MIGRATE_END, "", 0);
	turns(4);
	CHECK(!main->ev && there->ev);
	CHECK_EQ(last(), there);
	CHECK(sent(there, at, SPICE_MSGC_MAIN_MIGRATE_END));
	CHECK(graphics() && !grey());
	CHECK_EQ(pixel(320, 240), 0xffffff);
	CHECK(end());
}

/* One that waits does not take over either when moves go on and on. */
TEST(waits_in_a_circle)
{
	struct port_tcp *main, *there;
	unsigned int i;

	begin(URI);
	net(PORT_NET_UP, 0);
	for (i = 1; i < 3; i++)
		message(desktop(), SPICE_MSG_MAIN_MIGRATE_SWITCH_HOST, NEXT,
			25);
	main = desktop();
	there = waiting(main);
	CHECK(there->ev);
	message(main, SPICE_MSG_MAIN_MIGRATE_END, "", 0);
	turns(4);
	CHECK(!main->ev && !there->ev);
	CHECK(grey());
	CHECK(shows("has moved away from next:5932."));
	pass(3);
	CHECK(last() != there && last()->ev);
	CHECK(end());
}

/* With once a move is no end; what comes after it is, and moves in a circle. */
TEST(once_moves)
{
	struct client_options once = {.uri = URI, .once = true};
	struct port_tcp *main, *there;
	unsigned int i;

	options = &once;
	begin("");
	net(PORT_NET_UP, 0);
	message(desktop(), SPICE_MSG_MAIN_MIGRATE_SWITCH_HOST, NEXT, 25);
	CHECK(!pc.over);
	CHECK(!strcmp(last()->host, "next"));
	main = desktop();
	CHECK_EQ(pixel(320, 240), 0xffffff);
	there = waiting(main);
	message(main, SPICE_MSG_MAIN_MIGRATE_END, "", 0);
	turns(4);
	CHECK(!pc.over && there->ev);
	closed(there, 0);
	turns(4);
	CHECK(pc.over);
	CHECK_EQ(pc.rc, -EIO);
	CHECK_EQ(once.error.cause, CHAN_SERVER_CLOSED);
	CHECK(end());

	/* Where it moved nobody answers. */
	begin("");
	net(PORT_NET_UP, 0);
	message(desktop(), SPICE_MSG_MAIN_MIGRATE_SWITCH_HOST, NEXT, 25);
	closed(last(), -ECONNREFUSED);
	turns(4);
	CHECK(pc.over);
	CHECK_EQ(once.error.cause, CHAN_NO_CONNECTION);
	CHECK(strstr(once.why, "next:5932 refused the connection."));
	CHECK(end());

	begin("");
	net(PORT_NET_UP, 0);
	for (i = 0; i < 3; i++) {
		CHECK(!pc.over);
		message(desktop(), SPICE_MSG_MAIN_MIGRATE_SWITCH_HOST, NEXT,
			25);
	}
	turns(4);
	CHECK(pc.over);
	CHECK_EQ(pc.rc, -EIO);
	CHECK_EQ(once.error.cause, CHAN_MOVED);
	CHECK(end());
	options = NULL;
}

/* The session that waited ends before it could take over: connected anew. */
TEST(waits_in_vain)
{
	struct port_tcp *main, *there;

	begin(URI);
	net(PORT_NET_UP, 0);
	main = desktop();
	there = waiting(main);
	closed(there, 0);
	CHECK(main->ev && graphics() && !grey());
	message(main, SPICE_MSG_MAIN_MIGRATE_END, "", 0);
	turns(4);
	CHECK(last() != there && last()->ev);
	CHECK(!strcmp(last()->host, "next"));
	CHECK(grey());
	desktop();
	CHECK_EQ(pixel(320, 240), 0xffffff);
	CHECK(end());
}

/*
 * A session without a number of its own (INIT has not come, or says 0) has none
 * that could wait: what waits without one would begin at once.
 */
TEST(moves_without_a_number)
{
	static const uint8_t init[32] = {0, 0, 0, 0, 1, 0, 0, 0,
					 1, 0, 0, 0, 1, 0, 0, 0};
	struct port_tcp *main;
	unsigned int i;
	size_t at;

	for (i = 0; i < 2; i++) {
		begin(URI);
		net(PORT_NET_UP, 0);
		main = last();
		link_to(main, 3);
		if (i)
			message(main, SPICE_MSG_MAIN_INIT, init, sizeof(init));
		at = main->out_len;
		message(main, SPICE_MSG_MAIN_MIGRATE_BEGIN, NEXT, 25);
		turns(2);
		CHECK_EQ(last(), main);
		CHECK(sent(main, at, SPICE_MSGC_MAIN_MIGRATE_CONNECT_ERROR));
		CHECK(main->ev);
		CHECK(end());
	}
}

/* F3 anywhere, and arrows in their field, choose the layout. */
TEST(form_layouts)
{
	static const char *const seen[] = {"uk English (UK)", "de German",
					   "fr French",	      "es Spanish",
					   "it Italian",      "pt Portuguese"};

	begin("");
	net(PORT_NET_UP, 0);
	CHECK(shows("Keyboard < us English (US) >"));
	for (unsigned int i = 0; i < 6; i++) {
		key(KEY_F2 + 1);
		CHECK(shows(seen[i]));
	}
	byte(0x2a);
	key(KEY_TAB);
	byte(0xaa);
	turns(2);
	CHECK(shows("choose the layout of this keyboard"));
	for (unsigned int i = 5; i-- > 0;) {
		byte(0xe0), byte(0x4b), byte(0xe0), byte(0xcb);
		turns(2);
		CHECK(shows(seen[i]));
	}
	/* German has its z where the US have their y. */
	byte(0xe0), byte(0x4d), byte(0xe0), byte(0xcd);
	turns(2);
	key(KEY_TAB);
	key(0x15);
	CHECK(shows("Host z "));
	/* Its circumflex waits for a letter. */
	key(0x29);
	key(0x12);
	CHECK(shows("Host z\x88 "));
	CHECK(end());
}

/* The layout that the URI names; what the person chooses stays. */
TEST(keymap)
{
	begin(URI "?keymap=de");
	net(PORT_NET_UP, 0);
	closed(last(), -ECONNREFUSED);
	key(KEY_F2);
	CHECK(shows("Keyboard < de German >"));
	key(KEY_F2 + 1);
	CHECK(shows("Keyboard < fr French >"));
	key(KEY_ESC);
	closed(last(), -ECONNREFUSED);
	key(KEY_F2);
	CHECK(shows("Keyboard < fr French >"));
	CHECK(end());
	/* One that nobody knows is said to be none. */
	begin(URI "?keymap=tlh");
	net(PORT_NET_UP, 0);
	CHECK(shows("which cannot be used: keymap= is no keyboard layout that "
		    "this client"));
	CHECK(shows("Keyboard < us English (US) >"));
	CHECK(end());
}

/* Another port for TLS, a user, a fingerprint; and what is wrong with them. */
TEST(form_all_fields)
{
	begin("");
	net(PORT_NET_UP, 0);
	type("10.9.8.7");
	key(KEY_TAB);
	for (int i = 0; i < 4; i++)
		key(0x0e); /* no plain port */
	key(KEY_ENTER);
	CHECK(shows("Type the server's port, or its TLS port."));
	key(KEY_TAB);
	type("70000");
	key(KEY_ENTER);
	CHECK(shows("A port is a number from 1 to 65535."));
	for (int i = 0; i < 5; i++)
		key(0x0e);
	type("5931");
	for (int i = 0; i < 3; i++)
		key(KEY_TAB);
	type("123");
	key(KEY_ENTER);
	CHECK(shows("A SHA-256 fingerprint has 64 digits"));
	for (int i = 3; i < 64; i++)
		type("1");
	memset(report.sha256, 0x11, sizeof(report.sha256));
	report.sha256[0] = 0x12;
	report.sha256[1] = 0x31;
	key(KEY_ENTER);
	CHECK_EQ(last()->port, 5931);
	link_to(last(), 1);
	CHECK_EQ(pc.trusted, 1);
	/* It stays until another one, or none, is typed. */
	closed(last(), -ECONNRESET);
	key(KEY_F2);
	CHECK(shows("CA fingerprint 1111"));
	key(KEY_ENTER);
	link_to(last(), 1);
	CHECK_EQ(pc.trusted, 2);
	closed(last(), -ECONNRESET);
	key(KEY_F2);
	for (int i = 0; i < 5; i++)
		key(KEY_TAB);
	for (int i = 0; i < 64; i++)
		key(0x0e);
	key(KEY_ENTER);
	link_to(last(), 1);
	CHECK_EQ(pc.trusted, 2);
	CHECK(end());
}

/* Type 64 digits, and have the next server's certificate be those. */
static void type_print(char digit)
{
	char text[65];

	memset(text, digit, 64);
	text[64] = '\0';
	type(text);
	memset(report.sha256, (digit - '0') * 0x11, sizeof(report.sha256));
}

/*
 * What stands in the fingerprint's field counts, or it is said that it cannot:
 * the one that was filled in goes with its host, and stays with it when only a
 * port is another; one that was typed is used beside a URI, too, and wants TLS.
 */
TEST(form_print)
{
	/* Filled in, and the same host at another port. */
	begin("spice://10.0.2.2?tls-port=5931&ca-sha256=22222222222222222222222"
	      "22222222222222222222222222222222222222222");
	net(PORT_NET_UP, 0);
	closed(last(), -ECONNREFUSED);
	key(KEY_F2);
	key(KEY_TAB);
	key(KEY_TAB);
	type("5932");
	memset(report.sha256, 0x22, sizeof(report.sha256));
	key(KEY_ENTER);
	CHECK_EQ(last()->port, 5932);
	link_to(last(), 1);
	CHECK_EQ(pc.trusted, 1);
	closed(last(), -ECONNRESET);
	/* Moving about in the host's field changes nothing; another host does.
	 */
	key(KEY_F2);
	byte(0xe0);
	key(0x4b); /* Left */
	CHECK(shows("CA fingerprint 2222"));
	type("1");
	CHECK(!shows("2222"));
	key(KEY_ENTER);
	CHECK(!strcmp(last()->host, "10.0.2.12"));
	link_to(last(), 1);
	CHECK_EQ(pc.trusted, 1);
	/* One that is typed for the other host, behind which there is no TLS.
	 */
	closed(last(), -ECONNRESET);
	key(KEY_F2);
	type("10.0.2.3");
	key(KEY_TAB);
	type("5930");
	key(KEY_TAB);
	for (int i = 0; i < 4; i++)
		key(0x0e);
	for (int i = 0; i < 3; i++)
		key(KEY_TAB);
	type_print('3');
	key(KEY_ENTER);
	CHECK(shows("A CA fingerprint is for TLS: type the TLS port."));
	type("5931");
	key(KEY_ENTER);
	CHECK(!strcmp(last()->host, "10.0.2.3"));
	link_to(last(), 1);
	CHECK_EQ(pc.trusted, 2);
	CHECK(end());

	/* Beside a URI, and beside the URL of a .vv file. */
	begin("");
	net(PORT_NET_UP, 0);
	type_all("spice://10.0.2.4:5930");
	for (int i = 0; i < 5; i++)
		key(KEY_TAB);
	type_print('4');
	key(KEY_ENTER);
	CHECK(shows("A CA fingerprint is for TLS: type the TLS port."));
	CHECK_EQ(pc.opens, 0);
	for (int i = 0; i < 5; i++)
		key(KEY_TAB);
	for (int i = 0; i < 21; i++)
		key(0x0e);
	type_all("spice+tls://10.0.2.4:5931");
	key(KEY_ENTER);
	CHECK(!strcmp(last()->host, "10.0.2.4"));
	link_to(last(), 1);
	CHECK_EQ(pc.trusted, 1);
	CHECK(end());

	begin("");
	net(PORT_NET_UP, 0);
	type_all("spice://10.0.2.4:5930?host-subject=cn=x");
	key(KEY_ENTER);
	CHECK(shows("are for TLS: give the TLS port"));
	CHECK_EQ(pc.opens, 0);
	CHECK(end());

	begin("");
	net(PORT_NET_UP, 0);
	type_all("spice://h?tls-port=1&ca=http://10.0.2.2/c&ca-sha256=");
	for (int i = 0; i < 8; i++)
		type_all("12345678");
	for (int i = 0; i < 5; i++)
		key(KEY_TAB);
	type_print('5');
	key(KEY_ENTER);
	CHECK(shows("What is fetched says whom to trust"));
	CHECK_EQ(pc.opens, 0);
	CHECK(end());

	begin("");
	net(PORT_NET_UP, 0);
	type_all("http://10.0.2.2/d.vv");
	for (int i = 0; i < 5; i++)
		key(KEY_TAB);
	type_print('5');
	key(KEY_ENTER);
	CHECK(shows("What is fetched says whom to trust"));
	CHECK_EQ(pc.opens, 0);
	for (int i = 0; i < 64; i++)
		key(0x0e);
	key(KEY_ENTER);
	CHECK(shows("fetching http://10.0.2.2/d.vv"));
	CHECK(end());
}

#define TLS_URI "spice://10.0.2.2?tls-port=5931"

/* Switch on, to a server whose certificate is refused for @cause. */
static void unknown(enum chan_cause cause)
{
	begin(TLS_URI);
	pc.tls_cause = (int)cause;
	memset(&report, 0, sizeof(report));
	for (unsigned int i = 0; i < 32; i++)
		report.sha256[i] = (uint8_t)(0x12 + 0x22 * (i % 4));
	strcpy(report.subject, "O=Example, CN=desk");
	strcpy(report.hosts, "desk.example");
	strcpy(report.issuer, "CN=Somebody");
	strcpy(report.not_before, "2026-01-31 23:59 UTC");
	strcpy(report.not_after, "2027-01-31 23:59 UTC");
	net(PORT_NET_UP, 0);
	link_to(last(), 1);
}

/* Shown, and trusted by the first twenty digits of its fingerprint only. */
TEST(certificate)
{
	static const char *const wrong[] = {"12345678", "1234567812345678123",
					    "1234 5678 1234 5678 1235"};

	unknown(CHAN_TLS_ISSUER);
	CHECK(shows("10.0.2.2:5931 is signed by nobody."));
	CHECK(shows("Is for O=Example, CN=desk"));
	CHECK(shows("Names desk.example"));
	CHECK(shows("Signed by CN=Somebody"));
	CHECK(shows("Valid 2026-01-31 23:59 UTC to 2027-01-31 23:59 UTC"));
	CHECK(shows("SHA-256 1234 5678 1234 5678 1234 5678 1234 5678"));
	key(KEY_ENTER);
	CHECK(shows("Those are not the first 20 digits."));
	for (unsigned int i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		type(wrong[i]);
		key(KEY_ENTER);
		CHECK(shows("Those are not the first 20 digits."));
	}
	CHECK_EQ(pc.opens, 1);
	CHECK_EQ(pc.trusted, 0);
	type("1234 5678 1234 5678 1234");
	CHECK(shows("type 1234 5678 1234 5678 1234"));
	key(KEY_ENTER);
	CHECK_EQ(pc.opens, 2);
	link_to(last(), 1);
	CHECK_EQ(pc.trusted, 1);
	/* For the next session, too, but not for another server. */
	closed(last(), -ECONNRESET);
	pass(3);
	link_to(last(), 1);
	CHECK_EQ(pc.trusted, 2);
	key(KEY_F2);
	type("10.0.2.3");
	key(KEY_ENTER);
	link_to(last(), 1);
	CHECK_EQ(pc.trusted, 2);
	CHECK(shows("10.0.2.3:5931 is signed by nobody."));
	CHECK(end());
}

/* Who goes through the form is shown the certificate anew: it was renewed. */
TEST(certificate_renewed)
{
	unknown(CHAN_TLS_ISSUER);
	type("12345678123456781234");
	key(KEY_ENTER);
	link_to(last(), 1);
	CHECK_EQ(pc.trusted, 1);
	closed(last(), -ECONNRESET);
	key(KEY_ENTER);
	link_to(last(), 1);
	CHECK_EQ(pc.trusted, 2);
	closed(last(), -ECONNRESET);
	key(KEY_F2);
	key(KEY_ENTER);
	link_to(last(), 1);
	CHECK_EQ(pc.trusted, 2);
	CHECK(shows("10.0.2.2:5931 is signed by nobody."));
	CHECK(shows("SHA-256 1234 5678 1234 5678"));
	CHECK(end());
}

/* Nobody is there: it is tried again, and nothing is ever accepted. */
TEST(certificate_unattended)
{
	unknown(CHAN_TLS_EXPIRED);
	for (int i = 0; i < 5; i++) {
		unsigned int opens = pc.opens;

		pass(29);
		CHECK_EQ(pc.opens, opens);
		pass(2);
		CHECK_EQ(pc.opens, opens + 1);
		link_to(last(), 1);
		CHECK(shows("Trying again in 30 s."));
	}
	CHECK_EQ(pc.trusted, 0);
	CHECK(end());
}

/* What nobody may overrule. */
TEST(certificate_refused)
{
	static const enum chan_cause causes[] = {CHAN_TLS_SUBJECT,
						 CHAN_TLS_WEAK, CHAN_TLS_PIN};

	for (unsigned int i = 0; i < 3; i++) {
		unknown(causes[i]);
		CHECK(shows("is signed by nobody."));
		CHECK(!strstr(screen(), "SHA-256"));
		CHECK(end());
	}
}

/* How old what was refused is. */
TEST(password_age)
{
	begin(URI "?password=abc");
	net(PORT_NET_UP, 0);
	denied();
	CHECK(!strstr(screen(), "ago"));
	type("123");
	pass(5);
	key(KEY_ENTER);
	pass(3);
	denied();
	CHECK(shows("It was typed 3 s ago."));
	pass(31);
	pass(177 - 31);
	denied();
	CHECK(shows("It was typed 3 minutes ago."));
	CHECK(end());
}

/* Whom a name that does not answer stands for. */
TEST(address_of_name)
{
	begin("spice://desk.example:5930");
	net(PORT_NET_UP, 0);
	last()->ev->resolved(last()->ctx, "10.0.2.99");
	closed(last(), -EHOSTUNREACH);
	CHECK(shows("(desk.example is 10.0.2.99.)"));
	CHECK(end());
}

/* The hotkey: the form, no key held there, and no try behind anyone's back. */
TEST(leaves_the_session)
{
	unsigned int opens;

	begin(URI);
	net(PORT_NET_UP, 0);
	desktop();
	byte(0x1d), byte(0x38), byte(0x2a), byte(0x01);
	turns(3);
	CHECK(shows("Tab next field"));
	CHECK(!graphics());
	CHECK_EQ(connected(), 0);
	opens = pc.opens;
	pass(600);
	CHECK_EQ(pc.opens, opens);
	CHECK(shows("Tab next field"));
	CHECK(end());
}

/* Ctrl+Alt+Shift+Esc, then Enter in the form: whoever comes next. */
static void leave_and_enter(void)
{
	byte(0x1d), byte(0x38), byte(0x2a);
	key(KEY_ESC);
	byte(0x9d), byte(0xb8), byte(0xaa);
	turns(3);
	CHECK(shows("Tab next field"));
	CHECK_EQ(connected(), 0);
	key(KEY_ENTER);
	turns(3);
}

/*
 * Who leaves takes along the password that was typed, before the desktop or
 * with a URI; the administrator's stays.
 */
TEST(leaves_no_password)
{
	begin(URI);
	net(PORT_NET_UP, 0);
	denied();
	type("99887766");
	key(KEY_ENTER);
	desktop();
	CHECK(knows("99887766"));
	leave_and_enter();
	CHECK(!knows("99887766"));
	denied();
	CHECK(shows("asks for a password. Type it, then Enter."));
	CHECK(end());

	begin("");
	net(PORT_NET_UP, 0);
	type_all("spice://10.0.2.2:5930?password=99887766&on-end=menu");
	key(KEY_ENTER);
	closed(desktop(), 0);
	CHECK(shows("Tab next field"));
	CHECK(!knows("99887766"));
	CHECK(end());

	begin(URI "?password=99887766");
	net(PORT_NET_UP, 0);
	desktop();
	((struct client *)pc.client)->uri.pinned = true;
	leave_and_enter();
	CHECK(knows("99887766"));
	/* Nor a certificate that was confirmed. */
	CHECK(!((struct client *)pc.client)->uri.pinned);
	CHECK(end());
}

/* What was typed and not accepted goes with the form. */
TEST(form_forgets)
{
	begin(URI);
	net(PORT_NET_UP, 0);
	closed(last(), -ECONNREFUSED);
	for (int i = 0; i < 2; i++) {
		key(KEY_F2);
		type_all("spice://10.0.2.2:5930?password=99887766");
		CHECK(knows("99887766"));
		if (i)
			pass(125);
		else
			key(KEY_ESC);
		CHECK(!knows("99887766"));
		closed(last(), -ECONNREFUSED);
	}
	CHECK(end());
}

/* A form that somebody opened and left. */
TEST(form_goes_away)
{
	unsigned int opens;

	begin(URI);
	net(PORT_NET_UP, 0);
	closed(last(), -ECONNREFUSED);
	key(KEY_F2);
	opens = pc.opens;
	pass(110);
	CHECK_EQ(pc.opens, opens);
	CHECK(shows("Trying again in 10 s."));
	type("1");
	pass(110);
	CHECK_EQ(pc.opens, opens);
	pass(11);
	CHECK_EQ(pc.opens, opens + 1);
	CHECK(!strcmp(last()->host, "10.0.2.2"));
	CHECK(end());
}

TEST(passwords)
{
	begin(URI);
	net(PORT_NET_UP, 0);
	denied();
	CHECK(shows("10.0.2.2:5930 asks for a password."));
	CHECK(shows("Trying again in 30 s."));
	type("123");
	key(KEY_ENTER);
	denied();
	CHECK(shows("refused the password: it is wrong, or has expired."));
	pass(31); /* it may have been put right there */
	CHECK_EQ(connected(), 1);
	desktop();
	CHECK(graphics());
	closed(last(), 0);
	pass(40);
	/* It was good a while ago. */
	pass(180);
	denied();
	CHECK(shows("took this password before and refuses it now"));
	CHECK(shows("It was good "));
	CHECK(shows("minutes ago."));
	type("456");
	key(KEY_ENTER);
	denied();
	CHECK(shows("refused the password: it is wrong, or has expired."));
	CHECK(!strstr(screen(), "456"));
	CHECK(!strstr(pc.log, "123"));
	CHECK(end());
}

/* ---- every failure, and that it is over by itself ---- */

#define NOTHING 1 /* no return code: nobody closes */

/*
 * A way to fail: on the connection that matters at @stage (at_stage()) the
 * server says @bytes; then it closes with @rc, or is silent for @wait_s.
 */
struct failure {
	unsigned int stage;
	const char *says;
	size_t bytes;
	int rc;
	unsigned int wait_s;
	const char *sentence;
};

#define SAYS(s)	    s, sizeof(s) - 1
#define MESSAGE	    "\x3a\1\x14\0\0\0" /* SURFACE_CREATE, 20 bytes */
#define SURFACE_8X8 "\0\0\0\0\10\0\0\0\10\0\0\0\x20\0\0\0\1\0\0\0"
/* DRAW_COPY: surface, box, no clip; source; no mask; an image's head. */
#define COPY_OF_TYPE_99                                       \
	"\x30\1\x4b\0\0\0"                                    \
	"\0\0\0\0\0\0\0\0\0\0\0\0\10\0\0\0\10\0\0\0\0"        \
	"\x39\0\0\0\0\0\0\0\0\0\0\0\10\0\0\0\10\0\0\0\10\0\0" \
	"\0\0\0\0\0\0\0\0\0\0\0\0\0"                          \
	"\1\0\0\0\0\0\0\0\x63\0\10\0\0\0\10\0\0\0"
/* The inputs channel's message 99. */
#define WAIT_FOR_99 "\5\0\x0b\0\0\0\1\3\0\x63\0\0\0\0\0\0\0"
#define INIT                                               \
	"\x67\0\x20\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0" \
	"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define INPUTS_ONLY "\x68\0\6\0\0\0\1\0\0\0\3\0" /* CHANNELS_LIST */

static const struct failure failures[] = {
	{0, NULL, 0, -ENOENT, 0, "No name server knows the host of 10.0.2.2"},
	{0, NULL, 0, -EAGAIN, 0, "No name server answered for the host of 10"},
	{0, NULL, 0, -ENETUNREACH, 0, "There is no route to 10.0.2.2:5930."},
	{0, NULL, 0, -EHOSTUNREACH, 0, "10.0.2.2:5930 cannot be reached."},
	{0, NULL, 0, -ECONNREFUSED, 0, "10.0.2.2:5930 refused the connection"},
	{0, NULL, 0, -ETIMEDOUT, 0, "10.0.2.2:5930 does not answer."},
	{0, NULL, 0, -ECONNRESET, 0, "broke off the connection before it was"},
	{0, NULL, 0, -ENOMEM, 0, "Too little memory to connect to 10.0.2.2"},
	{0, NULL, 0, -EIO, 0, "No connection to 10.0.2.2:5930 could be made"},
	{0, NULL, 0, NOTHING, 61, "10.0.2.2:5930 does not answer."},
	{1, SAYS("RFB 003.008\n"), NOTHING, 0, "is a VNC server"},
	{1, SAYS("HTTP/1.1 400 No\r\n"), NOTHING, 0, "is a web server"},
	{1, SAYS("SSH-2.0-OpenSSH\r\n"), NOTHING, 0, "is an SSH server"},
	{1, SAYS("\x15\3\1\0\2\2\x46"), 0, 0, "speaks only TLS"},
	{1, SAYS("220 mail.example ESMTP\r\n"), NOTHING, 0,
	 "not a SPICE server"},
	{1, SAYS("REDQ\3\0\0\0\0\0\0\0\xba\0\0\0"), NOTHING, 0,
	 "speaks version 3 of SPICE"},
	{1, NULL, 0, 0, 0, "closed it without a word"},
	{1, NULL, 0, NOTHING, 11, "took the connection but says nothing."},
	{1, SAYS("REDQ\2\0\0"), 0, 0, "broke off in the middle of a message"},
	{1, SAYS("REDQ\2\0\0"), NOTHING, 11, "connection but says nothing"},
	{2, SAYS("\7\0\0\0"), NOTHING, 0, "asks for a password"},
	{2, SAYS("\1\0\0\0"), NOTHING, 0, "refused channel main (link error 1"},
	{2, NULL, 0, NOTHING, 11, "says nothing to the password"},
	{2, NULL, 0, 0, 0, "was lost (channel main)"},
	{3, NULL, 0, NOTHING, 11, "let this PC in but sends nothing"},
	{3, NULL, 0, 0, 0, "closed the session"},
	{3, SAYS(INIT INPUTS_ONLY), NOTHING, 11, "offers no display"},
	{4, NULL, 0, NOTHING, 21, "sends no picture"},
	{4, SAYS("\x3a\1"), 0, 0, "broke off in the middle of a message"},
	{4, SAYS(MESSAGE "four"), 0, 0, "broke off in the middle of a message"},
	{4, SAYS(MESSAGE "four"), NOTHING, 21, "stopped in the middle of a"},
	{4, SAYS(MESSAGE "\0\0\0\0\0\x20\0\0\0\x10\0\0\x20\0\0\0\1\0\0\0"),
	 NOTHING, 0, "Too little memory for the screen of 10.0.2.2:5930"},
	{4, SAYS("\x30\1\0\0\0\7"), NOTHING, 0, "Too little memory for what"},
	{4, SAYS("\x66\0\3\0\0\0abc\xff\xff\xff\xff\xff\xff"), NOTHING, 0,
	 "makes no sense (channel display, message 65535)"},
	{4, SAYS(WAIT_FOR_99), NOTHING, 21,
	 "makes no sense (channel display, message 5)"},
	{4, SAYS(MESSAGE SURFACE_8X8 COPY_OF_TYPE_99), NOTHING, 0,
	 "a picture that cannot be decoded (message 304)"},
	{5, NULL, 0, 0, 0, "10.0.2.2:5930 closed the session."},
	{5, NULL, 0, -ECONNRESET, 0, "was lost (channel display)"},
	{5, NULL, 0, -ETIMEDOUT, 0, "was lost: no answer any more"},
	{5, NULL, 0, -EADDRNOTAVAIL, 0,
	 "this PC's network address has changed"},
};

/* The sentence is shown; when the cause is gone, so is the sentence. */
static bool fails(const struct failure *f)
{
	struct port_tcp *tcp;
	uint64_t until;

	at_stage(f->stage);
	tcp = f->stage < 4 ? last() : last() - 1;
	if (f->says)
		says(tcp, f->says, f->bytes);
	if (f->rc != NOTHING)
		closed(tcp, f->rc);
	turns(3);
	until = pc.now_us + f->wait_s * 1000000ull;
	while (pc.now_us < until && !strstr(screen(), f->sentence))
		turn();
	if (graphics() != (f->stage == 5) || (graphics() && !grey()) ||
	    connected() || !shows(f->sentence))
		return false;
	pass(31);
	if (connected() != 1)
		return false;
	desktop();
	return graphics() && pixel(0, 0) == 0xffffff && end();
}

TEST(every_failure_is_over_by_itself)
{
	for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++) {
		printf("# %s\n", failures[i].sentence);
		CHECK(fails(&failures[i]));
	}
}

/* Whatever a server answers our first words with. */
TEST(every_link_error_is_over_by_itself)
{
	static const char *const sentences[12] = {
		[SPICE_LINK_ERR_VERSION_MISMATCH] = "client's version of SPICE",
		[SPICE_LINK_ERR_NEED_SECURED] = "wants TLS for channel main.",
		[SPICE_LINK_ERR_NEED_UNSECURED] = "wants channel main without",
		[SPICE_LINK_ERR_PERMISSION_DENIED] = "asks for a password.",
	};

	for (uint32_t error = 1; error < 12; error++) {
		uint8_t reply[PEER_REPLY_BYTES];
		char other[64];

		snprintf(other, sizeof(other),
			 "refused channel main (link error %u).",
			 (unsigned int)error);
		at_stage(1);
		says(last(), reply,
		     chan_peer_reply(reply, error, PEER_COMMON_CAPS, 0));
		turns(3);
		CHECK_EQ(connected(), 0);
		CHECK(shows(sentences[error] ? sentences[error] : other));
		CHECK(shows("Trying again in"));
		pass(31);
		CHECK_EQ(connected(), 1);
		desktop();
		CHECK(graphics());
		CHECK(end());
	}
}

/* The cable is out: the session goes on as long as the carrier's does. */
TEST(network_goes)
{
	begin(URI);
	net(PORT_NET_UP, 0);
	desktop();
	net(PORT_NET_LINK, 0);
	pass(5);
	CHECK(graphics());
	net(PORT_NET_FAILED, -ENETDOWN);
	closed(last(), -ETIMEDOUT);
	CHECK(shows("no link. Check the cable."));
	pass(100);
	CHECK_EQ(connected(), 0);
	CHECK(shows("no link. Check the cable."));
	net(PORT_NET_UP, 0);
	CHECK_EQ(connected(), 1);
	desktop();
	CHECK(graphics());
	CHECK(end());
}

TEST(no_graphics_mode)
{
	begin(URI);
	pc.vga.no_map = true;
	net(PORT_NET_UP, 0);
	desktop();
	CHECK(shows("VGA BIOS offers no graphics mode"));
	CHECK_EQ(connected(), 0);
	pc.vga.no_map = false;
	CHECK(end());
}

/* ---- .vv files ---- */

#define VV_URL "http://10.0.2.2/desks/"
#define VV     "[virt-viewer]\ntype=spice\nhost=10.0.2.9\nport=5901\npassword="

/* The web server's answer on the connection that was opened last. */
static void web(const char *status, const char *body)
{
	char text[1024];
	int n = snprintf(text, sizeof(text),
			 "HTTP/1.1 %s x\r\nContent-Length: %zu\r\n\r\n%s",
			 status, strlen(body), body);
	struct port_tcp *tcp = last();

	tcp->ev->open(tcp->ctx);
	turns(3);
	says(tcp, text, (size_t)n);
}

/* Was @path asked for there? */
static bool asked(const struct port_tcp *tcp, const char *path)
{
	const char *out = (const char *)tcp->out;
	size_t n = strlen(path);

	if (!strncmp(out, "GET ", 4) && !strncmp(out + 4, path, n) &&
	    out[4 + n] == ' ')
		return true;
	printf("# not asked for: %s, but %.60s\n", path, out);
	return false;
}

/* One file for this PC, or the default; then its server. */
TEST(vv_by_http)
{
	begin(VV_URL);
	strcpy(pc.net.mac, "52:54:00:12:34:56");
	net(PORT_NET_UP, 0);
	CHECK_EQ(pc.opens, 1);
	CHECK_EQ(last()->port, 80);
	CHECK(shows("fetching http://10.0.2.2/desks/52:54:00:12:34:56.vv"));
	web("404", "no");
	CHECK_EQ(pc.opens, 2);
	CHECK(asked(&pc.tcp[0], "/desks/52:54:00:12:34:56.vv"));
	CHECK(shows("fetching http://10.0.2.2/desks/default.vv"));
	web("200", VV "one\n");
	CHECK(asked(&pc.tcp[1], "/desks/default.vv"));
	CHECK_EQ(pc.opens, 3);
	CHECK(!strcmp(last()->host, "10.0.2.9"));
	CHECK_EQ(last()->port, 5901);
	CHECK_EQ(connected(), 1);
	/* The next session, by the file as it is then. */
	closed(last(), -ECONNREFUSED);
	CHECK(shows("10.0.2.9:5901 refused the connection."));
	key(KEY_ENTER);
	CHECK_EQ(pc.opens, 4);
	CHECK_EQ(last()->port, 80);
	web("200", VV "two\nport=5902\n");
	CHECK_EQ(pc.opens, 5);
	CHECK_EQ(last()->port, 5902);
	/* A refused password: not asked for here, for the file brings one. */
	link_to(last(), 2);
	says(last(), "\7\0\0\0", 4);
	CHECK(shows("refused the password"));
	CHECK(shows("Its .vv file was read 0 s ago."));
	CHECK(!strstr(screen(), "Tab next field"));
	pass(3);
	CHECK_EQ(pc.opens, 6);
	CHECK_EQ(last()->port, 80);
	CHECK(end());
}

/* A file without a password, as one for everybody: it is typed here. */
TEST(vv_without_password)
{
	begin("http://10.0.2.2/d.vv");
	net(PORT_NET_UP, 0);
	web("200", VV "\n");
	denied();
	CHECK(shows("10.0.2.9:5901 asks for a password. Type it, then Enter."));
	CHECK(shows("Tab next field"));
	type("45454545");
	key(KEY_ENTER);
	CHECK_EQ(last()->port, 5901);
	CHECK(knows("45454545"));
	desktop();
	CHECK(graphics());
	CHECK(end());
}

/* A user name that was typed holds for the next file, which has none. */
TEST(vv_without_user)
{
	begin("http://10.0.2.2/d.vv");
	net(PORT_NET_UP, 0);
	web("200", VV "one\n");
	closed(last(), -ECONNREFUSED);
	key(KEY_F2);
	for (int i = 0; i < 4; i++)
		key(KEY_TAB);
	type("4545");
	key(KEY_ENTER);
	web("200", VV "two\n");
	CHECK(!strcmp(((struct client *)pc.client)->uri.username, "4545"));
	CHECK(knows("two"));
	CHECK(end());
}

/* A fingerprint that was typed holds for the next file of the same server. */
TEST(vv_keeps_fingerprint)
{
	begin("http://10.0.2.2/d.vv");
	pc.tls_cause = CHAN_TLS_ISSUER;
	memset(report.sha256, 0x11, sizeof(report.sha256));
	net(PORT_NET_UP, 0);
	web("200", VV "one\ntls-port=5931\n");
	link_to(last(), 1);
	CHECK_EQ(pc.trusted, 0);
	key(KEY_F2);
	for (int i = 0; i < 5; i++)
		key(KEY_TAB);
	for (int i = 0; i < 64; i++)
		type("1");
	key(KEY_ENTER);
	web("200", VV "two\ntls-port=5931\n");
	link_to(last(), 1);
	CHECK_EQ(pc.trusted, 1);
	closed(last(), -ECONNRESET);
	pass(2);
	web("200", VV "three\ntls-port=5931\nhost=10.0.2.8\n");
	link_to(last(), 1);
	CHECK_EQ(pc.trusted, 1);
	CHECK(end());
}

/*
 * A certificate that was confirmed holds for the next file of the same server,
 * whose ticket is fresh, though a proxy's token for it is another one; the old
 * ticket is forgotten at once.
 */
TEST(vv_keeps_confirmed)
{
	static const char *const files[] = {
		"[virt-viewer]\ntype=spice\nhost=pve:one\ntls-port=5931\n"
		"password=99887766\nproxy=http://10.0.2.3\n",
		"[virt-viewer]\ntype=spice\nhost=pve:two\ntls-port=5931\n"
		"password=two\nproxy=http://10.0.2.3\n",
		"[virt-viewer]\ntype=spice\nhost=pve:two\ntls-port=5931\n"
		"password=two\nproxy=http://10.0.2.4\n",
	};

	begin("http://10.0.2.2/d.vv");
	pc.tls_cause = CHAN_TLS_ISSUER;
	memset(report.sha256, 0x11, sizeof(report.sha256));
	net(PORT_NET_UP, 0);
	for (unsigned int i = 0; i < 3; i++) {
		web("200", files[i]);
		CHECK_EQ(last()->port, 3128);
		last()->ev->open(last()->ctx);
		turns(3);
		says(last(), "HTTP/1.0 200 OK\r\n\r\n", 19);
		CHECK_EQ(pc.trusted, i ? 1 : 0);
		if (i == 0) {
			type("11111111111111111111");
			key(KEY_ENTER);
		} else {
			pc.secret = "99887766";
			closed(last(), -ECONNRESET);
			pass(2);
		}
	}
	CHECK(end());
	CHECK_EQ(pc.told, 0);
}

/* A file that is here already: wiped where it asks for that; a fresh one comes
   from a URL only. */
TEST(vv_in_memory)
{
	static struct source s;
	char once[] = VV "one\ndelete-this-file=1\n", kept[] = VV "two\n";
	size_t i;

	CHECK_EQ(source_begin_vv(&s, once, sizeof(once) - 1,
				 "http://10.0.2.2/d.vv"),
		 0);
	CHECK(!strcmp(s.target.password, "one"));
	CHECK(!strcmp(s.target.source, "http://10.0.2.2/d.vv"));
	for (i = 0; i < sizeof(once); i++)
		CHECK_EQ(once[i], 0);
	CHECK_EQ(source_begin_vv(&s, kept, sizeof(kept) - 1, "file:d.vv"), 0);
	CHECK(!strcmp(s.target.password, "two"));
	CHECK(!strcmp(s.target.source, ""));
	CHECK_EQ(kept[0], '[');
	kept[1] = '?';
	CHECK(source_begin_vv(&s, kept, sizeof(kept) - 1, NULL) < 0);
	CHECK(!strcmp(s.why, "The .vv file cannot be used: it is no .vv file "
			     "([virt-viewer])."));
	/* One that is not taken is wiped where it asks for that, too. */
	for (i = 0; i < 2; i++) {
		char bad[] = VV "three\nport=x\ndelete-this-file=1\n";

		CHECK(source_begin_vv(&s, bad, sizeof(bad) - 1 - i * 2, NULL) <
		      0);
		CHECK_EQ(bad[0], i ? '[' : 0);
		CHECK_EQ(memcmp(bad, VV, 10) == 0, i == 1);
		CHECK(!strncmp(s.why, "The .vv file cannot be used: line ",
			       34));
	}
	source_stop(&s);
}

/* A .vv file from memory that is not taken and was wiped: what it was named by
   brings a fresh one; else its reason stays, with the form. */
TEST(vv_wiped)
{
	char file[] = VV "one\nport=x\ndelete-this-file=1\n",
	     copy[sizeof(file)];
	struct client_options from = {.vv = copy, .vv_bytes = sizeof(copy) - 1};

	options = &from;
	memcpy(copy, file, sizeof(file));
	begin("spice://10.9.9.9:1");
	net(PORT_NET_UP, 0);
	CHECK_EQ(copy[0], 0);
	CHECK(shows("The .vv file cannot be used: line "));
	key(KEY_ENTER);
	CHECK(shows("The .vv file cannot be used: line "));
	CHECK(shows("Connect to"));
	CHECK_EQ(pc.opens, 0);
	CHECK(end());

	memcpy(copy, file, sizeof(file));
	from.uri = VV_URL "d.vv";
	begin("");
	net(PORT_NET_UP, 0);
	CHECK(shows("The .vv file cannot be used: line "));
	key(KEY_ENTER);
	web("200", VV "two\n");
	CHECK_EQ(last()->port, 5901);
	CHECK(end());
	options = NULL;
}

/* One that is not taken and stays: a fresh one is had from its URL. */
TEST(vv_bad_in_memory)
{
	char file[] = VV "one\nport=x\n";
	struct client_options from = {
		.uri = VV_URL "d.vv", .vv = file, .vv_bytes = sizeof(file) - 1};

	options = &from;
	begin("");
	net(PORT_NET_UP, 0);
	CHECK(shows("The .vv file cannot be used: line "));
	CHECK_EQ(pc.opens, 0);
	pass(2);
	CHECK_EQ(pc.opens, 1);
	web("404", "no");
	pass(4);
	CHECK_EQ(pc.opens, 2);
	web("200", VV "two\n");
	CHECK_EQ(last()->port, 5901);
	CHECK(end());

	/* Without one it is all there is. */
	from.uri = "file:d.vv";
	begin("");
	net(PORT_NET_UP, 0);
	pass(4);
	CHECK(shows("The .vv file cannot be used: line "));
	CHECK_EQ(pc.opens, 0);
	CHECK(end());
	options = NULL;
}

/* With once: the reasons why there was none, told apart, with their sentence.
 */
TEST(vv_once)
{
	struct client_options once = {.uri = VV_URL "d.vv", .once = true};

	options = &once;
	begin("");
	net(PORT_NET_UP, 0);
	web("404", "no");
	CHECK(pc.over);
	CHECK_EQ(pc.rc, -ENODATA);
	CHECK(strstr(once.why, "d.vv could not be fetched: "));
	CHECK(end());

	begin("");
	net(PORT_NET_UP, 0);
	web("200", VV "one\nport=x\n");
	CHECK(pc.over);
	CHECK_EQ(pc.rc, -EBADMSG);
	CHECK(strstr(once.why, "d.vv cannot be used: line "));
	CHECK(end());

	once.uri = "nonsense";
	begin("");
	net(PORT_NET_UP, 0);
	CHECK(pc.over);
	CHECK_EQ(pc.rc, -EINVAL);
	CHECK(strstr(once.why, "The command line names \"nonsense\", which "));
	CHECK(end());
	options = NULL;
}

/* A .vv file's URL typed in the form, and a URI whose certificates must come:
   fetched, until it is there. */
TEST(form_fetches)
{
	begin("");
	net(PORT_NET_UP, 0);
	type_all("http://10.0.2.2/d.vv");
	key(KEY_ENTER);
	CHECK(shows("fetching http://10.0.2.2/d.vv"));
	web("404", "no");
	CHECK(shows("could not be fetched"));
	pass(2);
	CHECK_EQ(pc.opens, 2);
	web("200", VV "one\n");
	CHECK(!strcmp(last()->host, "10.0.2.9"));
	CHECK(end());

	begin("");
	net(PORT_NET_UP, 0);
	type_all("spice://10.0.2.2?tls-port=5&ca=http://10.0.2.3/ca&ca-sha256="
		 "0123456789012345678901234567890123456789012345678901234567890"
		 "123");
	key(KEY_ENTER);
	CHECK(shows("fetching http://10.0.2.3/ca"));
	web("200", "x");
	CHECK(shows("cannot be trusted"));
	CHECK(end());
}

/* What was typed in the place of what the administrator said: that is there
   again for whoever comes next. */
TEST(leaves_the_administrators)
{
	/* A password; it was typed twice. */
	begin(URI "?password=99887766");
	net(PORT_NET_UP, 0);
	denied();
	type("123123123");
	key(KEY_ENTER);
	denied();
	type("45454545");
	key(KEY_ENTER);
	desktop();
	CHECK(knows("45454545"));
	leave_and_enter();
	CHECK(!knows("45454545") && !knows("123123123"));
	CHECK(!strcmp(((struct client *)pc.client)->uri.password, "99887766"));
	denied();
	CHECK(shows("refused the password: it is wrong, or has expired."));
	CHECK(end());

	/* Another server. */
	begin(URI "?password=99887766&title=desk");
	net(PORT_NET_UP, 0);
	closed(last(), -ECONNREFUSED);
	key(KEY_F2);
	type_all("spice://10.0.2.77:5?password=45454545");
	key(KEY_ENTER);
	CHECK(!strcmp(last()->host, "10.0.2.77"));
	desktop();
	leave_and_enter();
	CHECK(!strcmp(last()->host, "10.0.2.2"));
	CHECK(!knows("45454545"));
	CHECK(!strcmp(((struct client *)pc.client)->uri.password, "99887766"));
	CHECK(!strcmp(((struct client *)pc.client)->uri.title, "desk"));
	CHECK(end());

	/* A .vv file's URL, in the place of another one's; and of nothing. */
	begin("http://10.0.2.2/boss.vv");
	net(PORT_NET_UP, 0);
	web("404", "no");
	key(KEY_F2);
	for (int i = 0; i < 2; i++) {
		type_all("http://10.0.2.2/45454545.vv");
		key(KEY_ENTER);
		CHECK(shows("fetching http://10.0.2.2/45454545.vv"));
		web("200", VV "66666666\n");
		desktop();
		leave_and_enter();
		CHECK(!knows("45454545") && !knows("66666666"));
		CHECK(!strstr(screen(), "10.0.2.9"));
		CHECK(shows("Type the server's name or address."));
		key(KEY_ESC);
		if (i)
			break;
		CHECK(shows("fetching http://10.0.2.2/boss.vv"));
		CHECK(end());
		begin("");
		net(PORT_NET_UP, 0);
	}
	CHECK(shows("Tab next field"));
	CHECK(end());

	/* The .vv file's own fresh password, after one that was typed for it.
	 */
	begin("http://10.0.2.2/boss.vv");
	net(PORT_NET_UP, 0);
	web("200", VV "\n");
	closed(last(), -ECONNREFUSED);
	key(KEY_F2);
	for (int i = 0; i < 3; i++)
		key(KEY_TAB);
	type("45454545");
	key(KEY_ENTER);
	desktop();
	leave_and_enter();
	CHECK(shows("fetching http://10.0.2.2/boss.vv"));
	CHECK(!knows("45454545"));
	CHECK(end());
}

/* Certificates go along; without memory for them nothing is kept. */
TEST(target_copied)
{
	struct target a, b;

	begin("");
	target_init(&a);
	a.ca = port_alloc(4);
	memcpy(a.ca, "abc", 4);
	a.ca_bytes = 3;
	strcpy(a.host, "h");
	CHECK_EQ(target_copy(&b, &a), 0);
	CHECK(b.ca != a.ca && !strcmp(b.ca, "abc"));
	target_wipe(&b);
	pc.left = 0;
	CHECK_EQ(target_copy(&b, &a), -ENOMEM);
	CHECK(!b.host[0] && !b.ca);
	pc.left = -1;
	target_wipe(&a);
	CHECK(end());
}

/* Is there a message @type with @body (4 bytes) behind @from on @tcp? */
static size_t key_sent(const struct port_tcp *tcp, size_t from, uint16_t type,
		       const char *body)
{
	uint8_t want[10] = {(uint8_t)type, 0, 4};

	memcpy(want + 6, body, 4);
	for (; from + sizeof(want) <= tcp->out_len; from++)
		if (!memcmp(tcp->out + from, want, sizeof(want)))
			return from + sizeof(want);
	return 0;
}

/* The .vv file's keys: one types Ctrl+Alt+Del there, one opens the form. */
TEST(vv_hotkeys)
{
	static const struct {
		uint16_t type;
		const char body[5];
	} typed[] = {{SPICE_MSGC_INPUTS_KEY_DOWN, "\x1d\0\0"},
		     {SPICE_MSGC_INPUTS_KEY_DOWN, "\x38\0\0"},
		     {SPICE_MSGC_INPUTS_KEY_DOWN, "\xe0\x53\0"},
		     {SPICE_MSGC_INPUTS_KEY_UP, "\xe0\xd3\0"},
		     {SPICE_MSGC_INPUTS_KEY_UP, "\xb8\0\0"},
		     {SPICE_MSGC_INPUTS_KEY_UP, "\x9d\0\0"}};
	struct port_tcp *inputs;
	size_t at;

	begin(VV_URL "desk.vv");
	net(PORT_NET_UP, 0);
	web("200", VV "\nsecure-attention=ctrl+alt+end\n"
		      "release-cursor=shift+f12\n");
	inputs = desktop() + 2;
	byte(0x1d), byte(0x38);
	turns(2);
	at = inputs->out_len;
	byte(0xe0), byte(0x4f);
	turns(2);
	for (unsigned int i = 0; i < sizeof(typed) / sizeof(typed[0]); i++) {
		at = key_sent(inputs, at, typed[i].type, typed[i].body);
		CHECK(at);
	}
	/* What is let go here is no longer held there; End never went. */
	byte(0xe0), byte(0xcf), byte(0xb8), byte(0x9d);
	turns(2);
	CHECK_EQ(inputs->out_len, at);
	CHECK(graphics());
	/* Without its modifier it is a key like any other. */
	byte(0x58), byte(0xd8);
	turns(2);
	CHECK(key_sent(inputs, at, SPICE_MSGC_INPUTS_KEY_UP, "\xd8\0\0"));
	byte(0x2a), byte(0x58);
	turns(3);
	CHECK(shows("Tab next field"));
	CHECK_EQ(connected(), 0);
	CHECK(end());
}

TEST(vv_by_tftp)
{
	static const char block[] = "\0\3\0\1" VV "\n";

	begin("desk.vv");
	strcpy(pc.net.next, "10.0.2.4");
	net(PORT_NET_UP, 0);
	CHECK(!strcmp(pc.udp.host, "10.0.2.4"));
	CHECK(shows("fetching tftp://10.0.2.4/desk.vv"));
	pc.udp.ev->open(pc.udp.ctx);
	turns(2);
	CHECK(!memcmp(pc.udp.out, "\0\1desk.vv\0octet", 16));
	pc.udp.ev->recv(pc.udp.ctx, 77, block, sizeof(block) - 1);
	turns(2);
	CHECK(!pc.udp.ev);
	CHECK_EQ(pc.opens, 1);
	CHECK(!strcmp(last()->host, "10.0.2.9"));
	CHECK(end());
}

/* What goes wrong says where, and is tried again. */
TEST(vv_fails)
{
	static const struct {
		const char *status, *body, *says;
	} rows[] = {
		{"404", "",
		 "http://10.0.2.2/a.vv could not be fetched: the "
		 "server has no such file (404)."},
		{"403", "",
		 "could not be fetched: the server does not give it"},
		{"200", "<html>", "cannot be used: it is no .vv file"},
		{"200", VV "x\ntls-port=y\n",
		 "cannot be used: line 6: tls-port= is not a number"},
	};
	size_t i;

	begin("http://10.0.2.2/a.vv");
	net(PORT_NET_UP, 0);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CHECK_EQ(pc.opens, i + 1);
		web(rows[i].status, rows[i].body);
		CHECK(shows(rows[i].says));
		CHECK(shows("Trying again in"));
		CHECK_EQ(connected(), 0);
		key(KEY_ENTER);
	}
	closed(last(), -ENOENT);
	CHECK(shows("no name server knows that host"));
	/* A person may go elsewhere meanwhile. */
	key(KEY_ENTER);
	CHECK(shows("fetching"));
	key(KEY_F2);
	CHECK(shows("Tab next field"));
	CHECK(end());
	CHECK(!strstr(pc.log, "password="));
}

/* A form that was left before there was a server: the file may be there by
 * then.
 */
TEST(form_goes_away_unnamed)
{
	begin("http://10.0.2.2/a.vv");
	net(PORT_NET_UP, 0);
	web("404", "no");
	key(KEY_F2);
	pass(110);
	CHECK_EQ(pc.opens, 1);
	type("1");
	pass(110);
	CHECK_EQ(pc.opens, 1);
	pass(11);
	CHECK_EQ(pc.opens, 2);
	CHECK(shows("fetching http://10.0.2.2/a.vv"));
	CHECK(end());

	/* Nor a network: when that comes, all goes on as it would have. */
	begin(URI);
	key(KEY_F2);
	pass(125);
	CHECK(!strstr(screen(), "Tab next field"));
	net(PORT_NET_UP, 0);
	CHECK_EQ(pc.opens, 1);
	CHECK(end());
}

/* Memory may run out while a file is fetched, too. */
TEST(vv_memory)
{
	begin("http://10.0.2.2/a.vv");
	pc.left = 0;
	net(PORT_NET_UP, 0);
	CHECK(shows("too little memory"));
	pc.left = -1;
	key(KEY_ENTER);
	CHECK_EQ(pc.opens, 1);
	CHECK(end());
}

TEST(no_uri)
{
	begin("pxelinux.0");
	net(PORT_NET_UP, 0);
	CHECK(shows("DHCP names \"pxelinux.0\", which cannot be used"));
	key(KEY_ESC); /* nowhere to go back to: it stays */
	turns(3);
	CHECK(shows("Tab next field"));
	pass(300);
	CHECK_EQ(pc.opens, 0);
	CHECK(end());
}

/* The URI is named, though another setting was looked up after it. */
TEST(setting_wrong)
{
	static const char *const wrong[] = {"spice/uri=" URI,
					    "spice/compression=none", NULL};

	settings = wrong;
	begin("");
	net(PORT_NET_UP, 0);
	CHECK(shows("The setting spice/uri names \"" URI "\", which cannot be "
		    "used: "));
	CHECK(end());
	settings = NULL;
}

/*
 * What was held when a session went is let go of by the next one, however it
 * went; what is let go here meanwhile is the text screen's.
 */
TEST(keys_let_go)
{
	static const int ends[] = {0, -ECONNRESET, -ETIMEDOUT};
	struct port_tcp *main;

	for (unsigned int i = 0; i < 3; i++) {
		begin(URI);
		net(PORT_NET_UP, 0);
		main = desktop();
		byte(0x1e);
		turns(2);
		CHECK(key_sent(main + 2, 0, SPICE_MSGC_INPUTS_KEY_DOWN,
			       "\x1e\0\0"));
		closed(main, ends[i]);
		pass(1);
		byte(0x9e);
		pass(2);
		main = desktop();
		CHECK(key_sent(main + 2, 0, SPICE_MSGC_INPUTS_KEY_UP,
			       "\x9e\0\0"));
		/* Once, and the next time nothing. */
		closed(main, 0);
		pass(3);
		main = desktop();
		CHECK(!key_sent(main + 2, 0, SPICE_MSGC_INPUTS_KEY_UP,
				"\x9e\0\0"));
		CHECK(end());
	}
}

int main(void)
{
	RUN(network_sentences);
	RUN(form_without_network);
	RUN(pauses_grow);
	RUN(enter_tries_at_once);
	RUN(keys_in_every_state);
	RUN(keys_without_entropy);
	RUN(no_state_hangs);
	RUN(session_ends_and_comes_back);
	RUN(memory_runs_out_anywhere);
	RUN(no_memory_at_all);
	RUN(many_failures);
	RUN(deaf_for_a_moment);
	RUN(stays_grey);
	RUN(grey_without_font);
	RUN(on_end);
	RUN(moves);
	RUN(moves_back);
	RUN(moves_unsafely);
	RUN(moves_in_a_circle);
	RUN(wiped);
	RUN(moves_and_tls);
	RUN(takes_over);
	RUN(waits_in_a_circle);
	RUN(once_moves);
	RUN(waits_in_vain);
	RUN(moves_without_a_number);
	RUN(form_layouts);
	RUN(keymap);
	RUN(form_all_fields);
	RUN(form_print);
	RUN(certificate);
	RUN(certificate_renewed);
	RUN(certificate_unattended);
	RUN(certificate_refused);
	RUN(password_age);
	RUN(address_of_name);
	RUN(leaves_the_session);
	RUN(leaves_no_password);
	RUN(form_forgets);
	RUN(form_goes_away);
	RUN(passwords);
	RUN(every_failure_is_over_by_itself);
	RUN(every_link_error_is_over_by_itself);
	RUN(network_goes);
	RUN(no_graphics_mode);
	RUN(vv_by_http);
	RUN(vv_without_password);
	RUN(vv_without_user);
	RUN(vv_keeps_fingerprint);
	RUN(vv_keeps_confirmed);
	RUN(vv_in_memory);
	RUN(vv_wiped);
	RUN(vv_bad_in_memory);
	RUN(vv_once);
	RUN(form_fetches);
	RUN(leaves_the_administrators);
	RUN(target_copied);
	RUN(vv_hotkeys);
	RUN(keys_let_go);
	RUN(vv_by_tftp);
	RUN(vv_fails);
	RUN(form_goes_away_unnamed);
	RUN(vv_memory);
	RUN(no_uri);
	RUN(setting_wrong);
	return test_end();
}
