/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * SASL's mechanisms, on BearSSL's hashes.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <bearssl.h>

#include "spice/tls/tls_sasl.h"
#include "spice/tls/tls_wipe.h"
#include "spice/wire/wire_base64.h"

/*
 * Rounds of PBKDF2: RFC 7677 wants at least 4096, or a server that is none
 * could try passwords cheaply; so many take an old PC half a second.
 */
#define SCRAM_ROUNDS_LEAST 4096u
#define SCRAM_ROUNDS_MOST  100000u

static const char sasl_names[][14] = {
	[TLS_SASL_SCRAM_SHA_256] = "SCRAM-SHA-256",
	[TLS_SASL_SCRAM_SHA_1] = "SCRAM-SHA-1",
	[TLS_SASL_PLAIN] = "PLAIN",
	[TLS_SASL_DIGEST_MD5] = "DIGEST-MD5",
};

/* Is @name a whole word of the list? */
static bool sasl_offered(const char *list, size_t n, const char *name)
{
	size_t at, len = strlen(name);

	for (at = 0; at + len <= n; at++) {
		bool begins = !at || list[at - 1] == ',' || list[at - 1] == ' ';
		bool ends = at + len == n || list[at + len] == ',' ||
			    list[at + len] == ' ' || !list[at + len];

		if (begins && ends && !memcmp(list + at, name, len))
			return true;
	}
	return false;
}

const char *tls_sasl_choose(struct tls_sasl *s, const char *list, size_t n,
			    bool tls, const char *user, const char *password,
			    const char *host)
{
	unsigned int i;

	memset(s, 0, sizeof(*s));
	s->user = user;
	s->password = password;
	s->host = host;
	for (i = 0; i < TLS_SASL_NONE; i++) {
		if ((i == TLS_SASL_PLAIN && !tls) ||
		    !sasl_offered(list, n, sasl_names[i]))
			continue;
		s->mechanism = (uint8_t)i;
		return sasl_names[i];
	}
	s->mechanism = TLS_SASL_NONE;
	return NULL;
}

static void sasl_hex(char *to, const uint8_t *bytes, size_t n)
{
	static const char digits[] = "0123456789abcdef";

	while (n--) {
		*to++ = digits[*bytes >> 4];
		*to++ = digits[*bytes++ & 15];
	}
	*to = '\0';
}

/* A nonce of our own. */
static int sasl_nonce(struct tls_sasl *s, const struct spice_env *env)
{
	uint8_t bytes[16];
	int rc = env->entropy(env->ctx, bytes, sizeof(bytes));

	if (!rc)
		sasl_hex(s->nonce, bytes, sizeof(bytes));
	return rc;
}

/* Are these two the same? In a time that does not depend on where they differ.
 */
static bool sasl_equal(const void *a, const void *b, size_t n)
{
	const uint8_t *p = a, *q = b;
	uint8_t bits = 0;

	while (n--)
		bits |= *p++ ^ *q++;
	return !bits;
}

/* ---- SCRAM --------------------------------------------------------------- */

static const br_hash_class *scram_hash(const struct tls_sasl *s)
{
	return s->mechanism == TLS_SASL_SCRAM_SHA_1 ? &br_sha1_vtable
						    : &br_sha256_vtable;
}

static size_t scram_bytes(const struct tls_sasl *s)
{
	return s->mechanism == TLS_SASL_SCRAM_SHA_1 ? 20 : 32;
}

static void scram_hmac(const struct tls_sasl *s, const void *key, size_t key_n,
		       const void *text, size_t n, uint8_t out[32])
{
	br_hmac_key_context kc;
	br_hmac_context hc;

	br_hmac_key_init(&kc, scram_hash(s), key, key_n);
	br_hmac_init(&hc, &kc, 0);
	br_hmac_update(&hc, text, n);
	br_hmac_out(&hc, out);
	tls_wipe(&kc, sizeof(kc));
	tls_wipe(&hc, sizeof(hc));
}

/* The user's name with "=" and "," written out (RFC 5802, 5.1). */
static int scram_user(const char *user, char *to, size_t room)
{
	size_t at = 0;

	for (; *user; user++) {
		if (at + 4 > room)
			return -EINVAL;
		if (*user == '=' || *user == ',') {
			memcpy(to + at, *user == '=' ? "=3D" : "=2C", 3);
			at += 3;
		} else {
			to[at++] = *user;
		}
	}
	to[at] = '\0';
	return 0;
}

