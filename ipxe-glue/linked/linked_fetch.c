/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * In the place of ipxe-glue/fetch*.c: one small file by its URL, by iPXE's own
 * protocols (http, https, tftp and whatever else the image has), into memory of
 * ours, so that nothing of it is left behind when it is wiped.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <ipxe/interface.h>
#include <ipxe/iobuf.h>
#include <ipxe/open.h>
#include <ipxe/uri.h>
#include <ipxe/xfer.h>

#include "ipxe-glue/fetch.h"
#include "ipxe-glue/linked/linked.h"
#include "ipxe-glue/linked/linked_errno.h"
#include "ipxe-glue/port.h"
#include "ipxe-glue/target.h"

/* Somebody waits before the screen. */
#define FETCH_PATIENCE_US 20000000u

struct fetch {
	struct interface xfer;
	int rc;		   /* plain; -PLAIN_EINPROGRESS until it is over */
	uint64_t since_us; /* something came last */
	size_t at;	   /* where the next bytes go */
	size_t n;
	char why[128];
	char bytes[FETCH_MAX_BYTES];
};

static void end(struct fetch *f, int rc, const char *why)
{
	if (f->rc != -PLAIN_EINPROGRESS)
		return;
	f->rc = rc;
	snprintf(f->why, sizeof(f->why), "%s", why);
}

/* It is over, in iPXE's words. */
static void fetch_closed(struct fetch *f, int rc)
{
	end(f, linked_plain(rc), rc ? strerror(rc) : "");
	intf_shutdown(&f->xfer, rc);
}

/* Take @n bytes; without any it is only said where they will go. */
static bool take(struct fetch *f, const struct xfer_metadata *meta,
		 const void *bytes, size_t n)
{
	if (meta->flags & XFER_FL_ABS_OFFSET)
		f->at = 0;
	f->at += (size_t)meta->offset;
	if (f->at > sizeof(f->bytes) || n > sizeof(f->bytes) - f->at)
		return false;
	memcpy(f->bytes + f->at, bytes, n);
	f->at += n;
	if (n && f->at > f->n)
		f->n = f->at;
	f->since_us = port_now_us();
	return true;
}

static int fetch_deliver(struct fetch *f, struct io_buffer *iobuf,
			 struct xfer_metadata *meta)
{
	bool taken = take(f, meta, iobuf->data, iob_len(iobuf));

	free_iob(iobuf);
	if (taken)
		return 0;
	end(f, -PLAIN_E2BIG, "it is longer than 64 KiB");
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
	struct fetch *f = port_alloc(sizeof(*f));
	struct uri *uri;
	int rc;

	if (!f)
		return NULL;
	memset(f, 0, sizeof(*f));
	f->rc = -PLAIN_EINPROGRESS;
	f->since_us = port_now_us();
	intf_init(&f->xfer, &fetch_descriptor, NULL);
	uri = parse_uri(url);
	rc = uri ? xfer_open_uri(&f->xfer, uri) : -ENOMEM;
	uri_put(uri);
	if (rc)
		fetch_closed(f, rc);
	return f;
}

int fetch_poll(struct fetch *f)
{
	if (f->rc == -PLAIN_EINPROGRESS &&
	    port_now_us() - f->since_us > FETCH_PATIENCE_US) {
		end(f, -PLAIN_ETIMEDOUT, "that host does not answer");
		intf_shutdown(&f->xfer, -ETIMEDOUT);
	}
	return f->rc;
}

const char *fetch_bytes(const struct fetch *f, size_t *n)
{
	*n = f->n;
	return f->bytes;
}

const char *fetch_why(const struct fetch *f)
{
	return f->why;
}

void fetch_free(struct fetch *f)
{
	if (!f)
		return;
	intf_shutdown(&f->xfer, -ECANCELED);
	target_forget(f, sizeof(*f));
	port_free(f);
}
