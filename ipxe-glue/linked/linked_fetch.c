/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * In the place of fetch.c and its schemes: one small file by its URL, by iPXE's
 * own protocols (http, https, tftp and whatever else the image has), into
 * memory of ours, which is wiped; so is what it came in, here at its last stop.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <ipxe/interface.h>
#include <ipxe/iobuf.h>
#include <ipxe/open.h>
#include <ipxe/uri.h>
#include <ipxe/xfer.h>

#include "ipxe-glue/fetch_file.h"
#include "ipxe-glue/linked/linked.h"
#include "ipxe-glue/target.h"

struct fetch {
	struct fetch_file file; /* its numbers are plain */
	struct interface xfer;
	size_t at; /* where the next bytes go */
	char why[128];
};

/* It is over, in iPXE's words. */
static void fetch_closed(struct fetch *f, int rc)
{
	snprintf(f->why, sizeof(f->why), "%s", rc ? strerror(rc) : "");
	fetch_end(f, linked_plain(rc), f->why);
	intf_shutdown(&f->xfer, rc);
}

/* Take @n bytes; without any it is only said where they will go. */
static bool take(struct fetch *f, const struct xfer_metadata *meta,
		 const void *bytes, size_t n)
{
	if (meta->flags & XFER_FL_ABS_OFFSET)
		f->at = 0;
	f->at += (size_t)meta->offset;
	if (!fetch_put(f, f->at, bytes, n))
		return false;
	f->at += n;
	return true;
}

static int fetch_deliver(struct fetch *f, struct io_buffer *iobuf,
			 struct xfer_metadata *meta)
{
	bool taken = take(f, meta, iobuf->data, iob_len(iobuf));

	target_forget(iobuf->data, iob_len(iobuf));
	free_iob(iobuf);
	if (taken)
		return 0;
	intf_shutdown(&f->xfer, -EFBIG);
	return -EFBIG;
}

static struct interface_operation fetch_operations[] = {
	INTF_OP(xfer_deliver, struct fetch *, fetch_deliver),
	INTF_OP(intf_close, struct fetch *, fetch_closed),
};

static struct interface_descriptor fetch_descriptor =
	INTF_DESC(struct fetch, xfer, fetch_operations);

struct fetch *fetch_start(const char *url)
{
	struct fetch *f = fetch_new(sizeof(*f));
	struct uri *uri;
	int rc;

	if (!f)
		return NULL;
	intf_init(&f->xfer, &fetch_descriptor, NULL);
	uri = parse_uri(url);
	rc = uri ? xfer_open_uri(&f->xfer, uri) : -ENOMEM;
	uri_put(uri);
	if (rc)
		fetch_closed(f, rc);
	return f;
}

/* iPXE's own processes go on in port_poll(). */
void fetch_turn(struct fetch *f __unused)
{
}

void fetch_stop(struct fetch *f)
{
	intf_shutdown(&f->xfer, -ECANCELED);
}
