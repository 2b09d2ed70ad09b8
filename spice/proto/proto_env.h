/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * What the SPICE client asks of the world around it.
 *
 * One struct is handed down from the session to every part below it. It is
 * the only way out of spice/: there are no globals and no calls to a system.
 */
#ifndef SPICE_PROTO_ENV_H
#define SPICE_PROTO_ENV_H

#include <stddef.h>

struct spice_env {
	void *ctx; /* handed back to every function below */

	/*
	 * @bytes of memory, aligned for any type, contents undefined; NULL when
	 * there is none, which every caller survives.
	 */
	void *(*alloc)(void *ctx, size_t bytes);
	/* Give back what alloc returned; NULL does nothing. */
	void (*free)(void *ctx, void *mem);

	/*
	 * Look at keys, mouse and network for a moment. Long work (a decoder,
	 * a large drawing operation) calls it at least once in every 64 Kpixel
	 * or 64 KiB. Context: may queue input for any channel of the session,
	 * never starts other work on it. May be NULL.
	 */
	void (*yield)(void *ctx);

	/* One line for the log, no newline. May be NULL. */
	void (*log)(void *ctx, const char *line);

	/* Fill @buf with random bytes; 0, or negative errno and no bytes. */
	int (*entropy)(void *ctx, void *buf, size_t bytes);
};

static inline void spice_env_yield(const struct spice_env *env)
{
	if (env && env->yield)
		env->yield(env->ctx);
}

#endif