/* The client's first message without its "n,,". */
static int scram_bare(const struct tls_sasl *s, char *to, size_t room)
{
	char user[3 * TLS_SASL_NAME_BYTES];
	int n;

	if (scram_user(s->user, user, sizeof(user)))
		return -EINVAL;
	n = snprintf(to, room, "n=%s,r=%s", user, s->nonce);
	return n < 0 || (size_t)n >= room ? -EINVAL : n;
}

/* The value of attribute @name at the front of a message; it is cut off. */
static bool scram_take(const char **p, const char *end, char name,
		       const char **value, size_t *n)
{
	const char *comma;

	if (end - *p < 2 || (*p)[0] != name || (*p)[1] != '=')
		return false;
	*value = *p + 2;
	comma = memchr(*value, ',', (size_t)(end - *value));
	*n = (size_t)((comma ? comma : end) - *value);
	*p = comma ? comma + 1 : end;
	return true;
}

/* RFC 8018's PBKDF2, one block of it; @salt has room for four bytes more. */
static void scram_salted(const struct tls_sasl *s, uint8_t *salt, size_t salt_n,
			 uint32_t rounds, uint8_t out[32])
{
	br_hmac_key_context kc;
	size_t i, n = scram_bytes(s);
	uint8_t u[32];

	memcpy(salt + salt_n, "\0\0\0\1", 4);
	scram_hmac(s, s->password, strlen(s->password), salt, salt_n + 4, u);
	memcpy(out, u, n);
	br_hmac_key_init(&kc, scram_hash(s), s->password, strlen(s->password));
	while (--rounds) {
		br_hmac_context hc;

		br_hmac_init(&hc, &kc, 0);
		br_hmac_update(&hc, u, n);
		br_hmac_out(&hc, u);
		for (i = 0; i < n; i++)
			out[i] ^= u[i];
	}
	tls_wipe(&kc, sizeof(kc));
	tls_wipe(u, sizeof(u));
}

/* What both sides sign: the three messages before the proof. */
struct scram_auth {
	char text[TLS_SASL_OUT_BYTES + TLS_SASL_IN_BYTES];
	size_t n;
};

/* Write the final message: proof of us, and keep what proves the server. */
static int scram_final(struct tls_sasl *s, const struct scram_auth *auth,
		       const uint8_t salted[32], const char *nonce,
		       size_t nonce_n, char *out)
{
	uint8_t key[32], stored[32], sign[32];
	br_hash_compat_context hash;
	size_t i, n = scram_bytes(s);
	char proof[WIRE_BASE64_CHARS(32) + 1];

	scram_hmac(s, salted, n, "Client Key", 10, key);
	scram_hash(s)->init(&hash.vtable);
	scram_hash(s)->update(&hash.vtable, key, n);
	scram_hash(s)->out(&hash.vtable, stored);
	scram_hmac(s, stored, n, auth->text, auth->n, sign);
	for (i = 0; i < n; i++)
		key[i] ^= sign[i];
	wire_base64(proof, key, n);
	scram_hmac(s, salted, n, "Server Key", 10, key);
	scram_hmac(s, key, n, auth->text, auth->n, s->proof);
	s->proof_n = (uint8_t)n;
	tls_wipe(key, sizeof(key));
	tls_wipe(stored, sizeof(stored));
	return snprintf(out, TLS_SASL_OUT_BYTES, "c=biws,r=%.*s,p=%s",
			(int)nonce_n, nonce, proof);
}

/* The server's first message: nonce, salt, rounds. */
static int scram_challenge(struct tls_sasl *s, const char *in, size_t n,
			   char *out)
{
	const char *p = in, *end = in + n, *nonce, *salt64, *count;
	size_t nonce_n, salt_n64, count_n, i;
	uint8_t salt[TLS_SASL_IN_BYTES + 4], salted[32];
	struct scram_auth auth;
	uint32_t rounds = 0;
	int salt_n, bare_n, rc;

	if (!scram_take(&p, end, 'r', &nonce, &nonce_n) ||
	    !scram_take(&p, end, 's', &salt64, &salt_n64) ||
	    !scram_take(&p, end, 'i', &count, &count_n))
		return -EPROTO;
	/* It begins with ours and goes on. */
	if (nonce_n <= strlen(s->nonce) ||
	    memcmp(nonce, s->nonce, strlen(s->nonce)))
		return -EPROTO;
	for (i = 0; i < count_n && rounds <= SCRAM_ROUNDS_MOST; i++) {
		if (count[i] < '0' || count[i] > '9')
			return -EPROTO;
		rounds = rounds * 10 + (uint32_t)(count[i] - '0');
	}
	salt_n = wire_base64_read(salt, sizeof(salt) - 4, salt64, salt_n64);
	if (salt_n < 1)
		return -EPROTO;
	if (rounds < SCRAM_ROUNDS_LEAST || rounds > SCRAM_ROUNDS_MOST)
		return -EOPNOTSUPP;

	bare_n = scram_bare(s, auth.text, sizeof(auth.text) - n - 300);
	if (bare_n < 0)
		return bare_n;
	auth.n = (size_t)bare_n;
	rc = snprintf(auth.text + auth.n, sizeof(auth.text) - auth.n,
		      ",%.*s,c=biws,r=%.*s", (int)n, in, (int)nonce_n, nonce);
	if (rc < 0 || (size_t)rc >= sizeof(auth.text) - auth.n)
		return -EPROTO;
	auth.n += (size_t)rc;
	scram_salted(s, salt, (size_t)salt_n, rounds, salted);
	rc = scram_final(s, &auth, salted, nonce, nonce_n, out);
	tls_wipe(salted, sizeof(salted));
	return rc < 0 || rc >= TLS_SASL_OUT_BYTES ? -EPROTO : rc;
}

