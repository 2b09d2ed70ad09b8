/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * What `make` knows and the sources do not: tools/builtin writes it to
 * build/gen/carrier_builtin.c.
 */
#ifndef IPXE_GLUE_CARRIER_BUILTIN_H
#define IPXE_GLUE_CARRIER_BUILTIN_H

#include <stddef.h>
#include <stdint.h>

/* The certificates of `make CA=file.pem`, as they stand there; "" for none. */
extern const char carrier_builtin_ca[];
extern const size_t carrier_builtin_ca_bytes;

/* Days from 1970-01-01 to when these sources were made: no clock says less. */
extern const uint32_t carrier_builtin_day;

#endif
