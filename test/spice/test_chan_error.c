/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * A sentence for each cause, no two alike, cut at every length.
 */
#include <errno.h>

#include "spice/chan/chan_error.h"
#include "test/test.h"

#define LAST CHAN_MEMORY

static const char *say(enum chan_cause cause, int rc, uint32_t detail,
		       const char *channel)
{
	static char text[300];
	struct chan_error error = {cause, rc, detail, channel, NULL, ""};

	chan_error_sentence(&error, "10.0.2.2:5930", text, sizeof(text));
	return text;
}

TEST(each_cause)
{
	char seen[LAST + 1][300];
	int cause, other;

	for (cause = 0; cause <= LAST; cause++) {
		const char *text = say((enum chan_cause)cause, 0, 7, "main");
		size_t n = strlen(text);

		CHECK(n > 10 && n < 200);
		CHECK(text[n - 1] == '.' || text[n - 1] == '?');
		CHECK(strstr(text, "10.0.2.2:5930"));
		CHECK(!strchr(text, '%'));
		memcpy(seen[cause], text, n + 1);
		for (other = 0; other < cause; other++)
			CHECK(strcmp(seen[other], text));
	}
}

TEST(each_reason_for_no_connection)
{
	static const int reasons[] = {
		-ENOENT,       -EAGAIN,	      -ENETUNREACH,
		-EHOSTUNREACH, -ECONNREFUSED, -ETIMEDOUT,
		-ECONNRESET,   -ENOMEM,	      -EIO};
	char seen[9][300];
	size_t i, k;

	for (i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		const char *text = say(CHAN_NO_CONNECTION, reasons[i], 0, "");

		memcpy(seen[i], text, strlen(text) + 1);
		for (k = 0; k < i; k++)
			CHECK(strcmp(seen[k], text));
	}
	/* Any other is like EIO. */
	CHECK(!strcmp(say(CHAN_NO_CONNECTION, -4711, 0, ""), seen[8]));
}

/* Where a cause has more than one sentence, each is another. */
TEST(each_reason)
{
	static const struct {
		enum chan_cause cause;
		int rc;
	} reasons[] = {
		{CHAN_NOT_SPICE, 0},	       {CHAN_NOT_SPICE, -EPROTO},
		{CHAN_SILENT, -ETIMEDOUT},     {CHAN_SILENT, -EACCES},
		{CHAN_SILENT, -ENODATA},       {CHAN_VERSION, -EPROTO},
		{CHAN_VERSION, -EACCES},       {CHAN_NEED_TLS, -EPROTO},
		{CHAN_NEED_TLS, -EACCES},      {CHAN_PASSWORD, -EACCES},
		{CHAN_PASSWORD, -ETIMEDOUT},   {CHAN_NO_ENTROPY, -EIO},
		{CHAN_NO_ENTROPY, -ETIMEDOUT}, {CHAN_LOST, -ECONNRESET},
		{CHAN_LOST, -ETIMEDOUT},
	};
	char seen[15][300];
	size_t i, k;

	for (i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		const char *text = say(reasons[i].cause, reasons[i].rc, 7,
				       "main");

		memcpy(seen[i], text, strlen(text) + 1);
		for (k = 0; k < i; k++)
			CHECK(strcmp(seen[k], text));
	}
}

TEST(details)
{
	struct chan_error error = {
		.cause = CHAN_NO_CONNECTION, .detail = 7, .channel = "main"};
	char text[80];

	CHECK(strstr(say(CHAN_REFUSED, -EACCES, 9, "cursor"), "cursor"));
	CHECK(strstr(say(CHAN_REFUSED, -EACCES, 9, "cursor"), "9"));
	CHECK(strstr(say(CHAN_VERSION, -EPROTO, 4294967295u, "main"),
		     "4294967295"));
	CHECK(strstr(say(CHAN_PROTOCOL, 0, 304, "display"), "304"));
	/* No channel is no crash. */
	CHECK(strstr(say(CHAN_PROTOCOL, 0, 304, NULL), "?"));
	CHECK(!strstr(say(CHAN_LOST, -ETIMEDOUT, 0, "main"), "main"));
	CHECK(strstr(say(CHAN_LOST, -ECONNRESET, 0, "main"), "main"));
	/* Who knows more brings a sentence and a text along. */
	error.sentence = "%t of %s (%c, %u)";
	strcpy(error.text, "no route");
	chan_error_sentence(&error, "pc", text, sizeof(text));
	CHECK(!strcmp(text, "no route of pc (main, 7)"));
	/* A cause that nobody knows still has a sentence. */
	CHECK(strstr(say((enum chan_cause)77, 0, 0, "main"), "10.0.2.2:5930"));
}

/* Whatever the room: the beginning of the sentence, a NUL, nothing behind. */
TEST(cut_at_every_length)
{
	static const struct chan_error error = {
		.cause = CHAN_PROTOCOL, .detail = 304, .channel = "display"};
	const char *whole = say(CHAN_PROTOCOL, 0, 304, "display");
	size_t room, n = strlen(whole);
	char buf[300];

	for (room = 0; room < n + 4; room++) {
		memset(buf, '#', sizeof(buf));
		chan_error_sentence(&error, "10.0.2.2:5930", buf, room);
		CHECK_EQ(buf[room], '#');
		if (!room)
			continue;
		CHECK_EQ(strlen(buf), room - 1 < n ? room - 1 : n);
		CHECK(!memcmp(buf, whole, strlen(buf)));
	}
}

int main(void)
{
	RUN(each_cause);
	RUN(each_reason_for_no_connection);
	RUN(each_reason);
	RUN(details);
	RUN(cut_at_every_length);
	return test_end();
}
