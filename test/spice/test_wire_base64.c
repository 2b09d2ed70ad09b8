/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Base64: RFC 4648's vectors both ways, and what is none.
 */
#include <errno.h>
#include <stdint.h>

#include "spice/wire/wire_base64.h"
#include "test/test.h"

TEST(vectors)
{
	static const char *const rows[][2] = {
		{"", ""},
		{"f", "Zg=="},
		{"fo", "Zm8="},
		{"foo", "Zm9v"},
		{"foob", "Zm9vYg=="},
		{"fooba", "Zm9vYmE="},
		{"foobar", "Zm9vYmFy"},
		{"\xff\xef\xbe", "/+++"},
	};
	char text[16], back[16];
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t n = strlen(rows[i][0]);
		char *end = wire_base64(text, rows[i][0], n);

		CHECK(!strcmp(text, rows[i][1]));
		CHECK_EQ(end - text, WIRE_BASE64_CHARS(n));
		CHECK_EQ(wire_base64_read(back, n, text, strlen(text)), n);
		CHECK(!memcmp(back, rows[i][0], n));
		if (n)
			CHECK_EQ(wire_base64_read(back, n - 1, text,
						  strlen(text)),
				 -EINVAL);
	}
}

TEST(wrong)
{
	static const char *const rows[] = {"Z",	   "Zg",       "Zg=",
					   "Z===", "Zg==Zg==", "Zm9\n",
					   "Zm-_", "=Zg=",     "Zm 9"};
	char back[16];
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CHECK_EQ(wire_base64_read(back, sizeof(back), rows[i],
					  strlen(rows[i])),
			 -EINVAL);
	CHECK_EQ(wire_base64_read(back, sizeof(back), "Zm9\0", 4), -EINVAL);
}

int main(void)
{
	RUN(vectors);
	RUN(wrong);
	return test_end();
}
