/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * SASL's mechanisms: answers computed by Python's hashlib (its code gives the
 * examples of RFC 5802, RFC 7677 and RFC 2831 for their nonces), servers that
 * prove nothing, messages cut and bent.
 */
#include <errno.h>
#include <stdlib.h>

#include "spice/tls/tls_sasl.h"
#include "test/test.h"

#define NONCE "05050505050505050505050505050505"

static int entropy_rc;

static int entropy(void *ctx, void *buf, size_t bytes)
{
	memset(buf, 5, bytes);
	return entropy_rc;
}

static const struct spice_env env = {.entropy = entropy};

static struct tls_sasl sasl;
static char out[TLS_SASL_OUT_BYTES];

static const char *choose(const char *list, bool tls)
{
	return tls_sasl_choose(&sasl, list, strlen(list), tls, "user", "pencil",
			       "desk");
}

/* Answer @in from memory of its size. */
static int step(const char *in, size_t n)
{
	char *copy = malloc(n ? n : 1);
	int rc;

	memcpy(copy, in, n);
	memset(out, 'x', sizeof(out));
	rc = tls_sasl_step(&sasl, &env, copy, n, out);
	free(copy);
	return rc;
}

static bool said(int n, const char *want)
{
	if (n == (int)strlen(want) && !memcmp(out, want, (size_t)n))
		return true;
	printf("# %d: %.*s\n", n, n > 0 ? n : 0, out);
	return false;
}

TEST(choice)
{
	static const struct {
		const char *list;
		bool tls;
		const char *name;
	} rows[] = {
		{",DIGEST-MD5,", false, "DIGEST-MD5"},
		{"DIGEST-MD5,PLAIN", true, "PLAIN"},
		{"DIGEST-MD5,PLAIN", false, "DIGEST-MD5"},
		{"PLAIN,SCRAM-SHA-1", true, "SCRAM-SHA-1"},
		{"SCRAM-SHA-1 SCRAM-SHA-256", true, "SCRAM-SHA-256"},
		{"SCRAM-SHA-1,SCRAM-SHA-256-PLUS", true, "SCRAM-SHA-1"},
		{"XPLAIN,PLAINX,GSSAPI", true, NULL},
		{"PLAIN", false, NULL},
		{"", true, NULL},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *name = choose(rows[i].list, rows[i].tls);

		CHECK_EQ(!name, !rows[i].name);
		CHECK(!name || !strcmp(name, rows[i].name));
	}
}

TEST(plain)
{
	choose("PLAIN", true);
	CHECK_EQ(tls_sasl_first(&sasl, &env, out), 12);
	CHECK(!memcmp(out, "\0user\0pencil", 12));
	CHECK(tls_sasl_done(&sasl));
	CHECK_EQ(step("", 0), 0);
	CHECK_EQ(step("what", 4), -EPROTO);
}

static const struct scram {
	const char *name, *challenge, *response, *proof;
} scrams[] = {
	{"SCRAM-SHA-1",
	 "r=" NONCE "3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
	 "c=biws,r=" NONCE "3rfcNHYJY1ZVvWVs7j,p=C5heTL04c1CWPAvGlfiDMwDXzcM=",
	 "v=AR1s+46cH2K2i1fk2QjGOxOhXis="},
	{"SCRAM-SHA-256",
	 "r=" NONCE "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
	 "s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
	 "c=biws,r=" NONCE "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
	 "p=iMIZzqBVvkRkwGUEMSgwsjHMHmEu4jVVFNPQFYj9XJo=",
	 "v=pJ/7RVf64atdyNRYp6PwP17Nn4K3qxDaDrEekqZ2c74="},
};

