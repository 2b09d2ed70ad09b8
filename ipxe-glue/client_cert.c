/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * A certificate that nobody vouches for: shown to the person, who may trust it
 * for this session by typing the beginning of its fingerprint.
 *
 * This is a policy decision: it takes twenty digits, never a mere Enter, so
 * that neither a key pressed in haste nor a PC on its own accepts anything.
 * Twenty are 80 bits: of fewer (eight take minutes) somebody in between makes a
 * certificate that begins like the one expected. The same goes for one that is
 * for another name, or not valid at this PC's date: a fingerprint names one
 * certificate, which says more than either; what is wrong with it stands above.
 * Not for one whose subject is not the one demanded: whoever wrote the .vv file
 * has decided that, and it is looked at again when the certificate is trusted
 * (tls_x509.c). What is trusted then is this certificate alone.
 */
#include <stdio.h>
#include <string.h>

#include "ipxe-glue/client.h"

#define CERT_FRAME VGA_ATTR(VGA_CYAN, VGA_BLACK)
#define CERT_LABEL VGA_ATTR(VGA_GREY, VGA_BLACK)
#define CERT_VALUE VGA_ATTR(VGA_BRIGHT | VGA_GREY, VGA_BLACK)
#define CERT_FOCUS VGA_ATTR(VGA_BLACK, VGA_CYAN)
#define CERT_TYPED VGA_ATTR(VGA_BRIGHT | VGA_CYAN, VGA_BLACK)

#define CERT_TOP   12
#define CERT_LEFT  2
#define CERT_COL   17
#define CERT_COLS  59
#define CERT_ASK   20
#define CERT_FIELD 21
#define CERT_WIDTH 26 /* of the field: groups of four, the cursor */

static const struct vga_area cert_box = {CERT_TOP, CERT_LEFT, 8, 76};

void client_cert_note(struct client *c)
{
	const struct tls_report *report = NULL;

	if (CHAN_TLS_MAY_CONFIRM(c->error.cause) &&
	    c->error.cause != CHAN_TLS_SUBJECT)
		report = carrier_tls_report(c->carrier);
	c->cert.there = report != NULL;
	if (report)
		c->cert.report = *report;
}

bool client_cert_open(struct client *c)
{
	struct client_cert *s = &c->cert;

	if (!s->there)
		return false;
	memset(s->typed, 0, sizeof(s->typed));
	memset(&s->field, 0, sizeof(s->field));
	s->field.row = CERT_FIELD;
	s->field.col = CERT_COL;
	s->field.cols = CERT_WIDTH;
	s->field.attr = CERT_FOCUS;
	s->field.text = s->typed;
	s->field.size = sizeof(s->typed);
	vga_field_init(&s->field);
	client_form_keymap(c);
	c->state = CLIENT_CERT;
	c->text_dirty = true;
	return true;
}

/* Digits of the fingerprint from byte @from on, @gap after each four. */
static void cert_digits(const struct tls_report *report, unsigned int from,
			unsigned int bytes, bool gap, char *text)
{
	static const char digits[] = "0123456789abcdef";
	unsigned int i;

	for (i = from; i < from + bytes; i++) {
		*text++ = digits[report->sha256[i] >> 4];
		*text++ = digits[report->sha256[i] & 15];
		if (gap && i % 2)
			*text++ = ' ';
	}
	*text = '\0';
}

static void cert_row(struct client *c, unsigned int row, const char *label,
		     const char *value)
{
	vga_text_put(&c->vga, CERT_TOP + (int)row, CERT_LEFT + 2, CERT_LABEL,
		     label);
	vga_text_put_padded(&c->vga, CERT_TOP + (int)row, CERT_COL, CERT_COLS,
			    CERT_VALUE, value);
}

void client_cert_draw(struct client *c)
{
	const struct tls_report *report = &c->cert.report;
	char text[CERT_COLS + 1];

	vga_text_box(&c->vga, &cert_box, CERT_FRAME,
		     "The server's certificate");
	cert_row(c, 1, "Is for", report->subject);
	cert_row(c, 2, "Names", report->hosts);
	cert_row(c, 3, "Signed by",
		 report->self_signed ? "itself" : report->issuer);
	snprintf(text, sizeof(text), "%s to %s", report->not_before,
		 report->not_after);
	cert_row(c, 4, "Valid", text);
	cert_digits(report, 0, 16, true, text);
	cert_row(c, 5, "SHA-256", text);
	/* Those that are to be typed stand out. */
	cert_digits(report, 0, CLIENT_CERT_DIGITS / 2, true, text);
	vga_text_put(&c->vga, CERT_TOP + 5, CERT_COL, CERT_TYPED, text);
	cert_digits(report, 16, 16, true, text);
	cert_row(c, 6, "", text);
	vga_text_put(&c->vga, CERT_ASK, CERT_LEFT + 2, CERT_VALUE,
		     "Compare SHA-256 with what the server's keeper says. To "
		     "trust it until you");
	vga_text_put(&c->vga, CERT_FIELD, CERT_LEFT + 2, CERT_VALUE,
		     "leave, type");
	vga_text_put(&c->vga, CERT_FIELD, CERT_COL + CERT_WIDTH + 1, CERT_VALUE,
		     "its first 20 digits, then Enter.");
	vga_field_draw(&c->vga, &c->cert.field, true);
}

/* Enter: are the digits right? */
static void cert_accept(struct client *c)
{
	char want[CLIENT_CERT_DIGITS + 1], typed[sizeof(c->cert.typed)];
	const char *p;
	size_t n = 0;

	cert_digits(&c->cert.report, 0, CLIENT_CERT_DIGITS / 2, false, want);
	/* As it stands there, in groups, or as others write it: 12:34:AB. */
	for (p = c->cert.typed; *p; p++)
		if (*p != ' ' && *p != ':')
			typed[n++] = *p >= 'A' && *p <= 'F' ? *p | 0x20 : *p;
	typed[n] = '\0';
	if (strcmp(typed, want)) {
		client_text_why(c, "Those are not the first 20 digits.");
		vga_field_edit(&c->cert.field, VGA_EDIT_CLEAR);
		return;
	}
	c->uri.pinned = true;
	memcpy(c->uri.pin, c->cert.report.sha256, sizeof(c->uri.pin));
	port_log("certificate confirmed by hand");
	/* A ticket that came with a .vv file may be too old by now. */
	client_retry_now(c);
}

void client_cert_key(struct client *c, const struct kbd_key *key)
{
	uint32_t ch = kbd_ascii_feed(&c->ascii, &c->kbd.scancode, key);

	if (!ch)
		return;
	c->text_dirty = true;
	if (ch == KBD_CHAR_F1 + 1) {
		client_form_open(c, FORM_HOST);
		client_put_off(c);
		return;
	}
	/* Somebody is there. */
	client_put_off(c);
	if (ch == KBD_CHAR_ESC)
		client_retry_now(c);
	else if (ch == KBD_CHAR_ENTER)
		cert_accept(c);
	else if (ch == KBD_CHAR_BACKSPACE)
		vga_field_edit(&c->cert.field, VGA_EDIT_BACKSPACE);
	else if (ch >= ' ' && ch < 0x7f)
		vga_field_insert(&c->cert.field, ch);
}
