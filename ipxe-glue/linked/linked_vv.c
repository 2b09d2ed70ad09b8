/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * .vv files as a type of iPXE's images, seen by what is in them: for `chain`,
 * `imgexec`, as DHCP's file name, and by name for the command.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <ipxe/image.h>
#include <ipxe/uri.h>

#include "ipxe-glue/linked/linked_cmd.h"
#include "ipxe-glue/vv.h"

static int image_is_vv(struct image *image)
{
	return vv_probe(image->data, image->len) ? 0 : -ENOEXEC;
}

/*
 * Where a fresh one can be had, or NULL: what was asked for with `params` (a
 * ticket of Proxmox VE) only the script can ask for again. Owner: the caller.
 */
static char *fresh_from(struct image *image)
{
	if (!image->uri || !image->uri->scheme || image->uri->params)
		return NULL;
	return format_uri_alloc(image->uri);
}

int linked_vv_exec(struct image *image, struct client_options *options)
{
	char *from = fresh_from(image);
	int rc;

	options->uri = from;
	options->vv = image->rwdata;
	options->vv_bytes = image->len;
	rc = spice_exec(options);
	free(from);
	/* It has been wiped: nobody shall find what is left of it. */
	if (image->len && !options->vv[0]) {
		image->flags |= IMAGE_AUTO_UNREGISTER;
		unregister_image(image);
	}
	return rc;
}

/* It goes on until it is left, as with a spice:// URI. */
static int image_run(struct image *image)
{
	struct client_options options = {.once = false};

	return linked_vv_exec(image, &options);
}

struct image_type linked_vv_type __image_type(PROBE_NORMAL) = {
	.name = "VV",
	.probe = image_is_vv,
	.exec = image_run,
};

struct image *linked_vv_find(const char *name)
{
	struct image *image = name ? find_image(name) : NULL;

	return image && image->type == &linked_vv_type ? image : NULL;
}