TEST(scram)
{
	size_t i;

	for (i = 0; i < 2; i++) {
		const struct scram *s = &scrams[i];
		char bent[64];

		choose(s->name, false);
		CHECK(said(tls_sasl_first(&sasl, &env, out),
			   "n,,n=user,r=" NONCE));
		CHECK(said(step(s->challenge, strlen(s->challenge)),
			   s->response));
		CHECK(!tls_sasl_done(&sasl));
		CHECK_EQ(step(s->proof, strlen(s->proof)), 0);
		CHECK(tls_sasl_done(&sasl));
		CHECK_EQ(step("", 0), 0);
		CHECK_EQ(step("x", 1), -EPROTO);

		/* A server that does not know the password. */
		choose(s->name, false);
		tls_sasl_first(&sasl, &env, out);
		step(s->challenge, strlen(s->challenge));
		strcpy(bent, s->proof);
		bent[4] ^= 1;
		CHECK_EQ(step(bent, strlen(bent)), -EACCES);
		CHECK(!tls_sasl_done(&sasl));
	}
	/* A name with what separates, another number of rounds. */
	tls_sasl_choose(&sasl, "SCRAM-SHA-256", 13, true, "a,b=", "pencil",
			"desk");
	CHECK(said(tls_sasl_first(&sasl, &env, out), "n,,n=a=2Cb=3D,r=" NONCE));
	CHECK(said(step("r=" NONCE "x,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=5000", 69),
		   "c=biws,r=" NONCE
		   "x,p=uoN7HPSQkO78NsxUFIfkwWLMnppxfW8R00sUyu2OgW0="));
}

TEST(scram_bent)
{
	static const struct {
		const char *in;
		int rc;
	} challenges[] = {
		{"", -EPROTO},
		{"r=" NONCE ",s=AAAA,i=4096", -EPROTO}, /* ours, not more */
		{"r=15" NONCE ",s=AAAA,i=4096", -EPROTO},
		{"r=" NONCE "x,i=4096", -EPROTO},
		{"r=" NONCE "x,s=,i=4096", -EPROTO},
		{"r=" NONCE "x,s=A,i=4096", -EPROTO},
		{"r=" NONCE "x,s=AAAA,i=", -EOPNOTSUPP},
		{"r=" NONCE "x,s=AAAA,i=4x", -EPROTO},
		{"r=" NONCE "x,s=AAAA,i=1", -EOPNOTSUPP},
		{"r=" NONCE "x,s=AAAA,i=100001", -EOPNOTSUPP},
		{"r=" NONCE "x,s=AAAA,i=99999999999999999999", -EOPNOTSUPP},
		{"m=x,r=" NONCE "x,s=AAAA,i=4096", -EPROTO},
		{"e=other-error", -EPROTO},
	};
	static const char *const proofs[] = {"",
					     "v=",
					     "v=AAAA",
					     "e=invalid-proof",
					     "v=AR1s+46cH2K2i1fk2QjGOxOhXis",
					     "x"};
	size_t i, n;

	for (i = 0; i < sizeof(challenges) / sizeof(challenges[0]); i++) {
		choose("SCRAM-SHA-1", true);
		tls_sasl_first(&sasl, &env, out);
		CHECK_EQ(step(challenges[i].in, strlen(challenges[i].in)),
			 challenges[i].rc);
		CHECK(!tls_sasl_done(&sasl));
	}
	for (i = 0; i < sizeof(proofs) / sizeof(proofs[0]); i++) {
		choose("SCRAM-SHA-1", true);
		tls_sasl_first(&sasl, &env, out);
		step(scrams[0].challenge, strlen(scrams[0].challenge));
		CHECK_EQ(step(proofs[i], strlen(proofs[i])), -EACCES);
		CHECK(!tls_sasl_done(&sasl));
	}
	for (n = 0; n < strlen(scrams[0].challenge); n++) {
		choose("SCRAM-SHA-1", true);
		tls_sasl_first(&sasl, &env, out);
		step(scrams[0].challenge, n);
		CHECK(!tls_sasl_done(&sasl));
	}
}

#define CHRIS "realm=\"elwood.innosoft.com\",nonce=\"OA6MG9tEQGm2hh\","

