/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Where to connect: what the options, settings and DHCP name, and the .vv file
 * that it may be. Such a file is fetched anew for each session: its password is
 * good for seconds only.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ipxe-glue/client.h"

/* The option counts most; whatever has no password takes that of settings. */
static void source_password(struct client *c)
{
	const char *password = c->options ? c->options->password : NULL;
	size_t n;

	if (!password && c->uri.password[0])
		return;
	if (!password)
		password = port_setting("spice/password");
	n = password ? strlen(password) : 0;
	if (n && n < sizeof(c->uri.password))
		memcpy(c->uri.password, password, n + 1);
}

/*
 * Do @a and @b, of one .vv file, name the same server? A proxy's token is
 * another one each time.
 */
static bool source_same(const struct target *a, const struct target *b)
{
	bool tokens = strchr(a->host, ':') && !target_is_ip6(a->host) &&
		      strchr(b->host, ':') && !target_is_ip6(b->host);

	return !strcmp(a->source, b->source) &&
	       !strcmp(a->subject, b->subject) &&
	       !strcmp(a->proxy.host, b->proxy.host) &&
	       (tokens || !strcmp(a->host, b->host));
}

/*
 * The same file once more: the certificate that the person confirmed for it,
 * the fingerprint and, where it has none, the user name that were typed stay so
 * for as long as it names the same server.
 */
static void source_keep(struct client *c)
{
	struct target *t = &c->source.target;

	if (!source_same(&c->uri, t))
		return;
	if (!t->username[0])
		memcpy(t->username, c->uri.username, sizeof(t->username));
	t->pinned = c->uri.pinned;
	memcpy(t->pin, c->uri.pin, sizeof(t->pin));
	if (!c->uri.ca_hashed || c->uri.ca_url[0])
		return;
	t->ca_url[0] = '\0';
	t->ca_hashed = true;
	memcpy(t->ca_sha256, c->uri.ca_sha256, sizeof(t->ca_sha256));
}

/* The target is there: connect. */
static void source_done(struct client *c)
{
	source_keep(c);
	target_move(&c->uri, &c->source.target);
	client_move_forget(c);
	source_stop(&c->source);
	c->has_uri = true;
	c->uri.password_us = port_now_us();
	source_password(c);
	client_connect(c);
}

/* It could not be fetched, or makes no sense: say so, try again later. */
static void source_lost(struct client *c, int rc)
{
	client_text_why(c, c->source.why);
	if (client_once(c)) {
		if (rc != -ENOMEM)
			rc = c->source.fetch ? -ENODATA : -EBADMSG;
		client_give_up(c, rc);
		return;
	}
	source_stop(&c->source);
	c->state = CLIENT_WAIT;
	c->retry_us = port_now_us() + client_pause(c) * 1000000ull;
	c->text_dirty = true;
}

/* Say what is fetched. */
static void source_show(struct client *c)
{
	char shown[CLIENT_LINE_BYTES], text[CLIENT_LINE_BYTES + 16];

	uri_redact(c->source.url, shown, sizeof(shown));
	snprintf(text, sizeof(text), "fetching %s", shown);
	client_text_line(c, LINE_SERVER, text);
}

/* Go on with what source_begin or source_poll returned. */
static void source_go(struct client *c, int rc)
{
	c->state = CLIENT_FETCH;
	if (rc == -EINPROGRESS)
		source_show(c);
	else if (rc)
		source_lost(c, rc);
	else
		source_done(c);
}

/*
 * What is named cannot be used: say so.
 * @by: who names it; NULL: the setting, or what the carrier made it of: then
 *	@from is not read, for other settings have been looked up since
 */
static void source_wrong(struct client *c, const char *from, const char *by)
{
	char text[CLIENT_WHY_BYTES], shown[128];

	if (!by)
		from = port_setting("spice/uri");
	uri_redact(from ? from : "", shown, sizeof(shown));
	if (!by)
		by = port_setting("spice/uri-by");
	snprintf(text, sizeof(text),
		 "%s names \"%s\", which cannot be used: %s.",
		 by ? by : "The setting spice/uri", shown, c->source.why);
	client_text_why(c, text);
}

/*
 * The .vv file that the options bring along. One that was not taken and is
 * wiped says no more what it was: a fresh one does, or the person. Nor is one
 * that makes no sense read again where there is a URL to have a fresh one from.
 */
static void source_vv(struct client *c)
{
	const char *from = c->options->uri;
	bool wiped = c->options->vv_bytes && !c->options->vv[0];
	int rc = -EINVAL;

	if (from && (wiped || c->vv_bad))
		rc = source_begin(&c->source, from);
	if (!wiped && (rc == -EINVAL || rc == -EPROTONOSUPPORT)) {
		rc = source_begin_vv(&c->source, c->options->vv,
				     c->options->vv_bytes, from);
		c->vv_bad = rc == -EINVAL || rc == -EPROTONOSUPPORT;
	}
	if (wiped && (rc == -EINVAL || rc == -EPROTONOSUPPORT))
		client_form_open(c, FORM_HOST);
	else
		source_go(c, rc);
}

void client_where(struct client *c)
{
	const char *from = c->options ? c->options->uri : NULL;
	const char *by = from ? "The command line" : NULL;
	int rc;

	if (c->options && c->options->vv) {
		source_vv(c);
		return;
	}
	if (!from)
		from = port_setting("spice/uri");
	if (!from && port_net()->bootfile[0]) {
		from = port_net()->bootfile;
		by = "DHCP";
	}
	rc = from ? source_begin(&c->source, from) : -EINVAL;
	if (rc != -EINVAL && rc != -EPROTONOSUPPORT) {
		source_go(c, rc);
		return;
	}
	if (from)
		source_wrong(c, from, by);
	else
		client_text_why(c, "The network's DHCP server names no SPICE "
				   "server. Type which one it shall be.");
	if (client_once(c))
		client_give_up(c, -EINVAL);
	else
		client_form_open(c, FORM_HOST);
}

bool client_renews(const struct client *c)
{
	return c->uri.source[0] && !c->uri.typed;
}

void client_again(struct client *c)
{
	char name[TARGET_URL_BYTES];

	if (!client_renews(c)) {
		client_connect(c);
		return;
	}
	memcpy(name, c->uri.source, sizeof(name));
	source_go(c, source_begin(&c->source, name));
}

void client_source_turn(struct client *c)
{
	int rc;

	if (c->state != CLIENT_FETCH)
		return;
	rc = source_poll(&c->source);
	if (rc == -EINPROGRESS)
		source_show(c); /* it may be another file now */
	else
		source_go(c, rc);
}
