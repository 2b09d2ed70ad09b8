/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The stand-alone program: the order in which things must be brought up.
 */
#include <stddef.h>

#include "ipxe-glue/client.h"
#include "ipxe-glue/port.h"
#include "ipxe-glue/undi/undi_entropy.h"
#include "ipxe-glue/undi/undi_port.h"
#include "ipxe-glue/undi/undi_time.h"
#include "romlayout/include/rm.h"
#include "romlayout/include/sse.h"

int program_main(void)
{
	int rc;

	sse_start();
	undi_entropy_start();
	undi_time_start();
	port_log("program started");

	/* The driver hides its memory from the map; only then is it read. */
	undi_port_card_start();
	rc = heap_init();
	if (rc == 0)
		rc = client_main(NULL);
	port_exit(PORT_EXIT_RETURN);
	return rc;
}
