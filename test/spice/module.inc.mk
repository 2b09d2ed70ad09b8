# SPDX-License-Identifier: GPL-2.0-or-later
#
# These compare with pixman, which the reference client draws with (package
# libpixman-1-dev).
PIXMAN_TESTS := test_draw_scale test_draw_composite
$(PIXMAN_TESTS:%=$(O)/test/spice/%): TEST_LIBS := -lpixman-1
$(PIXMAN_TESTS:%=$(O)/asan/test/spice/%.o): ASAN_CFLAGS += \
	-isystem /usr/include/pixman-1
