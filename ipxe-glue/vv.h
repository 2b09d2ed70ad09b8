/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Connection files of virt-viewer (.vv), as Proxmox VE, oVirt and people write
 * them: INI text with a group [virt-viewer].
 */
#ifndef IPXE_GLUE_VV_H
#define IPXE_GLUE_VV_H

#include <stdbool.h>
#include <stddef.h>

#include "ipxe-glue/target.h"

/* No file is longer: a chain of certificates and a page of keys. */
#define VV_MAX_BYTES (64u << 10)

/* Are these the first @n bytes of such a file? By content, not by name. */
bool vv_probe(const char *bytes, size_t n);

/*
 * Read a whole file of @n bytes into @t.
 *
 * @t: receives all of it; what it held is not given back (target_wipe)
 * @why: receives, on failure, what is wrong, with the line ("line 7: ...");
 *       lives as long as @t
 * Returns 0; -EPROTONOSUPPORT: no .vv file, or one of another type; -EINVAL;
 * -E2BIG; -ENOMEM. @t owns nothing then, and only its why and delete_file mean
 * something.
 *
 * The file's bytes are the caller's, who wipes them (target_forget): a password
 * is in them. t->delete_file says whether the file itself asks for it, also of
 * one that is not taken.
 */
int vv_parse(struct target *t, const char *bytes, size_t n, const char **why);

#endif
