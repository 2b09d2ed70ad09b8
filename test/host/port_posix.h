/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * What the workstation's port has besides ipxe-glue/port.h.
 */
#ifndef TEST_HOST_PORT_POSIX_H
#define TEST_HOST_PORT_POSIX_H

#include <stdbool.h>
#include <stddef.h>

/* Print the log on standard error. */
extern bool port_posix_verbose;

/* What port_memory_free says. */
extern size_t port_posix_memory;

#endif
