/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * What the workstation's port has besides ipxe-glue/port.h.
 */
#ifndef TEST_HOST_PORT_POSIX_H
#define TEST_HOST_PORT_POSIX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Print the log on standard error. */
extern bool port_posix_verbose;

/* What port_utc_s says; 0: the system's clock. */
extern uint64_t port_posix_utc_s;

/* What port_setting says; NULL: there are none. */
extern const char *(*port_posix_setting)(const char *name);

/* What port_memory_free says. */
extern size_t port_posix_memory;

#endif
