# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_draw_scale compares with pixman, which the reference client draws with
# (package libpixman-1-dev).
$(O)/test/spice/test_draw_scale: TEST_LIBS := -lpixman-1
$(O)/asan/test/spice/test_draw_scale.o: ASAN_CFLAGS += \
	-isystem /usr/include/pixman-1
