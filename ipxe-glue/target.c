/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * A target's life, and its name for people.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "spice/chan/chan_session.h"

#include "ipxe-glue/port.h"
#include "ipxe-glue/target.h"

void target_forget(void *mem, size_t n)
{
	volatile uint8_t *p = mem;

	while (n--)
		*p++ = 0;
}

void target_init(struct target *t)
{
	memset(t, 0, sizeof(*t));
	t->compression = CHAN_COMPRESSION_AUTO;
}

void target_wipe(struct target *t)
{
	port_free(t->ca);
	target_forget(t, sizeof(*t));
	target_init(t);
}

void target_move(struct target *to, struct target *from)
{
	target_wipe(to);
	*to = *from;
	from->ca = NULL;
	target_wipe(from);
}

int target_copy(struct target *to, const struct target *from)
{
	char *ca = from->ca ? port_alloc(from->ca_bytes + 1) : NULL;

	target_init(to);
	if (from->ca && !ca)
		return -ENOMEM;
	*to = *from;
	to->ca = ca;
	if (ca) {
		memcpy(ca, from->ca, from->ca_bytes);
		ca[from->ca_bytes] = '\0';
	}
	return 0;
}

void target_add_age(const struct target *t, uint64_t now_us, char *why,
		    size_t room)
{
	uint64_t since_us = t->taken_us ? t->taken_us : t->password_us;
	unsigned int s = (unsigned int)((now_us - since_us) / 1000000);
	size_t n = strlen(why);

	if (!t->taken_us && !t->typed && !t->from_vv)
		return;
	snprintf(why + n, room - n, " %s %u %s ago.",
		 t->taken_us ? "It was good"
		 : t->typed  ? "It was typed"
			     : "Its .vv file was read",
		 s < 120 ? s : s / 60, s < 120 ? "s" : "minutes");
}

bool target_is_ip6(const char *host)
{
	bool colon = false;

	for (; *host && *host != '%'; host++) {
		if (!strchr("0123456789abcdefABCDEF:.", *host))
			return false;
		colon |= *host == ':';
	}
	return colon;
}

void target_server(const struct target *t, char *buf, size_t room)
{
	unsigned int port = t->tls_port ? t->tls_port : t->port;

	if (target_is_ip6(t->host))
		snprintf(buf, room, "[%s]:%u", t->host, port);
	else if (!strchr(t->host, ':') || !t->proxy.host[0])
		snprintf(buf, room, "%s:%u", t->host, port);
	else if (t->title[0])
		snprintf(buf, room, "%s", t->title);
	else
		snprintf(buf, room, "a host behind the proxy %s",
			 t->proxy.host);
}
