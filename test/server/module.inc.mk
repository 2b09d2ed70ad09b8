# SPDX-License-Identifier: GPL-2.0-or-later
# The SPICE server of our own: one program of all sources of this folder.

PEERS += $(O)/test/spice-test-server $(O)/test/spice-shot-asan

TESTSRV_SRC := $(wildcard test/server/*.c)
TESTSRV_OBJ := $(TESTSRV_SRC:%.c=$(O)/host/%.o)

$(TESTSRV_OBJ): HOST_CFLAGS += $(subst -I,-isystem ,$(shell pkg-config \
	--cflags spice-server))

$(O)/test/spice-test-server: $(TESTSRV_OBJ)
	@mkdir -p $(@D)
	$(CC) -o $@ $^ $(shell pkg-config --libs spice-server) -lpthread
