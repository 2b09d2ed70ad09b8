/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Switch the processor's SSE on, for BearSSL's AES-NI, PCLMUL and ChaCha20.
 *
 * Nobody saves its registers, and nobody has to: the program is one thread, an
 * interrupt is served in real mode by BIOS and UNDI driver, which use none of
 * them (iPXE is compiled without), and the rest of the program, or of iPXE, is
 * compiled without, too.
 */
#ifndef ROMLAYOUT_SSE_H
#define ROMLAYOUT_SSE_H

void sse_start(void);

/* As it was found. */
void sse_stop(void);

#endif
