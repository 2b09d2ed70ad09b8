/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The ticket: what the server's private key makes of it; keys that are cut or
 * damaged; randomness that is missing.
 */
#include <errno.h>

#include "spice/tls/tls_ticket.h"
#include "test/spice/chan_peer.h"
#include "test/test.h"

static int random_rc;
static uint8_t random_seed;

static int fake_entropy(void *ctx, void *buf, size_t bytes)
{
	uint8_t *p = buf;
	size_t i;

	for (i = 0; i < bytes && !random_rc; i++)
		p[i] = (uint8_t)(random_seed + i);
	return random_rc;
}

static const struct spice_env env = {.entropy = fake_entropy};
static uint8_t block[TLS_TICKET_BYTES];

static int ticket(const uint8_t *key, size_t n, const char *password)
{
	memset(block, 0, sizeof(block));
	return tls_ticket(&env, key, n, password, block);
}

/* Every length of password comes out with its NUL. */
TEST(every_length)
{
	char password[100], text[128];
	int n;

	for (n = 0; n <= 60; n++) {
		memset(password, 'a' + n % 26, sizeof(password));
		password[n] = '\0';
		CHECK_EQ(ticket(chan_peer_key(), PEER_KEY_BYTES, password), 0);
		CHECK_EQ(chan_peer_decrypt(block, text), n + 1);
		CHECK(!memcmp(text, password, (size_t)n + 1));
	}
	memset(password, 'x', 86);
	password[85] = '\0';
	CHECK_EQ(ticket(chan_peer_key(), PEER_KEY_BYTES, password), 0);
	CHECK_EQ(chan_peer_decrypt(block, text), 86);
	password[85] = 'x';
	password[86] = '\0';
	CHECK_EQ(ticket(chan_peer_key(), PEER_KEY_BYTES, password), -E2BIG);
}

/* Other random bytes, another ticket; the same password. */
TEST(randomness)
{
	uint8_t first[TLS_TICKET_BYTES];
	char text[128];

	CHECK_EQ(ticket(chan_peer_key(), PEER_KEY_BYTES, "secret"), 0);
	memcpy(first, block, sizeof(first));
	random_seed = 77;
	CHECK_EQ(ticket(chan_peer_key(), PEER_KEY_BYTES, "secret"), 0);
	CHECK(memcmp(first, block, sizeof(first)));
	CHECK_EQ(chan_peer_decrypt(block, text), 7);
	CHECK(!memcmp(text, "secret", 7));

	random_rc = -EAGAIN;
	CHECK_EQ(ticket(chan_peer_key(), PEER_KEY_BYTES, "secret"), -EAGAIN);
	random_rc = -EIO;
	CHECK_EQ(ticket(chan_peer_key(), PEER_KEY_BYTES, "secret"), -EIO);
	random_rc = 0;
}

/* The key in memory of just its size: cut anywhere it is none. */
TEST(cut_keys)
{
	size_t n;

	for (n = 0; n < PEER_KEY_BYTES; n++) {
		uint8_t *key = malloc(n ? n : 1);

		memcpy(key, chan_peer_key(), n);
		CHECK_EQ(ticket(key, n, "x"), -EPROTO);
		free(key);
	}
}

/*
 * Every byte of the key with every bit turned over. What is left is either no
 * key, or (in modulus, exponent and the algorithm's parameters) another one.
 */
TEST(damaged_keys)
{
	uint8_t key[PEER_KEY_BYTES];
	size_t i;
	int bit;

	for (i = 0; i < sizeof(key); i++) {
		for (bit = 0; bit < 8; bit++) {
			int rc;

			memcpy(key, chan_peer_key(), sizeof(key));
			key[i] ^= 1 << bit;
			rc = ticket(key, sizeof(key), "x");
			CHECK(rc == 0 || rc == -EPROTO);
			/* Tags, lengths and the object identifier. */
			if (i < 16 || (i >= 18 && i < 28) || i == 157)
				CHECK_EQ(rc, -EPROTO);
			/* The modulus' highest and lowest bit. */
			if ((i == 29 && bit == 7) || (i == 156 && bit == 0))
				CHECK_EQ(rc, -EPROTO);
		}
	}
	memset(key, 0, sizeof(key));
	CHECK_EQ(ticket(key, sizeof(key), "x"), -EPROTO);
}

/* Lengths in their other forms. */
TEST(lengths)
{
	uint8_t key[PEER_KEY_BYTES + 1];

	/* 0x82: two bytes of length where one would do is not DER. */
	key[0] = 0x30;
	key[1] = 0x82;
	key[2] = 0;
	memcpy(key + 3, chan_peer_key() + 2, PEER_KEY_BYTES - 2);
	CHECK_EQ(ticket(key, sizeof(key), "x"), -EPROTO);
	/* 0x83 is longer than anything here; 0x80 is not DER. */
	key[1] = 0x83;
	CHECK_EQ(ticket(key, sizeof(key), "x"), -EPROTO);
	key[1] = 0x80;
	CHECK_EQ(ticket(key, sizeof(key), "x"), -EPROTO);
	/* What follows the key is not looked at. */
	memcpy(key, chan_peer_key(), PEER_KEY_BYTES);
	CHECK_EQ(ticket(key, sizeof(key), "x"), 0);
}

int main(void)
{
	RUN(every_length);
	RUN(randomness);
	RUN(cut_keys);
	RUN(damaged_keys);
	RUN(lengths);
	return test_end();
}
