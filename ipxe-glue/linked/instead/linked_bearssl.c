/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * In the place of BearSSL where nothing but the ticket and the entropy pool
 * want it: the functions that those two call, by iPXE's own SHA-1, SHA-256,
 * HMAC_DRBG and big integers, which are half as large.
 *
 * BearSSL's contexts hold iPXE's. Of the hashes only those are there that the
 * callers name: SHA-256 for the generator, SHA-1 for OAEP.
 */
#include <string.h>

#include <byteswap.h>

#include <ipxe/bigint.h>
#include <ipxe/hmac_drbg.h>
#include <ipxe/sha1.h>
#include <ipxe/sha256.h>

#include <bearssl.h>

/* Of a ticket's key (spice/tls/tls_ticket.h): RSA of 1024 bits. */
#define KEY_BYTES      128
#define EXPONENT_BYTES 8

_Static_assert(sizeof(struct sha256_context) <= sizeof(br_sha256_context),
	       "iPXE's context fits into BearSSL's");
/* From K to the end: nobody but us looks at the digest's class there. */
_Static_assert(sizeof(struct hmac_drbg_state) <=
		       sizeof(br_hmac_drbg_context) -
			       offsetof(br_hmac_drbg_context, K),
	       "iPXE's state fits into BearSSL's");

/* Only names here. */
const br_hash_class br_sha1_vtable, br_sha256_vtable;

/* ---- SHA-256 ------------------------------------------------------------- */

void br_sha256_init(br_sha256_context *ctx)
{
	digest_init(&sha256_algorithm, ctx);
}

/* What BearSSL calls br_sha256_update is this. */
void br_sha224_update(br_sha224_context *ctx, const void *data, size_t n)
{
	digest_update(&sha256_algorithm, ctx, data, n);
}

/* More may be added afterwards. */
void br_sha256_out(const br_sha256_context *ctx, void *out)
{
	br_sha256_context copy = *ctx;

	digest_final(&sha256_algorithm, &copy, out);
}

/* ---- HMAC_DRBG ----------------------------------------------------------- */

static struct hmac_drbg_state *state_of(br_hmac_drbg_context *ctx)
{
	return (struct hmac_drbg_state *)ctx->K;
}

void br_hmac_drbg_init(br_hmac_drbg_context *ctx,
		       const br_hash_class *digest __unused, const void *seed,
		       size_t n)
{
	hmac_drbg_instantiate(&sha256_algorithm, state_of(ctx), seed, n, NULL,
			      0);
}

void br_hmac_drbg_update(br_hmac_drbg_context *ctx, const void *seed, size_t n)
{
	hmac_drbg_reseed(&sha256_algorithm, state_of(ctx), seed, n, NULL, 0);
}

/* iPXE wants new seed after 1024 requests, the standard after 2^48. */
void br_hmac_drbg_generate(br_hmac_drbg_context *ctx, void *out, size_t n)
{
	state_of(ctx)->reseed_counter = 1;
	hmac_drbg_generate(&sha256_algorithm, state_of(ctx), NULL, 0, out, n);
}

/* ---- RSA-OAEP (RFC 8017, 7.1.1) ------------------------------------------ */

/* MGF1 of @seed over @data. */
static void mask(uint8_t *data, size_t n, const uint8_t *seed, size_t seed_n)
{
	uint8_t ctx[SHA1_CTX_SIZE], hash[SHA1_DIGEST_SIZE];
	uint32_t counter = 0, number;
	size_t i;

	for (i = 0; i < n; i++) {
		if (i % sizeof(hash) == 0) {
			number = htonl(counter++);
			digest_init(&sha1_algorithm, ctx);
			digest_update(&sha1_algorithm, ctx, seed, seed_n);
			digest_update(&sha1_algorithm, ctx, &number,
				      sizeof(number));
			digest_final(&sha1_algorithm, ctx, hash);
		}
		data[i] ^= hash[i % sizeof(hash)];
	}
}

/* @block to the power of the exponent; both have the modulus's length. */
static void power(const br_rsa_public_key *key, const uint8_t *block,
		  uint8_t *out)
{
	bigint_t(bigint_required_size(KEY_BYTES)) base, modulus, result;
	bigint_t(bigint_required_size(EXPONENT_BYTES)) exponent;
	uint8_t tmp[bigint_mod_exp_tmp_len(&modulus)]
		__attribute__((aligned(4)));

	bigint_init(&base, block, KEY_BYTES);
	bigint_init(&modulus, key->n, KEY_BYTES);
	bigint_init(&exponent, key->e, key->elen);
	bigint_mod_exp(&base, &modulus, &exponent, &result, tmp);
	bigint_done(&result, out, KEY_BYTES);
}

/* The label is empty; tls_ticket() has checked key and lengths. */
size_t br_rsa_i31_oaep_encrypt(const br_prng_class **rnd,
			       const br_hash_class *dig __unused,
			       const void *label __unused,
			       size_t label_n __unused,
			       const br_rsa_public_key *key, void *out,
			       size_t room, const void *text, size_t n)
{
	uint8_t ctx[SHA1_CTX_SIZE], block[KEY_BYTES];
	uint8_t *seed = block + 1, *data = seed + SHA1_DIGEST_SIZE;
	size_t data_n = block + KEY_BYTES - data;

	if (key->nlen != KEY_BYTES || room < KEY_BYTES ||
	    key->elen > EXPONENT_BYTES || n > data_n - SHA1_DIGEST_SIZE - 1)
		return 0;
	memset(block, 0, sizeof(block));
	br_hmac_drbg_generate((br_hmac_drbg_context *)rnd, seed,
			      SHA1_DIGEST_SIZE);
	digest_init(&sha1_algorithm, ctx);
	digest_final(&sha1_algorithm, ctx, data);
	data[data_n - n - 1] = 1;
	memcpy(data + data_n - n, text, n);
	mask(data, data_n, seed, SHA1_DIGEST_SIZE);
	mask(seed, SHA1_DIGEST_SIZE, data, data_n);
	power(key, block, out);
	return KEY_BYTES;
}
