/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * What is known of a server's certificate, for a person to look at.
 */
#ifndef SPICE_TLS_REPORT_H
#define SPICE_TLS_REPORT_H

#include <stdbool.h>
#include <stdint.h>

/* Texts are printable ASCII, other characters "?", cut where they must be. */
struct tls_report {
	uint8_t sha256[32]; /* of the certificate's DER: its fingerprint */
	char subject[128];  /* "O=Example, CN=host" */
	char issuer[128];
	char names[128];     /* hosts that it is for: "a.example, 10.0.0.1" */
	char not_before[20]; /* "2026-01-31 23:59 UTC" */
	char not_after[20];
	bool self_signed;
	uint16_t key_bits; /* 2048; 256 for P-256 */
	bool rsa;	   /* else an elliptic curve */
};

#endif
