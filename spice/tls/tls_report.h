/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * What is known of a server's certificate, for a person to look at; and why a
 * connection over TLS came to nothing.
 */
#ifndef SPICE_TLS_REPORT_H
#define SPICE_TLS_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "spice/tls/tls_time.h"

/* Texts are printable ASCII, other characters "?", cut where they must be. */
struct tls_report {
	uint8_t sha256[32]; /* of the certificate's DER: its fingerprint */
	char subject[120];  /* "O=Example, CN=host" */
	char issuer[120];
	char hosts[120]; /* whom it is for: "a.example, 10.0.0.1" */
	char not_before[TLS_TIME_TEXT_BYTES]; /* "2026-01-31 23:59 UTC" */
	char not_after[TLS_TIME_TEXT_BYTES];
	bool self_signed;
	bool rsa;	   /* else an elliptic curve */
	uint32_t key_bits; /* 2048; 256 for P-256 */
};

/* In the order of chan_cause from CHAN_TLS_ISSUER on. */
enum tls_reason {
	TLS_ISSUER,
	TLS_SELF,
	TLS_NAME,
	TLS_SUBJECT,
	TLS_EXPIRED,
	TLS_NOT_YET,
	TLS_CA_DATE,
	TLS_CLOCK,
	TLS_WEAK, /* detail: bits */
	TLS_CERT, /* detail: BearSSL's error */
	TLS_PIN,
	TLS_PRINT, /* detail: certificates that were shown */
	TLS_VERSION,
	TLS_ALERT, /* detail: the alert */
	TLS_PLAIN,
	TLS_OTHER,
	TLS_BROKEN, /* detail: BearSSL's error */
};

struct tls_why {
	enum tls_reason reason;
	uint32_t detail;
	char text[120]; /* what is to be said of it, "" for nothing */
};

#endif
