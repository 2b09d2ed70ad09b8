/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * DHCP options (RFC 2131, 2132), long ones (RFC 3396), domain lists (RFC 3397).
 *
 * An option may stand in up to three places and come in parts, so every
 * question walks the whole message: some hundred bytes, asked a few times a
 * lease.
 */
#include <string.h>

#include "ipxe-glue/undi/undi_options.h"

/* Offsets in the message. */
#define SNAME		44
#define SNAME_BYTES	64
#define BOOT_FILE	108
#define BOOT_FILE_BYTES 128
#define COOKIE		236
#define OPTIONS		240

#define OPTION_PAD	0
#define OPTION_OVERLOAD 52
#define OPTION_END	255

/* Values of option 52: these fields hold options, too. */
#define OVERLOAD_FILE  1
#define OVERLOAD_SNAME 2

/* DNS (RFC 1035, 4.1.4): the two high bits of a label's length. */
#define LABEL_POINTER 0xc0
#define LABEL_MOST    63

/* ---- values -------------------------------------------------------------- */

/* A value that is put together. */
struct value {
	uint8_t code;
	uint8_t *to;
	size_t room, bytes;
	bool found;
};

bool undi_options_valid(const struct undi_message *msg)
{
	static const uint8_t cookie[4] = {99, 130, 83, 99};

	return msg->bytes >= OPTIONS &&
	       memcmp(msg->at + COOKIE, cookie, sizeof(cookie)) == 0;
}

/* Add the parts of @value in one field. What is cut off does not count. */
static void collect(const uint8_t *field, size_t bytes, struct value *value)
{
	size_t at = 0;

	while (at < bytes && field[at] != OPTION_END) {
		size_t n, copied;

		if (field[at] == OPTION_PAD) {
			at++;
			continue;
		}
		if (bytes - at < 2 || bytes - at - 2 < field[at + 1])
			break;
		n = field[at + 1];
		if (field[at] == value->code) {
			copied = value->room - value->bytes;
			if (value->bytes >= value->room)
				copied = 0;
			if (copied > n)
				copied = n;
			if (copied)
				memcpy(value->to + value->bytes, field + at + 2,
				       copied);
			value->bytes += n;
			value->found = true;
		}
		at += 2 + n;
	}
}

/* Which fields hold options beside the options' own. */
static uint8_t overload(const struct undi_message *msg)
{
	uint8_t fields = 0;
	struct value value = {
		.code = OPTION_OVERLOAD, .to = &fields, .room = 1};

	collect(msg->at + OPTIONS, msg->bytes - OPTIONS, &value);
	return fields;
}

int undi_option(const struct undi_message *msg, uint8_t code, void *to,
		size_t room)
{
	struct value value = {.code = code, .to = to, .room = room};
	uint8_t more;

	if (!undi_options_valid(msg))
		return -1;
	more = overload(msg);
	collect(msg->at + OPTIONS, msg->bytes - OPTIONS, &value);
	if (more & OVERLOAD_FILE)
		collect(msg->at + BOOT_FILE, BOOT_FILE_BYTES, &value);
	if (more & OVERLOAD_SNAME)
		collect(msg->at + SNAME, SNAME_BYTES, &value);
	return value.found ? (int)value.bytes : -1;
}

bool undi_option_number(const struct undi_message *msg, uint8_t code,
			uint32_t *value)
{
	uint8_t bytes[4];
	int n = undi_option(msg, code, bytes, sizeof(bytes));

	if (n != 1 && n != 2 && n != 4)
		return false;
	*value = 0;
	for (int i = 0; i < n; i++)
		*value = *value << 8 | bytes[i];
	return true;
}

/* ---- text ---------------------------------------------------------------- */

/* End the text in @to of @bytes at its NUL, or at all if it is none. */
static void end_text(char *to, size_t room, size_t bytes)
{
	size_t n = 0;

	while (n < bytes && n < room && to[n]) {
		if ((unsigned char)to[n] < ' ' || to[n] == 0x7f)
			bytes = 0;
		n++;
	}
	if (bytes == 0 || n == room)
		n = 0;
	to[n] = '\0';
}

void undi_option_text(const struct undi_message *msg, uint8_t code, char *to,
		      size_t room)
{
	int n = undi_option(msg, code, to, room);

	end_text(to, room, n < 0 ? 0 : n);
}

void undi_option_boot_file(const struct undi_message *msg, char *to,
			   size_t room)
{
	size_t n = BOOT_FILE_BYTES;

	undi_option_text(msg, UNDI_OPTION_BOOT_FILE, to, room);
	if (to[0] || !undi_options_valid(msg) || overload(msg) & OVERLOAD_FILE)
		return;
	if (n > room)
		n = room;
	memcpy(to, msg->at + BOOT_FILE, n);
	end_text(to, room, n);
}

/* ---- domain names -------------------------------------------------------- */

static bool is_name_char(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '-' || c == '_';
}

bool undi_option_is_name(const char *text)
{
	size_t label = 0;

	for (; *text; text++) {
		if (*text == '.' && label) {
			label = 0;
			continue;
		}
		if (!is_name_char(*text) || ++label > LABEL_MOST)
			return false;
	}
	return label > 0;
}

/* A name as it is read. */
struct name {
	char *text;
	size_t chars;
	bool unfit; /* has a character that is none, or is too long */
};

static void add_label(struct name *name, const uint8_t *label, size_t n)
{
	if (name->chars + 1 + n >= UNDI_OPTION_NAME)
		name->unfit = true;
	for (size_t i = 0; i < n; i++)
		if (!is_name_char(label[i]))
			name->unfit = true;
	if (name->unfit)
		return;
	if (name->chars)
		name->text[name->chars++] = '.';
	memcpy(name->text + name->chars, label, n);
	name->chars += n;
}

/*
 * Read one name at @at. Each pointer must go below where this name or the last
 * pointer's target began, so there is an end.
 *
 * Returns where the next one begins, 0 when this one cannot be read.
 */
static size_t read_name(const uint8_t *value, size_t bytes, size_t at,
			struct name *name)
{
	size_t next = 0, lowest = at;

	for (;;) {
		size_t n;

		if (at >= bytes)
			return 0;
		n = value[at++];
		if (n == 0)
			break;
		if ((n & LABEL_POINTER) == LABEL_POINTER) {
			if (at >= bytes)
				return 0;
			if (!next)
				next = at + 1;
			at = (n & ~LABEL_POINTER) << 8 | value[at];
			if (at >= lowest)
				return 0;
			lowest = at;
			continue;
		}
		if (n > LABEL_MOST || n > bytes - at)
			return 0;
		add_label(name, value + at, n);
		at += n;
	}
	return next ? next : at;
}

unsigned int undi_option_names(const uint8_t *value, size_t bytes,
			       char (*names)[UNDI_OPTION_NAME],
			       unsigned int max)
{
	unsigned int count = 0;
	size_t at = 0;

	while (at < bytes && count < max) {
		struct name name = {.text = names[count]};

		at = read_name(value, bytes, at, &name);
		if (!at)
			break;
		name.text[name.chars] = '\0';
		if (name.chars && !name.unfit)
			count++;
	}
	return count;
}