TEST(digest)
{
	static const char *const challenges[] = {
		CHRIS "qop=\"auth\",algorithm=md5-sess,charset=utf-8",
		CHRIS "qop=\"auth,auth-int,auth-conf\",cipher=\"rc4,3des\"",
		"charset=utf-8, realm=\"elwood.innosoft.com\" ,"
		"nonce=\"OA6MG9tEQGm2\\hh\"",
	};
	size_t i;

	for (i = 0; i < 3; i++) {
		tls_sasl_choose(&sasl, "DIGEST-MD5", 10, true, "chris",
				"secret", "elwood.innosoft.com");
		CHECK_EQ(tls_sasl_first(&sasl, &env, out), 0);
		CHECK(said(step(challenges[i], strlen(challenges[i])),
			   "charset=utf-8,username=\"chris\","
			   "realm=\"elwood.innosoft.com\",nonce=\"OA6MG9tEQGm2"
			   "hh\",nc=00000001,cnonce=\"" NONCE "\","
			   "digest-uri=\"spice/elwood.innosoft.com\","
			   "response=6777a1be669eb0f3b7112230346ca54c,"
			   "qop=auth"));
		CHECK(!tls_sasl_done(&sasl));
		if (i == 2)
			CHECK_EQ(step("rspauth=c0eb5158f820e096e86ea8f309c8169"
				      "2",
				      40),
				 -EACCES);
		else
			CHECK_EQ(step("rspauth=c0eb5158f820e096e86ea8f309c8169"
				      "1",
				      40),
				 0);
		CHECK_EQ(tls_sasl_done(&sasl), i != 2);
	}
}

TEST(digest_bent)
{
	static const struct {
		const char *in;
		int rc;
	} rows[] = {
		{"", -EPROTO},
		{"realm=\"x\"", -EPROTO},
		{"nonce", -EPROTO},
		{"nonce=", -EPROTO},
		{"nonce=\"", -EPROTO},
		{"nonce=\"a\\", 0}, /* whatever is there is the nonce */
		{"nonce=\"a\",qop=\"auth-conf\"", -EOPNOTSUPP},
		{"nonce=\"a\",qop=\"auth-int,auth-conf\"", -EOPNOTSUPP},
		{"nonce=\"a\\\"b\"", -EINVAL},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int rc;

		choose("DIGEST-MD5", false);
		tls_sasl_first(&sasl, &env, out);
		rc = step(rows[i].in, strlen(rows[i].in));
		if (rows[i].rc || rc < 0)
			CHECK(rc == rows[i].rc || rc == -EINVAL);
		CHECK(!tls_sasl_done(&sasl));
	}
}

TEST(cannot)
{
	char name[200];

	memset(name, ',', sizeof(name));
	name[TLS_SASL_NAME_BYTES - 1] = '\0';
	tls_sasl_choose(&sasl, "SCRAM-SHA-1", 11, true, name, "x", "h");
	CHECK(tls_sasl_first(&sasl, &env, out) > 3 * 127);
	name[TLS_SASL_NAME_BYTES - 1] = ',';
	name[TLS_SASL_NAME_BYTES] = '\0';
	tls_sasl_choose(&sasl, "PLAIN", 5, true, name, "x", "h");
	CHECK_EQ(tls_sasl_first(&sasl, &env, out), -EINVAL);
	entropy_rc = -EAGAIN;
	choose("SCRAM-SHA-1", true);
	CHECK_EQ(tls_sasl_first(&sasl, &env, out), -EAGAIN);
	entropy_rc = 0;
	choose("SCRAM-SHA-1", true);
	tls_sasl_first(&sasl, &env, out);
	CHECK_EQ(step(name, TLS_SASL_IN_BYTES + 1 - 400), -EPROTO);
}

int main(void)
{
	RUN(choice);
	RUN(plain);
	RUN(scram);
	RUN(scram_bent);
	RUN(digest);
	RUN(digest_bent);
	RUN(cannot);
	return test_end();
}
