# SPDX-License-Identifier: GPL-2.0-or-later
#
# Tests. A new unit test is a file test/<folder>/test_<what>.c, a new machine
# test test/<folder>/test_<what>.py: neither needs an edit here. What a folder
# builds beside that (programs its machine tests talk to) it adds to PEERS in
# its module.inc.mk.
#
#	make test		everything
#	make test K=lz		builds everything, runs tests with lz in the name

PEERS :=
-include $(wildcard test/*/module.inc.mk)

# All of the client's parts, under sanitizers. The linker takes what is used.
PARTS_SRC := $(SPICE_SRC) $(VGA_SRC) $(wildcard kbd/*.c kbd/*.S) $(GLUE_SRC)
PARTS := $(O)/asan/libparts.a
$(PARTS): $(patsubst %,$(O)/asan/%.o,$(basename $(PARTS_SRC)))

# Sources beside unit tests that are no tests themselves are there for them
# all (test/host: the workstation's port).
HELP_SRC := $(filter-out test/boot/% test/server/% test/fuzz/% test/bench/%, \
	$(shell find test -name '*.c' ! -name 'test_*' | sort))
HELP := $(O)/asan/libhelp.a
$(HELP): $(HELP_SRC:%.c=$(O)/asan/%.o)

$(PARTS) $(HELP):
	@rm -f $@
	@ar rcs $@ $^

UNIT_SRC := $(shell find test -name 'test_*.c' | sort)
UNIT := $(UNIT_SRC:%.c=$(O)/%)

# What only one program needs: $(O)/test/vga/test_x: TEST_LIBS := -lm
$(UNIT): $(O)/%: $(O)/asan/%.o $(HELP) $(PARTS) $(O)/host/libbearssl.a
	@mkdir -p $(@D)
	@echo "  $@"
	$(Q)$(CC) -fsanitize=address,undefined -o $@ $< -Wl,--start-group \
		$(HELP) $(PARTS) $(O)/host/libbearssl.a -Wl,--end-group $(TEST_LIBS)

# The parts as iPXE would compile them; test/check_ipxe.py looks at the result.
IPXE_OBJ := $(patsubst %,$(O)/ipxe/%.o,$(basename $(PARTS_SRC)))

.PHONY: unit ipxe-objects
unit: $(UNIT)
ipxe-objects: $(IPXE_OBJ) $(O)/ipxe/libbearssl.a

test: all unit ipxe-objects ipxe-if-there $(PEERS)
	@test/run $(if $(K),-k '$(K)')

# Not told otherwise, use every processor; a make that another one runs has been
# told.
ifeq ($(filter -j%,$(MAKEFLAGS))$(filter-out 0,$(MAKELEVEL)),)
MAKEFLAGS += -j$(shell nproc)
endif