/* The server's last message: its own proof, or an error. */
static int scram_proof(struct tls_sasl *s, const char *in, size_t n)
{
	const char *p = in, *value;
	uint8_t proof[32];
	size_t value_n;

	if (!scram_take(&p, in + n, 'v', &value, &value_n))
		return -EACCES;
	if (wire_base64_read(proof, sizeof(proof), value, value_n) !=
		    s->proof_n ||
	    !sasl_equal(proof, s->proof, s->proof_n))
		return -EACCES;
	s->proved = true;
	return 0;
}

/* ---- DIGEST-MD5 ---------------------------------------------------------- */

/*
 * The value of @name in a challenge: name=value or name="value", separated by
 * commas. Returns its length, -1 when there is none, or none that fits.
 */
static int digest_find(const char *in, size_t n, const char *name, char *to,
		       size_t room)
{
	size_t at = 0;

	while (at < n) {
		size_t from, len = 0;
		bool quoted, ours;

		while (at < n && (in[at] == ',' || in[at] == ' '))
			at++;
		from = at;
		while (at < n && in[at] != '=')
			at++;
		ours = at - from == strlen(name) &&
		       !memcmp(in + from, name, at - from);
		at++;
		quoted = at < n && in[at] == '"';
		at += quoted;
		while (at < n && in[at] != (quoted ? '"' : ',')) {
			at += quoted && in[at] == '\\' && at + 1 < n;
			if (ours && len + 1 >= room)
				return -1;
			if (ours)
				to[len++] = in[at];
			at++;
		}
		at += quoted;
		if (!ours)
			continue;
		to[len] = '\0';
		return (int)len;
	}
	return -1;
}

/* MD5 of up to four texts with colons between, in hex. */
static void digest_hex(char hex[33], const char *a, const char *b,
		       const char *c, const char *d)
{
	const char *const parts[] = {a, b, c, d};
	br_md5_context md5;
	uint8_t sum[16];
	unsigned int i;

	br_md5_init(&md5);
	for (i = 0; i < 4 && parts[i]; i++) {
		if (i)
			br_md5_update(&md5, ":", 1);
		br_md5_update(&md5, parts[i], strlen(parts[i]));
	}
	br_md5_out(&md5, sum);
	sasl_hex(hex, sum, sizeof(sum));
	tls_wipe(sum, sizeof(sum));
}

/* HEX(H(A1)) of RFC 2831 2.1.2.1: the session's key. */
static void digest_key(const struct tls_sasl *s, const char *realm,
		       const char *nonce, char hex[33])
{
	br_md5_context md5;
	uint8_t sum[16];

	br_md5_init(&md5);
	br_md5_update(&md5, s->user, strlen(s->user));
	br_md5_update(&md5, ":", 1);
	br_md5_update(&md5, realm, strlen(realm));
	br_md5_update(&md5, ":", 1);
	br_md5_update(&md5, s->password, strlen(s->password));
	br_md5_out(&md5, sum);
	br_md5_init(&md5);
	br_md5_update(&md5, sum, sizeof(sum));
	br_md5_update(&md5, ":", 1);
	br_md5_update(&md5, nonce, strlen(nonce));
	br_md5_update(&md5, ":", 1);
	br_md5_update(&md5, s->nonce, strlen(s->nonce));
	br_md5_out(&md5, sum);
	sasl_hex(hex, sum, sizeof(sum));
	tls_wipe(sum, sizeof(sum));
}

