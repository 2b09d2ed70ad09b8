/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * spice:// URIs wherever iPXE takes one: as DHCP's file name, for `chain` and
 * `imgexec`. Nothing is downloaded: the URI opens as a file of one line, which
 * is an image of our own type, and running that is the session.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <ipxe/features.h>
#include <ipxe/image.h>
#include <ipxe/open.h>
#include <ipxe/process.h>
#include <ipxe/refcnt.h>
#include <ipxe/uri.h>
#include <ipxe/xfer.h>

#include "ipxe-glue/linked/linked_cmd.h"

FEATURE_NAME(FEATURE_PROTOCOL, "SPICE");

#define SCHEME "spice"

/* What the "file" holds. */
static const char content[] = "SPICE\n";

struct spice_file {
	struct refcnt refcnt;
	struct interface xfer;
	struct process process;
};

static void file_close(struct spice_file *file, int rc)
{
	process_del(&file->process);
	intf_shutdown(&file->xfer, rc);
}

static void file_step(struct spice_file *file)
{
	file_close(file,
		   xfer_deliver_raw(&file->xfer, content, sizeof(content) - 1));
}

static struct interface_operation file_operations[] = {
	INTF_OP(intf_close, struct spice_file *, file_close),
};

static struct interface_descriptor file_descriptor =
	INTF_DESC(struct spice_file, xfer, file_operations);

static struct process_descriptor file_process =
	PROC_DESC_ONCE(struct spice_file, process, file_step);

static int file_open(struct interface *xfer, struct uri *uri __unused)
{
	struct spice_file *file = zalloc(sizeof(*file));

	if (!file)
		return -ENOMEM;
	ref_init(&file->refcnt, NULL);
	intf_init(&file->xfer, &file_descriptor, &file->refcnt);
	process_init(&file->process, &file_process, &file->refcnt);
	intf_plug_plug(&file->xfer, xfer);
	ref_put(&file->refcnt);
	return 0;
}

struct uri_opener spice_uri_opener __uri_opener = {
	.scheme = SCHEME,
	.open = file_open,
};

static int image_is_spice(struct image *image)
{
	if (!image->uri || !image->uri->scheme ||
	    strcasecmp(image->uri->scheme, SCHEME))
		return -ENOEXEC;
	return 0;
}

/* With what the stand-alone program does: it goes on trying until it is left.
 */
static int image_run(struct image *image)
{
	struct client_options options = {.uri = format_uri_alloc(image->uri)};
	int rc;

	if (!options.uri)
		return -ENOMEM;
	rc = spice_exec(&options);
	free((char *)options.uri);
	return rc;
}

struct image_type spice_image_type __image_type(PROBE_NORMAL) = {
	.name = "SPICE",
	.probe = image_is_spice,
	.exec = image_run,
};
