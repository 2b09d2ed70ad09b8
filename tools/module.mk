# SPDX-License-Identifier: GPL-2.0-or-later
#
# The set-up, and the libraries made from the sources it fetches.

# make reads the set-up's stamp as a makefile: so the set-up runs before
# anything else when the stamp is missing or older than tools/setup, and make
# starts itself anew, with the compiler installed and the sources in place.
ifneq ($(MAKECMDGOALS),clean)
include $(SETUP)
endif

setup:
	@tools/setup

$(SETUP): tools/setup
	@tools/setup

# BearSSL, all of it, once for each way to compile; the linker takes what is
# used. Its warnings are its own affair (-w). No objects for AES-NI, SSE2 and
# RDRAND on the bare PC: SSE is off there, and entropy is the port's business.
BEARSSL := $(O)/src/bearssl
BEARSSL_REL := $(patsubst $(BEARSSL)/src/%.c,%,$(shell \
	find $(BEARSSL)/src -name '*.c' 2>/dev/null | sort))
BEARSSL_INC := -w -I$(BEARSSL)/inc -I$(BEARSSL)/src
BEARSSL_BARE := -DBR_AES_X86NI=0 -DBR_SSE2=0 -DBR_RDRAND=0 \
	-DBR_USE_URANDOM=0 -DBR_USE_UNIX_TIME=0
# Of these the bare PC computes enough to feel it.
BEARSSL_HOT := int/% rsa/% symcipher/% hash/% mac/% ec/%

BEARSSL_HOST := $(O)/host/libbearssl.a
BEARSSL_FW := $(O)/fw/libbearssl.a
BEARSSL_IPXE := $(O)/ipxe/libbearssl.a

$(O)/host/bearssl/%.o: $(BEARSSL)/src/%.c
	@mkdir -p $(@D)
	@$(CC) -O2 -g $(BEARSSL_INC) -c -o $@ $<

$(patsubst %,$(O)/fw/bearssl/%.o,$(filter $(BEARSSL_HOT),$(BEARSSL_REL))): \
	FW_CFLAGS += -O2

$(O)/fw/bearssl/%.o: $(BEARSSL)/src/%.c
	@mkdir -p $(@D)
	@$(CC) $(FW_CFLAGS) $(BEARSSL_INC) $(BEARSSL_BARE) -c -o $@ $<

$(O)/ipxe/bearssl/%.o: $(BEARSSL)/src/%.c
	@mkdir -p $(@D)
	@$(CC) $(IPXE_CFLAGS) $(BEARSSL_INC) $(BEARSSL_BARE) -c -o $@ $<

$(BEARSSL_HOST) $(BEARSSL_FW) $(BEARSSL_IPXE): \
$(O)/%/libbearssl.a: $(patsubst %,$(O)/\%/bearssl/%.o,$(BEARSSL_REL))
	@rm -f $@
	@ar rcs $@ $^
	@echo "made $@: $(words $^) objects"

# The client on a workstation: tests/host's port in the place of the firmware's.
SHOT_SRC := tools/spice-shot.c ipxe-glue/carrier.c ipxe-glue/uri.c \
	test/host/port_posix.c $(SPICE_SRC)
ALL += $(B)/spice-shot
$(B)/spice-shot: $(SHOT_SRC:%.c=$(O)/host/%.o) $(BEARSSL_HOST)
	@mkdir -p $(@D)
	$(CC) -o $@ $^

run: all
	@tools/setup run
	@tools/run