/* The response, or (@method "") what the server must prove itself by. */
static void digest_response(const struct tls_sasl *s, const char *key,
			    const char *nonce, const char *method,
			    const char *uri, char hex[33])
{
	char a2[33], middle[TLS_SASL_IN_BYTES + 64];

	digest_hex(a2, method, uri, NULL, NULL);
	snprintf(middle, sizeof(middle), "%s:00000001:%s:auth", nonce,
		 s->nonce);
	digest_hex(hex, key, middle, a2, NULL);
}

/* Can @text stand between quotes? */
static bool digest_plain(const char *text)
{
	return !strchr(text, '"') && !strchr(text, '\\');
}

static int digest_challenge(struct tls_sasl *s, const struct spice_env *env,
			    const char *in, size_t n, char *out)
{
	char realm[256], nonce[256], text[64], uri[300], key[33], hex[33];
	int rc;

	if (digest_find(in, n, "nonce", nonce, sizeof(nonce)) < 1)
		return -EPROTO;
	if (digest_find(in, n, "realm", realm, sizeof(realm)) < 0)
		realm[0] = '\0';
	/* Without one it is "auth"; another is a security layer. */
	if (digest_find(in, n, "qop", text, sizeof(text)) >= 0 &&
	    !sasl_offered(text, strlen(text), "auth"))
		return -EOPNOTSUPP;
	if (!digest_plain(s->user) || !digest_plain(realm) ||
	    !digest_plain(nonce))
		return -EINVAL;
	rc = sasl_nonce(s, env);
	if (rc)
		return rc;
	rc = snprintf(uri, sizeof(uri), "spice/%s", s->host);
	if (rc < 0 || (size_t)rc >= sizeof(uri) || !digest_plain(uri))
		return -EINVAL;
	digest_key(s, realm, nonce, key);
	digest_response(s, key, nonce, "", uri, hex);
	memcpy(s->proof, hex, 32);
	s->proof_n = 32;
	digest_response(s, key, nonce, "AUTHENTICATE", uri, hex);
	tls_wipe(key, sizeof(key));
	rc = snprintf(out, TLS_SASL_OUT_BYTES,
		      "charset=utf-8,username=\"%s\",realm=\"%s\",nonce=\"%s\","
		      "nc=00000001,cnonce=\"%s\",digest-uri=\"%s\","
		      "response=%s,qop=auth",
		      s->user, realm, nonce, s->nonce, uri, hex);
	return rc < 0 || rc >= TLS_SASL_OUT_BYTES ? -EINVAL : rc;
}

static int digest_proof(struct tls_sasl *s, const char *in, size_t n)
{
	char proof[64];

	if (digest_find(in, n, "rspauth", proof, sizeof(proof)) != 32 ||
	    !sasl_equal(proof, s->proof, 32))
		return -EACCES;
	s->proved = true;
	return 0;
}

/* ---- all of them --------------------------------------------------------- */

int tls_sasl_first(struct tls_sasl *s, const struct spice_env *env, char *out)
{
	size_t user = strlen(s->user), password = strlen(s->password);
	int rc;

	if (user >= TLS_SASL_NAME_BYTES || password >= TLS_SASL_PASSWORD_BYTES)
		return -EINVAL;
	if (s->mechanism == TLS_SASL_DIGEST_MD5)
		return 0;
	if (s->mechanism == TLS_SASL_PLAIN) {
		out[0] = '\0';
		memcpy(out + 1, s->user, user + 1);
		memcpy(out + user + 2, s->password, password);
		s->proved = true; /* TLS has proved the server */
		return (int)(user + password + 2);
	}
	rc = sasl_nonce(s, env);
	if (rc)
		return rc;
	memcpy(out, "n,,", 3);
	rc = scram_bare(s, out + 3, TLS_SASL_OUT_BYTES - 3);
	return rc < 0 ? rc : rc + 3;
}

int tls_sasl_step(struct tls_sasl *s, const struct spice_env *env,
		  const char *in, size_t n, char *out)
{
	unsigned int step = s->step++;

	if (n > TLS_SASL_IN_BYTES)
		return -EPROTO;
	/* A server may have nothing more to say. */
	if (s->proved && !n)
		return 0;
	if (s->mechanism == TLS_SASL_PLAIN || step > 1)
		return -EPROTO;
	if (s->mechanism == TLS_SASL_DIGEST_MD5)
		return step ? digest_proof(s, in, n)
			    : digest_challenge(s, env, in, n, out);
	return step ? scram_proof(s, in, n) : scram_challenge(s, in, n, out);
}

bool tls_sasl_done(const struct tls_sasl *s)
{
	return s->proved;
}
