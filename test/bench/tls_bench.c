/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * What TLS costs the bare PC's own objects (32 bits, as in the firmware), below
 * a main that a workstation runs: processor time of this process, in which the
 * server has no part.
 *
 *	tls-bench PORT CA.pem HANDSHAKES MIB
 *
 * Makes so many full handshakes with the server at 127.0.0.1:PORT, 20 times as
 * many that resume the last one's session, and takes so many MiB from it.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "spice/tls/tls_client.h"

static void *bench_alloc(void *ctx, size_t bytes)
{
	return malloc(bytes);
}

static void bench_free(void *ctx, void *mem)
{
	free(mem);
}

static int bench_entropy(void *ctx, void *buf, size_t bytes)
{
	return getrandom(buf, bytes, 0) == (ssize_t)bytes ? 0 : -1;
}

static const struct spice_env env = {
	.alloc = bench_alloc, .free = bench_free, .entropy = bench_entropy};

static void die(const char *what)
{
	fprintf(stderr, "tls-bench: %s\n", what);
	exit(1);
}

/* Microseconds of the processor in user mode. */
static double used_us(void)
{
	struct rusage r;

	getrusage(RUSAGE_SELF, &r);
	return (double)r.ru_utime.tv_sec * 1e6 + (double)r.ru_utime.tv_usec;
}

static int dial(const char *port)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
				 .sin_port = htons((uint16_t)atoi(port)),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (connect(fd, (struct sockaddr *)&at, sizeof(at)))
		die("no server");
	return fd;
}

/*
 * Send what there is, take what comes, until the connection is up or @bytes
 * have come. Returns how many came.
 */
static size_t pump(struct tls_client *t, int fd, size_t bytes)
{
	static uint8_t buf[65536];
	size_t got = 0, n, at, plain_n;

	for (;;) {
		const void *out;
		ssize_t came;

		while ((out = tls_client_output(t, &n)), n)
			tls_client_sent(t, (size_t)write(fd, out, n));
		if (tls_client_state(t) == TLS_FAILED) {
			struct tls_why why;

			tls_client_why(t, &why);
			fprintf(stderr, "reason %d, %u, %s\n", why.reason,
				(unsigned int)why.detail, why.text);
			die("TLS failed");
		}
		if (tls_client_state(t) == TLS_UP && got >= bytes)
			return got;
		came = read(fd, buf, sizeof(buf));
		if (came <= 0)
			die("the server hung up");
		for (at = 0; at < (size_t)came;) {
			size_t took = tls_client_put(t, buf + at,
						     (size_t)came - at);

			at += took;
			while (tls_client_plain(t, &plain_n), plain_n) {
				got += plain_n;
				tls_client_took(t, plain_n);
			}
			if (!took)
				break;
		}
	}
}

/* Properly: a server forgets a session that ends otherwise. */
static void hang_up(struct tls_client *t, int fd)
{
	const void *out;
	size_t n;

	tls_client_close(t);
	out = tls_client_output(t, &n);
	if (write(fd, out, n) != (ssize_t)n)
		die("the server hung up");
	shutdown(fd, SHUT_WR);
	while (read(fd, &n, sizeof(n)) > 0)
		;
	close(fd);
	tls_client_free(t);
}

static struct tls_trust trust = {.host = "127.0.0.1", .subject = ""};
static struct tls_session session;

/* Time @count handshakes: full ones, or such that @resume what there is. */
static void shakes(const char *port, int count, bool resume)
{
	double start = used_us();
	int i, resumed = 0;

	for (i = 0; i < count; i++) {
		struct tls_client *t;
		int fd = dial(port);

		session.there &= resume;
		if (tls_client_new(&env, &trust, &session, &t))
			die("no client");
		pump(t, fd, 0);
		resumed += tls_client_resumed(t);
		hang_up(t, fd);
	}
	if (resume && resumed < count)
		printf(", not resumed");
	else
		printf(resume ? ", resumed %.2f ms" : "handshake %.2f ms",
		       (used_us() - start) / 1000 / count);
}

int main(int argc, char **argv)
{
	static char ca[65536];
	struct tls_client *t;
	double start, took;
	int count, fd;
	size_t mib, got;
	FILE *f;

	if (argc != 5 || !(f = fopen(argv[2], "rb")))
		die("usage: tls-bench PORT CA.pem HANDSHAKES MIB");
	trust.now.days = TLS_TIME_UNIX_DAY + (uint32_t)(time(NULL) / 86400);
	trust.now.seconds = 86399;
	if (tls_anchors_add(&trust.anchors, &env, ca,
			    fread(ca, 1, sizeof(ca), f), trust.now))
		die("no CA");
	fclose(f);
	count = atoi(argv[3]);
	mib = (size_t)atoi(argv[4]);

	shakes(argv[1], count, false);
	shakes(argv[1], 20 * count, true); /* cheap ones */
	session.there = false;
	fd = dial(argv[1]);
	if (tls_client_new(&env, &trust, &session, &t))
		die("no client");
	pump(t, fd, 0);
	printf(", suite %04x", tls_client_suite(t));
	start = used_us();
	tls_client_write(t, "go", 2);
	tls_client_flush(t);
	got = pump(t, fd, mib << 20);
	took = used_us() - start;
	printf(", records %.1f MB/s\n", (double)got / took);
	return 0;
}
